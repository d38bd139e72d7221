"""One event loop in a thread of its own, so that sync callers work where a loop already runs."""

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from assignee.records import Progress

T = TypeVar("T")


def streamed(
    begin: "Callable[[Callable[[Progress], None]], Future[T]]",
) -> "Iterator[Progress | T]":
    """What work tells while it goes on, then its result; leaving the stream stops the work.

    Args:
        begin: starts the work, which tells of its progress by the function that it is given.
    """
    events: queue.Queue[Progress | None] = queue.Queue()
    future = begin(events.put)
    future.add_done_callback(lambda _: events.put(None))
    try:
        while (event := events.get()) is not None:
            yield event
    finally:
        future.cancel()
    yield future.result()


class BackgroundLoop:
    """Runs coroutines on its own thread; closed once, with everything in it cancelled.

    After Ctrl-C, closing does not wait for work that other threads do for the loop: a thread that
    computes cannot be stopped, and whoever pressed the keys should not have to wait for it.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # Most of them wait: for the embedder, which one thread uses for all, or for the disk.
        self._workers = ThreadPoolExecutor(32, thread_name_prefix="assignee")
        self._loop.set_default_executor(self._workers)
        self._submitted: set[asyncio.Task[Any]] = set()
        self._interrupted = False
        self._thread = threading.Thread(target=self._loop.run_forever, name="assignee", daemon=True)
        self._thread.start()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
        """Start the coroutine; its result, error or cancellation comes through the future."""
        return asyncio.run_coroutine_threadsafe(self._tracked(coroutine), self._loop)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Wait for the coroutine; Ctrl-C cancels it, lets it clean up, and is raised again."""
        future = self.submit(coroutine)
        try:
            return future.result()
        except KeyboardInterrupt:
            self._interrupted = True
            self.submit(self._cancel()).result()
            raise

    async def _tracked(self, coroutine: Coroutine[Any, Any, T]) -> T:
        task = asyncio.current_task()
        assert task is not None
        self._submitted.add(task)
        try:
            return await coroutine
        finally:
            self._submitted.discard(task)

    async def _cancel(self) -> None:
        # Only what was submitted: a graph that is cancelled cancels its nodes and waits for its
        # checkpoints. A checkpoint cancelled between writing and commit keeps the database locked.
        others = [task for task in self._submitted if task is not asyncio.current_task()]
        for task in others:
            # A second cancellation would interrupt the cleaning up that the first one began.
            if not task.cancelling():
                task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def close(self) -> None:
        """Cancel what is left, stop the loop and join its thread."""
        self.submit(self._cancel()).result()
        # On its own thread: the caller's may run a loop itself, as a notebook's does.
        self.submit(self._loop.shutdown_asyncgens()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._workers.shutdown(wait=not self._interrupted, cancel_futures=True)
        self._loop.close()
