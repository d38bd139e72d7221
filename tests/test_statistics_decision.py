"""Decisions, errors and repeatability; what is fitted never sees the item's own document."""

import itertools
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.evals.bootstrap import resampled
from assignee.evals.statistics.agreement import icc
from assignee.evals.statistics.decision import auc, balanced_accuracy, best_threshold, decided
from assignee.evals.statistics.error import Calibration, calibrated, constant, mae, rmse
from assignee.evals.statistics.folds import folds_of
from assignee.evals.statistics.repeatability import (
    decision_flips,
    epoch_icc,
    order_flips,
    within_sd,
)

NO = float("nan")


@given(
    items=st.lists(
        st.tuples(st.sampled_from([1, 2, 3, NO]), st.sampled_from([0, 1, NO]), st.integers(0, 3)),
        max_size=10,
    )
)
@settings(max_examples=200, deadline=None)
def test_auc_is_the_share_of_pairs_told_apart(items: list[tuple[float, float, int]]) -> None:
    scores, decisions, times = (np.array([item[n] for item in items], float) for n in range(3))
    found = auc(scores, decisions, np.array([np.ones(len(items)), times]))[1]
    drawn = [item for item in items for _ in range(item[2])]
    yes = [score for score, decision, _ in drawn if decision == 1 and score == score]
    no = [score for score, decision, _ in drawn if decision == 0 and score == score]
    wins = [(a > b) + (a == b) / 2 for a, b in itertools.product(yes, no)]
    assert found == pytest.approx(np.mean(wins) if wins else NO, nan_ok=True)


def test_balanced_accuracy_by_hand() -> None:
    said, decisions = [1, 1, 0, 0, NO, 1], [1, 1, 1, 0, 1, 0]
    assert balanced_accuracy(said, decisions, np.ones((1, 6))) == pytest.approx(
        [(2 / 3 + 1 / 2) / 2]
    )
    doubled = np.array([[1.0, 1, 2, 1, 1, 0]])
    assert balanced_accuracy(said, decisions, doubled) == pytest.approx([(2 / 4 + 1) / 2])
    assert np.isnan(balanced_accuracy([1, 1], [1, 1], np.ones((1, 2)))).all()


@given(items=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 1)), min_size=2, max_size=12))
def test_no_threshold_is_better_than_the_best(items: list[tuple[int, int]]) -> None:
    scores, decisions = (np.array([item[n] for item in items], float) for n in range(2))
    threshold = best_threshold(scores, decisions)
    if len(set(scores)) < 2 or len(set(decisions)) < 2:
        assert np.isnan(threshold)
        return
    weights = np.ones((1, len(items)))
    between = [score + 0.5 for score in range(int(scores.min()), int(scores.max()))]
    tried = [balanced_accuracy(scores >= cut, decisions, weights)[0] for cut in between]
    assert balanced_accuracy(scores >= threshold, decisions, weights) == pytest.approx([max(tried)])


def test_a_document_is_in_one_fold() -> None:
    groups = [f"paper {item % 23}" for item in range(100)]
    folds = folds_of(groups, folds=5)
    for group in set(groups):
        assert len({fold for fold, name in zip(folds, groups, strict=True) if name == group}) == 1
    assert np.bincount(folds).min() >= 16
    assert (folds == folds_of(groups, folds=5)).all()
    assert set(folds_of(["a", "b", "a"], folds=10)) == {0, 1}


