"""The references as BibTeX, in the report's order, with keys that depend on the works alone."""

import re
import unicodedata
from collections import Counter
from urllib.parse import quote

from assignee.records import Paper, Report
from assignee.report.index import Index
from assignee.report.label import is_cut, named_authors, surname, web_address
from assignee.report.wording import one_line

READ_AS_NOTE = "A note about this work was read, not the work itself"

ENTRY_TYPES = {
    "journal": ("article", "journal"),
    "conference": ("inproceedings", "booktitle"),
    "preprint": ("misc", "howpublished"),
    "unknown": ("misc", "howpublished"),
}
"""Publication status to entry type and to the field that names the venue."""

ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        **{sign: f"\\{sign}" for sign in "#$%&_"},
    }
)
"""LaTeX's own characters; braces by name, because BibTeX counts them even after a backslash."""

STOPWORDS = frozenset(("a", "an", "the", "on", "of", "in", "for", "and", "to", "is", "are", "do"))


def render_bibtex(report: Report) -> str:
    """Every document that was read, one entry each, cited ones first.

    Raises:
        ReportFormatError: the report's parts do not fit together.
    """
    papers = tuple(Index.of(report).papers.values())
    keys = citation_keys(papers)
    return "\n".join(_entry(paper, keys[paper.id]) for paper in papers)


def escape(text: str) -> str:
    """The text on one line, such that LaTeX prints exactly these characters."""
    return one_line(text).translate(ESCAPES)


def citation_keys(papers: tuple[Paper, ...]) -> dict[str, str]:
    """Paper id to a key such as `kaplan2020scaling`; equal ones are told apart by the id."""
    stems = {paper.id: _stem(paper) for paper in papers}
    uses = Counter(stems.values())
    return {i: stem if uses[stem] == 1 else f"{stem}-{_plain(i)}" for i, stem in stems.items()}


def _stem(paper: Paper) -> str:
    names = named_authors(paper)
    words = [_plain(word) for word in paper.title.split()]
    first = next((word for word in words if word and word not in STOPWORDS), "untitled")
    author = _plain(surname(names[0])) if names else ""
    return f"{author or 'anonymous'}{paper.year or 'nd'}{first[:40]}"


def _plain(text: str) -> str:
    """Lower-case ASCII letters and digits of the text, accents taken off."""
    decomposed = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", decomposed.lower())


def _entry(paper: Paper, key: str) -> str:
    entry_type, venue_field = ENTRY_TYPES[paper.publication_status]
    fields = {
        "title": f"{{{escape(paper.title)}}}",
        "author": _authors(paper),
        "year": str(paper.year or ""),
        venue_field: escape(paper.venue or ""),
        "doi": _identifier(paper.ids.doi),
        "eprint": _identifier(paper.ids.arxiv),
        "archiveprefix": "arXiv" if paper.ids.arxiv else "",
        "pmid": _identifier(paper.ids.pmid),
        "url": web_address(paper.url) or "",
        "note": ". ".join(map(escape, notes_on(paper))),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{entry_type}{{{key},\n{lines}}}\n"


def _authors(paper: Paper) -> str:
    names = [_name(name) for name in named_authors(paper)]
    return " and ".join([*names, "others"] if is_cut(paper) and names else names)


def _name(name: str) -> str:
    """A name; one that holds the word `and` or several commas is kept whole by braces."""
    told = escape(name)
    whole = re.search(r"\band\b", told, re.IGNORECASE) or told.count(",") > 2
    return f"{{{told}}}" if whole else told


def _identifier(value: str | None) -> str:
    return quote(value or "", safe="/:;()._-")


def notes_on(paper: Paper) -> list[str]:
    """That a note was read, and publishers' notices, for a reference manager's field of notes."""
    told = [READ_AS_NOTE] if paper.kind == "note" else []
    for notice in paper.notices:
        when = f" ({one_line(notice.date)})" if notice.date else ""
        told.append(f"Notice of {notice.kind}{when}")
    return told
