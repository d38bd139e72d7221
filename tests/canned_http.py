"""A loopback HTTP server whose answers come from a function, and the web to reach it with.

with Service(lambda request: Answer({"results": []})) as service:
    async with hurried_web(service.url) as web:
        await web.get(f"{service.url}/works", params={"cursor": "*"})
    assert service.requests[0].params == {"cursor": "*"}
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from assignee.web.client import Web
from assignee.web.pace import Clock, Pace


class Request(NamedTuple):
    """A request as the server got it."""

    path: str
    """Decoded, without the query."""
    params: dict[str, str]
    headers: Mapping[str, str]
    target: str
    """As it stood on the request line."""


@dataclass(frozen=True)
class Answer:
    """What the server sends; a body that is no bytes is sent as JSON."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the connection breaks in the middle of the body."""


class Service:
    """Serves on a thread of its own; a context manager.

    Attributes:
        requests: every request so far, in order of arrival.
    """

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.requests: list[Request] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                params = dict(parse_qsl(parts.query, keep_blank_values=True))
                request = Request(unquote(parts.path), params, dict(self.headers), self.path)
                service.requests.append(request)
                self._send(answer(request))

            def _send(self, answer: Answer) -> None:
                is_raw = isinstance(answer.body, bytes)
                body = answer.body if is_raw else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if answer.cut else body)

            def log_message(self, *_: object) -> None:
                """Tests print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """The server's root."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class HurriedClock(Clock):
    """A clock on which waiting takes no time but is remembered."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def now(self) -> float:
        return super().now() + sum(self.waited)

    def wall(self) -> float:
        return super().wall() + sum(self.waited)

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


def hurried_web(url: str, clock: Clock | None = None, **options: Any) -> Web:
    """A web that trusts that server and waits on a hurried clock."""
    return Web(trusted=[url], pace=Pace(), clock=clock or HurriedClock(), **options)


def in_turn(*answers: Answer) -> Callable[[Request], Answer]:
    """These answers one after the other, then the last again and again."""
    left: Iterator[Answer] = iter(answers)
    return lambda _: next(left, answers[-1])
