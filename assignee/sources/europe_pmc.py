"""Europe PMC: PubMed, PubMed Central and the preprint servers of the life sciences.

The service answers ten requests a second to everybody; five are asked for, and no key is needed.
Patents, which it holds too, are left out. Words without a field are looked for everywhere, full
texts included, and ranked by relevance. Documented at https://europepmc.org/RestfulWebService.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from assignee.records import Hit, Location, Notice, Paper, PaperIds, PublicationStatus
from assignee.sources import fields
from assignee.sources.base import Criteria, QueryLog, SourceResult
from assignee.sources.boolean import dated
from assignee.sources.europe_pmc_links import notices, related
from assignee.sources.fielded import asked, fielded
from assignee.sources.listing import Listing, Page, Params, gathered, read_list, shown
from assignee.sources.query import Term
from assignee.web.client import Web
from assignee.web.reply import Reply, WebError

MOST_A_PAGE = 100
MOST_IDS = 40
"""Identifiers in one request; an address should not grow beyond a few thousand characters."""

_FIELDS = {"title": "TITLE:", "author": "AUTH:", "abstract": "ABSTRACT:", "year": "PUB_YEAR:"}
_LANGUAGES = {
    "af": "afr", "ar": "ara", "bg": "bul", "bs": "bos", "ca": "cat", "cs": "cze", "da": "dan",
    "de": "ger", "el": "gre", "en": "eng", "es": "spa", "et": "est", "fa": "per", "fi": "fin",
    "fr": "fre", "he": "heb", "hr": "hrv", "hu": "hun", "is": "ice", "it": "ita", "ja": "jpn",
    "ko": "kor", "lt": "lit", "lv": "lav", "mk": "mac", "nl": "dut", "no": "nor", "pl": "pol",
    "pt": "por", "ro": "rum", "ru": "rus", "sk": "slo", "sl": "slv", "sq": "alb", "sr": "srp",
    "sv": "swe", "th": "tha", "tr": "tur", "uk": "ukr", "vi": "vie", "zh": "chi",
}  # fmt: skip
"""ISO 639-1 to the codes of MEDLINE, which are those of ISO 639-2/B."""

_KINDS = {
    "retraction of publication": "erratum",
    "expression of concern": "erratum",
    "published erratum": "erratum",
    "correction": "erratum",
    "corrigendum": "erratum",
    "review": "review",
    "review-article": "review",
    "systematic review": "review",
    "systematic-review": "review",
    "meta-analysis": "review",
    "letter": "letter",
    "editorial": "letter",
    "comment": "letter",
    "book": "book",
    "book-chapter": "book",
    "dataset": "dataset",
}
"""Types of publication in the order in which they decide."""

_MARKED = re.compile(
    r"\[?\s*(retracted|withdrawn|removed)(?:\s+(?:article|paper|preprint))?\s*[:\]]", re.IGNORECASE
)
_CONFERENCES = frozenset({"congress", "conference proceedings", "conference paper"})
_FREE = frozenset({"OA", "F"})
"""Codes of availability: open access, free."""

_LINKS = ("commentCorrectionList", "commentCorrection")
_FULL_TEXT_ID = re.compile(r"(?:PMC|PPR)\d+")


class EuropePmcSource:
    """Articles, preprints and books of Europe PMC, the most relevant first.

    Args:
        web: the way to the service.
        criteria: days, language, and whether preprints are wanted, become part of the query.
        base_url: the address that ends before `/search`; full texts are read from there too.
        key: not used; all sources are made alike.
    """

    name = "Europe PMC"
    needs_key = False
    interval = 0.2
    """Seconds between the starts of two requests."""

    def __init__(
        self,
        web: Web,
        criteria: Criteria,
        *,
        base_url: str = "https://www.ebi.ac.uk/europepmc/webservices/rest",
        key: str | None = None,  # noqa: ARG002
    ) -> None:
        self._web = web
        self._criteria = criteria
        self._base_url = base_url.rstrip("/")

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        """At most `limit` records a query."""
        return gathered([await self._search(query, limit) for query in queries])

    async def by_ids(self, ids: Sequence[PaperIds]) -> SourceResult:
        """Records by PMID, PMCID or DOI; works without one are passed over.

        Identifiers that Europe PMC does not know are named in the log's errors.
        """
        asked = list(dict.fromkeys(each for each in ids if _named(each)))
        batches = [asked[start : start + MOST_IDS] for start in range(0, len(asked), MOST_IDS)]
        return gathered([await self._batch(batch) for batch in batches])

    async def _search(self, query: str, limit: int) -> Listing:
        sent = _written(query, self._criteria)
        if not sent:
            return Listing((), QueryLog(query, 0, ("there is nothing to search for",)))
        return await self._list(query, sent, limit=limit)

    async def _batch(self, ids: Sequence[PaperIds]) -> Listing:
        # One work can have several records, such as an article and its preprint.
        query = " OR ".join(filter(None, map(_named, ids)))
        names = ", ".join(each.first() or "" for each in ids)
        found = await self._list(names, query, limit=2 * MOST_IDS)
        got = {name for hit in found.hits for name in _names(hit.paper.ids)}
        missing = (each.first() for each in ids if not got & _names(each))
        errors = found.log.errors or tuple(f"Europe PMC has no {name}" for name in missing)
        return Listing(found.hits, replace(found.log, errors=errors))

    async def _list(self, query: str, sent: str, *, limit: int) -> Listing:
        params = {
            "query": sent,
            "resultType": "core",
            "format": "json",
            "pageSize": str(min(limit, MOST_A_PAGE)),
            "cursorMark": "*",
        }
        return await read_list(
            query,
            shown("search", params, without=("cursorMark", "pageSize")),
            first=params,
            get=self._page,
            read=self._hit,
            limit=limit,
        )

    async def _page(self, params: Params) -> Page:
        reply = await self._web.get(
            f"{self._base_url}/search", params=params, interval=self.interval, check=_body
        )
        body = _body(reply)
        found = fields.items(fields.mapping(body.get("resultList")).get("result"))
        mark = body.get("nextCursorMark")
        following = None
        # After the last record the mark is missing, or the one that was asked for.
        if isinstance(mark, str) and mark not in ("", params["cursorMark"]):
            is_full = len(found) >= int(params["pageSize"])
            following = {**params, "cursorMark": mark} if is_full else None
        return Page(found, fields.whole(body.get("hitCount")), following, reply.retries)

    def _hit(self, entry: object) -> Hit | None:
        record = fields.mapping(entry)
        title = _title(record)
        if not title:
            return None
        types = [kind.casefold() for kind in _texts(record, "pubTypeList", "pubType")]
        paper = _paper(record, title, types)
        marked = _MARKED.match(title)
        return Hit.model_validate(
            {
                "source": self.name,
                "paper": fields.identified(paper),
                "abstract": fields.text(record.get("abstractText")),
                "kind": next((kind for name, kind in _KINDS.items() if name in types), "article"),
                "withdrawn": bool(marked and marked[1].casefold() != "retracted")
                or any("withdrawal" in kind or "removal" in kind for kind in types),
                "locations": self._locations(record, paper.ids),
                "related": related(_list_in(record, *_LINKS)),
            }
        )

    def _locations(self, record: Mapping[str, Any], ids: PaperIds) -> tuple[Location, ...]:
        """The JATS of open-access articles first, then what the service links without payment."""
        licence = fields.text(record.get("license"))
        found: dict[str, Location] = {}
        if record.get("isOpenAccess") == "Y":
            named = (*_texts(record, "fullTextIdList", "fullTextId"), ids.pmcid or "")
            for name in filter(_FULL_TEXT_ID.fullmatch, named):
                url = f"{self._base_url}/{name}/fullTextXML"
                found[url] = Location(url=url, format="jats", licence=licence)
        for link in _list_in(record, "fullTextUrlList", "fullTextUrl"):
            url_given = fields.address(link.get("url"))
            style = link.get("documentStyle")
            if (
                url_given
                and style in ("html", "pdf")
                and fields.text(link.get("availabilityCode")) in _FREE
            ):
                found.setdefault(url_given, Location(url=url_given, format=style, licence=licence))
        return tuple(found.values())


def _body(reply: Reply) -> dict[str, Any]:
    """The object with the list of results; what is wrong with a query comes with status 200.

    Raises:
        WebError: there is no such list.
    """
    body = reply.json()
    if isinstance(body, dict) and isinstance(body.get("resultList"), dict):
        return body
    said = fields.text(fields.mapping(body).get("errMsg")) or "no records in the answer"
    raise WebError(EuropePmcSource.name, "malformed", said[:200], retries=reply.retries)


def _written(query: str, criteria: Criteria) -> str:
    """The query with its filters; empty when nothing is left to look for."""
    search, since, until = dated(asked(query), criteria)
    words = fielded(search, _term, without=" NOT ")
    if not words:
        return ""
    parts = [f"({words})"]
    if since or until:
        first, last = since or "1000-01-01", until or "3000-12-31"
        parts.append(f"FIRST_PDATE:[{first} TO {last}]")
    if code := _LANGUAGES.get(criteria.language or ""):
        # Preprints carry no language; without the exception none of them would be found.
        parts.append(f"(LANG:{code} OR SRC:PPR)")
    if criteria.statuses == ("preprint",):
        parts.append("SRC:PPR")
    unwanted = ["SRC:PAT"]
    if criteria.statuses and not {"preprint", "unknown"} & set(criteria.statuses):
        unwanted.append("SRC:PPR")
    return " AND ".join(parts) + "".join(f" NOT {part}" for part in unwanted)


def _term(term: Term) -> str:
    if term.field == "year":
        first, _, last = term.text.partition("-")
        return f"PUB_YEAR:[{first} TO {last or first}]"
    bare = not term.phrase and term.text.isalnum()
    return _FIELDS.get(term.field or "", "") + (term.text if bare else f'"{term.text}"')


def _named(ids: PaperIds) -> str | None:
    """How the service is asked for one work: by the identifier that is most its own."""
    if pmid := fields.pmid(ids.pmid):
        return f"(EXT_ID:{pmid} AND SRC:MED)"
    if pmcid := fields.pmcid(ids.pmcid):
        return f"PMCID:{pmcid}"
    doi = ids.doi or (f"10.48550/arXiv.{ids.arxiv}" if ids.arxiv else None)
    return f'DOI:"{doi}"' if doi and not re.search(r'["\\\s]', doi) else None


def _names(ids: PaperIds) -> set[tuple[str, str]]:
    """Its identifiers, each with its scheme, to be compared."""
    return {(scheme, value.lower()) for scheme, value in ids if value}


def _paper(record: Mapping[str, Any], title: str, types: Sequence[str]) -> Paper:
    """The paper, still without its id."""
    count = fields.whole(record.get("citedByCount"))
    return Paper(
        id="",
        ids=_ids(record),
        title=title,
        authors=_authors(record),
        year=_year(record),
        venue=_venue(record),
        url=_url(record),
        publication_status=_status(record, types),
        citation_count=count,
        citation_date=None if count is None else fields.today(),
        open_access="green" if record.get("isOpenAccess") == "Y" else "unknown",
        language=_language(record.get("language")),
        notices=_notices(record, types, title),
        sources=(EuropePmcSource.name,),
    )


def _list_in(record: Mapping[str, Any], outer: str, inner: str) -> list[Mapping[str, Any]]:
    """The objects of a list that the service wraps in an object; a single one may stand alone."""
    value = fields.mapping(record.get(outer)).get(inner)
    return fields.mappings([value] if isinstance(value, dict) else value)


def _texts(record: Mapping[str, Any], outer: str, inner: str) -> list[str]:
    """The strings of such a list."""
    value = fields.mapping(record.get(outer)).get(inner)
    values = [value] if isinstance(value, str) else fields.items(value)
    return [text for item in values if (text := fields.text(item))]


def _title(record: Mapping[str, Any]) -> str:
    """The title without the full stop of MEDLINE and the brackets around a translated one."""
    title = fields.text(record.get("title")) or ""
    if title.endswith(".") and not title.endswith(".."):
        title = title[:-1]
    inside = title[1:-1]
    is_translated = title[:1] == "[" and title[-1:] == "]" and not set("[]") & set(inside)
    return inside.strip() if is_translated else title


def _ids(record: Mapping[str, Any]) -> PaperIds:
    of_doi = fields.ids_of_doi(record.get("doi"))
    own = record.get("id") if record.get("source") == "MED" else None
    return PaperIds(
        doi=of_doi.doi,
        arxiv=of_doi.arxiv,
        pmid=fields.pmid(record.get("pmid") or own),
        pmcid=fields.pmcid(record.get("pmcid")),
    )


def _authors(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Given names first, as other sources have them; groups by their name."""
    listed = tuple(filter(None, map(_author, _list_in(record, "authorList", "author"))))
    if listed:
        return listed
    string = (fields.text(record.get("authorString")) or "").rstrip(".")
    return tuple(_turned(name) for part in string.split(", ") if (name := part.strip()))


