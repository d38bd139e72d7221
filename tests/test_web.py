"""The way to the web over real HTTP: pace, cache, retries, sizes, redirects, addresses."""

import asyncio
import contextlib
import gzip
import logging
import sqlite3
import threading
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpcore
import pytest
from web_server import Answer, Answering, FakeClock, WebRequest, WebServer, in_turn

from assignee.errors import SourceError
from assignee.version import VERSION
from assignee.web.addresses import PrivateAddressError, PublicNetwork, is_public
from assignee.web.client import MOST_REDIRECTS, Reason, Reply, Web, WebError
from assignee.web.pace import Pace


@contextlib.asynccontextmanager
async def served(answer: Answering, **options: Any) -> AsyncIterator[tuple[Web, WebServer]]:
    """A server and a client that trusts it, with a clock that makes no one wait."""
    made_up: dict[str, Any] = {"clock": FakeClock(), "pace": Pace()}
    with WebServer(answer) as server:
        async with Web(trusted=[server.origin], **made_up | options) as web:
            yield web, server


async def reason_of(web: Web, url: str, **options: Any) -> WebError:
    with pytest.raises(WebError) as caught:
        await web.get(url, **options)
    return caught.value


OK = Answer(b'{"ok": true}', headers={"Content-Type": "application/json; charset=UTF-8"})


class TestRequest:
    async def test_a_reply_is_what_the_server_sent(self) -> None:
        async with served(in_turn(OK)) as (web, server):
            url = f"{server.origin}/works?a=1"
            reply = await web.get(url, params={"query": "deep sleep & more"})
        assert reply.json() == {"ok": True}
        assert reply[1:3] == (200, "application/json; charset=utf-8")
        assert reply[4:] == (0, False)
        assert server.requests[0].path == "/works"
        assert server.requests[0].params == {"a": "1", "query": "deep sleep & more"}

    async def test_services_are_told_who_asks(self) -> None:
        async with served(in_turn(OK), contact="me@example.org") as (web, server):
            await web.get(server.origin, headers={"user-agent": "somebody else", "x-api-key": "k"})
        headers = server.requests[0].headers
        assert headers["user-agent"] == f"AssigneeResearch/{VERSION} (mailto:me@example.org)"
        assert headers["x-api-key"] == "k"
        assert headers["accept"] == "*/*"

    async def test_without_a_contact_none_is_told(self) -> None:
        async with served(in_turn(OK)) as (web, server):
            await web.get(server.origin)
        assert server.requests[0].headers["user-agent"] == f"AssigneeResearch/{VERSION}"

    async def test_connections_are_used_again(self) -> None:
        threads: set[int] = set()

        def answer(request: WebRequest) -> Answer:
            threads.add(threading.get_ident())  # the server has a thread a connection
            return OK

        async with served(answer) as (web, server):
            for _ in range(3):
                await web.get(server.origin)
        assert len(threads) == 1

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://example.org/a",
            "file:///etc/passwd",
            "example.org",
            "http://",
            "http://h:port",
            "",
        ],
    )
    async def test_only_http_is_spoken(self, url: str) -> None:
        async with Web() as web:
            error = await reason_of(web, url)
        assert error.reason == "refused"

    async def test_a_key_that_cannot_be_sent_is_not_shown(self) -> None:
        async with served(in_turn(OK)) as (web, server):
            for key in ("secret\nkey", "secret“key"):
                error = await reason_of(web, server.origin, headers={"x-api-key": key})
                assert error.reason == "refused"
                assert "secret" not in str(error)
                assert error.__cause__ is None
        assert server.requests == []

    async def test_a_trusted_origin_must_be_one(self) -> None:
        with pytest.raises(SourceError, match="http"):
            Web(trusted=["localhost"])


