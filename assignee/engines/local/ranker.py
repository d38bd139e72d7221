"""Relevance by the sentence embedder: cosine similarity, stretched to 0–1."""

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assignee.engines.local.memory import SentenceEmbedder

FLOOR, CEILING = 0.10, 0.75
"""Cosines of unrelated sentences lie about .10, of paraphrases above .75 (all-MiniLM-L6-v2)."""


class LocalRanker:
    """Ranks texts by embedding them; see `Memory` for an embedder that does so once."""

    def __init__(self, embedder: SentenceEmbedder) -> None:
        self._embedder = embedder

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Relevance of each text to the query, 0 to 1, in order."""
        if not texts:
            return []
        cosines = await asyncio.to_thread(self.similarities, [query], texts)
        stretched = (cosines[0] - FLOOR) / (CEILING - FLOOR)
        return [float(value) for value in np.clip(stretched, 0.0, 1.0)]

    def similarities(self, left: Sequence[str], right: Sequence[str]) -> NDArray[np.float32]:
        """Cosines, shape (len(left), len(right)); blocks while it embeds."""
        vectors = self._embedder.embed([*left, *right])
        split = len(left)
        return vectors[:split] @ vectors[split:].T
