"""Verdicts: attribution and corroboration apart, independence, order, nothing believed unseen."""

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from makers import claim, paper, passage
from numpy.typing import NDArray
from profile_maker import profile

from assignee.agents.verifier import Dossiers, independent, verify
from assignee.engines.protocol import Judgement, JudgeRequest
from assignee.errors import EngineError
from assignee.records import Notice, Paper, Stance, StanceScores, Verdict

SOURCE = passage("one", "Larger models reach a lower loss. Other words follow here.")
VERBATIM = claim("Larger models reach a lower loss.", SOURCE)
CLAIM = VERBATIM.model_copy(update={"text": "A larger model reaches a lower loss."})
FOR = passage("two", "Loss falls as models grow larger.")
AGAINST = passage("three", "Loss does not fall as models grow.")
PAPERS = {name: paper(name) for name in ("one", "two", "three")}


class Says:
    """A judge that gives each paper one stance, with the window's first sentence as its quote."""

    name = "fake"
    batch_size = 4

    def __init__(self, **stances: Stance) -> None:
        self.stances = stances
        self.quote: str | None = None

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        return [
            [
                Judgement(
                    window=index,
                    stance=self.stances.get(window.paper_id, "neutral"),
                    quote=self.quote or window.text.split(". ")[0],
                    why="as told",
                )
                for index, window in enumerate(request.windows)
            ]
            for request in requests
        ]


async def verdict(judge: Says, papers: dict[str, Paper] | None = None) -> Verdict:
    case = Dossiers(CLAIM, (SOURCE,), (FOR, AGAINST))
    [made] = await verify([case], judge=judge, papers=papers or PAPERS)
    return made


@pytest.mark.parametrize(
    ("stances", "label", "corroboration"),
    [
        ({"one": "supports", "two": "supports"}, "verified", "supported"),
        ({"one": "supports", "three": "contradicts"}, "contradicted", "contradicted"),
        ({"one": "supports", "two": "supports", "three": "contradicts"}, "mixed", "mixed"),
        ({"one": "supports"}, "uncorroborated", "not enough evidence"),
        ({"two": "supports"}, "unattributed", "supported"),
        ({"one": "contradicts", "two": "supports"}, "unattributed", "supported"),
    ],
)
async def test_labels(stances: dict[str, Stance], label: str, corroboration: str) -> None:
    made = await verdict(Says(**stances))
    assert (made.label, made.corroboration) == (label, corroboration)
    assert made.rule


@pytest.mark.parametrize("stance", ["neutral", "contradicts"])
async def test_no_judge_takes_a_source_s_own_words_from_it(stance: Stance) -> None:
    case = Dossiers(VERBATIM, (SOURCE,), (FOR, AGAINST))
    judge = Says(one=stance, two="supports", three="neutral")
    [made] = await verify([case], judge=judge, papers=PAPERS)
    assert (made.attribution, made.label) == ("supported", "verified")
    assert made.attribution_evidence[0].quote.text == VERBATIM.quote.text


async def test_own_source_never_corroborates() -> None:
    made = await verdict(Says(one="supports"))
    assert made.evidence_for == ()
    assert [piece.paper_id for piece in made.attribution_evidence] == ["one"]


async def test_shared_authors_are_shown_but_do_not_verify() -> None:
    papers = PAPERS | {"one": paper("one", "Jane Doe"), "two": paper("two", "Doe, J.", "A. Roe")}
    made = await verdict(Says(one="supports", two="supports"), papers)
    assert made.label == "uncorroborated"
    assert [piece.independent for piece in made.evidence_for] == [False]


async def test_a_note_about_the_same_work_is_not_independent() -> None:
    note = paper("two", arxiv="2001.00001").model_copy(update={"kind": "note"})
    assert not independent(paper("one", "X Y", arxiv="2001.00001"), note)


async def test_retracted_papers_verify_nothing() -> None:
    retracted = PAPERS["two"].model_copy(update={"notices": (Notice(kind="retraction"),)})
    made = await verdict(Says(one="supports", two="supports"), PAPERS | {"two": retracted})
    assert made.label == "uncorroborated"
    assert len(made.evidence_for) == 1


async def test_invented_quotes_are_no_evidence() -> None:
    judge = Says(one="supports", two="supports")
    judge.quote = "words that stand nowhere"
    made = await verdict(judge)
    assert made.label == "unattributed"
    assert made.evidence_for == made.attribution_evidence == ()


async def test_unjudged_claims_are_not_checked() -> None:
    class Silent(Says):
        async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
            return [None for _ in requests]

    made = await verdict(Silent())
    assert made.label == made.attribution == made.corroboration == "not checked"
    assert made.confidence is None


