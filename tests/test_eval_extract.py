"""Measuring the roles of sentences."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from assignee.engines.roles import ROLES, Role
from assignee.errors import SettingsError
from assignee.evals.extract import extract, measured
from assignee.evals.items import RoleItem

ABSTRACT: tuple[Role, ...] = ("background", "method", "result")


class Reader:
    """Takes every sentence with `moss` for a method, every other for a result."""

    model_id = "reader"

    def roles(self, abstracts: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        """Chances in the order of `ROLES`."""
        rows = np.eye(len(ROLES), dtype=np.float32)
        return [
            np.stack([rows[ROLES.index("method" if "moss" in s else "result")] for s in abstract])
            for abstract in abstracts
        ]


def abstracts(count: int) -> list[RoleItem]:
    """Abstracts of three sentences."""
    return [
        RoleItem(str(number), ("Heat.", "We planted moss.", "It cooled."), ABSTRACT)
        for number in range(count)
    ]


def test_the_model_beside_the_guess_from_the_place() -> None:
    found = extract(abstracts(4), abstracts(2), Reader())
    model, place = found.model, found.place
    assert found.baseline == "learned from 2 abstracts of the training part"
    assert (model.model, model.abstracts, model.sentences) == ("reader", 4, 12)
    assert model.accuracy.value == pytest.approx(2 / 3)
    assert model.roles["method"].f1.value == 1
    assert model.roles["result"].precision.value == 0.5
    assert model.roles["background"].recall.value == 0
    assert model.confusion["background"] == (0, 0, 0, 4, 0)
    assert place is not None
    assert place.accuracy.value == 1


def test_without_a_training_part_the_guess_is_learned_from_other_abstracts() -> None:
    odd = abstracts(1)[0]._replace(id="odd", roles=("result", "result", "background"))
    found = extract([*abstracts(4), odd], [], Reader())
    assert found.baseline == "cross-fitted in 5 folds, for there is no training part"
    assert found.place is not None
    assert found.place.accuracy.value == pytest.approx(12 / 15)
    assert extract([odd], [], Reader()).place is None


def test_abstracts_are_drawn_whole() -> None:
    items = abstracts(30)
    said: list[list[Role]] = [list(ABSTRACT if number < 15 else ["other"] * 3)
                              for number in range(30)]  # fmt: skip
    found = measured(items, said, model="half").accuracy
    assert found.value == 0.5
    assert found.low is not None
    # Over abstracts the standard error is .091; over sentences it would be .053.
    assert found.low == pytest.approx(0.5 - 1.96 * 0.091, abs=0.025)


def test_no_abstracts() -> None:
    with pytest.raises(SettingsError, match="no abstract"):
        measured([], [], model="m")
