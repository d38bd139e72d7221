"""Sets the limitations that the panel saw, and adds those that only the rating makes."""

from assignee.agents.limitations import limitations as limitations_seen
from assignee.agents.wording import capital, counted
from assignee.records import Report
from assignee.report.block import Block, Bullets
from assignee.report.index import Index


def limitations(report: Report, index: Index) -> tuple[Block, ...]:
    """What a reader should hold against this report, the general first."""
    seen = limitations_seen(
        plan=report.plan, counts=report.counts, draft=report.draft, claims=report.claims,
        verdicts=report.verdicts, contradictions=report.contradictions, papers=report.papers,
        passages=report.passages, search=report.search, stamp=report.stamp,
    )  # fmt: skip
    told = (*seen, *rating_limits(report))
    return (Bullets(tuple(index.prose(one, named=True) for one in told)),)


def rating_limits(report: Report) -> list[str]:
    """What to hold against the rating, and that something went wrong while the report was made."""
    told = ["Review scores are automated assessments, not the judgement of human referees."]
    if any("checks passed" in review.score_meaning for review in report.reviews):
        told.append(
            "Where a score is the share of checks passed, it says how far the report keeps to "
            "its own rules, not that its claims are true."
        )
    if report.rating.degraded:
        missing = sum(value is None for value in report.rating.scores.values())
        told.append(
            f"{capital(counted(missing, 'reviewer'))} gave no score, so the rating rests on "
            "fewer views than planned."
        )
    if number := len(report.warnings):
        told.append(f"The run ended with {counted(number, 'warning')}; see the methodology.")
    return told
