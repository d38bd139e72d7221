"""Trains the stance model: (claim, evidence window) -> supports, contradicts, neutral; relevance.

    python training/train_stance.py --data DIR --work DIR [--name NAME]

Three stages: general entailment; everything together; judged claims once more. What is done is kept
in the work folder and not repeated. See training/README.md for the data and the times.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import corpora
import numpy as np
import science
import torch
from corpora import CONTRADICTS, NEUTRAL, SUPPORTS, Judged, Pair
from network import (
    HIDDEN,
    Encoded,
    PairNetwork,
    Schedule,
    encoder,
    mean,
    padded,
    seeded,
    tokenizer,
    train,
)
from numpy.typing import NDArray
from science import NOT_SUPPORTED, Abstract
from torch import Tensor, nn

MAX_TOKENS = 144
NLI_TOKENS = 96
GENERAL = ("mnli_dev", "snli_dev", "fever_dev")
PERMISSIVE = ("mnli_dev",)
NLI_SCHEDULE = Schedule(epochs=1, rate=1e-4)
MADE_SENTENCES = (2_500, 2_500)
"""Sentences taken of SciFact's corpus and of the arXiv abstracts."""
UNDECIDED = 4_000
"""FEVER's claims beside the evidence of others."""
MIXED_SCHEDULE = Schedule(epochs=1, rate=8e-5)
NLI_REPEATED = 6_000
CITED = 800
JUDGED_SCHEDULE = Schedule(epochs=1, rate=5e-5)
ALLOWED = {
    SUPPORTS: (SUPPORTS,),
    CONTRADICTS: (CONTRADICTS,),
    NEUTRAL: (NEUTRAL,),
    NOT_SUPPORTED: (CONTRADICTS, NEUTRAL),
}


def encoded(pairs: Sequence[Pair], source: Path, max_tokens: int) -> list[Encoded]:
    """Every pair as [CLS] claim [SEP] evidence [SEP]."""
    found = tokenizer(source, max_tokens).encode_batch([(p.claim, p.evidence) for p in pairs])
    return [Encoded(index, one.ids, one.type_ids) for index, one in enumerate(found)]


class PairLoss:
    """Cross-entropy of the stance, and of relevance where it is known.

    Of a pair that is only known not to be supported, the two other stances share the target.
    """

    def __init__(self, pairs: Sequence[Pair], relevance_weight: float = 0.3) -> None:
        self.targets = torch.zeros(len(pairs), 3)
        for row, pair in enumerate(pairs):
            self.targets[row, list(ALLOWED[pair.stance])] = 1
        self.relevant = torch.tensor([pair.relevant for pair in pairs])
        self.weight = relevance_weight

    def __call__(self, logits: Tensor, batch: Sequence[Encoded]) -> Tensor:
        """The loss of one batch."""
        index = torch.tensor([one.index for one in batch])
        allowed = (logits[:, :3].softmax(1) * self.targets[index]).sum(1)
        loss = -allowed.clamp(min=1e-6).log().mean()
        relevant = self.relevant[index]
        known = ~relevant.isnan()
        if known.any():
            loss = loss + self.weight * nn.functional.binary_cross_entropy_with_logits(
                logits[known, 3], relevant[known]
            )
        return loss


def train_nli(data: Path, source: Path, out: Path, sets: Sequence[str]) -> Path:
    """The first stage: one epoch of the general sets."""
    if not out.exists():
        shuffler = seeded()
        pairs = corpora.nli(data / "nli", sets)
        network = PairNetwork(encoder(source))
        train(network, encoded(pairs, source, NLI_TOKENS), PairLoss(pairs), NLI_SCHEDULE, shuffler)
        torch.save(network.state_dict(), out)
    return out


def abstracts(data: Path) -> tuple[list[Abstract], list[Abstract]]:
    """SciFact's corpus without what its development claims cite, and the arXiv abstracts."""
    unseen = corpora.cited_in_development(data / "scifact")
    scifact = [
        Abstract(f"scifact:{row['doc_id']}", row["title"], tuple(map(str.strip, row["abstract"])))
        for row in corpora.rows(data / "scifact/corpus.jsonl")
        if str(row["doc_id"]) not in unseen
    ]
    arxiv = [
        Abstract(row["id"], row["title"], tuple(sentences(row["abstract"])))
        for row in corpora.rows(data / "arxiv_abstracts/background_arxiv_cc0.jsonl.gz")
    ]
    return scifact, arxiv


