"""SQLite connections: a pool of readers, each seeing one snapshot, and one writer."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assignee.errors import LibraryError
from assignee.library import schema

BUSY_SECONDS = 10.0
"""How long a statement waits for another connection's lock; writers hold it for one commit."""

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


class Store:
    """The library's database file, for one process; every method may be called from any thread."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._pool = threading.Lock()
        self._writing = threading.RLock()
        self._closed = False
        self._immutable = False
        self._writer: sqlite3.Connection | None = None
        with self._damage_named():
            if writable:
                self._writer = self._connect_writer()
            else:
                self._immutable = self._needs_immutable()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one unchanging snapshot and blocks nobody."""
        connection = self._borrow()
        try:
            with self._damage_named():
                connection.execute("BEGIN")
                yield connection
        finally:
            connection.rollback()
            self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The writing connection inside one transaction: committed at the end, or undone.

        Raises:
            LibraryError: the library was opened for reading.
        """
        with self._writing, self._damage_named():
            if self._writer is None:
                raise LibraryError(
                    f"the library {str(self.path)!r} is closed or was opened for reading: "
                    f"open it with mode='write' to change it"
                )
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.commit()
            except BaseException:
                self._writer.rollback()
                raise

    def close(self) -> None:
        """Close every connection; those in use are closed when they come back."""
        with self._pool:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        with self._writing:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _borrow(self) -> sqlite3.Connection:
        with self._pool:
            if self._closed:
                raise LibraryError(f"the library {str(self.path)!r} is closed: open it again")
            if self._idle:
                return self._idle.pop()
        with self._damage_named():
            return self._connect_reader(immutable=self._immutable)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._pool:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _connect_writer(self) -> sqlite3.Connection:
        connection = _connect(str(self.path), uri=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect_reader(self, *, immutable: bool) -> sqlite3.Connection:
        wish = "?mode=ro&immutable=1" if immutable else "?mode=ro"
        return _connect(self.path.resolve().as_uri() + wish, uri=True)

    def _needs_immutable(self) -> bool:
        """Whether the folder is one where SQLite cannot put its shared-memory file.

        A reader of a WAL database needs that file. Where it cannot be made (a read-only medium)
        there is no writer either, unless a log lies there, whose content must not be missed.
        """
        connection = self._connect_reader(immutable=False)
        try:
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        except sqlite3.OperationalError as error:
            log = self.path.with_name(self.path.name + "-wal")
            if error.sqlite_errorcode & 0xFF not in _UNWRITABLE or log.exists():
                raise
            return True
        finally:
            connection.close()
        return False

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
                raise schema.damaged(self.path, str(error)) from error
            raise


def _connect(target: str, *, uri: bool) -> sqlite3.Connection:
    """Transactions are begun explicitly; connections move between threads, never shared at once."""
    return sqlite3.connect(
        target, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri
    )
