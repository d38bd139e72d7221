"""Calibration: a judge's raw stance scores become probabilities of being right.

A profile is fitted on labelled items by `assignee eval calibrate` and holds for one judge:

    profile = profile_for(judge.name, settings.home / "profiles")
    if profile is not None:
        papers = [profile.stances(paper_scores(judgements)) for judgements in by_paper]
        confidence = profile.corroboration("supported", papers)

Without a profile there is no probability, and a verdict's confidence is `None`.
"""

import json
import math
import os
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, ValidationError, model_validator

from assignee.engines.protocol import Judgement
from assignee.errors import ModelFileError
from assignee.records import Corroboration, Record, Stance, StanceScores
from assignee.records.base import digest_of

Rows = NDArray[np.float64]
"""Scores of n texts, shape (n, 3), columns in the order of `COLUMNS`."""

COLUMNS: tuple[Stance, ...] = ("neutral", "contradicts", "supports")
"""Of equals the first is taken, which is the more cautious, as in `StanceScores.best`."""

LEAST = 1e-6
"""Scores below it count as it, so that their logarithms stay finite."""

Finite = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
MethodName = Literal["temperature", "isotonic", "logistic"]


class Temperature(Record):
    """Log scores divided by one number: above 1 all scores move towards each other."""

    name: Literal["temperature"] = "temperature"
    temperature: Finite = Field(gt=0)

    def apply(self, rows: Rows) -> Rows:
        """Probabilities, shape (n, 3)."""
        return softmax(log_scores(rows) / self.temperature)


class Isotonic(Record):
    """A rising curve from the highest score to the chance that its stance is right.

    What the highest one loses or gains, the others share in proportion to their scores.
    """

    name: Literal["isotonic"] = "isotonic"
    scores: tuple[Share, ...] = Field(min_length=1)
    """Where the curve bends, rising."""
    chances: tuple[Share, ...] = Field(min_length=1)
    """Its heights there; straight between them, level outside."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if len(self.scores) != len(self.chances):
            raise ValueError("as many chances as scores are needed")
        if any(sorted(values) != list(values) for values in (self.scores, self.chances)):
            raise ValueError("scores and chances must rise")
        return self

    def apply(self, rows: Rows) -> Rows:
        """Probabilities, shape (n, 3)."""
        first = np.eye(3)[rows.argmax(axis=1)]
        chance = np.interp(rows.max(axis=1), self.scores, self.chances)[:, None]
        rest = np.maximum(rows, LEAST) * (1 - first)
        spread: Rows = first * chance + rest * (1 - chance) / rest.sum(axis=1, keepdims=True)
        return spread


class Logistic(Record):
    """Vector scaling (Guo et al., ICML 2017): a weight and a bias for each stance's log score."""

    name: Literal["logistic"] = "logistic"
    weights: tuple[Finite, Finite, Finite]
    biases: tuple[Finite, Finite, Finite]
    """Both in the order of `COLUMNS`."""

    def apply(self, rows: Rows) -> Rows:
        """Probabilities, shape (n, 3)."""
        return softmax(log_scores(rows) * np.array(self.weights) + np.array(self.biases))


Method = Annotated[Temperature | Isotonic | Logistic, Field(discriminator="name")]


class Risk(Record):
    """How often a spoken stance was wrong on the cross-fitted data, from the threshold up."""

    wanted: Share
    """The share that the upper bound was to stay within."""
    share: Share | None
    """Wrong among spoken; `None` when none was spoken."""
    upper: Share
    """Upper 95 % bound of the share (Clopper-Pearson, one-sided)."""
    spoken: int = Field(ge=0)

    @property
    def met(self) -> bool:
        """Whether the bound is within what was wanted; else it is the lowest that was reached."""
        return self.upper <= self.wanted


class ClaimScaling(Record):
    """Platt scaling of a claim's label: a straight line on the log odds."""

    slope: Finite = Field(ge=0)
    intercept: Finite
    claims: int = Field(ge=0)
    """Labelled claims that it was fitted on."""

    def apply(self, probability: float) -> float:
        """The probability that the label is right."""
        kept = min(max(probability, LEAST), 1 - LEAST)
        odds = self.slope * math.log(kept / (1 - kept)) + self.intercept
        return (1 + math.tanh(odds / 2)) / 2


