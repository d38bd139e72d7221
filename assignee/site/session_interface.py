"""Sessions in the JSON API."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Header, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from assignee.records import Report, SessionInfo, Turn
from assignee.site.asked import Asked
from assignee.site.interface import EVENTS, FAULTS, streamed
from assignee.site.room import Room
from assignee.site.turns import add, begun, begun_about, go_on, key_of, say, taken

if TYPE_CHECKING:
    from assignee.session import Session


class SessionState(BaseModel):
    """One session: what was said and told, and whether a turn is under way."""

    info: SessionInfo
    turns: tuple[Turn, ...]
    busy: bool
    pending: str | None = Field(description="What was said in a turn that was interrupted.")
    missing: tuple[str, ...] = Field(
        description="Ids of papers of its report that are not in the library any more."
    )


class Added(BaseModel):
    """Files for a session to take in."""

    upload: str = Field(description="Id of an upload; its files belong to the session from then.")


class Said(BaseModel):
    """One turn: a question, an order in plain words, or a command such as `/why 4`."""

    text: str = Field(min_length=1, max_length=4000)


def session_interface(room: Room) -> APIRouter:
    """Sessions as a whole: listed, begun, shown, deleted, and their reports."""
    routes = APIRouter(prefix="/api/sessions", tags=["sessions"], responses=FAULTS)

    @routes.get("")
    def sessions() -> list[SessionInfo]:
        """All sessions, the latest changed first."""
        return room.assignee.sessions()

    @routes.post("", status_code=202)
    async def begin(asked: Asked) -> SessionState:
        """Begin a session with its first question."""
        session = await run_in_threadpool(begun, room, asked)
        say(room, session, asked.question)
        return await run_in_threadpool(state, room, session)

    @routes.post("/about/{run_id}", status_code=201)
    def begin_about(run_id: str) -> SessionState:
        """Begin a session with the report of a finished run; nothing is done again."""
        return state(room, begun_about(room, run_id))

    @routes.get("/{session_id}")
    def session(session_id: str) -> SessionState:
        """One session."""
        return state(room, room.talk.session(session_id))

    @routes.delete("/{session_id}", status_code=204)
    def delete(session_id: str) -> None:
        """Delete a session; its reports, as runs, and the library's papers stay."""
        idle(room, room.talk.session(session_id))
        room.talk.delete(session_id)

    @routes.get("/{session_id}/report")
    def report(session_id: str) -> Report:
        """The report that stands."""
        found = room.talk.session(session_id).report
        if found is None:
            raise HTTPException(404, "There is no report yet: ask a question first.")
        return found

    return routes


def turn_interface(room: Room) -> APIRouter:
    """The turns of a session: taken, stopped, resumed, undone, and their events."""
    routes = APIRouter(prefix="/api/sessions/{session_id}", tags=["sessions"], responses=FAULTS)

    @routes.post("/turns", status_code=202)
    async def take(session_id: str, said: Said) -> SessionState:
        """Say something; its events are told while it is worked on."""
        session = await run_in_threadpool(room.talk.session, session_id)
        idle(room, session)
        say(room, session, said.text)
        return await run_in_threadpool(state, room, session)

    @routes.post("/papers", status_code=202)
    async def papers(session_id: str, added: Added) -> SessionState:
        """Take uploaded files in and check again, as a turn."""
        session = await run_in_threadpool(room.talk.session, session_id)
        idle(room, session)
        add(room, session, await run_in_threadpool(taken, room, session, added.upload))
        return await run_in_threadpool(state, room, session)

    @routes.post("/stop", status_code=202)
    async def stop(session_id: str) -> SessionState:
        """Stop the turn that is under way; what its run has done is kept."""
        session = await run_in_threadpool(room.talk.session, session_id)
        if not room.desk.stop_turn(key_of(session.id)):
            raise HTTPException(409, "No turn of this session is under way.")
        return await run_in_threadpool(state, room, session)

    @routes.post("/resume", status_code=202)
    async def resume(session_id: str) -> SessionState:
        """Go on with a turn that was interrupted."""
        session = await run_in_threadpool(room.talk.session, session_id)
        go_on(room, session)
        return await run_in_threadpool(state, room, session)

    @routes.post("/undo")
    def undo(session_id: str) -> SessionState:
        """Go back to the report before the last change."""
        session = room.talk.session(session_id)
        idle(room, session)
        session.undo()
        return state(room, session)

    @routes.get("/events", response_class=StreamingResponse, responses=EVENTS)
    async def events(
        session_id: str, last_event_id: Annotated[int, Header(ge=0)] = 0
    ) -> StreamingResponse:
        """What the latest turn tells, from its beginning until it ends."""
        return streamed(room.desk.work(key_of(session_id)), after=last_event_id, ended="finished")

    return routes


def state(room: Room, session: "Session") -> SessionState:
    """How a session stands."""
    busy = room.desk.busy(key_of(session.id))
    return SessionState(
        info=session.info,
        turns=session.turns,
        busy=busy,
        pending=None if busy else session.pending,
        missing=tuple(paper.id for paper in session.missing),
    )


def idle(room: Room, session: "Session") -> None:
    """See that no turn of the session is under way.

    Raises:
        HTTPException: one is.
    """
    if room.desk.busy(key_of(session.id)):
        raise HTTPException(409, "A turn of this session is under way.")
