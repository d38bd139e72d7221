"""The writer: a model writes title, abstract and answer from checked claims alone."""

import re
from collections.abc import Sequence

from assignee.engines.llm.adapter import Adapter, engine_name
from assignee.engines.llm.alias import Aliases
from assignee.engines.llm.fence import Fence, fence, one_line, visible
from assignee.engines.llm.replies import WriteReply, WrittenSentence
from assignee.engines.protocol import WriteRequest, Writing
from assignee.records import CitedSentence, Claim, Paper, Verdict

_INLINE_IDS = re.compile(r"\s*[\[(]\s*C\d+(?:\s*[,;]\s*C\d+)*\s*[\])]")


class LLMWriter:
    """Plays the writer; sentences name claims by short ids, and invented ids are dropped."""

    def __init__(self, adapter: Adapter, secret: bytes) -> None:
        self._adapter = adapter
        self._secret = secret
        self.name = engine_name("writer", adapter.settings)

    async def write(self, request: WriteRequest) -> Writing:
        """What the model wrote; a sentence may be left with no claim, and the agent drops it.

        Raises:
            EngineError: no usable reply, or a budget is spent.
        """
        names = Aliases("C", request.claims)
        reply = await self._adapter.ask("writer", self._values(request, names), WriteReply)
        return Writing(
            title=one_line(reply.title),
            abstract=tuple(cited(sentence, names) for sentence in reply.abstract),
            answer=tuple(cited(sentence, names) for sentence in reply.answer),
        )

    def _values(self, request: WriteRequest, names: Aliases[Claim]) -> dict[str, str]:
        ids = {claim.id: name for name, claim in names.items()}
        pairs = [
            f"{ids[pair.first]} and {ids[pair.second]}: {pair.why}"
            for pair in request.contradictions
            if pair.first in ids and pair.second in ids
        ]
        faults = [
            f"- {f.severity}: {f.what}"
            + (f" (about {ids[f.claim_id]})" if f.claim_id in ids else "")
            for f in request.findings
        ]
        claims = [claim.text for claim in request.claims]
        titles = [paper.title for paper in request.papers]
        marks = fence(self._secret, [*claims, *titles, *pairs, *faults])
        return {
            "question": visible(request.question),
            "subquestions": visible("\n".join(f"- {part}" for part in request.subquestions)),
            "nonce": marks.code,
            "claims": "\n".join(
                _shown(name, claim, request, marks) for name, claim in names.items()
            ),
            "contradictions": _listed(marks, "contradictions", pairs, "that cannot both hold"),
            "findings": _listed(marks, "findings", faults, "by reviewers of an earlier version"),
        }


def _shown(name: str, claim: Claim, request: WriteRequest, marks: Fence) -> str:
    verdict = next((v for v in request.verdicts if v.claim_id == claim.id), None)
    paper = next((p for p in request.papers if p.id == claim.paper_id), None)
    labels = {"id": name, "found": verdict.label if verdict else "not checked"}
    if paper is not None:
        labels["source"] = _source(paper)
    if verdict is not None:
        labels["elsewhere"] = _elsewhere(verdict, request.papers)
    if claim.id in request.qualify:
        labels["qualify"] = "yes"
    return marks.enclose("claim", claim.text, **labels)


def _source(paper: Paper) -> str:
    status = paper.publication_status
    known = "publication status unknown" if status == "unknown" else status
    return f"{paper.cited_as}, {known}{', RETRACTED' if paper.retracted else ''}"


def _elsewhere(verdict: Verdict, papers: Sequence[Paper]) -> str:
    """How many windows count on either side: independent ones of papers not retracted."""
    retracted = {paper.id for paper in papers if paper.retracted}
    pro, contra = (
        sum(piece.independent and piece.paper_id not in retracted for piece in side)
        for side in (verdict.evidence_for, verdict.evidence_against)
    )
    return f"independent windows: {pro} for, {contra} against"


def _listed(marks: Fence, tag: str, lines: Sequence[str], what: str) -> str:
    return marks.enclose(tag, "\n".join(lines)) if lines else f"There are no {tag} {what}."


def cited(sentence: WrittenSentence, names: Aliases[Claim]) -> CitedSentence:
    """The sentence with the claims that it names, without their short ids in its text."""
    claims = [claim.id for name in sentence.claims if (claim := names.resolve(name))]
    text = one_line(_INLINE_IDS.sub("", sentence.text))
    return CitedSentence(text=text, claim_ids=tuple(dict.fromkeys(claims)))
