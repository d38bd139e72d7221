"""Measures how well and how fast records are put together by work.

`python -m assignee.evals.bench_identity` prints precision and recall on the hand-made pairs of
`evals/identity/`, apart for the half that was read while the rules were made and the half that was
not, and seconds, precision and recall for 10,000 records of a seeded generator. `--misses` lists
the pairs of the first half that are answered wrongly.
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from assignee.identity.matching import same
from assignee.records import Hit, Paper, PaperIds

PAIRS = Path(__file__).resolve().parent / "identity" / "pairs.jsonl"
RECORDS = 10_000
MOST_SECONDS = 5.0


class Pair(NamedTuple):
    """Two records, and whether they are one work."""

    name: str
    split: str
    phenomenon: str
    same: bool
    hits: tuple[Hit, Hit]


class Figures(NamedTuple):
    """Shares of 1: of the links that were made, and of those that should be."""

    precision: float
    recall: float


def hit_of(record: dict[str, Any], source: str) -> Hit:
    """The record of a pair as a source would return it."""
    paper = Paper(
        id="",
        title=record["title"],
        authors=tuple(record["authors"]),
        year=record["year"],
        venue=record.get("venue"),
        publication_status=record.get("status", "unknown"),
        ids=PaperIds(**record.get("ids", {})),
    )
    related = tuple(PaperIds(**ids) for ids in record.get("related", ()))
    return Hit(source=source, paper=paper, kind=record.get("kind", "article"), related=related)


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """The hand-made pairs."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Pair(
            row["id"],
            row["split"],
            row["phenomenon"],
            row["same"],
            (hit_of(row["a"], "Crossref"), hit_of(row["b"], "OpenAlex")),
        )
        for row in rows
    ]


def answer(pair: Pair) -> bool:
    """Whether the program takes the two for one work."""
    return len(same(pair.hits).groups) == 1


def pair_figures(pairs: Iterable[Pair]) -> Figures:
    """Precision and recall of "one work" over the pairs."""
    counts = Counter((pair.same, answer(pair)) for pair in pairs)
    found = counts[True, True]
    return Figures(
        precision=found / max(1, found + counts[False, True]),
        recall=found / max(1, found + counts[True, False]),
    )


def link_figures(found: Sequence[int], true: Sequence[int]) -> Figures:
    """Precision and recall over all pairs of records, from each record's group and true work."""
    both = _linked(Counter(zip(found, true, strict=True)).values())
    made, meant = _linked(Counter(found).values()), _linked(Counter(true).values())
    return Figures(precision=both / max(1, made), recall=both / max(1, meant))


