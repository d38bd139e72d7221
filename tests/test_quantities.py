"""Numbers read with their units and bounds, and checked against evidence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.reading.quantities import compare, quantities
from assignee.records import NumberCheck


def read(text: str) -> list[tuple[float, float | None, str, str]]:
    return [(q.value, q.high, q.unit, q.comparator) for q in quantities(text)]


READ = [
    ("a 7B model", 7e9, ""),
    ("1.5 billion parameters", 1.5e9, "parameter"),
    ("175B parameters", 1.75e11, "parameter"),
    ("the 70B-parameter Chinchilla model", 7e10, "parameter"),
    ("70K steps", 7e4, "step"),
    ("1.4 trillion tokens", 1.4e12, "token"),
    ("10^12 FLOPs", 1e12, "flop"),
    ("$10^{12}$ tokens", 1e12, "token"),
    ("10⁻³", 1e-3, ""),
    ("3.2 × 10^5", 3.2e5, ""),
    ("5.95e-12", 5.95e-12, ""),
    (r"$5.95\text{e-}12$", 5.95e-12, ""),
    ("1,234,567 words", 1234567, "word"),
    ("67.5%", 67.5, "%"),
    ("67·5%", 67.5, "%"),
    ("3·10^5", 3e5, ""),
    (r"85.41\%", 85.41, "%"),
    ("70 percent", 70, "%"),
    ("4.2 percentage points", 4.2, "pp"),
    ("1.5 pp", 1.5, "pp"),
    ("2% absolute", 2, "pp"),
    ("4 times as much", 4, "x"),
    ("3x faster", 3, "x"),
    (r"3$\times$ faster", 3, "x"),
    ("a 10-fold rise", 10, "x"),
    ("twice as many", 2, "x"),
    ("it doubled", 2, "x"),
    ("a threefold rise", 3, "x"),
    ("half the parameters", 0.5, "x"),
    ("two orders of magnitude", 100, "x"),
    ("three tasks", 3, "task"),
    ("a million examples", 1e6, "example"),
    ("400 language models", 400, "model"),
    ("1,000 carefully chosen prompt-response pairs", 1000, "pair"),
    ("a 5-shot prompt", 5, "shot"),
    ("10ms", 10, "ms"),
    ("80 GB", 80, "gb"),
    ("$5 million", 5e6, "usd"),
    ("−3.2%", -3.2, "%"),
    ("p = .02", 0.02, "p"),
    ("2000 examples", 2000, "example"),
]


@pytest.mark.parametrize(("text", "value", "unit"), READ)
def test_values_and_units(text: str, value: float, unit: str) -> None:
    ((found, high, found_unit, comparator),) = read(text)
    assert found == pytest.approx(value)
    assert (high, found_unit, comparator) == (None, unit, "=")


BOUNDS = [
    ("over 70%", ">"),
    ("more than 400 models", ">"),
    ("at least 12 layers", ">="),
    ("up to 500 tokens", "<="),
    ("50 tokens or more", ">="),
    ("fewer than 30 patients", "<"),
    ("under 3B", "<"),
    ("about 60 tasks", "~"),
    ("nearly 70 percent", "~"),
    ("P<0.05", "<"),
    ("50+ tasks", ">="),
    ("5% or higher", ">="),
    ("must not exceed 20 GB", "<="),
    ("averaged over 5 runs", "="),
]


@pytest.mark.parametrize(("text", "comparator"), BOUNDS)
def test_bounds(text: str, comparator: str) -> None:
    assert [quantity.comparator for quantity in quantities(text)] == [comparator]


RANGES = [
    ("5–10%", 5, 10, "%"),
    ("between 5% and 10%", 5, 10, "%"),
    ("5 to 500 billion tokens", 5e9, 5e11, "token"),
    ("from 70M to 16B parameters", 7e7, 1.6e10, "parameter"),
]


@pytest.mark.parametrize(("text", "low", "high", "unit"), RANGES)
def test_ranges(text: str, low: float, high: float, unit: str) -> None:
    assert read(text) == [(low, high, unit, "=")]


def test_a_change_is_two_numbers_and_no_range() -> None:
    assert [q[0] for q in read("accuracy increased from 60% to 70%")] == [60, 70]


def test_a_spread_belongs_to_its_value() -> None:
    (quantity,) = quantities("67.5 ± 0.3%")
    assert (quantity.value, quantity.unit, quantity.tolerance) == (67.5, "%", 0.3)


@pytest.mark.parametrize(
    "text",
    [
        "as shown [12] and [3, 4] and [5–7]",
        "in 2020, and again (2021)",
        "(Smith et al., 2019)",
        "in Figure 3, Table 2, Section 4.1, Eq. (5) and Appendix A.2",
        "GPT-3, T5-3B, LLaMA-2, BERT-base2 and Llama 2",
        "arXiv:2001.08361 and https://example.org/2020/5",
        "Part II of type 2 diabetes in phase 3",
        "one of the two, the 1st and the 3rd",
        "a 3D map at 10:30 with a 2:4 pattern",
        "12 March 2020",
        "95% CI",
        "top-5 accuracy and CO2",
        "",
    ],
)
def test_digits_that_are_no_quantities_are_left_out(text: str) -> None:
    assert read(text) == []


CHECKS: list[tuple[str, str, NumberCheck]] = [
    ("67%", "67.5%", "agree"),
    ("67.5%", "67.6%", "disagree"),
    ("67.5%", "67.5% and 12%", "agree"),
    ("over 7%", "7.6%", "agree"),
    ("over 7%", "3%", "disagree"),
    ("over 7%", "7%", "no numbers"),
    ("7B", "7 billion parameters", "agree"),
    ("7B parameters", "13B parameters", "disagree"),
    ("7B", "13B", "disagree"),
    ("7B", "a value of 3.5", "no numbers"),
    ("by 5%", "by 5 percentage points", "disagree"),
    ("a rate of 5%", "by 5 percentage points", "no numbers"),
    ("by 5 percentage points", "by 5%", "disagree"),
    ("60 minutes", "1 hour", "agree"),
    ("2 hours", "2 days", "disagree"),
    ("10 ms", "10 s", "disagree"),
    ("10 ms", "3 days", "no numbers"),
    ("16 GB", "16 MB", "disagree"),
    ("an accuracy of 0.65", "65% accuracy", "agree"),
    ("an accuracy of 0.65", "55% accuracy", "no numbers"),
    ("the loss doubled", "a 100% higher loss", "agree"),
    ("cut by half", "cut by 50%", "agree"),
    ("two-thirds of users", "67% of users", "agree"),
    ("two-thirds of users", "50% of users", "disagree"),
    ("7B", "7 million parameters", "disagree"),
    ("7 million parameters", "7 billion parameters", "disagree"),
    ("at least 50%", "at most 50%", "disagree"),
    ("more than 50 tasks", "fewer than 50 tasks", "disagree"),
    ("at least 50 tasks", "50+ tasks", "agree"),
    ("at most 20 GB", "must not exceed 20 GB", "agree"),
    ("3 times faster", "a threefold speed-up", "agree"),
    ("p < 0.05", "p < 0.001", "agree"),
    ("p < 0.001", "p < 0.05", "no numbers"),
    ("p < 0.05", "p = 0.3", "disagree"),
    ("about 70%", "67.5%", "agree"),
    ("about 70%", "50%", "disagree"),
    ("about 20 times", "18.7 times", "agree"),
    ("as many as 400 models", "more than 400 models", "agree"),
    ("400 models", "more than 400 models", "agree"),
    ("300 models", "more than 400 models", "disagree"),
    ("500 models", "more than 400 models", "no numbers"),
    ("at least 5 tasks", "5 tasks", "agree"),
    ("60 to 70%", "65%", "agree"),
    ("60 to 70%", "80%", "disagree"),
    ("twice as fast", "2x faster", "agree"),
    ("65% and 12 tasks", "65% of users", "no numbers"),
    ("65% and 12 tasks", "65% on 9 tasks", "disagree"),
    ("67.52%", "67.5%", "no numbers"),
    ("nothing", "5%", "no numbers"),
    ("5%", "nothing", "no numbers"),
]


@pytest.mark.parametrize(("claim", "evidence", "expected"), CHECKS)
def test_claims_are_checked_against_evidence(
    claim: str, evidence: str, expected: NumberCheck
) -> None:
    assert compare(quantities(claim), quantities(evidence)) == expected


@given(st.text(alphabet="0123456789.,-–−%$^{}()[]eExKMB× ±<>~toand\\", max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_in_order_within_its_bounds(text: str) -> None:
    place = -1
    for quantity in quantities(text):
        assert place <= quantity.start < quantity.end <= len(text)
        assert quantity.high is None or quantity.high > quantity.value
        place = quantity.start


@given(
    st.floats(min_value=0.01, max_value=1e6, allow_nan=False).map(lambda value: round(value, 2)),
    st.sampled_from(["%", " tokens", "x", " percentage points", ""]),
)
@settings(max_examples=100, deadline=None)
def test_a_number_agrees_with_itself(value: float, unit: str) -> None:
    stated = quantities(f"it reached {value:.2f}{unit} there")
    assert compare(stated, stated) == "agree"


@pytest.mark.parametrize("fragment", ["\n", " ", "1,", "1 and ", "$a", "a-", "10^", "over ", "<a "])
def test_no_text_takes_quadratic_time(fragment: str) -> None:
    assert len(quantities(fragment * 10_000 + " 5%")) >= 1
