"""Which probabilities a judge's answers are measured with: raw, cross-fitted, or of a profile.

A profile's figures on the very items that it was fitted on would flatter it; there each document's
items are calibrated by what the other documents' items taught.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from assignee.engines.calibration import Profile, profile_for
from assignee.errors import SettingsError
from assignee.evals.calibrate import FOLDS
from assignee.evals.calibrate import cross_fitted as fitted
from assignee.evals.items import StanceItem
from assignee.evals.opinions import Key, Opinions, answers_of, key_of
from assignee.records import StanceScores

Mode = Literal["cross-fit", "profile", "none"]


class Calibration(NamedTuple):
    """Scores that are to be taken as probabilities, and how they were made."""

    how: str
    scores: dict[Key, StanceScores]
    """Empty where there are none."""
    threshold: float | None = None
    decides: bool = True
    """Whether the most probable stance is what is said; else it is the judge's own word."""


def calibration_of(
    items: Sequence[StanceItem], opinions: Opinions, *, mode: Mode | None, profiles: Path
) -> Calibration:
    """The calibration that was asked for, or the one that fits.

    Without a mode: none where the judge has no profile, cross-fitted where the profile was fitted
    on one of these sets, else the profile.

    Args:
        items: what was asked.
        opinions: the answers.
        mode: what was asked for.
        profiles: folder of the user's own profiles.

    Raises:
        SettingsError: a profile was asked for and the judge has none; or too few documents.
        ModelFileError: the profile is damaged.
    """
    profile = profile_for(opinions.judge, profiles)
    if mode is None and profile is not None:
        known = {fitted.name for fitted in profile.fitted_on} & {item.set for item in items}
        mode = "cross-fit" if known else "profile"
    if mode == "cross-fit":
        threshold = profile.threshold if profile is not None else None
        return cross_fitted(items, opinions, threshold=threshold)
    if mode == "profile":
        if profile is None:
            raise SettingsError(
                f"{opinions.judge!r} has no calibration profile: `assignee eval calibrate` makes "
                "one, --calibration cross-fit does without"
            )
        return by_profile(items, opinions, profile, outside=outside_of(profile, items))
    return uncalibrated(items, opinions)


def outside_of(profile: Profile, items: Sequence[StanceItem]) -> list[bool]:
    """Whether each item's claim lies outside the domains that the profile was fitted on.

    Raises:
        SettingsError: the profile's vectors are of another embedder than the one that ships.
    """
    from assignee.engines.embedder import Embedder

    embedder = Embedder()
    if embedder.model_id != profile.outside.embedder:
        raise SettingsError(
            f"the profile of {profile.judge!r} was made with the embedder "
            f"{profile.outside.embedder!r}: make it again with `assignee eval calibrate`"
        )
    return [profile.is_outside(row) for row in embedder.embed([item.claim for item in items])]


def uncalibrated(items: Sequence[StanceItem], opinions: Opinions) -> Calibration:
    """The judge's raw scores, if it gives any."""
    if not opinions.graded:
        return Calibration("none: the judge gives no probabilities", {}, decides=False)
    scores = {
        key_of(item): answer.raw
        for item, answer in zip(items, answers_of(items, opinions), strict=True)
        if answer.raw is not None
    }
    return Calibration("none: raw scores", scores, decides=False)


def cross_fitted(
    items: Sequence[StanceItem], opinions: Opinions, *, threshold: float | None
) -> Calibration:
    """Probabilities of each item by a calibration that other documents' items were fitted on.

    Raises:
        SettingsError: there are not at least three documents.
    """
    answers = zip(items, answers_of(items, opinions), strict=True)
    scored = [(item, answer.raw) for item, answer in answers if answer.raw is not None]
    scores = fitted(
        [raw for _, raw in scored],
        [item.gold for item, _ in scored],
        [item.document for item, _ in scored],
    )
    named = {key_of(item): found for (item, _), found in zip(scored, scores, strict=True)}
    return Calibration(f"cross-fitted on these items, {FOLDS} folds of documents", named, threshold)


def by_profile(
    items: Sequence[StanceItem],
    opinions: Opinions,
    profile: Profile,
    *,
    outside: Sequence[bool],
) -> Calibration:
    """Probabilities by a profile that was fitted before.

    Args:
        items: what was asked.
        opinions: the answers.
        profile: of the same judge.
        outside: whether each item's claim lies outside the profile's domains.
    """
    scores = {
        key_of(item): profile.stances(answer.raw, outside=far)
        for item, answer, far in zip(items, answers_of(items, opinions), outside, strict=True)
        if answer.raw is not None
    }
    sets = ", ".join(fitted.name for fitted in profile.fitted_on)
    how = f"profile {profile.digest()[:12]}, fitted on {sets}"
    if sum(outside):
        how += f"; {sum(outside)} of {len(items)} claims outside its domains"
    return Calibration(how, scores, profile.threshold)
