"""A session begun from a finished run: what it takes over, and what is no longer there."""

from collections.abc import Collection, Sequence
from typing import Any

from assignee.records import Paper, Report, Version
from assignee.runs import Run
from assignee.settings import Settings

MOST_NAMED = 5
"""Missing papers that are named by their titles."""


def taken_over(run: Run, report: Report, kept: Collection[str]) -> Version:
    """The version that the session begins at: the run's report and the papers behind it.

    What the library does not hold any more is left out of what the session works with, so that it
    can still be checked again; the report keeps what was found in it.

    Args:
        run: finished.
        report: its report.
        kept: ids of the papers that the library holds.
    """
    assert run.report is not None
    known = report.considered
    put_aside = [id_ for id_, decision in run.decisions.items() if decision == "exclude"]
    return Version(
        report=run.report,
        question=report.question,
        papers=tuple(id_ for id_ in known if id_ in kept),
        removed=tuple(dict.fromkeys([*put_aside, *(id_ for id_ in known if id_ not in kept)])),
        searches=bool(run.settings.get("sources") or run.settings.get("offline_demo")),
        run_id=run.id,
    )


def settings_of(run: Run, settings: Settings) -> dict[str, Any]:
    """The run's settings, with those that were given now in their place."""
    given = settings.model_fields_set
    return {**run.settings, **{name: v for name, v in settings.kept().items() if name in given}}


def missing_note(papers: Sequence[Paper]) -> str:
    """What is said of papers of a report that are not in the library; "" where all are."""
    if not papers:
        return ""
    named = "; ".join(paper.title for paper in papers[:MOST_NAMED])
    more = f"; {len(papers) - MOST_NAMED} more" if len(papers) > MOST_NAMED else ""
    return (
        f"No longer in the library: {named}{more}. What the report took from there stays; "
        "whatever checks again goes without."
    )
