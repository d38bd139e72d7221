"""The answerer: a model answers one turn from claims that code has chosen for it."""

from collections.abc import Sequence

from assignee.engines.llm.adapter import Adapter, engine_name
from assignee.engines.llm.alias import Aliases
from assignee.engines.llm.fence import Fence, fence, one_line, visible
from assignee.engines.llm.replies import AnswerReply
from assignee.engines.llm.writer import cited
from assignee.engines.protocol import AnswerRequest
from assignee.records import CitedSentence, Claim, Evidence

MOST_EVIDENCE = 4
"""Pieces of evidence shown on either side of a claim."""


class LLMAnswerer:
    """Plays the answerer; sentences name claims by short ids, and invented ids are dropped."""

    def __init__(self, adapter: Adapter, secret: bytes) -> None:
        self._adapter = adapter
        self._secret = secret
        self.name = engine_name("answerer", adapter.settings)

    async def answer(self, request: AnswerRequest) -> tuple[CitedSentence, ...]:
        """What the model says; a sentence may be left with no claim, and the agent drops it.

        Raises:
            EngineError: no usable reply, or a budget is spent.
        """
        names = Aliases("C", request.claims)
        reply = await self._adapter.ask("answerer", self._values(request, names), AnswerReply)
        return tuple(cited(sentence, names) for sentence in reply.sentences)

    def _values(self, request: AnswerRequest, names: Aliases[Claim]) -> dict[str, str]:
        ids = {claim.id: name for name, claim in names.items()}
        pairs = [
            f"{ids[pair.first]} and {ids[pair.second]}: {pair.why}"
            for pair in request.contradictions
            if pair.first in ids and pair.second in ids
        ]
        bodies = {claim.id: _body(claim, request) for claim in request.claims}
        titles = [paper.cited_as for paper in request.papers]
        marks = fence(self._secret, [*bodies.values(), *titles, *pairs, request.said])
        return {
            "question": visible(request.question),
            "kind": request.route.kind,
            "said": marks.enclose("said", request.said),
            "nonce": marks.code,
            "claims": "\n".join(
                _shown(name, claim, bodies[claim.id], request, marks)
                for name, claim in names.items()
            ),
            "contradictions": marks.enclose("contradictions", "\n".join(pairs))
            if pairs
            else "There are no contradictions that cannot both hold.",
        }


def _body(claim: Claim, request: AnswerRequest) -> str:
    """The claim, its rule, and the words for and against it."""
    verdict = next(v for v in request.verdicts if v.claim_id == claim.id)
    sides: Sequence[tuple[str, tuple[Evidence, ...]]] = (
        ("For", verdict.evidence_for),
        ("Against", verdict.evidence_against),
    )
    papers = {paper.id: paper for paper in request.papers}
    lines = [claim.text, f"Decided by: {verdict.rule}"]
    for name, pieces in sides:
        for piece in pieces[:MOST_EVIDENCE]:
            source = papers[piece.paper_id].cited_as if piece.paper_id in papers else "a paper"
            lines.append(f"{name}, {source}: “{one_line(piece.quote.text)}”")
    return "\n".join(lines)


def _shown(name: str, claim: Claim, body: str, request: AnswerRequest, marks: Fence) -> str:
    verdict = next(v for v in request.verdicts if v.claim_id == claim.id)
    paper = next(p for p in request.papers if p.id == claim.paper_id)
    side = next((side for side, ids in request.sides if claim.id in ids), "")
    number = str(request.numbers[claim.id])
    return marks.enclose(
        "claim",
        body,
        id=name,
        number=number,
        found=verdict.label,
        source=f"{paper.cited_as}{', RETRACTED' if paper.retracted else ''}",
        side=side,
    )
