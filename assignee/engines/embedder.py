"""Sentence embeddings on the CPU: all-MiniLM-L6-v2 as int8 ONNX, by onnxruntime alone."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import file_digest
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, NamedTuple, Protocol

from assignee.errors import ModelFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Rows = NDArray[np.float32]

BATCH_TOKENS = 384
"""Padded tokens a batch: their activations stay in a core's cache; 2,048 are 15% slower."""
MIN_SHARE = 64
"""Fewer tokens are not worth a batch of their own on another core."""
MAX_CHARACTERS = 16_384
"""Read of a text at most: 256 tokens of prose are about 1,500 characters."""


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

    model_id: str
    dimension: int

    def __init__(self, *, threads: int | None = None) -> None:
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        self._threads = threads or _cores()
        facts = _facts()
        self.model_id = facts.model_id
        self.dimension = facts.dimension
        self._facts = facts
        self._loading = threading.Lock()
        self._model: _Model | None = None

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

        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        if texts:
            model = self._loaded()
            tokens = model.tokens(texts)
            batches = _batches([len(ids) for ids in tokens], batch_tokens, self._threads)
            work = partial(model.fill, rows, tokens)
            # Cores share the batches, one each: faster than to share the work within a batch.
            for _ in model.pool.map(work, batches) if len(batches) > 1 else map(work, batches):
                pass
        return rows

    def _loaded(self) -> _Model:
        with self._loading:
            if self._model is None:
                self._model = _load(self._facts, self._threads)
            return self._model


class _Facts(NamedTuple):
    """What model.json says."""

    model_id: str
    sha256: str
    dimension: int
    max_tokens: int


class _Session(Protocol):
    """The one method used of an onnxruntime session, which has no types."""

    def run(self, outputs: None, feeds: dict[str, NDArray[np.int64]], /) -> list[Rows]: ...


class _Model(NamedTuple):
    """What embedding needs, loaded."""

    session: _Session
    tokenizer: Tokenizer
    pool: ThreadPoolExecutor

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, [CLS] and [SEP] included."""
        return [encoded.ids for encoded in self.tokenizer.encode_batch_fast(_clean(texts))]

    def fill(self, rows: Rows, tokens: Sequence[Sequence[int]], batch: Sequence[int]) -> None:
        """Compute the rows of one batch of text numbers."""
        import numpy as np

        shape = len(batch), max(len(tokens[number]) for number in batch)
        ids, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for place, number in enumerate(batch):
            length = len(tokens[number])
            ids[place, :length] = tokens[number]
            mask[place, :length] = 1
        (vectors,) = self.session.run(None, {"input_ids": ids, "attention_mask": mask})
        rows[list(batch)] = vectors


def _clean(texts: Sequence[str]) -> list[str]:
    # The tokenizer refuses lone surrogates, which broken files can bring.
    return [text[:MAX_CHARACTERS].encode("utf-8", "replace").decode() for text in texts]


def _batches(lengths: Sequence[int], most: int, shares: int) -> list[list[int]]:
    """Text numbers by batch, longest texts first, so that padding is small and cores end together.

    A batch holds `most` tokens at most or one text; small work is split evenly among `shares`.
    """
    most = min(most, max(MIN_SHARE, -(-sum(lengths) // shares)))
    batches: list[list[int]] = []
    for number in sorted(range(len(lengths)), key=lambda number: -lengths[number]):
        if not batches or lengths[batches[-1][0]] * (len(batches[-1]) + 1) > most:
            batches.append([])
        batches[-1].append(number)
    return batches


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _folder() -> Traversable:
    return files("assignee.engines").joinpath("models", "all_minilm_l6_v2")


def _facts() -> _Facts:
    try:
        return _Facts(**json.loads(_folder().joinpath("model.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise _broken("model.json", str(error)) from error


def _load(facts: _Facts, threads: int) -> _Model:
    with as_file(_folder()) as folder:
        _check(folder / "model.onnx", facts.sha256)
        return _Model(
            _session(folder / "model.onnx"),
            _tokenizer(folder / "tokenizer.json", facts.max_tokens),
            ThreadPoolExecutor(threads, thread_name_prefix="embedder"),
        )


def _check(path: Path, digest: str) -> None:
    """Compare the whole file: 20 ms, and a truncated model would give a cryptic error."""
    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _broken(path.name, str(error)) from error
    if found != digest:
        raise _broken(path.name, f"its SHA-256 is {found}, not {digest}")


def _session(path: Path) -> _Session:
    import onnxruntime as ort

    ort.disable_telemetry_events()
    options = ort.SessionOptions()
    # One thread a run, and no pool: nothing spins while idle, and other work is not starved.
    options.intra_op_num_threads = 1
    # The exported graph is fused already; higher levels would fuse Add and LayerNormalization
    # into a kernel that makes the whole 10% slower.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    session: _Session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session


def _tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the package raises nothing narrower
        raise _broken(path.name, str(error)) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _broken(name: str, why: str) -> ModelFileError:
    return ModelFileError(
        f"the sentence embedder's file {name} is missing or damaged ({why}): "
        "install the package again"
    )
