"""Measuring how far a report rests on what it cites."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from sample_report import sample_report

from assignee.agents.dossier import dossier_of_report
from assignee.engines.protocol import Judgement, JudgeRequest
from assignee.errors import SettingsError
from assignee.evals.grounding import Grounding, grounding, read_answer
from assignee.records import Dossier, DossierClaim, DossierReference, DossierSection
from assignee.report import render_json


class Words:
    """Says that windows support a claim when they hold all of its words together."""

    name = "words"
    batch_size = 8

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        """One judgement a request."""
        return [[self._one(request)] for request in requests]

    def _one(self, request: JudgeRequest) -> Judgement:
        held = {w for window in request.windows for w in window.text.casefold().split()}
        wanted = request.claim.text.casefold().rstrip(".").split()
        stance = "supports" if set(wanted) <= held else "neutral"
        return Judgement.model_validate({"window": 0, "stance": stance, "why": "words"})


def measured(text: str, abstract: str = "") -> Grounding:
    quotes = {"c1": "moss cools roofs by 4 degrees", "c2": "paint cools walls", "c3": None}
    dossier = Dossier(
        question="What cools?",
        title="Cooling",
        sections=(
            DossierSection(name="Abstract", text=abstract),
            DossierSection(name="3 Results", text=text),
        ),
        claims=tuple(
            DossierClaim(id=id_, text=id_, quote=quote, reference="1" if id_ != "c2" else "2",
                         quote_verbatim=None if quote is None else id_ == "c1")
            for id_, quote in quotes.items()
        ),
        references=(DossierReference(key="1"), DossierReference(key="2")),
        has_papers=True,
    )  # fmt: skip
    return asyncio.run(grounding(dossier, Words(), name="made"))


def test_supported_unsupported_and_uncited_sentences() -> None:
    found = measured(
        "Moss cools roofs by 4 degrees [c1]. Paint cools roofs a lot [c2]. Nothing else cools it."
    )
    assert (found.sentences, found.uncited, found.unshown) == (3, 1, 0)
    assert found.supported.value == 0.5
    assert found.recall.value == pytest.approx(1 / 3)
    assert found.precision.value == 0.5
    assert (found.quotes, found.verbatim) == (2, 0.5)
    assert found.unsupported == ("Paint cools roofs a lot.",)
    assert found.silent == ("Nothing else cools it.",)
    assert (found.drafts, found.dropped) == (None, None)


def test_of_two_citations_one_that_adds_nothing_is_imprecise() -> None:
    both = measured("Moss paint cools roofs walls [c1, c2].")
    assert (both.supported.value, both.precision.value) == (1, 1)
    one = measured("Moss cools roofs by 4 [c1, c2].")
    assert (one.supported.value, one.precision.value) == (1, 0.5)


def test_numbers_are_traced_to_the_words_that_are_cited() -> None:
    found = measured("Moss cools roofs by 4 degrees [c1]. Paint cools walls by 4 degrees [c2].")
    assert (found.figures, found.traced.value) == (2, 0.5)
    [lost] = found.untraced
    assert (lost.number, lost.sentence) == ("4", "Paint cools walls by 4 degrees.")


def test_a_sentence_of_answer_and_abstract_counts_once_and_sources_by_their_share() -> None:
    text = "Moss cools roofs by 4 degrees [c1]. Paint cools all walls [c2]. Moss is green [c1, c3]."
    found = measured(text, "Moss cools roofs by 4 degrees [c1].")
    assert found.sentences == 3
    assert (found.largest, found.sources) == (0.75, 2)


def test_what_shows_no_words_is_not_called_unsupported() -> None:
    found = measured("Moss is very green [c3]. Moss cools roofs by 4 degrees [c1].")
    assert (found.unshown, found.supported.value, found.recall.value) == (1, 1, 1)


def test_what_only_reviewers_are_told_is_not_measured(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(render_json(sample_report()), encoding="utf-8")
    dossier, counts = read_answer(path)
    shown = dossier_of_report(sample_report()).section("Abstract")
    kept = dossier.section("Abstract")
    assert shown is not None
    assert kept is not None
    assert "The report states 5 claims" in shown.text
    assert "The report states" not in kept.text
    found = asyncio.run(grounding(dossier, Words(), name="ours", counts=counts))
    assert not any("verdicts:" in one.sentence for one in found.untraced)
    assert (found.drafts, found.dropped) == (11, 1)


def test_a_report_without_an_answer_is_refused() -> None:
    with pytest.raises(SettingsError, match="'made' has no answer"):
        measured("")
