"""Agreement of raters, against published examples, repetition, and what has no agreement."""

import doctest
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.evals.bootstrap import Floats, resampled
from assignee.evals.statistics import (
    agreement,
    chunks,
    correlation,
    decision,
    error,
    folds,
    ranks,
    repeatability,
    scaling,
    significance,
)
from assignee.evals.statistics.agreement import (
    icc,
    kendall_w,
    krippendorff_alpha,
    mean_correlation,
    one_way,
)

NO = float("nan")
LEVELS: tuple[agreement.Level, ...] = ("nominal", "ordinal", "interval", "ratio")

# Krippendorff's 15 units by three coders, by row a coder.
CODERS = [
    [NO, NO, NO, NO, NO, 3, 4, 1, 2, 1, 1, 3, 3, NO, 3],
    [1, NO, 2, 1, 3, 3, 4, 3, NO, NO, NO, NO, NO, NO, NO],
    [NO, NO, 2, 1, 3, 4, 4, NO, 2, 1, 1, 3, 3, NO, 4],
]
UNITS = np.array(CODERS).T

# Shrout and Fleiss (1979), six targets by four judges.
TARGETS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)


def once(scores: Floats) -> Floats:
    """Weights of the sample itself."""
    return np.ones((1, len(scores)))


Figure = Callable[[Floats, Floats], Floats]


def intraclass(scores: Floats, weights: Floats, *, form: agreement.Form) -> Floats:
    """One of the six."""
    return icc(scores, weights)[form]


FIGURES: dict[str, Figure] = {
    **{f"alpha {level}": partial(krippendorff_alpha, level=level) for level in LEVELS},
    **{form: partial(intraclass, form=form) for form in icc(TARGETS, once(TARGETS))},
    "W": kendall_w,
    "mean r": lambda s, w: mean_correlation(s, w).r,
    "votes": lambda s, w: mean_correlation(s, w).effective_votes,
    "between": lambda s, w: one_way(s, w).between,
    "within": lambda s, w: one_way(s, w).within,
    "shrinking": lambda s, w: one_way(s, w).shrinking,
}


@pytest.mark.parametrize(
    "module",
    [
        agreement,
        chunks,
        correlation,
        decision,
        error,
        folds,
        ranks,
        repeatability,
        scaling,
        significance,
    ],
)
def test_examples_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize(
    ("level", "alpha"),
    [("nominal", 0.691358), ("ordinal", 0.806721), ("interval", 0.810845), ("ratio", 0.808944)],
)
def test_krippendorffs_example(level: agreement.Level, alpha: float) -> None:
    assert krippendorff_alpha(UNITS, once(UNITS), level=level) == pytest.approx([alpha], abs=1e-6)


def test_shrout_and_fleiss() -> None:
    published = {
        "ICC(1,1)": 0.165742,
        "ICC(A,1)": 0.289764,
        "ICC(C,1)": 0.714841,
        "ICC(1,k)": 0.442797,
        "ICC(A,k)": 0.620051,
        "ICC(C,k)": 0.909316,
    }
    found = {form: float(value[0]) for form, value in icc(TARGETS, once(TARGETS)).items()}
    assert found == pytest.approx(published, abs=1e-6)
    assert kendall_w(TARGETS, once(TARGETS)) == pytest.approx([0.8870], abs=1e-4)


def test_a_one_way_analysis_is_the_first_intraclass_correlation() -> None:
    parts = one_way(TARGETS, once(TARGETS))
    assert parts.between / (parts.between + parts.within) == pytest.approx([0.165742], abs=1e-6)
    assert parts.shrinking == pytest.approx([1 / 4])


def test_a_one_way_analysis_of_unequal_numbers_by_hand() -> None:
    # Means 2, 5, 9 of 2, 1 and 3 scores; grand mean 6; between 2·16 + 1 + 27 = 60 on 2 degrees,
    # within 2 + 2 = 4 on 3; (6 − 14/6) / 2 = 11/6 scores an item; the range is 9.
    scores = np.array([[1, 3, NO], [5, NO, NO], [8, 9, 10]])
    parts = one_way(scores, once(scores))
    assert parts.within * 81 == pytest.approx([4 / 3])
    assert parts.between * 81 == pytest.approx([(60 / 2 - 4 / 3) / (11 / 6)])
    assert parts.shrinking == pytest.approx([(1 / 2 + 1 + 1 / 3) / 3])


