"""Measures the library: ingestion beside the bare embedder, hybrid search, and ranking on SciFact.

`python -m assignee.evals.bench_library` times synthetic texts of a seeded generator;
`--data DIR` adds nDCG@10 on BEIR SciFact, whose files are `DIR/corpus.jsonl` and `DIR/beir/`.
"""

import argparse
import json
import math
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np

from assignee.library import EmbedderProtocol, Library
from assignee.library.index import Index
from assignee.library.search import bm25, fuse, keyword_ranking
from assignee.library.store import Store
from assignee.library.terms import STOPWORDS, Stemmer, frequencies, rarest
from assignee.library.vectors import Floats, Matrix, Scope
from assignee.records import Document, Paper, Passage, Section

Item = tuple[Document, list[Passage]]

SEARCH_PASSAGES = 20_000
SEARCH_QUERIES = 200
INGEST_PASSAGES = 1_000
"""A round; about 8 s of embedding on two cores, so that fixed costs weigh as they do in use."""
INGEST_ROUNDS = 2
PASSAGES_A_PAPER = 20
WORDS_A_PASSAGE = 80
"""About 150 word pieces: made-up words fall into two or three."""
DEPTH = 100
CUTOFF = 10


class Row(NamedTuple):
    """One line of the printed table."""

    what: str
    value: str
    target: str = ""


class Generator:
    """Papers of made-up words whose frequencies fall as Zipf's law has it; stopwords come first."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - texts, no secrets
        syllables = [c + v for c in "bdfgklmnprstvz" for v in ("a", "e", "i", "o", "u", "en", "ar")]
        made_up = {"".join(self._random.choices(syllables, k=3)) for _ in range(20_000)}
        self._words = sorted(STOPWORDS) + sorted(made_up)
        self._weights = [1 / rank for rank in range(1, len(self._words) + 1)]

    def sentence(self, words: int) -> str:
        """A sentence of that many words."""
        drawn = self._random.choices(self._words, self._weights, k=words)
        return " ".join(drawn).capitalize() + "."

    def papers(self, count: int, *, label: str) -> list[Item]:
        """That many papers of 20 passages each."""
        return [self._paper(f"{label}-{number}") for number in range(count)]

    def _paper(self, name: str) -> Item:
        sentences_a_passage = WORDS_A_PASSAGE // 20
        texts = [
            " ".join(self.sentence(20) for _ in range(sentences_a_passage))
            for _ in range(PASSAGES_A_PAPER)
        ]
        return item(name, self.sentence(9), texts)


def item(name: str, title: str, texts: Sequence[str]) -> Item:
    """A paper of these passages, with a blank line between them."""
    paper = Paper(id=Paper.make_id("paper", name), title=title)
    text = "\n\n".join(texts)
    passages, start = [], 0
    for part in texts:
        end = start + len(part)
        passages.append(
            Passage(
                id=f"{paper.id}:{start}-{end}",
                paper_id=paper.id,
                section="Text",
                text=part,
                start=start,
                end=end,
                basis="abstract",
            )
        )
        start = end + 2
    section = Section(title="Text", start=0, end=len(text))
    return Document(paper=paper, text=text, sections=(section,), basis="abstract"), passages


class TimedEmbedder:
    """The real embedder with a clock; while `random` is set, seeded vectors stand in for it.

    Filling 20,000 passages with real vectors takes minutes and changes no search's duration.
    """

    def __init__(self, inner: EmbedderProtocol) -> None:
        self._inner = inner
        self.model_id = inner.model_id
        self.dimension = inner.dimension
        self.random: np.random.Generator | None = None
        self.seconds: list[float] = []

    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit rows, one a text."""
        if self.random is not None:
            rows = self.random.normal(size=(len(texts), self.dimension)).astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            return rows
        began = time.perf_counter()
        rows = self._inner.embed(texts)
        self.seconds.append(time.perf_counter() - began)
        return rows


class Cost(NamedTuple):
    """What one call took."""

    wall: float
    cpu: float
    """Seconds of all threads together: hardly disturbed by what else the machine does."""


