"""The reference list of a report: keys, addresses, identifiers and titles of its entries."""

import re
from collections.abc import Sequence

from assignee.reading.report_markup import unmarked
from assignee.records import PaperKind, PublicationStatus, Record

_ENTRY = re.compile(
    r"^\s*(?:[-*+•]\s+)?(?:\[(?P<bracket>[\w^.-]{1,20})\]:?|\[\^(?P<foot>\w{1,20})\]:|"
    r"(?P<number>\d{1,4})[.)]|(?P<bullet>(?<=[-*+•])\s|[-*+•]\s))\s*(?P<text>.*)$"
)
_URL = re.compile(r"https?://[^\s<>\"“”]+")
_ARXIV = re.compile(
    r"arxiv(?:\.org/(?:abs|pdf|html)/|[:\s]\s*|\.)(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})",
    re.IGNORECASE,
)
_DOI = re.compile(r"\b(?P<doi>10\.\d{4,9}/[^\s\"<>“”]+)")
_DOI_URL = re.compile(r"doi\.org/(?P<doi>10\.\d{4,9}/[^\s\"<>“”]+)")
_RETRACTED = re.compile(r"(?<![A-Za-z])[*_]*RETRACTED[*_]*(?![A-Za-z])|\[retracted\]")
_OF_NOTICE = r"(?:\s*\([^)]{0,80}\))?(?:,\s*doi:\S+)?"
_KIND = r"[*_]*(?:RETRACTED|CORRECTION|EXPRESSION OF CONCERN)(?=[*_]|\s*\(|,\s*doi:)[*_]*"
_NOTICE = re.compile(
    rf"^(?:\s|<[^>]*>)*(?:{_KIND}{_OF_NOTICE}\s*)+|(?:{_RETRACTED.pattern}){_OF_NOTICE}"
)
"""With its date and the DOI of the notice, which are not the work's."""
_CITED = re.compile(r"\bCited [\w,]+ times?[^.]*")
"""The count has a date of its own."""
_STATUSES: tuple[tuple[PublicationStatus, re.Pattern[str]], ...] = (
    ("preprint", re.compile(r"\bpreprint\b", re.IGNORECASE)),
    ("journal", re.compile(r"\bjournal article\b", re.IGNORECASE)),
    ("conference", re.compile(r"\bconference paper\b", re.IGNORECASE)),
)
_ITALIC = re.compile(
    r"(?<![\w*_])([*_])(?P<title>[^\s*_](?:\\.|[^*_\n]){6,400}?)(?<!\s)\1(?![\w*_])"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?![\d.]*/|\d)")
_QUOTED = re.compile(r"[“\"](?P<title>[^“”\"]{8,400}?)[.,]?[”\"]")
_AFTER_YEAR = re.compile(r"\(?\b(?:19|20)\d\d[a-z]?\)?[.,:]\s+(?P<title>[^.?!]{8,300}[?!]?)")
_AUTHORS = re.compile(
    r"^(?:[A-Z][\w’'-]+,\s*(?:[A-Z]\.[\s-]?)+(?:,?\s*(?:and|&)\s+|,\s*|;\s*|et al\.\s*)?)+\.?\s*"
)
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
    kind: PaperKind = "paper"
    """`note` when the entry says that it is a note about a paper."""
    status: PublicationStatus = "unknown"
    """As the entry's own words say."""
    retracted: bool = False
    """Whether the entry says so."""


def references_of(lines: Sequence[str]) -> tuple[ParsedReference, ...]:
    """The entries of a reference section: bulleted, numbered, in brackets, or one a paragraph.

    Where entries are marked, words before the first one are no entry.
    """
    entries: list[tuple[str | None, str]] = []
    first = next((n for n, line in enumerate(lines) if _ENTRY.match(line)), 0)
    lines, fresh = lines[first:], True
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
        found.append(_reference(chosen, text))
    return tuple(found)


def _reference(key: str, raw: str) -> ParsedReference:
    told = _NOTICE.sub("", raw)
    text = _CITED.sub("", unmarked(told))
    url, arxiv = _URL.search(text), _ARXIV.search(text)
    doi = _DOI_URL.search(text) or _DOI.search(text)
    year = _YEAR.search(_ARXIV.sub("", _DOI.sub("", _URL.sub("", text))))
    return ParsedReference(
        key=key,
        title=_title(told, text),
        url=url.group().rstrip(".,;)") if url else None,
        arxiv=arxiv["id"] if arxiv else None,
        doi=doi["doi"].rstrip(".,;)") if doi else None,
        year=int(year.group()) if year else None,
        kind="note" if re.match(r"(?:a )?notes? about\b", text, re.IGNORECASE) else "paper",
        status=next((status for status, words in _STATUSES if words.search(text)), "unknown"),
        retracted=bool(_RETRACTED.search(unmarked(raw))),
    )


def _title(raw: str, text: str) -> str | None:
    """Words in italics or quotation marks, else after the year, else the longest part."""
    bare = _ID_WORDS.sub("", _DOI.sub("", _URL.sub("", text))).strip(" .,;-–—<>()[]")
    if len(re.findall(r"[^\W\d_]{2,}", bare)) < 2:
        return None
    if match := _ITALIC.search(raw):
        return unmarked(match["title"])
    if match := _QUOTED.search(bare) or _AFTER_YEAR.search(bare):
        return " ".join(match["title"].split())
    parts = re.split(r"(?<=[^\W\d_]{2})[.?!]\s+", _AUTHORS.sub("", bare).strip())
    return max(parts, key=lambda part: len(part.split()))
