"""The local engine's rules: planning, findings, stance, and an answer made of checked claims."""

from collections.abc import Sequence

import pytest
from makers import claim, paper, passage

from assignee.engines.local.extractor import FINDING, claimness, told_of
from assignee.engines.local.planner import LocalPlanner, comparison, relation
from assignee.engines.local.writer import LocalWriter, covers
from assignee.engines.protocol import WriteRequest
from assignee.reading.abbreviations import abbreviations, spelled_out
from assignee.records import Claim, Evidence, Verdict, VerdictLabel

QUESTION = (
    "Does the relationship between pretraining loss and alignment accuracy hold across methods "
    "such as RLHF versus supervised finetuning?"
)


def test_relations_and_comparisons_are_found() -> None:
    assert relation(QUESTION) == ("pretraining loss", "alignment accuracy")
    assert comparison(QUESTION) == ("RLHF", "supervised finetuning")
    assert comparison("Is RLHF better than DPO?") == ("RLHF", "DPO")


@pytest.mark.parametrize("verb", ["help", "prevent", "cause", "matter for", "require"])
def test_a_verb_parts_what_it_relates(verb: str) -> None:
    found = relation(f"Does chain-of-thought prompting {verb} errors of small models?")
    assert found == ("chain-of-thought prompting", "errors")


@pytest.mark.parametrize(
    ("question", "pair"),
    [
        ("Does moss reduce the risk of heat stroke?", ("moss", "heat stroke")),
        ("What drives the error rate of sensors?", ("drives", "error rate")),
        ("How do learning rates affect moss?", ("learning rates", "moss")),
    ],
)
def test_a_measure_is_not_what_is_asked_about(question: str, pair: tuple[str, str]) -> None:
    assert relation(question) == pair


async def test_plans_ask_for_what_the_question_names() -> None:
    plan = await LocalPlanner().plan(QUESTION)
    assert plan.queries[0] == QUESTION
    assert "How does pretraining loss relate to alignment accuracy?" in plan.subquestions
    assert len(plan.queries) == len(set(plan.queries)) <= 8


@pytest.mark.parametrize("question", ["Why?", "???", "Is it so", "Dropout overfitting"])
async def test_any_question_gets_a_plan(question: str) -> None:
    plan = await LocalPlanner().plan(question)
    assert plan.subquestions
    assert question in plan.queries


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Larger models reach a lower loss than smaller ones.", True),
        ("Instruction tuning improved accuracy by 5%.", True),
        ("Perplexity predicts the gain from finetuning.", True),
        ("The training used a public preference dataset.", False),
        ("Three methods for alignment were examined.", False),
        ("Language models are neural networks.", False),
    ],
)
def test_findings_are_told_from_aims(text: str, finding: bool) -> None:
    assert (claimness(text) >= FINDING) == finding


def test_what_the_authors_did_is_no_finding() -> None:
    made = paper("one", "Ada Lovelace et al.")
    assert told_of("Lovelace et al. compared more than 100 models.", made)
    assert not told_of("Larger models win more often.", made)


def test_abbreviations_are_spelled_out_as_the_papers_do() -> None:
    text = "They use reinforcement learning from human feedback (RLHF) and HHH (not explained)."
    assert abbreviations(text) == {"RLHF": "reinforcement learning from human feedback"}
    assert spelled_out("Is RLHF like SFT?", [text]) == (
        "Is RLHF (reinforcement learning from human feedback) like SFT?"
    )


def checked(made: Claim, label: VerdictLabel, *evidence: Evidence) -> Verdict:
    return Verdict(
        claim_id=made.id, label=label, attribution="supported", corroboration="not enough evidence",
        evidence_for=evidence, rule="as told", judge="test",
    )  # fmt: skip


async def written(*claims: tuple[Claim, VerdictLabel], qualify: Sequence[str] = ()) -> list[str]:
    request = WriteRequest(
        question=QUESTION,
        subquestions=(),
        claims=tuple(made for made, _ in claims),
        verdicts=tuple(checked(made, label) for made, label in claims),
        papers=(paper("one", "Ada Lovelace"), paper("two")),
        qualify=tuple(qualify),
    )
    writing = await LocalWriter().write(request)
    assert all(sentence.claim_ids for sentence in writing.answer)
    return [sentence.text for sentence in writing.answer]


async def test_answers_say_what_is_missing_and_cite_their_claims() -> None:
    made = claim("Larger models win more often.", passage("one", "Larger models win more often."))
    overview, sentence = await written((made, "uncorroborated"))
    assert "does not settle the question: no claim in it names pretraining loss" in overview
    assert sentence == "Larger models win more often (Lovelace (2020); not corroborated)."


def test_a_claim_names_a_topic_by_all_words_that_narrow_it() -> None:
    def named(topic: str, text: str) -> bool:
        return covers(claim(text, passage("one", text)), topic)

    assert named("moss therapy", "Moss was taken by forty patients.")
    assert named("small roofs", "A smaller roof is cooler.")
    assert not named("instruction tuning", "Tuning lowers the loss.")
    assert named("long green roof gardens", "Green gardens on a roof are cooler.")


async def test_unattributed_claims_do_not_enter_the_answer() -> None:
    good = claim("Larger models win more often.", passage("one", "Larger models win more often."))
    bad = claim("Cats are larger than dogs.", passage("two", "Cats are larger than dogs."))
    answer = " ".join(await written((good, "uncorroborated"), (bad, "unattributed")))
    assert "Cats" not in answer


async def test_qualified_claims_are_hedged() -> None:
    made = claim("Larger models win more often.", passage("one", "Larger models win more often."))
    assert "a single source" in (await written((made, "uncorroborated"), qualify=[made.id]))[-1]
