"""One polite way to the web for every source: paced, cached, retried within a deadline, fenced.

    async with Web(contact="me@example.org", cache=home / "web.sqlite") as web:
        reply = await web.get("https://api.crossref.org/works", params={"rows": "5"}, interval=0.1)
        reply.json()["message"]

It stands on httpcore, which is httpx without its client: that one logs whole URLs, keys included,
and unpacks compressed bodies without a limit.
"""

import asyncio
import json
import re
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, NoReturn, Self

import httpcore
import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_any,
)
from tenacity.wait import wait_exponential_jitter

from assignee.errors import SourceError
from assignee.sources.addresses import PrivateAddressError, PublicNetwork
from assignee.sources.pace import CLOCK, PACE, Clock, Pace
from assignee.sources.web_cache import Kept, WebCache, key_of
from assignee.version import VERSION

Reason = Literal["down", "limited", "refused", "too large", "malformed", "not found", "deadline"]

MOST_REDIRECTS = 5

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = {301, 302, 303, 307, 308}
# httpcore's own limits for one connection and one read; the deadline governs the whole.
_TIMEOUTS = {"connect": 10.0, "read": 30.0, "write": 10.0}
_BACKOFF = wait_exponential_jitter(initial=0.5, max=30, jitter=0.5)


class WebError(SourceError):
    """A host gave no usable answer.

    Attributes:
        reason: what went wrong, of a closed set.
        retries: how often the request was repeated.
    """

    def __init__(self, host: str, reason: Reason, detail: str = "", *, retries: int = 0) -> None:
        super().__init__(f"{host}: {reason} ({detail})" if detail else f"{host}: {reason}")
        self.reason: Reason = reason
        self.retries = retries


class _PassingError(WebError):
    """One that may be gone at the next attempt; `after` is what the host asks to wait."""

    after: float = 0.0


