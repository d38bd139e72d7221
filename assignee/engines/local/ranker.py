"""Relevance by the sentence embedder: cosine similarity, stretched to 0–1."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class SentenceEmbedder(Protocol):
    """What the local engine needs of an embedder."""

    model_id: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, dimension)."""
        ...


FLOOR, CEILING = 0.10, 0.75
"""Cosines of unrelated sentences lie about .10, of paraphrases above .75 (all-MiniLM-L6-v2)."""


class LocalRanker:
    """Ranks texts by embedding; vectors of texts seen before are kept for the run."""

    def __init__(self, embedder: SentenceEmbedder) -> None:
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}
        self._embedding = threading.Lock()

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Relevance of each text to the query, 0 to 1, in order."""
        if not texts:
            return []
        cosines = await asyncio.to_thread(self.similarities, [query], texts)
        stretched = (cosines[0] - FLOOR) / (CEILING - FLOOR)
        return [float(value) for value in np.clip(stretched, 0.0, 1.0)]

    def similarities(self, left: Sequence[str], right: Sequence[str]) -> NDArray[np.float32]:
        """Cosines, shape (len(left), len(right)); blocks while it embeds."""
        vectors = self._vectors([*left, *right])
        split = len(left)
        return vectors[:split] @ vectors[split:].T

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        # One thread embeds at a time: the model uses every core, and parallel batches share texts.
        with self._embedding:
            missing = [text for text in dict.fromkeys(texts) if text not in self._known]
            if missing:
                fresh = self._embedder.embed(missing)
                self._known.update(zip(missing, fresh, strict=True))
        return np.stack([self._known[text] for text in texts])
