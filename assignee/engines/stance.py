"""The stance model: what a window of text says of a claim, read together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from assignee.engines.text_model import TextModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]

OUTPUTS = 4


class PairReader(Protocol):
    """Reads a claim and a window of text together."""

    model_id: str

    def read(self, pairs: Sequence[tuple[str, str]]) -> Rows:
        """Logits, shape (len(pairs), 4): supports, contradicts, neutral; and of relevance.

        The first three belong to one softmax, the last to a sigmoid by itself.
        """
        ...


class StanceModel:
    """The trained pair model, int8 ONNX, on the CPU; loaded at the first use, shared by threads.

    Of a claim and its window, 256 word pieces are read; the longer text is cut.

    Raises:
        ModelFileError: a file of the model is missing or damaged.
    """

    def __init__(self, *, threads: int | None = None, models: Traversable | None = None) -> None:
        """Read the facts of the model; `models` is the package's own folder by default."""
        self._model = TextModel("stance", threads=threads, models=models)
        self.model_id = self._model.model_id

    def read(self, pairs: Sequence[tuple[str, str]]) -> Rows:
        """See `PairReader`."""
        import numpy as np

        if not pairs:
            return np.empty((0, OUTPUTS), dtype=np.float32)
        return np.stack(self._model.run(self._model.encode(pairs)))
