"""A document's text cut at its headings and at the edges of a quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from assignee.records import Section


class Piece(NamedTuple):
    """A run of text that is quoted, or is not."""

    quoted: bool
    text: str


@dataclass(frozen=True)
class Part:
    """The text from one heading to the next."""

    title: str
    pieces: tuple[Piece, ...]


def parts_of(text: str, sections: Sequence[Section], start: int, end: int) -> list[Part]:
    """The whole text in parts, the characters from `start` to `end` marked as quoted."""
    starts = {0: "", **{s.start: s.title for s in sections if s.start < len(text)}}
    edges = [*sorted(starts), len(text)]
    parts = [
        Part(starts[first], tuple(_pieces(text, first, last, start, end)))
        for first, last in pairwise(edges)
    ]
    return [part for part in parts if part.title or any(p.text.strip() for p in part.pieces)]


def _pieces(text: str, first: int, last: int, start: int, end: int) -> list[Piece]:
    cuts = [first, *sorted({c for c in (start, end) if first < c < last}), last]
    return [
        Piece(start <= here < end, text[here:there])
        for here, there in pairwise(cuts)
        if there > here
    ]
