"""arXiv's Atom interface, over HTTP on loopback; feeds are written after its user's manual."""

import doctest
import time
from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

import pytest
from web_server import Answer, FakeClock, WebRequest, WebServer, cut, hurried_web, in_turn

from assignee.records import Hit, PaperIds
from assignee.sources import fielded
from assignee.sources.arxiv import ArxivSource
from assignee.sources.base import Criteria, SourceResult

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
)


def entry(
    name: str = "2401.00001v1",
    title: str = "Scaling of small models",
    *,
    summary: str = "We measure.",
    authors: Sequence[str] = ("Ada Lovelace", "Alan Turing"),
    extra: str = "",
) -> str:
    """One entry; `extra` is XML."""
    people = "".join(f"<author><name>{escape(author)}</name></author>" for author in authors)
    return (
        f"<entry><id>http://arxiv.org/abs/{name}</id><updated>2024-02-02T09:00:00Z</updated>"
        f"<published>2024-01-01T18:00:01Z</published><title>{escape(title)}</title>"
        f"<summary>  {escape(summary)}\n</summary>{people}{extra}"
        f'<link href="http://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>'
        f'<link title="pdf" href="http://arxiv.org/pdf/{name}" rel="related" '
        'type="application/pdf"/>'
        '<arxiv:primary_category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/></entry>'
    )


def feed(*entries: str, total: int | str | None = None) -> bytes:
    count = len(entries) if total is None else total
    totals = f"<opensearch:totalResults>{count}</opensearch:totalResults>"
    return f"{HEAD}<title>arXiv Query</title>{totals}{''.join(entries)}</feed>".encode()


def paged(entries: Sequence[str]) -> WebServer:
    """A service that pages through the entries as it is asked to."""

    def answer(request: WebRequest) -> Answer:
        start, size = int(request.params["start"]), int(request.params["max_results"])
        return Answer(feed(*entries[start : start + size], total=len(entries)))

    return WebServer(answer)


async def search(
    service: WebServer, *queries: str, limit: int = 10, criteria: Criteria | None = None
) -> SourceResult:
    async with hurried_web(service.origin) as web:
        source = ArxivSource(web, criteria or Criteria(), base_url=f"{service.origin}/api")
        return await source.search(queries or ("scaling",), limit=limit)


async def one_hit(xml: str) -> Hit:
    with WebServer(in_turn(Answer(feed(xml)))) as service:
        (hit,) = (await search(service)).records
    return hit


async def test_a_record_says_what_the_entry_says() -> None:
    extra = (
        "<arxiv:doi>10.1234/ABC.5</arxiv:doi><arxiv:comment>12 pages</arxiv:comment>"
        "<arxiv:journal_ref>J. Test. Phys. 12 (2025) 1-15</arxiv:journal_ref>"
    )
    hit = await one_hit(entry("2401.00001v3", "Scaling of\n  small models", extra=extra))
    paper = hit.paper
    assert paper.ids == PaperIds(arxiv="2401.00001", doi="10.1234/ABC.5")
    assert (paper.title, paper.authors) == (
        "Scaling of small models",
        ("Ada Lovelace", "Alan Turing"),
    )
    assert (paper.year, paper.venue) == (2024, "J. Test. Phys. 12 (2025) 1-15")
    assert (paper.publication_status, paper.open_access) == ("journal", "green")
    assert (paper.url, paper.sources) == ("https://arxiv.org/abs/2401.00001", ("arXiv",))
    assert (hit.source, hit.abstract, hit.withdrawn) == ("arXiv", "We measure.", False)
    assert [(place.format, place.url) for place in hit.locations] == [
        ("html", "https://arxiv.org/html/2401.00001v3"),
        ("pdf", "https://arxiv.org/pdf/2401.00001v3"),
    ]


async def test_an_entry_with_nothing_but_id_and_title_is_a_preprint() -> None:
    bare = "<entry><id>http://arxiv.org/abs/math.GT/0309136v2</id><title>Knots</title></entry>"
    hit = await one_hit(bare)
    assert hit.paper.ids == PaperIds(arxiv="math/0309136")
    assert (hit.paper.year, hit.paper.authors, hit.abstract) == (None, (), None)
    assert (hit.paper.publication_status, hit.paper.venue) == ("preprint", "arXiv")
    assert hit.locations[-1].url == "https://arxiv.org/pdf/math/0309136"


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ("<arxiv:journal_ref>Phys. Rev. D 99, 1 (2019)</arxiv:journal_ref>", "journal"),
        ("<arxiv:journal_ref>Proc. of ICML 2019</arxiv:journal_ref>", "conference"),
        ("<arxiv:journal_ref>Proc. Natl. Acad. Sci. USA 117</arxiv:journal_ref>", "journal"),
        ("<arxiv:journal_ref/>", "preprint"),
        ("<arxiv:doi>10.1234/abc</arxiv:doi>", "unknown"),
        ("<arxiv:doi>10.48550/arXiv.2401.00001</arxiv:doi>", "preprint"),
    ],
)
async def test_publication_status_is_what_the_metadata_say(extra: str, status: str) -> None:
    assert (await one_hit(entry(extra=extra))).paper.publication_status == status


