"""How alike one panel's scores of one item are from epoch to epoch.

Scores have the shape (items, epochs), `nan` where an epoch is missing; weights of shape
(replicates, items) give one value a replicate. Items with one epoch tell nothing and are left out;
`nan` where none is left.

>>> within_sd([[1.0, 3.0], [5.0, 5.0]], np.ones((1, 2))).tolist()
[1.0]
"""

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from assignee.evals.bootstrap import Floats, ratio
from assignee.evals.statistics import correlation
from assignee.evals.statistics.agreement import one_way


def within_sd(scores: ArrayLike, weights: Floats) -> Floats:
    """Standard deviation of one item's scores: the root of the items' pooled variances."""
    found, drawn = _repeated(scores, weights)
    number = (~np.isnan(found)).sum(axis=1)
    apart = found - (np.nansum(found, axis=1) / number)[:, None]
    return np.sqrt(ratio(drawn @ np.nansum(apart**2, axis=1), drawn @ (number - 1)))


def epoch_icc(scores: ArrayLike, weights: Floats) -> Floats:
    """ICC(1,1) over epochs, also for unequal numbers of them: the items' share of the variance."""
    parts = one_way(*_repeated(scores, weights))
    return ratio(parts.between, parts.between + parts.within)


def decision_flips(scores: ArrayLike, threshold: float, weights: Floats) -> Floats:
    """Chance that two epochs of one item fall on different sides of the threshold (≥ accepts)."""
    found, drawn = _repeated(scores, weights)
    number = (~np.isnan(found)).sum(axis=1)
    accepted = (found >= threshold).sum(axis=1)
    differing = 2 * accepted * (number - accepted) / (number * (number - 1))
    return ratio(drawn @ differing, drawn.sum(axis=1))


def order_flips(scores: ArrayLike, weights: Floats) -> Floats:
    """Chance that two epochs order a pair of items differently, of pairs tied in neither.

    The mean over the pairs of epochs for which it is defined.
    """
    found = np.asarray(scores, dtype=np.float64)
    sums, count = np.zeros(len(weights)), np.zeros(len(weights))
    for one, other in combinations(range(found.shape[1]), 2):
        flips = correlation.order_flips(found[:, one], found[:, other], weights)
        sums += np.nan_to_num(flips)
        count += ~np.isnan(flips)
    return ratio(sums, count)


def _repeated(scores: ArrayLike, weights: Floats) -> tuple[Floats, Floats]:
    found = np.asarray(scores, dtype=np.float64)
    kept = (~np.isnan(found)).sum(axis=1) > 1
    return found[kept], weights[:, kept]
