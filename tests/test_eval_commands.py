"""`assignee eval` as its users meet it."""

import json
from pathlib import Path

import eval_sets
import pytest
from eval_runs import cells, run


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_baseline(tmp_path: Path, home: Path) -> None:
    data = eval_sets.scifact(tmp_path / "set")
    found = run("verify", "--data", data, "--judge", "majority", "--errors", 5, "--home", home)
    table = cells(found)
    assert table["accuracy"][0] == "0.500"
    assert table["neutral, recall (n = 2)"][0] == "1.000"
    assert table["calibration error"][0] == "not calibrated"
    assert table["supports said as"] == ["0 supports", "0 contradicts", "1 neutral"]
    assert "4 claim-document pairs, 3 documents" in found.stdout
    assert "claim 2, document 2: White walls lower indoor heat." in found.stdout
    assert "2 errors of 4 pairs" in found.stdout


def test_verdicts_on_record_against_a_baseline(tmp_path: Path, home: Path) -> None:
    data = eval_sets.scifact(tmp_path / "set")
    file = eval_sets.recorded(tmp_path / "verdicts.jsonl")
    found = run("verify", "--data", data, "--judge", f"{file}#small", "--against", "majority",
                "--home", home)  # fmt: skip
    assert "1 of 4 pairs are not on record" in found.stderr
    table = cells(found)
    assert table["difference in accuracy"][0] == "0.000"
    assert "not judged, which counts as wrong: 1 pair" in found.stdout
    assert table["both"] == ["0"]
    assert table["only verdicts.jsonl#small"] == ["1"]
    assert table["only majority"] == ["1"]


def test_a_measurement_is_kept_and_compared_with(tmp_path: Path, home: Path) -> None:
    data = eval_sets.scifact(tmp_path / "set")
    file = eval_sets.recorded(tmp_path / "verdicts.jsonl")
    printed = run("verify", "--data", data, "--judge", file, "--json", "--home", home)
    kept = json.loads(printed.stdout)
    assert kept["items"] == 3
    assert [outcome["stance"] for outcome in kept["outcomes"]] == [
        o["gold"] for o in kept["outcomes"]
    ]
    (tmp_path / "run.json").write_text(printed.stdout, encoding="utf-8")
    both = run("verify", "--data", data, "--judge", tmp_path / "run.json", "--against", file,
               "--json", "--home", home)  # fmt: skip
    compared = json.loads(both.stdout)["comparison"]
    assert (compared["both"], compared["only_first"], compared["accuracy"]["value"]) == (3, 0, 0)


def test_plots(tmp_path: Path, home: Path) -> None:
    data = eval_sets.contrast(tmp_path / "set")
    found = run("verify", "--data", data, "--judge", "claim-only", "--plots", tmp_path / "plots",
                "--home", home)  # fmt: skip
    assert cells(found)["accuracy, topic"]
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {
        "reliability.svg",
        "risk-coverage.svg",
    }


def test_the_search(tmp_path: Path) -> None:
    data = eval_sets.beir(tmp_path / "set")
    table = cells(run("retrieve", "--data", data, "--index", tmp_path / "kept"))
    assert table["BM25, nDCG@10"][0] == "1.000"
    assert table["fused, recall@100"] == ["1.000", "1.000 to 1.000"]
    assert table["vectors, ms a query"][0].endswith(" median")
    assert (tmp_path / "kept" / "library.sqlite3").is_file()
    printed = run("retrieve", "--data", data, "--index", tmp_path / "kept", "--json")
    assert json.loads(printed.stdout)["queries"] == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--judge", "loca"), "'loca' is no file and no judge; did you mean 'local'?"),
        (("--name", "scifat"), "unknown set 'scifat'; did you mean 'scifact'?"),
        (("--name", "contrast"), "the set 'contrast' with the split 'dev' was not found"),
        (("--calibration", "no"), "unknown calibration 'no'; did you mean 'none'?"),
        (("--judge", "majority", "--calibration", "profile"), "has no calibration profile"),
        (("--split", "test"), "with the split 'test' was not found"),
    ],
)
def test_mistakes(tmp_path: Path, home: Path, arguments: tuple[str, ...], why: str) -> None:
    data = eval_sets.scifact(tmp_path / "set")
    found = run("verify", "--data", data, "--home", home, *arguments)
    assert found.exit_code == 2
    assert why in found.stderr


def test_a_damaged_line_ends_in_one_line_of_error(tmp_path: Path, home: Path) -> None:
    data = eval_sets.scifact(tmp_path / "set")
    with (data / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write("not JSON\n")
    found = run("verify", "--data", data, "--judge", "majority", "--home", home)
    assert found.exit_code == 1
    assert "corpus.jsonl' was not read: line 4: Invalid JSON" in found.stderr
    assert found.stderr.count("\n") == 1
