"""Europe PMC's search, over HTTP on loopback; records are written after its documentation."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from web_server import Answer, WebRequest, WebServer, cut, hurried_web, in_turn

from assignee.records import Hit, Notice, PaperIds
from assignee.sources.base import Criteria, SourceResult
from assignee.sources.europe_pmc import EuropePmcSource


def record(**changes: Any) -> dict[str, Any]:
    """An article of PubMed with a copy in PubMed Central; `None` leaves a field out."""
    whole = {
        "id": "30000001",
        "source": "MED",
        "pmid": "30000001",
        "pmcid": "PMC7000001",
        "fullTextIdList": {"fullTextId": ["PMC7000001"]},
        "doi": "10.1234/Trial.1",
        "title": "Walking lowers resting pulse in adults.",
        "authorString": "Lovelace A, Turing AM, Pulse Study Group.",
        "authorList": {
            "author": [
                {"fullName": "Lovelace A", "firstName": "Ada", "lastName": "Lovelace"},
                {"fullName": "Turing AM", "lastName": "Turing", "initials": "AM"},
                {"collectiveName": "Pulse Study Group"},
            ]
        },
        "journalInfo": {
            "issue": "2",
            "yearOfPublication": 2019,
            "journal": {"title": "Journal of Invented Trials", "issn": "0000-0000"},
        },
        "pubYear": "2019",
        "abstractText": "<h4>Aim</h4>To test <i>walking</i>.<h4>Result</h4>By 5 min<sup>-1</sup>.",
        "language": "eng",
        "pubTypeList": {"pubType": ["Randomized Controlled Trial", "Journal Article"]},
        "fullTextUrlList": {
            "fullTextUrl": [
                {
                    "availability": "Subscription required",
                    "availabilityCode": "S",
                    "documentStyle": "doi",
                    "site": "DOI",
                    "url": "https://doi.org/10.1234/Trial.1",
                },
                {
                    "availability": "Subscription required",
                    "availabilityCode": "S",
                    "documentStyle": "pdf",
                    "site": "Publisher",
                    "url": "https://publisher.example/trial.1.pdf",
                },
                {
                    "availability": "Open access",
                    "availabilityCode": "OA",
                    "documentStyle": "html",
                    "site": "Europe_PMC",
                    "url": "https://europepmc.org/articles/PMC7000001",
                },
                {
                    "availability": "Free",
                    "availabilityCode": "F",
                    "documentStyle": "pdf",
                    "site": "Europe_PMC",
                    "url": "https://europepmc.org/articles/PMC7000001?pdf=render",
                },
            ]
        },
        "isOpenAccess": "Y",
        "inEPMC": "Y",
        "license": "cc by",
        "citedByCount": 42,
        "firstPublicationDate": "2019-02-28",
    }
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


def preprint(**changes: Any) -> dict[str, Any]:
    """A preprint: without journal, language and PubMed's numbers."""
    whole = {
        "id": "PPR100001",
        "source": "PPR",
        "doi": "10.1101/2020.01.01.900001",
        "title": "A preprint on pulse",
        "authorString": "Lovelace A.",
        "bookOrReportDetails": {"publisher": "bioRxiv", "yearOfPublication": 2020},
        "pubYear": "2020",
        "pubTypeList": {"pubType": ["Preprint"]},
        "isOpenAccess": "N",
        "citedByCount": 0,
        "firstPublicationDate": "2020-01-02",
    }
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


def page(*records: object, total: object = None, mark: object = None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "version": "6.9",
        "hitCount": len(records) if total is None else total,
        "request": {"queryString": "q", "resultType": "CORE", "cursorMark": "*", "pageSize": 25},
        "resultList": {"result": list(records)},
    }
    return body | ({"nextCursorMark": mark} if mark is not None else {})


def links(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"commentCorrection": list(entries)}


async def search(
    service: WebServer, *queries: str, limit: int = 10, criteria: Criteria | None = None
) -> SourceResult:
    async with hurried_web(service.origin) as web:
        source = EuropePmcSource(web, criteria or Criteria(), base_url=f"{service.origin}/rest/")
        return await source.search(queries or ("walking",), limit=limit)


async def one_hit(found: object) -> Hit:
    with WebServer(in_turn(Answer(page(found)))) as service:
        (hit,) = (await search(service)).records
    return hit


