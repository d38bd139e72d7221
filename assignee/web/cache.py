"""Replies of the web on disk, for a time."""

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

from assignee.errors import SourceError

Found = TypeVar("Found")

# The table's name carries the version of its layout: a later layout starts empty beside it.
_LAYOUT = """
CREATE TABLE IF NOT EXISTS replies_1 (
    key TEXT PRIMARY KEY,
    kept REAL NOT NULL,
    url TEXT,
    status INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    body BLOB NOT NULL
)
"""


class Kept(NamedTuple):
    """A reply as it is kept; `url` only where a redirect led elsewhere."""

    url: str | None
    status: int
    content_type: str
    body: bytes


class WebCache:
    """Replies in SQLite, beside any number of other processes.

    Requests are kept as digests, so that no key and no contact address comes to lie on the disk.
    A cache that fails later, say by a full disk, costs a request and no answer.

    Raises:
        SourceError: the file is not a usable database.
    """

    def __init__(self, path: Path, *, time_to_live: float, wall: Callable[[], float]) -> None:
        self._path = path
        self._time_to_live = time_to_live
        self._wall = wall
        # One thread owns the connection: SQLite would serialise the writes anyway.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="web-cache")
        try:
            self._db = self._thread.submit(self._open).result()
        except (sqlite3.Error, OSError) as error:
            self._thread.shutdown()
            raise SourceError(
                f"the web cache {str(path)!r} cannot be used ({error}); if it is damaged, "
                "delete it: replies are asked for again"
            ) from error

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            db.execute("PRAGMA auto_vacuum = FULL")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(_LAYOUT)
            db.execute("DELETE FROM replies_1 WHERE kept <= ?", (self._oldest(),))
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _oldest(self) -> float:
        return self._wall() - self._time_to_live

    async def find(self, key: str) -> Kept | None:
        """The reply, when there is one that is not too old."""
        query = "SELECT url, status, content_type, body FROM replies_1 WHERE key = ? AND kept > ?"
        row = await self._run(lambda: self._db.execute(query, (key, self._oldest())).fetchone())
        return Kept(*row) if row else None

    async def keep(self, key: str, reply: Kept) -> None:
        """Keep a reply in place of an earlier one."""
        insert = "INSERT OR REPLACE INTO replies_1 VALUES (?, ?, ?, ?, ?, ?)"
        await self._run(lambda: self._db.execute(insert, (key, self._wall(), *reply)))

    async def _run(self, work: Callable[[], Found]) -> Found | None:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error:
            return None

    def close(self) -> None:
        """Close the database; requests must be over."""
        self._thread.submit(self._db.close).result()
        self._thread.shutdown()


def key_of(url: str, headers: Mapping[str, str]) -> str:
    """What makes two requests the same, as a SHA-256 digest."""
    parts = [url, sorted((name.lower(), value) for name, value in headers.items())]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
