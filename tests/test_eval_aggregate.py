"""`assignee eval aggregate` as its users meet it."""

import json
from pathlib import Path

import numpy as np
import pytest
from eval_sets import jsonl
from scipy.stats import spearmanr
from test_aggregation_laboratory import panel
from typer.testing import CliRunner, Result

from assignee.cli import app
from assignee.evals.aggregation.laboratory import compare_reducers
from assignee.evals.aggregation.reducers import REDUCERS
from assignee.evals.aggregation.voting import RULES
from assignee.evals.trials.folder import write_dataset


def run(*arguments: str | Path | float) -> Result:
    """The command's end."""
    return CliRunner().invoke(app, ["eval", "aggregate", *map(str, arguments)])


def cells(result: Result) -> dict[tuple[str, str], tuple[str, str]]:
    """Value and interval by metric and by what it is of."""
    assert result.exit_code == 0, result.stderr
    lines = [line.split("\t") for line in result.stdout.splitlines() if "\t" in line]
    return {(line[0], line[1]): (line[2], line[3]) for line in lines}


@pytest.fixture(name="scores")
def _scores(tmp_path: Path) -> Path:
    write_dataset(panel(), tmp_path / "scores")
    return tmp_path / "scores"


@pytest.fixture(name="verdicts")
def _verdicts(tmp_path: Path) -> Path:
    """Forty claims: two judges that are right, a third that is wrong on every fourth."""
    labels = ("SUPPORTS", "REFUTES")
    jsonl(tmp_path / "verdicts/claims.jsonl", [
        {"id": n, "doc_id": n, "gold": labels[n % 2],
         "verdicts": {"a": labels[n % 2], "b": labels[n % 2], "c": labels[(n + (n % 4 == 0)) % 2]}}
        for n in range(40)
    ])  # fmt: skip
    return tmp_path / "verdicts"


@pytest.fixture(name="pairs")
def _pairs(tmp_path: Path) -> Path:
    """Twelve pairs; the one judge says `1` in both orders of every second, and changes its mind."""
    jsonl(tmp_path / "pairs/llmbar_panel.jsonl", [
        {"subset": "Natural", "idx": n, "input": f"Ask {n}", "label": 1,
         "judges": {"a": {"ab": "1", "ba": "12"[n % 2]}}}
        for n in range(12)
    ])  # fmt: skip
    return tmp_path / "pairs"


def test_reducers_beside_baselines_reviewers_and_humans(scores: Path) -> None:
    found = run("--data", scores)
    table = cells(found)
    names = [name for metric, name in table if metric == "MAE as scored"]
    assert names == [*REDUCERS, "constant (baseline)", "best single member (baseline)",
                     "none (alone)", "one (alone)", "two (alone)"]  # fmt: skip
    mean = compare_reducers(panel()).reducers[0].spearman
    assert table["Spearman with the human mean", "mean"] == (
        f"{mean.value:.3f}", f"{mean.low:.3f} to {mean.high:.3f}",
    )  # fmt: skip
    assert ("Spearman with the human mean", "one human, the others' mean") in table
    assert ("Spearman with the human mean", "constant (baseline)") not in table
    assert "60 samples from 30 source documents, 3 reviewers, 7% of the scores missing" in (
        found.stdout
    )
    assert "no length of the text (baseline): the dataset holds neither" in found.stdout


def test_scores_are_left_out(scores: Path) -> None:
    kept = json.loads(run("--data", scores, "--left-out", 0.5, "--json").stdout)
    assert 0.4 < kept["missing"] < 0.65
    whole = json.loads(run("--data", scores, "--json").stdout)
    assert whole["missing"] == pytest.approx(12 / 180)


def test_rules_beside_judges_and_what_agreement_is_worth(verdicts: Path) -> None:
    table = cells(run("--data", verdicts))
    assert [name for metric, name in table if metric == "coverage"] == [*RULES, "best single judge"]
    assert table["accuracy; silence is not right", "majority"][0] == "1.000"
    assert table["accuracy; silence is not right", "unanimous"][0] == "0.750"
    assert table["accuracy where it speaks", "unanimous"][0] == "1.000"
    assert table["accuracy; silence is not right", "c (alone)"][0] == "0.750"
    assert table["accuracy on the surest 80%", "majority"][0] == "1.000"
    assert table["area under risk and coverage (AURC)", "majority"][0] == "0.000"


