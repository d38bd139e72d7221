"""Agreement of reviewers: alpha, intraclass correlations, concordance, mean correlation, votes.

Scores have the shape (items, raters), `nan` where missing; weights of shape (replicates, items)
give one value a replicate. An item of weight 3 counts as three items. `nan` where a figure is
undefined: under two items or raters, or where all scores are equal.

>>> two = [[1, 2], [3, 4], [5, 6]]
>>> {form: value.round(2).item() for form, value in icc(two, np.ones((1, 3))).items()}["ICC(C,1)"]
1.0
"""

from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assignee.evals.bootstrap import Floats, ratio
from assignee.evals.statistics.chunks import in_chunks
from assignee.evals.statistics.correlation import pearson
from assignee.evals.statistics.ranks import Levels, levels_of, midranks, tally
from assignee.evals.statistics.scaling import scaled, substantial

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Form = Literal["ICC(1,1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)"]


class _Coded(NamedTuple):
    """Scores of the items that two raters or more have scored."""

    scores: Floats
    levels: Levels
    """Of the scores that are there, item by item."""
    codes: NDArray[np.intp]
    """Place of each score among the levels, shape (items, raters); one past them where missing."""
    raters: Floats
    """How many scored each item."""


def krippendorff_alpha(scores: ArrayLike, weights: Floats, *, level: Level = "interval") -> Floats:
    """Krippendorff's alpha, 1 less observed over expected disagreement (Content Analysis, 2019).

    Items with one score are left out. With `ordinal`, distances are those of mid-ranks among all
    scores of the replicate, which is Krippendorff's metric; `ratio` is for scores from 0.

    Raises:
        ValueError: a score below 0 with `ratio`.
    """
    found = np.asarray(scores, dtype=np.float64)
    kept = (~np.isnan(found)).sum(axis=1) > 1
    drawn = weights[:, kept]
    coded = _coded(found[kept])
    if level == "ratio" and (coded.levels.values < 0).any():
        raise ValueError("Krippendorff's alpha for ratios needs scores of 0 and above")
    disagreement = {
        "nominal": _nominal,
        "ordinal": _ordinal,
        "interval": _interval,
        "ratio": _ratio,
    }[level]

    def metric(some: Floats) -> Floats:
        observed, expected = disagreement(coded, some)
        among = some @ coded.raters
        enough = np.where(some.sum(axis=1) > 1, expected, 0)
        return 1 - ratio(observed * (among - 1), enough)

    return in_chunks(metric, drawn)


def _coded(scores: Floats) -> _Coded:
    there = ~np.isnan(scores)
    levels = levels_of(scores[there])
    codes = np.full(scores.shape, len(levels.values))
    codes[there] = levels.codes
    return _Coded(scores, levels, codes, there.sum(axis=1).astype(np.float64))


def _tallies(coded: _Coded, weights: Floats) -> Floats:
    """Weight of each distinct score, shape (replicates, scores)."""
    times = coded.raters.astype(np.intp)
    return tally(coded.levels, np.repeat(weights, times, axis=1))


def _nominal(coded: _Coded, weights: Floats) -> tuple[Floats, Floats]:
    there = coded.codes < len(coded.levels.values)
    pairs = there[:, :, None] & there[:, None] & (coded.codes[:, :, None] != coded.codes[:, None])
    among = _tallies(coded, weights)
    expected = among.sum(axis=1) ** 2 - np.einsum("rv,rv->r", among, among)
    return weights @ (pairs.sum(axis=(1, 2)) / (coded.raters - 1)), expected


def _interval(coded: _Coded, weights: Floats) -> tuple[Floats, Floats]:
    scores = scaled(coded.scores)
    sums, squares = np.nansum(scores, axis=1), np.nansum(scores**2, axis=1)
    within = squares - sums**2 / coded.raters
    observed = weights @ (2 * coded.raters * within / (coded.raters - 1))
    count, total, square = (weights @ np.column_stack([coded.raters, sums, squares])).T
    spread = substantial(ratio(square, count) - ratio(total, count) ** 2)
    return observed, 2 * count**2 * spread


def _ordinal(coded: _Coded, weights: Floats) -> tuple[Floats, Floats]:
    among = _tallies(coded, weights)
    ranks = np.pad(midranks(among), ((0, 0), (0, 1)))
    sums = np.zeros_like(weights)
    squares = np.zeros_like(weights)
    for codes in coded.codes.T:
        rank = ranks[:, codes]
        sums += rank
        squares += rank**2
    apart = 2 * (coded.raters * squares - sums**2) / (coded.raters - 1)
    expected = 2 * among.sum(axis=1) * np.einsum("rv,rv->r", among, ranks[:, :-1] ** 2)
    return np.einsum("ri,ri->r", weights, apart), expected


def _ratio(coded: _Coded, weights: Floats) -> tuple[Floats, Floats]:
    pairs = np.nansum(_relative(coded.scores[:, :, None], coded.scores[:, None]), axis=(1, 2))
    values, among = coded.levels.values, _tallies(coded, weights)
    expected = np.einsum("rv,rv->r", among @ _relative(values[:, None], values), among)
    return weights @ (pairs / (coded.raters - 1)), expected


def _relative(one: Floats, other: Floats) -> Floats:
    return ratio(one - other, np.where(one == other, 1, one + other)) ** 2


