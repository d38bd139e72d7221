"""Voting rules: who wins, when there is silence, and judges that are worse than chance."""

import doctest
from typing import Any

import numpy as np
import pytest

from assignee.errors import SettingsError
from assignee.evals.aggregation import dawid_skene as em
from assignee.evals.aggregation import voting
from assignee.evals.aggregation.voting import RULES, Votes, log_odds, renamed, rule

SEED = 7


def votes_like(said: object, gold: object = None, classes: int = 2) -> Votes:
    """Votes on items that are each their own source document."""
    found = np.asarray(said, dtype=np.intp)
    truth = np.full(len(found), -1) if gold is None else np.asarray(gold, dtype=np.intp)
    return Votes(found, truth, classes, [str(item) for item in range(len(found))])


def court(accuracies: tuple[float, ...], *, items: int = 400, classes: int = 2) -> Votes:
    """Judges that err independently, as often on every label."""
    rng = np.random.default_rng(SEED)
    gold = rng.integers(classes, size=items)
    wrong = (gold[:, None] + rng.integers(1, classes, size=(items, len(accuracies)))) % classes
    right = rng.random((items, len(accuracies))) < accuracies
    return votes_like(np.where(right, gold[:, None], wrong), gold, classes)


def accuracy(votes: Votes, name: str) -> float:
    """Share of items on which a rule is right."""
    return float((RULES[name].decide(votes).label == votes.gold).mean())


def test_examples() -> None:
    for module in (voting, em):
        assert doctest.testmod(module).failed == 0


SAID = [[0, 0, 0], [0, 0, 1], [0, 0, -1], [0, 1, -1], [0, 1, 2], [-1, -1, -1], [2, -1, -1]]


@pytest.mark.parametrize(
    ("name", "label", "confidence"),
    [
        ("majority", [0, 0, 0, -1, -1, -1, 2], [1, 2 / 3, 1, None, None, None, 1]),
        ("two-thirds", [0, 0, 0, -1, -1, -1, -1], [1, 2 / 3, 1, None, None, None, None]),
        ("unanimous", [0, -1, -1, -1, -1, -1, -1], [1, None, None, None, None, None, None]),
    ],
)
def test_counted_votes(name: str, label: list[int], confidence: list[Any]) -> None:
    found = RULES[name].decide(votes_like(SAID, classes=3))
    assert found.label.tolist() == label
    stated = [None if np.isnan(value) else value for value in found.confidence]
    assert stated == pytest.approx(confidence)


@pytest.mark.parametrize("name", RULES)
def test_where_nobody_votes_there_is_silence(name: str) -> None:
    votes = court((0.9, 0.8, 0.7), items=60, classes=3)
    votes.said[5] = -1
    found = RULES[name].decide(votes)
    assert found.label[5] == -1
    assert np.isnan(found.confidence[5])
    assert set(found.label) <= {-1, 0, 1, 2}
    assert (np.isnan(found.confidence) == (found.label < 0)).all()


@pytest.mark.parametrize("name", RULES)
def test_small_courts(name: str) -> None:
    for said in ([[0]], [[1, 1]], [[-1]], np.empty((0, 2)), [[0, 1], [1, 1]]):
        found = RULES[name].decide(votes_like(said, [0] * len(np.asarray(said))))
        assert found.label.shape == (len(np.asarray(said)),)


def test_a_log_odds_weight_by_hand() -> None:
    votes = votes_like([[0, 1, -1]] * 8 + [[1, 1, -1]] * 2, [0] * 10, classes=3)
    right, wrong, silent = log_odds(votes, np.full(10, True))
    assert right == pytest.approx(np.log((8 + 1) / (2 + 2) * 2))
    assert wrong == pytest.approx(np.log((0 + 1) / (10 + 2) * 2))
    assert silent == 0


def test_one_who_knows_outweighs_three_who_guess() -> None:
    votes = court((0.95, 0.55, 0.55, 0.55))
    assert accuracy(votes, "majority") < 0.8
    assert accuracy(votes, "weighted") > 0.93