def cost(action: Callable[..., object], *arguments: object, **options: object) -> Cost:
    """Seconds that one call takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    action(*arguments, **options)
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def ingestion(embedder: EmbedderProtocol, folder: Path) -> list[Row]:
    """Passages a second into a library, beside the bare embedder on the same texts.

    Both are measured in turn, round by round, so that a busy machine slows both; Chroma's import
    belongs to opening, not to the rate.
    """
    generator = Generator(1)
    embedder.embed(["warm up"])
    bare: list[Cost] = []
    whole: list[Cost] = []
    with Library.open(folder, embedder) as library:
        library.add(generator.papers(1, label="warm"))
        for number in range(INGEST_ROUNDS):
            papers = generator.papers(INGEST_PASSAGES // PASSAGES_A_PAPER, label=f"r{number}")
            texts = [passage.text for _, passages in papers for passage in passages]
            bare.append(cost(embedder.embed, texts))
            whole.append(cost(library.add, papers))
    total = INGEST_PASSAGES * INGEST_ROUNDS
    bare_wall, bare_cpu = map(sum, zip(*bare, strict=True))
    wall, cpu = map(sum, zip(*whole, strict=True))
    return [
        Row("bare embedder", f"{total / bare_wall:.0f} passages/s"),
        Row("ingestion", f"{total / wall:.0f} passages/s"),
        Row("ingestion / bare", f"{bare_wall / wall:.1%}", ">= 90%"),
        Row("  the same in CPU time", f"{bare_cpu / cpu:.1%}"),
    ]


def searching(embedder: EmbedderProtocol, folder: Path) -> list[Row]:
    """Milliseconds a hybrid search, over everything and among twelve papers."""
    generator = Generator(2)
    timed = TimedEmbedder(embedder)
    timed.random = np.random.default_rng(3)
    papers = generator.papers(SEARCH_PASSAGES // PASSAGES_A_PAPER, label="s")
    queries = [generator.sentence(14) for _ in range(SEARCH_QUERIES)]
    some = [document.paper.id for document, _ in papers[:12]]
    with Library.open(folder, timed) as library:
        fill = cost(library.add, papers)
        timed.random = None
        library.search(queries[:1], limit=10)
        library.search(queries[:1], limit=10, paper_ids=some)
        timed.seconds.clear()
        everything = [cost(library.search, [q], limit=10) for q in queries]
        embedding = timed.seconds.copy()
        among = [cost(library.search, [q], limit=10, paper_ids=some) for q in queries]
        batch = cost(library.search, queries[:24], limit=24, paper_ids=some)
    with Library.open(folder, timed, mode="read") as reader:
        reader.search(queries[:1], limit=10)
        exact = [cost(reader.search, [q], limit=10) for q in queries]
    return [
        Row(
            "stored and indexed without embedding", f"{SEARCH_PASSAGES / fill.wall:.0f} passages/s"
        ),
        Row(
            "hybrid search over 20,000 passages",
            spread([c.wall for c in everything]),
            "<= 30 ms median",
        ),
        Row("  the same in CPU time", spread([c.cpu for c in everything])),
        Row("  of which the query's embedding", spread(embedding)),
        Row("hybrid search among 12 papers of them", spread([c.wall for c in among])),
        Row("24 queries in one call among 12 papers", f"{batch.wall * 1000:.0f} ms"),
        Row("hybrid search by a reader (exact vectors)", spread([c.wall for c in exact])),
        Row("opening it again for reading", f"{reopening(folder, timed) * 1000:.0f} ms"),
    ]


def reopening(folder: Path, embedder: EmbedderProtocol) -> float:
    """Seconds to open and close a filled library."""

    def once() -> None:
        Library.open(folder, embedder, mode="read").close()

    return min(cost(once).wall for _ in range(3))


def spread(times: Sequence[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    p95 = statistics.quantiles(times, n=20)[-1]
    return f"{statistics.median(times) * 1000:.1f} ms median, {p95 * 1000:.1f} p95"


class SciFact(NamedTuple):
    """BEIR's SciFact: titles and abstracts, queries, and which documents answer them."""

    papers: list[Item]
    queries: dict[str, str]
    relevant: dict[str, set[str]]
    """Query id to paper ids."""


def scifact(data: Path, split: str) -> SciFact:
    """Read the corpus, each document's title and abstract as one passage, and one split."""
    papers, ids = [], {}
    for line in (data / "corpus.jsonl").read_text().splitlines():
        row = json.loads(line)
        papers.append(
            item(str(row["doc_id"]), row["title"], [row["title"] + " " + " ".join(row["abstract"])])
        )
        ids[str(row["doc_id"])] = papers[-1][0].paper.id
    relevant: dict[str, set[str]] = {}
    for line in (data / "beir" / f"qrels_{split}.tsv").read_text().splitlines():
        fields = line.split()
        if fields[0].isdigit() and int(fields[-1]) > 0:
            relevant.setdefault(fields[0], set()).add(ids[fields[-2]])
    texts = map(json.loads, (data / "beir" / "queries.jsonl").read_text().splitlines())
    return SciFact(papers, {q["_id"]: q["text"] for q in texts if q["_id"] in relevant}, relevant)


