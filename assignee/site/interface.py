"""The JSON API under /api, described by /api/openapi.json."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from assignee.errors import (
    AssigneeError,
    LibraryError,
    RunNotFoundError,
    SessionNotFoundError,
    UserError,
)
from assignee.records import Paper, Report
from assignee.runs import Run, Status
from assignee.site.asked import Asked
from assignee.site.desk import Told, Work
from assignee.site.room import Room
from assignee.site.turns import begun_run

MOST_PAPERS = 1000
"""That a search for papers gives, at most."""


class RunState(BaseModel):
    """One run and how it stands."""

    id: str
    kind: Literal["research", "review"]
    question: str
    papers: tuple[str, ...] = Field(description="What was named: files, folders, ids of papers.")
    started: str = Field(description="UTC, ISO 8601.")
    status: Status
    why: str | None = Field(description="Why it failed.")
    score: float | None = Field(description="0 to 10.")
    has_report: bool


class Fault(BaseModel):
    """What went wrong, and what to do about it."""

    detail: str


EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `begun`, then `stage` as often as there is progress, "
        "then `ended`. Each has an id; Last-Event-ID goes on from there.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
FAULTS: dict[int | str, dict[str, Any]] = {
    404: {"model": Fault},
    409: {"model": Fault},
    422: {"description": "The request, the question or a setting is at fault."},
}


def interface_routes(room: Room) -> APIRouter:
    """Runs: listed, begun, shown, and their reports; and the papers of the library."""
    routes = APIRouter(prefix="/api", tags=["runs"], responses=FAULTS)

    @routes.get("/runs")
    def runs() -> list[RunState]:
        """All runs, the latest first."""
        return [state(room, run) for run in room.assignee.runs.all()]

    @routes.post("/runs", status_code=202)
    def begin(asked: Asked) -> RunState:
        """Ask a question; the run goes on while its events are told."""
        return state(room, begun_run(room, asked))

    @routes.get("/runs/{run_id}")
    def run(run_id: str) -> RunState:
        """One run."""
        return state(room, room.assignee.runs.load(run_id))

    @routes.delete("/runs/{run_id}", status_code=204)
    def delete(run_id: str) -> None:
        """Delete a run and the files that were uploaded for it; the library's papers stay."""
        if room.desk.busy(run_id):
            raise HTTPException(409, "The run is under way: cancel it first.")
        room.assignee.delete_run(run_id)

    @routes.get("/runs/{run_id}/report")
    def report(run_id: str) -> Report:
        """The whole report of a finished run."""
        return room.shelf.report(room.assignee.runs.load(run_id))[0]

    @routes.get("/papers", tags=["library"])
    def papers(
        words: str = "", limit: Annotated[int | None, Query(ge=1, le=1000)] = None
    ) -> list[Paper]:
        """The papers of the library by title; with `words`, those whose title, authors or year hold
        them all."""
        if not words and limit is None:
            return room.shelf.papers()
        return room.shelf.found(words, limit or MOST_PAPERS)[0]

    return routes


def course_interface(room: Room) -> APIRouter:
    """The course of a run: stopped, resumed, and its events."""
    routes = APIRouter(prefix="/api/runs/{run_id}", tags=["runs"], responses=FAULTS)

    @routes.post("/cancel", status_code=202)
    def cancel(run_id: str) -> RunState:
        """Stop a run; what it has done is kept."""
        found = room.assignee.runs.load(run_id)
        if not room.desk.stop(run_id):
            raise HTTPException(409, "The run is not under way on this server.")
        return state(room, found)

    @routes.post("/resume", status_code=202)
    def resume(run_id: str) -> RunState:
        """Go on with a run that was interrupted or failed."""
        found = room.assignee.runs.load(run_id)
        if found.kind != "research":
            raise HTTPException(409, "A review is not resumed; review the report again.")
        room.desk.begin(found)
        return state(room, room.assignee.runs.load(run_id))

    @routes.get("/events", response_class=StreamingResponse, responses=EVENTS)
    async def events(
        run_id: str, last_event_id: Annotated[int, Header(ge=0)] = 0
    ) -> StreamingResponse:
        """What a run tells, from the beginning, until it ends."""
        run = room.assignee.runs.load(run_id)
        return streamed(room.desk.work(run_id), after=last_event_id, ended=room.desk.status(run))

    return routes


def state(room: Room, run: Run) -> RunState:
    """How a run stands."""
    return RunState(
        **run.model_dump(include={"id", "kind", "question", "papers", "started", "why"}),
        status=room.desk.status(run),
        score=run.score,
        has_report=run.report is not None,
    )


def streamed(work: Work | None, *, after: int, ended: str) -> StreamingResponse:
    """What work tells as server-sent events; of work that this server knows nothing of, its end."""

    async def text() -> AsyncIterator[str]:
        if work is None:
            yield event(Told(1, "ended", {"status": ended, "why": None}))
            return
        async for told in work.follow(after):
            yield ": waiting\n\n" if told is None else event(told)

    return StreamingResponse(
        text(), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
    )


def event(told: Told) -> str:
    """One server-sent event."""
    return f"id: {told.number}\nevent: {told.kind}\ndata: {json.dumps(dict(told.data))}\n\n"


def status_of(error: AssigneeError) -> int:
    """The HTTP status that tells the same as the error."""
    match error:
        case RunNotFoundError() | SessionNotFoundError():
            return 404
        case UserError():
            return 422
        case LibraryError():
            return 503
        case _:
            return 500


def asks_for_json(request: Request) -> bool:
    """Whether the request is one of the API."""
    return request.url.path.startswith("/api/")