def test_judges_worse_than_chance_are_turned_round() -> None:
    votes = court((0.8, 0.2, 0.2))
    assert accuracy(votes, "majority") < 0.3
    assert accuracy(votes, "weighted") > 0.78
    assert accuracy(votes, "anchored") > 0.78


@pytest.mark.parametrize("name", ["weighted", "anchored"])
def test_no_right_label_speaks_for_its_own_document(name: str) -> None:
    votes = court((0.9, 0.6, 0.3), items=40)._replace(groups=[str(i // 4) for i in range(40)])
    turned = votes.gold.copy()
    turned[:4] = 1 - turned[:4]
    one = RULES[name].decide(votes)
    other = RULES[name].decide(votes._replace(gold=turned))
    assert one.label[:4].tolist() == other.label[:4].tolist()
    assert one.confidence[:4] == pytest.approx(other.confidence[:4])
    assert not np.allclose(one.confidence, other.confidence)


def test_em_recovers_how_each_judge_errs() -> None:
    votes = court((0.9, 0.8, 0.7, 0.6, 0.75), items=3000, classes=3)
    model = em.dawid_skene(votes.said, classes=3)
    found = np.diagonal(model.tables, axis1=1, axis2=2).mean(axis=1)
    assert found == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.75], abs=0.03)
    assert model.tables.sum(axis=2) == pytest.approx(np.ones((5, 3)))
    assert model.posteriors.sum(axis=1) == pytest.approx(np.ones(3000))
    assert model.rounds < em.ROUNDS


def test_em_beats_the_majority_where_judges_differ_in_skill() -> None:
    votes = court((0.95, 0.9, 0.6, 0.6, 0.6))
    assert accuracy(votes, "dawid-skene") > accuracy(votes, "majority") + 0.05


def test_em_may_be_told_what_is_right() -> None:
    votes = court((0.8, 0.7), items=50)
    model = em.dawid_skene(votes.said, classes=2, anchors=votes.gold)
    assert model.posteriors.tolist() == np.eye(2)[votes.gold].tolist()


def test_abstentions_tell_em_nothing() -> None:
    votes = court((0.9, 0.8, 0.7))
    silent = np.column_stack([votes.said, np.full(len(votes.said), -1)])
    one, other = (em.dawid_skene(said, classes=2) for said in (votes.said, silent))
    assert other.posteriors == pytest.approx(one.posteriors)


def test_em_alone_switches_the_labels_where_most_judges_are_wrong() -> None:
    votes = court((0.9, 0.2, 0.2, 0.2))
    model = em.dawid_skene(votes.said, classes=2)
    assert model.worse_than_chance().tolist() == [True, False, False, False]
    found = RULES["dawid-skene"].decide(votes).label
    assert accuracy(votes, "dawid-skene") < 0.15
    exchanged = renamed(found, votes.gold, 2)
    assert exchanged == pytest.approx(1 - accuracy(votes, "dawid-skene"))
    told = em.dawid_skene(votes.said, classes=2, anchors=votes.gold)
    assert told.worse_than_chance().tolist() == [False, True, True, True]


def test_labels_that_stand_right_are_not_renamed() -> None:
    gold = np.array([0, 1, 2, 0])
    assert renamed(np.array([0, 1, 2, -1]), gold, 3) is None
    assert renamed(np.array([1, 2, 0, 1]), gold, 3) == 1


def test_the_best_judge_is_chosen_on_other_folds() -> None:
    said = [[0, 1]] * 10 + [[1, 0]] * 10
    votes = votes_like(said, [0] * 20)._replace(groups=["a"] * 10 + ["b"] * 10)
    found = voting.best_judge(votes)
    assert (found.label == 1).all()
    silent = votes_like([[0, -1]] * 4, [0] * 4)
    assert voting.best_judge(silent).label.tolist() == [0] * 4


def test_an_unknown_rule_is_named() -> None:
    assert rule("unanimous").how == "all judges; else silent"
    with pytest.raises(SettingsError, match=r"'majorty'; did you mean 'majority'"):
        rule("majorty")
