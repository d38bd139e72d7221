"""Methodology: searches, screening, what the words mean, engine, cost and warnings."""

from collections.abc import Sequence

from assignee.agents.methodology import (
    QUOTES,
    TWO_QUESTIONS,
    VERDICTS,
    failure_sentences,
    filter_sentences,
    full_text_sentences,
    is_query,
    judge_sentences,
    screening_steps,
    search_sentences,
)
from assignee.agents.wording import capital, counted, listed, sentence
from assignee.records import Flow, Report, Screened, SearchEntry, Stamp, Way
from assignee.report.block import (
    Block,
    Bullets,
    Details,
    Heading,
    Line,
    Paragraph,
    Span,
    Table,
    line,
)
from assignee.report.flow_diagram import flow_diagram, inconsistencies
from assignee.report.index import Index
from assignee.report.opinion import confidence_told
from assignee.report.provenance import stamp_blocks, usage_blocks, warning_blocks
from assignee.report.word import badge
from assignee.report.wording import amount, moment, one_line

CALIBRATION = "calibration of "
"""What stands before a judge's name where the stamp tells its profile's digest."""

MOST_LEFT_OUT = 20
"""Papers that the report names among those left out; screening.csv names them all."""

WAYS: dict[Way, str] = {"query": "", "backward": "cited by ", "forward": "citing "}
"""What stands before a query or, where citations were followed, before the paper."""

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


def search_blocks(report: Report) -> list[Block]:
    """What was searched, with which filters, what failed, and every query as it was sent."""
    log = report.search
    told = [
        *search_sentences(log, rounds=report.counts.rounds, planner=report.plan.planner),
        *filter_sentences(log.terms),
    ]
    blocks: list[Block] = [Heading(3, line("Search")), Paragraph(line(" ".join(told)))]
    if failed := failure_sentences(log):
        blocks.append(Paragraph(line(" ".join(failed))))
    if log.saturation:
        blocks.append(Paragraph(line(Span(sentence(log.saturation), "foreign"))))
    blocks += source_blocks([entry for entry in log.entries if is_query(entry)])
    if log.unread:
        number = len(log.unread)
        unread = f"{capital(counted(number, 'document'))} could not be read:"
        blocks += [
            Paragraph(line(unread)),
            Bullets(tuple(line(Span(one, "foreign")) for one in log.unread)),
        ]
    return blocks


def source_blocks(queries: Sequence[SearchEntry]) -> list[Block]:
    """A table of the sources, and for each all that was sent to it; empty without queries."""
    if not queries:
        return []
    sources = dict.fromkeys(entry.source for entry in queries)
    of_source = {name: [entry for entry in queries if entry.source == name] for name in sources}
    head = ("Source", "Searches", "Hits", "Read", "Pages", "Retries", "Errors")
    rows = tuple(_totals(name, entries) for name, entries in of_source.items())
    return [
        Table("Sources searched", head, rows, frozenset(range(1, 7))),
        *(
            Details(
                line(f"{capital(counted(len(entries), 'search', 'searches'))} in ", _source(name)),
                (_sent_table(name, entries),),
            )
            for name, entries in of_source.items()
        ),
    ]


def _source(name: str) -> Span:
    return Span(one_line(name), "foreign")


def _totals(name: str, entries: Sequence[SearchEntry]) -> tuple[Line, ...]:
    numbers = (
        len(entries),
        sum(entry.hits for entry in entries),
        sum(entry.kept for entry in entries),
        sum(entry.pages for entry in entries),
        sum(entry.retries for entry in entries),
        sum(len(entry.errors) for entry in entries),
    )
    return (line(_source(name)), *(line(amount(number)) for number in numbers))


def _sent_table(source: str, entries: Sequence[SearchEntry]) -> Table:
    failed = any(entry.errors for entry in entries)
    head = ("Round", "Query", "As sent", "Hits", "Read", "Pages", "Retries", "Time")
    rows: list[tuple[Line, ...]] = []
    for entry in entries:
        row = (
            line(amount(entry.round)),
            line(WAYS[entry.way], Span(entry.query, "foreign")),
            line(Span(entry.sent, "code") if entry.sent else "–"),
            line(amount(entry.hits)),
            line(amount(entry.kept)),
            line(amount(entry.pages)),
            line(amount(entry.retries)),
            line(moment(entry.time)),
        )
        errors = line(Span("; ".join(entry.errors) or "none", "foreign"))
        rows.append((*row, errors) if failed else row)
    shown = (*head, "Errors") if failed else head
    caption = f"Search log of {one_line(source)}"
    return Table(caption, shown, tuple(rows), frozenset((0, 3, 4, 5, 6)), main=2)


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
    """The papers that screening left out, each with its reason; empty without any."""
    excluded = [paper for paper in screening if paper.decision == "excluded"]
    if not excluded:
        return []
    number = len(excluded)
    rows = tuple(
        (
            line(Span(one_line(paper.title), "title")),
            line(DECIDED_BY[paper.by]),
            line(Span(one_line(paper.reason), "foreign")),
        )
        for paper in excluded[:MOST_LEFT_OUT]
    )
    more = number - len(rows)
    notes = (line(f"… and {more:,} more, all of them in screening.csv."),) if more else ()
    table = Table(
        "Papers left out in screening", ("Paper", "Decided by", "Reason"), rows, notes=notes
    )
    summary = f"{capital(counted(number, 'paper'))} left out in screening, with reasons"
    return [Details(line(summary), (table,))]


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
