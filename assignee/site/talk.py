"""Sessions on the page: what was said and told, in the margin of the report that stands."""

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assignee.records import Report, Turn
from assignee.report.block import Line, Span, line
from assignee.report.index import Index
from assignee.site.shelf import Shelf

if TYPE_CHECKING:
    from assignee.api import Assignee
    from assignee.session import Session

NAME_LENGTH = 60
"""Characters of a question that become its session's name, at most."""


@dataclass(frozen=True)
class TurnView:
    """One turn: what was said, which way it was taken, what was told."""

    turn: Turn
    told: tuple[Line, ...]
    notes: tuple[Line, ...]
    earlier: bool
    """Whether its claims are those of a report that no longer stands."""


class Talk:
    """The sessions that are open on this server, one object each, so that turns wait in line."""

    def __init__(self, assignee: "Assignee", shelf: Shelf) -> None:
        self._assignee = assignee
        self._shelf = shelf
        self._open: dict[str, Session] = {}
        self._opening = threading.Lock()

    def session(self, session_id: str) -> "Session":
        """The session of that id.

        Raises:
            SessionNotFoundError: there is none.
        """
        with self._opening:
            if session_id not in self._open:
                known = self._assignee.session_register.load(session_id).info.id
                self._open[known] = self._assignee.session(known)
                return self._open[known]
            return self._open[session_id]

    def begin(
        self,
        question: str,
        papers: list[str],
        *,
        run: str | None = None,
        new_id: str | None = None,
    ) -> "Session":
        """A new session, named by its question; with `run` it begins with that run's report."""
        name = shortened(question)
        taken = {info.name for info in self._assignee.sessions()}
        names = (name, *(f"{name} ({number})" for number in range(2, len(taken) + 3)))
        free = next(one for one in names if one not in taken)
        begun = self._assignee.session(free, papers, run=run, new_id=new_id)
        with self._opening:
            self._open[begun.id] = begun
        return begun

    def delete(self, session_id: str) -> None:
        """Delete a session; its reports, as runs, and the library's papers stay.

        Raises:
            SessionNotFoundError: there is none.
        """
        self._assignee.delete_session(session_id)
        with self._opening:
            self._open.pop(session_id, None)

    def standing(self, session: "Session") -> tuple[Report, Index] | None:
        """The report that stands in a session, with its numbers."""
        report = session.report
        return None if report is None else (report, Index.of(report))

    def turns(self, session: "Session", standing: str | None) -> list[TurnView]:
        """All turns; `standing` is the digest of the report that stands."""
        return [self.turn(turn, standing) for turn in session.turns]

    def turn(self, turn: Turn, standing: str | None) -> TurnView:
        """One turn, its claims as links into the report if it still stands."""
        earlier = turn.report != standing
        index = self._shelf.by_digest(turn.report)[1] if turn.report else Index()
        told = tuple(index.cited_sentence(sentence) for sentence in turn.sentences)
        notes = tuple(index.prose(note) for note in turn.notes)
        if earlier:
            told, notes = (tuple(map(_unlinked, lines)) for lines in (told, notes))
        return TurnView(turn, told, notes, earlier)


def _unlinked(linked: Line) -> Line:
    return line(*(replace(span, href=None) if isinstance(span, Span) else span for span in linked))


def shortened(question: str) -> str:
    """The question's first words."""
    words, name = question.split(), ""
    for word in words:
        if len(name) + len(word) >= NAME_LENGTH:
            return f"{name}…" if name else word[:NAME_LENGTH]
        name = f"{name} {word}".strip()
    return name
