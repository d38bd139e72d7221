"""Snowballing: more papers by the citations of the best ones, backward and forward.

Which papers are followed: of those that are read, the most relevant ones that have an identifier
and were not retracted. Each is followed in every source that has citations. What they find is
merged and screened like any other record; when too little of it is both new and relevant, the
search is saturated.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol, cast, runtime_checkable

from assignee.agents.wording import counted, percent, verb, was
from assignee.errors import AssigneeError
from assignee.identity import Merged
from assignee.records import Hit, Paper, PaperIds, SearchEntry, Way
from assignee.sources import QueryLog, SourceResult

SATURATED = 0.1
"""The search stops when fewer than one in ten of a round's new records is relevant."""


@runtime_checkable
class Citing(Protocol):
    """A source that knows which works cite which."""

    name: str

    async def cites(self, ids: PaperIds, *, limit: int) -> SourceResult:
        """Works that this one cites."""
        ...

    async def cited_by(self, ids: PaperIds, *, limit: int) -> SourceResult:
        """Works that cite this one."""
        ...


@runtime_checkable
class Naming(Protocol):
    """A source that finds works by their identifiers."""

    name: str

    async def by_ids(self, ids: Sequence[PaperIds]) -> SourceResult:
        """The works, as far as it has them."""
        ...


class Followed(NamedTuple):
    """What following citations found, and the log of it."""

    records: tuple[Hit, ...]
    entries: tuple[SearchEntry, ...]


async def followed(
    papers: Sequence[Merged],
    sources: Sequence[object],
    *,
    limit: int,
    per_paper: int,
    round_: int = 1,
) -> Followed:
    """Follow the citations of the best papers, all at once; a failure is an entry in the log.

    Args:
        papers: those that are read, most relevant first.
        sources: all of the run's; those without citations are passed over.
        limit: how many papers are followed.
        per_paper: most records of one paper, source and direction.
        round_: of the search, for the log.
    """
    raise NotImplementedError


def to_follow(papers: Sequence[Merged], limit: int) -> list[Merged]:
    """The first `limit` papers that can be followed and that are worth it."""
    raise NotImplementedError


def as_relevant(relevance: Mapping[str, float], *, new: Iterable[str], read: Iterable[str]) -> int:
    """How many of the new papers are at least as relevant as the least relevant one that is read.

    Args:
        relevance: of all these papers by id, on one scale.
        new: ids of the papers that following citations found.
        read: ids of the papers that were read before.
    """
    raise NotImplementedError


def saturated(found: int, new: int, relevant_new: int) -> str | None:
    """Why the search stops here, in one sentence; `None` when another round is worth it.

    Args:
        found: records that a round of citations found.
        new: papers among them that were not known.
        relevant_new: new ones at least as relevant as the least relevant paper that is read.
    """
    raise NotImplementedError
