"""What every literature source offers: queries in, documents and a log out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from assignee.errors import ReadingError
from assignee.records import Document


class QueryLog(NamedTuple):
    """One query as the source received it."""

    query: str
    hits: int
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceResult:
    """What a source found: documents to take in, and papers that the library already has."""

    documents: tuple[Document, ...] = ()
    known: tuple[str, ...] = ()
    """Paper ids in the library."""
    queries: tuple[QueryLog, ...] = ()
    unread: tuple[ReadingError, ...] = ()


class Source(Protocol):
    """One place where papers are found; it never raises anything but an `AssigneeError`."""

    name: str

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        """Send the queries; at most `limit` documents a query where the source can limit."""
        ...
