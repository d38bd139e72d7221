"""The role model, with its real weights."""

from pathlib import Path

import numpy as np
import pytest

from assignee.engines import roles as module
from assignee.engines.roles import ROLES, RoleModel

FOLDER = Path(module.__file__).parent / "models" / "roles"
ABSTRACT = (
    "Large beehives lose much of their heat in winter.",
    "Little is known about how their shape changes this.",
    "In this paper, we aim to find the shape that keeps a hive warm.",
    "We measured the temperature of forty hives with sensors every ten minutes.",
    "Round hives were 3.2 degrees warmer than square ones.",
    "The results show that round hives also outperform tall ones by a large margin.",
)
EXPECTED = ("background", "background", "objective", "method", "result", "result")


@pytest.fixture(scope="module")
def model() -> RoleModel:
    return RoleModel()


def named(model: RoleModel, *sentences: str) -> list[str]:
    [rows] = model.roles([sentences])
    return [ROLES[row] for row in rows.argmax(axis=1)]


def test_a_plain_abstract_is_read_as_a_reader_would(model: RoleModel) -> None:
    assert tuple(named(model, *ABSTRACT)) == EXPECTED


def test_every_sentence_gets_probabilities(model: RoleModel) -> None:
    texts = [ABSTRACT, (), ("One sentence.",), ("", "\x00", "Ωμέγα-3 👩‍🔬", "a\ud800b")]
    found = model.roles(texts)
    assert [rows.shape for rows in found] == [(len(sentences), 5) for sentences in texts]
    for rows in found:
        assert rows.sum(axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-5)


def test_abstracts_do_not_change_each_other(model: RoleModel) -> None:
    [alone] = model.roles([ABSTRACT])
    together = model.roles([ABSTRACT, ABSTRACT[:2], ABSTRACT * 3])[0]
    assert np.abs(alone - together).max() < 0.02


def test_a_section_beyond_the_limit_is_read_to_its_end(model: RoleModel) -> None:
    filler = ("The hives stood in a row behind the barn and were painted white.",) * 80
    section = (*ABSTRACT[:4], *filler, *ABSTRACT[4:])
    found = named(model, *section)
    assert len(found) == len(section)
    assert found[-2:] == ["result", "result"]


def test_a_very_long_sentence_is_read_by_its_beginning(model: RoleModel) -> None:
    longer = ABSTRACT[4].rstrip(".") + ", and so on" * 3000 + "."
    assert named(model, *ABSTRACT[:4], longer)[4] == "result"
