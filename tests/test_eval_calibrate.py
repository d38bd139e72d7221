"""Fitting a calibration: what is recovered, what is promised, and what never sees what."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai_brains import honest
from openai_server import Server
from typer.testing import CliRunner

from assignee.engines.calibration import (
    COLUMNS,
    Profile,
    Rows,
    decided,
    profile_for,
    rows_of,
    scores_of_rows,
    softmax,
)
from assignee.errors import SettingsError
from assignee.evals import commands
from assignee.evals.calibrate import cross_fitted, fit_profile
from assignee.evals.fitting import (
    Gold,
    JudgedClaim,
    Labelled,
    Vectors,
    abstention,
    choose,
    claims_of,
    corroboration_of,
    fit_claims,
    fit_isotonic,
    fit_logistic,
    fit_outside,
    fit_temperature,
    folds_of,
    upper_bound,
)
from assignee.evals.items import StanceItem
from assignee.evals.metrics import error_if_calibrated, expected_calibration_error, log_loss
from assignee.records import Stance, StanceScores


def drawn(shares: Rows, rng: np.random.Generator) -> Gold:
    """A column for each row, by the row's probabilities."""
    above: Gold = (rng.random((len(shares), 1)) > shares.cumsum(axis=1)[:, :2]).sum(axis=1)
    return above


