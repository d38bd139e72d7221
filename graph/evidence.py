"""The evidence subgraph: from the plan to claims that were verified and compared, in rounds.

plan → search → identify → screen ⇄ follow → fetch → ready → extract → consolidate → verify →
compare → assess → again? `build()` only wires; every node calls one agent and stores what it made.
"""

import asyncio
from typing import Any, Literal

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from assignee.agents import claim_extractor, consolidator, contradictions, retriever, verifier
from assignee.errors import EngineError, NoEvidenceError, ReplyError
from assignee.graph.context import Context
from assignee.graph.records import announce, loaded, stored
from assignee.graph.retrieval import identify, search, to_sources
from assignee.graph.screening import (
    FIRST,
    evidence_pool,
    follow,
    follow_or_fetch,
    screen,
    unread,
)
from assignee.graph.state import ExtractTask, State, VerifyTask
from assignee.graph.texts import fetch, ready
from assignee.records import Claim, Paper, Plan, Verdict
from assignee.settings import Settings
from assignee.sources.database import Database

Update = dict[str, Any]


def build() -> StateGraph[State, Context]:
    """The subgraph, not yet compiled."""
    graph = StateGraph(State, context_schema=Context)
    graph.add_node(plan)
    graph.add_node(aim)
    graph.add_node(search)
    graph.add_node(identify)
    graph.add_node(screen)
    graph.add_node(follow)
    graph.add_node(fetch)
    graph.add_node(ready)
    graph.add_node(extract)
    graph.add_node(consolidate)
    graph.add_node(verify)
    graph.add_node(compare)
    graph.add_node(assess)
    graph.add_conditional_edges(START, first_or_next, {"plan": "plan", "aim": "aim"})
    graph.add_conditional_edges("plan", to_sources, ["search"])
    graph.add_conditional_edges("aim", to_sources, ["search"])
    graph.add_edge("search", "identify")
    graph.add_edge("identify", "screen")
    graph.add_conditional_edges("screen", follow_or_fetch, ["follow", "fetch", "ready"])
    graph.add_edge("follow", "identify")
    graph.add_edge("fetch", "ready")
    graph.add_conditional_edges("ready", to_papers, ["extract", "consolidate"])
    graph.add_edge("extract", "consolidate")
    graph.add_conditional_edges("consolidate", to_batches, ["verify", "assess"])
    graph.add_edge("verify", "compare")
    graph.add_edge("compare", "assess")
    graph.add_conditional_edges("assess", enough, {"aim": "aim", "end": END})
    return graph


def first_or_next(state: State) -> Literal["plan", "aim"]:
    """A new run plans; a revision that asks for more evidence goes straight to the next round."""
    return "aim" if state.get("plan") else "plan"


async def plan(state: State, runtime: Runtime[Context]) -> Update:
    """Take the question apart into sub-questions and queries, or as an earlier search did."""
    context = runtime.context
    announce(runtime, "plan", 0, 1)
    warnings: dict[str, str] = {}
    try:
        made = (
            context.repeat.plan
            if context.repeat
            else await context.engine.planner.plan(state["question"])
        )
    except ReplyError as error:
        made = Plan(
            subquestions=(state["question"],),
            queries=(state["question"],),
            planner="none: the question itself",
        )
        warnings["plan"] = (
            f"the planner's reply could not be used, so the question itself was searched: {error}"
        )
    if context.topics:
        subquestions = dict.fromkeys([*context.topics, *made.subquestions])
        queries = dict.fromkeys([*context.topics, *made.queries])
        made = made.model_copy(
            update={"subquestions": tuple(subquestions), "queries": tuple(queries)}
        )
    [digest] = await stored(context, [made])
    announce(runtime, "plan", 1, 1)
    return {"plan": digest, "queries": list(made.queries), "round": 1, "warnings": warnings}


async def aim(state: State) -> Update:
    """Begin another round with queries for the evidence that is missing."""
    return {"round": state["round"] + 1, "queries": state["gaps"], "gaps": []}


def to_papers(state: State) -> list[Send] | Literal["consolidate"]:
    """One extraction a paper; nothing to read goes on with what there is."""
    if not state["to_read"]:
        return "consolidate"
    of = len(state["to_read"])
    return [
        Send("extract", ExtractTask(asked=state["asked"][: 1 + FIRST], paper_id=paper_id, of=of))
        for paper_id in state["to_read"]
    ]


