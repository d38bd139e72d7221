"""Methodology: searches, screening, what the words mean, engine, cost and warnings."""

from assignee.records import Report, SearchLog
from assignee.report.block import Block, Bullets, Heading, Line, Paragraph, Span, Table, line
from assignee.report.index import Index
from assignee.report.opening import read_for_claims
from assignee.report.provenance import stamp_blocks, usage_blocks, warning_blocks
from assignee.report.word import VERDICTS, badge
from assignee.report.wording import (
    amount,
    capital,
    counted,
    listed,
    moment,
    sentence,
    verb,
    was,
)


def methodology(report: Report, index: Index) -> tuple[Block, ...]:
    """All that was done, with the numbers of what was left out at each step."""
    return (
        *search_blocks(report),
        *screening_blocks(report, index),
        *checking_blocks(report, index),
        *stamp_blocks(report.stamp, report.run_id),
        *usage_blocks(report.usage, report.stamp.engine, seconds=report.seconds),
        *warning_blocks(report.warnings),
    )


def search_blocks(report: Report) -> list[Block]:
    """The search log: every query as it was sent, with its hits and errors."""
    log, rounds = report.search, report.counts.rounds
    blocks: list[Block] = [Heading(3, line("Search"))]
    if log.entries:
        sources = list(dict.fromkeys(entry.source for entry in log.entries))
        queries = len(log.entries)
        told = (
            f"{capital(counted(queries, 'query', 'queries'))} {was(queries)} sent to "
            f"{listed(sources)} in {counted(rounds, 'round')}, planned by {report.plan.planner}."
        )
        blocks += [Paragraph(line(told)), _search_table(log)]
    else:
        blocks.append(Paragraph(line("No source was searched: the documents were given.")))
    if log.unread:
        number = len(log.unread)
        told = f"{capital(counted(number, 'document'))} could not be read:"
        blocks += [
            Paragraph(line(told)),
            Bullets(tuple(line(Span(one, "foreign")) for one in log.unread)),
        ]
    return blocks


def _search_table(log: SearchLog) -> Table:
    failed = any(entry.errors for entry in log.entries)
    head = ("Round", "Source", "Query", "Hits", "Kept", "Sent at")
    rows: list[tuple[Line, ...]] = []
    for entry in log.entries:
        row = (
            line(amount(entry.round)),
            line(entry.source),
            line(Span(entry.query, "foreign")),
            line(amount(entry.hits)),
            line(amount(entry.kept)),
            line(moment(entry.time)),
        )
        errors = line(Span("; ".join(entry.errors) or "none", "foreign"))
        rows.append((*row, errors) if failed else row)
    shown = (*head, "Errors") if failed else head
    return Table("Search log", shown, tuple(rows), frozenset((0, 3, 4)))


def screening_blocks(report: Report, index: Index) -> list[Block]:
    """From documents found to claims kept, with what was left out and why."""
    counts = report.counts
    steps = (
        ("Documents found", counts.papers_found),
        ("… screened out as off-topic", counts.papers_screened_out),
        ("Documents read for claims", read_for_claims(report)),
        ("… consulted only as evidence", len(report.papers) - read_for_claims(report)),
        ("Passages read", counts.passages_read),
        ("Documents whose extraction failed", counts.extraction_failed),
        ("Statements drafted with a quote", counts.drafts),
        ("… dropped: quote not found in the text", counts.quotes_unmatched),
        ("… dropped: does not answer the question", counts.off_topic),
        ("… dropped: not understandable by itself", counts.not_self_contained),
        ("… dropped: over the limit of claims", counts.over_limit),
        ("… merged into a near-identical claim", counts.duplicates_merged),
        ("Claims kept", len(report.claims)),
        ("… not checked", index.labels()["not checked"]),
        ("Documents quoted", len(index.cited)),
    )
    rows = tuple((line(name), line(amount(number))) for name, number in steps)
    told = (
        "A statement enters the report only with a quote that stands word for word in the text "
        "that was read, found by exact search and then with white space and Unicode forms "
        "evened out."
    )
    table = Table("From documents to claims", ("Step", "Number"), rows, frozenset((1,)))
    return [Heading(3, line("Screening and extraction")), Paragraph(line(told)), table]


def checking_blocks(report: Report, index: Index) -> list[Block]:
    """How claims were judged, what each verdict word means, and what confidence means."""
    told = (
        "Two questions are kept apart. “In its source”: does the cited document really say "
        "this, judged on its own text? “Elsewhere”: do independent other papers support or "
        "contradict it? Independent means another work with no author in common, as far as "
        "authors are known; agreement by shared authors is shown but does not verify."
    )
    labels = index.labels()
    rows = tuple(
        (line(badge(word)), line(sentence(meaning)), line(amount(labels[word])))
        for word, meaning in VERDICTS.items()
    )
    table = Table("Verdicts", ("Verdict", "What it means", "Claims"), rows, frozenset((2,)))
    return [
        Heading(3, line("Checking")),
        Paragraph(line(told, *_judges(report))),
        table,
        Paragraph(line(confidence_sentence(report))),
    ]


def _judges(report: Report) -> list[str]:
    judged = [verdict for verdict in report.verdicts if verdict.label != "not checked"]
    if not judged:
        return []
    judges = sorted({verdict.judge for verdict in judged})
    windows = sum(verdict.considered for verdict in judged)
    return [
        f" {capital(counted(windows, 'comparison'))} of a claim with a passage of another paper "
        f"{was(windows)} made, by {listed(judges)}."
    ]


def confidence_sentence(report: Report) -> str:
    """What the confidence column means, or why it is empty."""
    missing = sum(verdict.confidence is None for verdict in report.verdicts)
    present = len(report.verdicts) - missing
    meaning = "Confidence is a calibrated probability that the verdict is right."
    if not missing:
        return meaning if present else "There are no verdicts, so there is no confidence to give."
    reason = (
        "No confidence is given: nothing that judged these claims has been calibrated, and an "
        "uncalibrated number would claim more than is known."
    )
    if not present:
        return reason
    return (
        f"{meaning} {capital(counted(missing, 'claim'))} {verb(missing, 'has', 'have')} none, "
        "because what judged them was not calibrated or they were not judged."
    )
