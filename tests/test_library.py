"""The library as its callers see it: adding, changing, finding, keeping, reading."""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assignee.errors import LibraryError
from assignee.library import AddResult, Hit, Library
from assignee.records import Document, Mention, Paper, Passage, Plan, Quote, Section

Item = tuple[Document, list[Passage]]


class HashEmbedder:
    """Bags of hashed words, normalised; counts the texts that it was asked for."""

    model_id = "hashed-words"
    dimension = 256

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.extend(texts)
        rows = np.full((len(texts), self.dimension), 1e-4, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.casefold().split():
                row[int(hashlib.sha256(word.strip(".,?").encode()).hexdigest(), 16) % 256] += 1
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows


def paper_id(name: str) -> str:
    return Paper.make_id("paper", name)


def paper(name: str, *texts: str, title: str = "Untitled") -> Item:
    text = " ".join(texts)
    record = Paper(id=paper_id(name), title=title, authors=("A. Author",))
    passages, start = [], 0
    for part in texts:
        end = start + len(part)
        passages.append(
            Passage(
                id=f"{record.id}:{start}-{end}",
                paper_id=record.id,
                section="Results",
                text=part,
                start=start,
                end=end,
                basis="full text",
            )
        )
        start = end + 1
    section = Section(title="Results", start=0, end=len(text))
    return Document(paper=record, text=text, sections=(section,), basis="full text"), passages


CATS = paper("cats", "Cats purr when they are content.", "Purring is a low vibration.")
DOGS = paper("dogs", "Dogs bark at strangers.", "Barking carries over long distances.")
FISH = paper("fish", "Salmon swim upstream to spawn.", title="Migration of salmon")


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def library(tmp_path: Path, embedder: HashEmbedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder) as opened:
        opened.add([CATS, DOGS, FISH])
        yield opened


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library that the tests only read."""
    with Library.open(tmp_path_factory.mktemp("shelf"), HashEmbedder()) as opened:
        opened.add([CATS, DOGS, FISH])
        yield opened


def texts_of(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.text for hit in hits]


def test_adding_is_idempotent_and_embeds_each_text_once(
    tmp_path: Path, embedder: HashEmbedder
) -> None:
    twin = paper("twin", "Cats purr when they are content.")
    with Library.open(tmp_path, embedder) as library:
        first = library.add([CATS, DOGS, twin])
        again = library.add([CATS, DOGS, twin])
    assert first == AddResult(added=3, updated=0, unchanged=0, passages=5, embedded=4)
    assert again == AddResult(added=0, updated=0, unchanged=3, passages=0, embedded=0)
    assert len(embedder.asked) == 4
    with Library.open(tmp_path, embedder) as reopened:
        assert reopened.add([CATS]).unchanged == 1
        assert texts_of(reopened.search(["purr"], limit=1)[0]) == [twin[1][0].text]
    assert embedder.asked[4:] == ["purr"]


def test_what_was_added_comes_back_as_it_was(shelf: Library) -> None:
    document, passages = CATS
    assert shelf.papers([paper_id("dogs"), "p000", paper_id("cats")]) == [
        DOGS[0].paper,
        CATS[0].paper,
    ]
    assert [found.id for found in shelf.papers()] == sorted(
        item[0].paper.id for item in (CATS, DOGS, FISH)
    )
    assert shelf.text(document.paper.id) == document.text
    assert shelf.sections(document.paper.id) == list(document.sections)
    assert shelf.document_digest(document.paper.id) == document.content_digest
    assert shelf.document_digest("p000") is None
    assert shelf.passage(passages[1].id) == passages[1]
    assert shelf.passages_by_id([passages[0].id, "nowhere"]) == {passages[0].id: passages[0]}
    assert shelf.passages([paper_id("fish"), paper_id("cats")]) == [*FISH[1], *passages]


def test_what_is_not_there_is_named(shelf: Library) -> None:
    with pytest.raises(LibraryError, match="'p000:0-1'"):
        shelf.passage("p000:0-1")
    with pytest.raises(LibraryError, match="'p000'"):
        shelf.text("p000")


def test_an_update_is_found_by_its_new_words_only(library: Library, embedder: HashEmbedder) -> None:
    embedder.asked.clear()
    result = library.add([paper("dogs", "Dogs bark at strangers.", "Wolves howl at night.")])
    assert (result.updated, result.embedded) == (1, 1)
    assert embedder.asked == ["Wolves howl at night."]
    assert texts_of(library.search(["howl"], limit=1)[0]) == ["Wolves howl at night."]
    gone = library.search(["carries over long distances"], limit=10)[0]
    assert "Barking carries over long distances." not in texts_of(gone)
    assert all(hit.bm25_rank is None for hit in gone)
    library.rebuild_index()
    assert library.stats()["vectors"] == library.stats()["passages"] == 5


def test_the_full_text_index_agrees_with_the_papers_after_changes(
    tmp_path: Path, embedder: HashEmbedder
) -> None:
    with Library.open(tmp_path, embedder) as library:
        library.add([CATS, DOGS, FISH])
        library.add([paper("dogs", "Wolves howl.", title="Packs"), paper("cats", "Cats purr.")])
        library.remove([paper_id("fish")])
    check = "INSERT INTO passages_fts (passages_fts, rank) VALUES ('integrity-check', 1)"
    with closing(sqlite3.connect(tmp_path / "library.sqlite3")) as connection:
        connection.execute(check)
        connection.execute("UPDATE papers SET title = 'Another' WHERE title = 'Packs'")
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            connection.execute(check)


def test_a_changed_title_is_found_and_its_former_one_is_not(library: Library) -> None:
    assert library.search(["migration"], limit=1)[0][0].bm25_rank == 1
    library.add([paper("fish", *(p.text for p in FISH[1]), title="Travels of a fish")])
    assert library.search(["migration"], limit=1)[0][0].bm25_rank is None
    assert library.search(["travels"], limit=1)[0][0].passage.paper_id == paper_id("fish")


def test_removal_leaves_nothing_behind(library: Library) -> None:
    assert library.remove([paper_id("cats"), "p000"]) == 1
    assert library.papers([paper_id("cats")]) == []
    assert library.passages([paper_id("cats")]) == []
    hits = library.search(["cats purr when they are content"], limit=10)[0]
    assert paper_id("cats") not in {hit.passage.paper_id for hit in hits}
    assert library.stats()["vectors"] == 3


def test_a_text_that_another_paper_still_holds_keeps_its_vector(library: Library) -> None:
    library.add([paper("twin", CATS[1][0].text)])
    library.remove([paper_id("cats")])
    [hit] = library.search(["cats purr when they are content"], limit=1)[0]
    assert hit.passage.paper_id == paper_id("twin")
    assert hit.similarity == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"paper_id": "p000"}, "is not of paper"),
        ({"text": "Cats purr when they are conTent."}, "does not stand in its document"),
    ],
)
def test_passages_that_are_not_slices_are_refused(
    library: Library, change: dict[str, str], message: str
) -> None:
    document, passages = paper("new", CATS[1][0].text)
    with pytest.raises(ValueError, match=message):
        library.add([(document, [passages[0].model_copy(update=change)])])
    with pytest.raises(ValueError, match="two passages of one id"):
        library.add([(document, [*passages, *passages])])
    assert library.document_digest(document.paper.id) is None


def test_an_embedder_that_gives_nonsense_changes_nothing(tmp_path: Path) -> None:
    class Broken(HashEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return np.full((len(texts), self.dimension), np.nan, dtype=np.float32)

    with Library.open(tmp_path, Broken()) as library:
        with pytest.raises(ValueError, match="not finite"):
            library.add([CATS])
        assert library.papers() == []


def test_hits_tell_how_they_were_found(shelf: Library) -> None:
    best, *others = shelf.search(["cats purr when they are content"], limit=5)[0]
    assert best.passage == CATS[1][0]
    assert (best.bm25_rank, best.vector_rank) == (1, 1)
    assert best.score == pytest.approx(2 / 61)
    assert best.similarity == pytest.approx(1, abs=1e-3)
    assert all(hit.similarity is not None and -1 <= hit.similarity <= 1 for hit in others)
    assert [hit.score for hit in others] == sorted((hit.score for hit in others), reverse=True)


def test_vectors_of_passages_are_handed_out_again(library: Library, embedder: HashEmbedder) -> None:
    known, other = CATS[1][0].text, "Never added."
    [expected] = embedder.embed([known])
    embedder.asked.clear()
    found = library.vectors_of([known, other, known])
    assert list(found) == [known]
    assert np.allclose(found[known], expected, atol=1e-3)
    assert library.vectors_of([]) == {}
    assert embedder.asked == []


def test_a_batch_of_queries_is_embedded_once_and_answered_in_order(
    library: Library, embedder: HashEmbedder
) -> None:
    embedder.asked.clear()
    found = library.search(["salmon", " ", "strangers"], limit=1)
    assert [texts_of(hits) for hits in found] == [[FISH[1][0].text], [], [DOGS[1][0].text]]
    assert embedder.asked == ["salmon", "strangers"]
    assert library.search([], limit=3) == []
    assert library.search(["salmon"], limit=0) == [[]]


def test_search_stays_within_the_papers_asked_for(shelf: Library) -> None:
    def found(only: set[str] | None = None, without: Sequence[str] = ()) -> set[str]:
        [hits] = shelf.search(
            ["cats dogs salmon purr bark swim"], limit=10, paper_ids=only, exclude_papers=without
        )
        return {hit.passage.paper_id for hit in hits}

    cats, dogs, fish = map(paper_id, ("cats", "dogs", "fish"))
    assert found() == {cats, dogs, fish}
    assert found({cats, "p000"}) == {cats}
    assert found(without=[cats]) == {dogs, fish}
    assert found({cats, dogs}, [cats]) == {dogs}
    assert found(set()) == set()


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'; DROP TABLE papers; --",
        'purr" OR "bark',
        "NEAR(purr bark, 2)",
        "text:purr AND NOT title:bark",
        "purr* ^bark (",
        "🙂 🐈",
        "\x00 \u200b",
        "_ - + {} []",
        "e\u0301tude ﬁsh ２０２４",
        "of the and",
        "purr " * 5000,
        "字幕 кошка قطة",
    ],
)
def test_hostile_queries_are_only_words(shelf: Library, query: str) -> None:
    [hits] = shelf.search([query], limit=3)
    assert len(hits) == 3
    assert shelf.stats()["papers"] == 3


def test_accents_and_endings_do_not_matter(library: Library) -> None:
    library.add([paper("accents", "Un résumé of naïve Bayesian classifiers.")])
    for query in ("resume", "re\u0301sume\u0301", "RÉSUMÉ", "classifier", "classifying"):
        assert library.search([query], limit=1)[0][0].bm25_rank == 1, query


class ScatteredEmbedder(HashEmbedder):
    """A direction of its own for each text, so that no two passages are equally far."""

    model_id = "scattered"
    dimension = 32

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.extend(texts)
        seeds = [int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) for text in texts]
        rows = np.array(
            [np.random.default_rng(seed).normal(size=32) for seed in seeds], dtype=np.float32
        )
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows


def test_chroma_finds_nearly_all_that_the_exact_scan_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assignee.library.index.ANSWERS", 1000)
    embedder = ScatteredEmbedder()
    papers = [paper(f"n{n}", f"Number {n} is what paper {n * 7} counts.") for n in range(60)]
    queries = [f"what does number {n} count" for n in range(25)]

    def both_ways(library: Library) -> list[list[Hit]]:
        monkeypatch.setattr("assignee.library.library.EXACT_BELOW", 1000)
        exact = library.search(queries, limit=5)
        monkeypatch.setattr("assignee.library.library.EXACT_BELOW", 10)
        near = library.search(queries, limit=5)
        # Chroma's graph is approximate and built anew each time: a few neighbours may be missed.
        shared = [
            len(set(texts_of(e)) & set(texts_of(n))) for e, n in zip(exact, near, strict=True)
        ]
        assert sum(shared) >= 0.8 * sum(map(len, exact))
        return exact

    with Library.open(tmp_path, embedder) as library:
        library.add(papers)
        before = both_ways(library)
        library.remove([papers[17][0].paper.id])
        library.add([paper("n9", "Number 9 is what paper 63 counts, again.")])
        after = both_ways(library)
        assert after != before
        library.rebuild_index()
        assert both_ways(library) == after
    assert len(embedder.asked) == 61 + 6 * len(queries)


def test_a_passage_that_several_queries_find_is_told_apart_by_query(library: Library) -> None:
    alone = [library.search([query], limit=5)[0] for query in ("cats purr", "content cats")]
    assert library.search(["cats purr", "content cats"], limit=5) == alone


def test_records_are_kept_by_type_and_digest(library: Library) -> None:
    plan = Plan(subquestions=("Why?",), queries=("reasons",), planner="test")
    quote = Quote.cut(CATS[1][0], 0, 4)
    mention = Mention(text="Cats.", quote=quote, paper_id=quote.paper_id)
    digests = library.put([plan, mention])
    assert digests == [plan.digest(), mention.digest()]
    assert library.put([plan]) == digests[:1]
    assert library.stats()["records"] == 2
    assert library.get(Plan, [digests[0], digests[0]]) == [plan, plan]
    assert library.get(Mention, digests[1:]) == [mention]
    assert library.get(Plan, []) == []
    with pytest.raises(LibraryError, match=f"no Quote with digest '{digests[0]}'"):
        library.get(Quote, digests)


def test_many_threads_search_and_keep_while_one_adds(library: Library) -> None:
    start = threading.Barrier(5)

    def look(number: int) -> bool:
        start.wait()
        for turn in range(20):
            plan = Plan(subquestions=(), queries=(f"{number}-{turn}",), planner="test")
            [digest] = library.put([plan])
            assert library.get(Plan, [digest]) == [plan]
            assert library.search(["salmon swim"], limit=1)[0][0].passage == FISH[1][0]
        return True

    def extend() -> bool:
        start.wait()
        for number in range(10):
            library.add([paper(f"more{number}", f"Thought {number} about {number * 31} things.")])
        return True

    with ThreadPoolExecutor(5) as pool:
        work = [pool.submit(look, number) for number in range(4)] + [pool.submit(extend)]
        assert all(job.result() for job in work)
    assert library.stats()["papers"] == 13
    assert library.stats()["records"] == 80


def test_a_closed_library_says_so(tmp_path: Path, embedder: HashEmbedder) -> None:
    library = Library.open(tmp_path, embedder)
    library.close()
    library.close()
    with pytest.raises(LibraryError, match="closed"):
        library.papers()
    with pytest.raises(LibraryError, match="closed"):
        library.put([FISH[0].paper])


def test_an_empty_library_finds_nothing(tmp_path: Path, embedder: HashEmbedder) -> None:
    with Library.open(tmp_path, embedder) as library:
        assert library.search(["anything at all"], limit=5) == [[]]
        assert library.search(["anything"], limit=5, exclude_papers=["p000"]) == [[]]
        assert library.add([]) == AddResult(0, 0, 0, 0, 0)
        library.rebuild_index()
        assert library.remove([]) == 0
