"""Contradictions between claims: found in evidence, found pair by pair, linked once."""

from collections.abc import Sequence

import pytest
from makers import claim, paper, passage
from profile_maker import profile

from assignee.agents.contradictions import Pair, contradictions, judged, near_pairs
from assignee.agents.verifier import Dossiers, verify
from assignee.engines.protocol import Judgement, JudgeRequest
from assignee.records import Claim, Contradiction, Stance, StanceScores

RISES = claim("Toxicity rises with scale.", passage("one", "Toxicity rises with scale."))
FALLS = claim("Toxicity falls with scale.", passage("two", "Toxicity falls with scale."))
AGAIN = claim("Toxicity grows with scale.", passage("three", "Toxicity grows with scale."))
PAPERS = {name: paper(name) for name in ("one", "two", "three")}


class Words:
    """Ranks by the share of words in common."""

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        wanted = set(query.split())
        return [len(wanted & set(text.split())) / len(wanted) for text in texts]


class Judge:
    """Says of each claim and window what it is told, or that they have nothing in common."""

    name, batch_size = "knows", 8

    def __init__(self, said: dict[tuple[str, str], tuple[Stance, float]]) -> None:
        self.said = said
        self.requests: list[JudgeRequest] = []

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        self.requests += requests
        return [
            [self.judgement(index, r.claim.text, w.text) for index, w in enumerate(r.windows)]
            for r in requests
        ]

    def judgement(self, window: int, claim_: str, text: str) -> Judgement:
        stance, share = self.said.get((claim_, text), ("neutral", 0.9))
        shares = dict.fromkeys(("supports", "contradicts", "neutral"), (1 - share) / 2)
        scores = StanceScores.model_validate(shares | {stance: share})
        return Judgement(window=window, stance=stance, quote=text, scores=scores, why="as told")


def pair(one: Claim, other: Claim) -> Pair:
    return Pair(*sorted((one, other), key=lambda made: made.id))


async def of(
    one: tuple[Stance, float], other: tuple[Stance, float], *, threshold: float = 0.6
) -> Contradiction | None:
    judge = Judge({(RISES.text, FALLS.text): one, (FALLS.text, RISES.text): other})
    [found] = await judged(
        [pair(RISES, FALLS)], judge=judge, papers=PAPERS,
        profile=profile("knows", threshold=threshold),
    )  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        (("contradicts", 0.9), ("contradicts", 0.9), True),
        (("contradicts", 0.9), ("neutral", 0.9), True),
        (("neutral", 0.9), ("contradicts", 0.9), True),
        (("contradicts", 0.5), ("neutral", 0.9), False),
        (("contradicts", 0.9), ("supports", 0.9), False),
        (("neutral", 0.9), ("neutral", 0.9), False),
        (("supports", 0.9), ("supports", 0.9), False),
    ],
)
async def test_both_directions_decide(
    one: tuple[Stance, float], other: tuple[Stance, float], contradict: bool
) -> None:
    found = await of(one, other)
    assert (found is not None) == contradict
    if found:
        assert {found.first, found.second} == {RISES.id, FALLS.id}
        assert found.first < found.second
        assert found.why == "as told"


async def test_each_pair_is_asked_about_both_ways_and_apart() -> None:
    judge = Judge({})
    made = await judged([pair(RISES, FALLS), pair(FALLS, AGAIN)], judge=judge, papers=PAPERS)
    assert made == [None, None]
    asked = [(r.claim.id, [w.paper_id for w in r.windows]) for r in judge.requests]
    assert sorted(asked) == sorted(
        [
            (RISES.id, ["two"]),
            (FALLS.id, ["one"]),
            (FALLS.id, ["three"]),
            (AGAIN.id, ["two"]),
        ]
    )


async def test_pairs_are_near_independent_unknown_and_named_once() -> None:
    cats = claim("Cats sleep all day.", passage("three", "Cats sleep all day."))
    ranker, claims = Words(), [FALLS, RISES, cats]
    assert await near_pairs(claims, ranker=ranker, papers=PAPERS) == [pair(RISES, FALLS)]
    known = {pair(RISES, FALLS).key: ""}
    assert await near_pairs(claims, ranker=ranker, papers=PAPERS, known=known) == []
    shared = PAPERS | {"one": paper("one", "A. Roe"), "two": paper("two", "Roe, A.")}
    assert await near_pairs(claims, ranker=ranker, papers=shared) == []


async def test_pairs_are_few_for_each_claim() -> None:
    many = [
        claim(
            f"Toxicity rises with scale {n}.",
            passage("abcdefghijkl"[n], f"Toxicity rises with scale {n}."),
        )
        for n in range(12)
    ]
    papers = {made.paper_id: paper(made.paper_id) for made in many}
    found = await near_pairs(many, ranker=Words(), papers=papers)
    assert len(many) <= len(found) <= 3 * len(many)


async def test_a_contradiction_in_the_evidence_is_linked_once() -> None:
    verdicts = [
        (
            await verify(
                [Dossiers(one, (passage(one.paper_id, one.text),), (passage(o.paper_id, o.text),))],
                judge=Judge(
                    {
                        (one.text, one.text): ("supports", 0.9),
                        (one.text, o.text): ("contradicts", 0.9),
                    }
                ),
                papers=PAPERS,
            )
        )[0]
        for one, o in ((RISES, FALLS), (FALLS, RISES))
    ]
    compared = Contradiction(
        first=pair(RISES, FALLS)[0].id, second=pair(RISES, FALLS)[1].id, why="x"
    )
    for more in ((), (compared,)):
        [found] = contradictions([RISES, FALLS], verdicts, more)
        assert {found.first, found.second} == {RISES.id, FALLS.id}
        assert found.why == "as told"


def test_only_contradictions_between_the_claims_at_hand_are_linked() -> None:
    compared = [
        Contradiction(first=one.first.id, second=one.second.id, why="x")
        for one in (pair(RISES, FALLS), pair(FALLS, AGAIN))
    ]
    assert contradictions([RISES, FALLS], [], compared) == compared[:1]
    assert len(contradictions([RISES, FALLS, AGAIN], [], compared)) == 2
