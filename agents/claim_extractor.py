"""The claim extractor: asks the engine for drafts, then believes only what the text holds."""

from collections.abc import Sequence
from typing import NamedTuple

from assignee.agents.consolidator import agree
from assignee.engines.protocol import Extractor, Ranker
from assignee.reading.abbreviations import spelled_out
from assignee.reading.dangling import cannot_stand_alone
from assignee.reading.normal import find_quote
from assignee.reading.standalone import claim_text
from assignee.records import Claim, ClaimDraft, Paper, Passage, Quote

SPARE = 2
"""Drafts asked for, for each claim that is kept: some fall at the checks, and from the others those
are chosen that answer different sub-questions."""


class Extraction(NamedTuple):
    """The claims of one paper and what was left out, by reason."""

    claims: tuple[Claim, ...]
    drafts: int = 0
    """Without those that could have been claims but for the limit."""
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
    highest to any of what is asked, the question first and then its foremost sub-questions. At
    most `limit` are kept, in turns of the sub-questions, none that says what another one says.

    Raises:
        EngineError: the engine gave no usable answer for this paper.
    """
    drafts = await extractor.extract(asked[0], passages, paper=paper, limit=SPARE * limit)
    quoted = [(draft, quote) for draft in drafts if (quote := locate(draft, passages))]
    standing = [
        (text, quote)
        for draft, quote in quoted
        if cannot_stand_alone(text := claim_text(draft.text)) is None
    ]
    texts = [text for text, _ in standing]
    to_each = [await ranker.rank(one, texts) for one in asked]
    explained = [passage.text for passage in passages]
    claims = [
        made(spelled_out(text, explained), quote, relevance=max(scores))
        for (text, quote), *scores in zip(standing, *to_each, strict=True)
    ]
    best = [_best(scores[1:]) for scores in zip(*to_each, strict=True)]
    relevant = [
        (claim, answers)
        for claim, answers in zip(claims, best, strict=True)
        if claim.relevance >= min_relevance
    ]
    kept = spread(relevant, limit=limit)
    return Extraction(
        claims=kept,
        drafts=len(drafts) - (len(relevant) - len(kept)),
        unmatched=len(drafts) - len(quoted),
        off_topic=len(claims) - len(relevant),
        not_self_contained=len(quoted) - len(standing),
    )


def made(text: str, quote: Quote, *, relevance: float) -> Claim:
    """The claim of these words."""
    return Claim(
        id=Claim.make_id(text, quote),
        text=text,
        quote=quote,
        paper_id=quote.paper_id,
        relevance=relevance,
    )


def spread(claims: Sequence[tuple[Claim, int]], *, limit: int) -> tuple[Claim, ...]:
    """At most `limit` of the claims, best first, each with the sub-question that it answers best.

    In each turn every sub-question gives its next best claim; one that repeats another is passed
    over.
    """
    shelves: dict[int, list[Claim]] = {}
    distinct: list[Claim] = []
    for claim, answers in claims:
        if not any(agree(claim, other) for other in distinct):
            distinct.append(claim)
            shelves.setdefault(answers, []).append(claim)
    longest = max(map(len, shelves.values()), default=0)
    turns = [
        shelf[turn] for turn in range(longest) for shelf in shelves.values() if turn < len(shelf)
    ]
    chosen = turns[:limit]
    return tuple(claim for claim in distinct if claim in chosen)


def _best(scores: Sequence[float]) -> int:
    return max(range(len(scores)), key=scores.__getitem__, default=0)


def locate(draft: ClaimDraft, passages: Sequence[Passage]) -> Quote | None:
    """The draft's quote at its place: in the passage that it names, else in the paper's others."""
    named_first = sorted(passages, key=lambda passage: passage.id != draft.passage_id)
    for passage in named_first:
        if span := find_quote(draft.quote, passage.text):
            return Quote.cut(passage, span.start, span.end)
    return None
