"""The page of a report and of a review: title, author, date, and the sections in their order."""

from collections.abc import Iterable

from assignee.agents.wording import capital, counted
from assignee.records import ForeignReview, Report
from assignee.report.block import Block, Bullets, Heading, Page, Paragraph, Section, Span, line
from assignee.report.claim import claims
from assignee.report.index import Index
from assignee.report.limitation import limitations
from assignee.report.methodology import methodology
from assignee.report.opening import abstract, introduction
from assignee.report.panel import (
    checklist_blocks,
    finding_line,
    rating_blocks,
    reviewer_table,
    scoring_blocks,
)
from assignee.report.provenance import stamp_blocks, usage_blocks, warning_blocks
from assignee.report.reference import references
from assignee.report.result import results
from assignee.report.style import Style, style_of
from assignee.report.wording import long_date, score

AUTHOR = "Assignee Research"
NO_QUESTION = line("It states no research question.")


def report_page(report: Report, style: Style | None = None) -> Page:
    """The page of a report, in its own style unless another is given; it has no pictures.

    Raises:
        ReportFormatError: the report's parts do not fit together; see `Index.of`.
    """
    index = Index.of(report, (style or style_of(report)).citations)
    return Page(
        title=report.title,
        author=AUTHOR,
        date=long_date(report.date),
        sections=(
            Section("Abstract", None, abstract(report, index)),
            _section("Introduction", 1, introduction(report, index)),
            _section("Methodology", 2, methodology(report, index)),
            _section("Results", 3, results(report, index)),
            _section("Limitations", 4, limitations(report, index)),
            _section("Extracted Claims", 5, claims(report, index)),
            Section("References", None, references(report, index)),
        ),
    )


def review_page(review: ForeignReview) -> Page:
    """The page of a review of a report that something else wrote."""
    index = Index()
    sections = [
        _section("Report under Review", 1, _subject(review)),
        _section("Rating", 2, [*rating_blocks(review.rating), reviewer_table(review.reviews)]),
        _section("Findings", 3, _findings(review, index)),
        _section("Checklists", 4, _checklists(review, index)),
        _section("Methodology", 5, _provenance(review)),
    ]
    return Page(f"Review of “{review.title}”", AUTHOR, long_date(review.date), tuple(sections))


def _subject(review: ForeignReview) -> list[Block]:
    title, asked = Span(review.title, "title"), Span(review.question, "title")
    question = line("Its research question: ", asked) if review.question else NO_QUESTION
    return [
        Paragraph(line("Title: ", title, ". File: ", Span(review.source, "code"), ".")),
        Paragraph(question),
        Paragraph(line("The panel saw the report's text, claims and references, no author names.")),
    ]


def _findings(review: ForeignReview, index: Index) -> list[Block]:
    found = review.findings
    if not found:
        return [Paragraph(line("The reviewers found no faults."))]
    severe = sum(finding.severity == "severe" for finding in found)
    told = f"{capital(counted(len(found), 'finding'))}, {severe or 'none'} of them severe."
    lines = (line(finding_line(one, index), f" — {one.reviewer}") for one in found)
    return [Paragraph(line(told)), Bullets(tuple(lines))]


def _checklists(review: ForeignReview, index: Index) -> list[Block]:
    blocks: list[Block] = []
    for one in review.reviews:
        blocks += [
            Heading(3, line(f"Reviewer “{one.reviewer}”: {score(one.score)}")),
            *scoring_blocks(one),
            *checklist_blocks(one, index),
        ]
    return blocks


def _provenance(review: ForeignReview) -> list[Block]:
    engine = review.stamp.engine
    return [
        *stamp_blocks(review.stamp, review.run_id, usage=review.usage),
        *usage_blocks(review.usage, engine, seconds=None),
        *warning_blocks(review.warnings),
    ]


def _section(name: str, number: int, blocks: Iterable[Block]) -> Section:
    """The section with its subsections numbered `3.1`, `3.2` …"""
    numbered: list[Block] = []
    count = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 3:
            count += 1
            text = line(f"{number}.{count} ", block.text)
            block = Heading(3, text, f"s{number}-{count}")
        numbered.append(block)
    return Section(name, number, tuple(numbered))
