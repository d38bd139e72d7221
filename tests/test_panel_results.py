"""Panels compared: figures, verdicts between panels, the folder, and the commands."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from assignee import cli
from assignee.agents.dossier import dossier_of_report
from assignee.errors import SettingsError
from assignee.evals.statistics.significance import least_documents
from assignee.evals.trials.folder import read_samples, write_dataset, write_results
from assignee.evals.trials.joined import joined
from assignee.evals.trials.measure import measure
from assignee.evals.trials.page import results_page, verdict_sentences
from assignee.evals.trials.panels import panels_named
from assignee.evals.trials.records import Dataset, Edit, Sample, Spent, Trial
from assignee.evals.trials.results import Results, read_results
from assignee.evals.trials.run import Outcome, recorded_trial
from assignee.evals.trials.table import arranged
from assignee.records import CheckAnswer, Finding, Review
from assignee.report import html
from assignee.settings import Settings

from sample_report import sample_report  # isort: skip

Trials = dict[str, list[Trial]]


def recorded(count: int = 120, *, seed: int = 1) -> Dataset:
    """Two good reviewers, one who guesses and one who always gives a 5; humans about the truth."""
    rng = np.random.default_rng(seed)
    samples = []
    for number in range(count):
        truth = rng.uniform(2, 9)

        def near(noise: float, truth: float = truth) -> float:
            return float(np.clip(truth + rng.normal(0, noise), 1, 10))

        samples.append(
            Sample(
                id=f"s{number}",
                group=f"g{number // 2}",
                human=(near(1), near(1), near(1)),
                accepted=truth > 6,
                recorded={
                    "good": near(1.5),
                    "also good": near(1.5),
                    "guesses": float(rng.uniform(1, 10)),
                    "flat": 5.0,
                },
            )
        )
    return Dataset(name="made", kind="recorded", scale=(1.0, 10.0), samples=tuple(samples))


def taken(dataset: Dataset, trials: Trials | None = None, **more: Any) -> Results:
    trials = trials or trials_of(dataset)
    more = {"replicates": 300, "permutations": 199, **more}
    return measure(dataset, trials, outcome=Outcome(), settings=Settings(), **more)


def trials_of(dataset: Dataset, *names: str) -> Trials:
    panels = panels_named([], dataset).recorded
    chosen = [panel for panel in panels if not names or panel.name in names]
    return {p.name: [recorded_trial(sample, p) for sample in dataset.samples] for p in chosen}


def value(results: Results, panel: str, metric: str) -> float:
    [standing] = [one for one in results.standings if one.name == panel]
    figure = standing.figure(metric)
    assert figure is not None, metric
    assert figure.estimate.value is not None, metric
    return figure.estimate.value


# --- figures --------------------------------------------------------------------------------------


def test_a_good_reviewer_stands_above_one_who_guesses_and_both_beside_the_baselines() -> None:
    results = taken(recorded())

    assert value(results, "good", "Spearman") > 0.7
    assert abs(value(results, "guesses", "Spearman")) < 0.2
    assert value(results, "good", "AUC") > 0.8
    assert value(results, "good", "Spearman") < value(results, "ceiling", "Spearman") <= 1
    assert value(results, "best single member", "Spearman") > 0.7
    assert value(results, "good", "MAE") < value(results, "constant", "MAE")
    for standing in results.standings:
        for figure in standing.figures:
            found = figure.estimate
            if found.value is not None and found.low is not None and found.high is not None:
                assert found.low <= found.value + 1e-9
                assert found.value <= found.high + 1e-9


def test_a_constant_reviewer_is_undefined_with_a_reason_and_not_zero() -> None:
    results = taken(recorded())
    [flat] = [one for one in results.panels if one.name == "flat"]
    figure = flat.figure("Spearman")
    assert figure is not None
    assert figure.estimate.value is None
    assert figure.why == "all scores are alike, or too few are known"


def test_a_reviewer_who_missed_nine_in_ten_is_measured_on_the_rest() -> None:
    dataset = recorded()
    samples = tuple(
        sample.model_copy(update={"recorded": {**sample.recorded, "good": None}})
        if number % 10
        else sample
        for number, sample in enumerate(dataset.samples)
    )
    results = taken(dataset.model_copy(update={"samples": samples}))
    [good] = [one for one in results.panels if one.name == "good"]
    figure = good.figure("Spearman")
    assert (good.unscored, good.samples) == (108, 120)
    assert good.why_unscored == (
        "no score on record",
        "0 scores are fewer than the quorum of 1",
    )
    assert figure is not None
    assert figure.samples == 12
    assert figure.estimate.value is not None


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_samples_are_no_error(count: int) -> None:
    results = taken(recorded(count))
    [standing] = [one for one in results.panels if one.name == "good"]
    figure = standing.figure("Krippendorff's alpha")
    assert figure is None  # one reviewer agrees with nobody
    [mean] = [one for one in results.panels if one.name == "mean of 4"]
    figure = mean.figure("Krippendorff's alpha")
    assert figure is not None
    assert figure.why == f"{count} samples are too few; it takes 20"
    assert html.render(results_page(results, "2026-01-01"))


def test_without_humans_nothing_is_said_of_validity() -> None:
    dataset = recorded()
    samples = tuple(s.model_copy(update={"human": (), "accepted": None}) for s in dataset.samples)
    results = taken(dataset.model_copy(update={"samples": samples}))
    areas = {figure.area for standing in results.standings for figure in standing.figures}
    assert areas == {"agreement"}


def test_agreement_describes_and_decides_nothing() -> None:
    results = taken(recorded())
    compared = {d.metric for pair in results.comparisons for d in pair.differences}
    assert "effective votes" not in compared
    assert value(results, "mean of 4", "effective votes") > 1


# --- two panels -----------------------------------------------------------------------------------


def difference(results: Results, first: str, second: str, metric: str) -> Any:
    [pair] = [p for p in results.comparisons if (p.first, p.second) == (first, second)]
    [found] = [d for d in pair.differences if d.metric == metric]
    return found


def test_a_better_panel_is_called_better_and_equal_ones_are_not() -> None:
    dataset = recorded()
    names = ("good", "also good", "guesses")
    results = taken(dataset, trials_of(dataset, *names))

    better = difference(results, "good", "guesses", "Spearman")
    assert better.verdict == "better"
    assert better.estimate.low > 0
    assert better.p_holm < 0.05
    assert difference(results, "good", "guesses", "MAE").verdict == "better"
    assert difference(results, "good", "guesses", "MAE").estimate.value < 0
    [pair] = [p for p in results.comparisons if {p.first, p.second} == {"good", "also good"}]
    alike = pair.differences
    assert {d.verdict for d in alike} == {"inconclusive"}
    assert all(d.detectable is not None and d.detectable > 0 for d in alike)


def test_the_order_of_two_panels_turns_the_verdict_and_nothing_else() -> None:
    dataset = recorded()
    trials = trials_of(dataset, "good", "guesses")
    one = taken(dataset, trials)
    other = taken(dataset, dict(reversed(trials.items())))
    turned = {"better": "worse", "worse": "better", "inconclusive": "inconclusive"}
    for ahead, behind in zip(
        one.comparisons[0].differences, other.comparisons[0].differences, strict=True
    ):
        assert ahead.estimate.value == pytest.approx(-(behind.estimate.value or 0))
        assert ahead.p == behind.p
        assert ahead.verdict == turned[behind.verdict]


def test_p_values_are_corrected_for_the_number_of_metrics() -> None:
    dataset = recorded()
    results = taken(dataset, trials_of(dataset, "good", "also good"))
    [pair] = results.comparisons
    pairs = sorted((d.p, d.p_holm) for d in pair.differences if d.p and d.p_holm)
    assert len(pairs) == len(pair.differences)
    assert all(corrected >= p for p, corrected in pairs)
    lowest, corrected = pairs[0]
    assert corrected == pytest.approx(min(1, lowest * len(pairs)))


def test_only_samples_that_both_scored_are_compared() -> None:
    dataset = recorded()
    trials = trials_of(dataset, "good", "guesses")
    trials["guesses"] = trials["guesses"][:70]
    [pair] = taken(dataset, trials).comparisons
    assert (pair.samples, pair.groups) == (70, 35)


def test_the_power_table_asks_for_more_documents_for_smaller_differences() -> None:
    dataset = recorded()
    results = taken(dataset, trials_of(dataset, "good", "also good"))
    planned = [p for p in results.power if p.metric == "Spearman"]
    assert [p.difference for p in planned] == [0.02, 0.05, 0.1]
    documents = [p.groups or 0 for p in planned]
    assert documents == sorted(documents, reverse=True)
    assert min(documents) > 0


# --- planted flaws and epochs ---------------------------------------------------------------------


def edit(family: str, *, harmless: bool = False) -> Edit:
    return Edit(
        operator=family, family=family, harmless=harmless, place="c1", before="5", after="7",
        why="made up", severity="major",
    )  # fmt: skip


def planted(reports: int = 10) -> Dataset:
    families = [("changed number", False), ("padding", True)]
    samples = []
    for number in range(reports):
        base = Sample(id=f"r{number}", group=f"r{number}", words=100)
        samples.append(base)
        for family, harmless in families:
            samples.append(
                base.model_copy(
                    update={
                        "id": f"r{number}/{family}",
                        "base": base.id,
                        "edit": edit(family, harmless=harmless),
                        "words": 100 + 40 * harmless,
                    }
                )
            )
    return Dataset(name="planted", kind="planted", samples=tuple(samples))


def review(answer: str, score: float) -> Review:
    item = "numbers.claims_in_quotes"
    found = [Finding(reviewer="r", what="w", severity="major", item=item, claim_id="c1")]
    return Review(
        reviewer="r",
        checklist="numbers",
        engine="local",
        answers=(
            CheckAnswer.model_validate({"item": item, "answer": answer, "reason": "because"}),
        ),
        findings=tuple(found if answer == "no" else ()),
        samples=(score,),
        score=score,
        score_meaning="made",
    )


def trial(panel: str, sample: Sample, made: Review, epoch: int = 1) -> Trial:
    return Trial(
        panel=panel, sample=sample.id, epoch=epoch, fingerprint="f", scores={"r": made.score},
        score=made.score, reviews=(made,), spent=Spent(calls=1, seconds=0.5),
    )  # fmt: skip


def test_recall_false_alarms_drops_and_shifts_are_told_apart() -> None:
    dataset = planted()
    keen = [
        trial("keen", s, review("no", 6.0) if s.family == "changed number" else review("yes", 8.0))
        for s in dataset.samples
    ]
    # Sees every second flaw, cries at every padding, and likes it.
    odd = [
        trial(
            "odd",
            s,
            review("no", 9.0)
            if s.family == "padding"
            else review("no" if s.family == "changed number" and n % 2 else "yes", 8.0),
        )
        for n, s in enumerate(dataset.samples)
    ]
    results = taken(dataset, {"keen": keen, "odd": odd}, permutations=1999)

    assert value(results, "keen", "recall, changed number") == 1.0
    assert value(results, "odd", "recall, changed number") == 0.5
    assert value(results, "keen", "false alarms, clean") == 0.0
    assert value(results, "keen", "false alarms, null edits") == 0.0
    assert value(results, "odd", "false alarms, null edits") == 1.0
    assert value(results, "keen", "score drop, changed number") == 2.0
    assert value(results, "odd", "score drop, changed number") == 0.0
    assert value(results, "keen", "score shift, padding") == 0.0
    assert value(results, "odd", "score shift, padding") == 1.0
    assert value(results, "keen", "scored below its original") == 1.0
    assert value(results, "odd", "scored below its original") == 0.5
    assert difference(results, "keen", "odd", "false alarms, null edits").verdict == "better"
    page = html.render(results_page(results, "2026-01-01"))
    assert "Share of planted flaws that each panel found, by family" in page


def test_epochs_tell_how_repeatable_a_panel_is() -> None:
    dataset = planted(24)
    steady = [
        trial("steady", s, review("yes", 5.0 + n % 3), epoch)
        for n, s in enumerate(dataset.samples)
        for epoch in (1, 2, 3)
    ]
    rng = np.random.default_rng(0)
    shaky = [
        trial("shaky", s, review("yes", float(rng.uniform(3, 9))), epoch)
        for s in dataset.samples
        for epoch in (1, 2, 3)
    ]
    results = taken(dataset, {"steady": steady, "shaky": shaky}, permutations=1999)
    assert value(results, "steady", "SD within samples") == 0.0
    assert value(results, "steady", "ICC over epochs") == pytest.approx(1.0)
    assert value(results, "shaky", "SD within samples") > 1
    assert value(results, "shaky", "flip rate") > 0.2
    assert difference(results, "steady", "shaky", "SD within samples").verdict == "better"


def test_few_documents_decide_nothing_and_more_samples_of_them_are_no_help() -> None:
    few, many = (
        taken(dataset, {"keen": keen_on(dataset), "blind": [
            trial("blind", sample, review("yes", 8.0)) for sample in dataset.samples
        ]})
        for dataset in (planted(4), planted(12))
    )  # fmt: skip
    assert {d.verdict for d in few.comparisons[0].differences} == {"inconclusive"}
    tests = sum(d.p is not None for d in few.comparisons[0].differences)
    assert verdict_sentences(few) == [
        "keen beside blind: nothing is decided (12 samples from 4 source documents). It takes 1.00 "
        "times the calls.",
        "4 source documents cannot decide anything: permuting so few reaches no p below 0.125, and "
        f"with {tests} metrics under Holm's correction it takes at least {least_documents(tests)}. "
        "More samples of the same documents do not help; more documents do.",
    ]
    assert 4 < least_documents(tests) <= 12
    [only] = verdict_sentences(many)
    assert only.startswith("keen is better than blind in recall, all families")


def keen_on(dataset: Dataset) -> list[Trial]:
    """A panel that finds a fault in all that was edited."""
    return [trial("keen", s, review("no" if s.edit else "yes", 6.0)) for s in dataset.samples]


def test_what_neither_panel_spent_is_not_compared() -> None:
    dataset = planted(4)
    free = {
        name: [
            trial(name, s, review("yes", 8.0)).model_copy(
                update={"spent": Spent(prompt_tokens=0, completion_tokens=0, cost=0.0, seconds=0.1)}
            )
            for s in dataset.samples
        ]
        for name in ("one", "other")
    }
    paid = {"paid": trials_of_cost(dataset, calls=2)}
    metrics = {
        tuple(d.metric for d in pair.differences if d.metric in ("calls", "tokens", "US dollars"))
        for pair in taken(dataset, free).comparisons
    }
    assert metrics == {()}
    [pair] = taken(dataset, {"one": free["one"], **paid}).comparisons
    assert "calls" in {d.metric for d in pair.differences}


def trials_of_cost(dataset: Dataset, *, calls: int) -> list[Trial]:
    """A panel that asks a model so often for every sample."""
    made = [trial("paid", sample, review("yes", 8.0)) for sample in dataset.samples]
    return [one.model_copy(update={"spent": Spent(calls=calls, seconds=0.1)}) for one in made]


def test_the_page_tells_each_thing_once_and_shows_no_column_of_dashes() -> None:
    dataset = planted(6)
    results = taken(dataset, {"keen": keen_on(dataset)})
    page = html.render(results_page(results, "2026-01-01"))
    text = " ".join("".join(ElementTree.fromstring(part).itertext()) for part in lists_of(page))

    assert "6 clean reports; 6 samples with a flaw, 6 samples with an edit" in page
    assert "Length of the text (baseline), scored below its original: 0.500" in text
    assert page.count("(baseline)") == 1
    assert "Calls, tokens, US dollars and seconds: a sample and epoch." in text
    assert page.count("Samples</th>") >= 1
    assert value(results, "keen", "score shift, padding") == 0
    assert value(results, "keen", "false alarms, padding") == 1


def lists_of(page: str) -> list[str]:
    """The bulleted lists of a page."""
    return re.findall(r"<ul[^>]*>.*?</ul>", page, re.DOTALL)


def test_unknown_tokens_stay_unknown() -> None:
    dataset = planted()
    results = taken(dataset, {"p": [trial("p", s, review("yes", 5.0)) for s in dataset.samples]})
    [standing] = results.panels
    tokens = standing.figure("tokens")
    assert tokens is not None
    assert tokens.estimate.value is None
    assert tokens.why == "the endpoint did not say"
    assert value(results, "p", "calls") == 1.0


def test_a_flaw_whose_original_was_not_reviewed_counts_neither_way() -> None:
    dataset = planted()
    made = [trial("p", s, review("no", 5.0)) for s in dataset.samples if s.base is not None]
    table = arranged(dataset, "p", made)
    assert np.isnan(table.caught).all()
    assert np.isnan(table.drop[~table.clean]).all()


# --- the folder and the commands ------------------------------------------------------------------


@pytest.fixture
def run() -> Callable[..., Any]:
    runner = CliRunner()
    return lambda *arguments: runner.invoke(cli.app, ["eval", *map(str, arguments)])


def test_a_comparison_leaves_a_folder_that_can_be_shown_again(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    write_dataset(recorded(40), tmp_path / "data")
    out = tmp_path / "out"
    made = run("panels", "--data", tmp_path / "data", "--out", out, "--replicates", 200)

    assert made.exit_code == 0, made.output
    assert {p.name for p in out.iterdir()} == {
        "dataset", "trials", "results.json", "results.html", "items.csv",
    }  # fmt: skip
    shown = run("show", out)
    assert shown.stdout == made.stdout
    assert "Spearman\tgood\t0." in shown.stdout
    rows = list(csv.DictReader((out / "items.csv").read_text().splitlines()))
    assert {row["reviewer"] for row in rows} == {
        "(panel)", "good", "also good", "guesses", "flat",
    }  # fmt: skip
    assert json.loads(run("show", out, "--json").stdout) == json.loads(
        (out / "results.json").read_text()
    )
    assert read_samples(out).samples == recorded(40).samples


def test_the_page_stands_alone_and_holds_its_pictures(tmp_path: Path) -> None:
    dataset = recorded(40)
    trials = trials_of(dataset)
    write_results(taken(dataset, trials), dataset, trials, tmp_path)
    page = (tmp_path / "results.html").read_text()
    assert page.count("<svg") == 3
    assert "<script" not in page
    for part in page.split("<svg")[1:]:
        drawing = "<svg" + part[: part.index("</svg>")] + "</svg>"
        element = ElementTree.fromstring(drawing)
        assert element.get("role") == "img"
        assert (element[0].text or "").strip()
    assert "http://" not in page.replace("http://www.w3.org/", "")


def test_names_that_are_markup_stay_text(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>&\u202egnp"
    dataset = recorded(30)
    samples = tuple(
        s.model_copy(update={"recorded": {hostile: s.recorded["good"], "=1+1": 2.0 + n % 3}})
        for n, s in enumerate(dataset.samples)
    )
    dataset = dataset.model_copy(update={"samples": samples, "name": hostile})
    trials = trials_of(dataset)
    write_results(taken(dataset, trials), dataset, trials, tmp_path)
    page = (tmp_path / "results.html").read_text()
    assert "<script" not in page
    assert "\u202e" not in page
    assert ",=1+1," not in (tmp_path / "items.csv").read_text()


def test_two_folders_of_the_same_samples_are_compared(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    write_dataset(recorded(40), tmp_path / "data")
    for name in ("good", "guesses"):
        panel = tmp_path / f"{name}.yaml"
        panel.write_text(f"name: mine\nreviewers: ['{name}']\n")
        out = tmp_path / name
        assert run("panels", panel, "--data", tmp_path / "data", "-o", out).exit_code == 0
    made = run("compare", tmp_path / "good", tmp_path / "guesses", "-o", tmp_path / "both")

    assert made.exit_code == 0, made.output
    [pair] = read_results(tmp_path / "both").comparisons
    assert (pair.first, pair.second) == ("mine (good)", "mine (guesses)")
    assert "better" in {d.verdict for d in pair.differences}


def test_other_samples_are_refused(tmp_path: Path) -> None:
    made = {"one": recorded(5), "more": recorded(6), "other": recorded(5, seed=2)}
    for name, dataset in made.items():
        trials = trials_of(dataset, "good")
        write_results(taken(dataset, trials), dataset, trials, tmp_path / name)
    with pytest.raises(SettingsError, match="1 are in one of the folders only, such as 's5'"):
        joined(tmp_path / "one", tmp_path / "more")
    with pytest.raises(SettingsError, match="'s0' has other contents"):
        joined(tmp_path / "one", tmp_path / "other")
    with pytest.raises(SettingsError, match="one folder twice"):
        joined(tmp_path / "one", tmp_path / "one")
    with pytest.raises(SettingsError, match="no folder of a comparison"):
        joined(tmp_path / "one", tmp_path / "none")


def test_a_report_that_changed_under_its_id_is_refused(tmp_path: Path) -> None:
    dossier = dossier_of_report(sample_report())
    for name in ("one", "other"):
        seen = dossier.model_copy(update={"title": name})
        sample = Sample(id="s", group="s", human=(5.0,), dossier=seen)
        dataset = Dataset(name="d", kind="rated", samples=(sample,))
        trials = {"p": [trial("p", sample, review("yes", 5.0))]}
        write_results(taken(dataset, trials), dataset, trials, tmp_path / name)
    with pytest.raises(SettingsError, match="'s' has other contents"):
        joined(tmp_path / "one", tmp_path / "other")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("panels", "--data", "nowhere"), "there is no folder 'nowhere'"),
        (("show", "nowhere"), "was not read"),
        (("compare", "a", "b"), "no folder of a comparison"),
    ],
)
def test_what_is_not_there_is_named(
    arguments: tuple[str, ...], says: str, run: Callable[..., Any], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    found = run(*arguments)
    assert found.exit_code != 0
    assert says in " ".join((found.output + str(found.exception)).split())
