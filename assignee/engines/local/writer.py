"""Writing by rules: an answer put together from the claims themselves, nothing added.

It is extractive and says so: each sentence is one claim with its source and what the checks found.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from assignee.engines.local.planner import comparison, relation, topics
from assignee.engines.protocol import WriteRequest, Writing
from assignee.reading.words import content_stems
from assignee.records import CitedSentence, Claim, Evidence, Paper, Verdict

NAME = "local:extractive-1"
MOST_SENTENCES = 9
ORDER = {"verified": 0, "mixed": 1, "contradicted": 2, "uncorroborated": 3}


OUTCOMES = (
    ("verified", "supported by independent papers and contradicted by none"),
    ("mixed", "supported by some independent papers and contradicted by others"),
    ("contradicted", "contradicted by independent papers"),
)


class Checked(NamedTuple):
    """A claim with its verdict."""

    claim: Claim
    verdict: Verdict


def title_of(question: str) -> str:
    """A title made of the question's own topics; the question itself where none are found."""
    related, compared = relation(question), comparison(question)
    parts = []
    if related:
        parts.append(f"{related.left} and {related.right}")
    if compared:
        parts.append(f"{compared.left} versus {compared.right}")
    text = ": ".join(parts) or ", ".join(topics(question)[:3]) or question
    return text[0].upper() + text[1:]


def core_topics(question: str) -> list[str]:
    """The topics that a claim must join to answer the question by itself."""
    related, compared = relation(question), comparison(question)
    found = [*(related or ()), *(compared or ())]
    return list(dict.fromkeys(found)) or topics(question)[:3]


def covers(claim: Claim, topic: str) -> bool:
    """Whether at least half of the topic's content words stand in the claim."""
    wanted = content_stems(topic)
    return bool(wanted) and len(wanted & content_stems(claim.text)) >= len(wanted) / 2


def names(papers: Iterable[Paper]) -> str:
    """`a note about A (2020)`, `a note about A (2020) and B (2021)`, and so on."""
    cited = list(dict.fromkeys(paper.cited_as for paper in papers))
    return cited[0] if len(cited) == 1 else f"{', '.join(cited[:-1])} and {cited[-1]}"


class LocalWriter:
    """Joins checked claims into an answer; the strongest checked come first."""

    name = NAME

    async def write(self, request: WriteRequest) -> Writing:
        """Title from the question, an overview sentence, then one sentence a claim."""
        verdicts = {verdict.claim_id: verdict for verdict in request.verdicts}
        checked = [
            Checked(claim, verdicts[claim.id])
            for claim in request.claims
            if verdicts[claim.id].label in ORDER
        ]
        checked.sort(key=lambda c: (ORDER[c.verdict.label], -c.claim.relevance, c.claim.id))
        papers = {paper.id: paper for paper in request.papers}
        chosen = choose(checked, core_topics(request.question), MOST_SENTENCES)
        sentences = [sentence_of(c, papers, hedge=c.claim.id in request.qualify) for c in chosen]
        overview = overview_of(request.question, checked)
        return Writing(
            title=title_of(request.question),
            abstract=(*overview, *sentences[:2]),
            answer=(*overview, *sentences),
        )


def choose(checked: Sequence[Checked], topics_: Sequence[str], limit: int) -> list[Checked]:
    """The best claims of each topic in turn, so that no topic crowds out the others."""
    shelves = [[c for c in checked if covers(c.claim, topic)] for topic in topics_]
    shelves.append(list(checked))
    chosen: dict[str, Checked] = {}
    depth = max((len(shelf) for shelf in shelves), default=0)
    for turn in range(depth):
        for shelf in shelves:
            if turn < len(shelf) and len(chosen) < limit:
                chosen.setdefault(shelf[turn].claim.id, shelf[turn])
    return sorted(chosen.values(), key=lambda c: (ORDER[c.verdict.label], -c.claim.relevance))


def overview_of(question: str, checked: Sequence[Checked]) -> tuple[CitedSentence, ...]:
    """What the claims together can and cannot answer, each statement with its claims."""
    wanted = core_topics(question)
    joined = [c for c in checked if all(covers(c.claim, topic) for topic in wanted)]
    listed = ", ".join(wanted[:-1]) + f" and {wanted[-1]}" if len(wanted) > 1 else wanted[0]
    sentences = []
    if joined:
        speak = "one claim speaks" if len(joined) == 1 else f"{len(joined)} claims speak"
        text = f"The literature read here bears on the question directly: {speak} of {listed}."
        sentences.append(CitedSentence(text=text, claim_ids=_ids(joined)))
    elif checked:
        nearest = sorted(checked, key=lambda c: -c.claim.relevance)[:3]
        text = (
            f"The literature read here does not settle the question: no claim in it joins "
            f"{listed}; what comes nearest follows."
        )
        sentences.append(CitedSentence(text=text, claim_ids=_ids(nearest)))
    for label, outcome in OUTCOMES:
        if found := [c for c in checked if c.verdict.label == label]:
            said = "One claim is" if len(found) == 1 else f"{len(found)} claims are"
            sentences.append(CitedSentence(text=f"{said} {outcome}.", claim_ids=_ids(found)))
    return tuple(sentences)


def sentence_of(
    checked: Checked, papers: dict[str, Paper], *, hedge: bool = False
) -> CitedSentence:
    """One claim with, in brackets, its source and what the check found."""
    claim, verdict = checked
    for_, against = _papers(verdict.evidence_for, papers), _papers(verdict.evidence_against, papers)
    aside = names([papers[claim.paper_id]])
    if verdict.label in ("verified", "mixed"):
        aside += f"; independently supported by {names(for_)}"
    if verdict.label in ("contradicted", "mixed"):
        aside += f"; contradicted by {names(against)}"
    if verdict.label == "uncorroborated":
        aside += "; a single source, not corroborated" if hedge else "; not corroborated"
    return CitedSentence(
        text=f"{claim.text.rstrip().rstrip('.')} ({aside}).", claim_ids=(claim.id,)
    )


def _papers(evidence: Sequence[Evidence], papers: dict[str, Paper]) -> list[Paper]:
    """The papers whose evidence counts: independent ones that were not retracted."""
    ids = dict.fromkeys(piece.paper_id for piece in evidence if piece.independent)
    return [papers[id_] for id_ in ids if not papers[id_].retracted]


def _ids(checked: Sequence[Checked]) -> tuple[str, ...]:
    return tuple(c.claim.id for c in checked)
