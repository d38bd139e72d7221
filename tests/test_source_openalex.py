"""OpenAlex over real HTTP: filters, paging, records of every shape, citations, failures."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_server import Answer, WebRequest, WebServer, cut, hurried_web, in_turn

from assignee.records import Hit, Location, Notice, PaperIds
from assignee.sources import Criteria
from assignee.sources.openalex import OpenAlexSource, _hit, abstract


def work(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A work in the documented form."""
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.5555/tides.{number}",
        "title": f"Tides of harbour {number}",
        "display_name": f"Tides of harbour {number}",
        "publication_year": 2019,
        "publication_date": "2019-04-02",
        "language": "en",
        "type": "article",
        "ids": {
            "openalex": f"https://openalex.org/W{number}",
            "doi": f"https://doi.org/10.5555/tides.{number}",
            "pmid": "https://pubmed.ncbi.nlm.nih.gov/31000001",
            "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/7000001",
        },
        "primary_location": {
            "is_oa": True,
            "landing_page_url": f"https://doi.org/10.5555/tides.{number}",
            "pdf_url": None,
            "source": {"display_name": "Journal of Harbours", "type": "journal"},
            "license": None,
            "version": "publishedVersion",
        },
        "best_oa_location": {
            "is_oa": True,
            "landing_page_url": "https://repository.example.org/1",
            "pdf_url": "https://repository.example.org/1.pdf",
            "license": "cc-by",
            "version": "acceptedVersion",
        },
        "locations": [],
        "open_access": {"is_oa": True, "oa_status": "hybrid", "oa_url": None},
        "authorships": [
            {"author_position": "first", "author": {"display_name": "Ada Quay"}},
            {"author_position": "last", "author": {"display_name": "Bo Pier"}},
        ],
        "cited_by_count": 12,
        "is_retracted": False,
        "referenced_works": ["https://openalex.org/W70", "https://openalex.org/W71"],
        "abstract_inverted_index": {"The": [0], "sea": [1, 3], "meets": [2], "sky.": [4]},
        **changes,
    }


def page(*works: Any, count: int | None = None, cursor: str | None = None) -> Answer:
    """A page of a list."""
    meta = {"count": len(works) if count is None else count, "per_page": 100, "next_cursor": cursor}
    return Answer({"meta": meta, "results": list(works), "group_by": []})


@asynccontextmanager
async def source(
    answer: Callable[[WebRequest], Answer], criteria: Criteria | None = None, key: str | None = None
) -> AsyncIterator[tuple[OpenAlexSource, WebServer]]:
    """The source against that service."""
    with WebServer(answer) as service:
        async with hurried_web(service.origin) as web:
            yield (
                OpenAlexSource(web, criteria or Criteria(), base_url=service.origin, key=key),
                service,
            )


async def only(**changes: Any) -> Hit:
    """The record of one work."""
    async with source(lambda _: page(work(**changes))) as (openalex, _):
        (hit,) = (await openalex.search(["tides"], limit=5)).records
    return hit


async def test_a_whole_work_is_read() -> None:
    hit = await only()
    paper = hit.paper
    assert paper.ids == PaperIds(
        doi="10.5555/tides.1", pmid="31000001", pmcid="PMC7000001", openalex="W1"
    )
    assert (paper.title, paper.authors) == ("Tides of harbour 1", ("Ada Quay", "Bo Pier"))
    assert (paper.year, paper.venue, paper.language) == (2019, "Journal of Harbours", "en")
    assert (paper.citation_count, paper.open_access) == (12, "hybrid")
    assert paper.citation_date == datetime.now(UTC).date().isoformat()
    assert paper.publication_status == "journal"
    assert paper.id == paper.make_id("paper", "doi:10.5555/tides.1")
    assert (hit.source, hit.kind, paper.sources) == ("OpenAlex", "article", ("OpenAlex",))
    assert hit.abstract == "The sea meets sea sky."
    assert hit.references == (PaperIds(openalex="W70"), PaperIds(openalex="W71"))
    assert hit.locations == (
        Location(url="https://repository.example.org/1.pdf", format="pdf", licence="cc-by"),
        Location(url="https://doi.org/10.5555/tides.1", format="html"),
    )


