"""Correlations against scipy on repeated items, and what humans among themselves reach."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assignee.evals.bootstrap import Floats, resampled
from assignee.evals.statistics.correlation import kendall, order_flips, pearson, spearman
from assignee.evals.statistics.humans import ceiling, one_human, reliability

NO = float("nan")
Correlation = Callable[[Any, Any, Floats], Floats]
SCIPY: list[tuple[Correlation, Callable[[Any, Any], Any]]] = [
    (pearson, stats.pearsonr),
    (spearman, stats.spearmanr),
    (kendall, stats.kendalltau),
]
PAIRS = st.lists(
    st.tuples(
        st.sampled_from([1, 2, 2.5, 8, -3, NO]), st.sampled_from([0, 0.1, 6, NO]), st.integers(0, 3)
    ),
    max_size=12,
)


@pytest.mark.parametrize(("ours", "scipys"), SCIPY)
@given(pairs=PAIRS)
@settings(max_examples=150, deadline=None)
def test_weighted_correlations_are_scipys_of_repeated_items(
    ours: Correlation, scipys: Callable[[Any, Any], Any], pairs: list[tuple[float, float, int]]
) -> None:
    x, y = np.array([p[0] for p in pairs], float), np.array([p[1] for p in pairs], float)
    times = np.array([p[2] for p in pairs], int)
    found = ours(x, y, np.array([np.ones(len(pairs)), times]))[1]
    drawn = np.repeat(np.arange(len(pairs)), times)
    drawn = drawn[~np.isnan(x[drawn] + y[drawn])]
    if len(set(x[drawn])) < 2 or len(set(y[drawn])) < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(scipys(x[drawn], y[drawn]).statistic, abs=1e-12)


@pytest.mark.parametrize(("ours", "scipys"), SCIPY)
def test_more_items_than_a_block_of_pairs(
    ours: Correlation, scipys: Callable[[Any, Any], Any]
) -> None:
    rng = np.random.default_rng(2)
    x = rng.integers(20, size=1500)
    y = x + rng.normal(size=1500) * 9
    weights = resampled([str(item) for item in range(1500)], replicates=3)
    drawn = np.repeat(np.arange(1500), weights[2].astype(int))
    expected = [scipys(x, y).statistic, scipys(x[drawn], y[drawn]).statistic]
    assert ours(x, y, weights)[[0, 2]] == pytest.approx(expected)


@pytest.mark.parametrize("ours", [pearson, spearman, kendall, order_flips])
def test_a_constant_and_nothing_have_no_correlation(ours: Correlation) -> None:
    assert np.isnan(ours([0.1 + 0.2] * 4, [1, 2, 3, 4], np.ones((1, 4)))).all()
    assert np.isnan(ours([1, 2, 3, 4], [7] * 4, np.ones((1, 4)))).all()
    assert np.isnan(ours([1], [2], np.ones((3, 1)))).all()
    assert np.isnan(ours([], [], np.ones((3, 0)))).all()
    assert np.isnan(ours([NO, 1, 2], [1, NO, 2], np.ones((1, 3)))).all()


def test_order_flips_count_pairs_tied_on_neither_side() -> None:
    # Of six pairs (0, 1) is tied; (2, 3) alone changes its order.
    assert order_flips([1, 1, 2, 3], [1, 2, 4, 3], np.ones((1, 4))) == pytest.approx([1 / 5])


def test_ranks_do_not_change_with_a_rising_scale() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=30), rng.normal(size=30)
    weights = resampled([str(item // 3) for item in range(30)], replicates=50)
    for ours in (spearman, kendall):
        assert ours(np.exp(x), y, weights) == pytest.approx(ours(x, y, weights))


def humans(items: int, noise: float, *, seed: int = 4) -> tuple[Floats, Floats]:
    """True scores, and three to five human scores of each item."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=items)
    scores = truth[:, None] + noise * rng.normal(size=(items, 5))
    scores[np.arange(5) >= rng.integers(3, 6, size=items)[:, None]] = NO
    return truth, scores


def test_the_ceiling_is_what_the_true_scores_reach() -> None:
    truth, scores = humans(4000, noise=1.5)
    reached = pearson(truth, np.nanmean(scores, axis=1), np.ones((1, 4000)))
    assert ceiling(scores, np.ones((1, 4000))) == pytest.approx(reached, abs=0.02)


def test_humans_who_always_agree_and_who_never_do() -> None:
    agreeing = np.repeat(np.arange(5.0)[:, None], 3, axis=1)
    assert ceiling(agreeing, np.ones((1, 5))) == pytest.approx([1])
    contrary = np.tile([1.0, 9.0], (5, 1))
    assert reliability(contrary, np.ones((1, 5))).tolist() == [0]
    alone = np.arange(5.0)[:, None]
    assert np.isnan(ceiling(alone, np.ones((1, 5)))).all()


def test_one_human_against_the_others() -> None:
    _, scores = humans(6000, noise=1.0)
    number = (~np.isnan(scores)).sum(axis=1)
    # One of variance 2 and a mean of variance 1 + 1/(n - 1) share the true score's variance of 1.
    expected = 1 / np.sqrt(2 * np.mean(1 + 1 / (number - 1)))
    found = one_human(scores, pearson, np.ones((1, 6000)))
    assert found == pytest.approx([expected], abs=0.02)


def test_every_human_stands_alone_equally_often() -> None:
    scores = np.array([[1.0, 2.0, 4.0, NO], [8.0, 3.0, NO, NO], [5.0, NO, NO, NO]])
    seen: list[list[tuple[float, float]]] = [[], [], []]

    def record(one: Any, others: Any, weights: Floats) -> Floats:
        for item, pair in enumerate(zip(one, others, strict=True)):
            seen[item].append(pair)
        return np.zeros(len(weights))

    one_human(scores, record, np.ones((1, 3)))
    assert sorted(seen[0]) == [(1, 3)] * 4 + [(2, 2.5)] * 4 + [(4, 1.5)] * 4
    assert sorted(seen[1]) == [(3, 8)] * 6 + [(8, 3)] * 6
    assert np.isnan(seen[2]).all()


def test_one_human_is_the_same_at_the_same_seed() -> None:
    _, scores = humans(50, noise=1.0)
    weights = resampled([str(item) for item in range(50)], replicates=20)
    assert (one_human(scores, spearman, weights) == one_human(scores, spearman, weights)).all()
    assert (
        one_human(scores, spearman, weights, seed=1) != one_human(scores, spearman, weights)
    ).any()
