"""The desk: what is under way on this server, what it has told so far, and who listens.

Work tells in any thread, listeners follow in the server's event loop. Whoever comes later, in a
second tab or after a reload, is told all from the beginning.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from assignee.errors import AssigneeError
from assignee.progress import Follower, Watcher
from assignee.report.wording import one_line

if TYPE_CHECKING:
    from assignee.api import Assignee
    from assignee.records import Progress, Turn
    from assignee.runs import Run, Status

Kind = Literal["begun", "stage", "ended"]

KEPT = 50
"""Finished pieces of work whose telling is kept, for a tab that comes late."""


class Told(NamedTuple):
    """One thing that work told."""

    number: int
    """From 1."""
    kind: Kind
    data: Mapping[str, Any]
    """JSON values."""


class Work:
    """One run, or one turn of a session, under way."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._began = time.monotonic()
        self._follower = Follower()
        self._lock = threading.Lock()
        self._closing = False
        self._listeners: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._tell("begun", {})

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""
        return self.told[-1].kind == "ended"

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        """The passes through stages so far, each as it was told last."""
        return list({t.data["name"]: t.data for t in list(self.told) if t.kind == "stage"}.values())

    def watch(self, event: "Progress") -> None:
        """Tell of one step of a stage."""
        now = self._follower.follow(event)
        self._tell(
            "stage",
            {
                "stage": now.stage,
                "name": now.name,
                "done": now.done,
                "total": now.total,
                "finished": now.finished,
                "detail": one_line(now.detail),
                "seconds": round(now.ended - now.began, 1),
                "cost": self._follower.cost,
                "verified": self._follower.verified,
            },
        )

    def end(self, **data: str | int | None) -> None:
        """Tell how it ended."""
        self._tell("ended", data)

    def _tell(self, kind: Kind, data: Mapping[str, Any]) -> None:
        with self._lock:
            elapsed = round(time.monotonic() - self._began, 1)
            self.told.append(Told(len(self.told) + 1, kind, {**data, "elapsed": elapsed}))
        self._wake()

    def let_go(self) -> None:
        """Let all go who listen: the server ends."""
        self._closing = True
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for loop, waker in listeners:
            # Of a server that has ended meanwhile the loop is closed, and nobody listens.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(waker.set)

    async def follow(self, after: int = 0, *, pause: float = 15.0) -> "AsyncIterator[Told | None]":
        """All that was told after that number, and all that is told until the end.

        Args:
            after: the number of what the listener heard last.
            pause: seconds of silence after which `None` is given, a sign of life.
        """
        listener = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._listeners.add(listener)
        try:
            while not self._closing:
                listener[1].clear()
                for told in self.told[after:]:
                    yield told
                    after = told.number
                if self.ended and after >= len(self.told):
                    return
                try:
                    await asyncio.wait_for(listener[1].wait(), pause)
                except TimeoutError:
                    yield None
        finally:
            with self._lock:
                self._listeners.discard(listener)


class Desk:
    """Begins, stops and remembers work; `Assignee` carries it out."""

    def __init__(self, assignee: "Assignee") -> None:
        self._assignee = assignee
        self._work: dict[str, Work] = {}
        self._turns: dict[str, asyncio.Task[None]] = {}

    def work(self, key: str) -> Work | None:
        """What is or was under way by that id, as far as this server knows."""
        return self._work.get(key)

    def busy(self, key: str) -> bool:
        """Whether it is under way now."""
        work = self._work.get(key)
        return work is not None and not work.ended

    def status(self, run: "Run") -> "Status":
        """How the run stands; one that another process left behind was interrupted.

        Until its work has ended it runs, whatever the register says: it cannot go on before.
        """
        if self.busy(run.id):
            return "running"
        return "interrupted" if run.status == "running" else run.status

    def begin(self, run: "Run") -> Work:
        """Carry the run out, or go on with it; what is under way already stays so."""
        if self.busy(run.id):
            return self._work[run.id]
        work = self._kept(run.id)
        future = self._assignee.start(run, watch=work.watch)
        future.add_done_callback(lambda done: work.end(**ending(done)))
        return work

    def let_go(self) -> None:
        """Let all go who listen to anything."""
        for work in list(self._work.values()):
            work.let_go()

    def stop(self, run_id: str) -> bool:
        """Stop a run; what it has done is kept."""
        return self._assignee.interrupt(run_id)

    def converse(self, key: str, turn: "Callable[[Watcher], Awaitable[Turn]]") -> Work:
        """Take a turn of a session, told as it goes; called in the server's event loop.

        While another turn of that session is under way, its work is given back instead.
        """
        if self.busy(key):
            return self._work[key]
        work = self._kept(key)
        self._turns[key] = asyncio.get_running_loop().create_task(_taken(work, turn))
        return work

    def stop_turn(self, key: str) -> bool:
        """Stop a turn; what its run has done is kept."""
        return self.busy(key) and self._turns[key].cancel()

    def _kept(self, key: str) -> Work:
        ended = [known for known, work in self._work.items() if work.ended]
        for known in ended[: max(0, len(ended) - KEPT)]:
            del self._work[known]
        self._work[key] = work = Work()
        return work


async def _taken(work: Work, turn: "Callable[[Watcher], Awaitable[Turn]]") -> None:
    told: dict[str, Any] = {"status": "failed", "why": "an unexpected fault"}
    try:
        taken = await turn(work.watch)
        told = {
            "status": "finished",
            "why": None,
            "turn": taken.number,
            "changed": taken.run_id is not None,
        }
    except asyncio.CancelledError:
        # Whoever cancelled wants the turn stopped, and is told of it here.
        told = {"status": "interrupted", "why": None}
    except AssigneeError as error:
        told = {"status": "failed", "why": str(error)}
    finally:
        work.end(**told)


def ending(done: "Future[Any]") -> dict[str, str | None]:
    """How a run ended, of its future."""
    try:
        done.result()
    except CancelledError:
        return {"status": "interrupted", "why": None}
    except AssigneeError as error:
        return {"status": "failed", "why": str(error)}
    except Exception as error:
        return {"status": "failed", "why": f"an unexpected fault: {error!r}"}
    return {"status": "finished", "why": None}
