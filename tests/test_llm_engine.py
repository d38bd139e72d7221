"""The engine as a whole: budgets, resuming, traces, what is announced, what is never sent."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import langsmith.utils
import pytest
from langchain_core.tracers.langchain import wait_for_all_tracers
from llm_makers import CHECKLIST, KEY, QUESTION, REVIEWER, Overlap, dossier, engine, judge_requests
from openai_brains import BRAINS, ChatRequest, Reply, honest
from openai_server import Server

from assignee.engines.llm.engine import LLMEngine, announcement, estimated_calls
from assignee.engines.llm.meter import BudgetSpent
from assignee.errors import EngineError, SettingsError
from assignee.settings import ROLES, Settings


def questions(count: int) -> list[str]:
    return [f"Does training run number {number} help?" for number in range(count)]


async def test_sixteen_concurrent_starts_keep_the_budget_of_calls(tmp_path: Path) -> None:
    with Server(latency=0.01) as server:
        async with engine(server, tmp_path, max_calls=5) as llm:
            plans = map(llm.engine.planner.plan, questions(16))
            outcomes = await asyncio.gather(*plans, return_exceptions=True)
        assert sum(isinstance(outcome, BudgetSpent) for outcome in outcomes) == 11
        assert len(server.requests) == 5
        assert llm.meter.usages()[0].failed == 0
        assert "5 of 5 calls" in llm.meter.warnings()[0]


async def test_what_is_cached_is_free_when_the_budget_is_spent(tmp_path: Path) -> None:
    with Server() as server:
        async with engine(server, tmp_path, max_calls=1) as llm:
            first = await llm.engine.planner.plan(QUESTION)
            assert await llm.engine.planner.plan(QUESTION) == first
            with pytest.raises(BudgetSpent):
                await llm.engine.planner.plan("Another question altogether?")
        assert issubclass(BudgetSpent, EngineError)


async def test_a_later_run_repeats_no_call(tmp_path: Path) -> None:
    with Server() as server:
        for run_id in ("first", "second"):
            async with engine(server, tmp_path, run_id=run_id) as llm:
                await llm.engine.planner.plan(QUESTION)
                await llm.engine.judge.judge(judge_requests())
                await llm.engine.critic.review(dossier(), REVIEWER, CHECKLIST, sample=0)
        assert len(server.requests) == 3
        assert [(u.calls, u.cached, u.prompt_tokens) for u in llm.meter.usages()] == [(0, 1, 0)] * 3


@pytest.mark.parametrize(("run_id", "asked"), [("first", 2), ("second", 3)])
async def test_bad_replies_are_final_for_their_run_only(
    tmp_path: Path, run_id: str, asked: int
) -> None:
    with Server(BRAINS["prose"]) as server:
        async with engine(server, tmp_path, run_id="first") as llm:
            with pytest.raises(EngineError):
                await llm.engine.planner.plan(QUESTION)
        server.brain = honest
        async with engine(server, tmp_path, run_id=run_id) as llm:
            if run_id == "first":
                with pytest.raises(EngineError):
                    await llm.engine.planner.plan(QUESTION)
            else:
                await llm.engine.planner.plan(QUESTION)
        assert len(server.requests) == asked


async def test_a_format_learnt_as_refused_does_not_hide_replies_from_a_resumed_run(
    tmp_path: Path,
) -> None:
    with Server(BRAINS["text_only"]) as server:
        for _ in range(2):
            async with engine(server, tmp_path) as llm:
                await llm.engine.planner.plan(QUESTION)
        assert [request.mode for request in server.requests] == [
            "json_schema",
            "json_object",
            "text",
        ]


async def test_the_trace_tells_every_call(tmp_path: Path) -> None:
    with Server(BRAINS["prose_then_ok"]) as server:
        async with engine(server, tmp_path, trace=True, run_id="r1") as llm:
            await llm.engine.planner.plan(QUESTION)
            await llm.engine.planner.plan(QUESTION)
            server.brain = BRAINS["404"]
            with pytest.raises(EngineError):
                await llm.engine.planner.plan("Another question altogether?")
    path = tmp_path / "traces" / "r1.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["attempt"], line.get("cached"), "error" in line) for line in lines] == [
        (1, False, False),
        (2, False, False),
        (1, True, False),
        (2, True, False),
        (1, None, True),
    ]
    first = lines[0]
    assert first["role"] == "planner"
    assert first["prompt"] == f"planner@{llm.prompts['planner']}"
    assert first["messages"][1] == ["human", f"Question: {QUESTION}"]
    assert first["text"] == "Certainly! Here is my answer."
    assert (first["prompt_tokens"], first["finish_reason"]) == (100, "stop")
    assert first["seconds"] >= 0
    assert first["time"].endswith("+00:00")
    assert path.stat().st_mode & 0o077 == 0


async def test_no_trace_is_written_unless_asked_for(tmp_path: Path) -> None:
    with Server() as server:
        async with engine(server, tmp_path) as llm:
            await llm.engine.planner.plan(QUESTION)
    assert not (tmp_path / "traces").exists()


async def test_the_first_call_is_announced_once_and_a_cached_one_not(tmp_path: Path) -> None:
    said: list[str] = []
    with Server() as server:
        for _ in range(2):
            async with engine(server, tmp_path, announce=said.append) as llm:
                assert said[1:] == []
                await asyncio.gather(*map(llm.engine.planner.plan, questions(3)))
        assert said == [
            f"Sending text to {server.base_url}, model fake: 25 to 45 calls for one question."
        ]


def test_the_estimate_follows_the_settings() -> None:
    few = Settings(home=Path("unused"), max_papers=3, max_claims=8, rounds=1, revisions=0)
    assert estimated_calls(few) == (1 + 3 + 2 + (1 + 5), 1 + 3 + 2 + (1 + 5))
    assert estimated_calls(Settings(home=Path("unused"))) == (25, 45)
    named = Settings(home=Path("unused"), models={"judge": "b"}, model="a")
    assert "model a, b:" in announcement(named)


async def test_what_the_report_is_stamped_with(tmp_path: Path) -> None:
    with Server() as server:
        async with engine(server, tmp_path, models={"judge": "strict"}) as llm:
            assert llm.engine.kind == "llm"
            assert llm.engine.models == dict.fromkeys(ROLES, "fake") | {"judge": "strict"}
            assert llm.prompts.keys() == {*ROLES, "bare", "polish", "repair"}
            assert llm.engine.judge.name == f"llm:strict judge@{llm.prompts['judge']}"
            assert isinstance(llm.engine.ranker, Overlap)
            assert KEY not in repr(llm.engine)


async def test_ignored_temperatures_and_unencrypted_keys_are_warned_of(tmp_path: Path) -> None:
    async with engine("http://example.org/v1", tmp_path, model="gpt-5-mini", temperature=0) as llm:
        assert llm.meter.warnings() == (
            "model 'gpt-5-mini' takes no temperature: its own is used",
            "the key is sent to 'http://example.org/v1' unencrypted; use https",
        )


def test_no_key_is_a_settings_error_before_anything_is_made(tmp_path: Path) -> None:
    made = Settings(engine="llm", home=tmp_path / "home")
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        LLMEngine(made, ranker=Overlap(), run_id="r", environment={})
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("variable", ["LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"])
async def test_tracing_variables_of_the_environment_send_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    posted: list[ChatRequest] = []

    def third_party(request: ChatRequest) -> Reply:
        posted.append(request)
        return Reply("")

    with Server() as server, Server(third_party) as elsewhere:
        monkeypatch.setenv(variable, "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", elsewhere.base_url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_test")
        monkeypatch.setenv("LANGSMITH_GATEWAY", "true")
        monkeypatch.setenv("OPENAI_API_BASE", elsewhere.base_url)
        # It remembers the environment of earlier tests.
        langsmith.utils.get_env_var.cache_clear()  # type: ignore[attr-defined]
        async with engine(server, tmp_path) as llm:
            await llm.engine.planner.plan(QUESTION)
        wait_for_all_tracers()
        langsmith.utils.get_env_var.cache_clear()  # type: ignore[attr-defined]
        assert len(server.requests) == 1
        assert elsewhere.connections == 0


async def test_a_cancelled_call_leaves_nothing_behind(tmp_path: Path) -> None:
    with Server(BRAINS["timeout"]) as server:
        async with engine(server, tmp_path) as llm:
            task = asyncio.create_task(llm.engine.planner.plan(QUESTION))
            while not server.requests:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            server.brain = honest
            assert (await llm.engine.planner.plan(QUESTION)).subquestions
            [usage] = llm.meter.usages()
            assert (usage.calls, usage.prompt_tokens) == (2, None)


def test_the_rooms_import_without_the_heavy_packages() -> None:
    script = (
        "import sys, assignee.engines.llm.engine; "
        "print([m for m in ('langchain_openai', 'openai', 'httpx2') if m in sys.modules])"
    )
    seen = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert seen.stdout.strip() == "[]"


def test_the_server_runs_as_a_process_and_logs_what_it_was_asked(tmp_path: Path) -> None:
    import urllib.request

    log = tmp_path / "calls.jsonl"
    script = Path(__file__).with_name("openai_server.py")
    command = [sys.executable, os.fspath(script), "--log", os.fspath(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        body = {
            "model": "fake",
            "messages": [
                {"role": "system", "content": "You are the planner of tests."},
                {"role": "user", "content": f"Question: {QUESTION}"},
            ],
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/chat/completions",
            data=json.dumps(body).encode(),
            headers={"authorization": "Bearer none"},
        )
        with urllib.request.urlopen(request) as response:
            content = json.load(response)["choices"][0]["message"]["content"]
        process.terminate()
    assert json.loads(content)["subquestions"]
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert [entry["event"] for entry in entries] == ["asked", "answered"]
    assert entries[0]["digest"] == entries[1]["digest"]
    assert entries[0]["role"] == "planner"
