"""One HTTP request and its answer, fenced: public addresses, bounded bodies, no surprises.

It stands on httpcore, which is httpx without its client: that one logs whole URLs, keys included,
and unpacks compressed bodies without a limit.
"""

import re
import zlib
from collections.abc import Collection, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from assignee.web.addresses import PrivateAddressError, PublicNetwork
from assignee.web.pace import Clock
from assignee.web.reply import PassingError, Reply, WebError

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = {301, 302, 303, 307, 308}
# Seconds for one connection and for one silence; the deadline of a request governs the whole.
_TIMEOUTS = {"connect": 10.0, "read": 30.0, "write": 10.0}


class Exchange:
    """A pool of connections for one event loop.

    Args:
        agent: what services are told about the program.
        trusted: origins that may have private addresses.
        clock: the time, for dates that hosts name.
    """

    def __init__(self, *, agent: str, trusted: Collection[str], clock: Clock) -> None:
        origins = [readable(origin) for origin in trusted]
        self._agent = agent
        self._clock = clock
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=40,
            keepalive_expiry=15.0,
            network_backend=PublicNetwork([origin_of(url)[1:] for url in origins]),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def fetch(
        self, url: httpx.URL, headers: Mapping[str, str], *, most_bytes: int
    ) -> Reply | httpx.URL:
        """The reply to a GET request, or where the host sends us instead.

        Raises:
            PassingError: it may go better later.
            WebError: it will not.
        """
        host = url.host
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        try:
            sent = self._with_ours(headers)
            async with self._pool.stream(
                "GET", target, headers=sent.raw, extensions={"timeout": _TIMEOUTS}
            ) as response:
                return await self._answer(url, response, most_bytes)
        except PrivateAddressError as error:
            raise WebError(host, "refused", "not a public address") from error
        except (httpcore.LocalProtocolError, UnicodeError):
            # Nothing of it is shown: the header may be a mistyped key.
            raise WebError(host, "refused", "a header that cannot be sent") from None
        except httpcore.NetworkError as error:
            raise PassingError(host, "down", "no connection") from error
        except httpcore.TimeoutException as error:
            raise PassingError(host, "down", "silent") from error
        except httpcore.ProtocolError as error:
            raise PassingError(host, "down", "the answer was cut short") from error

    def _with_ours(self, headers: Mapping[str, str]) -> httpx.Headers:
        sent = httpx.Headers({"Accept": "*/*"})
        sent.update(headers)
        sent.update({"User-Agent": self._agent, "Accept-Encoding": "gzip"})
        return sent

    async def _answer(
        self, url: httpx.URL, response: httpcore.Response, most_bytes: int
    ) -> Reply | httpx.URL:
        headers = httpx.Headers(response.headers)
        status, host = response.status, url.host
        if status in _REDIRECTS:
            return _redirect(url, headers)
        if status in (408, 429) or status >= 500:
            after = self._seconds_of(headers.get("retry-after", ""))
            raise PassingError(
                host, "limited" if status == 429 else "down", f"HTTP {status}", after=after
            )
        if not 200 <= status < 300:
            raise WebError(
                host, "not found" if status in (404, 410) else "refused", f"HTTP {status}"
            )
        body = await _read(response, headers, host, most_bytes)
        content_type = headers.get("content-type", "").lower()
        return Reply(str(url), status, content_type, body, retries=0, cached=False)

    def _seconds_of(self, retry_after: str) -> float:
        """What a Retry-After header asks for, as a number or a date; 0 for neither."""
        if re.fullmatch(r"[0-9]+", retry_after):
            return float(retry_after)
        try:
            until = parsedate_to_datetime(retry_after)
            # A date without a zone is meant in UTC, as all of HTTP's are.
            stamp = (until if until.tzinfo else until.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return 0.0
        return max(stamp - self._clock.wall(), 0.0)


def readable(url: str, params: Mapping[str, str] | None = None) -> httpx.URL:
    """The URL with the parameters added to its query, without fragment.

    Raises:
        WebError: it is none of http or https; the reason is "refused".
    """
    try:
        parsed = httpx.URL(url)
        return _fetchable(parsed.copy_merge_params(dict(params)) if params else parsed)
    except httpx.InvalidURL:
        raise WebError("an unreadable address", "refused") from None


def origin_of(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port."""
    return url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]


def _fetchable(url: httpx.URL) -> httpx.URL:
    if url.scheme not in _PORTS or not url.host:
        raise WebError(url.host or "no host", "refused", "only http and https are read")
    return url.copy_with(fragment=None)


def _redirect(url: httpx.URL, headers: httpx.Headers) -> httpx.URL:
    try:
        return _fetchable(url.join(headers["location"]))
    except (KeyError, httpx.InvalidURL):
        raise WebError(url.host, "malformed", "a redirect to nowhere") from None


async def _read(
    response: httpcore.Response, headers: httpx.Headers, host: str, most_bytes: int
) -> bytes:
    """The whole body, unpacked, of at most that many bytes."""
    too_large = WebError(host, "too large", f"more than {most_bytes:,} bytes")
    if int(headers.get("content-length", "0")) > most_bytes:
        raise too_large
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise WebError(host, "malformed", "an encoding that was not asked for")
    unpack = zlib.decompressobj(wbits=31) if encoding != "identity" else None
    body, received = bytearray(), 0
    async for chunk in response.aiter_stream():
        received += len(chunk)
        # Unpacking stops one byte above the limit, however much the chunk would come to.
        room = most_bytes + 1 - len(body)
        try:
            body += unpack.decompress(chunk, room) if unpack else chunk
        except zlib.error:
            raise WebError(host, "malformed", "damaged compression") from None
        if len(body) > most_bytes:
            raise too_large
    if unpack and received and not unpack.eof:
        raise PassingError(host, "down", "the answer was cut short")
    return bytes(body)
