"""OpenAlex: lists, filters, cursors and single works, after docs.openalex.org and its successor.

`per_page` (also `per-page`) is at most 100, as the newer documentation has it. A cursor ends with
an empty page whose `next_cursor` is null. A work in a list names at most 100 authors.
"""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from assignee.offline import matching
from assignee.offline.corpus import Corpus, Work
from assignee.offline.exchange import Reply, Request, as_json, number

NAME = "OpenAlex"

_SITE = "https://openalex.org/"
_MOST, _MOST_AUTHORS, _MOST_VALUES = 100, 100, 100
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\..+)", re.IGNORECASE)


class OpenAlex:
    """Answers `/works` and `/works/ID`."""

    def __init__(self, corpus: Corpus, arxiv: str, publisher: str) -> None:
        self._corpus = corpus
        self._works = corpus.of(NAME)
        self._arxiv = arxiv
        self._publisher = publisher

    def __call__(self, request: Request) -> Reply:
        """The reply to a request."""
        match = re.match(r"/works(?:/(.+))?$", request.path.rstrip("/"))
        if not match:
            return _failed(404, "Not found", f"no page {request.path}")
        if match[1] is None:
            return self._list(request)
        for work in self._works:
            if _is_named(work, match[1]):
                return as_json(self._selected(self._record(work), request))
        return _failed(404, "Not found", f"Work {match[1]} not found")

    def _list(self, request: Request) -> Reply:
        params = request.params
        size = number(params.get("per_page") or params.get("per-page"), 25)
        page = number(params.get("page"), 1)
        if size is None or not 1 <= size <= _MOST:
            message = f"per_page parameter must be between 1 and {_MOST}"
            return _failed(400, "Invalid query parameters error.", message)
        if page is None or page < 1 or page * size > 10_000:
            message = "Maximum results size of 10,000 records is exceeded."
            return _failed(400, "Pagination error.", message)
        try:
            found = self._found(params)
            start = _start(params["cursor"]) if "cursor" in params else (page - 1) * size
        except ValueError as error:
            return _failed(400, "Invalid query parameters error.", str(error))
        shown = found[start : start + size]
        meta: dict[str, Any] = {"count": len(found), "db_response_time_ms": 7, "page": page}
        meta |= {"per_page": size, "groups_count": None}
        if "cursor" in params:
            next_cursor = _cursor(start + size) if shown else None
            meta |= {"page": None, "next_cursor": next_cursor}
        results = []
        for work, score in shown:
            record = self._record(work, most_authors=_MOST_AUTHORS)
            if "search" in params or any(map(_is_search, params.get("filter", "").split(","))):
                record["relevance_score"] = float(score)
            results.append(self._selected(record, request))
        return as_json({"meta": meta, "results": results, "group_by": []})

    def _found(self, params: Mapping[str, str]) -> list[tuple[Work, int]]:
        conditions = list(filter(None, params.get("filter", "").split(",")))
        name, _, order = params.get("sort", "").partition(":")
        searches = [_searched("whole")(params["search"])] if params.get("search") else []
        searches += [self._filter(one) for one in conditions if _is_search(one)]
        if name == "relevance_score" and not searches:
            raise ValueError("Must include a search query to sort by relevance_score.")
        found = matching.ranked(self._works, matching.every_one(searches))
        for condition in conditions:
            test = self._filter(condition)
            found = [(work, score) for work, score in found if test(work)]
        if name in _SORTED:
            found.sort(key=lambda pair: _SORTED[name](pair[0]), reverse=order == "desc")
        return found

    def _filter(self, condition: str) -> matching.Matcher:
        """`name:value`, values parted by `|`, a value after `!` excluded."""
        name, _, value = condition.partition(":")
        make = _FILTERS.get(name) or {"cites": self._citing, "cited_by": self._cited}.get(name)
        if make is None:
            raise ValueError(f"{name} is not a valid field. Valid fields are: {sorted(_FILTERS)}")
        values = value.removeprefix("!").split("|")
        if len(values) > _MOST_VALUES:
            raise ValueError(f"Maximum number of values exceeded for {name}")
        matcher = matching.any_one([make(one) for one in values])
        return matching.none_of(matcher) if value.startswith("!") else matcher

    def _citing(self, value: str) -> Callable[[Work], bool]:
        """`cites:W`: incoming citations of W."""
        return self._linked(value, self._corpus.citing)

    def _cited(self, value: str) -> Callable[[Work], bool]:
        """`cited_by:W`: W's own references."""
        return self._linked(value, self._corpus.cited)

    def _linked(
        self, value: str, links: Callable[[Work, str], list[Work]]
    ) -> Callable[[Work], bool]:
        short = value.removeprefix(_SITE).upper()
        keys = {
            other.key
            for work in self._works
            if work.openalex == short
            for other in links(work, NAME)
        }
        return lambda work: work.key in keys

    @staticmethod
    def _selected(record: dict[str, Any], request: Request) -> dict[str, Any]:
        names = [name for name in request.params.get("select", "").split(",") if name]
        return {name: record.get(name) for name in names} if names else record

    def _record(self, work: Work, *, most_authors: int | None = None) -> dict[str, Any]:
        locations = self._locations(work)
        best = next((place for place in locations if place["is_oa"]), None)
        authors = work.all_authors[:most_authors]
        doi = f"https://doi.org/{work.doi or work.arxiv_doi.lower()}"
        doi_or_none = doi if work.doi or work.arxiv else None
        record: dict[str, Any] = {
            "id": _SITE + work.openalex,
            "doi": doi_or_none,
            "title": work.title,
            "display_name": work.title,
            "publication_year": work.year,
            "publication_date": work.day,
            "ids": _ids(work, doi_or_none),
            "language": work.language,
            "primary_location": locations[0] if locations else None,
            "type": _TYPES.get(work.type, work.type),
            "type_crossref": work.type,
            "indexed_in": _indexed(work),
            "open_access": _open_access(work, best),
            "authorships": [_authorship(name, n, len(authors)) for n, name in enumerate(authors)],
            "is_retracted": work.retracted,
            "is_paratext": False,
            "cited_by_count": len(self._corpus.citing(work, NAME)),
            "biblio": _biblio(work),
            "locations_count": len(locations),
            "locations": locations,
            "best_oa_location": best,
            "referenced_works_count": len(self._corpus.cited(work, NAME)),
            "referenced_works": [
                _SITE + other.openalex for other in self._corpus.cited(work, NAME)
            ],
            "related_works": [],
            "abstract_inverted_index": _inverted(work.abstract),
            "cited_by_api_url": f"https://api.openalex.org/works?filter=cites:{work.openalex}",
            "counts_by_year": [],
            "updated_date": "2026-01-01T00:00:00.000000",
            "created_date": "2025-10-10",
        }
        if len(authors) < len(work.all_authors):
            record["is_authors_truncated"] = True
        return work.patched(NAME, record)

    def _locations(self, work: Work) -> list[dict[str, Any]]:
        """The version of record first."""
        places = []
        if work.venue_kind != "repository" or not work.arxiv:
            free = work.publisher_page is not None
            file = f"{self._publisher}/articles/{work.key}.pdf" if free else None
            places.append(_location(work, f"https://doi.org/{work.doi}", file, is_oa=free))
        if work.arxiv:
            file = f"{self._arxiv}/pdf/{work.arxiv}" if work.sections else None
            page = f"https://arxiv.org/abs/{work.arxiv}"
            places.append(_location(work, page, file, is_oa=True, repository="arXiv"))
        if work.pmcid:
            page = f"https://www.ncbi.nlm.nih.gov/pmc/articles/{work.pmcid.removeprefix('PMC')}"
            places.append(_location(work, page, None, is_oa=True, repository="PubMed Central"))
        return places


