"""A report as the page shows it: answer, pairs that clash, claims beside evidence, the panel."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assignee.records import Claim, Contradiction, Paper, Report, Review, Verdict
from assignee.report.block import Block, Details, Excerpt, Heading, Line
from assignee.report.claim import claim_blocks
from assignee.report.index import Index
from assignee.report.label import listed_label
from assignee.report.limitation import limitations
from assignee.report.methodology import methodology
from assignee.report.opinion import reason
from assignee.report.panel import (
    checklist_blocks,
    finding_blocks,
    rating_blocks,
    revision_blocks,
    scoring_blocks,
)
from assignee.report.reference import references
from assignee.report.result import answer_blocks

VERDICTS = ("verified", "mixed", "contradicted", "uncorroborated", "unattributed", "not checked")


@dataclass(frozen=True)
class ClaimView:
    """One claim: what is said of it, and the words that it stands on."""

    claim: Claim
    number: int
    verdict: Verdict
    paper: Paper
    source: Line
    said: tuple[Block, ...]
    stands: tuple[Block, ...]
    """The quote in its passage, and the evidence, unfolded."""


@dataclass(frozen=True)
class PairView:
    """Two claims that cannot both hold."""

    sides: tuple[ClaimView, ClaimView]
    why: Line


@dataclass(frozen=True)
class ReviewerView:
    """One reviewer: score, findings and checklist."""

    review: Review
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class ReportView:
    """What the template of a report shows."""

    report: Report
    index: Index
    answer: tuple[Block, ...]
    claims: tuple[ClaimView, ...]
    pairs: tuple[PairView, ...]
    rating: tuple[Block, ...]
    reviewers: tuple[ReviewerView, ...]
    revision: tuple[Block, ...]
    references: tuple[Block, ...]
    methodology: tuple[Block, ...]
    limitations: tuple[Block, ...]

    @property
    def verdicts(self) -> list[tuple[str, int]]:
        """Each verdict word in the report and how many claims carry it."""
        found = Counter[str](one.verdict.label for one in self.claims)
        return [(word, found[word]) for word in VERDICTS if found[word]]

    @property
    def sources(self) -> list[tuple[Paper, str, int]]:
        """Each paper that a claim comes from: its label and how many claims."""
        found = Counter(one.paper.id for one in self.claims)
        papers = [paper for paper in self.index.papers.values() if found[paper.id]]
        return [(paper, listed_label(paper), found[paper.id]) for paper in papers]

    @property
    def calibrated(self) -> bool:
        """Whether any verdict has a confidence, so that it can be filtered by."""
        return any(one.verdict.confidence is not None for one in self.claims)


def report_view(report: Report, index: Index) -> ReportView:
    """The view of a report whose parts fit together, as its index shows."""
    claims = {claim.id: _claim(claim, index, report.contradictions) for claim in report.claims}
    return ReportView(
        report=report,
        index=index,
        answer=tuple(answer_blocks(report, index)),
        claims=tuple(claims.values()),
        pairs=tuple(
            PairView((claims[pair.first], claims[pair.second]), reason(pair.why, index))
            for pair in report.contradictions
            if pair.first in claims and pair.second in claims
        ),
        rating=tuple(rating_blocks(report.rating)),
        reviewers=tuple(ReviewerView(one, _review(one, index)) for one in report.reviews),
        revision=_without_heading(revision_blocks(report.revision, index))
        if report.revision
        else (),
        references=references(report, index),
        methodology=methodology(report, index),
        limitations=limitations(report, index),
    )


def _claim(claim: Claim, index: Index, contradictions: Sequence[Contradiction]) -> ClaimView:
    blocks = _without_heading(claim_blocks(claim, index, contradictions))
    first = next(n for n, block in enumerate(blocks) if isinstance(block, Excerpt))
    return ClaimView(
        claim=claim,
        number=index.claim_numbers[claim.id],
        verdict=index.verdicts[claim.id],
        paper=index.papers[claim.paper_id],
        source=index.listed_source(claim.paper_id, first=True),
        said=tuple(blocks[:first]),
        stands=tuple(part for block in blocks[first:] for part in _unfolded(block)),
    )


def _unfolded(block: Block) -> tuple[Block, ...]:
    """Evidence in the open, under its summary: beside the claim there is room for it."""
    if not isinstance(block, Details):
        return (block,)
    return (Heading(4, block.summary, block.anchor), *block.blocks)


def _review(review: Review, index: Index) -> tuple[Block, ...]:
    return (
        *scoring_blocks(review),
        *finding_blocks(review, index),
        *checklist_blocks(review, index),
    )


def _without_heading(blocks: Sequence[Block]) -> tuple[Block, ...]:
    return tuple(blocks[1:]) if blocks and isinstance(blocks[0], Heading) else tuple(blocks)
