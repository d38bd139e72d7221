"""The page that asks a question."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from assignee.agents.panel_file import known_panels
from assignee.errors import NoPapersError, UserError
from assignee.options import described
from assignee.report.label import listed_label
from assignee.settings import SOURCES
from assignee.site.asked import Asked, asked_of_form, faults, nothing_chosen
from assignee.site.form import read_form
from assignee.site.room import Room
from assignee.site.turns import begun, begun_run, say

EXAMPLES = (
    "Does instruction tuning help small models?",
    "Does more data reduce the loss as much as more parameters do?",
)
MOST_PAPERS = 100
"""That the list to choose from shows at once; words find the others."""

Begin = Callable[[Room, Asked], Awaitable[str]]
"""Begins what was asked for; the address that shows it."""


def ask_routes(room: Room) -> APIRouter:
    """The page that asks, and what begins a run or a session."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/")
    def ask(request: Request) -> Response:
        return asking(room, request)

    @routes.post("/runs")
    async def begin(request: Request) -> Response:
        return await begun_by_form(room, request, run_begun)

    @routes.post("/sessions")
    async def begin_session(request: Request) -> Response:
        return await begun_by_form(room, request, session_begun)

    @routes.post("/find")
    async def find(request: Request) -> Response:
        form = await read_form(request, room.uploads)
        given = asked_of_form(form.fields)
        return await run_in_threadpool(asking, room, request, given, form.fields)

    @routes.get("/choices")
    def choices(request: Request, words: str = "") -> Response:
        papers, fitting = room.shelf.found(words, MOST_PAPERS)
        return room.page(
            request, "choices", papers=papers, fitting=fitting, chosen=(), label=listed_label
        )

    return routes


async def run_begun(room: Room, asked: Asked) -> str:
    """A run is under way."""
    return f"/runs/{(await run_in_threadpool(begun_run, room, asked)).id}"


async def session_begun(room: Room, asked: Asked) -> str:
    """A session takes its first turn."""
    session = await run_in_threadpool(begun, room, asked)
    say(room, session, asked.question)
    return f"/sessions/{session.id}#latest"


async def begun_by_form(room: Room, request: Request, begin: Begin) -> Response:
    """What the form of the page asks for, or the form again with what is at fault.

    A script of the page asks for JSON, and is told the address.
    """
    form = await read_form(request, room.uploads)
    fields = {**form.fields, "upload": [form.upload] if form.upload else []}
    given = asked_of_form(fields)
    try:
        asked = Asked.model_validate(given)
        if fault := form.fault or nothing_chosen(fields, asked):
            raise NoPapersError(fault)
        place = await begin(room, asked)
    except (ValidationError, UserError) as error:
        return await run_in_threadpool(asking, room, request, given, fields, faults(error))
    if request.headers.get("accept") == "application/json":
        return JSONResponse({"address": place}, 201)
    return RedirectResponse(place, 303)


def asking(
    room: Room,
    request: Request,
    given: dict[str, Any] | None = None,
    form: dict[str, list[str]] | None = None,
    fault: str | None = None,
) -> Response:
    """The page that asks; after a fault with what was filled in."""
    settings = room.assignee.settings
    filled = {name: values[0] for name, values in (form or {}).items() if values}
    chosen = room.shelf.named((form or {}).get("paper", []))
    papers, fitting = room.shelf.found(filled.get("words", ""), MOST_PAPERS)
    total = fitting if "words" not in filled else room.shelf.found("", 1)[1]
    return room.page(
        request,
        "ask",
        status=422 if fault else 200,
        papers=papers,
        fitting=fitting,
        total=total,
        chosen=chosen,
        uploaded=[path.name for path in room.uploads.files(filled.get("upload", ""))],
        label=listed_label,
        sources=SOURCES,
        panels=known_panels(),
        settings=settings,
        described=described,
        examples=EXAMPLES,
        given={**dict.fromkeys(Asked.model_fields), **(given or {})},
        filled={"where": "library" if total else "demo", **filled},
        fault=fault,
    )
