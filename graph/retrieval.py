"""The nodes that bring papers in: search → identify → screen → follow citations? → fetch → ready.

`graph.evidence` wires them; every node calls one agent and stores what it made.
"""

import asyncio
from collections.abc import Collection
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Send

from assignee.agents import identifier, retriever, screening, snowball
from assignee.agents.identifier import Members
from assignee.agents.notices import retraction
from assignee.agents.screening import Candidate
from assignee.errors import NoEvidenceError, NoPapersError
from assignee.graph.context import Context
from assignee.graph.records import announce, loaded, stored
from assignee.graph.state import FetchTask, SearchTask, State
from assignee.identity import Merged
from assignee.records import Evidence, Hit, Plan, Screened, Terms, Verdict
from assignee.settings import Settings
from assignee.sources.database import CitingDatabase, Database

Update = dict[str, Any]
Reason = tuple[Literal["no text", "retraction"], str]
FIRST = 2
"""How many sub-questions have a say beside the question in what is relevant: planners put what is
asked (a relation, a comparison) before what is only background."""

QUERIES = 8
"""Most queries that one database is sent in one round: some answer only a hundred a day."""
FOLLOWED = 5
"""Papers whose citations are followed in one step."""
PER_PAPER = 25
"""Records read of one paper's citations in one direction."""
STEPS = 2
"""Most steps along citations; the search is often saturated before."""

BARRED = frozenset({"criteria", "user", "retraction", "withdrawal"})
"""Why a paper is left out for good: it is neither read nor heard as evidence."""


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


def as_json(rows: list[Screened]) -> dict[str, Any]:
    """The screening as the state keeps it, by paper."""
    return {row.paper_id: row.model_dump(mode="json") for row in rows}


def unread(state: State) -> list[str]:
    """Papers of the pool that may still be read."""
    rows = state.get("screened", {})
    shut = {id_ for id_, row in rows.items() if _is_barred(row) or row["by"] == "no text"}
    known = state.get("read", {}).keys() | state.get("same_as", {}).keys()
    return sorted(state.get("pool", {}).keys() - shut - known)


def evidence_pool(state: State) -> list[str]:
    """Papers of the pool that may speak for or against a claim."""
    rows = state.get("screened", {})
    barred = {id_ for id_, row in rows.items() if _is_barred(row)}
    twice = {id_ for id_ in state.get("same_as", {}) if id_ not in state.get("read", {})}
    return sorted(state["pool"].keys() - barred - twice)


def _is_barred(row: dict[str, Any]) -> bool:
    return row["decision"] == "excluded" and row["by"] in BARRED


async def screen(state: State, runtime: Runtime[Context]) -> Update:
    """Choose the papers to read closely: the best ones in the first round, a few new ones later."""
    context, settings = runtime.context, runtime.context.settings
    if not state.get("pool"):
        raise NoPapersError(no_papers_message(state))
    candidates = unread(state)
    first = state["round"] == 1
    limit = settings.max_papers if first else later_papers(settings)
    [made] = await loaded(context, Plan, [state["plan"]])
    asked = state.get("asked") or await retriever.ask_in_full(
        [state["question"], *made.subquestions], sorted(state["pool"]), library=context.library
    )
    relevance = {}
    if len(candidates) > limit or state.get("works"):
        relevance = await retriever.relevance(
            asked[: 1 + FIRST] if first else state["queries"],
            state["queries"],
            candidates,
            library=context.library,
            ranker=context.engine.ranker,
            limit=limit,
        )
    rows = await judged(state, context, candidates, relevance, limit)
    chosen = [row.paper_id for row in rows if row.decision == "included"]
    announce(runtime, "screen", len(chosen), len(candidates))
    stopped = stop(state, context, relevance)
    return {
        "asked": asked,
        "to_read": chosen,
        "screened": as_json(rows),
        "stopped": stopped or "",
        "to_fetch": await to_fetch(state, context, chosen),
    }


async def judged(
    state: State,
    context: Context,
    candidates: list[str],
    relevance: dict[str, float],
    limit: int,
) -> list[Screened]:
    """What screening says of each candidate."""
    papers = await asyncio.to_thread(context.library.papers, candidates)
    works = state.get("works", {})
    merged = [id_ for id_ in candidates if id_ in works]
    about = dict(
        zip(merged, await loaded(context, Merged, [works[id_] for id_ in merged]), strict=True)
    )
    asked = [
        Candidate(paper, work.abstract, work.withdrawn)
        if (work := about.get(paper.id))
        else Candidate(paper)
        for paper in papers
    ]
    terms = terms_of(context.settings)
    sentences = terms.include or terms.exclude
    return screening.judged(
        asked,
        relevance=relevance,
        limit=limit,
        terms=terms,
        closeness=await screening.compared(asked, terms, context.engine.ranker)
        if sentences
        else screening.NOT_COMPARED,
        decisions=context.decisions,
        round_=state["round"],
    )


