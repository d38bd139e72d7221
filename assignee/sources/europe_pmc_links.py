"""Links of Europe PMC's records to notices about them and to other versions of the same work."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from assignee.reading import identifiers
from assignee.records import Notice, PaperIds
from assignee.records.paper import NoticeKind
from assignee.sources import fields

Link = Mapping[str, Any]
"""One `commentCorrection` of a record."""

_NOTICES: tuple[tuple[str, NoticeKind], ...] = (
    # Which part a partial retraction takes back is not said, so it counts as one.
    ("retraction in", "retraction"),
    ("partial retraction in", "retraction"),
    ("retracted and republished in", "retraction"),
    ("expression of concern in", "expression of concern"),
    ("erratum in", "correction"),
    ("corrected and republished in", "correction"),
)
"""What a link says of this record; `Retraction of` and `Erratum for` say it of the other one."""

_VERSIONS = ("preprint in", "preprint of", "republished in", "republished from")

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DATE = re.compile(r"\.\s*(\d{4})(?:\s+([A-Z][a-z]{2})(?:\s+(\d{1,2}))?)?\b", re.ASCII)
_DOI = re.compile(r"\bdoi:\s*(10\.\d{4,9}/\S+)", re.IGNORECASE)


def notices(links: Iterable[Link]) -> tuple[Notice, ...]:
    """Notices about the record that has these links, each once."""
    found: dict[Notice, None] = {}
    for link in links:
        said = (fields.text(link.get("type")) or "").casefold()
        if kind := next((kind for name, kind in _NOTICES if said.startswith(name)), None):
            reference = fields.text(link.get("reference")) or ""
            found[Notice(kind=kind, date=_date(reference), doi=_doi(reference))] = None
    return tuple(found)


def related(links: Iterable[Link]) -> tuple[PaperIds, ...]:
    """Other versions, as far as they are named by more than Europe PMC's own number."""
    found: dict[PaperIds, None] = {}
    for link in links:
        if not (fields.text(link.get("type")) or "").casefold().startswith(_VERSIONS):
            continue
        number, source = link.get("id"), link.get("source")
        ids = PaperIds(
            doi=_doi(fields.text(link.get("reference")) or ""),
            pmid=fields.pmid(number) if source == "MED" else None,
            pmcid=fields.pmcid(number) if source == "PMC" else None,
        )
        if ids.first():
            found[ids] = None
    return tuple(found)


def _date(reference: str) -> str | None:
    """The date in a citation such as `Lancet. 2020 Jun 13;395:1820.`, as far as it is given."""
    match = _DATE.search(reference)
    if not match:
        return None
    year, month, day = match.groups()
    if (month or "").lower() not in _MONTHS:
        return year
    numbered = f"{year}-{_MONTHS.index(month.lower()) + 1:02}"
    return f"{numbered}-{int(day):02}" if day and 1 <= int(day) <= 31 else numbered


def _doi(reference: str) -> str | None:
    match = _DOI.search(reference)
    return identifiers.doi(match[1]) if match else None
