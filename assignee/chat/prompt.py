"""Reading a turn at a terminal: history, completion, and lines that go on."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth

from assignee.chat.loop import COMMANDS
from assignee.terminal import printable

if TYPE_CHECKING:
    from assignee.api import Assignee
    from assignee.session import Session

PROMPT, GOES_ON = "› ", "… "
OF_CLAIMS = frozenset({"claim", "evidence", "why", "revise", "compare"})
OF_PAPERS = frozenset({"remove"})
OF_PATHS = frozenset({"add", "export"})
SHOWN_OF_TEXT = 60
"""Characters of a claim or title beside its number in the menu."""


def prompt(program: "Assignee", session: "Session") -> Callable[[], str]:
    """Reads one turn: Enter sends it, Alt-Enter or a backslash at the end begins another line."""
    home = program.settings.home
    home.mkdir(parents=True, exist_ok=True)
    asked: PromptSession[str] = PromptSession(
        history=FileHistory(str(home / "chat_history")),
        completer=SessionCompleter(program, session),
        complete_while_typing=False,
        key_bindings=keys(),
        multiline=True,
        prompt_continuation=GOES_ON,
        color_depth=ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None,
    )
    return lambda: asked.prompt(PROMPT)


def keys() -> KeyBindings:
    """Enter sends, unless the line ends with a backslash; Alt-Enter goes on."""
    bound = KeyBindings()

    @bound.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @bound.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return bound


class SessionCompleter(Completer):
    """Completes commands, and after them claims, papers, paths, formats, panels and settings."""

    def __init__(self, program: "Assignee", session: "Session") -> None:
        self._program = program
        self._session = session
        self._paths = PathCompleter(expanduser=True)

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """What may stand at the cursor."""
        text = document.text_before_cursor
        if not text.startswith("/"):
            yield from self._matching(self._words(), document.get_word_before_cursor(WORD=True))
            return
        name, space, rest = text[1:].partition(" ")
        if not space:
            commands = ((f"/{command}", what) for command, what in COMMANDS.items())
            yield from self._matching(commands, text)
        elif name in OF_PATHS and not (name == "export" and " " in rest.lstrip()):
            inner = Document(rest, len(rest))
            yield from self._paths.get_completions(inner, complete_event)
        else:
            yield from self._matching(self._arguments(name), rest.rpartition(" ")[2])

    def _matching(self, found: Iterable[tuple[str, str]], begun: str) -> Iterator[Completion]:
        for text, meaning in found:
            if text.casefold().startswith(begun.casefold()) and (begun or len(text) < 40):
                told = printable(" ".join(meaning.split()))[:SHOWN_OF_TEXT]
                yield Completion(printable(text), start_position=-len(begun), display_meta=told)

    def _arguments(self, name: str) -> Iterator[tuple[str, str]]:
        report = self._session.report
        if name in OF_CLAIMS and report is not None:
            yield from ((str(n), claim.text) for n, claim in enumerate(report.claims, 1))
        elif name in OF_PAPERS:
            yield from ((str(n), one.title) for n, one in enumerate(self._session.papers, 1))
        elif name == "panel":
            from assignee.agents.panel_file import known_panels

            yield from ((panel, "") for panel in known_panels())
        elif name == "export":
            from assignee.report import FILES

            yield from ((format_, file.told) for format_, file in FILES.items())
        elif name == "settings":
            from assignee.options import described

            fields = type(self._program.settings).model_fields
            yield from ((f"{field}=", described(field)) for field in fields)

    def _words(self) -> Iterator[tuple[str, str]]:
        """Authors of the session's papers, for plain sentences."""
        report = self._session.report
        if report is not None:
            yield from ((surname, p.title) for p in report.papers for surname in p.surnames[:1])
