"""Crossref: what publishers registered with their DOIs, and their notices about it.

The service allows everybody one list a second, and more to those who leave a contact address; one
request a second is asked for. No key is needed. The contact address goes in the User-Agent, one
of the two places where the service looks for it.

It knows no operators: it ranks by the words of a query. Languages cannot be asked for. Notices
come by two ways: a paper names those about it (`updated-by`), and a notice names the paper that
it is about (`update-to`), which may be itself. Documented at https://api.crossref.org.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

from assignee.reading import identifiers
from assignee.records import Hit, Location, Notice, Paper, PaperIds, PublicationStatus
from assignee.records.paper import NoticeKind
from assignee.sources import fields
from assignee.sources.base import Criteria, QueryLog, SourceResult
from assignee.sources.boolean import by_field, dated
from assignee.sources.listing import Listing, Page, Params, gathered, read_list, shown
from assignee.sources.query import Both, Query, parse, words
from assignee.web.client import Reply, Web, WebError

MOST_A_PAGE = 100

# Fields that the service does not name as selectable, such as `language`, are refused.
_SELECT = (
    "DOI,URL,title,author,issued,published,container-title,type,abstract,link,license,relation,"
    "update-to,updated-by,is-referenced-by-count,reference"
)
_HIDDEN = ("cursor", "select")
_TYPES: dict[PublicationStatus, str] = {
    "journal": "journal-article",
    "conference": "proceedings-article",
    "preprint": "posted-content",
}
_STATUSES = {type_: status for status, type_ in _TYPES.items()}
_KINDS = {
    "journal-article": "article",
    "proceedings-article": "article",
    "posted-content": "article",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "book-chapter": "book",
    "dataset": "dataset",
}
_NOTICES: dict[str, NoticeKind] = {
    "retraction": "retraction",
    "withdrawal": "retraction",
    "removal": "retraction",
    # Some of the paper stands: it is no retracted paper, but nobody should rely on it unread.
    "partial_retraction": "expression of concern",
    "expression_of_concern": "expression of concern",
    "correction": "correction",
    "corrigendum": "correction",
    "erratum": "correction",
    "addendum": "correction",
    "clarification": "correction",
}
_About = defaultdict[str, list[Notice]]
"""Notices that were read, by the DOI in lower case of the paper that each is about."""
_VERSIONS = ("is-preprint-of", "has-preprint", "is-version-of", "has-version", "is-same-as")


class CrossrefSource:
    """Works of Crossref, with the notices that publishers issued about them.

    Args:
        web: the way to the service.
        criteria: days of publication and kinds become filters.
        base_url: the service's root.
        key: not used; the service has none.
    """

    name = "Crossref"
    needs_key = False
    interval = 1.0
    """Seconds between the starts of two requests."""

    def __init__(
        self,
        web: Web,
        criteria: Criteria,
        *,
        base_url: str = "https://api.crossref.org",
        key: str | None = None,  # noqa: ARG002 - every source is made alike
    ) -> None:
        self._web = web
        self._criteria = criteria
        self._base_url = base_url.rstrip("/")

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        """At most `limit` works a query, the best match first."""
        about: _About = defaultdict(list)
        found = [await self._search(query, about, limit=limit) for query in queries]
        return _noticed(gathered(found), about)

    async def by_ids(self, ids: Sequence[PaperIds]) -> SourceResult:
        """Works by DOI, one request each; a DOI that does not exist is an error in the log."""
        about: _About = defaultdict(list)
        found = [await self._single(each.doi, about) for each in ids if each.doi]
        return _noticed(gathered(found), about)

    async def _search(self, query: str, about: _About, *, limit: int) -> Listing:
        search, since, until = dated(parse(query), self._criteria)
        params = _queries(search)
        if not params:
            return Listing((), QueryLog(query, 0, ("no words to search for",)))
        if filters := ",".join(self._filters(since, until)):
            params["filter"] = filters
        params |= {"rows": str(min(limit, MOST_A_PAGE)), "cursor": "*", "select": _SELECT}
        sent = shown("works", params, without=_HIDDEN)
        return await read_list(
            query, sent, first=params, get=self._page, read=_reader(about), limit=limit
        )

    async def _page(self, params: Params) -> Page:
        message, reply = await self._get("works", params, "items", list)
        found = message["items"]
        cursor = fields.token(message.get("next-cursor"))
        # A cursor comes with the last page too.
        more = cursor and len(found) >= int(params["rows"])
        following = {**params, "cursor": cursor} if more and cursor else None
        return Page(found, fields.whole(message.get("total-results")), following, reply.retries)

    async def _single(self, doi: str, about: _About) -> Listing:
        path = f"works/{quote(doi, safe='')}"

        async def get(params: Params) -> Page:
            message, reply = await self._get(path, params, "DOI", str)
            return Page([message], 1, None, reply.retries)

        return await read_list(
            f"doi:{doi}", f"works/{doi}", first={}, get=get, read=_reader(about), limit=1
        )

    async def _get(
        self, path: str, params: Params, needed: str, kind: type[object]
    ) -> tuple[Mapping[str, Any], Reply]:
        def check(reply: Reply) -> Mapping[str, Any]:
            message = fields.mapping(fields.mapping(reply.json()).get("message"))
            if isinstance(message.get(needed), kind):
                return message
            raise WebError(self.name, "malformed", f"no {needed} in it", retries=reply.retries)

        reply = await self._web.get(
            f"{self._base_url}/{path}", params=params, interval=self.interval, check=check
        )
        return check(reply), reply

    def _filters(self, since: date | None, until: date | None) -> list[str]:
        statuses = self._criteria.statuses
        kinds = [] if "unknown" in statuses else [f"type:{_TYPES[status]}" for status in statuses]
        days = [("from-pub-date", since), ("until-pub-date", until)]
        return [*(f"{name}:{day.isoformat()}" for name, day in days if day), *kinds]


def _queries(search: Query) -> dict[str, str]:
    """The words of the query, those of authors apart."""
    parts = by_field(search, known=("author",))
    named = {
        "query.bibliographic": words(parts.get(None, Both(()))),
        "query.author": words(parts.get("author", Both(()))),
    }
    return {name: text for name, text in named.items() if text}


def _noticed(result: SourceResult, about: _About) -> SourceResult:
    """The result with each notice that was read set on its paper, where that was read too."""

    def noticed(hit: Hit) -> Hit:
        own = hit.paper.notices
        more = [
            each for each in about.get((hit.paper.ids.doi or "").lower(), ()) if each not in own
        ]
        paper = hit.paper.model_copy(update={"notices": (*own, *dict.fromkeys(more))})
        return hit.model_copy(update={"paper": paper}) if more else hit

    return replace(result, records=tuple(map(noticed, result.records)))


def _reader(about: _About) -> Callable[[object], Hit | None]:
    """Reads entries and notes the papers that each is a notice about."""

    def read(entry: object) -> Hit | None:
        work = fields.mapping(entry)
        for paper, notice in _targets(work):
            about[paper.lower()].append(notice)
        return _hit(work)

    return read


def _hit(work: Mapping[str, Any]) -> Hit | None:
    title = next(filter(None, map(fields.text, fields.items(work.get("title")))), None)
    if not title:
        return None
    ids = fields.ids_of_doi(work.get("DOI"))
    count = fields.whole(work.get("is-referenced-by-count"))
    type_ = fields.text(work.get("type")) or ""
    venues = map(fields.text, fields.items(work.get("container-title")))
    paper = Paper(
        id="",
        ids=ids,
        title=title,
        authors=_authors(work),
        year=fields.year(_date(work.get("issued"))[:4] or _date(work.get("published"))[:4]),
        venue=next(filter(None, venues), None),
        url=f"https://doi.org/{ids.doi}" if ids.doi else fields.address(work.get("URL")),
        publication_status=_STATUSES.get(type_, "unknown"),
        citation_count=count,
        citation_date=None if count is None else fields.today(),
        language=fields.language(work.get("language")),
        notices=_notices(work),
        sources=(CrossrefSource.name,),
    )
    is_notice = any(target != (ids.doi or "").lower() for target, _ in _targets(work))
    return Hit.model_validate(
        {
            "source": CrossrefSource.name,
            "paper": fields.identified(paper),
            "abstract": fields.text(work.get("abstract")),
            "kind": "erratum" if is_notice else _KINDS.get(type_, "other"),
            "locations": _locations(work),
            "references": _references(work),
            "related": _related(work),
        }
    )


def _notices(work: Mapping[str, Any]) -> tuple[Notice, ...]:
    """Those that the paper names, and those that it is about itself."""
    own = _doi(work.get("DOI"))
    named = (_notice(update, _doi(update.get("DOI"))) for update in _updates(work, "updated-by"))
    itself = (notice for target, notice in _targets(work) if target == own)
    return tuple(dict.fromkeys([*filter(None, named), *itself]))


def _targets(work: Mapping[str, Any]) -> list[tuple[str, Notice]]:
    """The papers, by DOI in lower case, that this work is a notice about."""
    found = []
    for update in _updates(work, "update-to"):
        target, notice = _doi(update.get("DOI")), _notice(update, _doi(work.get("DOI")))
        if target and notice:
            found.append((target, notice))
    return found


def _updates(work: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return fields.mappings(work.get(name))


def _notice(update: Mapping[str, Any], doi: str | None) -> Notice | None:
    """The notice of an entry, by its own DOI; `None` for new versions and the like."""
    said = (fields.text(update.get("type")) or "").lower()
    kind = _NOTICES.get(said.replace(" ", "_").replace("-", "_"))
    return Notice(kind=kind, date=_date(update.get("updated")) or None, doi=doi) if kind else None


def _doi(value: object) -> str | None:
    return (fields.ids_of_doi(value).doi or "").lower() or None


def _date(value: object) -> str:
    """An ISO date as far as it is known, such as `2020-03`; empty when there is none."""
    parts = fields.items(next(iter(fields.items(fields.mapping(value).get("date-parts"))), None))
    year, *rest = [*parts, None][:3]
    if (number := fields.year(year)) is None:
        return ""
    shown = f"{number:04d}"
    for part, most in zip(rest, (12, 31), strict=False):
        number = fields.whole(part)
        if number is None or not 1 <= number <= most:
            break
        shown += f"-{number:02d}"
    return shown


def _authors(work: Mapping[str, Any]) -> tuple[str, ...]:
    """Persons as `Given Family, suffix` without the comma, groups by their name."""
    names = []
    for author in fields.mappings(work.get("author")):
        parts = [fields.text(author.get(part)) for part in ("given", "family", "suffix")]
        name = " ".join(filter(None, parts)) or fields.text(author.get("name"))
        if name:
            names.append(name)
    return tuple(names)


def _locations(work: Mapping[str, Any]) -> tuple[Location, ...]:
    """PDFs of works under a Creative Commons licence; other links may be for payers only."""
    licences = [fields.address(each.get("URL")) for each in fields.mappings(work.get("license"))]
    free = next((url for url in licences if url and "creativecommons.org" in url), None)
    if not free:
        return ()
    urls = (
        fields.address(link.get("URL"))
        for link in fields.mappings(work.get("link"))
        if link.get("content-type") == "application/pdf"
    )
    found = dict.fromkeys(filter(None, urls))
    return tuple(Location(url=url, format="pdf", licence=free) for url in found)


def _references(work: Mapping[str, Any]) -> tuple[PaperIds, ...]:
    named = (fields.ids_of_doi(each.get("DOI")) for each in fields.mappings(work.get("reference")))
    return tuple(dict.fromkeys(ids for ids in named if ids.first()))


def _related(work: Mapping[str, Any]) -> tuple[PaperIds, ...]:
    """Other versions of the work; `relation` names them by DOI or by arXiv id."""
    relation = fields.mapping(work.get("relation"))
    found = []
    for name in _VERSIONS:
        for other in fields.mappings(relation.get(name)):
            if other.get("id-type") == "arxiv":
                shown = fields.text(other.get("id")) or ""
                found.append(PaperIds(arxiv=identifiers.arxiv_id(shown)))
            elif other.get("id-type") == "doi":
                found.append(fields.ids_of_doi(other.get("id")))
    return tuple(dict.fromkeys(ids for ids in found if ids.first()))
