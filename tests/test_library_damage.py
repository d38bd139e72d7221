"""The library among processes and in trouble: readers, two writers, crashes, damage, versions."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from chromadb import PersistentClient
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from numpy.typing import NDArray

from assignee.errors import (
    LibraryCorruptError,
    LibraryError,
    LibraryLockedError,
    LibraryVersionError,
)
from assignee.library import Library
from assignee.records import Document, Paper, Passage, Section

Item = tuple[Document, list[Passage]]

CHILD = """
import os, sys
from pathlib import Path
import numpy as np
from assignee.errors import LibraryLockedError
from assignee.library import Library
from assignee.library.index import Index

class Embedder:
    model_id = "lengths"
    dimension = 2
    def embed(self, texts):
        angles = np.array([len(text) / 100 for text in texts], dtype=np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)

folder, mode = Path(sys.argv[1]), sys.argv[2]
if mode == "second writer":
    try:
        Library.open(folder, Embedder())
    except LibraryLockedError as error:
        print(error)
elif mode == "killed while holding":
    Library.open(folder, Embedder())
    os.kill(os.getpid(), 9)
elif mode == "killed before the index followed":
    def killed(*_):
        os.kill(os.getpid(), 9)
    Index.put = Index.remove = killed
    library = Library.open(folder, Embedder())
    library.remove([paper.id for paper in library.papers()][:1])
