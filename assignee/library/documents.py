"""Papers, sections and passages as rows: read, inserted, removed, with full text kept in step.

Lists travel as one parameter, in JSON: SQLite takes at most 32,766 plain ones.
"""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Sequence
from functools import lru_cache

from assignee.errors import LibraryError
from assignee.records import Document, Paper, Passage, Section


def text_digest(text: str) -> str:
    """Key of a text's vector: 32 hex digits."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def digests(connection: sqlite3.Connection, paper_ids: Collection[str]) -> dict[str, str]:
    """Paper id to content digest, of those papers that are kept."""
    rows = connection.execute(
        "SELECT id, digest FROM papers WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(paper_ids)),),
    )
    return dict(rows.fetchall())


def papers(connection: sqlite3.Connection, ids: Sequence[str] | None) -> list[Paper]:
    """The papers in the order of `ids` (unknown ones left out), or all of them by id."""
    if ids is None:
        rows = connection.execute("SELECT id, record FROM papers ORDER BY id").fetchall()
        return [to_paper(record) for _, record in rows]
    found = dict(
        connection.execute(
            "SELECT id, record FROM papers WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        ).fetchall()
    )
    return [to_paper(found[id_]) for id_ in ids if id_ in found]


def papers_found(
    connection: sqlite3.Connection, words: Sequence[str], limit: int
) -> tuple[list[Paper], int]:
    """The first papers by title whose title, authors or year hold all words, and how many do."""
    # SQLite's own `lower` knows only the letters of English.
    connection.create_function("folded", 1, str.casefold, deterministic=True)
    rows = connection.execute(
        "WITH named AS (SELECT record, folded(title) AS title, folded(title || ' ' || "
        "json_extract(record, '$.authors') || ' ' || ifnull(json_extract(record, '$.year'), '')) "
        "AS words FROM papers) "
        "SELECT record, count(*) OVER () FROM named WHERE NOT EXISTS "
        "(SELECT 1 FROM json_each(?) WHERE instr(named.words, value) = 0) ORDER BY title LIMIT ?",
        (json.dumps([word.casefold() for word in words]), limit),
    ).fetchall()
    return [to_paper(record) for record, _ in rows], rows[0][1] if rows else 0


@lru_cache(maxsize=4096)
def to_paper(record: str) -> Paper:
    """The paper of one stored record; a pool's papers are read once for each batch of claims."""
    return Paper.model_validate_json(record)


def sections(connection: sqlite3.Connection, paper_id: str) -> list[Section]:
    """The sections of one paper, in the order of the document."""
    rows = connection.execute(
        "SELECT record FROM sections WHERE paper_id = ? ORDER BY ordinal", (paper_id,)
    )
    return [Section.model_validate_json(record) for (record,) in rows]


def text(connection: sqlite3.Connection, paper_id: str) -> str:
    """The whole text of one paper.

    Raises:
        LibraryError: the paper is not kept.
    """
    row = connection.execute("SELECT text FROM papers WHERE id = ?", (paper_id,)).fetchone()
    if row is None:
        raise LibraryError(f"no paper {paper_id!r} in the library: add it first")
    return str(row[0])


def passages(connection: sqlite3.Connection, paper_ids: Sequence[str]) -> list[Passage]:
    """All passages of these papers: papers in the order given, each in the document's order."""
    rows = connection.execute(
        "SELECT id, paper_id, section, text, starts, ends, basis FROM passages "
        "WHERE paper_id IN (SELECT value FROM json_each(?)) ORDER BY starts, ends",
        (json.dumps(list(paper_ids)),),
    )
    grouped: dict[str, list[Passage]] = {paper_id: [] for paper_id in paper_ids}
    for row in rows:
        passage = to_passage(row)
        grouped[passage.paper_id].append(passage)
    return [passage for group in grouped.values() for passage in group]