class TestBody:
    async def test_packed_bodies_are_unpacked(self) -> None:
        packed = Answer(gzip.compress(b"[1, 2]"), headers={"Content-Encoding": "gzip"})
        async with served(in_turn(packed)) as (web, server):
            assert (await web.get(server.origin)).json() == [1, 2]
        assert server.requests[0].headers["accept-encoding"] == "gzip"

    @pytest.mark.parametrize(
        ("content_type", "body", "text"),
        [
            ("text/xml", "é".encode(), "é"),
            ("text/xml; charset=ISO-8859-1", "é".encode("latin-1"), "é"),
            ('text/xml; charset="utf-16"', "é".encode("utf-16"), "é"),
            ("text/xml; charset=no-such", "é".encode(), "é"),
            ("text/xml; charset=hex", b"ab", "ab"),
            ("text/xml", b"\xef\xbb\xbfa\xff", "a�"),
        ],
    )
    def test_text_is_decoded_as_declared(self, content_type: str, body: bytes, text: str) -> None:
        assert Reply("http://h/", 200, content_type, body, 0, False).text() == text

    @pytest.mark.parametrize("body", [b"", b"<html>", b'{"a":', b"\xff\xfe\x00", b"[" * 100_000])
    def test_what_is_no_json_is_malformed(self, body: bytes) -> None:
        reply = Reply("http://api.example.org/x?api_key=secret", 200, "", body, 2, False)
        with pytest.raises(WebError, match=r"^api\.example\.org: malformed") as caught:
            reply.json()
        assert caught.value.reason == "malformed"
        assert caught.value.retries == 2

    async def test_a_body_announced_as_too_large_is_not_read(self) -> None:
        huge = Answer(b"%PDF", announced=500_000_000, hangs=True)
        async with served(in_turn(huge)) as (web, server):
            error = await reason_of(web, server.origin)
        assert error.reason == "too large"
        assert error.retries == 0
        assert len(server.requests) == 1

    async def test_a_body_that_grows_too_large_is_left(self) -> None:
        endless = Answer(b"x" * 2000, chunked=True, hangs=True)
        async with served(in_turn(endless)) as (web, server):
            error = await reason_of(web, server.origin, most_bytes=1999)
        assert error.reason == "too large"

    async def test_a_packed_body_is_measured_unpacked(self) -> None:
        bomb = Answer(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
        async with served(in_turn(bomb)) as (web, server):
            tracemalloc.start()
            error = await reason_of(web, server.origin, most_bytes=1_000_000)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert error.reason == "too large"
        assert peak < 10_000_000

    async def test_a_body_of_just_the_limit_is_read(self) -> None:
        for answer in (Answer(b"12345"), Answer(b"12345", chunked=True)):
            async with served(in_turn(answer)) as (web, server):
                assert (await web.get(server.origin, most_bytes=5)).body == b"12345"

    @pytest.mark.parametrize(
        ("encoding", "body"), [("br", b"abc"), ("gzip, gzip", b"abc"), ("gzip", b"no gzip at all")]
    )
    async def test_damaged_or_unasked_packing(self, encoding: str, body: bytes) -> None:
        answer = Answer(body, headers={"Content-Encoding": encoding})
        async with served(in_turn(answer)) as (web, server):
            assert (await reason_of(web, server.origin)).reason == "malformed"


@pytest.fixture
def _tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose time is not UTC."""
    with monkeypatch.context() as context:
        context.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


PACKED = gzip.compress(b"word " * 200)


class TestRetries:
    @pytest.mark.parametrize(
        "bad",
        [
            Answer(status=408),
            Answer(status=429),
            Answer(status=500),
            Answer(status=503),
            Answer(b'{"ok"', announced=100),
            Answer(PACKED[:20], headers={"Content-Encoding": "gzip"}),
        ],
        ids=["408", "429", "500", "503", "cut", "cut when packed"],
    )
    async def test_what_may_pass_is_tried_again(self, bad: Answer) -> None:
        clock = FakeClock()
        async with served(in_turn(bad, bad, OK), clock=clock) as (web, server):
            reply = await web.get(server.origin)
        assert reply.json() == {"ok": True}
        assert reply.retries == 2
        assert 0.5 <= clock.slept[0] <= 1.0
        assert 1.0 <= clock.slept[1] <= 1.5

    @pytest.mark.parametrize(
        ("status", "reason", "requests"),
        [
            (400, "refused", 1),
            (401, "refused", 1),
            (403, "refused", 1),
            (404, "not found", 1),
            (410, "not found", 1),
            (429, "limited", 3),
            (502, "down", 3),
        ],
    )
    async def test_every_status_has_its_reason(
        self, status: int, reason: Reason, requests: int
    ) -> None:
        async with served(in_turn(Answer(status=status)), retries=2) as (web, server):
            error = await reason_of(web, f"{server.origin}/a", params={"api_key": "secret"})
        assert error.reason == reason
        assert str(error) == f"127.0.0.1: {reason} (HTTP {status})"
        assert error.retries == requests - 1 == len(server.requests) - 1

    async def test_a_host_that_is_not_there_is_down(self) -> None:
        with WebServer(in_turn(OK)) as server:
            origin = server.origin
        async with Web(trusted=[origin], clock=FakeClock(), pace=Pace(), retries=1) as web:
            error = await reason_of(web, origin)
        assert (error.reason, error.retries) == ("down", 1)

    async def test_a_name_that_stands_for_nothing_is_down(self) -> None:
        async with Web(clock=FakeClock(), pace=Pace(), retries=0) as web:
            assert (await reason_of(web, f"http://{'a' * 64}.example/")).reason == "down"

    async def test_retry_after_in_seconds_is_kept(self) -> None:
        clock = FakeClock()
        asks = Answer(status=429, headers={"Retry-After": "17"})
        async with served(in_turn(asks, OK), clock=clock) as (web, server):
            assert (await web.get(server.origin)).retries == 1
        assert clock.slept == [17]

    @pytest.mark.usefixtures("_tokyo")
    @pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
    async def test_retry_after_as_a_date_is_kept(self, zone: str) -> None:
        clock = FakeClock()
        date = datetime.fromtimestamp(clock.wall(), UTC) + timedelta(seconds=23)
        written = format_datetime(date, usegmt=True).replace("GMT", zone)
        asks = Answer(status=503, headers={"Retry-After": written})
        async with served(in_turn(asks, OK), clock=clock) as (web, server):
            await web.get(server.origin)
        assert clock.slept == [23]

    @pytest.mark.parametrize("value", ["", "soon", "-5", "Wed, 01 Jan 2020 00:00:00 GMT", "1e3"])
    async def test_retry_after_that_says_nothing_is_passed_over(self, value: str) -> None:
        clock = FakeClock()
        asks = Answer(status=429, headers={"Retry-After": value})
        async with served(in_turn(asks, OK), clock=clock) as (web, server):
            await web.get(server.origin)
        assert len(clock.slept) == 1
        assert clock.slept[0] <= 1

    @pytest.mark.parametrize("value", ["61", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
    @pytest.mark.parametrize("status", [429, 503])
    async def test_retry_after_beyond_the_deadline_ends_at_once(
        self, value: str, status: int
    ) -> None:
        clock = FakeClock()
        asks = Answer(status=status, headers={"Retry-After": value})
        async with served(in_turn(asks), clock=clock, deadline=60) as (web, server):
            error = await reason_of(web, server.origin)
        assert error.reason == "limited"
        assert clock.slept == []
        assert len(server.requests) == 1

    async def test_one_task_that_was_asked_to_wait_makes_the_others_wait(self) -> None:
        clock = FakeClock()
        asks = Answer(status=429, headers={"Retry-After": "20"})
        async with served(in_turn(asks, OK), clock=clock, retries=0) as (web, server):
            await reason_of(web, server.origin)
            await web.get(server.origin)
        assert clock.slept == [20]

    async def test_no_retry_starts_after_the_deadline(self) -> None:
        clock = FakeClock()
        async with served(in_turn(Answer(status=500)), clock=clock, retries=100) as (web, server):
            error = await reason_of(web, server.origin, deadline=10)
        assert error.reason == "down"
        assert clock.now() < 10
        assert 3 <= len(server.requests) <= 5  # 0.5 + 1 + 2 + 4 s, and jitter


class TestDeadline:
    @pytest.mark.parametrize(
        "slow", [Answer(b"{", announced=9, hangs=True), Answer(b"{", chunked=True, hangs=True)]
    )
    async def test_a_slow_body_ends_with_the_deadline(self, slow: Answer) -> None:
        async with served(in_turn(slow)) as (web, server):
            error = await reason_of(web, server.origin, deadline=0.1)
        assert error.reason == "deadline"

    async def test_a_silent_host_ends_with_the_deadline(self) -> None:
        waiting = threading.Event()

        def silent(request: WebRequest) -> Answer:
            waiting.wait(timeout=10)
            return OK

        async with served(silent, deadline=0.1) as (web, server):
            error = await reason_of(web, server.origin)
            waiting.set()
        assert error.reason == "deadline"


class TestPace:
    def test_turns_are_an_interval_apart_whoever_asks(self) -> None:
        pace, starts = Pace(), list[float | None]()

        def ask() -> None:
            starts.extend(pace.reserve("h", 100.0, interval=3.0, until=1e9) for _ in range(50))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(start or 0 for start in starts) == [100.0 + 3 * n for n in range(400)]

    def test_hosts_do_not_wait_for_each_other(self) -> None:
        pace = Pace()
        assert pace.reserve("a", 5.0, interval=3.0, until=99) == 5.0
        assert pace.reserve("b", 5.0, interval=3.0, until=99) == 5.0
        assert pace.reserve("a", 5.0, interval=3.0, until=99) == 8.0
        assert pace.reserve("a", 50.0, interval=3.0, until=99) == 50.0

    def test_a_turn_after_the_deadline_is_not_taken_from_others(self) -> None:
        pace = Pace()
        pace.reserve("a", 0.0, interval=3.0, until=9)
        assert pace.reserve("a", 0.0, interval=3.0, until=3.0) is None
        assert pace.reserve("a", 0.0, interval=3.0, until=3.1) == 3.0

    async def test_concurrent_tasks_wait_for_their_turn(self) -> None:
        clock = FakeClock()
        async with served(in_turn(OK), clock=clock) as (web, server):
            await asyncio.gather(*(web.get(server.origin, interval=3) for _ in range(5)))
        assert sorted(clock.slept) == [3, 6, 9, 12]

    async def test_a_turn_after_the_deadline_is_refused_without_a_request(self) -> None:
        async with served(in_turn(OK)) as (web, server):
            gets = (web.get(server.origin, interval=3, deadline=5) for _ in range(4))
            results = await asyncio.gather(*gets, return_exceptions=True)
        failed = [each for each in results if isinstance(each, WebError)]
        assert [each.reason for each in failed] == ["limited", "limited"]
        assert len(server.requests) == 2

    def test_runs_on_event_loops_of_their_own_share_the_limit(self) -> None:
        interval = 0.05

        async def run(origin: str) -> None:
            async with Web(trusted=[origin]) as web:
                await asyncio.gather(*(web.get(origin, interval=interval) for _ in range(3)))

        begun = time.monotonic()
        with WebServer(in_turn(OK)) as server:
            runs = [
                threading.Thread(target=asyncio.run, args=(run(server.origin),)) for _ in range(3)
            ]
            for each in runs:
                each.start()
            for each in runs:
                each.join()
        assert len(server.requests) == 9
        assert time.monotonic() - begun >= 8 * interval


class TestCache:
    async def test_a_reply_is_asked_for_once_also_by_a_later_run(self, tmp_path: Path) -> None:
        cache, clock = tmp_path / "new" / "web.sqlite", FakeClock()
        with WebServer(in_turn(OK)) as server:
            for cached in (False, True):
                async with Web(
                    trusted=[server.origin], cache=cache, clock=clock, pace=Pace()
                ) as web:
                    reply = await web.get(server.origin, params={"q": "1"}, interval=3)
                    assert reply.cached is cached
                    assert reply.json() == {"ok": True}
                    assert reply.url == f"{server.origin}?q=1"
            assert clock.slept == []
        assert len(server.requests) == 1

    async def test_a_reply_grows_too_old(self, tmp_path: Path) -> None:
        options = {"cache": tmp_path / "c", "clock": (clock := FakeClock()), "time_to_live": 100}
        async with served(in_turn(OK), **options) as (web, server):
            for passing, requests in ((0, 1), (99, 1), (1, 2)):
                clock.advance(passing)
                await web.get(server.origin)
                assert len(server.requests) == requests

    async def test_other_parameters_or_headers_are_another_request(self, tmp_path: Path) -> None:
        async with served(in_turn(OK), cache=tmp_path / "c") as (web, server):
            await web.get(server.origin)
            await web.get(server.origin, params={"page": "2"})
            await web.get(server.origin, headers={"Accept": "text/html"})
            await web.get(server.origin, headers={"accept": "text/html"})
        assert len(server.requests) == 3

    async def test_only_good_replies_are_kept(self, tmp_path: Path) -> None:
        answers = in_turn(Answer(status=404), Answer(b"later", status=202), Answer(b"<html>"), OK)
        async with served(answers, cache=tmp_path / "c") as (web, server):
            assert (await reason_of(web, server.origin)).reason == "not found"
            assert (await web.get(server.origin)).status == 202
            assert (await reason_of(web, server.origin, check=Reply.json)).reason == "malformed"
            assert (await web.get(server.origin, check=Reply.json)).json() == {"ok": True}
            assert (await web.get(server.origin)).cached

    async def test_neither_key_nor_contact_comes_to_lie_on_the_disk(self, tmp_path: Path) -> None:
        options = {"cache": tmp_path / "c", "contact": "me@example.org"}
        async with served(in_turn(OK), **options) as (web, server):
            await web.get(server.origin, params={"api_key": "s3cret"}, headers={"k": "s3cret"})
            written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert b'{"ok": true}' in written
        assert b"s3cret" not in written
        assert b"me@example" not in written

    async def test_the_place_after_a_redirect_is_kept(self, tmp_path: Path) -> None:
        answers = in_turn(Answer(status=302, headers={"Location": "/there"}), OK)
        async with served(answers, cache=tmp_path / "c") as (web, server):
            first, second = [await web.get(server.origin) for _ in range(2)]
        assert first.url == second.url == f"{server.origin}/there"
        assert second.cached

    async def test_a_kept_reply_above_the_limit_is_not_handed_out(self, tmp_path: Path) -> None:
        async with served(in_turn(OK), cache=tmp_path / "c") as (web, server):
            await web.get(server.origin)
            assert (await reason_of(web, server.origin, most_bytes=3)).reason == "too large"

    async def test_a_cache_that_fails_costs_a_request_and_no_answer(self, tmp_path: Path) -> None:
        async with served(in_turn(OK), cache=tmp_path / "c") as (web, server):
            with contextlib.closing(sqlite3.connect(tmp_path / "c")) as other:
                other.execute("DROP TABLE replies_1")
            for _ in range(2):
                assert not (await web.get(server.origin)).cached

    def test_a_file_that_is_no_cache_is_named(self, tmp_path: Path) -> None:
        (path := tmp_path / "c").write_bytes(b"no database" * 1000)
        with pytest.raises(SourceError, match="delete it"):
            Web(cache=path)


def to(*places: str, status: int = 302) -> Answering:
    """A redirect for each place in turn, then a good reply."""
    moves = [Answer(status=status, headers={"Location": place}) for place in places]
    return in_turn(*moves, OK)


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_redirects_are_followed(self, status: int) -> None:
        async with served(to("/a", "b?x=1#part", status=status)) as (web, server):
            reply = await web.get(f"{server.origin}/start", headers={"x-api-key": "k"})
        assert reply.url == f"{server.origin}/b?x=1"
        assert [each.path for each in server.requests] == ["/start", "/a", "/b"]
        assert {each.headers["x-api-key"] for each in server.requests} == {"k"}

    async def test_a_loop_is_refused_when_it_closes(self) -> None:
        async with served(to(*["/b", "/a"] * 5)) as (web, server):
            error = await reason_of(web, f"{server.origin}/a")
        assert error.reason == "refused"
        assert "loop" in str(error)
        assert len(server.requests) == 2

    async def test_a_redirect_to_itself_is_a_loop(self) -> None:
        async with served(to("#part")) as (web, server):
            assert "loop" in str(await reason_of(web, f"{server.origin}/a"))

    @pytest.mark.parametrize(("count", "followed"), [(MOST_REDIRECTS, True), (6, False)])
    async def test_a_long_chain_is_refused(self, count: int, followed: bool) -> None:
        async with served(to(*(f"/{n}" for n in range(count)))) as (web, server):
            if followed:
                assert (await web.get(server.origin)).url.endswith(f"/{count - 1}")
            else:
                assert "redirects" in str(await reason_of(web, server.origin))
        assert len(server.requests) == MOST_REDIRECTS + 1

    @pytest.mark.parametrize("place", ["ftp://example.org/", "file:///etc/passwd", "javascript:0"])
    async def test_other_schemes_are_refused(self, place: str) -> None:
        async with served(to(place)) as (web, server):
            assert (await reason_of(web, server.origin)).reason == "refused"

    async def test_a_redirect_to_nowhere_is_malformed(self) -> None:
        for answer in (
            Answer(status=302),
            Answer(status=302, headers={"Location": "http://h:port"}),
        ):
            async with served(in_turn(answer)) as (web, server):
                assert (await reason_of(web, server.origin)).reason == "malformed"

    async def test_credentials_stay_with_their_origin(self) -> None:
        with WebServer(in_turn(OK)) as other, WebServer(to(f"{other.origin}/pdf")) as first:
            async with Web(pace=Pace(), trusted=[first.origin, other.origin]) as web:
                keys = {"X-Api-Key": "k", "Authorization": "Bearer k", "Accept": "text/html"}
                await web.get(first.origin, params={"api_key": "k"}, headers=keys)
        assert first.requests[0].headers["x-api-key"] == "k"
        received = other.requests[0]
        assert not {"x-api-key", "authorization", "referer"} & set(received.headers)
        assert received.params == {}
        assert received.headers["accept"] == "text/html"


class TestAddresses:
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
    async def test_a_private_address_is_refused(self, host: str) -> None:
        with WebServer(in_turn(OK)) as server:
            async with Web(pace=Pace()) as web:
                error = await reason_of(web, f"http://{host}:{server.port}/")
        assert error.reason == "refused"
        assert error.retries == 0
        assert server.requests == []

    async def test_a_redirect_to_a_private_address_is_refused(self) -> None:
        with WebServer(in_turn(OK)) as inside:
            async with served(to(f"{inside.origin}/admin")) as (web, server):
                error = await reason_of(web, server.origin)
            assert error.reason == "refused"
            assert len(server.requests) == 1
            assert inside.requests == []

    @pytest.mark.parametrize(
        "address",
        """
        0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.168.1.1 192.0.2.1
        198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fec0::1
        ff02::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1
        2002:7f00:1:: 2001:0:7f00:1::1
        """.split(),
    )
    def test_addresses_that_are_not_public(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize(
        "address", ["8.8.8.8", "2606:4700::6810:1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
    )
    def test_addresses_that_are_public(self, address: str) -> None:
        assert is_public(address)

    async def test_the_address_that_was_checked_is_the_one_that_is_connected(self) -> None:
        answers = iter([["8.8.8.8", "2606:4700::1"], ["127.0.0.1"]])
        reached: list[str] = []

        async def resolve(host: str, port: int) -> list[str]:
            return next(answers)

        network = PublicNetwork(resolve=resolve, network=Recorder(reached, silent={"8.8.8.8"}))
        await network.connect_tcp("rebinding.example", 443)
        with pytest.raises(PrivateAddressError):
            await network.connect_tcp("rebinding.example", 443)
        assert reached == ["8.8.8.8", "2606:4700::1"]

    async def test_one_private_address_among_public_ones_is_enough_to_refuse(self) -> None:
        async def resolve(host: str, port: int) -> list[str]:
            return ["8.8.8.8", "192.168.0.1"]

        reached: list[str] = []
        network = PublicNetwork(resolve=resolve, network=Recorder(reached))
        with pytest.raises(PrivateAddressError):
            await network.connect_tcp("mixed.example", 80)
        assert reached == []


class Recorder(httpcore.AsyncMockBackend):
    """A network that notes which addresses are reached for; silent ones refuse."""

    def __init__(self, reached: list[str], silent: frozenset[str] | set[str] = frozenset()) -> None:
        super().__init__([])
        self._reached = reached
        self._silent = silent

    async def connect_tcp(self, host: str, *args: Any, **kwargs: Any) -> Any:
        self._reached.append(host)
        if host in self._silent:
            raise httpcore.ConnectError("refused")
        return await super().connect_tcp(host, *args, **kwargs)


async def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with served(in_turn(Answer(status=500), OK), contact="me@example.org") as (web, server):
        await web.get(server.origin, params={"api_key": "s3cret"}, headers={"x-api-key": "s3cret"})
    assert "s3cret" not in caplog.text
    assert "me@example" not in caplog.text
