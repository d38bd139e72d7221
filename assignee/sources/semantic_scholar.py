"""Semantic Scholar: papers of all fields, with citations in both directions.

The service asks for one request a second, with or without a key; without one all its users share
a pool, which is often exhausted (429). Two searches are documented: by relevance, for plain words,
and in bulk, for phrases and operators. Only the first ranks by relevance; the second sorts by
citations. It wants every word, so those of a whole question beside a phrase become alternatives.
Neither knows languages. Its abstracts are missing where a publisher forbids them.

Documented at https://api.semanticscholar.org/api-docs/graph.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, get_args
from urllib.parse import quote

from assignee.reading import identifiers
from assignee.records import Hit, Location, Paper, PaperIds, PublicationStatus
from assignee.records.paper import OpenAccess
from assignee.sources import fields
from assignee.sources.base import Criteria, QueryLog, SourceResult
from assignee.sources.boolean import Syntax, dated, is_plain, written
from assignee.sources.fielded import asked
from assignee.sources.listing import Listing, Page, Params, gathered, read_list, shown
from assignee.sources.query import Query, parse, words
from assignee.web.client import Reply, Web, WebError

MOST_A_PAGE = 100
MOST_BY_RELEVANCE = 1000
MOST_LINKS_A_PAGE = 500

_FIELDS = (
    "title,abstract,year,venue,publicationVenue,publicationTypes,externalIds,authors,"
    "citationCount,openAccessPdf,url"
)
_HIDDEN = ("fields", "offset", "token")
_SYNTAX = Syntax(both=" ", either=" | ", negation="-")
_TYPES: dict[PublicationStatus, str] = {"journal": "JournalArticle", "conference": "Conference"}
_KINDS = {
    "Review": "review",
    "MetaAnalysis": "review",
    "LettersAndComments": "letter",
    "Editorial": "letter",
    "Dataset": "dataset",
    "Book": "book",
    "BookSection": "book",
    "News": "other",
}
_PREPRINT_SERVERS = frozenset({
    "arxiv", "arxiv.org", "biorxiv", "medrxiv", "chemrxiv", "psyarxiv", "socarxiv", "techrxiv",
    "preprints.org", "research square", "ssrn electronic journal",
    "social science research network",
})  # fmt: skip


class SemanticScholarSource:
    """Papers of Semantic Scholar; `cites` and `cited_by` follow its citation graph.

    Args:
        web: the way to the service.
        criteria: days of publication become a filter, and kinds where it has them; languages
            cannot be asked for.
        base_url: the service's root, without `/graph/v1`.
        key: optional; sent in the header `x-api-key`.
    """

    name = "Semantic Scholar"
    needs_key = False
    interval = 1.0
    """Seconds between the starts of two requests."""

    def __init__(
        self,
        web: Web,
        criteria: Criteria,
        *,
        base_url: str = "https://api.semanticscholar.org",
        key: str | None = None,
    ) -> None:
        self._web = web
        self._criteria = criteria
        self._root = f"{base_url.rstrip('/')}/graph/v1"
        self._headers = {"x-api-key": key} if key else {}

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        """At most `limit` papers a query: by relevance, or the most cited where it has syntax."""
        return gathered([await self._search(query, limit=limit) for query in queries])

    async def cites(self, ids: PaperIds, *, limit: int) -> SourceResult:
        """Papers that this one cites (backward)."""
        return await self._linked(ids, "references", "citedPaper", "cited by", limit=limit)

    async def cited_by(self, ids: PaperIds, *, limit: int) -> SourceResult:
        """Papers that cite this one (forward), within the days of the criteria."""
        return await self._linked(ids, "citations", "citingPaper", "citing", limit=limit)

    async def by_ids(self, ids: Sequence[PaperIds]) -> SourceResult:
        """Papers by identifier, one request each; one that is unknown is an error in the log."""
        return gathered([await self._single(name) for each in ids if (name := _name(each))])

    async def _search(self, query: str, *, limit: int) -> Listing:
        search, since, until = dated(parse(query), self._criteria)
        params = {"fields": _FIELDS, **self._filters(since, until)}
        if is_plain(search):
            path, most = "paper/search", min(limit, MOST_BY_RELEVANCE)
            params |= {"query": _plain(search), "limit": str(min(limit, MOST_A_PAGE))}
        else:
            path, most = "paper/search/bulk", limit
            # Authors stand in no field that this search looks at.
            alternatives, *_ = dated(asked(query), self._criteria)
            syntax = written(alternatives, _SYNTAX, without=("author",))
            params |= {"query": syntax, "sort": "citationCount:desc"}
        if not params["query"]:
            return Listing((), QueryLog(query, 0, ("no words to search for",)))
        return await self._list(query, path, params, limit=most)

    async def _linked(
        self, ids: PaperIds, link: str, end: str, relation: str, *, limit: int
    ) -> SourceResult:
        name = _name(ids)
        query = f"papers {relation} {name}"
        if name is None:
            return SourceResult(queries=(QueryLog(query, 0, ("it has no identifier",)),))
        params = {"fields": _FIELDS, "limit": str(min(limit, MOST_LINKS_A_PAGE))}
        if link == "citations":
            params |= _days(self._criteria.since, self._criteria.until)
        path = f"paper/{quote(name, safe=':/')}/{link}"
        return gathered([await self._list(query, path, params, limit=limit, end=end)])

    async def _list(
        self, query: str, path: str, params: Params, *, limit: int, end: str | None = None
    ) -> Listing:
        async def get(params: Params) -> Page:
            body, reply = await self._get(path, params, _list_body)
            entries = fields.items(body.get("data"))
            found = [fields.mapping(entry).get(end) for entry in entries] if end else entries
            total = fields.whole(body.get("total"))
            return Page(found, total, _following(params, body), reply.retries)

        sent = shown(path, params, without=_HIDDEN)
        return await read_list(query, sent, first=params, get=get, read=_hit, limit=limit)

    async def _single(self, name: str) -> Listing:
        path = f"paper/{quote(name, safe=':/')}"

        async def get(params: Params) -> Page:
            body, reply = await self._get(path, params, _paper_body)
            return Page([body], 1, None, reply.retries)

        return await read_list(name, path, first={"fields": _FIELDS}, get=get, read=_hit, limit=1)

    async def _get(
        self, path: str, params: Params, check: Callable[[Reply], Mapping[str, Any]]
    ) -> tuple[Mapping[str, Any], Reply]:
        reply = await self._web.get(
            f"{self._root}/{path}",
            params=params,
            headers=self._headers,
            interval=self.interval,
            check=check,
        )
        return check(reply), reply

    def _filters(self, since: date | None, until: date | None) -> dict[str, str]:
        types = [_TYPES.get(status) for status in self._criteria.statuses]
        filters = _days(since, until)
        if types and all(types):
            filters["publicationTypes"] = ",".join(filter(None, types))
        return filters


def _days(since: date | None, until: date | None) -> dict[str, str]:
    """The filter of publication days; one that is open on a side has nothing there."""
    if not since and not until:
        return {}
    first, last = (day.isoformat() if day else "" for day in (since, until))
    return {"publicationDateOrYear": f"{first}:{last}"}


def _plain(query: Query) -> str:
    # Search by relevance finds nothing for a word with a hyphen.
    return words(query).replace("-", " ")


def _following(params: Params, body: Mapping[str, Any]) -> Params | None:
    if token := fields.token(body.get("token")):
        return {**params, "token": token}
    offset = fields.whole(body.get("next"))
    before = int(params.get("offset", "0"))
    return {**params, "offset": str(offset)} if offset is not None and offset > before else None


def _list_body(reply: Reply) -> Mapping[str, Any]:
    """The object with the list, which is null or absent where there is nothing."""
    body = fields.mapping(reply.json())
    empty = body.get("data") is None and ("total" in body or "offset" in body)
    return body if empty else _having(body, "data", list, reply)


def _paper_body(reply: Reply) -> Mapping[str, Any]:
    return _having(fields.mapping(reply.json()), "paperId", str, reply)


def _having(
    body: Mapping[str, Any], name: str, kind: type[object], reply: Reply
) -> Mapping[str, Any]:
    if isinstance(body.get(name), kind):
        return body
    raise WebError(
        SemanticScholarSource.name, "malformed", f"no {name} in the answer", retries=reply.retries
    )


def _name(ids: PaperIds) -> str | None:
    """How the service is asked for one paper."""
    if ids.s2:
        return ids.s2
    if ids.doi:
        return f"DOI:{ids.doi}"
    if ids.arxiv:
        return f"ARXIV:{ids.arxiv}"
    if ids.pmid:
        return f"PMID:{ids.pmid}"
    return f"PMCID:{ids.pmcid.upper().removeprefix('PMC')}" if ids.pmcid else None


def _hit(entry: object) -> Hit | None:
    found = fields.mapping(entry)
    title = fields.text(found.get("title"))
    if not title:
        return None
    ids = _ids(found)
    count = fields.whole(found.get("citationCount"))
    names = (fields.text(author.get("name")) for author in fields.mappings(found.get("authors")))
    open_pdf = fields.mapping(found.get("openAccessPdf"))
    paper = Paper(
        id="",
        ids=ids,
        title=title,
        authors=tuple(name for name in names if name),
        year=fields.year(found.get("year")),
        venue=_venue(found),
        url=fields.address(found.get("url")),
        publication_status=_status(found, ids),
        citation_count=count,
        citation_date=None if count is None else fields.today(),
        open_access=_open_access(open_pdf),
        sources=(SemanticScholarSource.name,),
    )
    kinds = (_KINDS.get(kind) for kind in _types(found))
    return Hit.model_validate(
        {
            "source": SemanticScholarSource.name,
            "paper": fields.identified(paper),
            "abstract": fields.text(found.get("abstract")),
            "kind": next(filter(None, kinds), "article"),
            "locations": _locations(open_pdf),
        }
    )


def _ids(found: Mapping[str, Any]) -> PaperIds:
    external = fields.mapping(found.get("externalIds"))
    of_doi = fields.ids_of_doi(external.get("DOI"))
    return PaperIds(
        doi=of_doi.doi,
        arxiv=identifiers.arxiv_id(fields.text(external.get("ArXiv")) or "") or of_doi.arxiv,
        pmid=fields.pmid(external.get("PubMed")),
        pmcid=fields.pmcid(external.get("PubMedCentral")),
        s2=fields.text(found.get("paperId")),
    )


def _types(found: Mapping[str, Any]) -> list[str]:
    return [kind for kind in fields.items(found.get("publicationTypes")) if isinstance(kind, str)]


def _venue(found: Mapping[str, Any]) -> str | None:
    venue = fields.mapping(found.get("publicationVenue"))
    return fields.text(venue.get("name")) or fields.text(found.get("venue"))


def _status(found: Mapping[str, Any], ids: PaperIds) -> PublicationStatus:
    """Preprint servers first: their papers too are typed as articles of a journal."""
    venue = (_venue(found) or "").lower()
    if venue in _PREPRINT_SERVERS or (ids.arxiv and not venue and not ids.doi):
        return "preprint"
    kind = fields.mapping(found.get("publicationVenue")).get("type")
    types = _types(found)
    if kind == "conference" or "Conference" in types:
        return "conference"
    return "journal" if kind == "journal" or "JournalArticle" in types else "unknown"


def _open_access(open_pdf: Mapping[str, Any]) -> OpenAccess:
    said = (fields.text(open_pdf.get("status")) or "").lower()
    return next((word for word in get_args(OpenAccess) if word == said), "unknown")


def _locations(open_pdf: Mapping[str, Any]) -> tuple[Location, ...]:
    url = fields.address(open_pdf.get("url"))
    licence = fields.text(open_pdf.get("license"))
    return (Location(url=url, format="pdf", licence=licence),) if url else ()
