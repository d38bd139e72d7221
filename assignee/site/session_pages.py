"""The pages of sessions: the list, and one with its report and what is said in the margin."""

from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assignee.errors import NoPapersError
from assignee.handover import missing_note
from assignee.site.download import download
from assignee.site.form import read_form
from assignee.site.room import Room
from assignee.site.turns import add, go_on, key_of, say, taken


def session_routes(room: Room) -> APIRouter:
    """Sessions as a whole: listed, shown, named, deleted."""
    routes = APIRouter(prefix="/sessions", default_response_class=HTMLResponse)

    @routes.get("")
    def sessions(request: Request) -> Response:
        return room.page(request, "sessions", sessions=room.assignee.sessions())

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
            missing=missing_note(session.missing),
            why=why,
            said=room.said.get(session.id, "") if busy else "",
            **(room.reading(digest, *found)._asdict() if digest and found else {"view": None}),
        )

    @routes.get("/{session_id}/files/{name}")
    def file(session_id: str, name: str) -> Response:
        found = room.talk.standing(room.talk.session(session_id))
        if found is None:
            raise HTTPException(404, "There is no report yet: ask a question first.")
        return download(found[0], name)

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


def turn_routes(room: Room) -> APIRouter:
    """The turns of a session: shown, taken, stopped, resumed, undone."""
    routes = APIRouter(prefix="/sessions/{session_id}", default_response_class=HTMLResponse)

    @routes.get("/turns/{number}")
    def turn(request: Request, session_id: str, number: int) -> Response:
        session = room.talk.session(session_id)
        found = room.talk.standing(session)
        digest = found[0].digest() if found else None
        for one in session.turns:
            if one.number == number:
                return room.page(request, "turn", one=room.talk.turn(one, digest))
        raise HTTPException(404, f"there is no turn {number}")

    @routes.post("/turns")
    async def take(request: Request, session_id: str) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        session = await run_in_threadpool(room.talk.session, session_id)
        if said := " ".join(form.get("said", ())).strip():
            say(room, session, said)
        return RedirectResponse(f"/sessions/{session.id}#latest", 303)

    @routes.post("/papers")
    async def papers(request: Request, session_id: str) -> Response:
        session = await run_in_threadpool(room.talk.session, session_id)
        form = await read_form(request, room.uploads)
        if room.desk.busy(key_of(session.id)):
            raise HTTPException(409, "A turn of this session is under way: wait for its end.")
        if form.fault or not form.upload:
            raise NoPapersError(form.fault or "no file was chosen")
        add(room, session, await run_in_threadpool(taken, room, session, form.upload))
        return RedirectResponse(f"/sessions/{session.id}#latest", 303)

    @routes.post("/stop")
    async def stop(session_id: str) -> Response:
        room.desk.stop_turn(key_of(session_id))
        return RedirectResponse(f"/sessions/{session_id}#latest", 303)

    @routes.post("/resume")
    async def resume(session_id: str) -> Response:
        go_on(room, await run_in_threadpool(room.talk.session, session_id))
        return RedirectResponse(f"/sessions/{session_id}#latest", 303)

    @routes.post("/undo")
    def undo(session_id: str) -> Response:
        room.talk.session(session_id).undo()
        return RedirectResponse(f"/sessions/{session_id}", 303)

    return routes