class Outside(Record):
    """Which claims lie outside the domains of the fit, and how far their scores are widened."""

    temperature: Finite = Field(ge=1)
    """Divides the log of calibrated scores."""
    measured_on: Literal["sets", "halves", "elsewhere"]
    """Each set calibrated by the others; of a single set its two halves that differ most; or pairs
    of other domains, calibrated by all sets."""
    embedder: str
    """Model id of the vectors."""
    centres: tuple[tuple[Finite, ...], ...] = Field(min_length=1)
    """Mean unit vector of each set's claims, scaled to length 1."""
    cosine: Finite = Field(ge=-1, le=1)
    """A claim nearer than this to no centre is outside: the 10th percentile of the fit's claims."""

    def holds(self, vector: ArrayLike) -> bool:
        """Whether the claim of this vector lies outside.

        Raises:
            ValueError: the vector is of another length than the centres.
        """
        found = np.asarray(vector, dtype=np.float64)
        centres = np.asarray(self.centres)
        if found.shape != centres.shape[1:]:
            raise ValueError(
                f"a vector of {self.embedder!r} is needed, of length {centres.shape[1]}"
            )
        length = float(np.linalg.norm(found))
        return length == 0 or float((centres @ found).max()) / length < self.cosine


class FittedSet(Record):
    """One labelled set that took part in the fit."""

    name: str
    items: int = Field(ge=1)
    documents: int = Field(ge=1)


class Figure(Record):
    """A figure of the cross-fitted scores, or of the raw ones, with its 95 % interval if known."""

    name: str
    value: Finite
    low: Finite | None = None
    high: Finite | None = None


class Profile(Record):
    """The calibration of one judge; a file of it carries its digest."""

    judge: str
    method: Method
    losses: dict[MethodName, Finite]
    """Log loss of every method in cross-validation; the least was chosen."""
    threshold: Share
    """A spoken stance whose calibrated probability is below it is taken as neutral."""
    risk: Risk
    claims: ClaimScaling
    outside: Outside
    fitted_on: tuple[FittedSet, ...]
    metrics: tuple[Figure, ...] = ()

    def stances(self, raw: StanceScores, *, outside: bool = False) -> StanceScores:
        """Probabilities of the three stances; less sharp for a claim outside the fit's domains."""
        rows = self.method.apply(rows_of([raw]))
        if outside:
            rows = Temperature(temperature=self.outside.temperature).apply(rows)
        return scores_of_rows(rows)[0]

    def decided(self, calibrated: StanceScores) -> Stance:
        """The stance that is spoken: the most probable one, neutral below the threshold."""
        return decided(calibrated, self.threshold)

    def is_outside(self, vector: ArrayLike) -> bool:
        """Whether a claim lies outside the fit's domains, by its vector of `outside.embedder`."""
        return self.outside.holds(vector)

    def corroboration(self, label: Corroboration, papers: Sequence[StanceScores]) -> float | None:
        """Probability that the label over these independent papers is right.

        Only papers that spoke count: the label takes the others to be silent. That nothing was
        found has no probability: it depends on what was searched.

        Args:
            label: any but `not checked`.
            papers: calibrated scores, one a paper.

        Raises:
            KeyError: nothing was checked, so there is nothing to be right about.
        """
        if label == "not enough evidence":
            return None
        speaking = [paper for paper in papers if self.decided(paper) != "neutral"]
        return self.claims.apply(label_probabilities(speaking)[label])


def decided(calibrated: StanceScores, threshold: float) -> Stance:
    """The most probable stance; neutral when another one's probability is below the threshold."""
    best = calibrated.best
    return best if calibrated.of(best) >= threshold else "neutral"


def label_probabilities(papers: Sequence[StanceScores]) -> dict[Corroboration, float]:
    """Probability of each label, were the papers' stances independent; they sum to 1.

    A claim is supported when at least one paper supports it and none contradicts it, and so on.
    """
    no_support = math.prod(1 - paper.supports for paper in papers)
    no_contradiction = math.prod(1 - paper.contradicts for paper in papers)
    silent = math.prod(max(0.0, 1 - paper.supports - paper.contradicts) for paper in papers)
    found: dict[Corroboration, float] = {
        "supported": no_contradiction - silent,
        "contradicted": no_support - silent,
        "mixed": 1 - no_contradiction - no_support + silent,
        "not enough evidence": silent,
    }
    kept = {label: max(0.0, value) for label, value in found.items()}
    total = math.fsum(kept.values())
    return {label: value / total for label, value in kept.items()}


