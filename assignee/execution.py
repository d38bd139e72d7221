"""Runs the machine once: checkpoints, tracing off, progress out, the finished record back."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assignee.assembly import Assembled
from assignee.records import SCHEMA_VERSION, Dossier, ForeignReview, PanelRating, Report
from assignee.runs import Run
from assignee.settings import Settings

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
    from langgraph.graph import StateGraph

    from assignee.graph.context import Context, Progress
    from assignee.graph.state import State

    Watcher = Callable[[Progress], None]


async def run_research(
    run: Run, assembled: Assembled, *, checkpoints: Path, watch: "Watcher | None"
) -> tuple[str, Report]:
    """Run or resume research; returns the report and its digest.

    A run that was killed or interrupted goes on from its last step, one that failed from its
    beginning.
    """
    from assignee.graph.research import research

    start: State = {
        "schema_version": SCHEMA_VERSION,
        "run_id": run.id,
        "question": run.question,
        "started": run.started,
        "version": 0,
    }
    final = await _run(research(), start, run, assembled, checkpoints, watch)
    [report] = assembled.context.library.get(Report, [final["report"]])
    return final["report"], report


async def run_review(
    run: Run,
    dossier: Dossier,
    assembled: Assembled,
    *,
    checkpoints: Path,
    watch: "Watcher | None",
) -> ForeignReview:
    """Have the panel rate one dossier."""
    from assignee.graph.records import reviews_of, stored
    from assignee.graph.research import review_only

    context = assembled.context
    [digest] = await stored(context, [dossier])
    start: State = {
        "schema_version": SCHEMA_VERSION,
        "run_id": run.id,
        "question": dossier.question,
        "version": 0,
        "dossiers": {"0": digest},
    }
    final = await _run(review_only(), start, run, assembled, checkpoints, watch)
    reviews = await reviews_of(final, context, 0)
    [rating] = context.library.get(PanelRating, [final["ratings"]["0"]])
    return ForeignReview(
        run_id=run.id,
        source=Path(run.papers[0]).name,
        date=run.started[:10],
        title=dossier.title,
        question=dossier.question,
        reviews=tuple(reviews.values()),
        rating=rating,
        usage=context.meter.usages(),
        stamp=context.stamp,
        warnings=context.meter.warnings(),
    )


async def _run(
    graph: "StateGraph[State, Context]",
    start: "State",
    run: Run,
    assembled: Assembled,
    checkpoints: Path,
    watch: "Watcher | None",
) -> "State":
    from assignee.graph.context import Progress
    from assignee.graph.research import RECURSION_LIMIT

    settings = assembled.context.settings
    config: RunnableConfig = {
        "configurable": {"thread_id": run.id},
        "recursion_limit": RECURSION_LIMIT,
        "max_concurrency": settings.concurrency,
    }
    async with AsyncExitStack() as stack:
        if assembled.aclose is not None:
            stack.push_async_callback(assembled.aclose)
        stack.enter_context(tracing(settings))
        saver = await stack.enter_async_context(opened(checkpoints))
        if run.status == "failed":
            # What failed is part of its state, and would fail it again; finished calls are not
            # repeated, because the response cache has them.
            await saver.adelete_thread(run.id)
        compiled = graph.compile(checkpointer=saver)
        saved = (await compiled.aget_state(config)).values
        if not saved.get("report"):
            stream = compiled.astream(
                None if saved else start,
                config,
                context=assembled.context,
                stream_mode="custom",
                subgraphs=True,
                durability="async",
            )
            async for _, event in stream:
                if watch is not None:
                    watch(Progress.model_validate(event))
        return cast("State", (await compiled.aget_state(config)).values)


@asynccontextmanager
async def opened(checkpoints: Path) -> "AsyncIterator[AsyncSqliteSaver]":
    """The checkpoints, closed so that nothing of them stays locked."""
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    checkpoints.parent.mkdir(parents=True, exist_ok=True)
    async with AsyncSqliteSaver.from_conn_string(str(checkpoints)) as saver:
        try:
            yield saver
        finally:
            # A graph that is cancelled may leave a write behind. Closed in the middle of it, SQLite
            # keeps the connection, and the lock, until the last cursor is collected.
            async with saver.lock:
                await saver.conn.rollback()
                await saver.conn.close()


def tracing(settings: Settings) -> AbstractContextManager[Any]:
    """Third-party tracing stays off unless the setting allows it, whatever the environment says."""
    from contextlib import nullcontext

    from langsmith import tracing_context

    return nullcontext() if settings.third_party_tracing else tracing_context(enabled=False)