async def extract(state: ExtractTask, runtime: Runtime[Context]) -> Update:
    """Extract the claims of one paper; a failure is counted and the others go on."""
    context = runtime.context
    [paper] = await asyncio.to_thread(context.library.papers, [state["paper_id"]])
    update = await extracted(state, context, paper)
    announce(runtime, "extract", 1, state["of"], paper.title)
    return update


async def extracted(state: ExtractTask, context: Context, paper: Paper) -> Update:
    """The claims of one paper, stored; or the record of why there are none."""
    passages = await asyncio.to_thread(context.library.passages, [paper.id])
    if context.out_of_time():
        return failed_extraction(paper.id, "the budget of seconds was spent")
    if not passages:
        return failed_extraction(paper.id, f"{paper.title!r} has no text")
    try:
        found = await claim_extractor.extract(
            state["asked"],
            passages,
            paper=paper,
            extractor=context.engine.extractor,
            ranker=context.engine.ranker,
            limit=context.settings.claims_per_paper,
            min_relevance=context.settings.min_relevance,
        )
    except EngineError as error:
        return failed_extraction(paper.id, str(error))
    digests = await stored(context, found.claims)
    counts = found._asdict() | {"claims": digests, "passages": len(passages), "failed": False}
    return {"extractions": {paper.id: counts}}


def failed_extraction(paper_id: str, why: str) -> Update:
    """The record of a paper whose claims could not be extracted."""
    return {
        "extractions": {paper_id: {"claims": [], "failed": True}},
        "warnings": {f"extract {paper_id}": why},
    }


async def consolidate(state: State, runtime: Runtime[Context]) -> Update:
    """Merge duplicates, choose claims from many papers, tell which are still to be verified."""
    context = runtime.context
    digests = [d for made in state.get("extractions", {}).values() for d in made["claims"]]
    claims = await loaded(context, Claim, sorted(set(digests)))
    made = await consolidator.consolidate(
        claims,
        ranker=context.engine.ranker,
        max_claims=context.settings.max_claims,
        per_paper=context.settings.claims_per_paper,
    )
    if not made.claims:
        raise NoEvidenceError(no_claims_message(state))
    placed = await consolidator.place(made.claims, state["asked"][1:], context.engine.ranker)
    kept = await stored(context, placed)
    fresh_papers = any(round_ == state["round"] for round_ in state["pool"].values())
    open_ = await unsettled(state, context) if fresh_papers else set()
    taken_back = await outdated(state, context)
    found = dict(zip(kept, placed, strict=True))
    unseen = [
        digest for digest, claim in found.items() if claim.id not in state.get("verdicts", {})
    ]
    fallen = [digest for digest, claim in found.items() if claim.id in taken_back]
    again = [digest for digest, claim in found.items() if claim.id in open_ - taken_back]
    room = later_claims(context.settings) - len(unseen)
    return {
        "claims": kept,
        "to_verify": [*unseen, *fallen, *again[: max(0, room)]],
        "tally": {"merged": made.merged, "over_limit": made.over_limit},
    }


