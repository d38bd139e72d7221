"""The chat itself: reads what is said, has the session take the turn, shows what came of it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from assignee.agents.orders import ORDERS
from assignee.chat.views import (
    VIEWS,
    paged,
    show_panel,
    show_pending,
    show_settings,
    show_turn,
)
from assignee.errors import AssigneeError, EngineError, LibraryError, QuestionError, nearest
from assignee.handover import missing_note
from assignee.options import assign
from assignee.progress import silent, stages
from assignee.terminal import console, counted, note, rows, show

if TYPE_CHECKING:
    from assignee.api import Assignee
    from assignee.progress import Watcher
    from assignee.session import Session

COMMANDS = {
    "help": "this list; /help ask tells what can be said in plain words",
    "ask": "QUESTION — a question of its own, a new report",
    "claims": "all claims with their verdicts",
    "claim": "N — one claim, its verdict and its quote",
    "evidence": "N — the evidence for and against a claim",
    "why": "N — why a claim has its verdict",
    "compare": "A and B — claims, papers or topics side by side",
    "doubt": "what would change the verdicts",
    "papers": "the papers of this session",
    "add": "PATH or DOI — read papers, bibliographies or works by identifier, and check again",
    "remove": "N — leave papers out of this session",
    "filter": "since 2023 | no preprints — keep some papers only",
    "search": "TOPIC [since 2023] — look for more papers",
    "stricter": "more relevant claims, more evidence for each",
    "verify": "verify again against more evidence",
    "review": "rate the report again",
    "panel": "the reviewers' scores and findings; /panel NAME rates with another panel",
    "revise": "mend what the reviewers found; /revise N drops a claim",
    "diff": "what changed since the report before",
    "undo": "back to the report and papers before",
    "cost": "model calls and seconds",
    "export": "FOLDER [FORMAT …] — write the report's files, or these formats, such as pdf or ris",
    "sessions": "all sessions",
    "name": "NAME — call this session so",
    "settings": "the settings; /settings NAME=VALUE changes one",
    "resume": "go on with a turn that was interrupted",
    "quit": "leave; the session stays",
}


class Leave(Exception):
    """The user wants to leave."""


class Chat:
    """One session in a terminal or a pipe."""

    def __init__(self, program: "Assignee", session: "Session", *, quiet: bool = False) -> None:
        self._program = program
        self._session = session
        self._quiet = quiet
        self._own: dict[str, Callable[[str], None]] = {
            "help": self._help,
            "panel": self._panel,
            "undo": self._undo,
            "sessions": self._sessions,
            "name": self._name,
            "settings": self._settings,
            "resume": self._resume,
            "quit": self._quit,
            "exit": self._quit,
        }

    def greet(self) -> None:
        """What the session is and how it stands."""
        info = self._session.info
        papers = counted(info.papers, "paper") if info.papers else "the whole library"
        note(f"session {info.name}, {papers}, engine {self._session.engine}")
        if info.question:
            note(f"{counted(info.turns, 'turn')} so far; about: {info.question}")
        if self._session.run and (missing := missing_note(self._session.missing)):
            note(missing, style="yellow")
        show_pending(self._session)
        note("ask a question, or /help")

    def hear(self, text: str) -> None:
        """Take what was said; what the user can mend is said and the chat goes on.

        Raises:
            Leave: the user wants to leave.
            LibraryError: the library cannot be used.
        """
        try:
            self._take(text.strip())
        except LibraryError:
            raise
        except EngineError as error:
            note(f"error: {error}; /resume goes on with the turn", style="red")
        except (AssigneeError, OSError) as error:
            note(f"error: {error}", style="red")

    def _take(self, text: str) -> None:
        if not text.startswith("/"):
            self._turn(lambda watch: self._session.ask(text, watch=watch))
            return
        name, _, rest = text[1:].partition(" ")
        if name in VIEWS:
            with paged():
                VIEWS[name](self._session, rest)
        elif name in self._own:
            self._own[name](rest.strip())
        elif name in ORDERS:
            self._turn(lambda watch: self._session.ask(text, watch=watch))
        else:
            raise QuestionError(f"no command /{name}; {nearest(name, COMMANDS)}")

    def _turn(self, take: "Callable[[Watcher], object]") -> None:
        with self._watching() as watch:
            take(watch)
        turn = self._session.turns[-1]
        with paged():
            show_turn(turn, self._session.report)

    def _watching(self) -> "AbstractContextManager[Watcher]":
        return silent() if self._quiet else stages(console(stderr=True))

    def _help(self, rest: str) -> None:
        if rest:
            self._turn(lambda watch: self._session.ask("/help", watch=watch))
            return
        with paged():
            rows(("command", "what it does"), [(f"/{n}", what) for n, what in COMMANDS.items()])

    def _panel(self, rest: str) -> None:
        if rest:
            self._turn(lambda watch: self._session.ask(f"/review {rest}", watch=watch))
            return
        with paged():
            show_panel(self._session, rest)

    def _undo(self, _: str) -> None:
        report = self._session.undo()
        papers = counted(self._session.info.papers, "paper")
        show(f"back to {report.title}, {papers}" if report else "back to before the first report")

    def _sessions(self, _: str) -> None:
        with paged():
            show_sessions(self._program)

    def _name(self, rest: str) -> None:
        self._session.rename(rest)
        show(f"this session is called {self._session.name}")

    def _settings(self, rest: str) -> None:
        if not rest:
            with paged():
                show_settings(self._session, rest)
            return
        from pydantic import ValidationError

        from assignee.options import fault

        values: dict[str, object] = {}
        for assignment in rest.split():
            assign(values, assignment)
        try:
            self._session.set(**values)
        except ValidationError as error:
            raise QuestionError("; ".join(map(fault, error.errors()))) from None
        show(f"{rest}: from the next report on; /verify makes one")

    def _resume(self, _: str) -> None:
        self._turn(lambda watch: self._session.resume(watch=watch))

    def _quit(self, _: str) -> None:
        raise Leave


def show_sessions(program: "Assignee") -> None:
    """All sessions, the latest changed first."""
    found = program.sessions()
    if not found:
        note("no sessions yet: `assignee chat` begins one")
    from assignee.terminal import rating_text

    rows(
        ("session", "changed", "turns", "rating", "question"),
        [
            (one.name, one.changed[:16], str(one.turns), rating_text(one.rating), one.question)
            for one in found
        ],
        narrow=frozenset({"session"}),
    )


def talk(chat: Chat, listen: Callable[[], str]) -> None:
    """Until the user leaves: Ctrl-C stops the turn and keeps what is done, a second one leaves."""
    stopped = False
    while True:
        try:
            text = listen()
            stopped = False
            if text.strip():
                chat.hear(text)
        except KeyboardInterrupt:
            if stopped:
                note("left; the session stays")
                return
            stopped = True
            note("\nstopped; what is done is kept: /resume goes on, Ctrl-C again leaves")
        except (EOFError, Leave):
            return


def lines_of_a_pipe() -> Callable[[], str]:
    """Reads turns from a pipe, echoes each, and ends with it; a trailing backslash joins lines."""

    def turns() -> Iterator[str]:
        held: list[str] = []
        for line in sys.stdin:
            text = line.rstrip("\r\n")
            held.append(text.removesuffix("\\"))
            if not text.endswith("\\"):
                yield "\n".join(held)
                held = []
        if held:
            yield "\n".join(held)

    left = turns()

    def listen() -> str:
        for text in left:
            if text.strip():
                show(f"\n› {text}", style="bold")
            return text
        raise EOFError

    return listen