_TYPES = {"journal-article": "article", "proceedings-article": "article"} | {
    "posted-content": "preprint"
}
_SORTED: dict[str, Callable[[Work], str | int]] = {
    "publication_date": lambda work: work.day,
    "publication_year": lambda work: work.year,
    "cited_by_count": lambda work: work.number,
    "display_name": lambda work: work.title or "",
}


def _years(value: str) -> Callable[[Work], bool]:
    """`2020`, `2018-2020`, `>2019` or `<2019`."""
    if not (match := re.fullmatch(r"([<>]?)(\d{4})(?:-(\d{4}))?", value)):
        raise ValueError(f"Value for param publication_year must be a number: {value}")
    sign, first, last = match[1], int(match[2]), int(match[3] or match[2])
    if sign:
        return lambda work: work.year > first if sign == ">" else work.year < first
    return lambda work: first <= work.year <= last


def _from(value: str) -> Callable[[Work], bool]:
    _checked_day(value)
    return lambda work: work.day >= value


def _until(value: str) -> Callable[[Work], bool]:
    _checked_day(value)
    return lambda work: work.day <= value


def _checked_day(value: str) -> None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError(f"Value for param must be a date in format 2020-05-17: {value}")


def _source_type(value: str) -> Callable[[Work], bool]:
    return lambda work: work.venue_kind == value


