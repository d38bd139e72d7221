"""The reference list of a report: keys, addresses, identifiers and titles of its entries."""

import re
from collections.abc import Sequence

from assignee.reading.report_markup import unmarked
from assignee.records import Record

_ENTRY = re.compile(
    r"^\s*(?:[-*+•]\s+)?(?:\[(?P<bracket>[\w^.-]{1,20})\]:?|\[\^(?P<foot>\w{1,20})\]:|"
    r"(?P<number>\d{1,4})[.)]|(?P<bullet>(?<=[-*+•])\s|[-*+•]\s))\s*(?P<text>.*)$"
)
_URL = re.compile(r"https?://[^\s<>\"“”]+")
_ARXIV = re.compile(
    r"arxiv(?:\.org/(?:abs|pdf|html)/|[:\s]\s*|\.)(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})",
    re.IGNORECASE,
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>“”]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?![\d.]*/|\d)")
_QUOTED = re.compile(r"[“\"](?P<title>[^“”\"]{8,400}?)[.,]?[”\"]")
_AFTER_YEAR = re.compile(r"\(?\b(?:19|20)\d\d[a-z]?\)?[.,:]\s+(?P<title>[^.?!]{8,300}[?!]?)")
_ID_WORDS = re.compile(r"(?:arxiv|doi|pmid)\s*:?\s*\S*", re.IGNORECASE)


class ParsedReference(Record):
    """One entry of the list; what it does not say is `None`."""

    key: str
    """The entry's own number or name, else its place in the list from 1."""
    title: str | None = None
    url: str | None = None
    arxiv: str | None = None
    """arXiv id without version."""
    doi: str | None = None
    year: int | None = None


def references_of(lines: Sequence[str]) -> tuple[ParsedReference, ...]:
    """The entries of a reference section: bulleted, numbered, in brackets, or one a paragraph."""
    entries: list[tuple[str | None, str]] = []
    fresh = True
    for line in lines:
        match = _ENTRY.match(line)
        if match:
            key = match["bracket"] or match["foot"] or match["number"]
            entries.append((key, match["text"]))
        elif not line.strip():
            fresh = True
            continue
        elif fresh or not entries:
            entries.append((None, line))
        else:
            key, text = entries[-1]
            entries[-1] = (key, f"{text} {line.strip()}")
        fresh = False
    return _keyed([(key, text) for key, text in entries if text.strip()])


def _keyed(entries: Sequence[tuple[str | None, str]]) -> tuple[ParsedReference, ...]:
    found: list[ParsedReference] = []
    taken: set[str] = set()
    for place, (key, text) in enumerate(entries, 1):
        chosen = key if key and key not in taken else str(place)
        while chosen in taken:
            chosen += "'"
        taken.add(chosen)
        found.append(_reference(chosen, unmarked(text)))
    return tuple(found)


def _reference(key: str, text: str) -> ParsedReference:
    url, arxiv, doi = _URL.search(text), _ARXIV.search(text), _DOI.search(text)
    year = _YEAR.search(_ARXIV.sub("", _DOI.sub("", _URL.sub("", text))))
    return ParsedReference(
        key=key,
        title=_title(text),
        url=url.group().rstrip(".,;)") if url else None,
        arxiv=arxiv["id"] if arxiv else None,
        doi=doi.group().rstrip(".,;)") if doi else None,
        year=int(year.group()) if year else None,
    )


def _title(text: str) -> str | None:
    """The quoted words, what follows the year, or the longest part between full stops."""
    bare = _ID_WORDS.sub("", _DOI.sub("", _URL.sub("", text))).strip(" .,;-–—<>()[]")
    if len(re.findall(r"[^\W\d_]{2,}", bare)) < 2:
        return None
    if match := _QUOTED.search(bare) or _AFTER_YEAR.search(bare):
        return " ".join(match["title"].split())
    parts = [part.strip() for part in re.split(r"(?<=[^\W\d_]{2})[.?!]\s+", bare)]
    return max(parts, key=lambda part: len(part.split()))
