"""The checklists: their shape, their weights, and a rule for every item."""

import pytest

from assignee.engines.checklists import CHECKLISTS, RUBRIC
from assignee.engines.local.critic import CHECKS

ITEMS = [item for checklist in CHECKLISTS.values() for item in checklist.items]


def test_there_are_six() -> None:
    assert list(CHECKLISTS) == ["evidence", "coverage", "numbers", "balance", "clarity", "audit"]
    assert all(name == checklist.name for name, checklist in CHECKLISTS.items())


@pytest.mark.parametrize("name", CHECKLISTS)
def test_each_has_five_to_nine_items_named_after_it(name: str) -> None:
    items = CHECKLISTS[name].items
    assert 5 <= len(items) <= 9
    assert all(item.id.startswith(f"{name}.") for item in items)
    assert CHECKLISTS[name].purpose.startswith("To ")


def test_items_are_unique_binary_questions_with_moderate_weights() -> None:
    assert len({item.id for item in ITEMS}) == len({item.question for item in ITEMS}) == len(ITEMS)
    for item in ITEMS:
        assert item.question.endswith("?")
        assert item.question.split()[0] in {"Does", "Do", "Is", "Are", "Was", "Were", "Can"}
        assert 0.5 <= item.weight <= 4


def test_every_item_has_a_rule_and_every_rule_an_item() -> None:
    assert set(CHECKS) == {item.id for item in ITEMS}


def test_every_rule_says_how_it_decides() -> None:
    assert all(check.__doc__ for check in CHECKS.values())


def test_the_rubric_anchors_the_whole_scale() -> None:
    starts = [line.split()[0] for line in RUBRIC.splitlines() if line[:1].isdigit()]
    assert starts == ["9-10", "7-8", "5-6", "3-4", "0-2"]
