"""The retriever: searches the sources, takes what they found into the library, screens it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from assignee.engines.protocol import Ranker, Reranker
from assignee.errors import AssigneeError
from assignee.library import AddResult, Library
from assignee.reading.abbreviations import abbreviated, spelled_out
from assignee.reading.passages import split_passages
from assignee.records import Claim, Document, Hit, Passage, SearchEntry
from assignee.sources import QueryLog, Source, SourceResult

PASSAGES_THAT_EXPLAIN = 100
"""How many passages are looked through for what an abbreviation stands for."""
RANK_OFFSET = 10
"""Of reciprocal ranks in screening: the first counts about twice as much as the eleventh."""
PASSAGES_A_PAPER = 3
"""How many of a paper's best passages decide whether it is read closely."""
CANDIDATES = 4
"""Passages that are searched for each window; the rest make room for reranking and for papers that
have more than two."""


class Found(NamedTuple):
    """What one source returned for one round."""

    paper_ids: tuple[str, ...]
    """Papers whose documents are in the library now."""
    entries: tuple[SearchEntry, ...]
    unread: tuple[str, ...]
    records: tuple[Hit, ...] = ()
    """What databases returned, not yet merged."""


class Windows(NamedTuple):
    """Where one claim is checked."""

    own: tuple[Passage, ...]
    """Of the claim's own source."""
    others: tuple[Passage, ...]
    """Of other papers, best first."""


async def search(
    source: Source, queries: Sequence[str], *, library: Library, limit: int, round_: int
) -> Found:
    """Send the queries to one source and take in what it returns; a failing source is an entry."""
    time = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        result = await source.search(queries, limit=limit)
    except AssigneeError as error:
        result = SourceResult(queries=(QueryLog("; ".join(queries), 0, (str(error),)),))
    await asyncio.to_thread(take_in, result.documents, library)
    ids = tuple(dict.fromkeys([*(d.paper.id for d in result.documents), *result.known]))
    entries = tuple(
        SearchEntry(
            source=source.name,
            query=query.query,
            round=round_,
            time=time,
            hits=query.hits,
            kept=query.read if query.sent else query.hits,
            sent=query.sent,
            pages=query.pages,
            retries=query.retries,
            errors=query.errors,
        )
        for query in result.queries
    )
    return Found(ids, entries, tuple(str(error) for error in result.unread), result.records)


def take_in(documents: Sequence[Document], library: Library) -> AddResult:
    """Add documents to the library in one batch; those it has as they are, are left alone."""
    fresh = [
        (document, split_passages(document))
        for document in documents
        if library.document_digest(document.paper.id) != document.content_digest
    ]
    taken = library.add(fresh) if fresh else AddResult(0, 0, 0, 0, 0)
    return taken._replace(unchanged=len(documents) - taken.added - taken.updated)


async def ask_in_full(
    questions: Sequence[str], pool: Sequence[str], *, library: Library
) -> list[str]:
    """The questions with abbreviations spelled out, as the first one's best passages do."""
    if not any(map(abbreviated, questions)):
        return list(questions)
    [hits] = await asyncio.to_thread(
        library.search, questions[:1], limit=PASSAGES_THAT_EXPLAIN, paper_ids=set(pool)
    )
    passages = [hit.passage.text for hit in hits]
    return [spelled_out(question, passages) for question in questions]


async def relevance(
    asked: Sequence[str],
    queries: Sequence[str],
    paper_ids: Sequence[str],
    *,
    library: Library,
    ranker: Ranker,
    limit: int,
) -> dict[str, float]:
    """How well the best passages of each paper answer what is asked; 0 for most of a large pool.

    Hybrid search with all questions and queries finds the passages that come into question, some
    for each of `limit` papers; the ranker then compares each with what is asked, so that a vague
    query cannot carry a paper. A paper's score is the sum of its reciprocal ranks over what is
    asked, the first counting double.
    """
    sent = list(dict.fromkeys([*asked, *queries]))
    hits = await asyncio.to_thread(
        library.search, sent, limit=limit * PASSAGES_A_PAPER, paper_ids=set(paper_ids)
    )
    passages = list({hit.passage.id: hit.passage for found in hits for hit in found}.values())
    scores = dict.fromkeys(sorted(paper_ids), 0.0)
    for number, one in enumerate(asked):
        relevances = await ranker.rank(one, [passage.text for passage in passages])
        for rank, paper_id in enumerate(_by_best_passage(passages, relevances)):
            scores[paper_id] += (1 if number else 2) / (RANK_OFFSET + rank)
    return scores


def _by_best_passage(passages: Sequence[Passage], relevances: Sequence[float]) -> list[str]:
    best: dict[str, float] = {}
    for passage, relevance in zip(passages, relevances, strict=True):
        best[passage.paper_id] = max(best.get(passage.paper_id, 0.0), relevance)
    return sorted(best, key=lambda paper_id: (-best[paper_id], paper_id))


async def evidence_windows(
    claims: Sequence[Claim],
    *,
    library: Library,
    pool: Sequence[str],
    windows: int,
    reranker: Reranker | None = None,
) -> list[Windows]:
    """For each claim the windows of its own source and those of other papers, best first.

    Own: the passage that it was quoted from. Others: the best passages of the pool by hybrid
    search, at most two a paper, never of the same work; of four times as many as `windows`, the
    best ones when they were reranked.
    """
    found = await asyncio.to_thread(_found, claims, library, tuple(pool), windows)
    return [
        Windows(
            (own,),
            tuple(_at_most_two_a_paper(await _best_first(claim, others, reranker), windows)),
        )
        for claim, (own, others) in zip(claims, found, strict=True)
    ]


async def _best_first(
    claim: Claim, passages: list[Passage], reranker: Reranker | None
) -> list[Passage]:
    if reranker is None:
        return passages
    scores = await reranker.rerank(claim.text, passages)
    places = sorted(range(len(passages)), key=lambda place: (-scores[place], place))
    return [passages[place] for place in places]


def _found(
    claims: Sequence[Claim], library: Library, pool: tuple[str, ...], windows: int
) -> list[tuple[Passage, list[Passage]]]:
    papers = {paper.id: paper.identity for paper in library.papers(pool)}
    own = library.passages_by_id([claim.quote.passage_id for claim in claims])
    depth = windows * CANDIDATES
    hits = library.search([claim.text for claim in claims], limit=depth, paper_ids=set(pool))
    gathered = []
    for claim, found in zip(claims, hits, strict=True):
        identity = papers.get(claim.paper_id)
        others = [hit.passage for hit in found if papers[hit.passage.paper_id] != identity]
        gathered.append((own[claim.quote.passage_id], others))
    return gathered


def _at_most_two_a_paper(passages: Sequence[Passage], limit: int) -> list[Passage]:
    taken: Counter[str] = Counter()
    chosen: list[Passage] = []
    for passage in passages:
        if taken[passage.paper_id] < 2 and len(chosen) < limit:
            taken[passage.paper_id] += 1
            chosen.append(passage)
    return chosen
