"""CSL-JSON as entries: what Zotero, Mendeley and EndNote hand to word processors."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from assignee.errors import ReadingError
from assignee.reading.metadata import Described, year_in
from assignee.records import PublicationStatus
from assignee.sources.exports.attachments import attached
from assignee.sources.exports.entry import (
    BadEntry,
    Entry,
    Kind,
    identifiers,
    language_code,
    web_addresses,
)
from assignee.sources.fields import items, mapping, mappings, text, year

_STATUS: dict[str, PublicationStatus] = {
    "article-journal": "journal",
    "paper-conference": "conference",
    "article": "preprint",
}
"""Zotero writes `article` for preprints, as CSL 1.0.2 says."""

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("book", "chapter", "entry-encyclopedia", "entry-dictionary"), "book"),
    **dict.fromkeys(("software", "patent", "webpage", "post", "post-weblog"), "other"),
    "dataset": "dataset",
}


def read_csl(source: str, name: str) -> Iterator[Entry | BadEntry]:
    """The items of a list, or of the list `items` of an object.

    Raises:
        ReadingError: it is no JSON, or no such list.
    """
    try:
        content = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise ReadingError(name, "it is not valid JSON") from error
    found = mapping(content).get("items") if isinstance(content, dict) else content
    if not isinstance(found, list):
        raise ReadingError(name, "it is no CSL-JSON: a list of items is expected")
    for number, item in enumerate(found, start=1):
        key = mapping(item).get("id")
        where = f"item {number}" + (f" ({key})" if isinstance(key, str | int) else "")
        if not isinstance(item, dict):
            yield BadEntry(where, "it is no JSON object")
        elif title := text(item.get("title")):
            yield _entry(where, item, title)
        else:
            yield BadEntry(where, "it has no title")


def _entry(where: str, item: Mapping[str, Any], title: str) -> Entry:
    urls = web_addresses(_strings(item.get("URL")))
    what = Described(
        title=title,
        authors=tuple(name for one in mappings(item.get("author")) if (name := _name(one))),
        year=_year(mapping(item.get("issued"))),
        ids=identifiers(
            dois=(*_strings(item.get("DOI")), *urls),
            arxiv=_strings(item.get("arxiv")),
            pmids=_strings(item.get("PMID")),
            pmcids=_strings(item.get("PMCID")),
            notes=[*_strings(item.get("note")), *_strings(item.get("number"))],
        ),
        venue=text(item.get("container-title")) or text(item.get("event-title")),
        url=next(iter(urls), None),
    )
    kind = str(item.get("type"))
    return Entry(
        where,
        what,
        status=_STATUS.get(kind, "unknown"),
        abstract=text(item.get("abstract")),
        kind=_KINDS.get(kind, "article"),
        language=language_code(text(item.get("language")) or ""),
        files=tuple(path for value in _strings(item.get("file")) for path in attached(value)),
    )


def _strings(value: object) -> list[str]:
    """The texts of a field that holds one or a list of them; numbers count as texts."""
    values = items(value) if isinstance(value, list) else [value]
    return [str(one) for one in values if isinstance(one, str | int) and not isinstance(one, bool)]


def _name(person: Mapping[str, Any]) -> str | None:
    parts = ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
    return text(person.get("literal")) or text(
        " ".join(filter(None, map(text, map(person.get, parts))))
    )


def _year(issued: Mapping[str, Any]) -> int | None:
    """The year of `date-parts`, whose numbers may be texts, or of a date in words."""
    parts = items(issued.get("date-parts"))
    first = items(parts[0]) if parts else []
    told = (text(issued.get("raw")) or "", text(issued.get("literal")) or "")
    return (year(first[0]) if first else None) or year_in(" ".join(told))
