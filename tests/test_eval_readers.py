"""Readers of labelled sets: every format, told apart by its contents; damage is named."""

from pathlib import Path

import eval_sets
import pytest

from assignee.errors import ReadingError, SettingsError
from assignee.evals.items import request_of
from assignee.evals.opinions import Key, recorded_verdicts
from assignee.evals.readers import collection, role_items, stance_items, without_markers


def test_scifact(tmp_path: Path) -> None:
    items = stance_items(eval_sets.scifact(tmp_path), split="dev")
    assert [(item.id, item.document, item.gold, item.rationale) for item in items] == [
        ("1", "1", "supports", (0, 1)),
        ("1", "3", "neutral", ()),
        ("2", "2", "contradicts", (1,)),
        ("3", "3", "neutral", ()),
    ]
    assert {item.set for item in items} == {"scifact"}
    assert items[0].title == "Planted roofs"
    assert items[0].sentences[1] == "Rooms below were 2.1 degrees cooler."


def test_citation_integrity_is_told_by_its_markers_and_loses_them(tmp_path: Path) -> None:
    [item] = stance_items(eval_sets.citation_integrity(tmp_path), split="dev")
    assert item.set == "citation-integrity"
    assert item.claim == "Moss cools rooms, as it does cellars (Lee et al.)."


@pytest.mark.parametrize(
    ("citing", "plain"),
    [
        ("seen in p53<|cit|>, EZH2<|other_cit|> and Stat3.", "seen in p53, EZH2 and Stat3."),
        ("mice [<|cit|>], rats [3,<|multi_cit|>–11].", "mice, rats."),
        ("Kim et al. (<|cit|>) saw (Fig. 2) it.", "Kim et al. saw (Fig. 2) it."),
    ],
)
def test_markers(citing: str, plain: str) -> None:
    assert without_markers(citing) == plain


def test_check_covid(tmp_path: Path) -> None:
    items = stance_items(eval_sets.check_covid(tmp_path), split="dev")
    assert [(i.set, i.document, i.gold, i.rationale) for i in items] == [
        ("check-covid", "c1", "supports", (0,)),
        ("check-covid", "c2", "contradicts", (0,)),
        ("check-covid", "c3", "neutral", ()),
    ]
    assert {len(item.sentences) for item in items} == {1}
    assert items[0].claim == "Claim 1."


def test_contrast_pairs(tmp_path: Path) -> None:
    items = stance_items(eval_sets.contrast(tmp_path), split="dev")
    assert [(i.document, i.gold, i.phenomenon) for i in items] == [
        ("moss", "supports", "entity"),
        ("moss", "contradicts", "direction"),
        ("bees", "neutral", "topic"),
    ]
    assert items[0].sentences == ("Moss held water.", "It cooled the rooms below.")


def test_the_document_reaches_the_judge_whole(tmp_path: Path) -> None:
    item = stance_items(eval_sets.scifact(tmp_path), split="dev")[0]
    request = request_of(item)
    assert request.claim.text == item.claim
    assert " ".join(window.text for window in request.windows) == " ".join(item.sentences)
    assert {window.paper_id for window in request.windows} == {"1"}
    assert request.claim.paper_id != "1"


def test_one_of_several_sets_is_named(tmp_path: Path) -> None:
    eval_sets.scifact(tmp_path / "one")
    eval_sets.check_covid(tmp_path / "two")
    with pytest.raises(SettingsError, match=r"check-covid in 'two'.*--name"):
        stance_items(tmp_path, split="dev")
    assert stance_items(tmp_path, name="check-covid", split="dev")[0].set == "check-covid"
    with pytest.raises(SettingsError, match=r"'contrast'.*not found"):
        stance_items(tmp_path, name="contrast", split="dev")
    with pytest.raises(SettingsError, match="'test' was not found"):
        stance_items(tmp_path, split="test")
    with pytest.raises(SettingsError, match="no file or folder"):
        stance_items(tmp_path / "nowhere", split="dev")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 2: Invalid JSON"),
        ('{"id": 5, "claim": "x", "evidence": {}}', "line 2: cited_doc_ids: Field required"),
        (
            '{"id": 5, "claim": "x", "cited_doc_ids": [1], '
            '"evidence": {"1": [{"sentences": [0], "label": "MAYBE"}]}}',
            "line 2: evidence.1.0.label",
        ),
        (
            '{"id": 5, "claim": "x", "evidence": {}, "cited_doc_ids": [77]}',
            "claim 5 names document 77",
        ),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str, why: str) -> None:
    path = eval_sets.scifact(tmp_path) / "claims_dev.jsonl"
    first = path.read_text(encoding="utf-8").split("\n")[0]
    path.write_text(f"{first}\n{line}\n", encoding="utf-8")
    with pytest.raises(ReadingError, match=why) as raised:
        stance_items(tmp_path, split="dev")
    assert raised.value.path == str(path)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = eval_sets.scifact(tmp_path) / "corpus.jsonl"
    path.write_bytes(path.read_bytes() + '{"doc_id": "é"}'.encode("latin-1"))
    with pytest.raises(ReadingError, match=r"corpus.jsonl.*not UTF-8"):
        stance_items(tmp_path, split="dev")


