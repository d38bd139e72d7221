"""The parts of a calibration, each fitted on labelled scores: method, abstention, claims, outside.

>>> rows = np.array([[0.1, 0.1, 0.8], [0.1, 0.8, 0.1]] * 50)
>>> gold = columns_of(["supports", "contradicts", "neutral", "contradicts"] * 25)
>>> fit_isotonic(rows, gold).chances
(0.75,)
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assignee.engines.calibration import (
    COLUMNS,
    LEAST,
    ClaimScaling,
    Isotonic,
    Logistic,
    Method,
    MethodName,
    Outside,
    Risk,
    Rows,
    Temperature,
    decided,
    label_probabilities,
    log_scores,
    softmax,
)
from assignee.errors import SettingsError
from assignee.evals.items import StanceItem
from assignee.evals.metrics import log_loss
from assignee.records import Corroboration, Stance, StanceScores

Gold = NDArray[np.intp]
"""The right column of each row."""
Vectors = NDArray[np.float32]
"""Unit vectors of claims, one a row."""

WIDEST = 20.0
"""Temperatures are looked for between its inverse and this."""
FARTHEST = 10.0
"""Percentile of the fit's own claims, by nearness to a centre, from which on a claim is outside. It
costs sharpness for a tenth of the claims inside; at 5, one in seven claims on machine learning
passed for one on medicine, and likeness of words for support."""


class Labelled(NamedTuple):
    """Raw scores, shape (n, 3), and the right column of each."""

    rows: Rows
    gold: Gold


class Chosen(NamedTuple):
    """A method, fitted, and the cross-validated log loss of every method."""

    method: Method
    losses: dict[MethodName, float]


class Abstention(NamedTuple):
    """Where a judge falls silent, and what risk that leaves."""

    threshold: float
    risk: Risk


class JudgedClaim(NamedTuple):
    """A labelled claim: the probability of its label before scaling, and whether it is right."""

    probability: float
    right: bool
    group: str
    """The same for claims that share a document, directly or through others."""


def fit_temperature(rows: Rows, gold: Gold) -> Temperature:
    """The temperature of least log loss."""
    return Temperature(temperature=_best_temperature(rows, gold, least=1 / WIDEST))


def _best_temperature(rows: Rows, gold: Gold, *, least: float) -> float:
    from scipy.optimize import minimize_scalar

    logs = log_scores(rows)
    found = minimize_scalar(
        lambda power: log_loss(softmax(logs / np.exp(power)), gold).mean(),
        bounds=(np.log(least), np.log(WIDEST)),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))


def fit_isotonic(rows: Rows, gold: Gold) -> Isotonic:
    """The rising curve of least squares (pool adjacent violators), one bend a block.

    A block of m items cannot tell a chance beyond (m + 1) in (m + 2) from certainty, nor one below
    1 in (m + 2) from impossibility.
    """
    from scipy.optimize import isotonic_regression

    right = rows.argmax(axis=1) == gold
    scores, places, counts = np.unique(rows.max(axis=1), return_inverse=True, return_counts=True)
    shares = np.bincount(places, weights=right) / counts
    found = isotonic_regression(shares, weights=counts)
    starts, sizes = found.blocks[:-1], found.weights
    centres = np.add.reduceat(scores * counts, starts) / sizes
    chances = np.clip(found.x[starts], 1 / (sizes + 2), (sizes + 1) / (sizes + 2))
    return Isotonic(
        scores=tuple(np.clip(centres, 0, 1).tolist()),
        chances=tuple(np.maximum.accumulate(chances).tolist()),
    )


def fit_logistic(rows: Rows, gold: Gold) -> Logistic:
    """Weights and biases of least log loss, drawn towards 1 and 0 as by a normal prior of SD 1."""
    from scipy.optimize import minimize

    logs, truth = log_scores(rows), np.eye(3)[gold]

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, biases = values[:3], values[3:]
        shares = softmax(logs * weights + biases)
        drawn = values - start
        slope = np.concatenate(
            [((shares - truth) * logs).sum(axis=0), (shares - truth).sum(axis=0)]
        )
        return float(log_loss(shares, gold).sum() + drawn @ drawn / 2), slope + drawn

    start = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    values = minimize(loss, start, jac=True, method="BFGS").x.tolist()
    return Logistic(weights=tuple(values[:3]), biases=tuple(values[3:]))


FITS: dict[MethodName, Callable[[Rows, Gold], Method]] = {
    "temperature": fit_temperature,
    "isotonic": fit_isotonic,
    "logistic": fit_logistic,
}
"""Simplest first: of equals the first is chosen."""


def folds_of(groups: Sequence[str], *, folds: int, seed: int) -> NDArray[np.intp]:
    """A fold for each item, whole groups in one, folds as even as they can be.

    Raises:
        SettingsError: there are not at least two groups.
    """
    names, members, sizes = np.unique(np.array(groups), return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise SettingsError("calibration needs labelled items of three documents or more")
    filled = np.zeros(min(folds, len(names)), dtype=np.intp)
    fold = np.empty(len(names), dtype=np.intp)
    shuffled = np.random.default_rng(seed).permutation(len(names))
    for group in sorted(shuffled, key=lambda group: -sizes[group]):
        fold[group] = filled.argmin()
        filled[fold[group]] += sizes[group]
    return fold[members]


def choose(rows: Rows, gold: Gold, groups: Sequence[str], *, folds: int, seed: int) -> Chosen:
    """The method of least log loss in cross-validation over groups, fitted on all.

    Raises:
        SettingsError: there are not at least two groups.
    """
    fold = folds_of(groups, folds=folds, seed=seed)
    losses: dict[MethodName, float] = {}
    for name, fit in FITS.items():
        held_out = np.empty_like(rows)
        for number in range(fold.max() + 1):
            inside = fold != number
            held_out[~inside] = fit(rows[inside], gold[inside]).apply(rows[~inside])
        losses[name] = float(log_loss(held_out, gold).mean())
    best = min(FITS, key=lambda name: losses[name])
    return Chosen(FITS[best](rows, gold), losses)


def columns_of(gold: Sequence[Stance]) -> Gold:
    """The column of each stance."""
    return np.array([COLUMNS.index(stance) for stance in gold], dtype=np.intp)


def upper_bound(wrong: int, spoken: int) -> float:
    """Upper 95 % bound of a share, one-sided (Clopper and Pearson, Biometrika 1934)."""
    from scipy.special import betaincinv

    return 1.0 if wrong >= spoken else float(betaincinv(wrong + 1, spoken - wrong, 0.95))


def abstention(
    calibrated: Sequence[StanceScores], gold: Sequence[Stance], *, wanted: float
) -> Abstention:
    """The smallest confidence from which on spoken stances keep the risk within its bound.

    Where none does, the one of the lowest bound: `Risk.met` is then false.
    """
    spoken = sorted(
        (
            (scores.of(scores.best), scores.best != right)
            for scores, right in zip(calibrated, gold, strict=True)
            if scores.best != "neutral"
        ),
        reverse=True,
    )
    found: list[Abstention] = []
    wrong = 0
    for count, (confidence, missed) in enumerate(spoken, start=1):
        wrong += missed
        if count == len(spoken) or spoken[count][0] < confidence:
            upper = upper_bound(wrong, count)
            risk = Risk(wanted=wanted, share=wrong / count, upper=upper, spoken=count)
            found.append(Abstention(confidence, risk))
    kept = [place for place in found if place.risk.met]
    silent = Abstention(1.0, Risk(wanted=wanted, share=None, upper=1.0, spoken=0))
    return kept[-1] if kept else min(found, key=lambda place: place.risk.upper, default=silent)


def claims_of(
    items: Sequence[StanceItem], calibrated: Sequence[StanceScores], *, threshold: float
) -> list[JudgedClaim]:
    """The items' claims on which a document speaks, each as the verifier would label it."""
    by_claim: dict[tuple[str, str], list[int]] = {}
    for place, item in enumerate(items):
        by_claim.setdefault((item.set, item.claim), []).append(place)
    groups = _linked([[items[place].document for place in places] for places in by_claim.values()])
    found = []
    for places, group in zip(by_claim.values(), groups, strict=True):
        papers = [calibrated[place] for place in places]
        papers = [paper for paper in papers if decided(paper, threshold) != "neutral"]
        if not papers:
            continue
        said = corroboration_of([decided(paper, threshold) for paper in papers])
        right = said == corroboration_of([items[place].gold for place in places])
        found.append(JudgedClaim(label_probabilities(papers)[said], right, group))
    return found


