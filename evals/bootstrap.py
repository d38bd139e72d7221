"""Bootstrap over groups: documents are drawn, not items, for items of one document stand together.

A replicate is a row of weights, so that a metric is one matrix product for all replicates:

>>> drawn = resampled(["a", "a", "b"], replicates=4)
>>> drawn.shape, drawn[0].tolist()
((5, 3), [1.0, 1.0, 1.0])
>>> estimate((drawn @ [1.0, 1.0, 0.0]) / drawn.sum(axis=1)).value
0.6666666666666666
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from assignee.records import Record

Floats = NDArray[np.float64]

REPLICATES = 2000
SEED = 0
TAILS = (2.5, 97.5)


class Estimate(Record):
    """A figure of the sample with its 95 % interval by percentiles of the replicates.

    `low` and `high` are `None` where the figure is defined in no replicate.
    """

    value: float | None = Field(allow_inf_nan=False)
    """`None` where the sample leaves it undefined, such as a precision of what was never said."""
    low: float | None = Field(default=None, allow_inf_nan=False)
    high: float | None = Field(default=None, allow_inf_nan=False)


def resampled(groups: Sequence[str], *, replicates: int = REPLICATES, seed: int = SEED) -> Floats:
    """Weights, shape (1 + replicates, items): the sample itself, then how often each was drawn."""
    names, members = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    shares = np.full(len(names), 1 / len(names))
    drawn = np.random.default_rng(seed).multinomial(len(names), shares, size=replicates)
    weights: Floats = np.vstack([np.ones(len(groups)), drawn[:, members]]).astype(np.float64)
    return weights


def estimate(values: ArrayLike) -> Estimate:
    """The figure and its interval from its value in the sample and in each replicate."""
    found = np.asarray(values, dtype=np.float64)
    value = None if np.isnan(found[0]) else float(found[0])
    drawn = found[1:][~np.isnan(found[1:])]
    if not len(drawn):
        return Estimate(value=value)
    low, high = np.percentile(drawn, TAILS)
    return Estimate(value=value, low=float(low), high=float(high))


def mean(values: ArrayLike, weights: Floats) -> Floats:
    """The weighted mean of one value an item in each replicate."""
    found: Floats = ratio(weights @ np.asarray(values, dtype=np.float64), weights.sum(axis=1))
    return found


def row_means(values: Floats) -> Floats:
    """Means over what is known along the second axis; `nan` for rows without anything.

    >>> row_means(np.array([[1.0, np.nan], [np.nan, np.nan]])).tolist()
    [1.0, nan]
    """
    return ratio(np.nansum(values, axis=1), (~np.isnan(values)).sum(axis=1))


def ratio(above: ArrayLike, below: ArrayLike) -> Floats:
    """Quotients; `nan` where nothing stands below the line."""
    over, under = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    empty = np.full(np.broadcast_shapes(over.shape, under.shape), np.nan)
    found: Floats = np.divide(over, under, out=empty, where=under > 0)
    return found
