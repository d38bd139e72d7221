"""Trials arranged as arrays, one row a sample of the dataset, in its order; `nan` where unscored.

>>> sample = Sample(id="a", group="a", human=(4,))
>>> made = Trial(panel="p", sample="a", epoch=1, fingerprint="", scores={"r": 3.0}, score=3.0)
>>> table = arranged(Dataset(name="d", kind="rated", samples=(sample,)), "p", [made])
>>> table.scores.tolist(), table.human.tolist()
([3.0], [4.0])
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assignee.evals.bootstrap import Floats, row_means
from assignee.evals.planting import detection
from assignee.evals.trials.records import Dataset, Sample, Spent, Trial
from assignee.records import Review

COSTS = ("calls", "tokens", "cost", "seconds")


class Table(NamedTuple):
    """What one panel said of every sample of a dataset."""

    panel: str
    ids: tuple[str, ...]
    groups: tuple[str, ...]
    families: tuple[str, ...]
    harmless: NDArray[np.bool_]
    """Whether a sample's edit must not matter; false for clean ones too."""
    human: Floats
    """Mean human score."""
    accepted: Floats
    """1 accepted, 0 rejected."""
    epochs: Floats
    """The panel's score, shape (samples, epochs)."""
    members: Floats
    """Each reviewer's score, mean over epochs, shape (samples, reviewers)."""
    reviewers: tuple[str, ...]
    base: NDArray[np.intp]
    """Row of the clean sample that was edited; its own row for a clean one."""
    caught: Floats
    """Share of epochs in which the flaw was found or, without one, a false alarm was given."""
    spent: Floats
    """Calls, tokens, US dollars and seconds of one trial, mean over epochs, shape (samples, 4)."""
    why: tuple[str, ...]
    """The reasons for which something is unscored, each once."""

    @property
    def scores(self) -> Floats:
        """The panel's score of each sample, mean over the epochs in which it scored."""
        return row_means(self.epochs)

    @property
    def drop(self) -> Floats:
        """How far a sample's score lies under that of the clean sample it was made from."""
        dropped: Floats = self.scores[self.base] - self.scores
        return dropped

    @property
    def clean(self) -> NDArray[np.bool_]:
        """Samples in which nothing was edited."""
        return np.asarray(self.base == np.arange(len(self.ids)))


def arranged(dataset: Dataset, panel: str, trials: Iterable[Trial]) -> Table:
    """One panel's trials as arrays; trials of samples that the dataset lacks are left out."""
    row = {sample.id: index for index, sample in enumerate(dataset.samples)}
    kept = [trial for trial in trials if trial.sample in row]
    reviewers = tuple(dict.fromkeys(name for trial in kept for name in trial.scores))
    shape = (len(row), max((trial.epoch for trial in kept), default=1))
    scores = np.full(shape, np.nan)
    caught = np.full(shape, np.nan)
    members = np.full((*shape, len(reviewers)), np.nan)
    spent = np.full((*shape, len(COSTS)), np.nan)
    reviews = {(trial.sample, trial.epoch): trial.reviews for trial in kept}
    for trial in kept:
        at = (row[trial.sample], trial.epoch - 1)
        scores[at] = number(trial.score)
        members[at] = [number(trial.scores.get(name)) for name in reviewers]
        spent[at] = cost_of(trial.spent)
        sample = dataset.samples[at[0]]
        if trial.reviews:
            base = reviews.get((sample.base or sample.id, trial.epoch))
            caught[at] = number(noticed(sample, trial.reviews, base))
    return Table(
        panel=panel,
        ids=tuple(row),
        groups=tuple(sample.group for sample in dataset.samples),
        families=tuple(sample.family for sample in dataset.samples),
        harmless=np.array([s.edit is not None and s.edit.harmless for s in dataset.samples]),
        human=np.array([number(sample.human_mean) for sample in dataset.samples]),
        accepted=np.array([number(sample.accepted) for sample in dataset.samples]),
        epochs=scores,
        members=row_means(members),
        reviewers=reviewers,
        base=np.array([row.get(s.base or s.id, row[s.id]) for s in dataset.samples], dtype=np.intp),
        caught=row_means(caught),
        spent=row_means(spent),
        why=tuple(dict.fromkeys(reason for t in kept for reason in t.unscored.values())),
    )


def number(value: float | bool | None) -> float:
    """The value as a number; `nan` where there is none."""
    return np.nan if value is None else float(value)


def cost_of(spent: Spent) -> list[float]:
    """Calls, tokens, US dollars and seconds; `nan` where unknown."""
    known = spent.prompt_tokens is not None and spent.completion_tokens is not None
    tokens = (spent.prompt_tokens or 0) + (spent.completion_tokens or 0)
    return [spent.calls, tokens if known else np.nan, number(spent.cost), spent.seconds]


def noticed(
    sample: Sample, reviews: Sequence[Review], base: Sequence[Review] | None
) -> bool | None:
    """Whether the flaw was found; of a clean or harmlessly edited sample, whether one was called.

    `None` where the clean sample's own reviews are missing, or too little was scored.
    """
    if sample.edit is None:
        return detection.alarmed_clean(reviews)
    if base is None:
        return None
    if sample.edit.harmless:
        return detection.alarmed(base, reviews)
    return detection.detected(sample.edit, base, reviews)
