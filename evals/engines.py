"""Opens the engine that the settings name, for as long as something is measured."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from assignee.engines.protocol import Engine
from assignee.settings import Settings


@asynccontextmanager
async def opened(
    settings: Settings, *, announce: Callable[[], None] = lambda: None
) -> AsyncIterator[Engine]:
    """The engine; its ranker is the local one whichever it is.

    Args:
        settings: the engine's name, endpoint, models and limits.
        announce: called once, before the first call over the web.

    Raises:
        SettingsError: an LLM was asked for and there is no key.
    """
    from assignee.engines.embedder import Embedder
    from assignee.engines.local.engine import local_engine

    local = local_engine(Embedder())
    if settings.engine == "local":
        yield local
        return
    from assignee.engines.llm.engine import LLMEngine
    from assignee.execution import tracing
    from assignee.runs import new_run_id

    llm = LLMEngine(
        settings, ranker=local.ranker, run_id=new_run_id(), announce=lambda _: announce()
    )
    with tracing(settings):
        async with llm:
            ranker = {"ranker": local.models["ranker"]}
            yield replace(llm.engine, models={**llm.engine.models, **ranker})
