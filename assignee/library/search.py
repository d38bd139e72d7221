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
    connection: sqlite3.Connection,
    query: Sequence[terms.Term],
    *,
    candidates: Sequence[terms.Term],
    limit: int,
    scope: Scope,
) -> list[str]:
    """Passage ids by falling BM25 of the query, equals by id.

    BM25 is FTS5's (k1 = 1.2, b = 0.75) over the passage's text and its paper's title, both of
    weight 1. Without named papers only passages that hold one of the candidate terms are ranked.
    """
    if not query:
        return []
    words = terms.match_expression(query)
    if scope.only is None:
        few = terms.match_expression(candidates)
        left_out = json.dumps(sorted(scope.without))
        rows = connection.execute(_AMONG_CANDIDATES, (words, few, left_out, limit)).fetchall()
    else:
        papers = json.dumps(sorted(scope.only - scope.without))
        rows = connection.execute(_AMONG_PAPERS, (words, papers, limit)).fetchall()
    return [id_ for _, id_ in sorted(rows)]


_AMONG_CANDIDATES = """
SELECT score, id FROM (
    SELECT rowid AS found, bm25(passages_fts) AS score FROM passages_fts
    WHERE passages_fts MATCH ?1
      AND +rowid IN (SELECT rowid FROM passages_fts WHERE passages_fts MATCH ?2)
      AND +rowid NOT IN (
        SELECT seq FROM passages WHERE paper_id IN (SELECT value FROM json_each(?3)))
    ORDER BY score LIMIT ?4
) JOIN passages ON seq = found
"""

_AMONG_PAPERS = """
SELECT score, id FROM (
    SELECT rowid AS found, bm25(passages_fts) AS score FROM passages_fts
    WHERE passages_fts MATCH ?1
      AND +rowid IN (SELECT seq FROM passages WHERE paper_id IN (SELECT value FROM json_each(?2)))
    ORDER BY score LIMIT ?3
) JOIN passages ON seq = found
"""
# `+rowid` keeps SQLite from asking FTS5 anew for every row, and bm25() instead of the `rank` column
# from scoring rows that the filter leaves out: 1.0 ms in place of 5 to 8 on 5,183 abstracts.


def keyword_ranking(
    connection: sqlite3.Connection, query: Sequence[terms.Term], *, limit: int, scope: Scope
) -> list[str]:
    """BM25 with the query's rarest terms, stopwords left out."""
    meant = terms.without_stopwords(query)
    frequency = terms.frequencies(connection, meant)
    chosen = terms.rarest(meant, frequency, limit=terms.MAX_TERMS)
    candidates = terms.selective(chosen, frequency, passages=terms.CANDIDATES)
    return bm25(connection, chosen, candidates=candidates, limit=limit, scope=scope)
