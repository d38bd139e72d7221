"""OpenAlex: works of all fields, with citations, open access and retractions.

The service allows 100 requests a second; ten are asked for. Without a key it answers about a
hundred searches a day, with a free key ten times as many, and single works cost nothing. Cursors
are handed out to keys only, so without one the first 10,000 works are read by page number. The
contact address goes in the User-Agent.

A few plain words are searched for in titles, abstracts and the full texts that it has, ranked by
relevance. The service joins them by AND, so the words of a whole question become alternatives.
These, phrases, operators and fields hold for title and abstract alone: in full texts they would
find much that only mentions them. Documented at https://developers.openalex.org/guides/searching.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args
from urllib.parse import quote

from assignee.reading import identifiers
from assignee.records import Hit, Location, Notice, Paper, PaperIds, PublicationStatus
from assignee.records.paper import OpenAccess
from assignee.sources import fields
from assignee.sources.base import Criteria, QueryLog, SourceResult
from assignee.sources.boolean import Syntax, by_field, dated, is_plain, terms, written
from assignee.sources.fielded import asked
from assignee.sources.listing import Listing, Page, Params, gathered, read_list, shown
from assignee.sources.query import Query, words
from assignee.web.client import Reason, Reply, Web, WebError

MOST_A_PAGE = 100
MOST_AUTHORS = 100
"""Lists cut the authors of a work here."""

_SELECT = (
    "id,doi,title,display_name,publication_year,language,type,ids,primary_location,"
    "best_oa_location,locations,open_access,authorships,cited_by_count,is_retracted,"
    "referenced_works,abstract_inverted_index"
)
_HIDDEN = ("api_key", "cursor", "page", "select")
_SYNTAX = Syntax(both=" AND ", either=" OR ", negation="NOT ")
_FILTERS = {
    None: "title_and_abstract.search",
    "title": "title.search",
    "abstract": "abstract.search",
    "author": "raw_author_name.search",
}
_TYPES: dict[PublicationStatus, str] = {
    "journal": "article|review|letter|editorial|erratum",
    "conference": "article|review",
    "preprint": "preprint",
}
_KINDS = {
    "review": "review",
    "erratum": "erratum",
    "retraction": "erratum",
    "letter": "letter",
    "editorial": "letter",
    "book": "book",
    "book-chapter": "book",
    "dataset": "dataset",
    "article": "article",
    "preprint": "article",
}


class OpenAlexSource:
    """Works of OpenAlex; `cites` and `cited_by` follow its citation graph.

    Args:
        web: the way to the service.
        criteria: days of publication, kinds and language become filters, as far as it has them.
        base_url: the service's root.
        key: optional; sent as `api_key`.
    """

    name = "OpenAlex"
    needs_key = False
    interval = 0.1
    """Seconds between the starts of two requests."""

    def __init__(
        self,
        web: Web,
        criteria: Criteria,
        *,
        base_url: str = "https://api.openalex.org",
        key: str | None = None,
    ) -> None:
        self._web = web
        self._criteria = criteria
        self._base_url = base_url.rstrip("/")
        self._key = key

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        """At most `limit` works a query, the most relevant first."""
        listings = []
        for query in queries:
            search, since, until = dated(asked(query), self._criteria)
            filters = list(_filters(replace(self._criteria, since=since, until=until)))
            plain = words(search) if _is_plain(search) else None
            searches = [] if plain else list(_searches(search))
            if plain or searches:
                # Documented for words of any kind; named, because filters alone have no ranking.
                sort = None if plain else "relevance_score:desc"
                conditions = [*searches, *filters]
                found = await self._list(query, conditions, limit=limit, words=plain, sort=sort)
            else:
                found = Listing((), QueryLog(query, 0, ("no words to search for",)))
            listings.append(found)
        return gathered(listings)

    async def cites(self, ids: PaperIds, *, limit: int) -> SourceResult:
        """Works that this one cites (backward), the most cited first."""
        return await self._linked(ids, "cited_by", "cited by", limit=limit)

    async def cited_by(self, ids: PaperIds, *, limit: int) -> SourceResult:
        """Works that cite this one (forward), the most cited first."""
        return await self._linked(ids, "cites", "citing", limit=limit)

    async def by_ids(self, ids: Sequence[PaperIds]) -> SourceResult:
        """Works by identifier, one request each; one that is unknown is an error in the log."""
        return gathered([await self._single(name) for each in ids if (name := _name(each))])

    async def _linked(
        self, ids: PaperIds, filter_name: str, relation: str, *, limit: int
    ) -> SourceResult:
        name = _name(ids)
        query = f"works {relation} {name}"
        if name is None:
            return SourceResult(queries=(QueryLog(query, 0, ("it has no identifier",)),))
        work = ids.openalex
        if work is None:
            hits, log = await self._single(name)
            work = next((hit.paper.ids.openalex for hit in hits), None)
            if work is None:
                return SourceResult(queries=(replace(log, query=query),))
        filters = [f"{filter_name}:{work}", *_filters(self._criteria)]
        return gathered([await self._list(query, filters, limit=limit, sort="cited_by_count:desc")])

    async def _list(
        self,
        query: str,
        filters: Sequence[str],
        *,
        limit: int,
        words: str | None = None,
        sort: str | None = None,
    ) -> Listing:
        wanted = {"search": words, "filter": ",".join(filters), "sort": sort}
        params = {name: value for name, value in wanted.items() if value}
        params |= {"per_page": str(min(limit, MOST_A_PAGE)), "select": _SELECT}
        params |= {"cursor": "*", "api_key": self._key} if self._key else {"page": "1"}
        return await read_list(
            query,
            shown("works", params, without=_HIDDEN),
            first=params,
            get=self._page,
            read=_hit,
            limit=limit,
        )

    async def _page(self, params: Params) -> Page:
        body, reply = await self._get("works", params)
        found, meta = body["results"], fields.mapping(body.get("meta"))
        cursor = fields.token(meta.get("next_cursor"))
        following: Params | None = None
        if "cursor" in params and cursor:
            following = {**params, "cursor": cursor}
        elif "page" in params and len(found) >= int(params["per_page"]):
            following = {**params, "page": str(int(params["page"]) + 1)}
        return Page(found, fields.whole(meta.get("count")), following, reply.retries)

    async def _single(self, name: str) -> Listing:
        path = f"works/{quote(name, safe=':/')}"

        async def get(params: Params) -> Page:
            body, reply = await self._get(path, params)
            return Page([body], 1, None, reply.retries)

        params = {"select": _SELECT} | ({"api_key": self._key} if self._key else {})
        return await read_list(
            name, shown(path, params, without=_HIDDEN), first=params, get=get, read=_hit, limit=1
        )

    async def _get(self, path: str, params: Params) -> tuple[dict[str, Any], Reply]:
        def check(reply: Reply) -> dict[str, Any]:
            needed, kind = ("results", list) if path == "works" else ("id", str)
            return _body(reply, needed, kind, self._key)

        reply = await self._web.get(
            f"{self._base_url}/{path}", params=params, interval=self.interval, check=check
        )
        return check(reply), reply


def _body(reply: Reply, needed: str, kind: type[object], key: str | None) -> dict[str, Any]:
    """The object that was asked for: under load the service sends status 200 and an error."""
    body = reply.json()
    if isinstance(body, dict) and isinstance(body.get(needed), kind):
        return body
    said = fields.text(fields.mapping(body).get("error")) or "no works in the answer"
    reason: Reason = "limited" if "limit" in said.lower() else "malformed"
    detail = said.replace(key, "…") if key else said
    raise WebError(OpenAlexSource.name, reason, detail[:80], retries=reply.retries)


def _is_plain(search: Query) -> bool:
    return is_plain(search) and all(term.field is None for term in terms(search))


def _searches(search: Query) -> Iterable[str]:
    """One filter for each field that is searched; they hold together."""
    for field, part in by_field(search, known=("title", "abstract", "author")).items():
        if words := written(part, _SYNTAX):
            yield f"{_FILTERS[field]}:{words}"


def _filters(criteria: Criteria) -> Iterable[str]:
    if criteria.since:
        yield f"from_publication_date:{criteria.since.isoformat()}"
    if criteria.until:
        yield f"to_publication_date:{criteria.until.isoformat()}"
    if criteria.statuses and "unknown" not in criteria.statuses:
        types = [kind for status in criteria.statuses for kind in _TYPES[status].split("|")]
        yield f"type:{'|'.join(dict.fromkeys(types))}"
    if criteria.language:
        yield f"language:{criteria.language}"


def _name(ids: PaperIds) -> str | None:
    """How the service is asked for one work."""
    if ids.openalex:
        return ids.openalex
    if ids.doi:
        return f"doi:{ids.doi}"
    if ids.pmid:
        return f"pmid:{ids.pmid}"
    if ids.pmcid:
        return f"pmcid:{ids.pmcid}"
    return f"doi:10.48550/arxiv.{ids.arxiv}" if ids.arxiv else None


def _hit(entry: object) -> Hit | None:
    work = fields.mapping(entry)
    title = fields.text(work.get("display_name")) or fields.text(work.get("title"))
    if not title:
        return None
    primary = fields.mapping(work.get("primary_location"))
    ids = _ids(work)
    count = fields.whole(work.get("cited_by_count"))
    paper = Paper(
        id="",
        ids=ids,
        title=title,
        authors=_authors(work),
        year=fields.year(work.get("publication_year")),
        venue=fields.text(fields.mapping(primary.get("source")).get("display_name")),
        url=_url(ids, primary),
        publication_status=_status(work, primary),
        citation_count=count,
        citation_date=None if count is None else fields.today(),
        open_access=_open_access(work),
        language=fields.language(work.get("language")),
        notices=(Notice(kind="retraction"),) if work.get("is_retracted") is True else (),
        sources=(OpenAlexSource.name,),
    )
    return Hit.model_validate(
        {
            "source": OpenAlexSource.name,
            "paper": fields.identified(paper),
            "abstract": abstract(work.get("abstract_inverted_index")),
            "kind": _KINDS.get(fields.text(work.get("type")) or "article", "other"),
            "locations": _locations(work),
            "references": _references(work),
        }
    )


def abstract(index: object) -> str | None:
    """The abstract of an inverted index, which names for each word the places where it stands.

    Where places are missing an ellipsis stands, so that nobody quotes across the gap.
    """
    words: dict[int, str] = {}
    for word, places in fields.mapping(index).items():
        for place in fields.items(places):
            if isinstance(place, int) and not isinstance(place, bool) and place >= 0:
                words.setdefault(place, word)
    parts: list[str] = []
    last: int | None = None
    for place, word in sorted(words.items()):
        if last is not None and place > last + 1:
            parts.append("…")
        parts.append(word)
        last = place
    return fields.text(" ".join(parts))


def _ids(work: Mapping[str, Any]) -> PaperIds:
    named = fields.mapping(work.get("ids"))
    of_doi = fields.ids_of_doi(work.get("doi") or named.get("doi"))
    landing = [fields.text(place.get("landing_page_url")) or "" for place in _places(work)]
    arxiv = of_doi.arxiv or next(filter(None, map(identifiers.arxiv_id, landing)), None)
    return PaperIds(
        doi=of_doi.doi,
        arxiv=arxiv,
        pmid=fields.pmid(named.get("pmid")),
        pmcid=fields.pmcid(named.get("pmcid")),
        openalex=_work_id(work.get("id")),
    )


def _work_id(value: object) -> str | None:
    name = (fields.text(value) or "").rpartition("/")[2].upper()
    return name if name[:1] == "W" and name[1:].isascii() and name[1:].isdigit() else None


def _places(work: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Its locations, the best open one first."""
    best = fields.mapping(work.get("best_oa_location"))
    primary = fields.mapping(work.get("primary_location"))
    return [place for place in (best, primary, *fields.mappings(work.get("locations"))) if place]


