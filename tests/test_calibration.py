"""Calibration profiles: what they make of raw scores, and files that cannot be believed."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignee.engines.calibration import (
    ClaimScaling,
    FittedSet,
    Isotonic,
    Logistic,
    Method,
    Outside,
    Profile,
    Risk,
    Temperature,
    file_name,
    label_probabilities,
    paper_scores,
    profile_for,
    scores_of,
    write_profile,
)
from assignee.engines.protocol import Judgement
from assignee.errors import ModelFileError
from assignee.records import Corroboration, Stance, StanceScores

STANCES: tuple[Stance, ...] = ("supports", "contradicts", "neutral")
LABELS: tuple[Corroboration, ...] = ("supported", "contradicted", "mixed", "not enough evidence")
METHODS: tuple[Method, ...] = (
    Temperature(temperature=2.5),
    Isotonic(scores=(0.4, 0.6, 0.9), chances=(0.35, 0.5, 0.8)),
    Logistic(weights=(0.5, 0.8, 0.7), biases=(0.2, -0.3, 0.1)),
)


def profile(**chosen: Any) -> Profile:
    """A profile of plain numbers."""
    values: dict[str, Any] = {
        "judge": "fake:1",
        "method": Temperature(temperature=2.0),
        "losses": {"temperature": 0.8},
        "threshold": 0.5,
        "risk": Risk(wanted=0.25, share=0.2, upper=0.24, spoken=100),
        "claims": ClaimScaling(slope=0.8, intercept=-0.1, claims=50),
        "outside": Outside(
            temperature=1.5,
            measured_on="sets",
            embedder="fake-2",
            centres=((1.0, 0.0), (0.0, 1.0)),
            cosine=0.9,
        ),
        "fitted_on": (FittedSet(name="mine", items=100, documents=40),),
    }
    return Profile(**values | chosen)


def scored(supports: float, contradicts: float) -> StanceScores:
    return StanceScores(
        supports=supports, contradicts=contradicts, neutral=max(0.0, 1 - supports - contradicts)
    )


@st.composite
def any_scores(draw: st.DrawFn) -> StanceScores:
    supports = draw(st.floats(0, 1))
    return scored(supports, draw(st.floats(0, 1 - supports)))


def total(scores: StanceScores) -> float:
    return sum(map(scores.of, STANCES))


@given(raw=any_scores(), method=st.sampled_from(METHODS), outside=st.booleans())
def test_calibrated_scores_are_probabilities(
    raw: StanceScores, method: Method, outside: bool
) -> None:
    assert total(profile(method=method).stances(raw, outside=outside)) == pytest.approx(1)


@given(raw=any_scores(), method=st.sampled_from(METHODS))
def test_outside_is_never_sharper(raw: StanceScores, method: Method) -> None:
    inside, outside = (profile(method=method).stances(raw, outside=told) for told in (False, True))
    assert outside.of(outside.best) <= inside.of(inside.best) + 1e-12
    assert min(map(outside.of, STANCES)) >= min(map(inside.of, STANCES)) - 1e-12


def test_outside_is_wider_where_scores_are_not_even() -> None:
    made = profile()
    raw = scored(0.9, 0.05)
    assert made.stances(raw, outside=True).supports < made.stances(raw).supports - 0.05


def test_temperature_divides_log_odds() -> None:
    calibrated = profile(method=Temperature(temperature=2.0)).stances(scored(0.8, 0.05))
    assert calibrated.supports / calibrated.contradicts == pytest.approx(16**0.5)


def test_logistic_weighs_each_stance() -> None:
    method = Logistic(weights=(1.0, 1.0, 1.0), biases=(0.0, 0.0, 1.0))
    calibrated = profile(method=method).stances(scored(0.2, 0.2))
    assert calibrated.supports > calibrated.contradicts
    assert calibrated.neutral / calibrated.contradicts == pytest.approx(3)


def test_isotonic_keeps_the_ratio_of_the_others() -> None:
    method = Isotonic(scores=(0.4, 0.8), chances=(0.5, 0.7))
    calibrated = profile(method=method).stances(scored(0.6, 0.3))
    assert calibrated.supports == pytest.approx(0.6)
    assert calibrated.contradicts / calibrated.neutral == pytest.approx(3)


@given(st.lists(st.floats(0.34, 1), min_size=2, max_size=2))
def test_isotonic_keeps_order(tops: list[float]) -> None:
    made = profile(method=METHODS[1])
    low, high = (made.stances(scored(top, (1 - top) / 2)).supports for top in sorted(tops))
    assert low <= high + 1e-12


def test_isotonic_that_falls_is_refused() -> None:
    with pytest.raises(ValueError, match="rise"):
        Isotonic(scores=(0.4, 0.8), chances=(0.7, 0.5))
    with pytest.raises(ValueError, match="as many"):
        Isotonic(scores=(0.4, 0.8), chances=(0.7,))


def test_below_the_threshold_nothing_is_spoken() -> None:
    made = profile(threshold=0.6)
    assert made.decided(scored(0.61, 0.1)) == "supports"
    assert made.decided(scored(0.59, 0.1)) == "neutral"
    assert made.decided(scored(0.1, 0.6)) == "contradicts"
    assert made.decided(scored(0.3, 0.3)) == "neutral"


def test_a_claim_far_from_every_centre_is_outside() -> None:
    made = profile()
    assert not made.is_outside([2.0, 0.1])
    assert not made.is_outside([0.1, 1.0])
    assert made.is_outside([1.0, 1.0])
    assert made.is_outside([0.0, 0.0])
    with pytest.raises(ValueError, match="length 2"):
        made.is_outside([1.0, 0.0, 0.0])


@given(st.lists(any_scores(), max_size=6))
def test_labels_of_a_claim_sum_to_one(papers: list[StanceScores]) -> None:
    found = label_probabilities(papers)
    assert set(found) == set(LABELS)
    assert sum(found.values()) == pytest.approx(1)
    assert all(0 <= value <= 1 for value in found.values())


@given(
    papers=st.lists(any_scores(), max_size=4),
    low=st.floats(0, 0.5),
    more=st.floats(0, 0.4),
    against=st.floats(0, 0.1),
)
def test_stronger_support_makes_the_label_surer(
    papers: list[StanceScores], low: float, more: float, against: float
) -> None:
    weak = label_probabilities([*papers, scored(low, against)])
    strong = label_probabilities([*papers, scored(low + more, against)])
    assert strong["supported"] >= weak["supported"] - 1e-9
    assert strong["not enough evidence"] <= weak["not enough evidence"] + 1e-9
    assert strong["contradicted"] <= weak["contradicted"] + 1e-9


def test_silent_papers_leave_the_label_as_sure_as_it_is() -> None:
    made = profile(threshold=0.6)
    alone = made.corroboration("supported", [scored(0.8, 0.1)])
    assert alone is not None
    assert alone == made.corroboration("supported", [scored(0.8, 0.1), scored(0.4, 0.3)])
    surer = made.corroboration("supported", [scored(0.9, 0.05)])
    assert surer is not None
    assert surer > alone


def test_labels_by_hand() -> None:
    found = label_probabilities([scored(0.6, 0.1), scored(0.2, 0.5)])
    assert found["not enough evidence"] == pytest.approx(0.3 * 0.3)
    assert found["supported"] == pytest.approx(0.9 * 0.5 - 0.09)
    assert found["contradicted"] == pytest.approx(0.4 * 0.8 - 0.09)
    assert found["mixed"] == pytest.approx(0.6 * 0.5 + 0.1 * 0.2)


def test_claims_are_scaled_on_their_log_odds() -> None:
    paper = scored(0.8, 0.0)
    same = profile(claims=ClaimScaling(slope=1.0, intercept=0.0, claims=0))
    doubted = profile(claims=ClaimScaling(slope=0.5, intercept=0.0, claims=9))
    assert same.corroboration("supported", [paper]) == pytest.approx(0.8)
    assert doubted.corroboration("supported", [paper]) == pytest.approx(2 / 3)


def test_that_nothing_was_found_has_no_probability() -> None:
    assert profile().corroboration("not enough evidence", []) is None
    assert profile().corroboration("not enough evidence", [scored(0.4, 0.3)]) is None
    with pytest.raises(KeyError):
        profile().corroboration("not checked", [scored(0.8, 0.1)])


def judgement(stance: Stance, score: float, scores: StanceScores | None = None) -> Judgement:
    return Judgement(window=0, stance=stance, score=score, scores=scores, why="as told")


@given(stance=st.sampled_from(STANCES), score=st.floats(0, 1))
def test_scores_made_of_a_stance_keep_it(stance: Stance, score: float) -> None:
    made = scores_of(judgement(stance, score))
    assert made.best == stance
    assert total(made) == pytest.approx(1)


def test_scores_made_of_a_stance_follow_its_score() -> None:
    assert (
        scores_of(judgement("supports", 0.9)).supports
        > scores_of(judgement("supports", 0.6)).supports
    )
    assert (
        scores_of(judgement("neutral", 0.0)).neutral > scores_of(judgement("neutral", 0.9)).neutral
    )


def test_own_scores_of_a_judgement_stand() -> None:
    own = scored(0.2, 0.7)
    assert scores_of(judgement("contradicts", 0.1, own)) == own


def test_the_strongest_window_speaks_for_its_paper() -> None:
    windows = [
        judgement("neutral", 0.95), judgement("supports", 0.3), judgement("contradicts", 0.8)
    ]  # fmt: skip
    assert paper_scores(windows) == scores_of(windows[2])
    assert paper_scores(windows[:1]) == scores_of(windows[0])
    assert paper_scores([]).neutral > 0.9


def kept(folder: Path, made: Profile) -> Path:
    path = folder / file_name(made.judge)
    write_profile(made, path)
    return path


def test_a_profile_comes_back_as_it_was(tmp_path: Path) -> None:
    for method in METHODS:
        made = profile(method=method)
        kept(tmp_path / "profiles", made)
        assert profile_for("fake:1", tmp_path / "profiles") == made
    assert [path.suffix for path in (tmp_path / "profiles").iterdir()] == [".json"]


def test_without_a_profile_there_is_none(tmp_path: Path) -> None:
    assert profile_for("fake:1", tmp_path) is None
    assert profile_for("fake:1", None) is None


def test_a_changed_number_is_found_out(tmp_path: Path) -> None:
    path = kept(tmp_path, profile())
    content = json.loads(path.read_text())
    content["profile"]["threshold"] = 0.51
    path.write_text(json.dumps(content))
    with pytest.raises(ModelFileError, match="digest"):
        profile_for("fake:1", tmp_path)


def test_layout_alone_does_not_change_the_digest(tmp_path: Path) -> None:
    path = kept(tmp_path, profile())
    content = json.loads(path.read_text())
    path.write_text(json.dumps(dict(reversed(content.items())), indent=7))
    assert profile_for("fake:1", tmp_path) == profile()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"digest": "0", "profile": {"judge": 1}}']
)
def test_a_damaged_profile_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / file_name("fake:1")).write_bytes(content)
    with pytest.raises(ModelFileError, match=r"fake-1-.*assignee eval calibrate"):
        profile_for("fake:1", tmp_path)


def test_anothers_profile_is_refused(tmp_path: Path) -> None:
    kept(tmp_path, profile(judge="fake:2")).rename(tmp_path / file_name("fake:1"))
    with pytest.raises(ModelFileError, match="'fake:2', not to 'fake:1'"):
        profile_for("fake:1", tmp_path)


def test_judges_never_share_a_file() -> None:
    names = ["llm:a/b judge@1", "llm:a:b judge@1", "LLM:a/b judge@1", "../up", "llm:" + "x" * 300]
    files = [file_name(name) for name in names]
    assert len(set(map(str.casefold, files))) == len(names)
    assert all(Path(file).name == file and len(file) < 120 for file in files)