async def test_a_record_says_what_the_service_says() -> None:
    before = datetime.now(UTC).date().isoformat()
    with WebServer(in_turn(Answer(page(record())))) as service:
        (hit,) = (await search(service)).records
    paper = hit.paper
    assert paper.ids == PaperIds(doi="10.1234/Trial.1", pmid="30000001", pmcid="PMC7000001")
    assert paper.title == "Walking lowers resting pulse in adults"
    assert paper.authors == ("Ada Lovelace", "AM Turing", "Pulse Study Group")
    assert (paper.year, paper.venue) == (2019, "Journal of Invented Trials")
    assert (paper.publication_status, paper.language) == ("journal", "en")
    assert paper.citation_count == 42
    assert before <= (paper.citation_date or "") <= datetime.now(UTC).date().isoformat()
    assert (paper.open_access, paper.notices) == ("green", ())
    assert paper.url == "https://europepmc.org/article/MED/30000001"
    assert hit.abstract == "Aim: To test walking. Result: By 5 min⁻¹."
    assert (hit.kind, hit.withdrawn, hit.related) == ("article", False, ())
    assert [(place.format, place.url, place.licence) for place in hit.locations] == [
        ("jats", f"{service.origin}/rest/PMC7000001/fullTextXML", "cc by"),
        ("html", "https://europepmc.org/articles/PMC7000001", "cc by"),
        ("pdf", "https://europepmc.org/articles/PMC7000001?pdf=render", "cc by"),
    ]


async def test_a_preprint_names_its_server() -> None:
    hit = await one_hit(preprint())
    assert (hit.paper.publication_status, hit.paper.venue) == ("preprint", "bioRxiv")
    assert hit.paper.authors == ("A Lovelace",)
    assert (hit.paper.language, hit.paper.open_access) == (None, "unknown")
    assert hit.locations == ()


async def test_a_preprint_of_arxiv_has_its_arxiv_id() -> None:
    hit = await one_hit(preprint(doi="10.48550/arxiv.2401.00001"))
    assert hit.paper.ids == PaperIds(arxiv="2401.00001")


async def test_a_preprint_can_have_its_full_text_here() -> None:
    listed = preprint(isOpenAccess="Y", fullTextIdList={"fullTextId": ["PPR100001", "../x"]})
    assert [place.url.rpartition("/rest/")[2] for place in (await one_hit(listed)).locations] == [
        "PPR100001/fullTextXML"
    ]


async def test_what_is_not_open_has_no_jats() -> None:
    hit = await one_hit(record(isOpenAccess="N"))
    assert [place.format for place in hit.locations] == ["html", "pdf"]
    assert hit.paper.open_access == "unknown"


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (["review-article", "Journal Article"], "review"),
        (["Meta-Analysis"], "review"),
        (["Published Erratum"], "erratum"),
        (["Retraction of Publication"], "erratum"),
        (["Letter", "Comment"], "letter"),
        (["Journal Article"], "article"),
        ([], "article"),
    ],
)
async def test_kinds(types: list[str], kind: str) -> None:
    assert (await one_hit(record(pubTypeList={"pubType": types}))).kind == kind


async def test_conference_papers() -> None:
    found = record(pubTypeList={"pubType": ["Congress"]})
    assert (await one_hit(found)).paper.publication_status == "conference"
    assert (await one_hit(record(journalInfo=None))).paper.publication_status == "unknown"


async def test_notices_about_the_paper_itself() -> None:
    hit = await one_hit(
        record(
            commentCorrectionList=links(
                {
                    "id": "1",
                    "source": "MED",
                    "type": "Retraction in",
                    "reference": "J Inv. 2021 Mar 5;12(4):1. doi: 10.1234/notice.1.",
                },
                {
                    "id": "2",
                    "source": "MED",
                    "type": "Erratum in",
                    "reference": "J Inv. 2020 Feb;3",
                },
                {"id": "3", "source": "MED", "type": "Expression of concern in", "orderIn": 3},
                {"id": "4", "source": "MED", "type": "Comment in", "reference": "J. 2020;1:2."},
                {"id": "5", "source": "MED", "type": "Retraction of"},
                {"id": "6", "source": "MED", "type": "Erratum for"},
                {"id": "7", "source": "MED"},
            ),
            pubTypeList={"pubType": ["Retracted Publication"]},
        )
    )
    assert hit.paper.notices == (
        Notice(kind="retraction", date="2021-03-05", doi="10.1234/notice.1"),
        Notice(kind="correction", date="2020-02"),
        Notice(kind="expression of concern"),
    )
    assert hit.paper.retracted