async def test_query_and_criteria_become_filters_and_the_key_is_not_shown() -> None:
    criteria = Criteria(date(2015, 1, 1), date(2022, 6, 30), ("journal", "preprint"), "en")
    question = 'title:"storm surge" (tide OR flood) NOT tsunami author:Quay year:2018-2024'
    async with source(lambda _: page(work(), count=41), criteria, "sesame") as (openalex, service):
        result = await openalex.search([question], limit=5)
    (request,) = service.requests
    assert request.params["filter"].split(",") == [
        'title.search:"storm surge"',
        "title_and_abstract.search:(tide OR flood) AND NOT tsunami",
        "raw_author_name.search:Quay",
        "from_publication_date:2018-01-01",
        "to_publication_date:2022-06-30",
        "type:article|review|letter|editorial|erratum|preprint",
        "language:en",
    ]
    assert request.params["api_key"] == "sesame"
    (log,) = result.queries
    assert (log.query, log.hits, log.read, log.pages) == (question, 41, 1, 1)
    assert request.params["sort"] == "relevance_score:desc"
    assert log.sent == (
        f"works?filter={request.params['filter']}&sort=relevance_score:desc&per_page=5"
    )
    assert "search" not in request.params


@pytest.mark.parametrize("question", ["", "?!", "()", "year:2020"])
async def test_a_query_without_words_is_not_sent(question: str) -> None:
    async with source(lambda _: page(work())) as (openalex, service):
        result = await openalex.search([question], limit=5)
    assert not service.requests
    assert result.queries[0].errors == ("no words to search for",)


async def test_a_plain_question_holds_nothing_that_breaks_the_syntax() -> None:
    async with source(lambda _: page()) as (openalex, service):
        await openalex.search(["Do tides, storms: and (surges) | waves* erode coasts?"], limit=5)
    (request,) = service.requests
    sought = "tides OR storms OR surges OR waves OR erode OR coasts"
    assert request.params["filter"] == f"title_and_abstract.search:{sought}"
    assert "search" not in request.params


async def test_a_long_question_is_not_joined_by_and_and_both_forms_are_logged() -> None:
    question = "How do winter storms and spring tides together change the growth of barnacles?"
    async with source(lambda _: page(work())) as (openalex, service):
        result = await openalex.search([question, f'{question} "neap tide"'], limit=5)
    sought = "winter OR storms OR spring OR tides OR together OR change OR growth OR barnacles"
    plain, phrased = (request.params["filter"] for request in service.requests)
    assert plain == f"title_and_abstract.search:{sought}"
    assert phrased == f'title_and_abstract.search:({sought}) AND "neap tide"'
    assert [request.params["sort"] for request in service.requests] == 2 * ["relevance_score:desc"]
    assert result.queries[0].query == question
    assert sought in result.queries[0].sent


async def test_up_to_three_words_are_left_to_the_services_own_ranking() -> None:
    async with source(lambda _: page()) as (openalex, service):
        await openalex.search(["Do storms erode coasts?"], limit=5)
    (request,) = service.requests
    assert request.params["search"] == "storms erode coasts"
    assert not {"filter", "sort"} & set(request.params)


async def test_plain_words_are_searched_everywhere_and_fields_where_they_are() -> None:
    async with source(lambda _: page(), Criteria(language="en")) as (openalex, service):
        result = await openalex.search(["tides year:2020", "title:tides storms"], limit=5)
    plain, fielded = service.requests
    assert plain.params["search"] == "tides"
    assert plain.params["filter"].startswith("from_publication_date:2020-01-01,")
    assert "search" not in fielded.params
    assert fielded.params["filter"].split(",") == [
        "title.search:tides",
        "title_and_abstract.search:storms",
        "language:en",
    ]
    assert result.queries[0].sent.startswith("works?search=tides&filter=from_publication_date")


async def test_with_a_key_pages_follow_the_cursor_to_the_limit() -> None:
    def answer(request: WebRequest) -> Answer:
        start = {"*": 0, "a+/=": 100, "b": 200}[request.params["cursor"]]
        following = {0: "a+/=", 100: "b", 200: "c"}[start]
        works = [work(start + number) for number in range(1, 101)]
        return page(*works, count=5000, cursor=following)

    async with source(answer, key="sesame") as (openalex, service):
        result = await openalex.search(["tides"], limit=250)
    assert [request.params["cursor"] for request in service.requests] == ["*", "a+/=", "b"]
    assert {request.params["per_page"] for request in service.requests} == {"100"}
    assert [hit.paper.ids.openalex for hit in result.records] == [f"W{n}" for n in range(1, 251)]
    assert (result.queries[0].hits, result.queries[0].pages) == (5000, 3)