def later_claims(settings: Settings) -> int:
    """How many claims a round after the first one verifies, unless more are new.

    With the default settings three rounds and two versions take 45 calls at most.
    """
    return max(1, settings.max_claims // 2)


async def unsettled(state: State, context: Context) -> set[str]:
    """Ids of claims about which no independent paper has said anything yet."""
    verdicts = await loaded(context, Verdict, list(state.get("verdicts", {}).values()))
    return {
        v.claim_id for v in verdicts if v.corroboration in ("not enough evidence", "not checked")
    }


async def outdated(state: State, context: Context) -> set[str]:
    """Ids of claims whose verdict rests on a paper of which a later round told a retraction."""
    verdicts = await loaded(context, Verdict, list(state.get("verdicts", {}).values()))
    ids = sorted({piece.paper_id for verdict in verdicts for piece in verdict.pieces})
    papers = {paper.id: paper for paper in await asyncio.to_thread(context.library.papers, ids)}
    return {verdict.claim_id for verdict in verdicts if verifier.outdated(verdict, papers)}


def to_batches(state: State, runtime: Runtime[Context]) -> list[Send] | Literal["assess"]:
    """One verification a batch of claims, as large as the judge likes them."""
    claims, size = state["to_verify"], runtime.context.engine.judge.batch_size
    if not claims:
        return "assess"
    pool = evidence_pool(state)
    return [
        Send(
            "verify",
            VerifyTask(
                batch=start // size,
                round=state["round"],
                claims=claims[start : start + size],
                pool=pool,
                of=len(claims),
            ),
        )
        for start in range(0, len(claims), size)
    ]


async def verify(state: VerifyTask, runtime: Runtime[Context]) -> Update:
    """Verify one batch; when that fails its claims are `not checked`, with the reason."""
    context = runtime.context
    claims = await loaded(context, Claim, state["claims"])
    verdicts, warnings = await verified(claims, state, context)
    digests = await stored(context, verdicts)
    announce(
        runtime,
        "verify",
        len(claims),
        state["of"],
        verified=sum(v.label == "verified" for v in verdicts),
    )
    ids = [claim.id for claim in claims]
    return {"verdicts": dict(zip(ids, digests, strict=True)), "warnings": warnings}


async def verified(
    claims: list[Claim], task: VerifyTask, context: Context
) -> tuple[list[Verdict], dict[str, str]]:
    """The verdicts of one batch and a warning where it failed."""
    judge = context.engine.judge
    if context.out_of_time():
        why = "the budget of seconds was spent before it was checked"
        return [verifier.not_checked(claim, judge.name, why) for claim in claims], {"time": why}
    windows = await retriever.evidence_windows(
        claims,
        library=context.library,
        pool=task["pool"],
        windows=context.settings.evidence_windows,
        reranker=context.engine.reranker,
    )
    cases = [
        verifier.Dossiers(claim, own, others)
        for claim, (own, others) in zip(claims, windows, strict=True)
    ]
    needed = {p.paper_id for case in cases for p in (*case.own, *case.others)}
    papers = {p.id: p for p in await asyncio.to_thread(context.library.papers, sorted(needed))}
    try:
        return await verifier.verify(
            cases,
            judge=judge,
            papers=papers,
            second=context.engine.second,
            profiles=context.profiles,
            embedder=context.embedder,
        ), {}
    except EngineError as error:
        place = f"verify {task['round']}:{task['batch']}"
        return [verifier.not_checked(claim, judge.name, str(error)) for claim in claims], {
            place: str(error)
        }


async def compare(state: State, runtime: Runtime[Context]) -> Update:
    """Hold near claims of independent papers against each other, those not yet compared."""
    context = runtime.context
    judge = context.engine.local_judge
    if judge is None or context.out_of_time():
        return {}
    claims = await loaded(context, Claim, state["claims"])
    ids = sorted({claim.paper_id for claim in claims})
    papers = {p.id: p for p in await asyncio.to_thread(context.library.papers, ids)}
    pairs = await contradictions.near_pairs(
        claims, ranker=context.engine.ranker, papers=papers, known=state.get("compared", {})
    )
    try:
        found = await contradictions.judged(
            pairs,
            judge=judge,
            papers=papers,
            profile=context.profiles.get(judge.name),
            embedder=context.embedder,
        )
    except EngineError as error:
        return {"warnings": {f"compare {state['round']}": f"claims were not compared: {error}"}}
    digests = [(await stored(context, [one]))[0] if one else "" for one in found]
    return {"compared": dict(zip((pair.key for pair in pairs), digests, strict=True))}


async def assess(state: State, runtime: Runtime[Context]) -> Update:
    """Name what is missing: relevant claims on which no independent paper has spoken."""
    context = runtime.context
    open_ = await unsettled(state, context)
    claims = await loaded(context, Claim, state["claims"])
    missing = [claim.text for claim in claims if claim.id in open_]
    return {"gaps": missing[: context.settings.max_papers]}


def enough(state: State, runtime: Runtime[Context]) -> Literal["aim", "end"]:
    """Another round while evidence is missing, papers are unread and the rounds allow it."""
    context = runtime.context
    left = bool(unread(state)) or any(isinstance(one, Database) for one in context.sources)
    more = state["round"] < context.settings.rounds and left and not context.out_of_time()
    return "aim" if state["gaps"] and more else "end"


def no_claims_message(state: State) -> str:
    """What was tried when no claim could be quoted."""
    made = state.get("extractions", {}).values()
    failed = [
        why for place, why in state.get("warnings", {}).items() if place.startswith("extract")
    ]
    dropped = {
        "not in the text": sum(m.get("unmatched", 0) for m in made),
        "not about the question": sum(m.get("off_topic", 0) for m in made),
        "not understandable alone": sum(m.get("not_self_contained", 0) for m in made),
    }
    reasons = ", ".join(f"{count} {why}" for why, count in dropped.items() if count)
    first = f" First failure: {failed[0]}" if failed else ""
    return (
        f"no claim that answers the question could be quoted from the {len(made)} papers read"
        f"{f' (dropped: {reasons})' if reasons else ''}; {len(failed)} extractions failed, so "
        f"no report is written.{first}"
    )
