"""Hybrid search: BM25 and vector rankings, fused by reciprocal rank."""

import json
import math
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from assignee.library import terms
from assignee.library.vectors import Scope
from assignee.records import Passage

RRF_K = 60
"""Damping of reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009."""

POOL = 100
"""Depth of each ranking before fusion, at least."""


class Hit(NamedTuple):
    """One passage found."""

    passage: Passage
    score: float
    """Fused: the sum over the rankings of 1 / (60 + rank); at most 2 / 61."""
    bm25_rank: int | None
    """From 1; `None` when BM25 did not rank it."""
    vector_rank: int | None
    similarity: float | None
    """Cosine of query and passage, -1 to 1, also where only BM25 found it."""


class Fused(NamedTuple):
    """One item of a fused ranking."""

    id: str
    score: float
    ranks: tuple[int | None, ...]
    """Its rank in each ranking, from 1."""


def fuse(rankings: Sequence[Sequence[str]], *, k: int = RRF_K) -> list[Fused]:
    """Merge rankings of ids by reciprocal rank: best first, equals by id.

    An item's score is the sum over the rankings that hold it of 1 / (k + rank), rank from 1
    (Cormack, Clarke and Büttcher, SIGIR 2009). The order of the rankings makes no difference.
    """
    places: dict[str, list[int | None]] = {}
    for which, ranking in enumerate(rankings):
        for rank, id_ in enumerate(dict.fromkeys(ranking), start=1):
            places.setdefault(id_, [None] * len(rankings))[which] = rank
    fused = [
        Fused(id_, math.fsum(1 / (k + rank) for rank in ranks if rank is not None), tuple(ranks))
        for id_, ranks in places.items()
    ]
    return sorted(fused, key=lambda item: (-item.score, item.id))


def bm25(
    connection: sqlite3.Connection, query: Sequence[terms.Term], *, limit: int, scope: Scope
) -> list[str]:
    """Passage ids by falling BM25 (k1 = 1.2, b = 0.75, as FTS5 has it), equals by id."""
    if not query:
        return []
    rows = connection.execute(
        """
        SELECT id, passages_fts.rank FROM passages_fts
        CROSS JOIN passages ON passages.seq = passages_fts.rowid
        WHERE passages_fts MATCH ?1
          AND (?2 IS NULL OR paper_id IN (SELECT value FROM json_each(?2)))
          AND paper_id NOT IN (SELECT value FROM json_each(?3))
        ORDER BY passages_fts.rank LIMIT ?4
        """,
        (
            terms.match_expression(query),
            None if scope.only is None else json.dumps(sorted(scope.only)),
            json.dumps(sorted(scope.without)),
            limit,
        ),
    ).fetchall()
    return [id_ for id_, _ in sorted(rows, key=lambda row: (row[1], row[0]))]


def keyword_ranking(
    connection: sqlite3.Connection,
    query: Sequence[terms.Term],
    *,
    limit: int,
    scope: Scope,
    max_terms: int = terms.MAX_TERMS,
) -> list[str]:
    """BM25 with the query's rarest terms, stopwords left out."""
    meant = terms.without_stopwords(query)
    chosen = terms.rarest(meant, terms.frequencies(connection, meant), limit=max_terms)
    return bm25(connection, chosen, limit=limit, scope=scope)
