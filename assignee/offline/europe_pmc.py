"""Europe PMC: the Articles RESTful API, after its reference guide.

XML comes unless `format=json` is asked for, short records unless `resultType=core` is. Errors
come with status 200 and `errCode`. The end of the pages is an empty list with the cursor that was
sent. Yes and no are `Y` and `N`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from assignee.offline import matching, pages
from assignee.offline.corpus import Corpus, Work
from assignee.offline.exchange import HTML, Reply, Request, add, as_json, as_xml, number

NAME = "Europe PMC"

_XML = "application/xml;charset=UTF-8"
_MOST = 1_000
_LANGUAGES = {"en": "eng", "ja": "jpn", "de": "ger"}
_CHANGED = {
    "retraction": "Retraction in",
    "correction": "Erratum in",
    "expression_of_concern": "Expression of concern in",
}
_FULL_TEXT_ID = re.compile(r"/((?:PMC|PPR)\d+)/fullTextXML$")
_LINKS = re.compile(r"/(MED|PMC|PPR)/(\w+)/(references|citations)$")


class EuropePmc:
    """Answers `/search`, `/ID/fullTextXML`, `/SOURCE/ID/references` and `/SOURCE/ID/citations`.

    The paths may stand behind `/europepmc/webservices/rest`.
    """

    def __init__(self, corpus: Corpus, publisher: str) -> None:
        self._corpus = corpus
        self._works = corpus.of(NAME)
        self._publisher = publisher

    def __call__(self, request: Request) -> Reply:
        """The reply to a request."""
        if request.path.endswith("/search"):
            return self._search(request)
        if match := _FULL_TEXT_ID.search(request.path):
            return self._full_text(match[1])
        if match := _LINKS.search(request.path):
            return self._links(match[2], match[3], request)
        return _absent()

    def _search(self, request: Request) -> Reply:
        params = request.params
        size = number(params.get("pageSize"), 25)
        kind = params.get("resultType", "lite")
        if not params.get("query"):
            return _sent({"errCode": 404, "errMsg": "Query parameter is missing"}, request)
        if size is None or not 1 <= size <= _MOST:
            message = f"Invalid page size provided. Valid size is between 1 and {_MOST}"
            return _sent({"errCode": 404, "errMsg": message}, request)
        matcher = matching.parse(params["query"], _FIELDS, within="whole")
        found = [work for work, _ in matching.ranked(self._works, matcher)]
        cursor = params.get("cursorMark", "*")
        if not re.fullmatch(r"\*|AoIIP\d+=", cursor):
            return _sent({"errCode": 404, "errMsg": "Invalid cursorMark"}, request)
        start = 0 if cursor == "*" else int(cursor.removeprefix("AoIIP").removesuffix("="))
        shown = found[start : start + size]
        following = f"AoIIP{start + len(shown)}=" if shown else cursor
        reply: dict[str, Any] = {"version": "6.9", "hitCount": len(found)}
        if found:
            reply["nextCursorMark"] = following
        if shown:
            query = dict(params) | {"cursorMark": following}
            address = "https://www.ebi.ac.uk/europepmc/webservices/rest/search?"
            reply["nextPageUrl"] = address + urlencode(query)
        asked = {"queryString": params["query"], "resultType": kind, "cursorMark": cursor}
        reply["request"] = asked | {"pageSize": size, "sort": "", "synonym": False}
        make = {"core": self._core, "idlist": _short}.get(kind, self._lite)
        reply["resultList"] = {"result": [make(work) for work in shown]}
        return _sent(reply, request)

    def _full_text(self, name: str) -> Reply:
        for work in self._works:
            if name in (work.pmcid, work.preprint_id) and work.sections:
                article, doctype = pages.jats(work)
                return as_xml(article, _XML, doctype=doctype)
        return _absent()

    def _links(self, name: str, list_name: str, request: Request) -> Reply:
        work = next((work for work in self._works if name in _ids(work)), None)
        if work is None:
            return _sent({"version": "6.9", "hitCount": 0}, request)
        size = number(request.params.get("pageSize"), 25)
        page = number(request.params.get("page"), 1)
        if not size or not page or size > _MOST:
            return _sent({"errCode": 404, "errMsg": "Invalid page size provided"}, request)
        links = self._corpus.cited if list_name == "references" else self._corpus.citing
        found = links(work, NAME)
        entries = [_short(other) | {"title": other.title} for other in found]
        shown = entries[(page - 1) * size : page * size]
        one = list_name.removesuffix("s")
        reply: dict[str, Any] = {"version": "6.9", "hitCount": len(found)}
        return _sent(reply | {f"{one}List": {one: shown}}, request)

    def _lite(self, work: Work) -> dict[str, Any]:
        title = work.title if work.title is None or work.title.endswith("?") else f"{work.title}."
        record: dict[str, Any] = _short(work) | {
            "doi": work.doi or work.arxiv_doi or None,
            "title": title,
            "authorString": ", ".join(map(_indexed_name, work.all_authors)) + ".",
            "journalTitle": None if _is_preprint(work) else work.venue,
            "journalVolume": work.volume or None,
            "pubYear": str(work.year),
            "journalIssn": work.issn or None,
            "pageInfo": work.pages or None,
            "pubType": "; ".join(_publication_types(work)).lower(),
            "isOpenAccess": _flag(work.open_access != "closed"),
            "inEPMC": _flag(bool(work.pmcid)),
            "inPMC": "N",
            "hasPDF": _flag(bool(work.sections)),
            "hasBook": "N",
            "citedByCount": len(self._corpus.citing(work, NAME)),
            "hasReferences": _flag(bool(work.references)),
            "firstPublicationDate": work.day,
        }
        return work.patched(NAME, _known(record))

    def _core(self, work: Work) -> dict[str, Any]:
        record = self._lite(work)
        for name in ("journalTitle", "journalVolume", "journalIssn", "pubType"):
            record.pop(name, None)
        more: dict[str, Any] = {
            "authorList": {"author": [_author(name) for name in work.all_authors]},
            "journalInfo": None if _is_preprint(work) else _journal(work),
            "bookOrReportDetails": _server(work) if _is_preprint(work) else None,
            "abstractText": work.abstract,
            "publicationStatus": "ppublish",
            "language": _LANGUAGES.get(work.language, "und"),
            "pubTypeList": {"pubType": _publication_types(work)},
            "fullTextIdList": {"fullTextId": list(full)} if (full := _full_texts(work)) else None,
            "fullTextUrlList": {"fullTextUrl": self._addresses(work)},
            "license": "cc by" if work.open_access != "closed" else None,
            "commentCorrectionList": _corrections(work),
        }
        return work.patched(NAME, record | _known(more))

    def _addresses(self, work: Work) -> list[dict[str, str]]:
        found = [("doi", "DOI", f"https://doi.org/{work.doi or work.arxiv_doi}", "S")]
        if work.pmcid:
            page = f"https://europepmc.org/articles/{work.pmcid}"
            found.append(("html", "Europe_PMC", page, "OA"))
        if work.publisher_page:
            file = f"{self._publisher}/articles/{work.key}.pdf"
            found.append(("pdf", "Unpaywall", file, "OA"))
        names = {"S": "Subscription required", "OA": "Open access"}
        return [
            {
                "availability": names[code],
                "availabilityCode": code,
                "documentStyle": style,
                "site": site,
                "url": url,
            }
            for style, site, url, code in found
        ]


def _source(work: Work) -> str:
    return "MED" if work.pmid else "PPR" if work.preprint_id else "PMC"


def _ids(work: Work) -> tuple[str, ...]:
    return tuple(filter(None, (work.pmid, work.preprint_id, work.pmcid)))


def _full_texts(work: Work) -> tuple[str, ...]:
    return tuple(filter(None, (work.pmcid, work.preprint_id))) if work.sections else ()


def _short(work: Work) -> dict[str, Any]:
    name = work.pmid or work.preprint_id or work.pmcid
    ids = {"id": name, "source": _source(work)}
    return ids | _known({"pmid": work.pmid or None, "pmcid": work.pmcid or None})


def _known(record: dict[str, Any]) -> dict[str, Any]:
    """What is not known is left out, not null."""
    return {name: value for name, value in record.items() if value is not None}


def _is_preprint(work: Work) -> bool:
    return _source(work) == "PPR"


def _flag(value: bool) -> str:
    return "Y" if value else "N"


def _split(name: str) -> tuple[str, str]:
    given, _, family = name.rpartition(" ")
    return given, family


def _indexed_name(name: str) -> str:
    given, family = _split(name)
    initials = "".join(part[0] for part in re.split(r"[\s-]+", given) if part)
    return f"{family} {initials}".strip()


def _author(name: str) -> dict[str, str]:
    given, family = _split(name)
    indexed = _indexed_name(name)
    return {
        "fullName": indexed,
        "firstName": given,
        "lastName": family,
        "initials": indexed.removeprefix(family).strip(),
    }


def _journal(work: Work) -> dict[str, Any]:
    journal = _known({"title": work.venue, "essn": work.issn or None})
    info = {
        "volume": work.volume or None,
        "monthOfPublication": int(work.day[5:7]),
        "yearOfPublication": work.year,
        "printPublicationDate": work.day,
        "journal": journal,
    }
    return _known(info)


def _server(work: Work) -> dict[str, Any]:
    return {"publisher": work.venue or "arXiv", "yearOfPublication": work.year}


def _publication_types(work: Work) -> list[str]:
    if _is_preprint(work):
        return ["Preprint"]
    if work.changes:
        return ["Retraction of Publication"]
    retracted = ["Retracted Publication"] if work.retracted else []
    return ["research-article", "Journal Article", *retracted]


def _corrections(work: Work) -> dict[str, Any] | None:
    notices = [
        {
            "source": "MED",
            "reference": f"{work.venue}. {change.date[:4]}. doi: {change.doi}.",
            "type": _CHANGED[change.kind],
            "orderIn": place,
        }
        for place, change in enumerate(work.changed_by, 1)
    ]
    return {"commentCorrection": notices} if notices else None


def _published_between(value: str) -> matching.Matcher:
    """`[2020-01-01 TO 2021-12-31]`, with years alone as well; a single value is a prefix."""
    first, to, last = (part.strip() for part in value.partition(" TO "))

    def within(work: Work) -> bool:
        if not to:
            return work.day.startswith(first)
        return (first == "*" or work.day[: len(first)] >= first) and (
            last == "*" or work.day[: len(last)] <= last
        )

    return matching.holding(within)


def _by_author(value: str) -> matching.Matcher:
    """`Kaplan` or `Kaplan J`: the surname, and the first initials where they are given."""
    wanted = value.lower().strip(".")

    def wrote(name: str) -> bool:
        indexed = _indexed_name(name).lower()
        return indexed == wanted or indexed.startswith(wanted + ("" if " " in wanted else " "))

    return matching.holding(lambda work: any(wrote(name) for name in work.authors))


def _equal(read: Callable[[Work], Sequence[str]]) -> matching.Field:
    return lambda value: matching.holding(
        lambda work: value.lower() in {known.lower() for known in read(work)}
    )


_FIELDS: dict[str, matching.Field] = {
    "title": matching.in_part("title"),
    "abstract": matching.in_part("abstract"),
    "title_abs": matching.in_part("text"),
    "auth": _by_author,
    "pub_year": _published_between,
    "first_pdate": _published_between,
    "e_pdate": _published_between,
    "doi": _equal(lambda work: (work.doi, work.arxiv_doi)),
    "ext_id": _equal(_ids),
    "pmcid": _equal(lambda work: (work.pmcid,)),
    "src": _equal(lambda work: (_source(work),)),
    "lang": _equal(lambda work: (_LANGUAGES.get(work.language, "und"),)),
    "open_access": _equal(lambda work: (_flag(work.open_access != "closed"),)),
    "in_epmc": _equal(lambda work: (_flag(bool(work.pmcid)),)),
    "has_ft": _equal(lambda work: (_flag(bool(work.sections)),)),
    "has_abstract": _equal(lambda work: (_flag(bool(work.abstract)),)),
    "pub_type": _equal(_publication_types),
}


def _absent() -> Reply:
    return Reply(b"<!DOCTYPE html><title>404 Not Found</title>", HTML, 404)


def _sent(reply: dict[str, Any], request: Request) -> Reply:
    if request.params.get("format", "xml").lower() == "json":
        return as_json(reply)
    root = ElementTree.Element("responseWrapper")
    _spread(root, reply)
    return as_xml(root, _XML)


def _spread(parent: ElementTree.Element, value: Mapping[str, Any]) -> None:
    """JSON as the XML form of the same reply: a list repeats its element."""
    for name, inner in value.items():
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                _spread(add(parent, name), one)
            else:
                add(parent, name, str(one))