class Reply(NamedTuple):
    """A successful answer with its whole body."""

    url: str
    """Where it came from in the end, after redirects."""
    status: int
    content_type: str
    """As the host says, lower case, with parameters; it may be wrong or empty."""
    body: bytes
    retries: int
    cached: bool

    def text(self) -> str:
        """The body as text, in the charset that it declares or UTF-8; wrong bytes are replaced."""
        declared = re.search(r"charset=[\"']?([\w.:-]+)", self.content_type)
        try:
            return self.body.decode(declared[1] if declared else "utf-8", errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:  # noqa: ANN401 - whatever the service sent
        """The body as JSON.

        Raises:
            WebError: it is none; the reason is "malformed".
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            host = httpx.URL(self.url).host
            raise WebError(host, "malformed", "no JSON", retries=self.retries) from error


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
        pace: the limiter; all of a process share one.
        clock: the time.
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
        self._agent = f"AssigneeResearch/{VERSION}{suffix}"
        self._deadline = deadline
        self._retries = retries
        self._pace = pace
        self._clock = clock
        self._cache = WebCache(cache, time_to_live=time_to_live, wall=clock.wall) if cache else None
        origins = [httpx.URL(origin) for origin in trusted]
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=40,
            network_backend=PublicNetwork([(_host(url), _port(url)) for url in origins]),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.aclose()
        if self._cache:
            self._cache.close()

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
            headers: sent to the URL's own origin only, beside User-Agent; `accept` follows
                redirects.
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
        request = _Request(_url(url, params), asked, interval, most_bytes, ends)
        key = key_of(str(request.url), asked)
        if self._cache and (kept := await self._cache.find(key)):
            return Reply(kept.url or str(request.url), *kept[1:], retries=0, cached=True)
        reply = await self._insist(request)
        if check:
            check(reply)
        if self._cache and reply.status == 200:
            moved = reply.url if reply.url != str(request.url) else None
            await self._cache.keep(key, Kept(moved, *reply[1:4]))
        return reply

    async def _insist(self, request: _Request) -> Reply:
        """Follow the request, again while that may help and the deadline allows it."""

        def too_late(state: RetryCallState) -> bool:
            return self._clock.now() + state.upcoming_sleep >= request.ends

        attempts = AsyncRetrying(
            retry=retry_if_exception_type(_PassingError),
            stop=stop_any(stop_after_attempt(self._retries + 1), too_late),
            wait=_wait,
            sleep=self._clock.sleep,
            reraise=True,
        )
        made = 0
        async for attempt in attempts:
            with attempt:
                made = attempt.retry_state.attempt_number - 1
                try:
                    reply = await self._follow(request)
                except WebError as error:
                    error.retries = made
                    raise
        return reply._replace(retries=made)

    async def _follow(self, request: _Request) -> Reply:
        """The answer at the end of the redirects."""
        url, headers = request.url, request.headers
        seen: set[httpx.URL] = set()
        while len(seen) <= MOST_REDIRECTS:
            seen.add(url)
            found = await self._paced(url, headers, request)
            if isinstance(found, Reply):
                return found
            if found in seen:
                raise WebError(_host(url), "refused", "a loop of redirects")
            if _origin(found) != _origin(url):
                headers = {name: v for name, v in headers.items() if name.lower() == "accept"}
            url = found
        raise WebError(_host(request.url), "refused", f"more than {MOST_REDIRECTS} redirects")

    async def _paced(
        self, url: httpx.URL, headers: dict[str, str], request: _Request
    ) -> Reply | httpx.URL:
        host = url.netloc.decode()
        now = self._clock.now()
        start = self._pace.reserve(host, now, interval=request.interval, until=request.ends)
        if start is None:
            raise WebError(_host(url), "limited", "its next turn comes after the deadline")
        if start > now:
            await self._clock.sleep(start - now)
        try:
            async with asyncio.timeout(request.ends - self._clock.now()):
                return await self._once(url, headers, request.most_bytes)
        except TimeoutError as error:
            raise WebError(_host(url), "deadline", "no whole answer in time") from error
        except _PassingError as error:
            if error.after and self._clock.now() + error.after < request.ends:
                self._pace.hold(host, self._clock.now() + error.after)
            raise

    async def _once(
        self, url: httpx.URL, headers: dict[str, str], most_bytes: int
    ) -> Reply | httpx.URL:
        """One exchange: the reply, or where the host sends us."""
        sent = {**headers, "User-Agent": self._agent, "Accept-Encoding": "gzip"}
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        extensions = {"timeout": _TIMEOUTS}
        try:
            async with self._pool.stream(
                "GET", target, headers=sent, extensions=extensions
            ) as response:
                got = httpx.Headers(response.headers)
                if response.status in _REDIRECTS:
                    return _redirect(url, got)
                if not 200 <= response.status < 300:
                    self._fail(url, response.status, got)
                body = await _read(response, got, _host(url), most_bytes)
                content_type = got.get("content-type", "").lower()
                return Reply(str(url), response.status, content_type, body, 0, False)
        except PrivateAddressError as error:
            raise WebError(_host(url), "refused", "not a public address") from error
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            raise _PassingError(_host(url), "down", "no connection") from error
        except httpcore.ProtocolError as error:
            raise _PassingError(_host(url), "down", "the answer was cut short") from error

    def _fail(self, url: httpx.URL, status: int, headers: httpx.Headers) -> NoReturn:
        host, detail = _host(url), f"HTTP {status}"
        if status in (408, 429) or status >= 500:
            error = _PassingError(host, "limited" if status == 429 else "down", detail)
            error.after = self._retry_after(headers.get("retry-after", ""))
            if self._clock is not None and error.after:
                error.reason = "limited"
            raise error
        raise WebError(host, "not found" if status in (404, 410) else "refused", detail)

    def _retry_after(self, value: str) -> float:
        """Seconds that a Retry-After header asks for, as a number or a date; 0 for neither."""
        if re.fullmatch(r"[0-9]+", value):
            return float(value)
        try:
            return max(parsedate_to_datetime(value).timestamp() - self._clock.wall(), 0.0)
        except (ValueError, OverflowError):
            return 0.0


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, _PassingError) else 0.0
    return max(asked, _BACKOFF(state))


def _url(url: str, params: Mapping[str, str] | None) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise WebError("an unreadable address", "refused") from error
    if params:
        parsed = parsed.copy_merge_params(dict(params))
    return _checked(parsed)


def _checked(url: httpx.URL) -> httpx.URL:
    if url.scheme not in _PORTS or not url.host:
        raise WebError(_host(url) or "no host", "refused", "only http and https are read")
    return url.copy_with(fragment=None)


def _redirect(url: httpx.URL, headers: httpx.Headers) -> httpx.URL:
    try:
        return _checked(url.join(headers["location"]))
    except (KeyError, httpx.InvalidURL) as error:
        raise WebError(_host(url), "malformed", "a redirect to nowhere") from error


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _port(url: httpx.URL) -> int:
    return url.port or _PORTS[url.scheme]


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, _host(url), _port(url)


async def _read(
    response: httpcore.Response, headers: httpx.Headers, host: str, most_bytes: int
) -> bytes:
    """The whole body, unpacked, unless it is too large."""
    announced = headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and float(announced) > most_bytes:
        raise WebError(host, "too large", f"more than {most_bytes} bytes")
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise WebError(host, "malformed", "an encoding that was not asked for")
    unpack = zlib.decompressobj(wbits=31) if encoding != "identity" else None
    body = bytearray()
    async for chunk in response.aiter_stream():
        room = most_bytes + 1 - len(body)
        body += unpack.decompress(chunk, room) if unpack else chunk
        if len(body) > most_bytes:
            raise WebError(host, "too large", f"more than {most_bytes} bytes")
    if unpack and not unpack.eof:
        raise _PassingError(host, "down", "the answer was cut short")
    return bytes(body)