async def test_a_second_doi_is_another_version() -> None:
    hit = await one_hit(entry(extra="<arxiv:doi>10.1234/abc 10.5678/def</arxiv:doi>"))
    assert hit.paper.ids.doi == "10.1234/abc"
    assert hit.related == (PaperIds(doi="10.5678/def"),)


@pytest.mark.parametrize(
    ("summary", "comment", "withdrawn"),
    [
        ("This paper has been withdrawn by the author due to an error in Eq. 3.", "", True),
        ("We measure.", "This submission has been withdrawn by arXiv administrators", True),
        ("We measure.", "Withdrawn", True),
        ("We measure.", "arXiv admin note: the article was withdrawn. 9 pages", True),
        ("Withdrawn.", "", True),
        ("Money withdrawn from accounts is counted.", "a revision of a withdrawn paper", False),
        ("We ask why the paper was withdrawn from sale.", "12 pages", False),
    ],
)
async def test_withdrawn_versions(summary: str, comment: str, withdrawn: bool) -> None:
    note = f"<arxiv:comment>{comment}</arxiv:comment>" if comment else ""
    hit = await one_hit(entry(summary=summary, extra=note))
    assert hit.withdrawn is withdrawn
    assert bool(hit.locations) is not withdrawn


async def test_titles_keep_mathematics_and_scripts() -> None:
    hit = await one_hit(
        entry(title='On $\\mathcal{N}<4$ \\"uber alles \u202eevil', summary="量子誤り訂正 & $x^2$")
    )
    assert hit.paper.title == "On $\\mathcal{N}<4$ über alles evil"
    assert hit.abstract == "量子誤り訂正 & $x^2$"


async def test_three_thousand_authors_are_kept_in_order() -> None:
    names = [f"Ann Author{number}" for number in range(3000)]
    assert (await one_hit(entry(authors=names))).paper.authors == tuple(names)


async def test_pages_are_read_up_to_the_limit() -> None:
    with paged([entry(f"2401.{number:05}v1") for number in range(250)]) as service:
        clock = FakeClock(time.time())
        async with hurried_web(service.origin, clock) as web:
            source = ArxivSource(web, Criteria(), base_url=service.origin)
            found = await source.search(["scaling"], limit=220)
    (log,) = found.queries
    assert [request.params["start"] for request in service.requests] == ["0", "100", "200"]
    assert (len(found.records), log.hits, log.read, log.pages) == (220, 250, 220, 3)
    assert sum(clock.slept) == pytest.approx(6, abs=1)  # three seconds between two requests


async def test_the_last_page_ends_the_list() -> None:
    with paged([entry(f"2401.{number:05}v1") for number in range(120)]) as service:
        found = await search(service, limit=500)
    assert (len(found.records), len(service.requests)) == (120, 2)
    assert found.queries[0].errors == ()


async def test_queries_go_out_in_arxivs_syntax_with_days() -> None:
    criteria = Criteria(since=date(2020, 1, 31), until=date(2021, 2, 1), language="en")
    query = 'title:"sleep apnea" (author:Turing OR few-shot) NOT abstract:mice'
    with WebServer(in_turn(Answer(feed()))) as service:
        found = await search(service, query, criteria=criteria)
    asked = service.requests[0].params["search_query"]
    assert asked == (
        '(ti:"sleep apnea" AND (au:Turing OR all:"few-shot") ANDNOT abs:mice) '
        "AND submittedDate:[202001310000 TO 202102012359]"
    )
    assert service.requests[0].path == "/api/query"
    assert asked in found.queries[0].sent
    assert "start" not in found.queries[0].sent


@pytest.mark.parametrize(
    ("criteria", "days"),
    [
        (Criteria(since=date(2020, 5, 1)), "[202005010000 TO 299912312359]"),
        (Criteria(until=date(2020, 5, 1)), "[199101010000 TO 202005012359]"),
    ],
)
async def test_open_ranges(criteria: Criteria, days: str) -> None:
    with WebServer(in_turn(Answer(feed()))) as service:
        await search(service, criteria=criteria)
    assert service.requests[0].params["search_query"] == f"(all:scaling) AND submittedDate:{days}"


async def test_years_within_a_query_are_days() -> None:
    with WebServer(in_turn(Answer(feed()))) as service:
        await search(service, "cats AND (year:2018-2020 OR dogs)")
    assert service.requests[0].params["search_query"] == (
        "all:cats AND (submittedDate:[201801010000 TO 202012312359] OR all:dogs)"
    )


def test_the_example_of_fielded_queries_holds() -> None:
    assert doctest.testmod(fielded).failed == 0


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("cats OR NOT dogs", "all:cats"),
        ("cats NOT (dogs OR mice)", "all:cats ANDNOT (all:dogs OR all:mice)"),
        ("(cats NOT dogs) OR mice", "(all:cats ANDNOT all:dogs) OR all:mice"),
        ("cats AND (NOT dogs)", "all:cats ANDNOT all:dogs"),
        ("猫 AND Müller", "all:猫 AND all:Müller"),
    ],
)
async def test_operators(query: str, sent: str) -> None:
    with WebServer(in_turn(Answer(feed()))) as service:
        await search(service, query)
    assert service.requests[0].params["search_query"] == sent


