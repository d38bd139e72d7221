"""The role model: what each sentence of an abstract or a section does there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, get_args

from assignee.engines.text_model import TextModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]

Role = Literal["background", "objective", "method", "result", "other"]
ROLES: tuple[Role, ...] = get_args(Role)
SEPARATOR = 102
"""The word piece that ends each sentence; its vector tells the sentence's role."""
START = 101
SENTENCE_TOKENS = 64
"""Of a long sentence the beginning is read."""


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
        raise NotImplementedError