def ndcg(ranking: Sequence[str], relevant: set[str]) -> float:
    """nDCG at 10 with binary gains (Järvelin and Kekäläinen, 2002)."""
    gains = [
        1 / math.log2(place + 1)
        for place, id_ in enumerate(ranking[:CUTOFF], start=1)
        if id_ in relevant
    ]
    best = sum(1 / math.log2(place + 1) for place in range(1, min(len(relevant), CUTOFF) + 1))
    return sum(gains) / best


def ranking_quality(
    embedder: EmbedderProtocol, folder: Path, *, data: Path, split: str
) -> list[Row]:
    """nDCG@10 of each ranking by itself and fused, on one split of SciFact."""
    collection = scifact(data, split)
    with Library.open(folder, embedder) as library:
        library.add(collection.papers)
        fused = library.search(list(collection.queries.values()), limit=CUTOFF)
    runs = single_rankings(embedder, folder, collection.queries)
    runs["Library.search"] = {
        query: [hit.passage.id for hit in hits]
        for query, hits in zip(collection.queries, fused, strict=True)
    }
    recall = chroma_recall(embedder, folder, list(collection.queries.values()))
    return [
        *(
            Row(f"SciFact {split}, nDCG@10: {name}", f"{mean_ndcg(run, collection):.3f}")
            for name, run in runs.items()
        ),
        Row("Chroma's share of the exact nearest 100", f"{recall:.3f}"),
    ]


def single_rankings(
    embedder: EmbedderProtocol, folder: Path, queries: Mapping[str, str]
) -> dict[str, dict[str, list[str]]]:
    """Rankings by all terms, by the pruned ones, by exact vectors, and the last two fused."""
    scope = Scope()
    rows = embedder.embed(list(queries.values()))
    runs: dict[str, dict[str, list[str]]] = {
        name: {} for name in ("BM25, all terms", "BM25, pruned", "vectors", "fused")
    }
    store, stemmer = Store(folder / "library.sqlite3", writable=False), Stemmer()
    with closing(store), closing(stemmer), store.reading() as connection:
        matrix = Matrix.load(
            connection, generation=0, model=embedder.model_id, dimension=embedder.dimension
        )
        nearest = matrix.nearest(rows, limit=DEPTH, scope=scope)
        for (id_, text), by_meaning in zip(queries.items(), nearest, strict=True):
            terms = stemmer.terms(text)
            present = rarest(terms, frequencies(connection, terms), limit=len(terms))
            pruned = keyword_ranking(connection, terms, limit=DEPTH, scope=scope)
            runs["BM25, all terms"][id_] = bm25(
                connection, present, candidates=present, limit=DEPTH, scope=scope
            )
            runs["BM25, pruned"][id_] = pruned
            runs["vectors"][id_] = by_meaning
            runs["fused"][id_] = [hit.id for hit in fuse([pruned, by_meaning])]
    return runs


def mean_ndcg(run: Mapping[str, Sequence[str]], collection: SciFact) -> float:
    """The mean over the queries; a passage counts as its paper."""
    return statistics.fmean(
        ndcg([passage.split(":")[0] for passage in run[query]], relevant)
        for query, relevant in collection.relevant.items()
    )


def chroma_recall(embedder: EmbedderProtocol, folder: Path, queries: Sequence[str]) -> float:
    """Share of the exact nearest 100 passages that Chroma finds too."""
    rows = embedder.embed(queries)
    model, dimension = embedder.model_id, embedder.dimension
    store = Store(folder / "library.sqlite3", writable=False)
    index = Index(folder / "chroma", model=model, dimension=dimension)
    with closing(store), closing(index), store.reading() as connection:
        matrix = Matrix.load(connection, generation=0, model=model, dimension=dimension)
        exact = matrix.nearest(rows, limit=DEPTH, scope=Scope())
        index.open()
        found = index.nearest(rows, limit=DEPTH)
    return statistics.fmean(
        len(set(near) & set(ids)) / len(near) for near, ids in zip(exact, found, strict=True)
    )


def show(rows: Sequence[Row]) -> None:
    """Print the rows as a part of the table."""
    for row in rows:
        print(f"{row.what:<45}  {row.value:<28}  {row.target}".rstrip(), flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of SciFact: corpus.jsonl and beir/")
    parser.add_argument("--split", choices=("test", "train"), default="test")
    arguments = parser.parse_args()
    from assignee.engines.embedder import Embedder

    embedder = Embedder()
    with tempfile.TemporaryDirectory() as folder:
        show(ingestion(embedder, Path(folder) / "ingestion"))
        show(searching(embedder, Path(folder) / "search"))
        if arguments.data is not None:
            show(
                ranking_quality(
                    embedder, Path(folder) / "scifact", data=arguments.data, split=arguments.split
                )
            )


if __name__ == "__main__":
    main()
