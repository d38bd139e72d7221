"""Compares ways to make one score, or one verdict, of several that are on record.

    found = compare_reducers(dataset)
    print(found.row("mean").spearman)

All intervals are of 95 %, by a bootstrap over source documents.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from assignee.errors import SettingsError
from assignee.evals.aggregation.reducers import REDUCERS, Scores
from assignee.evals.aggregation.voting import RULES, Decisions, Labels, Votes, best_judge, renamed
from assignee.evals.bootstrap import SEED, Estimate, Floats, estimate, mean, ratio, resampled
from assignee.evals.metrics import selection
from assignee.evals.statistics.correlation import spearman
from assignee.evals.statistics.decision import auc
from assignee.evals.statistics.error import calibrated, mae
from assignee.evals.statistics.folds import folds_of
from assignee.evals.statistics.humans import ceiling, one_human
from assignee.evals.trials.baselines import human_means, human_scores, scored_baselines
from assignee.evals.trials.records import Dataset
from assignee.evals.trials.verdicts import Orders, VerdictSet
from assignee.evals.verification import Point
from assignee.evals.verify import COVERAGES
from assignee.records import Record

BEST = "best single judge"
SILENCED = ("two-thirds", "unanimous")
"""Rules that are majority, silent below a share of votes: the points of majority tell of both."""


class ScoreRow(Record):
    """One way to score every sample."""

    name: str
    how: str
    samples: int
    """Samples with this score and human ones."""
    spearman: Estimate
    auc: Estimate
    """Of what humans accepted; without a value where nothing was decided."""
    error: Estimate
    """Mean absolute error of the score as it stands."""
    calibrated: Estimate
    """The same after an offset that other folds gave."""
    gain: Estimate
    """Spearman less that of the mean of all reviewers, on the same samples."""
    why: str | None = None
    """Why there is no score."""


class HumanPair(Record):
    """Two columns of human scores, numbered from 1 in the order of the data."""

    first: int
    second: int
    spearman: Estimate


class ScoreLaboratory(Record):
    """Ways to make one score of several, beside the reviewers and the baselines."""

    dataset: str
    samples: int
    groups: int
    missing: float
    """Share of scores that no reviewer gave."""
    reducers: tuple[ScoreRow, ...]
    baselines: tuple[ScoreRow, ...]
    members: tuple[ScoreRow, ...]
    humans: tuple[HumanPair, ...]
    """Every two humans, where each sample has as many; empty elsewhere."""
    one_human: Estimate
    """Spearman of one human with the mean of the sample's others."""
    ceiling: Estimate
    """√(reliability of the human mean)."""


def compare_reducers(dataset: Dataset, *, left_out: float = 0.0) -> ScoreLaboratory:
    """Every reducer on the dataset's recorded scores.

    Args:
        dataset: samples with recorded and human scores.
        left_out: share of the recorded scores to leave out at random, seeded: what if reviewers
            fail?

    Raises:
        SettingsError: no reviewer's scores are on record, or no human's.
    """
    scores, reviewers = scores_of(dataset)
    gone = np.random.default_rng(SEED).random(scores.values.shape) < left_out
    scores = scores._replace(values=np.where(gone, np.nan, scores.values))
    if not reviewers or np.isnan(scores.human).all():
        lacking = "recorded scores" if not reviewers else "human scores"
        raise SettingsError(f"the dataset {dataset.name!r} has no {lacking} to compare with")
    weights = resampled(list(scores.groups))
    bench = _Bench(dataset, scores, weights)
    humans = human_scores(dataset.samples)
    return ScoreLaboratory(
        dataset=dataset.name,
        samples=len(dataset.samples),
        groups=len(set(scores.groups)),
        missing=float(np.isnan(scores.values).mean()),
        reducers=tuple(
            bench.row(name, one.how, one.reduce(scores)) for name, one in REDUCERS.items()
        ),
        baselines=tuple(
            bench.row(one.name, one.detail, one.scores, areas=one.areas, why=one.why)
            for one in scored_baselines(dataset, scores.values, reviewers)
        ),
        members=tuple(
            bench.row(name, "one reviewer", column)
            for name, column in zip(reviewers, scores.values.T, strict=True)
        ),
        humans=tuple(human_pairs(humans, weights)),
        one_human=estimate(one_human(humans, spearman, weights)),
        ceiling=estimate(ceiling(humans, weights)),
    )


