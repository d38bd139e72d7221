"""The text of one paper from where it is free to read, or the list of what was tried and why not.

    found = await full_text(paper, hit.locations, web=web, places=Places(contact="me@example.org"))
    found.document or found.tried

What comes is looked at, not believed: its first bytes say what it is, and it must hold the words
of the title and more than an abstract.
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Literal, NamedTuple
from urllib.parse import quote

from assignee.errors import ReadingError, SourceError
from assignee.reading.cleaning import clean, decode
from assignee.reading.html import declared_encoding, read_html
from assignee.reading.identifiers import arxiv_id
from assignee.reading.jats import declared_xml_encoding, read_jats
from assignee.reading.normal import normalise
from assignee.reading.pdf import PdfReader
from assignee.records import Document, Location, Paper
from assignee.sources.fields import address, mapping, mappings
from assignee.web.client import Reply, Web

Format = Literal["html", "pdf", "jats"]

MOST_BYTES = 50_000_000
"""Larger texts are refused before they are read; a thesis with its pictures has some 30 MB."""
LEAST_WORDS: dict[Format, int] = {"html": 1000, "pdf": 300, "jats": 300}
"""Words outside abstract, references and front matter; pages about a paper have several hundred."""
LEAST_TITLE = 0.6
"""Share of the title's words that the text's beginning must have."""
BEGINNING = 6000
"""Characters in which the title is looked for: a cover page and the first page."""

SECONDS = 60.0
"""For one place, so that a slow one leaves time for the others."""

_ARXIV: tuple[tuple[str, str, Format], ...] = (
    ("arXiv HTML", "html", "html"),
    ("arXiv PDF", "pdf", "pdf"),
)
_AT_ARXIV = ("html", "pdf", "abs")
_NAMES: dict[Format, str] = {"html": "HTML", "pdf": "a PDF", "jats": "JATS XML"}
_FIRST = 2048
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
"""A word, or one character of a script that does not part its words."""


@dataclass(frozen=True)
class Places:
    """Where texts are looked for, and how politely."""

    arxiv: str = "https://arxiv.org"
    europe_pmc: str = "https://www.ebi.ac.uk/europepmc/webservices/rest"
    unpaywall: str = "https://api.unpaywall.org/v2"
    contact: str | None = None
    """Mail address that Unpaywall asks for; without one it is not asked."""
    arxiv_interval: float = 3.0
    """Least seconds between two requests to arXiv, by its terms of use."""
    interval: float = 1.0
    """The same for any other host."""


class Attempt(NamedTuple):
    """One place that gave no text."""

    place: str
    """Such as "arXiv PDF"."""
    url: str
    reason: str


@dataclass(frozen=True)
class FullText:
    """The text, and the places that were tried before it was found."""

    document: Document | None = None
    """With the paper as it was given, identity and metadata those of the merged record; notices
    that only the text bears are added."""
    place: str = ""
    url: str = ""
    """Where the text came from in the end; empty when there is none."""
    tried: tuple[Attempt, ...] = ()


class _Candidate(NamedTuple):
    place: str
    url: str
    format: Format
    interval: float


class _Refused(SourceError):
    """What came is not the paper's text; the message is the reason."""


async def full_text(
    paper: Paper,
    locations: Sequence[Location],
    *,
    web: Web,
    places: Places,
    pdf: PdfReader | None = None,
    deadline: float = 120.0,
) -> FullText:
    """The paper's text from the first place that gives it.

    In order: arXiv's HTML, arXiv's PDF, Europe PMC's XML, the given locations, and those that
    Unpaywall knows for the DOI. Other versions of the paper count as the paper. Never raises for
    what a place sends.

    Args:
        paper: the merged paper.
        locations: open-access locations that sources named.
        web: where requests go.
        places: base addresses.
        pdf: lets several papers share one worker process.
        deadline: seconds in all.
    """
    if pdf is None:
        with PdfReader() as own:
            return await full_text(
                paper, locations, web=web, places=places, pdf=own, deadline=deadline
            )
    return await _Search(paper, web, places, pdf, monotonic() + deadline).run(locations)


