"""What people take away: every file is made from one Report."""

from assignee.report.bibtex import render_bibtex
from assignee.report.file import (
    ReportFiles,
    ReviewFiles,
    read_report,
    render_html,
    render_json,
    render_markdown,
    render_review_markdown,
    write_report,
    write_review,
)
from assignee.report.search_log import (
    SearchRecipe,
    read_search_log,
    render_search_log,
)
from assignee.report.spreadsheet import render_csv

__all__ = [
    "ReportFiles",
    "ReviewFiles",
    "SearchRecipe",
    "read_report",
    "read_search_log",
    "render_bibtex",
    "render_csv",
    "render_html",
    "render_json",
    "render_markdown",
    "render_review_markdown",
    "render_search_log",
    "write_report",
    "write_review",
]
