"""The page of a paper, with a quote marked in its text."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from assignee.report.label import source_label
from assignee.site.document import parts_of
from assignee.site.room import Room


def paper_routes(room: Room) -> APIRouter:
    """The page of each paper in the library."""
    routes = APIRouter(prefix="/papers", default_response_class=HTMLResponse)

    @routes.get("/{paper_id}")
    def paper(
        request: Request,
        paper_id: str,
        start: Annotated[int, Query(ge=0)] = 0,
        end: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        found = room.shelf.document(paper_id)
        if found is None:
            raise HTTPException(404, "This paper is not in the library; it may have been removed.")
        work, text, sections = found
        return room.page(
            request,
            "paper",
            paper=work,
            label=source_label(work),
            quoted=end > start,
            parts=parts_of(text, sections, start, end),
        )

    return routes
