"""arXiv: preprints of physics, mathematics, computing and neighbours, by its Atom interface.

The service asks for three seconds between two requests and knows no key. Versions are folded: a
record is the latest version under the id without its number. arXiv has no language and no kind of
publication to filter by; only days of submission are sent. Documented at
https://info.arxiv.org/help/api/user-manual.html.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from assignee.reading import identifiers
from assignee.reading.markup import accents, plain
from assignee.records import Hit, Location, Paper, PaperIds, PublicationStatus
from assignee.sources import fields
from assignee.sources.base import Criteria, QueryLog, SourceResult
from assignee.sources.boolean import dated
from assignee.sources.fielded import asked, fielded
from assignee.sources.listing import Listing, Page, Params, gathered, read_list, shown
from assignee.sources.query import Term
from assignee.web.client import Web
from assignee.web.reply import Reply, WebError

MOST_A_PAGE = 100
MOST_RECORDS = 30_000
"""The service hands out no more of one search."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_ERRORS = "/api/errors"
_YEAR = re.compile(r"\d{4}(?=-)")
_DOIS = re.compile(r"10\.\d{4,9}/\S+")
_OWN_HTTP = re.compile(r"http://(?=(?:[a-z]+\.)?arxiv\.org/)")
_WORK = r"(?:paper|article|manuscript|submission|preprint|work|note|draft|version|thesis|it)"
_GONE = r"(?:has been|have been|had been|was|is|is being)\s+(?:\w+\s+){0,2}withdrawn\b"
_WITHDRAWN_SUMMARY = re.compile(
    rf"\bthis\s+{_WORK}\s+{_GONE}|^\W*(?:the\s+{_WORK}\s+{_GONE}|withdrawn\b)", re.IGNORECASE
)
_WITHDRAWN_COMMENT = re.compile(
    rf"\b{_WORK}\s+{_GONE}|^\W*withdrawn\b|\bwithdrawn\s+(?:by|due|because)\b",
    re.IGNORECASE,
)
_CONFERENCE = re.compile(
    r"\b(?:proc|proceedings|conf|conference|workshop|symposium|congress|neurips|nips|icml|iclr|"
    r"cvpr|iccv|eccv|aaai|ijcai|e?acl|naacl|emnlp|coling|kdd|sigir|icra|iros|interspeech|icassp|"
    r"aistats|colt)\b",
    re.IGNORECASE,
)
_PROCEEDINGS_JOURNAL = re.compile(
    r"\bproc(?:eedings|\.)?\s*(?:of\s+)?(?:the\s+)?(?:u\.?s\.?\s+)?"
    r"(?:natl|nat\.|national\s+acad|r\.|roy|lond|edinb|camb|am\.|amer|inst|phys|combust|ieee\b|vldb)",
    re.IGNORECASE,
)


class ArxivSource:
    """Preprints of arXiv, the most relevant first.

    Args:
        web: the way to the service.
        criteria: days become a range of submission dates (of the first version).
        base_url: the address that ends before `/query`.
        key: not used; all sources are made alike.
    """

    name = "arXiv"
    needs_key = False
    interval = 3.0
    """Seconds between the starts of two requests."""

    def __init__(
        self,
        web: Web,
        criteria: Criteria,
        *,
        base_url: str = "https://export.arxiv.org/api",
        key: str | None = None,  # noqa: ARG002
    ) -> None:
        self._web = web
        self._criteria = criteria
        self._url = f"{base_url.rstrip('/')}/query"

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        """At most `limit` records a query."""
        return gathered([await self._search(query, limit) for query in queries])

    async def by_ids(self, ids: Sequence[PaperIds]) -> SourceResult:
        """The latest versions by arXiv id; works without one are passed over.

        Ids that arXiv does not know are named in the log's errors.
        """
        known = dict.fromkeys(name for each in ids if (name := _asked(each)))
        names = list(known)
        batches = [
            names[start : start + MOST_A_PAGE] for start in range(0, len(names), MOST_A_PAGE)
        ]
        return gathered([await self._batch(batch) for batch in batches])

    async def _search(self, query: str, limit: int) -> Listing:
        sent = _written(query, self._criteria)
        if not sent:
            return Listing((), QueryLog(query, 0, ("there is nothing to search for",)))
        params = {
            "search_query": sent,
            "sortBy": "relevance",
            "sortOrder": "descending",
            "start": "0",
            "max_results": str(min(limit, MOST_A_PAGE)),
        }
        return await self._list(query, params, limit=limit)

    async def _batch(self, names: Sequence[str]) -> Listing:
        params = {"id_list": ",".join(names), "start": "0", "max_results": str(len(names))}
        found = await self._list(", ".join(names), params, limit=len(names))
        got = {hit.paper.ids.arxiv for hit in found.hits}
        missing = tuple(f"arXiv has no {name}" for name in names if name not in got)
        errors = found.log.errors or missing
        return Listing(found.hits, replace(found.log, errors=errors))

    async def _list(self, query: str, params: Params, *, limit: int) -> Listing:
        sent = shown("query", params, without=("start", "max_results"))
        return await read_list(query, sent, first=params, get=self._page, read=_hit, limit=limit)

    async def _page(self, params: Params) -> Page:
        def check(reply: Reply) -> _Feed:
            return _feed(reply, start=int(params["start"]))

        reply = await self._web.get(self._url, params=params, interval=self.interval, check=check)
        feed = check(reply)
        start = int(params["start"]) + len(feed.entries)
        more = start < min(feed.total or 0, MOST_RECORDS)
        following = {**params, "start": str(start)} if more else None
        return Page(feed.entries, feed.total, following, reply.retries)


