"""Which records are one work: by their identifiers, and failing those by title, year and author.

Two records are linked by an identifier that both have or that a source relates, unless their
titles deny it; and by titles that are the same but for spelling, if first author and year agree and
no identifier speaks against it. Works are made of links, strongest first; a link by title
that would join two works which cannot be one is left out. So the relation is transitive, no order
of the records matters, and one wrong identifier joins nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Literal, NamedTuple

from assignee.identity.people import agree, is_group, most_agree, name_of
from assignee.identity.schemes import (
    ARCHIVE,
    SCHEMES,
    canonical,
    copy_server,
    is_component,
    keys,
    unversioned,
)
from assignee.identity.titles import Likeness, Title, likeness, title_of, unlike
from assignee.records import Hit, Paper, PaperIds

YEARS_APART = 1
"""Online first and in print."""

YEARS_TO_PRINT = 4
"""From a preprint to its journal."""

_CROWD = 60
"""Records that share a key are compared each with each up to so many, else with `_NEAR` others."""
_NEAR = 10
_WORDS_ALONE = 5
"""Telling words of a title that stands for its work also where the authors are not known."""
_SHOWN = 60
"""Characters of a title in a warning."""

NOTICE = "notice"
"""The role of a record that a source calls an erratum and whose title does not say of what kind."""

_PREPRINTS = re.compile(
    r"\b(?:arxiv|biorxiv|medrxiv|chemrxiv|\w+rxiv|ssrn|preprints?(?:\.org)?|research square|"
    r"osf|authorea|zenodo|working papers?)\b",
    re.IGNORECASE,
)
_THESES = re.compile(r"\b(?:thesis|dissertation|habilitation)\b", re.IGNORECASE)

Form = Literal["paper", "book", "dataset", "thesis"]


class Works(NamedTuple):
    """Records put together by the work that they describe."""

    groups: list[list[int]]
    """Indices of the records, each once, in order; groups by their first record."""
    warnings: tuple[str, ...]
    """Identifiers that records of unlike works share, and that were not believed."""


class _Entry(NamedTuple):
    """What is compared of one record."""

    order: str
    """Its content as text: the order in which records are taken."""
    title: Title
    authors: tuple[str, ...]
    year: int | None
    ids: PaperIds
    own: frozenset[str]
    """Its identifiers and those of its other versions as far as the source tells them."""
    preprint: bool
    form: Form
    role: str | None
    """What it is in regard to another publication; a correction, say."""
    note: bool


class _Link(NamedTuple):
    """Two records that are one work by themselves; the least is the strongest."""

    by_title: bool
    weakness: tuple[int, int, int]
    """Of a link by title: its likeness, whether authors are unknown, years apart."""
    one: int
    other: int


def same(hits: Sequence[Hit]) -> Works:
    """Group the records by work: an equivalence, whatever the order of the records.

    Computes about 3 s for 10,000 records of one field.
    """
    places: defaultdict[_Entry, list[int]] = defaultdict(list)
    for place, hit in enumerate(hits):
        places[_entry(hit)].append(place)
    entries = sorted(places, key=lambda entry: entry.order)
    by_id, warnings = _links_by_identifier(entries)
    links = sorted({*by_id, *_links_by_title(entries)})
    clusters = _Clusters(entries)
    for link in links:
        clusters.join(link)
    groups = [
        sorted(place for member in members for place in places[entries[member]])
        for members in clusters.all()
    ]
    return Works(sorted(groups), warnings)


class _Clusters:
    """Entries in sets that only grow, as far as no two in one contradict each other."""

    def __init__(self, entries: Sequence[_Entry]) -> None:
        self._entries = entries
        self._of = {index: [index] for index in range(len(entries))}

    def join(self, link: _Link) -> None:
        """Join the two sets of the link unless their entries cannot be one work."""
        one, other = self._of[link.one], self._of[link.other]
        if one is other or not self._compatible(one, other, by_title=link.by_title):
            return
        larger, smaller = (one, other) if len(one) >= len(other) else (other, one)
        larger += smaller
        for index in smaller:
            self._of[index] = larger

    def all(self) -> list[list[int]]:
        """The sets."""
        return list({id(members): members for members in self._of.values()}.values())

    def _compatible(self, one: Sequence[int], other: Sequence[int], *, by_title: bool) -> bool:
        for left, right in product(one, other):
            ours, theirs = self._entries[left], self._entries[right]
            if _clash(ours, theirs):
                return False
            if by_title and (_ids_conflict(ours, theirs) or not _years_fit(ours, theirs)):
                return False
        return True


def is_preprint(paper: Paper) -> bool:
    """Whether it is a preprint or a deposit: as metadata say, or by its DOI, venue or arXiv id."""
    ids = canonical(paper.ids)
    server = copy_server(ids.doi) if ids.doi else None
    return (
        paper.publication_status == "preprint"
        or bool(server and server != ARCHIVE)
        or bool(paper.venue and _PREPRINTS.search(paper.venue))
        or bool(ids.arxiv and not ids.doi and not paper.venue)
    )


def _entry(hit: Hit) -> _Entry:
    paper = hit.paper
    ids, title, role, form = canonical(paper.ids), title_of(paper.title), _role(hit), _form(hit)
    own = frozenset().union(*(keys(known) for known in (ids, *paper.versions, *hit.related)))
    preprint = is_preprint(paper)
    facts = (paper.title, paper.authors, paper.year, paper.venue, form, role, preprint, paper.kind)
    values = (getattr(ids, scheme) for scheme in SCHEMES)
    return _Entry(
        order="\x1f".join(map(str, (title.joined, *values, *sorted(own), *facts))),
        title=title,
        authors=paper.named_authors,
        year=paper.year,
        ids=ids,
        own=own,
        preprint=preprint,
        form=form,
        role=role,
        note=paper.kind == "note",
    )


def _role(hit: Hit) -> str | None:
    """What the title says, or the form of the DOI, or the source."""
    doi = canonical(hit.paper.ids).doi
    return (
        title_of(hit.paper.title).role
        or ("supplement" if doi and is_component(doi) else None)
        or (NOTICE if hit.kind == "erratum" else None)
    )


def _form(hit: Hit) -> Form:
    if hit.kind == "book" or hit.kind == "dataset":
        return hit.kind
    return "thesis" if _THESES.search(hit.paper.venue or "") else "paper"


def _links_by_identifier(entries: Sequence[_Entry]) -> tuple[list[_Link], tuple[str, ...]]:
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        for key in entry.own:
            blocks[key].append(index)
    links, warnings = [], []
    for key, members in sorted(blocks.items()):
        doubted: dict[int, None] = {}
        for one, other in _pairs(members):
            if _believed(entries[one], entries[other]):
                links.append(_Link(False, (0, 0, 0), one, other))
            else:
                doubted |= {one: None, other: None}
        if doubted:
            warnings.append(_warning(key, [entries[index] for index in doubted]))
    return links, tuple(warnings)


def _warning(key: str, entries: Sequence[_Entry]) -> str:
    titles = sorted({entry.title.text[:_SHOWN].strip() or "(no title)" for entry in entries})
    more = f" and {len(titles) - 2} more" if len(titles) > 2 else ""
    named = " and ".join(f"“{title}”" for title in titles[:2])
    return f"{key} is given for {named}{more}: not taken as one work"


def _believed(one: _Entry, other: _Entry) -> bool:
    """Whether an identifier that both have makes them one work, as their titles are."""
    if _clash(one, other):
        return False
    if likeness(one.title, other.title):
        return True
    authors = agree(one.authors, other.authors)
    if authors is False or _ids_conflict(one, other):
        return False
    if one.title.latin != other.title.latin or not unlike(one.title, other.title):
        return True
    return (
        authors is True
        and _years_apart(one, other, unknown=0) <= YEARS_TO_PRINT
        and not (one.title.generic or other.title.generic)
    )


def _links_by_title(entries: Sequence[_Entry]) -> Iterator[_Link]:
    blocks: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        if not entry.title.generic and not entry.note:
            for block in _blocks(entry):
                blocks[block].append(index)
    pairs = {pair for members in blocks.values() for pair in _pairs(members)}
    for one, other in pairs:
        if weakness := _alike(entries[one], entries[other]):
            yield _Link(True, weakness, one, other)


def _blocks(entry: _Entry) -> Iterator[tuple[str, str]]:
    """Keys of which two records of one work share one: the title, or a name and a title's word."""
    yield "", entry.title.joined
    if not entry.authors or is_group(entry.authors[0]):
        return
    telling = [token for token in entry.title.tokens if len(token) > 3][:3]
    for name in name_of(entry.authors[0]).surnames:
        for token in telling or entry.title.tokens[:1]:
            yield name, token


