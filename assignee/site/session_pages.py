"""The pages of sessions: the list, and one with its report and what is said in the margin."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from assignee.errors import UserError
from assignee.site.asked import Asked, asked_of_form, faults
from assignee.site.pages import asking
from assignee.site.room import Room

if TYPE_CHECKING:
    from assignee.session import Session


def session_routes(room: Room) -> APIRouter:
    """Every address of sessions that gives HTML."""
    routes = APIRouter(prefix="/sessions", default_response_class=HTMLResponse)

    @routes.get("")
    def sessions(request: Request) -> Response:
        return room.page(request, "sessions", sessions=room.assignee.sessions())

    @routes.post("")
    async def begin(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        given = asked_of_form(form)
        try:
            asked = Asked.model_validate(given)
            session = await run_in_threadpool(begun, room, asked)
        except (ValidationError, UserError) as error:
            return await run_in_threadpool(asking, room, request, given, form, faults(error))
        say(room, session, asked.question)
        return RedirectResponse(f"/sessions/{session.id}#latest", 303)

    @routes.get("/{session_id}")
    def session(request: Request, session_id: str, why: str = "") -> Response:
        session = room.talk.session(session_id)
        found = room.talk.standing(session)
        digest = found[0].digest() if found else None
        busy = room.desk.busy(key_of(session.id))
        return room.page(
            request,
            "session",
            session=session,
            turns=room.talk.turns(session, digest),
            busy=busy,
            pending=None if busy else session.pending,
            why=why,
            said=room.said.get(session.id, "") if busy else "",
            **(room.reading(digest, *found)._asdict() if digest and found else {"view": None}),
        )

    @routes.get("/{session_id}/turns/{number}")
    def turn(request: Request, session_id: str, number: int) -> Response:
        session = room.talk.session(session_id)
        found = room.talk.standing(session)
        digest = found[0].digest() if found else None
        for one in session.turns:
            if one.number == number:
                return room.page(request, "turn", one=room.talk.turn(one, digest))
        raise HTTPException(404, f"there is no turn {number}")

    @routes.post("/{session_id}/turns")
    async def take(request: Request, session_id: str) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        session = await run_in_threadpool(room.talk.session, session_id)
        if said := " ".join(form.get("said", ())).strip():
            say(room, session, said)
        return RedirectResponse(f"/sessions/{session.id}#latest", 303)

    @routes.post("/{session_id}/stop")
    async def stop(session_id: str) -> Response:
        room.desk.stop_turn(key_of(session_id))
        return RedirectResponse(f"/sessions/{session_id}#latest", 303)

    @routes.post("/{session_id}/resume")
    async def resume(session_id: str) -> Response:
        go_on(room, await run_in_threadpool(room.talk.session, session_id))
        return RedirectResponse(f"/sessions/{session_id}#latest", 303)

    @routes.post("/{session_id}/undo")
    def undo(session_id: str) -> Response:
        room.talk.session(session_id).undo()
        return RedirectResponse(f"/sessions/{session_id}", 303)

    @routes.post("/{session_id}/name")
    async def rename(request: Request, session_id: str) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        session = await run_in_threadpool(room.talk.session, session_id)
        await run_in_threadpool(session.rename, " ".join(form.get("name", ())))
        return RedirectResponse(f"/sessions/{session_id}", 303)

    @routes.post("/{session_id}/delete")
    def delete(session_id: str) -> Response:
        room.talk.delete(session_id)
        return RedirectResponse("/sessions", 303)

    return routes


def key_of(session_id: str) -> str:
    """By what the desk knows the turn of a session that is under way."""
    return f"session {session_id}"


def begun(room: Room, asked: Asked) -> "Session":
    """A new session over the papers, with the settings that were asked for.

    Raises:
        UserError: the question, a paper or a setting is at fault.
    """
    from assignee.api import checked_question

    question, settings = checked_question(asked.question), asked.settings(room.assignee.settings)
    session = room.talk.begin(question, list(asked.papers))
    own = room.assignee.settings.kept()
    session.set(**{name: v for name, v in settings.kept().items() if v != own[name]})
    return session


def say(room: Room, session: "Session", text: str) -> None:
    """Take a turn; called in the server's event loop."""
    if not room.desk.busy(key_of(session.id)):
        room.said[session.id] = text
    room.desk.converse(key_of(session.id), lambda watch: session.aask(text, watch=watch))


def go_on(room: Room, session: "Session") -> None:
    """Go on with a turn that was interrupted; called in the server's event loop."""
    room.desk.converse(key_of(session.id), lambda watch: session.aresume(watch=watch))