class _Feed(NamedTuple):
    entries: list[Element]
    total: int | None


def _feed(reply: Reply, *, start: int) -> _Feed:
    """The entries of an Atom feed.

    Raises:
        WebError: it is none, it is cut short, or it holds an error instead of papers.
    """
    try:
        root: Element = fromstring(reply.body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise _malformed("no Atom feed", reply) from error
    if root.tag != f"{_ATOM}feed":
        raise _malformed("no Atom feed", reply)
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if _ERRORS in (entry.findtext(f"{_ATOM}id") or ""):
            said = plain(entry.findtext(f"{_ATOM}summary"))[:200]
            raise WebError(ArxivSource.name, "refused", said, retries=reply.retries)
    total = (root.findtext(_TOTAL) or "").strip()
    announced = int(total) if total.isascii() and total.isdigit() and len(total) < 12 else None
    if not entries and start < (announced or 0):
        # The service is known to do this under load; the same request answers later.
        raise _malformed(f"an empty page at {start} of {announced}", reply)
    return _Feed(entries, announced)


def _malformed(what: str, reply: Reply) -> WebError:
    return WebError(ArxivSource.name, "malformed", what, retries=reply.retries)


def _written(query: str, criteria: Criteria) -> str:
    """The search query with its days; empty when nothing is left to look for."""
    search, since, until = dated(asked(query), criteria)
    words = fielded(search, _term, without=" ANDNOT ")
    if not words or not (since or until):
        return words
    first = since.isoformat() if since else "1991-01-01"  # arXiv is no older
    last = until.isoformat() if until else "2999-12-31"
    return f"({words}) AND {_days(first, last)}"


def _days(first: str, last: str) -> str:
    """A range of submission dates; the minutes are in UTC and belong to the range."""
    return f"submittedDate:[{first.replace('-', '')}0000 TO {last.replace('-', '')}2359]"


def _term(term: Term) -> str:
    if term.field == "year":
        first, _, last = term.text.partition("-")
        return _days(f"{first}-01-01", f"{last or first}-12-31")
    prefix = {"title": "ti", "author": "au", "abstract": "abs"}.get(term.field or "", "all")
    bare = not term.phrase and term.text.isalnum()
    return f"{prefix}:{term.text}" if bare else f'{prefix}:"{term.text}"'


def _asked(ids: PaperIds) -> str | None:
    """Its arXiv id when it is well formed: one that is not would spoil the whole request."""
    return identifiers.arxiv_id(ids.arxiv or "")


def _hit(entry: Element) -> Hit | None:
    arxiv = identifiers.arxiv_id(entry.findtext(f"{_ATOM}id") or "")
    title = accents(plain(entry.findtext(f"{_ATOM}title")))
    if not arxiv or not title:
        return None
    dois = _dois(entry)
    summary = accents(plain(entry.findtext(f"{_ATOM}summary")))
    comment = plain(entry.findtext(f"{_ARXIV}comment"))
    withdrawn = bool(_WITHDRAWN_SUMMARY.search(summary) or _WITHDRAWN_COMMENT.search(comment))
    journal = accents(plain(entry.findtext(f"{_ARXIV}journal_ref")))
    names = (plain(author.findtext(f"{_ATOM}name")) for author in entry.findall(f"{_ATOM}author"))
    published = _YEAR.match((entry.findtext(f"{_ATOM}published") or "").strip())
    paper = Paper(
        id="",
        ids=PaperIds(arxiv=arxiv, doi=dois[0] if dois else None),
        title=title,
        authors=tuple(name for name in names if name),
        year=int(published.group()) if published else None,
        venue=journal or ArxivSource.name,
        url=f"https://arxiv.org/abs/{arxiv}",
        publication_status=_status(journal, dois),
        open_access="green",
        sources=(ArxivSource.name,),
    )
    return Hit(
        source=ArxivSource.name,
        paper=fields.identified(paper),
        abstract=summary or None,
        withdrawn=withdrawn,
        locations=() if withdrawn else _locations(entry, arxiv),
        related=tuple(PaperIds(doi=doi) for doi in dois[1:]),
    )


def _dois(entry: Element) -> list[str]:
    """DOIs of the published version; some authors name several, divided by spaces."""
    named = _DOIS.findall(plain(entry.findtext(f"{_ARXIV}doi")))
    return [doi for name in named if (doi := identifiers.doi(name))]


def _status(journal: str, dois: Sequence[str]) -> PublicationStatus:
    if journal:
        is_conference = _CONFERENCE.search(journal) and not _PROCEEDINGS_JOURNAL.search(journal)
        return "conference" if is_conference else "journal"
    return "unknown" if dois else "preprint"


def _locations(entry: Element, arxiv: str) -> tuple[Location, ...]:
    """The HTML that arXiv makes of newer papers, then the PDF, of the version described here."""
    links = (
        fields.address(link.get("href"))
        for link in entry.findall(f"{_ATOM}link")
        if link.get("title") == "pdf" or link.get("type") == "application/pdf"
    )
    pdf = next(filter(None, links), f"https://arxiv.org/pdf/{arxiv}")
    pdf = _OWN_HTTP.sub("https://", pdf)
    html = pdf.replace("/pdf/", "/html/", 1).removesuffix(".pdf")
    found = [Location(url=html, format="html")] if html != pdf else []
    return (*found, Location(url=pdf, format="pdf"))
