"""The session's graph: one turn from what was said to what is told.

route → (answer | research | review | revise | export | guide) → tell. The state is JSON: what was
said, the route, digests of versions. New reports come from runs of their own, which the context
makes; a turn that is interrupted keeps its run id and goes on with that run.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Protocol, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from assignee.agents import answerer
from assignee.agents.changes import MOST_NAMED, changes
from assignee.agents.orders import ordered
from assignee.agents.wording import counted, listed
from assignee.engines.local.answerer import LocalAnswerer
from assignee.engines.local.language import is_foreign
from assignee.engines.local.router import LocalRouter
from assignee.engines.protocol import Engine, Meter, RouteRequest
from assignee.errors import AssigneeError, EngineError, LibraryError, QuestionError
from assignee.graph.state import JSON
from assignee.library import Library
from assignee.records import CitedSentence, Progress, Report, Route, RouteKind, Turn, Version
from assignee.settings import Settings

Update = dict[str, Any]
Watch = Callable[[Progress], None]
RECURSION_LIMIT = 10
LOOKED_THROUGH = 40
"""Passages that a search of the library looks through."""
NEAR_ENOUGH = 0.3
"""Cosine from which a passage makes its paper a find."""
STRICTER = 0.1
"""By how much `be stricter` raises the relevance that a claim must have."""


ENGLISH_ONLY = (
    "the rules that read a turn know English only; commands such as /why 6 work in any language, "
    "and a language model (--engine llm) reads others"
)


class Work(Protocol):
    """Makes new reports, each in a run of its own; started again with its id, a run goes on."""

    async def research(self, run_id: str, version: Version, watch: Watch) -> str:
        """The digest of a report over the version's papers, by its settings."""
        ...

    async def review(self, run_id: str, version: Version, watch: Watch) -> str:
        """The version's report, rated anew."""
        ...

    async def revise(
        self, run_id: str, version: Version, drop: Sequence[str], watch: Watch
    ) -> str | None:
        """The version's report, revised and rated anew; `None` where there is nothing to revise."""
        ...

    async def take_in(self, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Ids of the papers of these files, folders and identifiers, which the library holds then,
        and what was not read.
        """
        ...

    async def export(self, version: Version, folder: str) -> tuple[str, ...]:
        """Writes the version's report; the files."""
        ...


@dataclass(frozen=True)
class SessionContext:
    """Handed to every node through LangGraph's runtime."""

    settings: Settings
    engine: Engine
    library: Library
    meter: Meter
    work: Work
    new_run_id: Callable[[], str]
    told: Callable[[Turn], Awaitable[None]]
    """Writes a turn down; a turn of the same number takes its place."""
    earlier: Sequence[Turn] = ()
    named: tuple[str, ...] = ()
    """Papers that the session was begun with, by id; the whole library where there are none."""
    given: Route | None = None
    """A route that the caller has decided on."""
    began: float = field(default_factory=time.monotonic)


class SessionState(TypedDict, total=False):
    """One session: its versions, and the turn that is being taken."""

    schema_version: int
    number: int
    said: str
    started: str
    """UTC, ISO 8601."""
    route: JSON
    run_id: str | None
    sentences: list[JSON]
    notes: list[str]
    versions: list[str]
    """Digests of `Version` records, the current one last."""
    reached: str
    """Digest of the version that the turn made; "" where it made none."""


@cache
def session() -> StateGraph[SessionState, SessionContext]:
    """One turn, not yet compiled."""
    graph = StateGraph(SessionState, context_schema=SessionContext)
    graph.add_node(route)
    graph.add_node(answer)
    graph.add_node(research)
    graph.add_node(review)
    graph.add_node(revise)
    graph.add_node(export)
    graph.add_node(guide)
    graph.add_node(tell)
    graph.add_edge(START, "route")
    works = ("answer", "research", "review", "revise", "export", "guide")
    graph.add_conditional_edges("route", to_work, dict(zip(works, works, strict=True)))
    for work in works:
        graph.add_edge(work, "tell")
    graph.add_edge("tell", END)
    return graph


async def route(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    """Decide what the turn asks for: a command by itself, else the engine's router, else rules."""
    context = runtime.context
    report = await current_report(state, context)
    own = list(own_papers(await current(state, context), report))
    request = RouteRequest(
        said=state["said"],
        question=report.question if report else "",
        claims=report.claims if report else (),
        papers=tuple(await asyncio.to_thread(context.library.papers, own)),
        earlier=tuple(turn.said for turn in context.earlier[-3:]),
    )
    notes: list[str] = []
    try:
        made = context.given or ordered(request) or await decided(request, context, notes)
    except QuestionError as error:
        made, notes = Route(kind="help", topic="", decided_by="command"), [str(error)]
    if made.decided_by == LocalRouter.name and is_foreign(state["said"]):
        notes.append(ENGLISH_ONLY)
    notes += [f"one thing at a time, so this is not done yet: “{order}”" for order in made.left]
    announce(runtime, "route", 1, made.way)
    return {
        "route": made.model_dump(mode="json"),
        "run_id": context.new_run_id() if made.changes else None,
        "notes": notes,
        "sentences": [],
        "reached": "",
    }


async def decided(request: RouteRequest, context: SessionContext, notes: list[str]) -> Route:
    """The engine's decision; the rules' where there is none, before the first question as well."""
    rules = LocalRouter()
    if context.engine.router is None or not request.question:
        return await rules.route(request)
    try:
        return await context.engine.router.route(request)
    except EngineError as error:
        notes.append(f"the model's decision could not be used, so rules decided: {error}")
        return await rules.route(request)


def to_work(
    state: SessionState,
) -> Literal["answer", "research", "review", "revise", "export", "guide"]:
    """The node that does what the route asks for."""
    kind: RouteKind = state["route"]["kind"]
    if kind == "help":
        return "guide"
    if kind in ("review", "revise", "export"):
        return kind
    return "research" if Route.model_validate(state["route"]).changes else "answer"


async def answer(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    """Answer from the current report, or say that it holds nothing on this."""
    context, made = runtime.context, Route.model_validate(state["route"])
    version, report = await current(state, context), await current_report(state, context)
    if report is None:
        return noted(state, "there is no report yet: ask a question first")
    announce(runtime, "answer", 0)
    found = await answerer.answer(
        state["said"],
        made,
        report,
        answerer=context.engine.answerer or LocalAnswerer(),
        ranker=context.engine.ranker,
        library=context.library,
        papers=own_papers(version, report),
    )
    announce(runtime, "answer", 1)
    return {
        "sentences": [sentence.model_dump(mode="json") for sentence in found.sentences],
        "notes": [*state["notes"], *found.notes],
    }


async def research(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    """Change what the evidence is, and have a new report made from it."""
    context, made = runtime.context, Route.model_validate(state["route"])
    before, report = await current(state, context), await current_report(state, context)
    notes = list(state["notes"])
    try:
        wanted = await planned(made, before, report, context, notes)
        if wanted is None:
            return {"notes": notes}
        if not wanted.question:
            return await reached(state, runtime, wanted, notes)
        wanted = wanted.model_copy(update={"searches": made.kind in ("ask", "search")})
        digest = await apart(context.work.research(run_of(state), wanted, shown(runtime)))
    except AssigneeError as error:
        return failed(notes, error)
    after = await report_of(digest, context)
    ids = [row.paper_id for row in after.search.screening if row.by != "user"]
    known = tuple(dict.fromkeys([*(paper.id for paper in after.papers), *ids]))
    if made.kind in ("search", "add"):
        notes += read_now(report, after)
    filled = {"report": digest, "papers": known, "run_id": run_of(state)}
    return await reached(state, runtime, wanted.model_copy(update=filled), notes)


def read_now(before: Report | None, after: Report) -> list[str]:
    """Which papers are read that were not, by title."""
    known = {claim.paper_id for claim in before.claims} if before else set()
    new = dict.fromkeys(claim.paper_id for claim in after.claims if claim.paper_id not in known)
    titles = [f"“{after.paper(id_).title}”" for id_ in new]
    if not titles:
        return ["no claim of a further paper came into the report"]
    more = [f"{len(titles) - MOST_NAMED} more"] if len(titles) > MOST_NAMED else []
    return [f"claims come now also from {listed([*titles[:MOST_NAMED], *more])}"]


async def planned(
    made: Route,
    before: Version,
    report: Report | None,
    context: SessionContext,
    notes: list[str],
) -> Version | None:
    """The version that is wanted, its report still that of before; `None` where nothing changes."""
    own = tuple(own_papers(before, report))
    match made.kind:
        case "ask":
            # Without papers named at the start a new question goes to the whole library again.
            kept = own if context.named or not before.report else ()
            changed = {"question": made.topic, "papers": kept, "topics": ()}
            return before.model_copy(update=changed)
        case "search":
            return await searched(made, before, own, context, notes)
        case "add":
            return await added(made, before, own, context, notes)
        case "remove":
            gone = tuple(id_ for id_ in made.papers if id_ in own)
            if not gone:
                notes.append("no paper of this session was named: /papers lists them by number")
                return None
            notes.append(f"{counted(len(gone), 'paper')} left out of this session, not the library")
            left = tuple(id_ for id_ in own if id_ not in gone)
            if not left:
                notes.append("no paper would remain, so nothing was changed")
                return None
            removed = (*before.removed, *gone)
            return before.model_copy(update={"papers": left, "removed": removed})
        case "filter":
            if not (chosen := chosen_terms(made, notes)):
                notes.append("name the first or last year, or the kinds of publication to keep")
                return None
            if context.settings.searched:
                notes.append(f"of the papers at hand; {wider(made)} asks the databases for more")
            return adjusted(before, own, chosen)
        case _:
            return adjusted(before, own, strictness(made, before, context.settings, notes))


def chosen_terms(made: Route, notes: list[str]) -> dict[str, Any]:
    """The years and kinds of publication that the turn keeps to, as settings."""
    terms = {"since": made.since, "until": made.until, "statuses": made.statuses}
    chosen = {name: value for name, value in terms.items() if value}
    if chosen:
        notes.append(f"kept: {'; '.join(map(_term, chosen.items()))}")
    return chosen


def wider(made: Route) -> str:
    """The command that searches for papers of the years of a filter."""
    years = {"since": made.since, "until": made.until}
    named = " ".join(f"{name} {year}" for name, year in years.items() if year)
    return f"/search {named}".strip()


def _term(named: tuple[str, Any]) -> str:
    name, value = named
    return f"{name} {', '.join(value) if isinstance(value, tuple) else value}"


def strictness(
    made: Route, before: Version, settings: Settings, notes: list[str]
) -> dict[str, Any]:
    """The settings of a stricter check, or of one that looks at more evidence."""
    windows = before.settings.get("evidence_windows", settings.evidence_windows)
    relevance = before.settings.get("min_relevance", settings.min_relevance)
    factor = 1.5 if made.kind == "stricter" else 2
    chosen: dict[str, Any] = {"evidence_windows": min(50, round(windows * factor))}
    if made.kind == "stricter":
        chosen["min_relevance"] = round(min(0.9, relevance + STRICTER), 2)
        notes.append(f"claims less relevant than {chosen['min_relevance']:.2f} are left out")
    notes.append(f"each claim is held against up to {chosen['evidence_windows']} passages")
    return chosen


def adjusted(before: Version, own: tuple[str, ...], chosen: Mapping[str, Any]) -> Version:
    """The version with further settings, over the papers at hand."""
    return before.model_copy(update={"papers": own, "settings": {**before.settings, **chosen}})


async def searched(
    made: Route, before: Version, own: tuple[str, ...], context: SessionContext, notes: list[str]
) -> Version | None:
    """The version with what the library holds on the topic; databases are searched by the run."""
    [hits] = await asyncio.to_thread(
        context.library.search,
        [made.topic or before.question],
        limit=LOOKED_THROUGH,
        exclude_papers={*own, *before.removed},
    )
    near = [hit.passage.paper_id for hit in hits if (hit.similarity or 0.0) >= NEAR_ENOUGH]
    new = tuple(dict.fromkeys(near))
    named = context.settings.searched
    chosen = chosen_terms(made, notes)
    if not new and not named:
        notes.append(
            "the library holds nothing more on this, and this session searches no database: add "
            "papers with /add, or name databases with /settings sources=arxiv,openalex"
        )
        return None
    where = f", and {', '.join(named)} searched" if named else ""
    notes.append(f"{counted(len(new), 'paper')} more of the library{where}")
    topics = dict.fromkeys([*before.topics, *([made.topic] if made.topic else [])])
    searched = before.model_copy(update={"papers": (*own, *new), "topics": tuple(topics)})
    return adjusted(searched, searched.papers, chosen)


async def added(
    made: Route, before: Version, own: tuple[str, ...], context: SessionContext, notes: list[str]
) -> Version | None:
    """The version with the papers of the paths, which the library takes in, and those named."""
    ids, unread = await context.work.take_in(made.paths) if made.paths else ((), ())
    notes += [f"not read: {name}" for name in unread]
    new = tuple(id_ for id_ in dict.fromkeys([*ids, *made.papers]) if id_ not in own)
    if not new:
        known = "they belong to the session already" if ids or made.papers else ""
        why = known or ("none could be read" if unread else "name a file, a folder or a DOI")
        notes.append(f"no paper was added: {why}")
        return None
    notes.append(f"{counted(len(new), 'paper')} added")
    if not before.question:
        notes.append("ask a question about them")
    removed = tuple(id_ for id_ in before.removed if id_ not in new)
    return before.model_copy(update={"papers": (*own, *new), "removed": removed})


async def review(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    """Have the panel rate the current report anew."""
    return await _remade(state, runtime, lambda work, version, _: work.review(
        run_of(state), version, shown(runtime)
    ))  # fmt: skip


async def revise(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    """Have the current report revised by its reviewers' findings, without the claims named."""
    return await _remade(state, runtime, lambda work, version, made: work.revise(
        run_of(state), version, made.claims, shown(runtime)
    ))  # fmt: skip


async def _remade(
    state: SessionState,
    runtime: Runtime[SessionContext],
    make: Callable[[Work, Version, Route], Awaitable[str | None]],
) -> Update:
    context, made = runtime.context, Route.model_validate(state["route"])
    version, notes = await current(state, context), list(state["notes"])
    if not version.report:
        return noted(state, "there is no report yet: ask a question first")
    if made.kind == "review" and made.topic and made.decided_by == "command":
        version = version.model_copy(
            update={"settings": {**version.settings, "panel": made.topic.split()[-1]}}
        )
    try:
        digest = await apart(make(context.work, version, made))
    except AssigneeError as error:
        return failed(notes, error)
    if digest is None:
        return noted(state, "the panel found nothing that a revision could mend")
    filled = {"report": digest, "run_id": run_of(state)}
    return await reached(state, runtime, version.model_copy(update=filled), notes)


async def export(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    """Write the current report's files."""
    context, made = runtime.context, Route.model_validate(state["route"])
    version = await current(state, context)
    if not version.report:
        return noted(state, "there is no report yet: ask a question first")
    try:
        files = await context.work.export(version, made.paths[0] if made.paths else "")
    except AssigneeError as error:
        return failed(list(state["notes"]), error)
    return noted(state, *files)


GUIDE = (
    "ask about the report (“why is claim 4 contradicted?”, “which of these hold for models under "
    "1B?”, “compare A and B”, “what would change your mind?”): it is answered from checked claims",
    "change what it rests on (“only since 2023”, “drop the preprints”, “add notes/a.pdf”, “search "
    "for pruning”, “leave out paper 3”, “be stricter”, “verify again”): a new report is made",
    "a question of its own: /ask QUESTION; /help lists the commands; /undo goes back",
)


async def guide(state: SessionState) -> Update:
    """What can be asked."""
    return noted(state, *GUIDE)


async def tell(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    """Write the turn down, and make the version that it reached the current one."""
    context = runtime.context
    versions = list(state.get("versions", []))
    if state["reached"]:
        versions.append(state["reached"])
    version = await current({**state, "versions": versions}, context)
    turn = Turn(
        number=state["number"],
        said=state["said"],
        route=Route.model_validate(state["route"]),
        sentences=tuple(map(CitedSentence.model_validate, state["sentences"])),
        notes=tuple(dict.fromkeys(state["notes"])),
        report=version.report or None,
        run_id=state["run_id"] if state["reached"] else None,
        started=state["started"],
        seconds=time.monotonic() - context.began,
    )
    await context.told(turn)
    return {"versions": versions, "reached": ""}


# --- what the nodes share -------------------------------------------------------------------------


async def reached(
    state: SessionState, runtime: Runtime[SessionContext], version: Version, notes: list[str]
) -> Update:
    """The update of a turn that made a new version: its answer, and what changed."""
    context = runtime.context
    before = await current_report(state, context)
    [digest] = await asyncio.to_thread(context.library.put, [version])
    if not version.report:
        return {"reached": digest, "notes": notes}
    after = await report_of(version.report, context)
    same = before is not None and before.question == after.question
    return {
        "reached": digest,
        "sentences": [sentence.model_dump(mode="json") for sentence in after.draft.answer],
        "notes": [*notes, *changes(before if same else None, after), *after.warnings],
    }


async def apart(work: Awaitable[Any]) -> Any:  # noqa: ANN401 - what the work gives
    """Await work outside of this graph's own LangGraph context, which it would take for its own."""

    async def waited() -> Any:  # noqa: ANN401
        return await work

    return await asyncio.get_running_loop().create_task(waited(), context=Context())


def run_of(state: SessionState) -> str:
    """The id of the turn's run."""
    assert state["run_id"] is not None
    return state["run_id"]


async def current(state: SessionState, context: SessionContext) -> Version:
    """The version that the session stands at."""
    versions = state.get("versions", [])
    if not versions:
        return Version(papers=context.named)
    [found] = await asyncio.to_thread(context.library.get, Version, versions[-1:])
    return found


async def current_report(state: SessionState, context: SessionContext) -> Report | None:
    """The report that the session stands at."""
    version = await current(state, context)
    return await report_of(version.report, context) if version.report else None


async def report_of(digest: str, context: SessionContext) -> Report:
    """The report of that digest."""
    [found] = await asyncio.to_thread(context.library.get, Report, [digest])
    return found


def own_papers(version: Version, report: Report | None) -> Collection[str]:
    """Ids of the session's own papers, those of the report first."""
    shown = [paper.id for paper in report.papers] if report else []
    both = dict.fromkeys([*shown, *version.papers])
    return tuple(id_ for id_ in both if id_ not in version.removed)


def noted(state: SessionState, *notes: str) -> Update:
    """The update of a turn that only has something to say about the session."""
    return {"notes": [*state["notes"], *notes]}


def failed(notes: list[str], error: AssigneeError) -> Update:
    """The update of a turn that could not be done: the report stays as it is.

    Raises:
        LibraryError: a library that cannot be used is no matter of one turn.
    """
    if isinstance(error, LibraryError):
        raise error
    return {"notes": [*notes, f"not done, the report stays as it is: {error}"]}


def shown(runtime: Runtime[SessionContext]) -> Watch:
    """Passes the events of a run on to whoever watches the session."""
    write, here = runtime.stream_writer, copy_context()
    # LangGraph's writer looks up which node it is in, which the run's own context does not know.
    return lambda event: here.run(write, event.model_dump(mode="json"))


def announce(runtime: Runtime[SessionContext], stage: str, done: int, detail: str = "") -> None:
    """Send a progress event of the session's own."""
    shown(runtime)(Progress(stage=stage, done=done, total=1, detail=detail, cost=0.0))
