"""What every literature source offers: queries in, records or documents and a log out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from assignee.errors import ReadingError
from assignee.records import Document, Hit, PublicationStatus


@dataclass(frozen=True)
class Criteria:
    """What is searched for beside the words of a query."""

    since: date | None = None
    until: date | None = None
    """First and last day of publication, both included."""
    statuses: tuple[PublicationStatus, ...] = ()
    """Kinds of publication; empty for all."""
    language: str | None = None
    """ISO 639-1 code."""


@dataclass(frozen=True)
class QueryLog:
    """One query as the source received it."""

    query: str
    hits: int
    """How many records the source says it has, or what was read where it does not say."""
    errors: tuple[str, ...] = ()
    sent: str = ""
    """In the source's own syntax, with its filters; without keys."""
    read: int = 0
    """Records that were read."""
    pages: int = 0
    retries: int = 0


@dataclass(frozen=True)
class SourceResult:
    """What a source found: records, documents to take in, and papers that the library has."""

    documents: tuple[Document, ...] = ()
    known: tuple[str, ...] = ()
    """Paper ids in the library."""
    queries: tuple[QueryLog, ...] = ()
    unread: tuple[ReadingError, ...] = ()
    records: tuple[Hit, ...] = ()
    """Records of literature databases; the retriever merges them before it takes them in."""


class Source(Protocol):
    """One place where papers are found; it never raises anything but an `AssigneeError`."""

    name: str

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        """Send the queries; at most `limit` documents a query where the source can limit."""
        ...