async def test_quotes_slice_back() -> None:
    made = await verdict(Says(one="supports", two="supports", three="contradicts"))
    windows = {p.id: p for p in (SOURCE, FOR, AGAINST)}
    pieces = [*made.attribution_evidence, *made.evidence_for, *made.evidence_against]
    assert len(pieces) == 3
    assert all(piece.quote.stands_in(windows[piece.quote.passage_id]) for piece in pieces)


def changed(own: str, other: str) -> Dossiers:
    source, elsewhere = passage("one", own), passage("two", other)
    return Dossiers(claim(own, source), (source,), (elsewhere,))


async def test_figures_that_differ_overrule_support() -> None:
    case = changed(
        "Tuning raised accuracy by 5% on held-out tasks.",
        "With longer prompts the accuracy rose by 50% after tuning.",
    )
    [found] = await verify([case], judge=Says(one="supports", two="supports"), papers=PAPERS)
    assert found.label == "uncorroborated"
    assert "5% against 50%" in found.rule
    assert [piece.numbers for piece in found.attribution_evidence] == ["agree"]


async def test_the_same_statement_with_another_figure_contradicts() -> None:
    case = changed(
        "Tuning raised accuracy by 5% on held-out tasks.",
        "Tuning raised accuracy by 50% on held-out tasks.",
    )
    [found] = await verify([case], judge=Says(one="supports", two="supports"), papers=PAPERS)
    assert found.label == "contradicted"
    [piece] = found.evidence_against
    assert piece.numbers == "disagree"
    assert piece.why == "the figures differ (5% against 50%), whatever the judge says: as told"


async def test_another_model_of_the_family_is_no_support() -> None:
    case = changed("GPT-4 writes correct code.", "GPT-3 writes correct code.")
    [found] = await verify([case], judge=Says(one="supports", two="supports"), papers=PAPERS)
    assert found.label == "uncorroborated"
    assert "it speaks of GPT-3, not of GPT-4" in found.rule


class Knows:
    """A calibrated judge: raw scores of each paper, one judgement a paper."""

    batch_size = 4

    def __init__(self, name: str = "knows", **supports: float) -> None:
        self.name = name
        self.supports = supports
        self.asked = 0

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        self.asked += 1
        return [
            [self.judgement(index, window.paper_id, window.text) for index, window in found]
            for request in requests
            if (found := list(enumerate(request.windows)))
        ]

    def judgement(self, window: int, paper_id: str, text: str) -> Judgement:
        share = self.supports.get(paper_id, 0.0)
        scores = StanceScores(
            supports=max(share, 0.0), contradicts=max(-share, 0.0), neutral=1 - abs(share)
        )
        return Judgement(
            window=window, stance=scores.best, quote=text.split(". ")[0], score=abs(share),
            scores=scores, why="as told",
        )  # fmt: skip


async def calibrated(
    judge: Knows, papers: dict[str, Paper] | None = None, **chosen: Any
) -> Verdict:
    case = Dossiers(CLAIM, (SOURCE,), (FOR, AGAINST))
    [made] = await verify(
        [case],
        judge=judge,
        papers=papers or PAPERS,
        profiles={"knows": profile("knows", **chosen)},
    )
    return made


async def test_confidence_is_that_of_attribution_times_corroboration() -> None:
    made = await calibrated(Knows(one=0.9, two=0.8))
    assert made.label == "verified"
    assert made.confidence == pytest.approx(0.9 * 0.8, abs=1e-4)
    assert made.evidence_for[0].probability == pytest.approx(0.8, abs=1e-4)


async def test_silent_papers_leave_the_confidence_of_those_that_speak() -> None:
    made = await calibrated(Knows(one=0.9, two=0.8, three=0.2))
    assert made.label == "verified"
    assert made.confidence == pytest.approx(0.9 * 0.8, abs=1e-4)


async def test_that_nothing_was_found_has_no_confidence() -> None:
    made = await calibrated(Knows(one=0.9, two=0.3, three=0.2))
    assert (made.label, made.confidence) == ("uncorroborated", None)


async def test_an_unattributed_claim_is_as_sure_as_its_source_is_silent() -> None:
    made = await calibrated(Knows(one=0.3, two=0.9))
    assert made.label == "unattributed"
    assert made.confidence == pytest.approx(0.7, abs=1e-4)


