"""Writing by rules: an answer put together from the claims themselves, nothing added.

It is extractive and says so: each sentence is one claim with its source and what the checks found.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from assignee.engines.local.planner import comparison, relation, topics
from assignee.engines.protocol import WriteRequest, Writing
from assignee.reading.words import content_stems, stem, words
from assignee.records import CitedSentence, Claim, Evidence, Paper, Verdict

NAME = "local:extractive-1"
MOST_SENTENCES = 9
IN_ABSTRACT = 3
"""Claims that the abstract tells."""
CLOSE = 0.6
"""Relevance, 0 to 1, from which a claim enters the answer without naming what is asked about."""
FEW = 3
"""With fewer claims to the point, the nearest ones are told."""
ORDER = {"verified": 0, "mixed": 1, "contradicted": 2, "uncorroborated": 3}


_VAGUE = frozenset(
    map(
        stem,
        """
            therapy therapies treatment treatments use intervention interventions supplementation
            technique techniques method methods approach approaches system systems model models
            event events outcome outcomes people patients adults
        """.split(),
    )
)


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
    """Whether the topic's content words stand in the claim: of three and more, two thirds.

    Words that hardly narrow a topic need not: who takes statins is under statin therapy.
    """
    wanted = content_stems(topic)
    wanted = wanted - _VAGUE or wanted
    # A smaller model is a small one: words of direction name things here.
    said = {stem(part) for word in words(claim.text) for part in (word, *word.split("-"))}
    found = [word for word in wanted if said & {word, f"{word}er", f"{word}est"}]
    return bool(wanted) and len(found) >= min(len(wanted), max(2, math.ceil(len(wanted) * 2 / 3)))


def names(papers: Iterable[Paper]) -> str:
    """`a note about A (2020)`, `a note about A (2020) and B (2021)`, and so on."""
    cited = list(dict.fromkeys(paper.cited_as for paper in papers))
    return cited[0] if len(cited) == 1 else f"{', '.join(cited[:-1])} and {cited[-1]}"


class LocalWriter:
    """Joins checked claims into an answer: what speaks of all that is asked comes first."""

    name = NAME

    async def write(self, request: WriteRequest) -> Writing:
        """Title from the question, a sentence a claim, and what the checks found of them."""
        verdicts = {verdict.claim_id: verdict for verdict in request.verdicts}
        checked = [
            Checked(claim, verdicts[claim.id])
            for claim in request.claims
            if verdicts[claim.id].label in ORDER
        ]
        papers = {paper.id: paper for paper in request.papers}
        wanted = core_topics(request.question)
        named = {c.claim.id: [t for t in wanted if covers(c.claim, t)] for c in checked}
        joined = any(len(topics_) == len(wanted) for topics_ in named.values())
        chosen = choose(checked, wanted, named, MOST_SENTENCES)
        told = [sentence_of(c, papers, hedge=c.claim.id in request.qualify) for c in chosen]
        opening = () if joined or not checked else (unsettled(wanted, checked),)
        outcomes = outcomes_of(checked)
        return Writing(
            title=title_of(request.question),
            abstract=(*opening, *told[:IN_ABSTRACT], *outcomes),
            answer=(*opening, *told, *outcomes),
        )


def choose(
    checked: Sequence[Checked],
    wanted: Sequence[str],
    named: Mapping[str, Sequence[str]],
    limit: int,
) -> list[Checked]:
    """The best claims of each topic in turn, so that no topic crowds out the others.

    Claims that speak of all topics come first. Those that name none of them are left out, unless
    they are close in meaning, or nothing else is there.

    Args:
        checked: the claims to choose from.
        wanted: the topics.
        named: claim id to those of the topics that it names.
        limit: how many are chosen at most.
    """
    ranked = sorted(
        checked,
        key=lambda c: (
            len(named[c.claim.id]) < len(wanted),
            ORDER[c.verdict.label],
            -c.claim.relevance,
            c.claim.id,
        ),
    )
    near = [c for c in ranked if named[c.claim.id] or c.claim.relevance >= CLOSE]
    if len(near) < FEW:
        near = sorted(checked, key=lambda c: -c.claim.relevance)[:FEW]
    whole = [c for c in near if len(named[c.claim.id]) == len(wanted)]
    shelves = [whole, *([c for c in near if topic in named[c.claim.id]] for topic in wanted), near]
    chosen: dict[str, Checked] = {}
    for turn in range(len(near)):
        for shelf in shelves:
            if turn < len(shelf) and len(chosen) < limit:
                chosen.setdefault(shelf[turn].claim.id, shelf[turn])
    return [c for c in ranked if c.claim.id in chosen]


def unsettled(wanted: Sequence[str], checked: Sequence[Checked]) -> CitedSentence:
    """That no claim speaks of all that was asked, with the claims that come nearest."""
    listed = ", ".join(wanted[:-1]) + f" and {wanted[-1]}" if len(wanted) > 1 else wanted[0]
    names_ = f"names {listed} together" if len(wanted) > 1 else f"names {listed}"
    nearest = sorted(checked, key=lambda c: -c.claim.relevance)[:3]
    return CitedSentence(
        text=f"The literature read here does not settle the question: no claim in it {names_}; "
        "what comes nearest follows.",
        claim_ids=_ids(nearest),
    )


def outcomes_of(checked: Sequence[Checked]) -> tuple[CitedSentence, ...]:
    """How many claims other papers speak for or against, with the claims."""
    sentences = []
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
