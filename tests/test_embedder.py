"""The sentence embedder, with its real model."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assignee.engines import embedder as module
from assignee.engines.embedder import Embedder

FOLDER = Path(module.__file__).parent / "models" / "all_minilm_l6_v2"
PARAPHRASES = [
    ("The cat sleeps on the sofa.", "A cat is napping on the couch."),
    ("Larger models need fewer samples.", "Bigger models learn from fewer examples."),
    ("Loss falls as a power law of compute.", "Test loss follows a power-law in compute budget."),
    ("Coffee does not raise blood pressure.", "Blood pressure is not increased by coffee."),
]
MIXED = [
    "short",
    "Dropout reduces overfitting in large neural networks. " * 20,
    "What does the method assume about the data, and when does that fail?",
    "",
    "We train a transformer of 1.5 billion parameters on web pages and test it zero-shot. " * 4,
    *(text for pair in PARAPHRASES for text in pair),
]

Rows = NDArray[np.float32]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


def cosines(left: Rows, right: Rows) -> Rows:
    return np.asarray((left * right).sum(axis=1), dtype=np.float32)


def test_vectors_are_unit_rows_of_float32(embedder: Embedder) -> None:
    rows = embedder.embed(MIXED)
    assert rows.shape == (len(MIXED), embedder.dimension) == (len(MIXED), 384)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def heavy_after(script: str) -> str:
    """Which heavy packages a fresh interpreter has imported after the script."""
    told = f"import sys\n{script}\nprint({{'onnxruntime', 'tokenizers'}} & set(sys.modules))"
    return subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


def test_no_text_gives_no_row_and_loads_nothing() -> None:
    script = (
        "from assignee.engines.embedder import Embedder\n"
        "assert Embedder().embed([]).shape == (0, 384)"
    )
    assert heavy_after(script) == "set()"


def test_importing_the_module_imports_nothing_heavy() -> None:
    assert heavy_after("import assignee.engines.embedder") == "set()"


def test_rows_keep_the_order_of_the_texts(embedder: Embedder) -> None:
    alone = np.concatenate([embedder.embed([text]) for text in MIXED])
    similar = embedder.embed(MIXED) @ alone.T
    assert list(similar.argmax(axis=1)) == list(range(len(MIXED)))


def test_a_vector_hardly_depends_on_its_batch(embedder: Embedder) -> None:
    alone = np.concatenate([embedder.embed([text]) for text in MIXED])
    for batch_tokens in (1, 64, 100_000):
        together = embedder.embed(MIXED, batch_tokens=batch_tokens)
        assert cosines(alone, together).min() > 0.9999


def test_a_vector_does_not_depend_on_the_number_of_threads(embedder: Embedder) -> None:
    one = Embedder(threads=1).embed(MIXED)
    assert cosines(one, embedder.embed(MIXED)).min() > 0.9999


def test_paraphrases_are_nearer_than_other_sentences(embedder: Embedder) -> None:
    left = embedder.embed([first for first, _ in PARAPHRASES])
    right = embedder.embed([second for _, second in PARAPHRASES])
    similar = left @ right.T
    others = similar[~np.eye(len(PARAPHRASES), dtype=bool)]
    assert similar.diagonal().min() > 0.6
    assert similar.diagonal().min() > others.max() + 0.2


def test_a_text_beyond_256_tokens_counts_by_its_beginning(embedder: Embedder) -> None:
    beginning = "The sea is calm tonight. " * 50
    rows = embedder.embed([beginning, beginning + "Quantum chromodynamics. " * 100_000])
    assert cosines(rows[:1], rows[1:]).min() > 0.9999


@pytest.mark.parametrize(
    "text", ["Ωμέγα-3 λιπαρά", "東京は日本の首都です", "👩‍🔬", "\x00\n\t ", "a\ud800b"]
)
def test_any_string_has_a_vector(embedder: Embedder, text: str) -> None:
    assert np.linalg.norm(embedder.embed([text])) == pytest.approx(1, abs=1e-5)


def test_case_and_composition_of_letters_do_not_matter(embedder: Embedder) -> None:
    rows = embedder.embed(["Naïve Bayes", "nai\u0308ve BAYES"])
    assert cosines(rows[:1], rows[1:]).min() > 0.9999


def test_threads_may_share_an_embedder_not_yet_loaded() -> None:
    shared, found = Embedder(threads=2), list[Rows]()
    threads = [threading.Thread(target=lambda: found.append(shared.embed(MIXED))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for rows in found[1:]:
        assert cosines(found[0], rows).min() > 0.9999


def test_threads_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Embedder(threads=0)
