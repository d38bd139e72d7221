"""The response cache: what a model once answered, committed to disk before the call returns.

Resuming a killed run rests on it. A reply that could be used serves every later run; one that could
not serves only its own run, so that a resumed run repeats nothing and a new run may do better.
"""

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from assignee.engines.llm.reading import Answer
from assignee.errors import EngineError

# The table's name carries the version of its layout: a later layout starts empty beside it.
_LAYOUT = """
CREATE TABLE IF NOT EXISTS replies_1 (
    key TEXT PRIMARY KEY,
    answer TEXT NOT NULL,
    usable INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    model TEXT NOT NULL,
    time TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) WITHOUT ROWID
"""


class Call(NamedTuple):
    """What makes two calls the same."""

    base_url: str
    model: str
    settings: dict[str, Any]
    """Request settings that change the reply, such as temperature and schema."""
    messages: list[tuple[str, str]]
    sample: int
    """Tells repeated draws of the same request apart."""

    @property
    def key(self) -> str:
        """SHA-256 over all of it."""
        canonical = json.dumps(self, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class Found(NamedTuple):
    """An answer and whether it was there already."""

    answer: Answer
    cached: bool


class ReplyCache:
    """Replies in SQLite (WAL): for one event loop, beside any number of other processes.

    Raises:
        EngineError: the file is not a usable database.
    """

    def __init__(self, path: Path, *, run_id: str) -> None:
        self._path = path
        self._run_id = run_id
        self._flights: dict[str, asyncio.Future[Answer]] = {}
        # One thread owns the connection: SQLite would serialise the writes anyway.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reply-cache")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = self._thread.submit(self._open).result()
        except EngineError:
            self._thread.shutdown()
            raise

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            # A commit survives the death of the process, which is what resuming needs; only a
            # power cut can take back the last ones, and then they are asked for again.
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(_LAYOUT)
        except sqlite3.Error as error:
            db.close()
            raise self._unusable(error) from error
        return db

    def _unusable(self, error: sqlite3.Error) -> EngineError:
        return EngineError(
            f"the response cache {str(self._path)!r} cannot be used ({error}); if it is damaged, "
            "delete it: replies are asked for again"
        )

    async def fetch(
        self,
        call: Call,
        ask: Callable[[], Awaitable[Answer]],
        *,
        usable: Callable[[Answer], bool],
    ) -> Found:
        """The answer to a call, asked for only if it is not there; committed before it is returned.

        Identical calls in flight are made once; if the one that asks is cancelled, another asks.
        What `ask` raises is raised in all of them and not kept.
        """
        key = call.key
        while (flight := self._flights.get(key)) is not None:
            await asyncio.wait([flight])
            if not flight.cancelled():
                return Found(flight.result(), cached=True)
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        try:
            found = await self._find_or_ask(key, call.model, ask, usable)
            flight.set_result(found.answer)
        except Exception as error:
            flight.set_exception(error)
            flight.exception()  # taken note of, even if nobody else waits
            raise
        finally:
            flight.cancel()
            del self._flights[key]
        return found

    async def _find_or_ask(
        self,
        key: str,
        model: str,
        ask: Callable[[], Awaitable[Answer]],
        usable: Callable[[Answer], bool],
    ) -> Found:
        if (kept := await self._run(self._get, key)) is not None:
            return Found(kept, cached=True)
        answer = await ask()
        await self._run(self._put, key, model, answer, usable(answer))
        return Found(answer, cached=False)

    async def _run(self, work: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, work, *arguments)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _get(self, key: str) -> Answer | None:
        query = "SELECT answer FROM replies_1 WHERE key = ? AND (usable OR run_id = ?)"
        row = self._db.execute(query, (key, self._run_id)).fetchone()
        return Answer(*json.loads(row[0])) if row else None

    def _put(self, key: str, model: str, answer: Answer, usable: bool) -> None:
        insert = "INSERT OR REPLACE INTO replies_1 (key, answer, usable, run_id, model) "
        values = (key, json.dumps(answer), usable, self._run_id, model)
        self._db.execute(insert + "VALUES (?, ?, ?, ?, ?)", values)

    def close(self) -> None:
        """Close the database; calls must be over."""
        self._thread.submit(self._db.close).result()
        self._thread.shutdown()
