"""Reducers of scores: what they give, what they leave unscored, and that they learn of others."""

import doctest

import numpy as np
import pytest
from scipy import stats

from assignee.errors import SettingsError
from assignee.evals.aggregation import reducers
from assignee.evals.aggregation.reducers import REDUCERS, Scores, fit_ridge, reducer
from assignee.evals.bootstrap import Floats

SEED = 5


def scores_like(values: object, human: object = None) -> Scores:
    """Scores of items that are each their own source document."""
    found = np.asarray(values, dtype=np.float64)
    truth = np.full(len(found), np.nan) if human is None else np.asarray(human, dtype=np.float64)
    return Scores(found, truth, [str(item) for item in range(len(found))])


def noisy(items: int = 120, noise: tuple[float, ...] = (0.5, 1.0, 2.0), seed: int = SEED) -> Scores:
    """Items of known quality (the human score), scored by reviewers with these errors."""
    rng = np.random.default_rng(seed)
    quality = rng.normal(5, 1, items)
    values = quality[:, None] + rng.normal(size=(items, len(noise))) * noise
    return scores_like(values, quality)


def thinned(scores: Scores, share: float) -> Scores:
    """The same with that share of scores missing."""
    gone = np.random.default_rng(SEED).random(scores.values.shape) < share
    return scores._replace(values=np.where(gone, np.nan, scores.values))


def test_examples() -> None:
    assert doctest.testmod(reducers).failed == 0


def test_mean_and_median_of_what_was_given() -> None:
    scores = thinned(noisy(), 0.3)
    scored = ~np.isnan(scores.values).all(axis=1)
    kept = scores.values[scored]
    assert REDUCERS["mean"].reduce(scores)[scored] == pytest.approx(np.nanmean(kept, axis=1))
    assert REDUCERS["median"].reduce(scores)[scored] == pytest.approx(np.nanmedian(kept, axis=1))


@pytest.mark.parametrize("reviewers", [1, 4, 5, 6, 11])
def test_trimmed_as_scipy_trims(reviewers: int) -> None:
    scores = noisy(20, tuple([1.0] * reviewers))
    expected = stats.trim_mean(scores.values, reducers.TRIMMED, axis=1)
    assert REDUCERS["trimmed"].reduce(scores) == pytest.approx(expected)


def test_trimmed_counts_only_what_was_given() -> None:
    [found] = REDUCERS["trimmed"].reduce(scores_like([[9, 1, 2, np.nan, 3, 0, np.nan]]))
    assert found == 2


@pytest.mark.parametrize("name", REDUCERS)
def test_an_item_without_scores_is_unscored_and_others_are_not(name: str) -> None:
    scores = thinned(noisy(), 0.9)
    empty = np.isnan(scores.values).all(axis=1)
    assert 0 < empty.sum() < len(scores.values)
    assert np.isnan(REDUCERS[name].reduce(scores)).tolist() == empty.tolist()


@pytest.mark.parametrize("name", REDUCERS)
def test_odd_panels_are_reduced_without_failing(name: str) -> None:
    for values in ([[3.0]], [[3.0], [4.0]], [[2.0, 2.0], [2.0, 2.0], [2.0, 2.0]], [[np.nan]]):
        scores = scores_like(values, [float(place) for place in range(len(values))])
        assert REDUCERS[name].reduce(scores).shape == (len(values),)
    assert REDUCERS[name].reduce(scores_like(np.empty((0, 3)))).shape == (0,)


@pytest.mark.parametrize("name", ["z-scored", "ridge"])
def test_what_learns_needs_a_second_source_document(name: str) -> None:
    scores = noisy(6)._replace(groups=["one"] * 6)
    assert np.isnan(REDUCERS[name].reduce(scores)).all()


def test_a_reviewers_own_scale_does_not_weigh_in_z_scores() -> None:
    scores = noisy()
    stretched = scores._replace(values=scores.values * [1, 1, 9] + [0, 0, 40])
    before, after = map(REDUCERS["z-scored"].reduce, (scores, stretched))
    spread = np.corrcoef(before, after)[0, 1]
    assert spread == pytest.approx(1, abs=1e-3)
    assert np.corrcoef(REDUCERS["mean"].reduce(stretched), before)[0, 1] < 0.9


