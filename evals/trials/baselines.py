"""What stands beside every panel: a constant, length alone, one reviewer, one human, the ceiling.

>>> samples = [Sample(id=i, group=i, human=(h,), words=9) for i, h in zip("abc", (2, 4, 6))]
>>> dataset = Dataset(name="x", kind="recorded", samples=tuple(samples))
>>> [baseline.name for baseline in scored_baselines(dataset, np.empty((3, 0)), [])]
['constant', 'length of the text', 'best single member']
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from assignee.evals.bootstrap import Floats
from assignee.evals.statistics import correlation, error
from assignee.evals.statistics.folds import Folds, Mask, folds_of
from assignee.evals.statistics.humans import Against, ceiling, one_human
from assignee.evals.trials.metrics import metrics_of
from assignee.evals.trials.records import Dataset, Sample
from assignee.evals.trials.results import Area, Better
from assignee.evals.trials.table import Table, arranged

BEST = "best single member"
LOWERED = "scored below its original"
AMONG_HUMANS: dict[str, tuple[Area, Better, Against]] = {
    "Spearman": ("validity", "higher", correlation.spearman),
    "Kendall": ("validity", "higher", correlation.kendall),
    "Pearson": ("validity", "higher", correlation.pearson),
    "MAE": ("error", "lower", error.mae),
}
"""The metrics that one human can be measured by, as those of panels are called."""


class BaselineFigure(NamedTuple):
    """One metric of a baseline in all replicates."""

    metric: str
    area: Area
    better: Better
    values: Floats
    detail: str | None = None


class Baseline(NamedTuple):
    """What a panel has to beat, or cannot."""

    name: str
    samples: int
    figures: tuple[BaselineFigure, ...]
    why: str | None = None
    """Why there is no figure."""


class ScoredBaseline(NamedTuple):
    """A baseline that gives each sample a score."""

    name: str
    scores: Floats
    """`nan` where a sample has none."""
    detail: str
    """How the scores were made."""
    areas: tuple[Area, ...]
    """What the scores can be measured by: a constant orders nothing, a length is no rating."""
    why: str
    """What would be lacking if no sample had a score."""


def baselines(dataset: Dataset, tables: Sequence[Table], weights: Floats) -> list[Baseline]:
    """All baselines with their figures; weights of shape (replicates, samples).

    Of planted samples only the length of the text says anything: how often a flaw shortens.
    """
    members, reviewers = members_of(dataset, tables)
    found = [
        _measured(dataset, one, weights) for one in scored_baselines(dataset, members, reviewers)
    ]
    return [*found, *_human_baselines(dataset, weights)]


def members_of(dataset: Dataset, tables: Sequence[Table]) -> tuple[Floats, list[str]]:
    """All reviewers' scores, shape (samples, reviewers), and their names.

    A reviewer on record is the same one in every panel; a live one belongs to its panel.
    """
    live = dataset.kind != "recorded" and len(tables) > 1
    columns = {
        f"{name} of {table.panel}" if live else name: column
        for table in tables
        for name, column in zip(table.reviewers, table.members.T, strict=True)
    }
    together = np.array(list(columns.values()), dtype=np.float64)
    return together.reshape(len(columns), len(dataset.samples)).T, list(columns)


def _measured(dataset: Dataset, made: ScoredBaseline, weights: Floats) -> Baseline:
    table = arranged(dataset, made.name, ())._replace(epochs=made.scores[:, None])
    figures = tuple(
        BaselineFigure(m.name, m.area, m.better, m.values(table, weights), made.detail)
        for m in metrics_of(table)
        if m.area in made.areas and (m.area != "planted flaws" or m.name == LOWERED)
    )
    samples = int((~np.isnan(made.scores)).sum())
    if samples and figures:
        return Baseline(made.name, samples, figures)
    lacking = "nothing on these samples that it can be measured by" if samples else made.why
    return Baseline(made.name, samples, (), why=lacking)


def scored_baselines(
    dataset: Dataset, members: Floats, reviewers: Sequence[str]
) -> list[ScoredBaseline]:
    """The baselines that score each sample.

    Args:
        dataset: the samples.
        members: scores of shape (samples, reviewers), `nan` where missing.
        reviewers: their names.
    """
    human, folds = human_means(dataset), folds_of([sample.group for sample in dataset.samples])
    return [
        ScoredBaseline(
            "constant",
            error.constant(human, folds),
            "mean human score of the other folds, for every sample",
            ("error",),
            "there are no human scores of other source documents",
        ),
        ScoredBaseline(
            "length of the text",
            lengths(dataset),
            "number of words",
            ("validity", "planted flaws"),
            "the dataset holds neither the texts nor their length",
        ),
        best_single(members, reviewers, human, folds),
    ]


def lengths(dataset: Dataset) -> Floats:
    """Words of each sample's text, `nan` where unknown."""
    words = [np.nan if sample.words is None else sample.words for sample in dataset.samples]
    return np.array(words, dtype=np.float64)


