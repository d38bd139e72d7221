"""Fits the weights that bring the windows of one paper together into its stance.

    python training/fit_aggregation.py --data DIR [--out FILE]

It reads the training documents that train_stance.py left out (`corpora.kept_back`), by the
program's own windows and the shipped stance model, so it runs in the program's environment. Neither
the development sets nor anything that the model was trained on is used.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import corpora
import numpy as np
from corpora import Judged
from numpy.typing import NDArray
from scipy.optimize import minimize

from assignee.engines.embedder import Embedder
from assignee.engines.local.aggregation import FEATURES, Aggregation, features, softmax
from assignee.engines.local.judge import LocalJudge
from assignee.engines.local.memory import Memory
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.protocol import JudgeRequest
from assignee.engines.stance import StanceModel
from assignee.evals.items import StanceItem, request_of

Floats = NDArray[np.float64]

OUT = Path(__file__).parent.parent / "assignee/engines/models/stance/aggregation.json"
PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)
"""L2 of the standardised weights; chosen by cross-validation over documents."""
FOLDS = 5


def kept_back(data: Path, *, covid: bool) -> list[Judged]:
    """The judged training pairs whose documents the stance model has not seen."""
    judged = corpora.scifact(data / "scifact", "train")
    if covid:
        # Neutral there are single sentences, not abstracts.
        of_abstracts = corpora.check_covid(data / "check_covid", "train")
        judged += [one for one in of_abstracts if one.stance != corpora.NEUTRAL]
    return [one for one in judged if corpora.kept_back(one.document)]


def request(one: Judged) -> JudgeRequest:
    """The claim and the abstract's passages as the library would cut them."""
    item = StanceItem("train", "c", one.claim, one.document, one.title, one.sentences, "neutral")
    return request_of(item)


def read(
    judged: Sequence[Judged], model: StanceModel
) -> tuple[Floats, NDArray[np.int64], list[str]]:
    """Features, gold stances and documents; what is too far to be read is left out."""
    placeholder = Aggregation(
        model="none",
        weights=((0.0, 0.0, 0.0),) * len(FEATURES),
        bias=(0.0,) * 3,
        fitted_on="nothing",
        items=0,
    )
    judge = LocalJudge(LocalRanker(Memory(Embedder())), model, placeholder)
    rows, gold, groups = [], [], []
    for one, readings in zip(judged, judge.readings([request(j) for j in judged]), strict=True):
        for found in readings:
            rows.append(features(found.paper, found.logits, found.checks))
            gold.append(one.stance)
            groups.append(one.document)
    return np.array(rows), np.array(gold), groups


def fit(rows: Floats, gold: NDArray[np.int64], penalty: float) -> tuple[Floats, Floats]:
    """Weights and bias in the features' own units; classes weigh alike."""
    centre, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread == 0] = 1
    standard = (rows - centre) / spread
    balance = np.bincount(gold, minlength=3)
    share = (len(gold) / (3 * balance))[gold]
    width = rows.shape[1]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[:-3].reshape(width, 3), flat[-3:]
        shares = softmax(standard @ weights + bias)
        value = -(share * np.log(shares[range(len(gold)), gold] + 1e-12)).sum()
        slope = shares.copy()
        slope[range(len(gold)), gold] -= 1
        slope *= share[:, None]
        gradient = np.concatenate(
            [(standard.T @ slope + 2 * penalty * weights).ravel(), slope.sum(axis=0)]
        )
        return float(value + penalty * (weights**2).sum()), gradient

    found = minimize(loss, np.zeros(3 * width + 3), jac=True, method="L-BFGS-B").x
    weights = found[:-3].reshape(width, 3) / spread[:, None]
    return weights, found[-3:] - centre @ weights


def folds_of(groups: Sequence[str]) -> NDArray[np.int64]:
    """A fold for each item; a document's items share one."""
    order = {name: place % FOLDS for place, name in enumerate(sorted(set(groups)))}
    return np.array([order[name] for name in groups])


def out_of_fold(
    rows: Floats, gold: NDArray[np.int64], folds: NDArray[np.int64], penalty: float
) -> Floats:
    """Shares of each item by weights that were fitted without its document."""
    shares = np.zeros((len(gold), 3))
    for fold in range(FOLDS):
        weights, bias = fit(rows[folds != fold], gold[folds != fold], penalty)
        shares[folds == fold] = softmax(rows[folds == fold] @ weights + bias)
    return shares


def macro_f1(gold: NDArray[np.int64], found: NDArray[np.int64]) -> float:
    """The mean of the three classes' F1."""
    scores = []
    for label in range(3):
        hit = ((gold == label) & (found == label)).sum()
        scores.append(2 * hit / max(1, (gold == label).sum() + (found == label).sum()))
    return float(np.mean(scores))


def main() -> None:
    """Fits, prints the cross-validated figures, writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--models", type=Path, help="folder of models; the package's by default")
    parser.add_argument("--without-check-covid", action="store_true")
    options = parser.parse_args()
    model = StanceModel(models=options.models)
    judged = kept_back(options.data, covid=not options.without_check_covid)
    rows, gold, groups = read(judged, model)
    folds = folds_of(groups)
    losses = {}
    for penalty in PENALTIES:
        shares = out_of_fold(rows, gold, folds, penalty)
        losses[penalty] = -np.log(shares[range(len(gold)), gold]).mean()
        f1 = macro_f1(gold, shares.argmax(axis=1))
        print(f"penalty {penalty:g}: log loss {losses[penalty]:.4f}, macro-F1 {f1:.4f}")
    best = min(PENALTIES, key=lambda penalty: losses[penalty])
    weights, bias = fit(rows, gold, best)
    made = Aggregation(
        model=model.model_id,
        weights=tuple(tuple(round(float(w), 6) for w in row) for row in weights),
        bias=tuple(round(float(b), 6) for b in bias),
        fitted_on="the eighth of the training documents that train_stance.py leaves out",
        items=len(gold),
    )
    options.out.write_text(made.model_dump_json(indent=2) + "\n", "utf-8")
    for name, row in zip(FEATURES, made.weights, strict=True):
        print(f"{name:24}", *(f"{w:8.3f}" for w in row))


if __name__ == "__main__":
    main()