def test_some_judges_or_all_but_those(verdicts: Path) -> None:
    alone, others = (run("--data", verdicts, "--judges", how) for how in ("c", "!c"))
    assert "claims, c: 40 items from 40 source documents, 1 voter" in alone.stdout
    assert "claims, !c: 40 items from 40 source documents, 2 voters" in others.stdout
    assert cells(alone)["accuracy; silence is not right", "majority"][0] == "0.750"
    assert cells(others)["accuracy; silence is not right", "unanimous"][0] == "1.000"


def test_some_reviewers(scores: Path) -> None:
    table = cells(run("--data", scores, "--judges", "[ot]*"))
    alone = [name for metric, name in table if metric == "MAE as scored" and "(alone)" in name]
    assert alone == ["one (alone)", "two (alone)"]


def test_every_two_humans(scores: Path) -> None:
    table = cells(run("--data", scores))
    humans = np.array([sample.human for sample in panel().samples])
    for one, other in ((1, 2), (1, 3), (2, 3)):
        expected = spearmanr(humans[:, one - 1], humans[:, other - 1])[0]
        found = table["Spearman of two humans", f"columns {one} and {other}"][0]
        assert float(found) == pytest.approx(expected, abs=0.0005)


def test_humans_of_unequal_number_have_no_columns(tmp_path: Path) -> None:
    first, *rest = panel().samples
    fewer = first.model_copy(update={"human": first.human[:2]})
    write_dataset(panel().model_copy(update={"samples": (fewer, *rest)}), tmp_path)
    assert "Spearman of two humans" not in run("--data", tmp_path).stdout


def test_a_vote_by_few_is_less_sure_than_one_by_all(tmp_path: Path) -> None:
    """Of ten claims all three judges are right, of ten others two of them are wrong together."""
    jsonl(tmp_path / "set/claims.jsonl", [
        {"id": n, "doc_id": n, "gold": "SUPPORTS", "verdicts": {"a": "SUPPORTS", "b": said,
         "c": said}}
        for n, said in enumerate(["SUPPORTS"] * 10 + ["REFUTES"] * 10)
    ])  # fmt: skip
    table = cells(run("--data", tmp_path / "set"))
    assert table["accuracy on the surest 40%", "majority"][0] == "1.000"
    assert table["accuracy on the surest 100%", "majority"][0] == "0.500"


def test_each_order_is_a_vote_or_only_what_was_said_in_both(pairs: Path) -> None:
    each, agreed = (run("--data", pairs, "--orders", how) for how in ("each", "agreed"))
    assert "12 items from 12 source documents, 2 voters" in each.stdout
    assert "12 items from 12 source documents, 1 voter" in agreed.stdout
    assert cells(each)["coverage", "majority"][0] == "0.500"
    assert cells(agreed)["accuracy where it speaks", "majority"] == (
        "1.000", "1.000 to 1.000",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "arguments", "why"),
    [
        ("scores", ("--orders", "each"), "--orders is for verdicts, and made up holds scores"),
        ("verdicts", ("--left-out", "0.5"), "--left-out is for scores, and claims holds verdicts"),
        ("pairs", ("--orders", "agree"), "unknown orders 'agree'; did you mean 'agreed'?"),
        ("pairs", ("--part", "Natura1"), "has no subset 'Natura1'; did you mean 'Natural'?"),
        ("scores", ("--part", "RE"), "has no parts"),
        ("verdicts", ("--judges", "d*"), "no judge or reviewer fits 'd*'; known: a, b, c"),
        ("scores", ("--judges", "!*"), "no judge or reviewer fits '!*'"),
        ("nowhere", (), "there is no folder"),
    ],
)
def test_mistakes(
    request: pytest.FixtureRequest, tmp_path: Path, data: str, arguments: tuple[str, ...], why: str
) -> None:
    folder = tmp_path / "nowhere" if data == "nowhere" else request.getfixturevalue(data)
    found = run("--data", folder, *arguments)
    assert found.exit_code == 2
    assert why in found.stderr
