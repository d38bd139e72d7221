"""Begins sessions and takes their turns, for the pages and the API alike."""

from typing import TYPE_CHECKING

from assignee.site.asked import Asked
from assignee.site.room import Room

if TYPE_CHECKING:
    from assignee.session import Session


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
