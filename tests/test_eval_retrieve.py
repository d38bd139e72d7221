"""Measuring the search: quality against values by hand, a reranker, a library that is kept."""

import doctest
from collections.abc import Sequence
from pathlib import Path

import eval_sets
import pytest
from makers import HashingEmbedder

from assignee.evals import retrieve as module
from assignee.evals.items import Collection, Text
from assignee.evals.readers import collection
from assignee.evals.retrieve import Ranking, figures, retrieve
from assignee.records import Passage


class Backwards:
    """Prefers what was found last."""

    def __init__(self) -> None:
        self.read: list[list[str]] = []

    async def rerank(self, query: str, passages: Sequence[Passage]) -> list[float]:
        """The place of each passage."""
        self.read.append([passage.text for passage in passages])
        return [float(place) for place in range(len(passages))]


def test_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_figures_by_hand() -> None:
    texts = {name: Text("", "") for name in "abcd"}
    asked = Collection(texts, {"1": "q", "2": "q"}, {"1": frozenset("ab"), "2": frozenset("d")})
    run = {"1": Ranking(["b", "c", "a"], 0.010), "2": Ranking(["a", "b"], 0.030)}
    found = figures("mine", run, asked)
    ideal = 1 + 1 / 1.584962500721156
    assert found.ndcg.value == pytest.approx((1 + 1 / 2) / ideal / 2)
    assert found.recall_10.value == found.recall_100.value == 0.5
    assert found.median_ms == pytest.approx(20)
    assert found.p95_ms == pytest.approx(29)


async def test_every_ranking_of_a_collection(tmp_path: Path) -> None:
    texts = collection(eval_sets.beir(tmp_path / "set"), "test")
    reranker, folder = Backwards(), tmp_path / "library"
    found = await retrieve(texts, HashingEmbedder(), folder, reranker=lambda _: reranker)
    assert (found.documents, found.queries) == (3, 2)
    by_name = {ranking.name: ranking for ranking in found.rankings}
    assert list(by_name) == ["BM25", "vectors", "fused", "reranked"]
    assert by_name["BM25"].ndcg.value == 1
    assert by_name["fused"].ndcg.value == 1
    assert by_name["fused"].recall_100.value == 1
    assert by_name["reranked"].ndcg.value is not None
    assert by_name["reranked"].ndcg.value < 1
    assert reranker.read[0][0].startswith("Planted roofs Roofs were planted with moss.")
    assert by_name["fused"].median_ms >= by_name["BM25"].median_ms
    again = await retrieve(texts, HashingEmbedder(), folder)
    assert [ranking.name for ranking in again.rankings] == ["BM25", "vectors", "fused"]
    assert again.rankings[2].ndcg == by_name["fused"].ndcg
