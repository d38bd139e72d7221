"""The page that sets two runs side by side."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from assignee.report.label import listed_label
from assignee.site.comparison import compare
from assignee.site.room import Room


def compare_routes(room: Room) -> APIRouter:
    """The page on which two runs are chosen, then compared."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/compare")
    def comparison(request: Request, run: Annotated[list[str] | None, Query()] = None) -> Response:
        known = [one for one in room.assignee.runs.all() if one.report is not None]
        chosen = list(dict.fromkeys(run or ()))
        if len(chosen) != 2:
            fault = "Choose two runs." if chosen else None
            return room.page(request, "compare", known=known, chosen=chosen, fault=fault, pair=None)
        one, other = (room.assignee.runs.load(run_id) for run_id in chosen)
        pair = compare(room.shelf.report(one)[0], room.shelf.report(other)[0])
        return room.page(
            request,
            "compare",
            known=known,
            chosen=chosen,
            fault=None,
            pair=pair,
            one=one,
            other=other,
            label=listed_label,
        )

    return routes
