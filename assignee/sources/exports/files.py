"""Bibliographies as a source: BibTeX, RIS and CSL-JSON files, with the PDFs attached to them.

result = await ExportSource(Path("library.bib")).search([], limit=0)
result.records, result.documents, result.unread
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from assignee.errors import NoPapersError, ReadingError
from assignee.reading.cleaning import clean, decode, shown
from assignee.reading.limits import DEFAULT_LIMITS, Limits
from assignee.reading.metadata import describe
from assignee.reading.pdf import PdfReader
from assignee.records import EVERY_ENTRY, Document, Hit, Location, Paper
from assignee.sources.base import QueryLog, SourceResult
from assignee.sources.exports.attachments import read_attached
from assignee.sources.exports.bibtex import read_bibtex
from assignee.sources.exports.csl import read_csl
from assignee.sources.exports.entry import BadEntry, Entry
from assignee.sources.exports.ris import read_ris

_READERS: dict[str, Callable[[str, str], Iterator[Entry | BadEntry]]] = {
    ".bib": lambda text, _: read_bibtex(text),
    ".bibtex": lambda text, _: read_bibtex(text),
    ".ris": lambda text, _: read_ris(text),
    ".json": read_csl,
}
SUFFIXES = tuple(sorted(_READERS))
"""What can be a bibliography; a `.json` file is one when it holds a list."""


class Export(NamedTuple):
    """What a bibliography holds."""

    hits: tuple[Hit, ...]
    documents: tuple[Document, ...]
    """Texts of attached PDFs; `document.paper` is the paper of its hit."""
    unread: tuple[ReadingError, ...]
    """Broken entries and attached files that were not read."""


class ExportSource:
    """A bibliography that the user named; all of its entries are found, whatever the query."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = f"file: {path.name}"

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:  # noqa: ARG002
        """Read every entry; those that cannot be read are named.

        Raises:
            NoPapersError: the file does not exist or is no bibliography.
        """
        try:
            export = await asyncio.to_thread(read_export, self.path)
        except ReadingError as error:
            raise NoPapersError(str(error)) from error
        count = len(export.hits)
        errors = tuple(str(error) for error in export.unread)
        log = QueryLog(EVERY_ENTRY, count, errors, sent=self.path.name, read=count)
        return SourceResult(export.documents, (), (log,), export.unread, export.hits)


def is_export(path: Path) -> bool:
    """Whether a file looks like a bibliography: by its suffix, and JSON by its first sign."""
    suffix = path.suffix.lower()
    if suffix != ".json":
        return suffix in _READERS and path.is_file()
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    except OSError:
        return False


def read_export(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Export:
    """The entries of a bibliography; broken ones and unreadable attachments are named.

    Raises:
        ReadingError: the file cannot be read, or is none of the formats.
    """
    name = shown(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ReadingError(name, f"unknown format; known: {', '.join(SUFFIXES)}")
    entries = list(reader(_text(path, limits), name))
    hits: list[Hit] = []
    documents: list[Document] = []
    unread: list[ReadingError] = []
    with PdfReader(limits) as pdf:
        for entry in entries:
            if isinstance(entry, BadEntry):
                unread.append(ReadingError(name, f"{entry.where}: {entry.reason}"))
                continue
            hit = _hit(entry, f"file: {path.name}")
            hits.append(hit)
            document, errors = read_attached(entry.files, path.parent, pdf)
            if document:
                documents.append(document.model_copy(update={"paper": hit.paper}))
            unread.extend(_named(error, entry, name) for error in errors)
    return Export(tuple(hits), tuple(documents), tuple(unread))


def _text(path: Path, limits: Limits) -> str:
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise ReadingError(
                shown(path), f"it is too large: {size} bytes, allowed are {limits.file_bytes}"
            )
        return clean(decode(path.read_bytes()))
    except OSError as error:
        raise ReadingError(shown(path), f"it cannot be opened ({error.strerror})") from error
    except ValueError as error:
        raise ReadingError(shown(path), str(error)) from error


def _hit(entry: Entry, source: str) -> Hit:
    return Hit(
        source=source,
        paper=_paper(entry, source),
        abstract=entry.abstract,
        kind=entry.kind,
        locations=tuple(Location(url=url, format="pdf") for url in entry.links),
    )


def _paper(entry: Entry, source: str) -> Paper:
    paper = describe(entry.what, name=entry.where, text="")
    status = paper.publication_status
    if status == "unknown":
        # DBLP calls arXiv by the name of its computer science part.
        status = "preprint" if entry.what.venue == "CoRR" else entry.status
    return paper.model_copy(
        update={"publication_status": status, "language": entry.language, "sources": (source,)}
    )


def _named(error: ReadingError, entry: Entry, name: str) -> ReadingError:
    return ReadingError(name, f"{entry.where}: its file {error.path!r}: {error.reason}")