def _authors(work: Mapping[str, Any]) -> tuple[str, ...]:
    entries = fields.mappings(work.get("authorships"))
    named = (
        fields.text(fields.mapping(entry.get("author")).get("display_name"))
        or fields.text(entry.get("raw_author_name"))
        for entry in entries
    )
    names = tuple(name for name in named if name)
    cut = len(entries) == MOST_AUTHORS and entries[-1].get("author_position") == "middle"
    return (*names, "et al.") if cut or work.get("is_authors_truncated") is True else names


def _url(ids: PaperIds, primary: Mapping[str, Any]) -> str | None:
    if ids.doi:
        return f"https://doi.org/{ids.doi}"
    own = f"https://openalex.org/{ids.openalex}" if ids.openalex else None
    return fields.address(primary.get("landing_page_url")) or own


def _status(work: Mapping[str, Any], primary: Mapping[str, Any]) -> PublicationStatus:
    raw = fields.text(primary.get("raw_type")) or fields.text(work.get("type_crossref"))
    venue = fields.text(fields.mapping(primary.get("source")).get("type"))
    if work.get("type") == "preprint" or raw == "posted-content":
        return "preprint"
    if raw == "proceedings-article" or venue == "conference":
        return "conference"
    if venue == "journal":
        return "journal"
    submitted = venue == "repository" and primary.get("version") == "submittedVersion"
    return "preprint" if submitted else "unknown"


def _open_access(work: Mapping[str, Any]) -> OpenAccess:
    said = fields.mapping(work.get("open_access")).get("oa_status")
    return next((word for word in get_args(OpenAccess) if word == said), "unknown")


def _locations(work: Mapping[str, Any]) -> tuple[Location, ...]:
    found: dict[str, Location] = {}
    for place in _places(work):
        if place.get("is_oa") is not True:
            continue
        licence = fields.text(place.get("license"))
        if pdf := fields.address(place.get("pdf_url")):
            found.setdefault(pdf, Location(url=pdf, format="pdf", licence=licence))
        elif page := fields.address(place.get("landing_page_url")):
            found.setdefault(page, Location(url=page, format="html", licence=licence))
    return tuple(found.values())


def _references(work: Mapping[str, Any]) -> tuple[PaperIds, ...]:
    named = map(_work_id, fields.items(work.get("referenced_works")))
    return tuple(PaperIds(openalex=name) for name in named if name)