def test_a_constant_reviewer_is_left_out_of_z_scores() -> None:
    scores = noisy(noise=(0.5, 1.0))
    dull = scores._replace(values=np.column_stack([scores.values, np.full(120, 9.0)]))
    with_it, without = map(REDUCERS["z-scored"].reduce, (dull, scores))
    assert with_it == pytest.approx(without)


def test_the_additive_model_orders_complete_items_as_the_mean() -> None:
    scores = noisy()
    fitted, mean = REDUCERS["additive"].reduce(scores), REDUCERS["mean"].reduce(scores)
    slope, base = np.polyfit(mean, fitted, 1)
    assert fitted == pytest.approx(base + slope * mean)
    assert 0.5 < slope < 1


def test_an_item_that_only_the_strict_scored_is_not_held_to_be_worse() -> None:
    rng = np.random.default_rng(SEED)
    quality = rng.normal(5, 1, 60)
    values = quality[:, None] + [0, 0, -4] + rng.normal(scale=0.1, size=(60, 3))
    values[0, :2] = np.nan
    scores = scores_like(values)
    expected = quality[0] - 4 / 3
    assert REDUCERS["mean"].reduce(scores)[0] < expected - 2
    assert REDUCERS["additive"].reduce(scores)[0] == pytest.approx(expected, abs=0.3)


def test_the_additive_model_solves_its_penalised_least_squares() -> None:
    values = thinned(noisy(15), 0.4).values
    values = values[~np.isnan(values).all(axis=1)]
    given = np.argwhere(~np.isnan(values))
    items, reviewers = values.shape
    rows = np.zeros((len(given), 1 + items + reviewers))
    rows[:, 0] = 1
    rows[np.arange(len(given)), 1 + given[:, 0]] = 1
    rows[np.arange(len(given)), 1 + items + given[:, 1]] = 1
    priors = np.sqrt(np.diag([0.0] + [0.7] * items + [2.5] * reviewers)[1:])
    known = np.concatenate([values[tuple(given.T)], np.zeros(len(priors))])
    solved = np.linalg.lstsq(np.vstack([rows, priors]), known, rcond=None)[0]
    found = reducers.solve_additive(values, 0.7, 2.5)
    fitted = found.base + found.items[given[:, 0]] + found.reviewers[given[:, 1]]
    assert fitted == pytest.approx(rows @ solved)


def test_shrinkage_pulls_an_item_with_one_score_further_in() -> None:
    scores = noisy(noise=(1.0,) * 6)
    values = scores.values.copy()
    values[0], values[1] = 8.0, np.nan
    values[1, 0] = 8.0
    full, thin = REDUCERS["additive"].reduce(scores._replace(values=values))[:2]
    assert 5 < thin < full - 0.5 < 8


def test_ridge_finds_who_knows() -> None:
    scores = noisy(noise=(0.3, 3.0, 3.0))
    ridge, mean = REDUCERS["ridge"].reduce(scores), REDUCERS["mean"].reduce(scores)
    assert np.corrcoef(ridge, scores.human)[0, 1] > 0.93
    assert np.corrcoef(mean, scores.human)[0, 1] < 0.7


def test_ridge_learns_from_others_only() -> None:
    scores = noisy(40)._replace(groups=[str(item // 2) for item in range(40)])
    human = scores.human.copy()
    human[:2] += 50
    one, other = (REDUCERS["ridge"].reduce(scores._replace(human=h)) for h in (scores.human, human))
    assert other[:2] == pytest.approx(one[:2])
    assert not np.allclose(other, one)


def test_ridge_without_humans_scores_nothing() -> None:
    assert np.isnan(REDUCERS["ridge"].reduce(scores_like(noisy().values))).all()


def test_ridge_between_least_squares_and_the_mean_of_the_humans() -> None:
    scores = noisy(30)
    everyone = np.full(30, True)
    found: Floats = fit_ridge(scores, everyone, [1e-9, 1e9])(scores.values)
    design = np.column_stack([np.ones(30), scores.values])
    plain = design @ np.linalg.lstsq(design, scores.human, rcond=None)[0]
    assert found[:, 0] == pytest.approx(plain)
    assert found[:, 1] == pytest.approx(scores.human.mean())


def test_an_unknown_reducer_is_named() -> None:
    assert reducer("median").reduce is reducers.median
    with pytest.raises(SettingsError, match=r"'medain'; did you mean 'median'"):
        reducer("medain")
