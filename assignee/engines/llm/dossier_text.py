"""A dossier as a critic reads it: every word of the report inside the fence."""

from functools import lru_cache
from typing import NamedTuple

from assignee.engines.llm.fence import Fence, fence
from assignee.records import Dossier, DossierClaim, DossierReference, Notice

_VERBATIM = {
    True: "found word for word in the source",
    False: "NOT found word for word in the source",
    None: "not compared with the source",
}


class Shown(NamedTuple):
    """What every reviewer of one dossier reads."""

    nonce: str
    text: str


@lru_cache(maxsize=4)
def shown(secret: bytes, dossier: Dossier) -> Shown:
    """The dossier between fences; made once for all seats of a panel, for it takes 7 ms."""
    marks = fence(secret, [dossier.model_dump_json()])
    return Shown(marks.code, rendered(dossier, marks))


def rendered(dossier: Dossier, marks: Fence) -> str:
    """Title and question, sections, claims with their evidence, references."""
    found = dossier.papers_found
    count = "" if found is None else f"\nPapers that the report says it found: {found}"
    head = f"Title: {dossier.title}\nQuestion: {dossier.question}{count}"
    parts = [marks.enclose("report", head)]
    parts += [marks.enclose("section", s.text, name=s.name) for s in dossier.sections]
    parts += [_claim(claim, marks) for claim in dossier.claims]
    listed = "\n".join(map(_reference, dossier.references)) or "The report lists no references."
    return "\n\n".join([*parts, marks.enclose("references", listed)])


def _claim(claim: DossierClaim, marks: Fence) -> str:
    labels = {"id": claim.id, "verdict": claim.verdict or "none given"}
    if claim.confidence is not None:
        labels["confidence"] = f"{claim.confidence:g}"
    labels["reference"] = claim.reference or "none given"
    lines = [claim.text]
    if claim.quote:
        lines.append(f"Quote ({_VERBATIM[claim.quote_verbatim]}): {claim.quote}")
    lines += [
        f"Evidence that {piece.stance} ({piece.reference}; {_VERBATIM[piece.verbatim]}): "
        f"{piece.quote}"
        if piece.stance != "neutral"
        else f"Neutral window ({piece.reference}): {piece.quote}"
        for piece in claim.evidence
    ]
    if not claim.evidence:
        lines.append("(no evidence is listed)")
    return marks.enclose("claim", "\n".join(lines), **labels)


def _reference(reference: DossierReference) -> str:
    facts = [str(reference.year) if reference.year else "year unknown"]
    status = reference.publication_status
    facts.append("publication status unknown" if status == "unknown" else status)
    if reference.kind == "note":
        facts.append("a note about the paper, not the paper")
    if reference.retracted:
        facts.append("RETRACTED")
    facts += [_noticed(notice) for notice in reference.notices]
    return f"{reference.key}: {reference.title or reference.url or 'untitled'} ({', '.join(facts)})"


def _noticed(notice: Notice) -> str:
    """`notice of retraction, 2021-03-01, doi:10.5555/n`."""
    doi = f"doi:{notice.doi}" if notice.doi else None
    return ", ".join(filter(None, (f"notice of {notice.kind}", notice.date, doi)))