def _linked(documents: Sequence[Sequence[str]]) -> list[str]:
    """A name for each list of documents, the same for lists that are linked by what they share."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    numbers = {name: n for n, name in enumerate(dict.fromkeys(d for row in documents for d in row))}
    edges = [(numbers[row[0]], numbers[name]) for row in documents for name in row]
    ends = np.array(edges, dtype=np.int32).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(numbers),) * 2)
    _, labels = connected_components(graph, directed=False)
    return [str(labels[numbers[row[0]]]) for row in documents]


def corroboration_of(stances: Sequence[Stance]) -> Corroboration:
    """The label of a claim over the stances of independent papers."""
    if "supports" in stances:
        return "mixed" if "contradicts" in stances else "supported"
    return "contradicted" if "contradicts" in stances else "not enough evidence"


def fit_claims(claims: Sequence[JudgedClaim]) -> ClaimScaling:
    """Slope and intercept of least log loss, drawn towards 1 and 0 as by a normal prior of SD 1."""
    from scipy.optimize import minimize
    from scipy.special import expit

    kept = np.clip([claim.probability for claim in claims], LEAST, 1 - LEAST)
    odds, right = np.log(kept / (1 - kept)), np.array([claim.right for claim in claims])

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scaled = odds * values[0] + values[1]
        missed = expit(scaled) - right
        drawn = values - start
        total = np.logaddexp(0, np.where(right, -scaled, scaled)).sum() + drawn @ drawn / 2
        return float(total), np.array([missed @ odds, missed.sum()]) + drawn

    start = np.array([1.0, 0.0])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)])
    slope, intercept = found.x.tolist()
    return ClaimScaling(slope=slope, intercept=intercept, claims=len(claims))


def fit_outside(
    rows: Rows,
    gold: Gold,
    *,
    sets: Sequence[str],
    vectors: Vectors,
    method: MethodName,
    embedder: str,
    elsewhere: Labelled | None = None,
) -> Outside:
    """Which claims lie outside the sets, and how much their scores must be widened.

    Each set is calibrated by the others, and the temperature of least log loss is taken, never
    below 1. A single set is cut in two across the direction in which its claims differ most. Where
    there are labelled scores from `elsewhere`, of other domains than the sets', all sets calibrate
    these, and theirs is taken if it is the larger one.
    """
    names = np.unique(np.array(sets))
    domains = np.searchsorted(names, sets) if len(names) > 1 else _halves(vectors)
    foreign = np.empty_like(rows)
    for domain in np.unique(domains):
        inside = domains == domain
        foreign[inside] = FITS[method](rows[~inside], gold[~inside]).apply(rows[inside])
    temperature = _best_temperature(foreign, gold, least=1.0)
    measured_on: Literal["sets", "halves", "elsewhere"] = "sets" if len(names) > 1 else "halves"
    if elsewhere is not None:
        there = FITS[method](rows, gold).apply(elsewhere.rows)
        temperature = max(temperature, _best_temperature(there, elsewhere.gold, least=1.0))
        measured_on = "elsewhere"
    means = np.stack([vectors[np.array(sets) == name].mean(axis=0) for name in names])
    centres = np.round(means / np.linalg.norm(means, axis=1, keepdims=True), 5).astype(float)
    return Outside(
        temperature=temperature,
        measured_on=measured_on,
        embedder=embedder,
        centres=tuple(map(tuple, centres.tolist())),
        cosine=float(np.percentile((vectors @ centres.T).max(axis=1), FARTHEST)),
    )


def _halves(vectors: Vectors) -> Gold:
    """0 or 1 for each row: below or above the middle of the first principal component."""
    centred = vectors - vectors.mean(axis=0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    ranks = np.argsort(np.argsort(centred @ direction))
    return (ranks >= len(vectors) / 2).astype(np.intp)
