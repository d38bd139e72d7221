"""What the pair model read, kept on disk: a pair is read once on a machine, whatever run asks."""

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assignee.errors import LibraryError

Row = NDArray[np.float32]
Pair = tuple[str, str]

# The table's name carries the version of its layout: a later layout starts empty beside it.
_LAYOUT = """
CREATE TABLE IF NOT EXISTS readings_1 (key BLOB PRIMARY KEY, logits BLOB NOT NULL) WITHOUT ROWID
"""
_AT_ONCE = 500
"""Keys in one query; SQLite takes some thousand."""


class Readings:
    """Logits in SQLite (WAL), beside any number of other processes; one thread at a time.

    Texts are kept as digests. A disk that fails later costs a reading and no answer.

    Raises:
        LibraryError: the file is not a usable database.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=30, check_same_thread=False)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(_LAYOUT)
        except sqlite3.Error as error:
            self._db.close()
            raise LibraryError(
                f"{str(path)!r} cannot be used ({error}); if it is damaged, delete it: the pairs "
                "in it are read again"
            ) from error

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def find(self, model: str, pairs: Sequence[Pair]) -> dict[Pair, Row]:
        """The logits of those pairs that this model has read."""
        wanted = {_key(model, pair): pair for pair in pairs}
        keys, found = list(wanted), dict[Pair, Row]()
        try:
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                query = f"SELECT key, logits FROM readings_1 WHERE key IN ({marks})"  # noqa: S608
                for key, logits in self._db.execute(query, some):
                    found[wanted[key]] = np.frombuffer(logits, dtype="<f4")
        except sqlite3.Error:
            return {}
        return found

    def keep(self, model: str, rows: Mapping[Pair, Row]) -> None:
        """Commit what was read."""
        made = [(_key(model, pair), row.astype("<f4").tobytes()) for pair, row in rows.items()]
        try:
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO readings_1 VALUES (?, ?)", made)
        except sqlite3.Error:
            return


def _key(model: str, pair: Pair) -> bytes:
    parts = [part.encode("utf-8", "surrogatepass") for part in (model, *pair)]
    lengths = b"".join(len(part).to_bytes(8, "big") for part in parts)
    return hashlib.sha256(lengths + b"".join(parts)).digest()
