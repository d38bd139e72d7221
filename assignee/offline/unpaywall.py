"""Unpaywall: open locations by DOI, after its data format and REST API pages.

An email address is asked for; arXiv's own DOIs are DataCite's and not known here.
"""

import re
from typing import Any

from assignee.offline.corpus import Corpus, Work
from assignee.offline.exchange import Reply, Request, as_json

NAME = "Unpaywall"


class Unpaywall:
    """Answers `/v2/DOI?email=…`; the prefix may be left out."""

    def __init__(self, corpus: Corpus, arxiv: str, publisher: str) -> None:
        self._works = {work.doi.lower(): work for work in corpus.of(NAME)}
        self._arxiv = arxiv
        self._publisher = publisher

    def __call__(self, request: Request) -> Reply:
        """The reply to a request."""
        if "@" not in request.params.get("email", ""):
            text = "Email address required in API call, see http://unpaywall.org/products/api"
            return _failed(422, text)
        doi = re.sub(r"^/(?:v2/)?", "", request.path).lower()
        if doi not in self._works:
            return _failed(404, f"'{doi}' isn't in Unpaywall.")
        return as_json(self._record(self._works[doi]))

    def _record(self, work: Work) -> dict[str, Any]:
        locations = self._locations(work)
        best = locations[0] if locations else None
        gold = work.open_access in ("gold", "diamond")
        record: dict[str, Any] = {
            "doi": work.doi.lower(),
            "doi_url": f"https://doi.org/{work.doi.lower()}",
            "title": work.title,
            "genre": work.type,
            "is_paratext": False,
            "published_date": work.day,
            "year": work.year,
            "journal_name": work.venue or None,
            "journal_issns": work.issn or None,
            "journal_issn_l": work.issn or None,
            "journal_is_oa": gold,
            "journal_is_in_doaj": gold,
            "publisher": work.publisher or None,
            "is_oa": bool(locations),
            "oa_status": work.open_access if locations else "closed",
            "has_repository_copy": any(p["host_type"] == "repository" for p in locations),
            "best_oa_location": best,
            "first_oa_location": best,
            "oa_locations": locations,
            "oa_locations_embargoed": [],
            "updated": "2026-01-01T00:00:00.000000",
            "data_standard": 2,
            "z_authors": [_author(name, n) for n, name in enumerate(work.all_authors)],
        }
        return work.patched(NAME, record)

    def _locations(self, work: Work) -> list[dict[str, Any]]:
        """The publisher's first."""
        found = []
        if work.publisher_page:
            file = f"{self._publisher}/articles/{work.key}.pdf"
            found.append(_location("publisher", f"https://doi.org/{work.doi}", file, work.licence))
        if work.arxiv:
            file = f"{self._arxiv}/pdf/{work.arxiv}"
            found.append(_location("repository", f"https://arxiv.org/abs/{work.arxiv}", file, ""))
        if found:
            found[0]["is_best"] = True
        return found


def _location(host: str, page: str, file: str, licence: str) -> dict[str, Any]:
    published = host == "publisher"
    evidence = "open (via free pdf)" if published else "oa repository (via OAI-PMH doi match)"
    return {
        "url": file,
        "url_for_pdf": file,
        "url_for_landing_page": page,
        "evidence": evidence,
        "license": licence or None,
        "version": "publishedVersion" if published else "submittedVersion",
        "host_type": host,
        "is_best": False,
        "pmh_id": None,
        "endpoint_id": None,
        "repository_institution": None if published else "Cornell University - arXiv",
        "oa_date": None,
        "updated": "2026-01-01T00:00:00.000000",
    }


def _author(name: str, place: int) -> dict[str, Any]:
    given, _, family = name.rpartition(" ")
    position = "additional" if place else "first"
    return {"raw_author_name": name, "given": given, "family": family, "author_position": position}


def _failed(status: int, message: str) -> Reply:
    return as_json({"HTTP_status_code": status, "error": True, "message": message}, status=status)
