"""What is left of a judgement after calibration and exact checks, and why."""

import pytest
from makers import claim, paper, passage
from profile_maker import profile

from assignee.agents.weighing import (
    UNCALIBRATED,
    Scale,
    Weighed,
    own_words,
    strongest,
    verbatim,
    weigh,
)
from assignee.engines.protocol import Judgement
from assignee.records import Quote, Stance, StanceScores


def scored(supports: float, contradicts: float = 0.0) -> StanceScores:
    return StanceScores(
        supports=supports, contradicts=contradicts, neutral=1 - supports - contradicts
    )


def weighed(
    text: str,
    window: str,
    *,
    scores: StanceScores | None = None,
    stance: Stance = "supports",
    quote: str | None = None,
    scale: Scale = UNCALIBRATED,
    title: str = "On two",
) -> Weighed:
    where = passage("two", window)
    judgement = Judgement(
        window=0, stance=stance, quote=window if quote is None else quote, score=0.9,
        scores=scores, why="as told",
    )  # fmt: skip
    source = paper("two").model_copy(update={"title": title})
    return weigh(claim(text, passage("one", text)), judgement, where, source, scale)


SPEAKING = Scale(profile("knows", threshold=0.5))
CALIBRATED = Scale(profile("knows", threshold=0.6))


def test_support_against_the_direction_falls_where_the_judge_is_unsure() -> None:
    pair = ("Larger models reach a lower loss.", "Larger models reach a higher loss.")
    unsure, sure = (weighed(*pair, scores=scored(p), scale=CALIBRATED) for p in (0.7, 0.9))
    assert (unsure.stance, sure.stance) == ("neutral", "supports")
    assert unsure.why == "the opposite relation, whatever the judge says: as told"
    assert unsure.probability is None
    assert sure.probability == pytest.approx(0.9, abs=1e-4)


def test_support_that_lacks_a_name_falls_where_the_judge_is_unsure() -> None:
    pair = ("LoRA halves the memory of tuning.", "Memory of tuning is halved.")
    unsure, sure = (weighed(*pair, scores=scored(p), scale=SPEAKING) for p in (0.55, 0.9))
    assert (unsure.stance, sure.stance) == ("neutral", "supports")
    assert "does not name LoRA" in unsure.why
    titled = weighed(*pair, scores=scored(0.55), scale=SPEAKING, title="LoRA on a phone")
    assert titled.stance == "supports"


def test_rules_that_err_do_not_overrule_a_judge_without_scores() -> None:
    opposed = weighed("Larger models reach a lower loss.", "Larger models reach a higher loss.")
    unnamed = weighed("LoRA halves the memory of tuning.", "Memory of tuning is halved.")
    assert (opposed.stance, unnamed.stance) == ("supports", "supports")
    assert weighed("GPT-4 writes code.", "GPT-3 writes code.").stance == "neutral"


def test_what_a_check_takes_from_support_stands_with_the_stance_that_is_left() -> None:
    made = weighed("GPT-4 writes code.", "GPT-3 writes code.", scores=scored(0.9, 0.05))
    assert made.stance == "neutral"
    assert made.scores.supports == 0
    assert made.scores.neutral == pytest.approx(0.95)


def test_checks_take_nothing_from_other_stances() -> None:
    stances: tuple[Stance, ...] = ("contradicts", "neutral")
    for stance in stances:
        made = weighed("GPT-4 writes code.", "GPT-3 writes code.", stance=stance)
        assert (made.stance, made.why, made.overruled) == (stance, "as told", None)


def test_a_fragment_is_checked_with_its_sentence() -> None:
    window = "Cats sleep. Tuning raised accuracy by 50% on held-out tasks. Dogs bark."
    made = weighed("Tuning raised accuracy by 5%.", window, quote="raised accuracy")
    assert made.overruled == "the figures differ (5% against 50%)"
    assert made.span == (19, 34)


def test_a_quote_that_is_not_there_leaves_nothing() -> None:
    made = weighed("Loss falls.", "Loss falls.", quote="Loss rises to the sky.")
    assert (made.stance, made.overruled) == ("neutral", "its quote is not in the text")


def test_what_was_asked_is_no_evidence() -> None:
    asked = "OBJECTIVE To determine whether moss cools roofs."
    stances: tuple[Stance, ...] = ("supports", "contradicts")
    for stance in stances:
        made = weighed("Moss cools roofs.", asked, stance=stance)
        assert (made.stance, made.overruled) == (
            "neutral",
            "its quote tells what was asked, not what was found",
        )
    found = weighed("Moss cools roofs.", "To determine whether moss cools roofs, we found it does.")
    assert found.stance == "supports"


def test_too_uncertain_stances_are_neutral() -> None:
    made = weighed("Loss falls.", "Loss falls here.", scores=scored(0.55), scale=CALIBRATED)
    assert (made.stance, made.why) == ("neutral", "too uncertain (p = 0.55): as told")
    assert made.overruled is None
    assert made.probability == pytest.approx(0.45, abs=1e-4)


def test_calibration_never_makes_a_model_speak_that_gave_no_scores() -> None:
    made = weighed("Loss falls.", "Loss falls.", stance="neutral", scale=CALIBRATED)
    assert made.stance == "neutral"


def test_the_most_probable_stance_speaks_for_a_paper() -> None:
    sure, unsure = (weighed("Loss falls.", "Loss falls.", scores=scored(p)) for p in (0.9, 0.6))
    silent = weighed("Loss falls.", "Loss falls.", scores=scored(0.4), stance="neutral")
    assert strongest([silent, unsure, sure]) is sure
    assert strongest([silent]) is silent
    assert strongest([]) is None


def test_a_claim_in_its_source_s_words_needs_no_judge() -> None:
    text = "LoRA therefore halves the memory of tuning. It may cost accuracy."
    window = passage("one", text)
    quote = Quote.cut(window, 0, text.index(" It"))
    made = claim("LoRA halves the memory of tuning.", window).model_copy(update={"quote": quote})
    same = own_words(made, window)
    assert same is not None
    assert (same.stance, same.span) == ("supports", (0, len(quote.text)))
    assert own_words(made.model_copy(update={"text": "LoRA triples the memory."}), window) is None


def test_a_claim_is_verbatim_but_for_the_first_words_of_its_quote() -> None:
    window = passage("one", "However, for Thai, LoRA halves the memory of tuning.")
    made = claim("For Thai, LoRA halves the memory of tuning.", window)
    made = made.model_copy(update={"quote": Quote.cut(window, 0, len(window.text))})
    assert verbatim(made)
    assert not verbatim(made.model_copy(update={"text": "LoRA halves the memory of tuning."}))
    assert not verbatim(made.model_copy(update={"text": "For Thai, LoRA halves the memory."}))


def test_a_word_of_negation_left_out_is_no_claim_of_the_source() -> None:
    window = passage("one", "LoRA does not halve memory.")
    made = claim("LoRA does not halve memory.", window)
    assert own_words(made, window) is not None
    assert own_words(made.model_copy(update={"text": "LoRA does halve memory."}), window) is None
