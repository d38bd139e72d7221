"""The whole program with the LLM engine, against an endpoint that misbehaves in every known way."""

import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import langsmith.utils
import pytest
from langchain_core.tracers.langchain import wait_for_all_tracers
from openai_brains import BRAINS, ChatRequest, Reply, enclosed, honest
from openai_server import Server, closed_port
from whole_runs import (
    KEY,
    QUESTION,
    SMALL,
    assignee,
    attempts,
    check_nothing_invented,
    fill,
    only,
    settings,
    waves,
)

from assignee.engines.llm.engine import estimated_calls
from assignee.errors import EndpointError, NoEvidenceError
from assignee.records import Report
from assignee.report import render_html, render_json, render_markdown


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelves")
    fill(folder / "small", papers=5)
    fill(folder / "large", papers=48)
    return folder


@pytest.fixture
def home(tmp_path: Path, shelves: Path) -> Path:
    shutil.copytree(shelves / "small", tmp_path / "home" / "library")
    return tmp_path / "home"


@pytest.fixture
def large_home(tmp_path: Path, shelves: Path) -> Path:
    shutil.copytree(shelves / "large", tmp_path / "home" / "library")
    return tmp_path / "home"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running
        assert running.violations == []


def research(home: Path, server: Server | str, **chosen: Any) -> Report:
    """A small run whose report is checked for inventions."""
    with assignee(home, server, **(SMALL | chosen)) as program:
        report = program.research(QUESTION)
        check_nothing_invented(report, program.library)
    return report


# --- the endpoint refuses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("brain", "says", "requests"),
    [
        ("401", "401.*check the key", 1),
        ("403", "403.*does not allow", 1),
        ("404", "404.*check the model's name", 1),
        ("429_date", "429.*lower concurrency", 1),
        ("429_long", "429.*lower concurrency", 1),
        ("quota", "429.*quota is used up", 1),
        ("500", "500.*try again later", 1),
        ("reset", "broke the connection off", 1),
        ("timeout", "no answer within 0.3 s; raise timeout", 1),
        ("html", "no chat completion.*base_url", 1),
        ("error_in_200", "no chat completion.*upstream failed", 1),
    ],
)
def test_an_endpoint_that_refuses_ends_the_run_at_its_first_call(
    brain: str, says: str, requests: int, home: Path, server: Server
) -> None:
    server.brain = BRAINS[brain]
    timeout = 0.3 if brain == "timeout" else 60
    with assignee(home, server, **SMALL, timeout=timeout) as program:
        with pytest.raises(EndpointError, match=says):
            program.research(QUESTION)
        [run] = program.runs.all()
        assert run.status == "failed"
        assert run.why is not None
        assert KEY not in run.why
        assert len(server.requests) == requests


def test_an_endpoint_that_is_down_ends_the_run_and_nothing_is_lost(
    home: Path, server: Server
) -> None:
    with assignee(home, closed_port(), **SMALL) as program:
        with pytest.raises(EndpointError, match=r"was not reached.*check base_url"):
            program.research(QUESTION)
        assert [run.status for run in program.runs.all()] == ["failed"]
        assert len(program.library.papers()) == 5


@pytest.mark.parametrize("brain", ["429_seconds", "500_then_ok"])
def test_a_call_is_repeated_after_what_passes(brain: str, home: Path, server: Server) -> None:
    server.brain = BRAINS[brain]
    report = research(home, server, call_retries=2)
    assert report.warnings == ()
    assert len(server.requests) == 26
    assert attempts(server) == 2
    assert sum(usage.failed for usage in report.usage) == 0


# --- replies that cannot be used ------------------------------------------------------------------

UNUSABLE = ["prose", "truncated", "empty", "null", "refusal", "nonsense"]


