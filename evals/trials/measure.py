"""From trials to results: every metric of every panel, then the panels beside each other."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from assignee.evals.bootstrap import Floats, estimate, resampled
from assignee.evals.statistics import error
from assignee.evals.statistics.folds import folds_of
from assignee.evals.statistics.significance import (
    compared,
    holm,
    mean_permutation_p,
    permutation_p,
    power_table,
)
from assignee.evals.trials.baselines import Baseline, baselines
from assignee.evals.trials.metrics import LEAST_FOR_AGREEMENT, Metric, mean, metrics_of
from assignee.evals.trials.records import Dataset, Trial
from assignee.evals.trials.results import (
    Comparison,
    Difference,
    Figure,
    Planned,
    Point,
    Results,
    Standing,
)
from assignee.evals.trials.run import Outcome
from assignee.evals.trials.samples import about
from assignee.evals.trials.table import Table, arranged
from assignee.records.base import digest_of
from assignee.settings import Settings
from assignee.version import VERSION

REPLICATES = 10_000
PERMUTATIONS = 2_000
PLANNED = (0.02, 0.05, 0.1)
"""Differences that the power table plans for."""
ALL_PAIRS = 4
"""Up to so many panels every two are compared; of more, the first with each other one."""


class Measured(NamedTuple):
    """One panel's metrics in all replicates."""

    table: Table
    metrics: tuple[Metric, ...]
    values: Mapping[str, Floats]


def measure(
    dataset: Dataset,
    trials: Mapping[str, Sequence[Trial]],
    *,
    outcome: Outcome,
    settings: Settings,
    replicates: int = REPLICATES,
    permutations: int = PERMUTATIONS,
) -> Results:
    """All figures of the panels, by name in their order, with what stands beside them."""
    weights = resampled([sample.group for sample in dataset.samples], replicates=replicates)
    panels = [taken(arranged(dataset, name, made), weights) for name, made in trials.items()]
    pairs = [against(one, other, permutations) for one, other in paired(panels)]
    beside = baselines(dataset, [one.table for one in panels], weights)
    return Results(
        program=f"Assignee Research {VERSION}",
        dataset=dataset.name,
        task=dataset.kind,
        scale=dataset.scale,
        samples=len(dataset.samples),
        groups=len({sample.group for sample in dataset.samples}),
        about=about(dataset),
        content=content_of(dataset),
        replicates=replicates,
        stopped=outcome.stopped,
        missing=outcome.missing,
        standings=(*map(standing, panels), *map(baseline_standing, beside)),
        comparisons=tuple(pair for pair, _ in pairs),
        power=tuple(plan for _, plans in pairs[:1] for plan in plans),
        settings=settings.public() if dataset.kind != "recorded" else {},
    )


def content_of(dataset: Dataset) -> str:
    """Digest of the samples, whatever their order."""
    return digest_of(sorted(sample.digest() for sample in dataset.samples))


def taken(table: Table, weights: Floats) -> Measured:
    """Every metric of a table."""
    metrics = tuple(metrics_of(table))
    return Measured(table, metrics, {one.name: one.values(table, weights) for one in metrics})


def standing(panel: Measured) -> Standing:
    """One panel's figures."""
    table = panel.table
    return Standing(
        name=table.panel,
        samples=len(table.ids),
        unscored=int(np.isnan(table.scores).sum()),
        why_unscored=table.why,
        epochs=table.epochs.shape[1],
        figures=tuple(figure(one, table, panel.values[one.name]) for one in panel.metrics),
        points=points(table),
    )


def figure(metric: Metric, table: Table, values: Floats) -> Figure:
    """One metric with its interval, or why it has none."""
    samples, found = metric.samples(table), estimate(values)
    return Figure(
        metric=metric.name,
        area=metric.area,
        better=metric.better,
        estimate=found,
        samples=samples,
        why=why_undefined(metric, samples) if found.value is None else None,
        detail=metric.detail,
    )


def why_undefined(metric: Metric, samples: int) -> str:
    """What kept a metric from having a value."""
    if metric.area == "cost":
        return "the endpoint did not say"
    if not samples:
        return "no sample was scored"
    if metric.area == "agreement" and samples < LEAST_FOR_AGREEMENT:
        return f"{samples} samples are too few; it takes {LEAST_FOR_AGREEMENT}"
    if samples == 1:
        return "one sample tells nothing"
    return "all scores are alike, or too few are known"


