"""Comparisons of panels: p values, verdicts, and how often a true null is rejected."""

import itertools

import numpy as np
import pytest

from assignee.evals.bootstrap import Floats, resampled
from assignee.evals.statistics.correlation import spearman
from assignee.evals.statistics.error import mae
from assignee.evals.statistics.ranks import standings
from assignee.evals.statistics.significance import (
    compared,
    holm,
    least_documents,
    least_p,
    mean_permutation_p,
    permutation_p,
    power_table,
)

DOCUMENTS, COPIES = 25, 3
GROUPS = [f"document {item // COPIES}" for item in range(DOCUMENTS * COPIES)]


def panels(rng: np.random.Generator, *, worse_by: float = 1.0) -> tuple[Floats, Floats, Floats]:
    """The truth and two panels' scores; truth and errors are shared within a document.

    The second panel's errors are `worse_by` times as large: 1 is a true null.
    """

    def clustered() -> Floats:
        shared = rng.normal(size=DOCUMENTS)[np.repeat(np.arange(DOCUMENTS), COPIES)]
        return shared + rng.normal(size=len(GROUPS))

    truth = clustered()
    return truth, truth + clustered(), truth + worse_by * clustered()


def spearman_p(truth: Floats, one: Floats, other: Floats, permutations: int) -> float:
    """P of the difference in rank correlation with the truth."""
    both, twice = np.concatenate([one, other]), np.tile(truth, 2)
    found = permutation_p(lambda w: spearman(both, twice, w), GROUPS, permutations=permutations)
    assert found is not None
    return found


def mae_p(truth: Floats, one: Floats, other: Floats, permutations: int) -> float:
    """P of the difference in mean absolute error."""
    gaps = np.abs(one - truth) - np.abs(other - truth)
    found = mean_permutation_p(gaps, GROUPS, permutations=permutations)
    assert found is not None
    return found


def test_a_true_null_is_rejected_as_often_as_it_should_be() -> None:
    rng = np.random.default_rng(20240501)
    weights = resampled(GROUPS, replicates=199)
    rejected = np.zeros(3)
    for _ in range(1000):
        truth, one, other = panels(rng)
        p_values = mae_p(truth, one, other, 199), spearman_p(truth, one, other, 199)
        errors = mae(one, truth, weights), mae(other, truth, weights)
        verdict = compared(*errors, p_value=p_values[0], higher_is_better=False).verdict
        rejected += [p_values[0] <= 0.05, p_values[1] <= 0.05, verdict != "inconclusive"]
    assert rejected[:2] / 1000 == pytest.approx([0.05, 0.05], abs=0.015)
    assert rejected[2] <= rejected[0]


def test_a_clear_difference_is_found() -> None:
    truth, good, bad = panels(np.random.default_rng(1), worse_by=8)
    weights = resampled(GROUPS, replicates=500)
    p_value = spearman_p(truth, good, bad, 500)
    assert p_value <= 0.05
    good_, bad_ = spearman(good, truth, weights), spearman(bad, truth, weights)
    assert compared(good_, bad_, p_value).verdict == "better"
    assert compared(bad_, good_, p_value).verdict == "worse"
    errors = mae(good, truth, weights), mae(bad, truth, weights)
    p_value = mae_p(truth, good, bad, 500)
    found = compared(*errors, p_value=p_value, higher_is_better=False)
    assert found.verdict == "better"
    assert found.difference.value == pytest.approx(errors[0][0] - errors[1][0])


def test_an_uncertain_difference_says_what_could_have_been_found() -> None:
    rng = np.random.default_rng(5)
    first = np.concatenate([[0.41], 0.41 + 0.1 * rng.normal(size=20_000)])
    found = compared(first, np.full(20_001, 0.4), 0.9)
    assert found.verdict == "inconclusive"
    assert found.standard_error == pytest.approx(0.1, rel=0.02)
    assert found.detectable == pytest.approx(0.28, rel=0.02)


def test_an_interval_or_a_p_alone_is_no_verdict() -> None:
    clear, unclear = np.linspace(0.1, 0.3, 101), np.linspace(-0.1, 0.3, 101)
    assert compared(clear, np.zeros(101), 0.01).verdict == "better"
    assert compared(clear, np.zeros(101), 0.06).verdict == "inconclusive"
    assert compared(clear, np.zeros(101), None).verdict == "inconclusive"
    assert compared(unclear, np.zeros(101), 0.01).verdict == "inconclusive"


def test_panels_that_say_the_same() -> None:
    truth, one, _ = panels(np.random.default_rng(2))
    assert mae_p(truth, one, one, 99) == 1
    assert spearman_p(truth, one, one, 99) == 1
    found = compared(np.full(9, 0.5), np.full(9, 0.5), 1.0)
    assert (found.verdict, found.standard_error, found.detectable) == ("inconclusive", 0, None)


