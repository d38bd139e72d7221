"""Vectors in SQLite, keyed by text digest and model, and the exact search over them in memory."""

import json
import sqlite3
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class EmbedderProtocol(Protocol):
    """Turns texts into unit vectors; equal `model_id` means comparable vectors."""

    @property
    def model_id(self) -> str:
        """Name and version of the model."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Floats:
        """One row a text, of length 1: shape (texts, dimension)."""
        ...


class Scope(NamedTuple):
    """Which papers a search looks at."""

    only: frozenset[str] | None = None
    """`None` means all."""
    without: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether no paper is left out."""
        return self.only is None and not self.without


def embedded(embedder: EmbedderProtocol, texts: Sequence[str]) -> Floats:
    """The embedder's rows, checked: finite, and as many and as long as promised.

    Raises:
        ValueError: the embedder broke its promise; such vectors would poison every search.
    """
    rows = np.asarray(embedder.embed(texts), dtype=np.float32)
    if rows.shape != (len(texts), embedder.dimension) or not np.isfinite(rows).all():
        raise ValueError(
            f"embedder {embedder.model_id!r} gave an array of shape {rows.shape} for {len(texts)} "
            f"texts of dimension {embedder.dimension}, or numbers that are not finite"
        )
    return rows


def known(connection: sqlite3.Connection, model: str, digests: Collection[str]) -> set[str]:
    """Those of the text digests that have a vector of the model."""
    rows = connection.execute(
        "SELECT text_digest FROM vectors "
        "WHERE model = ? AND text_digest IN (SELECT value FROM json_each(?))",
        (model, json.dumps(list(digests))),
    )
    return {digest for (digest,) in rows}


def put(
    connection: sqlite3.Connection, model: str, *, digests: Sequence[str], rows: Floats
) -> None:
    """Keep one vector a text digest, in half precision (cosines are off by at most 0.001)."""
    halves = rows.astype("<f2")
    connection.executemany(
        "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)",
        [(digest, model, row.tobytes()) for digest, row in zip(digests, halves, strict=True)],
    )


def drop_orphans(connection: sqlite3.Connection, digests: Collection[str]) -> None:
    """Forget those of the vectors whose text no passage holds any more."""
    connection.execute(
        "DELETE FROM vectors WHERE text_digest IN (SELECT value FROM json_each(?)) "
        "AND NOT EXISTS (SELECT 1 FROM passages WHERE passages.text_digest = vectors.text_digest)",
        (json.dumps(list(digests)),),
    )


def drop_other_models(connection: sqlite3.Connection, model: str) -> None:
    """Forget the vectors of all models but this one."""
    connection.execute("DELETE FROM vectors WHERE model <> ?", (model,))


def of_passages(
    connection: sqlite3.Connection, model: str, ids: Collection[str]
) -> dict[str, bytes]:
    """Passage id to vector as stored (half precision, little-endian), unknown ids left out."""
    rows = connection.execute(
        "SELECT passages.id, vector FROM passages JOIN vectors USING (text_digest) "
        "WHERE model = ? AND passages.id IN (SELECT value FROM json_each(?))",
        (model, json.dumps(list(ids))),
    )
    return dict(rows.fetchall())


def of_texts(
    connection: sqlite3.Connection, model: str, digests: Collection[str]
) -> dict[str, bytes]:
    """Text digest to vector as stored, unknown digests left out."""
    rows = connection.execute(
        "SELECT text_digest, vector FROM vectors "
        "WHERE model = ? AND text_digest IN (SELECT value FROM json_each(?))",
        (model, json.dumps(list(digests))),
    )
    return dict(rows.fetchall())


def unpack(blobs: Collection[bytes], dimension: int) -> Floats:
    """Stored vectors as rows of single precision."""
    return np.frombuffer(b"".join(blobs), dtype="<f2").reshape(-1, dimension).astype(np.float32)


def in_order(distances: Sequence[float], ids: Sequence[str]) -> list[str]:
    """Ids by rising distance; what differs by rounding errors only is ordered by id."""
    return [id_ for _, id_ in sorted(zip((round(d, 5) for d in distances), ids, strict=True))]


@dataclass(frozen=True)
class Matrix:
    """All vectors of one state of the library, a row a passage, ordered by paper and place."""

    generation: int
    ids: tuple[str, ...]
    rows_of: Mapping[str, range]
    """Paper id to its rows."""
    values: Floats

    @classmethod
    def load(
        cls, connection: sqlite3.Connection, *, generation: int, model: str, dimension: int
    ) -> "Matrix":
        """Read every passage's vector (20,000 of dimension 384: about 0.1 s and 31 MB)."""
        rows = connection.execute(
            "SELECT passages.id, paper_id, vector FROM passages JOIN vectors USING (text_digest) "
            "WHERE model = ? ORDER BY paper_id, starts, ends",
            (model,),
        ).fetchall()
        first: dict[str, int] = {}
        for row, (_, paper_id, _) in enumerate(rows):
            first.setdefault(paper_id, row)
        starts = list(first.values())
        return cls(
            generation=generation,
            ids=tuple(row[0] for row in rows),
            rows_of={
                paper: range(start, end)
                for paper, (start, end) in zip(first, pairwise([*starts, len(rows)]), strict=True)
            },
            values=unpack([row[2] for row in rows], dimension),
        )

    def nearest(self, queries: Floats, *, limit: int, scope: Scope) -> list[list[str]]:
        """Passage ids by falling cosine, equals (to 5 decimals) by id, at most `limit` a query."""
        rows = self._rows(scope)
        values = self.values if len(rows) == len(self.ids) else self.values[rows]
        return [self._best(rows, scores, limit) for scores in queries @ values.T]

    def _rows(self, scope: Scope) -> NDArray[np.intp]:
        if scope.everything:
            return np.arange(len(self.ids))
        papers = self.rows_of if scope.only is None else sorted(scope.only)
        ranges = [
            self.rows_of[paper]
            for paper in papers
            if paper in self.rows_of and paper not in scope.without
        ]
        return np.concatenate([np.arange(r.start, r.stop) for r in ranges] or [np.arange(0)])

    def _best(self, rows: NDArray[np.intp], scores: Floats, limit: int) -> list[str]:
        some = np.arange(len(rows))
        if limit < len(rows):
            some = np.argpartition(-scores, limit)[:limit]
        return in_order([-float(scores[i]) for i in some], [self.ids[rows[i]] for i in some])


class MatrixCache:
    """The matrix of the newest state that was asked for; loaded again when the state moves on."""

    def __init__(self, model: str, dimension: int) -> None:
        self._model = model
        self._dimension = dimension
        self._lock = threading.Lock()
        self._matrix: Matrix | None = None

    def get(self, connection: sqlite3.Connection, generation: int) -> Matrix:
        """The matrix of the connection's snapshot, whose generation the caller has read."""
        with self._lock:
            if self._matrix is None or self._matrix.generation != generation:
                self._matrix = None
                self._matrix = Matrix.load(
                    connection, generation=generation, model=self._model, dimension=self._dimension
                )
            return self._matrix
