"""Extracted claims: where two opinions differ, the table, then each claim with its evidence."""

from dataclasses import replace

from assignee.agents.methodology import confidence_sentence
from assignee.agents.wording import counted, listed, sentence, verb
from assignee.records import (
    Agreement,
    Claim,
    Evidence,
    Quote,
    Report,
    SecondOpinion,
    Verdict,
    VerdictLabel,
)
from assignee.report.block import (
    Block,
    Bullets,
    Details,
    Excerpt,
    Heading,
    Line,
    Paragraph,
    Span,
    Table,
    line,
)
from assignee.report.index import Index
from assignee.report.label import named_authors, shared_authors
from assignee.report.word import TONES, badge

NO_CONFIDENCE = "–"


def claims(report: Report, index: Index) -> tuple[Block, ...]:
    """The claims' table, and below it all that stands behind each claim."""
    if not report.claims:
        return (Paragraph(line("No claims were extracted.")),)
    told = (
        "Each claim is followed by the words that it was taken from and by the evidence of other "
        "documents. Characters are counted from the start of a document's text as it was read."
    )
    blocks = [*differing(report, index), _table(report, index), Paragraph(line(told), "small")]
    for claim in report.claims:
        blocks += claim_blocks(claim, index)
    return tuple(blocks)


def differing(report: Report, index: Index) -> list[Block]:
    """The claims on which two judges disagree, which deserve a reader's eye first."""
    apart = [v for v in report.verdicts if v.agreement == "disagree" and v.second is not None]
    if not apart:
        return []
    both = sum(verdict.agreement != "one opinion" for verdict in report.verdicts)
    told = (
        f"Two judges gave an opinion on {counted(both, 'claim')}; on {len(apart):,} they differ. "
        "These are the ones to read first."
    )
    lines = [
        line(
            index.claim_link(verdict.claim_id),
            " ",
            Span(index.claims[verdict.claim_id].text, "foreign"),
            " ",
            *_opinion(verdict.label, verdict.confidence, verdict.judge),
            " against ",
            *_opinion(verdict.second.label, verdict.second.confidence, verdict.second.judge),
            ".",
        )
        for verdict in apart
        if verdict.second is not None and verdict.claim_id in index.claims
    ]
    heading = Heading(3, line("Where the two opinions differ"))
    return [heading, Paragraph(line(told)), Bullets(tuple(lines)), Heading(3, line("All claims"))]


def _opinion(label: VerdictLabel, sure: float | None, judge: str) -> Line:
    stated = "" if sure is None else f", confidence {sure:.2f}"
    return line(badge(label), " (", Span(judge, "code"), f"{stated})")


def _table(report: Report, index: Index) -> Table:
    head = ("No.", "Claim", "Source", "In its source", "Elsewhere", "Verdict", "Confidence")
    missing = sum(verdict.confidence is None for verdict in report.verdicts)
    columns = len(head) - (missing == len(report.verdicts))
    rows = []
    for claim in report.claims:
        verdict, number = index.verdicts[claim.id], index.claim_numbers[claim.id]
        elsewhere = Span(
            verdict.corroboration, "badge", f"#c{number}-evidence", TONES[verdict.corroboration]
        )
        rows.append(
            (
                line(index.claim_link(claim.id)),
                line(Span(claim.text, "foreign")),
                index.listed_source(claim.paper_id, first=True),
                line(badge(verdict.attribution)),
                line(elsewhere if _has_evidence(verdict) else badge(verdict.corroboration)),
                line(badge(verdict.label)),
                line(confidence(verdict)),
            )[:columns]
        )
    dash = f"“{NO_CONFIDENCE}” stands where there is none. " if columns == len(head) else ""
    notes = (line(dash + confidence_sentence(report.verdicts)),) if missing else ()
    return Table("Claims and verdicts", head[:columns], tuple(rows), frozenset((6,)), notes, 1)


def _has_evidence(verdict: Verdict) -> bool:
    return bool(verdict.evidence_for or verdict.evidence_against)


def confidence(verdict: Verdict) -> str:
    """Two decimals, or a dash when there is none."""
    return NO_CONFIDENCE if verdict.confidence is None else f"{verdict.confidence:.2f}"


