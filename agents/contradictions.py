"""Contradictions between claims of different papers: found in their evidence, and pair by pair.

Each claim is held against the few nearest claims of independent papers, in both directions, by the
local judge: no call to a language model is spent on it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from assignee.agents.verifier import independent
from assignee.agents.weighing import Weighed, scales_of, weigh
from assignee.engines.calibration import Profile
from assignee.engines.local.memory import SentenceEmbedder
from assignee.engines.protocol import Judge, JudgeRequest, Ranker
from assignee.records import Claim, Contradiction, Paper, Passage, Quote, Verdict

NEAREST = 3
"""How many claims of other papers each one is compared with: 40 claims make 120 pairs at most."""
RELATED = 0.45
"""Relevance of one claim to another below which they speak of different things (cosine .39 with
the local ranker)."""


class Pair(NamedTuple):
    """Two claims of independent papers, in the order of their ids."""

    first: Claim
    second: Claim

    @property
    def key(self) -> str:
        """Both ids, which name the pair in the state of a run."""
        return f"{self.first.id} {self.second.id}"


async def near_pairs(
    claims: Sequence[Claim],
    *,
    ranker: Ranker,
    papers: Mapping[str, Paper],
    known: Collection[str] = (),
) -> list[Pair]:
    """The pairs that could contradict each other and are not among the known keys, sorted.

    Claims of retracted papers contradict nothing.
    """
    found: dict[str, Pair] = {}
    standing = [claim for claim in claims if not papers[claim.paper_id].retracted]
    for claim in standing:
        others = [o for o in standing if independent(papers[claim.paper_id], papers[o.paper_id])]
        relevances = await ranker.rank(claim.text, [other.text for other in others])
        ranked = sorted(zip(relevances, others, strict=True), key=lambda r: (-r[0], r[1].id))
        for relevance, other in ranked[:NEAREST]:
            pair = Pair(*sorted((claim, other), key=lambda one: one.id))
            if relevance >= RELATED and pair.key not in known:
                found[pair.key] = pair
    return [found[key] for key in sorted(found)]


async def judged(
    pairs: Sequence[Pair],
    *,
    judge: Judge,
    papers: Mapping[str, Paper],
    profile: Profile | None = None,
    embedder: SentenceEmbedder | None = None,
) -> list[Contradiction | None]:
    """For each pair, in order, the contradiction between the two, or `None`.

    One of the two must contradict the other, with a probability over the profile's threshold where
    there is a profile, and neither may support it.

    Raises:
        EngineError: the judge gave no usable answer.
    """
    turned = [(one, other) for pair in pairs for one, other in (pair, pair[::-1])]
    scales = await scales_of([one for one, _ in turned], profile, embedder)
    windows = [_window(other) for _, other in turned]
    answers = await judge.judge(
        [
            JudgeRequest(claim=one, windows=(window,))
            for (one, _), window in zip(turned, windows, strict=True)
        ]
    )
    weighed = [
        [weigh(one, judgement, window, papers[other.paper_id], scale) for judgement in answer or ()]
        for (one, other), window, answer, scale in zip(
            turned, windows, answers, scales, strict=True
        )
    ]
    return [
        _contradiction(pair, [*weighed[2 * index], *weighed[2 * index + 1]])
        for index, pair in enumerate(pairs)
    ]


def _contradiction(pair: Pair, weighed: Sequence[Weighed]) -> Contradiction | None:
    against = [one for one in weighed if one.stance == "contradicts"]
    if not against or any(one.stance == "supports" for one in weighed):
        return None
    best = max(against, key=lambda one: one.scores.contradicts)
    return Contradiction(first=pair.first.id, second=pair.second.id, why=best.why)


def _window(claim: Claim) -> Passage:
    """The claim as a window of its paper, for a judge that reads windows."""
    quote, text = claim.quote, claim.text
    return Passage(
        id=f"{quote.passage_id}#{claim.id}",
        paper_id=claim.paper_id,
        section="",
        text=text,
        start=quote.start,
        end=quote.start + len(text),
        basis="abstract",
    )


def contradictions(
    claims: Sequence[Claim],
    verdicts: Sequence[Verdict],
    compared: Sequence[Contradiction] = (),
    *,
    retracted: Collection[str] = (),
) -> list[Contradiction]:
    """All contradictions between these claims, each pair once.

    Pairs where one paper's evidence against the other's claim is itself a claim of this report,
    then those of `compared` that are between these claims. Claims of papers whose ids are among
    the retracted contradict nothing.
    """
    claims = [claim for claim in claims if claim.paper_id not in retracted]
    by_paper: dict[str, list[Claim]] = {}
    for claim in claims:
        by_paper.setdefault(claim.paper_id, []).append(claim)
    found: dict[frozenset[str], Contradiction] = {}
    ids = {claim.id for claim in claims}
    for verdict in (one for one in verdicts if one.claim_id in ids):
        for piece in verdict.evidence_against:
            for other in by_paper.get(piece.paper_id, ()):
                if other.id != verdict.claim_id and _overlap(other.quote, piece.quote):
                    pair = frozenset((verdict.claim_id, other.id))
                    first, second = sorted(pair)
                    found.setdefault(pair, Contradiction(first=first, second=second, why=piece.why))
    for one in compared:
        if {one.first, one.second} <= ids:
            found.setdefault(frozenset((one.first, one.second)), one)
    return [found[pair] for pair in sorted(found, key=sorted)]


def _overlap(one: Quote, other: Quote) -> bool:
    return one.passage_id == other.passage_id and one.start < other.end and other.start < one.end
