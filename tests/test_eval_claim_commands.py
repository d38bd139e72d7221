"""`assignee eval extract` and `assignee eval report` as their users meet them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import eval_sets
import pytest
from eval_runs import cells, run
from openai_brains import ChatRequest, Reply, honest
from openai_server import Server
from sample_report import sample_report

from assignee.report import render_json

QUESTION = "Do planted roofs make rooms cooler?"


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(name="server")
def _server() -> Iterator[Server]:
    with Server() as running:
        yield running
        assert running.violations == []


def notes(folder: Path) -> Path:
    """Two short papers that can be read and a file that cannot."""
    folder.mkdir()
    for name, finding in (
        ("moss", "Planted roofs made the rooms below 2.1 degrees cooler than bare roofs did."),
        ("paint", "White paint on roofs lowered the heat of the rooms below by 1.4 degrees."),
    ):
        text = f"# On {name}\n\n## Results\n\n{finding} Bees visited the roofs in May.\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    return folder


def inventing(request: ChatRequest) -> Reply:
    """Honest but for the first quote, which no passage has."""
    reply = honest(request)
    said = json.loads(reply.content)
    said["claims"][0]["quote"] = "Roofs are known to sing."
    return replace(reply, content=json.dumps(said))


def test_claim_sentences_without_a_training_part(tmp_path: Path, home: Path) -> None:
    data = eval_sets.scifact(tmp_path / "set")
    found = run("extract", "--data", data, "--home", home)
    table = cells(found)
    assert "scifact: 3 marked sentences of 4 in 2 abstracts; 2 claims to ask about" in found.stdout
    assert "cross-fitted in 2 folds" in found.stdout
    assert "place in the abstract alone: takes" in found.stdout
    kept = next(name for name in table if name.startswith("kept quotes at their offsets"))
    assert table[kept][0] == "1.000"
    assert "sentences of an abstract of another claim, the same" in table


def test_claim_sentences_beside_a_training_part_and_limited(tmp_path: Path, home: Path) -> None:
    data = eval_sets.scifact(tmp_path / "set")
    eval_sets.scifact(data, "train")
    printed = run("extract", "--data", data, "--limit", 1, "--json", "--home", home)
    found = json.loads(printed.stdout)
    assert (found["abstracts"], found["claims"]) == (1, 1)
    # Of the two abstracts of the training part the one that is measured on is left out.
    assert found["baseline"].startswith("learned from 1 abstracts of the training part")
    assert len(found["findings"]) == 2


def test_a_model_is_asked_and_what_it_invents_is_counted(
    tmp_path: Path, home: Path, server: Server
) -> None:
    server.brain = inventing
    data = eval_sets.scifact(tmp_path / "set")
    found = run("extract", "--data", data, "--engine", "llm", "--model", "fake", "--base-url",
                server.base_url, "--home", home)  # fmt: skip
    table = cells(found)
    assert f"Sending abstracts or papers to {server.base_url}, model fake." in found.stderr
    # Two abstracts, each asked with its title and with its claim: one quote of each reply.
    assert len(server.requests) == 4
    assert found.stdout.count("quoted, but in no passage: Roofs are known to sing.") == 4
    drafted = next(name for name in table if name.startswith("drafted quotes word for word"))
    assert float(table[drafted][0]) < 1
    assert float(table["drafted quotes in no passage, dropped"][0]) > 0


def test_roles_with_and_without_a_training_part(tmp_path: Path, home: Path) -> None:
    data = eval_sets.csabstruct(tmp_path / "set", "dev")
    alone = run("extract", "--data", data, "--home", home)
    assert "cross-fitted in 2 folds, for there is no training part" in alone.stdout
    assert cells(alone)["accuracy"]
    eval_sets.csabstruct(data, "train")
    found = json.loads(run("extract", "--data", data, "--json", "--home", home).stdout)
    assert found["baseline"] == "learned from 2 abstracts of the training part"
    assert found["model"]["sentences"] == 6
    assert found["place"]["accuracy"]["value"] == 1


def test_papers_that_nobody_marked(tmp_path: Path, home: Path) -> None:
    folder = notes(tmp_path / "notes")
    asked = ("extract", "--papers", folder, "--question", QUESTION, "--home", home)
    found = run(*asked)
    table = cells(found)
    assert "torn.pdf" in found.stderr
    assert "2 claims of 2 papers (2 passages), 0 without a claim" in found.stdout
    assert table["kept quotes at their offsets in the document (n = 2)"][0] == "1.000"
    assert table["drafted quotes in no passage, dropped"][0] == "0.000"
    assert json.loads(run(*asked, "--limit", 1, "--json").stdout)["papers"] == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "name a labelled set with --data, or --papers and a --question"),
        (("--papers", "notes"), "name a labelled set with --data, or --papers and a --question"),
        (("--data", "set", "--question", "Why?"), "name a labelled set with --data, or --papers"),
        (("--papers", "none", "--question", "Why?"), "'none' does not exist"),
        (("--data", "covid"), "the abstracts of check-covid have no marks"),
        (("--data", "roles", "--engine", "llm"), "roles are told by the local model alone"),
        (("--data", "set", "--split", "test"), "the split 'test' was not found in 'set'"),
    ],
)
def test_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    eval_sets.scifact(tmp_path / "set")
    eval_sets.check_covid(tmp_path / "covid")
    eval_sets.csabstruct(tmp_path / "roles", "dev")
    notes(tmp_path / "notes")
    found = run("extract", "--home", "home", *arguments)
    assert found.exit_code in (1, 2, 3)
    assert why in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_report_of_ours_and_one_of_others(tmp_path: Path) -> None:
    ours, other = tmp_path / "report.json", tmp_path / "other.md"
    ours.write_text(render_json(sample_report()), encoding="utf-8")
    other.write_text(
        "# Cool roofs\n\n## Results\n\nPlanted roofs cool rooms by 4 degrees [1]. Bees like them "
        "a lot.\n\n## References\n\n[1] A. Author. Planted roofs. 2020.\n",
        encoding="utf-8",
    )
    found = run("report", ours, other)
    table = cells(found)
    assert "drafted quotes in no passage, dropped (of 11)\t1" in found.stdout
    assert "cites nothing: Bees like them a lot." in found.stdout
    assert "not in the words cited: 4, in: Planted roofs cool rooms by 4 degrees." in found.stdout
    assert table["numbers that can be traced (n = 1)"][0] == "0.000"
    first, second = json.loads(run("report", ours, other, "--json").stdout)
    assert (first["drafts"], first["dropped"]) == (11, 1)
    assert second["silent"] == ["Bees like them a lot."]
    assert second["untraced"] == [
        {"number": "4", "sentence": "Planted roofs cool rooms by 4 degrees."}
    ]


def test_what_is_no_report_is_named(tmp_path: Path) -> None:
    found = run("report", tmp_path / "none.json")
    assert found.exit_code != 0
    assert "none.json' cannot be read: No such file or directory" in found.stderr
