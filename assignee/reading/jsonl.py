"""Records of papers, one JSON object a line: title, authors, year, and an abstract or a text."""

import json
from collections.abc import Iterator

from assignee.errors import ReadingError
from assignee.reading.blocks import Block
from assignee.reading.cleaning import clean
from assignee.reading.metadata import describe, described
from assignee.reading.plain import plain_blocks
from assignee.reading.sections import assemble
from assignee.records import Document


def read_jsonl(text: str, name: str) -> Iterator[Document | ReadingError]:
    """One document a line; a bad line is an error that names its number, and the rest goes on."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield read_record(line, name)
        except ReadingError as error:
            yield ReadingError(name, f"line {number}: {error.reason}")


def read_record(text: str, name: str) -> Document:
    """The document of one record.

    Raises:
        ReadingError: no JSON object, no text and no abstract, one that is neither a text nor a list
            of them, or an unknown kind.
    """
    fields = _fields(text, name)
    abstract, body = _prose(fields, "abstract", name), _prose(fields, "text", name)
    if not abstract and not body:
        raise ReadingError(name, "the record has no abstract and no text")
    try:
        what = described({key: _cleaned(value) for key, value in fields.items()})
    except ValueError as error:
        raise ReadingError(name, str(error)) from error
    blocks = [Block(paragraph, kind="abstract") for paragraph in abstract.split("\n\n")]
    assembled = assemble(blocks + (plain_blocks(body) if body else []))
    full = "full text" if body else "abstract"
    return Document(
        paper=describe(what, name=name, text=assembled.text),
        text=assembled.text,
        sections=assembled.sections,
        basis="note" if what.kind == "note" else full,
        path=name,
    )


def _fields(text: str, name: str) -> dict[str, object]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadingError(name, "it is not valid JSON") from error
    if not isinstance(fields, dict):
        raise ReadingError(name, "it is no JSON object: one record with a title and an abstract")
    return fields


def _prose(fields: dict[str, object], key: str, name: str) -> str:
    """The text under a key; sentences that are given one by one are joined."""
    value = fields.get(key) or ""
    parts = value if isinstance(value, list) else [value]
    words = [part for part in parts if isinstance(part, str)]
    if len(words) < len(parts):
        raise ReadingError(name, f"its {key} is neither a text nor a list of texts")
    return clean(" ".join(word.strip() for word in words)).strip()


def _cleaned(value: object) -> object:
    """The value with every text in it clean; escapes can hide what the file's own text cannot."""
    if isinstance(value, str):
        return clean(value)
    return [_cleaned(item) for item in value] if isinstance(value, list) else value
