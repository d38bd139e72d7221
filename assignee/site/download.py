"""The files of a report, made when they are asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from assignee.agents.screening import screening_csv
from assignee.report import (
    render_bibtex,
    render_csv,
    render_html,
    render_json,
    render_markdown,
    render_search_log,
)

if TYPE_CHECKING:
    from starlette.responses import Response

    from assignee.records import Report


class Download(NamedTuple):
    """One file."""

    kind: str
    """What it is, for people."""
    media_type: str
    render: "Callable[[Report], str]"


DOWNLOADS = {
    "report.html": Download("one web page", "text/html", render_html),
    "report.md": Download("Markdown", "text/markdown", render_markdown),
    "report.json": Download("the whole record", "application/json", render_json),
    "claims.csv": Download("claims as a table", "text/csv", render_csv),
    "references.bib": Download("references for BibTeX", "application/x-bibtex", render_bibtex),
    "search_log.json": Download("the search", "application/json", render_search_log),
    "screening.csv": Download(
        "what was read or not, and why",
        "text/csv",
        lambda report: screening_csv(report.search.screening),
    ),
}
"""By file name."""


def download(report: "Report", name: str) -> "Response":
    """The file of that name, to be saved: it is never shown as a page of this server.

    Raises:
        HTTPException: there is no such file.
    """
    from fastapi import HTTPException
    from starlette.responses import Response

    if name not in DOWNLOADS:
        raise HTTPException(404, f"There is no file {name!r}; there are {', '.join(DOWNLOADS)}.")
    made = DOWNLOADS[name]
    return Response(
        made.render(report).encode("utf-8", "replace"),
        media_type=made.media_type,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