@pytest.mark.parametrize(
    "changes",
    [
        {"pubTypeList": {"pubType": ["Retracted Publication", "Journal Article"]}},
        {"title": "RETRACTED: Walking lowers pulse"},
        {"title": "[Retracted] Walking lowers pulse"},
        {"title": "Retracted article: Walking lowers pulse."},
        {"commentCorrectionList": {"commentCorrection": {"type": "Retraction in"}}},
    ],
)
async def test_a_retraction_is_seen_wherever_it_is_said(changes: dict[str, Any]) -> None:
    assert (await one_hit(record(**changes))).paper.notices == (Notice(kind="retraction"),)


async def test_a_notice_of_retraction_is_not_itself_retracted() -> None:
    notice = record(
        title="Retraction of a study on walking",
        pubTypeList={"pubType": ["Retraction of Publication"]},
        commentCorrectionList=links({"id": "1", "source": "MED", "type": "Retraction of"}),
    )
    assert (await one_hit(notice)).paper.notices == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "WITHDRAWN: A preprint on pulse"},
        {"pubTypeList": {"pubType": ["Preprint", "preprint-withdrawal"]}},
    ],
)
async def test_withdrawn_preprints(changes: dict[str, Any]) -> None:
    assert (await one_hit(preprint(**changes))).withdrawn
    assert not (await one_hit(preprint(title="Effects of withdrawn drugs: a study"))).withdrawn


async def test_other_versions() -> None:
    published = preprint(
        commentCorrectionList=links({"id": "30000001", "source": "MED", "type": "Preprint of"})
    )
    assert (await one_hit(published)).related == (PaperIds(pmid="30000001"),)
    # Europe PMC's own numbers of preprints mean nothing elsewhere.
    earlier = record(
        commentCorrectionList=links({"id": "PPR100001", "source": "PPR", "type": "Preprint in"})
    )
    assert (await one_hit(earlier)).related == ()


@pytest.mark.parametrize(
    ("sent", "title"),
    [
        ("[Wirkung des Gehens auf den Puls].", "Wirkung des Gehens auf den Puls"),
        ("Is walking <i>in vivo</i> enough?", "Is walking in vivo enough?"),
        ("歩行と脈拍 \u202e…", "歩行と脈拍 …"),
        ("And so on...", "And so on..."),
        ("[<sup>18</sup>F]-labelled [x].", "[¹⁸F]-labelled [x]"),
    ],
)
async def test_titles(sent: str, title: str) -> None:
    assert (await one_hit(record(title=sent))).paper.title == title


async def test_three_thousand_authors() -> None:
    people = [{"firstName": "Ann", "lastName": f"Author{number}"} for number in range(3000)]
    authors = (await one_hit(record(authorList={"author": people}))).paper.authors
    assert (len(authors), authors[2999]) == (3000, "Ann Author2999")


async def test_names_without_a_list_are_turned() -> None:
    hit = await one_hit(record(authorList="cut", authorString="van Dyk JB, 王 小明, Team."))
    assert hit.paper.authors == ("JB van Dyk", "王 小明", "Team")


async def test_fields_of_wrong_types_are_passed_over() -> None:
    hit = await one_hit(
        record(
            pmid=30000001,
            doi=["10.1/x"],
            authorList={"author": "Lovelace"},
            authorString=7,
            journalInfo="J",
            pubYear=2018,
            abstractText={"p": "x"},
            pubTypeList=["Review"],
            fullTextUrlList={"fullTextUrl": [None, {"url": 3, "documentStyle": "pdf"}]},
            fullTextIdList=None,
            citedByCount="many",
            commentCorrectionList={"commentCorrection": [3, {"type": None}]},
            language=["eng"],
            license=1,
        )
    )
    assert hit.paper.ids == PaperIds(pmid="30000001", pmcid="PMC7000001")
    assert (hit.paper.authors, hit.paper.year, hit.abstract) == ((), 2018, None)
    assert (hit.paper.citation_count, hit.paper.citation_date) == (None, None)
    assert [place.format for place in hit.locations] == ["jats"]


