"""How well humans agree among themselves: the ceiling of a panel, and one human as a panel.

Scores have the shape (items, most humans), `nan` where an item has fewer; humans are without
identity, so that a column means nothing.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from assignee.evals.bootstrap import SEED, Floats, ratio
from assignee.evals.statistics.agreement import one_way

DRAWS = 12
"""Each of 2, 3, 4 or 6 humans stands alone equally often in twelve draws."""

Against = Callable[[ArrayLike, ArrayLike, Floats], Floats]
"""From two values an item and weights to one value a replicate, such as `spearman`."""


def reliability(scores: ArrayLike, weights: Floats) -> Floats:
    """Share of the human mean's variance that is the items' own, 0 to 1, one value a replicate.

    Items with unequal numbers of scores share one variance within items; a single score tells of
    the variance between items alone.
    """
    parts = one_way(scores, weights)
    between = np.maximum(parts.between, 0)
    return ratio(between, between + parts.within * parts.shrinking)


def ceiling(scores: ArrayLike, weights: Floats) -> Floats:
    """The correlation that a panel knowing the true scores would reach: √ of the reliability."""
    found: Floats = np.sqrt(reliability(scores, weights))
    return found


def one_human(
    scores: ArrayLike, metric: Against, weights: Floats, *, draws: int = DRAWS, seed: int = SEED
) -> Floats:
    """The metric of one human against the mean of the item's others, mean of `draws` draws.

    Drawn rather than pooled over an item's humans: each draw is a panel of one opinion an item, of
    which any metric can be taken; pooled, an item's humans would also be compared with each other.
    The draws are balanced, every human of an item standing alone as often as the next, so that few
    are enough. Items with one score are missing.
    """
    turns = _turns(np.asarray(scores, dtype=np.float64), draws, seed)
    values = [metric(one, rest, weights) for one, rest in turns]
    found: Floats = np.mean(values, axis=0)
    return found


def _turns(scores: Floats, draws: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """One human's score of each item, and the mean of the others', in every draw."""
    missing = np.isnan(scores)
    number = (~missing).sum(axis=1)
    keys = np.random.default_rng(seed).random(scores.shape) + missing
    order = np.argsort(keys, axis=1)
    total, items = np.nansum(scores, axis=1), np.arange(len(scores))
    for draw in range(draws):
        one = scores[items, order[items, draw % np.maximum(number, 1)]]
        one = np.where(number > 1, one, np.nan)
        yield one, ratio(total - one, number - 1)
