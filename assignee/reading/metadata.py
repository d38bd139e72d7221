"""What is known about a paper, from headers, records and pages, made into one Paper."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import NamedTuple, get_args

from assignee.reading.identifiers import arxiv_id, doi
from assignee.records import Paper, PaperIds, PaperKind, PublicationStatus, digest_of

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_PREPRINTS = re.compile(r"\b(?:arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|ssrn|preprint)\b", re.I)
_ET_AL = re.compile(r"[\s,;]*\bet\.?\s+al\b\.?\s*$", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[A-Z]\.?[\s-]?){1,4}$")
_VENUE_TAIL = re.compile(r"(?:\s*\b(?:19|20)\d\d\b)*\s*[–—-]?\s*$")
# A full stop after a word of two letters or more ends the authors; after "J." it does not.
_AUTHORS_END = re.compile(r"(?:(?<=al\.)|(?<=[^\W\d_]{2})(?<!\bMd)(?<!\bJr))\.\s+(?=\S)")

ET_AL = "et al."


class Described(NamedTuple):
    """What a source says of a paper; absent is unknown, never guessed."""

    kind: PaperKind = "paper"
    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    ids: PaperIds = PaperIds()
    venue: str | None = None
    url: str | None = None
    status: PublicationStatus | None = None
    """Only where metadata say it outright."""


def described(fields: Mapping[str, object]) -> Described:
    """The description in the fields of a header or record; names are read in any case.

    Raises:
        ValueError: `kind` is neither `paper` nor `note`.
    """
    known = {str(name).casefold(): value for name, value in fields.items()}
    words = {name: _scalar(value) for name, value in known.items()}
    kind = words.get("kind") or "paper"
    if kind not in get_args(PaperKind):
        raise ValueError(f"its kind is {kind!r}: write paper or note")
    status = words.get("publication_status")
    authors, venue = _authors_and_venue(words.get("authors_venue") or "")
    return Described(
        kind="note" if kind == "note" else "paper",
        title=words.get("title"),
        authors=author_names(known.get("authors", known.get("author"))) or authors,
        year=year_in(words.get("year") or words.get("date") or ""),
        ids=_ids(words),
        venue=words.get("venue") or words.get("journal") or venue,
        url=words.get("url"),
        status=next((known for known in get_args(PublicationStatus) if known == status), None),
    )


def describe(what: Described, *, name: str, text: str) -> Paper:
    """The paper; without a title it is named after its file and known by its text.

    The publication status is "preprint" where only a preprint server is known, a journal or a
    conference only where metadata say so, and "unknown" otherwise.
    """
    title = " ".join((what.title or "").split())
    paper = Paper(
        id="",
        kind=what.kind,
        ids=what.ids,
        title=title or PurePath(name).stem or name,
        authors=what.authors,
        year=what.year,
        venue=what.venue,
        url=what.url,
        publication_status=what.status or _status(what),
    )
    named = title or what.ids.first()
    identity = paper.identity if named else f"text:{digest_of(text)}"
    return paper.model_copy(update={"id": Paper.make_id(what.kind, identity)})


def year_in(text: str) -> int | None:
    """The first year from 1500 to 2099 in the text."""
    match = _YEAR.search(text)
    return int(match.group()) if match else None


def author_names(value: object) -> tuple[str, ...]:
    """Full names in order from a list, or from "A; B", "A, B and C" or "Smith, J., Jones, K."."""
    if isinstance(value, Mapping):
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return tuple(name for item in value if (name := _person(item)))
    text = " ".join((_scalar(value) or "").split())
    cut = _ET_AL.search(text)
    text = _ET_AL.sub("", text)
    if ";" in text:
        names = [_first_name_first(part) for part in text.split(";")]
    else:
        names = _comma_names(re.sub(r",?\s+(?:and|&)\s+", ", ", text))
    kept = tuple(name for part in names if (name := part.strip(" ,")))
    return (*kept, ET_AL) if cut and kept else kept


def _comma_names(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    given = parts[1::2]
    if len(parts) % 2 == 0 and given and all(_INITIALS.fullmatch(part) for part in given):
        return [f"{first} {last}" for last, first in zip(parts[::2], given, strict=True)]
    return parts


def _first_name_first(name: str) -> str:
    last, comma, first = name.strip().partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else last.strip()


def _person(item: object) -> str | None:
    if isinstance(item, Mapping):
        item = item.get("name")
    name = _scalar(item)
    return _first_name_first(name) if name else None


def _scalar(value: object) -> str | None:
    """The value as one line of text; lists and mappings are none."""
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(str(value).split()) or None


def _ids(words: Mapping[str, str | None]) -> PaperIds:
    """The identifiers under their own names, or whichever `id` or `url` holds."""
    candidates = [words.get(key) or "" for key in ("arxiv", "arxiv_id", "id", "doi", "url")]
    arxiv = next((found for text in candidates if (found := arxiv_id(text))), None)
    dois = (words.get("doi") or "", words.get("id") or "", words.get("url") or "")
    return PaperIds(
        doi=next((found for text in dois if (found := doi(text))), None),
        arxiv=arxiv,
        pmid=words.get("pmid"),
        pmcid=words.get("pmcid"),
    )


def _authors_and_venue(text: str) -> tuple[tuple[str, ...], str | None]:
    """Both from "A. Smith, B. Jones. Some Venue 2020 –"; a cut list ends in "et al."."""
    if not text:
        return (), None
    end = _AUTHORS_END.search(text)
    people, rest = (text[: end.start()], text[end.end() :]) if end else (text, "")
    venue = _VENUE_TAIL.sub("", rest).strip(" .,")
    return author_names(people), "arXiv" if venue.casefold() == "arxiv" else venue or None


def _status(what: Described) -> PublicationStatus:
    if what.venue is not None:
        return "preprint" if _PREPRINTS.search(what.venue) else "unknown"
    return "preprint" if what.ids.arxiv and not what.ids.doi else "unknown"
