"""Snowballing: more papers by the citations of the best ones, backward and forward.

Which papers are followed: of those that are read, the most relevant ones that have an identifier
and that nobody took back. Each is followed in every source that has citations. What they find is
merged and screened like any other record; when too little of it is both new and relevant, the
search is saturated.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple, Protocol, runtime_checkable

from assignee.agents.wording import counted, verb
from assignee.errors import AssigneeError
from assignee.identity import Merged
from assignee.identity.schemes import keys
from assignee.records import Hit, Paper, PaperIds, SearchEntry, Way
from assignee.sources import QueryLog, SourceResult

SATURATED = 0.1
"""The search stops when fewer than one in ten of a round's new papers is relevant."""

KNOWS = {
    "OpenAlex": ("openalex", "doi", "pmid", "pmcid", "arxiv"),
    "Semantic Scholar": ("s2", "doi", "arxiv", "pmid", "pmcid"),
    "Crossref": ("doi",),
    "Europe PMC": ("pmid", "pmcid", "doi"),
    "arXiv": ("arxiv",),
}
"""By which identifiers each source is asked for a work."""


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

    Sources with citations are asked for what a paper cites and for what cites it. Where they name
    fewer than `per_paper` of the works that its own record says it cites, others of these are
    fetched by identifier, each from the first source that knows one of its kind.

    Args:
        papers: those that are read, most relevant first.
        sources: all of the run's; those that have neither citations nor identifiers stay silent.
        limit: how many papers are followed.
        per_paper: most records of one paper, source and direction.
        round_: of the search, for the log.
    """
    chosen = to_follow(papers, limit)
    return _joined(
        await asyncio.gather(*(_both_ways(one, sources, per_paper, round_) for one in chosen))
    )


def to_follow(papers: Sequence[Merged], limit: int) -> list[Merged]:
    """The first `limit` papers that have an identifier and that nobody took back."""
    good = (
        one
        for one in papers
        if one.paper.kind == "paper"
        and one.paper.ids.first()
        and not (one.paper.retracted or one.withdrawn)
    )
    return list(islice(good, limit))


def as_relevant(relevance: Mapping[str, float], *, new: Iterable[str], read: Iterable[str]) -> int:
    """How many of the new papers are at least as relevant as the least relevant one that is read.

    Args:
        relevance: of all these papers by id, on one scale; a paper with 0 or none is not relevant.
        new: ids of the papers that following citations found.
        read: ids of the papers that were read before.
    """
    bar = min((relevance[paper_id] for paper_id in read if paper_id in relevance), default=0.0)
    scores = (relevance.get(paper_id, 0.0) for paper_id in new)
    return sum(score > 0 and score >= bar for score in scores)


def saturated(found: int, new: int, relevant_new: int) -> str | None:
    """Why the search stops after a round of citations, in one sentence; `None` to go on.

    Args:
        found: records that the round found.
        new: papers among them that were not known.
        relevant_new: new ones at least as relevant as the least relevant paper that is read.
    """
    if new and relevant_new >= SATURATED * new:
        return None
    if not found:
        return "Following citations found no records, so the search stopped."
    records = f"Following citations found {counted(found, 'record')}"
    if not new:
        return f"{records} and no new paper, so the search stopped."
    return (
        f"{records} and {counted(new, 'new paper')}, of which {relevant_new or 'none'} "
        f"{verb(relevant_new, 'is', 'are')} as relevant as the least relevant paper that was read: "
        "fewer than one in ten, so the search stopped."
    )


async def _both_ways(
    work: Merged, sources: Sequence[object], per_paper: int, round_: int
) -> Followed:
    """One paper's citations in all sources, then what of its references they did not name."""
    paper = work.paper
    citing = [source for source in sources if isinstance(source, Citing)]
    backward, forward = await asyncio.gather(
        _all(
            _asked(one.name, one.cites(paper.ids, limit=per_paper), paper, "backward", round_)
            for one in citing
        ),
        _all(
            _asked(one.name, one.cited_by(paper.ids, limit=per_paper), paper, "forward", round_)
            for one in citing
        ),
    )
    missing = _unnamed(work.references, backward.records, per_paper)
    named = await _all(
        _asked(source.name, source.by_ids(ids), paper, "backward", round_)
        for source, ids in _where(missing, sources)
    )
    return _joined([backward, named, forward])


def _unnamed(
    references: Sequence[PaperIds], found: Sequence[Hit], per_paper: int
) -> list[PaperIds]:
    """References that are not among the records: with those that are, at most `per_paper`."""
    known: set[str] = set().union(*(keys(hit.paper.ids) for hit in found))
    left = [ids for ids in references if known.isdisjoint(keys(ids))]
    return left[: max(0, per_paper - (len(references) - len(left)))]


def _where(
    references: Sequence[PaperIds], sources: Sequence[object]
) -> list[tuple[Naming, list[PaperIds]]]:
    """The references that each source is asked for: the first one that knows an identifier."""
    naming = [source for source in sources if isinstance(source, Naming)]
    asked: dict[str, tuple[Naming, list[PaperIds]]] = {}
    for ids in references:
        for source in naming:
            if any(getattr(ids, scheme) for scheme in KNOWS.get(source.name, ())):
                asked.setdefault(source.name, (source, []))[1].append(ids)
                break
    return list(asked.values())


async def _asked(
    source: str, answer: Awaitable[SourceResult], paper: Paper, way: Way, round_: int
) -> Followed:
    """The answer with its entry in the log; a source that fails leaves an entry with the error."""
    time = datetime.now(UTC).isoformat(timespec="seconds")
    query = ", ".join(filter(None, (paper.citation, paper.ids.first())))
    try:
        result = await answer
    except AssigneeError as error:
        result = SourceResult(queries=(QueryLog(query, 0, (str(error),)),))
    logs = result.queries
    entry = SearchEntry(
        source=source,
        query=query,
        sent="; ".join(log.sent for log in logs if log.sent),
        way=way,
        round=round_,
        time=time,
        hits=sum(log.hits for log in logs),
        kept=len(result.records),
        pages=sum(log.pages for log in logs),
        retries=sum(log.retries for log in logs),
        errors=tuple(error for log in logs for error in log.errors),
    )
    return Followed(result.records, (entry,))


async def _all(asked: Iterable[Awaitable[Followed]]) -> Followed:
    return _joined(await asyncio.gather(*asked))


def _joined(parts: Iterable[Followed]) -> Followed:
    kept = list(parts)
    return Followed(
        tuple(hit for part in kept for hit in part.records),
        tuple(entry for part in kept for entry in part.entries),
    )