def _is_search(condition: str) -> bool:
    return condition.partition(":")[0].endswith(".search")


def _searched(part: matching.Part) -> Callable[[str], matching.Matcher]:
    """Words that no operator parts must all be there, as the guide to searching says."""
    return lambda value: matching.parse(value, within=part, share=1.0)


def _flag(test: Callable[[Work], bool]) -> Callable[[str], Callable[[Work], bool]]:
    return lambda value: lambda work: test(work) == (value.lower() == "true")


def _named(value: str) -> Callable[[Work], bool]:
    return lambda work: _is_named(work, value)


_FILTERS: dict[str, Callable[[str], Callable[[Work], int]]] = {
    "publication_year": _years,
    "from_publication_date": _from,
    "to_publication_date": _until,
    "type": lambda value: lambda work: _TYPES.get(work.type, work.type) == value,
    "type_crossref": lambda value: lambda work: work.type == value,
    "language": lambda value: lambda work: work.language == value,
    "primary_location.source.type": _source_type,
    "is_retracted": _flag(lambda work: work.retracted),
    "has_abstract": _flag(lambda work: bool(work.abstract)),
    "has_doi": _flag(lambda work: bool(work.doi or work.arxiv)),
    "is_oa": _flag(lambda work: work.open_access != "closed"),
    "open_access.is_oa": _flag(lambda work: work.open_access != "closed"),
    "open_access.oa_status": lambda value: lambda work: work.open_access == value,
    "title.search": _searched("title"),
    "display_name.search": _searched("title"),
    "abstract.search": _searched("abstract"),
    "title_and_abstract.search": _searched("text"),
    "default.search": _searched("whole"),
    "raw_author_name.search": _searched("author"),
    **dict.fromkeys(("doi", "openalex", "openalex_id", "ids.openalex"), _named),
    **{name: lambda value: _named(f"pmid:{value}") for name in ("pmid", "ids.pmid")},
    **{name: lambda value: _named(f"pmcid:{value}") for name in ("pmcid", "ids.pmcid")},
}


def _is_named(work: Work, name: str) -> bool:
    """Whether this id means the work: W…, a URL, `doi:`, `pmid:`, `pmcid:` or a bare DOI."""
    if match := _DOI.match(name):
        return match[1].lower() in {doi.lower() for doi in (work.doi, work.arxiv_doi) if doi}
    scheme, _, value = name.removeprefix(_SITE).rpartition(":")
    value = value.rpartition("/")[2].upper()
    ids = {
        "": work.openalex,
        "openalex": work.openalex,
        "pmid": work.pmid,
        "pmcid": work.pmcid.removeprefix("PMC"),
    }
    return bool(value) and value.removeprefix("PMC") == ids.get(scheme.lower())