def icc(scores: ArrayLike, weights: Floats) -> dict[Form, Floats]:
    """The intraclass correlations of one rater and of the mean of k, on the items that all scored.

    Model 1 is one-way; A (absolute agreement) and C (consistency) are two-way (Shrout and Fleiss,
    1979; McGraw and Wong, 1996).
    """
    found, drawn = _complete(scores, weights)
    items, raters = drawn.sum(axis=1), found.shape[1]
    mean = found.mean(axis=1)
    means = ratio(drawn @ np.column_stack([found, mean, mean**2]), items[:, None])
    column, grand, square = means[:, :raters], means[:, raters], means[:, raters + 1]
    inside = substantial(ratio(drawn @ ((found - mean[:, None]) ** 2).sum(axis=1), items))
    between = substantial(square - grand**2) * raters
    columns = substantial(((column - grand[:, None]) ** 2).sum(axis=1))
    rest = substantial(inside - columns)
    degrees = items - 1
    msr, msw = ratio(between * items, degrees), ratio(inside, raters - 1)
    msc = ratio(columns * items, raters - 1)
    mse = ratio(rest * items, degrees * (raters - 1))
    return {
        "ICC(1,1)": ratio(msr - msw, msr + (raters - 1) * msw),
        "ICC(A,1)": ratio(msr - mse, msr + (raters - 1) * mse + ratio(raters * (msc - mse), items)),
        "ICC(C,1)": ratio(msr - mse, msr + (raters - 1) * mse),
        "ICC(1,k)": ratio(msr - msw, msr),
        "ICC(A,k)": ratio(msr - mse, msr + ratio(msc - mse, items)),
        "ICC(C,k)": ratio(msr - mse, msr),
    }


def _complete(scores: ArrayLike, weights: Floats) -> tuple[Floats, Floats]:
    """Scaled scores and the weights of the items that all raters scored."""
    found = np.asarray(scores, dtype=np.float64)
    kept = ~np.isnan(found).any(axis=1)
    return scaled(found[kept]), weights[:, kept]


class OneWay(NamedTuple):
    """Variance components of scaled scores by interchangeable raters, one value a replicate."""

    between: Floats
    """Variance of the items' true scores; below 0 where chance would give more than was seen."""
    within: Floats
    """Variance of one score about its item's true score."""
    shrinking: Floats
    """Mean over items of 1 / its number of scores."""


def one_way(scores: ArrayLike, weights: Floats) -> OneWay:
    """One-way analysis of variance by moments, for unequal numbers of scores (Searle, 1992, 3.6).

    With as many scores for every item, between / (between + within) is ICC(1,1).
    """
    found = scaled(scores)
    number = (~np.isnan(found)).sum(axis=1)
    kept = number > 0
    found, number, drawn = found[kept], number[kept].astype(np.float64), weights[:, kept]
    mean = np.nansum(found, axis=1) / number
    inside = np.nansum((found - mean[:, None]) ** 2, axis=1)
    parts = (
        np.ones_like(mean),
        number,
        number**2,
        1 / number,
        inside,
        number * mean,
        number * mean**2,
    )
    items, count, squared, inverse, apart, total, square = (drawn @ np.column_stack(parts)).T
    within = substantial(ratio(apart, count - items))
    spread = substantial(ratio(square, count) - ratio(total, count) ** 2) * count
    typical = ratio(count - ratio(squared, count), items - 1)
    between = ratio(ratio(spread, items - 1) - within, typical)
    return OneWay(between, within, ratio(inverse, items))


def kendall_w(scores: ArrayLike, weights: Floats) -> Floats:
    """Kendall's coefficient of concordance, corrected for ties, on the items that all scored.

    Raters rank the items of each replicate. A constant rater agrees with no other, and lowers it.
    """
    found, drawn = _complete(scores, weights)
    raters = [levels_of(column) for column in found.T]

    def metric(some: Floats) -> Floats:
        together, spread = np.zeros_like(some), np.zeros(len(some))
        for levels in raters:
            among = tally(levels, some)
            ranks = midranks(among)
            together += ranks[:, levels.codes]
            spread += np.einsum("rv,rv->r", among, ranks**2)
        return ratio(np.einsum("ri,ri->r", some, together**2), len(raters) * spread)

    return in_chunks(metric, drawn) if len(raters) > 1 else np.full(len(drawn), np.nan)


class MeanCorrelation(NamedTuple):
    """How alike reviewers are, one value a replicate."""

    r: Floats
    """Mean of Pearson's correlation over the pairs of raters for which it is defined."""
    raters: Floats
    """Raters in such a pair: those who are constant or share no two items are not counted."""

    @property
    def effective_votes(self) -> Floats:
        """Independent votes that these are worth, k / (1 + (k − 1) r̄); `nan` if r̄ ≤ −1/(k − 1)."""
        shared = 1 + (self.raters - 1) * self.r
        # At the bound itself rounding leaves some 1e-16, and votes without end.
        return ratio(self.raters, np.where(np.isclose(shared, 0, atol=1e-12), 0, shared))


def mean_correlation(scores: ArrayLike, weights: Floats) -> MeanCorrelation:
    """Mean correlation of pairs of raters, each over the items that both scored."""
    found = scaled(scores)
    sums, votes = np.zeros(len(weights)), np.zeros(len(weights))
    taking_part = np.zeros((found.shape[1], len(weights)), dtype=bool)
    for one, other in combinations(range(found.shape[1]), 2):
        r = pearson(found[:, one], found[:, other], weights)
        defined = ~np.isnan(r)
        sums += np.where(defined, r, 0)
        votes += defined
        taking_part[one] |= defined
        taking_part[other] |= defined
    return MeanCorrelation(ratio(sums, votes), taking_part.sum(axis=0).astype(np.float64))
