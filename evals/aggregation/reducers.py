"""Reducers: from the scores of several reviewers to one score an item.

Scores have the shape (items, reviewers), `nan` where a reviewer gave none; an item that a reducer
cannot score is `nan`. What is learned (moments, weights) comes from other source documents.

>>> scores = Scores(np.array([[1.0, 2.0, 9.0], [4.0, np.nan, np.nan]]), np.full(2, np.nan), "ab")
>>> mean(scores).tolist(), median(scores).tolist()
([4.0, 4.0], [2.0, 4.0])
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from assignee.errors import SettingsError, nearest
from assignee.evals.bootstrap import Floats, row_means
from assignee.evals.statistics.folds import Folds, Mask, cross_fitted, folds_of

TRIMMED = 0.2
"""Share of an item's scores that is cut at either end (Wilcox, 2012)."""
PENALTIES: tuple[float, ...] = tuple(np.logspace(4, -1, 11).tolist())
"""Ridge penalties to choose from, on standardised scores, in items."""
MOST = 1e6
"""Scores that a prior is worth where effects seem not to vary at all."""
CONSTANT = 1e-9
"""A standard deviation up to this is none."""


class Scores(NamedTuple):
    """What reviewers and humans said of items."""

    values: Floats
    """Shape (items, reviewers)."""
    human: Floats
    """Mean human score of each item, `nan` where there is none; only `ridge` learns from it."""
    groups: Sequence[str]
    """Source document of each item."""


def mean(scores: Scores) -> Floats:
    """The mean of the scores that were given."""
    return row_means(scores.values)


