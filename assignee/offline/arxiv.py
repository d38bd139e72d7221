"""arXiv: the Atom API, HTML and PDF pages, after arXiv's API User's Manual.

Errors come as a feed with one entry titled `Error` and status 200; an id that nobody has given
gives no entry. `max_results` above 30,000 is refused with status 400.
"""

import hashlib
import re
import textwrap
from dataclasses import replace
from urllib.parse import urlencode
from xml.etree import ElementTree

from assignee.offline import matching, pages
from assignee.offline.corpus import Corpus, Work
from assignee.offline.exchange import HTML, PDF, TEXT, Reply, Request, add, as_xml, number

NAME = "arXiv"

_ID = re.compile(r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d+))?$")
_ATOM = "application/atom+xml; charset=utf-8"
_SCHEMA = "http://arxiv.org/schemas/atom"
_NAMESPACES = {
    "xmlns": "http://www.w3.org/2005/Atom",
    "xmlns:opensearch": "http://a9.com/-/spec/opensearch/1.1/",
    "xmlns:arxiv": _SCHEMA,
}
_MOST = 30_000


def _submitted(value: str) -> matching.Matcher:
    """`submittedDate:[YYYYMMDDTTTT TO YYYYMMDDTTTT]`; an asterisk leaves an end open."""
    first, _, last = (part.strip() for part in value.partition(" TO "))

    def within(work: Work) -> bool:
        day = work.date.replace("-", "")
        return first.replace("*", "")[:8] <= day and (last in ("", "*") or day <= last[:8])

    return matching.holding(within)


def _author(value: str) -> matching.Matcher:
    # The manual writes a name of several words with underscores.
    return matching.holds(value.replace("_", " "), within="author")


_FIELDS: dict[str, matching.Field] = {
    "ti": matching.in_part("title"),
    "abs": matching.in_part("abstract"),
    "all": matching.in_part("all"),
    "au": _author,
    "cat": lambda value: matching.holding(lambda _: value.lower() in ("cs.cl", "cs.*")),
    "submitteddate": _submitted,
}


