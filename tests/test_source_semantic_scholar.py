"""Semantic Scholar over real HTTP: both searches, paging, records, citations, failures."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_server import Answer, FakeClock, WebRequest, WebServer, cut, hurried_web, in_turn

from assignee.records import Hit, Location, PaperIds
from assignee.sources import Criteria
from assignee.sources.semantic_scholar import SemanticScholarSource, _hit


def paper(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A paper in the documented form."""
    return {
        "paperId": f"{number:040x}",
        "externalIds": {
            "DOI": f"10.5555/reef.{number}",
            "ArXiv": f"2101.{number:05d}",
            "PubMed": "31000002",
            "PubMedCentral": "7000002",
            "CorpusId": 4000 + number,
        },
        "url": f"https://www.semanticscholar.org/paper/{number:040x}",
        "title": f"Reefs under stress {number}",
        "abstract": "Warm water bleaches corals.",
        "venue": "Marine Letters",
        "publicationVenue": {"id": "v1", "name": "Marine Letters", "type": "journal"},
        "year": 2018,
        "citationCount": 5,
        "openAccessPdf": {
            "url": "https://reefs.example.org/1.pdf",
            "status": "GREEN",
            "license": "CCBY",
            "disclaimer": "Notice: …",
        },
        "publicationTypes": ["JournalArticle"],
        "authors": [{"authorId": "1", "name": "Cora Reef"}, {"authorId": None, "name": "Dan Sea"}],
        **changes,
    }


def found(*papers: Any, total: int | None = None, **more: Any) -> Answer:
    """A page of search results."""
    return Answer({"total": len(papers) if total is None else total, "data": list(papers), **more})


@asynccontextmanager
async def source(
    answer: Callable[[WebRequest], Answer],
    criteria: Criteria | None = None,
    key: str | None = None,
    clock: FakeClock | None = None,
) -> AsyncIterator[tuple[SemanticScholarSource, WebServer]]:
    """The source against that service."""
    with WebServer(answer) as service:
        async with hurried_web(service.origin, clock) as web:
            scholar = SemanticScholarSource(
                web, criteria or Criteria(), base_url=service.origin, key=key
            )
            yield scholar, service


async def only(**changes: Any) -> Hit:
    """The record of one paper."""
    async with source(lambda _: found(paper(**changes))) as (scholar, _):
        (hit,) = (await scholar.search(["reefs"], limit=5)).records
    return hit


async def test_a_whole_paper_is_read() -> None:
    hit = await only()
    record = hit.paper
    assert record.ids == PaperIds(
        doi="10.5555/reef.1",
        arxiv="2101.00001",
        pmid="31000002",
        pmcid="PMC7000002",
        s2=f"{1:040x}",
    )
    assert (record.title, record.authors) == ("Reefs under stress 1", ("Cora Reef", "Dan Sea"))
    assert (record.year, record.venue, record.open_access) == (2018, "Marine Letters", "green")
    assert (record.citation_count, record.publication_status) == (5, "journal")
    assert record.citation_date == datetime.now(UTC).date().isoformat()
    assert record.id == record.make_id("paper", "doi:10.5555/reef.1")
    assert (hit.source, hit.kind, record.sources) == (
        "Semantic Scholar",
        "article",
        ("Semantic Scholar",),
    )
    assert hit.abstract == "Warm water bleaches corals."
    assert hit.locations == (
        Location(url="https://reefs.example.org/1.pdf", format="pdf", licence="CCBY"),
    )


async def test_plain_words_are_searched_by_relevance_without_hyphens() -> None:
    async with source(lambda _: found(paper(), total=77)) as (scholar, service):
        result = await scholar.search(["Does long-term warming bleach corals?"], limit=5)
    (request,) = service.requests
    assert request.path == "/graph/v1/paper/search"
    assert request.params["query"] == "long term warming bleach corals"
    assert request.params["limit"] == "5"
    (log,) = result.queries
    assert (log.hits, log.read, log.pages) == (77, 1, 1)
    assert log.sent == "paper/search?query=long term warming bleach corals&limit=5"


