"""Readers of recorded panels: each form is told by its files; damage is named with its line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clean_dossier import clean_dossier
from eval_sets import jsonl
from sample_report import sample_report

from assignee.errors import ReadingError, SettingsError
from assignee.evals.trials.recorded import read_recorded
from assignee.evals.trials.records import Dataset, Sample
from assignee.evals.trials.verdicts import VerdictItem, VerdictSet


def iclr(folder: Path) -> Path:
    """Two papers, two models; one gave one of them no score."""
    jsonl(folder / "human_ratings.jsonl", [
        {"paper_id": "p1", "human_scores": [6.0, 8.0, 8.0], "decision": "Accept (Oral)"},
        {"paper_id": "p2", "human_scores": [3.0, 5.0], "decision": "Reject"},
    ])  # fmt: skip
    jsonl(folder / "llm_reviews.jsonl", [
        {"paper_id": paper, "reviewer": reviewer, "Overall": score, "Summary": "Words."}
        for paper, reviewer, score in (
            ("p1", "big", 7.0), ("p2", "big", 4.0), ("p1", "small", 6.0), ("p2", "small", None),
        )
    ])  # fmt: skip
    return folder


def criteria(*values: float) -> dict[str, float]:
    """HANNA's six, in its order."""
    return dict(zip(("RE", "CH", "EM", "SU", "EG", "CX"), values, strict=True))


def story(system: str = "Human", prompt: int = 0, **judges: dict[str, float]) -> dict[str, Any]:
    """A story with three human ratings."""
    human = [criteria(4, 4, 3, 2, 4, 1), criteria(5, 5, 1, 3, 4, 1), criteria(2, 2, 3, 2, 2, 3)]
    return {"system": system, "prompt_idx": prompt, "human": human, "llm": judges}


def hanna(folder: Path) -> Path:
    """Two stories of one prompt; the judge's reply on surprise could not be read once."""
    jsonl(folder / "hanna_panel.jsonl", [
        story("Human", 0, judge=criteria(3, 3, 3, -1 / 3, 3, 3)),
        story("CTRL", 0, judge=criteria(1, 2, 3, 4, 5, 3)),
    ])  # fmt: skip
    return folder


def llmbar(folder: Path) -> Path:
    """Three pairs, of which two have one instruction; one judge is on record."""
    rows = (
        ("Natural", 0, "Say hi.", 1, "1", "1"),
        ("Adversarial/GPTOut", 0, "say  hi.", 2, "1", "2"),
        ("Adversarial/Manual", 0, "Sing.", 2, "2", None),
    )
    jsonl(folder / "llmbar_panel.jsonl", [
        {"subset": subset, "idx": idx, "input": text, "output_1": "a", "output_2": "b",
         "label": label, "judges": {"m|CoT": {"ab": ab, "ba": ba}, "m|Never": {}}}
        for subset, idx, text, label, ab, ba in rows
    ])  # fmt: skip
    return folder


def claims(folder: Path) -> Path:
    """Two pairs of one claim."""
    jsonl(folder / "claims.jsonl", [
        {"dataset": "x", "id": 1, "doc_id": document, "claim": "Moss cools.", "gold": "SUPPORTS",
         "verdicts": {"big": "SUPPORTS", "small": None}, "assertions": {}}
        for document in ("7", "8")
    ])  # fmt: skip
    return folder


