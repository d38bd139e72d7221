"""Fits a judge's calibration on labelled items; no figure is of data that its method has seen.

The judge is asked about every item, one of three methods is chosen by cross-validation over
documents, and the profile that is made of it turns the judge's confidences into probabilities.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assignee.engines.calibration import (
    COLUMNS,
    Figure,
    FittedSet,
    Profile,
    rows_of,
    scores_of_rows,
)
from assignee.engines.embedder import Embedder
from assignee.evals import metrics
from assignee.evals.bootstrap import Floats, estimate, mean, resampled
from assignee.evals.fitting import (
    JudgedClaim,
    Labelled,
    Vectors,
    abstention,
    choose,
    claims_of,
    columns_of,
    fit_claims,
    fit_outside,
    folds_of,
)
from assignee.evals.items import StanceItem
from assignee.evals.opinions import Opinions, answers_of, engine_opinions
from assignee.evals.readers import recognised, stance_items
from assignee.records import Stance, StanceScores
from assignee.settings import Settings

SEED = 0
FOLDS = 5
RISK = 0.25
WIDENING = 2.0
"""Least temperature outside the domains of a fit where no pairs of other domains are given.
Left-out sets that are alike give too little: 1.2 between SciFact and Check-COVID, while on
hand-written pairs of machine learning, a third domain, the judge was far too sure (ECE .23)."""


def cross_fitted(
    raw: Sequence[StanceScores],
    gold: Sequence[Stance],
    groups: Sequence[str],
    *,
    folds: int = FOLDS,
    seed: int = SEED,
) -> list[StanceScores]:
    """Calibrated scores of each item by what other groups' items taught.

    For each fold the method is chosen, by cross-validation, and fitted on the other folds alone.

    Raises:
        SettingsError: there are not at least three groups.
    """
    rows, right = rows_of(raw), columns_of(gold)
    fold = folds_of(groups, folds=folds, seed=seed)
    calibrated = np.empty_like(rows)
    for number in range(fold.max() + 1):
        inside = fold != number
        others = [group for group, kept in zip(groups, inside, strict=True) if kept]
        method = choose(rows[inside], right[inside], others, folds=folds, seed=seed + 1).method
        calibrated[~inside] = method.apply(rows[~inside])
    return scores_of_rows(calibrated)


def fit_profile(
    judge: str,
    items: Sequence[StanceItem],
    raw: Sequence[StanceScores],
    vectors: Vectors,
    *,
    embedder: str,
    elsewhere: Labelled | None = None,
    risk: float = RISK,
    seed: int = SEED,
) -> Profile:
    """The judge's profile: fitted on all items, its threshold and figures on cross-fitted scores.

    Args:
        judge: the judge's name.
        items: what it was asked about.
        raw: its scores, one an item.
        vectors: unit vectors of the items' claims, one an item.
        embedder: model id of the vectors.
        elsewhere: the judge's scores of pairs from other domains than the items'.
        risk: share of wrong among spoken stances that the threshold is to keep.
        seed: of the folds.

    Raises:
        SettingsError: the items are not of at least three documents.
    """
    gold, groups = [item.gold for item in items], [item.document for item in items]
    calibrated = cross_fitted(raw, gold, groups, seed=seed)
    scores, right = rows_of(raw), columns_of(gold)
    chosen = choose(scores, right, groups, folds=FOLDS, seed=seed)
    silence = abstention(calibrated, gold, wanted=risk)
    claims = claims_of(items, calibrated, threshold=silence.threshold)
    outside = fit_outside(
        scores,
        right,
        sets=[item.set for item in items],
        vectors=vectors,
        method=chosen.method.name,
        embedder=embedder,
        elsewhere=elsewhere,
    )
    least = WIDENING if elsewhere is None else 1.0
    return Profile(
        judge=judge,
        method=chosen.method,
        losses=chosen.losses,
        threshold=silence.threshold,
        risk=silence.risk,
        claims=fit_claims(claims),
        outside=outside.model_copy(update={"temperature": max(outside.temperature, least)}),
        fitted_on=fitted_sets(items),
        metrics=(*stance_figures(items, raw, calibrated), *claim_figures(claims, seed=seed)),
    )


def fitted_sets(items: Sequence[StanceItem]) -> tuple[FittedSet, ...]:
    """The sets of the items, in their order, with what each gave."""
    by_set: dict[str, list[str]] = {}
    for item in items:
        by_set.setdefault(item.set, []).append(item.document)
    return tuple(
        FittedSet(name=name, items=len(documents), documents=len(set(documents)))
        for name, documents in by_set.items()
    )


def stance_figures(
    items: Sequence[StanceItem], raw: Sequence[StanceScores], calibrated: Sequence[StanceScores]
) -> list[Figure]:
    """How right and how well calibrated the stances are, before any abstention."""
    gold = columns_of([item.gold for item in items])
    weights = resampled([item.document for item in items])
    before, after = rows_of(raw), rows_of(calibrated)
    said, confidence = after.argmax(axis=1), after.max(axis=1)
    table = metrics.confusion(gold, said, weights, classes=len(COLUMNS))
    return [
        figure("macro-F1", metrics.macro_f1(table)),
        figure("accuracy", metrics.accuracy(table)),
        *calibration_figures(confidence, said == gold),
        figure("Brier score", mean(metrics.brier(after, gold), weights)),
        figure("log loss", mean(metrics.log_loss(after, gold), weights)),
        Figure(name="ECE, raw", value=error_of(before.max(axis=1), before.argmax(axis=1) == gold)),
        figure("log loss, raw", mean(metrics.log_loss(before, gold), weights)),
    ]


def claim_figures(claims: Sequence[JudgedClaim], *, seed: int) -> list[Figure]:
    """How often claims' labels are right, and how well their cross-fitted confidence tells it.

    There is none where all claims are linked by their documents: nothing can be held out.
    """
    groups = [claim.group for claim in claims]
    if len(set(groups)) < 2:
        return []
    confidence = np.empty(len(claims))
    fold = folds_of(groups, folds=FOLDS, seed=seed)
    for number in range(fold.max() + 1):
        scaling = fit_claims([c for c, f in zip(claims, fold, strict=True) if f != number])
        for place in np.flatnonzero(fold == number).tolist():
            confidence[place] = scaling.apply(claims[place].probability)
    right, weights = np.array([claim.right for claim in claims]), resampled(groups)
    return [
        figure("accuracy of claims", mean(right, weights)),
        *calibration_figures(confidence, right, of=" of claims"),
    ]


def calibration_figures(
    confidence: Floats, right: NDArray[np.bool_], *, of: str = ""
) -> list[Figure]:
    """The expected calibration error, beside what it would be under perfect calibration.

    It has no interval: a bootstrap adds the error of its own draws, so that the interval often
    lies above the figure.
    """
    perfect = metrics.error_if_calibrated(confidence)
    mean_, most = float(perfect.mean()), float(np.percentile(perfect, 95))
    return [
        Figure(name=f"ECE{of}", value=error_of(confidence, right)),
        Figure(name=f"ECE{of}, if calibrated: mean", value=mean_),
        Figure(name=f"ECE{of}, if calibrated: 95th percentile", value=most),
    ]


def error_of(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """The expected calibration error of the sample."""
    [error] = metrics.expected_calibration_error(confidence, right, np.ones((1, len(right))))
    return float(error)


def figure(name: str, values: Floats) -> Figure:
    """A figure and its interval from its value in the sample and in each replicate."""
    found = estimate(values)
    assert found.value is not None, "defined for every sample that is not empty"
    return Figure(name=name, value=found.value, low=found.low, high=found.high)


class Scored(NamedTuple):
    """The items that a judge could judge, and its raw scores of them."""

    judge: str
    items: list[StanceItem]
    raw: list[StanceScores]


def labelled(places: Sequence[Path], *, split: str) -> list[list[StanceItem]]:
    """The items of each set in these folders.

    Raises:
        SettingsError: there is no set with that split in one of them.
        ReadingError: a file is damaged.
    """
    return [
        stance_items(found, split=split)
        for place in places
        for found in (recognised(place, split) or (place,))
    ]


def scored(sets: Sequence[Sequence[StanceItem]], opinions: Sequence[Opinions]) -> Scored:
    """The items of all sets that one judge gave a usable answer about."""
    found = [
        (item, answer.raw)
        for items, given in zip(sets, opinions, strict=True)
        for item, answer in zip(items, answers_of(items, given), strict=True)
        if answer.raw is not None
    ]
    return Scored(opinions[0].judge, [item for item, _ in found], [raw for _, raw in found])


async def judged(
    places: Sequence[Path], settings: Settings, *, split: str, announce: Callable[[str], None]
) -> Scored:
    """What the engine's judge says of the items in these folders.

    Raises:
        SettingsError: there is no set with that split in one of them.
        ReadingError: a file is damaged.
        EngineError: the endpoint gave no usable answer at all.
    """
    sets = labelled(places, split=split)
    opinions = [await engine_opinions(items, settings, announce=announce) for items in sets]
    found = scored(sets, opinions)
    if left_out := sum(map(len, sets)) - len(found.items):
        announce(f"warning: {left_out} of {sum(map(len, sets))} items could not be judged")
    return found


async def calibrate(
    places: Sequence[Path],
    settings: Settings,
    *,
    split: str,
    risk: float,
    outside: Sequence[Path] = (),
    announce: Callable[[str], None],
) -> Profile:
    """The profile of the engine's judge, fitted on the sets in these folders.

    Args:
        places: folders of labelled sets.
        settings: which engine, and where its endpoint is.
        split: which part of the sets.
        risk: share of wrong among spoken stances that the threshold is to keep.
        outside: folders or files of labelled pairs from other domains.
        announce: is told what is sent, and how many items could not be judged.

    Raises:
        SettingsError: there is no set with that split, or too few documents.
        ReadingError: a file is damaged.
        EngineError: the endpoint gave no usable answer at all.
    """
    found = await judged(places, settings, split=split, announce=announce)
    elsewhere = None
    if outside:
        there = await judged(outside, settings, split=split, announce=announce)
        elsewhere = Labelled(rows_of(there.raw), columns_of([item.gold for item in there.items]))
    embedder = Embedder()
    return fit_profile(
        found.judge,
        found.items,
        found.raw,
        embedder.embed([item.claim for item in found.items]),
        embedder=embedder.model_id,
        elsewhere=elsewhere,
        risk=risk,
    )