async def test_phrases_and_operators_go_to_the_bulk_search_in_its_syntax() -> None:
    criteria = Criteria(until=date(2020, 6, 30), statuses=("journal", "conference"))
    question = 'title:"coral reef" (heat OR "heat wave") NOT fish author:Reef year:2015'
    async with source(lambda _: found(paper()), criteria) as (scholar, service):
        result = await scholar.search([question], limit=5)
    (request,) = service.requests
    assert request.path == "/graph/v1/paper/search/bulk"
    assert request.params["query"] == '"coral reef" (heat | "heat wave") -fish'
    assert request.params["sort"] == "citationCount:desc"
    assert request.params["publicationDateOrYear"] == "2015-01-01:2015-12-31"
    assert request.params["publicationTypes"] == "JournalArticle,Conference"
    assert request.params["query"] in result.queries[0].sent
    assert "2015-01-01:2015-12-31" in result.queries[0].sent


async def test_the_words_of_a_question_beside_a_phrase_are_alternatives() -> None:
    question = 'Does long warming of the sea bleach "coral reefs" in summer? year:2015'
    async with source(lambda _: found(paper())) as (scholar, service):
        result = await scholar.search([question], limit=5)
    (request,) = service.requests
    sought = '(long | warming | sea | bleach | summer) "coral reefs"'
    assert request.params["query"] == sought
    assert sought in result.queries[0].sent
    assert result.queries[0].query == question


async def test_open_ranges_and_kinds_that_it_does_not_know() -> None:
    criteria = Criteria(since=date(2020, 2, 1), statuses=("journal", "preprint"))
    async with source(lambda _: found(paper()), criteria) as (scholar, service):
        await scholar.search(["reefs"], limit=5)
    (request,) = service.requests
    assert request.params["publicationDateOrYear"] == "2020-02-01:"
    assert "publicationTypes" not in request.params


@pytest.mark.parametrize("question", ["", "?", "year:2020", 'author:"Reef"'])
async def test_a_query_without_words_is_not_sent(question: str) -> None:
    async with source(lambda _: found(paper())) as (scholar, service):
        result = await scholar.search([question], limit=5)
    assert not service.requests
    assert result.queries[0].errors == ("no words to search for",)


async def test_pages_by_offset_to_the_limit() -> None:
    def answer(request: WebRequest) -> Answer:
        start = int(request.params.get("offset", "0"))
        papers = [paper(number) for number in range(start + 1, start + 101)]
        return found(*papers, total=900, offset=start, next=start + 100)

    async with source(answer) as (scholar, service):
        result = await scholar.search(["reefs"], limit=130)
    assert [request.params.get("offset") for request in service.requests] == [None, "100"]
    assert {request.params["limit"] for request in service.requests} == {"100"}
    assert [hit.paper.ids.doi for hit in result.records] == [
        f"10.5555/reef.{number}" for number in range(1, 131)
    ]
    assert (result.queries[0].hits, result.queries[0].pages) == (900, 2)


async def test_search_by_relevance_stops_where_the_service_does() -> None:
    def answer(request: WebRequest) -> Answer:
        start = int(request.params.get("offset", "0"))
        assert start < 1000
        papers = [paper(number) for number in range(start + 1, start + 101)]
        return found(*papers, total=9000, offset=start, next=start + 100)

    async with source(answer) as (scholar, service):
        result = await scholar.search(["reefs"], limit=5000)
    assert (len(service.requests), len(result.records)) == (10, 1000)


