"""One polite way to the web for every source: paced, cached, retried within a deadline, fenced.

async with Web(contact="me@example.org", cache=home / "web.sqlite") as web:
    reply = await web.get("https://api.crossref.org/works", params={"rows": "5"}, interval=0.1)
    reply.json()["message"]
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_exponential,
    wait_random,
)

from assignee.version import VERSION
from assignee.web.cache import Kept, WebCache, key_of
from assignee.web.exchange import Exchange, origin_of, readable
from assignee.web.pace import CLOCK, PACE, Clock, Pace
from assignee.web.reply import PassingError, Reason, Reply, WebError

__all__ = ["MOST_REDIRECTS", "Reason", "Reply", "Web", "WebError"]

MOST_REDIRECTS = 5

_BACKOFF = wait_exponential(multiplier=0.5, max=30) + wait_random(0, 0.5)


@dataclass(frozen=True)
class _Request:
    url: httpx.URL
    headers: dict[str, str]
    interval: float
    most_bytes: int
    ends: float
    """On the clock: when the answer must be there."""


class Web:
    """GET requests for one event loop; an async context manager.

    Args:
        contact: mail address that services are told, as they ask for.
        cache: SQLite file of replies with status 200; none are kept without it.
        time_to_live: seconds for which a reply is kept.
        deadline: seconds for one `get` in all, waits and retries included.
        retries: most repetitions of one request.
        trusted: origins such as `http://127.0.0.1:8123` that the user named and that may therefore
            have private addresses.
        pace: the limiter; by default the process's own.
        clock: the time.

    Raises:
        SourceError: the cache cannot be used, or a trusted origin is none.
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        cache: Path | None = None,
        time_to_live: float = 86400.0,
        deadline: float = 60.0,
        retries: int = 3,
        trusted: Collection[str] = (),
        pace: Pace = PACE,
        clock: Clock = CLOCK,
    ) -> None:
        suffix = f" (mailto:{contact})" if contact else ""
        agent = f"AssigneeResearch/{VERSION}{suffix}"
        self._exchange = Exchange(agent=agent, trusted=trusted, clock=clock)
        self._deadline = deadline
        self._retries = retries
        self._pace = pace
        self._clock = clock
        self._cache = WebCache(cache, time_to_live=time_to_live, wall=clock.wall) if cache else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._cache:
            self._cache.close()
        await self._exchange.aclose()

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        interval: float = 0.0,
        most_bytes: int = 20_000_000,
        deadline: float | None = None,
        check: Callable[[Reply], object] | None = None,
    ) -> Reply:
        """The answer to a GET request, from the cache when it is there.

        Args:
            url: http or https.
            params: added to the URL's query.
            headers: sent to the URL's own origin only; `Accept` follows redirects.
            interval: least seconds between the starts of two requests to this host.
            most_bytes: a larger body, as announced or as unpacked, is not read.
            deadline: seconds in all, in place of the program's.
            check: raises `SourceError` for a body that cannot be used, such as `Reply.json`; it is
                then not kept.

        Raises:
            WebError: no usable answer; its text names host and reason, never the URL or a key.
        """
        ends = self._clock.now() + (self._deadline if deadline is None else deadline)
        asked = dict(headers or {})
        request = _Request(readable(url, params), asked, interval, most_bytes, ends)
        start, key = str(request.url), key_of(str(request.url), asked)
        if self._cache and (kept := await self._cache.find(key)) and len(kept.body) <= most_bytes:
            return Reply(kept.url or start, *kept[1:], retries=0, cached=True)
        reply = await self._insist(request)
        if check:
            check(reply)
        if self._cache and reply.status == 200:
            moved = reply.url if reply.url != start else None
            kept = Kept(moved, reply.status, reply.content_type, reply.body)
            await self._cache.keep(key, kept)
        return reply

    async def _insist(self, request: _Request) -> Reply:
        """Follow the request, again while that may help and the deadline allows it."""

        def enough(state: RetryCallState) -> bool:
            too_late = self._clock.now() + state.upcoming_sleep >= request.ends
            return too_late or state.attempt_number > self._retries

        attempts = AsyncRetrying(
            retry=retry_if_exception_type(PassingError),
            stop=enough,
            wait=_wait,
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            reply: Reply = await attempts(self._follow, request)
        except WebError as error:
            error.retries = attempts.statistics["attempt_number"] - 1
            raise
        return reply._replace(retries=attempts.statistics["attempt_number"] - 1)

    async def _follow(self, request: _Request) -> Reply:
        """The answer at the end of the redirects; each of them starts in its host's turn."""
        url, headers = request.url, request.headers
        seen: set[httpx.URL] = set()
        while len(seen) <= MOST_REDIRECTS:
            seen.add(url)
            found = await self._in_turn(url, headers, request)
            if isinstance(found, Reply):
                return found
            if found in seen:
                raise WebError(url.host, "refused", "a loop of redirects")
            if origin_of(found) != origin_of(url):
                headers = {name: v for name, v in headers.items() if name.lower() == "accept"}
            url = found
        raise WebError(request.url.host, "refused", f"more than {MOST_REDIRECTS} redirects")

    async def _in_turn(
        self, url: httpx.URL, headers: Mapping[str, str], request: _Request
    ) -> Reply | httpx.URL:
        place, now = url.netloc.decode("ascii"), self._clock.now()
        start = self._pace.reserve(place, now, interval=request.interval, until=request.ends)
        if start is None:
            raise WebError(url.host, "limited", "its next turn comes after the deadline")
        if start > now:
            await self._clock.sleep(start - now)
        try:
            async with asyncio.timeout(request.ends - self._clock.now()):
                return await self._exchange.fetch(url, headers, most_bytes=request.most_bytes)
        except TimeoutError as error:
            raise WebError(url.host, "deadline", "no whole answer in time") from error
        except PassingError as error:
            again = self._clock.now() + error.after
            if error.after and again >= request.ends:
                detail = f"it asks to wait for {error.after:.0f} s, beyond the deadline"
                raise WebError(url.host, "limited", detail) from error
            if error.after:
                self._pace.hold(place, again)
            raise


def _wait(state: RetryCallState) -> float:
    """Seconds before the next attempt: growing, with jitter, and not less than the host asks."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, PassingError) else 0.0
    return max(asked, _BACKOFF(state))
