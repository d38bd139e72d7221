"""Blocks of text put together into one text with sections by offset."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from assignee.reading.headings import (
    SectionKind,
    ends_references,
    is_known_heading,
    section_kind,
)
from assignee.records import Section


class Block(NamedTuple):
    """A paragraph, or a heading of some level."""

    text: str
    level: int = 0
    """0 for text, 1 to 6 for a heading."""
    kind: SectionKind | None = None
    """Set where the reader knows better than the heading: front matter, a headless abstract."""


class Assembled(NamedTuple):
    """A document's text and its sections; headings stand in the text, between the sections."""

    text: str
    sections: tuple[Section, ...]


class _Part(NamedTuple):
    title: str
    level: int
    kind: SectionKind


_GAP = "\n\n"
_RUN_IN = re.compile(r"(?P<name>abstract|summary)\s*(?:[—–:]|\.|-)\s*(?=\S)", re.IGNORECASE)


def assemble(blocks: Iterable[Block]) -> Assembled:
    """One text of all blocks, parted by blank lines, with a section under each heading.

    A heading below "References" or "Abstract" of a higher level stays in that part. Headings
    with nothing under them make no section.
    """
    pieces: list[str] = []
    sections: list[Section] = []
    part = _Part("", 0, "body")
    offset = 0
    for block in blocks:
        text = block.text.strip()
        if not text:
            continue
        end = offset + len(text)
        if block.level:
            part = _part_under(part, block, text)
        else:
            _extend(sections, part, block, (offset, end))
        pieces.append(text)
        offset = end + len(_GAP)
        if block.level:
            sections.append(Section(title=part.title, start=offset, end=offset, kind=part.kind))
    return Assembled(
        _GAP.join(pieces), tuple(section for section in sections if section.end > section.start)
    )


def _part_under(part: _Part, heading: Block, title: str) -> _Part:
    kind = heading.kind or section_kind(title)
    inherits = part.kind in ("references", "abstract") and heading.level > part.level > 0
    if inherits and kind == "body":
        return _Part(title, part.level, part.kind)
    return _Part(title, heading.level, kind)


def _extend(sections: list[Section], part: _Part, block: Block, span: tuple[int, int]) -> None:
    """Adds a paragraph to the section it belongs to, or opens one."""
    kind = block.kind or part.kind
    start, end = span
    if sections and (sections[-1].title, sections[-1].kind) == (part.title, kind):
        sections[-1] = sections[-1].model_copy(update={"end": end})
    else:
        sections.append(Section(title=part.title, start=start, end=end, kind=kind))


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
