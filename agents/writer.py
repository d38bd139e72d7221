"""The writer: has the answer written from checked claims, and lets nothing else through."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from assignee.engines.protocol import Writer, WriteRequest, Writing
from assignee.reading.quantities import compare, quantities
from assignee.records import CitedSentence, Claim, Draft

COUNTED = frozenset({"claim", "paper", "note", "source", "study", "document", "other"})
"""Units of the writer's own counts, such as "three papers"; they stand in no claim."""


class Checked(NamedTuple):
    """Sentences that stand, and how many were left out."""

    sentences: tuple[CitedSentence, ...]
    dropped: int


async def write(request: WriteRequest, *, writer: Writer) -> Draft:
    """A draft whose every sentence rests on claims of the request that no retraction took back.

    Raises:
        EngineError: the engine gave no usable answer, or no sentence of it could stay.
    """
    request = standing(request)
    writing: Writing = await writer.write(request)
    claims = {claim.id: claim for claim in request.claims}
    abstract = check_sentences(writing.abstract, claims.values())
    answer = check_sentences(writing.answer, claims.values())
    return Draft(
        title=" ".join(writing.title.split()),
        abstract=abstract.sentences,
        answer=answer.sentences,
        writer=writer.name,
        dropped_sentences=abstract.dropped + answer.dropped,
        qualified=request.qualify,
    )


def standing(request: WriteRequest) -> WriteRequest:
    """The request without claims of retracted papers: the report lists them, no text uses them."""
    retracted = {paper.id for paper in request.papers if paper.retracted}
    claims = tuple(claim for claim in request.claims if claim.paper_id not in retracted)
    kept = {claim.id for claim in claims}
    verdicts = tuple(verdict for verdict in request.verdicts if verdict.claim_id in kept)
    return request.model_copy(update={"claims": claims, "verdicts": verdicts})


NO_QUOTES: Mapping[str, Sequence[str]] = MappingProxyType({})


def check_sentences(
    sentences: Sequence[CitedSentence],
    claims: Collection[Claim],
    *,
    quotes: Mapping[str, Sequence[str]] = NO_QUOTES,
) -> Checked:
    """Keep a sentence only if it cites known claims and its measured figures stand in them.

    With `quotes`, claim id to words quoted as its evidence, figures may stand there as well.
    """
    known = {claim.id: claim for claim in claims}
    kept: list[CitedSentence] = []
    for sentence in sentences:
        cited = tuple(dict.fromkeys(id_ for id_ in sentence.claim_ids if id_ in known))
        evidence = [text for id_ in cited for text in quotes.get(id_, ())]
        if cited and figures_traced(sentence.text, [known[id_] for id_ in cited], evidence):
            kept.append(sentence.model_copy(update={"claim_ids": cited}))
    return Checked(tuple(kept), len(sentences) - len(kept))


def figures_traced(text: str, cited: Sequence[Claim], evidence: Sequence[str] = ()) -> bool:
    """Whether every figure with a unit in the text is one of the cited claims' or evidence's.

    Bare numbers and counts of papers and claims are the writer's own.
    """
    stated = [q for q in quantities(text) if q.unit and q.unit not in COUNTED]
    source = " ".join([*(f"{claim.text} {claim.quote.text}" for claim in cited), *evidence])
    return not stated or compare(stated, quantities(source)) == "agree"
