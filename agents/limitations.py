"""Limitations of a report, each derived from its own numbers: reviewers and readers see these."""

from collections.abc import Sequence

from assignee.agents.news import gone, retracted_since
from assignee.agents.notices import noticed
from assignee.agents.wording import capital, counted, listed, percent, verb, was
from assignee.records import (
    Basis,
    Claim,
    Contradiction,
    Counts,
    Draft,
    Paper,
    Passage,
    Plan,
    SearchLog,
    Stamp,
    Verdict,
    VerdictLabel,
)

_MEANS = {
    "retraction": "; what it says supports and contradicts nothing here",
    "expression of concern": "; what it says may not hold",
}
"""What a notice does to a paper's words; a correction is for the reader to look up."""

DISCLAIMER = (
    "This report is a machine-generated literature synthesis and does not constitute "
    "original research."
)

_BASES: tuple[tuple[Basis, str], ...] = (
    ("note", "notes about papers and not on the papers themselves"),
    ("abstract", "abstracts alone and not on the full text"),
)

_LABELS: tuple[tuple[VerdictLabel, str, str], ...] = (
    (
        "uncorroborated",
        "is uncorroborated: no independent paper was found that settles it",
        "are uncorroborated: no independent paper was found that settles them",
    ),
    (
        "unattributed",
        "is unattributed: its own source could not be shown to say it, or was retracted",
        "are unattributed: their own sources could not be shown to say them, or were retracted",
    ),
    (
        "contradicted",
        "is contradicted by independent papers",
        "are contradicted by independent papers",
    ),
    (
        "mixed",
        "is mixed: independent papers stand on both sides of it",
        "are mixed: independent papers stand on both sides of them",
    ),
    ("not checked", "was not checked", "were not checked"),
)
"""Verdict words as limitations, for one claim and for many."""


def limitations(
    *,
    plan: Plan,
    counts: Counts,
    draft: Draft,
    claims: Sequence[Claim],
    verdicts: Sequence[Verdict],
    contradictions: Sequence[Contradiction],
    papers: Sequence[Paper],
    passages: Sequence[Passage],
    search: SearchLog,
    stamp: Stamp,
) -> list[str]:
    """What a reader should hold against the report: whole sentences, the general first.

    A paper that is named stands there by its id, to be shown as whoever sets the sentence names
    papers.
    """
    return [
        f"{DISCLAIMER} Automated retrieval and checking may introduce errors or omissions. "
        "Readers should consult the primary sources.",
        *_bases(claims, passages),
        *_largest_share(claims),
        *_labels(verdicts),
        *_dependence(verdicts),
        *_taken_back(verdicts, papers),
        *_disagreements(verdicts),
        *_confidence(verdicts),
        *_contradictions(contradictions),
        *_engine(stamp),
        *_papers(papers),
        *_searched(counts, search),
        *_uncovered(plan, claims),
        *draft.notes,
    ]


def of_all(number: int, total: int) -> str:
    """`the only claim`, `all 5 claims`, `2 of the 5 claims (40%)`."""
    if number == total:
        return "the only claim" if total == 1 else f"all {total:,} claims"
    return f"{number:,} of the {total:,} claims ({percent(number / total)})"


def _bases(claims: Sequence[Claim], passages: Sequence[Passage]) -> list[str]:
    basis_of = {passage.id: passage.basis for passage in passages}
    bases = [basis_of.get(claim.quote.passage_id) for claim in claims]
    return [
        f"{capital(of_all(number, len(claims)))} {verb(number, 'rests', 'rest')} on {what}."
        for basis, what in _BASES
        if (number := bases.count(basis))
    ]


def _largest_share(claims: Sequence[Claim]) -> list[str]:
    sources = [claim.paper_id for claim in claims]
    if len(sources) < 2:
        return []
    largest = max(dict.fromkeys(sources), key=sources.count)
    number = sources.count(largest)
    told = of_all(number, len(sources))
    if [sources.count(paper_id) for paper_id in set(sources)].count(number) > 1:
        return [f"No document contributes more than {told}."]
    return [f"The largest contributor of claims is {largest}: {told}."]


def _labels(verdicts: Sequence[Verdict]) -> list[str]:
    labels, total = [verdict.label for verdict in verdicts], len(verdicts)
    verified = labels.count("verified")
    told = []
    if verified < total:
        which = of_all(verified, total) if verified else "no claim"
        told.append(f"{capital(which)} {was(max(verified, 1))} verified by independent papers.")
    return told + [
        f"{capital(of_all(number, total))} {verb(number, one, many)}."
        for label, one, many in _LABELS
        if (number := labels.count(label))
    ]


