"""Verifying a judge: answers, probabilities, figures, comparison, plots."""

import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import eval_sets
import numpy as np
import pytest

from assignee.engines.calibration import (
    ClaimScaling,
    FittedSet,
    Outside,
    Profile,
    Risk,
    Temperature,
    file_name,
    write_profile,
)
from assignee.engines.protocol import Judgement, JudgeRequest
from assignee.errors import ReadingError, SettingsError
from assignee.evals.baselines import by_position, claim_only, majority
from assignee.evals.charts import write_charts
from assignee.evals.confidence import Calibration, by_profile, calibration_of, cross_fitted
from assignee.evals.items import RoleItem, StanceItem
from assignee.evals.opinions import Answer, Key, Opinions, asked, key_of
from assignee.evals.verification import Verification, opinions_of, read_verification
from assignee.evals.verify import compare, verify
from assignee.records import Stance, StanceScores

STANCES: tuple[Stance, ...] = ("supports", "contradicts", "neutral")


def item(number: int, gold: Stance, *, document: str = "", claim: str = "It is so.") -> StanceItem:
    """An item about a document of its own."""
    return StanceItem("mine", str(number), claim, document or f"d{number}", "", ("It is.",), gold)


def scores(stance: Stance, share: float) -> StanceScores:
    """That share for one stance, the rest in halves."""
    rest = {other: (1 - share) / 2 for other in STANCES if other != stance}
    return StanceScores.model_validate({stance: share, **rest})


def opinions(items: Sequence[StanceItem], said: Sequence[tuple[Stance, float]]) -> Opinions:
    """A graded judge that said this, with that share."""
    answers = {
        key_of(item): Answer(stance, scores(stance, share), quote=f"quote {item.id}")
        for item, (stance, share) in zip(items, said, strict=True)
    }
    return Opinions("tester", True, answers)


def measured(items: Sequence[StanceItem], given: Opinions, profiles: Path) -> Verification:
    """Measured with what fits."""
    calibration = calibration_of(items, given, mode=None, profiles=profiles)
    return verify(items, given, calibration=calibration)


def drawn(count: int, *, sharpness: float = 1.0) -> tuple[list[StanceItem], Opinions]:
    """Items whose gold is drawn from the judge's own scores; above 1 those are then sharpened."""
    rng = np.random.default_rng(3)
    items, said = [], {}
    for number in range(count):
        chances = rng.dirichlet([0.8, 0.8, 0.8])
        found = item(number, STANCES[rng.choice(3, p=chances)], document=f"d{number // 2}")
        sharp = np.maximum(chances, 1e-3) ** sharpness
        raw = StanceScores.model_validate(dict(zip(STANCES, sharp / sharp.sum(), strict=True)))
        items.append(found)
        said[key_of(found)] = Answer(raw.best, raw)
    return items, Opinions("tester", True, said)


class Speaker:
    """A judge that says what each window's text commands, and nothing of an empty document."""

    name = "speaker"
    batch_size = 2

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        """One judgement a window; a window that says `broken` breaks its claim."""
        return [self._judged(request) for request in requests]

    def _judged(self, request: JudgeRequest) -> list[Judgement] | None:
        texts = [window.text for window in request.windows]
        if any("broken" in text for text in texts):
            return None
        return [
            Judgement(
                window=place,
                stance=next((stance for stance in STANCES if stance in text), "neutral"),
                quote=text,
                score=0.9 if "surely" in text else 0.1,
                why="it says so",
            )
            for place, text in enumerate(texts)
        ]


async def test_the_strongest_window_that_speaks_decides() -> None:
    filler = " ".join(["word"] * 100)
    texts = {
        "two": ("It contradicts.", f"It {filler}.", f"It surely supports {filler}."),
        "none": ("Surely nothing.",),
        "broken": ("broken",),
        "empty": (),
    }
    items = [
        StanceItem("mine", name, "So?", name, "", sentences, "neutral")
        for name, sentences in texts.items()
    ]
    given = await asked(items, Speaker())
    assert not given.graded
    assert [a.stance for a in given.answers.values()] == ["supports", "neutral", None, "neutral"]
    assert given.answers[Key("two", "two")].quote.startswith("It surely supports")
    raw = given.answers[Key("two", "two")].raw
    assert raw is not None
    assert raw.best == "supports"