@pytest.mark.parametrize("query", ["", "?!", "NOT mice", "NOT mice NOT rats", '"" AND ()'])
async def test_a_query_without_words_is_not_sent(query: str) -> None:
    with WebServer(in_turn(Answer(feed()))) as service:
        found = await search(service, query)
    assert service.requests == []
    assert found.queries[0].errors == ("there is nothing to search for",)


async def test_no_results() -> None:
    with WebServer(in_turn(Answer(feed()))) as service:
        found = await search(service)
    assert found.records == ()
    assert (found.queries[0].hits, found.queries[0].errors) == (0, ())


ERROR = (
    "<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_1234</id><title>Error</title>"
    "<summary>incorrect id format for 1234</summary></entry>"
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;">]><feed xmlns="http://www.w3.org/2005/Atom" '
    'xmlns:arxiv="http://arxiv.org/schemas/atom"><title>&c;</title>'
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (feed(ERROR), "incorrect id format for 1234"),
        (b"<feed><entry></feed>", "no Atom feed"),
        (b"Rate exceeded.", "no Atom feed"),
        (b"", "no Atom feed"),
        (b"<!DOCTYPE html><html><body>Sorry</body></html>", "no Atom feed"),
        (b"<html/>", "no Atom feed"),
        (f"{BOMB}{entry()}</feed>".encode(), "no Atom feed"),
        (feed(entry())[:-200], "no Atom feed"),
        (feed(total=70), "an empty page at 0 of 70"),
        (feed(entry()).replace(b"UTF-8", b"no-such-charset"), "no Atom feed"),
    ],
    ids="error cut-tags words nothing html root bomb cut empty charset".split(),
)
async def test_a_bad_page_is_an_error_in_the_log(body: bytes, said: str) -> None:
    with WebServer(in_turn(Answer(body))) as service:
        found = await search(service)
    assert found.records == ()
    assert len(found.queries[0].errors) == 1
    assert said in found.queries[0].errors[0]


async def test_what_was_read_before_a_bad_page_is_kept() -> None:
    first = feed(*(entry(f"2401.{number:05}v1") for number in range(100)), total=300)
    with WebServer(in_turn(Answer(first), Answer(first[: len(first) // 2]))) as service:
        found = await search(service, limit=300)
    assert len(found.records) == 100
    assert (found.queries[0].pages, len(found.queries[0].errors)) == (1, 1)


async def test_a_broken_connection_is_tried_again() -> None:
    whole = Answer(feed(entry()))
    with WebServer(in_turn(cut(whole), whole)) as service:
        found = await search(service)
    assert (len(found.records), found.queries[0].retries, found.queries[0].errors) == (1, 1, ())


async def test_a_service_that_only_limits_is_named_for_each_query() -> None:
    with WebServer(in_turn(Answer(status=429, headers={"Retry-After": "1"}))) as service:
        found = await search(service, "cats", "dogs")
    assert [log.query for log in found.queries] == ["cats", "dogs"]
    assert all("limited" in log.errors[0] for log in found.queries)
    assert found.queries[0].retries > 0


async def test_entries_without_id_or_title_are_left_out_and_counted() -> None:
    bad = "<entry><title>No id</title></entry><entry><id>http://arxiv.org/abs/2401.00002v1</id></entry>"
    with WebServer(in_turn(Answer(feed(entry(), bad, total="many")))) as service:
        found = await search(service)
    assert [hit.paper.ids.arxiv for hit in found.records] == ["2401.00001"]
    assert "2 of 3 entries were left out" in found.queries[0].errors[0]


async def test_by_ids_asks_once_and_names_what_is_missing() -> None:
    wanted = [
        PaperIds(arxiv="2401.00001"),
        PaperIds(arxiv="arXiv:2401.00001v2"),
        PaperIds(arxiv="not an id"),
        PaperIds(doi="10.1/x"),
        PaperIds(arxiv="2401.00009"),
    ]
    with WebServer(in_turn(Answer(feed(entry("2401.00001v4"))))) as service:
        async with hurried_web(service.origin) as web:
            found = await ArxivSource(web, Criteria(), base_url=service.origin).by_ids(wanted)
    assert [request.params["id_list"] for request in service.requests] == ["2401.00001,2401.00009"]
    assert [hit.paper.ids.arxiv for hit in found.records] == ["2401.00001"]
    assert found.queries[0].errors == ("arXiv has no 2401.00009",)


async def test_by_ids_asks_a_hundred_at_a_time() -> None:
    wanted = [PaperIds(arxiv=f"2401.{number:05}") for number in range(150)]

    def answer(request: WebRequest) -> Answer:
        return Answer(feed(*(entry(f"{name}v1") for name in request.params["id_list"].split(","))))

    with WebServer(answer) as service:
        async with hurried_web(service.origin) as web:
            found = await ArxivSource(web, Criteria(), base_url=service.origin).by_ids(wanted)
    assert (len(found.records), len(service.requests)) == (150, 2)
    assert all(log.errors == () for log in found.queries)
