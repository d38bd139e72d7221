"""Metrics of classification, calibration and abstention, for all replicates of a bootstrap at once.

Every function takes weights of shape (replicates, items) and returns one value a replicate, except
where it says otherwise. Classes are numbered from 0; an item that was not judged says the number of
classes, which is wrong for every class.

>>> table = confusion([0, 0, 1], [0, 1, 1], np.ones((1, 3)), classes=2)
>>> table[0].tolist(), float(macro_f1(table)[0])
([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]], 0.6666666666666666)
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assignee.evals.bootstrap import SEED, Floats, ratio

BINS = 10
MORE_BINS = 15
"""Both numbers of bins are common in the literature; more bins give a larger error."""
DRAWS = 2000
LEAST = 1e-6
"""Probabilities below it count as it in the log loss, so that one certain error stays finite."""


def confusion(gold: ArrayLike, said: ArrayLike, weights: Floats, *, classes: int) -> Floats:
    """Counts, shape (replicates, classes, classes + 1): gold by said; the last was not judged."""
    cells = np.asarray(gold) * (classes + 1) + np.asarray(said)
    counts: Floats = weights @ np.eye(classes * (classes + 1))[cells]
    return counts.reshape(len(weights), classes, classes + 1)


def accuracy(table: Floats) -> Floats:
    """Share of items whose class was said."""
    return ratio(_right(table).sum(axis=1), table.sum(axis=(1, 2)))


def precision(table: Floats) -> Floats:
    """Of what was said, the share that is right, shape (replicates, classes)."""
    return ratio(_right(table), _said(table))


def recall(table: Floats) -> Floats:
    """Of what is there, the share that was said, shape (replicates, classes)."""
    return ratio(_right(table), table.sum(axis=2))


def f1(table: Floats) -> Floats:
    """Harmonic mean of precision and recall, shape (replicates, classes); 0 where none is right."""
    found: Floats = np.nan_to_num(ratio(2 * _right(table), table.sum(axis=2) + _said(table)))
    return found


def macro_f1(table: Floats) -> Floats:
    """Unweighted mean of the classes' F1."""
    found: Floats = f1(table).mean(axis=1)
    return found


def _right(table: Floats) -> Floats:
    return np.diagonal(table, axis1=1, axis2=2)


def _said(table: Floats) -> Floats:
    said: Floats = table[:, :, : table.shape[1]].sum(axis=1)
    return said


def bins_of(confidence: ArrayLike, *, bins: int = BINS) -> NDArray[np.intp]:
    """The equal-width bin of each confidence; 1 belongs to the last."""
    return np.minimum((np.asarray(confidence) * bins).astype(np.intp), bins - 1)


def expected_calibration_error(
    confidence: ArrayLike, right: ArrayLike, weights: Floats, *, bins: int = BINS
) -> Floats:
    """Mean distance of confidence and accuracy over equal-width bins (Guo et al., ICML 2017)."""
    gaps = np.asarray(right, dtype=np.float64) - np.asarray(confidence)
    members = np.eye(bins)[bins_of(confidence, bins=bins)]
    return ratio(np.abs(weights @ (members * gaps[:, None])).sum(axis=1), weights.sum(axis=1))


def error_if_calibrated(
    confidence: ArrayLike, *, draws: int = DRAWS, seed: int = SEED, bins: int = BINS
) -> Floats:
    """The calibration errors of `draws` samples whose every item is right as often as is stated.

    With few items the error of a perfectly calibrated judge is well above 0; this tells how far.
    """
    stated = np.asarray(confidence, dtype=np.float64)
    chances = np.random.default_rng(seed).random((draws, len(stated)))
    gaps = (chances < stated) - stated
    members = np.eye(bins)[bins_of(stated, bins=bins)]
    found: Floats = np.abs(gaps @ members).sum(axis=1) / len(stated)
    return found


def brier(probabilities: ArrayLike, gold: ArrayLike) -> Floats:
    """Squared distance to the truth of each item, 0 to 2 (Brier, 1950), shape (items,)."""
    stated = np.asarray(probabilities, dtype=np.float64)
    truth = np.eye(stated.shape[1])[np.asarray(gold)]
    found: Floats = ((stated - truth) ** 2).sum(axis=1)
    return found


def log_loss(probabilities: ArrayLike, gold: ArrayLike) -> Floats:
    """Negative natural log of the right class's probability of each item, shape (items,)."""
    stated = np.asarray(probabilities, dtype=np.float64)
    right = stated[np.arange(len(stated)), np.asarray(gold)]
    found: Floats = -np.log(np.maximum(right, LEAST))
    return found


class Selection(NamedTuple):
    """Items with the most confident first, and what has been judged wrongly so far.

    Of equally confident items each stands for their mean, as if drawn in any order.
    """

    weights: Floats
    """How often each was drawn, shape (replicates, items)."""
    wrong: Floats
    """Chance of each item to be wrong, shape (replicates, items)."""

    def accuracy_at(self, coverage: float) -> Floats:
        """Accuracy on the most confident share of the items."""
        reached = np.cumsum(self.weights, axis=1)
        target = coverage * reached[:, -1:]
        before = np.clip(target - (reached - self.weights), 0, self.weights)
        return 1 - ratio((before * self.wrong).sum(axis=1), target[:, 0])

    def area(self) -> Floats:
        """Mean risk over all coverages, AURC (Geifman and El-Yaniv, NeurIPS 2017); 0 is best.

        An item that was drawn w times takes w steps; their risks sum to a difference of harmonic
        numbers.
        """
        reached = np.cumsum(self.weights, axis=1)
        before = reached - self.weights
        most = int(reached[:, -1].max())
        harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, most + 1))])
        steps = harmonic[reached.astype(np.intp)] - harmonic[before.astype(np.intp)]
        failed = self.weights * self.wrong
        ahead = np.cumsum(failed, axis=1) - failed - self.wrong * before
        return ratio((failed + ahead * steps).sum(axis=1), reached[:, -1])


def selection(confidence: ArrayLike, right: ArrayLike, weights: Floats) -> Selection:
    """The items as a judge would speak of them that falls silent when it is not confident."""
    stated = np.asarray(confidence, dtype=np.float64)
    order = np.argsort(-stated, kind="stable")
    drawn = weights[:, order]
    wrong = np.broadcast_to(1 - np.asarray(right, dtype=np.float64)[order], drawn.shape)
    starts = np.flatnonzero(np.diff(stated[order], prepend=np.inf))
    if len(starts) < len(stated):
        sums = np.add.reduceat(drawn * wrong, starts, axis=1)
        means = np.nan_to_num(ratio(sums, np.add.reduceat(drawn, starts, axis=1)))
        wrong = np.repeat(means, np.diff(starts, append=len(stated)), axis=1)
    return Selection(drawn, wrong)


class Duel(NamedTuple):
    """Two judges on the same items: who is right where."""

    both: int
    first: int
    """Right only by the first judge."""
    second: int
    neither: int

    @property
    def p_value(self) -> float:
        """McNemar's exact test, two-sided; it takes the items to be independent."""
        differing = self.first + self.second
        tail = sum(math.comb(differing, k) for k in range(min(self.first, self.second) + 1))
        return min(1.0, float(2 * tail / 2**differing))


def duel(first: ArrayLike, second: ArrayLike) -> Duel:
    """Count who is right where.

    >>> duel([True, True, False], [True, False, False])
    Duel(both=1, first=1, second=0, neither=1)
    """
    one, other = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    cells = (one & other, one & ~other, ~one & other, ~one & ~other)
    return Duel(*(int(cell.sum()) for cell in cells))
