"""From lines in reading order to paragraphs and headings, without running heads."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from assignee.reading.blocks import Block, demote_entries, split_run_in
from assignee.reading.headings import heading_level, is_heading, is_known_heading, section_kind
from assignee.reading.hyphens import Words, join_lines
from assignee.reading.pdf_columns import Line
from assignee.reading.pdf_pages import Page

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?(?:#|[ivxl]{1,6})(?:\s*(?:of|/)\s*#)?\W*", re.IGNORECASE)
_FINISHED = re.compile(r"[.!?:;…][\"'”’)\]]*\d{0,3}$")
_ENTRY = re.compile(r"(?:\[\d{1,3}\]|\d{1,3}\.)\s+\S")
_ITEM = re.compile(r"(?:[•▪◦‣■●–]|\(?\d{1,2}[.)])\s+\S")
# Dots that lead to a page number in a table of contents.
_LEADERS = re.compile(r"(?:\.\s?){4,}")
# The edges of a page where running heads stand, in lines.
_EDGE = 2
_LARGE = 1.12
_LONG_FRONT = 40


class _Typical(NamedTuple):
    """What most of the text looks like."""

    size: float
    leading: float
    bold: bool


class _Paragraph(NamedTuple):
    lines: list[Line]
    heading: bool


def layout_blocks(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[Block]:
    """Headings and paragraphs of a document from its pages' lines."""
    lines = [line for page in without_furniture(pages, heights) for line in page]
    if not lines:
        return []
    typical = _typical(lines)
    paragraphs = list(_joined_flows(_paragraphs(lines, typical), typical))
    words = Words.of(line.text for line in lines)
    blocks = [_block(paragraph, words) for paragraph in paragraphs]
    named = demote_entries(part for block in blocks for part in split_run_in(block))
    return list(_with_front(list(named)))


def title_line(pages: Sequence[Sequence[Line]]) -> str | None:
    """The largest line, with those that continue it, in the upper half of the first page."""
    lines = [line for line in (pages[0] if pages else ()) if len(line.text) > 3]
    if not lines:
        return None
    typical = _typical([line for page in pages for line in page])
    upper = [line for line in lines if line.top < 420 and any(c.isalpha() for c in line.text)]
    largest = max((line.size for line in upper), default=0.0)
    if largest < 1.15 * typical.size:
        return None
    title: list[str] = []
    for line in upper:
        if line.size >= 0.95 * largest:
            title.append(line.text)
        elif title:
            break
    return join_lines(title, Words()) if len(" ".join(title)) <= 300 else None


def without_furniture(
    pages: Sequence[Sequence[Line]], heights: Sequence[float]
) -> Iterator[list[Line]]:
    """Each page's lines without page numbers and without heads and feet that repeat.

    A line at a page's edge repeats when it stands, digits aside, on three pages, or on both of
    two.
    """
    edges = [_edge_lines(lines) for lines in pages]
    seen = Counter(key for lines in edges for key in {_key(line) for line in lines})
    enough = min(3, max(2, len(pages)))
    for lines, edge, height in zip(pages, edges, heights, strict=True):
        dropped = {
            id(line)
            for line in edge
            if (seen[_key(line)] >= enough and len(line.text) < 200) or _is_number(line, height)
        }
        yield [line for line in lines if id(line) not in dropped]


def _edge_lines(lines: Sequence[Line]) -> list[Line]:
    ordered = sorted(lines, key=lambda line: line.top)
    return ordered[:_EDGE] + ordered[_EDGE:][-_EDGE:]


def _key(line: Line) -> str:
    return _DIGITS.sub("#", line.text.casefold())


def _is_number(line: Line, height: float) -> bool:
    outside = line.top < 0.1 * height or line.bottom > 0.88 * height
    return outside and bool(_PAGE_NUMBER.fullmatch(_key(line)))