@given(data=st.data(), name=st.sampled_from(sorted(FIGURES)))
@settings(max_examples=150, deadline=None)
def test_weights_stand_for_repeated_items(data: st.DataObject, name: str) -> None:
    items, raters = data.draw(st.integers(2, 7)), data.draw(st.integers(2, 4))
    score = st.sampled_from([1.0, 2.0, 3.5, 7.0, NO])
    scores = np.array(
        data.draw(
            st.lists(
                st.lists(score, min_size=raters, max_size=raters), min_size=items, max_size=items
            )
        )
    )
    times = np.array(data.draw(st.lists(st.integers(0, 3), min_size=items, max_size=items)))
    repeated = scores[np.repeat(np.arange(items), times)]
    weighted = FIGURES[name](scores, np.array([np.ones(items), times]))[1]
    # The scale of a one-way analysis is the whole sample's; a copy without weight keeps it.
    padded = np.vstack([repeated, scores])
    plain = np.concatenate([np.ones(len(repeated)), np.zeros(items)])[None]
    assert weighted == pytest.approx(FIGURES[name](padded, plain)[0], nan_ok=True, abs=1e-9)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_replicates_do_not_depend_on_each_other(name: str) -> None:
    weights = resampled([*"aabbcd"], replicates=20)
    together = FIGURES[name](TARGETS, weights)
    apart = [FIGURES[name](TARGETS, row[None])[0] for row in weights]
    assert together == pytest.approx(np.array(apart), nan_ok=True)


AGREEING = ["alpha nominal", "alpha ordinal", "alpha interval", "alpha ratio", "W", "mean r"]


@pytest.mark.parametrize("name", [*AGREEING, *icc(TARGETS, once(TARGETS)), "votes"])
def test_what_has_no_agreement(name: str) -> None:
    figure = FIGURES[name]
    alike = np.full((5, 3), 7.1)
    assert np.isnan(figure(alike, once(alike)))
    assert np.isnan(figure(TARGETS[:1], np.ones((1, 1))))
    assert np.isnan(figure(TARGETS[:, :1], once(TARGETS)))
    assert np.isnan(figure(np.full((5, 3), NO), np.ones((1, 5))))
    assert np.isnan(figure(TARGETS, np.zeros((1, 6))))


@pytest.mark.parametrize("name", [*AGREEING, *icc(TARGETS, once(TARGETS))])
def test_two_raters_who_say_the_same_agree(name: str) -> None:
    twice = TARGETS[:, [0, 0]]
    assert FIGURES[name](twice, once(twice)) == pytest.approx([1])


def test_a_constant_rater_has_no_correlation_and_no_vote() -> None:
    with_constant = np.column_stack([TARGETS, np.full(6, 5.0)])
    some, all_ = (
        mean_correlation(TARGETS, once(TARGETS)),
        mean_correlation(with_constant, once(TARGETS)),
    )
    assert all_.r == pytest.approx(some.r)
    assert all_.raters.tolist() == [4]
    assert all_.effective_votes == pytest.approx(some.effective_votes)
    assert kendall_w(with_constant, once(TARGETS)) < kendall_w(TARGETS, once(TARGETS))


def test_a_rater_who_misses_nine_in_ten() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(40, 1)) + rng.normal(size=(40, 4))
    scores[4:, 3] = NO
    weights = resampled([str(item) for item in range(40)], replicates=200)
    for level in LEVELS[:3]:
        assert not np.isnan(krippendorff_alpha(scores, weights, level=level)).any()
    assert not np.isnan(mean_correlation(scores, weights).r).any()
    complete = icc(scores, weights)["ICC(A,1)"]
    assert complete[0] == pytest.approx(icc(scores[:4], np.ones((1, 4)))["ICC(A,1)"][0])
    assert np.isnan(complete[weights[:, :4].sum(axis=1) < 2]).all()


def test_effective_votes() -> None:
    rng = np.random.default_rng(1)
    shared = rng.normal(size=(4000, 1))
    found = mean_correlation(shared + rng.normal(size=(4000, 6)), np.ones((1, 4000)))
    assert found.r == pytest.approx([0.5], abs=0.03)
    assert found.effective_votes == pytest.approx(6 / (1 + 5 * found.r))
    opposed = mean_correlation(
        [[0, 1.0, 1.0], [0, 1.0, 2.0], [0, 3.5, 1.0]], np.array([[0.0, 1.0, 1.0]])
    )
    assert np.isnan(opposed.effective_votes).all()


def test_ratios_need_scores_from_zero() -> None:
    with pytest.raises(ValueError, match="0 and above"):
        krippendorff_alpha([[-1, 2], [3, 4]], np.ones((1, 2)), level="ratio")
