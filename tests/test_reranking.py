"""Reranking: what is near and shares rare words comes first; the rest stay below in their order."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from makers import HashingEmbedder, claim, document, paper, passage

from assignee.agents import retriever
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.local.reranker import (
    DEPTH,
    FEATURES,
    LocalReranker,
    RerankingWeights,
    bm25,
    shared_words,
)
from assignee.library import Library
from assignee.records import Passage


def reranker(rank: float, closeness: float, shared: float, words: float) -> LocalReranker:
    weights = (rank, closeness, shared, words)
    made = RerankingWeights(model="hashing-64", weights=weights, fitted_on="-")
    return LocalReranker(LocalRanker(HashingEmbedder()), made)


def ranked(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda place: -scores[place])


@pytest.mark.parametrize("feature", ["closeness", "shared words", "BM25"])
async def test_each_feature_brings_the_answer_to_the_top(feature: str) -> None:
    texts = ["Roofs are flat.", "Snow fell on the old mill.", "Moss cools a flat roof."]
    rank, closeness, shared, words = (float(name == feature) for name in FEATURES)
    passages = [passage("p", text) for text in texts]
    scores = await reranker(rank, closeness, shared, words).rerank("Moss cools a roof.", passages)
    assert ranked(scores)[0] == 2


async def test_by_rank_alone_nothing_moves() -> None:
    passages = [passage("p", f"Moss {number}.") for number in range(5)]
    assert ranked(await reranker(1, 0, 0, 0).rerank("Moss 4.", passages)) == list(range(5))


async def test_what_ranks_too_low_stays_below_in_order() -> None:
    passages = [passage("p", f"Roof {number}.") for number in range(DEPTH)]
    more = [passage("p", f"Moss cools, said {number}.") for number in range(3)]
    scores = await reranker(0, 1, 1, 1).rerank("Moss cools.", [*passages, *more])
    assert ranked(scores)[-3:] == [DEPTH, DEPTH + 1, DEPTH + 2]


async def test_nothing_found_needs_no_order() -> None:
    assert await reranker(1, 1, 1, 1).rerank("Moss?", []) == []


@pytest.mark.parametrize("query", ["", "the of", "zebra"])
async def test_a_query_without_known_words_is_ranked_too(query: str) -> None:
    scores = await reranker(1, 1, 1, 1).rerank(query, [passage("p", "Moss."), passage("p", "Of.")])
    assert all(map(math.isfinite, scores))


def test_bm25_by_hand() -> None:
    first, second, third = bm25("moss", ["Moss moss stone.", "Moss wall pond.", "Pond."])
    length = (7 / 3, 3)
    usual, longer = length

    def score(count: int) -> float:
        return count * 2.2 / (count + 1.2 * (0.25 + 0.75 * longer / usual))

    assert first == 1
    assert second == pytest.approx(score(1) / score(2))
    assert third == 0


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
