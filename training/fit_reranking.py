"""Fits the weights by which passages are reranked.

    python training/fit_reranking.py --data DIR --library FOLDER [--out FILE]

SciFact's 809 training queries (BEIR); the development queries are not touched. The library of the
corpus is made in FOLDER, or used again.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assignee.engines.embedder import Embedder
from assignee.engines.local.memory import Memory
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.local.reranker import DEPTH, FEATURES, LocalReranker, RerankingWeights
from assignee.evals.bench_library import ndcg
from assignee.evals.readers import collection
from assignee.evals.retrieve import Shelf
from assignee.library import Library

Floats = NDArray[np.float64]

OUT = Path(__file__).parent.parent / "assignee/engines/models/all_minilm_l6_v2/reranking.json"
PENALTY = 1e-4
FOLDS = 5


def pairs(features: Floats, relevant: Sequence[bool]) -> Floats:
    """Differences between each answer's features and each other text's."""
    good = [row for row, is_answer in zip(features, relevant, strict=True) if is_answer]
    bad = [row for row, is_answer in zip(features, relevant, strict=True) if not is_answer]
    return np.array([a - b for a in good for b in bad]).reshape(-1, features.shape[1])


def fit(differences: Sequence[Floats]) -> Floats:
    """Weights under which answers win: logistic loss, each query weighing alike."""
    rows = np.concatenate(differences)
    share = np.concatenate([np.full(len(one), 1 / len(one)) for one in differences])
    spread = rows.std(axis=0)
    rows = rows / spread

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = rows @ weights
        value = (share * np.logaddexp(0, -margins)).sum() / len(differences)
        slope = -(share / (1 + np.exp(margins))) @ rows / len(differences)
        return value + PENALTY * (weights**2).sum(), slope + 2 * PENALTY * weights

    start = np.zeros(rows.shape[1])
    found: Floats = minimize(loss, start, jac=True, method="L-BFGS-B").x / spread
    return found


def main() -> None:
    """Fits, prints what it gives on the same queries by cross-validation, writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the sets")
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    whole, embedder = collection(options.data / "scifact", "train"), Embedder()
    with Library.open(options.library, embedder) as library:
        shelf = Shelf(library, options.library, embedder, whole)
        ranked = asyncio.run(shelf.rankings(whole.queries, None))["fused"]
        blank = RerankingWeights(model="none", weights=(0.0,) * 4, fitted_on="nothing")
        ranker = LocalRanker(Memory(embedder, kept=library.vectors_of))
        reranker = LocalReranker(ranker, blank)
        seen = {}
        for query, text in whole.queries.items():
            names = ranked[query].found[:DEPTH]
            found = [whole.texts[name] for name in names]
            texts = [f"{one.title} {one.body}".strip() for one in found]
            seen[query] = (names, reranker.features(text, texts))
    differences = {
        query: pairs(rows, [name in whole.relevant[query] for name in names])
        for query, (names, rows) in seen.items()
    }
    usable = [query for query, rows in differences.items() if len(rows)]
    fold = {query: place % FOLDS for place, query in enumerate(seen)}
    taught = [fit([differences[q] for q in usable if fold[q] != number]) for number in range(FOLDS)]
    before, after = [], []
    for query, (names, rows) in seen.items():
        weights = taught[fold[query]]
        order = np.argsort(-(rows @ weights), kind="stable")
        rest = ranked[query].found[DEPTH:]
        answers = set(whole.relevant[query])
        before.append(ndcg(ranked[query].found, answers))
        after.append(ndcg([*(names[i] for i in order), *rest], answers))
    print(f"{len(seen)} queries: nDCG@10 {np.mean(before):.4f} -> {np.mean(after):.4f}")
    weights = fit([differences[query] for query in usable])
    made = RerankingWeights(
        model=embedder.model_id,
        weights=tuple(round(float(w), 6) for w in weights),
        fitted_on=f"{len(usable)} training queries of SciFact",
    )
    options.out.write_text(made.model_dump_json(indent=2) + "\n", "utf-8")
    print(*(f"{name} {weight:.4f}" for name, weight in zip(FEATURES, weights, strict=True)))


if __name__ == "__main__":
    main()