def median(scores: Scores) -> Floats:
    """The median of the scores that were given."""
    ordered, given = np.sort(scores.values, axis=1), (~np.isnan(scores.values)).sum(axis=1)
    items = np.arange(len(ordered))
    middle: Floats = (ordered[items, (given - 1) // 2] + ordered[items, given // 2]) / 2
    return middle


def trimmed(scores: Scores) -> Floats:
    """The mean without the lowest and the highest fifth of an item's scores, rounded down."""
    given = (~np.isnan(scores.values)).sum(axis=1)[:, None]
    cut = np.floor(TRIMMED * given)
    place = np.arange(scores.values.shape[1])
    kept = (place >= cut) & (place < given - cut)
    return row_means(np.where(kept, np.sort(scores.values, axis=1), np.nan))


def zscored(scores: Scores) -> Floats:
    """The mean of each reviewer's scores in standard deviations, put back on the common scale.

    A reviewer's mean and deviation are those on the other folds. One who is constant there says
    nothing and is left out.
    """

    def predict(fit: Mask, apply: Mask) -> Floats:
        centre, spread = moments(scores.values[fit])
        telling = spread > CONSTANT
        if not telling.any():
            return np.full(apply.sum(), np.nan)
        apart = (scores.values[apply][:, telling] - centre[telling]) / spread[telling]
        found: Floats = centre[telling].mean() + spread[telling].mean() * row_means(apart)
        return found

    return cross_fitted(folds_of(scores.groups), scored(scores.values), predict)


def scored(values: Floats) -> Mask:
    """Whether anyone gave an item a score."""
    return np.asarray(~np.isnan(values).all(axis=1))


def moments(values: Floats) -> tuple[Floats, Floats]:
    """Each column's mean and standard deviation over what is known; `nan` without anything."""
    centre = row_means(values.T)
    return centre, np.sqrt(row_means(((values - centre) ** 2).T))


class Additive(NamedTuple):
    """Score = base + item + reviewer + noise, the effects shrunk by their share of noise."""

    base: float
    items: Floats
    reviewers: Floats


def additive(scores: Scores) -> Floats:
    """The item effects of a two-way additive model, shrunk where few reviewers scored an item.

    Repairs what a mean cannot: an item that only the strict reviewers scored. Where all scored
    all, it orders items as the mean does. It learns from no human score, so all items take part.
    """
    values = scores.values
    seen = ~np.isnan(values)
    items, reviewers = seen.any(axis=1), seen.any(axis=0)
    found = np.full(len(values), np.nan)
    if not seen.any():
        return found
    fitted = fit_additive(values[np.ix_(items, reviewers)])
    found[items] = fitted.base + fitted.items
    return found


def fit_additive(values: Floats) -> Additive:
    """The additive model with variances by moments; every item and reviewer has a score.

    Without repeated scores the noise is unknown; then nothing is shrunk.
    """
    seen = ~np.isnan(values)
    free = seen.sum() - sum(values.shape) + 1
    plain = solve_additive(values, CONSTANT, CONSTANT)
    if free < 1 or values.shape[1] < 2:
        return plain
    left = values - plain.base - plain.items[:, None] - plain.reviewers
    noise = float(np.nansum(left**2) / free)
    return solve_additive(
        values,
        _shrinkage(plain.items, noise, seen.sum(axis=1)),
        _shrinkage(plain.reviewers, noise, seen.sum(axis=0)),
    )


def _shrinkage(effects: Floats, noise: float, given: Floats) -> float:
    """Noise over the effects' own variance: the scores that the prior at 0 is worth."""
    own = float(effects.var(ddof=1) if len(effects) > 1 else 0.0) - noise * float(
        (1 / given).mean()
    )
    return min(MOST, noise / own) if own > 0 else MOST


def solve_additive(values: Floats, item_prior: float, reviewer_prior: float) -> Additive:
    """Henderson's equations; the items, of which there are many, are eliminated first."""
    seen = (~np.isnan(values)).astype(np.float64)
    given, filled = seen.sum(axis=1) + item_prior, np.nan_to_num(values)
    design = np.column_stack([seen.sum(axis=1), seen])
    right = np.concatenate([[filled.sum()], filled.sum(axis=0)])
    left = np.zeros((len(right), len(right)))
    left[0, 0], left[0, 1:] = seen.sum(), seen.sum(axis=0)
    left[1:, 0] = left[0, 1:]
    left[1:, 1:] = np.diag(seen.sum(axis=0) + reviewer_prior)
    left -= design.T @ (design / given[:, None])
    right -= design.T @ (filled.sum(axis=1) / given)
    common = np.linalg.lstsq(left, right, rcond=None)[0]
    items = (filled.sum(axis=1) - design @ common) / given
    base, reviewers = float(common[0]), common[1:]
    return Additive(base + float(items.mean() + reviewers.mean()),
                    items - items.mean(), reviewers - reviewers.mean())  # fmt: skip


def ridge(scores: Scores) -> Floats:
    """Human means by ridge regression on the reviewers' scores, learned on the other folds.

    The penalty is the one of least squared error in folds inside the known items. A score that is
    missing is filled with the reviewer's mean and what the item's other reviewers lie above theirs.
    """
    given, folds = scored(scores.values), folds_of(scores.groups)

    def predict(fit: Mask, apply: Mask) -> Floats:
        regression = fit_ridge(scores, fit, [chosen_penalty(scores, fit, folds)])
        return np.where(given[apply], regression(scores.values[apply])[:, 0], np.nan)

    return cross_fitted(folds, given & ~np.isnan(scores.human), predict)


def chosen_penalty(scores: Scores, known: Mask, folds: Folds) -> float:
    """The penalty of least squared error in the folds of the known items; of equals the largest."""
    losses = np.zeros(len(PENALTIES))
    for fold in np.unique(folds[known]):
        held_out = known & (folds == fold)
        if (fit := known & ~held_out).any():
            guessed = fit_ridge(scores, fit, PENALTIES)(scores.values[held_out])
            losses += ((guessed - scores.human[held_out, None]) ** 2).sum(axis=0)
    return PENALTIES[int(np.argmin(losses))]


def fit_ridge(
    scores: Scores, known: Mask, penalties: Sequence[float]
) -> Callable[[Floats], Floats]:
    """From rows of scores to the human means that the known items suggest, a column a penalty."""
    centre, spread = moments(scores.values[known])
    telling = spread > CONSTANT
    middle = float(scores.human[known].mean())

    def standard(values: Floats) -> Floats:
        apart = (values[:, telling] - centre[telling]) / spread[telling]
        others = np.nan_to_num(row_means(apart))[:, None]
        return np.where(np.isnan(apart), others, apart)

    features = standard(scores.values[known])
    sizes, axes = np.linalg.eigh(features.T @ features)
    pull = axes.T @ features.T @ (scores.human[known] - middle)
    weights = axes @ (pull[:, None] / (sizes[:, None] + np.asarray(penalties)))

    def apply(values: Floats) -> Floats:
        guessed: Floats = middle + standard(values) @ weights
        return guessed

    return apply


class Reducer(NamedTuple):
    """A way to make one score of several."""

    reduce: Callable[[Scores], Floats]
    how: str
    """In a few words, as a table shows it."""


REDUCERS: dict[str, Reducer] = {
    "mean": Reducer(mean, "mean of the scores given"),
    "median": Reducer(median, "median of the scores given"),
    "trimmed": Reducer(trimmed, "mean without the lowest and the highest fifth"),
    "z-scored": Reducer(zscored, "mean in each reviewer's deviations, moments of other folds"),
    "additive": Reducer(additive, "item effect beside the reviewers' severity, shrunk"),
    "ridge": Reducer(ridge, "weights fitted to human means of other folds"),
}


def reducer(name: str) -> Reducer:
    """The reducer of that name.

    Raises:
        SettingsError: there is none; the message names the nearest.
    """
    if name not in REDUCERS:
        raise SettingsError(f"unknown reducer {name!r}; {nearest(name, REDUCERS)}")
    return REDUCERS[name]