def test_figures_of_a_known_case(tmp_path: Path) -> None:
    golds: list[Stance] = ["supports", "supports", "contradicts", "neutral"]
    items = [item(number, gold) for number, gold in enumerate(golds)]
    given = opinions(items, [("supports", 0.9), ("neutral", 0.8), ("contradicts", 0.6),
                             ("neutral", 0.7)])  # fmt: skip
    found = measured(items, given, tmp_path)
    assert found.calibrated == "none: raw scores"
    assert found.accuracy.value == pytest.approx(3 / 4)
    assert found.macro_f1.value == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert found.confusion["supports"] == (1, 0, 1, 0)
    assert found.calibration is not None
    assert found.calibration.error.value == pytest.approx((0.1 + 0.8 + 0.4 + 0.3) / 4)
    assert found.selection is not None
    assert [point.accuracy.value for point in found.selection.points] == pytest.approx(
        [1, 1 / 1.6, 1.4 / 2.4, 2.2 / 3.2, 3 / 4]
    )
    assert [wrong.id for wrong in found.errors()] == ["1"]
    assert found.errors()[0].quote == "quote 1"


def test_what_was_not_judged_is_wrong_and_has_no_confidence(tmp_path: Path) -> None:
    items = [item(0, "supports"), item(1, "supports")]
    given = opinions(items[:1], [("supports", 0.9)])
    found = measured(items, given, tmp_path)
    assert found.unjudged == 1
    assert found.accuracy.value == 0.5
    assert found.classes["supports"].precision.value == 1
    assert found.classes["supports"].recall.value == 0.5
    assert found.calibration is not None
    assert found.calibration.error.value == pytest.approx(0.1)
    assert found.outcomes[1].confidence is None


def test_without_scores_nothing_is_called_calibrated(tmp_path: Path) -> None:
    items = [item(number, "supports") for number in range(4)]
    found = measured(items, majority(items), tmp_path)
    assert found.accuracy.value == 1
    assert found.calibration is None
    assert found.selection is None
    assert found.calibrated == "none: the judge gives no probabilities"
    with pytest.raises(SettingsError, match="nothing to plot"):
        write_charts(found, tmp_path, against=None)


def test_a_calibrated_judge_is_within_its_distribution_and_a_sharpened_one_is_not(
    tmp_path: Path,
) -> None:
    honest = measured(*drawn(600), tmp_path).calibration
    assert honest is not None
    assert honest.error.value is not None
    assert honest.error.value < honest.perfect_p95
    assert honest.error_15.value is not None
    assert honest.error_15.value > honest.error.value
    boastful = measured(*drawn(600, sharpness=4), tmp_path).calibration
    assert boastful is not None
    assert boastful.error.value is not None
    assert boastful.error.value > 2 * boastful.perfect_p95


def test_cross_fitting_repairs_it_without_seeing_the_item() -> None:
    items, given = drawn(600, sharpness=4)
    calibration = cross_fitted(items, given, threshold=None)
    found = verify(items, given, calibration=calibration).calibration
    assert found is not None
    assert found.error.value is not None
    assert found.error.value < 1.5 * found.perfect_p95
    # An item's own document does not teach its calibration: its gold may be anything.
    changed = [items[0]._replace(gold="neutral"), items[1]._replace(gold="neutral"), *items[2:]]
    again = cross_fitted(changed, given, threshold=None)
    assert again.scores[key_of(items[0])] == calibration.scores[key_of(items[0])]
    assert again.scores != calibration.scores


def profile(*, fitted_on: str, temperature: float = 2.0) -> Profile:
    """A profile of the judge `tester`; every claim is inside."""
    return Profile(
        judge="tester",
        method=Temperature(temperature=temperature),
        losses={"temperature": 1.0},
        threshold=0.65,
        risk=Risk(wanted=0.25, share=0.1, upper=0.2, spoken=10),
        claims=ClaimScaling(slope=1, intercept=0, claims=5),
        outside=Outside(
            temperature=3, measured_on="sets", embedder="e", centres=((1.0, 0.0),), cosine=-1
        ),
        fitted_on=(FittedSet(name=fitted_on, items=9, documents=9),),
    )