class Arxiv:
    """Answers `/api/query`, `/abs/ID`, `/html/ID` and `/pdf/ID`."""

    def __init__(self, corpus: Corpus, site: str) -> None:
        self._works = corpus.of(NAME)
        self._site = site

    def __call__(self, request: Request) -> Reply:
        """The reply to a request."""
        if request.path.rstrip("/").endswith("query"):
            return self._query(request)
        if match := re.match(r"/(abs|html|pdf)/(.+?)(?:\.pdf)?$", request.path):
            return self._page(match[1], match[2])
        return Reply(b"Not found\n", TEXT, 404)

    def _page(self, kind: str, name: str) -> Reply:
        work, version = self._find(name)
        gone = work is not None and work.withdrawn and version == work.versions
        if work is None or (kind != "abs" and (gone or not work.sections)):
            return Reply(b"<!DOCTYPE html><title>No document for that id</title>", HTML, 404)
        if kind == "pdf":
            return Reply(pages.pdf(work), PDF)
        return Reply(pages.arxiv_html(work) if kind == "html" else pages.landing_page(work), HTML)

    def _find(self, name: str) -> tuple[Work | None, int]:
        """The work of an id and which version is asked for, the last one when none is named."""
        match = _ID.match(name)
        for work in self._works:
            if match and work.arxiv == match["id"]:
                version = int(match["version"] or work.versions)
                return (work if 1 <= version <= work.versions else None), version
        return None, 0

    def _query(self, request: Request) -> Reply:
        params = request.params
        start, most = number(params.get("start"), 0), number(params.get("max_results"), 10)
        names = [name for name in params.get("id_list", "").split(",") if name]
        wrong = [name for name in names if not _ID.match(name)]
        if start is None or most is None:
            name = "start" if start is None else "max_results"
            return _error(request, f"{name} must be an integer")
        if start < 0 or most < 0:
            name = "start" if start < 0 else "max_results"
            return _error(request, f"{name} must be non-negative")
        if most > _MOST:
            return replace(_error(request, f"max_results must be at most {_MOST}"), status=400)
        if wrong:
            return _error(request, f"incorrect id format for {wrong[0]}")
        found = self._found(request, names)
        feed = _opened(request, len(found), start, most)
        for work, version in found[start : start + most]:
            self._entry(feed, work, version)
        return as_xml(feed, _ATOM)

    def _found(self, request: Request, names: list[str]) -> list[tuple[Work, int]]:
        params = request.params
        query = params.get("search_query", "")
        matcher = matching.parse(query, _FIELDS, within="all") if query else matching.everything
        if names:
            listed = (self._find(name) for name in names)
            return [(work, version) for work, version in listed if work and matcher(work)]
        works = [work for work, _ in matching.ranked(self._works, matcher)] if query else []
        if params.get("sortBy", "relevance") != "relevance":
            works.sort(key=lambda work: work.date, reverse=params.get("sortOrder") != "ascending")
        return [(work, work.versions) for work in works]

    def _entry(self, feed: ElementTree.Element, work: Work, version: int) -> None:
        entry = add(feed, "entry")
        place = f"{work.arxiv}v{version}"
        withdrawn = work.withdrawn and version == work.versions
        add(entry, "id", f"http://arxiv.org/abs/{place}")
        add(entry, "updated", f"{work.date}T1{version % 10}:00:00Z")
        add(entry, "published", f"{work.date}T11:00:00Z")
        add(entry, "title", _folded(work.title or ""))
        summary = "This paper has been withdrawn by the author." if withdrawn else work.abstract
        add(entry, "summary", "  " + _folded(summary or "") + "\n")
        for name in work.all_authors:
            add(add(entry, "author"), "name", name)
        if work.doi:
            add(entry, "arxiv:doi", work.doi)
            add(entry, "link", title="doi", href=f"http://dx.doi.org/{work.doi}", rel="related")
        if withdrawn:
            add(entry, "arxiv:comment", "Withdrawn by the author: the oven was never calibrated")
        if work.venue_kind != "repository":
            add(entry, "arxiv:journal_ref", f"{work.venue} ({work.year})")
        add(entry, "link", href=f"http://arxiv.org/abs/{place}", rel="alternate", type="text/html")
        link = {"title": "pdf", "rel": "related", "type": PDF}
        add(entry, "link", href=f"{self._site}/pdf/{place}", **link)
        add(entry, "arxiv:primary_category", term="cs.CL", scheme=_SCHEMA)
        add(entry, "category", term="cs.CL", scheme=_SCHEMA)


def _folded(text: str) -> str:
    """Hard-wrapped in the middle of sentences, as arXiv's titles and summaries come."""
    return "\n  ".join(textwrap.wrap(text, 72, break_long_words=False, break_on_hyphens=False))


def _opened(request: Request, total: int, start: int, most: int) -> ElementTree.Element:
    """A feed with the head that repeats the query in canonical order."""
    query = {name: request.params.get(name, "") for name in ("search_query", "id_list")}
    canonical = urlencode(query | {"start": start, "max_results": most}, safe=":,()[]\"'* ")
    digest = hashlib.sha1(canonical.encode(), usedforsecurity=False).hexdigest()[:27]
    feed = ElementTree.Element("feed", _NAMESPACES)
    address = "http://arxiv.org/api/query?" + canonical.replace(" ", "+")
    add(feed, "link", href=address, rel="self", type="application/atom+xml")
    add(feed, "title", f"ArXiv Query: {canonical}", type="html")
    add(feed, "id", f"http://arxiv.org/api/{digest}")
    add(feed, "updated", "2026-01-01T00:00:00-05:00")
    add(feed, "opensearch:totalResults", str(total))
    add(feed, "opensearch:startIndex", str(start))
    add(feed, "opensearch:itemsPerPage", str(most))
    return feed


def _error(request: Request, message: str) -> Reply:
    feed = _opened(request, 1, 0, 1)
    entry = add(feed, "entry")
    place = "http://arxiv.org/api/errors#" + message.replace(" ", "_")
    add(entry, "id", place)
    add(entry, "title", "Error")
    add(entry, "summary", message)
    add(entry, "updated", "2026-01-01T00:00:00-05:00")
    add(entry, "link", href=place, rel="alternate", type="text/html")
    add(add(entry, "author"), "name", "arXiv api core")
    return as_xml(feed, _ATOM)
