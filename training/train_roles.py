"""Trains the role model: what each sentence of an abstract does there, one of five roles.

    python training/train_roles.py --data DIR --work DIR --source DIR

The whole abstract is read at once, each sentence closed by [SEP] (as Cohan et al., EMNLP 2019, do);
the mean over a sentence's tokens tells its role. See training/README.md.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from corpora import Told, cited_in_development, cs_abstracts, headed_abstracts
from network import HIDDEN, Encoded, Schedule, encoder, padded, seeded, tokenizer, train
from torch import Tensor, nn
from transformers import BertModel

ROLES = ("background", "objective", "method", "result", "other")
SENTENCE_TOKENS = 64
MAX_TOKENS = 512
START, SEPARATOR = 101, 102
FIRST = Schedule(epochs=1, rate=1e-4, batch_tokens=1536)
"""On abstracts with headings and on CSAbstruct; then on CSAbstruct alone."""
SECOND = Schedule(epochs=3, rate=8e-5, batch_tokens=1536)


class RoleNetwork(nn.Module):
    """The encoder and one linear layer over every token; (batch, tokens, 5)."""

    def __init__(self, base: BertModel) -> None:
        super().__init__()
        self.encoder = base
        # Where in the abstract a sentence stands says much about its role.
        base.embeddings.position_embeddings.weight.requires_grad = True
        self.drop = nn.Dropout(0.2)
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


def sentence_logits(logits: Tensor, ids: Sequence[int]) -> Tensor:
    """Means over each sentence's tokens and its [SEP]: (tokens, 5) -> (sentences, 5)."""
    ends = [place for place, token in enumerate(ids) if token == SEPARATOR]
    starts = [1, *(end + 1 for end in ends)]
    return torch.stack(
        [logits[start : end + 1].mean(0) for start, end in zip(starts, ends, strict=False)]
    )


class RoleLoss:
    """Cross-entropy of sentences, each weighing as much as its label is to be believed."""

    def __init__(self, abstracts: Sequence[Told]) -> None:
        self.roles = [torch.tensor([ROLES.index(role) for role in one.roles]) for one in abstracts]
        self.weights = [0.3 + 0.7 * torch.tensor(one.weights) for one in abstracts]

    def __call__(self, logits: Tensor, batch: Sequence[Encoded]) -> Tensor:
        """The weighted mean over the sentences of one batch."""
        losses, weights = [], []
        for row, one in enumerate(batch):
            found = sentence_logits(logits[row], one.ids)
            losses.append(
                nn.functional.cross_entropy(
                    found,
                    self.roles[one.index][: len(found)],
                    reduction="none",
                    label_smoothing=0.1,
                )
            )
            weights.append(self.weights[one.index][: len(found)])
        weight = torch.cat(weights)
        return (torch.cat(losses) * weight).sum() / weight.sum()


@torch.no_grad()
def accuracy(network: RoleNetwork, coded: Sequence[Encoded], abstracts: Sequence[Told]) -> float:
    """Share of sentences whose role is right; sentences beyond the limit count as wrong."""
    right = 0
    for one in coded:
        found = sentence_logits(network(*padded([one]))[0], one.ids).argmax(1)
        roles = [ROLES[int(row)] for row in found]
        right += sum(a == b for a, b in zip(roles, abstracts[one.index].roles, strict=False))
    return right / sum(len(one.roles) for one in abstracts)


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
    own, dev = (cs_abstracts(options.data / "csabstruct", name) for name in ("train", "dev"))
    cited = cited_in_development(options.data / "scifact")
    both = own + headed_abstracts(options.data / "scifact", cited)
    codes = encoded([one.sentences for one in both], options.source)
    coded_dev = encoded([one.sentences for one in dev], options.source)
    network, loss = RoleNetwork(encoder(options.source)), RoleLoss(both)
    for schedule, part in ((FIRST, codes), (SECOND, codes[: len(own)])):
        train(network, part, loss, schedule, shuffler)
        print(f"dev accuracy {accuracy(network, coded_dev, dev):.4f}")
    torch.save(network.state_dict(), options.work / "roles.pt")


if __name__ == "__main__":
    main()
