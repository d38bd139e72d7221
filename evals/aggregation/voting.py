"""Voting rules: from the verdicts of several judges to one label an item, or to silence.

Labels are numbered from 0; -1 is no label: an abstention among votes, silence among decisions.

>>> votes = Votes(np.array([[0, 0, 1], [0, 1, -1]]), np.array([0, 1]), 2, ["a", "b"])
>>> majority(votes).label.tolist(), unanimous(votes).label.tolist()
([0, -1], [-1, -1])
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assignee.errors import SettingsError, nearest
from assignee.evals.aggregation.dawid_skene import ballots, dawid_skene
from assignee.evals.bootstrap import Floats, ratio
from assignee.evals.metrics import confusion
from assignee.evals.statistics.folds import Mask, cross_fitted, folds_of

SILENT = -1
ROUNDING = 1e-9
"""Sums of weights that differ by no more are a tie."""

Labels = NDArray[np.intp]


class Votes(NamedTuple):
    """What judges said of items."""

    said: Labels
    """Shape (items, judges)."""
    gold: Labels
    """The right label of each item, -1 where unknown; only what is named so learns from it."""
    classes: int
    groups: Sequence[str]
    """Source document of each item."""


class Decisions(NamedTuple):
    """One label an item."""

    label: Labels
    """-1 where the rule is silent."""
    confidence: Floats
    """Share of votes, or probability under the rule's model, of the label; `nan` where silent."""


def decided(support: Floats, confidence: Floats) -> Decisions:
    """The label of most support, shape (items, classes); silence where two have the most."""
    ordered = np.sort(support, axis=1)
    clear = ordered[:, -1] - ordered[:, -2] > ROUNDING
    best = support.argmax(axis=1)
    stated = confidence[np.arange(len(best)), best]
    return Decisions(np.where(clear, best, SILENT), np.where(clear, stated, np.nan))


def majority(votes: Votes) -> Decisions:
    """The label of most votes; silence at a tie."""
    counts = ballots(votes.said, votes.classes).sum(axis=1)
    return decided(counts, ratio(counts, counts.sum(axis=1, keepdims=True)))


def quorum(votes: Votes, *, share: float) -> Decisions:
    """The label that this share of all judges gives, those who abstain included; else silence."""
    found = majority(votes)
    counts = ballots(votes.said, votes.classes).sum(axis=1).max(axis=1, initial=0)
    reached = counts >= share * votes.said.shape[1] - ROUNDING
    return Decisions(
        np.where(reached, found.label, SILENT), np.where(reached, found.confidence, np.nan)
    )


unanimous = partial(quorum, share=1.0)
"""The label that all judges give; silence where one differs or abstains."""


def weighted(votes: Votes) -> Decisions:
    """Votes weighted by the log odds of each judge's accuracy on the other folds.

    The best rule for judges who err independently and as often on every label (Nitzan and Paroush,
    1982). One worse than chance weighs below 0: its vote speaks for the other labels.
    """
    cast, folds = ballots(votes.said, votes.classes), folds_of(votes.groups)
    support = np.full((len(cast), votes.classes), np.nan)
    for label in range(votes.classes):

        def predict(fit: Mask, apply: Mask, label: int = label) -> Floats:
            found: Floats = cast[apply, :, label] @ log_odds(votes, fit)
            return found

        support[:, label] = cross_fitted(folds, votes.gold >= 0, predict)
    support = np.where(_heard(votes), np.nan_to_num(support), 0)
    powers = np.exp(support - support.max(axis=1, keepdims=True))
    return decided(support, powers / powers.sum(axis=1, keepdims=True))


def log_odds(votes: Votes, known: Mask) -> Floats:
    """Each judge's weight: log odds of its accuracy on the known items, less those of a guess.

    One right and one wrong vote of a guess are added, so that no judge is certain; a judge without
    votes weighs 0.
    """
    given = votes.said[known] >= 0
    right = np.equal(votes.said[known], votes.gold[known, None]) & given
    hits = right.sum(axis=0) + 1
    misses = (given & ~right).sum(axis=0) + votes.classes - 1
    found: Floats = np.log(hits / misses * (votes.classes - 1))
    return found


def unsupervised(votes: Votes) -> Decisions:
    """Dawid and Skene's model without a single right label: what the judges agree on is truth."""
    found = dawid_skene(votes.said, classes=votes.classes).posteriors
    return _spoken(votes, found)


def anchored(votes: Votes) -> Decisions:
    """The same, with the right labels of the other folds given."""
    folds = folds_of(votes.groups)
    found = np.full((len(votes.said), votes.classes), np.nan)
    for fold in np.unique(folds):
        held_out = folds == fold
        anchors = np.where(held_out, SILENT, votes.gold)
        model = dawid_skene(votes.said, classes=votes.classes, anchors=anchors)
        found[held_out] = model.posteriors[held_out]
    return _spoken(votes, found)


def _spoken(votes: Votes, posteriors: Floats) -> Decisions:
    return decided(np.where(_heard(votes), posteriors, 0), posteriors)


def _heard(votes: Votes) -> Mask:
    """Whether anyone voted on an item, shape (items, 1)."""
    return np.asarray(np.any(np.greater_equal(votes.said, 0), axis=1, keepdims=True))


def best_judge(votes: Votes) -> Decisions:
    """The verdicts of the judge that is right most often on the other folds: no oracle."""
    right = np.equal(votes.said, votes.gold[:, None])

    def predict(fit: Mask, apply: Mask) -> Floats:
        found: Floats = votes.said[apply, right[fit].sum(axis=0).argmax()].astype(np.float64)
        return found

    chosen = cross_fitted(folds_of(votes.groups), votes.gold >= 0, predict)
    label = np.where(np.isnan(chosen), SILENT, chosen).astype(np.intp)
    return Decisions(label, np.where(label >= 0, 1.0, np.nan))


def renamed(label: Labels, gold: Labels, classes: int) -> float | None:
    """Accuracy with the labels exchanged as fits the right ones best: were they only switched?

    `None` where no exchange is better. A model without anchors cannot know which label is which.
    """
    from scipy.optimize import linear_sum_assignment

    said = np.where(label < 0, classes, label)
    counts = confusion(gold, said, np.ones((1, len(gold))), classes=classes)[0, :, :classes]
    best = float(counts[linear_sum_assignment(counts, maximize=True)].sum())
    return best / len(gold) if best > np.trace(counts) else None


class Rule(NamedTuple):
    """A way to make one verdict of several."""

    decide: Callable[[Votes], Decisions]
    how: str
    """In a few words, as a table shows it."""


RULES: dict[str, Rule] = {
    "majority": Rule(majority, "most votes; silent at a tie"),
    "weighted": Rule(weighted, "votes by log odds of accuracy on other folds"),
    "dawid-skene": Rule(unsupervised, "Dawid and Skene (1979), no right label known"),
    "anchored": Rule(anchored, "Dawid and Skene with the right labels of other folds"),
    "two-thirds": Rule(partial(quorum, share=2 / 3), "two thirds of all judges; else silent"),
    "unanimous": Rule(unanimous, "all judges; else silent"),
}


def rule(name: str) -> Rule:
    """The rule of that name.

    Raises:
        SettingsError: there is none; the message names the nearest.
    """
    if name not in RULES:
        raise SettingsError(f"unknown voting rule {name!r}; {nearest(name, RULES)}")
    return RULES[name]
