"""A run that was killed, interrupted or failed goes on by its id, and repeats no finished call."""

import asyncio
import multiprocessing
import shutil
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
import resume_worker
from openai_brains import BRAINS, ChatRequest, Reply, honest
from openai_server import Server, closed_port
from whole_runs import QUESTION, SMALL, assignee, check_nothing_invented, fill

from assignee.errors import EndpointError, NoEvidenceError, RunNotFoundError
from assignee.records import Report

PATIENCE = 60

# LangGraph leaves the coroutines of nodes that were waiting for their turn unawaited.
cancelling = pytest.mark.filterwarnings("ignore:coroutine 'arun_with_retry' was never awaited")


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that share one import of what takes seconds to import."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["assignee.engines.llm.chat", "assignee.graph.research", "langgraph.checkpoint.sqlite.aio"]
    )
    return context


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf") / "library"
    fill(folder, papers=5)
    return folder


@pytest.fixture
def home(tmp_path: Path, shelf: Path) -> Path:
    shutil.copytree(shelf, tmp_path / "home" / "library")
    return tmp_path / "home"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running
        assert running.violations == []


class Hold:
    """Answers honestly until the n-th request of a role; that one and all later ones hang."""

    def __init__(self, role: str, number: int) -> None:
        self.reached = threading.Event()
        self.answered: list[ChatRequest] = []
        self._role = role
        self._left = number

    def __call__(self, request: ChatRequest) -> Reply:
        self._left -= request.role == self._role
        if self._left <= 0:
            self.reached.set()
            return Reply(action="hang")
        self.answered.append(request)
        return honest(request)


def committed(home: Path) -> int:
    """Replies in the response cache, as another process sees them."""
    with closing(sqlite3.connect(home / "replies.sqlite")) as db:
        return int(db.execute("SELECT count(*) FROM replies_1").fetchone()[0])


def check_complete(report: Report, home: Path) -> None:
    with assignee(home, closed_port()) as program:
        check_nothing_invented(report, program.library)
        [run] = program.runs.all()
    assert (run.status, run.why, run.score) == ("finished", None, report.rating.score)
    assert report.rating.score is not None
    assert not report.rating.degraded
    assert report.counts.extraction_failed == report.counts.claims_not_checked == 0
    assert len(report.claims) == SMALL["max_claims"]
    assert report.warnings == ()


def digests(requests: list[ChatRequest]) -> set[str]:
    return {request.digest for request in requests}


@pytest.mark.parametrize(
    ("role", "number"),
    [("planner", 1), ("extractor", 3), ("judge", 2), ("writer", 1), ("critic", 4)],
)
def test_a_run_killed_in_the_middle_of_calls_repeats_no_finished_one(
    role: str, number: int, home: Path, server: Server, processes: ForkServerContext
) -> None:
    server.brain = hold = Hold(role, number)
    told, _ = processes.Pipe(duplex=False)
    process = processes.Process(
        target=resume_worker.research, args=(home, server.base_url, None, told)
    )
    process.start()
    assert hold.reached.wait(PATIENCE)
    # A reply is finished once it is committed; those in flight may be asked for again.
    while committed(home) < len(hold.answered):
        assert process.is_alive()
    process.kill()
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL

    before, server.brain = len(server.requests), honest
    with assignee(home, server) as program:
        [run] = program.runs.all()
        assert run.status == "running"
        report = program.resume(run.id)
    again = server.requests[before:]
    assert digests(hold.answered).isdisjoint(digests(again))
    assert len(digests(again)) == len(again)
    assert len(digests(server.requests)) == 13
    check_complete(report, home)


@pytest.mark.parametrize("stage", ["search", "screen", "write", "finish"])
def test_a_run_killed_between_calls_repeats_none(
    stage: str, home: Path, server: Server, processes: ForkServerContext
) -> None:
    reached, telling = processes.Pipe(duplex=False)
    process = processes.Process(
        target=resume_worker.research, args=(home, server.base_url, stage, telling)
    )
    process.start()
    assert reached.poll(PATIENCE)
    process.kill()
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL

    with assignee(home, server) as program:
        [run] = program.runs.all()
        report = program.resume(run.id)
    assert len(server.requests) == len(digests(server.requests)) == 13
    check_complete(report, home)


