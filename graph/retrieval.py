"""The nodes that bring records in: search → identify.

`graph.evidence` wires them; every node calls one agent and stores what it made.
"""

import asyncio
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import Send

from assignee.agents import identifier, retriever, screening
from assignee.agents.identifier import Members
from assignee.agents.screening import Candidate
from assignee.graph.context import Context
from assignee.graph.records import announce, as_json, loaded, stored
from assignee.graph.state import SearchTask, State
from assignee.records import Hit
from assignee.sources.database import Database

Update = dict[str, Any]

QUERIES = 8
"""Most queries that one database is sent in one round: some answer only a hundred a day."""


def to_sources(state: State, runtime: Runtime[Context]) -> list[Send]:
    """One search a source."""
    return [
        Send("search", SearchTask(source=index, queries=state["queries"], round=state["round"]))
        for index in range(len(runtime.context.sources))
    ]


async def search(state: SearchTask, runtime: Runtime[Context]) -> Update:
    """Search one source; documents are taken into the library, records wait for the others."""
    context = runtime.context
    source = context.sources[state["source"]]
    asked = isinstance(source, Database)
    found = await retriever.search(
        source,
        queries_to(source.name, state, context) if asked else state["queries"],
        library=context.library,
        limit=context.settings.source_limit if asked else context.settings.max_papers * 3,
        round_=state["round"],
    )
    number = len(found.records) or len(found.paper_ids)
    announce(runtime, "search", 1, len(context.sources), f"{source.name}: {number}")
    failed = [error for entry in found.entries for error in entry.errors if not entry.kept]
    why = "; ".join(dict.fromkeys(failed))
    key = f"{state['round']}:{source.name}"
    return {
        "pool": dict.fromkeys(found.paper_ids, state["round"]),
        "hits": {key: await stored(context, found.records)} if found.records else {},
        "searches": {key: [entry.model_dump(mode="json") for entry in found.entries]},
        "unread": dict.fromkeys(found.unread, source.name),
        "warnings": {f"search {key}": f"{source.name}: {why}"} if failed else {},
    }


def queries_to(name: str, state: SearchTask, context: Context) -> list[str]:
    """What a database is asked: in a repeated search all at once what it was asked before."""
    before = context.repeat.queries.get(name) if context.repeat else None
    if before is None:
        return state["queries"][:QUERIES]
    return list(before) if state["round"] == 1 else []


async def identify(state: State, runtime: Runtime[Context]) -> Update:
    """Put the records of all rounds together by work and take each work in once."""
    context = runtime.context
    digests = sorted({digest for found in state.get("hits", {}).values() for digest in found})
    if not digests:
        return {}
    hits = dict(zip(digests, await loaded(context, Hit, digests), strict=True))
    own = await own_records(state, context, hits)
    hits |= own
    before, pool = state.get("works", {}), state.get("pool", {})
    known = await loaded(context, Members, [state["members"]]) if "members" in state else []
    found = await asyncio.to_thread(
        identifier.identified,
        hits,
        known=known[0].of if known else {},
        read=state.get("read", {}),
    )
    works = found.works
    gone = {id_ for id_, work in works.items() if work.withdrawn and id_ not in pool}
    await asyncio.to_thread(
        identifier.take_in_works, found, context.library, leave_out=frozenset(gone)
    )
    kept = await stored(context, list(works.values()))
    [members] = await stored(context, [found.members])
    announce(runtime, "identify", len(works), len(hits))
    withdrawn = [Candidate(works[id_].paper, works[id_].abstract, True) for id_ in sorted(gone)]
    rows = screening.judged(withdrawn, relevance={}, limit=0, round_=state["round"])
    return {
        "hits": {f"{state['round']}:{identifier.LOCAL}": list(own)} if own else {},
        "works": dict(zip(works, kept, strict=True)),
        "members": members,
        "same_as": found.same_as,
        "pool": {id_: state["round"] for id_ in works if id_ not in gone},
        "fresh": [id_ for id_ in works if id_ not in before and id_ not in gone],
        "screened": as_json(rows),
        "warnings": {f"identity {n}": text for n, text in enumerate(found.warnings)},
    }


async def own_records(state: State, context: Context, hits: dict[str, Hit]) -> dict[str, Hit]:
    """Records of the papers of the pool that are the user's own and have none yet."""
    known = {hit.paper.id for hit in hits.values() if hit.source == identifier.LOCAL}
    ids = [id_ for id_ in state.get("pool", {}) if id_ not in state.get("works", {})]
    papers = await asyncio.to_thread(
        context.library.papers, [id_ for id_ in ids if id_ not in known]
    )
    made = identifier.at_hand(papers)
    return dict(zip(await stored(context, made), made, strict=True))
