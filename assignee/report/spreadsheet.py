"""The claims as CSV, one row a claim, with what spreadsheets would run as a formula disarmed."""

import csv
import io

from assignee.agents.wording import capital, disarmed
from assignee.records import Claim, Paper, Report
from assignee.report.index import Index
from assignee.report.style import Style, style_of

COLUMNS = (
    "number",
    "claim",
    "source",
    "reference",
    "source_kind",
    "in_its_source",
    "elsewhere",
    "verdict",
    "confidence",
    "relevance",
    "basis",
    "section",
    "quote",
    "start",
    "end",
    "evidence_for",
    "evidence_against",
    "evidence_independent",
    "passages_judged",
    "rule",
    "judge",
    "agreement",
    "second_verdict",
    "second_confidence",
    "second_judge",
    "claim_id",
    "paper_id",
)
"""`start` and `end` count characters from the start of the document's text."""


def render_csv(report: Report, style: Style | None = None) -> str:
    """The claims as CSV (RFC 4180, lines end in CR LF), in the order of the report.

    Raises:
        ReportFormatError: the report's parts do not fit together.
    """
    index = Index.of(report, (style or style_of(report)).citations)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([disarmed(cell) for cell in _row(claim, index)] for claim in report.claims)
    return text.getvalue()


def _row(claim: Claim, index: Index) -> tuple[str, ...]:
    verdict, paper = index.verdicts[claim.id], index.papers[claim.paper_id]
    passage, second = index.passages[claim.quote.passage_id], verdict.second
    elsewhere = verdict.evidence_for + verdict.evidence_against
    return (
        f"C{index.claim_numbers[claim.id]}",
        claim.text,
        _source(paper, index),
        str(index.paper_numbers[paper.id]),
        paper.kind,
        verdict.attribution,
        verdict.corroboration,
        verdict.label,
        _confidence(verdict.confidence),
        f"{claim.relevance:.4f}",
        passage.basis,
        passage.section,
        claim.quote.text,
        str(passage.start + claim.quote.start),
        str(passage.start + claim.quote.end),
        str(len(verdict.evidence_for)),
        str(len(verdict.evidence_against)),
        str(sum(evidence.independent for evidence in elsewhere)),
        str(verdict.considered),
        verdict.rule,
        verdict.judge,
        verdict.agreement,
        second.label if second else "",
        _confidence(second.confidence if second else None),
        second.judge if second else "",
        claim.id,
        paper.id,
    )


def _source(paper: Paper, index: Index) -> str:
    """The source as the text cites it; in the numeric style with its number, and that alone."""
    label = capital(index.listed(paper.id))
    number = f"[{index.paper_numbers[paper.id]}]" if index.citations == "numeric" else ""
    return f"{label} {number}".strip()


def _confidence(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.4f}"
