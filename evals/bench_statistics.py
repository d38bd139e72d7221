"""Times the statistics: all metrics of two panels in 10,000 paired bootstrap replicates.

`python -m assignee.evals.bench_statistics` makes 500 items in 100 documents, scored by two panels
of six reviewers and by humans, and prints the seconds of each metric. Target: 10 s in all on two
cores, under 1 GB of memory.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from assignee.evals.bootstrap import SEED, Floats, resampled
from assignee.evals.statistics.agreement import (
    icc,
    kendall_w,
    krippendorff_alpha,
    mean_correlation,
)
from assignee.evals.statistics.correlation import kendall, pearson, spearman
from assignee.evals.statistics.decision import auc, balanced_accuracy, decided
from assignee.evals.statistics.error import calibrated, mae
from assignee.evals.statistics.folds import Folds, folds_of

TARGET_SECONDS = 10


class Data(NamedTuple):
    """Synthetic scores of one panel beside humans."""

    scores: Floats
    """Shape (items, reviewers), 1 to 10 in whole numbers."""
    panel: Floats
    """Their mean, shape (items,)."""
    human: Floats
    accepted: Floats
    folds: Folds


class Timed(NamedTuple):
    """One line of the table."""

    metric: str
    wall: float
    cpu: float


def made(items: int, reviewers: int, documents: int) -> tuple[list[str], tuple[Data, Data]]:
    """Documents of the items, and two panels' scores of them."""
    rng = np.random.default_rng(SEED)
    groups = [f"document {place % documents}" for place in range(items)]
    worth = 5.5 + rng.normal(size=documents)[np.arange(items) % documents] + rng.normal(size=items)
    human = np.round(worth[:, None] + 1.3 * rng.normal(size=(items, 4)), 0).mean(axis=1)
    folds, accepted = folds_of(groups), (human > np.median(human)).astype(np.float64)
    panels = []
    for noise in (1.5, 2.0):
        shared = worth[:, None] + rng.normal(size=(items, 1))
        scores = np.round(shared + noise * rng.normal(size=(items, reviewers))).clip(1, 10)
        panels.append(Data(scores, scores.mean(axis=1), human, accepted, folds))
    return groups, (panels[0], panels[1])


METRICS: dict[str, Callable[[Data, Floats], object]] = {
    "Spearman": lambda data, weights: spearman(data.panel, data.human, weights),
    "Kendall": lambda data, weights: kendall(data.panel, data.human, weights),
    "Pearson": lambda data, weights: pearson(data.panel, data.human, weights),
    "AUC": lambda data, weights: auc(data.panel, data.accepted, weights),
    "balanced accuracy": lambda data, weights: balanced_accuracy(
        decided(data.panel, data.accepted, data.folds), data.accepted, weights
    ),
    "MAE": lambda data, weights: mae(data.panel, data.human, weights),
    "MAE (offset)": lambda data, weights: mae(
        calibrated(data.panel, data.human, data.folds), data.human, weights
    ),
    "MAE, line": lambda data, weights: mae(
        calibrated(data.panel, data.human, data.folds, by="line"), data.human, weights
    ),
    "alpha, nominal": lambda data, weights: krippendorff_alpha(
        data.scores, weights, level="nominal"
    ),
    "alpha, ordinal": lambda data, weights: krippendorff_alpha(
        data.scores, weights, level="ordinal"
    ),
    "alpha, interval": lambda data, weights: krippendorff_alpha(data.scores, weights),
    "alpha, ratio": lambda data, weights: krippendorff_alpha(data.scores, weights, level="ratio"),
    "ICCs": lambda data, weights: icc(data.scores, weights),
    "Kendall's W": lambda data, weights: kendall_w(data.scores, weights),
    "mean r, effective votes": lambda data, weights: (
        mean_correlation(data.scores, weights).effective_votes
    ),
}


def timed(replicates: int, items: int, reviewers: int, documents: int) -> Iterator[Timed]:
    """Seconds of drawing the weights, then of each metric on both panels."""
    groups, panels = made(items, reviewers, documents)
    wall, cpu = time.perf_counter(), time.process_time()
    weights = resampled(groups, replicates=replicates)
    yield Timed("drawing", time.perf_counter() - wall, time.process_time() - cpu)
    for name, metric in METRICS.items():
        wall, cpu = time.perf_counter(), time.process_time()
        for data in panels:
            metric(data, weights)
        yield Timed(name, time.perf_counter() - wall, time.process_time() - cpu)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--reviewers", type=int, default=6)
    parser.add_argument("--documents", type=int, default=100)
    args = parser.parse_args()
    rows = list(timed(args.replicates, args.items, args.reviewers, args.documents))
    wall, cpu = sum(row.wall for row in rows), sum(row.cpu for row in rows)
    print(f"{'metric, two panels':<26}{'seconds':>9}{'CPU s':>9}")
    for row in [*rows, Timed("all", wall, cpu)]:
        print(f"{row.metric:<26}{row.wall:>9.3f}{row.cpu:>9.3f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"target {TARGET_SECONDS} s; peak memory {peak:.0f} MiB")


if __name__ == "__main__":
    main()
