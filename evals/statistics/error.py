"""Distance of scores from the truth, as they stand and calibrated, beside the best constant.

Predictions and truth have the shape (items,), `nan` where missing; weights of shape (replicates,
items) give one value a replicate. What is calibrated is fitted once, on the folds of other source
documents, before any bootstrap.

>>> mae([1.0, 4.0], [2.0, 2.0], np.ones((1, 2))).tolist()
[1.5]
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from assignee.evals.bootstrap import Floats, mean
from assignee.evals.statistics.folds import Folds, Mask, cross_fitted

Calibration = Literal["offset", "line"]
"""Offset alone, or offset and slope."""


def mae(predicted: ArrayLike, truth: ArrayLike, weights: Floats) -> Floats:
    """Mean absolute error, over the items that have both."""
    gaps, drawn = _gaps(predicted, truth, weights)
    return mean(np.abs(gaps), drawn)


def rmse(predicted: ArrayLike, truth: ArrayLike, weights: Floats) -> Floats:
    """Root of the mean squared error, over the items that have both."""
    gaps, drawn = _gaps(predicted, truth, weights)
    found: Floats = np.sqrt(mean(gaps**2, drawn))
    return found


def _gaps(predicted: ArrayLike, truth: ArrayLike, weights: Floats) -> tuple[Floats, Floats]:
    gaps = np.asarray(predicted, dtype=np.float64) - np.asarray(truth, dtype=np.float64)
    there = ~np.isnan(gaps)
    return gaps[there], weights[:, there]


def calibrated(
    scores: ArrayLike, truth: ArrayLike, folds: Folds, *, by: Calibration = "offset"
) -> Floats:
    """Scores moved onto the truth's scale as the other folds say, shape (items,).

    A line is fitted by least squares; through constant scores it is flat. `nan` where there is no
    score, or nothing to fit on.
    """
    values, aim = np.asarray(scores, dtype=np.float64), np.asarray(truth, dtype=np.float64)

    def predict(fit: Mask, apply: Mask) -> Floats:
        x, y = values[fit], aim[fit]
        slope = 1.0 if by == "offset" else _slope(x, y)
        found: Floats = y.mean() + slope * (values[apply] - x.mean())
        return found

    return cross_fitted(folds, ~np.isnan(values + aim), predict)


def _slope(x: Floats, y: Floats) -> float:
    if x.min() == x.max():
        return 0.0
    apart = x - x.mean()
    return float(apart @ y / (apart @ apart))


def constant(truth: ArrayLike, folds: Folds) -> Floats:
    """The baseline that knows no item: the mean truth of the other folds, shape (items,)."""
    aim = np.asarray(truth, dtype=np.float64)
    known = ~np.isnan(aim)
    return cross_fitted(folds, known, lambda fit, apply: np.full(apply.sum(), aim[fit].mean()))