async def test_bulk_pages_by_token_and_takes_no_more_than_the_limit() -> None:
    first = found(*(paper(number) for number in range(1, 4)), total=6, token="t+1")
    last = found(*(paper(number) for number in range(4, 7)), total=6, token=None)
    async with source(in_turn(first, last)) as (scholar, service):
        result = await scholar.search(['"reefs"'], limit=5)
    assert [request.params.get("token") for request in service.requests] == [None, "t+1"]
    assert len(result.records) == 5
    assert (result.queries[0].hits, result.queries[0].read) == (6, 5)


async def test_an_offset_that_does_not_move_ends_the_list() -> None:
    async with source(lambda _: found(paper(), offset=0, next=0)) as (scholar, service):
        await scholar.search(["reefs"], limit=50)
    assert len(service.requests) == 1


async def test_nothing_found_is_no_error_also_without_a_list() -> None:
    for body in ({"total": 0, "offset": 0, "data": []}, {"total": 0, "offset": 0}):
        async with source(in_turn(Answer(body))) as (scholar, _):
            result = await scholar.search(["reefs"], limit=50)
        assert (result.queries[0].hits, result.queries[0].errors) == (0, ())


async def test_fields_may_be_null_absent_or_of_another_type() -> None:
    bare = {"paperId": None, "title": "Bare"}
    nulls: dict[str, Any] = dict.fromkeys(paper()) | {"title": "Null"}
    wrong: dict[str, Any] = dict.fromkeys(paper(), 7) | {"title": "Wrong", "year": "2018"}
    wrong |= {"publicationTypes": [None, 3], "authors": ["x", {"name": 4}], "paperId": ["x"]}
    async with source(lambda _: found(bare, nulls, wrong, None, paper(title=None))) as (scholar, _):
        result = await scholar.search(["reefs"], limit=9)
    assert [hit.paper.title for hit in result.records] == ["Bare", "Null", "Wrong"]
    assert [hit.paper.ids for hit in result.records] == [PaperIds()] * 3
    assert [hit.paper.year for hit in result.records] == [None, None, 2018]
    assert {hit.paper.authors for hit in result.records} == {()}
    assert result.records[1].paper.citation_date is None
    assert result.queries[0].errors == ("2 of 5 entries were left out: no title",)


async def test_identifiers_of_every_form() -> None:
    external = {"DOI": "10.48550/arXiv.2101.00009", "PubMedCentral": "PMC77", "PubMed": 31}
    assert (await only(externalIds=external)).paper.ids == PaperIds(
        arxiv="2101.00009", pmid="31", pmcid="PMC77", s2=f"{1:040x}"
    )
    old = await only(externalIds={"ArXiv": "math.GT/0309136"})
    assert old.paper.ids.arxiv == "math/0309136"


@pytest.mark.parametrize(
    ("sent", "title"),
    [
        ("サンゴ礁の白化", "サンゴ礁の白化"),
        ("Коралловые рифы", "Коралловые рифы"),
        ("Reef \u202eloops\u202c\x00 \ud83d", "Reef loops"),
        ("<math><msup><mi>x</mi><mn>2</mn></msup></math> reefs", "$x^{2}$ reefs"),
    ],
)
async def test_titles_of_any_script_and_markup(sent: str, title: str) -> None:
    assert (await only(title=sent)).paper.title == title


async def test_three_thousand_authors_are_all_read() -> None:
    crew = [{"authorId": str(number), "name": f"Hand {number}"} for number in range(3000)]
    assert len((await only(authors=crew)).paper.authors) == 3000


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"venue": "arXiv.org", "publicationVenue": {"name": "arXiv.org"}}, "preprint"),
        ({"venue": "bioRxiv", "publicationVenue": None}, "preprint"),
        (
            {"venue": "", "publicationVenue": None, "externalIds": {"ArXiv": "2101.00003"}},
            "preprint",
        ),
        ({"publicationVenue": {"name": "Reef Days", "type": "conference"}}, "conference"),
        ({"publicationVenue": None, "publicationTypes": ["Conference", "Review"]}, "conference"),
        ({"publicationVenue": None, "publicationTypes": None}, "unknown"),
    ],
)
async def test_publication_status(changes: dict[str, Any], status: str) -> None:
    assert (await only(**changes)).paper.publication_status == status


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (["JournalArticle", "Review"], "review"),
        (["MetaAnalysis"], "review"),
        (["Editorial"], "letter"),
        (["Dataset"], "dataset"),
        (["Sonnet"], "article"),
    ],
)
async def test_kinds(types: list[str], kind: str) -> None:
    assert (await only(publicationTypes=types)).kind == kind


