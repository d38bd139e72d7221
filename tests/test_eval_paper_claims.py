"""Checking an extraction over papers that nobody has marked."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from fake_engine import Roles
from makers import document, paper, passage

from assignee.errors import EngineError, SettingsError
from assignee.evals.paper_claims import PaperClaims, measure
from assignee.evals.quotes import check, quote_figures
from assignee.records import ClaimDraft, Document, Paper, Passage, Quote
from assignee.settings import Settings

MOSS = "Moss cools the rooms below planted roofs by four degrees."
BEES = "Bees visit balconies with more flowers more often."


class Quoting(Roles):
    """Quotes each paper once, with curly marks, and once what it does not say."""

    async def extract(
        self, question: str, passages: Sequence[Passage], *, paper: Paper, limit: int
    ) -> list[ClaimDraft]:
        if "broken" in paper.title:
            raise EngineError("the reply was cut off")
        [one] = passages
        quotes = [one.text, f"“{one.text}”", "Moss is known to sing."]
        return [
            ClaimDraft(text=one.text, quote=quote, passage_id=one.id, relevance=1)
            for quote in quotes[:limit]
        ]


def made(*documents: Document, min_relevance: float = 0.0) -> PaperClaims:
    engine = replace(Quoting().engine(), models={"extractor": "quoting"})
    settings = Settings(min_relevance=min_relevance)
    return asyncio.run(measure(documents, "Does moss cool rooms?", engine, settings))


def test_quotes_are_looked_up_before_and_after_the_guard() -> None:
    found = made(document(paper("moss"), MOSS), document(paper("bees"), BEES))
    assert (found.papers, found.passages, found.claims, found.silent) == (2, 2, 2, 0)
    # The marks are not the text's, which the guard forgives; what no one says it drops.
    assert found.quotes.drafts == 6
    assert found.quotes.verbatim.value == pytest.approx(2 / 6)
    assert found.quotes.dropped.value == pytest.approx(2 / 6)
    assert found.quotes.invented == ("Moss is known to sing.",) * 2
    assert (found.quotes.kept, found.quotes.in_place.value) == (2, 1)


def test_what_does_not_answer_is_counted() -> None:
    found = made(document(paper("moss"), MOSS), document(paper("bees"), BEES), min_relevance=0.55)
    assert (found.claims, found.silent, found.off_topic) == (1, 1, 2)
    assert found.relevance.value == pytest.approx(0.75)


def test_failures_are_named_and_leave_the_others() -> None:
    found = made(document(paper("moss"), MOSS), document(paper("broken"), BEES))
    assert found.papers == 1
    assert found.failed == ("On broken: the reply was cut off",)
    with pytest.raises(EngineError, match="On broken: the reply was cut off"):
        made(document(paper("broken"), BEES))
    with pytest.raises(SettingsError, match="no document"):
        made()


def test_a_quote_beside_its_place_is_caught() -> None:
    read = passage("moss", MOSS, start=10)
    quotes = [Quote.cut(read, 0, 4), Quote.cut(read, 0, 4).model_copy(update={"text": "Bees"})]
    found = check([], quotes, [read], document="moss", text=" " * 10 + MOSS)
    figures = quote_figures([found])
    assert figures.in_place.value == 0.5
    assert figures.verbatim.value is None
    # The passage's own offset counts, too.
    moved = check([], quotes[:1], [read], document="moss", text=" " * 11 + MOSS)
    assert moved.in_place == 0