async def test_without_a_key_pages_are_numbered_and_a_short_one_is_the_last() -> None:
    def answer(request: WebRequest) -> Answer:
        start = (int(request.params["page"]) - 1) * 100
        return page(*(work(number) for number in range(start, min(start + 100, 130))), count=130)

    async with source(answer) as (openalex, service):
        result = await openalex.search(["tides"], limit=300)
    assert [request.params["page"] for request in service.requests] == ["1", "2"]
    assert all("cursor" not in request.params for request in service.requests)
    assert len(result.records) == 130


async def test_an_empty_page_with_a_cursor_ends_the_list() -> None:
    async with source(lambda _: page(cursor="on"), key="sesame") as (openalex, service):
        await openalex.search(["tides"], limit=50)
    assert len(service.requests) == 1


async def test_a_work_that_two_pages_repeat_is_one_record() -> None:
    answers = in_turn(page(work(1), work(2), cursor="a"), page(work(2), work(3)))
    async with source(answers, key="sesame") as (openalex, _):
        result = await openalex.search(["tides"], limit=50)
    assert [hit.paper.ids.openalex for hit in result.records] == ["W1", "W2", "W3"]
    assert result.queries[0].read == 3


async def test_fields_may_be_null_absent_or_of_another_type() -> None:
    nothing = {"title": "Bare", "display_name": None}
    nulls = {name: None for name in work() if name != "title"} | {"title": "Null"}
    wrong: dict[str, Any] = dict.fromkeys(work(), 7) | {"title": "Wrong", "authorships": {}}
    wrong |= {"publication_year": "2019", "cited_by_count": "3", "locations": [None, 4, "x"]}
    async with source(lambda _: page(nothing, nulls, wrong)) as (openalex, _):
        result = await openalex.search(["tides"], limit=5)
    bare, null, odd = result.records
    assert [hit.paper.title for hit in result.records] == ["Bare", "Null", "Wrong"]
    assert null.paper.ids == PaperIds()
    assert (bare.paper.authors, bare.paper.citation_count, bare.abstract) == ((), None, None)
    assert (null.paper.citation_date, null.paper.open_access, null.kind) == (
        None,
        "unknown",
        "article",
    )
    assert (odd.paper.year, odd.paper.citation_count, odd.locations) == (2019, 3, ())


async def test_entries_without_a_title_are_counted_not_hidden() -> None:
    untitled = work(title=None, display_name="  ")
    async with source(lambda _: page(untitled, None, "x", work())) as (openalex, _):
        result = await openalex.search(["tides"], limit=9)
    assert len(result.records) == result.queries[0].read == 1
    assert result.queries[0].errors == ("3 of 4 entries were left out: no title",)


@pytest.mark.parametrize(
    ("sent", "title"),
    [
        ("潮汐与港口的研究", "潮汐与港口的研究"),
        ("Приливы <i>гавани</i>", "Приливы гавани"),
        ("مدّ وجزر", "مدّ وجزر"),
        ("Tides \u202egnp\u202c of \u0007harbours\ud800", "Tides gnp of harbours"),
        ("<math><msub><mi>H</mi><mn>0</mn></msub></math> &amp; tides", "$H_{0}$ & tides"),
        ("Scaling as $x^2$ for p < 0.05", "Scaling as $x^2$ for p < 0.05"),
    ],
)
async def test_titles_of_any_script_and_markup(sent: str, title: str) -> None:
    assert (await only(display_name=sent)).paper.title == title


def test_an_inverted_index_is_put_in_order_and_its_gaps_stay_visible() -> None:
    index = {"waves": [1, 12], "Small": [0], "grow": [2], "into": [10], "large": [11]}
    assert abstract(index) == "Small waves grow … into large waves"
    assert abstract({"far": [10**15], "near": [3]}) == "near … far"
    assert abstract({"a": "x", "b": [None, -1, True, 1.5], "c": [0]}) == "c"
    assert abstract({}) is abstract(None) is abstract([["a", 0]]) is None


