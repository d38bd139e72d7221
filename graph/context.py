"""What the nodes of a run share but never save: engine, library, sources, panel, budget."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assignee.agents.screening import Decision
from assignee.engines.calibration import Profile
from assignee.engines.local.memory import SentenceEmbedder
from assignee.engines.protocol import Critic, Engine, Meter, Writer
from assignee.library import Library
from assignee.records import Location, PanelSpec, Paper, Plan, Progress, ReviewerSpec, Stamp
from assignee.settings import Settings
from assignee.sources import Source
from assignee.sources.full_text import FullText

__all__ = ["Context", "FullTextFinder", "Progress", "Repeat"]

FullTextFinder = Callable[[Paper, Sequence[Location]], Awaitable[FullText]]


@dataclass(frozen=True)
class Repeat:
    """An earlier search that is made again."""

    plan: Plan
    queries: Mapping[str, Sequence[str]]
    """What each database was asked in all rounds, by its name."""
    date: str
    """ISO date of the earlier search."""
    found: Sequence[Paper] = ()
    """What it found."""


@dataclass(frozen=True)
class Context:
    """Handed to every node through LangGraph's runtime."""

    settings: Settings
    engine: Engine
    library: Library
    panel: PanelSpec
    meter: Meter
    local_critic: Critic
    """Plays the reviewers whose seat says `local`, such as the auditor."""
    local_writer: Writer
    """Writes when the engine's own writer gave nothing usable; the report says so."""
    stamp: Stamp
    sources: Sequence[Source] = ()
    full_text: FullTextFinder | None = None
    """Looks for a paper's full text; without it abstracts are read."""
    repeat: Repeat | None = None
    """The search to make again; without it the planner is asked."""
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    """What the user decided in the screening file, by paper id."""
    topics: tuple[str, ...] = ()
    """What is asked for beside the question: sub-questions and queries that go before others."""
    warnings: tuple[str, ...] = ()
    """What was amiss before the run began, such as a database without its key."""
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    """Calibrations by the judge's name; a judge without one gives no confidence."""
    embedder: SentenceEmbedder | None = None
    """Tells which claims lie outside the domains of a calibration."""
    started: float = field(default_factory=time.monotonic)

    def critic_of(self, seat: ReviewerSpec) -> tuple[Critic, str]:
        """Who plays a seat of the panel, and the name that its review is stamped with."""
        if seat.engine == "local" or self.engine.kind == "local":
            return self.local_critic, "local"
        return self.engine.critic, f"llm:{seat.model or self.engine.models['critic']}"

    def out_of_time(self) -> bool:
        """Whether the budget of seconds is spent."""
        limit = self.settings.max_seconds
        return limit is not None and time.monotonic() - self.started > limit

    def seconds(self) -> float:
        """Seconds since the run began or was resumed."""
        return time.monotonic() - self.started

    def cost(self) -> float | None:
        """US dollars so far, or `None` when tokens or price are unknown."""
        costs = [usage.cost for usage in self.meter.usages()]
        return sum(c for c in costs if c is not None) if all(c is not None for c in costs) else None
