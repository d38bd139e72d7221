"""What reviewers may see of a report that something else wrote, with its papers where at hand."""

import re
from collections.abc import Iterable, Mapping, Sequence

from assignee.reading.normal import find_quote
from assignee.reading.report import ParsedReport, states_claims, tells_of_reviews, withhold_scores
from assignee.reading.report_references import ParsedReference
from assignee.records import (
    Dossier,
    DossierClaim,
    DossierReference,
    DossierSection,
    Paper,
    Passage,
    PublicationStatus,
)

_PREPRINT = re.compile(r"(?:arxiv|biorxiv|medrxiv|chemrxiv|ssrn|preprints|osf)\.", re.IGNORECASE)
_PREPRINT_DOI = re.compile(r"10\.(?:48550|1101|26434|2139|20944|31219)/", re.IGNORECASE)
"""DOI prefixes of arXiv, bioRxiv and medRxiv, ChemRxiv, SSRN, Preprints.org, OSF."""

Texts = Mapping[str, Sequence[str]]
"""Texts of the papers' passages by paper id."""


def dossier_of_parsed(
    parsed: ParsedReport,
    *,
    relevance: Sequence[float] | None,
    papers: Sequence[Paper],
    passages: Sequence[Passage],
) -> Dossier:
    """The dossier of a foreign report: previous scores and reviews are left out.

    With papers, references are matched to them by identifier or title and quotes are looked up
    word for word in the matched paper; where no paper matches, the lookup stays unknown.

    Raises:
        ValueError: `relevance` has another length than the report's claims.
    """
    if relevance is not None and len(relevance) != len(parsed.claims):
        raise ValueError(
            f"relevance has {len(relevance)} values and the report {len(parsed.claims)} claims"
        )
    matched = {ref.key: match(ref, papers) for ref in parsed.references}
    texts: dict[str, list[str]] = {}
    for passage in passages:
        texts.setdefault(passage.paper_id, []).append(passage.text)
    measured: Sequence[float | None] = relevance or [None] * len(parsed.claims)
    return Dossier(
        question=parsed.question or parsed.title,
        title=parsed.title,
        sections=tuple(_sections(parsed)),
        claims=tuple(
            _claim(claim, value, matched, texts)
            for claim, value in zip(parsed.claims, measured, strict=True)
        ),
        references=tuple(_reference(ref, matched[ref.key]) for ref in parsed.references),
        has_papers=bool(passages),
        papers_found=parsed.papers_found,
    )


def _sections(parsed: ParsedReport) -> Iterable[DossierSection]:
    for section in parsed.sections:
        told_as_claims = bool(parsed.claims) and states_claims(section.name)
        if not told_as_claims and not tells_of_reviews(section.name):
            yield DossierSection(name=section.name, text=withhold_scores(section.text))


def match(reference: ParsedReference, papers: Sequence[Paper]) -> Paper | None:
    """The paper that a reference means: by arXiv id or DOI, else by its whole title."""
    for paper in papers:
        arxiv, doi = paper.ids.arxiv, paper.ids.doi
        if reference.arxiv and arxiv and reference.arxiv.casefold() == arxiv.casefold():
            return paper
        if reference.doi and doi and reference.doi.casefold() == doi.casefold():
            return paper
    title = _plain(reference.title or "")
    return next((p for p in papers if title and _plain(p.title) == title), None)


def _plain(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))


def _claim(
    claim: DossierClaim,
    relevance: float | None,
    matched: Mapping[str, Paper | None],
    texts: Texts,
) -> DossierClaim:
    evidence = tuple(
        piece.model_copy(
            update={"verbatim": _stands(piece.quote, matched.get(piece.reference), texts)}
        )
        for piece in claim.evidence
    )
    source = matched.get(claim.reference or "")
    found = _stands(claim.quote, source, texts)
    return claim.model_copy(
        update={
            "relevance": None if relevance is None else min(max(relevance, 0.0), 1.0),
            "quote_verbatim": found,
            "evidence": evidence,
        }
    )


def _stands(quote: str | None, paper: Paper | None, texts: Texts) -> bool | None:
    if not quote or paper is None or paper.id not in texts:
        return None
    return any(find_quote(quote, text) is not None for text in texts[paper.id])


def _reference(reference: ParsedReference, paper: Paper | None) -> DossierReference:
    known = paper is not None and paper.publication_status != "unknown"
    return DossierReference(
        key=reference.key,
        title=reference.title,
        url=reference.url,
        year=reference.year or (paper.year if paper else None),
        kind=paper.kind if paper else reference.kind,
        publication_status=paper.publication_status if paper and known else status_of(reference),
        retracted=reference.retracted or (paper is not None and paper.retracted),
        notices=paper.notices if paper else (),
    )


def status_of(reference: ParsedReference) -> PublicationStatus:
    """What the entry says, else `preprint` when it leads to a preprint server and to no other."""
    if reference.status != "unknown":
        return reference.status
    doi = reference.doi or ""
    if _PREPRINT_DOI.match(doi):
        return "preprint"
    if doi:
        return "unknown"
    on_server = bool(reference.arxiv) or bool(_PREPRINT.search(reference.url or ""))
    return "preprint" if on_server else "unknown"
