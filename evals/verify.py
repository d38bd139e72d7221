"""How right a judge is on labelled items, how well its confidence is calibrated, and against whom.

    opinions = asyncio.run(asked(items, judge))
    found = verify(items, opinions, calibration=uncalibrated(items, opinions))
    print(found.macro_f1, found.calibration)

All intervals are of 95 %, by a bootstrap over documents.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assignee.errors import SettingsError
from assignee.evals import metrics
from assignee.evals.bootstrap import Estimate, Floats, estimate, mean, resampled
from assignee.evals.confidence import Calibration
from assignee.evals.items import STANCES, StanceItem
from assignee.evals.opinions import Answer, Key, Opinions, answers_of, key_of
from assignee.evals.verification import (
    AbstentionFigures,
    CalibrationFigures,
    ClassFigures,
    Comparison,
    Outcome,
    Point,
    SelectionFigures,
    Verification,
)
from assignee.records import Stance, StanceScores

COVERAGES = (0.2, 0.4, 0.6, 0.8, 1.0)
UNJUDGED = len(STANCES)
"""The column of the confusion table that holds what was not judged."""


def verify(
    items: Sequence[StanceItem], opinions: Opinions, *, calibration: Calibration
) -> Verification:
    """Measure a judge's answers; an item that was not judged is an error.

    Raises:
        SettingsError: there is no item.
    """
    if not items:
        raise SettingsError("there is no item to measure on")
    outcomes = [
        outcome_of(item, answer, calibration)
        for item, answer in zip(items, answers_of(items, opinions), strict=True)
    ]
    weights = resampled([item.document for item in items])
    table = confusion(outcomes, weights)
    counts = table[0].astype(int)
    stated = bool(calibration.scores)
    return Verification(
        set=", ".join(dict.fromkeys(item.set for item in items)),
        judge=opinions.judge,
        graded=opinions.graded,
        calibrated=calibration.how,
        items=len(items),
        documents=len({item.document for item in items}),
        unjudged=int(counts[:, UNJUDGED].sum()),
        accuracy=estimate(metrics.accuracy(table)),
        macro_f1=estimate(metrics.macro_f1(table)),
        classes=class_figures(table, STANCES),
        confusion=dict(zip(STANCES, map(tuple, counts.tolist()), strict=True)),
        calibration=calibration_figures(outcomes, weights) if stated else None,
        selection=selection_figures(outcomes, weights) if stated else None,
        abstention=abstention_figures(outcomes, weights, threshold=calibration.threshold),
        phenomena=by_phenomenon(outcomes, weights),
        outcomes=tuple(outcomes),
    )


def outcome_of(item: StanceItem, answer: Answer, calibration: Calibration) -> Outcome:
    """The item with what was said of it."""
    scores = calibration.scores.get(key_of(item))
    stance = scores.best if scores is not None and calibration.decides else answer.stance
    return Outcome(
        id=item.id,
        document=item.document,
        claim=item.claim,
        gold=item.gold,
        stance=stance,
        confidence=None if scores is None or stance is None else scores.of(stance),
        probabilities=scores,
        raw=answer.raw,
        quote=answer.quote,
        why=answer.why,
        phenomenon=item.phenomenon,
    )


def confusion(outcomes: Sequence[Outcome], weights: Floats) -> Floats:
    """Counts of gold by said in every replicate."""
    gold = [STANCES.index(outcome.gold) for outcome in outcomes]
    said = [column(outcome.stance) for outcome in outcomes]
    return metrics.confusion(gold, said, weights, classes=len(STANCES))


def column(stance: Stance | None) -> int:
    """The column of a stance in the confusion table."""
    return UNJUDGED if stance is None else STANCES.index(stance)


def class_figures(table: Floats, names: Sequence[str]) -> dict[str, ClassFigures]:
    """Precision, recall and F1 of each class."""
    measured = metrics.precision(table), metrics.recall(table), metrics.f1(table)
    found = {}
    for place, name in enumerate(names):
        precision, recall, f1 = (estimate(values[:, place]) for values in measured)
        items = int(table[0, place].sum())
        found[name] = ClassFigures(items=items, precision=precision, recall=recall, f1=f1)
    return found


class Stated(NamedTuple):
    """The items with a stated confidence, as arrays."""

    places: NDArray[np.intp]
    """Where they stand among all items."""
    confidence: Floats
    right: NDArray[np.bool_]


def stated(outcomes: Sequence[Outcome]) -> Stated:
    """What was said with a confidence."""
    spoken = [(place, o) for place, o in enumerate(outcomes) if o.confidence is not None]
    return Stated(
        np.array([place for place, _ in spoken], dtype=np.intp),
        np.array([outcome.confidence for _, outcome in spoken], dtype=np.float64),
        np.array([outcome.right for _, outcome in spoken], dtype=bool),
    )


def calibration_figures(outcomes: Sequence[Outcome], weights: Floats) -> CalibrationFigures:
    """Calibration error beside what chance alone makes of it, Brier score, log loss."""
    places, confidence, right = stated(outcomes)
    drawn = weights[:, places]
    gold = [STANCES.index(outcomes[place].gold) for place in places]
    rows = [[_scores(outcomes[place]).of(stance) for stance in STANCES] for place in places]
    perfect = metrics.error_if_calibrated(confidence)
    error, error_15 = (
        metrics.expected_calibration_error(confidence, right, drawn, bins=bins)
        for bins in (metrics.BINS, metrics.MORE_BINS)
    )
    return CalibrationFigures(
        error=estimate(error),
        error_15=estimate(error_15),
        perfect_mean=float(perfect.mean()),
        perfect_p95=float(np.percentile(perfect, 95)),
        brier=estimate(mean(metrics.brier(rows, gold), drawn)),
        log_loss=estimate(mean(metrics.log_loss(rows, gold), drawn)),
    )


def _scores(outcome: Outcome) -> StanceScores:
    assert outcome.probabilities is not None
    return outcome.probabilities


def selection_figures(outcomes: Sequence[Outcome], weights: Floats) -> SelectionFigures:
    """Accuracy by coverage, the most confident first, and the area under the curve."""
    places, confidence, right = stated(outcomes)
    selected = metrics.selection(confidence, right, weights[:, places])
    points = [
        Point(coverage=coverage, accuracy=estimate(selected.accuracy_at(coverage)))
        for coverage in COVERAGES
    ]
    return SelectionFigures(points=tuple(points), area=estimate(selected.area()))


def abstention_figures(
    outcomes: Sequence[Outcome], weights: Floats, *, threshold: float | None
) -> AbstentionFigures | None:
    """What a threshold leaves spoken, how much of that is wrong, and the F1 after it."""
    if threshold is None:
        return None
    kept = [silenced(outcome, threshold) for outcome in outcomes]
    spoken = np.array([outcome.stance not in (None, "neutral") for outcome in kept])
    wrong = np.array([not outcome.right for outcome in kept])
    return AbstentionFigures(
        threshold=threshold,
        spoken=estimate(mean(spoken, weights)),
        risk=estimate(mean(wrong[spoken], weights[:, spoken])),
        macro_f1=estimate(metrics.macro_f1(confusion(kept, weights))),
    )


def silenced(outcome: Outcome, threshold: float) -> Outcome:
    """The outcome with a stance of too little confidence taken as neutral."""
    if outcome.confidence is None or outcome.confidence >= threshold:
        return outcome
    return outcome.model_copy(update={"stance": "neutral"})


def by_phenomenon(outcomes: Sequence[Outcome], weights: Floats) -> dict[str, Estimate]:
    """Accuracy on the items that test each thing."""
    right = np.array([outcome.right for outcome in outcomes])
    found = {}
    for name in sorted({outcome.phenomenon for outcome in outcomes} - {""}):
        members = np.array([outcome.phenomenon == name for outcome in outcomes])
        found[name] = estimate(mean(right[members], weights[:, members]))
    return found


def compare(first: Verification, second: Verification) -> Comparison:
    """Both judges on the same items, whatever else either was asked about.

    Raises:
        SettingsError: they have no item in common.
    """
    others = {Key(outcome.id, outcome.document): outcome for outcome in second.outcomes}
    keys = [Key(outcome.id, outcome.document) for outcome in first.outcomes]
    pairs = [(o, others[k]) for o, k in zip(first.outcomes, keys, strict=True) if k in others]
    if not pairs:
        raise SettingsError(f"{first.judge} and {second.judge} have no item in common")
    ours, theirs = zip(*pairs, strict=True)
    weights = resampled([outcome.document for outcome in ours])
    tables = confusion(ours, weights), confusion(theirs, weights)
    counted = metrics.duel([o.right for o in ours], [o.right for o in theirs])
    return Comparison(
        first=first.judge,
        second=second.judge,
        items=len(pairs),
        accuracy=estimate(np.subtract(*map(metrics.accuracy, tables))),
        macro_f1=estimate(np.subtract(*map(metrics.macro_f1, tables))),
        both=counted.both,
        only_first=counted.first,
        only_second=counted.second,
        neither=counted.neither,
        p_value=counted.p_value,
    )
