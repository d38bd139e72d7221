"""Crossref over real HTTP: queries, paging, records, notices of both directions, failures."""

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

from assignee.records import Hit, Location, Notice, PaperIds
from assignee.sources import Criteria
from assignee.sources.crossref import CrossrefSource, _hit, _targets


def work(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A work in the documented form; names with hyphens are given with underscores."""
    fields = {
        "DOI": f"10.5555/peat.{number}",
        "URL": f"https://doi.org/10.5555/peat.{number}",
        "title": [f"Peat carbon {number}"],
        "author": [
            {"given": "Moor", "family": "Fenwick", "sequence": "first", "affiliation": []},
            {"given": "Sol", "family": "Bog", "suffix": "Jr.", "sequence": "additional"},
            {"name": "The Peat Consortium", "sequence": "additional"},
        ],
        "issued": {"date-parts": [[2017, 3, 9]]},
        "published": {"date-parts": [[2017, 3]]},
        "container-title": ["Wetland Reports"],
        "type": "journal-article",
        "abstract": "<jats:title>Abstract</jats:title>"
        "<jats:p>Peat stores CO<jats:sub>2</jats:sub>.</jats:p>",
        "is-referenced-by-count": 8,
        "reference": [
            {"key": "1", "DOI": "10.5555/Bog.1", "doi-asserted-by": "crossref"},
            {"key": "2", "unstructured": "An old map."},
            {"key": "3", "DOI": "10.48550/arXiv.2101.00001"},
        ],
        "license": [
            {"URL": "https://creativecommons.org/licenses/by/4.0/", "content-version": "vor"}
        ],
        "link": [
            {"URL": "https://peat.example.org/1.pdf", "content-type": "application/pdf"},
            {"URL": "https://peat.example.org/1.xml", "content-type": "text/xml"},
        ],
        "relation": {},
    }
    return fields | {name.replace("_", "-"): value for name, value in changes.items()}


def found(*works: Any, total: int | None = None, cursor: str = "on") -> Answer:
    """A page of a list; the service sends a cursor with the last one too."""
    message = {"total-results": len(works) if total is None else total, "items": list(works)}
    return Answer(
        {"status": "ok", "message-type": "work-list", "message": message | {"next-cursor": cursor}}
    )


def single(answered: dict[str, Any]) -> Answer:
    """A single work."""
    return Answer({"status": "ok", "message-type": "work", "message": answered})


def update(kind: str, doi: str, *day: int) -> dict[str, Any]:
    """An entry of `update-to` or `updated-by`."""
    return {"DOI": doi, "type": kind, "label": kind.title(), "updated": {"date-parts": [[*day]]}}


@asynccontextmanager
async def source(
    answer: Callable[[WebRequest], Answer],
    criteria: Criteria | None = None,
    clock: FakeClock | None = None,
) -> AsyncIterator[tuple[CrossrefSource, WebServer]]:
    """The source against that service."""
    with WebServer(answer) as service:
        async with hurried_web(service.origin, clock, contact="me@example.org") as web:
            yield CrossrefSource(web, criteria or Criteria(), base_url=service.origin), service


async def only(**changes: Any) -> Hit:
    """The record of one work."""
    async with source(lambda _: found(work(**changes))) as (crossref, _):
        (hit,) = (await crossref.search(["peat"], limit=5)).records
    return hit


async def test_a_whole_work_is_read() -> None:
    hit = await only()
    paper = hit.paper
    assert paper.ids == PaperIds(doi="10.5555/peat.1")
    assert paper.title == "Peat carbon 1"
    assert paper.authors == ("Moor Fenwick", "Sol Bog Jr.", "The Peat Consortium")
    assert (paper.year, paper.venue, paper.url) == (
        2017,
        "Wetland Reports",
        "https://doi.org/10.5555/peat.1",
    )
    assert (paper.citation_count, paper.publication_status) == (8, "journal")
    assert paper.citation_date == datetime.now(UTC).date().isoformat()
    assert paper.id == paper.make_id("paper", "doi:10.5555/peat.1")
    assert (hit.source, hit.kind, paper.sources) == ("Crossref", "article", ("Crossref",))
    assert hit.abstract == "Peat stores CO2."
    assert hit.references == (PaperIds(doi="10.5555/Bog.1"), PaperIds(arxiv="2101.00001"))
    assert hit.locations == (
        Location(
            url="https://peat.example.org/1.pdf",
            format="pdf",
            licence="https://creativecommons.org/licenses/by/4.0/",
        ),
    )


async def test_words_and_criteria_are_sent_and_the_contact_is_not_shown() -> None:
    criteria = Criteria(date(2010, 1, 1), date(2020, 6, 30), ("journal", "preprint"))
    question = 'title:"peat carbon" (bog OR fen) NOT coal author:Fenwick year:2012-2024'
    async with source(lambda _: found(work(), total=41), criteria) as (crossref, service):
        result = await crossref.search([question], limit=5)
    (request,) = service.requests
    assert request.params["query.bibliographic"] == "peat carbon bog fen"
    assert request.params["query.author"] == "Fenwick"
    assert request.params["filter"].split(",") == [
        "from-pub-date:2012-01-01",
        "until-pub-date:2020-06-30",
        "type:journal-article",
        "type:posted-content",
    ]
    assert "mailto:me@example.org" in request.headers["user-agent"]
    (log,) = result.queries
    assert (log.query, log.hits, log.read, log.pages) == (question, 41, 1, 1)
    assert log.sent == (
        "works?query.bibliographic=peat carbon bog fen&query.author=Fenwick"
        f"&filter={request.params['filter']}&rows=5"
    )
    assert "me@example.org" not in repr(result)


async def test_a_plain_question_becomes_its_words() -> None:
    async with source(lambda _: found()) as (crossref, service):
        await crossref.search(["Does peat store carbon?"], limit=5)
    assert service.requests[0].params["query.bibliographic"] == "peat store carbon"
    assert "filter" not in service.requests[0].params


@pytest.mark.parametrize("question", ["", "?", "NOT coal", "year:2020"])
async def test_a_query_without_words_is_not_sent(question: str) -> None:
    async with source(lambda _: found(work())) as (crossref, service):
        result = await crossref.search([question], limit=5)
    assert not service.requests
    assert result.queries[0].errors == ("no words to search for",)


async def test_pages_follow_the_cursor_to_the_limit() -> None:
    def answer(request: WebRequest) -> Answer:
        start = {"*": 0, "AoJ+/w==": 100, "b": 200}[request.params["cursor"]]
        following = {0: "AoJ+/w==", 100: "b", 200: "c"}[start]
        works = [work(start + number) for number in range(1, 101)]
        return found(*works, total=5000, cursor=following)

    async with source(answer) as (crossref, service):
        result = await crossref.search(["peat"], limit=250)
    assert [request.params["cursor"] for request in service.requests] == ["*", "AoJ+/w==", "b"]
    assert {request.params["rows"] for request in service.requests} == {"100"}
    assert len(result.records) == 250
    assert (result.queries[0].hits, result.queries[0].pages) == (5000, 3)


async def test_a_short_page_is_the_last_though_it_has_a_cursor() -> None:
    async with source(lambda _: found(work(1), work(2))) as (crossref, service):
        result = await crossref.search(["peat"], limit=50)
    assert (len(service.requests), len(result.records)) == (1, 2)


async def test_fields_may_be_null_absent_or_of_another_type() -> None:
    bare = {"title": ["Bare"]}
    nulls: dict[str, Any] = dict.fromkeys(work()) | {"title": [None, "Null"]}
    wrong: dict[str, Any] = dict.fromkeys(work(), 7) | {"title": ["Wrong"]}
    wrong |= {"issued": {"date-parts": [["2017", "x"]]}, "is-referenced-by-count": "8"}
    wrong |= {"updated-by": [None, {}, {"type": 3}], "author": [None, {}, {"given": 5}]}
    untitled = (work(title=[]), work(title="Peat"), work(title=None), None)
    async with source(lambda _: found(bare, nulls, wrong, *untitled)) as (crossref, _):
        result = await crossref.search(["peat"], limit=9)
    assert [hit.paper.title for hit in result.records] == ["Bare", "Null", "Wrong"]
    assert [hit.paper.ids for hit in result.records] == [PaperIds()] * 3
    assert [hit.paper.year for hit in result.records] == [None, None, 2017]
    assert [hit.paper.citation_count for hit in result.records] == [None, None, 8]
    assert {hit.paper.authors for hit in result.records} == {()}
    assert result.queries[0].errors == ("4 of 7 entries were left out: no title",)


@pytest.mark.parametrize(
    "doi",
    [
        "10.1061/(ASCE)0733-9399(2004)130:7(773)",
        "10.1002/(SICI)1096-8644(199711)104:3<365::AID-AJPA6>3.0.CO;2-X",
    ],
)
async def test_dois_are_kept_to_the_last_character(doi: str) -> None:
    hit = await only(DOI=doi, reference=[{"DOI": f"https://doi.org/{doi}"}])
    assert (hit.paper.ids.doi, hit.references) == (doi, (PaperIds(doi=doi),))


async def test_a_date_may_have_no_year() -> None:
    nothing = {"date-parts": [[None]]}
    assert (await only(issued=nothing, published=nothing)).paper.year is None
    assert (await only(issued=nothing)).paper.year == 2017
    assert (await only(issued={"date-parts": []}, published=None)).paper.year is None


@pytest.mark.parametrize(
    ("sent", "title"),
    [
        ("泥炭地の炭素", "泥炭地の炭素"),
        ("Торф и <i>Sphagnum</i>", "Торф и Sphagnum"),
        ("Peat \u202eloops\u202c\x00\n  here \ud800", "Peat loops here"),
        (
            '<mml:math xmlns:mml="x"><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup>'
            "</mml:math> of peat &amp; bog",
            "$x^{2}$ of peat & bog",
        ),
        ("Growth of $\\alpha$-peat", "Growth of $\\alpha$-peat"),
    ],
)
async def test_titles_of_any_script_and_markup(sent: str, title: str) -> None:
    assert (await only(title=[sent])).paper.title == title


async def test_three_thousand_authors_are_all_read() -> None:
    crew = [{"given": "Hand", "family": str(number)} for number in range(3000)]
    assert len((await only(author=crew)).paper.authors) == 3000


@pytest.mark.parametrize(
    ("type_", "status", "kind"),
    [
        ("proceedings-article", "conference", "article"),
        ("posted-content", "preprint", "article"),
        ("book-chapter", "unknown", "book"),
        ("dataset", "unknown", "dataset"),
        ("peer-review", "unknown", "other"),
    ],
)
async def test_types(type_: str, status: str, kind: str) -> None:
    hit = await only(type=type_)
    assert (hit.paper.publication_status, hit.kind) == (status, kind)


async def test_links_without_an_open_licence_are_no_locations() -> None:
    assert (
        await only(license=[{"URL": "https://www.elsevier.com/tdm/userlicense/1.0/"}])
    ).locations == ()
    assert (await only(license=None)).locations == ()


async def test_preprint_and_article_name_each_other() -> None:
    relation = {
        "has-preprint": [
            {"id-type": "doi", "id": "10.5555/pre.1", "asserted-by": "subject"},
            {"id-type": "arxiv", "id": "2302.04668v2", "asserted-by": "subject"},
            {"id-type": "uri", "id": "https://example.org"},
        ],
        "is-preprint-of": [{"id-type": "doi", "id": "https://doi.org/10.5555/peat.9"}],
        "is-supplemented-by": [{"id-type": "doi", "id": "10.5555/data"}],
        "has-version": "x",
    }
    assert set((await only(relation=relation)).related) == {
        PaperIds(doi="10.5555/pre.1"),
        PaperIds(arxiv="2302.04668"),
        PaperIds(doi="10.5555/peat.9"),
    }


async def test_a_paper_names_the_notices_about_it() -> None:
    updates = [
        update("retraction", "10.5555/notice.1", 2020, 2, 6),
        update("retraction", "10.5555/NOTICE.1", 2020, 2, 6) | {"source": "retraction-watch"},
        update("erratum", "10.5555/notice.2", 2019, 5),
        update("new_version", "10.5555/peat.1.v2", 2021),
    ]
    hit = await only(updated_by=updates)
    assert hit.paper.notices == (
        Notice(kind="retraction", date="2020-02-06", doi="10.5555/notice.1"),
        Notice(kind="correction", date="2019-05", doi="10.5555/notice.2"),
    )
    assert hit.paper.retracted
    assert hit.kind == "article"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Retraction", "retraction"),
        ("withdrawal", "retraction"),
        ("removal", "retraction"),
        ("corrigendum", "correction"),
        ("addendum", "correction"),
        ("expression_of_concern", "expression of concern"),
        ("Expression of concern", "expression of concern"),
        ("partial_retraction", "expression of concern"),
    ],
)
async def test_kinds_of_notices(said: str, kind: str) -> None:
    (notice,) = (await only(updated_by=[update(said, "10.5555/n", 2020)])).paper.notices
    assert (notice.kind, notice.date) == (kind, "2020")


async def test_a_notice_is_not_retracted_but_its_paper_is() -> None:
    notice = work(
        2, title=["Retraction: peat"], update_to=[update("retraction", "10.5555/PEAT.1", 2021)]
    )
    async with source(lambda _: found(notice, work(1), work(3))) as (crossref, _):
        result = await crossref.search(["peat"], limit=9)
    about, paper, other = result.records
    assert (about.kind, about.paper.retracted) == ("erratum", False)
    assert paper.paper.notices == (Notice(kind="retraction", date="2021", doi="10.5555/peat.2"),)
    assert other.paper.notices == ()


async def test_a_notice_of_one_query_is_set_on_the_paper_of_another() -> None:
    notice = work(2, update_to=[update("retraction", "10.5555/peat.1", 2021)])
    async with source(in_turn(found(work(1)), found(notice))) as (crossref, _):
        result = await crossref.search(["peat", "retraction"], limit=9)
    assert [hit.paper.retracted for hit in result.records] == [True, False]


async def test_a_paper_that_is_its_own_notice_is_retracted() -> None:
    hit = await only(update_to=[update("retraction", "10.5555/peat.1", 2022, 1, 2)])
    assert hit.paper.notices == (
        Notice(kind="retraction", date="2022-01-02", doi="10.5555/peat.1"),
    )
    assert hit.kind == "article"


async def test_works_by_doi_and_one_that_does_not_exist() -> None:
    def answer(request: WebRequest) -> Answer:
        if request.target.split("?")[0] == "/works/10.5555%2Fa%28b%29%3Cc%3E%23d":
            return single(work(4, language="EN"))
        return Answer(b"Resource not found.", 404, {"Content-Type": "text/plain"})

    asked = [PaperIds(doi="10.5555/a(b)<c>#d"), PaperIds(doi="10.5555/none"), PaperIds(s2="x")]
    async with source(answer) as (crossref, _):
        result = await crossref.by_ids(asked)
    (hit,) = result.records
    assert (hit.paper.ids.doi, hit.paper.language) == ("10.5555/peat.4", "en")
    known, unknown = result.queries
    assert (known.query, known.hits, known.errors) == ("doi:10.5555/a(b)<c>#d", 1, ())
    assert (unknown.query, unknown.hits) == ("doi:10.5555/none", 0)
    assert "not found" in unknown.errors[0]


async def test_requests_start_a_second_apart() -> None:
    clock = FakeClock(time.time())
    async with source(lambda _: found(), clock=clock) as (crossref, _):
        await crossref.search(["peat", "bog", "fen"], limit=5)
    assert len(clock.slept) == 2
    assert all(0.5 < seconds <= 1 for seconds in clock.slept)


async def test_a_broken_page_keeps_what_was_read_before() -> None:
    whole = found(*(work(number) for number in range(100)))
    broken = (
        Answer(b'{"status": "ok", "mess'),
        Answer(b"<html>"),
        Answer([]),
        Answer({"message": 3}),
    )
    for second in broken:
        async with source(in_turn(whole, second)) as (crossref, _):
            result = await crossref.search(["peat"], limit=500)
        assert len(result.records) == 100
        assert ["malformed" in error for error in result.queries[0].errors] == [True]


async def test_a_page_that_breaks_off_is_fetched_again() -> None:
    broken = cut(found(work()))
    async with source(in_turn(broken, found(work()))) as (crossref, _):
        result = await crossref.search(["peat"], limit=50)
    assert (len(result.records), result.queries[0].retries) == (1, 1)


async def test_too_many_requests_is_waited_out_in_both_forms_of_retry_after() -> None:
    in_future = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    for retry_after in ("7", in_future):
        busy = Answer(b"slow down", 429, {"Retry-After": retry_after})
        async with source(in_turn(busy, found(work()))) as (crossref, _):
            result = await crossref.search(["peat"], limit=5)
        assert (len(result.records), result.queries[0].retries) == (1, 1)


async def test_a_server_error_is_tried_again_and_then_given_up() -> None:
    failing = Answer(status=503)
    async with source(in_turn(failing, failing, found(work()))) as (crossref, _):
        result = await crossref.search(["peat"], limit=5)
    assert (len(result.records), result.queries[0].retries) == (1, 2)
    async with source(lambda _: failing) as (crossref, _):
        result = await crossref.search(["peat", "bog"], limit=5)
    assert [(len(log.errors), log.retries) for log in result.queries] == [(1, 3), (1, 3)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
names = [*work(), "updated-by", "update-to", "language"]


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(names, json_values)))
def test_no_json_breaks_the_reading_of_a_work(changes: dict[str, Any]) -> None:
    answered = work() | changes
    assert isinstance(_targets(answered), list)
    hit = _hit(answered)
    assert hit is None or hit.paper.title
