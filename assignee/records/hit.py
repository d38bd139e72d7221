"""What a literature source says of one paper, before sources are merged."""

from typing import Literal

from assignee.records.base import Record
from assignee.records.paper import Paper, PaperIds


class Location(Record):
    """A place where a paper's text can be read without paying."""

    url: str
    format: Literal["html", "pdf", "jats"]
    """As the source says; what comes is looked at, not believed."""
    licence: str | None = None


class Hit(Record):
    """One record of one source."""

    source: str
    """The source's name, such as `OpenAlex`."""
    paper: Paper
    """`paper.id` is made of this record's own identifiers; merging may change it."""
    abstract: str | None = None
    """Plain text; markup of the source is resolved, mathematics kept as LaTeX between dollars."""
    kind: Literal["article", "review", "erratum", "letter", "book", "dataset", "other"] = "article"
    withdrawn: bool = False
    locations: tuple[Location, ...] = ()
    references: tuple[PaperIds, ...] = ()
    """Works that it cites, as far as the source lists them."""
    related: tuple[PaperIds, ...] = ()
    """The same work's other versions, as the source says: preprint of, published as."""
