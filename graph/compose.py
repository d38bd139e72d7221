"""The finished report: which version is kept, and all that a reader needs to believe it."""

from datetime import datetime

from assignee.agents import reviewer, reviser
from assignee.graph.context import Context
from assignee.graph.parts import gather
from assignee.graph.records import loaded, reviews_of
from assignee.graph.state import State
from assignee.records import (
    Draft,
    PanelRating,
    Report,
    Revision,
    RevisionAction,
)


async def compose(state: State, context: Context, now: datetime) -> Report:
    """The report of the kept version, stamped; `now` dates a run whose start is unknown."""
    version = state["version"]
    revision = await revised(state, context) if version else None
    kept = version if revision is None or revision.kept == "revised" else 0
    parts = await gather(as_of(state, kept), context)
    [draft] = await loaded(context, Draft, [state["drafts"][str(kept)]])
    [rating] = await loaded(context, PanelRating, [state["ratings"][str(kept)]])
    reviews = await reviews_of(state, context, kept)
    return Report(
        run_id=state["run_id"],
        question=state["question"],
        date=state.get("started", now.isoformat())[:10],
        draft=draft,
        rating=rating,
        reviews=tuple(reviews.values()),
        revision=revision,
        usage=context.meter.usages(),
        stamp=context.stamp,
        warnings=(
            *context.warnings,
            *state.get("warnings", {}).values(),
            *context.meter.warnings(),
        ),
        seconds=context.seconds(),
        **parts._asdict(),
    )


def as_of(state: State, version: int) -> State:
    """The state with the claims and verdicts that a version was written from."""
    snapshot = state["snapshots"][str(version)]
    return {
        **state,
        "claims": snapshot["claims"],
        "verdicts": snapshot["verdicts"],
        "dropped": snapshot["dropped"],
    }


async def revised(state: State, context: Context) -> Revision:
    """Both ratings, what was done about each finding, and which version the rule keeps."""
    version = state["version"]
    before, after = (
        (await reviews_of(state, context, 0)),
        (await reviews_of(state, context, version)),
    )
    [rated_before, rated_after] = await loaded(
        context, PanelRating, [state["ratings"]["0"], state["ratings"][str(version)]]
    )
    actions = await loaded(context, RevisionAction, state.get("actions", []))
    new = reviewer.severe_by_auditor(after, context.panel) - reviewer.severe_by_auditor(
        before, context.panel
    )
    return Revision(
        actions=reviser.settle(actions, after),
        before=rated_before,
        after=rated_after,
        kept="original" if new else "revised",
    )
