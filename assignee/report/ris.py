"""The references as RIS, which reference managers read, in the report's order."""

from collections.abc import Iterator

from assignee.records import Paper, Report
from assignee.report.bibtex import citation_keys, notes_on
from assignee.report.index import Index
from assignee.report.label import is_cut, named_authors, parted_name, web_address
from assignee.report.wording import one_line

TYPES = {"journal": "JOUR", "conference": "CPAPER", "preprint": "UNPB", "unknown": "GEN"}
"""Publication status to RIS's type of reference."""

AUTHORS_ARE_CUT = "The list of authors is not complete"


def render_ris(report: Report) -> str:
    """Every document that was read, one record each, cited ones first; lines end in CR LF.

    Raises:
        ReportFormatError: the report's parts do not fit together.
    """
    papers = tuple(Index.of(report).papers.values())
    keys = citation_keys(papers)
    records = ("\r\n".join(_lines(paper, keys[paper.id])) for paper in papers)
    return "".join(f"{record}\r\n\r\n" for record in records)


def _lines(paper: Paper, key: str) -> Iterator[str]:
    """`TAG  - value`; each value on one line, so that no text can open or close a record."""
    yield f"TY  - {TYPES[paper.publication_status]}"
    for tag, value in _fields(paper, key):
        if told := one_line(value):
            yield f"{tag}  - {told}"
    yield "ER  - "


def _fields(paper: Paper, key: str) -> Iterator[tuple[str, str]]:
    yield "ID", key
    yield "TI", paper.title
    for name in named_authors(paper):
        yield "AU", ", ".join(filter(None, parted_name(name)))
    yield "PY", str(paper.year or "")
    yield "T2", paper.venue or ""
    yield "DO", paper.ids.doi or ""
    yield "AN", f"arXiv:{paper.ids.arxiv}" if paper.ids.arxiv else ""
    yield "C2", paper.ids.pmcid or ""
    yield "UR", web_address(paper.url) or ""
    yield "LA", paper.language or ""
    for note in notes_on(paper):
        yield "N1", note
    if paper.ids.pmid:
        yield "N1", f"PMID: {paper.ids.pmid}"
    if is_cut(paper):
        yield "N1", AUTHORS_ARE_CUT
