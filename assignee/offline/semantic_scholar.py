"""Semantic Scholar: the Academic Graph API, after its reference documentation.

Fields come only when they are asked for; unknown ones are refused. The relevance search knows no
operators, finds nothing for a hyphenated word, and leaves `data` out when nothing is found. The
bulk search wants every word, sorts by id and goes on with a token.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from assignee.offline import matching
from assignee.offline.corpus import Corpus, Work
from assignee.offline.exchange import Reply, Request, as_json, number

NAME = "Semantic Scholar"

_PAPER = frozenset(
    "paperId corpusId externalIds url title abstract venue publicationVenue year referenceCount "
    "citationCount influentialCitationCount isOpenAccess openAccessPdf fieldsOfStudy "
    "s2FieldsOfStudy publicationTypes publicationDate journal citationStyles authors "
    "tldr".split()
)
_EDGE = frozenset({"contexts", "intents", "contextsWithIntent", "isInfluential"})
_TYPES = {
    "journal-article": ["JournalArticle"],
    "proceedings-article": ["Conference", "JournalArticle"],
}
_BULK_PAGE = 20
"""The service gives at most 1,000 records a call; a small corpus shows its tokens with fewer."""

_MOST_SEARCHED, _MOST_LISTED, _MOST_AT_ONCE = 100, 1_000, 500


class SemanticScholar:
    """Answers `/graph/v1/paper/…`; the prefix may be left out."""

    def __init__(self, corpus: Corpus, arxiv: str, publisher: str) -> None:
        self._corpus = corpus
        self._works = corpus.of(NAME)
        self._arxiv = arxiv
        self._publisher = publisher

    def __call__(self, request: Request) -> Reply:
        """The reply to a request."""
        path = request.path.removeprefix("/graph/v1").rstrip("/")
        try:
            if path == "/paper/search":
                return self._search(request)
            if path == "/paper/search/bulk":
                return self._bulk(request)
            if path == "/paper/batch" and request.method == "POST":
                return self._batch(request)
            if match := re.match(r"/paper/(.+?)(?:/(references|citations))?$", path):
                return self._paper(match[1], match[2], request)
        except ValueError as error:
            return as_json({"error": str(error)}, status=400)
        return as_json({"message": "Missing Authentication Token"}, status=403)

    def _search(self, request: Request) -> Reply:
        offset, limit = _window(request, most=_MOST_SEARCHED)
        if offset + limit > 1_000:
            raise ValueError("Requested data for this limit and/or offset is not available")
        query = request.params.get("query", "")
        if not query:
            raise ValueError("Unacceptable query params: [query=]")
        hyphenated = re.search(r"\w-\w", query)
        matcher = matching.some_of(query)
        found = [] if hyphenated else [work for work, _ in self._ranked(request, matcher)]
        reply: dict[str, Any] = {"total": len(found), "offset": offset}
        if offset + limit < len(found):
            reply["next"] = offset + limit
        if found:
            reply["data"] = self._records(found[offset : offset + limit], request)
        return as_json(reply)

    def _bulk(self, request: Request) -> Reply:
        matcher = matching.parse(request.params.get("query", ""), share=1.0)
        found = [work for work, _ in self._ranked(request, matcher)]
        found.sort(key=lambda work: work.s2)
        token = request.params.get("token", "AT0")
        if not re.fullmatch(r"AT\d+", token):
            raise ValueError("Unacceptable query params: [token]")
        start = int(token.removeprefix("AT"))
        reply: dict[str, Any] = {"total": len(found), "token": None}
        if start + _BULK_PAGE < len(found):
            reply["token"] = f"AT{start + _BULK_PAGE}"
        reply["data"] = self._records(found[start : start + _BULK_PAGE], request)
        return as_json(reply)

    def _ranked(self, request: Request, matcher: matching.Matcher) -> list[tuple[Work, int]]:
        tests = [matching.holding(test) for test in _filters(request)]
        found = matching.ranked(self._works, matcher)
        return [(work, score) for work, score in found if all(test(work) for test in tests)]

    def _batch(self, request: Request) -> Reply:
        ids = json.loads(request.body or b"{}").get("ids", [])
        if not ids or len(ids) > _MOST_AT_ONCE:
            raise ValueError(f"Expecting between 1 and {_MOST_AT_ONCE} ids")
        fields = _fields(request, _PAPER)
        works = [self._find(str(name)) for name in ids]
        return as_json([work and self._record(work, fields) for work in works])

    def _paper(self, name: str, list_name: str | None, request: Request) -> Reply:
        work = self._find(name)
        if work is None:
            return as_json({"error": f"Paper with id {name} not found"}, status=404)
        if list_name is None:
            return as_json(self._record(work, _fields(request, _PAPER)))
        return self._edges(work, list_name, request)

    def _edges(self, work: Work, list_name: str, request: Request) -> Reply:
        offset, limit = _window(request, most=_MOST_LISTED)
        fields = _fields(request, _PAPER | _EDGE)
        cited = list_name == "references"
        links = self._corpus.cited if cited else self._corpus.citing
        papers = [self._record(other, fields - _EDGE) for other in links(work, NAME)]
        if cited:
            empty: dict[str, Any] = dict.fromkeys(fields - _EDGE | {"paperId"})
            papers += [empty | {"title": title} for title in work.loose_references]
        extras = {"isInfluential": False} if "isInfluential" in fields else {}
        lists: dict[str, list[str]] = {name: [] for name in fields & _EDGE - {"isInfluential"}}
        name = "citedPaper" if cited else "citingPaper"
        edges = [lists | extras | {name: paper} for paper in papers[offset : offset + limit]]
        reply: dict[str, Any] = {"offset": offset, "data": edges}
        if offset + limit < len(papers):
            reply["next"] = offset + limit
        return as_json(work.patched(f"{NAME} {list_name}", reply))

    def _find(self, name: str) -> Work | None:
        scheme, _, value = name.partition(":")
        wanted = (scheme.lower(), value.lower()) if value else ("", scheme.lower())
        return next((work for work in self._works if wanted in _names(work)), None)

    def _records(self, works: list[Work], request: Request) -> list[dict[str, Any]]:
        fields = _fields(request, _PAPER)
        return [self._record(work, fields) for work in works]

    def _record(self, work: Work, fields: frozenset[str]) -> dict[str, Any]:
        whole = work.patched(NAME, self._whole(work))
        return {name: value for name, value in whole.items() if name in fields | {"paperId"}}

    def _whole(self, work: Work) -> dict[str, Any]:
        url = self._free_file(work)
        status = work.open_access.upper() if url else "CLOSED"
        file = {"url": url, "status": status, "license": "CCBY" if url else None}
        disclaimer = "Notice: Paper or abstract available at the address above."
        formal = work.venue_kind != "repository"
        return dict.fromkeys(_PAPER) | {
            "paperId": work.s2,
            "corpusId": work.corpus_id,
            "externalIds": _external_ids(work),
            "url": f"https://www.semanticscholar.org/paper/{work.s2}",
            "title": work.title,
            "abstract": work.abstract,
            "venue": work.venue if formal else "arXiv.org",
            "publicationVenue": {"name": work.venue, "type": work.venue_kind} if formal else None,
            "year": work.year,
            "referenceCount": len(work.references) + len(work.loose_references),
            "citationCount": len(self._corpus.citing(work, NAME)),
            "influentialCitationCount": 0,
            "isOpenAccess": bool(url) and formal,
            "openAccessPdf": file | {"disclaimer": disclaimer},
            "fieldsOfStudy": ["Computer Science"],
            "s2FieldsOfStudy": [{"category": "Computer Science", "source": "s2-fos-model"}],
            "publicationTypes": _TYPES.get(work.type),
            "publicationDate": work.date,
            "journal": {"name": work.venue or "ArXiv", "volume": _volume(work)},
            "authors": [
                {"authorId": f"9999{sum(name.encode()) % 100_000}", "name": name}
                for name in work.all_authors
            ],
        }

    def _free_file(self, work: Work) -> str:
        """Empty when there is none, as the service has it since 2025."""
        if work.publisher_page:
            return f"{self._publisher}/articles/{work.key}.pdf"
        return f"{self._arxiv}/pdf/{work.arxiv}" if work.arxiv and work.sections else ""


def _volume(work: Work) -> str | None:
    return work.volume or (f"abs/{work.arxiv}" if work.arxiv else None)


def _names(work: Work) -> list[tuple[str, str]]:
    """Every id that the service takes for the work, in lower case."""
    names = [
        ("", work.s2),
        ("corpusid", str(work.corpus_id)),
        ("doi", work.doi),
        ("doi", work.arxiv_doi),
        ("arxiv", work.arxiv),
        ("pmid", work.pmid),
        ("pmcid", work.pmcid.removeprefix("PMC")),
    ]
    return [(scheme, value.lower()) for scheme, value in names if value]


def _external_ids(work: Work) -> dict[str, Any]:
    ids = {
        "ArXiv": work.arxiv,
        "DOI": work.doi or work.arxiv_doi,
        "PubMed": work.pmid,
        "PubMedCentral": work.pmcid.removeprefix("PMC"),
    }
    return {name: value for name, value in ids.items() if value} | {"CorpusId": work.corpus_id}


def _fields(request: Request, known: frozenset[str]) -> frozenset[str]:
    """The fields asked for; subfields such as `authors.name` bring the whole field."""
    names = [name for name in request.params.get("fields", "title").split(",") if name]
    unknown = [name for name in names if name.partition(".")[0] not in known]
    if unknown:
        raise ValueError(f"Unrecognized or unsupported fields: [{', '.join(unknown)}]")
    return frozenset(name.partition(".")[0] for name in names)


def _window(request: Request, *, most: int) -> tuple[int, int]:
    offset = number(request.params.get("offset"), 0)
    limit = number(request.params.get("limit"), 100)
    if offset is None or offset < 0 or limit is None or not 1 <= limit <= most:
        raise ValueError(f"Unacceptable query params: [offset={offset}, limit={limit}]")
    return offset, limit


def _filters(request: Request) -> list[Callable[[Work], bool]]:
    params = request.params
    tests: list[Callable[[Work], bool]] = []
    if value := params.get("year"):
        first, _, last = value.partition("-") if "-" in value else (value, "-", value)
        _checked(value, r"\d{4}|\d{4}-(?:\d{4})?|-\d{4}")
        tests.append(lambda work: int(first or 0) <= work.year <= int(last or 9999))
    if value := params.get("publicationDateOrYear"):
        _checked(value, r"(?:\d{4}(?:-\d\d){0,2})?:?(?:\d{4}(?:-\d\d){0,2})?")
        since, colon, until = value.partition(":")
        # A prefix such as 2020-06 means all of its days.
        until = until if colon else since
        tests.append(lambda work: since <= work.date and work.date[: len(until)] <= (until or "~"))
    if value := params.get("publicationTypes"):
        wanted = set(value.split(","))
        tests.append(lambda work: bool(wanted & set(_TYPES.get(work.type, []))))
    if "openAccessPdf" in params:
        tests.append(lambda work: bool(work.publisher_page or (work.arxiv and work.sections)))
    return tests


def _checked(value: str, pattern: str) -> None:
    if not re.fullmatch(pattern, value):
        raise ValueError(f"Unacceptable query params: [{value}]")
