"""Passages in a better order: the pair model reads the best ones beside the query."""

import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from assignee.engines.local.windows import SHORT
from assignee.engines.stance import PairReader
from assignee.errors import ModelFileError
from assignee.reading.sentences import sentence_spans
from assignee.reading.words import content_stems
from assignee.records import Passage, Record

DEPTH = 12
"""Passages that are read; what a search ranks lower keeps its place below them."""
SENTENCES = 3
"""Of a longer passage the sentences that share most with the query are read, and its first one."""
RANK_OFFSET = 60
"""As in the fusion whose ranking comes in."""
FEATURES = ("rank", "relevance", "decides", "shared words")


class RerankingWeights(Record):
    """A weight for each of `FEATURES`; `model` made the logits."""

    model: str
    weights: tuple[float, float, float, float]
    fitted_on: str


class LocalReranker:
    """Scores passages that a search ranked; only the first `DEPTH` are read."""

    def __init__(self, reader: PairReader, weights: RerankingWeights) -> None:
        self._reader = reader
        self._weights = np.asarray(weights.weights)

    async def rerank(self, query: str, passages: Sequence[Passage]) -> list[float]:
        """A score of each passage, the higher the better; `passages` come best first."""
        return await asyncio.to_thread(self._rerank, query, passages)

    def _rerank(self, query: str, passages: Sequence[Passage]) -> list[float]:
        read = passages[:DEPTH]
        if not read:
            return []
        rows = self.features(query, [passage.text for passage in read])
        scores = [float(score) for score in rows @ self._weights]
        floor = min(scores)
        return [*scores, *(floor - place for place in range(1, len(passages) - len(read) + 1))]

    def features(self, query: str, texts: Sequence[str]) -> NDArray[np.float64]:
        """Shape (texts, features), for texts that come best first."""
        shares = shared_words(query, texts)
        logits = self._reader.read([(query, telling(query, text)) for text in texts])
        decides = logits[:, :2].max(axis=1) - logits[:, 2]
        ranks = [math.log(RANK_OFFSET + place) for place in range(1, len(texts) + 1)]
        return np.stack([-np.asarray(ranks), logits[:, 3], decides, shares], axis=1)


def telling(query: str, text: str) -> str:
    """The first sentence and those that share most words with the query, in their order.

    A short text is read as a whole, as the judge reads it: the pair is then known already.
    """
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    if len(sentences) <= SHORT:
        return " ".join(sentences)
    wanted = content_stems(query)
    shared = [len(wanted & content_stems(sentence)) for sentence in sentences]
    order = sorted(range(len(sentences)), key=lambda place: (-shared[place], place))
    return " ".join(sentences[place] for place in sorted({0, *order[:SENTENCES]}))


def shared_words(query: str, texts: Sequence[str]) -> list[float]:
    """Share of the query's words that each text has; those that few texts have weigh more."""
    stems = [content_stems(text) for text in texts]
    counts = Counter(stem for found in stems for stem in found)
    weights = {stem: math.log(1 + len(texts) / (1 + counts[stem])) for stem in content_stems(query)}
    total = sum(weights.values()) or 1.0
    return [sum(weights[stem] for stem in weights.keys() & found) / total for found in stems]


@cache
def shipped() -> RerankingWeights:
    """The weights that belong to the shipped stance model.

    Raises:
        ModelFileError: the file is missing or damaged.
    """
    file = files("assignee.engines").joinpath("models", "stance", "reranking.json")
    try:
        return RerankingWeights.model_validate_json(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFileError(
            f"the stance model's file reranking.json is missing or damaged ({error}): "
            "install the package again"
        ) from error
