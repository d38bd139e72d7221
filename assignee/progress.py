"""Live progress: bars on a terminal, one line a finished stage in a log.

A stage is a node of the graph. One that runs again, in a second round of search or after a
revision, begins its row anew and carries its number: `search (2)`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Column
from rich.text import Text

if TYPE_CHECKING:
    from assignee.graph.context import Progress

Watcher = Callable[["Progress"], None]

NEXT = {
    "plan": "search",
    "search": "identify",
    "identify": "screen",
    "follow": "identify",
    "fetch": "ready",
    "ready": "extract",
    "extract": "verify",
    "write": "review",
}
"""What mostly follows a finished stage; after the others the run itself decides."""

IN_ONE_GO = frozenset({"identify", "screen", "ready"})
"""Stages that tell once how much of their total they chose: nothing more comes of them."""


@contextmanager
def silent() -> Iterator[Watcher]:
    """Watches and shows nothing."""
    yield lambda _: None


@contextmanager
def stages(console: Console) -> Iterator[Watcher]:
    """Shows the stages while the block runs: bars on a terminal, else lines."""
    if not console.is_terminal:
        lines = StageLines(console)
        try:
            yield lines.show
        finally:
            lines.close()
    else:
        with StageBars(console) as bars:
            yield bars.show


@dataclass
class Pass:
    """One pass through a stage."""

    stage: str
    number: int
    """From 1: how often the stage has run."""
    began: float
    """On the monotonic clock, when the stage before told of its last step."""
    ended: float
    done: int = 0
    total: int = 0
    detail: str = ""

    @property
    def name(self) -> str:
        """The stage's name, with its number from the second pass on."""
        return self.stage if self.number == 1 else f"{self.stage} ({self.number})"

    @property
    def count(self) -> str:
        """How much of how much, such as `3/12`."""
        return f"{self.done}/{self.total}"

    @property
    def finished(self) -> bool:
        """Whether nothing more comes."""
        return self.done >= self.total or self.stage in IN_ONE_GO


class Follower:
    """Adds events up to passes, verified claims and cost."""

    def __init__(self) -> None:
        self.current: Pass | None = None
        self.began = time.monotonic()
        self.verified: int | None = None
        self.cost: float | None = 0.0
        self._passes: dict[str, int] = {}

    def follow(self, event: "Progress") -> Pass:
        """The pass that the event belongs to; stages run one after the other."""
        now = time.monotonic()
        if self.current is None or event.stage != self.current.stage:
            began = self.began if self.current is None else self.current.ended
            number = self._passes[event.stage] = self._passes.get(event.stage, 0) + 1
            self.current = Pass(event.stage, number, began, now)
        self.current.ended = now
        self.current.done += event.done
        self.current.total = event.total
        self.current.detail = event.detail
        if event.verified is not None:
            self.verified = (self.verified or 0) + event.verified
        self.cost = event.cost
        return self.current

    def summary(self) -> str:
        """Claims verified and money spent so far, of what is known of yet."""
        parts = []
        if self.verified is not None:
            claims = "claim" if self.verified == 1 else "claims"
            parts.append(f"{self.verified} {claims} verified so far")
        if self.cost is None:
            parts.append("cost unknown")
        elif self.cost:
            parts.append(f"${self.cost:.4f}")
        return " · ".join(parts)


class StageBars(Bars):
    """One row a stage, the latest below, and a last line with what all of them add up to."""

    def __init__(self, console: Console) -> None:
        self._follower = Follower()
        self._rows: dict[str, TaskID] = {}
        super().__init__(
            TextColumn("{task.description}", table_column=Column(no_wrap=True, min_width=11)),
            BarColumn(20),
            TextColumn(
                "{task.fields[count]}",
                justify="right",
                table_column=Column(no_wrap=True, min_width=6),
            ),
            TimeElapsedColumn(),
            TextColumn(
                "{task.fields[detail]}",
                style="dim",
                markup=False,
                table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
            ),
            console=console,
            expand=True,
        )
        self._awaited: TaskID | None = self._row("starting")

    def show(self, event: "Progress") -> None:
        """Advance the event's stage."""
        before = self._follower.current
        now = self._follower.follow(event)
        if now is not before:
            self._begin(now, before)
        done = now.total if now.finished else now.done
        row = self._rows[now.stage]
        self.update(row, completed=done, total=now.total, count=now.count, detail=now.detail)
        if now.finished and now.stage in NEXT:
            self._drop_awaited()
            self._awaited = self._row(NEXT[now.stage])

    def _begin(self, now: Pass, before: Pass | None) -> None:
        self._drop_awaited()
        if before is not None:
            self.stop_task(self._rows[before.stage])
        if now.stage in self._rows:
            self.remove_task(self._rows[now.stage])
        self._rows[now.stage] = row = self._row(now.name)
        [task] = [task for task in self.tasks if task.id == row]
        task.start_time = now.began

    def _row(self, name: str) -> TaskID:
        return self.add_task(name, total=None, count="", detail="")

    def _drop_awaited(self) -> None:
        if self._awaited is not None:
            self.remove_task(self._awaited)
            self._awaited = None

    def get_renderables(self) -> Iterator[RenderableType]:
        """The rows and the line under them."""
        yield self.make_tasks_table(self.tasks)
        minutes, seconds = divmod(int(time.monotonic() - self._follower.began), 60)
        parts = (f"{minutes}:{seconds:02}", self._follower.summary())
        yield Text(" · ".join(filter(None, parts)), style="dim")


class StageLines:
    """One line a finished stage, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._follower = Follower()

    def show(self, event: "Progress") -> None:
        """Print the stage before, once the event tells of another."""
        before, summary = self._follower.current, self._follower.summary()
        now = self._follower.follow(event)
        if before is not None and now is not before:
            self._print(before, summary)

    def close(self) -> None:
        """Print the last stage."""
        if self._follower.current is not None:
            self._print(self._follower.current, self._follower.summary())

    def _print(self, done: Pass, summary: str) -> None:
        told = summary if done.stage == "verify" else done.detail
        seconds = f"{done.ended - done.began:.1f} s"
        line = f"{done.name:<11} {done.count:>7} {seconds:>8}  {told}"
        self._console.print(line.rstrip(), markup=False, highlight=False, soft_wrap=True)
