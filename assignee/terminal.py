"""What the command line prints: for people on a terminal, for other programs in a pipe.

On a terminal lists are tables as wide as it is; in a pipe they are lines of tab-separated fields,
never wrapped. Nothing that a paper says reaches the terminal as a control sequence.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assignee.errors import SettingsError

if TYPE_CHECKING:
    from rich.console import Console

    from assignee.records import ForeignReview, PanelRating, Report


@cache
def console(*, stderr: bool = False) -> "Console":
    """Standard output, or standard error; colours only on a terminal and without NO_COLOR."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, emoji=False)


def show(text: str, *, style: str = "", whole: bool = False) -> None:
    """Print on stdout, wrapped at words on a terminal unless the lines are to stay whole."""
    out = console()
    unwrapped = whole or not out.is_terminal
    out.print(printable(text), style=style, markup=False, soft_wrap=unwrapped)


def note(text: str, *, style: str = "") -> None:
    """Print on stderr."""
    console(stderr=True).print(printable(text), style=style, markup=False, soft_wrap=True)


def printable(text: str) -> str:
    """The text without control and invisible characters, which could act on the terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def rows(
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    *,
    narrow: frozenset[str] = frozenset(),
    folded: frozenset[str] = frozenset(),
) -> None:
    """A table on a terminal, its last column wrapped; in a pipe one tab-separated line a row.

    Columns in `narrow` are wrapped, too, at 16 characters; those in `folded` where the others leave
    too little room for them.
    """
    tidy = [[" ".join(printable(cell).split()) for cell in row] for row in cells]
    if not console().is_terminal:
        sys.stdout.writelines("\t".join(row) + "\n" for row in tidy)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        wrapped = column in narrow | folded or column == columns[-1]
        width = 16 if column in narrow else None
        table.add_column(column, no_wrap=not wrapped, max_width=width, overflow="fold")
    for row in tidy:
        table.add_row(*map(Text, row))
    console().print(table)


def print_json(value: object) -> None:
    """Print a value as JSON on stdout, for other programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def rating_text(score: float | None) -> str:
    """A score as it is shown: one decimal, or that there is none."""
    return "not rated" if score is None else f"{score:.1f}/10"


def show_rating(rating: "PanelRating") -> None:
    """The rating and how it was made, in one line."""
    show(f"rating {rating_text(rating.score)} — {rating.how}", style="bold")


def show_report(report: "Report", files: Sequence[Path]) -> None:
    """The answer, what it rests on, where the files are, the rating; warnings on stderr."""
    show(f"\n{report.title}", style="bold")
    show(" ".join(sentence.text for sentence in report.draft.answer))
    labels = Counter(verdict.label for verdict in report.verdicts)
    papers = len({claim.paper_id for claim in report.claims})
    words = ", ".join(f"{count} {label}" for label, count in labels.most_common())
    apart = sum(verdict.agreement == "disagree" for verdict in report.verdicts)
    differ = f"; a second judge disagrees on {apart}" if apart else ""
    found = f"{counted(len(report.claims), 'claim')} from {counted(papers, 'document')}"
    show(f"\n{found}: {words}{differ}\n")
    for path in files:
        show(str(path), whole=True)
    show_rating(report.rating)
    for warning in (*report.warnings, *(f"not read: {name}" for name in report.search.unread)):
        note(f"warning: {warning}", style="yellow")


def show_review(review: "ForeignReview", files: Sequence[Path]) -> None:
    """The findings, severe ones first, where the files are, the rating; warnings on stderr."""
    rows(
        ("severity", "reviewer", "where", "finding"),
        [
            (f.severity, f.reviewer, (f.claim_id or f.section or ""), f.what)
            for f in review.findings
        ],
        narrow=frozenset({"where"}),
    )
    show("")
    for path in files:
        show(str(path), whole=True)
    show_rating(review.rating)
    for warning in review.warnings:
        note(f"warning: {warning}", style="yellow")


def counted(count: int, noun: str) -> str:
    """`1 claim`, `2 claims`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def refuse_unwritable(folder: Path | None, *, as_json: bool) -> None:
    """Refuse a folder before any work is done for it; JSON without a folder needs none.

    Raises:
        SettingsError: nothing can be written there.
    """
    if as_json and folder is None:
        return
    place = Path.cwd() / (folder or ".")
    existing = next(parent for parent in (place, *place.parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        raise SettingsError(
            f"nothing can be written to {str(folder or place)!r}: name another folder with --out"
        )


def deliver_report(
    report: "Report", folder: Path | None, *, again: str, as_json: bool, quiet: bool
) -> None:
    """Write the files, unless only JSON is asked for, and print what was found.

    Raises:
        SettingsError: the files cannot be written; `again` is the command that writes them.
    """
    from assignee.report import write_report

    files: Sequence[Path] = ()
    if folder is not None or not as_json:
        try:
            files = write_report(report, folder or Path(f"assignee-{report.run_id}"))
        except SettingsError as error:
            raise SettingsError(f"{error}: `{again} --out FOLDER` writes the report") from None
    if as_json:
        print_json(report.model_dump(mode="json"))
    elif quiet:
        show_rating(report.rating)
    else:
        show_report(report, files)


def deliver_review(
    reviewed: "ForeignReview", folder: Path | None, *, as_json: bool, quiet: bool
) -> None:
    """Write the files, unless only JSON is asked for, and print what the panel says."""
    from assignee.report import write_review

    files: Sequence[Path] = ()
    if folder is not None or not as_json:
        files = write_review(reviewed, folder or Path(f"assignee-{reviewed.run_id}"))
    if as_json:
        print_json(reviewed.model_dump(mode="json"))
    elif quiet:
        show_rating(reviewed.rating)
    else:
        show_review(reviewed, files)
