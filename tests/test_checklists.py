"""The checklists: their shape, their weights, and a rule for every item."""

import pytest

from assignee.engines.checklists import BARE, CHECKLISTS
from assignee.engines.local.critic import CHECKS

ITEMS = [item for checklist in CHECKLISTS.values() for item in checklist.items]


WITH_ITEMS = [name for name, checklist in CHECKLISTS.items() if checklist.items]


def test_there_are_six_and_one_without_items() -> None:
    assert WITH_ITEMS == ["evidence", "coverage", "numbers", "balance", "clarity", "audit"]
    assert list(CHECKLISTS) == [*WITH_ITEMS, BARE.name]
    assert all(name == checklist.name for name, checklist in CHECKLISTS.items())


@pytest.mark.parametrize("name", WITH_ITEMS)
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