def _author(author: Mapping[str, Any]) -> str | None:
    last = fields.text(author.get("lastName"))
    first = fields.text(author.get("firstName")) or fields.text(author.get("initials"))
    if last and first:
        return f"{first} {last}"
    full = last or fields.text(author.get("fullName"))
    return _turned(full) if full else fields.text(author.get("collectiveName"))


def _turned(name: str) -> str:
    """`Horby P` as `P Horby`: else the initials would pass for the surname."""
    surname, _, initials = name.rpartition(" ")
    is_short = len(initials) <= 4 and initials.isupper()
    return f"{initials} {surname}" if surname and is_short else name


def _year(record: Mapping[str, Any]) -> int | None:
    issue = fields.mapping(record.get("journalInfo"))
    first = fields.text(record.get("firstPublicationDate")) or ""
    candidates = (record.get("pubYear"), issue.get("yearOfPublication"), first[:4])
    return next((year for value in candidates if (year := fields.year(value))), None)


def _venue(record: Mapping[str, Any]) -> str | None:
    """The journal, the preprint server or the book."""
    return (
        _journal(record)
        or fields.text(fields.mapping(record.get("bookOrReportDetails")).get("publisher"))
        or fields.text(record.get("journalTitle"))
    )


def _journal(record: Mapping[str, Any]) -> str | None:
    journal = fields.mapping(fields.mapping(record.get("journalInfo")).get("journal"))
    return fields.text(journal.get("title"))


def _url(record: Mapping[str, Any]) -> str | None:
    source, name = fields.text(record.get("source")), fields.text(record.get("id"))
    if not source or not name:
        return None
    return f"https://europepmc.org/article/{quote(source, safe='')}/{quote(name, safe='')}"


def _status(record: Mapping[str, Any], types: Iterable[str]) -> PublicationStatus:
    if record.get("source") == "PPR" or "preprint" in types:
        return "preprint"
    if _CONFERENCES.intersection(types):
        return "conference"
    return "journal" if _journal(record) else "unknown"


def _language(value: object) -> str | None:
    code = (fields.text(value) or "").lower()
    return next((two for two, three in _LANGUAGES.items() if three == code), fields.language(code))


def _notices(record: Mapping[str, Any], types: Sequence[str], title: str) -> tuple[Notice, ...]:
    """Notices about this record; a retraction also where only its type or its title says so."""
    found = notices(_list_in(record, *_LINKS))
    marked = _MARKED.match(title)
    is_retracted = "retracted publication" in types or (marked and marked[1].lower() == "retracted")
    if is_retracted and not any(notice.kind == "retraction" for notice in found):
        return (*found, Notice(kind="retraction"))
    return found
