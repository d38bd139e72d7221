"""The LLM engine: every role played by models behind one endpoint."""

import asyncio
import os
from collections.abc import Callable, Mapping
from math import ceil
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from assignee.engines.llm.adapter import Adapter
from assignee.engines.llm.answerer import LLMAnswerer
from assignee.engines.llm.cache import ReplyCache
from assignee.engines.llm.critic import LLMCritic
from assignee.engines.llm.endpoint import is_loopback, key_of
from assignee.engines.llm.extractor import LLMExtractor
from assignee.engines.llm.fence import installation_secret
from assignee.engines.llm.judge import LLMJudge
from assignee.engines.llm.meter import LLMMeter
from assignee.engines.llm.planner import LLMPlanner
from assignee.engines.llm.router import LLMRouter
from assignee.engines.llm.screener import LLMScreener
from assignee.engines.llm.trace import Trace
from assignee.engines.llm.writer import LLMWriter
from assignee.engines.protocol import SCREENED_PER_READ, Engine, Ranker
from assignee.prompts import load, names
from assignee.settings import ROLES, Settings

if TYPE_CHECKING:
    from assignee.engines.llm.chat import Line


class Estimate(NamedTuple):
    """How many model calls a question takes, repairs of unusable replies aside."""

    fewest: int
    most: int


class LLMEngine:
    """The engine and all that it must close; use it as an async context manager, or `aclose` it.

    Attributes:
        engine: one judge of each kind; the ranker is the one that was handed in.
        adapter: makes structured calls; for prompts that no role of the machine asks.
        meter: usage, cost and budgets of this run.
        prompts: prompt name to the first 12 hex digits of its digest.

    Args:
        settings: endpoint, models, limits and budgets.
        ranker: tells relevance; ranking needs no model call.
        run_id: names the trace file, and whose failed replies are kept.
        announce: told once, before the first call, where it goes and how many are expected.
        environment: where OPENAI_API_KEY is looked up.

    Raises:
        SettingsError: no key where one is needed, or a malformed base URL.
        EngineError: the response cache cannot be opened.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        ranker: Ranker,
        run_id: str,
        announce: Callable[[str], None] | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        key = key_of(settings, environment)
        secret = installation_secret(settings.home)
        self.meter = LLMMeter(settings)
        self.prompts = {name: load(name).version for name in names()}
        self._line = _open_line(settings, key, self.meter)
        self._cache = ReplyCache(settings.home / "replies.sqlite", run_id=run_id)
        self._trace = Trace(settings.home, run_id) if settings.trace else None
        self.adapter = adapter = Adapter(
            settings,
            say=self._line.say,
            cache=self._cache,
            meter=self.meter,
            trace=self._trace,
            before_first_call=(lambda: announce(announcement(settings))) if announce else None,
        )
        self.engine = Engine(
            kind="llm",
            planner=LLMPlanner(adapter),
            ranker=ranker,
            extractor=LLMExtractor(adapter, secret),
            judge=LLMJudge(adapter, secret),
            screener=LLMScreener(adapter, secret),
            writer=LLMWriter(adapter, secret),
            critic=LLMCritic(adapter, secret),
            router=LLMRouter(adapter, secret),
            answerer=LLMAnswerer(adapter, secret),
            models={role: settings.model_of(role) for role in ROLES},
        )

    async def aclose(self) -> None:
        """Close connections, cache and trace; calls must be over."""
        await self._line.aclose()
        await asyncio.to_thread(self._cache.close)
        if self._trace is not None:
            self._trace.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


def _open_line(settings: Settings, key: str, meter: LLMMeter) -> "Line":
    from assignee.engines.llm.chat import Line

    line = Line(settings, key)
    for role in ROLES:
        chat = line.chat(settings.model_of(role))
        if settings.temperature is not None and chat.temperature != settings.temperature:
            meter.warn(f"model {chat.model_name!r} takes no temperature: its own is used")
    if settings.base_url.startswith("http:") and not is_loopback(settings.base_url):
        meter.warn(f"the key is sent to {settings.base_url!r} unencrypted; use https")
    return line


def announcement(settings: Settings) -> str:
    """Where calls go, to which models, and about how many one question takes."""
    models = sorted({settings.model_of(role) for role in ROLES})
    fewest, most = estimated_calls(settings)
    return (
        f"Sending text to {settings.base_url}, model {', '.join(models)}: "
        f"{fewest} to {most} calls for one question."
    )


def estimated_calls(settings: Settings, *, reviewers: int = 5) -> Estimate:
    """Model calls of one question: plan, a call a paper, claims in batches, write, review.

    The most are taken when evidence is missing, so that all rounds are needed, and a revision
    searches again; a later round reads a third of the papers and verifies half of the claims.
    With criteria, three times as many papers as are read are screened, ten a call.
    """
    judged = ceil(settings.max_claims / LLMJudge.batch_size)
    fewest = 1 + settings.max_papers + judged + 1 + reviewers
    later = max(1, settings.max_papers // 3) + ceil(settings.max_claims / 2 / LLMJudge.batch_size)
    rounds = settings.rounds - 1 + settings.revisions
    if settings.include or settings.exclude:
        fewest += ceil(settings.max_papers / LLMScreener.batch_size)
        asked = ceil(settings.max_papers * SCREENED_PER_READ / LLMScreener.batch_size)
        later += ceil(asked / 3)
        # Following citations screens again, of the papers that are new.
        more = asked * (3 if settings.snowball and settings.searched else 1)
        more -= ceil(settings.max_papers / LLMScreener.batch_size)
    else:
        more = 0
    return Estimate(fewest, fewest + more + rounds * later + settings.revisions * (1 + reviewers))
