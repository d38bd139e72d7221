"""The page that asks a question."""

from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from assignee.agents.panel_file import known_panels
from assignee.errors import UserError
from assignee.options import described
from assignee.report.label import listed_label
from assignee.settings import SOURCES
from assignee.site.asked import Asked, asked_of_form, faults
from assignee.site.room import Room

EXAMPLES = (
    "Does instruction tuning help small models?",
    "Does more data reduce the loss as much as more parameters do?",
)


def ask_routes(room: Room) -> APIRouter:
    """The page that asks, and what begins a run."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/")
    def ask(request: Request) -> Response:
        return asking(room, request)

    @routes.post("/runs")
    async def begin(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        given = asked_of_form(form)
        try:
            asked = Asked.model_validate(given)
            settings = asked.settings(room.assignee.settings)
            run = room.assignee.begin(asked.question, asked.papers, settings=settings)
        except (ValidationError, UserError) as error:
            return asking(room, request, given, form, faults(error))
        room.desk.begin(run)
        return RedirectResponse(f"/runs/{run.id}", 303)

    return routes


def asking(
    room: Room,
    request: Request,
    given: dict[str, Any] | None = None,
    form: dict[str, list[str]] | None = None,
    fault: str | None = None,
) -> Response:
    """The page that asks; after a fault with what was filled in."""
    settings = room.assignee.settings
    papers = room.shelf.papers()
    filled = {name: values[0] for name, values in (form or {}).items() if values}
    return room.page(
        request,
        "ask",
        status=422 if fault else 200,
        papers=papers,
        label=listed_label,
        sources=SOURCES,
        panels=known_panels(),
        settings=settings,
        described=described,
        examples=EXAMPLES,
        given={**dict.fromkeys(Asked.model_fields), **(given or {})},
        filled={"where": "library" if papers else "demo", **filled},
        fault=fault,
    )
