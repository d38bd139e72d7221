"""What is under way tells everybody who listens, from the beginning, until it ends."""

import asyncio
import threading
from concurrent.futures import Future
from typing import Any, cast

from assignee import Assignee
from assignee.errors import EndpointError
from assignee.records import Progress
from assignee.runs import Run
from assignee.site.desk import Desk, Told, Work


def event(stage: str, done: int = 1, total: int = 1, detail: str = "") -> Progress:
    return Progress(stage=stage, done=done, total=total, detail=detail, cost=0.0)


async def heard(work: Work, after: int = 0) -> list[Told]:
    return [told async for told in work.follow(after) if told is not None]


async def test_a_late_listener_is_told_all_and_one_that_was_cut_off_the_rest() -> None:
    work = Work()
    work.watch(event("plan"))
    work.watch(event("search", 1, 2))
    work.end(status="finished", why=None)
    told = await heard(work)
    assert [one.kind for one in told] == ["begun", "stage", "stage", "ended"]
    assert [one.number for one in told] == [1, 2, 3, 4]
    assert await heard(work, after=2) == told[2:]
    assert await heard(work, after=4) == []
    assert told[-1].data["status"] == "finished"


async def test_listeners_are_woken_by_another_thread() -> None:
    work = Work()
    listeners = [asyncio.create_task(heard(work)) for _ in range(2)]
    await asyncio.sleep(0)

    def carry_out() -> None:
        work.watch(event("plan"))
        work.end(status="finished", why=None)

    thread = threading.Thread(target=carry_out)
    thread.start()
    one, other = await asyncio.gather(*listeners)
    thread.join()
    assert one == other
    assert one[-1].kind == "ended"


async def test_silence_gives_signs_of_life_and_the_end_of_the_server_lets_go() -> None:
    work = Work()
    told = work.follow(1, pause=0.01)
    assert await anext(told) is None
    work.let_go()
    assert [one async for one in told if one] == []


async def test_a_second_pass_has_its_own_row_and_stages_carry_counts() -> None:
    work = Work()
    for one in (event("search", 2, 2), event("verify", 1, 3), event("search", 1, 1)):
        work.watch(one)
    assert [(row["name"], row["done"], row["total"]) for row in work.rows] == [
        ("search", 2, 2),
        ("verify", 1, 3),
        ("search (2)", 1, 1),
    ]


def test_what_a_paper_is_called_reaches_the_page_without_invisible_characters() -> None:
    work = Work()
    work.watch(event("extract", detail="title \u202ereversed\u202c\x1b[2J"))
    assert work.rows[0]["detail"] == "title reversed[2J"


def test_an_error_on_purpose_ends_the_work_with_its_text() -> None:
    from concurrent.futures import Future

    from assignee.site.desk import ending

    failed: Future[None] = Future()
    failed.set_exception(EndpointError("the endpoint was not reached"))
    assert ending(failed) == {"status": "failed", "why": "the endpoint was not reached"}
    stopped: Future[None] = Future()
    stopped.cancel()
    assert ending(stopped)["status"] == "interrupted"


def test_a_run_that_is_being_stopped_runs_until_its_work_has_ended() -> None:
    class Program:
        """Carries out a run whose end the test tells."""

        future: "Future[Any]" = Future()

        def start(self, run: Run, *, watch: object) -> "Future[Any]":
            assert run is stopped
            assert watch is not None
            return self.future

    stopped = Run(id="r", question="Q?", started="2026-06-06T10:00:00+00:00", status="interrupted")
    program = Program()
    desk = Desk(cast(Assignee, program))
    assert desk.status(stopped) == "interrupted"
    desk.begin(stopped)
    assert desk.status(stopped) == "running"
    program.future.cancel()
    assert desk.status(stopped) == "interrupted"