def points(table: Table) -> tuple[Point, ...]:
    """The samples as the scatter plot shows them; none without human scores."""
    if np.isnan(table.human).all():
        return ()
    moved = error.calibrated(table.scores, table.human, folds_of(table.groups), by="line")
    return tuple(
        Point(sample=id_, human=known(h), score=known(s), calibrated=known(c))
        for id_, h, s, c in zip(table.ids, table.human, table.scores, moved, strict=True)
    )


def known(value: float) -> float | None:
    """The value, or `None` for `nan`."""
    return None if np.isnan(value) else float(value)


def baseline_standing(baseline: Baseline) -> Standing:
    """A baseline's figures, shown beside those of the panels."""
    return Standing(
        name=baseline.name,
        baseline=True,
        samples=baseline.samples,
        unscored=0,
        why_unscored=(baseline.why,) if baseline.why else (),
        figures=tuple(
            Figure(
                metric=one.metric,
                area=one.area,
                better=one.better,
                estimate=estimate(one.values),
                samples=baseline.samples,
                detail=one.detail,
            )
            for one in baseline.figures
        ),
    )


def paired(panels: Sequence[Measured]) -> list[tuple[Measured, Measured]]:
    """Which panels are compared with which."""
    if len(panels) <= ALL_PAIRS:
        return list(combinations(panels, 2))
    return [(panels[0], other) for other in panels[1:]]


def against(
    one: Measured, other: Measured, permutations: int
) -> tuple[Comparison, tuple[Planned, ...]]:
    """Two panels on the samples that both scored, and what a larger comparison would show."""
    first, second = shared(one.table, other.table)
    groups = len(set(np.array(first.groups)[both_scored(first, second)]))
    names = [metric.name for metric in metrics_of(second)]
    metrics = [
        metric
        for metric in metrics_of(first)
        if metric.compared and metric.name in names and not unspent(metric, first, second)
    ]
    weights = resampled(first.groups, replicates=len(next(iter(one.values.values()), [0])) - 1)
    p_values = [permuted(metric, first, second, permutations) for metric in metrics]
    found = [
        (
            metric,
            compared(
                metric.values(first, weights),
                metric.values(second, weights),
                p,
                higher_is_better=metric.better == "higher",
            ),
            raw,
        )
        for metric, raw, p in zip(metrics, p_values, holm(p_values), strict=True)
    ]
    differences = tuple(
        Difference(
            metric=metric.name,
            estimate=told.difference,
            p=raw,
            p_holm=told.p_value,
            detectable=told.detectable,
            verdict=told.verdict,
        )
        for metric, told, raw in found
    )
    plans = tuple(
        Planned(metric=metric.name, difference=plan.effect, groups=plan.documents)
        for metric, told, _ in found
        if told.standard_error and metric.area in ("validity", "error", "planted flaws")
        for plan in power_table(PLANNED, standard_error=told.standard_error, documents=groups)
    )
    samples = int(both_scored(first, second).sum())
    pair = Comparison(
        first=first.panel, second=second.panel, samples=samples, groups=groups,
        differences=differences,
    )  # fmt: skip
    return pair, plans


def unspent(metric: Metric, first: Table, second: Table) -> bool:
    """Whether it is a cost that neither panel had: a test more, and nothing that it could tell."""
    scored = both_scored(first, second)
    return metric.area == "cost" and not any(
        np.nan_to_num(metric.prepare(table)[scored], nan=1.0).any() for table in (first, second)
    )


def both_scored(first: Table, second: Table) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Rows in which both panels gave a score."""
    return np.asarray(~np.isnan(first.scores + second.scores))


def shared(one: Table, other: Table) -> tuple[Table, Table]:
    """Both tables with what only one of them scored left out of both."""
    missing = ~both_scored(one, other)

    def without(table: Table) -> Table:
        epochs, members = table.epochs.copy(), table.members.copy()
        caught, spent = table.caught.copy(), table.spent.copy()
        for values in (epochs, members, caught, spent):
            values[missing] = np.nan
        return table._replace(epochs=epochs, members=members, caught=caught, spent=spent)

    return without(one), without(other)


def permuted(metric: Metric, first: Table, second: Table, permutations: int) -> float | None:
    """P of the difference, with the panels' values swapped within source documents."""
    one, other, truth = metric.prepare(first), metric.prepare(second), metric.truth(first)
    if one.shape != other.shape:
        return None
    if metric.measure is mean:
        return mean_permutation_p(one - other, first.groups, permutations=permutations)
    rows, twice = np.concatenate([one, other]), np.concatenate([truth, truth])
    return permutation_p(
        lambda weights: metric.measure(rows, twice, weights),
        first.groups,
        permutations=permutations,
    )
