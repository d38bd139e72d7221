"""One entry of a bibliography, the same for BibTeX, RIS and CSL-JSON, and what many fields hold."""

import re
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from assignee.reading.identifiers import arxiv_id, doi
from assignee.reading.metadata import Described
from assignee.records import PaperIds, PublicationStatus
from assignee.sources.fields import address, ids_of_doi, language, pmcid, pmid

Kind = Literal["article", "review", "erratum", "letter", "book", "dataset", "other"]

_ARXIV = re.compile(r"\barxiv\s*[:.]\s*(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})", re.I)
_PMID = re.compile(r"\bPMID\s*[:=]?\s*(\d{1,8})\b", re.IGNORECASE)
_PMCID = re.compile(r"\b(?:PMCID\s*[:=]?\s*)?(PMC\d{1,9})\b", re.IGNORECASE)
_DOI = re.compile(r"\bDOI\s*[:=]\s*(10\.\d{4,9}/\S+)", re.IGNORECASE)


_LANGUAGES = {
    name: code
    for code, names in {
        "en": "english american british eng usenglish ukenglish",
        "de": "german ngerman deutsch ger deu austrian naustrian",
        "fr": "french français fre fra",
        "es": "spanish español spa",
        "pt": "portuguese português brazilian por",
        "it": "italian italiano ita",
        "nl": "dutch nederlands dut nld",
        "ru": "russian rus",
        "zh": "chinese chi zho",
        "ja": "japanese jpn",
        "ko": "korean kor",
    }.items()
    for name in names.split()
}


class Entry(NamedTuple):
    """What one entry says of a work."""

    where: str
    """Names it in errors: "entry 'kaplan2020' in line 12"."""
    what: Described
    status: PublicationStatus = "unknown"
    """By the entry's type, where nothing tells that it is a preprint."""
    abstract: str | None = None
    kind: Kind = "article"
    language: str | None = None
    """ISO 639-1 code."""
    files: tuple[str, ...] = ()
    """Attached files as the entry names them: paths, most of them from the export's folder."""
    links: tuple[str, ...] = ()
    """Addresses of the full text on the web."""


class BadEntry(NamedTuple):
    """An entry that cannot be used."""

    where: str
    reason: str


def identifiers(
    *,
    dois: Iterable[str] = (),
    arxiv: Iterable[str] = (),
    pmids: Iterable[str] = (),
    pmcids: Iterable[str] = (),
    notes: Iterable[str] = (),
) -> PaperIds:
    """The first usable identifier of each kind, from its own fields, then from free text.

    Args:
        dois: DOIs or their addresses; addresses of arXiv count too.
        arxiv: arXiv ids, with or without version.
        pmids: PubMed ids.
        pmcids: PubMed Central ids.
        notes: texts that may hold `arXiv:2001.08361`, `PMID: 1`, `PMC1` or `DOI: 10.1/x`.
    """
    dois, text = list(dois), "\n".join(notes)
    given = [ids_of_doi(value) for value in dois]
    at_arxiv = [arxiv_id(value) for value in (*arxiv, *dois)]
    return PaperIds(
        doi=next((ids.doi for ids in given if ids.doi), None) or _found(_DOI, text, doi),
        arxiv=next(filter(None, at_arxiv), None) or _found(_ARXIV, text, arxiv_id),
        pmid=next(filter(None, map(pmid, pmids)), None) or _found(_PMID, text, pmid),
        pmcid=next(filter(None, map(pmcid, pmcids)), None) or _found(_PMCID, text, pmcid),
    )


def web_addresses(values: Iterable[str]) -> tuple[str, ...]:
    """Those of the values that are http or https addresses, each once."""
    return tuple(dict.fromkeys(url for value in values if (url := address(value))))


def language_code(value: str) -> str | None:
    """The ISO 639-1 code of "en", "en-US", "eng" or "English"; `None` for one it does not know."""
    name = value.strip().casefold()
    return _LANGUAGES.get(name) or language(re.split(r"[-_]", name)[0])


def _found(pattern: re.Pattern[str], text: str, read: Callable[[str], str | None]) -> str | None:
    match = pattern.search(text)
    return read(match[1]) if match else None
