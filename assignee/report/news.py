"""New since an earlier search: what a repeated search found that the earlier one had not."""

from assignee.agents.news import gone, repeated, retracted_since
from assignee.records import News, Paper, Report, Screened
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
from assignee.report.label import listed_label
from assignee.report.wording import long_date, one_line

MOST = 20
"""Papers that are named; search_log.json names them all."""


def news_blocks(report: Report, index: Index) -> list[Block]:
    """What is new, what of it was read and quoted, and what is gone; empty without news."""
    news = report.search.news
    if news is None:
        return []
    blocks: list[Block] = [
        Heading(3, line(f"New since {long_date(news.since)}")),
        Paragraph(line(repeated(news, date=long_date(news.since)))),
    ]
    if claims := _claims(news, index):
        blocks.append(Paragraph(line("Claims from new papers: ", claims, ".")))
    if news.retracted:
        blocks += [
            Paragraph(line(retracted_since(news)), "warning"),
            Bullets(tuple(line(_title(paper)) for paper in _papers(news.retracted, report))),
        ]
    if news.new:
        blocks.append(_table(news, report, index))
    if news.gone:
        shown = tuple(line(Span(one_line(title), "title")) for title in news.gone[:MOST])
        first = f"; the first {MOST}" if len(news.gone) > MOST else ""
        blocks += [Paragraph(line(f"{gone(news)}{first}:")), Bullets(shown)]
    return blocks


def _claims(news: News, index: Index) -> Line:
    new = frozenset(news.new)
    links = [line(index.claim_link(c.id)) for c in index.claims.values() if c.paper_id in new]
    return joined(links)


def _papers(ids: tuple[str, ...], report: Report) -> list[Paper]:
    known = {paper.id: paper for paper in report.search.found}
    return [known[paper_id] for paper_id in ids if paper_id in known]


def _title(paper: Paper) -> Span:
    return Span(one_line(paper.title), "title")


def _table(news: News, report: Report, index: Index) -> Table:
    screened = {one.paper_id: one for one in report.search.screening}
    papers = _papers(news.new, report)
    # What was read stands first: it is what the report rests on.
    papers.sort(key=lambda paper: paper.id not in index.papers)
    rows = tuple(
        (
            line(_title(paper)),
            line(Span(listed_label(paper), "foreign")),
            _fate(paper, screened.get(paper.id), index),
        )
        for paper in papers[:MOST]
    )
    more = len(papers) - len(rows)
    notes = (line(f"… and {more:,} more, all of them in search_log.json."),) if more else ()
    return Table("New papers", ("Paper", "By", "What became of it"), rows, notes=notes)


def _fate(paper: Paper, screened: Screened | None, index: Index) -> Line:
    if paper.id in index.paper_numbers:
        quoted = "quoted" if paper.id in index.cited else "not quoted"
        return line("read ", index.reference_link(paper.id), f", {quoted}")
    if screened is None or screened.decision == "included":
        return line("not read")
    return line("left out: ", Span(one_line(screened.reason), "foreign"))