def test_a_set_that_the_profile_was_fitted_on_is_cross_fitted(tmp_path: Path) -> None:
    items, given = drawn(60)
    write_profile(profile(fitted_on="mine"), tmp_path / file_name("tester"))
    found = calibration_of(items, given, mode=None, profiles=tmp_path)
    assert found.how.startswith("cross-fitted")
    assert found.threshold == 0.65
    raw = calibration_of(items, given, mode="none", profiles=tmp_path)
    assert raw.scores == {key: answer.raw for key, answer in given.answers.items()}


def test_a_profile_of_another_embedder_is_refused(tmp_path: Path) -> None:
    items, given = drawn(6)
    write_profile(profile(fitted_on="other"), tmp_path / file_name("tester"))
    with pytest.raises(SettingsError, match=r"embedder 'e'.*eval calibrate"):
        calibration_of(items, given, mode=None, profiles=tmp_path)


def test_no_profile_where_one_was_asked_for(tmp_path: Path) -> None:
    items, given = drawn(6)
    with pytest.raises(SettingsError, match="'tester' has no calibration profile"):
        calibration_of(items, given, mode="profile", profiles=tmp_path)


def test_a_profile_widens_claims_outside_and_its_threshold_is_measured() -> None:
    items = [item(0, "supports"), item(1, "supports"), item(2, "contradicts"), item(3, "neutral")]
    given = opinions(items, [("supports", 0.95), ("supports", 0.95), ("supports", 0.7),
                             ("neutral", 0.9)])  # fmt: skip
    made = profile(fitted_on="other", temperature=1)
    calibration = by_profile(items, given, made, outside=[False, True, False, False])
    near, far = (calibration.scores[key_of(found)].supports for found in items[:2])
    assert near == pytest.approx(0.95)
    assert far == pytest.approx(0.95 ** (1 / 3) / (0.95 ** (1 / 3) + 2 * 0.025 ** (1 / 3)))
    assert "1 of 4 claims outside" in calibration.how
    found = verify(items, given, calibration=calibration).abstention
    assert found is not None
    # Spoken at 0.65: the sure support, rightly; the other right one is too far out to be spoken.
    assert far < 0.65
    assert found.spoken.value == pytest.approx(2 / 4)
    assert found.risk.value == pytest.approx(1 / 2)
    assert found.macro_f1.value == pytest.approx((2 * 1 / (2 + 1 + 1) + 0 + 2 / 3) / 3)


def test_accuracy_by_phenomenon(tmp_path: Path) -> None:
    items = [
        item(number, "supports")._replace(phenomenon=name)
        for number, name in enumerate(["unit", "unit", "hedge"])
    ]
    given = opinions(items, [("supports", 0.9), ("neutral", 0.9), ("supports", 0.9)])
    found = measured(items, given, tmp_path)
    values = {name: share.value for name, share in found.phenomena.items()}
    assert values == {"hedge": 1, "unit": 0.5}


def test_two_judges_on_the_items_that_both_know(tmp_path: Path) -> None:
    items = [item(number, "supports" if number % 2 else "neutral") for number in range(40)]
    right = [(found.gold, 0.9) for found in items]
    half: list[tuple[Stance, float]] = [("supports", 0.9)] * 40
    first = measured(items, opinions(items, right), tmp_path)
    second = measured(items[:30], opinions(items[:30], half[:30]), tmp_path)
    found = compare(first, second)
    assert (found.items, found.both, found.only_first, found.only_second) == (30, 15, 15, 0)
    assert found.accuracy.value == pytest.approx(0.5)
    assert found.accuracy.low is not None
    assert found.accuracy.low > 0.3
    assert found.p_value == pytest.approx(2 / 2**15)
    mirrored = compare(second, first)
    assert mirrored.macro_f1.value == pytest.approx(-(found.macro_f1.value or 0))
    alone = compare(first, first)
    assert (alone.accuracy.low, alone.accuracy.high, alone.p_value) == (0, 0, 1)
    with pytest.raises(SettingsError, match="no item in common"):
        compare(measured(items[:5], opinions(items[:5], right[:5]), tmp_path),
                measured(items[5:], opinions(items[5:], right[5:]), tmp_path))  # fmt: skip