def _linked(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _named(given: str, last: str, source: str) -> str:
    """The name as that source writes names."""
    if source == "Europe PMC":
        return f"{last} {given[0]}"
    return f"{given[0]}. {last}" if source == "Semantic Scholar" else f"{given} {last}"


class Generator:
    """Works of one field, whose titles share words, and their records in several sources."""

    SUBJECTS = (
        "attention retrieval pruning distillation calibration alignment tokenisation sampling "
        "memory planning translation summarisation reasoning grounding dialogue parsing tagging "
        "routing caching quantisation scaling transfer forgetting robustness fairness privacy"
    ).split()
    KINDS = (
        "large small sparse dense neural causal latent modular recurrent multilingual clinical "
        "legal visual spoken historical adaptive federated continual hierarchical probabilistic"
    ).split()
    THINGS = (
        "language models|knowledge graphs|question answering|dialogue agents|code generation|"
        "speech recognition|document search|medical records|image captions|time series|"
        "recommender systems|theorem provers|search engines|protein sequences|sensor networks"
    ).split("|")
    FRAMES: tuple[Callable[[str, str, str, str], str], ...] = (
        lambda a, b, k, t: f"{a.title()} and {b} in {k} {t}",
        lambda a, b, k, t: f"Towards {k} {a} for {t}: the role of {b}",
        lambda a, b, k, t: f"On the {a} of {k} {t} under {b}",
        lambda a, b, k, t: f"Does {a} help {b}? Evidence from {k} {t}",
        lambda a, b, k, t: f"{k.title()} {t} need {a} before {b}",
    )
    SURNAMES = (
        "Wang Li Zhang Smith Müller Garcia-Lopez Kim Chen Novak Rossi Tanaka Okafor Silva Ivanov "
        "Andersson Dubois Yilmaz Nguyen Patel Haddad Kowalski O'Brien Jensen Costa Popescu Ali"
    ).split()
    GIVEN = (
        "Wei Anna Jan Maria Tariq Yuki Chidi Elena Lars Mei John Olga Amir Sofia Tom Ravi".split()
    )

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - records, no secrets

    def records(self, count: int) -> tuple[list[Hit], list[int]]:
        """So many records in random order, and the number of each one's work."""
        made: list[tuple[Hit, int]] = []
        work = 0
        while len(made) < count:
            made += [(hit, work) for hit in self._work(work)]
            work += 1
        made = made[:count]
        self._random.shuffle(made)
        return [hit for hit, _ in made], [number for _, number in made]

    def _work(self, number: int) -> list[Hit]:
        """One work as a preprint, an article or both, in one to five records."""
        draw = self._random
        first, second = draw.sample(self.SUBJECTS, 2)
        title = draw.choice(self.FRAMES)(
            first, second, draw.choice(self.KINDS), draw.choice(self.THINGS)
        )
        people = [
            (draw.choice(self.GIVEN), draw.choice(self.SURNAMES)) for _ in range(draw.randint(1, 6))
        ]
        year = draw.randint(2015, 2024)
        preprint, article = draw.choice([(True, False), (False, True), (True, True)])
        arxiv = f"{year % 100:02d}{number % 12 + 1:02d}.{number:05d}" if preprint else None
        doi = f"10.5555/bench.{number}" if article else None
        printed = year + draw.choice((0, 1, 1, 2)) if preprint and article else year
        records = [
            ("arXiv", PaperIds(arxiv=arxiv), year, bool(preprint)),
            ("Crossref", PaperIds(doi=doi), printed, bool(article)),
            ("OpenAlex", PaperIds(openalex=f"W{number}", doi=doi), printed, draw.random() < 0.7),
            ("Semantic Scholar", PaperIds(s2=f"{number:040x}", arxiv=arxiv), printed, True),
            ("Europe PMC", PaperIds(pmid=str(10**7 + number)), printed, draw.random() < 0.3),
        ]
        return [
            self._record(source, title, people, published, ids)
            for source, ids, published, there in records
            if there
        ]

    def _record(
        self, source: str, title: str, people: list[tuple[str, str]], year: int, ids: PaperIds
    ) -> Hit:
        paper = Paper(
            id="",
            title=self._retold(title),
            authors=tuple(_named(given, last, source) for given, last in people),
            year=year,
            ids=ids,
            publication_status="preprint" if source == "arXiv" else "unknown",
        )
        return Hit(source=source, paper=paper)

    def _retold(self, title: str) -> str:
        """The title as another service might write it."""
        retold = self._random.choice(
            (str, str, str.title, str.lower, str.upper, lambda text: text + ".", self._mistyped)
        )
        return str(retold(title))

    def _mistyped(self, title: str) -> str:
        """A letter doubled inside of a long word."""
        words = title.split()
        place = max(range(len(words)), key=lambda index: len(words[index]))
        middle = len(words[place]) // 2
        words[place] = words[place][:middle] + words[place][middle - 1 :]
        return " ".join(words)


class Cost(NamedTuple):
    """What one call took."""

    wall: float
    cpu: float
    """Seconds of computing: hardly disturbed by what else the machine does."""


def speed(seed: int) -> tuple[Cost, Figures]:
    """The cost of 10,000 records that were not seen before, and the figures on them."""
    hits, true = Generator(seed).records(RECORDS)
    wall, cpu = time.perf_counter(), time.process_time()
    works = same(hits)
    cost = Cost(time.perf_counter() - wall, time.process_time() - cpu)
    found = [0] * len(hits)
    for number, group in enumerate(works.groups):
        for place in group:
            found[place] = number
    return cost, link_figures(found, true)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--misses", action="store_true", help="list what is wrong in the dev half")
    parser.add_argument("--split", choices=("dev", "test", "both"), default="both")
    arguments = parser.parse_args()
    pairs = read_pairs()
    for split in ("dev", "test"):
        if arguments.split in (split, "both"):
            chosen = [pair for pair in pairs if pair.split == split]
            figures = pair_figures(chosen)
            print(
                f"{len(chosen)} pairs, {split}: precision {figures.precision:.3f}, "
                f"recall {figures.recall:.3f}"
            )
    if arguments.misses:
        for pair in pairs:
            if pair.split == "dev" and answer(pair) is not pair.same:
                titles = " | ".join(hit.paper.title for hit in pair.hits)
                print(f"  {pair.name} {pair.phenomenon}, one work: {pair.same}: {titles}")
    cost, figures = speed(arguments.seed)
    print(
        f"{RECORDS:,} generated records: {cost.wall:.2f} s, {cost.cpu:.2f} s of them "
        f"computing (at most {MOST_SECONDS:.0f} s), "
        f"precision {figures.precision:.4f}, recall {figures.recall:.4f}"
    )


if __name__ == "__main__":
    main()