async def test_dependent_and_retracted_papers_do_not_count_in_the_confidence() -> None:
    papers = {
        "one": paper("one", "Jane Doe"),
        "two": PAPERS["two"],
        "three": PAPERS["three"].model_copy(update={"notices": (Notice(kind="retraction"),)}),
    }
    made = await calibrated(Knows(one=0.9, two=0.8, three=-0.9), papers)
    assert made.label == "verified"
    assert made.confidence == pytest.approx(0.9 * 0.8, abs=1e-4)


async def test_an_uncertain_stance_is_neutral_and_says_so() -> None:
    made = await calibrated(Knows(one=0.9, two=0.6), threshold=0.7)
    assert (made.label, made.confidence) == ("uncorroborated", None)


async def test_outside_the_domain_confidence_widens() -> None:
    class Axes:
        model_id, dimension = "axes", 2

        def __init__(self, *vector: float) -> None:
            self.vector = vector

        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return np.array([self.vector] * len(texts), dtype=np.float32)

    profiles = {"knows": profile("knows", outside=2.0)}
    case = Dossiers(CLAIM, (SOURCE,), (FOR,))
    confidences = []
    for embedder in (Axes(1, 0), Axes(0, 1), None):
        [made] = await verify(
            [case], judge=Knows(one=0.9, two=0.8), papers=PAPERS, profiles=profiles,
            embedder=embedder,
        )  # fmt: skip
        confidences.append(made.confidence)
    inside, outside, untold = confidences
    assert inside is not None
    assert outside is not None
    assert inside > outside == untold


async def test_without_a_profile_of_its_own_a_judge_gives_no_confidence() -> None:
    case = Dossiers(CLAIM, (SOURCE,), (FOR,))
    [made] = await verify(
        [case], judge=Says(one="supports", two="supports"), papers=PAPERS,
        profiles={"knows": profile("knows")},
    )  # fmt: skip
    assert made.confidence is None
    assert made.evidence_for[0].probability is None


def both(first: Any, second: Any, **profiles: Any) -> Any:
    case = Dossiers(CLAIM, (SOURCE,), (FOR, AGAINST))
    return verify([case], judge=first, second=second, papers=PAPERS, profiles=profiles)


async def test_the_second_opinion_stands_beside_the_first() -> None:
    first = Says(one="supports", two="supports")
    [made] = await both(first, Knows(one=0.9, three=-0.8), knows=profile("knows"))
    assert (made.label, made.confidence, made.judge) == ("verified", None, "fake")
    assert made.second is not None
    assert (made.second.judge, made.second.label) == ("knows", "contradicted")
    assert made.second.confidence == pytest.approx(0.9 * 0.8, abs=1e-4)
    assert [piece.paper_id for piece in made.second.evidence_against] == ["three"]
    assert made.agreement == "disagree"
    assert made.rule.endswith("knows disagrees (contradicted), and the verdict of fake stands")


async def test_opinions_that_agree_say_so() -> None:
    [made] = await both(Says(one="supports", two="supports"), Knows(one=0.9, two=0.8))
    assert made.agreement == "agree"
    assert made.rule.endswith("knows agrees")


async def test_a_second_judge_that_fails_fails_nothing() -> None:
    class Broken(Knows):
        async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
            raise RuntimeError("no memory left")

    [made] = await both(Says(one="supports", two="supports"), Broken())
    assert (made.label, made.agreement, made.second) == ("verified", "one opinion", None)
    assert made.rule.endswith("knows gave no opinion: it failed (no memory left)")


async def test_a_first_judge_that_fails_is_an_error_whatever_the_second_says() -> None:
    class Broken(Says):
        async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
            raise EngineError("no answer")

    with pytest.raises(EngineError, match="no answer"):
        await both(Broken(), Knows(one=0.9))


async def test_where_only_the_second_judge_answers_its_opinion_is_kept() -> None:
    class Silent(Says):
        async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
            return [None for _ in requests]

    [made] = await both(Silent(), Knows(one=0.9, two=0.8))
    assert (made.label, made.agreement) == ("not checked", "one opinion")
    assert made.second is not None
    assert made.second.label == "verified"
    assert made.rule.endswith("knows finds it verified")


async def test_both_judges_work_at_the_same_time() -> None:
    """Each waits for the other to have begun: one after the other they would never end."""
    begun = {"fake": asyncio.Event(), "knows": asyncio.Event()}

    class First(Says):
        async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
            begun["fake"].set()
            await begun["knows"].wait()
            return await super().judge(requests)

    class Second(Knows):
        async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
            begun["knows"].set()
            await begun["fake"].wait()
            return await super().judge(requests)

    async with asyncio.timeout(5):
        [made] = await both(First(one="supports"), Second(one=0.9))
    assert made.agreement == "agree"