async def test_three_thousand_authors_are_all_read() -> None:
    crew = [
        {"author_position": "middle", "author": {"display_name": f"Hand {number}"}}
        for number in range(3000)
    ]
    assert len((await only(authorships=crew)).paper.named_authors) == 3000


async def test_a_list_of_authors_that_the_service_cut_says_so() -> None:
    crew = [
        {"author_position": "middle", "author": {"display_name": f"Hand {number}"}}
        for number in range(100)
    ]
    whole = [*crew[:99], {"author_position": "last", "author": {"display_name": "Last"}}]
    assert (await only(authorships=crew)).paper.authors[-1] == "et al."
    assert (await only(authorships=whole)).paper.authors[-1] == "Last"
    assert (await only(is_authors_truncated=True)).paper.authors[-1] == "et al."


async def test_a_retracted_work_bears_a_notice() -> None:
    paper = (await only(is_retracted=True)).paper
    assert paper.notices == (Notice(kind="retraction"),)
    assert paper.retracted
    assert not (await only(is_retracted="no")).paper.retracted


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"type": "preprint"}, "preprint"),
        ({"primary_location": {"source": {"type": "conference"}}}, "conference"),
        ({"primary_location": {"raw_type": "proceedings-article"}}, "conference"),
        (
            {
                "primary_location": {
                    "source": {"type": "repository"},
                    "version": "submittedVersion",
                }
            },
            "preprint",
        ),
        ({"primary_location": {"source": {"type": "repository"}}}, "unknown"),
    ],
)
async def test_publication_status(changes: dict[str, Any], status: str) -> None:
    assert (await only(**changes)).paper.publication_status == status


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("review", "review"),
        ("retraction", "erratum"),
        ("book-chapter", "book"),
        ("libguides", "other"),
    ],
)
async def test_kinds(sent: str, kind: str) -> None:
    assert (await only(type=sent)).kind == kind


async def test_arxiv_is_recognised_by_its_doi_and_by_a_location() -> None:
    by_doi = await only(doi="https://doi.org/10.48550/arXiv.2101.00001", ids={})
    assert by_doi.paper.ids == PaperIds(arxiv="2101.00001", openalex="W1")
    place = {
        "is_oa": True,
        "landing_page_url": "http://arxiv.org/abs/2101.00002v3",
        "pdf_url": None,
    }
    by_place = await only(locations=[place])
    assert by_place.paper.ids.arxiv == "2101.00002"
    assert by_place.paper.ids.doi == "10.5555/tides.1"


async def test_closed_places_and_other_schemes_are_no_locations() -> None:
    places = [
        {"is_oa": False, "pdf_url": "https://pay.example.org/1.pdf"},
        {"is_oa": True, "pdf_url": "file:///etc/passwd"},
        {"is_oa": True, "pdf_url": "javascript:alert(1)"},
    ]
    hit = await only(best_oa_location=None, primary_location=None, locations=places)
    assert hit.locations == ()


async def test_what_it_cites_and_what_cites_it_are_opposite_filters() -> None:
    async with source(lambda _: page(work(5))) as (openalex, service):
        back = await openalex.cites(PaperIds(openalex="W1"), limit=3)
        forth = await openalex.cited_by(PaperIds(openalex="W1"), limit=3)
    assert [request.params["filter"] for request in service.requests] == ["cited_by:W1", "cites:W1"]
    assert [log.query for log in (*back.queries, *forth.queries)] == [
        "works cited by W1",
        "works citing W1",
    ]
    assert back.records[0].paper.ids.openalex == "W5"


async def test_citations_of_a_doi_look_its_work_up_first() -> None:
    def answer(request: WebRequest) -> Answer:
        return page(work(5)) if request.path == "/works" else Answer(work(9))

    async with source(answer) as (openalex, service):
        result = await openalex.cited_by(PaperIds(doi="10.5555/a(b)<c>#d"), limit=3)
    assert service.requests[0].path == "/works/doi:10.5555/a(b)<c>#d"
    assert service.requests[1].params["filter"] == "cites:W9"
    assert [hit.paper.ids.openalex for hit in result.records] == ["W5"]


