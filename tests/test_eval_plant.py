"""`assignee eval plant`: from papers or reports to a dataset that panels are measured on."""

import json
from pathlib import Path

import pytest
from sample_report import sample_report
from typer.testing import CliRunner, Result

from assignee.cli import app
from assignee.evals.planting.operators import FLAWS, NULLS
from assignee.evals.trials.recorded import read_recorded
from assignee.evals.trials.records import Dataset
from assignee.report import read_report

NOTES = {
    "moss": "# Moss on roofs\n\nMoss lowers the temperature of roofs by 4 degrees in summer.\n",
    "white": "# White paint on roofs\n\nWhite paint lowers their temperature by 6 degrees.\n",
    "both": "# Roofs compared\n\nWhite paint cools roofs more than moss does in dry summers.\n",
}


def run(*arguments: str | Path | int) -> Result:
    """The command's end."""
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def report_in(folder: Path) -> Path:
    """A file with the sample report."""
    path = folder / "report.json"
    path.write_text(sample_report().model_dump_json(), "utf-8")
    return path


def planted_in(folder: Path) -> Dataset:
    """The dataset that the command left."""
    found = read_recorded(folder)
    assert isinstance(found, Dataset)
    return found


def test_a_report_becomes_a_dataset_that_a_panel_is_measured_on(tmp_path: Path) -> None:
    made = run("plant", "--report", report_in(tmp_path), "--out", tmp_path / "planted")

    assert made.exit_code == 0, made.stderr
    dataset = planted_in(tmp_path / "planted")
    edits = [sample.edit for sample in dataset.samples if sample.edit]
    assert dataset.kind == "planted"
    assert len(edits) == len(dataset.samples) - 1
    table = {
        row[0]: row[1:] for row in (x.split("\t") for x in made.stdout.splitlines()) if row[1:]
    }
    assert list(table) == [*FLAWS, *NULLS]
    for name in FLAWS:
        placed = sum(edit.operator == name for edit in edits)
        assert table[name] == ["flaw", f"{placed} of 1 report"]
        nowhere = "found no place anywhere" in made.stderr and name in made.stderr
        assert nowhere == (placed == 0)

    results = run("panels", "auditor", "--data", tmp_path / "planted", "--out", tmp_path / "out",
                  "--replicates", 100, "--home", tmp_path / "home", "--json")  # fmt: skip
    assert results.exit_code == 0, results.stderr
    [auditor, *_] = json.loads(results.stdout)["standings"]
    figures = {one["metric"]: one["estimate"]["value"] for one in auditor["figures"]}
    assert figures["recall, truncated section"] == 1.0


def test_another_seed_plants_in_other_places_and_the_same_in_the_same(tmp_path: Path) -> None:
    report = report_in(tmp_path)
    for name, seed in (("one", 0), ("again", 0), ("other", 1)):
        run("plant", "--report", report, "--out", tmp_path / name, "--seed", seed)
    one, again, other = (
        {s.edit.operator: s.edit for s in planted_in(tmp_path / name).samples if s.edit}
        for name in ("one", "again", "other")
    )
    assert one == again
    assert one != other


def test_papers_and_questions_become_reports_and_a_dataset(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    for name, text in NOTES.items():
        (notes / f"{name}.md").write_text(text, "utf-8")
    questions = tmp_path / "questions.txt"
    questions.write_text("Does moss cool roofs in summer?\n\nDoes white paint cool roofs?\n")

    made = run("plant", "--papers", notes, "--questions", questions, "--out", tmp_path / "planted")

    assert made.exit_code == 0, made.stderr
    asked = [read_report(p).question for p in sorted((tmp_path / "planted/reports").iterdir())]
    assert asked == ["Does moss cool roofs in summer?", "Does white paint cool roofs?"]
    dataset = planted_in(tmp_path / "planted")
    assert [s.dossier.question for s in dataset.samples if s.dossier and not s.edit] == asked
    assert len({sample.group for sample in dataset.samples}) == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "give either --papers or --report"),
        (("--papers", "a", "--report", "b"), "give either --papers or --report"),
        (("--report", "b", "--questions", "c"), "--questions goes with --papers"),
        (("--papers", "a", "--questions", "no.txt"), "'no.txt' were not read (No such file"),
        (("--papers", "a", "--questions", "empty.txt"), "'empty.txt' holds no question"),
        (("--report", "report.json", "--report", "report.json"), "was given before"),
        (("--report", "empty.txt"), "'empty.txt' is not a report"),
    ],
)
def test_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    report_in(tmp_path)
    Path("empty.txt").write_text("\n")
    found = run("plant", *arguments, "--out", "planted")
    assert found.exit_code in (1, 2)
    assert why in found.stderr
    assert not Path("planted/samples.jsonl").exists()