def scores_of(judgement: Judgement) -> StanceScores:
    """The judgement's own scores, else raw ones made of its stance and `score`.

    The stance gets .40 to .95: the more, the higher the score; of a neutral judgement the lower,
    for its score tells how near it came to speaking. The other two share the rest.
    """
    if judgement.scores is not None:
        return judgement.scores
    strength = 1 - judgement.score if judgement.stance == "neutral" else judgement.score
    share = 0.40 + 0.55 * strength
    return StanceScores.model_validate(
        {stance: share if stance == judgement.stance else (1 - share) / 2 for stance in COLUMNS}
    )


def paper_scores(judgements: Sequence[Judgement]) -> StanceScores:
    """Raw scores of one paper: of its strongest window that takes a stance, else of its nearest.

    Without any judgement the paper is as neutral as can be.
    """
    if not judgements:
        return scores_of(Judgement(window=0, stance="neutral", score=0.0, why="nothing was found"))
    return scores_of(max(judgements, key=lambda j: (j.stance != "neutral", j.score)))


def rows_of(scores: Sequence[StanceScores]) -> Rows:
    """Scores as rows that sum to 1."""
    rows = np.array([[one.of(stance) for stance in COLUMNS] for one in scores], dtype=np.float64)
    rows = np.maximum(rows.reshape(-1, 3), LEAST)
    normal: Rows = rows / rows.sum(axis=1, keepdims=True)
    return normal


def scores_of_rows(rows: Rows) -> list[StanceScores]:
    """Rows as records."""
    return [
        StanceScores.model_validate(dict(zip(COLUMNS, row, strict=True)))
        for row in np.clip(rows, 0, 1).tolist()
    ]


def log_scores(rows: Rows) -> Rows:
    """Natural logarithms, finite."""
    logs: Rows = np.log(np.maximum(rows, LEAST))
    return logs


def softmax(logits: Rows) -> Rows:
    """Probabilities of each row of log odds."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Rows = powers / powers.sum(axis=1, keepdims=True)
    return shares


def profile_for(judge: str, folder: Path | None) -> Profile | None:
    """The judge's profile: the user's own in `folder`, else the one that ships, else `None`.

    Raises:
        ModelFileError: the profile is damaged or belongs to another judge.
    """
    name = file_name(judge)
    if folder is not None and (folder / name).is_file():
        return read_profile((folder / name).read_bytes(), judge, path=str(folder / name))
    shipped = files("assignee.engines.profiles").joinpath(name)
    return read_profile(shipped.read_bytes(), judge, path=name) if shipped.is_file() else None


def file_name(judge: str) -> str:
    """The profile's file: the judge's name in plain letters, told apart by 8 hex digits."""
    plain = re.sub(r"[^a-z0-9]+", "-", judge.casefold()).strip("-")[:80]
    return f"{plain}-{digest_of(judge)[:8]}.json"


def write_profile(profile: Profile, path: Path) -> None:
    """Write a profile with its digest; an older one stays whole until the new one is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"digest": profile.digest(), "profile": profile.model_dump(mode="json")}
    fresh = path.with_suffix(".tmp")
    fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(fresh, path)


def read_profile(content: bytes, judge: str, *, path: str) -> Profile:
    """Read and check a profile's file.

    Raises:
        ModelFileError: it is no profile, its digest is another, or it belongs to another judge.
    """
    try:
        found = json.loads(content)
        profile, digest = Profile.model_validate(found["profile"]), found["digest"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        why = f"{error.error_count()} fields" if isinstance(error, ValidationError) else str(error)
        raise _unusable(path, f"it does not read as one: {why}") from error
    if profile.digest() != digest:
        raise _unusable(path, f"its digest is {profile.digest()}, not {digest}")
    if profile.judge != judge:
        raise _unusable(path, f"it belongs to the judge {profile.judge!r}, not to {judge!r}")
    return profile


def _unusable(path: str, why: str) -> ModelFileError:
    return ModelFileError(
        f"the calibration profile {path!r} cannot be used ({why}): "
        "remove it, or write it again with `assignee eval calibrate`"
    )
