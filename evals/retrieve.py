"""How well the search of the library finds what answers a query, and how long it takes.

Measured are BM25, vectors, the two fused and, with a reranker, the fused ranking reranked, each on
titles and abstracts as single passages. Vectors are searched exactly, as a second process does.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np

from assignee.engines.protocol import Reranker
from assignee.evals.bench_library import CUTOFF, DEPTH, item, ndcg
from assignee.evals.bootstrap import Estimate, estimate, mean, resampled
from assignee.evals.items import Collection
from assignee.library import EmbedderProtocol, Library
from assignee.library.search import fuse, keyword_ranking
from assignee.library.store import Store
from assignee.library.terms import Stemmer
from assignee.library.vectors import Matrix, Scope
from assignee.records import Record


class RankingFigures(Record):
    """One way to rank."""

    name: str
    ndcg: Estimate
    """nDCG at 10."""
    recall_10: Estimate
    recall_100: Estimate
    """Share of the answers among the first 10 and 100."""
    median_ms: float
    p95_ms: float
    """A query, one at a time, its embedding included."""


class Retrieval(Record):
    """Every ranking of one collection."""

    documents: int
    queries: int
    rankings: tuple[RankingFigures, ...]


class Ranking(NamedTuple):
    """The documents found for one query, the best first, and the seconds that it took."""

    found: list[str]
    seconds: float


class Shelf:
    """A collection in a library of its own, searched step by step with a clock."""

    def __init__(
        self, library: Library, folder: Path, embedder: EmbedderProtocol, collection: Collection
    ) -> None:
        papers = [
            item(name, text.title, [f"{text.title} {text.body}".strip()])
            for name, text in collection.texts.items()
        ]
        library.add(papers)
        self._database = folder / "library.sqlite3"
        self._embedder = embedder
        self._passages = {p.id: p for _, passages in papers for p in passages}
        self._names = {
            passage.id: name
            for name, (_, passages) in zip(collection.texts, papers, strict=True)
            for passage in passages
        }

    async def rankings(
        self, queries: Mapping[str, str], reranker: Reranker | None
    ) -> dict[str, dict[str, Ranking]]:
        """Name of the ranking to query id to what it found."""
        runs: dict[str, dict[str, Ranking]] = {}
        model, dimension = self._embedder.model_id, self._embedder.dimension
        store, stemmer, scope = Store(self._database, writable=False), Stemmer(), Scope()
        with closing(store), closing(stemmer), store.reading() as connection:
            matrix = Matrix.load(connection, generation=0, model=model, dimension=dimension)
            matrix.nearest(self._embedder.embed(["warm up"]), limit=DEPTH, scope=scope)
            for id_, query in queries.items():
                began = perf_counter()
                row = self._embedder.embed([query])
                [near] = matrix.nearest(row, limit=DEPTH, scope=scope)
                by_meaning = perf_counter() - began
                began = perf_counter()
                terms = stemmer.terms(query)
                words = keyword_ranking(connection, terms, limit=DEPTH, scope=scope)
                by_words = perf_counter() - began
                began = perf_counter()
                both = [hit.id for hit in fuse([words, near])][:DEPTH]
                fused = by_meaning + by_words + perf_counter() - began
                steps = [("BM25", words, by_words), ("vectors", near, by_meaning)]
                steps.append(("fused", both, fused))
                if reranker is not None:
                    began = perf_counter()
                    again = await self._reranked(query, both, reranker)
                    steps.append(("reranked", again, fused + perf_counter() - began))
                for name, ids, seconds in steps:
                    found = Ranking([self._names[id_] for id_ in ids], seconds)
                    runs.setdefault(name, {})[id_] = found
        return runs

    async def _reranked(self, query: str, ids: Sequence[str], reranker: Reranker) -> list[str]:
        scores = await reranker.rerank(query, [self._passages[id_] for id_ in ids])
        places = sorted(range(len(ids)), key=lambda place: (-scores[place], place))
        return [ids[place] for place in places]


async def retrieve(
    collection: Collection,
    embedder: EmbedderProtocol,
    folder: Path,
    *,
    reranker: Callable[[Library], Reranker] | None = None,
) -> Retrieval:
    """Measure every ranking; intervals are over queries.

    Args:
        collection: documents, queries and answers.
        embedder: the library's.
        folder: of the collection's library; one that is there already is used again.
        reranker: makes what puts the best of the fused ranking in another order, if given.
    """
    with Library.open(folder, embedder) as library:
        shelf = Shelf(library, folder, embedder, collection)
        runs = await shelf.rankings(collection.queries, reranker(library) if reranker else None)
    return Retrieval(
        documents=len(collection.texts),
        queries=len(collection.queries),
        rankings=tuple(figures(name, run, collection) for name, run in runs.items()),
    )


def figures(name: str, run: Mapping[str, Ranking], collection: Collection) -> RankingFigures:
    """Quality and duration of one ranking over all queries."""
    weights = resampled(list(collection.queries))
    pairs = [(run[query].found, collection.relevant[query]) for query in collection.queries]

    def over_queries(values: Sequence[float]) -> Estimate:
        return estimate(mean(values, weights))

    times = [run[query].seconds * 1000 for query in collection.queries]
    return RankingFigures(
        name=name,
        ndcg=over_queries([ndcg(found, set(answers)) for found, answers in pairs]),
        recall_10=over_queries([recall(found, answers, CUTOFF) for found, answers in pairs]),
        recall_100=over_queries([recall(found, answers, DEPTH) for found, answers in pairs]),
        median_ms=float(np.median(times)),
        p95_ms=float(np.percentile(times, 95)),
    )


def recall(found: Sequence[str], answers: frozenset[str], cutoff: int) -> float:
    """Share of the answers among the first documents.

    >>> recall(["a", "b", "c"], frozenset("acx"), 2)
    0.3333333333333333
    """
    return math.fsum(name in answers for name in found[:cutoff]) / len(answers)
