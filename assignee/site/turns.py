"""Begins runs and sessions and takes the turns of these, for the pages and the API alike."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assignee.records import Route
from assignee.runs import Run, new_run_id
from assignee.site.asked import Asked
from assignee.site.room import Room

if TYPE_CHECKING:
    from assignee.session import Session

NAMED = 3
"""Uploaded files that a turn names."""


def key_of(session_id: str) -> str:
    """By what the desk knows the turn of a session that is under way."""
    return f"session {session_id}"


def begun_run(room: Room, asked: Asked) -> Run:
    """A run over the papers and the files that were uploaded, under way.

    Raises:
        UserError: the question, a paper, an upload or a setting is at fault.
    """
    from assignee.api import checked_question

    question, settings = checked_question(asked.question), asked.settings(room.assignee.settings)
    run_id = new_run_id()
    files = (
        room.uploads.take(asked.upload, room.assignee.runs.files(run_id)) if asked.upload else ()
    )
    run = room.assignee.begin(question, [*asked.papers, *files], settings=settings, run_id=run_id)
    room.desk.begin(run)
    return run


def begun(room: Room, asked: Asked) -> "Session":
    """A new session over the papers, with the settings that were asked for.

    Raises:
        UserError: the question, a paper, an upload or a setting is at fault.
    """
    from assignee.api import checked_question

    question, settings = checked_question(asked.question), asked.settings(room.assignee.settings)
    id_, register = new_run_id(), room.assignee.session_register
    files = room.uploads.take(asked.upload, register.files(id_)) if asked.upload else ()
    try:
        session = room.talk.begin(question, [*asked.papers, *files], new_id=id_)
    except BaseException:
        # Nothing knows of these files any more.
        shutil.rmtree(register.folder(id_), ignore_errors=True)
        raise
    own = room.assignee.settings.kept()
    session.set(**{name: v for name, v in settings.kept().items() if v != own[name]})
    return session


def begun_about(room: Room, run_id: str) -> "Session":
    """A new session that begins with the report of a finished run.

    Raises:
        UserError: there is no such run, or it has no report.
    """
    run = room.assignee.runs.load(run_id)
    return room.talk.begin(run.question, [], run=run.id)


def say(room: Room, session: "Session", text: str, route: Route | None = None) -> None:
    """Take a turn; called in the server's event loop."""
    if not room.desk.busy(key_of(session.id)):
        room.said[session.id] = text
    room.desk.converse(
        key_of(session.id), lambda watch: session.aask(text, route=route, watch=watch)
    )


def taken(room: Room, session: "Session", upload: str) -> list[str]:
    """The files of an upload, now the session's.

    Raises:
        NoPapersError: there is no such upload.
    """
    return room.uploads.take(upload, room.assignee.session_register.files(session.id))


def add(room: Room, session: "Session", files: Sequence[str]) -> None:
    """Have a session take files in and check again; called in the server's event loop."""
    names = [Path(file).name for file in files]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    text = f"Add {', '.join(names[:NAMED])}{more} and check again"
    say(room, session, text, Route(kind="add", paths=tuple(files), decided_by="upload"))


def go_on(room: Room, session: "Session") -> None:
    """Go on with a turn that was interrupted; called in the server's event loop."""
    room.desk.converse(key_of(session.id), lambda watch: session.aresume(watch=watch))
