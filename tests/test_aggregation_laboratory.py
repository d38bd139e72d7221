"""The laboratory: ways to put reviewers together, compared on what is on record."""

import numpy as np
import pytest
from scipy import stats

from assignee.errors import SettingsError
from assignee.evals.aggregation.laboratory import compare_reducers, compare_rules, scores_of
from assignee.evals.aggregation.reducers import REDUCERS
from assignee.evals.aggregation.voting import RULES
from assignee.evals.trials.records import Dataset, Sample
from assignee.evals.trials.verdicts import VerdictItem, VerdictSet

SEED = 3


def panel(items: int = 60, *, humans: int = 3, decided: bool = True) -> Dataset:
    """Two fair reviewers and one that knows nothing and is strict; a fifth of its scores miss."""
    rng = np.random.default_rng(SEED)
    quality = rng.uniform(3, 8, items)
    noise = rng.normal(size=(items, 2 + humans))
    samples = tuple(
        Sample(
            id=f"s{item}",
            group=f"g{item // 2}",
            human=tuple(np.clip(quality[item] + noise[item, 2:], 0, 10)),
            accepted=bool(quality[item] > 5) if decided else None,
            recorded={
                "one": float(np.clip(quality[item] + noise[item, 0], 0, 10)),
                "two": float(np.clip(quality[item] + noise[item, 1], 0, 10)),
                "none": None if item % 5 == 0 else float(rng.uniform(0, 3)),
            },
        )
        for item in range(items)
    )
    return Dataset(name="made up", kind="recorded", samples=samples)


def test_every_reducer_beside_members_and_baselines() -> None:
    found = compare_reducers(panel())
    assert (found.samples, found.groups) == (60, 30)
    assert found.missing == pytest.approx(12 / 180)
    assert [row.name for row in found.reducers] == list(REDUCERS)
    assert [row.name for row in found.members] == ["none", "one", "two"]
    assert [row.name for row in found.baselines] == [
        "constant", "length of the text", "best single member",
    ]  # fmt: skip


def test_the_figures_are_those_of_the_scores() -> None:
    dataset = panel()
    scores, names = scores_of(dataset)
    row = next(row for row in compare_reducers(dataset).members if row.name == "one")
    given = scores.values[:, names.index("one")]
    assert row.spearman.value == pytest.approx(stats.spearmanr(given, scores.human)[0])
    assert row.error.value == pytest.approx(np.abs(given - scores.human).mean())
    accepted = np.array([sample.accepted for sample in dataset.samples])
    above = stats.mannwhitneyu(given[accepted], given[~accepted]).statistic
    assert row.auc.value == pytest.approx(above / (accepted.sum() * (~accepted).sum()))
    assert row.samples == 60


def test_the_gain_is_over_the_mean_on_the_same_samples() -> None:
    dataset = panel()
    scores, names = scores_of(dataset)
    found = compare_reducers(dataset)
    assert found.reducers[0].gain.value == 0
    [row] = [row for row in found.members if row.name == "none"]
    given = scores.values[:, names.index("none")]
    there = ~np.isnan(given)
    mean = REDUCERS["mean"].reduce(scores)
    gain = (
        stats.spearmanr(given[there], scores.human[there])[0]
        - stats.spearmanr(mean[there], scores.human[there])[0]
    )
    assert row.samples == 48
    assert row.gain.value == pytest.approx(gain)
    assert row.gain.low is not None
    assert row.gain.high is not None
    assert row.gain.low < gain < row.gain.high < 0


def test_a_constant_orders_nothing_and_an_unknown_length_says_why() -> None:
    constant, length, _ = compare_reducers(panel()).baselines
    assert constant.spearman.value is None
    assert constant.error.value is not None
    assert constant.why is None
    assert length.samples == 0
    assert length.spearman.value is None
    assert length.why == "the dataset holds neither the texts nor their length"


def test_without_decisions_or_second_humans_those_figures_are_undefined() -> None:
    found = compare_reducers(panel(humans=1, decided=False))
    assert found.reducers[0].auc.value is None
    assert found.ceiling.value is None
    assert found.one_human.value is None
    whole = compare_reducers(panel())
    assert whole.ceiling.value is not None
    assert whole.one_human.value is not None
    assert 0 < whole.one_human.value < whole.ceiling.value < 1


def test_scores_may_be_left_out_to_see_who_bears_it() -> None:
    whole, thin = (compare_reducers(panel(), left_out=share) for share in (0, 0.5))
    assert whole == compare_reducers(panel())
    assert 0.4 < thin.missing < 0.65
    [additive] = [row for row in thin.reducers if row.name == "additive"]
    assert additive.gain.value is not None
    assert additive.gain.value > 0.1


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(SettingsError, match="'made up' has no human scores"):
        compare_reducers(panel(humans=0))
    bare = Sample(id="a", group="a", human=(3,))
    with pytest.raises(SettingsError, match="no recorded scores"):
        compare_reducers(Dataset(name="bare", kind="rated", samples=(bare,)))


def verdicts(*rows: tuple[str, str, str, str | None]) -> VerdictSet:
    """Items with the right label and those of three judges, seen in one order."""
    items = tuple(
        VerdictItem(
            id=str(place), group=str(place), gold=gold, votes={"j": (j,), "k": (k,), "m": (m,)}
        )
        for place, (gold, j, k, m) in enumerate(rows)
    )
    return VerdictSet(name="made up", labels=("yes", "no"), items=items)


ROWS = (
    *[("yes", "yes", "yes", "yes")] * 4,
    *[("no", "no", "yes", "no")] * 3,
    *[("yes", "no", "no", None)] * 2,
    ("no", "no", "yes", None),
)


def test_rules_by_hand() -> None:
    found = compare_rules(verdicts(*ROWS))
    assert [row.name for row in found.rules] == list(RULES)
    rules = {row.name: row for row in found.rules}
    majority, whole = rules["majority"], rules["unanimous"]
    assert majority.coverage.value == pytest.approx(0.9)
    assert majority.accuracy.value == pytest.approx(0.7)
    assert majority.spoken.value == pytest.approx(7 / 9)
    assert whole.coverage.value == pytest.approx(0.4)
    assert whole.spoken.value == 1
    assert found.best.gain.value == 0
    j = next(row for row in found.judges if row.name == "j")
    assert j.accuracy.value == pytest.approx(0.8)
    assert found.worse_than_chance == ("k",)


def test_orders_count_each_or_where_they_agree() -> None:
    items = tuple(
        VerdictItem(id=str(n), group=str(n), gold="1", votes={"j": votes})
        for n, votes in enumerate([("1", "1"), ("1", "2"), ("2", "2"), ("1", None)])
    )
    panel = VerdictSet(name="x", labels=("1", "2"), orders=("ab", "ba"), items=items)
    assert compare_rules(panel).voters == 2
    [judge] = compare_rules(panel, orders="agreed").judges
    assert (judge.coverage.value, judge.accuracy.value) == (0.5, 0.25)


def test_no_verdicts_are_refused() -> None:
    with pytest.raises(SettingsError, match="'made up' holds no verdicts"):
        compare_rules(verdicts())
