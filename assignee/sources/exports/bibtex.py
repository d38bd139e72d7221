"""BibTeX and BibLaTeX files as entries, read in one pass; broken entries are named and skipped.

The usual parsers drop a broken entry without a word, or everything behind it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from assignee.reading.latex import bare, printed
from assignee.reading.metadata import ET_AL, Described, year_in
from assignee.records import PaperIds, PublicationStatus
from assignee.sources.exports.attachments import attached
from assignee.sources.exports.entry import (
    BadEntry,
    Entry,
    Kind,
    identifiers,
    language_code,
    web_addresses,
)

_START = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_HEAD = re.compile(r"\s*@\s*(?P<type>[A-Za-z]+)\s*(?P<open>[{(])")
_KEY = re.compile(r"\s*(?P<key>[^\s,={}()\"]*)\s*(?P<comma>,?)")
_FIELD = re.compile(r"[\s,]*(?P<name>[^\s=,{}()\"#]+)\s*=\s*")
_WORD = re.compile(r"[^\s#,{}()\"=]+")
_MARK = re.compile(r"[{}\"]")
_CLOSE = re.compile(r"[\s,]*[})]")
_JOIN = re.compile(r"\s*#\s*")
_NAMES = re.compile(r"(?P<brace>[{}])|\s+and\s+", re.IGNORECASE)
_PARTS = re.compile(r"(?P<brace>[{}])|\s*,\s*")

_STATUS: dict[str, PublicationStatus] = {
    "article": "journal",
    "inproceedings": "conference",
    "conference": "conference",
}
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("book", "mvbook", "inbook", "bookinbook", "incollection"), "book"),
    **dict.fromkeys(("collection", "proceedings", "reference", "inreference"), "book"),
    **dict.fromkeys(("software", "patent", "video", "audio", "image", "artwork"), "other"),
    "dataset": "dataset",
}
_INHERITED = ("year", "date", "publisher", "editor")


class _Raw(NamedTuple):
    """An entry as it stands: type and field names in small letters."""

    type: str
    key: str
    line: int
    fields: dict[str, str]

    @property
    def where(self) -> str:
        return f"entry {self.key!r} in line {self.line}"


class _Broken(Exception):
    """The entry cannot be read; the message is the reason."""


def read_bibtex(text: str) -> Iterator[Entry | BadEntry]:
    """The entries of a cleaned text in its order; two of one key are two entries."""
    found = list(_Parser(text).run())
    parents = {raw.key.casefold(): raw for raw in found if isinstance(raw, _Raw)}
    for raw in found:
        if isinstance(raw, BadEntry):
            yield raw
        elif title := printed(raw.fields.get("title", "")):
            parent = parents.get(raw.fields.get("crossref", "").casefold())
            yield _entry(_inheriting(raw, parent) if parent else raw, title)
        else:
            yield BadEntry(raw.where, "it has no title")


class _Parser:
    """Goes through the text once; an entry ends at the latest where a line opens the next."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._end = 0
        self._strings: dict[str, str] = {}
        self._line = 1
        self._counted = 0

    def run(self) -> Iterator[_Raw | BadEntry]:
        starts = [match.start() for match in _START.finditer(self._text)]
        for start, end in zip(starts, [*starts[1:], len(self._text)], strict=True):
            self._place, self._end = start, end
            while head := _HEAD.match(self._text, self._place, self._end):
                line = self._line_of(head.start("type"))
                self._place = head.end()
                try:
                    if entry := self._read(head["type"].lower(), line):
                        yield entry
                except _Broken as error:
                    yield BadEntry(f"entry {self._key_at(head.end())!r} in line {line}", str(error))
                    break

    def _line_of(self, place: int) -> int:
        self._line += self._text.count("\n", self._counted, place)
        self._counted = place
        return self._line

    def _key_at(self, place: int) -> str:
        key = _KEY.match(self._text, place, self._end)
        return key["key"] if key else ""

    def _read(self, type_: str, line: int) -> _Raw | None:
        if type_ in ("comment", "preamble"):
            self._place = self._end
            return None
        if type_ == "string":
            self._strings.update(self._fields())
            return None
        key = _KEY.match(self._text, self._place, self._end)
        assert key is not None
        if not key["comma"]:
            raise _Broken("there is no comma after its key")
        self._place = key.end()
        return _Raw(type_, key["key"], line, self._fields())

    def _fields(self) -> dict[str, str]:
        """The fields up to the closing bracket; of two of one name the first counts."""
        fields: dict[str, str] = {}
        while field := _FIELD.match(self._text, self._place, self._end):
            self._place = field.end()
            fields.setdefault(field["name"].lower(), self._value())
        rest = _CLOSE.match(self._text, self._place, self._end)
        if not rest:
            raise _Broken("it is not closed, or a field of it is malformed")
        self._place = rest.end()
        return fields

    def _value(self) -> str:
        parts = [self._part()]
        while joined := _JOIN.match(self._text, self._place, self._end):
            self._place = joined.end()
            parts.append(self._part())
        return "".join(parts)

    def _part(self) -> str:
        opening = self._text[self._place : self._place + 1]
        if opening in ("{", '"'):
            return self._delimited(opening)
        word = _WORD.match(self._text, self._place, self._end)
        if not word:
            raise _Broken("a field of it has no value")
        self._place = word.end()
        return self._strings.get(word.group().lower(), word.group())

    def _delimited(self, opening: str) -> str:
        """A value in braces or quotation marks; braces inside it are in pairs."""
        start = self._place + 1
        depth = 0
        for mark in _MARK.finditer(self._text, start, self._end):
            sign = mark.group()
            if depth == 0 and sign == ("}" if opening == "{" else '"'):
                self._place = mark.end()
                return self._text[start : mark.start()]
            depth += (sign == "{") - (sign == "}")
        raise _Broken("a brace or a quotation mark of it is not closed")


