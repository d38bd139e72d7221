"""Metrics and the bootstrap, against values worked by hand and against identities."""

import doctest
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from assignee.evals import bootstrap, items, metrics, readers
from assignee.evals.bootstrap import estimate, mean, resampled

ONCE = np.ones((1, 4))


def once(count: int) -> bootstrap.Floats:
    """Weights of the sample itself."""
    return np.ones((1, count))


@pytest.mark.parametrize("module", [bootstrap, items, metrics, readers])
def test_examples_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted
    assert not result.failed


def test_a_known_confusion() -> None:
    # Gold 0: 2 right, 1 taken for 1. Gold 1: 1 right, 1 taken for 2. Gold 2: 2 right, 1 unjudged.
    gold, said = [0, 0, 0, 1, 1, 2, 2, 2], [0, 0, 1, 1, 2, 2, 2, 3]
    table = metrics.confusion(gold, said, once(8), classes=3)
    assert table[0].tolist() == [[2, 1, 0, 0], [0, 1, 1, 0], [0, 0, 2, 1]]
    assert metrics.accuracy(table) == pytest.approx([5 / 8])
    assert metrics.precision(table)[0] == pytest.approx([1, 1 / 2, 2 / 3])
    assert metrics.recall(table)[0] == pytest.approx([2 / 3, 1 / 2, 2 / 3])
    assert metrics.f1(table)[0] == pytest.approx([4 / 5, 1 / 2, 2 / 3])
    assert metrics.macro_f1(table) == pytest.approx([(4 / 5 + 1 / 2 + 2 / 3) / 3])


def test_a_class_never_said_has_no_precision_and_no_f1() -> None:
    table = metrics.confusion([0, 1], [0, 0], once(2), classes=2)
    assert math.isnan(metrics.precision(table)[0, 1])
    assert metrics.f1(table)[0, 1] == 0
    assert estimate(metrics.precision(table)[:, 1]).value is None


def test_weights_stand_for_repeated_items() -> None:
    rng = np.random.default_rng(5)
    gold, said = rng.integers(3, size=40), rng.integers(4, size=40)
    confidence, right = rng.choice([0.3, 0.55, 0.8, 0.95], size=40), gold == said
    times = rng.integers(4, size=40)
    repeated = np.repeat(np.arange(40), times)
    weights, plain = times[None].astype(float), once(len(repeated))

    def everything(index: NDArray[np.intp], w: bootstrap.Floats) -> list[float]:
        table = metrics.confusion(gold[index], said[index], w, classes=3)
        chosen = metrics.selection(confidence[index], right[index], w)
        error = metrics.expected_calibration_error(confidence[index], right[index], w)
        values = [metrics.macro_f1(table), metrics.accuracy(table), error, chosen.area()]
        return [float(v[0]) for v in (*values, chosen.accuracy_at(0.4), chosen.accuracy_at(1))]

    assert everything(np.arange(40), weights) == pytest.approx(everything(repeated, plain))


def test_calibration_error_of_a_constructed_set() -> None:
    # Bin .9–1: stated .95, right 3 of 4; bin .6–.7: stated .65, right 1 of 2.
    confidence = [0.95] * 4 + [0.65] * 2
    right = [1, 1, 1, 0, 1, 0]
    error = metrics.expected_calibration_error(confidence, right, once(6))
    assert error == pytest.approx([4 / 6 * 0.20 + 2 / 6 * 0.15])


def test_bins_are_of_equal_width_and_the_last_is_closed() -> None:
    assert metrics.bins_of([0, 0.0999, 0.1, 0.55, 0.999, 1]).tolist() == [0, 0, 1, 5, 9, 9]


def test_the_error_of_a_perfectly_calibrated_judge() -> None:
    # One bin of n items stated at p: the error is |mean - p|, of mean sqrt(2 p (1 - p) / (pi n)).
    drawn = metrics.error_if_calibrated([0.75] * 400, draws=20_000)
    assert drawn.mean() == pytest.approx(math.sqrt(2 * 0.75 * 0.25 / (math.pi * 400)), rel=0.02)
    assert np.percentile(drawn, 95) == pytest.approx(1.96 * math.sqrt(0.75 * 0.25 / 400), rel=0.06)
    assert not metrics.error_if_calibrated([1.0] * 10).any()


def test_an_overconfident_judge_lies_outside_that_distribution() -> None:
    confidence, right = [0.9] * 200, [1, 0] * 100
    stated = metrics.expected_calibration_error(confidence, right, once(200))[0]
    assert stated == pytest.approx(0.4)
    assert stated > np.percentile(metrics.error_if_calibrated(confidence), 95)


def test_brier_and_log_loss() -> None:
    stated = [[0.7, 0.2, 0.1], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]
    gold = [0, 1, 2]
    assert metrics.brier(stated, gold) == pytest.approx([0.09 + 0.04 + 0.01, 0, 2])
    assert metrics.log_loss(stated, gold) == pytest.approx([-math.log(0.7), 0, -math.log(1e-6)])


def test_risk_and_coverage_by_hand() -> None:
    chosen = metrics.selection([0.6, 0.9, 0.8, 0.5], [0, 1, 1, 1], ONCE)
    assert [float(chosen.accuracy_at(c)[0]) for c in (0.25, 0.5, 0.75, 1)] == pytest.approx(
        [1, 1, 2 / 3, 3 / 4]
    )
    assert chosen.area() == pytest.approx([(0 + 0 + 1 / 3 + 1 / 4) / 4])


def test_equal_confidences_do_not_depend_on_the_order_of_items() -> None:
    one = metrics.selection([0.8] * 4, [1, 1, 0, 0], ONCE)
    other = metrics.selection([0.8] * 4, [0, 0, 1, 1], ONCE)
    assert one.accuracy_at(0.2) == other.accuracy_at(0.2) == pytest.approx([0.5])
    assert one.area() == other.area() == pytest.approx([0.5])


def test_documents_are_drawn_whole() -> None:
    drawn = resampled(["a", "b", "a", "c"], replicates=50)
    assert (drawn[:, 0] == drawn[:, 2]).all()
    assert (drawn[:, 0] + drawn[:, 1] + drawn[:, 3] == 3).all()
    assert (drawn == resampled(["a", "b", "a", "c"], replicates=50)).all()
    assert (drawn != resampled(["a", "b", "a", "c"], replicates=50, seed=1)).any()


def test_the_interval_is_the_normal_one_where_that_holds() -> None:
    values = [1.0] * 150 + [0.0] * 50
    found = estimate(mean(values, resampled(list(map(str, range(200))))))
    half = 1.96 * math.sqrt(0.75 * 0.25 / 200)
    assert found.value == pytest.approx(0.75)
    assert found.low == pytest.approx(0.75 - half, abs=0.008)
    assert found.high == pytest.approx(0.75 + half, abs=0.008)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    covered = 0
    for trial in range(200):
        # Documents of five items that share their luck: an interval over items would be too narrow.
        luck = np.repeat(rng.random(60) < 0.6, 5)
        groups = [str(index // 5) for index in range(300)]
        found = estimate(mean(luck, resampled(groups, replicates=400, seed=trial)))
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0.6 <= found.high
    assert 178 <= covered <= 199


def test_who_is_right_where() -> None:
    counted = metrics.duel([1] * 9 + [0] * 3, [1] * 3 + [0] * 6 + [1] * 1 + [0] * 2)
    assert counted == (3, 6, 1, 2)
    # Of seven that differ, one or none on one side: 2 (1 + 7) / 2^7.
    assert counted.p_value == pytest.approx(16 / 128)
    assert metrics.Duel(5, 0, 0, 1).p_value == 1