def passages_by_id(connection: sqlite3.Connection, ids: Collection[str]) -> dict[str, Passage]:
    """Passage id to passage, unknown ids left out."""
    rows = connection.execute(
        "SELECT id, paper_id, section, text, starts, ends, basis FROM passages "
        "WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {row[0]: to_passage(row) for row in rows}


def to_passage(row: Sequence[str | int]) -> Passage:
    """The passage of one row of `id, paper_id, section, text, starts, ends, basis`."""
    return Passage.model_validate(dict(zip(Passage.model_fields, row, strict=True)))


def insert(
    connection: sqlite3.Connection, group: Sequence[tuple[Document, Sequence[Passage], str]]
) -> None:
    """Add papers that are not there yet: each with its passages and its content digest."""
    connection.executemany(
        "INSERT INTO papers VALUES (?, ?, ?, ?, ?)",
        [
            (d.paper.id, digest, d.paper.title, d.paper.model_dump_json(), d.text)
            for d, _, digest in group
        ],
    )
    connection.executemany(
        "INSERT INTO sections VALUES (?, ?, ?)",
        [
            (d.paper.id, ordinal, section.model_dump_json())
            for d, _, _ in group
            for ordinal, section in enumerate(d.sections)
        ],
    )
    connection.executemany(
        "INSERT INTO passages (id, paper_id, section, text, starts, ends, basis, text_digest) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (p.id, p.paper_id, p.section, p.text, p.start, p.end, p.basis, text_digest(p.text))
            for _, passages_, _ in group
            for p in passages_
        ],
    )
    ids = json.dumps([d.paper.id for d, _, _ in group])
    connection.execute(
        "INSERT INTO passages_fts (rowid, title, text) "
        "SELECT seq, title, text FROM searchable "
        "WHERE paper_id IN (SELECT value FROM json_each(?))",
        (ids,),
    )
    _mark_unindexed(connection, ids)


def text_digests(connection: sqlite3.Connection, paper_ids: Collection[str]) -> set[str]:
    """The text digests of all passages of these papers."""
    rows = connection.execute(
        "SELECT text_digest FROM passages WHERE paper_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(paper_ids)),),
    )
    return {digest for (digest,) in rows}


def remove(connection: sqlite3.Connection, paper_ids: Collection[str]) -> int:
    """Take papers out with all that hangs on them; the number of those that were there."""
    ids = json.dumps(list(paper_ids))
    connection.execute(
        "INSERT INTO passages_fts (passages_fts, rowid, title, text) "
        "SELECT 'delete', seq, title, text FROM searchable "
        "WHERE paper_id IN (SELECT value FROM json_each(?))",
        (ids,),
    )
    _mark_unindexed(connection, ids)
    removed = connection.execute(
        "DELETE FROM papers WHERE id IN (SELECT value FROM json_each(?))", (ids,)
    )
    return removed.rowcount


def _mark_unindexed(connection: sqlite3.Connection, ids: str) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO unindexed SELECT passages.id, value FROM passages, meta "
        "WHERE key = 'generation' AND paper_id IN (SELECT value FROM json_each(?))",
        (ids,),
    )


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Numbers of papers, passages, vectors and records."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM papers), (SELECT count(*) FROM passages), "
        "(SELECT count(*) FROM vectors), (SELECT count(*) FROM records)"
    ).fetchone()
    return dict(zip(("papers", "passages", "vectors", "records"), row, strict=True))


def more_than(connection: sqlite3.Connection, number: int) -> bool:
    """Whether there are more passages than that; stops counting there."""
    row = connection.execute("SELECT 1 FROM passages LIMIT 1 OFFSET ?", (number,)).fetchone()
    return row is not None


def texts_without_vector(connection: sqlite3.Connection, model: str) -> dict[str, str]:
    """Text digest to text, of the passages whose text has no vector of that model."""
    rows = connection.execute(
        "SELECT DISTINCT text_digest, text FROM passages WHERE NOT EXISTS (SELECT 1 FROM vectors "
        "WHERE vectors.text_digest = passages.text_digest AND model = ?)",
        (model,),
    )
    return dict(rows.fetchall())


def check(document: Document, group: Sequence[Passage]) -> None:
    """Refuse passages that are not slices of their document.

    Raises:
        ValueError: a passage of another paper, with other words than the text at its offsets, or
            given twice.
    """
    for passage in group:
        if passage.paper_id != document.paper.id:
            raise ValueError(f"passage {passage.id!r} is not of paper {document.paper.id!r}")
        if document.text[passage.start : passage.end] != passage.text:
            raise ValueError(
                f"passage {passage.id!r} does not stand in its document at its offsets"
            )
    if len({passage.id for passage in group}) != len(group):
        raise ValueError(f"paper {document.paper.id!r} has two passages of one id")
