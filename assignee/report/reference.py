"""References: every document that was read, cited ones first, numbered as in the text.

An entry says what kind of publication it is, whether it is open, how often it was cited and when
that was counted, and every notice about it.
"""

from assignee.agents.wording import capital, counted, sentence, verb
from assignee.records import Notice, Paper, Report
from assignee.report.block import Block, Entries, Entry, Line, Paragraph, Span, Tone, joined, line
from assignee.report.index import Index
from assignee.report.label import (
    STATUS_NOUNS,
    identifiers,
    is_cut,
    named_authors,
    short_authors,
    status_noun,
    web_address,
    work_label,
)
from assignee.report.opening import notes_sentence
from assignee.report.wording import long_date, one_line
from assignee.settings import CitationStyle

ENDS = (".", "?", "!")
"""A title that ends so takes no further stop."""


def references(report: Report, index: Index) -> tuple[Block, ...]:
    """What the list holds, then one entry a document."""
    read, cited = len(index.papers), len(index.cited)
    uncited = read - cited
    told = f"{capital(counted(read, 'document'))} {verb(read, 'was', 'were')} read."
    if uncited and cited:
        told += (
            f" The first {cited:,} {verb(cited, 'is', 'are')} quoted in this report, the other "
            f"{uncited:,} {verb(uncited, 'is', 'are')} not."
        )
    notes = notes_sentence(report)
    entries = tuple(
        Entry(number, f"ref-{number}", entry_line(index.papers[paper_id], index.citations))
        for paper_id, number in index.paper_numbers.items()
    )
    blocks: tuple[Block, ...] = (Paragraph(line(f"{told} {notes}".strip()), "small"),)
    return (*blocks, Entries(entries)) if entries else blocks


def entry_line(paper: Paper, citations: CitationStyle = "author-year") -> Line:
    """One reference; notices stand first, and a note is called a note about its work.

    The year stands after the authors or, in the numeric style, after the venue.
    """
    numeric = citations == "numeric"
    return line(
        *(part for notice in paper.notices for part in _notice(notice)),
        _note(paper, numeric) if paper.kind == "note" else _work(paper, numeric),
        *([Span(one_line(sentence(paper.venue)), "foreign"), " "] if paper.venue else ()),
        f"{capital(_year(paper))}. " if numeric else "",
        _addresses(paper),
        f"{capital(_status(paper))}{_open_access(paper)}.",
        _cited(paper),
    )


def _notice(notice: Notice) -> tuple[Span | str, ...]:
    word = "retracted" if notice.kind == "retraction" else notice.kind
    when = f" ({long_date(notice.date)})" if notice.date else ""
    where = f", doi:{notice.doi}" if notice.doi else ""
    tone: Tone = "bad" if notice.kind == "retraction" else "mixed"
    return (Span(word.upper(), "badge", tone=tone), f"{when}{where} ")


def _year(paper: Paper) -> str:
    return str(paper.year or "undated")


def _note(paper: Paper, numeric: bool) -> Line:
    return line(
        "Note about: ",
        Span(short_authors(paper) if numeric else work_label(paper), "foreign"),
        ", ",
        Span(one_line(paper.title), "title"),
        " " if one_line(paper.title).endswith(ENDS) else ". ",
    )


def _work(paper: Paper, numeric: bool) -> Line:
    authors = ", ".join(one_line(name) for name in named_authors(paper)) or "Unknown authors"
    others = " et al." if is_cut(paper) else ""
    return line(
        Span(authors + others, "foreign"),
        (" " if others else ". ") if numeric else f" ({_year(paper)}). ",
        Span(one_line(paper.title), "title"),
        " " if one_line(paper.title).endswith(ENDS) else ". ",
    )


def _addresses(paper: Paper) -> Line:
    links = [line(Span(text, "plain", url)) for text, url in identifiers(paper)]
    url = web_address(paper.url)
    if url is not None and all(url != link[0].href for link in links):
        links.append(line(Span(url, "plain", url)))
    return line(joined(links), ". ") if links else ()


def _open_access(paper: Paper) -> str:
    """How it may be read; nothing where no source said so."""
    if paper.open_access == "unknown":
        return ""
    return (
        ", not open access"
        if paper.open_access == "closed"
        else f", {paper.open_access} open access"
    )


def _cited(paper: Paper) -> str:
    """How often it was cited, when that was read, and who counted."""
    if paper.citation_count is None:
        return ""
    who = paper.field_sources.get("citation_count")
    when = f" as of {long_date(paper.citation_date)}" if paper.citation_date else ""
    by = f" ({who})" if who else ""
    return f" Cited {counted(paper.citation_count, 'time')}{when}{by}."


def _status(paper: Paper) -> str:
    """What was read; for a note also what the work is, as its metadata say."""
    if paper.kind == "paper":
        return status_noun(paper)
    if paper.publication_status == "unknown":
        return "the work's publication status is unknown"
    return f"the work is a {STATUS_NOUNS[paper.publication_status][0]}"
