"""Dawid and Skene's model of judges: each has its own chances to say a label when another is right.

A. P. Dawid, A. M. Skene: Maximum likelihood estimation of observer error-rates using the EM
algorithm. Applied Statistics 28 (1979).

>>> said = np.array([[0, 0, 1], [0, 0, 0], [1, 1, 0], [1, 1, 1]])
>>> model = dawid_skene(said, classes=2)
>>> model.posteriors.argmax(axis=1).tolist(), model.worse_than_chance().tolist()
([0, 0, 1, 1], [False, False, False])
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assignee.evals.bootstrap import Floats, ratio

ROUNDS = 500
CLOSE = 1e-6
"""EM has converged when no probability moves by more."""
PRIOR = 1.0
"""Votes that each row of a judge's table has beforehand, over all labels: no chance is 0."""


class Model(NamedTuple):
    """What EM found."""

    posteriors: Floats
    """Chance of each label to be right, shape (items, classes)."""
    priors: Floats
    """Share of each label."""
    tables: Floats
    """Chance of each judge to say a label when one is right, shape (judges, right, said)."""
    rounds: int

    def worse_than_chance(self) -> NDArray[np.bool_]:
        """Judges who, the model holds, say the right label more rarely than one who guesses.

        Mean over the right labels. Without anchors that is only what most of the others hold: where
        most judges are wrong the good ones stand here, and all labels are switched.
        """
        right = np.diagonal(self.tables, axis1=1, axis2=2).mean(axis=1)
        return np.asarray(right < 1 / len(self.priors))


def ballots(said: ArrayLike, classes: int) -> Floats:
    """Votes as 0 and 1, shape (items, judges, classes); an abstention (-1) is all 0."""
    found: Floats = (np.asarray(said)[:, :, None] == np.arange(classes)).astype(np.float64)
    return found


def dawid_skene(said: ArrayLike, *, classes: int, anchors: ArrayLike | None = None) -> Model:
    """Fit by EM from the shares of votes; deterministic.

    Args:
        said: label of each judge, shape (items, judges), -1 where it abstained.
        classes: number of labels.
        anchors: the right label of each item, -1 where it is to be found. They decide which label
            is which; without them EM starts from the majority and keeps its naming.
    """
    cast = ballots(said, classes)
    counts = cast.sum(axis=1)
    shares = ratio(counts, counts.sum(axis=1, keepdims=True))
    known = np.full(len(cast), -1) if anchors is None else np.asarray(anchors)
    truth, fixed = np.eye(classes)[np.maximum(known, 0)], known >= 0
    posteriors = np.where(fixed[:, None], truth, np.where(np.isnan(shares), 1 / classes, shares))
    moved, rounds = np.inf, 0
    while moved > CLOSE and rounds < ROUNDS:
        priors, tables = _estimated(posteriors, cast)
        found = np.where(fixed[:, None], truth, _expected(priors, tables, cast))
        moved = float(np.abs(found - posteriors).max(initial=0))
        posteriors, rounds = found, rounds + 1
    return Model(posteriors, priors, tables, rounds)


def _estimated(posteriors: Floats, cast: Floats) -> tuple[Floats, Floats]:
    """The M step: shares of labels, and the judges' tables."""
    items, judges, classes = cast.shape
    shares = posteriors.sum(axis=0) + PRIOR / classes
    counts = (posteriors.T @ cast.reshape(items, judges * classes)).reshape(
        classes, judges, classes
    )
    tables = counts.transpose(1, 0, 2) + PRIOR / classes
    return shares / shares.sum(), tables / tables.sum(axis=2, keepdims=True)


def _expected(priors: Floats, tables: Floats, cast: Floats) -> Floats:
    """The E step: chances of the labels given the votes."""
    heard = np.log(tables).transpose(0, 2, 1).reshape(-1, len(priors))
    logs = np.log(priors) + cast.reshape(len(cast), len(heard)) @ heard
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    found: Floats = powers / powers.sum(axis=1, keepdims=True)
    return found
