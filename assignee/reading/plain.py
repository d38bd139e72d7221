"""Plain text: paragraphs put together from wrapped lines, headings known by their look."""

import re
from collections.abc import Iterator

from assignee.reading.blocks import Block, demote_entries, split_run_in, title_of
from assignee.reading.headings import heading_level, is_heading
from assignee.reading.hyphens import Words, join_lines
from assignee.reading.metadata import Described, describe
from assignee.reading.sections import assemble
from assignee.records import Document

LONGEST_TITLE = 25
"""Words of a first line that is taken for the title."""

_PARAGRAPHS = re.compile(r"\n\s*\n")
_OWN_LINE = re.compile(r"(?:[-*•▪◦‣■●]|\(?\d{1,2}[.)]|\[\d{1,3}\])\s+\S|\|")


def read_plain(text: str, name: str) -> Document:
    """The document in a cleaned plain text; `name` is its path as the user gave it."""
    blocks = plain_blocks(text)
    assembled = assemble(blocks)
    paper = describe(Described(title=title_of(blocks)), name=name, text=assembled.text)
    return Document(
        paper=paper,
        text=assembled.text,
        sections=assembled.sections,
        basis="full text",
        path=name,
    )


def plain_blocks(text: str) -> list[Block]:
    """Headings and unwrapped paragraphs of a plain text."""
    paragraphs = [part.split("\n") for part in _PARAGRAPHS.split(text) if part.strip()]
    words = Words.of(line for lines in paragraphs for line in lines)
    blocks: list[Block] = []
    for number, lines in enumerate(paragraphs):
        if number == 0 and len(paragraphs) > 1 and _is_title(lines):
            blocks.append(Block(join_lines(lines, words), 1))
        else:
            blocks.extend(_paragraph_blocks(lines, words))
    return list(demote_entries(part for block in blocks for part in split_run_in(block)))


def _is_title(lines: list[str]) -> bool:
    whole = " ".join(lines).strip()
    return len(lines) <= 3 and len(whole.split()) <= LONGEST_TITLE and whole[-1] not in ".!:;,"


def _paragraph_blocks(lines: list[str], words: Words) -> Iterator[Block]:
    """The headings that open a paragraph, then its text."""
    while lines and is_heading(lines[0]):
        yield Block(lines[0].strip().lstrip("# "), heading_level(lines[0]))
        lines = lines[1:]
    yield Block(unwrap(lines, words))


def unwrap(lines: list[str], words: Words | None = None) -> str:
    """The lines joined, but list items, table rows and reference entries on lines of their own.

    With the document's words given, words that were hyphenated at line ends are joined too.
    """
    runs: list[list[str]] = []
    for line in lines:
        if not runs or _OWN_LINE.match(line.strip()) or "\t" in line.strip():
            runs.append([])
        runs[-1].append(line)
    if words is None:
        return "\n".join(" ".join(line.strip() for line in run) for run in runs)
    return "\n".join(join_lines(run, words) for run in runs)
