"""Extracted claims: where two opinions differ, the table, then each claim with its evidence."""

from collections.abc import Sequence
from dataclasses import replace

from assignee.agents.methodology import confidence_sentence
from assignee.agents.wording import counted, listed, sentence, verb
from assignee.records import (
    Claim,
    Contradiction,
    Evidence,
    Quote,
    Report,
    SecondOpinion,
    Verdict,
)
from assignee.report.block import (
    Block,
    Details,
    Excerpt,
    Heading,
    Line,
    Paragraph,
    Place,
    Span,
    Table,
    line,
)
from assignee.report.index import Index
from assignee.report.label import named_authors, shared_authors
from assignee.report.opinion import (
    MEANING,
    NOT_CALIBRATED,
    Opinion,
    agreement_block,
    any_confidence,
    confidence,
    confidence_said,
    differing,
    differing_blocks,
    elsewhere,
    opinion_table,
    probability,
    reason,
    unfound,
)
from assignee.report.word import TONES, badge

FIGURES_DIFFER = "the figures differ"
"""How a finding starts that names the figures."""


def claims(report: Report, index: Index) -> tuple[Block, ...]:
    """The claims' table, and below it all that stands behind each claim.

    Claims on which two opinions differ stand before all others.
    """
    if not report.claims:
        return (Paragraph(line("No claims were extracted.")),)
    told = (
        "Each claim is followed by the words that it was taken from and by the evidence of other "
        "documents. Characters are counted from the start of a document's text as it was read."
    )
    notes: tuple[Line, ...] = (line(_meaning(report.verdicts)),)
    blocks: list[Block] = []
    if differing(report.verdicts):
        blocks.append(Heading(3, line("Where the two opinions differ")))
        blocks += differing_blocks(report.verdicts, index, notes)
        blocks.append(Heading(3, line("All claims")))
        notes = ()
    blocks += [_table(report, index, notes), Paragraph(line(told), "small")]
    for claim in report.claims:
        blocks += claim_blocks(claim, index, report.contradictions)
    return tuple(blocks)


def _meaning(verdicts: Sequence[Verdict]) -> str:
    """What confidence means, or why there is none."""
    if not any_confidence(verdicts):
        return confidence_sentence(verdicts)
    opinions = [one for verdict in verdicts for one in (verdict, verdict.second) if one]
    missing = any(confidence(one) == NOT_CALIBRATED for one in opinions)
    more = f" Where “{NOT_CALIBRATED}” stands, what judged the claim was not." if missing else ""
    return f"{MEANING}{more}"


def _opposed(claim: Claim, contradictions: Sequence[Contradiction], index: Index) -> list[Line]:
    """One line for each other claim that cannot hold together with this one."""
    told = []
    for pair in contradictions:
        if claim.id in (pair.first, pair.second):
            other = index.claims.get(pair.second if claim.id == pair.first else pair.first)
            if other is not None:
                told.append(_opposition(other, pair.why, index))
    return told


def _opposition(other: Claim, why: str, index: Index) -> Line:
    return line(
        badge("contradiction"),
        ": this claim and ",
        index.claim_link(other.id),
        ", from ",
        index.source(other.paper_id),
        ", cannot both hold as stated. ",
        reason(why, index),
    )


def _table(report: Report, index: Index, notes: tuple[Line, ...]) -> Table:
    """All claims with their verdicts, and confidence where a verdict has one."""
    confident = any(verdict.confidence is not None for verdict in report.verdicts)
    head = (
        *("No.", "Claim", "Source", "In its source", "Elsewhere", "Verdict"),
        *(("Confidence",) if confident else ()),
    )
    rows = []
    for claim in report.claims:
        verdict, number = index.verdicts[claim.id], index.claim_numbers[claim.id]
        rows.append(
            (
                line(index.claim_link(claim.id)),
                line(Span(claim.text, "foreign")),
                index.listed_source(claim.paper_id, first=True),
                line(badge(verdict.attribution)),
                line(elsewhere(verdict, f"c{number}-evidence")),
                _labels(verdict),
                *((line(confidence(verdict)),) if confident else ()),
            )
        )
    numeric = frozenset((6,)) if confident else frozenset[int]()
    return Table("Claims and verdicts", head, tuple(rows), numeric, notes, 1)


def _labels(verdict: Verdict) -> Line:
    """The verdict, and the second opinion where it is another."""
    first = badge(verdict.label)
    match verdict.agreement:
        case "disagree" if verdict.second is not None:
            return line(first, " second: ", badge(verdict.second.label))
        case "agree":
            return line(first, " both agree")
        case _:
            return line(first)


def claim_blocks(
    claim: Claim, index: Index, contradictions: Sequence[Contradiction]
) -> list[Block]:
    """One claim: verdict, its source's words, what opposes it, merged mentions and evidence."""
    number, verdict = index.claim_numbers[claim.id], index.verdicts[claim.id]
    heading = line(f"C{number}. ", Span(claim.text, "foreign"))
    blocks: list[Block] = [
        Heading(4, heading, f"c{number}"),
        *_verdict_blocks(claim, verdict, index),
        _source_block(claim, verdict, index),
        *(Paragraph(told, "small") for told in _opposed(claim, contradictions, index)),
    ]
    for mention in claim.merged_from:
        told = line("A near-identical claim merged into it: “", Span(mention.text, "foreign"), "”")
        blocks += [Paragraph(told, "small"), excerpt(mention.quote, index)]
    return [*blocks, *_evidence_blocks(claim, verdict, index)]


def _verdict_blocks(claim: Claim, verdict: Verdict, index: Index) -> list[Block]:
    if verdict.second is None:
        return [Paragraph(_verdict_line(claim, verdict), "small")]
    table = opinion_table(claim, verdict, verdict.second, index)
    return [table, agreement_block(claim, verdict)]


