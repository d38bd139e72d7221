"""Every format that a report can be taken away in, and the files of each."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, get_args

from assignee.agents.screening import screening_csv
from assignee.records import Report
from assignee.report.bibtex import render_bibtex
from assignee.report.csl import render_csl
from assignee.report.file import (
    render_html,
    render_json,
    render_markdown,
    render_pdf,
    write_files,
)
from assignee.report.pictures import pictures
from assignee.report.ris import render_ris
from assignee.report.search_log import render_search_log
from assignee.report.spreadsheet import render_csv
from assignee.report.style import Style, style_of

Format = Literal[
    "markdown",
    "html",
    "pdf",
    "json",
    "csv",
    "bibtex",
    "ris",
    "csl-json",
    "search-log",
    "screening",
    "plots",
]
FORMATS: tuple[Format, ...] = get_args(Format)

Renderer = Callable[[Report, Style], str | bytes]

FILES: dict[str, tuple[str, Renderer]] = {
    "markdown": ("report.md", render_markdown),
    "html": ("report.html", render_html),
    "pdf": ("report.pdf", render_pdf),
    "json": ("report.json", lambda report, _: render_json(report)),
    "csv": ("claims.csv", render_csv),
    "bibtex": ("references.bib", lambda report, _: render_bibtex(report)),
    "ris": ("references.ris", lambda report, _: render_ris(report)),
    "csl-json": ("references.csl.json", lambda report, _: render_csl(report)),
    "search-log": ("search_log.json", lambda report, _: render_search_log(report)),
    "screening": ("screening.csv", lambda report, _: screening_csv(report.search.screening)),
}
"""Format to file name and what makes its content; pictures are several files."""

PLOTS_FOLDER = "plots"

STANDALONE = (
    "<style>:root{color-scheme:light dark;color:#1d1c1a}"
    "@media(prefers-color-scheme:dark){:root{color:#e4e1da}}</style>"
)
"""The ink of a picture outside a page; its paper is that of whatever shows it."""


def export_report(
    report: Report, folder: Path, formats: Sequence[Format], style: Style | None = None
) -> tuple[Path, ...]:
    """Writes the report in the formats that are named; pictures go to the folder `plots`.

    All are made before the first is written; each takes its name only when it is complete.

    Args:
        report: what is written.
        folder: where to; it is made.
        formats: of `FORMATS`.
        style: another than the report's own.

    Raises:
        ReportFormatError: the report's parts do not fit together; nothing is written.
        SettingsError: what a format needs is not installed, or the folder cannot be written to.
    """
    style = style or style_of(report)
    contents: dict[Path, str | bytes] = {}
    for name in dict.fromkeys(formats):
        if name == "plots":
            contents |= plot_files(report, folder / PLOTS_FOLDER, style)
        else:
            file, render = FILES[name]
            contents[folder / file] = render(report, style)
    write_files(contents)
    return tuple(contents)


def plot_files(report: Report, folder: Path, style: Style) -> dict[Path, str | bytes]:
    """Each picture as an SVG file of its own, light or dark as its viewer is.

    Raises:
        SettingsError: Matplotlib is not installed.
    """
    return {
        folder / f"{name}.svg": standalone(picture.svg)
        for name, picture in pictures(report, style).items()
    }


def standalone(svg: str) -> str:
    """The SVG element as a file."""
    return re.sub(r"(?<=>)", STANDALONE, svg, count=1) + "\n"
