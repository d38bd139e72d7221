"""Every format that a report can be taken away in, and the files of each."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from assignee.agents.screening import screening_csv
from assignee.errors import SettingsError, nearest
from assignee.records import FORMATS, Format, Report
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

Renderer = Callable[[Report, Style], str | bytes]


class File(NamedTuple):
    """One file of a report."""

    name: str
    told: str
    """What it is, for people."""
    media_type: str
    render: Renderer


FILES: dict[Format, File] = {
    "markdown": File("report.md", "Markdown", "text/markdown", render_markdown),
    "html": File("report.html", "one web page", "text/html", render_html),
    "pdf": File("report.pdf", "to print", "application/pdf", render_pdf),
    "json": File(
        "report.json",
        "the whole record",
        "application/json",
        lambda report, _: render_json(report),
    ),
    "csv": File("claims.csv", "claims as a table", "text/csv", render_csv),
    "bibtex": File(
        "references.bib",
        "references for BibTeX",
        "application/x-bibtex",
        lambda report, _: render_bibtex(report),
    ),
    "ris": File(
        "references.ris",
        "references for Zotero, EndNote, Mendeley",
        "application/x-research-info-systems",
        lambda report, _: render_ris(report),
    ),
    "csl-json": File(
        "references.csl.json",
        "references for Pandoc and Zotero",
        "application/vnd.citationstyles.csl+json",
        lambda report, _: render_csl(report),
    ),
    "search-log": File(
        "search_log.json",
        "the search, to be made again",
        "application/json",
        lambda report, _: render_search_log(report),
    ),
    "screening": File(
        "screening.csv",
        "what was read or not, and why",
        "text/csv",
        lambda report, _: screening_csv(report.search.screening),
    ),
    "plots": File(
        "plots.zip",
        "the pictures, as SVG",
        "application/zip",
        lambda report, style: zipped(plot_files(report, Path(), style)),
    ),
}
"""By format. Written to a folder, pictures are several files in a folder of their own."""
USUAL: tuple[Format, ...] = (
    "markdown",
    "html",
    "json",
    "csv",
    "bibtex",
    "search-log",
    "screening",
)
"""What a run writes; none needs an extra."""

PLOTS_FOLDER = "plots"

STANDALONE = (
    "<style>:root{color-scheme:light dark;color:#1d1c1a}"
    "@media(prefers-color-scheme:dark){:root{color:#e4e1da}}</style>"
)
"""The ink of a picture outside a page; its paper is that of whatever shows it."""


class ReportFiles(NamedTuple):
    """Where the usual files of a report are."""

    markdown: Path
    html: Path
    json: Path
    csv: Path
    bibtex: Path
    search_log: Path
    screening: Path


def formats_named(names: Sequence[str]) -> tuple[Format, ...]:
    """The formats of those names.

    Raises:
        SettingsError: an unknown format; the nearest is named.
    """
    known: dict[str, Format] = {name: name for name in FORMATS}
    if unknown := next((name for name in names if name not in known), None):
        raise SettingsError(f"unknown format {unknown!r}; {nearest(unknown, FORMATS)}")
    return tuple(known[name] for name in names)


def write_report(report: Report, folder: Path) -> ReportFiles:
    """Writes the report's usual seven files, as `export_report` does.

    They are report.md, report.html, report.json, claims.csv, references.bib, search_log.json and
    screening.csv.

    Raises:
        ReportFormatError: the report's parts do not fit together; nothing is written.
        SettingsError: the folder cannot be written to.
    """
    return ReportFiles(*export_report(report, folder, USUAL))


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
            file = FILES[name]
            contents[folder / file.name] = file.render(report, style)
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


def zipped(contents: dict[Path, str | bytes]) -> bytes:
    """The files as a ZIP archive; the same files, the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for path, content in contents.items():
            # Without a time of its own an entry is of 1980, the first year that a ZIP file knows.
            archive.writestr(zipfile.ZipInfo(path.as_posix()), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
