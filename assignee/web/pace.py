"""When the next request to a host may start: one limiter for all tasks, threads and event loops."""

import asyncio
import math
import threading
import time


class Clock:
    """The time, and waiting for it; tests pass a clock of their own."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since 1970 (UTC)."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait; other tasks go on."""
        await asyncio.sleep(seconds)


class Pace:
    """Hands out the moments at which requests start.

    A moment is reserved under a lock and waited for without it, so that a slow host holds up
    nobody else, and requests from several event loops stand in one queue.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        self._held: dict[str, float] = {}

    def reserve(self, host: str, now: float, *, interval: float, until: float) -> float | None:
        """The moment at which a request may start, at least `interval` seconds after the last.

        `None`, and nothing reserved, when that moment is not before `until`.
        """
        with self._lock:
            last = self._last.get(host, -math.inf)
            start = max(now, last + interval, self._held.get(host, now))
            if start >= until:
                return None
            self._last[host] = max(start, last)
            return start

    def hold(self, host: str, until: float) -> None:
        """Let no request to the host start before `until`, as it asked by Retry-After."""
        with self._lock:
            self._held[host] = max(until, self._held.get(host, until))


CLOCK = Clock()
PACE = Pace()
"""The process's own limiter: concurrent runs are one client in the eyes of a service."""
