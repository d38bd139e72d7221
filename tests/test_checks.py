"""Exact checks of a claim against its evidence: direction, negation, sides, names, figures."""

import pytest

from assignee.reading.checks import checked
from assignee.reading.entities import missing, names, sibling
from assignee.reading.opposition import opposition

OPPOSED = [
    ("Larger models reach a lower loss.", "Larger models reach a higher loss."),
    ("Longer training raises toxicity.", "Longer training lowers toxicity."),
    ("Pruning improves robustness.", "Pruning does not improve robustness."),
    ("Perplexity predicts accuracy after tuning.", "Perplexity does not predict accuracy."),
    ("Capabilities emerge abruptly with scale.", "Capabilities emerge smoothly with scale."),
    (
        "Distillation outperforms pruning on parsing.",
        "Pruning outperforms distillation on parsing.",
    ),
    ("Adapters beat prompts on parsing.", "Adapters are beaten by prompts on parsing."),
    (
        "Small batches are better than large batches.",
        "Large batches are better than small batches.",
    ),
    ("Adapters beat prompts on parsing.", "Prompts are better than adapters on parsing."),
    ("Warm-up is necessary for stable runs.", "Warm-up is unnecessary for stable runs."),
]
COMPATIBLE = [
    ("Larger models reach a lower loss.", "Larger models reach a lower loss than smaller ones."),
    ("Pruning improves robustness.", "Robustness is improved by pruning."),
    (
        "Pruning does not improve robustness.",
        "Pruning did not result in a clear improvement of it.",
    ),
    ("Distillation outperforms pruning.", "Pruning is outperformed by distillation."),
    ("Adapters reduce memory.", "Adapters improve memory use."),
    ("Loss falls with data.", "Cooks prefer larger pans."),
    ("Perplexity predicts accuracy.", "Perplexity predicts not only accuracy but calibration."),
]


@pytest.mark.parametrize(("claim", "evidence"), OPPOSED)
def test_statements_that_cannot_both_hold(claim: str, evidence: str) -> None:
    assert opposition(claim, evidence)
    assert opposition(evidence, claim)


@pytest.mark.parametrize(("claim", "evidence"), COMPATIBLE)
def test_statements_that_can_both_hold(claim: str, evidence: str) -> None:
    assert opposition(claim, evidence) is None


def test_the_nearest_sentence_is_what_is_opposed() -> None:
    window = "Smaller pans burn more sauce. Larger models reach a higher loss on code."
    assert opposition("Larger models reach a lower loss on code.", window)


def test_names_are_told_by_their_form() -> None:
    text = "Here HIV-positive cohorts, GPT-4-like LLMs, Llama 2, BERT-base and p53 met in March."
    assert names(text) == {"HIV", "GPT-4", "Llama 2", "BERT-base", "p53"}


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Llama 2 writes code", "we test Llama-2-70B"),
        ("GPT-3 writes code", "GPT-3-175B was asked"),
        ("RLHF helps", "reinforcement learning from human feedback was used"),
        ("BRCA carriers differ", "BRCA1 was sequenced"),
        ("gains with soft prompts (SPs) and SP tuning", "soft prompts were tuned"),
        ("they say that Maria Example wrote code", "nobody is named"),
        ("all LLMs do", "models do"),
    ],
)
def test_names_that_are_there_in_another_form(claim: str, text: str) -> None:
    assert missing(claim, text) == ()


def test_names_that_are_not_there() -> None:
    assert missing("We tuned Gopher and GPT-4 here", "Chinchilla and GPT-3 were tuned") == (
        "GPT-4",
        "Gopher",
    )


@pytest.mark.parametrize(
    ("claim", "text", "pair"),
    [
        ("GPT-4 writes code", "GPT-3 writes code", ("GPT-4", "GPT-3")),
        ("BERT-base learns", "BERT-large learns", ("BERT-base", "BERT-large")),
        ("GPT-4 writes code", "GPT-3 and GPT-4 write code", None),
        ("GPT-4 writes code", "Chinchilla writes code", None),
        ("H3K4me3 is found", "H3K4 is found", None),
    ],
)
def test_another_member_of_the_family(claim: str, text: str, pair: tuple[str, str] | None) -> None:
    assert sibling(claim, text) == pair


@pytest.mark.parametrize(
    ("claim", "evidence", "numbers", "why"),
    [
        ("Tuning raised accuracy by 5%.", "Tuning raised accuracy by 50%.", "disagree",
         "5% against 50%"),
        ("Tuning raised accuracy by 5%.", "Tuning raised accuracy by 5 percentage points.",
         "disagree", "5% against 5 percentage points: a change in percent is none in percentage "
         "points"),
        ("Tuning raised accuracy by 10 points on 3 tasks.", "On 3 tasks it rose from 60 to 70.",
         "agree", ""),
        ("Tuning raised accuracy by 10 percentage points.", "It rose from 60% to 70%.", "agree",
         ""),
        ("The models have at least 7B parameters.", "The models have at most 7B parameters.",
         "disagree", "7B parameters against 7B parameters: the bounds are opposite"),
        ("Tuning raised accuracy to 65%.", "Of all users 40% had a cat.", "no numbers", ""),
        ("Tuning takes 10 minutes.", "Tuning takes 10 hours.", "disagree",
         "10 minutes against 10 hours"),
    ],
)  # fmt: skip
def test_figures_with_what_differs(claim: str, evidence: str, numbers: str, why: str) -> None:
    made = checked(claim, evidence)
    assert (made.numbers, made.number_why) == (numbers, why)


def test_a_figure_that_stands_in_the_context_does_not_disagree() -> None:
    claim, evidence = "Tuning raised accuracy to 65%.", "Tuning raised the accuracy of T5 to 50%."
    assert checked(claim, evidence).numbers == "disagree"
    made = checked(claim, evidence, context="Accuracy of all others was 65%.")
    assert made.numbers == "agree"
    assert made.number_why == ""


def test_a_statement_with_only_its_figure_changed_is_told() -> None:
    claim = "Tuning on code raised the accuracy of small models by 5%."
    assert checked(
        claim, "Tuning on code raised the accuracy of small models by 50%."
    ).same_statement
    assert not checked(claim, "Accuracy rose by 50% when prompts were longer.").same_statement


def test_a_name_in_the_context_is_not_missing() -> None:
    made = checked("LoRA halves memory.", "It halves memory.", context="We study LoRA.")
    assert made.missing == ()
    assert checked("LoRA halves memory.", "It halves memory.").missing == ("LoRA",)
