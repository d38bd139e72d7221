"""A literature database in a run: its client with a budget of seconds, which never ends the run."""

import asyncio
from collections.abc import Awaitable, Sequence
from time import monotonic
from typing import Protocol

from assignee.errors import AssigneeError
from assignee.records import PaperIds
from assignee.sources.base import QueryLog, Source, SourceResult
from assignee.sources.query import Query, parse

SILENCES = 2
"""Queries in a row without any answer, after which a database is left alone for the round."""


class Client(Source, Protocol):
    """One of the clients of this room."""

    needs_key: bool

    async def by_ids(self, ids: Sequence[PaperIds]) -> SourceResult:
        """Records of works by their identifiers."""
        ...


class CitingClient(Client, Protocol):
    """A client whose database knows which works cite which."""

    async def cites(self, ids: PaperIds, *, limit: int) -> SourceResult:
        """Works that this one cites."""
        ...

    async def cited_by(self, ids: PaperIds, *, limit: int) -> SourceResult:
        """Works that cite this one."""
        ...


class Database:
    """A database that is asked by queries and by identifiers; what goes wrong stands in the log.

    Args:
        client: does the asking.
        seconds: for all queries of one search, or for one other question.
        limit: most records a query, in place of what a search names.
    """

    def __init__(self, client: Client, *, seconds: float, limit: int | None = None) -> None:
        self.name = client.name
        self._client = client
        self._seconds = seconds
        self._limit = limit

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        """Send the queries one after the other; those that find no time or no ear are not sent.

        Of queries that ask for the same words, such as a question and its content words, the first
        is sent.
        """
        ends = monotonic() + self._seconds
        most = self._limit or limit
        results: list[SourceResult] = []
        silences = 0
        for query in _distinct(queries):
            left = ends - monotonic()
            if silences == SILENCES or left <= 0:
                why = "the time was used up" if left <= 0 else "those before it were not answered"
                results.append(failed(query, f"{self.name}: not sent, {why}"))
                continue
            result = await self._within(left, query, self._client.search([query], limit=most))
            silences = silences + 1 if _is_silence(result) else 0
            results.append(result)
        return joined(results)

    async def by_ids(self, ids: Sequence[PaperIds]) -> SourceResult:
        """Records of works by their identifiers."""
        named = ", ".join(each.first() or "" for each in ids)
        return await self._within(self._seconds, named, self._client.by_ids(ids))

    async def _within(
        self, seconds: float, asked: str, answer: Awaitable[SourceResult]
    ) -> SourceResult:
        try:
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError:
            return failed(asked, f"{self.name}: no answer within {self._seconds:g} s")
        except AssigneeError as error:
            return failed(asked, str(error))
        except Exception as error:  # what a service sends must not end the run
            return failed(asked, f"{self.name}: {type(error).__name__} in its answer")


class CitingDatabase(Database):
    """A database that also knows citations."""

    def __init__(self, client: CitingClient, *, seconds: float, limit: int | None = None) -> None:
        super().__init__(client, seconds=seconds, limit=limit)
        self._citing = client

    async def cites(self, ids: PaperIds, *, limit: int) -> SourceResult:
        """Works that this one cites."""
        asked = f"works cited by {ids.first()}"
        return await self._within(self._seconds, asked, self._citing.cites(ids, limit=limit))

    async def cited_by(self, ids: PaperIds, *, limit: int) -> SourceResult:
        """Works that cite this one."""
        asked = f"works citing {ids.first()}"
        return await self._within(self._seconds, asked, self._citing.cited_by(ids, limit=limit))


def _distinct(queries: Sequence[str]) -> list[str]:
    first: dict[Query, str] = {}
    for query in queries:
        first.setdefault(parse(query), query)
    return list(first.values())


def failed(query: str, why: str) -> SourceResult:
    """A query that found nothing because something went wrong."""
    return SourceResult(queries=(QueryLog(query, 0, (why,)),))


def joined(results: Sequence[SourceResult]) -> SourceResult:
    """Records, what was not read, and logs of several results."""
    return SourceResult(
        queries=tuple(log for result in results for log in result.queries),
        unread=tuple(error for result in results for error in result.unread),
        records=tuple(hit for result in results for hit in result.records),
    )


def _is_silence(result: SourceResult) -> bool:
    """Whether something was sent and nothing at all came back."""
    return all(log.sent and log.errors and not log.pages for log in result.queries)
