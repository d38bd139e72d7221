"""Crossref: the REST API's works, after api.crossref.org's documentation and format description.

A query is a bag of words that are all optional; there are no operators. A filter that does not
exist and a wrong number are refused as a validation failure. `next-cursor` always comes with a
cursor; the end is a page without items.
"""

import base64
import html
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from assignee.offline import matching
from assignee.offline.corpus import Change, Corpus, Work
from assignee.offline.exchange import TEXT, Reply, Request, as_json, number

NAME = "Crossref"

_MOST_ROWS, _MOST_OFFSET = 1_000, 10_000
_LABELS = {
    "retraction": "Retraction",
    "correction": "Correction",
    "expression_of_concern": "Expression of concern",
}


class Crossref:
    """Answers `/works` and `/works/DOI`; a `/v1` before them may be left out."""

    def __init__(self, corpus: Corpus, publisher: str) -> None:
        self._corpus = corpus
        self._works = corpus.of(NAME)
        self._publisher = publisher

    def __call__(self, request: Request) -> Reply:
        """The reply to a request."""
        match = re.match(r"(?:/v1)?/works(?:/(.+))?$", request.path.rstrip("/"))
        if match and match[1] is None:
            return self._list(request)
        wanted = match[1].lower() if match else ""
        for work in self._works:
            if match and work.doi.lower() == wanted.removeprefix("https://doi.org/"):
                return _message("work", self._record(work))
        return Reply(b"Resource not found.", TEXT, 404)

    def _list(self, request: Request) -> Reply:
        params = request.params
        rows, offset = number(params.get("rows"), 20), number(params.get("offset"), 0)
        if rows is None or not 0 <= rows <= _MOST_ROWS:
            return _refused("integer-not-valid", "rows", f"Integer specified as {params['rows']}")
        if offset is None or not 0 <= offset <= _MOST_OFFSET:
            return _refused("integer-not-valid", "offset", "Offset is not valid")
        tests = []
        for condition in filter(None, params.get("filter", "").split(",")):
            name, _, value = condition.partition(":")
            if name not in _FILTERS:
                known = ", ".join(sorted(_FILTERS))
                text = f"Filter {name} specified but there is no such filter for this route. "
                return _refused("filter-not-available", name, f"{text}Valid filters are: {known}")
            tests.append((name, value))
        found = self._found(request, tests)
        cursor = params.get("cursor")
        start = offset if cursor is None else _start(cursor)
        if start is None:
            return _refused("cursor-not-valid", "cursor", "Cursor is not valid")
        return self._page(request, found, start, rows)

    def _page(
        self, request: Request, found: list[tuple[Work, int]], start: int, rows: int
    ) -> Reply:
        names = [name for name in request.params.get("select", "").split(",") if name]
        items = []
        for work, score in found[start : start + rows]:
            item = self._record(work) | {"score": float(score)}
            items.append({name: item[name] for name in names if name in item} if names else item)
        words = request.params.get("query") or request.params.get("query.bibliographic")
        message: dict[str, Any] = {"facets": {}, "total-results": len(found), "items": items}
        message |= {"items-per-page": rows, "query": {"start-index": start, "search-terms": words}}
        if "cursor" in request.params:
            message["next-cursor"] = base64.b64encode(f"DnF1{start + len(items)}".encode()).decode()
        return _message("work-list", message)

    def _found(self, request: Request, tests: list[tuple[str, str]]) -> list[tuple[Work, int]]:
        parts = [
            matching.some_of(request.params[name], within=part, share=0.0)
            for name, part in _QUERIES.items()
            if request.params.get(name)
        ]
        found = matching.ranked(self._works, matching.every_one(parts))
        # The same filter twice means either value, two filters mean both.
        for name in {name for name, _ in tests}:
            either = [_FILTERS[name](value) for other, value in tests if other == name]
            found = [pair for pair in found if any(test(pair[0]) for test in either)]
        if request.params.get("sort") in ("published", "issued"):
            newest = request.params.get("order", "desc") == "desc"
            found.sort(key=lambda pair: pair[0].day, reverse=newest)
        return found

    def _record(self, work: Work) -> dict[str, Any]:
        prefix = work.doi.partition("/")[0]
        record: dict[str, Any] = {
            "indexed": _moment("2026-01-01"),
            "reference-count": len(work.references) + len(work.loose_references),
            "publisher": work.publisher,
            "content-domain": {"domain": [], "crossmark-restriction": False},
            "DOI": work.doi,
            "type": work.type,
            "created": _moment(work.day),
            "source": "Crossref",
            "is-referenced-by-count": len(self._corpus.citing(work, NAME)),
            "title": [work.title] if work.title else [],
            "prefix": prefix,
            "author": [_author(name, place) for place, name in enumerate(work.all_authors)],
            "member": "9999",
            "container-title": [work.venue] if work.venue and not _is_preprint(work) else [],
            "original-title": [],
            "language": work.language,
            "deposited": _moment(work.day),
            "score": 1.0,
            "resource": {"primary": {"URL": f"https://example.org/articles/{work.key}"}},
            "subtitle": [],
            "short-title": [],
            "issued": {"date-parts": [_parts(work.published or work.date)]},
            "published": {"date-parts": [_parts(work.published or work.date)]},
            "references-count": len(work.references) + len(work.loose_references),
            "URL": f"https://doi.org/{work.doi}",
            "relation": _relation(work),
        }
        return work.patched(NAME, record | self._optional(work))

    def _optional(self, work: Work) -> dict[str, Any]:
        """What is left out, and not null, where it is not known."""
        file = {"content-type": "application/pdf", "content-version": "vor"}
        file |= {"URL": f"{self._publisher}/articles/{work.key}.pdf"}
        fields = {
            "abstract": work.abstract and f"<jats:p>{html.escape(work.abstract)}</jats:p>",
            "volume": work.volume,
            "page": work.pages,
            "ISSN": work.issn and [work.issn],
            "issn-type": work.issn and [{"value": work.issn, "type": "electronic"}],
            "subtype": "preprint" if _is_preprint(work) else "",
            "license": work.publisher_page and [_licence(work)],
            "link": work.publisher_page and [file | {"intended-application": "text-mining"}],
            "reference": self._references(work),
            "update-to": [_update(change) for change in work.changes],
            "updated-by": [_update(change) for change in work.changed_by],
        }
        return {name: value for name, value in fields.items() if value}

    def _references(self, work: Work) -> list[dict[str, str]]:
        known = [self._corpus.by_key[key] for key in work.references]
        listed = []
        for place, other in enumerate(known, 1):
            entry = {"key": f"ref{place}", "article-title": other.title or ""}
            if other.doi:
                entry |= {"doi-asserted-by": "crossref", "DOI": other.doi}
            listed.append(entry | {"year": str(other.year)})
        for place, title in enumerate(work.loose_references, 1):
            listed.append({"key": f"loose{place}", "unstructured": title})
        return listed


