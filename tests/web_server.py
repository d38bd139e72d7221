"""A real loopback HTTP server whose answers are a function of the request, and a clock to wait by.

with WebServer(lambda request: Answer({"results": []})) as server:
    async with hurried_web(server.origin) as web:
        await web.get(f"{server.origin}/works", params={"cursor": "*"})
server.requests[0].params == {"cursor": "*"}
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from assignee.web.client import Web
from assignee.web.pace import Clock, Pace


class WebRequest(NamedTuple):
    """A GET request as it arrived."""

    number: int
    """How many came before it."""
    path: str
    """Decoded, without the query."""
    params: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    target: str
    """As it stood on the request line."""
    arrived: float
    """On the machine's monotonic clock."""


@dataclass(frozen=True)
class Answer:
    """What the server sends; a body that is no bytes is sent as JSON."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    announced: int | None = None
    """Content-Length where it is not the body's; the connection is closed after the body."""
    chunked: bool = False
    """No Content-Length; one chunk and, unless `hangs`, the end."""
    hangs: bool = False
    """Nothing comes after the body, and the connection stays open until the server closes."""

    @property
    def sent(self) -> bytes:
        """The body as it goes out."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    @property
    def sent_headers(self) -> dict[str, str]:
        """The headers, with the type of a body that is sent as JSON."""
        json_type = {} if isinstance(self.body, bytes) else {"Content-Type": "application/json"}
        return {**json_type, **self.headers}


Answering = Callable[[WebRequest], Answer]


def in_turn(*answers: Answer) -> Answering:
    """These answers one after the other, the last one for ever."""
    return lambda request: answers[min(request.number, len(answers) - 1)]


def cut(answer: Answer) -> Answer:
    """The answer, but the connection breaks in the middle of the body."""
    body = answer.sent
    half = body[: len(body) // 2]
    return Answer(half, answer.status, answer.sent_headers, announced=len(body))


class WebServer:
    """Serves each connection on a thread of its own; a context manager."""

    def __init__(self, answer: Answering) -> None:
        self.requests: list[WebRequest] = []
        self._answer = answer
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port: int = self._server.server_port
        self.origin = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def note(self, target: str, headers: Mapping[str, str]) -> WebRequest:
        """Record a request."""
        parts = urlsplit(target)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        path, arrived = unquote(parts.path), time.monotonic()
        lowered = {name.lower(): value for name, value in headers.items()}
        with self._lock:
            request = WebRequest(len(self.requests), path, params, lowered, target, arrived)
            self.requests.append(request)
        return request

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                request = server.note(self.path, dict(self.headers.items()))
                try:
                    self._send(server._answer(request))
                except ConnectionError:
                    self.close_connection = True

            def _send(self, answer: Answer) -> None:
                body = answer.sent
                self.send_response(answer.status)
                for name, value in answer.sent_headers.items():
                    self.send_header(name, value)
                if answer.chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                else:
                    length = len(body) if answer.announced is None else answer.announced
                    self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(b"%x\r\n%b\r\n" % (len(body), body) if answer.chunked else body)
                if answer.hangs:
                    server._closing.wait()
                elif answer.chunked:
                    self.wfile.write(b"0\r\n\r\n")
                self.close_connection = answer.announced is not None or answer.hangs

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


class FakeClock(Clock):
    """Time passes only when somebody waits for it, and then at once.

    Attributes:
        slept: every wait, in seconds.
    """

    def __init__(self, wall: float = 1_700_000_000.0) -> None:
        self.slept: list[float] = []
        self._now = 0.0
        self._wall = wall

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._wall + self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self._now + seconds
        await asyncio.sleep(0)
        self._now = max(self._now, until)


def hurried_web(origin: str, clock: Clock | None = None, **options: Any) -> Web:
    """A web that trusts that server and waits for nothing, from now on."""
    return Web(trusted=[origin], pace=Pace(), clock=clock or FakeClock(time.time()), **options)