async def test_citations_of_nothing_and_of_the_unknown_are_errors_in_the_log() -> None:
    async with source(lambda _: Answer(status=404)) as (openalex, _):
        nothing = await openalex.cites(PaperIds(), limit=3)
        unknown = await openalex.cites(PaperIds(doi="10.5555/none"), limit=3)
    assert nothing.queries[0].errors == ("it has no identifier",)
    assert "not found" in unknown.queries[0].errors[0]


async def test_works_by_their_identifiers() -> None:
    names = {"/works/W3": 3, "/works/doi:10.48550/arxiv.2101.00001": 4, "/works/pmid:31": 5}

    def answer(request: WebRequest) -> Answer:
        number = names.get(request.path)
        return Answer(work(number)) if number else Answer({"error": "Not found"}, status=404)

    asked = [
        PaperIds(openalex="W3"),
        PaperIds(arxiv="2101.00001"),
        PaperIds(pmid="31"),
        PaperIds(doi="10.5555/missing"),
        PaperIds(s2="abc"),
    ]
    async with source(answer) as (openalex, _):
        result = await openalex.by_ids(asked)
    assert [hit.paper.ids.openalex for hit in result.records] == ["W3", "W4", "W5"]
    assert [log.query for log in result.queries if log.errors] == ["doi:10.5555/missing"]


async def test_a_broken_page_keeps_what_was_read_before() -> None:
    whole = page(work(1), cursor="a")
    for broken in (Answer(b'{"meta": {"cou'), Answer(b"<html>", status=200), Answer(b"[1]")):
        async with source(in_turn(whole, broken), key="sesame") as (openalex, _):
            result = await openalex.search(["tides"], limit=50)
        assert [hit.paper.ids.openalex for hit in result.records] == ["W1"]
        assert len(result.queries[0].errors) == 1
        assert "malformed" in result.queries[0].errors[0]


async def test_a_page_that_breaks_off_is_fetched_again() -> None:
    broken = cut(page(work(1)))
    async with source(in_turn(broken, page(work(1)))) as (openalex, _):
        result = await openalex.search(["tides"], limit=50)
    assert len(result.records) == 1
    assert (result.queries[0].retries, result.queries[0].errors) == (1, ())


async def test_too_many_requests_is_waited_out_in_both_forms_of_retry_after() -> None:
    in_future = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    for retry_after in ("7", in_future):
        busy = Answer(status=429, headers={"Retry-After": retry_after})
        async with source(in_turn(busy, page(work()))) as (openalex, _):
            result = await openalex.search(["tides"], limit=5)
        assert len(result.records) == 1
        assert result.queries[0].retries == 1


async def test_a_server_error_is_tried_again_and_then_given_up() -> None:
    failing = Answer(status=503)
    async with source(in_turn(failing, failing, page(work()))) as (openalex, _):
        result = await openalex.search(["tides"], limit=5)
    assert (len(result.records), result.queries[0].retries) == (1, 2)
    async with source(lambda _: failing) as (openalex, _):
        result = await openalex.search(["tides", "storms"], limit=5)
    assert [len(log.errors) for log in result.queries] == [1, 1]
    assert all(log.retries == 3 for log in result.queries)


async def test_an_error_with_status_200_is_no_empty_result_and_shows_no_key() -> None:
    body = {"error": "Rate limit exceeded for sesame", "message": "retry", "retryAfter": 11}
    async with source(lambda _: Answer(body), key="sesame") as (openalex, _):
        result = await openalex.search(["tides"], limit=5)
    assert result.queries[0].errors == ("OpenAlex: limited (Rate limit exceeded for …)",)


async def test_neither_log_nor_error_names_the_key() -> None:
    refused = Answer({"error": "bad key sesame"}, status=403)
    async with source(lambda _: refused, key="sesame") as (openalex, service):
        result = await openalex.search(["tides"], limit=5)
    assert service.requests[0].params["api_key"] == "sesame"
    assert result.queries[0].errors
    assert "sesame" not in repr(result)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(work(), json_values)))
def test_no_json_breaks_the_reading_of_a_work(changes: dict[str, Any]) -> None:
    hit = _hit(work() | changes)
    assert hit is None or hit.paper.title