@pytest.mark.parametrize("brain", UNUSABLE)
def test_without_one_usable_reply_there_is_no_report(
    brain: str, home: Path, server: Server
) -> None:
    server.brain = BRAINS[brain]
    with assignee(home, server, **SMALL) as program:
        with pytest.raises(NoEvidenceError, match="no report is written") as caught:
            program.research(QUESTION)
        [run] = program.runs.all()
        assert (run.status, run.why) == ("failed", str(caught.value))
        assert attempts(server) <= 2
        asked = len(server.requests)
        assert asked <= 10
        server.brain = honest
        with pytest.raises(NoEvidenceError):
            program.resume(run.id)
        assert len(server.requests) == asked
        if brain != "nonsense":  # whose replies can be read, and so serve later runs as well
            check_nothing_invented(program.research(QUESTION), program.library)


@pytest.mark.parametrize("brain", UNUSABLE)
def test_what_failed_beside_the_claims_is_named(brain: str, home: Path, server: Server) -> None:
    server.brain = only(BRAINS[brain], "planner", "judge", "writer", "critic")
    report = research(home, server)
    assert attempts(server) <= 2
    assert len(report.claims) == SMALL["max_claims"]
    assert any("put together by rules" in warning for warning in report.warnings)
    if brain == "nonsense":
        # What a claim takes word for word from its source needs no judge.
        silent = {"unattributed", "uncorroborated", "not checked"}
        assert {v.label for v in report.verdicts} <= silent
        assert all(not v.evidence_for and not v.evidence_against for v in report.verdicts)
        assert not any(review.findings for review in report.reviews if review.engine != "local")
        assert any("left out" in warning for warning in report.warnings)
        return
    assert report.plan.subquestions == (QUESTION,)
    assert any("planner's reply could not be used" in warning for warning in report.warnings)
    assert report.counts.claims_not_checked == len(report.claims)
    assert {verdict.label for verdict in report.verdicts} == {"not checked"}
    unscored = [review for review in report.reviews if review.score is None]
    assert len(unscored) == 5
    assert all(review.unscored_because for review in unscored)
    assert report.rating.score is None
    assert report.rating.degraded
    failed = {usage.role: usage.failed for usage in report.usage}
    assert failed == {"planner": 1, "extractor": 0, "judge": 2, "writer": 1, "critic": 5}


@pytest.mark.parametrize("brain", UNUSABLE)
def test_a_paper_whose_claims_cannot_be_had_is_counted(
    brain: str, home: Path, server: Server
) -> None:
    def one_bad(request: ChatRequest) -> Reply:
        bad = request.role == "extractor" and "On law" in request.prompt
        return BRAINS[brain](request) if bad else honest(request)

    server.brain = one_bad
    report = research(home, server, max_papers=5)
    assert attempts(server) <= 2
    assert report.counts.papers_read == 5
    assert "paper-law" not in {claim.paper_id for claim in report.claims}
    if brain == "nonsense":
        assert report.counts.quotes_unmatched == 1
    else:
        assert report.counts.extraction_failed == 1
        assert any("as extractor" in warning for warning in report.warnings)


@pytest.mark.parametrize(
    ("brain", "requests"),
    [("prose_then_ok", 26), ("prose_around", 13), ("fences", 13), ("think", 13), ("parts", 13)],
)
def test_replies_that_can_be_read_make_a_whole_report(
    brain: str, requests: int, home: Path, server: Server
) -> None:
    server.brain = BRAINS[brain]
    report = research(home, server)
    assert len(server.requests) == requests
    assert report.warnings == ()
    assert report.counts.claims_not_checked == 0
    assert report.rating.score is not None


def test_unknown_usage_is_said_to_be_unknown(home: Path, server: Server) -> None:
    server.brain = BRAINS["no_usage"]
    report = research(home, server, price_input=1, price_output=1)
    assert {usage.prompt_tokens for usage in report.usage} == {None}
    assert {usage.cost for usage in report.usage} == {None}
    assert any("tokens of 13 calls" in warning for warning in report.warnings)


