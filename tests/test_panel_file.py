"""Panel files: those that ship, the user's own, and what is said of wrong ones."""

from pathlib import Path

import pytest

from assignee.agents.panel_file import known_panels, load_panel
from assignee.engines.checklists import CHECKLISTS
from assignee.errors import SettingsError

OWN = """
description: Two of my own.
aggregation: median
quorum: 2
reviewers:
  - {id: strict, checklist: evidence, engine: llm, model: some-model, samples: 3}
  - {id: auditor, checklist: audit, engine: local}
"""


def test_three_panels_ship() -> None:
    assert known_panels() == [
        "auditor",
        "bare",
        "checklists",
        "default",
        "mixed",
        "samples",
        "single",
    ]


@pytest.mark.parametrize(
    "name", ["auditor", "bare", "checklists", "default", "mixed", "samples", "single"]
)
def test_a_shipped_panel_loads(name: str) -> None:
    panel = load_panel(name)
    assert panel.name == name
    assert panel.description
    assert {seat.checklist for seat in panel.reviewers} <= set(CHECKLISTS)


def test_the_default_panel_checks_everything_once_and_audits_by_rule() -> None:
    panel = load_panel("default")
    assert [seat.checklist for seat in panel.reviewers] == [
        name for name, checklist in CHECKLISTS.items() if checklist.items
    ]
    assert [seat.id for seat in panel.reviewers if seat.engine == "local"] == ["auditor"]
    assert panel.quorum == 4


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(OWN, "utf-8")
    panel = load_panel(str(path))
    assert (panel.name, panel.aggregation, panel.quorum) == ("mine", "median", 2)
    assert (panel.reviewers[0].model, panel.reviewers[0].samples) == ("some-model", 3)


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(SettingsError, match="unknown panel 'defualt'; did you mean 'default'"):
        load_panel("defualt")


def test_names_cannot_leave_the_folder() -> None:
    with pytest.raises(SettingsError, match="unknown panel"):
        load_panel("../../pyproject")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.yaml.*panels that ship: auditor, bare"):
        load_panel(str(tmp_path / "none.yaml"))


WRONG = {
    "unknown checklist 'evidnce'; did you mean 'evidence'": (
        "reviewers: [{id: a, checklist: evidnce}]"
    ),
    "unknown key 'quorom'; did you mean 'quorum'": (
        "quorom: 1\nreviewers: [{id: a, checklist: audit}]"
    ),
    "reviewer 1 .* unknown key 'modle'; did you mean 'model'": (
        "reviewers: [{id: a, checklist: audit, modle: x}]"
    ),
    "two reviewers of the id 'a'": (
        "reviewers: [{id: a, checklist: audit}, {id: a, checklist: clarity}]"
    ),
    "quorum of 3 and has 1": "quorum: 3\nreviewers: [{id: a, checklist: audit}]",
    "needs a list of reviewers": "reviewers: []",
    "must be a mapping": "- a\n- b",
    "reviewer 1 .* must be a mapping": "reviewers: [evidence]",
    "is not YAML": "reviewers: [",
    r"reviewers\.0\.samples": "reviewers: [{id: a, checklist: audit, samples: 0}]",
    "aggregation": "aggregation: product\nreviewers: [{id: a, checklist: audit}]",
}


@pytest.mark.parametrize("told", WRONG)
def test_what_is_wrong_is_said(told: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG[told], "utf-8")
    with pytest.raises(SettingsError, match=told):
        load_panel(str(path))


def test_a_file_runs_no_code(tmp_path: Path) -> None:
    path, mark = tmp_path / "evil.yaml", tmp_path / "mark"
    path.write_text(f"name: !!python/object/apply:pathlib.Path.touch [{str(mark)!r}]", "utf-8")
    with pytest.raises(SettingsError, match="is not YAML"):
        load_panel(str(path))
    assert not mark.exists()