def terms_of(settings: Settings) -> Terms:
    """What the user asked for beside the question."""
    return Terms(
        since=settings.since.isoformat() if settings.since else None,
        until=settings.until.isoformat() if settings.until else None,
        statuses=settings.statuses,
        language=settings.language,
        include=settings.include,
        exclude=settings.exclude,
    )


def citing(context: Context) -> list[CitingDatabase]:
    """The databases that know citations."""
    return [source for source in context.sources if isinstance(source, CitingDatabase)]


def stop(state: State, context: Context, relevance: dict[str, float]) -> str | None:
    """Why citations are not followed further, if they were; `None` to go on, or not to begin."""
    step = state.get("step", 0)
    if not step or state["round"] > 1 or state.get("stopped"):
        return state.get("stopped")
    new = state.get("fresh", [])
    relevant = snowball.as_relevant(relevance, new=new, read=state["to_read"])
    found = len(state["hits"].get(citation_key(state, step), []))
    if why := snowball.saturated(found, len(new), relevant):
        return why
    if step >= STEPS or context.out_of_time():
        return f"Citations were followed {step} times; new relevant papers were still found."
    return None


def follow_or_fetch(
    state: State, runtime: Runtime[Context]
) -> list[Send] | Literal["follow", "ready"]:
    """Follow citations in the first round until nothing new is found; then look for full texts."""
    context = runtime.context
    wanted = context.settings.snowball and state["round"] == 1 and not context.out_of_time()
    if wanted and citing(context) and state["to_read"] and not state["stopped"]:
        return "follow"
    of = len(state["to_fetch"])
    tasks = [
        Send("fetch", FetchTask(paper_id=id_, work=state["works"][id_], of=of))
        for id_ in state["to_fetch"]
    ]
    return tasks or "ready"


def citation_key(state: State, step: int) -> str:
    """Where the records of one step along citations are kept."""
    return f"{state['round']}:citations {step}"


async def follow(state: State, runtime: Runtime[Context]) -> Update:
    """Follow the citations of the best papers that were not followed yet, in both directions."""
    context = runtime.context
    step, done = state.get("step", 0) + 1, state.get("followed", [])
    ids = [id_ for id_ in state["to_read"] if id_ not in done and id_ in state.get("works", {})]
    works = await loaded(context, Merged, [state["works"][id_] for id_ in ids])
    chosen = snowball.to_follow(works, FOLLOWED)
    found = await snowball.followed(
        chosen,
        [source for source in context.sources if isinstance(source, Database)],
        limit=FOLLOWED,
        per_paper=PER_PAPER,
        round_=state["round"],
    )
    announce(runtime, "follow", len(chosen), len(chosen), f"{len(found.records)} records")
    key = citation_key(state, step)
    silent = {
        f"{entry.source}: {error}"
        for entry in found.entries
        for error in entry.errors
        if not (entry.kept or entry.pages)
    }
    return {
        "step": step,
        "followed": [*done, *(work.paper.id for work in chosen)],
        "hits": {key: await stored(context, found.records)},
        "searches": {key: [entry.model_dump(mode="json") for entry in found.entries]},
        "warnings": {key: "; ".join(sorted(silent))} if silent else {},
    }


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
    pieces: list[Evidence] = [
        piece
        for verdict in verdicts
        for opinion in (verdict, verdict.second)
        if opinion is not None
        for piece in (*opinion.evidence_for, *opinion.evidence_against)
    ]
    return {piece.quote.paper_id for piece in pieces}


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
    if not read and not state.get("read"):
        raise NoEvidenceError(none_left_message(state["screened"] | as_json(rows)))
    return {
        "to_read": read,
        "read": dict.fromkeys(read, state["round"]),
        "bases": {id_: bases[id_] for id_ in read if id_ in bases},
        "screened": as_json(rows),
    }


def later_papers(settings: Settings) -> int:
    """How many papers a round after the first one reads."""
    return max(1, settings.max_papers // 3)


def no_papers_message(state: State) -> str:
    """What was tried when no paper was found."""
    tried = "; ".join(
        f"{entry['source']} ({entry['hits']} found{': ' if entry['errors'] else ''}"
        f"{', '.join(entry['errors'])})"
        for entries in state.get("searches", {}).values()
        for entry in entries
    )
    return (
        f"no paper could be read. Tried: {tried or 'no source'}. Name a folder with --papers, "
        f"search a database with --source, or add papers with `assignee library add`."
    )


def none_left_message(rows: dict[str, Any]) -> str:
    """Why no paper was left to read."""
    reasons = "; ".join(f"“{row['title']}”: {row['reason']}" for row in [*rows.values()][:3])
    return f"none of the {len(rows)} papers found could be read, so no report is written. {reasons}"
