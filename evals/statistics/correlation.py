"""Correlation of two scores an item, such as a panel's and the mean human's.

Weights of shape (replicates, items) give one value a replicate; a pair with a missing value (`nan`)
has no weight; `nan` where one side is constant.

>>> spearman([1, 2, 3, 4], [1, 3, 2, 4], np.ones((1, 4))).round(6).tolist()
[0.8]
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assignee.evals.bootstrap import Floats, ratio
from assignee.evals.statistics.chunks import in_chunks
from assignee.evals.statistics.ranks import Levels, levels_of, midranks, tally
from assignee.evals.statistics.scaling import scaled, substantial

BLOCK = 1024
"""Columns of the matrix of item pairs that are made at once: 4 MiB for 1,024 items."""


def pearson(first: ArrayLike, second: ArrayLike, weights: Floats) -> Floats:
    """Pearson's product-moment correlation."""
    x, y, drawn = _paired(first, second, weights)
    x, y = scaled(x), scaled(y)
    sums = drawn @ np.column_stack([np.ones_like(x), x, y, x * x, y * y, x * y])
    means = ratio(sums[:, 1:], sums[:, :1])
    spreads = substantial(means[:, 2:4] - means[:, :2] ** 2)
    return _quotient(means[:, 4] - means[:, 0] * means[:, 1], spreads[:, 0], spreads[:, 1])


def spearman(first: ArrayLike, second: ArrayLike, weights: Floats) -> Floats:
    """Pearson's correlation of mid-ranks, ranked anew in each replicate."""
    x, y, drawn = _paired(first, second, weights)
    one, other = levels_of(x), levels_of(y)
    return in_chunks(lambda some: _rank_correlation(one, other, some), drawn)


def _rank_correlation(one: Levels, other: Levels, weights: Floats) -> Floats:
    ranks, spreads = [], []
    for levels in (one, other):
        among = tally(levels, weights)
        rank = midranks(among)
        ranks.append(rank[:, levels.codes])
        spreads.append(np.einsum("rv,rv->r", among, rank**2))
    return _quotient(np.einsum("ri,ri->r", weights, ranks[0] * ranks[1]), *spreads)


def kendall(first: ArrayLike, second: ArrayLike, weights: Floats) -> Floats:
    """Kendall's tau-b, from the matrix of all pairs of items.

    Copies of one item are pairs tied on both sides.
    """
    x, y, drawn = _paired(first, second, weights)
    one, other = levels_of(x), levels_of(y)
    balance = _sum_of_pairs(one, other, drawn, signed=True)
    return _quotient(balance, _untied(one, drawn), _untied(other, drawn))


def order_flips(first: ArrayLike, second: ArrayLike, weights: Floats) -> Floats:
    """Share of the pairs of items tied on neither side whose order differs."""
    x, y, drawn = _paired(first, second, weights)
    one, other = levels_of(x), levels_of(y)
    balance, untied = (_sum_of_pairs(one, other, drawn, signed=signed) for signed in (True, False))
    return (1 - ratio(balance, untied)) / 2


def _sum_of_pairs(one: Levels, other: Levels, weights: Floats, *, signed: bool) -> Floats:
    """Pairs of items tied on neither side, those of different order subtracted if `signed`.

    float32 is exact: what is summed in it are counts of items, far below 2^24.
    """
    drawn = weights.astype(np.float32)
    found = np.zeros(len(weights))
    for start in range(0, len(one.codes), BLOCK):
        columns = slice(start, start + BLOCK)
        signs = _signs(one, columns) * _signs(other, columns)
        met = drawn @ (signs if signed else np.abs(signs))
        met *= drawn[:, columns]
        found += met.sum(axis=1, dtype=np.float64)
    return found


def _signs(levels: Levels, columns: slice) -> NDArray[np.float32]:
    signs = np.sign(levels.codes[:, None] - levels.codes[None, columns])
    found: NDArray[np.float32] = signs.astype(np.float32)
    return found


def _untied(levels: Levels, weights: Floats) -> Floats:
    def metric(some: Floats) -> Floats:
        among = tally(levels, some)
        found: Floats = some.sum(axis=1) ** 2 - np.einsum("rv,rv->r", among, among)
        return found

    return in_chunks(metric, weights)


def _paired(first: ArrayLike, second: ArrayLike, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Both values and the weights of the items where neither value is missing."""
    x, y = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    there = ~(np.isnan(x) | np.isnan(y))
    return (x, y, weights) if there.all() else (x[there], y[there], weights[:, there])


def _quotient(shared: Floats, one: Floats, other: Floats) -> Floats:
    found: Floats = np.clip(ratio(shared, np.sqrt(one * other)), -1, 1)
    return found
