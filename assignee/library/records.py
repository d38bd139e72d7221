"""The store of immutable records, each addressed by its type and digest."""

import json
import sqlite3
from collections.abc import Sequence
from typing import TypeVar

from assignee.errors import LibraryError
from assignee.records import Record

R = TypeVar("R", bound=Record)


def put(connection: sqlite3.Connection, records: Sequence[Record]) -> list[str]:
    """Keep the records, those already there untouched; their digests, in order."""
    digests = [record.digest() for record in records]
    connection.executemany(
        "INSERT OR IGNORE INTO records VALUES (?, ?, ?)",
        [
            (type(record).__name__, digest, record.model_dump_json())
            for record, digest in zip(records, digests, strict=True)
        ],
    )
    return digests


def get(connection: sqlite3.Connection, type_: type[R], digests: Sequence[str]) -> list[R]:
    """The records of one type with these digests, in their order, repeats included.

    Raises:
        LibraryError: a digest of which no record of that type is kept.
    """
    found: dict[str, str] = dict(
        connection.execute(
            "SELECT digest, json FROM records "
            "WHERE type = ? AND digest IN (SELECT value FROM json_each(?))",
            (type_.__name__, json.dumps(list(digests))),
        )
    )
    if missing := [digest for digest in digests if digest not in found]:
        raise LibraryError(
            f"no {type_.__name__} with digest {missing[0]!r} is kept in this library "
            f"({len(missing)} missing): was the run made with another home folder?"
        )
    parsed = {digest: type_.model_validate_json(text) for digest, text in found.items()}
    return [parsed[digest] for digest in digests]