async def test_records_without_a_title_are_left_out_and_counted() -> None:
    with WebServer(in_turn(Answer(page(record(), {"id": "2"}, None, "x")))) as service:
        found = await search(service)
    assert len(found.records) == 1
    assert "3 of 4 entries were left out" in found.queries[0].errors[0]


def cursors(records: Sequence[dict[str, Any]]) -> WebServer:
    """A service that hands out the records behind marks, as it is asked to."""

    def answer(request: WebRequest) -> Answer:
        mark = request.params["cursorMark"]
        start = 0 if mark == "*" else int(mark.removeprefix("AoE="))
        end = min(start + int(request.params["pageSize"]), len(records))
        following = f"AoE={end}" if end > start else mark
        return Answer(page(*records[start:end], total=len(records), mark=following))

    return WebServer(answer)


def numbered(count: int) -> list[dict[str, Any]]:
    return [
        record(pmid=str(number), doi=f"10.1234/{number}", pmcid=None)
        for number in range(1, count + 1)
    ]


async def test_marks_lead_from_page_to_page() -> None:
    with cursors(numbered(250)) as service:
        found = await search(service, limit=220)
    (log,) = found.queries
    marks = [request.params["cursorMark"] for request in service.requests]
    assert marks == ["*", "AoE=100", "AoE=200"]
    assert (len(found.records), log.hits, log.read, log.pages) == (220, 250, 220, 3)


@pytest.mark.parametrize(("count", "requests"), [(30, 1), (100, 2)])
async def test_the_end_of_the_list_ends_the_search(count: int, requests: int) -> None:
    with cursors(numbered(count)) as service:
        found = await search(service, limit=500)
    assert (len(found.records), found.queries[0].errors) == (count, ())
    assert len(service.requests) == requests


async def test_a_mark_that_leads_nowhere_ends_the_search() -> None:
    with WebServer(in_turn(Answer(page(*numbered(100), total=900, mark="*")))) as service:
        await search(service, limit=500)
    assert len(service.requests) == 1


async def test_queries_go_out_in_the_services_syntax_with_filters() -> None:
    criteria = Criteria(
        since=date(2020, 1, 31), until=date(2021, 2, 1), language="de", statuses=("journal",)
    )
    query = 'title:"sleep apnea" (author:Turing OR few-shot) NOT abstract:mice'
    with WebServer(in_turn(Answer(page()))) as service:
        found = await search(service, query, criteria=criteria)
    params = service.requests[0].params
    assert params["query"] == (
        '(TITLE:"sleep apnea" AND (AUTH:Turing OR "few-shot") NOT ABSTRACT:mice) '
        "AND FIRST_PDATE:[2020-01-31 TO 2021-02-01] AND (LANG:ger OR SRC:PPR) "
        "NOT SRC:PAT NOT SRC:PPR"
    )
    assert (params["resultType"], params["format"]) == ("core", "json")
    assert service.requests[0].path == "/rest/search"
    assert params["query"] in found.queries[0].sent
    assert found.queries[0].query == query


@pytest.mark.parametrize(
    ("criteria", "filters"),
    [
        (Criteria(), " NOT SRC:PAT"),
        (
            Criteria(since=date(2020, 5, 1)),
            " AND FIRST_PDATE:[2020-05-01 TO 3000-12-31] NOT SRC:PAT",
        ),
        (
            Criteria(until=date(2020, 5, 1)),
            " AND FIRST_PDATE:[1000-01-01 TO 2020-05-01] NOT SRC:PAT",
        ),
        (Criteria(statuses=("preprint",)), " AND SRC:PPR NOT SRC:PAT"),
        (Criteria(statuses=("preprint", "journal")), " NOT SRC:PAT"),
        (Criteria(statuses=("unknown",)), " NOT SRC:PAT"),
        (Criteria(language="xx"), " NOT SRC:PAT"),
    ],
)
async def test_filters(criteria: Criteria, filters: str) -> None:
    with WebServer(in_turn(Answer(page()))) as service:
        await search(service, criteria=criteria)
    assert service.requests[0].params["query"] == f"(walking){filters}"


