"""Methodology: searches, screening, what the words mean, engine, cost and warnings."""

from collections.abc import Sequence

from assignee.agents.methodology import (
    QUOTES,
    TWO_QUESTIONS,
    VERDICTS,
    is_query,
    judge_sentences,
    screening_steps,
    search_sentences,
)
from assignee.agents.wording import capital, counted, listed, sentence
from assignee.records import Report, SearchEntry, Stamp
from assignee.report.block import Block, Bullets, Heading, Line, Paragraph, Span, Table, line
from assignee.report.index import Index
from assignee.report.opinion import confidence_told
from assignee.report.provenance import stamp_blocks, usage_blocks, warning_blocks
from assignee.report.word import badge
from assignee.report.wording import amount, moment

CALIBRATION = "calibration of "
"""What stands before a judge's name where the stamp tells its profile's digest."""


def methodology(report: Report, index: Index) -> tuple[Block, ...]:
    """All that was done, with the numbers of what was left out at each step."""
    return (
        *search_blocks(report),
        *screening_blocks(report),
        *checking_blocks(report, index),
        *stamp_blocks(report.stamp, report.run_id, usage=report.usage),
        *usage_blocks(report.usage, report.stamp.engine, seconds=report.seconds),
        *warning_blocks(report.warnings),
    )


def search_blocks(report: Report) -> list[Block]:
    """What was searched, and every query as it was sent, with its hits and errors."""
    log = report.search
    told = search_sentences(log, rounds=report.counts.rounds, planner=report.plan.planner)
    blocks: list[Block] = [Heading(3, line("Search")), Paragraph(line(" ".join(told)))]
    if queries := [entry for entry in log.entries if is_query(entry)]:
        blocks.append(_search_table(queries))
    if log.unread:
        number = len(log.unread)
        unread = f"{capital(counted(number, 'document'))} could not be read:"
        blocks += [
            Paragraph(line(unread)),
            Bullets(tuple(line(Span(one, "foreign")) for one in log.unread)),
        ]
    return blocks


def _search_table(queries: Sequence[SearchEntry]) -> Table:
    failed = any(entry.errors for entry in queries)
    head = ("Round", "Source", "Query", "Hits", "Kept", "Sent at")
    rows: list[tuple[Line, ...]] = []
    for entry in queries:
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


def screening_blocks(report: Report) -> list[Block]:
    """From documents found to claims kept, with what was left out and why."""
    steps = screening_steps(
        report.counts, claims=report.claims, verdicts=report.verdicts, papers=report.papers,
        passages=report.passages,
    )  # fmt: skip
    rows = tuple(
        (line(f"… {step.name}" if step.part else step.name), line(amount(step.number)))
        for step in steps
    )
    table = Table("From documents to claims", ("Step", "Number"), rows, frozenset((1,)))
    return [Heading(3, line("Screening and extraction")), Paragraph(line(QUOTES)), table]


def checking_blocks(report: Report, index: Index) -> list[Block]:
    """How claims were judged, what each verdict word means, and what confidence means."""
    labels = index.labels()
    rows = tuple(
        (line(badge(word)), line(sentence(meaning)), line(amount(labels[word])))
        for word, meaning in VERDICTS.items()
    )
    table = Table("Verdicts", ("Verdict", "What it means", "Claims"), rows, frozenset((2,)))
    told = " ".join([TWO_QUESTIONS, *judge_sentences(report.verdicts)])
    return [
        Heading(3, line("Checking")),
        Paragraph(line(told)),
        table,
        Paragraph(line(" ".join([confidence_told(report.verdicts), *_calibrations(report.stamp)]))),
    ]


def _calibrations(stamp: Stamp) -> list[str]:
    """Which profiles made probabilities of the judges' scores, as far as the stamp names them."""
    profiles = {
        role.removeprefix(CALIBRATION): digest
        for role, digest in sorted(stamp.models.items())
        if role.startswith(CALIBRATION)
    }
    if not profiles:
        return []
    told = listed([f"{digest} for {judge}" for judge, digest in profiles.items()])
    return [
        f"Probabilities come from a calibration profile, fitted on labelled claims: {told}. A "
        "profile holds its method, the sets that it was fitted on, and how far it can be believed."
    ]
