"""What the records of one work say together, each field by a written order of trust.

The published version describes the work, its preprint where nothing is published. Among
those records a field comes from the first source of `TRUST` that has it. Exceptions:

- authors: the longest list that is not cut short;
- citation count: the highest, with the day on which it was read;
- open access: OpenAlex first, whose words these are; its own id from each database;
- the status: journal or conference before preprint;
- notices, sources, locations and references: all of them;
- abstract: whole before cut; of those nearly as long as the longest, by `TRUST_IN_ABSTRACTS`.

Each field remembers its source. The order of the records does not matter.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from assignee.identity.matching import is_preprint
from assignee.identity.schemes import SCHEMES, canonical, copy_server, keys
from assignee.records import Hit, Location, Notice, Paper, PaperIds, Record
from assignee.records.paper import names_are_cut

TRUST = ("Crossref", "OpenAlex", "Europe PMC", "Semantic Scholar", "arXiv")
"""Sources by how far their metadata are trusted; those not named come last."""

TRUST_IN_ABSTRACTS = ("Europe PMC", "arXiv", "Crossref", "Semantic Scholar", "OpenAlex")
"""OpenAlex rebuilds abstracts from an index of words, Crossref's are rare."""

_HOMES = {
    "doi": "Crossref",
    "arxiv": "arXiv",
    "pmid": "Europe PMC",
    "pmcid": "Europe PMC",
    "s2": "Semantic Scholar",
    "openalex": "OpenAlex",
}
"""Whose own id each is."""

_NEARLY = 0.8
_LONGEST_ABSTRACT = 8_000
"""Characters; what is longer is a body of text in the field of the abstract."""


class Merged(Record):
    """One work as all its records describe it."""

    paper: Paper
    """With `field_sources` of every field that a source gave, and `versions`."""
    abstract: str | None = None
    abstract_source: str | None = None
    kind: str = "article"
    """As in `Hit.kind`; what a source says outright before the common `article`."""
    withdrawn: bool = False
    """Whether a source says so of any version."""
    locations: tuple[Location, ...] = ()
    references: tuple[PaperIds, ...] = ()
    records: int = 1
    """How many records it was made of."""


def merged(hits: Sequence[Hit]) -> Merged:
    """One work from its records, of which there must be at least one.

    Raises:
        ValueError: there is no record.
    """
    if not hits:
        raise ValueError("no record to merge: a work has one at least")
    ranked = sorted(hits, key=_rank)
    abstract = _abstract(ranked)
    return Merged(
        paper=_paper(ranked),
        abstract=abstract.abstract if abstract else None,
        abstract_source=abstract.source if abstract else None,
        kind=_kind(ranked),
        withdrawn=any(hit.withdrawn for hit in ranked),
        locations=_locations(ranked),
        references=_distinct(ids for hit in ranked for ids in hit.references),
        records=len(hits),
    )


def _rank(hit: Hit) -> tuple[bool, int, str]:
    """Published first, then by trust; the content decides between records of one source."""
    return not _published(hit.paper), _trust(hit.source, TRUST), hit.model_dump_json()


def _trust(source: str, order: Sequence[str]) -> int:
    return order.index(source) if source in order else len(order)


def _published(paper: Paper) -> bool:
    return not is_preprint(paper) and bool(
        paper.publication_status != "unknown" or paper.ids.doi or paper.venue
    )


class _Fields:
    """The paper's fields as they are chosen, with where each came from."""

    def __init__(self, ranked: Sequence[Hit]) -> None:
        self._ranked = ranked
        self.values: dict[str, Any] = {}
        self.sources: dict[str, str] = {}

    def choose(
        self,
        field: str,
        *,
        best: Callable[[Hit], Any] | None = None,
        absent: tuple[Any, ...] = (None, ""),
    ) -> Hit | None:
        """Take the field from the first record that has it, or from the first of the `best`.

        Returns:
            the record that it was taken from.
        """
        having = [hit for hit in self._ranked if getattr(hit.paper, field) not in absent]
        if not having:
            return None
        chosen = max(having, key=best) if best else having[0]
        self.values[field] = getattr(chosen.paper, field)
        self.sources[field] = _source_of(chosen, field)
        return chosen


def _source_of(hit: Hit, field: str) -> str:
    """The record's source, or the one that a merged record remembers."""
    return hit.paper.field_sources.get(field, hit.source)


def _paper(ranked: Sequence[Hit]) -> Paper:
    fields = _Fields(ranked)
    fields.choose("title", best=lambda hit: not _is_cut(hit.paper.title))
    fields.choose("authors", best=_whole_and_long, absent=((),))
    for field in ("year", "venue", "url", "language"):
        fields.choose(field)
    fields.choose("publication_status", best=_in_print, absent=("unknown",))
    fields.choose("open_access", best=_openalex, absent=("unknown",))
    counted = fields.choose("citation_count", best=_most_cited)
    ids, versions = _ids(ranked, fields.sources)
    paper = ranked[0].paper.model_copy(
        update={
            **fields.values,
            "citation_date": counted.paper.citation_date if counted else None,
            "ids": ids,
            "versions": versions,
            "notices": _notices(ranked),
            "sources": _sources(ranked),
            "field_sources": dict(sorted(fields.sources.items())),
        }
    )
    return paper.model_copy(update={"id": Paper.make_id(paper.kind, paper.identity)})


