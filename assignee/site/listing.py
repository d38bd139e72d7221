"""A long list of runs in pages, and those of them that hold some words."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from assignee.runs import Run

A_PAGE = 50
"""Runs on one page."""


class Listing(NamedTuple):
    """One page of the runs that fit, the latest first."""

    runs: Sequence[Run]
    words: str
    number: int
    """Of the page, from 1."""
    pages: int
    fitting: int
    """Runs that hold the words."""
    all: int

    def query(self, number: int, **more: str) -> str:
        """The query of another page of the same list."""
        given = {**more, "words": self.words, "page": str(number) if number > 1 else ""}
        return "?" + urlencode({name: value for name, value in given.items() if value})


def listed(runs: Sequence[Run], words: str, number: int) -> Listing:
    """The page of that number, or the last one, of the runs that hold all words.

    They are looked for in a run's question, in what it was to read, and in its id.

    >>> listed([], "tea", 3).number
    1
    """
    wanted = words.casefold().split()
    fitting = [run for run in runs if all(word in _text(run) for word in wanted)]
    pages = max(1, -(-len(fitting) // A_PAGE))
    number = min(max(1, number), pages)
    shown = fitting[(number - 1) * A_PAGE : number * A_PAGE]
    return Listing(shown, words, number, pages, len(fitting), len(runs))


def _text(run: Run) -> str:
    return " ".join((run.question, *run.papers, run.id)).casefold()