def human_pairs(humans: Floats, weights: Floats) -> Iterator[HumanPair]:
    """Spearman of every two columns of human scores; nothing where a sample has fewer than others.

    A column is one human only if the data says so: raters who differ from sample to sample, or
    columns that were sorted, correlate otherwise.
    """
    if np.isnan(humans).any():
        return
    for one, other in combinations(range(humans.shape[1]), 2):
        found = estimate(spearman(humans[:, one], humans[:, other], weights))
        yield HumanPair(first=one + 1, second=other + 1, spearman=found)


def scores_of(dataset: Dataset) -> tuple[Scores, list[str]]:
    """The recorded scores as an array, and the names of its columns."""
    names = sorted({name for sample in dataset.samples for name in sample.recorded})
    rows = [[sample.recorded.get(name) for name in names] for sample in dataset.samples]
    values = np.array(rows, dtype=np.float64).reshape(len(rows), len(names))
    return Scores(values, human_means(dataset), [s.group for s in dataset.samples]), names


class _Bench:
    """The figures that every way of scoring is measured by."""

    def __init__(self, dataset: Dataset, scores: Scores, weights: Floats) -> None:
        self._human, self._weights = scores.human, weights
        accepted = [sample.accepted for sample in dataset.samples]
        self._accepted = np.array(accepted, dtype=np.float64)
        self._folds = folds_of(scores.groups)
        self._mean = REDUCERS["mean"].reduce(scores)

    def row(
        self,
        name: str,
        how: str,
        values: Floats,
        *,
        areas: Sequence[str] = ("validity", "error"),
        why: str = "no reviewer scored a sample that others can be learned from",
    ) -> ScoreRow:
        """The figures of one way; those of other areas stay undefined."""
        human, weights = self._human, self._weights
        ranked = values if "validity" in areas else np.full_like(values, np.nan)
        rated = values if "error" in areas else np.full_like(values, np.nan)
        shared = np.where(np.isnan(ranked), np.nan, self._mean)
        validity = spearman(ranked, human, weights)
        return ScoreRow(
            name=name,
            how=how,
            samples=int((~np.isnan(values + human)).sum()),
            spearman=estimate(validity),
            auc=estimate(auc(ranked, self._accepted, weights)),
            error=estimate(mae(rated, human, weights)),
            calibrated=estimate(mae(calibrated(rated, human, self._folds), human, weights)),
            gain=estimate(validity - spearman(shared, human, weights)),
            why=why if np.isnan(values).all() else None,
        )


class VerdictRow(Record):
    """One way to give every item a verdict."""

    name: str
    how: str
    coverage: Estimate
    """Share of items with a verdict."""
    accuracy: Estimate
    """Share of all items with the right verdict; silence is not right."""
    spoken: Estimate
    """Share of right verdicts among those given."""
    gain: Estimate
    """Accuracy less that of the single judge that is best on the other folds."""
    renamed: float | None = None
    """Accuracy if the labels were exchanged as fits best; `None` where they stand right."""


class ConfidenceRow(Record):
    """What is right where a rule is most sure: the share of votes, or its model's probability."""

    name: str
    points: tuple[Point, ...]
    """Accuracy on the share of items on which it is surest; silence comes last and is not right."""
    area: Estimate
    """Area under the risk-coverage curve; 0 is best."""