_QUERIES: dict[str, matching.Part] = {
    "query": "all",
    "query.bibliographic": "all",
    "query.title": "title",
    "query.author": "author",
}

_FILTERS: dict[str, Callable[[str], Callable[[Work], bool]]] = {
    "from-pub-date": lambda value: lambda work: work.day >= value,
    # A day below a month or year lies within it.
    "until-pub-date": lambda value: lambda work: work.day[: len(value)] <= value,
    "type": lambda value: lambda work: work.type == value,
    "has-abstract": lambda value: lambda work: bool(work.abstract) == (value in ("true", "1", "t")),
    "has-references": lambda value: (
        lambda work: bool(work.references) == (value in ("true", "1", "t"))
    ),
    "doi": lambda value: lambda work: work.doi.lower() == value.lower(),
    "prefix": lambda value: lambda work: work.doi.startswith(f"{value}/"),
    "is-update": lambda value: lambda work: bool(work.changes) == (value in ("true", "1", "t")),
    "updates": lambda value: lambda work: value.lower() in {c.doi.lower() for c in work.changes},
}


def _is_preprint(work: Work) -> bool:
    return work.type == "posted-content"


def _author(name: str, place: int) -> dict[str, Any]:
    given, _, family = name.rpartition(" ")
    rest: dict[str, Any] = {"sequence": "additional" if place else "first", "affiliation": []}
    return ({"given": given, "family": family} if given else {"name": family}) | rest


def _licence(work: Work) -> dict[str, Any]:
    url = "https://creativecommons.org/licenses/by/4.0"
    return {"start": _moment(work.day), "content-version": "vor", "delay-in-days": 0, "URL": url}


def _relation(work: Work) -> dict[str, list[dict[str, str]]]:
    found = {"has-preprint": work.preprint_doi, "is-preprint-of": work.published_doi}
    return {
        name: [{"id-type": "doi", "id": doi, "asserted-by": "subject"}]
        for name, doi in found.items()
        if doi
    }


def _update(change: Change) -> dict[str, Any]:
    return {
        "DOI": change.doi,
        "type": change.kind,
        "label": _LABELS[change.kind],
        "source": change.source,
        "updated": _moment(change.date),
    }


def _parts(date: str) -> list[int]:
    """Year, month and day, as far as they are known."""
    return [int(part) for part in date.split("-")]


def _moment(date: str) -> dict[str, Any]:
    when = datetime.fromisoformat(date).replace(tzinfo=UTC)
    return {
        "date-parts": [_parts(date)],
        "date-time": f"{date}T00:00:00Z",
        "timestamp": int(when.timestamp() * 1000),
    }


def _start(cursor: str) -> int | None:
    if cursor == "*":
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("DnF1"))
    except ValueError:
        return None


def _message(kind: str, message: dict[str, Any]) -> Reply:
    head = {"status": "ok", "message-type": kind, "message-version": "1.0.0"}
    return as_json(head | {"message": message})


def _refused(kind: str, value: str, message: str) -> Reply:
    failures = [{"type": kind, "value": value, "message": message}]
    head = {"status": "failed", "message-type": "validation-failure"}
    return as_json(head | {"message": failures}, status=400)
