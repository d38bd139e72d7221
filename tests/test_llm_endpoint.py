"""Every way in which an endpoint can misbehave, met through the real client over HTTP."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from llm_makers import KEY, QUESTION, engine
from openai_brains import BRAINS, ChatRequest, Reply, honest, refuse
from openai_server import Server, closed_port

from assignee.engines.llm.adapter import BadReply
from assignee.engines.llm.endpoint import is_loopback, key_of
from assignee.errors import EndpointError, ReplyError, SettingsError
from assignee.records import Plan, Usage
from assignee.settings import Settings


async def plan(brain: str, home: Path, **chosen: Any) -> tuple[Plan, Usage, Server]:
    with Server(BRAINS[brain]) as server:
        async with engine(server, home, **chosen) as llm:
            made = await llm.engine.planner.plan(QUESTION)
            assert server.violations == []
            return made, llm.meter.usages()[0], server


async def failure(brain: str, home: Path, **chosen: Any) -> tuple[Exception, Usage, Server]:
    with Server(BRAINS[brain]) as server:
        async with engine(server, home, **chosen) as llm:
            with pytest.raises((EndpointError, ReplyError)) as caught:
                await llm.engine.planner.plan(QUESTION)
            return caught.value, llm.meter.usages()[0], server


@pytest.mark.parametrize(
    ("brain", "requests"),
    [
        ("honest", 1),
        ("prose_around", 1),
        ("fences", 1),
        ("think", 1),
        ("parts", 1),
        ("surrogates", 1),
        ("content_type", 1),
        ("prose_then_ok", 2),
        ("429_seconds", 2),
        ("500_then_ok", 2),
    ],
)
async def test_a_usable_reply_is_got(brain: str, requests: int, tmp_path: Path) -> None:
    made, usage, server = await plan(brain, tmp_path)
    assert made.subquestions
    assert len(server.requests) == requests
    assert usage.failed == 0


@pytest.mark.parametrize(
    ("brain", "says", "requests"),
    [
        ("prose", "no complete JSON object", 2),
        ("truncated", "cut off at the token limit", 2),
        ("empty", "it was empty", 2),
        ("null", "it was empty", 2),
        ("refusal", "refused: I cannot help", 1),
    ],
)
async def test_an_unusable_reply_is_kept_after_two_attempts_at_most(
    brain: str, says: str, requests: int, tmp_path: Path
) -> None:
    error, usage, server = await failure(brain, tmp_path)
    assert isinstance(error, BadReply)
    assert says in str(error)
    assert "'fake'" in str(error)
    assert "planner" in str(error)
    assert len(server.requests) == requests
    assert (usage.calls, usage.failed) == (requests, 1)
    assert usage.prompt_tokens == 100 * requests
    assert (error.answer.prompt_tokens, error.answer.completion_tokens) == (100, 20)
    assert error.raw == error.answer.text


async def test_a_truncated_reply_keeps_text_and_finish_reason(tmp_path: Path) -> None:
    error, _, _ = await failure("truncated", tmp_path)
    assert isinstance(error, BadReply)
    assert error.answer.finish_reason == "length"
    assert error.raw.startswith('{"subquestions"')


async def test_the_repair_turn_shows_the_bad_reply_and_what_was_wrong(tmp_path: Path) -> None:
    _, _, server = await plan("prose_then_ok", tmp_path)
    *opening, bad, repair = server.requests[1].messages
    assert opening == server.requests[0].messages
    assert bad == {"role": "assistant", "content": "Certainly! Here is my answer."}
    assert "no complete JSON object" in repair["content"]


@pytest.mark.parametrize(
    ("brain", "says", "requests"),
    [
        ("401", "answered 401", 1),
        ("401", "ASSIGNEE_API_KEY", 1),
        ("403", "does not allow", 1),
        ("404", "check the model's name", 1),
        ("quota", "the quota is used up", 1),
        ("429_long", "lower concurrency", 1),
        ("500", "a run can be resumed", 3),
        ("reset", "broke the connection off", 1),
        ("html", "no chat completion: '<html>Login</html>'", 1),
        ("error_in_200", "upstream failed", 1),
    ],
)
async def test_refusals_name_endpoint_model_and_remedy(
    brain: str, says: str, requests: int, tmp_path: Path
) -> None:
    retries = 0 if brain == "reset" else 2
    error, usage, server = await failure(brain, tmp_path, call_retries=retries)
    assert isinstance(error, EndpointError)
    assert says in str(error)
    assert server.base_url in str(error)
    assert "'fake'" in str(error)
    assert len(server.requests) == requests
    assert (usage.calls, usage.failed) == (1, 1)


async def test_a_rate_limit_with_a_date_is_obeyed_then_reported(tmp_path: Path) -> None:
    error, _, _ = await failure("429_date", tmp_path, call_retries=0)
    assert "answered 429" in str(error)
    assert "requests_per_minute" in str(error)


async def test_an_endpoint_that_never_answers_is_given_up(tmp_path: Path) -> None:
    error, usage, _ = await failure("timeout", tmp_path, timeout=0.2, call_retries=2)
    assert "gave no answer within 0.2 s; raise timeout" in str(error)
    assert usage.prompt_tokens is None


async def test_a_long_wait_between_repeats_is_bounded_by_the_timeout(tmp_path: Path) -> None:
    with Server(lambda request: refuse(429, "slow down", retry_after="50")) as server:
        async with engine(server, tmp_path, timeout=0.2) as llm:
            with pytest.raises(EndpointError, match="gave no answer within"):
                await llm.engine.planner.plan(QUESTION)
            assert len(server.requests) == 1


async def test_an_endpoint_that_is_down_is_no_call(tmp_path: Path) -> None:
    async with engine(closed_port(), tmp_path, call_retries=0) as llm:
        with pytest.raises(EndpointError, match=r"was not reached: .* check base_url"):
            await llm.engine.planner.plan(QUESTION)
        with pytest.raises(EndpointError):  # and the next one is not kept waiting
            await llm.engine.planner.plan("Another question altogether?")
        [usage] = llm.meter.usages()
        assert (usage.calls, usage.failed) == (0, 2)


async def test_bytes_that_are_not_utf8_are_survived(tmp_path: Path) -> None:
    error, _, server = await failure("not_utf8", tmp_path)
    assert isinstance(error, ReplyError)
    assert len(server.requests) == 2


async def test_missing_usage_is_unknown(tmp_path: Path) -> None:
    _, usage, _ = await plan("no_usage", tmp_path, price_input=1, price_output=1)
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cost) == (None, None, None)


async def test_null_token_counts_are_unknown_too(tmp_path: Path) -> None:
    def brain(request: ChatRequest) -> Reply:
        nulls = {"prompt_tokens": None, "completion_tokens": 3}
        return Reply(honest(request).content, usage=nulls)

    with Server(brain) as server:
        async with engine(server, tmp_path) as llm:
            await llm.engine.planner.plan(QUESTION)
            assert llm.meter.usages()[0].prompt_tokens is None


@pytest.mark.parametrize(
    ("brain", "modes"),
    [
        ("honest", ["json_schema", "json_schema"]),
        ("no_schema", ["json_schema", "json_object", "json_object"]),
        ("text_only", ["json_schema", "json_object", "text", "text"]),
    ],
)
async def test_a_refused_format_is_asked_without_from_then_on(
    brain: str, modes: list[str], tmp_path: Path
) -> None:
    with Server(BRAINS[brain]) as server:
        async with engine(server, tmp_path) as llm:
            await llm.engine.planner.plan(QUESTION)
            await llm.engine.planner.plan("And does more data help as well?")
            assert [request.mode for request in server.requests] == modes
            assert len(llm.meter.warnings()) == len(modes) - 2


async def test_many_calls_in_flight_learn_a_refused_format_together(tmp_path: Path) -> None:
    with Server(BRAINS["no_schema"]) as server:
        async with engine(server, tmp_path) as llm:
            questions = [f"Does training run {number} help?" for number in range(8)]
            await asyncio.gather(*map(llm.engine.planner.plan, questions))
            assert {request.mode for request in server.requests} == {"json_schema", "json_object"}
            assert len(server.requests) <= 16
            assert len(llm.meter.warnings()) == 1


async def test_a_token_limit_by_its_old_name_is_found(tmp_path: Path) -> None:
    def brain(request: ChatRequest) -> Reply:
        if "max_completion_tokens" in request.body:
            return refuse(422, "Extra inputs are not permitted: max_completion_tokens")
        return honest(request)

    with Server(brain) as server:
        async with engine(server, tmp_path, max_output_tokens=777) as llm:
            await llm.engine.planner.plan(QUESTION)
            assert server.requests[1].body["max_tokens"] == 777


async def test_what_is_sent(tmp_path: Path) -> None:
    chosen = {"models": {"planner": "planning-model"}, "temperature": 0.3}
    _, usage, server = await plan("honest", tmp_path, max_output_tokens=900, **chosen)
    [request] = server.requests
    assert request.key == KEY
    assert (request.model, usage.model) == ("planning-model", "planning-model")
    assert request.body["max_completion_tokens"] == 900
    assert request.body["temperature"] == 0.3
    assert request.body["response_format"]["json_schema"]["name"] == "planreply"
    assert {"stream", "fields", "tools"}.isdisjoint(request.body)


async def test_responses_api_models_stay_on_chat_completions(tmp_path: Path) -> None:
    made, _, server = await plan("honest", tmp_path, model="gpt-5-pro")
    assert made.subquestions
    assert server.requests[0].model == "gpt-5-pro"


async def test_concurrency_is_bounded_and_connections_are_kept(tmp_path: Path) -> None:
    with Server(latency=0.01) as server:
        async with engine(server, tmp_path, concurrency=3) as llm:
            questions = [f"Does training run {number} help?" for number in range(12)]
            await asyncio.gather(*map(llm.engine.planner.plan, questions))
            assert server.most_in_flight == 3
            assert server.connections <= 3


async def test_sixteen_calls_are_in_flight_at_once(tmp_path: Path) -> None:
    with Server(latency=0.15) as server:
        async with engine(server, tmp_path) as llm:
            questions = [f"Does training run {number} help?" for number in range(16)]
            await asyncio.gather(*map(llm.engine.planner.plan, questions))
            assert server.most_in_flight == 16


# --- the key --------------------------------------------------------------------------------------


@pytest.mark.parametrize("brain", ["401", "html", "error_in_200", "honest", "prose"])
async def test_the_key_is_nowhere_on_disk_or_in_errors(brain: str, tmp_path: Path) -> None:
    def parrot(request: ChatRequest) -> Reply:
        reply = BRAINS[brain](request)
        if reply.raw is not None:
            return Reply(status=reply.status, raw=reply.raw + request.key.encode())
        return Reply(f"{request.key} {reply.content} {request.key}")

    said = ""
    with Server(parrot) as server:
        async with engine(server, tmp_path, trace=True) as llm:
            try:
                await llm.engine.planner.plan(QUESTION)
            except (EndpointError, ReplyError) as error:
                said = f"{error!r} {error} {getattr(error, 'raw', '')} {error.__context__!r}"
            said += repr(llm.meter.warnings()) + repr(llm.engine)
        assert server.requests[0].key == KEY
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"planner" in written
    assert KEY.encode() not in written
    assert KEY not in said


def settings(**chosen: Any) -> Settings:
    return Settings(engine="llm", home=Path("unused"), **chosen)


def test_the_key_is_the_settings_then_the_environments() -> None:
    environment = {"OPENAI_API_KEY": "from-environment"}
    assert key_of(settings(api_key="mine"), environment) == "mine"
    assert key_of(settings(), environment) == "from-environment"
    assert key_of(settings(base_url="http://localhost:11434/v1"), {}) == "none"


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({}, "set ASSIGNEE_API_KEY or OPENAI_API_KEY"),
        ({"api_key": "  "}, "engine 'llm' needs a key"),
        ({"api_key": "sk-“quoted”"}, "copy it again"),
        ({"api_key": "sk two"}, "copy it again"),
        ({"base_url": "localhost:11434"}, "is no address"),
        ({"base_url": "ftp://x/v1"}, "is no address"),
    ],
)
def test_a_missing_key_or_bad_address_names_the_remedy(chosen: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        key_of(settings(**chosen), {})
    assert "sk-" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("http://localhost:1/v1", True),
        ("http://127.0.0.9/v1", True),
        ("http://[::1]:8080/v1", True),
        ("https://api.openai.com/v1", False),
        ("http://localhost.evil.com/v1", False),
        ("http://192.168.0.2/v1", False),
    ],
)
def test_which_servers_are_on_this_machine(base_url: str, expected: bool) -> None:
    assert is_loopback(base_url) is expected


def test_the_fake_server_is_strict_about_the_protocol() -> None:
    import urllib.error
    import urllib.request

    with Server() as server:
        models = urllib.request.urlopen(f"{server.base_url}/models")
        assert json.load(models)["data"][0]["id"] == "fake"
        models.close()
        bare = urllib.request.Request(f"{server.base_url}/chat/completions", data=b"{}")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(bare)
        caught.value.close()
        assert server.violations == ["no bearer token"]
