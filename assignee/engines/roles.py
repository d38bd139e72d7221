"""The role model: what each sentence of an abstract or a section does there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, get_args

from assignee.engines.text_model import TextModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]

Role = Literal["background", "objective", "method", "result", "other"]
ROLES: tuple[Role, ...] = get_args(Role)
START, SEPARATOR = 101, 102
"""The word pieces that begin the text and end each sentence."""
SENTENCE_TOKENS = 63
"""Of a long sentence the beginning is read, as in training."""
CONTEXT = 2
"""Sentences of the part before that a later part of a long section begins with."""


class RoleReader(Protocol):
    """Tells the roles of sentences in their context."""

    model_id: str

    def roles(self, abstracts: Sequence[Sequence[str]]) -> list[Rows]:
        """For each abstract, given as its sentences, probabilities: (sentences, 5) as `ROLES`."""
        ...


class RoleModel:
    """The trained role model, int8 ONNX, on the CPU; loaded at the first use, shared by threads.

    It reads up to 512 word pieces together; longer sections are read in parts, each with the last
    two sentences of the part before as context.

    Raises:
        ModelFileError: a file of the model is missing or damaged.
    """

    def __init__(self, *, threads: int | None = None) -> None:
        self._model = TextModel("roles", threads=threads)
        self.model_id = self._model.model_id

    def roles(self, abstracts: Sequence[Sequence[str]]) -> list[Rows]:
        """See `RoleReader`."""
        coded = self._model.encode([text for sentences in abstracts for text in sentences])
        ends = [[*one.ids[1:-1][: SENTENCE_TOKENS - 1], SEPARATOR] for one in coded]
        parts, start = [], 0
        for number, sentences in enumerate(abstracts):
            own = ends[start : start + len(sentences)]
            start += len(sentences)
            parts += [_Part(number, *cut, own) for cut in _cuts(own, self._model.max_tokens)]
        found: list[list[Rows]] = [[] for _ in abstracts]
        for part, logits in zip(parts, self._model.run(parts), strict=True):
            found[part.abstract].append(_probabilities(part.means(logits))[part.context :])
        return [_joined(rows) for rows in found]


class _Part(NamedTuple):
    """Sentences of one abstract that are read together."""

    abstract: int
    first: int
    last: int
    """The sentences [first, last) are new; up to `CONTEXT` before them are read again."""
    sentences: Sequence[Sequence[int]]
    """All of the abstract's, as word pieces."""

    @property
    def context(self) -> int:
        return min(CONTEXT, self.first)

    @property
    def ids(self) -> list[int]:
        read = self.sentences[self.first - self.context : self.last]
        return [START, *(token for sentence in read for token in sentence)]

    @property
    def type_ids(self) -> list[int]:
        return [0] * len(self.ids)

    def means(self, logits: Rows) -> Rows:
        """Means over each sentence's tokens, as in training: (tokens, 5) -> (sentences, 5)."""
        import numpy as np

        read = self.sentences[self.first - self.context : self.last]
        ends = np.cumsum([len(sentence) for sentence in read])
        cuts = [0, *ends[:-1].tolist()]
        sums: Rows = np.add.reduceat(logits[1 : 1 + int(ends[-1])], cuts, axis=0)
        found: Rows = sums / np.diff(ends, prepend=0).astype(np.float32)[:, None]
        return found


def _cuts(sentences: Sequence[Sequence[int]], most: int) -> list[tuple[int, int]]:
    """First and last + 1 new sentence of each part that fits the model."""
    cuts: list[tuple[int, int]] = []
    first = 0
    while first < len(sentences):
        length = 1 + sum(map(len, sentences[max(0, first - CONTEXT) : first]))
        last = first
        while last < len(sentences) and (last == first or length + len(sentences[last]) <= most):
            length += len(sentences[last])
            last += 1
        cuts.append((first, last))
        first = last
    return cuts


def _probabilities(logits: Rows) -> Rows:
    import numpy as np

    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Rows = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _joined(rows: Sequence[Rows]) -> Rows:
    import numpy as np

    return np.concatenate(rows) if rows else np.empty((0, len(ROLES)), dtype=np.float32)