class VerdictLaboratory(Record):
    """Ways to make one verdict of several, beside the judges."""

    dataset: str
    items: int
    groups: int
    voters: int
    orders: Orders
    rules: tuple[VerdictRow, ...]
    confidence: tuple[ConfidenceRow, ...]
    """Of the rules whose confidence differs from item to item."""
    best: VerdictRow
    """The single judge that is best on the other folds."""
    judges: tuple[VerdictRow, ...]
    worse_than_chance: tuple[str, ...]
    """Judges whose given verdicts are right less often than a guess."""


def compare_rules(verdicts: VerdictSet, *, orders: Orders = "each") -> VerdictLaboratory:
    """Every voting rule on recorded verdicts.

    Raises:
        SettingsError: there are no verdicts.
    """
    votes, judges = votes_of(verdicts, orders=orders)
    if not votes.said.size:
        raise SettingsError(f"{verdicts.name!r} holds no verdicts")
    weights = resampled(list(votes.groups))
    alone = best_judge(votes)

    def row(name: str, how: str, said: Labels) -> VerdictRow:
        return _verdict_row(name, how, said, alone=alone.label, votes=votes, weights=weights)

    decisions = {name: one.decide(votes) for name, one in RULES.items()}
    given = (votes.said >= 0).sum(axis=0)
    right = (votes.said == votes.gold[:, None]).sum(axis=0)
    return VerdictLaboratory(
        dataset=verdicts.name,
        items=len(votes.said),
        groups=len(set(votes.groups)),
        voters=len(judges),
        orders=orders,
        rules=tuple(row(name, one.how, decisions[name].label) for name, one in RULES.items()),
        confidence=tuple(_confidence_row(name, decisions[name], votes, weights)
                         for name in RULES if name not in SILENCED),
        best=row(BEST, "chosen on the other folds", alone.label),
        judges=tuple(row(name, "one judge", column)
                     for name, column in zip(judges, votes.said.T, strict=True)),
        worse_than_chance=tuple(
            name
            for name, hits, times in zip(judges, right, given, strict=True)
            if hits * votes.classes < times
        ),
    )  # fmt: skip


def votes_of(verdicts: VerdictSet, *, orders: Orders = "each") -> tuple[Votes, list[str]]:
    """The verdicts as an array of label numbers, and the names of its columns."""
    number: dict[str | None, int] = {label: n for n, label in enumerate(verdicts.labels)}
    given = verdicts.votes(orders)
    columns = [[number.get(label, -1) for label in labels] for labels in given.values()]
    said = np.array(columns, dtype=np.intp).reshape(len(columns), len(verdicts.items)).T
    gold = np.array([number[item.gold] for item in verdicts.items], dtype=np.intp)
    groups = [item.group for item in verdicts.items]
    return Votes(said, gold, len(verdicts.labels), groups), list(given)


def _verdict_row(
    name: str, how: str, said: Labels, *, alone: Labels, votes: Votes, weights: Floats
) -> VerdictRow:
    right, spoke = said == votes.gold, said >= 0
    better = right.astype(np.float64) - (alone == votes.gold)
    return VerdictRow(
        name=name,
        how=how,
        coverage=estimate(mean(spoke, weights)),
        accuracy=estimate(mean(right, weights)),
        spoken=estimate(ratio(weights @ right, weights @ spoke)),
        gain=estimate(mean(better, weights)),
        renamed=renamed(said, votes.gold, votes.classes),
    )


def _confidence_row(
    name: str, decisions: Decisions, votes: Votes, weights: Floats
) -> ConfidenceRow:
    stated = np.where(decisions.label >= 0, decisions.confidence, 0)
    selected = selection(stated, decisions.label == votes.gold, weights)
    return ConfidenceRow(
        name=name,
        points=tuple(
            Point(coverage=share, accuracy=estimate(selected.accuracy_at(share)))
            for share in COVERAGES
        ),
        area=estimate(selected.area()),
    )