"""


class LengthEmbedder:
    """A direction for each length of text."""

    model_id = "lengths"
    dimension = 2

    def __init__(self) -> None:
        self.asked = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += len(texts)
        angles = np.array([len(text) / 100 for text in texts], dtype=np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


class OtherEmbedder(LengthEmbedder):
    model_id = "other"
    dimension = 3

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), 3), dtype=np.float32)
        rows[:, :2] = super().embed(texts)
        return rows


def paper(name: str, text: str) -> Item:
    record = Paper(id=Paper.make_id("paper", name), title=f"About {name}")
    passage = Passage(
        id=f"{record.id}:0-{len(text)}",
        paper_id=record.id,
        section="Abstract",
        text=text,
        start=0,
        end=len(text),
        basis="abstract",
    )
    section = Section(title="Abstract", start=0, end=len(text), kind="abstract")
    return Document(paper=record, text=text, sections=(section,), basis="abstract"), [passage]


PAPERS = [paper(f"paper {number}", f"Finding {'very ' * number}robust.") for number in range(8)]


def run(folder: Path, mode: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), mode],
        capture_output=True,
        text=True,
        timeout=60,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
    )


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    with Library.open(folder, LengthEmbedder()) as library:
        library.add(PAPERS)
    return folder


@contextmanager
def index_of(folder: Path) -> Iterator[Collection]:
    """Chroma's collection, through another client than the library's."""
    client = PersistentClient(folder / "chroma", Settings(anonymized_telemetry=False))
    assert isinstance(client, Client)
    with client:
        yield client.get_collection("passages", embedding_function=None)


def indexed(folder: Path) -> list[str]:
    with index_of(folder) as collection:
        return sorted(collection.get(include=[])["ids"])


def test_readers_follow_a_writer_without_its_lock(filled: Path) -> None:
    late = paper("late", "Larks sing at dawn.")
    with (
        Library.open(filled, LengthEmbedder()) as library,
        Library.open(filled, LengthEmbedder(), mode="read") as reader,
    ):
        assert reader.search(["robust"], limit=1)[0][0].passage == PAPERS[0][1][0]
        library.add([late])
        assert reader.search(["larks"], limit=1)[0][0].passage == late[1][0]
        library.remove([late[0].paper.id])
        assert reader.papers([late[0].paper.id]) == []
        for change in (
            lambda: reader.add([late]),
            lambda: reader.remove([PAPERS[0][0].paper.id]),
            lambda: reader.put([late[0].paper]),
            reader.rebuild_index,
        ):
            with pytest.raises(LibraryError, match="mode='write'"):
                change()


def test_a_reader_does_not_wait_for_a_write_in_progress(filled: Path) -> None:
    with closing(sqlite3.connect(filled / "library.sqlite3", isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("DELETE FROM papers")
        with Library.open(filled, LengthEmbedder(), mode="read") as reader:
            assert len(reader.papers()) == 8
            assert reader.search(["robust"], limit=1)[0][0].passage == PAPERS[0][1][0]
        writing.execute("ROLLBACK")


def test_a_second_writer_is_told_who_the_first_is(filled: Path) -> None:
    with Library.open(filled, LengthEmbedder()):
        reply = run(filled, "second writer")
        assert reply.returncode == 0, reply.stderr
        assert f"process {os.getpid()}, since 20" in reply.stdout
        assert "wait for it or end it" in reply.stdout
        with pytest.raises(LibraryLockedError, match="being written by"):
            Library.open(filled, LengthEmbedder())
    with Library.open(filled, LengthEmbedder()) as library:
        assert len(library.papers()) == 8


def test_a_killed_writer_leaves_no_lock(filled: Path) -> None:
    assert run(filled, "killed while holding").returncode == -9
    owner = json.loads((filled / "writer.json").read_text())
    assert owner["pid"] != os.getpid()
    with Library.open(filled, LengthEmbedder(), mode="read") as reader:
        assert len(reader.papers()) == 8
    with Library.open(filled, LengthEmbedder()) as library:
        assert len(library.papers()) == 8


def test_an_index_that_fell_behind_in_a_crash_catches_up_on_opening(filled: Path) -> None:
    assert run(filled, "killed before the index followed").returncode == -9
    assert len(indexed(filled)) == 8
    embedder = LengthEmbedder()
    with Library.open(filled, embedder) as library:
        kept = library.passages([found.id for found in library.papers()])
    assert len(kept) == 7
    assert indexed(filled) == sorted(passage.id for passage in kept)
    assert embedder.asked == 0


def lose(folder: Path) -> None:
    shutil.rmtree(folder / "chroma")


def garble_database(folder: Path) -> None:
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"garbage" * 1000)


def garble_graph(folder: Path) -> None:
    files = list((folder / "chroma").rglob("*.bin"))
    assert files
    for file in files:
        file.write_bytes(b"garbage" * 100)


def add_stranger(folder: Path) -> None:
    with index_of(folder) as collection:
        collection.add(["stranger"], np.array([[1.0, 0.0]], dtype=np.float32))


@pytest.mark.parametrize("damage", [lose, garble_database, garble_graph, add_stranger])
def test_a_lost_or_damaged_index_is_made_anew_without_embedding(
    filled: Path, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    more = [paper(f"more {number}", f"Result {'so ' * number}clear.") for number in range(1100)]
    with Library.open(filled, LengthEmbedder()) as library:
        library.add(more if damage is garble_graph else [])
        total = int(library.stats()["passages"])
    damage(filled)
    monkeypatch.setattr("assignee.library.library.EXACT_BELOW", 2)
    embedder = LengthEmbedder()
    with Library.open(filled, embedder) as library:
        [hits] = library.search([PAPERS[3][0].text], limit=3)
        assert hits[0].passage == PAPERS[3][1][0]
        assert hits[0].vector_rank is not None
    assert embedder.asked == 1
    ids = indexed(filled)
    assert len(ids) == total
    assert "stranger" not in ids


def test_another_embedder_is_refused_and_can_take_over(filled: Path) -> None:
    with pytest.raises(LibraryVersionError, match=r"'lengths' \(dimension 2\).*'other'.*rebuild"):
        Library.open(filled, OtherEmbedder())
    with pytest.raises(LibraryVersionError, match="'other'"):
        Library.open(filled, OtherEmbedder(), mode="read")
    embedder = OtherEmbedder()
    assert Library.rebuild(filled, embedder) == embedder.asked == 8
    assert Library.rebuild(filled, embedder) == 0
    with Library.open(filled, embedder) as library:
        assert library.stats()["model"] == "other"
        assert library.stats()["vectors"] == 8
        assert library.search([PAPERS[5][0].text], limit=1)[0][0].passage == PAPERS[5][1][0]
    assert embedder.asked == 9
    with pytest.raises(LibraryVersionError, match="'lengths'"):
        Library.open(filled, LengthEmbedder())


def edit(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "library.sqlite3")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_another_schema_version_is_refused(filled: Path) -> None:
    edit(filled, "PRAGMA user_version = 99")
    with pytest.raises(LibraryVersionError, match="schema version 99, this program reads 1"):
        Library.open(filled, LengthEmbedder())


def test_a_foreign_database_is_not_taken_for_a_library(tmp_path: Path) -> None:
    edit(tmp_path, "CREATE TABLE recipes (name)")
    with pytest.raises(LibraryCorruptError, match="not a database of this program"):
        Library.open(tmp_path, LengthEmbedder())


def overwrite(folder: Path) -> None:
    (folder / "library.sqlite3").write_bytes(b"not a database, " * 500)


def punch(folder: Path) -> None:
    path = folder / "library.sqlite3"
    content = bytearray(path.read_bytes())
    content[4096 : len(content) // 2] = b"\xaa" * (len(content) // 2 - 4096)
    path.write_bytes(content)


def cut_short(folder: Path) -> None:
    path = folder / "library.sqlite3"
    path.write_bytes(path.read_bytes()[:10_000])


@pytest.mark.parametrize("damage", [overwrite, punch, cut_short])
def test_a_damaged_database_is_named_with_the_remedy(
    filled: Path, damage: Callable[[Path], None]
) -> None:
    damage(filled)
    for mode in ("write", "read"):
        with pytest.raises(LibraryCorruptError, match="restore a backup, or remove the folder"):
            Library.open(filled, LengthEmbedder(), mode=mode)
    shutil.rmtree(filled)
    with Library.open(filled, LengthEmbedder()) as library:
        assert library.add(PAPERS).added == 8


def test_damage_that_shows_only_in_use_is_named_too(filled: Path) -> None:
    edit(filled, "UPDATE passages_fts_data SET block = x'ffffffffff' WHERE id = 10")
    with Library.open(filled, LengthEmbedder(), mode="read") as reader:
        assert len(reader.papers()) == 8
        with pytest.raises(LibraryCorruptError, match="is damaged"):
            reader.search(["robust finding"], limit=1)


def test_there_must_be_something_to_read(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"no library in .* to read"):
        Library.open(tmp_path, LengthEmbedder(), mode="read")
    (tmp_path / "library.sqlite3").touch()
    with pytest.raises(LibraryError, match="is empty: add papers first"):
        Library.open(tmp_path, LengthEmbedder(), mode="read")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match=r"cannot be written \(.*choose another folder"):
        Library.open(tmp_path / "file" / "library", LengthEmbedder())


@pytest.fixture
def read_only(filled: Path) -> Iterator[Path]:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    filled.chmod(0o555)
    yield filled
    filled.chmod(0o755)


def test_a_folder_that_cannot_be_written_can_be_read(read_only: Path) -> None:
    with Library.open(read_only, LengthEmbedder(), mode="read") as reader:
        assert len(reader.papers()) == 8