async def test_an_empty_address_is_no_location() -> None:
    hit = await only(openAccessPdf={"url": "", "status": "CLOSED", "license": None})
    assert (hit.locations, hit.paper.open_access) == ((), "closed")


async def test_references_and_citations_are_told_apart() -> None:
    def answer(request: WebRequest) -> Answer:
        end = "citedPaper" if request.path.endswith("/references") else "citingPaper"
        number = 8 if end == "citedPaper" else 9
        return Answer({"offset": 0, "data": [{"isInfluential": False, end: paper(number)}]})

    criteria = Criteria(since=date(2017, 1, 1))
    async with source(answer, criteria) as (scholar, service):
        back = await scholar.cites(PaperIds(doi="10.5555/a(b)#c?d"), limit=3)
        forth = await scholar.cited_by(PaperIds(arxiv="2101.00001"), limit=3)
    first, second = service.requests
    assert first.path == "/graph/v1/paper/DOI:10.5555/a(b)#c?d/references"
    assert second.path == "/graph/v1/paper/ARXIV:2101.00001/citations"
    assert second.params["publicationDateOrYear"] == "2017-01-01:"
    assert "publicationDateOrYear" not in first.params
    assert [hit.paper.ids.doi for hit in (*back.records, *forth.records)] == [
        "10.5555/reef.8",
        "10.5555/reef.9",
    ]
    assert back.queries[0].query == "papers cited by DOI:10.5555/a(b)#c?d"
    assert forth.queries[0].hits == 1


async def test_citations_are_paged_to_the_limit() -> None:
    def answer(request: WebRequest) -> Answer:
        start, size = int(request.params.get("offset", "0")), int(request.params["limit"])
        links = [{"citingPaper": paper(number)} for number in range(start, start + size)]
        return Answer({"offset": start, "next": start + size, "data": links})

    async with source(answer) as (scholar, service):
        result = await scholar.cited_by(PaperIds(s2="abc"), limit=700)
    assert [request.params["limit"] for request in service.requests] == ["500", "500"]
    assert len(result.records) == 700


async def test_references_that_a_publisher_withholds_are_no_error() -> None:
    withheld = Answer({"offset": 0, "citingPaperInfo": {"paperId": "abc"}, "data": None})
    async with source(lambda _: withheld) as (scholar, _):
        result = await scholar.cites(PaperIds(s2="abc"), limit=3)
    assert (result.records, result.queries[0].errors) == ((), ())


async def test_a_reference_that_is_no_paper_of_its_own_keeps_its_title() -> None:
    links = [{"citedPaper": {"paperId": None, "title": "An old book"}}, {"citedPaper": None}]
    async with source(lambda _: Answer({"offset": 0, "data": links})) as (scholar, _):
        result = await scholar.cites(PaperIds(pmcid="PMC12"), limit=3)
    assert [hit.paper.title for hit in result.records] == ["An old book"]