def test_csabstruct(tmp_path: Path) -> None:
    items = role_items(eval_sets.csabstruct(tmp_path, "dev"), "dev")
    assert [item.id for item in items] == ["1", "2"]
    assert items[1].roles == ("background", "method", "result")
    with pytest.raises(ReadingError, match=r"train.jsonl.*no such file"):
        role_items(tmp_path, "train")


def test_roles_must_be_known_and_as_many_as_sentences(tmp_path: Path) -> None:
    row = {"sentences": ["One.", "Two."], "labels": ["result"]}
    eval_sets.jsonl(tmp_path / "dev.jsonl", [row])
    with pytest.raises(ReadingError, match="2 sentences but 1 labels"):
        role_items(tmp_path, "dev")
    eval_sets.jsonl(tmp_path / "dev.jsonl", [{**row, "labels": ["result", "joke"]}])
    with pytest.raises(ReadingError, match=r"line 1: labels.1"):
        role_items(tmp_path, "dev")


@pytest.mark.parametrize(
    "qrels",
    ["query-id\tcorpus-id\tscore\nq1\t1\t1\nq1\t2\t0\nq2\t2\t1\n", "q1\t 0 1\t1\nq2\t 0 2\t1\n"],
)
def test_beir_with_and_without_header(tmp_path: Path, qrels: str) -> None:
    found = collection(eval_sets.beir(tmp_path, qrels), "test")
    assert found.relevant == {"q1": {"1"}, "q2": {"2"}}
    assert found.queries == {"q1": "planted roofs cooler rooms", "q2": "walls painted white"}
    assert found.texts["1"].title == "Planted roofs"
    assert found.texts["1"].body.startswith("Roofs were planted with moss. Rooms")


def test_beirs_own_layout(tmp_path: Path) -> None:
    eval_sets.jsonl(tmp_path / "corpus.jsonl", [{"_id": "a", "title": "T", "text": "Body."}])
    eval_sets.jsonl(tmp_path / "queries.jsonl", [{"_id": "1", "text": "what"}])
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t2\n")
    found = collection(tmp_path, "dev")
    assert found.texts["a"] == ("T", "Body.")
    assert found.relevant == {"1": {"a"}}


@pytest.mark.parametrize(
    ("qrels", "why"),
    [
        ("q1\t1\t1\nq1 1\n", "line 2: not `query document relevance`"),
        ("q1\t99\t1\n", "line 1: document 99 is not in corpus.jsonl"),
        ("q1\t1\t0\n", "no query has an answer"),
        ("q7\t1\t1\n", "the judged query q7 is not there"),
    ],
)
def test_damaged_judgements_are_named(tmp_path: Path, qrels: str, why: str) -> None:
    with pytest.raises(ReadingError, match=why):
        collection(eval_sets.beir(tmp_path, qrels), "test")


def test_recorded_verdicts(tmp_path: Path) -> None:
    path = eval_sets.recorded(tmp_path / "verdicts.jsonl")
    one = recorded_verdicts(path, "small")
    assert not one.graded
    assert [answer.stance for answer in one.answers.values()] == ["supports", "supports", None]
    vote = recorded_verdicts(path, None)
    assert vote.graded
    split = vote.answers[Key("2", "2")]
    assert split.stance == "contradicts"
    assert split.raw is not None
    assert (split.raw.supports, split.raw.contradicts) == (0.5, 0.5)
    with pytest.raises(SettingsError, match=r"'bigger'.*did you mean 'big'"):
        recorded_verdicts(path, "bigger")
