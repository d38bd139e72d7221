"""The reviewers: each answers its checklist alone, over the dossier; then scores are aggregated."""

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np

from assignee.engines.checklists import CHECKLISTS
from assignee.engines.protocol import Critic, Opinion
from assignee.errors import EngineError
from assignee.reading.normal import find_quote
from assignee.records import (
    Dossier,
    Finding,
    PanelRating,
    PanelSpec,
    Review,
    ReviewerSpec,
)

MOST_FINDINGS = 8


async def review(
    dossier: Dossier, reviewer: ReviewerSpec, *, critic: Critic, engine: str, epoch: int = 1
) -> Review:
    """One reviewer's opinion; a failure is a review that is unscored, because….

    Answers and findings are the first sample's; the score is the mean over samples. Every epoch
    draws samples of its own, so that no reply of another one stands in for them.
    """
    checklist = CHECKLISTS[reviewer.checklist]
    first = (epoch - 1) * reviewer.samples
    drawn = await asyncio.gather(
        *(
            critic.review(dossier, reviewer, checklist, sample=sample)
            for sample in range(first, first + reviewer.samples)
        ),
        return_exceptions=True,
    )
    opinions = [opinion for opinion in drawn if isinstance(opinion, Opinion)]
    failures = [failure for failure in drawn if isinstance(failure, BaseException)]
    for failure in failures:
        if not isinstance(failure, EngineError):
            raise failure
    if not opinions:
        return Review(
            reviewer=reviewer.id,
            checklist=reviewer.checklist,
            engine=engine,
            prompt=critic.prompt_for(checklist),
            score_meaning=critic.score_meaning(checklist),
            unscored_because=str(failures[0]),
            raw=getattr(failures[0], "raw", None),
        )
    return _reviewed(dossier, reviewer, opinions, critic, engine)


def _reviewed(
    dossier: Dossier,
    reviewer: ReviewerSpec,
    opinions: Sequence[Opinion],
    critic: Critic,
    engine: str,
) -> Review:
    first, checklist = opinions[0], CHECKLISTS[reviewer.checklist]
    text = dossier_text(dossier)
    findings = [
        finding.model_copy(update={"reviewer": reviewer.id})
        for finding in first.findings
        if finding.quote is None or find_quote(finding.quote, text)
    ]
    samples = tuple(opinion.score for opinion in opinions)
    return Review(
        reviewer=reviewer.id,
        checklist=reviewer.checklist,
        engine=engine,
        prompt=critic.prompt_for(checklist),
        answers=first.answers,
        findings=tuple(findings[:MOST_FINDINGS]),
        samples=samples,
        score=float(np.mean(samples)),
        score_meaning=critic.score_meaning(checklist),
        dropped_findings=len(first.findings) - len(findings),
    )


def dossier_text(dossier: Dossier) -> str:
    """All the words of a dossier, in which a finding's quote must be found."""
    parts = [dossier.title, dossier.question]
    parts += [f"{section.name}\n{section.text}" for section in dossier.sections]
    for claim in dossier.claims:
        parts += [claim.text, claim.quote or "", claim.verdict or ""]
        parts += [piece.quote for piece in claim.evidence]
    parts += [f"{ref.key} {ref.title or ''} {ref.url or ''}" for ref in dossier.references]
    return "\n".join(parts)


def aggregate(reviews: Mapping[str, Review], panel: PanelSpec) -> PanelRating:
    """The panel's rating: mean (or median) of the overall scores of those who scored.

    Under the panel's quorum there is no score. The spread is the standard deviation between
    reviewers (n − 1); the interval is a bootstrap over reviewers with a fixed seed.
    """
    scores = {seat.id: _score(reviews.get(seat.id)) for seat in panel.reviewers}
    given = [score for score in scores.values() if score is not None]
    unscored = sorted(name for name, score in scores.items() if score is None)
    how = f"{panel.aggregation} of {len(given)} reviewers' overall scores"
    if unscored:
        how += f"; unscored: {', '.join(unscored)}"
    enough = len(given) >= panel.quorum
    if not enough:
        how += f"; fewer than the quorum of {panel.quorum}, so there is no rating"
    combine = np.mean if panel.aggregation == "mean" else np.median
    return PanelRating(
        panel=panel.name,
        score=float(combine(given)) if enough else None,
        how=how,
        scores=scores,
        spread=float(np.std(given, ddof=1)) if len(given) > 1 else None,
        within_sd=_within_sd(list(reviews.values())),
        interval=_bootstrap(given, panel.aggregation) if enough and len(given) > 2 else None,
        degraded=bool(unscored),
        quorum=panel.quorum,
    )


def _score(review: Review | None) -> float | None:
    return review.score if review else None


def _within_sd(reviews: Sequence[Review]) -> float | None:
    spreads = [np.std(review.samples, ddof=1) for review in reviews if len(review.samples) > 1]
    return float(np.mean(spreads)) if spreads else None


def _bootstrap(scores: Sequence[float], aggregation: str) -> tuple[float, float]:
    draws = np.random.default_rng(20240501).choice(scores, size=(2000, len(scores)))
    combined = draws.mean(axis=1) if aggregation == "mean" else np.median(draws, axis=1)
    low, high = np.percentile(combined, [2.5, 97.5])
    return float(low), float(high)


def severe_by_auditor(reviews: Mapping[str, Review], panel: PanelSpec) -> set[str]:
    """What the rule-based auditors found severe: the faults that can veto a revision."""
    auditors = {seat.id for seat in panel.reviewers if seat.checklist == "audit"}
    return {
        _fault(finding)
        for name, opinion in reviews.items()
        if name in auditors
        for finding in opinion.findings
        if finding.severity == "severe"
    }


def _fault(finding: Finding) -> str:
    return f"{finding.item or finding.what}"
