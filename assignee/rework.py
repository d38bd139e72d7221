"""New reports out of one that is there: rated anew by the panel, or revised by its findings."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assignee.execution import run_review
from assignee.records import Dossier, Draft, Report, Review, Revision, RevisionAction
from assignee.runs import Run

if TYPE_CHECKING:
    from assignee.agents.reviser import RevisionPlan
    from assignee.assembly import Assembled
    from assignee.graph.context import Context, Progress

    Watcher = Callable[[Progress], None]


async def reviewed(
    run: Run, report: Report, assembled: "Assembled", *, checkpoints: Path, watch: "Watcher | None"
) -> Report:
    """The report with the reviews and the rating of the run's panel."""
    from assignee.agents.dossier import dossier_of_report

    dossier = await asyncio.to_thread(dossier_of_report, report)
    return await _rated(run, report, dossier, assembled, checkpoints, watch)


async def revised(
    run: Run,
    report: Report,
    drop: Sequence[str],
    assembled: "Assembled",
    *,
    checkpoints: Path,
    watch: "Watcher | None",
) -> Report | None:
    """The report without the claims to drop, and as its reviewers' findings have it written.

    The version is kept by the rule of every revision; `None` where nothing is to be done.
    """
    from assignee.agents.dossier import dossier_of_report
    from assignee.agents.reviewer import severe_by_auditor
    from assignee.agents.reviser import plan_revision, settle

    reviews = {review.reviewer: review for review in report.reviews}
    plan = plan_revision(report.question, reviews, report.claims, can_search=False)
    gone = {*plan.dropped, *drop}
    if len(gone) >= len(report.claims) or not (gone or plan.qualify or plan.notes):
        return None
    draft = await _written(report, plan, gone, assembled.context)
    fresh = _without(report, gone, draft)
    dossier = await asyncio.to_thread(dossier_of_report, fresh)
    rated = await _rated(run, fresh, dossier, assembled, checkpoints, watch)
    after = {review.reviewer: review for review in rated.reviews}
    panel = assembled.context.panel
    worse = severe_by_auditor(after, panel) - severe_by_auditor(reviews, panel)
    actions: tuple[RevisionAction, ...] = settle(plan.actions, after)
    revision = Revision(
        actions=actions,
        before=report.rating,
        after=rated.rating,
        kept="original" if worse and not drop else "revised",
    )
    kept = rated if revision.kept == "revised" else report
    return kept.model_copy(update={"revision": revision, "run_id": run.id})


async def _written(
    report: Report, plan: "RevisionPlan", gone: set[str], context: "Context"
) -> Draft:
    from assignee.engines.protocol import WriteRequest
    from assignee.graph.research import written

    kept = tuple(claim for claim in report.claims if claim.id not in gone)
    request = WriteRequest(
        question=report.question,
        subquestions=report.plan.subquestions,
        claims=kept,
        verdicts=tuple(report.verdict(claim.id) for claim in kept),
        contradictions=tuple(
            pair for pair in report.contradictions if not {pair.first, pair.second} & gone
        ),
        papers=report.papers,
        findings=tuple(finding for review in report.reviews for finding in review.findings),
        qualify=tuple(id_ for id_ in plan.qualify if id_ not in gone),
    )
    draft: Draft = (await written(request, context))[0]
    notes = tuple(dict.fromkeys([*report.draft.notes, *plan.notes]))
    return draft.model_copy(update={"notes": notes})


def _without(report: Report, gone: set[str], draft: Draft) -> Report:
    """The report with that draft and without those claims."""
    claims = tuple(claim for claim in report.claims if claim.id not in gone)
    by_paper = [sum(c.paper_id == claim.paper_id for c in claims) for claim in claims]
    verdicts = tuple(report.verdict(claim.id) for claim in claims)
    counts = report.counts.model_copy(
        update={
            "claims": len(claims),
            "claims_not_checked": sum(v.label == "not checked" for v in verdicts),
            "largest_share": max(by_paper) / len(claims),
        }
    )
    return report.model_copy(
        update={
            "draft": draft,
            "claims": claims,
            "verdicts": verdicts,
            "contradictions": tuple(
                pair for pair in report.contradictions if not {pair.first, pair.second} & gone
            ),
            "counts": counts,
        }
    )


async def _rated(
    run: Run,
    report: Report,
    dossier: Dossier,
    assembled: "Assembled",
    checkpoints: Path,
    watch: "Watcher | None",
) -> Report:
    made = await run_review(run, dossier, assembled, checkpoints=checkpoints, watch=watch)
    reviews: tuple[Review, ...] = made.reviews
    stamp = report.stamp.model_copy(
        update={"settings": {**report.stamp.settings, "panel": made.stamp.settings["panel"]}}
    )
    changed: dict[str, Any] = {
        "run_id": run.id,
        "reviews": reviews,
        "rating": made.rating,
        "revision": None,
        "usage": (*report.usage, *made.usage),
        "stamp": stamp,
        "warnings": tuple(dict.fromkeys([*report.warnings, *made.warnings])),
    }
    return report.model_copy(update=changed)