def claim_blocks(claim: Claim, index: Index) -> list[Block]:
    """One claim: its words, its source's words, mentions merged into it, verdict and evidence."""
    number, verdict = index.claim_numbers[claim.id], index.verdicts[claim.id]
    heading = line(f"C{number}. ", Span(claim.text, "foreign"))
    blocks: list[Block] = [
        Heading(4, heading, f"c{number}"),
        Paragraph(_verdict_line(claim, verdict), "small"),
        _source_block(claim, verdict, index),
    ]
    for mention in claim.merged_from:
        told = line("A near-identical claim merged into it: “", Span(mention.text, "foreign"), "”")
        blocks += [Paragraph(told, "small"), excerpt(mention.quote, index)]
    blocks += _evidence_blocks(claim, verdict, index)
    if verdict.second is not None:
        blocks += second_blocks(claim, verdict.second, verdict.agreement, index)
    return blocks


def second_blocks(
    claim: Claim, second: SecondOpinion, agreement: Agreement, index: Index
) -> list[Block]:
    """The other judge's opinion of a claim, with the evidence that it saw."""
    number = index.claim_numbers[claim.id]
    how = {"agree": "agrees", "disagree": "disagrees", "one opinion": "gave no opinion"}[agreement]
    told = line(
        f"The second opinion {how}: ",
        *_opinion(second.label, second.confidence, second.judge),
        ". In its source: ",
        badge(second.attribution),
        ". Elsewhere: ",
        badge(second.corroboration),
        ".",
    )
    shown: list[Block] = []
    for name, pieces in (("For", second.evidence_for), ("Against", second.evidence_against)):
        if pieces:
            shown.append(Paragraph(line(Span(name, "strong"))))
        shown += [evidence_block(one, claim, index, anchor=None) for one in pieces]
    blocks: list[Block] = [Paragraph(told, "small")]
    if shown:
        pro, con = len(second.evidence_for), len(second.evidence_against)
        summary = f"Its evidence: {pro or 'none'} for and {con or 'none'} against"
        blocks.append(Details(line(summary), tuple(shown), f"c{number}-second"))
    return blocks


def _source_block(claim: Claim, verdict: Verdict, index: Index) -> Excerpt:
    """The claim's quote; with what the check of its source found where it judged these words."""
    for evidence in verdict.attribution_evidence:
        if evidence.quote == claim.quote:
            return evidence_block(evidence, claim, index, anchor=None)
    return excerpt(claim.quote, index)


def _verdict_line(claim: Claim, verdict: Verdict) -> Line:
    given = "" if verdict.confidence is None else f", confidence {confidence(verdict)}"
    return line(
        badge(verdict.label),
        f"{given}: {sentence(verdict.rule)} In its source: ",
        badge(verdict.attribution),
        ". Elsewhere: ",
        badge(verdict.corroboration),
        f". Relevance to the question {claim.relevance:.2f}.",
    )


def _evidence_blocks(claim: Claim, verdict: Verdict, index: Index) -> list[Block]:
    number = index.claim_numbers[claim.id]
    own = [one for one in verdict.attribution_evidence if one.quote != claim.quote]
    groups = (
        ("In its own source", own),
        ("For", verdict.evidence_for),
        ("Against", verdict.evidence_against),
    )
    shown: list[Block] = []
    order = 0
    for name, evidence in groups:
        if evidence:
            shown.append(Paragraph(line(Span(name, "strong"))))
        for one in evidence:
            order += 1
            shown.append(evidence_block(one, claim, index, anchor=f"c{number}-e{order}"))
    told: list[Block] = []
    if not _has_evidence(verdict):
        told.append(Paragraph(line(_searched(verdict)), "small"))
    if shown:
        told.append(Details(line(_summary(verdict, len(own))), tuple(shown), f"c{number}-evidence"))
    return told


def _summary(verdict: Verdict, own: int) -> str:
    if not _has_evidence(verdict):
        return f"Evidence: {own} more in its own source"
    pro, con = len(verdict.evidence_for), len(verdict.evidence_against)
    more = f", {own} more in its own source" if own else ""
    return f"Evidence: {pro or 'none'} for and {con or 'none'} against in other documents{more}"


def _searched(verdict: Verdict) -> str:
    if verdict.label == "not checked":
        return "No evidence: the claim was not checked."
    number = verdict.considered
    return (
        f"No evidence for or against it elsewhere: {counted(number, 'passage')} of other documents "
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
    """One piece of evidence: place, stance, why, numbers, probability, independence."""
    block, tone = excerpt(evidence.quote, index, anchor=anchor), TONES[evidence.stance]
    told: list[str | Span | Line] = [block.source, ". ", badge(evidence.stance)]
    if evidence.quote == claim.quote and evidence.quote.text == claim.text:
        return replace(block, source=line(*told, ": the claim is these words."), tone=tone)
    if evidence.probability is not None:
        told.append(f" (probability {evidence.probability:.2f})")
    told += [": ", index.prose(sentence(evidence.why))]
    if evidence.numbers != "no numbers":
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
