"""Live progress in the terminal: a bar a stage, claims verified and cost so far."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from assignee.graph.context import Progress

Watcher = Callable[["Progress"], None]


@contextmanager
def silent() -> Iterator[Watcher]:
    """Watches and shows nothing."""
    yield lambda _: None


@contextmanager
def stages(console: Console) -> Iterator[Watcher]:
    """Bars on the console while the block runs; one line a finished stage when it is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:12}"), BarColumn(30), MofNCompleteColumn(),
               TimeElapsedColumn(), TextColumn("[dim]{task.fields[detail]}"))  # fmt: skip
    with Bars(*columns, console=console, disable=not console.is_terminal) as bars:
        yield Stages(bars).show


class Stages:
    """Turns progress events into bars; a stage that runs again starts its bar anew."""

    def __init__(self, bars: "Bars") -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._verified = 0

    def show(self, event: "Progress") -> None:
        """Advance the event's stage."""
        if event.stage not in self._tasks:
            self._tasks[event.stage] = self._bars.add_task(
                event.stage, total=event.total, detail=""
            )
        task = self._tasks[event.stage]
        if self._bars.tasks[self._bars.task_ids.index(task)].finished and event.done:
            self._bars.reset(task, total=event.total)
        self._verified += event.verified or 0
        self._bars.update(task, advance=event.done, total=event.total, detail=self._detail(event))

    def _detail(self, event: "Progress") -> str:
        parts = [event.detail[:60]] if event.detail else []
        if event.verified is not None:
            parts.append(f"{self._verified} verified so far")
        if event.cost:
            parts.append(f"${event.cost:.4f}")
        return " · ".join(parts)