def _typical(lines: Sequence[Line]) -> _Typical:
    sizes: Counter[float] = Counter()
    bold = 0
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
        bold += len(line.text) if line.bold else 0
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    steps = sorted(
        below.top - above.top
        for above, below in pairwise(lines)
        if (above.page, above.flow) == (below.page, below.flow)
        and 0 < below.top - above.top < 3 * size
    )
    leading = steps[len(steps) // 2] if steps else 1.2 * size
    return _Typical(size or 10.0, leading, bold > sum(len(line.text) for line in lines) / 2)


def _paragraphs(lines: Sequence[Line], typical: _Typical) -> Iterator[_Paragraph]:
    """Lines that belong together; a heading is a paragraph of its own."""
    margins = _margins(lines)
    paragraph: list[Line] = []
    was_heading = False
    for line in lines:
        above = paragraph[-1] if paragraph else None
        is_head = _is_heading(line, above, typical) or (
            was_heading and above is not None and _continues_title(above, line, typical)
        )
        goes_on = above is not None and was_heading == is_head
        if goes_on and above is not None:
            goes_on = not _breaks(above, line, margins, typical)
            if is_head and goes_on:
                goes_on = not (is_heading(line.text) or is_known_heading(above.text))
        if paragraph and not goes_on:
            yield _Paragraph(paragraph, was_heading)
            paragraph = []
        paragraph.append(line)
        was_heading = is_head
    if paragraph:
        yield _Paragraph(paragraph, was_heading)


def _margins(lines: Iterable[Line]) -> dict[tuple[int, int], tuple[float, float]]:
    """Left and right edge of each column stretch."""
    margins: dict[tuple[int, int], tuple[float, float]] = {}
    for line in lines:
        left, right = margins.get((line.page, line.flow), (line.left, line.right))
        margins[line.page, line.flow] = (min(left, line.left), max(right, line.right))
    return margins


def _breaks(
    above: Line,
    line: Line,
    margins: dict[tuple[int, int], tuple[float, float]],
    typical: _Typical,
) -> bool:
    """Whether a new paragraph begins with this line."""
    if (above.page, above.flow) != (line.page, line.flow):
        return True
    if max(above.size, line.size) > _LARGE * min(above.size, line.size):
        return len(line.text) > 3 and len(above.text) > 3
    leading = max(typical.leading, typical.leading * line.size / typical.size)
    if line.top - above.top > 1.45 * leading:
        return True
    if _ENTRY.match(line.text) or _ITEM.match(line.text):
        return bool(_FINISHED.search(above.text))
    left, right = margins[line.page, line.flow]
    finished = bool(_FINISHED.search(above.text))
    indented = line.left - left > 0.7 * line.size and above.left - left < 0.5 * line.size
    short = right - above.right > 0.2 * (right - left)
    return finished and (indented or short)


def _is_heading(line: Line, above: Line | None, typical: _Typical) -> bool:
    """Known names always; numbered lines where set apart; short bold or large lines."""
    text = line.text.strip()
    if is_known_heading(text):
        return True
    if text.startswith("#"):
        return False
    large = line.size > _LARGE * typical.size
    bold = line.bold and not typical.bold
    apart = (
        above is None or above.flow != line.flow or (line.top - above.top > 1.25 * typical.leading)
    )
    if is_heading(text):
        return large or bold or apart
    short = len(text.split()) <= 12 and text[-1] not in ".,:;" and text[0].isupper()
    return short and sum(char.isalpha() for char in text) > 3 and (large or (bold and apart))


def _continues_title(above: Line, line: Line, typical: _Typical) -> bool:
    """Whether a large line under a heading is its next line, with whatever word it begins."""
    alike = abs(line.size - above.size) < 0.05 * above.size
    return alike and line.size > _LARGE * typical.size and line.top - above.top < 2 * line.size


def _joined_flows(paragraphs: Iterable[_Paragraph], typical: _Typical) -> Iterator[_Paragraph]:
    """Paragraphs that run on over a column's or page's end are one again.

    What stands between (footnotes, captions: smaller type) follows after them.
    """
    waiting: list[_Paragraph] = []
    for paragraph in paragraphs:
        if waiting and _continues(waiting[0], paragraph, typical):
            waiting[0].lines.extend(paragraph.lines)
            continue
        small = not paragraph.heading and paragraph.lines[0].size < 0.93 * typical.size
        if waiting and small and not _is_finished(waiting[0]):
            waiting.append(paragraph)
            continue
        yield from waiting
        waiting = [paragraph]
    yield from waiting


def _is_finished(paragraph: _Paragraph) -> bool:
    return paragraph.heading or bool(_FINISHED.search(paragraph.lines[-1].text))


def _continues(before: _Paragraph, after: _Paragraph, typical: _Typical) -> bool:
    if _is_finished(before) or after.heading:
        return False
    last, first = before.lines[-1], after.lines[0]
    moved = (last.page, last.flow) != (first.page, first.flow)
    alike = max(last.size, first.size) <= _LARGE * min(last.size, first.size)
    body = last.size >= 0.93 * typical.size
    return moved and alike and body and (first.text[0].islower() or len(before.lines) > 1)


def _block(paragraph: _Paragraph, words: Words) -> Block:
    text = join_lines((line.text for line in paragraph.lines), words)
    return Block(text, heading_level(text) if paragraph.heading else 0)


def _with_front(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, where what stands before the first named heading is front matter.

    Prose of forty words or more there is an abstract without a heading.
    """
    opening = next(
        (
            place
            for place, block in enumerate(blocks)
            if block.level and is_heading(block.text) and section_kind(block.text) != "references"
        ),
        0,
    )
    for block in blocks[:opening]:
        long = len(block.text.split()) >= _LONG_FRONT and not _LEADERS.search(block.text)
        yield block._replace(level=0, kind="abstract" if long else "front")
    yield from blocks[opening:]


def page_text(page: Page) -> str:
    """All runs of a page in the order of the file, for what is searched and not read."""
    return " ".join(run.text for run in page.runs)
