"""Passages in a better order: closeness, shared words and the rank that they come in, weighed.

The weights are learned from queries with known answers (`training/fit_reranking.py`). Nothing is
read by a model here; what reading adds was measured and is nothing (`docs/verification.md`).
"""

import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from assignee.engines.local.ranker import LocalRanker
from assignee.errors import ModelFileError
from assignee.reading.words import content_stems, stem, words
from assignee.records import Passage, Record

DEPTH = 40
"""Passages that are weighed; what a search ranks lower keeps its place below them."""
RANK_OFFSET = 60
"""As in the fusion whose ranking comes in."""
SATURATION, LENGTH = 1.2, 0.75
"""BM25's k1 and b, at their usual values."""
FEATURES = ("rank", "closeness", "shared words", "BM25")


class RerankingWeights(Record):
    """A weight for each of `FEATURES`; `model` made the vectors."""

    model: str
    weights: tuple[float, float, float, float]
    fitted_on: str


class LocalReranker:
    """Scores passages that a search ranked; only the first `DEPTH` are weighed."""

    def __init__(self, ranker: LocalRanker, weights: RerankingWeights) -> None:
        self._ranker = ranker
        self._weights = np.asarray(weights.weights)

    async def rerank(self, query: str, passages: Sequence[Passage]) -> list[float]:
        """A score of each passage, the higher the better; `passages` come best first."""
        weighed = [passage.text for passage in passages[:DEPTH]]
        if not weighed:
            return []
        rows = await asyncio.to_thread(self.features, query, weighed)
        scores = [float(score) for score in rows @ self._weights]
        floor = min(scores)
        return [*scores, *(floor - place for place in range(1, len(passages) - len(weighed) + 1))]

    def features(self, query: str, texts: Sequence[str]) -> NDArray[np.float64]:
        """Shape (texts, features), for texts that come best first; blocks while it embeds."""
        ranks = [-math.log(RANK_OFFSET + place) for place in range(1, len(texts) + 1)]
        [cosines] = self._ranker.similarities([query], texts)
        found: NDArray[np.float64] = np.stack(
            [np.asarray(ranks), cosines, shared_words(query, texts), bm25(query, texts)], axis=1
        )
        return found


def shared_words(query: str, texts: Sequence[str]) -> list[float]:
    """Share of the query's words that each text has; those that few texts have weigh more."""
    stems = [content_stems(text) for text in texts]
    counts = Counter(one for found in stems for one in found)
    weights = {one: math.log(1 + len(texts) / (1 + counts[one])) for one in content_stems(query)}
    total = sum(weights.values()) or 1.0
    return [sum(weights[one] for one in weights.keys() & found) / total for found in stems]


def bm25(query: str, texts: Sequence[str]) -> list[float]:
    """BM25 (Robertson and Zaragoza, 2009) among these texts, as a share of the best one's."""
    counts = [Counter(map(stem, words(text))) for text in texts]
    lengths = [found.total() for found in counts]
    usual = sum(lengths) / len(lengths) or 1.0
    wanted = content_stems(query)
    holding = {one: sum(one in found for found in counts) for one in wanted}
    rarity = {
        one: math.log(1 + (len(texts) - held + 0.5) / (held + 0.5)) for one, held in holding.items()
    }
    scores = [
        sum(
            rarity[one]
            * found[one]
            * (SATURATION + 1)
            / (found[one] + SATURATION * (1 - LENGTH + LENGTH * length / usual))
            for one in wanted & found.keys()
        )
        for found, length in zip(counts, lengths, strict=True)
    ]
    best = max(scores) or 1.0
    return [score / best for score in scores]


@cache
def shipped() -> RerankingWeights:
    """The weights that belong to the shipped embedder.

    Raises:
        ModelFileError: the file is missing or damaged.
    """
    file = files("assignee.engines").joinpath("models", "all_minilm_l6_v2", "reranking.json")
    try:
        return RerankingWeights.model_validate_json(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFileError(
            f"the embedder's file reranking.json is missing or damaged ({error}): "
            "install the package again"
        ) from error
