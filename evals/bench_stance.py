"""How right the local judge's stance is on SciFact's development claims, cited abstract given.

    python -m assignee.evals.bench_stance --data DIR    # DIR holds claims_dev.jsonl, corpus.jsonl

SciFact (Wadden et al., EMNLP 2020; claims CC BY 4.0, abstracts ODC-By 1.0) comes from its authors'
repository. Every gold-cited pair of claim and abstract is one item; the abstract's strongest
sentence speaks for it, as in the verifier. The rules were not tuned on these claims.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from assignee.engines.embedder import Embedder
from assignee.engines.local.judge import LocalJudge
from assignee.engines.local.memory import Memory
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.protocol import Judgement, JudgeRequest
from assignee.reading.passages import split_passages
from assignee.records import Claim, Document, Paper, Passage, Quote, Section, Stance

STANCES: tuple[Stance, ...] = ("supports", "contradicts", "neutral")
GOLD: dict[str, Stance] = {"SUPPORT": "supports", "REFUTE": "contradicts"}
REPLICATES = 2000


class Item(NamedTuple):
    """One claim, one cited abstract, and what the annotators said of them."""

    claim: str
    document: str
    windows: tuple[Passage, ...]
    gold: Stance


def records(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def windows_of(doc_id: str, title: str, sentences: Sequence[str]) -> tuple[Passage, ...]:
    """The abstract as the library would split it."""
    text = " ".join(sentence.strip() for sentence in sentences)
    whole = Section(title="Abstract", start=0, end=len(text), kind="abstract")
    document = Document(
        paper=Paper(id=doc_id, title=title), text=text, sections=(whole,), basis="abstract"
    )
    return tuple(split_passages(document))


def items(folder: Path) -> list[Item]:
    """Every gold-cited pair of claim and abstract; without evidence the stance is neutral."""
    corpus = {str(row["doc_id"]): row for row in records(folder / "corpus.jsonl")}
    found = []
    for row in records(folder / "claims_dev.jsonl"):
        for doc_id in map(str, row["cited_doc_ids"]):
            evidence = row["evidence"].get(doc_id, [])
            gold = GOLD[evidence[0]["label"]] if evidence else "neutral"
            document = corpus[doc_id]
            windows = windows_of(doc_id, document["title"], document["abstract"])
            found.append(Item(row["claim"], doc_id, windows, gold))
    return found


def stance_of(judgements: Sequence[Judgement]) -> Stance:
    """The stance of the strongest window that takes one."""
    speaking = [j for j in judgements if j.stance != "neutral"]
    return max(speaking, key=lambda j: j.score).stance if speaking else "neutral"


async def judged(found: Sequence[Item]) -> list[Stance]:
    """What the local judge says of each item."""
    judge = LocalJudge(LocalRanker(Memory(Embedder())))
    requests = [JudgeRequest(claim=claim_of(item), windows=item.windows) for item in found]
    return [stance_of(result or []) for result in await judge.judge(requests)]


def claim_of(item: Item) -> Claim:
    """A claim record around the item's text; its quote plays no part in judging."""
    quote = Quote(passage_id="-", paper_id="-", start=0, end=1, text="-")
    return Claim(id="-", text=item.claim, quote=quote, paper_id="-", relevance=1.0)


def f1(gold: Sequence[Stance], said: Sequence[Stance], stance: Stance) -> float:
    """F1 of one class; 0 when it was never said rightly."""
    pairs = Counter((g == stance, s == stance) for g, s in zip(gold, said, strict=True))
    right, missed, wrong = pairs[True, True], pairs[True, False], pairs[False, True]
    return 2 * right / (2 * right + missed + wrong) if right else 0.0


def macro_f1(gold: Sequence[Stance], said: Sequence[Stance]) -> float:
    """Unweighted mean of the three classes' F1."""
    return float(np.mean([f1(gold, said, stance) for stance in STANCES]))


def interval(found: Sequence[Item], said: Sequence[Stance]) -> tuple[float, float]:
    """95 % interval of macro-F1 by bootstrap over documents, 2,000 replicates, seed 0."""
    groups: dict[str, list[int]] = {}
    for index, item in enumerate(found):
        groups.setdefault(item.document, []).append(index)
    members, draw = list(groups.values()), np.random.default_rng(0)
    values = []
    for _ in range(REPLICATES):
        chosen = [i for g in draw.integers(len(members), size=len(members)) for i in members[g]]
        values.append(macro_f1([found[i].gold for i in chosen], [said[i] for i in chosen]))
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="SciFact's folder")
    found = items(parser.parse_args().data)
    said = asyncio.run(judged(found))
    gold = [item.gold for item in found]
    low, high = interval(found, said)
    most = Counter(gold).most_common(1)[0][0]
    print(
        f"{len(found)} claim-abstract pairs, gold {dict(Counter(gold))}, said {dict(Counter(said))}"
    )
    print(f"macro-F1 {macro_f1(gold, said):.3f} [{low:.3f}, {high:.3f}]  "
          f"(always {most!r}: {macro_f1(gold, [most] * len(gold)):.3f})")  # fmt: skip
    for stance in STANCES:
        right = sum(g == s == stance for g, s in zip(gold, said, strict=True))
        times = said.count(stance)
        print(f"  {stance:12} F1 {f1(gold, said, stance):.3f}, precision "
              f"{right / times if times else 0:.3f} of {times}")  # fmt: skip


if __name__ == "__main__":
    main()
