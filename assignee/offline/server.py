"""The HTTP server of the offline services: a port for each, on loopback, on a thread of its own."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from http import HTTPStatus
from typing import NamedTuple, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from assignee.offline.arxiv import Arxiv
from assignee.offline.corpus import Corpus
from assignee.offline.crossref import Crossref
from assignee.offline.europe_pmc import EuropePmc
from assignee.offline.exchange import TEXT, Answer, Reply, Request
from assignee.offline.mischief import Mischief, too_many
from assignee.offline.openalex import OpenAlex
from assignee.offline.publisher import Publisher
from assignee.offline.semantic_scholar import SemanticScholar
from assignee.offline.unpaywall import Unpaywall

SOURCES = ("arXiv", "OpenAlex", "Semantic Scholar", "Crossref", "Europe PMC", "Unpaywall")

_PUBLISHER = "Publisher"
_MOST_HEAD = 65_536
_CHUNK = 1_024
_ENDINGS = (
    asyncio.CancelledError,  # the server is closing
    asyncio.IncompleteReadError,  # the client went away
    asyncio.LimitOverrunError,  # a head without end
    ConnectionError,
    ValueError,  # no HTTP
)


class _Act(NamedTuple):
    mischief: Mischief
    where: str


class LiteratureServer:
    """Serves while it is entered; a context manager.

    Args:
        corpus: what the services know; the package's own when `None`.
        latency: seconds before each reply, for all or by source.
        intervals: source to the least seconds between two of its requests; a request that comes
            sooner is answered 429.
        port: the first of seven ports; 0 for any that are free.

    Attributes:
        requests: source, or `Publisher`, to its requests so far, in order of arrival.
    """

    def __init__(
        self,
        corpus: Corpus | None = None,
        *,
        latency: float | Mapping[str, float] = 0.0,
        intervals: Mapping[str, float] | None = None,
        port: int = 0,
    ) -> None:
        self._corpus = corpus or Corpus.load()
        self._latency = latency
        self._intervals = dict(intervals or {})
        self._first_port = port
        self._ports: dict[str, int] = {}
        self._answers: dict[str, Answer] = {}
        self._scripts: dict[str, deque[_Act]] = {}
        self._standing: dict[str, _Act] = {}
        self.requests: dict[str, list[Request]] = {name: [] for name in (*SOURCES, _PUBLISHER)}

    def __enter__(self) -> Self:
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.result(timeout=30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=30)

    @property
    def base_urls(self) -> dict[str, str]:
        """Source to the address that stands for its host's root, such as `http://127.0.0.1:8123`.

        Paths below it are the service's own; what all of a service's paths begin with, such as
        `/graph/v1`, may be left out.
        """
        return {name: self._url(name) for name in SOURCES}

    @property
    def publisher_url(self) -> str:
        """The root of the publisher's site, where some open PDFs lie."""
        return self._url(_PUBLISHER)

    @property
    def origins(self) -> frozenset[str]:
        """All that clients must be allowed to reach although it is loopback."""
        return frozenset(self._url(name) for name in self._ports)

    def misbehave(
        self, source: str, *acts: Mischief, where: str = "", forever: bool = False
    ) -> None:
        """Let the next requests of a source go wrong, one act each; the last one for ever if said.

        `where` is what the request's target must contain to be taken.
        """
        steps = [_Act(act, where) for act in acts]
        if forever:
            self._standing[source] = steps.pop()
        self._scripts.setdefault(source, deque()).extend(steps)

    def behave(self) -> None:
        """Forget all mischief that was asked for."""
        self._scripts.clear()
        self._standing.clear()

    def _url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        servers = []
        try:
            for place, name in enumerate(self.requests):
                port = self._first_port + place if self._first_port else 0
                server = await self._listen(name, port)
                self._ports[name] = server.sockets[0].getsockname()[1]
                servers.append(server)
            self._answers = self._services()
        except BaseException as error:
            self._ready.set_exception(error)
            return
        self._ready.set_result(None)
        await self._stop.wait()
        for server in servers:
            server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.sleep(0)  # the turn of the loop in which aborted sockets are closed

    async def _listen(self, name: str, port: int) -> asyncio.Server:
        async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._open.add(task)
            task.add_done_callback(self._open.discard)
            try:
                while await self._one(name, reader, writer):
                    pass
            except _ENDINGS:
                pass
            finally:
                writer.transport.abort()

        return await asyncio.start_server(welcome, "127.0.0.1", port, limit=_MOST_HEAD)

    def _services(self) -> dict[str, Answer]:
        arxiv, publisher = self._url("arXiv"), self._url(_PUBLISHER)
        return {
            "arXiv": Arxiv(self._corpus, arxiv),
            "OpenAlex": OpenAlex(self._corpus, arxiv, publisher),
            "Semantic Scholar": SemanticScholar(self._corpus, arxiv, publisher),
            "Crossref": Crossref(self._corpus, publisher),
            "Europe PMC": EuropePmc(self._corpus, publisher),
            "Unpaywall": Unpaywall(self._corpus, arxiv, publisher),
            _PUBLISHER: Publisher(self._corpus),
        }

    async def _one(
        self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """One request and its reply; whether the connection stays open."""
        request = await _read(name, reader)
        previous = self.requests[name][-1:]
        self.requests[name].append(request)
        if previous and request.arrived - previous[0].arrived < self._intervals.get(name, 0.0):
            return await _send(too_many(self._intervals[name])(request, Reply()), request, writer)
        reply = self._reply(name, request)
        await asyncio.sleep(self._latency_of(name) + reply.delay)
        return await _send(reply, request, writer)

    def _latency_of(self, name: str) -> float:
        latency = self._latency
        return latency.get(name, 0.0) if isinstance(latency, Mapping) else latency

    def _reply(self, name: str, request: Request) -> Reply:
        if request.method not in ("GET", "HEAD", "POST"):
            return Reply(b"Method not allowed\n", TEXT, 405)
        reply = self._answers[name](request)
        act = self._next_act(name, request.target)
        return act(request, reply) if act else reply

    def _next_act(self, name: str, target: str) -> Mischief | None:
        script = self._scripts.get(name)
        if script:
            return script.popleft().mischief if script[0].where in target else None
        standing = self._standing.get(name)
        return standing.mischief if standing and standing.where in target else None


async def _read(source: str, reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    arrived = time.monotonic()
    first, *lines = head.strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    method, target, _ = first.split(" ")
    parts = urlsplit(target)
    return Request(
        source=source,
        method=method,
        target=target,
        path=unquote(parts.path),
        params=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers=headers,
        arrived=arrived,
        body=body,
    )


async def _send(reply: Reply, request: Request, writer: asyncio.StreamWriter) -> bool:
    if reply.dropped:
        return False
    length = len(reply.body) if reply.declared is None else reply.declared
    headers = {"Content-Type": reply.content_type, "Content-Length": str(length), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    if request.method != "HEAD":
        await _send_body(reply, writer)
    await writer.drain()
    if length != len(reply.body) and request.method != "HEAD":
        writer.close()  # what was written still goes out, unlike with abort
        await writer.wait_closed()
        return False
    return True


async def _send_body(reply: Reply, writer: asyncio.StreamWriter) -> None:
    if reply.pace is None:
        writer.write(reply.body)
        return
    step = max(1, min(_CHUNK, int(reply.pace / 10)))
    for place in range(0, len(reply.body), step):
        writer.write(reply.body[place : place + step])
        await writer.drain()
        await asyncio.sleep(step / reply.pace)
