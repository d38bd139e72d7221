"""Measuring which sentences an extractor takes for claims."""

import asyncio
from collections.abc import Sequence

import pytest

from assignee.errors import SettingsError
from assignee.evals.claim_sentences import abstracts_of, measure
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


def item(number: int, *rationale: int, claim: str = "Moss cools.") -> StanceItem:
    return StanceItem("made", f"{number}{claim}", claim, f"d{number}", "Moss", SENTENCES,
                      "supports", rationale)  # fmt: skip


def test_claims_of_one_abstract_are_put_together_and_unmarked_ones_left_out() -> None:
    found = abstracts_of([item(1, 2), item(1, 3, claim="Bees."), item(2)])
    assert [(one.item.document, one.marked) for one in found] == [("d1", frozenset({2, 3}))]


def test_sentences_quotes_and_what_comes_first() -> None:
    items = [item(number, 2) for number in range(5)] + [item(0, 3, claim="Bees come.")]
    found = asyncio.run(measure(items, [item(9, 2)], Cooling(), name="cooling"))

    assert (found.abstracts, found.sentences, found.marked, found.claims) == (5, 20, 6, 6)
    cooling, place = found.findings
    assert cooling.said == 10
    assert cooling.precision.value == 0.5
    assert cooling.recall.value == pytest.approx(5 / 6)
    assert cooling.first[1].value == 0
    assert cooling.first[3].value == pytest.approx(5 / 6)
    assert cooling.verbatim is not None
    assert cooling.verbatim.value == pytest.approx(20 / 21)
    assert place.said == 5
    assert place.precision.value == 1
    assert place.first[1].value == pytest.approx(5 / 6)
    assert place.verbatim is None


def test_without_a_mark_there_is_nothing_to_measure() -> None:
    with pytest.raises(SettingsError, match="no sentence is marked"):
        asyncio.run(measure([item(1)], [], Cooling(), name="cooling"))
