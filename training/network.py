"""The small encoder that all heads share, and one way to train it on a CPU.

The encoder is all-MiniLM-L6-v2 (6 layers, 384 features). Word and position embeddings stay as
published: they are half of the weights, a small training set teaches them nothing, and without
them a step is cheaper.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

SEED = 20261122
HIDDEN = 384


def seeded(seed: int = SEED) -> random.Random:
    """Seeds torch, and gives a generator for all else."""
    torch.manual_seed(seed)
    return random.Random(seed)


def tokenizer(source: Path, max_tokens: int) -> Tokenizer:
    """The published tokenizer; of a pair, the longer text is cut first."""
    found = Tokenizer.from_file(str(source / "tokenizer.json"))
    found.no_padding()
    found.enable_truncation(max_tokens)
    return found


def encoder(source: Path) -> BertModel:
    """The published encoder, its embeddings frozen."""
    config = BertConfig(**json.loads((source / "config.json").read_text("utf-8")))
    model = BertModel(config, add_pooling_layer=False)
    weights = load_file(source / "model.safetensors")
    missing, _ = model.load_state_dict(weights, strict=False)
    assert not missing, missing
    for parameter in model.embeddings.parameters():
        parameter.requires_grad = False
    return model


class PairNetwork(nn.Module):
    """Two texts read together; heads on what is common to them and what is not.

    The published encoder was trained to compare means of token vectors. The head therefore sees,
    beside the [CLS] vector, the mean of each text, their difference and their product.

    Output: (batch, 4): logits of supports, contradicts, neutral, and of relevance.
    """

    def __init__(self, base: BertModel, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = base
        self.dense = nn.Linear(5 * HIDDEN, HIDDEN)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(HIDDEN, 4)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """`types` is 0 for the claim and 1 for the evidence; all are (batch, tokens)."""
        states = self.encoder(
            input_ids=ids, token_type_ids=types, attention_mask=mask
        ).last_hidden_state
        claim = mean(states, mask * (1 - types))
        evidence = mean(states, mask * types)
        both = torch.cat(
            [states[:, 0], claim, evidence, (claim - evidence).abs(), claim * evidence], dim=1
        )
        hidden: Tensor = self.out(self.drop(torch.tanh(self.dense(self.drop(both)))))
        return hidden


def mean(states: Tensor, mask: Tensor) -> Tensor:
    """The mean of the token vectors under the mask: (batch, HIDDEN)."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


@dataclass(frozen=True)
class Encoded:
    """One input as token ids and types, and its index in the training set."""

    index: int
    ids: list[int]
    types: list[int]


def padded(batch: Sequence[Encoded]) -> tuple[Tensor, Tensor, Tensor]:
    """ids, types and mask of a batch, padded to its longest member."""
    width = max(len(one.ids) for one in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    types, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, one in enumerate(batch):
        length = len(one.ids)
        ids[row, :length] = torch.tensor(one.ids)
        types[row, :length] = torch.tensor(one.types)
        mask[row, :length] = 1
    return ids, types, mask


def batches(
    encoded: Sequence[Encoded], most: int, shuffler: random.Random
) -> Iterator[list[Encoded]]:
    """Batches of `most` tokens, padding included, of texts of like length, in random order."""
    noisy = sorted(encoded, key=lambda one: len(one.ids) * shuffler.uniform(0.9, 1.1))
    found: list[list[Encoded]] = [[]]
    for one in noisy:
        if found[-1] and max(len(one.ids), len(found[-1][-1].ids)) * (len(found[-1]) + 1) > most:
            found.append([])
        found[-1].append(one)
    shuffler.shuffle(found)
    return iter(found)


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train."""

    epochs: float
    rate: float
    batch_tokens: int = 2048
    warmup: float = 0.06
    head_factor: float = 5.0
    """How many times faster the new head learns than the encoder."""


def train(
    network: nn.Module,
    encoded: Sequence[Encoded],
    loss: Callable[[Tensor, Sequence[Encoded]], Tensor],
    schedule: Schedule,
    shuffler: random.Random,
    *,
    say: Callable[[str], None] = print,
) -> None:
    """AdamW with linear warm-up and decay; a part of an epoch is a random part of the data."""
    plan: list[list[Encoded]] = []
    left = schedule.epochs
    while left > 0:
        part = list(encoded)
        shuffler.shuffle(part)
        plan += batches(part[: round(len(part) * min(1.0, left))], schedule.batch_tokens, shuffler)
        left -= 1
    own = [p for n, p in network.named_parameters() if not n.startswith("encoder.")]
    base = [p for n, p in network.named_parameters() if n.startswith("encoder.")]
    base = [p for p in base if p.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": base, "lr": schedule.rate},
            {"params": own, "lr": schedule.rate * schedule.head_factor},
        ],
        weight_decay=0.01,
        fused=True,
    )
    steps, warm = len(plan), max(1, round(len(plan) * schedule.warmup))
    decay = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    )
    network.train()
    started, seen, total = time.monotonic(), 0, 0.0
    for step, batch in enumerate(plan, 1):
        value = loss(network(*padded(batch)), batch)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_([*base, *own], 1.0)
        optimiser.step()
        decay.step()
        seen, total = seen + len(batch), 0.98 * total + 0.02 * value.item()
        if step % 50 == 0 or step == steps:
            pace, level = seen / (time.monotonic() - started), total / (1 - 0.98**step)
            say(f"step {step}/{steps}  loss {level:.4f}  {pace:.1f}/s")
    network.eval()
