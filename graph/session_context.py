"""What the nodes of a session share but never save: settings, engine, library, its runs."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assignee.engines.protocol import Engine, Meter
from assignee.library import Library
from assignee.records import Progress, Route, Turn, Version
from assignee.settings import Settings

Watch = Callable[[Progress], None]


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

    async def export(
        self, version: Version, folder: str, formats: Sequence[str]
    ) -> tuple[str, ...]:
        """Writes the version's report, in its usual formats where none is named; the files."""
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
