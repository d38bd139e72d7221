"""What people take away: every file is made from one Report."""

from assignee.records import FORMATS, Format
from assignee.report.bibtex import render_bibtex
from assignee.report.csl import render_csl
from assignee.report.file import (
    ReviewFiles,
    read_report,
    render_html,
    render_json,
    render_markdown,
    render_pdf,
    render_review_markdown,
    write_review,
)
from assignee.report.formats import (
    FILES,
    ReportFiles,
    export_report,
    formats_named,
    write_report,
)
from assignee.report.ris import render_ris
from assignee.report.search_log import (
    SearchRecipe,
    read_search_log,
    render_search_log,
)
from assignee.report.spreadsheet import render_csv
from assignee.report.style import Style, style_of

__all__ = [
    "FILES",
    "FORMATS",
    "Format",
    "ReportFiles",
    "ReviewFiles",
    "SearchRecipe",
    "Style",
    "export_report",
    "formats_named",
    "read_report",
    "read_search_log",
    "render_bibtex",
    "render_csl",
    "render_csv",
    "render_html",
    "render_json",
    "render_markdown",
    "render_pdf",
    "render_review_markdown",
    "render_ris",
    "render_search_log",
    "style_of",
    "write_report",
    "write_review",
]
