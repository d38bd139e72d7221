"""Paragraphs and headings as a reader finds them, before they are put together into one text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from assignee.reading.headings import (
    SectionKind,
    ends_references,
    is_known_heading,
    section_kind,
)

_RUN_IN = re.compile(r"(?P<name>abstract|summary)\s*(?:[—–:]|\.|-)\s*(?=\S)", re.IGNORECASE)


class Block(NamedTuple):
    """A paragraph, or a heading of some level."""

    text: str
    level: int = 0
    """0 for text, 1 to 6 for a heading."""
    kind: SectionKind | None = None
    """Set where the reader knows better than the heading: front matter, a headless abstract."""


def split_run_in(block: Block) -> Iterator[Block]:
    """The block, or a heading and the rest of it for "Abstract—We show…"."""
    match = _RUN_IN.match(block.text) if not block.level else None
    if match and match["name"][0].isupper() and block.text[match.end()].isupper():
        yield Block(match["name"], 1)
        yield Block(block.text[match.end() :])
    else:
        yield block


def demote_entries(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, where lines guessed to be headings inside the references are text again."""
    inside = False
    for block in blocks:
        if block.level and inside and not ends_references(block.text):
            yield block._replace(level=0)
            continue
        if block.level:
            inside = section_kind(block.text) == "references"
        yield block


def title_of(blocks: Sequence[Block]) -> str | None:
    """The first heading that names the whole: of the highest level, and no "Abstract"."""
    headings = [b for b in blocks if b.level and not is_known_heading(b.text)]
    top = min((block.level for block in headings), default=0)
    return next((block.text for block in headings if block.level == top), None)