def test_a_scale_of_its_own_makes_no_difference_to_standings() -> None:
    truth, one, _ = panels(np.random.default_rng(2))
    stretched = 100 + 50 * one
    assert spearman_p(truth, standings(one), standings(stretched), 99) == 1


def test_a_difference_that_is_undefined() -> None:
    nothing = np.full(5, np.nan)
    found = compared(nothing, np.zeros(5), None)
    assert (found.difference.value, found.standard_error, found.verdict) == (
        None,
        None,
        "inconclusive",
    )
    assert permutation_p(lambda w: np.full(len(w), np.nan), ["a", "b"], permutations=9) is None
    assert mean_permutation_p([np.nan, np.nan], ["a", "b"], permutations=9) is None


def test_p_values_come_near_those_of_all_swaps() -> None:
    truth, one, other = panels(np.random.default_rng(3), worse_by=1.5)
    gaps = (np.abs(one - truth) - np.abs(other - truth))[:24]
    groups = GROUPS[:24]
    sums = gaps.reshape(-1, COPIES).sum(axis=1)
    swaps = np.array(list(itertools.product([-1, 1], repeat=len(sums)))) @ sums
    exact = (np.abs(swaps) >= abs(sums.sum()) - 1e-12).mean()
    both, twice = np.concatenate([one[:24], other[:24]]), np.tile(truth[:24], 2)
    general = permutation_p(lambda w: mae(both, twice, w), groups, permutations=20_000)
    linear = mean_permutation_p(gaps, groups, permutations=20_000)
    assert [general, linear] == pytest.approx([exact, exact], abs=0.012)


@pytest.mark.parametrize("documents", [1, 2, 4, 7])
def test_the_least_p_is_that_of_all_swaps(documents: int) -> None:
    gaps = np.arange(1.0, documents + 1)
    swaps = np.array(list(itertools.product([1, -1], repeat=documents)))
    exact = np.mean(np.abs(swaps @ gaps) >= gaps.sum())
    assert least_p(documents) == exact


def test_so_many_documents_are_enough_and_one_fewer_is_not() -> None:
    for tests in (1, 3, 34, 100):
        enough = least_documents(tests)
        assert tests * least_p(enough) <= 0.05 < tests * least_p(enough - 1)


def test_replicates_that_differ_by_rounding_alone_have_no_error() -> None:
    rng = np.random.default_rng(0)
    alike = 0.476 + rng.uniform(-1e-16, 1e-16, size=200)
    found = compared(alike, np.zeros(200), 0.5)
    assert (found.standard_error, found.detectable) == (0.0, None)


def test_swaps_keep_a_document_together() -> None:
    seen: list[Floats] = []

    def metric(weights: Floats) -> Floats:
        seen.append(weights)
        return np.zeros(len(weights))

    permutation_p(metric, ["a", "b", "a"], permutations=50)
    weights = np.vstack(seen)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, :3] + weights[:, 3:] == 1).all()
    assert len(np.unique(weights, axis=0)) == 4


def test_undefined_permutations_count_as_extreme() -> None:
    def metric(weights: Floats) -> Floats:
        return np.where(weights[:, 0] == weights[:, 1], weights[:, 0], np.nan)

    p_value = permutation_p(metric, ["a", "b"], permutations=99)
    assert p_value == 1


def test_a_p_value_is_the_same_at_the_same_seed_and_never_zero() -> None:
    gaps = np.ones(30)
    groups = [str(item) for item in range(30)]
    assert mean_permutation_p(gaps, groups, permutations=999) == 1 / 1000
    assert mean_permutation_p(gaps[:3], groups[:3], seed=1) == mean_permutation_p(
        gaps[:3], groups[:3], seed=1
    )


def test_holm_by_hand() -> None:
    found = holm([0.01, 0.04, None, 0.03, 0.005])
    assert found == pytest.approx([0.03, 0.06, None, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([None]) == [None]


def test_power_by_simulation() -> None:
    plan = power_table([0.5, -0.25], standard_error=0.2, documents=25)
    # A standard deviation of 1 a document: (2.80 / 0.5)² and (2.80 / 0.25)².
    assert [(row.effect, row.documents) for row in plan] == [(0.5, 32), (-0.25, 126)]
    rng = np.random.default_rng(0)
    means = 0.5 + rng.normal(size=(20_000, 32)).mean(axis=1)
    assert (np.abs(means) > 1.96 / 32**0.5).mean() == pytest.approx(0.8, abs=0.02)
    with pytest.raises(ValueError, match="effect of 0"):
        power_table([0.0], standard_error=0.2, documents=25)