def world(count: int, *, sharpness: float, seed: int = 0) -> tuple[Rows, Gold]:
    """Raw scores whose log odds are `sharpness` times the true ones, and the truth drawn."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=1.5, size=(count, 3))
    return softmax(logits * sharpness), drawn(softmax(logits), rng)


def stances(gold: Gold) -> list[Stance]:
    return [COLUMNS[column] for column in gold]


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_the_temperature_is_recovered(sharpness: float) -> None:
    rows, gold = world(4000, sharpness=sharpness)
    assert fit_temperature(rows, gold).temperature == pytest.approx(sharpness, rel=0.1)


def test_weights_and_biases_are_recovered() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(scale=1.5, size=(6000, 3))
    weights, biases = np.array([0.5, 1.0, 1.5]), np.array([0.5, 0.0, -0.5])
    logs = np.log(softmax(logits))
    gold = drawn(softmax(logs * weights + biases), rng)
    found = fit_logistic(softmax(logits), gold)
    assert found.weights == pytest.approx(weights, abs=0.12)
    assert np.array(found.biases) - found.biases[1] == pytest.approx(biases, abs=0.15)


@given(st.integers(0, 10_000), st.integers(2, 60))
def test_the_isotonic_curve_rises_and_stays_off_certainty(seed: int, count: int) -> None:
    rows, gold = world(count, sharpness=2.0, seed=seed)
    found = fit_isotonic(np.round(rows, 1), gold)
    assert list(found.chances) == sorted(found.chances)
    assert list(found.scores) == sorted(found.scores)
    assert 0 < found.chances[0] <= found.chances[-1] < 1


def test_the_isotonic_curve_follows_the_shares() -> None:
    rows = np.repeat([[0.5, 0.25, 0.25], [0.8, 0.1, 0.1]], 100, axis=0)
    gold = np.array([0] * 40 + [1] * 60 + [0] * 70 + [2] * 30)
    found = fit_isotonic(rows, gold)
    assert found.scores == pytest.approx((0.5, 0.8))
    assert found.chances == pytest.approx((0.4, 0.7))


def test_the_method_of_least_loss_is_chosen() -> None:
    rows, gold = world(1500, sharpness=3.0)
    groups = [str(number // 3) for number in range(len(gold))]
    found = choose(rows, gold, groups, folds=5, seed=0)
    assert found.losses[found.method.name] == min(found.losses.values())
    assert set(found.losses) == {"temperature", "isotonic", "logistic"}
    assert found.losses[found.method.name] < log_loss(rows, gold).mean() - 0.1

    rng = np.random.default_rng(3)
    mostly_neutral = softmax(np.log(rows) / 3 + np.array([3.0, 0.0, 0.0]))
    shifted = choose(rows, drawn(mostly_neutral, rng), groups, folds=5, seed=0)
    assert shifted.method.name == "logistic"


@given(
    groups=st.lists(st.sampled_from("abcdefghij"), min_size=2, max_size=60).filter(
        lambda found: len(set(found)) > 1
    ),
    folds=st.integers(2, 6),
    seed=st.integers(0, 99),
)
def test_folds_never_split_a_document(groups: list[str], folds: int, seed: int) -> None:
    fold = folds_of(groups, folds=folds, seed=seed)
    assert all(
        len({fold[i] for i, name in enumerate(groups) if name == group}) == 1 for group in groups
    )
    assert set(fold) == set(range(min(folds, len(set(groups)))))


def test_folds_are_even() -> None:
    fold = folds_of([str(number // 2) for number in range(100)], folds=5, seed=0)
    assert set(Counter(fold.tolist()).values()) == {20}


def test_too_few_documents_are_refused() -> None:
    raw, gold = scores_of_rows(np.full((4, 3), 1 / 3)), stances(np.array([0, 1, 2, 0]))
    with pytest.raises(SettingsError, match="three documents"):
        cross_fitted(raw, gold, ["a", "a", "a", "a"])
    with pytest.raises(SettingsError, match="three documents"):
        cross_fitted(raw, gold, ["a", "a", "b", "b"])


def test_a_document_does_not_teach_its_own_calibration() -> None:
    rows, gold = world(300, sharpness=2.0)
    groups = [str(number // 5) for number in range(300)]
    before = cross_fitted(scores_of_rows(rows), stances(gold), groups)
    changed = gold.copy()
    changed[:5] = (gold[:5] + 1) % 3
    after = cross_fitted(scores_of_rows(rows), stances(changed), groups)
    assert after[:5] == before[:5]
    assert after[5:] != before[5:]


def calibration_error(scores: Rows, gold: Gold) -> float:
    right = scores.argmax(axis=1) == gold
    weights = np.ones((1, len(gold)))
    return float(expected_calibration_error(scores.max(axis=1), right, weights)[0])


def test_cross_fitted_scores_are_calibrated_as_far_as_chance_lets_them() -> None:
    rows, gold = world(900, sharpness=2.5)
    groups = [str(number // 3) for number in range(900)]
    calibrated = rows_of(cross_fitted(scores_of_rows(rows), stances(gold), groups))
    most = np.percentile(error_if_calibrated(calibrated.max(axis=1)), 95)
    assert calibration_error(calibrated, gold) <= most
    assert calibration_error(rows, gold) > 2 * most


def test_upper_bounds_by_the_book() -> None:
    assert upper_bound(0, 10) == pytest.approx(1 - 0.05**0.1)
    assert upper_bound(10, 10) == 1
    assert upper_bound(0, 0) == 1
    assert upper_bound(5, 50) == pytest.approx(0.1988, abs=0.001)


def spoken(confidence: float, right: bool) -> tuple[StanceScores, Stance]:
    rest = (1 - confidence) / 2
    scores = StanceScores(supports=confidence, contradicts=rest, neutral=rest)
    return scores, "supports" if right else "neutral"


def abstained(cases: Sequence[tuple[float, int, int]], wanted: float) -> tuple[object, ...]:
    """Threshold, met, share and count of cases (confidence, right, wrong)."""
    pairs = [
        spoken(confidence, number < right)
        for confidence, right, wrong in cases
        for number in range(right + wrong)
    ]
    found = abstention([p[0] for p in pairs], [p[1] for p in pairs], wanted=wanted)
    return found.threshold, found.risk.met, found.risk.share, found.risk.spoken


CASES = [(0.9, 95, 5), (0.7, 85, 15), (0.5, 50, 50)]


def test_the_threshold_is_the_smallest_that_keeps_the_risk() -> None:
    assert abstained(CASES, 0.25) == (0.7, True, 0.1, 200)
    assert abstained(CASES, 0.12) == (0.9, True, 0.05, 100)
    assert abstained(CASES, 0.30) == (0.5, True, pytest.approx(70 / 300), 300)


def test_a_risk_out_of_reach_is_said() -> None:
    assert abstained(CASES, 0.01) == (0.9, False, 0.05, 100)
    assert abstained([], 0.25) == (1.0, False, None, 0)


def test_the_threshold_keeps_the_risk_on_new_items() -> None:
    rows, gold = world(3000, sharpness=1.0)
    fit = abstention(scores_of_rows(rows), stances(gold), wanted=0.2)
    new_rows, new_gold = world(3000, sharpness=1.0, seed=1)
    said = [decided(scores, fit.threshold) for scores in scores_of_rows(new_rows)]
    wrong = [s != g for s, g in zip(said, stances(new_gold), strict=True) if s != "neutral"]
    assert fit.risk.met
    assert 0.1 < np.mean(wrong) <= 0.22


def item(claim: str, document: str, gold: Stance, set_: str = "mine") -> StanceItem:
    return StanceItem(set_, claim, claim, document, "", (f"Of {claim}.",), gold)


def test_claims_are_labelled_over_their_documents() -> None:
    items = [
        item("one", "a", "supports"), item("one", "b", "contradicts"), item("two", "b", "supports"),
        item("three", "c", "neutral"), item("one", "d", "neutral", set_="other"),
    ]  # fmt: skip
    sure = [
        StanceScores(supports=0.7, contradicts=0.1, neutral=0.2),
        StanceScores(supports=0.1, contradicts=0.6, neutral=0.3),
        StanceScores(supports=0.4, contradicts=0.3, neutral=0.3),
        StanceScores(supports=0.1, contradicts=0.1, neutral=0.8),
        StanceScores(supports=0.8, contradicts=0.1, neutral=0.1),
    ]
    mixed, elsewhere = claims_of(items, sure, threshold=0.5)
    assert mixed.right
    assert mixed.probability == pytest.approx(0.7 * 0.6 + 0.1 * 0.1)
    assert not elsewhere.right
    assert elsewhere.probability == pytest.approx(0.8)
    assert mixed.group != elsewhere.group


@given(st.lists(st.sampled_from(["supports", "contradicts", "neutral"]), max_size=4))
def test_one_stance_for_and_one_against_is_mixed(said: list[Stance]) -> None:
    label = corroboration_of(said)
    assert (label == "mixed") == ({"supports", "contradicts"} <= set(said))
    assert (label == "not enough evidence") == (set(said) <= {"neutral"})


def test_claim_scaling_is_recovered() -> None:
    rng = np.random.default_rng(2)
    odds = rng.normal(scale=2.0, size=4000)
    right = rng.random(4000) < 1 / (1 + np.exp(-(0.5 * odds - 0.4)))
    told = 1 / (1 + np.exp(-odds))
    claims = [
        JudgedClaim(float(p), bool(r), str(n))
        for n, (p, r) in enumerate(zip(told, right, strict=True))
    ]
    found = fit_claims(claims)
    assert found.slope == pytest.approx(0.5, abs=0.06)
    assert found.intercept == pytest.approx(-0.4, abs=0.1)


def test_claim_scaling_never_turns_round() -> None:
    claims = [JudgedClaim(p, p < 0.5, str(n)) for n, p in enumerate([0.1, 0.2, 0.8, 0.9] * 20)]
    found = fit_claims(claims)
    assert found.slope == pytest.approx(0, abs=1e-6)
    assert fit_claims([]).slope == 1


def domains(count: int, *, sharpness: Sequence[float]) -> tuple[Rows, Gold, list[str], Vectors]:
    """Sets of equal size that differ in sharpness, and vectors about an axis for each."""
    parts = [world(count, sharpness=s, seed=n) for n, s in enumerate(sharpness)]
    rng = np.random.default_rng(4)
    sets = [f"set{n}" for n in range(len(parts)) for _ in range(count)]
    vectors = np.repeat(np.eye(5)[: len(parts)], count, axis=0)
    vectors = vectors + 0.1 * rng.normal(size=vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows, gold = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
    return rows, gold, sets, vectors.astype(np.float32)


def test_sets_that_differ_widen_what_lies_outside() -> None:
    rows, gold, sets, vectors = domains(800, sharpness=(1.0, 3.0))
    found = fit_outside(
        rows, gold, sets=sets, vectors=vectors, method="temperature", embedder="fake"
    )
    assert found.measured_on == "sets"
    assert found.temperature > 1.15
    assert sum(map(found.holds, vectors)) / len(vectors) == pytest.approx(0.1, abs=0.01)
    assert found.holds(np.eye(5)[4])
    assert not found.holds(np.eye(5)[0])
    assert not found.holds(np.eye(5)[1])


def test_sets_that_agree_hardly_widen() -> None:
    rows, gold, sets, vectors = domains(800, sharpness=(2.0, 2.0))
    found = fit_outside(
        rows, gold, sets=sets, vectors=vectors, method="temperature", embedder="fake"
    )
    assert 1 <= found.temperature < 1.1


def test_pairs_of_another_domain_tell_how_little_a_judge_knows_there() -> None:
    rows, gold, sets, vectors = domains(800, sharpness=(2.0, 2.0))
    sure, _ = world(800, sharpness=3.0, seed=7)
    guessed = np.random.default_rng(8).integers(0, 3, size=800)
    found = fit_outside(
        rows, gold, sets=sets, vectors=vectors, method="temperature", embedder="fake",
        elsewhere=Labelled(sure, guessed),
    )  # fmt: skip
    assert found.measured_on == "elsewhere"
    assert found.temperature > 5


def test_a_single_set_is_cut_in_two() -> None:
    rows, gold, _, vectors = domains(800, sharpness=(1.0, 3.0))
    found = fit_outside(
        rows, gold, sets=["mine"] * 1600, vectors=vectors, method="temperature", embedder="fake"
    )
    assert found.measured_on == "halves"
    assert len(found.centres) == 1
    assert found.temperature > 1.15


def made_profile_of(
    sharpness: tuple[float, float] = (2.0, 2.2),
) -> tuple[list[StanceItem], Rows, Profile]:
    rows, gold, sets, vectors = domains(300, sharpness=sharpness)
    items = [
        StanceItem(sets[n], str(n), f"Claim {n // 2}.", f"{sets[n]}-{n // 3}", "", ("It.",), stance)
        for n, stance in enumerate(stances(gold))
    ]
    made = fit_profile("fake:1", items, scores_of_rows(rows), vectors, embedder="fake", risk=0.3)
    return items, rows, made


def test_a_profile_says_what_it_rests_on() -> None:
    items, rows, made = made_profile_of()
    assert [(one.name, one.items, one.documents) for one in made.fitted_on] == [
        ("set0", 300, 100),
        ("set1", 300, 100),
    ]
    assert made.risk.wanted == 0.3
    assert made.risk.met
    assert 0 < made.claims.claims < len({(item.set, item.claim) for item in items})
    values = {figure.name: figure for figure in made.metrics}
    assert values["log loss"].value < values["log loss, raw"].value
    assert values["ECE"].value < values["ECE, if calibrated: 95th percentile"].value
    assert values["ECE, raw"].value > values["ECE, if calibrated: 95th percentile"].value
    assert values["ECE of claims"].value < 0.1
    assert all(
        f.low < f.value < f.high for f in made.metrics if f.low is not None and f.high is not None
    )
    assert values["macro-F1"].low is not None
    raw = scores_of_rows(rows)[0]
    assert made.stances(raw).of(raw.best) < raw.of(raw.best)
    assert made_profile_of()[2].digest() == made.digest()


VERBS = ("cools", "shades", "feeds", "hides", "cleans", "dries")
THINGS = ("roof", "wall", "pond", "stone", "barn", "field")


def labelled_set(folder: Path) -> None:
    """Two sets in the layouts of SciFact and Check-COVID, of invented sentences."""
    scifact, covid = folder / "one", folder / "two"
    for place in (scifact, covid):
        place.mkdir()
    claims, texts, covid_claims, covid_texts = [], [], [], []
    for number in range(24):
        thing, verb = THINGS[number % 6], VERBS[number // 6]
        claim = f"Moss {verb} the {thing} in summer."
        told = (claim, f"Moss {verb} not the {thing} in summer.", "Snails are slow.")[number % 3]
        label = ("SUPPORT", "CONTRADICT", None)[number % 3]
        claims.append(
            {
                "id": number,
                "claim": claim,
                "cited_doc_ids": [number],
                "evidence": {str(number): [{"sentences": [0], "label": label}]} if label else {},
            }
        )
        texts.append({"doc_id": number, "title": f"On {thing}s", "abstract": [told]})
        covid_claims.append(
            {
                "id": number,
                "claim": f"Rain {verb} the {thing} at night.",
                "cord_id": f"c{number}",
                "label": ("SUPPORT", "REFUTE", "NOTENOUGHINFO")[number % 3],
            }
        )
        rain = (f"Rain {verb} the {thing} at night.", f"Rain {verb} not the {thing} at night.",
                "Birds sing.")[number % 3]  # fmt: skip
        covid_texts.append({"cord_id": f"c{number}", "title": "", "abstract": [rain]})
    for path, records in (
        (scifact / "claims_dev.jsonl", claims),
        (scifact / "corpus.jsonl", texts),
        (covid / "dev.jsonl", covid_claims),
        (covid / "corpus.jsonl", covid_texts),
    ):
        path.write_text("".join(json.dumps(record) + "\n" for record in records))


def test_any_engine_can_be_calibrated(tmp_path: Path) -> None:
    labelled_set(tmp_path)
    home = tmp_path / "home"
    with Server(honest) as server:
        options = [
            "calibrate", "--data", str(tmp_path), "--engine", "llm", "--base-url",
            server.base_url, "--model", "fake", "--home", str(home), "--risk", "0.4",
        ]  # fmt: skip
        done = CliRunner().invoke(commands.app, options, catch_exceptions=False)
    assert done.exit_code == 0
    [path] = (home / "profiles").iterdir()
    judge = json.loads(path.read_text())["profile"]["judge"]
    assert judge.startswith("llm:fake judge@")
    made = profile_for(judge, home / "profiles")
    assert made is not None
    assert [(one.name, one.items) for one in made.fitted_on] == [
        ("scifact", 24),
        ("check-covid", 24),
    ]
    assert made.outside.measured_on == "sets"
    assert made.digest() in done.output
    assert "scifact (24 items, 24 documents)" in done.output


def test_a_folder_without_a_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="labelled set"):
        CliRunner().invoke(
            commands.app, ["calibrate", "--data", str(tmp_path)], catch_exceptions=False
        )
