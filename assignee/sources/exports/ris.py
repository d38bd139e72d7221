"""RIS files as entries: Zotero, Mendeley, EndNote and most publishers write them.

Records that nothing closes are kept, and what stands outside a record is named: the usual parsers
merge the one into the next and drop the other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from assignee.reading.metadata import Described, author_names, year_in
from assignee.records import PublicationStatus
from assignee.sources.exports.entry import (
    BadEntry,
    Entry,
    Kind,
    identifiers,
    language_code,
    web_addresses,
)
from assignee.sources.fields import text as without_markup

_TAG = re.compile(r"(?P<tag>[A-Z][A-Z0-9]) {1,2}-(?: (?P<value>.*))?$")

_STATUS: dict[str, PublicationStatus] = {
    "JOUR": "journal",
    "EJOUR": "journal",
    "JFULL": "journal",
    "CONF": "conference",
    "CPAPER": "conference",
}
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("BOOK", "CHAP", "EBOOK", "ECHAP", "EDBOOK"), "book"),
    **dict.fromkeys(("DATA", "AGGR", "DBASE"), "dataset"),
    **dict.fromkeys(("COMP", "PAT", "VIDEO", "SOUND", "ART", "FIGURE", "MAP", "BLOG"), "other"),
}

Fields = Mapping[str, Sequence[str]]


class _Raw(NamedTuple):
    """A record as it stands: tag to its values in order."""

    line: int
    fields: dict[str, list[str]]

    @property
    def where(self) -> str:
        return f"record in line {self.line}"


def read_ris(text: str) -> Iterator[Entry | BadEntry]:
    """The records of a cleaned text in its order."""
    for raw in _records(text):
        if isinstance(raw, BadEntry):
            yield raw
        elif title := _first(raw.fields, "TI", "T1", "CT", "BT"):
            yield _entry(raw, title)
        else:
            yield BadEntry(raw.where, "it has no title")


def _records(text: str) -> Iterator[_Raw | BadEntry]:
    raw: _Raw | None = None
    last: list[str] | None = None
    outside = 0
    for number, line in enumerate(text.split("\n"), start=1):
        tag = _TAG.match(line.rstrip())
        if tag and tag["tag"] in ("TY", "ER"):
            if raw:
                yield raw
            opens = tag["tag"] == "TY"
            raw = _Raw(number, {"TY": [(tag["value"] or "").strip()]}) if opens else None
            last, outside = None, 0
        elif raw and tag:
            last = raw.fields.setdefault(tag["tag"], [])
            last.append((tag["value"] or "").strip())
        elif last and line.strip():
            last[-1] = f"{last[-1]} {line.strip()}"
        elif line.strip() and not raw:
            outside += 1
            if outside == 1:
                yield BadEntry(f"line {number}", "it stands outside a record")
    if raw:
        yield raw


def _entry(raw: _Raw, title: str) -> Entry:
    fields = raw.fields
    files = [name for tag in ("L1", "L2") for name in fields.get(tag, ())]
    urls = web_addresses(
        part for value in fields.get("UR", ()) for part in re.split(r";\s*", value)
    )
    links = web_addresses(files)
    what = Described(
        title=title,
        authors=author_names([*fields.get("AU", ()), *fields.get("A1", ())]),
        year=year_in(_first(fields, "PY", "Y1", "DA") or ""),
        ids=identifiers(
            dois=(*fields.get("DO", ()), *urls),
            pmcids=[value for value in fields.get("C2", ()) if value.upper().startswith("PMC")],
            notes=[
                value for tag in ("N1", "M1", "AN", "T2", "JO") for value in fields.get(tag, ())
            ],
        ),
        venue=_first(fields, "JF", "JO", "T2", "JA", "J2", "C3"),
        url=next(iter(urls), None),
    )
    kind = fields["TY"][0]
    return Entry(
        raw.where,
        what,
        status=_STATUS.get(kind, "unknown"),
        abstract=_first(fields, "AB", "N2"),
        kind=_KINDS.get(kind, "article"),
        language=language_code(_first(fields, "LA") or ""),
        files=tuple(name for name in files if name.lower().endswith(".pdf") and name not in links),
        links=links,
    )


def _first(fields: Fields, *tags: str) -> str | None:
    """The first tag that has something to say, without markup."""
    values = (value for tag in tags for value in fields.get(tag, ()))
    return next((shown for value in values if (shown := without_markup(value))), None)
