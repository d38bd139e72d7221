"""Limitations of a report, each derived from its own numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence

from assignee.records import (
    Basis,
    Claim,
    Counts,
    Draft,
    Paper,
    Passage,
    SearchLog,
    Stamp,
    Verdict,
    VerdictLabel,
)

_LABELS: tuple[tuple[VerdictLabel, str], ...] = (
    ("uncorroborated", "uncorroborated: no independent paper was found that settles them"),
    ("unattributed", "unattributed: their own source could not be shown to say it"),
    ("contradicted", "contradicted by independent papers"),
    ("mixed", "mixed: independent papers stand on both sides"),
    ("not checked", "not checked"),
)

_BASES: tuple[tuple[Basis, str], ...] = (
    ("note", "notes about papers, not on the papers' own words"),
    ("abstract", "abstracts alone, not on the full text"),
)


def limitations(
    *,
    counts: Counts,
    draft: Draft,
    claims: Sequence[Claim],
    verdicts: Sequence[Verdict],
    papers: Sequence[Paper],
    passages: Sequence[Passage],
    search: SearchLog,
    stamp: Stamp,
) -> list[str]:
    """What a reader should hold against the report: whole sentences, the general first."""
    told = [
        "This report is a machine-generated synthesis and no original research; readers should "
        "consult the primary sources."
    ]
    told += _bases(claims, {passage.id: passage for passage in passages})
    told += _verdicts(verdicts, claims=len(claims))
    told += _spread(counts, claims=len(claims))
    told += _statuses(papers)
    told += _left_out(counts, search)
    if stamp.engine == "local":
        told.append(
            "The local engine is extractive: it selects and compares sentences by small models "
            "and written rules."
        )
    return told + list(draft.notes)


def _bases(claims: Sequence[Claim], passages: Mapping[str, Passage]) -> list[str]:
    found = Counter(
        passages[claim.quote.passage_id].basis
        for claim in claims
        if claim.quote.passage_id in passages
    )
    return [
        f"{found[basis]} of {len(claims)} claims rest on {what}."
        for basis, what in _BASES
        if found[basis]
    ]


def _verdicts(verdicts: Sequence[Verdict], *, claims: int) -> list[str]:
    labels = Counter(verdict.label for verdict in verdicts)
    told = [f"{labels['verified']} of {claims} claims were verified by independent papers."]
    told += [
        f"{labels[label]} of {claims} claims are {what}."
        for label, what in _LABELS
        if labels[label]
    ]
    unsure = sum(verdict.confidence is None for verdict in verdicts)
    if unsure:
        told.append(
            f"{unsure} of {len(verdicts)} verdicts carry no confidence, because it was not "
            "calibrated: how often such verdicts are right is not known."
        )
    return told


def _spread(counts: Counts, *, claims: int) -> list[str]:
    if counts.largest_share is None or not claims:
        return []
    return [f"The largest contributor is the source of {counts.largest_share:.0%} of the claims."]


def _statuses(papers: Sequence[Paper]) -> list[str]:
    statuses = Counter(paper.publication_status for paper in papers)
    told = []
    if statuses["preprint"]:
        told.append(f"{statuses['preprint']} of {len(papers)} works are preprints.")
    if statuses["unknown"]:
        told.append(
            f"The publication status of {statuses['unknown']} of {len(papers)} works is unknown."
        )
    withdrawn = sum(paper.retracted for paper in papers)
    if withdrawn:
        told.append(f"{withdrawn} of {len(papers)} works have been retracted.")
    return told


def _left_out(counts: Counts, search: SearchLog) -> list[str]:
    told = []
    if counts.papers_screened_out:
        told.append(
            f"{counts.papers_screened_out} of {counts.papers_found} papers found were screened "
            "out and not read."
        )
    if search.unread:
        told.append(f"{len(search.unread)} documents could not be read.")
    if counts.extraction_failed:
        told.append(f"Extraction failed for {counts.extraction_failed} papers.")
    failed = sorted({entry.source for entry in search.entries if entry.errors})
    if failed:
        told.append(f"Sources that answered with errors: {', '.join(failed)}.")
    return told
