"""The metrics of a panel: what is taken of its table, and from what it says of each sample.

A metric prepares one value (or row) a sample and measures them under weights, so that the same
numbers serve the figure, its interval, and the permutations that compare two panels.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assignee.evals.bootstrap import Floats, ratio
from assignee.evals.statistics import agreement, correlation, decision, error, repeatability
from assignee.evals.statistics.folds import folds_of
from assignee.evals.statistics.ranks import standings
from assignee.evals.trials.records import CLEAN
from assignee.evals.trials.results import Area, Better
from assignee.evals.trials.table import COSTS, Table

LEAST_FOR_AGREEMENT = 20
"""Samples under which agreement statistics say nothing."""

Prepare = Callable[[Table], Floats]
Measure = Callable[[Floats, Floats, Floats], Floats]
"""From values and truth, each with one row a sample, and weights to one value a replicate."""


class Metric(NamedTuple):
    """One metric of a panel."""

    name: str
    area: Area
    better: Better
    prepare: Prepare
    """What the panel says of each sample, on a scale that two panels share; `nan` where nothing."""
    measure: Measure
    truth: Prepare = lambda table: np.zeros(len(table.ids))
    detail: str | None = None
    compared: bool = True
    """Whether two panels can be compared by it."""

    def values(self, table: Table, weights: Floats) -> Floats:
        """The metric in each replicate."""
        return self.measure(self.prepare(table), self.truth(table), weights)

    def samples(self, table: Table) -> int:
        """Samples that it rests on."""
        said = self.prepare(table)
        known = ~np.isnan(said) if said.ndim == 1 else (~np.isnan(said)).any(axis=1)
        return int((known & ~np.isnan(self.truth(table))).sum())


def metrics_of(table: Table) -> list[Metric]:
    """The metrics that the table has the truth for, in the order in which they are shown."""
    found = list(cost_metrics(table))
    if table.epochs.shape[1] > 1:
        found = [*repeatability_metrics(table), *found]
    if len(table.reviewers) > 1:
        found = [*agreement_metrics(), *found]
    if not table.clean.all():
        found = [*planted_metrics(table), *found]
    if not np.isnan(table.human).all():
        found = [*human_metrics(), *found]
    if len(set(table.accepted[~np.isnan(table.accepted)])) == 2:
        found = [*decision_metrics(), *found]
    order: dict[Area, int] = {
        "validity": 0, "error": 1, "planted flaws": 2, "bias": 3, "agreement": 4,
        "repeatability": 5, "cost": 6,
    }  # fmt: skip
    return sorted(found, key=lambda metric: order[metric.area])


def human(table: Table) -> Floats:
    """The mean human score."""
    return table.human


def accepted(table: Table) -> Floats:
    """What humans decided."""
    return table.accepted


def scores(table: Table) -> Floats:
    """The panel's own scores."""
    return table.scores


def ranks(table: Table) -> Floats:
    """Where the panel's scores stand among its own, which is what two panels can swap."""
    return standings(table.scores)


def standardised(table: Table) -> Floats:
    """The panel's scores in its own standard deviations; a constant panel's are all 0."""
    values = table.scores
    known = values[~np.isnan(values)]
    spread = known.std() if len(known) else 0.0
    centre = known.mean() if len(known) else 0.0
    found: Floats = (values - centre) / (spread or 1.0)
    return found


def human_metrics() -> Iterator[Metric]:
    """Validity and error beside human scores."""
    yield Metric("Spearman", "validity", "higher", ranks, correlation.spearman, human)
    yield Metric("Kendall", "validity", "higher", ranks, correlation.kendall, human,
                 "tau-b")  # fmt: skip
    yield Metric("Pearson", "validity", "higher", standardised, correlation.pearson, human)
    yield Metric("MAE", "error", "lower", scores, error.mae, human,
                 "mean absolute distance to the mean human score, as scored")  # fmt: skip
    yield Metric("MAE (offset)", "error", "lower", calibrated("offset"), error.mae, human,
                 "after an offset fitted on other source documents")  # fmt: skip
    yield Metric("MAE (offset and slope)", "error", "lower", calibrated("line"), error.mae, human,
                 "after offset and slope fitted on other source documents")  # fmt: skip


