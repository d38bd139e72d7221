"""Keeps the Chroma index in step with SQLite, by the outbox that every change fills."""

import sqlite3
import threading

from assignee.library import schema, vectors
from assignee.library.index import Index
from assignee.library.store import Store


class Follower:
    """Brings the index in line with the database: after a change, after a crash, or from nothing.

    Each change lists the passages it touched in `unindexed`, in its own transaction. Following
    reads the list, puts or removes those entries, and then clears the list up to the generation
    it has read, so that it can be broken off anywhere and done again.
    """

    def __init__(self, store: Store, index: Index) -> None:
        self._store = store
        self._index = index
        self._guard = threading.RLock()
        self._checked = False

    def in_step(self, connection: sqlite3.Connection) -> Index | None:
        """The index, opened and checked, or `None` while it lags behind this snapshot."""
        if not self._checked:
            self._check()
        lagging = connection.execute("SELECT 1 FROM unindexed LIMIT 1").fetchone()
        return None if lagging else self._index

    def follow(self) -> None:
        """Bring the index in line with every committed change; without one, open nothing."""
        with self._guard:
            with self._store.reading() as connection:
                generation = int(schema.meta(connection, "generation"))
                model = str(schema.meta(connection, "model"))
                rows = connection.execute("SELECT passage_id FROM unindexed").fetchall()
                touched = [id_ for (id_,) in rows]
                kept = vectors.of_passages(connection, model, touched)
            if touched:
                self._index.open()
                self._index.remove([id_ for id_ in touched if id_ not in kept])
                self._index.put(list(kept), vectors.unpack(kept.values(), self._index.dimension))
                with self._store.writing() as connection:
                    connection.execute("DELETE FROM unindexed WHERE generation <= ?", (generation,))

    def rebuild(self) -> None:
        """Empty the index and fill it from the vectors in SQLite."""
        with self._guard:
            with self._store.writing() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO unindexed SELECT id, value FROM passages, meta "
                    "WHERE key = 'generation'"
                )
            self._index.open()
            self._index.clear()
            self.follow()
            self._checked = True

    def _check(self) -> None:
        """Open the index; one whose size is not the database's was lost or damaged."""
        with self._guard:
            self.follow()
            self._index.open()
            with self._store.reading() as connection:
                (passages,) = connection.execute("SELECT count(*) FROM passages").fetchone()
            if self._index.count() != passages:
                self.rebuild()
            self._checked = True