def _start(cursor: str) -> int:
    if cursor == "*":
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except ValueError as error:
        raise ValueError(f"Cursor value {cursor} is invalid") from error


def _cursor(start: int) -> str:
    return base64.urlsafe_b64encode(str(start).encode()).decode()


def _failed(status: int, error: str, message: str) -> Reply:
    return as_json({"error": error, "message": message}, status=status)


def _inverted(abstract: str | None) -> dict[str, list[int]] | None:
    """Each word with the places at which it stands, counted from 0."""
    if abstract is None:
        return None
    index: dict[str, list[int]] = {}
    for place, word in enumerate(abstract.split()):
        index.setdefault(word, []).append(place)
    return index


def _ids(work: Work, doi: str | None) -> dict[str, str]:
    ids = {"openalex": _SITE + work.openalex}
    if doi:
        ids["doi"] = doi
    if work.pmid:
        ids["pmid"] = f"https://pubmed.ncbi.nlm.nih.gov/{work.pmid}"
    if work.pmcid:
        ids["pmcid"] = f"https://www.ncbi.nlm.nih.gov/pmc/articles/{work.pmcid[3:]}"
    return ids


def _indexed(work: Work) -> list[str]:
    found = {"arxiv": work.arxiv, "crossref": work.doi, "pubmed": work.pmid}
    return [name for name, known in found.items() if known]


def _open_access(work: Work, best: dict[str, Any] | None) -> dict[str, Any]:
    url = best and (best["pdf_url"] or best["landing_page_url"])
    return {
        "is_oa": best is not None,
        "oa_status": work.open_access if best else "closed",
        "oa_url": url,
        "any_repository_has_fulltext": bool(work.arxiv or work.pmcid),
    }


def _authorship(name: str, place: int, count: int) -> dict[str, Any]:
    last = place == count - 1
    author_id = f"{_SITE}A99999{sum(name.encode()) % 100_000:05}"
    return {
        "author_position": "first" if place == 0 else "last" if last else "middle",
        "author": {"id": author_id, "display_name": name, "orcid": None},
        "institutions": [],
        "countries": [],
        "is_corresponding": place == 0,
        "raw_author_name": name,
        "raw_affiliation_strings": [],
    }


def _biblio(work: Work) -> dict[str, str | None]:
    first, _, last = work.pages.partition("-")
    return {
        "volume": work.volume or None,
        "issue": None,
        "first_page": first or None,
        "last_page": last or None,
    }


def _location(
    work: Work, page: str, file: str | None, *, is_oa: bool, repository: str = ""
) -> dict[str, Any]:
    name = repository or work.venue
    kind = "repository" if repository else work.venue_kind
    published = not repository and work.type != "posted-content"
    source = {
        "id": f"{_SITE}S99999{sum(name.encode()) % 100_000:05}",
        "display_name": name,
        "issn_l": None if repository else work.issn or None,
        "issn": [work.issn] if work.issn and not repository else None,
        "is_oa": work.open_access in ("gold", "diamond") or bool(repository),
        "is_in_doaj": work.open_access in ("gold", "diamond") and not repository,
        "host_organization": None,
        "host_organization_name": None if repository else work.publisher or None,
        "type": kind,
    }
    return {
        "is_oa": is_oa,
        "landing_page_url": page,
        "raw_source_name": repository or work.venue or None,
        "raw_type": "posted-content" if repository else work.type,
        "pdf_url": file,
        "source": source if name else None,
        "license": work.licence if is_oa and work.licence else None,
        "version": "publishedVersion" if published else "submittedVersion",
        "is_accepted": published,
        "is_published": published,
    }
