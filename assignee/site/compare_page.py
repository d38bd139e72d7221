"""The page that sets two runs side by side."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from assignee.report.label import listed_label
from assignee.site.comparison import compare
from assignee.site.listing import listed
from assignee.site.room import Room


def compare_routes(room: Room) -> APIRouter:
    """The page on which two runs are chosen, then compared."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/compare")
    def comparison(
        request: Request,
        run: Annotated[list[str] | None, Query()] = None,
        words: str = "",
        page: int = 1,
    ) -> Response:
        chosen = [room.assignee.runs.load(run_id) for run_id in dict.fromkeys(run or ())]
        if len(chosen) == 2:
            reports = [room.shelf.report(one)[0] for one in chosen]
            pair = compare(*reports)
            return room.page(request, "compare", chosen=chosen, pair=pair, label=listed_label)
        taken = [one.id for one in chosen]
        finished = [one for one in room.assignee.runs.all() if one.report is not None]
        listing = listed([one for one in finished if one.id not in taken], words, page)
        return room.page(
            request, "compare", chosen=chosen[:1], pair=None, listing=listing, known=len(finished)
        )

    return routes
