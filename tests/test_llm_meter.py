"""The meter: what is booked, what is unknown, and when no further call may start."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limit
from hypothesis import strategies as st

from assignee.engines.llm.meter import BudgetSpent, LLMMeter, RateLimit
from assignee.engines.llm.reading import Answer
from assignee.settings import Settings


def meter(**chosen: Any) -> LLMMeter:
    clock = chosen.pop("clock", lambda: 0.0)
    return LLMMeter(Settings(home=Path("unused"), **chosen), clock=clock)


def call(one: LLMMeter, prompt: int | None = 100, completion: int | None = 20) -> None:
    ticket = one.admit("judge", "m", characters=300)
    answer = Answer("x" * 60, prompt_tokens=prompt, completion_tokens=completion)
    one.settle(ticket, "answered", seconds=0.5, answer=answer)


def test_usage_is_booked_a_role_and_model() -> None:
    one = meter(price_input=1.0, price_output=10.0)
    call(one)
    call(one)
    one.cached("judge", "m")
    one.failed("judge", "m")
    one.cached("writer", "w")
    [judge, writer] = one.usages()
    assert (judge.role, judge.model, judge.calls, judge.cached, judge.failed) == (
        "judge",
        "m",
        2,
        1,
        1,
    )
    assert (judge.prompt_tokens, judge.completion_tokens, judge.seconds) == (200, 40, 1.0)
    assert judge.cost == pytest.approx((200 * 1 + 40 * 10) / 1e6)
    assert (writer.calls, writer.prompt_tokens, writer.cost) == (0, 0, 0.0)


def test_unknown_tokens_are_unknown_and_not_zero() -> None:
    one = meter(price_input=1.0, price_output=1.0)
    call(one)
    call(one, prompt=None)
    [usage] = one.usages()
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cost) == (None, None, None)
    assert one.warnings() == ("the endpoint did not say the tokens of 1 calls: usage is unknown",)


def test_without_a_price_the_cost_is_unknown() -> None:
    one = meter()
    call(one)
    assert one.usages()[0].prompt_tokens == 100
    assert one.usages()[0].cost is None


def test_refused_calls_cost_nothing_and_unreached_ones_are_no_calls() -> None:
    one = meter()
    for outcome in ("refused", "unreached"):
        one.settle(one.admit("judge", "m", characters=9), outcome, seconds=0.1)
    [usage] = one.usages()
    assert (usage.calls, usage.prompt_tokens) == (1, 0)
    one.settle(one.admit("judge", "m", characters=9), "lost", seconds=0.1)
    assert one.usages()[0].prompt_tokens is None


def test_a_crowd_cannot_overshoot_the_budget_of_calls() -> None:
    one = meter(max_calls=10)

    def start(_: int) -> bool:
        try:
            one.admit("judge", "m", characters=30)
        except BudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(start, range(64))) == 10
    assert one.warnings() == ("the budget is spent: 10 of 10 calls; raise it or ask for less",)


def test_tokens_in_flight_count_by_length() -> None:
    one = meter(max_tokens=250)
    one.admit("judge", "m", characters=600)
    one.admit("judge", "m", characters=600)
    with pytest.raises(BudgetSpent, match="of 250 tokens"):
        one.admit("judge", "m", characters=3)


def test_unknown_tokens_count_towards_budgets_by_length() -> None:
    one = meter(max_tokens=119)
    call(one, prompt=None, completion=None)
    with pytest.raises(BudgetSpent, match="120 of 119 tokens"):
        one.admit("judge", "m", characters=0)


def test_money_is_a_budget() -> None:
    one = meter(max_cost=0.0002, price_input=1.0, price_output=5.0)
    call(one)
    with pytest.raises(BudgetSpent, match=r"\$0\.0002 of \$0\.0002"):
        one.admit("judge", "m", characters=0)


def test_seconds_are_a_budget() -> None:
    now = [0.0]
    one = meter(max_seconds=5, clock=lambda: now[0])
    call(one)
    now[0] = 5.0
    with pytest.raises(BudgetSpent, match="5 of 5 seconds"):
        one.admit("judge", "m", characters=0)


def test_warnings_are_said_once() -> None:
    one = meter()
    one.warn("so")
    one.warn("so")
    assert one.warnings() == ("so",)


@given(st.floats(0.2, 600), st.lists(st.floats(0, 20), min_size=1, max_size=60))
@limit(max_examples=60)
def test_no_window_holds_more_starts_than_allowed(per_minute: float, gaps: list[float]) -> None:
    rate, now, starts = RateLimit(per_minute), 0.0, []
    for gap in gaps:
        now += gap
        wait = rate.reserve(now)
        assert wait >= 0
        starts.append(now + wait)
    most = max(1, int(per_minute))
    window = 60 * most / per_minute
    assert starts == sorted(starts)
    assert all(
        later - earlier >= window * (1 - 1e-9)
        for earlier, later in zip(starts, starts[most:], strict=False)
    )
