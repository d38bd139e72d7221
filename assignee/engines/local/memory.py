"""Models that remember: what was embedded or read once is kept for whoever asks again."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assignee.engines.local.readings import Readings
from assignee.engines.roles import RoleReader
from assignee.engines.stance import PairReader

Vector = NDArray[np.float32]
Kept = Callable[[Sequence[str]], Mapping[str, Vector]]

MOST = 4096
"""Texts remembered, 6 MB of vectors of 384 numbers; a run of the default size needs about 200."""


class SentenceEmbedder(Protocol):
    """What the local engine needs of an embedder."""

    model_id: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, dimension)."""
        ...


def nothing_kept(texts: Sequence[str]) -> Mapping[str, Vector]:  # noqa: ARG001 - a Kept
    """No library stands behind the embedder."""
    return {}


class Memory:
    """Wraps an embedder; threads may share it.

    Args:
        embedder: asked for what is not remembered.
        kept: the vectors that a library keeps of its passages, by text; read before any text
            is embedded.
    """

    def __init__(self, embedder: SentenceEmbedder, *, kept: Kept = nothing_kept) -> None:
        self.model_id = embedder.model_id
        self.dimension = embedder.dimension
        self._embedder = embedder
        self._kept = kept
        self._known: dict[str, Vector] = {}
        self._wanted: dict[str, None] = {}
        self._embedding = threading.Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, dimension); more than 4,096 texts pass by unremembered."""
        if not texts or len(texts) > MOST:
            return self._embedder.embed(texts)
        self._wanted.update((text, None) for text in texts if text not in self._known)
        # One thread embeds at a time, for the model uses every core; and it embeds what the
        # others wait for as well, because one batch of 72 sentences takes 0.21 s, twelve of 6
        # take 0.34 s.
        with self._embedding:
            if any(text not in self._known for text in texts):
                self._learn(texts)
            rows = np.stack([self._known[text] for text in texts])
            for text in list(self._known)[: max(0, len(self._known) - MOST)]:
                del self._known[text]
        return rows

    def _learn(self, texts: Sequence[str]) -> None:
        wanted, self._wanted = self._wanted, {}
        new = [text for text in {**wanted, **dict.fromkeys(texts)} if text not in self._known]
        found = self._kept(new)
        self._known.update(found)
        new = [text for text in new if text not in found]
        if new:
            self._known.update(zip(new, self._embedder.embed(new), strict=True))


class PairMemory:
    """Wraps a pair reader; threads may share it.

    Windows are read again when claims are verified in a later round, and pairs of claims when they
    are held against each other; with `readings`, also in later runs.
    """

    def __init__(self, reader: PairReader, readings: Readings | None = None) -> None:
        self.model_id = reader.model_id
        self._reader = reader
        self._readings = readings
        self._known: dict[tuple[str, str], Vector] = {}
        self._reading = threading.Lock()

    def read(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Logits, shape (n, 4), as the reader gives them; the last 4,096 pairs are remembered."""
        # One thread reads at a time, for the model uses every core.
        with self._reading:
            self._learn([pair for pair in dict.fromkeys(pairs) if pair not in self._known])
            rows = [self._known[pair] for pair in pairs]
            for pair in list(self._known)[: max(0, len(self._known) - MOST)]:
                del self._known[pair]
        return np.stack(rows) if rows else np.empty((0, 4), dtype=np.float32)

    def _learn(self, new: Sequence[tuple[str, str]]) -> None:
        if self._readings is not None:
            self._known.update(self._readings.find(self.model_id, new))
            new = [pair for pair in new if pair not in self._known]
        if not new:
            return
        read = dict(zip(new, self._reader.read(new), strict=True))
        self._known.update(read)
        if self._readings is not None:
            self._readings.keep(self.model_id, read)


class RoleMemory:
    """Wraps a role reader; threads may share it.

    A section's roles do not depend on the question, so that another one asked of the same papers
    reads nothing.
    """

    def __init__(self, reader: RoleReader) -> None:
        self.model_id = reader.model_id
        self._reader = reader
        self._known: dict[tuple[str, ...], Vector] = {}
        self._keeping = threading.Lock()

    def roles(self, abstracts: Sequence[Sequence[str]]) -> list[Vector]:
        """As the reader gives them; the last 4,096 sections are remembered."""
        asked = [tuple(sentences) for sentences in abstracts]
        known = self._known
        rows = {one: known[one] for one in asked if one in known}
        new = [one for one in dict.fromkeys(asked) if one not in rows]
        if new:
            # Not under the lock: one section keeps one core busy, others read on the next.
            read = dict(zip(new, self._reader.roles(new), strict=True))
            rows |= read
            with self._keeping:
                self._known = dict([*self._known.items(), *read.items()][-MOST:])
        return [rows[one] for one in asked]
