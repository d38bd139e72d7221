"""Reranking: the pair model reads the best passages; the rest keep their places below."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from makers import HashingEmbedder, claim, document, paper, passage
from numpy.typing import NDArray

from assignee.agents import retriever
from assignee.engines.local.reranker import (
    DEPTH,
    LocalReranker,
    RerankingWeights,
    shared_words,
    telling,
)
from assignee.library import Library
from assignee.records import Passage


class Prefers:
    """A pair reader for which texts with one word are relevant."""

    model_id = "prefers"

    def __init__(self, word: str) -> None:
        self._word = word
        self.read_texts: list[str] = []

    def read(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.read_texts += [text for _, text in pairs]
        rows = [[0.0, 0.0, 0.0, 5.0 * (self._word in text)] for _, text in pairs]
        return np.array(rows, dtype=np.float32).reshape(-1, 4)


def reranker(reader: Prefers, *weights: float) -> LocalReranker:
    rank, relevance = weights or (0.1, 1.0)
    made = RerankingWeights(model="prefers", weights=(rank, relevance, 0.0, 0.0), fitted_on="-")
    return LocalReranker(reader, made)


def ranked(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda place: -scores[place])


async def test_what_the_model_finds_relevant_comes_first() -> None:
    texts = ["Moss grows.", "Roofs are flat.", "Moss cools a roof."]
    scores = await reranker(Prefers("cools")).rerank(
        "Moss cools.", [passage("p", t) for t in texts]
    )
    assert ranked(scores) == [2, 0, 1]


async def test_only_the_first_are_read_and_the_rest_stay_below_in_order() -> None:
    reader = Prefers("cools")
    passages = [passage("p", f"Roof {number} cools.") for number in range(DEPTH + 3)]
    scores = await reranker(reader).rerank("Moss cools.", passages)
    assert len(reader.read_texts) == DEPTH
    assert ranked(scores) == list(range(DEPTH + 3))


async def test_nothing_found_needs_no_order() -> None:
    assert await reranker(Prefers("x")).rerank("Moss?", []) == []


def test_the_first_sentence_and_the_nearest_ones_are_read() -> None:
    text = "Roofs are old. It rained. It snowed. Moss cools. Moss cools roofs. Moss is green. Bye."
    assert telling("Moss cools roofs.", text) == "Roofs are old. Moss cools. Moss cools roofs."
    assert telling("Moss cools roofs.", "It rained. Moss cools.") == "It rained. Moss cools."


def test_rare_words_weigh_more() -> None:
    rare, common = shared_words("moss roofs", ["Moss grows.", "Roofs.", "Roofs leak."])[:2]
    assert rare > common > 0
    assert shared_words("zebra", ["Moss."]) == [0.0]


class Turns:
    """A reranker that turns the order round."""

    async def rerank(self, query: str, passages: Sequence[Passage]) -> list[float]:
        assert query
        return [float(place) for place in range(len(passages))]


@pytest.mark.parametrize("turned", [False, True])
async def test_evidence_is_chosen_among_more_than_is_judged(tmp_path: Path, turned: bool) -> None:
    texts = {f"p{number}": "Moss cools roofs" + " indeed" * number + "." for number in range(4)}
    documents = [document(paper(name), text) for name, text in texts.items()]
    with Library.open(tmp_path, HashingEmbedder()) as library:
        retriever.take_in(documents, library)
        ids = [made.paper.id for made in documents]
        [own] = library.passages(ids[:1])
        [windows] = await retriever.evidence_windows(
            [claim("Moss cools roofs.", own)],
            library=library,
            pool=ids,
            windows=2,
            reranker=Turns() if turned else None,
        )
    found = [window.paper_id for window in windows.others]
    assert found == (["p3", "p2"] if turned else ["p1", "p2"])
