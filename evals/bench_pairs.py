"""Pairs a second that the stance model reads, beside the bare runtime on the same word pieces.

    python -m assignee.evals.bench_pairs

The bare runtime gets batches that are ready: no tokenizer, no sorting, no copying. It is run in two
ways, batches shared among cores and cores sharing each batch; the faster one counts. Both sides
take turns, so that a busy machine slows both.
"""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files

import numpy as np
import onnxruntime as ort

from assignee.engines.stance import StanceModel
from assignee.engines.text_model import BATCH_TOKENS, TextModel, cores

TOKENS, PAIRS, ROUNDS = 128, 96, 5
WORDS = "larger models trained on more data reach a lower loss than smaller models do".split()


def pairs() -> list[tuple[str, str]]:
    """Pairs of 128 word pieces, no two alike; every word is one piece."""
    found = []
    for number in range(PAIRS):
        turned = [WORDS[(place + number) % len(WORDS)] for place in range(TOKENS - 3)]
        found.append((" ".join(turned[:20]), " ".join(turned[20:])))
    return found


def feeds(count: int) -> list[dict[str, np.ndarray[tuple[int, ...], np.dtype[np.int64]]]]:
    """All pairs as ready batches of `count`."""
    coded = TextModel("stance").encode(pairs())
    assert {len(one.ids) for one in coded} == {TOKENS}
    ids = np.array([one.ids for one in coded])
    types = np.array([one.type_ids for one in coded])
    return [
        {
            "input_ids": ids[start : start + count],
            "attention_mask": np.ones_like(ids[start : start + count]),
            "token_type_ids": types[start : start + count],
        }
        for start in range(0, PAIRS, count)
    ]


def session(threads: int) -> ort.InferenceSession:
    """The model with so many threads a run."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with as_file(files("assignee.engines").joinpath("models", "stance", "model.onnx")) as path:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def bare() -> dict[str, Callable[[], object]]:
    """The ways to run the model bare."""
    alone, together = session(1), session(cores())
    small, large = feeds(BATCH_TOKENS // TOKENS), feeds(32)
    pool = ThreadPoolExecutor(cores())
    return {
        "bare, a batch a core": lambda: list(pool.map(lambda one: alone.run(None, one), small)),
        "bare, cores share a batch": lambda: [together.run(None, one) for one in large],
    }


def main() -> None:
    """Measure and print."""
    model, texts = StanceModel(), pairs()
    ways = {"StanceModel.read": lambda: model.read(texts), **bare()}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - began)
    rates = {name: PAIRS / statistics.median(found) for name, found in seconds.items()}
    for name, rate in rates.items():
        print(f"{name:<28} {rate:6.1f} pairs/s")
    best = max(rate for name, rate in rates.items() if name.startswith("bare"))
    print(f"{'of the faster bare one':<28} {rates['StanceModel.read'] / best:6.1%}  (>= 90%)")


if __name__ == "__main__":
    main()