def test_half_invented_replies_leave_the_true_half(home: Path, server: Server) -> None:
    def mixed(request: ChatRequest) -> Reply:
        true, invented = (json.loads(b(request).content) for b in (honest, BRAINS["nonsense"]))
        both = {
            key: [*invented[key], *value] if isinstance(value, list) else value
            for key, value in true.items()
        }
        return Reply(json.dumps(both))

    server.brain = only(mixed, "extractor", "judge", "writer", "critic")
    report = research(home, server)
    assert "Unicorns" not in render_markdown(report)
    assert report.counts.quotes_unmatched == 4
    assert report.counts.claims_not_checked == 0
    assert report.draft.writer.startswith("llm:")
    assert report.draft.dropped_sentences == 2
    assert report.rating.score is not None


# --- budgets --------------------------------------------------------------------------------------


def test_a_budget_of_calls_spent_midway_reports_what_is_done(home: Path, server: Server) -> None:
    report = research(home, server, max_calls=6, concurrency=1)
    assert len(server.requests) == 6
    assert report.counts.claims_not_checked == 4
    assert any("6 of 6 calls" in warning for warning in report.warnings)
    assert sum("budget is spent" in str(r.unscored_because) for r in report.reviews) == 5
    assert "budget is spent" in render_markdown(report)


def test_a_budget_spent_while_papers_are_read_counts_the_others(home: Path, server: Server) -> None:
    report = research(home, server, max_calls=3)
    assert len(server.requests) == 3
    assert report.counts.extraction_failed == 2
    assert report.counts.claims_not_checked == len(report.claims) > 0


def test_a_budget_of_tokens_stops_when_it_is_spent(home: Path, server: Server) -> None:
    # A reply is 120 tokens.
    report = research(home, server, max_tokens=700, concurrency=1)
    assert len(server.requests) == 6
    assert any("720 of 700 tokens" in warning for warning in report.warnings)
    assert report.counts.claims_not_checked == 4


def test_a_budget_of_money_stops_at_its_price(home: Path, server: Server) -> None:
    prices = {"price_input": 10.0, "price_output": 10.0, "max_cost": 0.007}
    report = research(home, server, concurrency=1, **prices)
    assert len(server.requests) == 6
    assert any("$0.0072 of $0.0070" in warning for warning in report.warnings)
    assert sum(usage.cost or 0.0 for usage in report.usage) == pytest.approx(0.0072)
    assert report.counts.claims_not_checked == 4