def own(folder: Path, *samples: dict[str, Any], kind: str = "recorded", **header: Any) -> Path:
    """A dataset in the harness's own form."""
    jsonl(folder / "samples.jsonl", samples)
    described = {"name": "mine", "kind": kind, **header}
    (folder / "dataset.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


def scores(folder: Path, **options: Any) -> Dataset:
    """A folder that holds scores."""
    found = read_recorded(folder, **options)
    assert isinstance(found, Dataset)
    return found


def verdicts(folder: Path, **options: Any) -> VerdictSet:
    """A folder that holds verdicts."""
    found = read_recorded(folder, **options)
    assert isinstance(found, VerdictSet)
    return found


def test_iclr(tmp_path: Path) -> None:
    found = scores(iclr(tmp_path / "panel"))
    assert (found.name, found.kind, found.scale) == ("panel", "recorded", (1.0, 10.0))
    assert found.samples == (
        Sample(id="p1", group="p1", human=(6, 8, 8), accepted=True,
               recorded={"big": 7, "small": 6}),
        Sample(id="p2", group="p2", human=(3, 5), accepted=False,
               recorded={"big": 4, "small": None}),
    )  # fmt: skip


def test_hanna_by_criterion(tmp_path: Path) -> None:
    found = scores(hanna(tmp_path / "h"), part="CX")
    assert found.name == "h, CX"
    assert found.scale == (1.0, 5.0)
    first, second = found.samples
    assert (first.id, first.group, second.id, second.group) == ("0/Human", "0", "0/CTRL", "0")
    assert list(first.human) == [1, 1, 3]
    assert first.recorded == second.recorded == {"judge": 3}


def test_an_unreadable_reply_is_missing_and_so_is_the_mean_with_it(tmp_path: Path) -> None:
    surprise = scores(hanna(tmp_path), part="SU")
    assert [sample.recorded["judge"] for sample in surprise.samples] == [None, 4]
    mean = scores(tmp_path)
    assert [sample.recorded["judge"] for sample in mean.samples] == [None, 3]
    assert mean.samples[0].human == pytest.approx((3, 19 / 6, 14 / 6))


def test_llmbar(tmp_path: Path) -> None:
    found = verdicts(llmbar(tmp_path))
    assert found.labels == ("1", "2")
    assert found.judges == ("m|CoT",)
    groups = [item.group for item in found.items]
    assert groups == ["say hi.", "say hi.", "sing."]
    assert [item.gold for item in found.items] == ["1", "2", "2"]
    assert found.votes() == {"m|CoT, ab": ["1", "1", "2"], "m|CoT, ba": ["1", "2", None]}
    assert found.votes("agreed") == {"m|CoT": ["1", None, None]}


def test_a_subset_of_llmbar(tmp_path: Path) -> None:
    found = verdicts(llmbar(tmp_path), part="Adversarial")
    assert [item.id for item in found.items] == ["Adversarial/GPTOut/0", "Adversarial/Manual/0"]
    assert found.name.endswith(", Adversarial")


def test_verdicts_on_claims(tmp_path: Path) -> None:
    found = verdicts(claims(tmp_path))
    assert found.name == "claims"
    assert found.orders == ("as given",)
    assert [(item.id, item.group) for item in found.items] == [("1/7", "7"), ("1/8", "8")]
    assert found.votes("each") == found.votes("agreed") == {
        "big": ["SUPPORTS", "SUPPORTS"], "small": [None, None],
    }  # fmt: skip


def test_own_form_round_trips(tmp_path: Path) -> None:
    sample = Sample(id="a", group="g", human=(3, 5), words=7, recorded={"r": 4.5, "s": None})
    found = scores(own(tmp_path, sample.model_dump(mode="json"), scale=[1, 5]))
    assert found == Dataset(name="mine", kind="recorded", scale=(1, 5), samples=(sample,))


def test_a_rated_sample_is_read_from_its_report(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(sample_report().model_dump_json(), encoding="utf-8")
    text = "# Moss\n\n## Abstract\n\nMoss cools rooms [1].\n\n## References\n\n[1] Moss. 2020.\n"
    (tmp_path / "b.md").write_text(text, encoding="utf-8")
    dossier = clean_dossier().model_dump(mode="json")
    found = scores(own(tmp_path, {"id": "a", "group": "a", "report": "a.json"},
                       {"id": "b", "group": "b", "report": "b.md", "words": 3},
                       {"id": "c", "group": "c", "dossier": dossier}, kind="rated"))  # fmt: skip
    ours, foreign, given = found.samples
    assert ours.dossier is not None
    assert ours.dossier.question == sample_report().question
    assert ours.words == sum(len(s.text.split()) for s in ours.dossier.sections) > 0
    assert foreign.dossier is not None
    assert foreign.dossier.title == "Moss"
    assert foreign.words == 3
    assert given.dossier == clean_dossier()


def damage(path: Path, line: str) -> None:
    """Put a line behind the first one."""
    first = path.read_text(encoding="utf-8").split("\n")[0]
    path.write_text(f"{first}\n{line}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "file", "line", "why"),
    [
        (iclr, "human_ratings.jsonl", "{", "line 2: Invalid JSON"),
        (iclr, "human_ratings.jsonl", '{"human_scores": [1], "decision": "Reject"}',
         "line 2: paper_id: Field required"),
        (iclr, "human_ratings.jsonl", '{"paper_id": "", "human_scores": [1], "decision": "Reject"}',
         "line 2: paper_id: String should have at least 1"),
        (iclr, "human_ratings.jsonl",
         '{"paper_id": "x", "human_scores": [4, 11], "decision": "Reject"}',
         "line 2: human_scores.1: Input should be less than or equal to 10"),
        (iclr, "human_ratings.jsonl",
         '{"paper_id": "p1", "human_scores": [4], "decision": "Reject"}',
         "line 2: the id 'p1' stands on line 1 already"),
        (iclr, "llm_reviews.jsonl", '{"paper_id": "x", "reviewer": "big", "Overall": 4}',
         "line 2: human_ratings.jsonl has no paper 'x'"),
        (iclr, "llm_reviews.jsonl", '{"paper_id": "p1", "reviewer": "big", "Overall": 4}',
         "line 2: 'big' reviewed 'p1' before"),
        (iclr, "llm_reviews.jsonl", '{"paper_id": "p2", "reviewer": "big", "Overall": 0.5}',
         "line 2: Overall: Input should be greater"),
        (hanna, "hanna_panel.jsonl", json.dumps(story()), "line 2: the id '0/Human' stands"),
        (hanna, "hanna_panel.jsonl", json.dumps(story("X", j=criteria(1, 2, 3, 4, 5, 6))),
         "line 2: llm.j.CX: Input should be less"),
        (llmbar, "llmbar_panel.jsonl", '{"subset": "Natural", "idx": 0}', "line 2: input: Field"),
        (claims, "claims.jsonl",
         '{"id": 1, "doc_id": "9", "gold": "SUPPORTS", "verdicts": {"big": "MAYBE"}}',
         "line 2: verdicts.big: Input should be"),
        (claims, "claims.jsonl", '{"id": 1, "doc_id": "7", "gold": "SUPPORTS", "verdicts": {}}',
         "line 2: the id '1/7' stands on line 1"),
    ],
)  # fmt: skip
def test_a_damaged_line_of_a_public_panel_is_named(
    tmp_path: Path, make: Callable[[Path], Path], file: str, line: str, why: str
) -> None:
    path = make(tmp_path) / file
    damage(path, line)
    with pytest.raises(ReadingError, match=why) as raised:
        read_recorded(tmp_path)
    assert raised.value.path == str(path)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"group": "a"}, "line 2: id: Field required"),
        ({"id": "good", "group": "a"}, "line 2: the id 'good' stands on line 1"),
        ({"id": "a", "group": "a", "human": [12]}, r"line 2: sample 'a' has a score of 12, out"),
        ({"id": "a", "group": "a", "recorded": {"r": -1}}, "line 2: sample 'a' has a score of -1"),
        ({"id": "a", "group": "a", "humans": [2]}, "line 2: humans: Extra inputs"),
        ({"id": "a", "group": "a", "report": "none.md"}, r"line 2: .*none.md.* could not be read"),
        ({"id": "a", "group": "a", "report": "none.json"}, r"line 2: .*none.json.* cannot be read"),
        ({"id": "a", "group": "a", "report": "../x.md"}, "line 2: the report '../x.md' does not"),
        ({"id": "a", "group": "a", "report": "x.md",
          "dossier": clean_dossier().model_dump(mode="json")}, "line 2: .*both a dossier and a"),
    ],
)  # fmt: skip
def test_a_damaged_line_of_the_own_form_is_named(
    tmp_path: Path, line: dict[str, Any], why: str
) -> None:
    own(tmp_path, {"id": "good", "group": "a"}, line)
    with pytest.raises(ReadingError, match=why) as raised:
        read_recorded(tmp_path)
    assert raised.value.path == str(tmp_path / "samples.jsonl")


