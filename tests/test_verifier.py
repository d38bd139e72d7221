"""Verdicts: attribution and corroboration apart, independence, order, nothing believed unseen."""

from collections.abc import Sequence

import pytest
from makers import claim, paper, passage

from assignee.agents.verifier import Dossiers, contradictions, independent, verify
from assignee.engines.protocol import Judgement, JudgeRequest
from assignee.records import Notice, Paper, Stance, Verdict

SOURCE = passage("one", "Larger models reach a lower loss. Other words follow here.")
CLAIM = claim("Larger models reach a lower loss.", SOURCE)
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


async def test_contradicting_claims_are_linked_once() -> None:
    other = claim("Loss does not fall as models grow.", AGAINST)
    first = await verdict(Says(one="supports", three="contradicts"))
    [second] = await verify(
        [Dossiers(other, (AGAINST,), (SOURCE,))],
        judge=Says(three="supports", one="contradicts"),
        papers=PAPERS,
    )
    [pair] = contradictions([CLAIM, other], [first, second])
    assert {pair.first, pair.second} == {CLAIM.id, other.id}


async def test_figures_that_differ_overrule_support() -> None:
    source = passage("one", "Tuning raised accuracy by 5% on held-out tasks.")
    other = passage("two", "Tuning raised accuracy by 50% on held-out tasks.")
    made = claim(source.text, source)
    [found] = await verify(
        [Dossiers(made, (source,), (other,))],
        judge=Says(one="supports", two="supports"),
        papers=PAPERS,
    )
    assert found.label == "uncorroborated"
    assert [piece.numbers for piece in found.attribution_evidence] == ["agree"]