def _is_cut(text: str) -> bool:
    return text.rstrip().endswith(("…", "..."))


def _whole_and_long(hit: Hit) -> tuple[bool, int, int]:
    authors = hit.paper.authors
    return not names_are_cut(authors), len(authors), sum(map(len, authors))


def _in_print(hit: Hit) -> bool:
    return hit.paper.publication_status != "preprint"


def _openalex(hit: Hit) -> bool:
    return _source_of(hit, "open_access") == "OpenAlex"


def _most_cited(hit: Hit) -> tuple[int, str]:
    """The highest count, and the last day on which it was read."""
    return hit.paper.citation_count or 0, hit.paper.citation_date or ""


def _ids(ranked: Sequence[Hit], sources: dict[str, str]) -> tuple[PaperIds, tuple[PaperIds, ...]]:
    """The work's identifiers, whose sources are noted, and those that are left, by version."""
    chosen: dict[str, str] = {}
    for scheme in SCHEMES:
        having = [hit for hit in ranked if getattr(canonical(hit.paper.ids), scheme)]
        if having:
            hit = min(having, key=lambda hit: _home_rank(hit, scheme))
            chosen[scheme] = getattr(canonical(hit.paper.ids), scheme)
            sources[scheme] = _source_of(hit, scheme)
    told = (ids for hit in ranked for ids in (hit.paper.ids, *hit.paper.versions, *hit.related))
    return PaperIds(**chosen), _versions(told, set(chosen.items()))


def _versions(told: Iterable[PaperIds], seen: set[tuple[str, str]]) -> tuple[PaperIds, ...]:
    """What is told beyond the identifiers that were seen, each identifier once."""
    versions = []
    for ids in map(canonical, told):
        left = {s: value for s in SCHEMES if (value := getattr(ids, s)) and (s, value) not in seen}
        seen |= left.items()
        if left:
            versions.append(PaperIds(**left))
    return tuple(versions)


def _home_rank(hit: Hit, scheme: str) -> tuple[bool, bool]:
    """A published DOI before a copy's; then the word of the database whose id it is."""
    doi = canonical(hit.paper.ids).doi
    copied = scheme == "doi" and bool(copy_server(doi or "") or not _published(hit.paper))
    return copied, _source_of(hit, scheme) != _HOMES[scheme]


def _distinct(several: Iterable[PaperIds]) -> tuple[PaperIds, ...]:
    """Each work once, in order; those that share an identifier are put together."""
    groups: dict[int, tuple[PaperIds, frozenset[str]]] = {}
    place_of: dict[str, int] = {}
    for number, ids in enumerate(map(canonical, several)):
        named = keys(ids)
        places = sorted({place_of[key] for key in named if key in place_of})
        for known, its_names in (groups.pop(place) for place in reversed(places)):
            ids, named = _filled(known, ids), named | its_names
        if named:
            place = places[0] if places else number
            groups[place] = ids, named
            place_of |= dict.fromkeys(named, place)
    return tuple(groups[place][0] for place in sorted(groups))


def _filled(ids: PaperIds, other: PaperIds) -> PaperIds:
    return PaperIds(**{s: getattr(ids, s) or getattr(other, s) for s in SCHEMES})


def _notices(ranked: Sequence[Hit]) -> tuple[Notice, ...]:
    """All notices; one without date and DOI only where its kind is not known better."""
    known = {notice for hit in ranked for notice in hit.paper.notices}
    telling = {notice.kind for notice in known if notice.doi or notice.date}
    kept = (n for n in known if n.doi or n.date or n.kind not in telling)
    return tuple(sorted(kept, key=lambda n: (n.kind, n.date or "", n.doi or "")))


def _sources(ranked: Sequence[Hit]) -> tuple[str, ...]:
    names = {name for hit in ranked for name in (hit.paper.sources or (hit.source,))}
    return tuple(sorted(names, key=lambda name: (_trust(name, TRUST), name)))


def _abstract(ranked: Sequence[Hit]) -> Hit | None:
    """The record with the best abstract."""
    having = [hit for hit in ranked if hit.abstract and hit.abstract.strip()]
    whole = [hit for hit in having if not _is_cut(hit.abstract or "")]
    fitting = [hit for hit in whole if len(hit.abstract or "") <= _LONGEST_ABSTRACT]
    among = fitting or whole or having
    least = _NEARLY * max((len(hit.abstract or "") for hit in among), default=0)
    return min(
        (hit for hit in among if len(hit.abstract or "") >= least),
        key=lambda hit: _trust(hit.source, TRUST_IN_ABSTRACTS),
        default=None,
    )


def _kind(ranked: Sequence[Hit]) -> str:
    told = [hit.kind for hit in ranked]
    outright = (kind for kind in told if kind not in ("article", "other"))
    return next(outright, "article" if "article" in told else "other")


def _locations(ranked: Sequence[Hit]) -> tuple[Location, ...]:
    """Each place once, with its licence where any source knows it."""
    places: dict[tuple[str, str], Location] = {}
    for location in (location for hit in ranked for location in hit.locations):
        known = places.setdefault((location.url, location.format), location)
        if known.licence is None and location.licence is not None:
            places[location.url, location.format] = location
    return tuple(places.values())
