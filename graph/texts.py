"""The nodes that bring texts in: fetch → ready.

Full texts are looked for; where none is found the abstract is read.
"""

import asyncio
from collections.abc import Collection
from typing import Any, Literal

from langgraph.runtime import Runtime

from assignee.agents import retriever
from assignee.agents.notices import retraction
from assignee.errors import NoEvidenceError
from assignee.graph.context import Context
from assignee.graph.records import announce, as_json, loaded
from assignee.graph.state import FetchTask, State
from assignee.identity import Merged
from assignee.records import Screened, Verdict

Update = dict[str, Any]
Reason = tuple[Literal["no text", "retraction"], str]
"""Why a chosen paper is not read after all: the kind, and the sentence."""


async def to_fetch(state: State, context: Context, chosen: list[str]) -> list[str]:
    """Papers whose full text is looked for: quotes of an abstract must stand where they stand."""
    works = state.get("works", {})
    if not context.settings.full_text or context.full_text is None or context.out_of_time():
        return []
    passages = await asyncio.to_thread(context.library.passages, chosen)
    whole = {passage.paper_id for passage in passages if passage.basis == "full text"}
    quoted = await quoted_papers(state, context)
    return [id_ for id_ in chosen if id_ in works and id_ not in whole and id_ not in quoted]


async def quoted_papers(state: State, context: Context) -> Collection[str]:
    """Papers whose passages stand as evidence in a verdict."""
    verdicts = await loaded(context, Verdict, list(state.get("verdicts", {}).values()))
    return {piece.quote.paper_id for verdict in verdicts for piece in verdict.pieces}


async def fetch(state: FetchTask, runtime: Runtime[Context]) -> Update:
    """Look for one paper's full text; without it the abstract is read."""
    context = runtime.context
    [work] = await loaded(context, Merged, [state["work"]])
    assert context.full_text is not None
    found = await context.full_text(work.paper, work.locations)
    if found.document is not None:
        await asyncio.to_thread(retriever.take_in, [found.document], context.library)
    announce(runtime, "fetch", 1, state["of"], f"{found.place or 'abstract'}: {work.paper.title}")
    tried = [f"{attempt.place}: {attempt.reason}" for attempt in found.tried]
    return {"texts": {state["paper_id"]: {"place": found.place, "tried": tried}}}


async def ready(state: State, runtime: Runtime[Context]) -> Update:
    """Say what is read of each chosen paper.

    One of which there is no text, and one whose full text says that it was retracted, is left out.
    """
    context, chosen = runtime.context, state["to_read"]
    passages = await asyncio.to_thread(context.library.passages, chosen)
    bases = {passage.paper_id: passage.basis for passage in passages}
    papers = await asyncio.to_thread(context.library.papers, chosen)
    reasons: dict[str, Reason] = {
        id_: ("no text", "neither full text nor abstract could be read")
        for id_ in chosen
        if id_ not in bases and id_ in state.get("works", {})
    }
    for paper in papers:
        if taken_back := retraction(paper):
            reasons[paper.id] = ("retraction", f"it {taken_back}, as its full text says")
    rows = [
        Screened.model_validate(
            state["screened"][id_] | {"decision": "excluded", "by": by, "reason": reason}
        )
        for id_, (by, reason) in reasons.items()
    ]
    left_out = {row.paper_id for row in rows}
    read = [id_ for id_ in chosen if id_ not in left_out]
    announce(runtime, "ready", len(read), len(chosen))
    if not read and not state.get("read"):
        raise NoEvidenceError(none_left_message(state["screened"] | as_json(rows)))
    return {
        "to_read": read,
        "read": dict.fromkeys(read, state["round"]),
        "bases": {id_: bases[id_] for id_ in read if id_ in bases},
        "screened": as_json(rows),
    }


def none_left_message(rows: dict[str, Any]) -> str:
    """Why no paper was left to read."""
    reasons = "; ".join(f"“{row['title']}”: {row['reason']}" for row in [*rows.values()][:3])
    return f"none of the {len(rows)} papers found could be read, so no report is written. {reasons}"