def _pairs(members: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Each with each; in a crowd, each with those that come next by content."""
    if len(members) <= _CROWD:
        return combinations(members, 2)
    return (
        (one, other)
        for place, one in enumerate(members)
        for other in members[place + 1 : place + 1 + _NEAR]
    )


def _alike(one: _Entry, other: _Entry) -> tuple[int, int, int] | None:
    """How weakly title, authors and year make two records one work; `None` when they do not."""
    how = likeness(one.title, other.title) if _years_fit(one, other) else None
    if how is None or _clash(one, other) or not _forms_fit(one, other):
        return None
    if _ids_conflict(one, other) or _another_year(one, other):
        return None
    authors = agree(one.authors, other.authors)
    if not _told_enough(one, other, how=how, authors=authors):
        return None
    order = ("exact", "near", "subtitle").index(how)
    return order, int(authors is None), _years_apart(one, other, unknown=YEARS_APART)


def _told_enough(one: _Entry, other: _Entry, *, how: Likeness, authors: bool | None) -> bool:
    """Whether as much agrees as a title of that likeness and length needs beside it."""
    words = min(one.title.words, other.title.words)
    known_years = one.year is not None and other.year is not None
    if authors is None:
        needed = _WORDS_ALONE if known_years else _WORDS_ALONE + 2
        return how == "exact" and words >= needed
    if not authors:
        return False
    if how == "subtitle" and words < 3:
        return words == 2 or most_agree(one.authors, other.authors)
    if words <= 2:
        return how == "exact" and known_years
    return True


def _clash(one: _Entry, other: _Entry) -> bool:
    """Whether they cannot be one work, whatever identifiers say."""
    if one.note != other.note:
        return True
    if one.title.parts and other.title.parts and one.title.parts != other.title.parts:
        return True
    if one.role == other.role:
        return False
    # A source's word that a record is a notice weighs less than the identifier of both.
    weak = NOTICE in (one.role, other.role)
    return not (weak and (one.own & other.own or (one.role and other.role)))


def _forms_fit(one: _Entry, other: _Entry) -> bool:
    """A book may be told as a paper by a source that knows no books; data and theses may not."""
    forms = {one.form, other.form}
    if len(forms) == 1:
        return True
    longer = min(one.title.words, other.title.words) > 2
    return forms == {"paper", "book"} and longer and one.year == other.year


def _ids_conflict(one: _Entry, other: _Entry) -> bool:
    """Whether both have an identifier of one scheme, and it is not the same work's."""
    if one.own & other.own:
        return False
    if one.ids.arxiv and other.ids.arxiv:
        return True
    if one.ids.doi and other.ids.doi:
        return not _copies(one, other)
    versions = one.preprint != other.preprint
    return not versions and any(
        getattr(one.ids, scheme) and getattr(other.ids, scheme) for scheme in ("pmid", "pmcid")
    )


def _copies(one: _Entry, other: _Entry) -> bool:
    """Whether two DOIs may be an article's and its preprint's, or those of two servers."""
    assert one.ids.doi is not None
    assert other.ids.doi is not None
    ours, theirs = copy_server(one.ids.doi), copy_server(other.ids.doi)
    if ours and theirs:
        return ours != theirs or unversioned(one.ids.doi) == unversioned(other.ids.doi)
    return bool(ours or theirs) or one.preprint != other.preprint


def _years_fit(one: _Entry, other: _Entry) -> bool:
    apart = _years_apart(one, other, unknown=0)
    return apart <= (YEARS_TO_PRINT if one.preprint != other.preprint else YEARS_APART)


def _another_year(one: _Entry, other: _Entry) -> bool:
    """Whether they are two years of a series."""
    return (one.title.serial or other.title.serial) and bool(_years_apart(one, other, unknown=0))


def _years_apart(one: _Entry, other: _Entry, *, unknown: int) -> int:
    if one.year is None or other.year is None:
        return unknown
    return abs(one.year - other.year)
