"""A real loopback HTTP server for tests that speaks the OpenAI protocol; its model is a fake.

Replies come from a function of the request (a brain, see openai_brains): honest or misbehaving.

    with Server(honest, latency=0.2) as server:
        Settings(engine="llm", base_url=server.base_url, …)

    python tests/openai_server.py --port 0 --latency 0.2 --log calls.jsonl --brain honest
"""

import argparse
import asyncio
import contextlib
import json
import socket
import struct
import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from openai_brains import BRAINS, Brain, ChatRequest, Reply, honest, refuse


class Server:
    """Serves on a thread of its own; a context manager. Keeps connections alive.

    Attributes:
        requests: every chat request so far, in order of arrival.
        violations: what was wrong with the protocol in any of them.
    """

    def __init__(
        self, brain: Brain = honest, *, latency: float = 0.0, port: int = 0, log: Path | None = None
    ) -> None:
        self.brain = brain
        self.latency = latency
        self.requests: list[ChatRequest] = []
        self.violations: list[str] = []
        self.connections = 0
        self.in_flight = 0
        self.most_in_flight = 0
        self._port = port
        self._log = log
        self._turns: dict[str, int] = {}
        self._ready: Future[int] = Future()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._port = self._ready.result(timeout=10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=10)

    @property
    def base_url(self) -> str:
        """The endpoint's root for clients."""
        return f"http://127.0.0.1:{self._port}/v1"

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        listening = await asyncio.start_server(self._welcome, "127.0.0.1", self._port, backlog=256)
        self._ready.set_result(listening.sockets[0].getsockname()[1])
        async with listening:
            await self._stop.wait()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)
            await asyncio.sleep(0)  # the turn of the loop in which aborted sockets are closed

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, or the server is closing
        finally:
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = first.split(" ")
        if (method, path) == ("GET", "/v1/models"):
            listed = {"object": "list", "data": [{"id": "fake", "object": "model"}]}
            reply = Reply(raw=json.dumps(listed).encode())
        elif (method, path) != ("POST", "/v1/chat/completions"):
            reply = refuse(404, f"no route {method} {path}")
        else:
            reply = await self._chat(body, headers)
        return await self._send(reply, writer)

    async def _chat(self, body: bytes, headers: dict[str, str]) -> Reply:
        parsed = json.loads(body)
        if wrong := _violation(parsed, headers):
            self.violations.append(wrong)
            return refuse(400, wrong)
        opening = json.dumps([parsed["model"], parsed["messages"][:2]])
        turn = self._turns.get(opening, 0)
        self._turns[opening] = turn + 1
        key = headers["authorization"].removeprefix("Bearer ")
        request = ChatRequest(len(self.requests), parsed, key, turn)
        self.requests.append(request)
        self._note("asked", request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            if self.latency:
                await asyncio.sleep(self.latency)
            reply = self.brain(request)
        finally:
            self.in_flight -= 1
        self._note("answered", request)
        return replace(reply, raw=reply.raw or _completion(request, reply))

    def _note(self, event: str, request: ChatRequest) -> None:
        if self._log is not None:
            line = {"event": event, "number": request.number, "time": time.time()}
            line |= {"role": request.role, "model": request.model, "digest": request.digest}
            with self._log.open("a") as file:
                file.write(json.dumps(line) + "\n")

    async def _send(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        if reply.action == "hang":
            await asyncio.Event().wait()
        if reply.action == "reset":
            linger = struct.pack("ii", 1, 0)  # closing sends RST instead of FIN
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
            return False
        body = reply.raw or b""
        headers = {"content-type": "application/json"} | reply.headers
        lines = [f"HTTP/1.1 {reply.status} X", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        return True


def _violation(body: Any, headers: dict[str, str]) -> str | None:
    if not headers.get("authorization", "").startswith("Bearer "):
        return "no bearer token"
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        return "no model"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "no messages"
    for message in messages:
        if message.get("role") not in ("system", "developer", "user", "assistant"):
            return f"unknown role {message.get('role')!r}"
        if not isinstance(message.get("content"), str) or not message["content"]:
            return "a message without text"
    shape = body.get("response_format", {"type": "text"})
    if shape["type"] == "json_schema" and not shape["json_schema"].get("strict"):
        return "a schema that is not strict"
    return None


def _completion(request: ChatRequest, reply: Reply) -> bytes:
    message = {"role": "assistant", "content": reply.content, "refusal": reply.refusal}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish_reason}
    whole = {"id": f"chatcmpl-{request.number}", "object": "chat.completion", "choices": [choice]}
    return json.dumps(whole | {"model": request.model, "usage": reply.usage}).encode()


def closed_port() -> str:
    """A base URL where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/v1"


def main() -> None:
    """Serve until the process is ended; the port is the first line of the output."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--latency", type=float, default=0.0, help="seconds before each reply")
    options.add_argument("--log", type=Path, help="one JSON line a request asked and answered")
    options.add_argument("--brain", choices=BRAINS, default="honest")
    chosen = options.parse_args()
    server = Server(BRAINS[chosen.brain], latency=chosen.latency, port=chosen.port, log=chosen.log)
    with server:
        print(server.base_url.split(":")[-1].split("/")[0], flush=True)  # noqa: T201
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
