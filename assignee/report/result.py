"""Results: the answer first, then findings by sub-question, contradictions and the panel."""

from assignee.agents.methodology import dropped_sentences
from assignee.agents.wording import capital, counted
from assignee.records import Contradiction, Report
from assignee.report.block import (
    Block,
    Bullets,
    Heading,
    Line,
    Paragraph,
    Span,
    Table,
    joined,
    line,
)
from assignee.report.index import Index
from assignee.report.news import news_blocks
from assignee.report.opening import verdict_counts
from assignee.report.opinion import differing, reason
from assignee.report.panel import panel_blocks, revision_blocks
from assignee.report.word import badge


def results(report: Report, index: Index) -> tuple[Block, ...]:
    """The answer, and everything that it can be judged by."""
    blocks = [*answer_blocks(report, index), *news_blocks(report, index)]
    blocks += finding_blocks(report, index)
    blocks += contradiction_blocks(report, index)
    blocks += panel_blocks(report.rating, report.reviews, index)
    if report.revision is not None:
        blocks += revision_blocks(report.revision, index)
    return tuple(blocks)


def answer_blocks(report: Report, index: Index) -> list[Block]:
    """The answer with its citations, and what the cited claims are worth."""
    if not report.draft.answer:
        return [Paragraph(line("No answer was written: no sentence could be based on a claim."))]
    text = joined([index.cited_sentence(one) for one in report.draft.answer], " ")
    blocks: list[Block] = [Paragraph(text, "lead")]
    cited = frozenset(i for one in report.draft.answer for i in one.claim_ids) & index.claims.keys()
    worth = f" Of these, {verdict_counts(index, cited)}." if cited else ""
    differ = len(differing([index.verdicts[claim_id] for claim_id in cited]))
    opinions = f" On {differ:,} of them two opinions differ." if differ else ""
    told = f"The answer rests on {counted(len(cited), 'claim')}.{worth}{opinions}"
    blocks.append(Paragraph(line(" ".join([told, *dropped_sentences(report.draft)])), "small"))
    return blocks


def finding_blocks(report: Report, index: Index) -> list[Block]:
    """Claims grouped by the sub-question that they answer; empty when there is one group."""
    parts = dict(enumerate(report.plan.subquestions))
    groups: dict[int | None, list[Line]] = {number: [] for number in (*parts, None)}
    for claim in report.claims:
        group = claim.subquestion if claim.subquestion in parts else None
        groups[group].append(_finding(claim.id, index))
    filled = {number: items for number, items in groups.items() if items}
    if len(filled) < 2:
        return []
    blocks: list[Block] = [Heading(3, line("Findings by sub-question"))]
    for number, items in filled.items():
        name = line("Other claims") if number is None else line(Span(parts[number], "foreign"))
        blocks += [Heading(4, name), Bullets(tuple(items))]
    return blocks


def _finding(claim_id: str, index: Index) -> Line:
    claim, verdict = index.claims[claim_id], index.verdicts[claim_id]
    differs = verdict.second if verdict.agreement == "disagree" else None
    return line(
        index.claim_link(claim_id),
        " ",
        Span(claim.text, "foreign"),
        " — ",
        index.listed_source(claim.paper_id),
        ": ",
        badge(verdict.label),
        *((", second opinion ", badge(differs.label)) if differs else ()),
    )


def contradiction_blocks(report: Report, index: Index) -> list[Block]:
    """Pairs of claims that cannot both hold."""
    pairs = [
        pair
        for pair in report.contradictions
        if pair.first in index.claims and pair.second in index.claims
    ]
    if not pairs:
        return []
    number = len(pairs)
    told = (
        f"{capital(counted(number, 'pair'))} of claims cannot both hold as stated. "
        "Neither side is left out."
    )
    rows = tuple(_pair(pair, index) for pair in pairs)
    table = Table("Contradictions", ("One claim", "The other", "Why they differ"), rows)
    return [Heading(3, line("Contradictions")), Paragraph(line(told)), table]


def _pair(pair: Contradiction, index: Index) -> tuple[Line, ...]:
    sides = tuple(
        line(
            index.claim_link(claim_id),
            " ",
            Span(index.claims[claim_id].text, "foreign"),
            " — ",
            index.listed_source(index.claims[claim_id].paper_id),
        )
        for claim_id in (pair.first, pair.second)
    )
    return (*sides, reason(pair.why, index))