def test_a_budget_of_seconds_leaves_the_rest_not_checked(
    home: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(monotonic=time.monotonic)
    monkeypatch.setattr("assignee.graph.context.time", clock)

    def late(request: ChatRequest) -> Reply:
        clock.monotonic = lambda: time.monotonic() + 3600
        return honest(request)

    server.brain = only(late, "judge")
    report = research(home, server, max_seconds=1800, concurrency=1)
    assert report.counts.claims_not_checked == 4
    assert any("budget of seconds" in warning for warning in report.warnings)
    assert sum(verdict.label == "not checked" for verdict in report.verdicts) == 4


# --- what must not happen -------------------------------------------------------------------------


@pytest.mark.parametrize("brain", ["honest", "401"])
def test_the_key_is_nowhere(brain: str, home: Path, server: Server) -> None:
    def echo(request: ChatRequest) -> Reply:
        assert request.key == KEY
        said = honest(request)
        return Reply(said.content.replace('"reason": "Seen."', f'"reason": "{request.key}"'))

    server.brain = echo if brain == "honest" else only(BRAINS[brain], "judge")
    report = research(home, server, trace=True)
    assert (brain == "honest") == (report.counts.claims_not_checked == 0)
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {"replies.sqlite", "checkpoints.sqlite3"} <= {path.name for path in files}
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    for rendered in (render_markdown(report), render_html(report), render_json(report)):
        assert KEY not in rendered


def test_tracing_variables_of_the_environment_send_nothing(
    home: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as elsewhere:
        for name, value in {
            "LANGSMITH_TRACING": "true",
            "LANGCHAIN_TRACING_V2": "true",
            "LANGSMITH_ENDPOINT": elsewhere.base_url,
            "LANGSMITH_API_KEY": "lsv2_test",
        }.items():
            monkeypatch.setenv(name, value)
        # It remembers the environment of earlier tests.
        langsmith.utils.get_env_var.cache_clear()  # type: ignore[attr-defined]
        report = research(home, server)
        wait_for_all_tracers()
        langsmith.utils.get_env_var.cache_clear()  # type: ignore[attr-defined]
        assert report.rating.score is not None
        assert elsewhere.connections == 0


# --- calls ----------------------------------------------------------------------------------------


def test_the_same_question_repeats_no_call(home: Path, server: Server) -> None:
    first, second = research(home, server), research(home, server)
    assert len(server.requests) == 13
    assert sum(usage.cached for usage in second.usage) == 13
    assert sum(usage.calls for usage in second.usage) == 0
    assert second.claims == first.claims
    assert second.verdicts == first.verdicts
    assert second.draft == first.draft
    assert second.run_id != first.run_id
    # Nor would it at another time: no prompt tells when it was, or which run this is.
    prompts = "".join(request.prompt for request in server.requests)
    assert first.run_id not in prompts
    assert not re.search(r"\d\d:\d\d:\d\d", prompts)


def test_a_mixed_panel_asks_only_for_its_models_seats(
    home: Path, server: Server, tmp_path: Path
) -> None:
    panel = tmp_path / "mixed.yaml"
    panel.write_text(
        "name: mixed\nquorum: 3\nreviewers:\n"
        "  - {id: strict, checklist: evidence, model: other, samples: 2}\n"
        "  - {id: numbers, checklist: numbers, engine: local}\n"
        "  - {id: auditor, checklist: audit, engine: local}\n"
    )
    report = research(home, server, panel=str(panel))
    asked = [request.model for request in server.requests if request.role == "critic"]
    assert asked == ["other", "other"]
    engines = {review.reviewer: review.engine for review in report.reviews}
    assert engines == {"strict": "llm:other", "numbers": "local", "auditor": "local"}
    assert report.rating.score is not None


def nothing_settled(request: ChatRequest) -> Reply:
    """No other paper says anything, and every reviewer asks for a search: the longest way."""
    made = json.loads(honest(request).content)
    if request.role == "judge":
        texts = {labels["id"]: text for labels, text in enclosed(request.prompt, "window")}
        for claim in made["claims"]:
            for window in claim["windows"]:
                if window["quote"] != texts[window["window"]][: len(window["quote"])]:
                    window |= {"stance": "neutral", "quote": ""}
    if request.role == "critic":
        fault = {"what": "More evidence on old poetry is needed.", "severity": "major"}
        made["findings"] = [fault | {"quote": None, "place": None, "remedy": "search"}]
    return Reply(json.dumps(made))


def test_a_default_question_takes_few_calls_and_few_in_a_row(
    large_home: Path, server: Server
) -> None:
    server.brain, server.latency = nothing_settled, 0.1
    with assignee(large_home, server, revisions=0) as program:
        report = program.research(QUESTION)
    assert (report.counts.papers_read, report.counts.claims, report.counts.rounds) == (16, 24, 2)
    evidence = ["extractor", "judge"]
    assert waves(server) == ["planner", *evidence, *evidence, "writer", "critic"]
    assert len(server.requests) <= 32
    assert server.most_in_flight > 1


def test_a_revision_with_another_search_stays_below_45_calls(
    large_home: Path, server: Server
) -> None:
    server.brain = nothing_settled
    with assignee(large_home, server) as program:
        report = program.research(QUESTION)
        check_nothing_invented(report, program.library)
    assert report.revision is not None
    assert report.counts.rounds == 3
    assert estimated_calls(settings(large_home, server)).most == 45
    assert len(server.requests) <= 45, Counter(request.role for request in server.requests)
    assert attempts(server) == 1
