"""The panel subgraph: review (one branch a reviewer, none sees another) → aggregate."""

from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from assignee.agents import reviewer
from assignee.graph.context import Context
from assignee.graph.records import announce, loaded, reviews_of, stored
from assignee.graph.state import ReviewTask, State
from assignee.records import Dossier

Update = dict[str, Any]


def build() -> StateGraph[State, Context]:
    """The subgraph, not yet compiled."""
    graph = StateGraph(State, context_schema=Context)
    graph.add_node(review)
    graph.add_node(aggregate)
    graph.add_conditional_edges(START, to_reviewers, ["review"])
    graph.add_edge("review", "aggregate")
    graph.add_edge("aggregate", END)
    return graph


def to_reviewers(state: State, runtime: Runtime[Context]) -> list[Send]:
    """One review a seat of the panel; a panel has at least one."""
    version = state["version"]
    dossier, epoch = state["dossiers"][str(version)], state.get("epoch", 1)
    return [
        Send("review", ReviewTask(reviewer=seat.id, version=version, dossier=dossier, epoch=epoch))
        for seat in runtime.context.panel.reviewers
    ]


async def review(state: ReviewTask, runtime: Runtime[Context]) -> Update:
    """One reviewer's opinion of the dossier; a failure is recorded as unscored."""
    context = runtime.context
    [seat] = [seat for seat in context.panel.reviewers if seat.id == state["reviewer"]]
    [dossier] = await loaded(context, Dossier, [state["dossier"]])
    critic, engine = context.critic_of(seat)
    made = await reviewer.review(dossier, seat, critic=critic, engine=engine, epoch=state["epoch"])
    [digest] = await stored(context, [made])
    scored = "unscored" if made.score is None else f"{made.score:.1f}"
    announce(runtime, "review", 1, len(context.panel.reviewers), f"{seat.id}: {scored}")
    return {"reviews": {f"{state['version']}:{seat.id}": digest}}


async def aggregate(state: State, runtime: Runtime[Context]) -> Update:
    """One rating of this version from all reviews of it."""
    context, version = runtime.context, state["version"]
    made = reviewer.aggregate(await reviews_of(state, context, version), context.panel)
    [digest] = await stored(context, [made])
    return {"ratings": {str(version): digest}}