def best_single(
    members: Floats, reviewers: Sequence[str], human: Floats, folds: Folds
) -> ScoredBaseline:
    """The reviewer whose Spearman correlation with humans is highest on the other folds.

    No oracle: no sample has a say in who scores it. Where folds choose differently, scores of the
    rarer choice are put on the scale of the commonest, by both their moments on the other folds.
    The oracle, which is chosen on all samples, is named in the detail.
    """
    scores = np.full(len(human), np.nan)
    oracle = most_valid(members, human)
    chosen = {int(f): most_valid(members[folds != f], human[folds != f]) for f in np.unique(folds)}
    times = Counter(column for column in chosen.values() if column is not None)
    common = times.most_common(1)[0][0] if times else None
    for fold, column in chosen.items():
        if column is not None and common is not None:
            fit, apply = folds != fold, folds == fold
            scores[apply] = _on_scale(members[:, column], members[:, common], fit)[apply]
    told = ", ".join(f"{reviewers[column]} by {count}" for column, count in times.most_common())
    detail = f"chosen by {len(chosen)} folds on the others: {told}"
    if oracle is not None:
        detail += f"; on all samples it would be {reviewers[oracle]}"
    why = "there are no human scores, or no reviewer whose scores vary"
    return ScoredBaseline(BEST, scores, detail, ("validity", "error"), why)


def _on_scale(scores: Floats, scale: Floats, fit: Mask) -> Floats:
    if np.array_equal(scores, scale, equal_nan=True):
        return scores
    known, wanted = scores[fit & ~np.isnan(scores)], scale[fit & ~np.isnan(scale)]
    moved: Floats = wanted.mean() + wanted.std() / known.std() * (scores - known.mean())
    return moved


def most_valid(members: Floats, human: Floats) -> int | None:
    """The column of highest Spearman correlation; `None` where it is defined for no column."""
    once = np.ones((1, len(human)))
    found = np.array([correlation.spearman(column, human, once)[0] for column in members.T])
    return None if np.isnan(found).all() else int(np.nanargmax(found))


def human_means(dataset: Dataset) -> Floats:
    """Mean human score of each sample, `nan` without one."""
    means = [sample.human_mean for sample in dataset.samples]
    return np.array([np.nan if mean is None else mean for mean in means], dtype=np.float64)


def human_scores(samples: Sequence[Sample]) -> Floats:
    """Human scores, shape (samples, most humans of one); `nan` fills the rows up."""
    most = max((len(sample.human) for sample in samples), default=0)
    rows = [[*sample.human, *[np.nan] * (most - len(sample.human))] for sample in samples]
    return np.array(rows, dtype=np.float64).reshape(len(samples), most)


def _human_baselines(dataset: Dataset, weights: Floats) -> Iterator[Baseline]:
    """One human as a panel, and the ceiling; nothing of samples without human scores.

    The ceiling holds for humans who err independently of each other; where reviewers lie above it,
    the scores on record are not of such humans.
    """
    scores = human_scores(dataset.samples)
    if not scores.shape[1]:
        return
    several = int(((~np.isnan(scores)).sum(axis=1) > 1).sum())
    if not several:
        why = "no sample has two human scores"
        yield Baseline("one human", 0, (), why=why)
        yield Baseline("ceiling", 0, (), why=why)
        return
    against = "one human, drawn, against the mean of the sample's others"
    yield Baseline(
        "one human",
        several,
        tuple(
            BaselineFigure(name, area, better, one_human(scores, metric, weights), against)
            for name, (area, better, metric) in AMONG_HUMANS.items()
        ),
    )
    reached, how = ceiling(scores, weights), "√(reliability of the human mean)"
    yield Baseline(
        "ceiling",
        several,
        (
            BaselineFigure("Pearson", "validity", "higher", reached, how),
            BaselineFigure("Spearman", "validity", "higher", reached, f"{how}, as for Pearson"),
        ),
    )
