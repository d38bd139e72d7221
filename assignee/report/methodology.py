"""Methodology: searches, screening, what the words mean, engine, cost and warnings."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice, zip_longest

from assignee.agents.methodology import (
    QUOTES,
    TWO_QUESTIONS,
    VERDICTS,
    full_text_sentences,
    judge_sentences,
    screening_steps,
)
from assignee.agents.wording import capital, counted, listed, sentence, was
from assignee.records import Flow, Report, Screened, Stamp
from assignee.report.block import (
    Block,
    Details,
    Heading,
    Paragraph,
    Span,
    Table,
    line,
)
from assignee.report.flow_diagram import flow_diagram, inconsistencies
from assignee.report.index import Index
from assignee.report.opinion import confidence_told
from assignee.report.provenance import stamp_blocks, usage_blocks, warning_blocks
from assignee.report.search import search_blocks
from assignee.report.word import badge
from assignee.report.wording import amount, one_line

CALIBRATION = "calibration of "
"""What stands before a judge's name where the stamp tells its profile's digest."""

MOST_LEFT_OUT = 10
"""Papers that the report names among those left out; screening.csv names them all."""

DECIDED_BY: dict[str, str] = {
    "relevance": "relevance",
    "criteria": "the user's criteria",
    "user": "the user's decision",
    "limit": "the limit of papers",
    "retraction": "retraction",
    "withdrawal": "withdrawal",
    "no text": "no text",
}


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
    full = full_text_sentences(report.search, claims=report.claims, passages=report.passages)
    return [
        Heading(3, line("Screening and extraction")),
        *flow_blocks(report.search.flow),
        *left_out_blocks(report.search.screening),
        *([Paragraph(line(" ".join(full)))] if full else []),
        Paragraph(line(QUOTES)),
        table,
    ]


def flow_blocks(flow: Flow) -> list[Block]:
    """The flow diagram, and where its counts do not add up; empty when nothing was counted."""
    if flow == Flow():
        return []
    blocks: list[Block] = [flow_diagram(flow)]
    if wrong := inconsistencies(flow):
        told = f"These counts do not add up: {'; '.join(wrong)}."
        blocks.append(Paragraph(line(told), "warning"))
    return blocks


def left_out_blocks(screening: Sequence[Screened]) -> list[Block]:
    """How many papers screening left out for which reason, and examples; empty without any."""
    excluded = [paper for paper in screening if paper.decision == "excluded"]
    if not excluded:
        return []
    number, by_reason = len(excluded), Counter(paper.by for paper in excluded)
    reasons = [f"{count:,} by {DECIDED_BY[by]}" for by, count in by_reason.most_common()]
    told = f"{capital(counted(number, 'paper'))} {was(number)} left out in screening: "
    rows = tuple(
        (
            line(Span(one_line(paper.title), "title")),
            line(DECIDED_BY[paper.by]),
            line(Span(one_line(paper.reason), "foreign")),
        )
        for paper in examples(excluded)
    )
    more = number - len(rows)
    notes = (line(f"… and {more:,} more, all of them in screening.csv."),) if more else ()
    table = Table(
        "Papers left out in screening", ("Paper", "Decided by", "Reason"), rows, notes=notes
    )
    which = f"{len(rows)} of the papers left out" if more else "The papers left out"
    return [
        Paragraph(line(f"{told}{listed(reasons)}.")),
        Details(line(f"{which}, with reasons"), (table,)),
    ]


def examples(excluded: Sequence[Screened]) -> list[Screened]:
    """The first `MOST_LEFT_OUT` papers, taken from each kind of reason in turn, in their order."""
    places: dict[str, list[int]] = {}
    for place, paper in enumerate(excluded):
        places.setdefault(paper.by, []).append(place)
    turns = (turn for each in zip_longest(*places.values()) for turn in each if turn is not None)
    return [excluded[place] for place in sorted(islice(turns, MOST_LEFT_OUT))]


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
