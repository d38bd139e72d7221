"""Blocks of text put together into one text with sections by offset."""

from collections.abc import Iterable
from typing import NamedTuple

from assignee.reading.blocks import Block
from assignee.reading.headings import SectionKind, section_kind
from assignee.records import Section


class Assembled(NamedTuple):
    """A document's text and its sections; headings stand in the text, between the sections."""

    text: str
    sections: tuple[Section, ...]


class _Part(NamedTuple):
    title: str
    level: int
    kind: SectionKind


_GAP = "\n\n"


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