def test_a_run_that_failed_goes_on_when_the_endpoint_is_back(home: Path, server: Server) -> None:
    server.brain = BRAINS["500"]
    with assignee(home, server, **SMALL) as program:
        with pytest.raises(EndpointError, match="answered 500"):
            program.research(QUESTION)
        [run] = program.runs.all()
        assert run.status == "failed"
        assert "answered 500" in str(run.why)
        server.brain = honest
        report = program.resume(run.id)
    assert len(server.requests) == 14
    check_complete(report, home)


def test_an_outage_in_the_middle_fails_closed_and_resumes(home: Path, server: Server) -> None:
    def breaking(request: ChatRequest) -> Reply:
        return BRAINS["500"](request) if request.role == "extractor" else honest(request)

    server.brain = breaking
    with assignee(home, server, **SMALL) as program:
        with pytest.raises(NoEvidenceError, match=r"4 extractions failed.*answered 500"):
            program.research(QUESTION)
        [run] = program.runs.all()
        assert run.status == "failed"
        before, server.brain = len(server.requests), honest
        report = program.resume(run.id)
    assert "planner" not in {request.role for request in server.requests[before:]}
    check_complete(report, home)


@cancelling
def test_ctrl_c_marks_the_run_interrupted(home: Path, server: Server) -> None:
    main = threading.main_thread().ident
    assert main is not None
    hold = Hold("judge", 1)

    def interrupting(request: ChatRequest) -> Reply:
        held, reply = hold.reached.is_set(), hold(request)
        if hold.reached.is_set() and not held:
            signal.pthread_kill(main, signal.SIGINT)
        return reply

    server.brain = interrupting
    with assignee(home, server, **SMALL) as program:
        with pytest.raises(KeyboardInterrupt):
            program.research(QUESTION)
        [run] = program.runs.all()
        assert (run.status, run.why) == ("interrupted", "interrupted by the user")
        server.brain = honest
        report = program.resume(run.id)
    finished = [r for r in server.requests if r.role in ("planner", "extractor")]
    assert len(finished) == len(digests(finished)) == 5
    check_complete(report, home)


@cancelling
async def test_cancelling_marks_the_run_interrupted(home: Path, server: Server) -> None:
    hold = Hold("extractor", 2)
    server.brain = hold
    with assignee(home, server, **SMALL) as program:
        task = asyncio.create_task(program.aresearch(QUESTION))
        await asyncio.to_thread(hold.reached.wait, PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    with assignee(home, server, **SMALL) as program:
        [run] = program.runs.all()
        assert run.status == "interrupted"
        server.brain = honest
        report = await asyncio.to_thread(program.resume, run.id)
    check_complete(report, home)


@cancelling
def test_leaving_a_stream_marks_the_run_interrupted(home: Path, server: Server) -> None:
    with assignee(home, server, **SMALL) as program:
        for event in program.stream(QUESTION):
            if not isinstance(event, Report) and event.stage == "screen":
                break
    with assignee(home, server, **SMALL) as program:
        [run] = program.runs.all()
        assert run.status == "interrupted"
        report = program.resume(run.id)
    check_complete(report, home)


def test_a_finished_run_is_shown_again_without_a_call(home: Path, server: Server) -> None:
    with assignee(home, server, **SMALL) as program:
        report = program.research(QUESTION)
        asked = len(server.requests)
        again = program.resume(report.run_id)
    assert again == report
    assert len(server.requests) == asked
    check_complete(again, home)


def test_an_unknown_run_is_told_apart_and_the_nearest_named(home: Path, server: Server) -> None:
    with assignee(home, server, **SMALL) as program:
        with pytest.raises(RunNotFoundError, match="'nothing-like-it'"):
            program.resume("nothing-like-it")
        run_id = program.research(QUESTION).run_id
        misspelt = run_id[:-1] + ("0" if run_id[-1] != "0" else "1")
        with pytest.raises(RunNotFoundError, match=f"did you mean {run_id!r}"):
            program.resume(misspelt)