def _inheriting(raw: _Raw, parent: _Raw) -> _Raw:
    """The entry with what it leaves to the volume that it is a part of."""
    given = {name: parent.fields[name] for name in _INHERITED if name in parent.fields}
    if title := parent.fields.get("booktitle") or parent.fields.get("title"):
        given["booktitle"] = title
    return raw._replace(fields={**given, **raw.fields})


def _entry(raw: _Raw, title: str) -> Entry:
    fields = raw.fields
    urls = web_addresses(bare(fields.get(name, "")) for name in ("url", "howpublished"))
    what = Described(
        title=title,
        authors=_authors(fields.get("author", "")),
        year=year_in(fields.get("year", "")) or year_in(fields.get("date", "")),
        ids=_ids(fields, urls),
        venue=_first(fields, "journal", "journaltitle", "booktitle", "eventtitle"),
        url=next(iter(urls), None),
    )
    return Entry(
        raw.where,
        what,
        status=_STATUS.get(raw.type, "unknown"),
        abstract=printed(fields.get("abstract", "")) or None,
        kind=_KINDS.get(raw.type, "article"),
        language=language_code(fields.get("langid") or fields.get("language") or ""),
        files=attached(fields.get("file", "")),
    )


def _first(fields: Mapping[str, str], *names: str) -> str | None:
    return next((shown for name in names if (shown := printed(fields.get(name, "")))), None)


def _ids(fields: Mapping[str, str], urls: tuple[str, ...]) -> PaperIds:
    plain = {
        name: bare(value) for name, value in fields.items() if name not in ("abstract", "file")
    }
    server = (plain.get("archiveprefix") or plain.get("eprinttype") or "").casefold()
    eprint = plain.get("eprint", "")
    notes = ("journal", "journaltitle", "note", "number", "howpublished", "annote")
    return identifiers(
        dois=(plain.get("doi", ""), *urls),
        arxiv=(
            plain.get("arxiv", ""),
            plain.get("arxivid", ""),
            eprint if server != "pubmed" else "",
        ),
        pmids=(plain.get("pmid", ""), eprint if server == "pubmed" else ""),
        pmcids=(plain.get("pmcid", ""), plain.get("pmc", "")),
        notes=[plain.get(name, "") for name in notes],
    )


def _authors(value: str) -> tuple[str, ...]:
    names = _parts(value, _NAMES)
    shown = [ET_AL if name.casefold() == "others" else _name(name) for name in names]
    return tuple(filter(None, shown))


def _name(name: str) -> str:
    """First name first; what braces keep whole stays as it is."""
    match _parts(name, _PARTS):
        case [last, first]:
            return printed(f"{first} {last}")
        case [last, suffix, first, *_]:
            return printed(f"{first} {last} {suffix}")
    return printed(name)


def _parts(value: str, apart: re.Pattern[str]) -> list[str]:
    """What stands between the matches of a pattern that are outside braces."""
    parts, start, depth = [], 0, 0
    for mark in apart.finditer(value):
        if mark["brace"]:
            depth += 1 if mark["brace"] == "{" else -1
        elif depth == 0:
            parts.append(value[start : mark.start()])
            start = mark.end()
    return [part.strip() for part in (*parts, value[start:]) if part.strip()]