def test_a_measurement_is_read_again(tmp_path: Path) -> None:
    items, given = drawn(20)
    found = measured(items, given, tmp_path)
    path = tmp_path / "run.json"
    path.write_text(found.model_dump_json(), encoding="utf-8")
    again = opinions_of(read_verification(path))
    assert measured(items, again, tmp_path) == found
    path.write_text('{"judge": 1}', encoding="utf-8")
    with pytest.raises(ReadingError, match=r"run.json"):
        read_verification(path)


def test_no_items() -> None:
    with pytest.raises(SettingsError, match="no item"):
        verify([], Opinions("tester", True, {}), calibration=Calibration("none", {}))


def test_the_claim_only_guess_learns_wording_but_not_from_its_own_document() -> None:
    telling = {"supports": "It rises.", "contradicts": "It never falls.", "neutral": "Perhaps so."}
    items = [item(number, STANCES[number % 3], claim=telling[STANCES[number % 3]])
             for number in range(60)]  # fmt: skip
    guessed = claim_only(items)
    assert guessed.graded
    assert [guessed.answers[key_of(found)].stance for found in items] == [i.gold for i in items]
    # One word a document: nothing that other documents teach tells the stance.
    rng = np.random.default_rng(1)
    secret = [item(number, STANCES[rng.integers(3)], document=f"d{number // 3}",
                   claim=f"word{number // 3}") for number in range(60)]  # fmt: skip
    secret = [s._replace(gold=secret[3 * (n // 3)].gold) for n, s in enumerate(secret)]
    blind = claim_only(secret)
    right = sum(blind.answers[key_of(found)].stance == found.gold for found in secret)
    assert right <= 36
    seen = claim_only(secret[:3], items)
    assert set(seen.answers) == {key_of(found) for found in secret[:3]}


def test_a_role_by_place() -> None:
    known = [RoleItem("1", ("a", "b"), ("background", "result"))] * 2
    known.append(RoleItem("2", ("a", "b"), ("method", "other")))
    new = RoleItem("3", tuple("abcd"), ("background", "background", "result", "result"))
    assert by_position(known, [new]) == [["background", "background", "result", "result"]]


def test_plots_show_what_was_measured(tmp_path: Path) -> None:
    first = measured(*drawn(120), tmp_path)
    second = measured(*drawn(120, sharpness=4), tmp_path)
    paths = write_charts(first, tmp_path / "plots", against=second)
    assert [path.name for path in paths] == ["reliability.svg", "risk-coverage.svg"]
    texts = [" ".join(ET.parse(path).getroot().itertext()) for path in paths]
    for words in ("stated confidence", "accuracy", "items", "n = 120", "perfectly calibrated"):
        assert words in texts[0]
    for words in ("coverage", "risk", "n = 120", "AURC", "95 % interval"):
        assert words in texts[1]
    before = [path.read_bytes() for path in paths]
    write_charts(first, tmp_path / "plots", against=second)
    assert [path.read_bytes() for path in paths] == before


def test_plots_take_the_ink_and_the_paper_of_what_shows_them(tmp_path: Path) -> None:
    for path in write_charts(measured(*drawn(60), tmp_path), tmp_path / "plots", against=None):
        svg = path.read_text(encoding="utf-8")
        assert "currentColor" in svg
        assert "prefers-color-scheme:dark" in svg
        assert not {"#ffffff", "#333333", "background"} & set(re.findall(r"[\w#]+", svg))


def test_plots_without_matplotlib_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SettingsError, match=r"pip install 'assignee-research\[plots\]'"):
        write_charts(measured(*drawn(30), tmp_path), tmp_path, against=None)


def test_plots_into_a_file_are_refused(tmp_path: Path) -> None:
    place = eval_sets.jsonl(tmp_path / "file", [])
    with pytest.raises(SettingsError, match="plots cannot be written"):
        write_charts(measured(*drawn(30), tmp_path), place, against=None)