class _Search:
    """One paper's search: what was tried, and until when."""

    def __init__(self, paper: Paper, web: Web, places: Places, pdf: PdfReader, ends: float) -> None:
        self._paper = paper
        self._web = web
        self._places = places
        self._pdf = pdf
        self._ends = ends
        self._tried: list[Attempt] = []
        self._seen: set[str] = set()

    async def run(self, locations: Sequence[Location]) -> FullText:
        async for candidate in self._candidates(locations):
            key = _key(candidate.url)
            if key in self._seen:
                continue
            self._seen.add(key)
            try:
                reply = await self._get(candidate)
                document = await asyncio.to_thread(self._read, reply.body, candidate)
            except SourceError as error:
                self._tried.append(Attempt(candidate.place, candidate.url, str(error)))
                continue
            return FullText(document, candidate.place, reply.url, tuple(self._tried))
        return FullText(tried=tuple(self._tried))

    async def _candidates(self, locations: Sequence[Location]) -> AsyncIterator[_Candidate]:
        places = self._places
        works = (self._paper.ids, *self._paper.versions)
        for name in dict.fromkeys(ids.arxiv for ids in works if ids.arxiv):
            for place, kind, format_ in _ARXIV:
                url = f"{places.arxiv}/{kind}/{quote(name)}"
                yield _Candidate(place, url, format_, places.arxiv_interval)
            # Services name the same texts at arXiv's own address, and the page about them.
            self._seen.update(_key(f"https://arxiv.org/{part}/{name}") for part in _AT_ARXIV)
        for pmcid in dict.fromkeys(ids.pmcid for ids in works if ids.pmcid):
            url = f"{places.europe_pmc}/{quote(pmcid, safe='')}/fullTextXML"
            yield _Candidate("Europe PMC", url, "jats", places.interval)
        for location in locations:
            yield self._open("open access", location)
        for doi in dict.fromkeys(ids.doi for ids in works if ids.doi):
            for location in await self._unpaywall(doi):
                yield self._open("Unpaywall", location)

    def _open(self, place: str, location: Location) -> _Candidate:
        at_arxiv = arxiv_id(location.url) is not None
        interval = self._places.arxiv_interval if at_arxiv else self._places.interval
        return _Candidate(place, location.url, location.format, interval)

    async def _unpaywall(self, doi: str) -> list[Location]:
        """Where Unpaywall says that the text is; an empty list when it cannot be asked."""
        url = f"{self._places.unpaywall}/{quote(doi, safe='/')}"
        if not self._places.contact:
            self._tried.append(Attempt("Unpaywall", url, "not asked: no contact address is set"))
            return []
        try:
            reply = await self._web.get(
                url,
                params={"email": self._places.contact},
                interval=self._places.interval,
                deadline=self._left(),
                check=Reply.json,
            )
            return _locations(reply.json())
        except SourceError as error:
            self._tried.append(Attempt("Unpaywall", url, str(error)))
            return []

    async def _get(self, candidate: _Candidate) -> Reply:
        return await self._web.get(
            candidate.url,
            interval=candidate.interval,
            most_bytes=MOST_BYTES,
            deadline=self._left(),
            check=lambda reply: _expected(reply.body, candidate.format),
        )

    def _left(self) -> float:
        left = self._ends - monotonic()
        if left <= 0:
            raise _Refused("not tried: the time for this paper was used up")
        return min(left, SECONDS)

    def _read(self, body: bytes, candidate: _Candidate) -> Document:
        """The text in what came; refused when it is not the paper's."""
        found = _expected(body, candidate.format)
        try:
            document = _document(body, found, self._pdf)
        except ReadingError as error:
            raise _Refused(f"it was not read: {error.reason}") from error
        except OSError as error:
            raise _Refused(f"it was not read: {error.strerror}") from error
        except ValueError as error:
            raise _Refused(f"it was not read: {error}") from error
        _check(document, self._paper.title, LEAST_WORDS[found])
        paper = self._paper.with_notices(document.paper.notices)
        return document.model_copy(update={"paper": paper, "path": None})


def _expected(body: bytes, expected: Format) -> Format:
    """What the body is; a page instead of a file is a login, a consent or an error."""
    found = format_of(body)
    if found is None:
        raise _Refused("what came is neither PDF nor XML nor HTML")
    if found == "html" and expected != "html":
        raise _Refused(f"an HTML page came instead of {_NAMES[expected]}")
    return found


def format_of(body: bytes) -> Format | None:
    """What a body is by its first bytes, whatever its sender calls it."""
    start = body[:_FIRST].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    # Readers of PDF allow some bytes before the mark, and servers send some.
    if b"%pdf-" in start[:1024]:
        return "pdf"
    if b"<!doctype html" in start or re.search(rb"<html[\s>]", start):
        return "html"
    return "jats" if start.startswith((b"<?xml", b"<!doctype", b"<article", b"<pmc-")) else None


def _document(body: bytes, found: Format, pdf: PdfReader) -> Document:
    if found == "pdf":
        # The worker opens files: it must not share memory with what anybody may have made.
        with tempfile.TemporaryDirectory(prefix="assignee-") as folder:
            path = Path(folder, "paper.pdf")
            path.write_bytes(body)
            return pdf.read(path)
    if found == "html":
        return read_html(clean(decode(body, declared_encoding(body))), "page")
    return read_jats(clean(decode(body, declared_xml_encoding(body))), "page")


def _check(document: Document, title: str, least: int) -> None:
    """Refuse what is too short for a paper or speaks of another one."""
    body = (document.text[s.start : s.end] for s in document.sections if s.kind == "body")
    count = sum(len(_WORD.findall(text)) for text in body)
    if document.basis == "abstract" or count < least:
        raise _Refused(f"too short for a paper: {count} words beside abstract and references")
    beginning = f"{document.paper.title}\n{document.text[:BEGINNING]}"
    share = title_share(title, beginning)
    if share < LEAST_TITLE:
        raise _Refused(f"another text: it has {share:.0%} of the words of the title")


def title_share(title: str, text: str) -> float:
    """Share of the title's words, from 0 to 1, that occur in the text; 1 for an empty title.

    Words of up to three letters count only where the title has no other.
    """
    words = set(_WORD.findall(normalise(title, casefold=True).text))
    wanted = {word for word in words if len(word) > 3 or not word.isascii()} or words
    found = set(_WORD.findall(normalise(text, casefold=True).text))
    return len(wanted & found) / len(wanted) if wanted else 1.0


def _locations(reply: object) -> list[Location]:
    """The locations in Unpaywall's reply, best first, a PDF before its landing page."""
    fields = mapping(reply)
    entries = [mapping(fields.get("best_oa_location")), *mappings(fields.get("oa_locations"))]
    found: list[Location] = []
    for entry in entries:
        if url := address(entry.get("url_for_pdf")):
            found.append(Location(url=url, format="pdf"))
    for entry in entries:
        if url := address(entry.get("url_for_landing_page")):
            found.append(Location(url=url, format="html"))
    return found


def _key(url: str) -> str:
    """What makes two addresses one: not the scheme, and not arXiv's versions and suffixes."""
    bare = re.sub(r"^https?://(?:www\.|export\.)?", "", url.strip()).rstrip("/")
    if (name := arxiv_id(url)) and (kind := re.search(r"/(html|pdf|abs)/", url)):
        return f"arxiv.org/{kind[1]}/{name}"
    return bare
