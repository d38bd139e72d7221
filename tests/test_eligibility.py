"""The user's criteria, decided by a language model: quoted, checked, counted, and without it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from llm_makers import KEY, engine
from makers import HashingEmbedder, paper
from openai_brains import BRAINS, ChatRequest, Reply, enclosed, honest
from openai_server import Server

from assignee import Assignee, Settings
from assignee.agents.criteria import Candidate, Ruling
from assignee.agents.eligibility import Asked, asked
from assignee.agents.screening import compared, judged
from assignee.engines.llm.engine import estimated_calls
from assignee.records import Report, Screened, Terms

ADULTS, MICE = "Studies in adults", "Experiments on mice"
TERMS = Terms(include=(ADULTS,), exclude=(MICE,))
NURSES = Candidate(paper("nurses"), "Sixty nurses drank coffee. Their reaction times fell.")
RODENTS = Candidate(paper("rodents"), "Mice were kept awake. Their reaction times rose.")
UNTOLD = Candidate(paper("untold"), "Reaction times fell after coffee.")
POOL = (NURSES, RODENTS, UNTOLD)


BY_RULES = (
    f"it falls under “{MICE}”: title and abstract come 0.67 close to “experiments on mice” "
    "(decided by rules)"
)


def told(*answers: tuple[str, str, str, str, str]) -> Callable[[ChatRequest], Reply]:
    """A brain that says (paper, criterion, decision, quote, reason)."""
    papers: dict[str, list[dict[str, str]]] = {}
    for place, criterion, decision, quote, reason in answers:
        given = {"criterion": criterion, "decision": decision, "quote": quote, "reason": reason}
        papers.setdefault(place, []).append(given)
    reply = {"papers": [{"paper": name, "criteria": said} for name, said in papers.items()]}
    return lambda request: Reply(json.dumps(reply))


SENSIBLE = told(
    ("P1", "K1", "met", "Sixty nurses", "nurses are adults"),
    ("P1", "K2", "cannot tell", "", "no animals are named"),
    ("P2", "K1", "not met", "Mice were kept awake.", "the subjects are mice"),
    ("P2", "K2", "met", "Mice were kept awake", "the subjects are mice"),
    ("P3", "K1", "cannot tell", "", "subjects are not named"),
)


async def screened(
    brain: Callable[[ChatRequest], Reply], home: Path, terms: Terms = TERMS
) -> tuple[Asked, dict[str, Screened], str]:
    with Server(brain) as server:
        async with engine(server, home) as llm:
            assert llm.engine.screener is not None
            found = await asked(POOL, terms, llm.engine.screener)
            closeness = await compared(POOL, terms, llm.engine.ranker)
            name = llm.engine.screener.name
    rows = judged(
        POOL, relevance={}, limit=9, terms=terms, closeness=closeness, answers=found.answers,
        screener=name,
    )  # fmt: skip
    return found, {row.paper_id: row for row in rows}, name


async def test_the_model_decides_and_the_reason_shows_it(tmp_path: Path) -> None:
    found, rows, name = await screened(SENSIBLE, tmp_path)
    assert name.startswith("llm:fake screener@")
    assert found.failures == {}
    assert rows["rodents"].decision == "excluded"
    assert rows["rodents"].by == "criteria"
    assert rows["rodents"].reason == (
        f"it does not meet “{ADULTS}”: the subjects are mice: “Mice were kept awake.” "
        f"(decided by {name})"
    )
    assert rows["nurses"].decision == "included"
    assert rows["untold"].decision == "included"
    assert rows["untold"].reason.endswith(
        f"; could not be decided by {name}: “{ADULTS}” and “{MICE}”"
    )


@pytest.mark.parametrize("quote", ["", "Rats were kept awake.", "nurses", "Mice kept awake"])
async def test_without_words_of_the_paper_a_decision_keeps_it(quote: str, tmp_path: Path) -> None:
    brain = told(
        ("P2", "K1", "not met", quote, "so"), ("P2", "K2", "met", quote, "so"),
        ("P1", "K1", "met", "", "so"), ("P3", "K1", "met", "", "so"),
    )  # fmt: skip
    found, rows, _ = await screened(brain, tmp_path)
    assert found.answers["rodents"] == {ADULTS: Ruling(None), MICE: Ruling(None)}
    assert rows["rodents"].decision == "included"


async def test_what_rules_know_is_not_asked_and_goes_before(tmp_path: Path) -> None:
    terms = Terms(include=("Published since 2021",))
    found, rows, _ = await screened(BRAINS["401"], tmp_path, terms)
    assert found == Asked({}, {})
    assert rows["nurses"].reason == (
        "it does not meet “Published since 2021”: it is of 2020 (decided by rules)"
    )


async def test_a_paper_that_the_reply_leaves_out_is_left_to_rules(tmp_path: Path) -> None:
    found, rows, _ = await screened(told(("P1", "K1", "met", "Sixty nurses", "so")), tmp_path)
    assert found.failures == dict.fromkeys(("rodents", "untold"), "it was left out of the reply")
    assert rows["rodents"].reason == BY_RULES
    assert rows["untold"].reason.endswith(f"decided by rules: “{ADULTS}” and “{MICE}”")


@pytest.mark.parametrize("brain", ["prose", "500", "401", "truncated", "empty"])
async def test_when_the_model_fails_rules_decide(brain: str, tmp_path: Path) -> None:
    found, rows, _ = await screened(BRAINS[brain], tmp_path)
    assert found.answers == {}
    assert found.failures.keys() == {"nurses", "rodents", "untold"}
    assert rows["rodents"].reason == BY_RULES
    assert rows["nurses"].decision == rows["untold"].decision == "included"


async def test_invented_papers_and_criteria_are_dropped(tmp_path: Path) -> None:
    found, rows, _ = await screened(BRAINS["nonsense"], tmp_path)
    assert found.answers == {"nurses": {ADULTS: Ruling(None), MICE: Ruling(None)}}
    assert rows["nurses"].decision == "included"


async def test_ten_papers_are_asked_a_call_within_the_budget(tmp_path: Path) -> None:
    pool = [Candidate(paper(f"p{n}"), f"Coffee number {n} was drunk.") for n in range(25)]
    with Server(honest) as server:
        async with engine(server, tmp_path / "all") as llm:
            assert llm.engine.screener is not None
            found = await asked(pool, TERMS, llm.engine.screener)
            [usage] = llm.meter.usages()
        async with engine(server, tmp_path / "two", max_calls=2, concurrency=1) as llm:
            assert llm.engine.screener is not None
            part = await asked(pool, TERMS, llm.engine.screener)
    assert len(found.answers) == 25
    assert (usage.role, usage.calls) == ("screener", 3)
    assert len(part.answers) + len(part.failures) == 25
    assert len(part.failures) in (5, 10)
    assert all("the budget is spent" in why for why in part.failures.values())


def test_criteria_count_in_the_estimate_of_calls(tmp_path: Path) -> None:
    plain = estimated_calls(Settings(home=tmp_path))
    asked_for = estimated_calls(Settings(home=tmp_path, include=(ADULTS,)))
    assert asked_for.fewest == plain.fewest + 2
    assert asked_for.most == plain.most + 4 + 2 * 2


def run(home: Path, brain: Callable[[ChatRequest], Reply]) -> tuple[Report, Server]:
    with Server(brain) as server:
        settings = Settings(
            home=home, engine="llm", base_url=server.base_url, api_key=KEY, model="fake",
            offline_demo=True, include=("Human feedback of labelers",),
            exclude=("Sourdough bread",), max_papers=3, max_claims=3, rounds=1, revisions=0,
            full_text=False, panel="single",
        )  # fmt: skip
        with Assignee(settings, embedder=HashingEmbedder()) as assignee:
            question = "Does human feedback make language models more truthful?"
            return assignee.research(question), server


def unfit(request: ChatRequest) -> Reply:
    return Reply("No.") if request.role == "screener" else honest(request)


def test_a_whole_run_asks_about_each_paper_once(tmp_path: Path) -> None:
    report, server = run(tmp_path, honest)
    calls = [request for request in server.requests if request.role == "screener"]
    shown = [text for request in calls for _, text in enclosed(request.prompt, "paper")]
    assert len(shown) == len(set(shown)) > 0
    assert {usage.role: usage.calls for usage in report.usage}["screener"] == len(calls)
    reasons = [row.reason for row in report.search.screening]
    assert any("decided by llm:fake screener@" in reason for reason in reasons)
    assert not [warning for warning in report.warnings if "criteria" in warning]


def test_a_run_whose_screener_fails_says_that_rules_decided(tmp_path: Path) -> None:
    report, _ = run(tmp_path, unfit)
    [told_, *_] = [
        warning for warning in report.warnings if "rules decided the criteria" in warning
    ]
    assert "gave no usable reply as screener" in told_
    assert report.claims
