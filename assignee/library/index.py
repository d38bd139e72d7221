"""The vector index: an embedded Chroma collection that follows what SQLite holds."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assignee.library.memory import fill_new_memory
from assignee.library.vectors import Floats, in_order

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

COLLECTION = "passages"

EF_SEARCH = 200
"""Breadth of HNSW's search; Chroma's default is 100.

Of the nearest 100 it finds .993 on SciFact's 5,183 abstracts, and on 17,000 latent-semantic vectors
of their parts .97 (.95 to .97 with Chroma's default). More links or a broader construction change
little: there 1 to 2 % are not reached even by their own vector, and after deletions live entries
can become unreachable (chroma-core/chroma issue 7758).
"""

ANSWERS = 10_000
"""Most entries asked for in one call; Chroma 1.5 fails with "too many SQL variables" at 60,000."""


class Index:
    """Nearest neighbours of a vector among all passages, approximately (HNSW, cosine).

    Chroma lets one process own its folder; the library's writer lock sees to that.
    """

    def __init__(self, folder: Path, *, model: str, dimension: int) -> None:
        self._folder = folder
        self.dimension = dimension
        self._metadata = {"model": model, "dimension": dimension}
        self._guard = threading.RLock()
        self._client: Client | None = None
        self._collection: Collection | None = None

    def open(self) -> None:
        """Open the collection; it is empty when it is new.

        What cannot be opened or asked, and a collection of another model, is made anew: the
        vectors are in SQLite. Importing Chroma takes 1.3 to 2.3 s and opening it 0.2 s, so the
        library opens it only where it is needed.
        """
        with self._guard:
            if self._collection is None:
                if not _sound(self._folder / "chroma.sqlite3"):
                    shutil.rmtree(self._folder)
                self._client = _client(self._folder)
                self._collection = self._usable()
                if self._collection is None:
                    self.clear()

    def clear(self) -> None:
        """Make the collection anew, empty."""
        with self._guard:
            assert self._client is not None
            if self._exists():
                self._client.delete_collection(COLLECTION)
            self._collection = self._client.create_collection(
                COLLECTION,
                embedding_function=None,
                metadata=self._metadata,
                configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
            )

    def _exists(self) -> bool:
        assert self._client is not None
        return COLLECTION in [collection.name for collection in self._client.list_collections()]

    def _usable(self) -> "Collection | None":
        """The collection on disk, if it is of this model and answers; damage shows only in use."""
        from chromadb.errors import ChromaError

        assert self._client is not None
        if not self._exists():
            return None
        collection = self._client.get_collection(COLLECTION, embedding_function=None)
        if (collection.metadata or {}) != self._metadata:
            return None
        try:
            collection.query(query_embeddings=np.eye(1, self.dimension, dtype=np.float32))
        except ChromaError:
            return None
        return collection

    def count(self) -> int:
        """How many passages the index holds."""
        return self._opened().count()

    def put(self, ids: Sequence[str], rows: Floats) -> None:
        """Add or replace entries, in batches as large as Chroma takes (2 x faster than of 256)."""
        for part in self._batches(len(ids)):
            self._opened().upsert(ids=list(ids[part]), embeddings=rows[part])

    def remove(self, ids: Sequence[str]) -> None:
        """Take entries out; those that are not there make no difference."""
        for part in self._batches(len(ids)):
            self._opened().delete(ids=list(ids[part]))

    def nearest(self, queries: Floats, *, limit: int) -> list[list[str]]:
        """Passage ids by falling cosine, as `Matrix.nearest` but approximately."""
        at_once = max(1, ANSWERS // limit)
        return [
            ids
            for start in range(0, len(queries), at_once)
            for ids in self._answers(queries[start : start + at_once], limit)
        ]

    def _answers(self, queries: Floats, limit: int) -> list[list[str]]:
        with self._guard:
            found = self._opened().query(
                query_embeddings=queries, n_results=limit, include=["distances"]
            )
        assert found["distances"] is not None
        pairs = zip(found["distances"], found["ids"], strict=True)
        return [in_order(distances, ids) for distances, ids in pairs]

    def close(self) -> None:
        """Let go of the folder."""
        with self._guard:
            if self._client is not None:
                self._client.close()
            self._client = self._collection = None

    def _opened(self) -> "Collection":
        assert self._collection is not None, "open() comes first"
        return self._collection

    def _batches(self, total: int) -> Iterator[slice]:
        assert self._client is not None
        size = self._client.get_max_batch_size()
        return (slice(start, start + size) for start in range(0, total, size))


def _sound(database: Path) -> bool:
    """Whether SQLite can read Chroma's database, or there is none yet.

    Asked before Chroma is: it keeps a client that failed to open in a cache of the process, where
    every later one for that folder finds it.
    """
    if not database.exists():
        return True
    try:
        with closing(sqlite3.connect(database.resolve().as_uri() + "?mode=ro", uri=True)) as opened:
            return bool(opened.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _client(folder: Path) -> "Client":
    import chromadb
    from chromadb.api.client import Client
    from chromadb.config import Settings

    fill_new_memory()
    client = chromadb.PersistentClient(
        path=str(folder), settings=Settings(anonymized_telemetry=False)
    )
    assert isinstance(client, Client)
    return client
