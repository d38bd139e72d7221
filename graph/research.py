"""The whole machine: evidence → write → panel → revise? → finish; this file only wires and writes.

`research()` and `review_only()` give the two graphs that the program runs.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from assignee.agents import dossier, reviser, writer
from assignee.engines.protocol import WriteRequest
from assignee.errors import EngineError, NoEvidenceError
from assignee.graph import evidence, panel
from assignee.graph.compose import compose
from assignee.graph.context import Context
from assignee.graph.parts import Parts, gather
from assignee.graph.records import announce, reviews_of, stored
from assignee.graph.screening import unread
from assignee.graph.state import State

Update = dict[str, Any]
RECURSION_LIMIT = 80
"""Supersteps of the longest path: three rounds of evidence and two versions take under 60."""


@cache
def research() -> StateGraph[State, Context]:
    """Question to checked and rated report; built once, which takes 20 ms."""
    graph = StateGraph(State, context_schema=Context)
    graph.add_node("evidence", evidence.build().compile())
    graph.add_node(write)
    graph.add_node("panel", panel.build().compile())
    graph.add_node(revise)
    graph.add_node(finish)
    graph.add_edge(START, "evidence")
    graph.add_edge("evidence", "write")
    graph.add_edge("write", "panel")
    graph.add_conditional_edges("panel", revise_or_finish, {"revise": "revise", "finish": "finish"})
    graph.add_conditional_edges(
        "revise", search_or_write, {"evidence": "evidence", "write": "write"}
    )
    graph.add_edge("finish", END)
    return graph


@cache
def review_only() -> StateGraph[State, Context]:
    """The panel alone, over a dossier that is already in the state."""
    graph = StateGraph(State, context_schema=Context)
    graph.add_node("panel", panel.build().compile())
    graph.add_edge(START, "panel")
    graph.add_edge("panel", END)
    return graph


async def write(state: State, runtime: Runtime[Context]) -> Update:
    """Write this version's draft from its checked claims, and the dossier that reviewers see."""
    context, version = runtime.context, state.get("version", 0)
    parts = await gather(state, context)
    if not parts.claims:
        raise NoEvidenceError("no claim is left to write about, so no report is written")
    request = WriteRequest(
        question=state["question"],
        subquestions=parts.plan.subquestions,
        claims=parts.claims,
        verdicts=parts.verdicts,
        papers=parts.papers,
        contradictions=parts.contradictions,
        findings=tuple(f for r in (await earlier_reviews(state, context)) for f in r.findings),
        qualify=tuple(state.get("qualify", ())),
    )
    draft, warnings = await written(request, context)
    draft = draft.model_copy(update={"notes": tuple(state.get("notes", ()))})
    seen = dossier.dossier_of(**parts.shown(state["question"], draft, context.stamp))
    [draft_digest, dossier_digest] = await stored(context, [draft, seen])
    announce(runtime, "write", 1, 1, draft.title)
    snapshot = {key: state.get(key, []) for key in ("claims", "verdicts", "dropped")}
    return {
        "version": version,
        "snapshots": {str(version): snapshot},
        "drafts": {str(version): draft_digest},
        "dossiers": {str(version): dossier_digest},
        "warnings": warnings,
    }


async def written(request: WriteRequest, context: Context) -> tuple[Any, dict[str, str]]:
    """The engine's draft, or the rule-written one with a warning when there is none to use."""
    try:
        draft = await writer.write(request, writer=context.engine.writer)
        if draft.answer:
            return draft, {}
        why = "no sentence of it rests on checked claims"
    except EngineError as error:
        why = str(error)
    draft = await writer.write(request, writer=context.local_writer)
    return draft, {
        "write": f"the model's text could not be used ({why}); the answer was put together by rules"
    }


async def earlier_reviews(state: State, context: Context) -> list[Any]:
    """The reviews of the version before this one; none for the first."""
    version = state.get("version", 0)
    return list((await reviews_of(state, context, version - 1)).values()) if version else []


async def revise_or_finish(state: State, runtime: Runtime[Context]) -> Literal["revise", "finish"]:
    """One revision when it is allowed and a finding has a remedy."""
    context, version = runtime.context, state["version"]
    if version >= context.settings.revisions or context.out_of_time():
        return "finish"
    reviews = await reviews_of(state, context, version)
    remedies = {finding.remedy for review in reviews.values() for finding in review.findings}
    return "revise" if remedies - {"none"} else "finish"


async def revise(state: State, runtime: Runtime[Context]) -> Update:
    """Turn the panel's findings into actions and begin the next version."""
    context, version = runtime.context, state["version"]
    parts: Parts = await gather(state, context)
    reviews = await reviews_of(state, context, version)
    planned = reviser.plan_revision(
        state["question"], reviews, parts.claims, can_search=bool(unread(state))
    )
    announce(runtime, "revise", 1, 1, f"{len(planned.actions)} findings")
    return {
        "version": version + 1,
        "actions": await stored(context, planned.actions),
        "dropped": [*state.get("dropped", ()), *planned.dropped],
        "qualify": list(planned.qualify),
        "notes": list(planned.notes),
        "gaps": list(planned.queries),
    }


def search_or_write(state: State) -> Literal["evidence", "write"]:
    """Search again first when a finding asked for what is missing."""
    return "evidence" if state["gaps"] else "write"


async def finish(state: State, runtime: Runtime[Context]) -> Update:
    """Put the report together from the version that the rule keeps."""
    made = await compose(state, runtime.context, datetime.now(UTC))
    [digest] = await stored(runtime.context, [made])
    announce(runtime, "finish", 1, 1, made.run_id)
    return {"report": digest}
