"""Evidence windows: whole sentences with their neighbours, the nearest few of each paper."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assignee.reading.aims import is_aim
from assignee.reading.sentences import sentence_spans
from assignee.records import Passage

NEAREST = 3
"""Sentences of a paper that get a window each, and one window together."""
SHORT = 5
"""A text of so few sentences is read as a whole: it is hardly longer than a window."""
ADJACENT = 3
"""Characters between two passages that follow each other."""


class Sentence(NamedTuple):
    """One sentence of a paper's passages."""

    passage: int
    """Index into the request's windows."""
    text: str
    continues: bool
    """Whether it follows the sentence before it without a gap."""


class Window(NamedTuple):
    """Sentences read together."""

    text: str
    centre: int
    """Index of the sentence that it was made for."""
    joint: bool
    """Made of the nearest sentences wherever they stand, not of one and its neighbours."""


class PaperWindows(NamedTuple):
    """What of one paper is read about one claim."""

    paper_id: str
    sentences: tuple[Sentence, ...]
    cosines: NDArray[np.float32]
    """Likeness of each sentence to the claim."""
    windows: tuple[Window, ...]


def sentences_by_paper(passages: Sequence[Passage]) -> dict[str, tuple[Sentence, ...]]:
    """The sentences of each paper in the order of its text, each once."""
    places: dict[str, list[int]] = {}
    for place, passage in enumerate(passages):
        places.setdefault(passage.paper_id, []).append(place)
    return {
        paper: tuple(_sentences(passages, sorted(found, key=lambda at: passages[at].start)))
        for paper, found in places.items()
    }


def _sentences(passages: Sequence[Passage], places: Sequence[int]) -> list[Sentence]:
    found: list[Sentence] = []
    known: set[str] = set()
    end = -1
    for place in places:
        passage = passages[place]
        follows = 0 <= passage.start - end <= ADJACENT
        for start, stop in sentence_spans(passage.text):
            text = passage.text[start:stop]
            # Passages may overlap by a sentence.
            if text not in known:
                found.append(Sentence(place, text, follows))
                known.add(text)
            follows = True
        end = passage.end
    return found


def windows_of(
    paper_id: str, sentences: Sequence[Sentence], cosines: NDArray[np.float32]
) -> PaperWindows:
    """The windows around the sentences nearest to the claim, the nearest first, and one of all.

    What a paper asks is often the nearest, and decides nothing: it is no centre where others are.
    """
    few = len(sentences) <= SHORT
    nearest = sorted(
        (int(place) for place in np.argsort(-cosines, kind="stable")),
        key=lambda place: is_aim(sentences[place].text),
    )
    order = nearest if few else nearest[:NEAREST]
    windows: dict[str, Window] = {}
    for centre in [] if few else order:
        text = " ".join(sentences[place].text for place in _around(sentences, centre))
        windows.setdefault(text, Window(text, centre, joint=False))
    together = " ".join(sentences[place].text for place in sorted(order))
    windows.setdefault(together, Window(together, order[0], joint=True))
    return PaperWindows(paper_id, tuple(sentences), cosines, tuple(windows.values()))


def _around(sentences: Sequence[Sentence], centre: int) -> list[int]:
    places = [centre]
    if centre > 0 and sentences[centre].continues:
        places.insert(0, centre - 1)
    if centre + 1 < len(sentences) and sentences[centre + 1].continues:
        places.append(centre + 1)
    return places
