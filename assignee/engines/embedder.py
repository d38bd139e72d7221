"""Sentence embeddings on the CPU: all-MiniLM-L6-v2 as int8 ONNX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assignee.engines.text_model import BATCH_TOKENS, TextModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]

DIMENSION = 384


class Embedder:
    """all-MiniLM-L6-v2, int8 ONNX, on the CPU: meaning as vectors of 384 numbers.

    The model is loaded at the first call of `embed`. Threads may share an embedder. A text's
    vector hardly depends on its batch, for activations are quantised token by token: cosines
    between batches are above 0.9999.

    Attributes:
        model_id: name and version; vectors of the same id can be compared.
        dimension: length of a vector, 384.

    Raises:
        ModelFileError: a file of the model is missing or damaged.
        ValueError: `threads` is below 1.
    """

    def __init__(self, *, threads: int | None = None) -> None:
        self._model = TextModel("all_minilm_l6_v2", threads=threads)
        self.model_id = self._model.model_id
        self.dimension = DIMENSION

    def embed(self, texts: Sequence[str], *, batch_tokens: int = BATCH_TOKENS) -> Rows:
        """Unit vectors, shape (len(texts), 384), in the order of the texts.

        Of a text, the first 254 word pieces count, within its first 16,384 characters.

        Args:
            texts: sentences or passages; an empty text has a vector too.
            batch_tokens: tokens a batch at most, padding included; above 0.

        Raises:
            ModelFileError: a file of the model is missing or damaged.
        """
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.stack(self._model.run(self._model.encode(texts), batch_tokens=batch_tokens))