def sentences(text: str) -> list[str]:
    """Sentences by a plain rule; training data need no better one."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", " ".join(text.split()))


def made_pairs(data: Path, shuffler: random.Random) -> list[Pair]:
    """Statements made from abstracts."""
    found: list[Pair] = []
    for papers, count in zip(abstracts(data), MADE_SENTENCES, strict=True):
        related = science.Related(papers)
        found += science.titled_pairs(papers, related, shuffler)
        found += science.sentence_pairs(papers, related, shuffler, count)
    return found


def judged_pairs(data: Path, source: Path, shuffler: random.Random, *, covid: bool) -> list[Pair]:
    """What annotators judged."""
    embed = Embedding(source)
    scifact = taught(corpora.scifact(data / "scifact", "train"))
    found = science.judged_pairs(scifact, embed, shuffler, source="scifact")
    if covid:
        judged = taught(corpora.check_covid(data / "check_covid", "train"))
        found += science.judged_pairs(judged, embed, shuffler, source="check-covid")
    cited = corpora.scifact(data / "citation_integrity", "train", "citation-integrity")
    return found + science.cited_pairs(shuffler.sample(cited, CITED), embed)


def taught(judged: Sequence[Judged]) -> list[Judged]:
    """Without the documents that fit_aggregation.py uses: what is fitted there was not seen."""
    return [one for one in judged if not corpora.kept_back(one.document)]


class Embedding:
    """Sentence vectors by the published encoder: the mean of the token vectors at unit length."""

    def __init__(self, source: Path) -> None:
        self.network = encoder(source).eval()
        self.tokenizer = tokenizer(source, 96)

    @torch.no_grad()
    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, (texts, HIDDEN)."""
        found = np.zeros((len(texts), HIDDEN), np.float32)
        codes = self.tokenizer.encode_batch(list(texts))
        order = sorted(range(len(codes)), key=lambda row: len(codes[row].ids))
        for start in range(0, len(order), 32):
            chosen = order[start : start + 32]
            batch = [Encoded(row, codes[row].ids, codes[row].type_ids) for row in chosen]
            ids, types, mask = padded(batch)
            states = self.network(ids, token_type_ids=types, attention_mask=mask).last_hidden_state
            found[chosen] = nn.functional.normalize(mean(states, mask)).numpy()
        return found


def train_more(
    before: Path, out: Path, pairs: Sequence[Pair], source: Path, schedule: Schedule
) -> None:
    """Goes on from one file's weights to another's."""
    network = PairNetwork(encoder(source))
    network.load_state_dict(torch.load(before, weights_only=True))
    counts = Counter((pair.source, pair.stance) for pair in pairs)
    print(out.name, len(pairs), "pairs:", dict(sorted(counts.items())))
    codes = encoded(pairs, source, MAX_TOKENS)
    print("tokens:", sum(len(one.ids) for one in codes))
    train(network, codes, PairLoss(pairs), schedule, seeded())
    torch.save(network.state_dict(), out)


def main() -> None:
    """Runs what is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--without-share-alike", action="store_true", help="no SNLI, no FEVER")
    parser.add_argument("--without-check-covid", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    data, source, covid = options.data, options.source, not options.without_check_covid
    sets, name = (PERMISSIVE, "permissive") if options.without_share_alike else (GENERAL, "stance")
    general = train_nli(data, source, options.work / f"{name}-nli.pt", sets)
    name = name if covid else f"{name}-without-check-covid"
    mixed, last = options.work / f"{name}-mixed.pt", options.work / f"{name}.pt"
    shuffler = seeded()
    entailment = corpora.nli(data / "nli", sets)
    judged = judged_pairs(data, source, shuffler, covid=covid)
    if not mixed.exists():
        undecided = science.undecided_pairs(entailment, shuffler, UNDECIDED)
        pairs = entailment + undecided + made_pairs(data, shuffler) + judged
        train_more(general, mixed, pairs, source, MIXED_SCHEDULE)
    if not last.exists():
        pairs = judged + seeded().sample(entailment, NLI_REPEATED)
        train_more(mixed, last, pairs, source, JUDGED_SCHEDULE)


if __name__ == "__main__":
    main()
