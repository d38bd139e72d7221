"""Ranks of weighted items: an item of weight 3 stands for three equal ones, in every replicate.

>>> levels = levels_of([5.0, 3.0, 5.0])
>>> tally(levels, np.array([[1.0, 1.0, 2.0]])).tolist()
[[1.0, 3.0]]
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assignee.evals.bootstrap import Floats


class Levels(NamedTuple):
    """The distinct values of items, from the least, and which item has which."""

    values: Floats
    codes: NDArray[np.intp]
    """Place of each item's value in `values`, shape (items,)."""
    order: NDArray[np.intp]
    """The items from the least value to the greatest."""
    starts: NDArray[np.intp]
    """Where in `order` each value begins."""


def levels_of(values: ArrayLike) -> Levels:
    """The levels of items, none of which is missing."""
    distinct, codes = np.unique(np.asarray(values, dtype=np.float64), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    return Levels(distinct, codes, order, np.searchsorted(codes[order], np.arange(len(distinct))))


def standings(values: ArrayLike) -> Floats:
    """Where each item stands among the items, −½ to ½ by mid-rank; `nan` where missing.

    >>> standings([10.0, float("nan"), 30.0]).tolist()
    [-0.25, nan, 0.25]
    """
    found: Floats = np.array(values, dtype=np.float64)
    there = ~np.isnan(found)
    levels = levels_of(found[there])
    ranks = midranks(tally(levels, np.ones((1, there.sum()))))[0]
    found[there] = ranks[levels.codes] / there.sum()
    return found


def tally(levels: Levels, weights: Floats) -> Floats:
    """Weight of each distinct value, shape (replicates, values)."""
    found: Floats = np.add.reduceat(weights[:, levels.order], levels.starts, axis=1)
    return found


def midranks(tallies: Floats) -> Floats:
    """Mid-rank of each distinct value less the mean rank, shape (replicates, values).

    Counts give multiples of ½, which are exact: the ranks of a constant are exactly 0.
    """
    reached = np.cumsum(tallies, axis=1)
    found: Floats = reached - (tallies + reached[:, -1:]) / 2
    return found
