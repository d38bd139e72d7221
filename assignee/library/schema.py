"""The library's tables, their version, and the checks that a database passes on opening."""

import sqlite3
from pathlib import Path

from assignee.errors import LibraryCorruptError, LibraryError, LibraryVersionError

SCHEMA_VERSION = 1
"""Version of the tables below, kept in SQLite's `user_version`."""

APPLICATION_ID = 0x41534C42
"""`ASLB`, kept in SQLite's `application_id`, so that no other database is taken for a library."""

TOKENIZER = "porter unicode61 remove_diacritics 2"

DDL = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE papers (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    title TEXT NOT NULL,
    record TEXT NOT NULL,
    text TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sections (
    paper_id TEXT NOT NULL REFERENCES papers ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (paper_id, ordinal)
) WITHOUT ROWID;

CREATE TABLE passages (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    paper_id TEXT NOT NULL REFERENCES papers ON DELETE CASCADE,
    section TEXT NOT NULL,
    text TEXT NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    basis TEXT NOT NULL,
    text_digest TEXT NOT NULL
);
CREATE INDEX passages_of_paper ON passages (paper_id, starts, ends);
CREATE INDEX passages_of_text ON passages (text_digest);

CREATE TABLE vectors (
    text_digest TEXT NOT NULL,
    model TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (text_digest, model)
) WITHOUT ROWID;

CREATE VIEW searchable AS
    SELECT passages.seq, passages.paper_id, papers.title, passages.text
    FROM passages JOIN papers ON papers.id = passages.paper_id;
CREATE TABLE unindexed (
    passage_id TEXT PRIMARY KEY,
    generation INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE records (
    type TEXT NOT NULL,
    digest TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (type, digest)
) WITHOUT ROWID;
"""
"""`unindexed` is the vector index's outbox: passages whose entry there may differ from the truth.

It is filled in the transaction that changes the passages and emptied once the index has followed
up to that generation, so that a crash in between is repaired when the library is next opened.
"""


FULL_TEXT_DDL = f"""
CREATE VIRTUAL TABLE passages_fts USING fts5 (
    title, text, content='searchable', content_rowid='seq', tokenize='{TOKENIZER}'
);
CREATE VIRTUAL TABLE passages_terms USING fts5vocab (passages_fts, row);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""


def create(connection: sqlite3.Connection, *, model: str, dimension: int) -> None:
    """Make the tables of an empty library, inside the caller's transaction."""
    for statement in (DDL + FULL_TEXT_DDL).split(";\n"):
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?)",
        [("model", model), ("dimension", dimension), ("generation", 0)],
    )


def meta(connection: sqlite3.Connection, key: str) -> str | int:
    """One of `model`, `dimension` and `generation`, which counts the changes to the passages."""
    (value,) = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    assert isinstance(value, str | int)
    return value


def set_meta(connection: sqlite3.Connection, **values: str | int) -> None:
    """Change some of the values that `meta` reads."""
    connection.executemany(
        "UPDATE meta SET value = ? WHERE key = ?", [(value, key) for key, value in values.items()]
    )


def advance(connection: sqlite3.Connection) -> None:
    """Begin the next generation; first in every transaction that changes passages."""
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether the database holds no table at all."""
    return connection.execute("SELECT 1 FROM sqlite_schema").fetchone() is None


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a database that is damaged, foreign or of another schema version.

    Raises:
        LibraryError: its writer has not made its tables yet.
        LibraryCorruptError: it is no library of ours, or SQLite's quick check finds damage.
        LibraryVersionError: its tables are of another version.
    """
    if is_empty(connection):
        raise LibraryError(f"the library {str(path)!r} is empty: add papers first")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise damaged(path, "it is not a database of this program")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA_VERSION:
        raise LibraryVersionError(
            f"the library {str(path)!r} has schema version {version}, this program reads "
            f"{SCHEMA_VERSION}: use the program's version that made it, or remove its folder "
            f"and add the papers again"
        )
    (finding,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if finding != "ok":
        raise damaged(path, str(finding))


def damaged(path: Path, finding: str) -> LibraryCorruptError:
    """The error for a damaged database, with its remedy."""
    return LibraryCorruptError(
        f"the library {str(path)!r} is damaged ({finding}): restore a backup, or remove the "
        f"folder {str(path.parent)!r} and add the papers again"
    )