def _dependence(verdicts: Sequence[Verdict]) -> list[str]:
    number = sum(
        not evidence.independent
        for verdict in verdicts
        for evidence in verdict.evidence_for + verdict.evidence_against
    )
    if not number:
        return []
    return [
        f"{capital(counted(number, 'piece'))} of evidence {verb(number, 'is', 'are')} not "
        "independent of the claim: shown, but not counted."
    ]


def _taken_back(verdicts: Sequence[Verdict], papers: Sequence[Paper]) -> list[str]:
    """How much of the evidence is of retracted papers; empty when none is."""
    retracted = {paper.id for paper in papers if paper.retracted}
    number = sum(
        evidence.paper_id in retracted
        for verdict in verdicts
        for evidence in verdict.evidence_for + verdict.evidence_against
    )
    if not number:
        return []
    return [
        f"{capital(counted(number, 'piece'))} of evidence {verb(number, 'is', 'are')} of a "
        "retracted paper: shown, but not counted."
    ]


def _disagreements(verdicts: Sequence[Verdict]) -> list[str]:
    """On how many claims the two judges differ."""
    number = sum(verdict.agreement == "disagree" for verdict in verdicts)
    compared = sum(verdict.agreement != "one opinion" for verdict in verdicts)
    if not number:
        return []
    return [
        f"Two judges disagree on {of_all(number, compared)} that both judged; the verdict of the "
        "first one stands."
    ]


def _confidence(verdicts: Sequence[Verdict]) -> list[str]:
    missing = sum(verdict.confidence is None for verdict in verdicts)
    if not missing:
        return []
    if missing == len(verdicts):
        return ["No verdict is calibrated: how often such verdicts are right is not known."]
    return [
        f"{missing:,} of the {len(verdicts):,} verdicts {verb(missing, 'is', 'are')} "
        "not calibrated: how often such verdicts are right is not known."
    ]


def _contradictions(contradictions: Sequence[Contradiction]) -> list[str]:
    number = len(contradictions)
    if not number:
        return []
    return [
        f"{capital(counted(number, 'contradiction'))} between claims "
        f"{verb(number, 'is', 'are')} shown and not resolved."
    ]


def _engine(stamp: Stamp) -> list[str]:
    if stamp.engine == "local":
        return [
            "The local engine is extractive: it selects and compares sentences of the documents "
            "by small models and written rules, and does not understand them as a reader would."
        ]
    return [
        "Claims, verdicts and prose come from a language model, which can misread what it is "
        "given and may know these papers from its training; that a quote stands in its source "
        "and that numbers agree was checked by rule."
    ]


def _papers(papers: Sequence[Paper]) -> list[str]:
    statuses = [paper.publication_status for paper in papers if paper.kind == "paper"]
    told = []
    if number := statuses.count("preprint"):
        told.append(
            f"{capital(counted(number, 'preprint'))} {was(number)} read: a later version "
            "may say something else."
        )
    if number := statuses.count("unknown"):
        told.append(
            f"The publication status of {counted(number, 'paper')} is not known from "
            f"{verb(number, 'its', 'their')} metadata."
        )
    return told + [
        f"Among the works is one that {noticed(notice)}: {paper.id}{_MEANS.get(notice.kind, '')}."
        for paper in papers
        for notice in paper.notices
    ]


def _searched(counts: Counts, search: SearchLog) -> list[str]:
    told = []
    if number := counts.papers_screened_out:
        told.append(
            f"{number:,} of the {counts.papers_found:,} documents found {was(number)} not read "
            "for claims, because others seemed closer to the question."
        )
    if number := len(search.unread):
        told.append(
            f"{capital(counted(number, 'document'))} could not be read and "
            f"{verb(number, 'is', 'are')} not reflected here."
        )
    if number := counts.extraction_failed:
        told.append(f"The extraction of claims failed for {counted(number, 'document')}.")
    failed = sorted(
        {entry.source for entry in search.entries if entry.errors and not entry.taken_whole}
    )
    if search.news and search.news.gone:
        told.append(f"{gone(search.news)}, though the same search was made again.")
    if search.news and search.news.retracted:
        told.append(retracted_since(search.news))
    if failed:
        sources = capital(counted(len(failed), "source"))
        told.append(f"{sources} answered with errors or not at all: {listed(failed)}.")
    return told


def _uncovered(plan: Plan, claims: Sequence[Claim]) -> list[str]:
    parts = uncovered(plan, claims)
    told = "; ".join(f"“{part}”" for part in parts)
    return [f"No claim was placed under {told}."] if parts else []


def uncovered(plan: Plan, claims: Sequence[Claim]) -> list[str]:
    """Sub-questions for which no claim was found; empty when claims are not assigned to any."""
    answered = {claim.subquestion for claim in claims}
    if answered <= {None}:
        return []
    return [part for n, part in enumerate(plan.subquestions) if n not in answered]
