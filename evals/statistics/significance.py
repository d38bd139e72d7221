"""Whether one panel is better than another, how sure that is, and how many documents it takes.

The interval is by paired bootstrap: both panels' values come from the same replicates. The p value
is by permutation: were the panels alike, their scores of a source document could be swapped.

>>> holm([0.01, None, 0.04])
[0.02, None, 0.04]
"""

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assignee.evals.bootstrap import SEED, Estimate, Floats, estimate
from assignee.evals.statistics.chunks import Metric

Verdict = Literal["better", "worse", "inconclusive"]

PERMUTATIONS = 10_000
ALPHA = 0.05
POWER = 0.8
CELLS = 1 << 19
"""Weights permuted at once, 4 MiB: Kendall's matrix of pairs is made anew for every chunk."""
ROUNDING = 1e-9
"""A permuted difference so little below the observed one, or that share of it, equals it."""


class Comparison(NamedTuple):
    """The first panel beside the second by one metric."""

    difference: Estimate
    """First less second."""
    standard_error: float | None
    """Standard deviation of the difference over replicates; `None` under two that define it."""
    p_value: float | None
    detectable: float | None
    """Least true difference found with 80 % power at 5 %; `None` without a standard error above 0,
    as with two panels that say the same."""
    verdict: Verdict
    """Of the first panel."""


def compared(
    first: ArrayLike, second: ArrayLike, p_value: float | None, *, higher_is_better: bool = True
) -> Comparison:
    """Compare two panels by a metric's values in the same replicates and a p value, as adjusted.

    The first is better or worse if p ≤ 5 % and the interval lies on that side of 0.
    """
    gaps = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    drawn = gaps[1:][~np.isnan(gaps[1:])]
    error = float(drawn.std(ddof=1)) if len(drawn) > 1 else None
    if error is not None and error < ROUNDING:
        error = 0.0  # all replicates are alike but for rounding
    difference = estimate(gaps)
    return Comparison(
        difference=difference,
        standard_error=error,
        p_value=p_value,
        detectable=_reach() * error if error else None,
        verdict=_verdict(difference, p_value, higher_is_better=higher_is_better),
    )


def _verdict(difference: Estimate, p_value: float | None, *, higher_is_better: bool) -> Verdict:
    low, high = difference.low, difference.high
    if p_value is None or p_value > ALPHA or low is None or high is None or low <= 0 <= high:
        return "inconclusive"
    return "better" if (low > 0) == higher_is_better else "worse"


def _reach() -> float:
    """Standard errors between no effect and one that is found with the wanted power."""
    normal = NormalDist()
    return normal.inv_cdf(1 - ALPHA / 2) + normal.inv_cdf(POWER)


def least_p(documents: int) -> float:
    """The least p that permuting so many source documents can reach: 2^(1 − n).

    Of all 2^n swaps two are as extreme as what was seen: none, and all of them.
    """
    return float(2.0 ** (1 - documents))


def least_documents(tests: int) -> int:
    """With fewer source documents no p is ≤ 5 % after Holm's correction of so many tests.

    >>> least_documents(1), least_documents(34)
    (6, 11)
    """
    return math.ceil(1 + math.log2(max(1, tests) / ALPHA))


def permutation_p(
    metric: Metric,
    groups: Sequence[str],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> float | None:
    """Two-sided p of the difference of a metric, with scores swapped within groups.

    `metric` takes weights of shape (replicates, 2 · items) over the first panel's items followed by
    the second's, so that a swap is another choice of weights:

    >>> both, truth = np.array([1.0, 2, 3, 9, 1, 3]), np.tile([1.0, 2, 3], 2)
    >>> def closeness(weights):
    ...     return -(weights @ np.abs(both - truth)) / weights.sum(axis=1)
    >>> permutation_p(closeness, ["a", "b", "c"], permutations=99) > 0.05
    True

    Panels that are alike have one scale. Where the metric knows no scale, as a correlation does,
    give each panel's `standings` instead of its scores, lest a swap mixes scales.

    Undefined permutations count as extreme; `None` where the observed difference is undefined.
    """
    members = _members(groups)
    observed = abs(float(_gap(metric, np.zeros((1, len(members))))[0]))
    if math.isnan(observed):
        return None
    rows = max(1, CELLS // max(1, 2 * len(members)))
    extreme = 0
    for swapped in _swaps(members, permutations, seed, rows=rows):
        extreme += _at_least(_gap(metric, swapped[:, members]), observed)
    return (1 + extreme) / (1 + permutations)


def _gap(metric: Metric, swapped: Floats) -> Floats:
    kept = 1 - swapped
    return metric(np.hstack([kept, swapped])) - metric(np.hstack([swapped, kept]))


def _members(groups: Sequence[str]) -> NDArray[np.intp]:
    """The number of each item's group."""
    return np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1]


def _swaps(
    members: NDArray[np.intp], permutations: int, seed: int, *, rows: int
) -> Iterator[Floats]:
    """Chunks of at most `rows` permutations: 1 where a group is swapped, shape (rows, groups)."""
    rng, groups = np.random.default_rng(seed), int(members.max(initial=-1)) + 1
    for start in range(0, permutations, rows):
        drawn = rng.integers(2, size=(min(rows, permutations - start), groups), dtype=bool)
        yield drawn.astype(np.float64)


def _at_least(gaps: Floats, observed: float) -> int:
    return int((~(np.abs(gaps) < observed - ROUNDING * (1 + observed))).sum())


def mean_permutation_p(
    gaps: ArrayLike,
    groups: Sequence[str],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> float | None:
    """The same for a metric that is a mean of one value an item, from the items' differences.

    Swapping a group turns the sign of its sum. Items whose difference is missing (`nan`) are left
    out; `None` without any.
    """
    apart = np.asarray(gaps, dtype=np.float64)
    if np.isnan(apart).all():
        return None
    members = _members(groups)
    sums = np.bincount(members, weights=np.nan_to_num(apart))
    observed = abs(float(sums.sum()))
    extreme = 0
    for swapped in _swaps(members, permutations, seed, rows=max(1, CELLS // len(sums))):
        extreme += _at_least(sums.sum() - 2 * (swapped @ sums), observed)
    return (1 + extreme) / (1 + permutations)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """P values adjusted for their number by Holm's step-down (1979); `None` is not counted."""
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    least = 0.0
    for step, (p, place) in enumerate(known):
        least = max(least, min(1.0, p * (len(known) - step)))
        adjusted[place] = least
    return adjusted


class Plan(NamedTuple):
    """How many source documents would show an effect with 80 % power at 5 %."""

    effect: float
    documents: int


def power_table(effects: Sequence[float], *, standard_error: float, documents: int) -> list[Plan]:
    """The documents that each true difference needs, given the standard error at some number.

    The standard error falls with the root of the number of documents.

    Raises:
        ValueError: an effect of 0.
    """
    if 0 in effects:
        raise ValueError("no number of documents shows an effect of 0")
    return [
        Plan(effect, math.ceil(documents * (_reach() * standard_error / effect) ** 2))
        for effect in effects
    ]
