"""The extractor: a model finds the claims of one paper in one call."""

from collections.abc import Sequence

from assignee.engines.llm.adapter import Adapter
from assignee.engines.llm.alias import Aliases
from assignee.engines.llm.fence import fence, one_line, visible
from assignee.engines.llm.replies import ExtractedClaim, ExtractReply
from assignee.records import ClaimDraft, Paper, Passage


class LLMExtractor:
    """Plays the extractor; passages go under short names, and invented names are dropped."""

    def __init__(self, adapter: Adapter, secret: bytes) -> None:
        self._adapter = adapter
        self._secret = secret

    async def extract(
        self, question: str, passages: Sequence[Passage], *, paper: Paper, limit: int
    ) -> list[ClaimDraft]:
        """At most `limit` drafts of one paper's passages, most relevant first.

        Raises:
            EngineError: no usable reply, or a budget is spent.
        """
        if not passages or limit < 1:
            return []
        names = Aliases("P", passages)
        marks = fence(self._secret, [paper.title, *(p.section + p.text for p in passages)])
        shown = [
            marks.enclose("passage", passage.text, id=name, section=passage.section)
            for name, passage in names.items()
        ]
        values = {
            "question": visible(question),
            "nonce": marks.code,
            "paper": marks.enclose("paper", _described(paper)),
            "passages": "\n\n".join(shown),
            "limit": str(limit),
        }
        reply = await self._adapter.ask("extractor", values, ExtractReply)
        drafts = [draft for claim in reply.claims if (draft := _draft(claim, names))]
        return sorted(drafts, key=lambda draft: -draft.relevance)[:limit]


def _described(paper: Paper) -> str:
    kind = "A note about the paper" if paper.kind == "note" else "The paper"
    return f"{kind}: {paper.title} ({paper.year or 'year unknown'})"


def _draft(claim: ExtractedClaim, names: Aliases[Passage]) -> ClaimDraft | None:
    passage = names.resolve(claim.passage)
    text, quote = one_line(claim.text), claim.quote.strip()
    if passage is None or not text or not quote:
        return None
    return ClaimDraft(text=text, passage_id=passage.id, quote=quote, relevance=claim.relevance)
