"""The vector index: an embedded Chroma collection that follows what SQLite holds."""

import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assignee.library.vectors import Floats

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

COLLECTION = "passages"


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

        A folder that Chroma cannot open, and a collection of another model, are made anew: the
        vectors are in SQLite. Importing Chroma takes 1.3 to 2.3 s and opening it 0.2 s, so the
        library opens it only where it is needed.
        """
        with self._guard:
            if self._collection is not None:
                return
            collection = self._found()
            if collection is None or (collection.metadata or {}) != self._metadata:
                self.clear()
            else:
                self._collection = collection

    def _found(self) -> "Collection | None":
        try:
            self._client = _client(self._folder)
            names = [collection.name for collection in self._client.list_collections()]
            if COLLECTION in names:
                return self._client.get_collection(COLLECTION, embedding_function=None)
        except Exception:  # Chroma has no one error for a damaged folder
            self.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            self._client = _client(self._folder)
        return None

    def clear(self) -> None:
        """Make the collection anew, empty."""
        with self._guard:
            assert self._client is not None
            if COLLECTION in [collection.name for collection in self._client.list_collections()]:
                self._client.delete_collection(COLLECTION)
            self._collection = self._client.create_collection(
                COLLECTION,
                embedding_function=None,
                metadata=self._metadata,
                configuration={"hnsw": {"space": "cosine"}},
            )

    def count(self) -> int:
        """How many passages the index holds."""
        return self._opened().count()

    def put(self, ids: Sequence[str], paper_ids: Sequence[str], *, rows: Floats) -> None:
        """Add or replace entries, in batches as large as Chroma takes (2 x faster than of 256)."""
        for part in self._batches(len(ids)):
            self._opened().upsert(
                ids=list(ids[part]),
                embeddings=rows[part],
                metadatas=[{"paper_id": paper_id} for paper_id in paper_ids[part]],
            )

    def remove(self, ids: Sequence[str]) -> None:
        """Take entries out; those that are not there make no difference."""
        for part in self._batches(len(ids)):
            self._opened().delete(ids=list(ids[part]))

    def nearest(self, queries: Floats, *, limit: int) -> list[list[str]]:
        """Passage ids by falling cosine, equals by id, about the best `limit` a query."""
        with self._guard:
            found = self._opened().query(
                query_embeddings=queries, n_results=limit, include=["distances"]
            )
        distances = found["distances"]
        assert distances is not None
        return [
            [id_ for _, id_ in sorted(zip(row, ids, strict=True))]
            for row, ids in zip(distances, found["ids"], strict=True)
        ]

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


def _client(folder: Path) -> "Client":
    import chromadb
    from chromadb.api.client import Client
    from chromadb.config import Settings

    client = chromadb.PersistentClient(
        path=str(folder), settings=Settings(anonymized_telemetry=False)
    )
    assert isinstance(client, Client)
    return client
