"""Runs the small ONNX models of this package on the CPU, by onnxruntime alone."""

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
    from tokenizers import Encoding, Tokenizer

    Rows = NDArray[np.float32]

BATCH_TOKENS = 384
"""Padded tokens a batch: their activations stay in a core's cache; 2,048 are 15% slower."""
MIN_SHARE = 64
"""Fewer tokens are not worth a batch of their own on another core."""
MAX_CHARACTERS = 16_384
"""Read of a text at most: 256 tokens of prose are about 1,500 characters."""
VOCABULARY = "all_minilm_l6_v2"
"""All models read the word pieces of the one that they were made from."""


class _Session(Protocol):
    """The one method used of an onnxruntime session, which has no types."""

    def run(self, outputs: None, feeds: dict[str, NDArray[np.int64]], /) -> list[Rows]: ...


class Coded(Protocol):
    """A text, or a pair of texts, as word pieces."""

    @property
    def ids(self) -> Sequence[int]:
        """The word pieces, marks included."""
        ...

    @property
    def type_ids(self) -> Sequence[int]:
        """For each piece 0, or 1 in the second text of a pair."""
        ...


class _Facts(NamedTuple):
    """What model.json says."""

    model_id: str
    sha256: str
    max_tokens: int


class _Loaded(NamedTuple):
    """What running needs."""

    session: _Session
    inputs: frozenset[str]
    tokenizer: Tokenizer
    pool: ThreadPoolExecutor


class TextModel:
    """One model: its facts are read at once, its weights at the first use; threads may share it.

    Attributes:
        model_id: name and version; numbers of the same id can be compared.
        max_tokens: of a text or a pair of texts, what is read at most, marks included.

    Raises:
        ModelFileError: a file of the model is missing or damaged.
        ValueError: `threads` is below 1.
    """

    def __init__(
        self, name: str, *, threads: int | None = None, models: Traversable | None = None
    ) -> None:
        """Read the facts of one model.

        Args:
            name: of the model's folder.
            threads: how many cores share the work; all that there are by default.
            models: the folder of models; the package's own by default.
        """
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        self._folder = (models or files("assignee.engines").joinpath("models")).joinpath(name)
        self._threads = threads or cores()
        self._facts = _read_facts(self._folder)
        self.model_id = self._facts.model_id
        self.max_tokens = self._facts.max_tokens
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    def encode(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> list[Encoding]:
        """Word pieces of texts, or of pairs of texts; what is too long is cut off."""
        if not texts:
            return []
        return self._load().tokenizer.encode_batch_fast([_clean(text) for text in texts])

    def run(self, encoded: Sequence[Coded], *, batch_tokens: int = BATCH_TOKENS) -> list[Rows]:
        """The model's output for each text, in order: one row, or one row a token.

        Args:
            encoded: what `encode` gave.
            batch_tokens: tokens a batch at most, padding included; above 0.
        """
        found: list[Rows | None] = [None] * len(encoded)
        if encoded:
            model = self._load()
            batches = _batches([len(one.ids) for one in encoded], batch_tokens, self._threads)
            work = partial(_fill, model, found, encoded)
            # Cores share the batches, one each: faster than to share the work within a batch.
            for _ in model.pool.map(work, batches) if len(batches) > 1 else map(work, batches):
                pass
        return [rows for rows in found if rows is not None]

    def _load(self) -> _Loaded:
        with self._loading:
            if self._loaded is None:
                self._loaded = _load(self._folder, self._facts, self._threads)
            return self._loaded


def _fill(
    model: _Loaded, found: list[Rows | None], encoded: Sequence[Coded], batch: Sequence[int]
) -> None:
    """Compute one batch of text numbers."""
    import numpy as np

    shape = len(batch), max(len(encoded[number].ids) for number in batch)
    feeds = {name: np.zeros(shape, dtype=np.int64) for name in model.inputs}
    for place, number in enumerate(batch):
        one = encoded[number]
        length = len(one.ids)
        feeds["input_ids"][place, :length] = one.ids
        feeds["attention_mask"][place, :length] = 1
        if "token_type_ids" in feeds:
            feeds["token_type_ids"][place, :length] = one.type_ids
    (rows,) = model.session.run(None, feeds)
    for place, number in enumerate(batch):
        whole = rows[place]
        found[number] = whole if whole.ndim == 1 else whole[: len(encoded[number].ids)]


def _clean(text: str | tuple[str, str]) -> str | tuple[str, str]:
    # The tokenizer refuses lone surrogates, which broken files can bring.
    if isinstance(text, tuple):
        return _clean_one(text[0]), _clean_one(text[1])
    return _clean_one(text)


def _clean_one(text: str) -> str:
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()


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


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read_facts(folder: Traversable) -> _Facts:
    try:
        found = json.loads(folder.joinpath("model.json").read_text("utf-8"))
        return _Facts(found["model_id"], found["sha256"], found["max_tokens"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _broken(folder.name, "model.json", str(error)) from error


def _load(folder: Traversable, facts: _Facts, threads: int) -> _Loaded:
    with as_file(folder) as own:
        _check(own / "model.onnx", facts.sha256)
        session, inputs = _session(own / "model.onnx")
        return _Loaded(
            session,
            inputs,
            _tokenizer(own.parent / VOCABULARY / "tokenizer.json", facts.max_tokens),
            ThreadPoolExecutor(threads, thread_name_prefix=folder.name),
        )


def _check(path: Path, digest: str) -> None:
    """Compare the whole file: 20 ms, and a truncated model would give a cryptic error."""
    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _broken(path.parent.name, path.name, str(error)) from error
    if found != digest:
        raise _broken(path.parent.name, path.name, f"its SHA-256 is {found}, not {digest}")


def _session(path: Path) -> tuple[_Session, frozenset[str]]:
    import onnxruntime as ort

    ort.disable_telemetry_events()
    options = ort.SessionOptions()
    # One thread a run, and no pool: nothing spins while idle, and other work is not starved.
    options.intra_op_num_threads = 1
    # The exported graph is fused already; higher levels would fuse Add and LayerNormalization
    # into a kernel that makes the whole 10% slower.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session, frozenset(one.name for one in session.get_inputs())


def _tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the package raises nothing narrower
        raise _broken(path.parent.name, path.name, str(error)) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _broken(model: str, name: str, why: str) -> ModelFileError:
    return ModelFileError(
        f"the model {model}'s file {name} is missing or damaged ({why}): install the package again"
    )