def test_thresholds_and_lines_never_see_the_own_fold() -> None:
    rng = np.random.default_rng(6)
    scores = rng.normal(size=60)
    truth = 2 * scores + rng.normal(size=60)
    decisions = (truth > 0).astype(float)
    folds = folds_of([str(item // 3) for item in range(60)], folds=5)
    own = folds == 2
    spoilt, overturned = (
        np.where(own, 1000 * rng.normal(size=60), truth),
        np.where(own, 1 - decisions, decisions),
    )
    assert (decided(scores, decisions, folds) == decided(scores, overturned, folds))[own].all()
    assert (decided(scores, decisions, folds) != decided(scores, overturned, folds)).any()
    for by in get_args(Calibration):
        as_is, moved = (calibrated(scores, aim, folds, by=by) for aim in (truth, spoilt))
        assert (as_is == moved)[own].all()
        assert (as_is != moved)[~own].all()
    assert (constant(truth, folds) == constant(spoilt, folds))[own].all()
    assert (constant(truth, folds) != constant(spoilt, folds))[~own].all()


def test_decisions_that_cannot_be_fitted() -> None:
    folds = np.array([0, 0, 1, 1])
    assert np.isnan(decided([1, 2, 3, 4], [0, 1, 1, 1], folds))[:2].all()
    assert np.isnan(decided([1, 2, 3, 4], [0, 1, 0, 1], np.zeros(4, int))).all()
    with_missing = decided([1, NO, 1, 4], [0, 1, 0, 1], folds)
    assert np.isnan(with_missing).tolist() == [False, True, True, True]


def test_errors_by_hand() -> None:
    predicted, truth = [1.0, 2.0, NO, 9.0], [2.0, 5.0, 1.0, NO]
    weights = np.array([[1.0, 1, 1, 1], [3, 1, 1, 1], [0, 0, 1, 1]])
    assert mae(predicted, truth, weights) == pytest.approx([2, 1.5, NO], nan_ok=True)
    assert rmse(predicted, truth, weights) == pytest.approx([5**0.5, 3**0.5, NO], nan_ok=True)


def test_calibration_by_an_offset_and_by_a_line() -> None:
    scores = np.array([1.0, 2, 3, 4, 5, 6])
    folds = np.array([0, 1, 2, 0, 1, 2])
    assert calibrated(scores, scores + 3, folds) == pytest.approx(scores + 3)
    assert calibrated(scores, 7 - 2 * scores, folds, by="line") == pytest.approx(7 - 2 * scores)
    missing = np.where(scores == 2, NO, scores)
    assert np.isnan(calibrated(missing, scores, folds)).tolist() == [s == 2 for s in scores]
    assert np.isnan(calibrated(scores, scores, np.zeros(6, int))).all()


def test_the_constant_baseline_is_the_mean_of_the_other_folds() -> None:
    folds = np.array([0, 0, 1, 1])
    assert constant([1, 3, 10, NO], folds) == pytest.approx([10, 10, 2, 2])
    flat = calibrated([5, 5, 5, 5], [1, 3, 10, 12], folds, by="line")
    assert flat == pytest.approx(constant([1, 3, 10, 12], folds))


EPOCHS = np.array([[1.0, 3, NO], [5, 5, 5], [8, NO, NO], [2, 4, 6]])


def test_repeatability_by_hand() -> None:
    once = np.ones((1, 4))
    # Squares 2, 0 and 8 on 1, 2 and 2 degrees of freedom.
    assert within_sd(EPOCHS, once) == pytest.approx([(10 / 5) ** 0.5])
    # Item 0: 1 of 1 pair differ; item 1: none; item 3: 2 of 3.
    assert decision_flips(EPOCHS, 3, once) == pytest.approx([(1 + 0 + 2 / 3) / 3])
    assert decision_flips(EPOCHS, 3, np.array([[0.0, 1, 5, 3]])) == pytest.approx([2 / 4])


def test_order_flips_over_epochs() -> None:
    # Epochs 1 and 2 swap items 0 and 1; epoch 3 is as epoch 1: flips 1/3, 0 and 1/3.
    scores = [[1, 2, 1], [2, 1, 2], [3, 3, 3]]
    assert order_flips(scores, np.ones((1, 3))) == pytest.approx([2 / 9])


def test_epochs_of_equal_number_have_the_first_intraclass_correlation() -> None:
    rng = np.random.default_rng(9)
    scores = rng.normal(size=(30, 1)) + rng.normal(size=(30, 4))
    weights = resampled([str(item // 2) for item in range(30)], replicates=40)
    assert epoch_icc(scores, weights) == pytest.approx(icc(scores, weights)["ICC(1,1)"])


def test_a_panel_that_always_says_the_same_of_an_item() -> None:
    scores = np.repeat([[1.0], [4.0], [6.0]], 3, axis=1)
    once = np.ones((1, 3))
    assert within_sd(scores, once).tolist() == [0]
    assert epoch_icc(scores, once) == pytest.approx([1])
    assert decision_flips(scores, 4, once).tolist() == [0]
    assert order_flips(scores, once).tolist() == [0]


def test_one_epoch_tells_nothing() -> None:
    scores, once = [[1.0], [2.0]], np.ones((1, 2))
    found = (within_sd(scores, once), epoch_icc(scores, once), decision_flips(scores, 1, once))
    assert np.isnan(found).all()
    assert np.isnan(order_flips(scores, once)).all()
