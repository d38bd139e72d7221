"""Fits the weights by which passages are reranked.

    python training/fit_reranking.py --data DIR --library FOLDER [--out FILE]

SciFact's training queries (BEIR) whose answers the stance model was not trained on
(`corpora.kept_back`); the development queries are not touched. The library of the corpus is made in
FOLDER, or used again.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

import corpora
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assignee.engines.embedder import Embedder
from assignee.engines.local.reranker import DEPTH, FEATURES, LocalReranker, RerankingWeights
from assignee.engines.stance import StanceModel
from assignee.evals.bench_library import ndcg
from assignee.evals.items import Collection
from assignee.evals.readers import collection
from assignee.evals.retrieve import Shelf

Floats = NDArray[np.float64]

OUT = Path(__file__).parent.parent / "assignee/engines/models/stance/reranking.json"
PENALTY = 1e-3


def unseen(whole: Collection) -> dict[str, str]:
    """The queries none of whose answers trained the stance model."""
    return {
        query: text
        for query, text in whole.queries.items()
        if all(corpora.kept_back(f"scifact:{answer}") for answer in whole.relevant[query])
    }


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

    def loss(weights: Floats) -> float:
        wins = np.logaddexp(0, -rows @ weights)
        return float((share * wins).sum() / len(differences) + PENALTY * (weights**2).sum())

    found: Floats = minimize(loss, np.zeros(rows.shape[1]), method="L-BFGS-B").x / spread
    return found


def main() -> None:
    """Fits, prints what it gives on the same queries by cross-validation, writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the sets")
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    whole = collection(options.data / "scifact", "train")
    queries = unseen(whole)
    shelf = Shelf(options.library, Embedder(), whole)
    ranked = asyncio.run(shelf.rankings(queries, None))["fused"]
    model = StanceModel()
    blank = RerankingWeights(model="none", weights=(0.0,) * 4, fitted_on="nothing")
    reranker = LocalReranker(model, blank)
    seen = {}
    for query, text in queries.items():
        names = ranked[query].found[:DEPTH]
        texts = [f"{whole.texts[name].title} {whole.texts[name].body}".strip() for name in names]
        seen[query] = (names, reranker.features(text, texts))
    differences = {
        query: pairs(rows, [name in whole.relevant[query] for name in names])
        for query, (names, rows) in seen.items()
    }
    usable = [query for query, rows in differences.items() if len(rows)]
    before, after = [], []
    for place, query in enumerate(seen):
        weights = fit([differences[q] for k, q in enumerate(usable) if k % 5 != place % 5])
        names, rows = seen[query]
        order = np.argsort(-(rows @ weights), kind="stable")
        rest = ranked[query].found[DEPTH:]
        answers = set(whole.relevant[query])
        before.append(ndcg(ranked[query].found, answers))
        after.append(ndcg([*(names[i] for i in order), *rest], answers))
    print(f"{len(seen)} queries: nDCG@10 {np.mean(before):.4f} -> {np.mean(after):.4f}")
    weights = fit([differences[query] for query in usable])
    made = RerankingWeights(
        model=model.model_id,
        weights=tuple(round(float(w), 6) for w in weights),
        fitted_on=f"{len(usable)} training queries of SciFact that trained nothing else",
    )
    options.out.write_text(made.model_dump_json(indent=2) + "\n", "utf-8")
    print(*(f"{name} {weight:.4f}" for name, weight in zip(FEATURES, weights, strict=True)))


if __name__ == "__main__":
    main()
