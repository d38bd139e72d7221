"""The claim extractor: asks the engine for drafts, then believes only what the text holds."""

from collections.abc import Sequence
from typing import NamedTuple

from assignee.engines.protocol import Extractor, Ranker
from assignee.reading.dangling import cannot_stand_alone
from assignee.reading.normal import find_quote
from assignee.reading.standalone import claim_text
from assignee.records import Claim, ClaimDraft, Paper, Passage, Quote


class Extraction(NamedTuple):
    """The claims of one paper and what was left out, by reason."""

    claims: tuple[Claim, ...]
    drafts: int = 0
    unmatched: int = 0
    """Quotes that are not in the text."""
    off_topic: int = 0
    not_self_contained: int = 0


async def extract(
    asked: Sequence[str],
    passages: Sequence[Passage],
    *,
    paper: Paper,
    extractor: Extractor,
    ranker: Ranker,
    limit: int,
    min_relevance: float,
) -> Extraction:
    """Claims of one paper: quoted from its passages, self-contained and about the question.

    The relevance of a claim is measured by the ranker, never taken from the extractor's word: the
    highest to any of what is asked, the question first and then its foremost sub-questions.

    Raises:
        EngineError: the engine gave no usable answer for this paper.
    """
    drafts = await extractor.extract(asked[0], passages, paper=paper, limit=limit)
    quoted = [(draft, quote) for draft in drafts if (quote := locate(draft, passages))]
    standing = [
        (claim_text(draft.text), quote)
        for draft, quote in quoted
        if cannot_stand_alone(claim_text(draft.text)) is None
    ]
    texts = [text for text, _ in standing]
    to_each = [await ranker.rank(one, texts) for one in asked]
    relevances = [max(scores) for scores in zip(*to_each, strict=True)]
    claims = [
        Claim(
            id=Claim.make_id(text, quote),
            text=text,
            quote=quote,
            paper_id=paper.id,
            relevance=relevance,
        )
        for (text, quote), relevance in zip(standing, relevances, strict=True)
    ]
    relevant = tuple(claim for claim in claims if claim.relevance >= min_relevance)
    return Extraction(
        claims=relevant[:limit],
        drafts=len(drafts),
        unmatched=len(drafts) - len(quoted),
        off_topic=len(claims) - len(relevant),
        not_self_contained=len(quoted) - len(standing),
    )


def locate(draft: ClaimDraft, passages: Sequence[Passage]) -> Quote | None:
    """The draft's quote at its place: in the passage that it names, else in the paper's others."""
    named_first = sorted(passages, key=lambda passage: passage.id != draft.passage_id)
    for passage in named_first:
        if span := find_quote(draft.quote, passage.text):
            return Quote.cut(passage, span.start, span.end)
    return None
