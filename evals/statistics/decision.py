"""How well scores tell what humans accepted from what they rejected.

Decisions are 1, 0, or `nan` where none was made. Weights of shape (replicates, items) give one
value a replicate; an item without a score or a decision has no weight; `nan` with one class.

>>> auc([1, 2, 3, 4], [0, 1, 0, 1], np.ones((1, 4))).tolist()
[0.75]
"""

import numpy as np
from numpy.typing import ArrayLike

from assignee.evals.bootstrap import Floats, ratio
from assignee.evals.statistics.chunks import in_chunks
from assignee.evals.statistics.folds import Folds, Mask, cross_fitted
from assignee.evals.statistics.ranks import levels_of, tally


def auc(scores: ArrayLike, decisions: ArrayLike, weights: Floats) -> Floats:
    """Chance that an accepted item scores above a rejected one; a tie counts half."""
    values, truth, drawn = _decided_items(scores, decisions, weights)
    levels = levels_of(values)

    def metric(some: Floats) -> Floats:
        above, below = tally(levels, some * truth), tally(levels, some * (1 - truth))
        beaten = np.cumsum(below, axis=1) - below / 2
        pairs = above.sum(axis=1) * below.sum(axis=1)
        return ratio(np.einsum("rv,rv->r", above, beaten), pairs)

    return in_chunks(metric, drawn)


def balanced_accuracy(said: ArrayLike, decisions: ArrayLike, weights: Floats) -> Floats:
    """Mean of the shares of accepted and of rejected items that were told right."""
    values, truth, drawn = _decided_items(said, decisions, weights)
    right = (values == truth).astype(np.float64)
    parts = (truth, 1 - truth, right * truth, right * (1 - truth))
    accepted, rejected, hits, passes = (drawn @ np.column_stack(parts)).T
    return (ratio(hits, accepted) + ratio(passes, rejected)) / 2


def decided(scores: ArrayLike, decisions: ArrayLike, folds: Folds) -> Floats:
    """Accepted (1) or rejected (0) by the best threshold of the other folds, shape (items,).

    The threshold is fixed before any bootstrap. `nan` where there is no score, or where the other
    folds hold one class only.
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(decisions, dtype=np.float64)

    def predict(fit: Mask, apply: Mask) -> Floats:
        threshold = best_threshold(values[fit], truth[fit])
        said = np.where(values[apply] >= threshold, 1.0, 0.0)
        return np.where(np.isnan(values[apply] + threshold), np.nan, said)

    return cross_fitted(folds, ~np.isnan(values + truth), predict)


def best_threshold(scores: Floats, decisions: Floats) -> float:
    """From which score on to accept, for the highest balanced accuracy on these items.

    Half-way between two scores that occur, the lowest of equally good ones; `nan` with one class or
    one score.
    """
    levels = levels_of(scores)
    if len(levels.values) < 2 or len(np.unique(decisions)) < 2:
        return float("nan")
    accepted = np.bincount(levels.codes, weights=decisions)
    rejected = np.bincount(levels.codes, weights=1 - decisions)
    passed = np.cumsum(rejected)[:-1] / rejected.sum() - np.cumsum(accepted)[:-1] / accepted.sum()
    best = int(np.argmax(passed))
    return float(levels.values[best : best + 2].mean())


def _decided_items(
    scores: ArrayLike, decisions: ArrayLike, weights: Floats
) -> tuple[Floats, Floats, Floats]:
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(decisions, dtype=np.float64)
    there = ~np.isnan(values + truth)
    return values[there], truth[there], weights[:, there]