def test_a_sample_to_be_reviewed_live_needs_something_to_review(tmp_path: Path) -> None:
    own(tmp_path, {"id": "a", "group": "a"}, kind="rated")
    with pytest.raises(ReadingError, match=r"line 1: sample 'a' needs a `report`"):
        read_recorded(tmp_path)


def test_a_damaged_description_is_named(tmp_path: Path) -> None:
    own(tmp_path, {"id": "a", "group": "a"}, kind="guessed")
    with pytest.raises(ReadingError, match=r"dataset.json.*kind: Input should be 'planted'"):
        read_recorded(tmp_path)


def test_missing_data_says_where_it_is(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(SettingsError, match="made from these repositories"):
            read_recorded(folder)
    jsonl(tmp_path / "human_ratings.jsonl", [])
    with pytest.raises(ReadingError, match=r"llm_reviews.jsonl.*no such file"):
        read_recorded(tmp_path)


def test_parts_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no criterion 'cx'"):
        read_recorded(hanna(tmp_path / "h"), part="cx")
    with pytest.raises(SettingsError, match=r"no subset 'Nature'; did you mean 'Natural'"):
        read_recorded(llmbar(tmp_path / "l"), part="Nature")
    for folder in (iclr(tmp_path / "i"), claims(tmp_path / "c")):
        with pytest.raises(SettingsError, match="has no parts"):
            read_recorded(folder, part="x")


def test_several_sets_of_verdicts_are_not_one(tmp_path: Path) -> None:
    path = claims(tmp_path) / "claims.jsonl"
    (tmp_path / "more.jsonl").write_bytes(path.read_bytes())
    with pytest.raises(SettingsError, match=r"several sets of verdicts \(2\)"):
        read_recorded(tmp_path)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"gold": "3"}, "item 'a' has the label '3'"),
        ({"votes": {"j": ("1", "x")}}, "item 'a' has the label 'x', which is none of 1, 2"),
        ({"votes": {"j": ("1",)}}, "item 'a' has 1 votes of 'j' for 2 orders"),
    ],
)
def test_verdicts_fit_together(change: dict[str, Any], why: str) -> None:
    fields: dict[str, Any] = {"id": "a", "group": "a", "gold": "1", "votes": {"j": ("1", None)}}
    item = VerdictItem(**{**fields, **change})
    with pytest.raises(ValueError, match=why):
        VerdictSet(name="x", labels=("1", "2"), orders=("ab", "ba"), items=(item,))
    same = VerdictItem(**fields)
    with pytest.raises(ValueError, match="two items have the id 'a'"):
        VerdictSet(name="x", labels=("1", "2"), orders=("ab", "ba"), items=(same, same))