@pytest.mark.parametrize("query", ["", "?!", "NOT mice"])
async def test_a_query_without_words_is_not_sent(query: str) -> None:
    with WebServer(in_turn(Answer(page()))) as service:
        found = await search(service, query)
    assert service.requests == []
    assert found.queries[0].errors == ("there is nothing to search for",)


async def test_a_plain_question_is_sent_as_words() -> None:
    with WebServer(in_turn(Answer(page()))) as service:
        await search(service, 'Does "type 2" diabetes: shorten (some) lives?')
    asked = service.requests[0].params["query"]
    assert asked == '("type 2" AND diabetes AND shorten AND lives) NOT SRC:PAT'


async def test_no_results() -> None:
    with WebServer(in_turn(Answer(page()))) as service:
        found = await search(service)
    assert (found.records, found.queries[0].hits, found.queries[0].errors) == ((), 0, ())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(b'{"resultList": {"result": [{"id"'), "no JSON"),
        (Answer(b""), "no JSON"),
        (Answer(b"<html>Sorry</html>"), "no JSON"),
        (Answer([1, 2]), "no records in the answer"),
        (Answer({"errCode": 404, "errMsg": "Invalid cursorMark"}), "Invalid cursorMark"),
        (Answer({"hitCount": 3, "resultList": None}), "no records in the answer"),
        (Answer(status=429), "limited"),
        (Answer(status=503), "down"),
        (cut(Answer(page(record()))), "down"),
    ],
)
async def test_a_bad_page_is_an_error_in_the_log(answer: Answer, said: str) -> None:
    with WebServer(in_turn(answer)) as service:
        found = await search(service)
    assert found.records == ()
    assert said in found.queries[0].errors[0]


async def test_what_was_read_before_a_bad_page_is_kept() -> None:
    first = Answer(page(*numbered(100), total=300, mark="AoE=100"))
    with WebServer(in_turn(first, Answer(status=429))) as service:
        found = await search(service, limit=300)
    (log,) = found.queries
    assert (len(found.records), log.pages, log.hits) == (100, 1, 300)
    assert (len(log.errors), log.retries > 0) == (1, True)


async def test_a_total_of_a_wrong_type_is_what_was_read() -> None:
    with WebServer(in_turn(Answer(page(record(), total="lots")))) as service:
        assert (await search(service)).queries[0].hits == 1


async def test_by_ids_asks_once_and_names_what_is_missing() -> None:
    wanted = [
        PaperIds(pmid="30000001"),
        PaperIds(pmcid="PMC7000002"),
        PaperIds(doi="10.1234/Trial.3"),
        PaperIds(arxiv="2401.00001"),
        PaperIds(s2="abc"),
        PaperIds(doi='10.1234/"x OR y'),
    ]
    got = [record(), record(pmid="30000003", pmcid=None, doi="10.1234/TRIAL.3")]
    with WebServer(in_turn(Answer(page(*got)))) as service:
        async with hurried_web(service.origin) as web:
            source = EuropePmcSource(web, Criteria(language="de"), base_url=service.origin)
            found = await source.by_ids(wanted)
    assert [request.params["query"] for request in service.requests] == [
        "(EXT_ID:30000001 AND SRC:MED) OR PMCID:PMC7000002 OR "
        'DOI:"10.1234/Trial.3" OR DOI:"10.48550/arXiv.2401.00001"'
    ]
    assert [hit.paper.ids.pmid for hit in found.records] == ["30000001", "30000003"]
    assert found.queries[0].errors == (
        "Europe PMC has no pmcid:pmc7000002",
        "Europe PMC has no arxiv:2401.00001",
    )


async def test_by_ids_asks_in_batches() -> None:
    wanted = [PaperIds(pmid=str(number)) for number in range(1, 101)]

    def answer(request: WebRequest) -> Answer:
        parts = request.params["query"].split(" OR ")
        return Answer(
            page(*(record(pmid=part[8:].split()[0], doi=None, pmcid=None) for part in parts))
        )

    with WebServer(answer) as service:
        async with hurried_web(service.origin) as web:
            found = await EuropePmcSource(web, Criteria(), base_url=service.origin).by_ids(wanted)
    assert (len(found.records), len(service.requests)) == (100, 3)
    assert all(log.errors == () for log in found.queries)
