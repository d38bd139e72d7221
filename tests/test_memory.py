"""The embedder's memory: each text is embedded once, what a library keeps never."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from makers import HashingEmbedder, document, paper, passage
from numpy.typing import NDArray

from assignee.engines.local.memory import MOST, Memory, PairMemory, RoleMemory
from assignee.engines.local.readings import Readings
from assignee.errors import LibraryError
from assignee.library import Library


class Counting(HashingEmbedder):
    """Keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return super().embed(texts)


def test_a_text_is_embedded_once_and_comes_back_in_its_place() -> None:
    inner = Counting()
    memory = Memory(inner)
    first = memory.embed(["one word", "two words", "one word"])
    again = memory.embed(["three words", "two words"])
    assert inner.asked == ["one word", "two words", "three words"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], again[1])
    assert np.array_equal(again, HashingEmbedder().embed(["three words", "two words"]))
    assert memory.embed([]).shape == (0, memory.dimension)


def test_passages_of_a_library_are_not_embedded_again(tmp_path: Path) -> None:
    text = "Loss falls as a power law of model size."
    with Library.open(tmp_path, HashingEmbedder()) as library:
        library.add([(document(paper("p"), text), [passage("p", text)])])
        inner = Counting()
        memory = Memory(inner, kept=library.vectors_of)
        rows = memory.embed(["a question", text])
        assert inner.asked == ["a question"]
        assert np.allclose(rows, HashingEmbedder().embed(["a question", text]), atol=1e-3)
        assert list(library.vectors_of([text, "unknown"])) == [text]


def test_what_waits_is_embedded_together_and_a_failure_fails_only_its_own() -> None:
    began, go_on = threading.Event(), threading.Event()

    class Slow(Counting):
        batches: ClassVar[list[list[str]]] = []

        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            self.batches.append(list(texts))
            began.set()
            assert go_on.wait(10)
            if "bad" in texts:
                raise ValueError("bad")
            return super().embed(texts)

    inner = Slow()
    memory = Memory(inner)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(memory.embed, ["bad"])
        assert began.wait(10)
        waiting = [threads.submit(memory.embed, ["shared", f"own {n}"]) for n in range(3)]
        while len(memory._wanted) < 4:
            assert not waiting[0].done()
        go_on.set()
        with pytest.raises(ValueError, match="bad"):
            first.result()
        rows = [one.result() for one in waiting]
    assert len(inner.batches) == 2
    assert set(inner.batches[1]) == {"shared", "own 0", "own 1", "own 2"}
    for number, row in enumerate(rows):
        assert np.array_equal(row, HashingEmbedder().embed(["shared", f"own {number}"]))


def test_the_oldest_are_forgotten_and_crowds_pass_by() -> None:
    inner = Counting()
    memory = Memory(inner)
    memory.embed(["first"])
    memory.embed([f"text {number}" for number in range(MOST)])
    memory.embed(["first"])
    assert inner.asked.count("first") == 2
    crowd = [f"crowd {number}" for number in range(MOST + 1)]
    assert memory.embed(crowd).shape == (MOST + 1, memory.dimension)
    memory.embed(["first"])
    assert inner.asked.count("first") == 2


class Reads:
    """A pair reader that keeps what it was asked for."""

    model_id = "reads"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def read(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.asked += pairs
        rows = [[len(claim), len(window), 0.0, 0.0] for claim, window in pairs]
        return np.array(rows, dtype=np.float32).reshape(-1, 4)


def test_a_pair_is_read_once_and_comes_back_in_its_place() -> None:
    inner = Reads()
    memory = PairMemory(inner)
    one, other, third = ("a", "bb"), ("aa", "b"), ("aaa", "b")
    memory.read([one, other, one])
    again = memory.read([third, other])
    assert inner.asked == [one, other, third]
    assert again[:, :2].tolist() == [[3, 1], [2, 1]]
    assert memory.read([]).shape == (0, 4)


def test_pairs_beyond_the_most_that_are_remembered_are_read_again() -> None:
    inner = Reads()
    memory = PairMemory(inner)
    many = [(str(number), "x") for number in range(MOST + 1)]
    assert len(memory.read(many)) == MOST + 1
    memory.read([many[-1], many[0]])
    assert inner.asked == [*many, many[0]]


def test_a_later_run_reads_no_pair_again(tmp_path: Path) -> None:
    pairs = [("a", "bb"), ("aa", "b"), ("a\ud800", "")]
    inner, again, other = Reads(), Reads(), Reads()
    other.model_id = "other"
    first = Readings(tmp_path / "new" / "readings.sqlite3")
    rows = PairMemory(inner, first).read(pairs)
    first.close()
    second = Readings(tmp_path / "new" / "readings.sqlite3")
    assert np.array_equal(PairMemory(again, second).read([*pairs, ("b", "b")])[:3], rows)
    assert again.asked == [("b", "b")]
    PairMemory(other, second).read(pairs)
    assert other.asked == pairs
    second.close()


def test_many_pairs_are_found_again(tmp_path: Path) -> None:
    many = [(str(number), "x") for number in range(1100)]
    inner, readings = Reads(), Readings(tmp_path / "readings.sqlite3")
    PairMemory(inner, readings).read(many)
    PairMemory(inner, readings).read(many)
    assert inner.asked == many
    readings.close()


def test_readings_that_fail_later_cost_a_reading_and_no_answer(tmp_path: Path) -> None:
    inner, readings = Reads(), Readings(tmp_path / "readings.sqlite3")
    readings.close()
    assert len(PairMemory(inner, readings).read([("a", "b")])) == 1
    assert inner.asked == [("a", "b")]


def test_a_damaged_file_of_readings_is_named(tmp_path: Path) -> None:
    path = tmp_path / "readings.sqlite3"
    path.write_bytes(b"no database " * 200)
    with pytest.raises(LibraryError, match="delete it"):
        Readings(path)


class Roles:
    """One row a sentence, its length; keeps what it was asked for."""

    model_id = "roles"

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    def roles(self, abstracts: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        self.asked += abstracts
        return [np.array([[len(s)] for s in one], dtype=np.float32) for one in abstracts]


def test_a_section_is_read_once_and_its_roles_come_back_in_their_place() -> None:
    inner = Roles()
    memory = RoleMemory(inner)
    memory.roles([["one", "three"], ["four"]])
    again = memory.roles([["four"], ["one"], ["one", "three"], ["one"]])
    assert inner.asked == [("one", "three"), ("four",), ("one",)]
    assert [rows.ravel().tolist() for rows in again] == [[4], [3], [3, 5], [3]]
    assert memory.roles([]) == []


def test_the_oldest_sections_are_forgotten() -> None:
    inner = Roles()
    memory = RoleMemory(inner)
    memory.roles([[str(number)] for number in range(MOST + 1)])
    memory.roles([["1"], ["0"]])
    assert inner.asked[MOST + 1 :] == [("0",)]
