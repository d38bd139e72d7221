"""Trains the role model: what each sentence of an abstract does there, one of five roles.

    python training/train_roles.py --data DIR --work DIR --source DIR

The whole abstract is read at once, each sentence closed by [SEP], whose vector tells the role (as
Cohan et al., EMNLP 2019, do). See training/README.md.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from corpora import rows
from network import HIDDEN, Encoded, Schedule, encoder, padded, seeded, tokenizer, train
from torch import Tensor, nn
from transformers import BertModel

ROLES = ("background", "objective", "method", "result", "other")
SENTENCE_TOKENS = 64
MAX_TOKENS = 512
START, SEPARATOR = 101, 102
SCHEDULE = Schedule(epochs=3, rate=1e-4)
UNLABELLED = -100


class RoleNetwork(nn.Module):
    """The encoder and one linear layer over every token; (batch, tokens, 5)."""

    def __init__(self, base: BertModel) -> None:
        super().__init__()
        self.encoder = base
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(HIDDEN, len(ROLES))

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """All are (batch, tokens); types are 0."""
        states = self.encoder(
            input_ids=ids, token_type_ids=types, attention_mask=mask
        ).last_hidden_state
        found: Tensor = self.out(self.drop(states))
        return found


def encoded(abstracts: Sequence[Sequence[str]], source: Path) -> list[Encoded]:
    """[CLS] and then every sentence with its [SEP]; what is beyond the limit is left out."""
    words = tokenizer(source, SENTENCE_TOKENS)
    found = []
    for index, sentences in enumerate(abstracts):
        ids = [START]
        for one in words.encode_batch(list(sentences)):
            ids += one.ids[1:]
        found.append(Encoded(index, ids[:MAX_TOKENS], [0] * min(len(ids), MAX_TOKENS)))
    return found


class RoleLoss:
    """Cross-entropy at the sentences' ends."""

    def __init__(self, labels: Sequence[Sequence[str]]) -> None:
        self.labels = [[ROLES.index(label) for label in one] for one in labels]

    def __call__(self, logits: Tensor, batch: Sequence[Encoded]) -> Tensor:
        """The mean over the sentences of one batch."""
        targets = torch.full(logits.shape[:2], UNLABELLED)
        for row, one in enumerate(batch):
            ends = [place for place, token in enumerate(one.ids) if token == SEPARATOR]
            labels = self.labels[one.index][: len(ends)]
            targets[row, ends] = torch.tensor(labels)
        return nn.functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=UNLABELLED, label_smoothing=0.05
        )


@torch.no_grad()
def accuracy(
    network: RoleNetwork, abstracts: list[Encoded], labels: Sequence[Sequence[str]]
) -> float:
    """Share of sentences whose role is right; sentences beyond the limit count as wrong."""
    right = 0
    for one in abstracts:
        logits = network(*padded([one]))[0]
        ends = [place for place, token in enumerate(one.ids) if token == SEPARATOR]
        found = [ROLES[int(row)] for row in logits[ends].argmax(1)]
        right += sum(a == b for a, b in zip(found, labels[one.index], strict=False))
    return right / sum(map(len, labels))


def main() -> None:
    """Trains, and prints the accuracy on the development set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    shuffler = seeded()
    sets = {
        name: list(rows(options.data / f"csabstruct/{name}.jsonl")) for name in ("train", "dev")
    }
    codes = {
        name: encoded([row["sentences"] for row in found], options.source)
        for name, found in sets.items()
    }
    network = RoleNetwork(encoder(options.source))
    loss = RoleLoss([row["labels"] for row in sets["train"]])
    train(network, codes["train"], loss, SCHEDULE, shuffler)
    torch.save(network.state_dict(), options.work / "roles.pt")
    labels = [row["labels"] for row in sets["dev"]]
    print(f"dev accuracy {accuracy(network, codes['dev'], labels):.4f}")


if __name__ == "__main__":
    main()
