"""What the program's own extraction makes of papers that nobody has marked.

Right and wrong sentences cannot be told here; what can is whether every quote stands where its
claim says, what an engine quoted that no paper says, and how much was dropped and why.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assignee.agents import claim_extractor
from assignee.engines.protocol import Engine, Extractor
from assignee.errors import EngineError, SettingsError
from assignee.evals.bootstrap import Estimate, estimate, ratio, resampled
from assignee.evals.quotes import Checked, QuoteFigures, check, quote_figures
from assignee.reading.passages import split_passages
from assignee.records import ClaimDraft, Document, Paper, Passage, Record
from assignee.settings import Settings


class PaperClaims(Record):
    """What was measured; intervals are by a bootstrap over papers."""

    question: str
    extractor: str
    papers: int
    """Read, those without any claim too."""
    passages: int
    failed: tuple[str, ...]
    """Papers whose extraction gave no usable reply, with the reason."""
    quotes: QuoteFigures
    not_self_contained: int
    """Drafts dropped because they cannot be understood alone."""
    off_topic: int
    """Drafts dropped because they are less relevant to the question than the floor."""
    claims: int
    silent: int
    """Papers without a claim."""
    floor: float
    relevance: Estimate
    """Mean relevance of the claims by the ranker's own measure, which no person checked."""


class Read(NamedTuple):
    """What one paper gave."""

    passages: int
    checked: Checked
    extraction: claim_extractor.Extraction


class Kept:
    """An extractor that keeps what another one drafts, before the program checks it."""

    def __init__(self, extractor: Extractor) -> None:
        self._extractor = extractor
        self.drafts: list[ClaimDraft] = []

    async def extract(
        self, question: str, passages: Sequence[Passage], *, paper: Paper, limit: int
    ) -> list[ClaimDraft]:
        """The other's drafts."""
        self.drafts = await self._extractor.extract(question, passages, paper=paper, limit=limit)
        return self.drafts


async def measure(
    documents: Sequence[Document], question: str, engine: Engine, settings: Settings
) -> PaperClaims:
    """Extract claims from every document as a run would, and check them.

    Raises:
        SettingsError: there is no document.
        EngineError: not one extraction gave a usable reply.
    """
    if not documents:
        raise SettingsError("there is no document to extract claims from")
    turn = asyncio.Semaphore(settings.concurrency)
    found = await asyncio.gather(
        *(read(one, question, engine, settings, turn=turn) for one in documents)
    )
    done = [one for one in found if isinstance(one, Read)]
    failed = tuple(one for one in found if isinstance(one, str))
    if not done:
        raise EngineError(f"no extraction gave a usable reply: {failed[0]}")
    relevances = [[claim.relevance for claim in one.extraction.claims] for one in done]
    weights = resampled([one.checked.document for one in done])
    counts = weights @ np.array([len(values) for values in relevances])
    return PaperClaims(
        question=question,
        extractor=engine.models["extractor"],
        papers=len(done),
        passages=sum(one.passages for one in done),
        failed=failed,
        quotes=quote_figures([one.checked for one in done]),
        not_self_contained=sum(one.extraction.not_self_contained for one in done),
        off_topic=sum(one.extraction.off_topic for one in done),
        claims=sum(map(len, relevances)),
        silent=sum(not values for values in relevances),
        floor=settings.min_relevance,
        relevance=estimate(ratio(weights @ np.array(list(map(sum, relevances))), counts)),
    )


async def read(
    document: Document,
    question: str,
    engine: Engine,
    settings: Settings,
    *,
    turn: asyncio.Semaphore,
) -> Read | str:
    """One paper's claims, checked; or why there are none."""
    passages, extractor = list(split_passages(document)), Kept(engine.extractor)
    try:
        async with turn:
            found = await claim_extractor.extract(
                [question],
                passages,
                paper=document.paper,
                extractor=extractor,
                ranker=engine.ranker,
                limit=settings.claims_per_paper,
                min_relevance=settings.min_relevance,
            )
    except EngineError as error:
        return f"{document.paper.title}: {error}"
    quotes = [claim.quote for claim in found.claims]
    checked = check(
        extractor.drafts, quotes, passages, document=document.paper.id, text=document.text
    )
    return Read(len(passages), checked, found)
