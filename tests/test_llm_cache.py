"""The response cache: committed before it returns, keyed by all that matters, asked once."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from assignee.engines.llm.cache import Call, ReplyCache
from assignee.engines.llm.reading import Answer
from assignee.errors import EngineError

CALL = Call("http://x/v1", "m", {"temperature": None}, [("human", "hello")], 0)
ANSWER = Answer("hi", "stop", None, 5, 2)


@pytest.fixture
async def cache(tmp_path: Path) -> AsyncIterator[ReplyCache]:
    made = ReplyCache(tmp_path / "replies.sqlite", run_id="run")
    yield made
    made.close()


class Asked:
    """Counts how often the endpoint was asked; answers after the gate opens."""

    def __init__(self, answer: Answer = ANSWER) -> None:
        self.times = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._answer = answer

    async def __call__(self) -> Answer:
        self.times += 1
        await self.gate.wait()
        return self._answer


def usable(_: Answer) -> bool:
    return True


async def test_an_answer_is_asked_for_once_and_kept_with_its_usage(cache: ReplyCache) -> None:
    asked = Asked()
    first = await cache.fetch(CALL, asked, usable=usable)
    second = await cache.fetch(CALL, asked, usable=usable)
    assert (first.cached, second.cached, asked.times) == (False, True, 1)
    assert second.answer == ANSWER


@pytest.mark.parametrize(
    "other",
    [
        CALL._replace(base_url="http://y/v1"),
        CALL._replace(model="n"),
        CALL._replace(settings={"temperature": 0.0}),
        CALL._replace(messages=[("human", "hello ")]),
        CALL._replace(messages=[("system", "hello")]),
        CALL._replace(sample=1),
    ],
)
async def test_whatever_changes_the_reply_changes_the_key(cache: ReplyCache, other: Call) -> None:
    asked = Asked()
    await cache.fetch(CALL, asked, usable=usable)
    await cache.fetch(other, asked, usable=usable)
    assert asked.times == 2
    assert other.key != CALL.key


async def test_it_is_on_disk_before_the_call_returns(cache: ReplyCache, tmp_path: Path) -> None:
    await cache.fetch(CALL, Asked(), usable=usable)
    # Another process reads it while this one is still open and has flushed nothing more.
    script = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("
    script += "'SELECT answer FROM replies_1').fetchone()[0])"
    seen = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "replies.sqlite")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(seen.stdout) == list(ANSWER)


async def test_identical_calls_in_flight_are_made_once(cache: ReplyCache) -> None:
    asked = Asked()
    found = await asyncio.gather(*(cache.fetch(CALL, asked, usable=usable) for _ in range(16)))
    assert asked.times == 1
    assert sorted(one.cached for one in found) == [False] + [True] * 15


async def test_samples_in_flight_are_told_apart(cache: ReplyCache) -> None:
    asked = Asked()
    calls = [CALL._replace(sample=sample) for sample in range(3)]
    await asyncio.gather(*(cache.fetch(call, asked, usable=usable) for call in calls))
    assert asked.times == 3


async def test_when_the_asker_is_cancelled_another_one_asks(cache: ReplyCache) -> None:
    asked = Asked()
    asked.gate.clear()
    first = asyncio.create_task(cache.fetch(CALL, asked, usable=usable))
    second = asyncio.create_task(cache.fetch(CALL, asked, usable=usable))
    while asked.times == 0:
        await asyncio.sleep(0)
    first.cancel()
    asked.gate.set()
    assert (await second).answer == ANSWER
    assert asked.times == 2
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_cancelled_waiter_leaves_the_asker_alone(cache: ReplyCache) -> None:
    asked = Asked()
    asked.gate.clear()
    first = asyncio.create_task(cache.fetch(CALL, asked, usable=usable))
    second = asyncio.create_task(cache.fetch(CALL, asked, usable=usable))
    while asked.times == 0:
        await asyncio.sleep(0)
    second.cancel()
    asked.gate.set()
    assert not (await first).cached


async def test_failures_reach_all_who_wait_and_are_not_kept(cache: ReplyCache) -> None:
    async def fail() -> Answer:
        raise EngineError("down")

    outcomes = await asyncio.gather(
        *(cache.fetch(CALL, fail, usable=usable) for _ in range(3)), return_exceptions=True
    )
    assert [str(outcome) for outcome in outcomes] == ["down"] * 3
    assert not (await cache.fetch(CALL, Asked(), usable=usable)).cached


@pytest.mark.parametrize(("run_id", "asked_again"), [("run", False), ("another run", True)])
async def test_an_unusable_reply_serves_its_own_run_only(
    tmp_path: Path, run_id: str, asked_again: bool
) -> None:
    for one, expected in (("run", 1), (run_id, int(asked_again))):
        cache, asked = ReplyCache(tmp_path / "r.sqlite", run_id=one), Asked()
        await cache.fetch(CALL, asked, usable=lambda _: False)
        cache.close()
        assert asked.times == expected


async def test_two_processes_may_write(tmp_path: Path) -> None:
    one = ReplyCache(tmp_path / "r.sqlite", run_id="one")
    two = ReplyCache(tmp_path / "r.sqlite", run_id="two")

    def fetches(cache: ReplyCache, shift: int) -> list[Awaitable[object]]:
        calls = [CALL._replace(sample=shift + sample) for sample in range(40)]
        return [cache.fetch(call, Asked(), usable=usable) for call in calls]

    await asyncio.gather(*fetches(one, 0), *fetches(two, 20))
    one.close()
    two.close()
    with sqlite3.connect(tmp_path / "r.sqlite") as db:
        assert db.execute("SELECT count(*) FROM replies_1").fetchone() == (60,)
    db.close()


def test_a_damaged_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(EngineError, match=r"replies\.sqlite' cannot be used .* delete it"):
        ReplyCache(path, run_id="run")


async def test_damage_met_later_is_an_engine_error(cache: ReplyCache, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "replies.sqlite") as db:
        db.execute("DROP TABLE replies_1")
    db.close()
    drop: Callable[[], Awaitable[Answer]] = Asked()
    with pytest.raises(EngineError, match="no such table"):
        await cache.fetch(CALL, drop, usable=usable)
