"""What a search found, as its log keeps it: enough to know each paper again, and no more."""

from collections.abc import Iterable

from assignee.records import Paper

NAMED_AUTHORS = 3
"""Authors that the log keeps of each paper."""


def as_found(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """The papers with their identifiers and titles, without long lists of authors."""
    return tuple(map(_as_found, papers))


def _as_found(paper: Paper) -> Paper:
    authors = paper.authors
    if len(authors) > NAMED_AUTHORS + 1:
        authors = (*authors[:NAMED_AUTHORS], "et al.")
    return paper.model_copy(update={"authors": authors, "field_sources": {}})