def calibrated(by: error.Calibration) -> Prepare:
    """The panel's scores moved onto the human scale, fitted on other source documents."""

    def prepare(table: Table) -> Floats:
        return error.calibrated(table.scores, table.human, folds_of(table.groups), by=by)

    return prepare


def decision_metrics() -> Iterator[Metric]:
    """How well the scores tell what was accepted."""
    yield Metric("AUC", "validity", "higher", ranks, decision.auc, accepted,
                 "chance that an accepted sample scores above a rejected one")  # fmt: skip
    yield Metric("balanced accuracy", "validity", "higher", decided, decision.balanced_accuracy,
                 accepted, "at a threshold fitted on other source documents")  # fmt: skip


def decided(table: Table) -> Floats:
    """Accepted or rejected by the panel's score."""
    return decision.decided(table.scores, table.accepted, folds_of(table.groups))


def planted_metrics(table: Table) -> Iterator[Metric]:
    """Flaws found, alarms where there is none, and how far scores move."""
    families = dict.fromkeys(table.families)
    quiet = {f for f, calm in zip(table.families, table.harmless, strict=True) if calm}
    flaws = [family for family in families if family != CLEAN and family not in quiet]
    yield Metric("recall, all families", "planted flaws", "higher", caught_any, mean,
                 detail="mean over samples with a flaw that it was found")  # fmt: skip
    for family in flaws:
        yield Metric(f"recall, {family}", "planted flaws", "higher", caught(family), mean)
    yield Metric("false alarms, clean", "planted flaws", "lower", caught(CLEAN), mean,
                 detail="share of clean samples with a fault of a planted kind")  # fmt: skip
    yield Metric("false alarms, null edits", "planted flaws", "lower", alarms, mean,
                 detail="share of harmlessly edited samples with a fault that the clean one "
                 "did not have")  # fmt: skip
    yield Metric("scored below its original", "planted flaws", "higher", lowered, mean,
                 detail="share of samples with a flaw; a tie counts half")  # fmt: skip
    for family in flaws:
        yield Metric(f"score drop, {family}", "planted flaws", "higher", dropped(family), mean)
    for family in sorted(quiet):
        yield Metric(f"score shift, {family}", "bias", "neither", shifted(family), mean,
                     compared=False,
                     detail="the score of the edited report less that of the clean one, paired; "
                     "0 is unbiased")  # fmt: skip
    for family in sorted(quiet):
        yield Metric(f"false alarms, {family}", "bias", "lower", caught(family), mean,
                     compared=False,
                     detail="share of the edited reports with a fault that the clean one did not "
                     "have")  # fmt: skip


def mean(values: Floats, _truth: Floats, weights: Floats) -> Floats:
    """The weighted mean of what is known."""
    known = ~np.isnan(values)
    drawn = weights[:, known]
    return ratio(drawn @ values[known], drawn.sum(axis=1))


def only(values: Floats, rows: NDArray[np.bool_]) -> Floats:
    """The values of those rows, `nan` elsewhere."""
    return np.where(rows, values, np.nan)


def in_family(table: Table, family: str) -> NDArray[np.bool_]:
    """The rows of a family."""
    return np.asarray(np.array(table.families) == family)


def caught(family: str) -> Prepare:
    """Whether the flaw of each sample of the family was found (a false alarm, if clean)."""
    return lambda table: only(table.caught, in_family(table, family))


def caught_any(table: Table) -> Floats:
    """Whether the flaw of each flawed sample was found."""
    return only(table.caught, flawed(table))


def flawed(table: Table) -> NDArray[np.bool_]:
    """The rows with a flaw."""
    return np.asarray(~table.clean & ~table.harmless)


def alarms(table: Table) -> Floats:
    """Whether each harmlessly edited sample met with a new fault."""
    return only(table.caught, table.harmless)


