"""The session: what a turn asks for, what was told in it, and how a list shows the whole."""

from typing import Any, Literal

from pydantic import Field

from assignee.records.base import SCHEMA_VERSION, Record
from assignee.records.paper import PublicationStatus
from assignee.records.report import CitedSentence, Format

RouteKind = Literal[
    "ask",
    "answer",
    "explain",
    "compare",
    "doubt",
    "search",
    "add",
    "remove",
    "filter",
    "stricter",
    "verify",
    "review",
    "revise",
    "export",
    "help",
]
"""What a turn asks for. `answer`, `explain`, `compare`, `doubt`, `export` and `help` leave the
report as it is; the others make a new one."""

CHANGING: frozenset[RouteKind] = frozenset(
    {"ask", "search", "add", "remove", "filter", "stricter", "verify", "review", "revise"}
)
"""Kinds that give a new report."""

WAYS: dict[RouteKind, str] = {
    "ask": "researched as a question of its own",
    "answer": "answered from the report's claims",
    "explain": "explained from the claim's evidence",
    "compare": "compared from the report's claims",
    "doubt": "told from the verdicts",
    "search": "searched again",
    "add": "papers added and checked again",
    "remove": "papers left out and checked again",
    "filter": "papers filtered and checked again",
    "stricter": "checked again more strictly",
    "verify": "verified again",
    "review": "reviewed again",
    "revise": "revised",
    "export": "written to files",
    "help": "what can be asked",
}
"""What was done, as the session says it."""


class Route(Record):
    """What one turn asks for, and who decided so."""

    kind: RouteKind
    claims: tuple[str, ...] = ()
    """Ids of claims of the current report."""
    papers: tuple[str, ...] = ()
    """Ids of papers."""
    topic: str = ""
    """What an answer is about, what is searched for, or the question that is asked."""
    since: str | None = None
    """ISO date or year."""
    until: str | None = None
    statuses: tuple[PublicationStatus, ...] = ()
    """Kinds of publication that stay; all when empty."""
    paths: tuple[str, ...] = ()
    """Files, folders and identifiers of works to add; the folder to write to."""
    formats: tuple[Format, ...] = ()
    """What is written there; the usual files when empty."""
    read_as: str = ""
    """What was said with slips of spelling mended; empty where there were none."""
    left: tuple[str, ...] = ()
    """Other orders that were given at once, which this turn does not carry out."""
    decided_by: str
    """`rules`, `command`, or model and prompt."""

    @property
    def changes(self) -> bool:
        """Whether it gives a new report."""
        return self.kind in CHANGING

    @property
    def way(self) -> str:
        """What was done and who decided, in one clause."""
        read = f", read as “{self.read_as}”" if self.read_as else ""
        return f"{WAYS[self.kind]} (decided by {self.decided_by}{read})"


class Turn(Record):
    """One thing said and what came of it."""

    number: int = Field(ge=1)
    said: str
    route: Route
    sentences: tuple[CitedSentence, ...] = ()
    """Each cites claims of the report that the turn ended with."""
    notes: tuple[str, ...] = ()
    """About the session itself: what was done, what is not in the store, what can be done."""
    report: str | None = None
    """Digest of the report that the turn ended with."""
    run_id: str | None = None
    """The run that made a new report."""
    started: str
    """UTC, ISO 8601."""
    seconds: float = Field(default=0.0, ge=0)


class SessionInfo(Record):
    """A session as a list shows it."""

    schema_version: int = SCHEMA_VERSION
    id: str
    name: str
    created: str
    """UTC, ISO 8601."""
    changed: str
    question: str = ""
    turns: int = 0
    papers: int = 0
    """The session's own papers: those that its report was made from."""
    rating: float | None = None


class Version(Record):
    """One state of a session that can be gone back to: a report and what it was made from."""

    report: str = ""
    """Digest of the report; empty before the first one."""
    question: str = ""
    papers: tuple[str, ...] = ()
    """The session's own papers by id; the whole library where there are none."""
    removed: tuple[str, ...] = ()
    """Papers that were left out."""
    topics: tuple[str, ...] = ()
    """What was searched for beside the question; its runs ask for them as well."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """What differs from the session's settings: filters, strictness, the panel."""
    searches: bool = False
    """Whether databases were asked for its report; other changes keep to the papers at hand."""
    run_id: str | None = None
