"""The nodes that choose papers: screen ⇄ follow, until citations bring nothing new."""

import asyncio
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Send

from assignee.agents import eligibility, retriever, screening, snowball
from assignee.agents.criteria import Ruling
from assignee.agents.screening import Candidate
from assignee.agents.wording import counted
from assignee.engines.protocol import SCREENED_PER_READ
from assignee.errors import NoPapersError
from assignee.graph.context import Context
from assignee.graph.records import announce, as_json, loaded, stored
from assignee.graph.state import FetchTask, State
from assignee.graph.texts import to_fetch
from assignee.identity import Merged
from assignee.records import Plan, Screened, Terms
from assignee.settings import Settings
from assignee.sources.database import CitingDatabase, Database

Update = dict[str, Any]

FIRST = 2
"""How many sub-questions have a say beside the question in what is relevant: planners put what is
asked (a relation, a comparison) before what is only background."""

FOLLOWED = 5
"""Papers whose citations are followed in one step."""

PER_PAPER = 25
"""Records read of one paper's citations in one direction."""

STEPS = 2
"""Most steps along citations; the search is often saturated before."""

BARRED = frozenset({"criteria", "user", "retraction", "withdrawal"})
"""Why a paper is left out for good: it is neither read nor heard as evidence."""


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
    pool = await as_candidates(state, context, candidates)
    fresh, warnings = await eligible(state, context, pool, relevance, limit)
    said = state.get("eligible", {}) | fresh
    rows = await judged({**state, "eligible": said}, context, pool, relevance, limit)
    chosen = [row.paper_id for row in rows if row.decision == "included"]
    announce(runtime, "screen", len(chosen), len(candidates))
    stopped = stop(state, context, relevance)
    return {
        "asked": asked,
        "to_read": chosen,
        "screened": as_json(rows),
        "stopped": stopped or "",
        "to_fetch": await to_fetch(state, context, chosen),
        "eligible": fresh,
        "warnings": warnings,
    }


async def as_candidates(state: State, context: Context, candidates: list[str]) -> list[Candidate]:
    """The papers as screening sees them."""
    papers = await asyncio.to_thread(context.library.papers, candidates)
    works = state.get("works", {})
    merged = [id_ for id_ in candidates if id_ in works]
    about = dict(
        zip(merged, await loaded(context, Merged, [works[id_] for id_ in merged]), strict=True)
    )
    return [
        Candidate(paper, work.abstract, work.withdrawn)
        if (work := about.get(paper.id))
        else Candidate(paper)
        for paper in papers
    ]


async def eligible(
    state: State,
    context: Context,
    candidates: list[Candidate],
    relevance: dict[str, float],
    limit: int,
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the screener says of the most relevant papers not yet asked about, and what failed."""
    terms, screener = terms_of(context.settings), context.engine.screener
    if screener is None or not (terms.include or terms.exclude):
        return {}, {}
    known = state.get("eligible", {})
    best = sorted(candidates, key=lambda one: (-relevance.get(one.paper.id, 0.0), one.paper.id))
    asked = [
        one
        for one in best[: limit * SCREENED_PER_READ]
        if one.paper.id not in known and one.paper.id not in context.decisions
    ]
    if context.out_of_time():
        return {}, {"criteria": "rules decided the criteria: the budget of seconds was spent"}
    found = await eligibility.asked(asked, terms, screener)
    reasons = "; ".join(dict.fromkeys(found.failures.values()))
    papers = counted(len(found.failures), "paper")
    told = f"rules decided the criteria of {papers}: {reasons}"
    key = f"criteria {state['round']}.{state.get('step', 0)}"
    answers = {
        id_: {sentence: [ruling.met, ruling.why] for sentence, ruling in said.items()}
        for id_, said in found.answers.items()
    }
    return answers, {key: told} if found.failures else {}


async def judged(
    state: State,
    context: Context,
    candidates: list[Candidate],
    relevance: dict[str, float],
    limit: int,
) -> list[Screened]:
    """What screening says of each candidate."""
    terms, screener = terms_of(context.settings), context.engine.screener
    sentences = terms.include or terms.exclude
    return screening.judged(
        candidates,
        relevance=relevance,
        limit=limit,
        terms=terms,
        closeness=await screening.compared(candidates, terms, context.engine.ranker)
        if sentences
        else screening.NOT_COMPARED,
        answers={
            id_: {sentence: Ruling(*said) for sentence, said in rulings.items()}
            for id_, rulings in state.get("eligible", {}).items()
        },
        screener=screener.name if screener else None,
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
    announce(runtime, "follow", 0, len(chosen))
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
