"""The works that the offline services know, read from corpus.jsonl.

Works that are not marked `invented` are real papers: title, authors, year, arXiv id and findings
are those of the notes in examples/scaling_laws (author lists and published versions completed from
public metadata). Their abstracts and texts are retold in our own words, with what is generally
known where a text needs it; they are not the papers' and must not be quoted as theirs.
Made up for all works are the identifiers that OpenAlex, Semantic Scholar, PubMed and PMC would
give (they hold a run of nines), the day of the month, arXiv's categories and the lists of
references, which name works of this corpus only. Citations are counted within the corpus.

Works marked `invented` do not exist. They speak of sourdough, so that no search about language
models meets them, and each is odd or hostile in its own way. Some have a whole text, a log of
kitchen trials whose times are made up, so that full texts are read as HTML, PDF and JATS.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any, Literal, NamedTuple

VenueKind = Literal["journal", "conference", "repository"]

PublisherPage = Literal["pdf", "html", "loop", "private", "huge"]
"""What the publisher's site answers for the PDF: the file, HTML that claims to be one, a redirect
to itself, a redirect to a private address, 500 MB."""


class Section(NamedTuple):
    """A heading and its paragraphs, parted by empty lines."""

    title: str
    text: str


class Change(NamedTuple):
    """A notice about a work: which kind, the other record's DOI, when, and who says so."""

    kind: str
    """As Crossref has it: `retraction`, `correction`, `expression_of_concern`."""
    doi: str
    date: str
    source: str = "publisher"


@dataclass(frozen=True)
class Work:
    """One work; empty strings and tuples are what a service does not know."""

    key: str
    title: str | None
    date: str
    """ISO date of the first version."""
    services: tuple[str, ...]
    """Names of the services that hold it."""
    authors: tuple[str, ...] = ()
    author_count: int = 0
    """More authors than are named: the rest are numbered."""
    abstract: str | None = None
    published: str = ""
    """ISO date of the published version, possibly without day or month."""
    type: str = "posted-content"
    """As Crossref has it."""
    doi: str = ""
    arxiv: str = ""
    versions: int = 1
    """How many versions arXiv has."""
    withdrawn: bool = False
    """Whether arXiv's last version is a withdrawal."""
    pmid: str = ""
    pmcid: str = ""
    preprint_id: str = ""
    """Europe PMC's id of a preprint, such as `PPR999901`."""
    venue: str = ""
    venue_kind: VenueKind = "repository"
    issn: str = ""
    volume: str = ""
    pages: str = ""
    publisher: str = ""
    publisher_page: PublisherPage | None = None
    open_access: str = "green"
    licence: str = "cc-by"
    language: str = "en"
    references: tuple[str, ...] = ()
    """Keys of works of this corpus."""
    loose_references: tuple[str, ...] = ()
    """Titles of cited works that no service could identify."""
    preprint_doi: str = ""
    published_doi: str = ""
    """DOIs of this work's other version."""
    changed_by: tuple[Change, ...] = ()
    """Notices about this work."""
    changes: tuple[Change, ...] = ()
    """What this work is a notice about."""
    sections: tuple[Section, ...] = ()
    invented: bool = False
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Service to fields of this class that it has differently."""
    patches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Service to fields of its reply, set to what stands here; `drop` lists those left out."""
    number: int = 0
    """Place in the corpus, from 1."""

    @property
    def year(self) -> int:
        """Year of the published version, else of the first."""
        return int((self.published or self.date)[:4])

    @property
    def day(self) -> str:
        """A whole ISO date, of the published version where there is one."""
        return "-".join([*(self.published or self.date).split("-"), "01", "01"][:3])

    @property
    def all_authors(self) -> tuple[str, ...]:
        """Every author's full name, the numbered ones included."""
        numbers = range(len(self.authors) + 1, self.author_count + 1)
        return self.authors + tuple(f"Numbered Author{n}" for n in numbers)

    @property
    def openalex(self) -> str:
        """OpenAlex's short id."""
        return f"W99999{self.number:05}"

    @property
    def s2(self) -> str:
        """Semantic Scholar's paper id: 40 hex digits."""
        return hashlib.sha1(f"offline {self.key}".encode(), usedforsecurity=False).hexdigest()

    @property
    def corpus_id(self) -> int:
        """Semantic Scholar's number."""
        return 999_900_000 + self.number

    @property
    def retracted(self) -> bool:
        """Whether a retraction notice is about it."""
        return any(change.kind == "retraction" for change in self.changed_by)

    @property
    def arxiv_doi(self) -> str:
        """The DOI that arXiv registers, with DataCite and not with Crossref."""
        return f"10.48550/arXiv.{self.arxiv}" if self.arxiv else ""

    def seen_by(self, source: str) -> "Work":
        """The work with this service's own idea of it."""
        return replace(self, **_fields(self.overrides.get(source, {})))

    def patched(self, source: str, record: dict[str, Any]) -> dict[str, Any]:
        """The service's record with what this work has odd in it."""
        patch = dict(self.patches.get(source, {}))
        dropped = patch.pop("drop", ())
        return {name: value for name, value in (record | patch).items() if name not in dropped}


class Corpus:
    """Works by key and by service; citations are counted among them."""

    def __init__(self, works: Iterable[Work]) -> None:
        self.works = tuple(replace(work, number=place) for place, work in enumerate(works, 1))
        self.by_key = {work.key: work for work in self.works}
        self._citing: dict[str, list[str]] = {}
        for work in self.works:
            for key in work.references:
                self._citing.setdefault(key, []).append(work.key)

    @classmethod
    def load(cls) -> "Corpus":
        """The corpus of this package."""
        return cls(_read(files("assignee.offline").joinpath("corpus.jsonl").read_text("utf-8")))

    def of(self, source: str) -> list[Work]:
        """The works that a service holds, as it sees them."""
        return [work.seen_by(source) for work in self.works if source in work.services]

    def cited(self, work: Work, source: str) -> list[Work]:
        """The works that it cites, as far as the service holds them."""
        return self._held(work.references, source)

    def citing(self, work: Work, source: str) -> list[Work]:
        """The works that cite it, as far as the service holds them."""
        return self._held(self._citing.get(work.key, ()), source)

    def _held(self, keys: Iterable[str], source: str) -> list[Work]:
        works = (self.by_key[key] for key in keys)
        return [work.seen_by(source) for work in works if source in work.services]


_CONVERTED: dict[str, Callable[[list[Any]], tuple[Any, ...]]] = {
    "sections": lambda rows: tuple(Section(*row) for row in rows),
    "changed_by": lambda rows: tuple(Change(**row) for row in rows),
    "changes": lambda rows: tuple(Change(**row) for row in rows),
}


def _read(text: str) -> Iterator[Work]:
    # `splitlines` would also cut at line separators inside a title.
    for line in filter(None, text.split("\n")):
        yield Work(**_fields(json.loads(line)))


def _fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of JSON as the fields of a work."""
    return {
        name: _CONVERTED.get(name, tuple)(value) if isinstance(value, list) else value
        for name, value in values.items()
    }