async def test_papers_by_their_identifiers() -> None:
    names = {"abc": 3, "ARXIV:2101.00001": 4, "PMID:31": 5, "PMCID:12": 6}

    def answer(request: WebRequest) -> Answer:
        number = names.get(request.path.removeprefix("/graph/v1/paper/"))
        return Answer(paper(number)) if number else Answer({"error": "Paper not found"}, status=404)

    asked = [
        PaperIds(s2="abc"),
        PaperIds(arxiv="2101.00001"),
        PaperIds(pmid="31"),
        PaperIds(pmcid="PMC12"),
        PaperIds(doi="10.5555/missing"),
        PaperIds(openalex="W1"),
    ]
    async with source(answer) as (scholar, _):
        result = await scholar.by_ids(asked)
    assert [hit.paper.ids.s2 for hit in result.records] == [f"{n:040x}" for n in (3, 4, 5, 6)]
    assert [log.query for log in result.queries if log.errors] == ["DOI:10.5555/missing"]
    assert "not found" in result.queries[-1].errors[0]


async def test_nothing_to_ask_by_is_an_error_in_the_log() -> None:
    async with source(lambda _: found()) as (scholar, service):
        result = await scholar.cited_by(PaperIds(openalex="W1"), limit=3)
    assert not service.requests
    assert result.queries[0].errors == ("it has no identifier",)


async def test_the_key_goes_in_a_header_and_nowhere_else() -> None:
    async with source(lambda _: Answer(status=403), key="sesame") as (scholar, service):
        result = await scholar.search(["reefs"], limit=5)
    (request,) = service.requests
    assert request.headers["x-api-key"] == "sesame"
    assert "sesame" not in request.target
    assert result.queries[0].errors
    assert "sesame" not in repr(result)
    async with source(lambda _: found()) as (scholar, service):
        await scholar.search(["reefs"], limit=5)
    assert "x-api-key" not in service.requests[0].headers


async def test_requests_start_a_second_apart() -> None:
    clock = FakeClock(time.time())
    async with source(lambda _: found(), clock=clock) as (scholar, _):
        await scholar.search(["reefs", "corals", "fish"], limit=5)
    assert len(clock.slept) == 2
    assert all(0.5 < seconds <= 1 for seconds in clock.slept)


async def test_a_broken_page_keeps_what_was_read_before() -> None:
    whole = found(paper(1), total=9, token="next")
    broken = (Answer(b'{"total": 9, "da'), Answer(b"<html>"), Answer([]), Answer({"data": 3}))
    for second in broken:
        async with source(in_turn(whole, second)) as (scholar, _):
            result = await scholar.search(['"reefs"'], limit=50)
        assert len(result.records) == 1
        assert ["malformed" in error for error in result.queries[0].errors] == [True]


async def test_a_page_that_breaks_off_is_fetched_again() -> None:
    broken = cut(found(paper()))
    async with source(in_turn(broken, found(paper()))) as (scholar, _):
        result = await scholar.search(["reefs"], limit=50)
    assert (len(result.records), result.queries[0].retries) == (1, 1)


async def test_too_many_requests_is_waited_out_in_both_forms_of_retry_after() -> None:
    in_future = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    for retry_after in ("7", in_future):
        busy = Answer({"message": "Too Many Requests"}, 429, {"Retry-After": retry_after})
        async with source(in_turn(busy, found(paper()))) as (scholar, _):
            result = await scholar.search(["reefs"], limit=5)
        assert (len(result.records), result.queries[0].retries) == (1, 1)


async def test_nothing_but_429_is_said_and_the_other_queries_are_still_asked() -> None:
    async with source(lambda _: Answer(status=429)) as (scholar, _):
        result = await scholar.search(["reefs", "corals"], limit=5)
    assert [log.query for log in result.queries] == ["reefs", "corals"]
    assert all("limited" in log.errors[0] and log.retries == 3 for log in result.queries)


async def test_a_server_error_is_tried_again() -> None:
    failing = Answer(status=502)
    async with source(in_turn(failing, failing, found(paper()))) as (scholar, _):
        result = await scholar.search(["reefs"], limit=5)
    assert (len(result.records), result.queries[0].retries) == (1, 2)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(paper(), json_values)))
def test_no_json_breaks_the_reading_of_a_paper(changes: dict[str, Any]) -> None:
    hit = _hit(paper() | changes)
    assert hit is None or hit.paper.title
