"""The search as the methodology tells it: sources, queries, faults, and what was sent to each."""

from collections import Counter
from collections.abc import Sequence

from assignee.agents.methodology import (
    failure_sentences,
    filter_sentences,
    search_sentences,
)
from assignee.agents.wording import capital, counted, sentence
from assignee.records import Report, SearchEntry, Way
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
from assignee.report.wording import amount, moment, one_line, span_of_time

MOST_FAULTS = 10
"""Different faults of sources that the report names; search_log.json holds them all."""

WAYS: dict[Way, str] = {"query": "", "backward": "cited by ", "forward": "citing "}
"""What stands before a query or, where citations were followed, before the paper."""


def search_blocks(report: Report) -> list[Block]:
    """What was searched, with which filters and words, what failed, and what was sent."""
    log = report.search
    told = [
        *search_sentences(log, rounds=report.counts.rounds, planner=report.plan.planner),
        *filter_sentences(log.terms),
    ]
    asked = [entry for entry in log.entries if not entry.taken_whole]
    blocks: list[Block] = [Heading(3, line("Search")), Paragraph(line(" ".join(told)))]
    if failed := failure_sentences(log):
        blocks.append(Paragraph(line(" ".join(failed))))
    blocks += fault_blocks(asked)
    if log.saturation:
        blocks.append(Paragraph(line(Span(sentence(log.saturation), "foreign"))))
    blocks += [*source_blocks(asked), *query_blocks(asked), *sent_blocks(asked)]
    if log.unread:
        number = len(log.unread)
        unread = f"{capital(counted(number, 'document'))} could not be read:"
        blocks += [
            Paragraph(line(unread)),
            Bullets(tuple(line(Span(one, "foreign")) for one in log.unread)),
        ]
    return blocks


def fault_blocks(asked: Sequence[SearchEntry]) -> list[Block]:
    """The faults of each source in its own words, each once with how often; empty without any."""
    faults = Counter((entry.source, error) for entry in asked for error in entry.errors)
    if not faults:
        return []
    shown = [
        line(_source(source), ": ", Span(error, "foreign"), f" ({number:,} times)" * (number > 1))
        for (source, error), number in faults.most_common(MOST_FAULTS)
    ]
    if more := len(faults) - len(shown):
        shown.append(line(f"… and {more:,} more, all of them in search_log.json"))
    return [Bullets(tuple(shown))]


def source_blocks(asked: Sequence[SearchEntry]) -> list[Block]:
    """A table of the sources, one row each; empty when nothing was asked."""
    if not asked:
        return []
    head = (
        "Source", "Queries", "Citation searches", "Hits", "Kept", "Pages", "Errors", "Retries",
        "Time",
    )  # fmt: skip
    rows = tuple(_totals(name, entries) for name, entries in _by_source(asked).items())
    return [Table("Sources searched", head, rows, frozenset(range(1, 8)))]


def _by_source(asked: Sequence[SearchEntry]) -> dict[str, list[SearchEntry]]:
    sources = dict.fromkeys(entry.source for entry in asked)
    return {name: [entry for entry in asked if entry.source == name] for name in sources}


def _source(name: str) -> Span:
    return Span(one_line(name), "foreign")


def _totals(name: str, entries: Sequence[SearchEntry]) -> tuple[Line, ...]:
    queries = sum(entry.way == "query" for entry in entries)
    numbers = (
        queries,
        len(entries) - queries,
        sum(entry.hits for entry in entries),
        sum(entry.kept for entry in entries),
        sum(entry.pages for entry in entries),
        sum(len(entry.errors) for entry in entries),
        sum(entry.retries for entry in entries),
    )
    times = line(span_of_time([entry.time for entry in entries]))
    return (line(_source(name)), *(line(amount(number)) for number in numbers), times)


def query_blocks(asked: Sequence[SearchEntry]) -> list[Block]:
    """What was asked for in each round, in the planner's words, each once."""
    rounds: dict[int, dict[str, None]] = {}
    for entry in asked:
        if entry.way == "query":
            rounds.setdefault(entry.round, {})[entry.query] = None
    blocks: list[Block] = []
    for number, queries in sorted(rounds.items()):
        which = f"Queries of round {number}:" if len(rounds) > 1 else "Queries:"
        worded = tuple(line(Span(query, "foreign")) for query in queries)
        blocks += [Paragraph(line(which)), Bullets(worded)]
    return blocks


def sent_blocks(asked: Sequence[SearchEntry]) -> list[Block]:
    """For each source all that it received, folded away; empty when nothing was asked."""
    if not asked:
        return []
    tables = tuple(
        Details(
            line(f"{capital(counted(len(entries), 'search', 'searches'))} in ", _source(name)),
            (_sent_table(name, entries),),
        )
        for name, entries in _by_source(asked).items()
    )
    elsewhere = (
        "Each search as its source received it, with its time, hits and errors, is in "
        "search_log.json."
    )
    return [Details(line("Searches as each source received them"), tables, None, line(elsewhere))]


def _sent_table(source: str, entries: Sequence[SearchEntry]) -> Table:
    failed = any(entry.errors for entry in entries)
    head = ("Round", "Query", "As sent", "Hits", "Kept", "Pages", "Retries", "Time")
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
