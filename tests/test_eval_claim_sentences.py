"""Measuring which sentences an extractor takes for claims."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from fake_engine import Roles

from assignee.engines.protocol import Engine
from assignee.errors import EngineError, SettingsError
from assignee.evals.claim_sentences import ClaimSentences, abstracts_of, measure
from assignee.evals.items import StanceItem
from assignee.records import ClaimDraft, Paper, Passage

SENTENCES = ("Heat is a burden.", "We planted moss.", "Moss cooled rooms.", "Bees came.")


class Cooling:
    """Takes what cools, and invents a quote when it is asked about bees."""

    async def extract(
        self, question: str, passages: Sequence[Passage], *, paper: Paper, limit: int
    ) -> list[ClaimDraft]:
        """Drafts in the order of the text."""
        texts = [s for s in SENTENCES if "cooled" in s or "planted" in s]
        if "Bees" in question:
            texts = ["Bees never came."]
        return [
            ClaimDraft(text=text, passage_id=passages[0].id, quote=text, relevance=1)
            for text in texts[:limit]
        ]


class Failing:
    """Gives no usable reply when it is asked about bees, or never."""

    def __init__(self, *, always: bool = False) -> None:
        self.always = always

    async def extract(
        self, question: str, passages: Sequence[Passage], *, paper: Paper, limit: int
    ) -> list[ClaimDraft]:
        """As `Cooling` where it does not fail."""
        if self.always or "Bees" in question:
            raise EngineError("the model was asleep")
        return await Cooling().extract(question, passages, paper=paper, limit=limit)


def engine(extractor: Cooling | Failing) -> Engine:
    return replace(
        Roles().engine(), extractor=extractor, models={"extractor": "cooling", "ranker": "words"}
    )


def measured(
    items: Sequence[StanceItem],
    known: Sequence[StanceItem],
    extractor: Cooling | Failing | None = None,
) -> ClaimSentences:
    return asyncio.run(measure(items, known, engine(extractor or Cooling()), floor=0.6))


def item(number: int, *rationale: int, claim: str = "Moss cools.") -> StanceItem:
    return StanceItem("made", f"{number}{claim}", claim, f"d{number}", "Moss", SENTENCES,
                      "supports", rationale)  # fmt: skip


def test_claims_of_one_abstract_are_put_together_and_unmarked_ones_left_out() -> None:
    found = abstracts_of([item(1, 2), item(1, 3, claim="Bees."), item(2)])
    assert [(one.item.document, one.marked) for one in found] == [("d1", frozenset({2, 3}))]


def test_sentences_quotes_and_what_comes_first() -> None:
    items = [item(number, 2) for number in range(5)] + [item(0, 3, claim="Bees come.")]
    found = measured(items, [item(9, 2)])

    assert (found.abstracts, found.sentences, found.marked, found.claims) == (5, 20, 6, 6)
    cooling, place = found.findings
    assert cooling.said == 10
    assert cooling.precision.value == 0.5
    assert cooling.recall.value == pytest.approx(5 / 6)
    assert cooling.first[1].value == 0
    assert cooling.first[3].value == pytest.approx(5 / 6)
    assert place.said == 5
    assert place.precision.value == 1
    assert place.first[1].value == pytest.approx(5 / 6)
    assert found.baseline.startswith("learned from 1 abstracts of the training part")


def test_an_invented_quote_is_counted_before_it_is_dropped() -> None:
    items = [item(number, 2) for number in range(5)] + [item(0, 3, claim="Bees come.")]
    quotes = measured(items, []).quotes
    assert (quotes.drafts, quotes.kept) == (21, 20)
    assert quotes.verbatim.value == pytest.approx(20 / 21)
    assert quotes.dropped.value == pytest.approx(1 / 21)
    assert quotes.in_place.value == 1
    assert quotes.invented == ("Bees never came.",)


def test_without_a_training_part_other_abstracts_teach_the_place() -> None:
    # Four abstracts whose third sentence is marked and one whose last is: what the odd one
    # marks is never learned from itself.
    items = [*(item(number, 2) for number in range(4)), item(4, 3)]
    found = measured(items, [])
    assert found.baseline == "cross-fitted in 5 folds, for no training part has other abstracts"
    place = found.findings[1]
    assert place.first[1].value == 0.8
    assert place.recall.value == 0.8


def test_abstracts_that_are_measured_on_teach_nothing_from_the_training_part() -> None:
    items = [item(number, 2) for number in range(5)]
    found = measured(items, [*(item(number, 0) for number in range(5)), item(9, 2)])
    assert found.findings[1].recall.value == 1
    assert found.given_away


def test_one_abstract_leaves_the_guess_unscored() -> None:
    found = measured([item(1, 2)], [])
    assert found.baseline.startswith("unscored, because")
    assert len(found.findings) == 1
    assert found.relevance.foreign is None


def test_relevance_of_marked_sentences_and_others() -> None:
    # Both words of the claim are in one sentence of four, and neither is in the others.
    found = measured([item(1, 2, claim="moss cooled"), item(2, 2, claim="moss cooled")], [])
    assert found.relevance.marked.value == 1
    assert found.relevance.unmarked.value == 0
    assert found.relevance.nearer.value == 1
    assert found.relevance.foreign is not None
    assert found.relevance.foreign.value == 0.25


def test_a_failed_extraction_finds_nothing_and_is_counted() -> None:
    items = [item(number, 2) for number in range(5)] + [item(0, 3, claim="Bees come.")]
    found = measured(items, [], Failing())
    assert found.failed == 1
    assert found.findings[0].first[3].value == pytest.approx(5 / 6)
    with pytest.raises(EngineError, match="no extraction gave a usable reply: the model was"):
        measured(items, [], Failing(always=True))


def test_without_a_mark_there_is_nothing_to_measure() -> None:
    with pytest.raises(SettingsError, match="no sentence is marked"):
        measured([item(1)], [])
