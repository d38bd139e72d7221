"""Papers, the documents read from them, their passages, and quotes by offset."""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from assignee.records.base import Record, digest_of

PaperKind = Literal["paper", "note"]
"""`note`: somebody's note *about* a paper; its words are not the paper's authors'."""

Basis = Literal["full text", "abstract", "note"]
"""What a passage was taken from."""

PublicationStatus = Literal["journal", "conference", "preprint", "unknown"]

OpenAccess = Literal["gold", "diamond", "hybrid", "bronze", "green", "closed", "unknown"]
"""How a paper may be read without paying, in OpenAlex's words."""

NoticeKind = Literal["retraction", "correction", "expression of concern"]


class PaperIds(Record):
    """Identifiers of one work; absent ones are `None`."""

    doi: str | None = None
    arxiv: str | None = None
    """arXiv id without version, such as `2001.08361`."""
    pmid: str | None = None
    pmcid: str | None = None
    s2: str | None = None
    openalex: str | None = None

    def first(self) -> str | None:
        """The best identifier as `scheme:value`, DOI first, or `None` when there is none."""
        for scheme in ("doi", "arxiv", "pmid", "pmcid", "s2", "openalex"):
            if value := getattr(self, scheme):
                return f"{scheme}:{value.lower()}"
        return None


class Notice(Record):
    """A publisher's notice about a paper."""

    kind: NoticeKind
    date: str | None = None
    """ISO date, as far as it is known."""
    doi: str | None = None
    """DOI of the notice itself."""


def names_are_cut(authors: tuple[str, ...]) -> bool:
    """Whether the list says of itself that it is cut short."""
    return any(author.casefold().rstrip(".").endswith("et al") for author in authors)


class Paper(Record):
    """One retrieved work, or one note about a work."""

    id: str
    """Stable id: `p` and 12 hex digits of kind and identity."""
    kind: PaperKind = "paper"
    ids: PaperIds = PaperIds()
    title: str
    authors: tuple[str, ...] = ()
    """Full names in order; `et al.` may stand last when the list is known to be cut."""
    year: int | None = None
    venue: str | None = None
    url: str | None = None
    publication_status: PublicationStatus = "unknown"
    """As metadata say; `unknown` when they do not."""
    citation_count: int | None = None
    citation_date: str | None = None
    """ISO date on which the count was read."""
    open_access: OpenAccess = "unknown"
    language: str | None = None
    """ISO 639-1 code."""
    notices: tuple[Notice, ...] = ()
    sources: tuple[str, ...] = ()
    """Names of the literature sources that returned it."""
    field_sources: dict[str, str] = Field(default_factory=dict)
    """Name of a field to the source that its value comes from, where sources were merged."""
    versions: tuple[PaperIds, ...] = ()
    """Identifiers of the same work's other versions, such as the preprint of an article."""

    @property
    def identity(self) -> str:
        """What makes two records the same *work*: a paper and a note about it share it."""
        return self.ids.first() or f"title:{' '.join(self.title.casefold().split())}:{self.year}"

    @property
    def named_authors(self) -> tuple[str, ...]:
        """The authors that are named, in order, without `et al.`."""
        names = (author.removesuffix(" et al.").strip() for author in self.authors)
        return tuple(name for name in names if name and name.casefold().rstrip(".") != "et al")

    @property
    def surnames(self) -> tuple[str, ...]:
        """Their surnames, of `Jared Kaplan` as of `Kaplan, J.`."""
        return tuple(
            (name.split(",")[0] if "," in name else name.split()[-1]).strip()
            for name in self.named_authors
        )

    @property
    def citation(self) -> str:
        """Author and year as running text cites them: `Kaplan et al. (2020)`."""
        names = self.surnames
        known_cut = names_are_cut(self.authors)
        if not names:
            who = f"“{self.title}”"
        elif len(names) == 1 and not known_cut:
            who = names[0]
        elif len(names) == 2 and not known_cut:
            who = f"{names[0]} and {names[1]}"
        else:
            who = f"{names[0]} et al."
        return f"{who} ({self.year or 'n.d.'})"

    @property
    def cited_as(self) -> str:
        """The citation; of a note, that it is one: `a note about Kaplan et al. (2020)`."""
        return f"a note about {self.citation}" if self.kind == "note" else self.citation

    @property
    def retracted(self) -> bool:
        """Whether a retraction notice is known."""
        return any(notice.kind == "retraction" for notice in self.notices)

    def with_notices(self, notices: Iterable[Notice]) -> Self:
        """The paper with these notices too; what it has, or knows better, is not repeated."""
        kinds = {notice.kind for notice in self.notices}
        dois = {notice.doi.lower() for notice in self.notices if notice.doi}
        new = [
            notice
            for notice in dict.fromkeys(notices)
            if (notice.doi.lower() not in dois if notice.doi else notice.kind not in kinds)
        ]
        return self.model_copy(update={"notices": (*self.notices, *new)}) if new else self

    @staticmethod
    def make_id(kind: PaperKind, identity: str) -> str:
        """The stable id of a work: kind and identity, hashed."""
        return "p" + digest_of([kind, identity])[:12]


class Section(Record):
    """A heading and the span of text under it, up to the next heading of any level."""

    title: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    kind: Literal["front", "abstract", "body", "references"] = "body"


class Document(Record):
    """The text of one paper as it was read, with its sections by offset."""

    paper: Paper
    text: str
    sections: tuple[Section, ...]
    basis: Basis
    path: str | None = None
    """File name as the user gave it, when it came from a file."""

    @property
    def content_digest(self) -> str:
        """Digest of metadata and text: equal means that nothing needs to be taken in again."""
        return digest_of([self.paper.model_dump(mode="json"), self.text, self.basis])


class Passage(Record):
    """A run of whole sentences of one section; `text` is the document's slice."""

    id: str
    """`<paper id>:<start>-<end>`."""
    paper_id: str
    section: str
    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    """Offsets in code points in the document's text."""
    basis: Basis

    @model_validator(mode="after")
    def _spans_its_text(self) -> Self:
        if self.end - self.start != len(self.text):
            raise ValueError(
                f"passage {self.id}: offsets span {self.end - self.start} characters, "
                f"its text has {len(self.text)}"
            )
        return self


class Quote(Record):
    """Verbatim words of one passage; offsets count code points within the passage."""

    passage_id: str
    paper_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str = Field(min_length=1)

    @model_validator(mode="after")
    def _spans_its_text(self) -> Self:
        if self.end - self.start != len(self.text):
            raise ValueError(f"quote in {self.passage_id}: offsets and text differ in length")
        return self

    @classmethod
    def cut(cls, passage: Passage, start: int, end: int) -> "Quote":
        """The quote of `passage.text[start:end]`."""
        return cls(
            passage_id=passage.id,
            paper_id=passage.paper_id,
            start=start,
            end=end,
            text=passage.text[start:end],
        )

    def stands_in(self, passage: Passage) -> bool:
        """Whether these are the passage's own words at these offsets."""
        return passage.id == self.passage_id and passage.text[self.start : self.end] == self.text
