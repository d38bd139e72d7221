"""Folds for cross-fitting: what is fitted for an item never saw an item of its source document."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from assignee.evals.bootstrap import SEED, Floats

FOLDS = 10

Folds = NDArray[np.intp]
"""The fold of each item, numbered from 0."""
Mask = NDArray[np.bool_]


def folds_of(groups: Sequence[str], *, folds: int = FOLDS, seed: int = SEED) -> Folds:
    """Deal the groups out in a seeded order, the largest first, each to the smallest fold.

    With fewer groups than folds every group is a fold; a single group leaves nothing to fit on.

    >>> folds_of(["a", "a", "b", "c"], folds=2).tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
    True
    """
    names, members, sizes = np.unique(
        np.asarray(groups, dtype=str), return_inverse=True, return_counts=True
    )
    shuffled = np.random.default_rng(seed).permutation(len(names))
    filled, dealt = np.zeros(min(folds, len(names)), dtype=np.intp), np.zeros_like(sizes)
    for group in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        dealt[group] = np.argmin(filled)
        filled[dealt[group]] += sizes[group]
    found: Folds = dealt[members]
    return found


def cross_fitted(folds: Folds, known: Mask, predict: Callable[[Mask, Mask], Floats]) -> Floats:
    """What `predict(fit, apply)` says of the items of each fold, fitted on `known` ones of others.

    `nan` where the other folds have no known item.
    """
    found = np.full(len(folds), np.nan)
    for fit, apply in _splits(folds, known):
        found[apply] = predict(fit, apply)
    return found


def _splits(folds: Folds, known: Mask) -> Iterator[tuple[Mask, Mask]]:
    for fold in np.unique(folds):
        apply = folds == fold
        if (known & ~apply).any():
            yield known & ~apply, apply