def _verdict_line(claim: Claim, verdict: Verdict) -> Line:
    return line(
        badge(verdict.label),
        f"{confidence_said(verdict)}: {sentence(verdict.rule)} In its source: ",
        badge(verdict.attribution),
        ". Elsewhere: ",
        badge(verdict.corroboration),
        f". Relevance to the question {claim.relevance:.2f}.",
    )


def _source_block(claim: Claim, verdict: Verdict, index: Index) -> Excerpt:
    """The claim's quote; with what the check of its source found where it judged these words."""
    for evidence in verdict.attribution_evidence:
        if evidence.quote == claim.quote:
            return evidence_block(evidence, claim, index, anchor=None)
    return excerpt(claim.quote, index)


def _evidence_blocks(claim: Claim, verdict: Verdict, index: Index) -> list[Block]:
    """The evidence behind the verdict, then that of the second opinion, folded away."""
    second = verdict.second
    own = tuple(one for one in verdict.attribution_evidence if one.quote != claim.quote)
    told: list[Block] = []
    if not _has_evidence(verdict):
        told.append(Paragraph(line(_searched(verdict)), "small"))
    name = "Evidence of the first opinion" if second else "Evidence"
    told += _folded(claim, verdict, index, name=name, own=own)
    if second is None:
        return told
    if not _has_evidence(second):
        return [*told, Paragraph(line(unfound(second)), "small")]
    return told + _folded(claim, second, index, name="Evidence of the second opinion")


def _has_evidence(opinion: Opinion) -> bool:
    return bool(opinion.evidence_for or opinion.evidence_against)


def _folded(
    claim: Claim, opinion: Opinion, index: Index, *, name: str, own: tuple[Evidence, ...] = ()
) -> list[Block]:
    number = index.claim_numbers[claim.id]
    groups = (
        ("In its own source", own),
        ("For", opinion.evidence_for),
        ("Against", opinion.evidence_against),
    )
    second = isinstance(opinion, SecondOpinion)
    anchor = f"c{number}-{'second' if second else 'evidence'}"
    mark = "s" if second else "e"
    shown: list[Block] = []
    order = 0
    for group, evidence in groups:
        if evidence:
            shown.append(Paragraph(line(Span(group, "strong"))))
        for one in evidence:
            order += 1
            place = f"c{number}-{mark}{order}"
            shown.append(evidence_block(one, claim, index, anchor=place))
    if not shown:
        return []
    summary = line(f"{name}: {_summary(opinion, len(own))}")
    return [Details(summary, tuple(shown), anchor)]


def _summary(opinion: Opinion, own: int) -> str:
    if not _has_evidence(opinion):
        return f"{own} more in its own source"
    pro, con = len(opinion.evidence_for), len(opinion.evidence_against)
    more = f", {own} more in its own source" if own else ""
    return f"{pro or 'none'} for and {con or 'none'} against in other documents{more}"


def _searched(verdict: Verdict) -> str:
    if verdict.label == "not checked":
        return "No evidence: the claim was not checked."
    number = verdict.considered
    found = "The first judge found no evidence" if verdict.second else "No evidence"
    return (
        f"{found} for or against it elsewhere: {counted(number, 'passage')} of other documents "
        f"{verb(number, 'was', 'were')} judged."
    )


def excerpt(quote: Quote, index: Index, *, anchor: str | None = None) -> Excerpt:
    """The quoted words in their passage, with paper, section and characters."""
    passage = index.passages[quote.passage_id]
    return Excerpt(
        before=passage.text[: quote.start],
        quote=quote.text,
        after=passage.text[quote.end :],
        source=_place(quote, index),
        anchor=anchor,
        place=Place(quote.paper_id, passage.start + quote.start, passage.start + quote.end),
    )


def _place(quote: Quote, index: Index) -> Line:
    passage = index.passages[quote.passage_id]
    start, end = passage.start + quote.start, passage.start + quote.end
    section = (", section “", Span(passage.section, "foreign"), "”") if passage.section else ()
    return line(
        index.listed_source(quote.paper_id, first=True),
        *section,
        f", characters {start:,}–{end:,} of the {passage.basis}",
    )


def evidence_block(
    evidence: Evidence, claim: Claim, index: Index, *, anchor: str | None
) -> Excerpt:
    """One piece of evidence: place, stance, probability, why, numbers, independence."""
    block, tone = excerpt(evidence.quote, index, anchor=anchor), TONES[evidence.stance]
    told: list[str | Span | Line] = [block.source, ". ", badge(evidence.stance)]
    if evidence.quote == claim.quote and evidence.quote.text == claim.text:
        return replace(block, source=line(*told, ": the claim is these words."), tone=tone)
    told += [f"{probability(evidence)}: ", reason(evidence.why, index)]
    if evidence.numbers != "no numbers" and not evidence.why.startswith(FIGURES_DIFFER):
        told.append(f" The numbers {evidence.numbers}.")
    if evidence.paper_id != claim.paper_id:
        told.append(f" {independence(evidence, claim, index)}")
    return replace(block, source=line(*told), tone=tone)


def independence(evidence: Evidence, claim: Claim, index: Index) -> str:
    """Whether the evidence is independent of the claim's source, and if not, why not."""
    source, other = index.papers[claim.paper_id], index.papers[evidence.paper_id]
    if evidence.independent:
        known = named_authors(source) and named_authors(other)
        return "Independent." if known else "Independent, as far as known: authors are missing."
    if source.identity == other.identity:
        return "Not independent: the same work."
    if shared := shared_authors(source, other):
        one = verb(len(shared), "is an author", "are authors")
        return f"Not independent: {listed(shared)} {one} of both works."
    return "Not independent."
