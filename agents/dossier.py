"""What reviewers may see: a report without its authors' names and without any rating."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from assignee.agents.foreign_dossier import dossier_of_parsed
from assignee.agents.limitations import limitations
from assignee.agents.methodology import methodology
from assignee.records import (
    CitedSentence,
    Claim,
    Contradiction,
    Counts,
    Dossier,
    DossierClaim,
    DossierEvidence,
    DossierReference,
    DossierSection,
    Draft,
    Evidence,
    Paper,
    Passage,
    Plan,
    Quote,
    Report,
    SearchLog,
    Stamp,
    Verdict,
)

__all__ = ["dossier_of", "dossier_of_parsed", "dossier_of_report"]

_END = re.compile(r"""(?P<stop>[.!?…]?)(?P<close>["”’')\]]*)\s*$""")


def dossier_of(
    *,
    question: str,
    plan: Plan,
    draft: Draft,
    papers: Sequence[Paper],
    passages: Sequence[Passage],
    claims: Sequence[Claim],
    verdicts: Sequence[Verdict],
    contradictions: Sequence[Contradiction],
    search: SearchLog,
    counts: Counts,
    stamp: Stamp,
) -> Dossier:
    """The dossier of a report of ours, from its parts: no rating need exist yet.

    References carry the numbers 1, 2, … in the order of `papers`; claims keep their ids, and every
    cited sentence names them in square brackets before its full stop. Authors' names in the
    program's own sentences are replaced by the reference's number; quotes stay as they are.
    """
    keys = {paper.id: str(number) for number, paper in enumerate(papers, 1)}
    blind = Blinder(papers, keys)
    by_claim = {verdict.claim_id: verdict for verdict in verdicts}
    texts = {passage.id: passage for passage in passages}
    limits = limitations(
        plan=plan, counts=counts, draft=draft, claims=claims, verdicts=verdicts,
        contradictions=contradictions, papers=papers, passages=passages, search=search,
        stamp=stamp,
    )  # fmt: skip
    method = methodology(
        search=search, counts=counts, stamp=stamp, plan=plan, draft=draft, claims=claims,
        verdicts=verdicts, papers=papers, passages=passages,
    )  # fmt: skip
    sections = [
        ("Abstract", _abstract(draft.abstract, claims, verdicts, papers)),
        ("1 Introduction", _introduction(question, plan)),
        ("2 Methodology", method),
        ("3 Results", " ".join(map(cited_text, draft.answer))),
        ("3.1 Contradictions", "\n".join(map(_contradiction, contradictions))),
        ("4 Limitations", "\n".join(limits)),
    ]
    return Dossier(
        question=question,
        title=blind(draft.title),
        sections=tuple(
            DossierSection(name=name, text=blind(text))
            for name, text in sections
            if text or name == "3 Results"
        ),
        claims=tuple(_claim(c, by_claim.get(c.id), keys, texts) for c in claims),
        references=tuple(reference_of(paper, keys[paper.id]) for paper in papers),
        has_papers=True,
        papers_found=counts.papers_read or len(papers),
    )


def dossier_of_report(report: Report) -> Dossier:
    """The dossier of a finished report of ours, without its rating and reviews."""
    return dossier_of(
        question=report.question, plan=report.plan, draft=report.draft, papers=report.papers,
        passages=report.passages, claims=report.claims, verdicts=report.verdicts,
        contradictions=report.contradictions, search=report.search, counts=report.counts,
        stamp=report.stamp,
    )  # fmt: skip


class Blinder:
    """Takes authors' names out of the program's own sentences.

    A citation such as `Kaplan et al. (2020)` and a paper's id become the reference's number in
    brackets; a name with `et al.` or `and` left over becomes `the authors`.
    """

    def __init__(self, papers: Sequence[Paper], keys: Mapping[str, str]) -> None:
        replaced = {paper.citation: f"[{keys[paper.id]}]" for paper in papers if paper.authors}
        replaced |= {paper.id: f"[{keys[paper.id]}]" for paper in papers}
        for paper in papers:
            who = paper.citation.rpartition(" (")[0]
            if paper.authors and (" et al." in who or " and " in who):
                replaced.setdefault(who, "the authors")
        self._replaced = replaced
        names = sorted(replaced, key=len, reverse=True)
        self._pattern = re.compile("|".join(rf"\b{re.escape(name)}" for name in names) or r"(?!)")

    def __call__(self, text: str) -> str:
        """The text without the names."""
        return self._pattern.sub(lambda match: self._replaced[match.group()], text)


def cited_text(sentence: CitedSentence) -> str:
    """The sentence with its claims' ids in square brackets before its full stop."""
    text = " ".join(sentence.text.split())
    if not sentence.claim_ids:
        return text
    marks = f" [{', '.join(sentence.claim_ids)}]"
    end = _END.search(text)
    assert end is not None  # the pattern matches the empty end
    return f"{text[: end.start()]}{end['close']}{marks}{end['stop'] or '.'}"


def _abstract(
    sentences: Sequence[CitedSentence],
    claims: Sequence[Claim],
    verdicts: Sequence[Verdict],
    papers: Sequence[Paper],
) -> str:
    return " ".join([*map(cited_text, sentences), tally(claims, verdicts, papers)])


def tally(claims: Sequence[Claim], verdicts: Sequence[Verdict], papers: Sequence[Paper]) -> str:
    """What reviewers are told of all claims at the abstract's end; the report has tables of it."""
    labels = Counter(verdict.label for verdict in verdicts)
    told = ", ".join(f"{number} {label}" for label, number in labels.most_common())
    sources = len({claim.paper_id for claim in claims})
    against = sum(verdict.corroboration in ("contradicted", "mixed") for verdict in verdicts)
    return (
        f"The report states {len(claims)} claims, taken from {sources} of {len(papers)} works; "
        f"verdicts: {told or 'none'}. Independent evidence against was found for {against} of them."
    )


def _introduction(question: str, plan: Plan) -> str:
    lines = [f"This report examines the research question: {question}"]
    parts = [part for part in plan.subquestions if part != question]
    if parts:
        lines += ["It was taken apart into:", *(f"- {part}" for part in parts)]
    return "\n".join(lines)


def _contradiction(pair: Contradiction) -> str:
    why = pair.why.strip().rstrip(".")
    return f"Claims {pair.first} and {pair.second} contradict each other: {why}."


def _claim(
    claim: Claim, verdict: Verdict | None, keys: Mapping[str, str], texts: Mapping[str, Passage]
) -> DossierClaim:
    pieces = (
        [*verdict.attribution_evidence, *verdict.evidence_for, *verdict.evidence_against]
        if verdict
        else []
    )
    return DossierClaim(
        id=claim.id,
        text=claim.text,
        verdict=verdict_words(verdict) if verdict else None,
        verified=verdict is not None and verdict.label == "verified",
        confidence=verdict.confidence if verdict else None,
        reference=keys.get(claim.paper_id),
        quote=claim.quote.text,
        quote_verbatim=_stands(claim.quote, texts),
        relevance=claim.relevance,
        evidence=tuple(_evidence(piece, keys, texts) for piece in pieces),
    )


def verdict_words(verdict: Verdict) -> str:
    """`verified (in its source: supported; elsewhere: supported)`."""
    return (
        f"{verdict.label} (in its source: {verdict.attribution}; "
        f"elsewhere: {verdict.corroboration})"
    )


def _evidence(
    piece: Evidence, keys: Mapping[str, str], texts: Mapping[str, Passage]
) -> DossierEvidence:
    return DossierEvidence(
        reference=keys.get(piece.paper_id, piece.paper_id),
        quote=piece.quote.text,
        stance=piece.stance,
        verbatim=_stands(piece.quote, texts),
    )


def _stands(quote: Quote, texts: Mapping[str, Passage]) -> bool | None:
    passage = texts.get(quote.passage_id)
    return None if passage is None else quote.stands_in(passage)


def reference_of(paper: Paper, key: str) -> DossierReference:
    """A reference list's entry for the paper: all but its authors."""
    return DossierReference(
        key=key,
        title=paper.title,
        url=paper.url,
        year=paper.year,
        kind=paper.kind,
        publication_status=paper.publication_status,
        retracted=paper.retracted,
        notices=paper.notices,
    )