def lowered(table: Table) -> Floats:
    """1 where a flawed sample scored below its original, ½ where alike, 0 above."""
    gap = np.round(table.drop, 9)
    return only(np.where(np.isnan(gap), np.nan, (np.sign(gap) + 1) / 2), flawed(table))


def dropped(family: str) -> Prepare:
    """How far each sample of the family scored below its original."""
    return lambda table: only(table.drop, in_family(table, family))


def shifted(family: str) -> Prepare:
    """How far each sample of the family scored above its original."""
    return lambda table: only(-table.drop, in_family(table, family))


def agreement_metrics() -> Iterator[Metric]:
    """How far the reviewers of the panel agree on the overall scores; descriptions, not merits."""
    forms: Sequence[agreement.Form] = ("ICC(A,1)", "ICC(A,k)")
    taken: dict[str, Callable[[Floats, Floats], Floats]] = {
        "Krippendorff's alpha": lambda rows, weights: agreement.krippendorff_alpha(rows, weights),
        **{form: icc_of(form) for form in forms},
        "Kendall's W": agreement.kendall_w,
        "mean pairwise r": lambda rows, weights: agreement.mean_correlation(rows, weights).r,
        "effective votes": lambda rows, weights: (
            agreement.mean_correlation(rows, weights).effective_votes
        ),
    }
    for name, take in taken.items():
        detail = "k / (1 + (k − 1) r̄)" if name == "effective votes" else None
        yield Metric(name, "agreement", "neither", members, of_rows(take), detail=detail,
                     compared=False)  # fmt: skip


def icc_of(form: agreement.Form) -> Callable[[Floats, Floats], Floats]:
    """One form of the intraclass correlation."""
    return lambda rows, weights: agreement.icc(rows, weights)[form]


def of_rows(take: Callable[[Floats, Floats], Floats]) -> Measure:
    """A statistic of rows that needs no truth; undefined for too few samples."""

    def measure(rows: Floats, _truth: Floats, weights: Floats) -> Floats:
        known = ~np.isnan(rows).all(axis=1)
        if known.sum() < LEAST_FOR_AGREEMENT:
            return np.full(len(weights), np.nan)
        return take(rows, weights)

    return measure


def members(table: Table) -> Floats:
    """Each reviewer's score."""
    return table.members


def repeatability_metrics(table: Table) -> Iterator[Metric]:
    """How alike the panel's scores are from epoch to epoch."""
    known = table.scores[~np.isnan(table.scores)]
    middle = float(np.median(known)) if len(known) else 0.0
    yield Metric(
        "SD within samples", "repeatability", "lower", epochs, rows_only(repeatability.within_sd)
    )
    yield Metric(
        "ICC over epochs", "repeatability", "higher", epochs, rows_only(repeatability.epoch_icc)
    )
    yield Metric(
        "flip rate", "repeatability", "lower", epochs,
        lambda rows, _, weights: repeatability.decision_flips(rows, middle, weights),
        detail="chance that two epochs fall on different sides of the panel's median score",
    )  # fmt: skip
    yield Metric("order flips", "repeatability", "lower", epochs,
                 rows_only(repeatability.order_flips),
                 detail="chance that two epochs order two samples differently",
                 compared=False)  # fmt: skip


def rows_only(take: Callable[[Floats, Floats], Floats]) -> Measure:
    """A statistic of rows that needs no truth."""
    return lambda rows, _, weights: take(rows, weights)


def epochs(table: Table) -> Floats:
    """The panel's score in each epoch."""
    return table.epochs


def cost_metrics(table: Table) -> Iterator[Metric]:
    """Calls, tokens, money and seconds of one trial; nothing where all are on record."""
    if np.nansum(table.spent[:, COSTS.index("seconds")]) == 0:
        return
    names = {"calls": "calls", "tokens": "tokens", "cost": "US dollars", "seconds": "seconds"}
    for column, key in enumerate(COSTS):
        yield Metric(names[key], "cost", "lower", spent(column), mean, detail="a sample and epoch",
                     compared=key != "seconds")  # fmt: skip


def spent(column: int) -> Prepare:
    """One column of what trials cost."""
    return lambda table: table.spent[:, column]
