"""The session's graph: one turn from what was said to what is told.

route → (answer | research | review | revise | export | guide) → tell. The state is JSON: what was
said, the route, digests of versions. New reports come from runs of their own, which the context
makes; a turn that is interrupted keeps its run id and goes on with that run.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from functools import cache
from typing import Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from assignee.agents import answerer
from assignee.agents.changes import changes
from assignee.agents.orders import ordered
from assignee.engines.local.answerer import LocalAnswerer
from assignee.engines.local.language import is_foreign
from assignee.engines.local.router import LocalRouter
from assignee.engines.protocol import RouteRequest
from assignee.errors import AssigneeError, EngineError, LibraryError, QuestionError
from assignee.graph.session_context import SessionContext, Watch, Work
from assignee.graph.state import JSON
from assignee.graph.versions import own_papers, planned, read_now
from assignee.records import CitedSentence, Progress, Report, Route, RouteKind, Turn, Version

Update = dict[str, Any]
RECURSION_LIMIT = 10
ENGLISH_ONLY = (
    "the rules that read a turn know English only; commands such as /why 6 work in any language, "
    "and a language model (--engine llm) reads others"
)


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
    if made.kind in ("search", "add"):
        notes += read_now(report, after)
    filled = {"report": digest, "papers": after.considered, "run_id": run_of(state)}
    return await reached(state, runtime, wanted.model_copy(update=filled), notes)


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
        folder = made.paths[0] if made.paths else ""
        files = await context.work.export(version, folder, made.formats)
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
