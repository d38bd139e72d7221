"""Full texts over real HTTP: the order of places, what is refused, and why."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from pdf_maker import column, make_pdf
from web_server import Answer, WebRequest, WebServer

from assignee.records import Location, Notice, Paper, PaperIds
from assignee.sources.full_text import (
    MOST_BYTES,
    FullText,
    Places,
    format_of,
    full_text,
    title_share,
)
from assignee.web.client import Web

TITLE = "Harbour tides and their influence on barnacle growth"
PAPER = Paper(
    id="p1",
    title=TITLE,
    authors=("Ann Author",),
    year=2020,
    ids=PaperIds(doi="10.5555/tide.1", arxiv="2001.00001", pmcid="PMC77"),
    sources=("OpenAlex",),
)
OPEN = PAPER.model_copy(update={"ids": PaperIds()})
"""The same work without an identifier: only its locations are tried."""

SENTENCE = "Barnacles grew by 4 mg a day at the northern mole in winter. "


class Site(NamedTuple):
    """A server of pages by path; anything else is not found."""

    url: str
    pages: dict[str, Answer]
    requests: list[WebRequest]

    @property
    def asked(self) -> list[str]:
        """Paths, in order."""
        return [request.path for request in self.requests]


@contextmanager
def serving(pages: dict[str, Answer]) -> Iterator[Site]:
    def answer(request: WebRequest) -> Answer:
        return pages.get(request.path, Answer(b"<html>none</html>", 404))

    with WebServer(answer) as server:
        yield Site(server.origin, pages, server.requests)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving({}) as made:
        yield made


def html(title: str = TITLE, sentences: int = 120) -> bytes:
    text = "".join(f"<p>{SENTENCE}</p>" for _ in range(sentences))
    return (
        f"<!DOCTYPE html><html><body><h1>{title}</h1><h2>Abstract</h2><p>Short.</p>"
        f"<h2>1 Introduction</h2>{text}</body></html>"
    ).encode()


def pdf(title: str = TITLE) -> bytes:
    heading = column(title, y=60, size=16)
    return make_pdf([[*heading, *column("Introduction", y=100), *column(SENTENCE * 40, y=120)]])


def jats(title: str = TITLE, sentences: int = 40) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE article><article><front><article-meta><title-group>'
        f"<article-title>{title}</article-title></title-group><abstract><p>Short.</p></abstract>"
        f"</article-meta></front><body><sec><title>Results</title><p>{SENTENCE * sentences}</p>"
        f"</sec></body></article>"
    ).encode()


async def fetch(
    site: Site, paper: Paper = PAPER, *locations: Location, contact: str | None = None
) -> FullText:
    places = Places(
        arxiv=f"{site.url}/arxiv",
        europe_pmc=f"{site.url}/epmc",
        unpaywall=f"{site.url}/unpaywall",
        contact=contact,
        arxiv_interval=0,
        interval=0,
    )
    async with Web(trusted=[site.url], retries=0, deadline=5) as web:
        return await full_text(paper, locations, web=web, places=places, deadline=20)


async def refusal(site: Site, answer: Answer, format_: str = "pdf") -> str:
    """Why the text of one open-access location was refused."""
    site.pages["/it"] = answer
    location = Location.model_validate({"url": f"{site.url}/it", "format": format_})
    found = await fetch(site, OPEN, location)
    assert found.document is None
    (attempt,) = found.tried
    return attempt.reason


async def test_arxivs_html_comes_first_and_keeps_the_merged_record(site: Site) -> None:
    site.pages["/arxiv/html/2001.00001"] = Answer(html())
    found = await fetch(site)
    assert (found.place, found.url) == ("arXiv HTML", f"{site.url}/arxiv/html/2001.00001")
    assert found.document is not None
    assert found.document.paper == PAPER
    assert (found.document.basis, found.document.path) == ("full text", None)
    assert [section.title for section in found.document.sections] == ["Abstract", "1 Introduction"]
    assert (found.tried, site.asked) == ((), ["/arxiv/html/2001.00001"])


async def test_notices_that_only_the_text_bears_are_added(site: Site) -> None:
    links = "".join(
        f'<related-article related-article-type="{kind}-forward" xlink:href="10.5555/{doi}"/>'
        for kind, doi in (("retraction", "n.1"), ("correction", "n.2"))
    )
    text = jats().replace(b"<article>", b'<article xmlns:xlink="http://www.w3.org/1999/xlink">')
    site.pages["/epmc/PMC77/fullTextXML"] = Answer(
        text.replace(b"</article-meta>", f"{links}</article-meta>".encode())
    )
    known = Notice(kind="correction", date="2021-05-01", doi="10.5555/N.2")
    found = await fetch(site, PAPER.model_copy(update={"notices": (known,)}))
    assert found.document is not None
    assert found.document.paper.notices == (known, Notice(kind="retraction", doi="10.5555/n.1"))


async def test_arxivs_pdf_comes_next(site: Site) -> None:
    site.pages["/arxiv/pdf/2001.00001"] = Answer(pdf())
    found = await fetch(site)
    assert found.place == "arXiv PDF"
    assert found.document is not None
    assert "northern mole" in found.document.text
    assert [attempt.place for attempt in found.tried] == ["arXiv HTML"]
    assert "HTTP 404" in found.tried[0].reason


async def test_then_europe_pmc_then_the_locations(site: Site) -> None:
    location = Location(url=f"{site.url}/oa.pdf", format="pdf")
    site.pages["/oa.pdf"] = Answer(pdf())
    assert (await fetch(site, PAPER, location)).place == "open access"
    site.pages["/epmc/PMC77/fullTextXML"] = Answer(jats())
    found = await fetch(site, PAPER, location)
    assert found.place == "Europe PMC"
    assert found.document is not None
    assert found.document.sections[-1].title == "Results"


async def test_other_versions_count_as_the_paper(site: Site) -> None:
    site.pages["/arxiv/html/2001.00009"] = Answer(html())
    versions = (PaperIds(arxiv="2001.00009"),)
    found = await fetch(site, OPEN.model_copy(update={"versions": versions}))
    assert found.place == "arXiv HTML"


async def test_unpaywall_is_asked_last_and_with_a_contact_address_only(site: Site) -> None:
    where = {
        "url_for_pdf": f"{site.url}/best.pdf",
        "url_for_landing_page": f"{site.url}/landing",
    }
    reply = {"is_oa": True, "best_oa_location": where, "oa_locations": [where, None, {}, "x"]}
    site.pages["/unpaywall/10.5555/tide.1"] = Answer(json.dumps(reply).encode())
    site.pages["/landing"] = Answer(html())
    without = await fetch(site)
    assert "no contact address" in without.tried[-1].reason
    assert not any("unpaywall" in path for path in site.asked)
    found = await fetch(site, contact="me@example.org")
    assert found.place == "Unpaywall"
    assert found.url == f"{site.url}/landing"
    (lookup,) = (one for one in site.requests if one.path == "/unpaywall/10.5555/tide.1")
    assert lookup.params == {"email": "me@example.org"}
    assert "example.org" not in repr(found)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"[]", 200, None),
        (b'{"best_oa_location": null, "oa_locations": null}', 200, None),
        (b'{"best_oa_location": {"url_for_pdf": 7}}', 200, None),
        (b'{"oa_locations":', 200, "malformed"),
        (b'{"error": true}', 422, "HTTP 422"),
    ],
)
async def test_whatever_unpaywall_says_nothing_is_raised(
    site: Site, body: bytes, status: int, reason: str | None
) -> None:
    site.pages["/unpaywall/10.5555/tide.1"] = Answer(body, status)
    doi = OPEN.model_copy(update={"ids": PaperIds(doi="10.5555/tide.1")})
    found = await fetch(site, doi, contact="me@example.org")
    assert found.document is None
    assert [reason in attempt.reason for attempt in found.tried] == [True] if reason else [True]
    assert bool(found.tried) == bool(reason)


async def test_a_page_instead_of_a_pdf_is_refused_whatever_its_type_says(site: Site) -> None:
    reason = await refusal(site, Answer(html(), headers={"Content-Type": "application/pdf"}))
    assert reason == "an HTML page came instead of a PDF"


async def test_a_pdf_is_read_whatever_its_type_says(site: Site) -> None:
    site.pages["/it"] = Answer(b"\r\n" + pdf(), headers={"Content-Type": "text/html"})
    found = await fetch(site, OPEN, Location(url=f"{site.url}/it", format="html"))
    assert found.document is not None


@pytest.mark.parametrize(
    ("body", "format_", "reason"),
    [
        (html(sentences=3), "html", "too short for a paper"),
        (html("An atlas of alpine butterflies"), "html", "another text: it has 0%"),
        (pdf("An atlas of alpine butterflies"), "pdf", "another text"),
        (jats(sentences=0), "jats", "too short for a paper"),
        (pdf()[:300], "pdf", "it was not read"),
        (b"%PDF-1.7 nothing", "pdf", "it was not read"),
        (b"<?xml version='1.0'?><error/>", "jats", "no JATS article"),
        (
            b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><article>&b;</article>',
            "jats",
            "entities, which are refused",
        ),
        (b"PK\x03\x04", "pdf", "neither PDF nor XML nor HTML"),
        (b"", "html", "neither PDF nor XML nor HTML"),
    ],
)
async def test_what_is_not_the_papers_text_is_refused(
    site: Site, body: bytes, format_: str, reason: str
) -> None:
    assert reason in await refusal(site, Answer(body), format_)


async def test_a_page_about_the_paper_is_not_the_paper(site: Site) -> None:
    about = "".join(f"<li>Menu entry {number} of the publisher</li>" for number in range(100))
    page = html(sentences=0).replace(b"</body>", f"<ul>{about}</ul></body>".encode())
    assert "too short" in await refusal(site, Answer(page), "html")


async def test_a_pdf_of_500_mb_is_refused_before_it_is_read(site: Site) -> None:
    start = time.perf_counter()
    huge = Answer(b"%PDF-1.7", announced=500_000_000, hangs=True)
    assert "too large" in await refusal(site, huge)
    assert time.perf_counter() - start < 4


async def test_a_pdf_that_does_not_say_its_size_is_left_at_the_limit(site: Site) -> None:
    start = time.perf_counter()
    endless = Answer(b"%PDF-1.7" + bytes(MOST_BYTES), chunked=True, hangs=True)
    assert "too large" in await refusal(site, endless)
    assert time.perf_counter() - start < 4


async def test_failures_of_the_web_are_reasons(site: Site) -> None:
    assert "HTTP 404" in await refusal(site, Answer(status=404))
    assert "HTTP 503" in await refusal(site, Answer(status=503))
    assert "cut short" in await refusal(site, Answer(pdf()[:500], announced=9000))
    loop = {"Location": "/it"}
    assert "loop of redirects" in await refusal(site, Answer(status=302, headers=loop))


async def test_private_addresses_are_refused_also_behind_a_redirect(site: Site) -> None:
    with serving({"/secret": Answer(pdf())}) as inside:
        away = {"Location": f"{inside.url}/secret"}
        assert "not a public address" in await refusal(site, Answer(status=302, headers=away))
        direct = await fetch(site, OPEN, Location(url=f"{inside.url}/secret", format="pdf"))
        assert "not a public address" in direct.tried[0].reason
        assert inside.asked == []


async def test_addresses_that_are_none_are_reasons_too(site: Site) -> None:
    urls = ("file:///etc/passwd", "ftp://example.org/a.pdf", "https://", "http://[::")
    found = await fetch(site, OPEN, *(Location(url=url, format="pdf") for url in urls))
    assert len(found.tried) == len(urls)
    assert site.asked == []


async def test_one_address_is_tried_once(site: Site) -> None:
    same = [
        Location(url=f"{site.url}/a.pdf", format="pdf"),
        Location(url=f"{site.url}/a.pdf", format="html"),
        Location(url="http://arxiv.org/pdf/2001.00001v3", format="pdf"),
        Location(url="https://www.arxiv.org/abs/2001.00001", format="html"),
    ]
    found = await fetch(site, PAPER, *same)
    assert [attempt.place for attempt in found.tried] == [
        "arXiv HTML",
        "arXiv PDF",
        "Europe PMC",
        "open access",
        "Unpaywall",
    ]


async def test_when_the_time_is_used_up_the_rest_is_said_not_to_be_tried(site: Site) -> None:
    site.pages["/arxiv/html/2001.00001"] = Answer(announced=10, hangs=True)
    places = Places(arxiv=f"{site.url}/arxiv", europe_pmc=site.url, interval=0, arxiv_interval=0)
    async with Web(trusted=[site.url], retries=0) as web:
        found = await full_text(PAPER, (), web=web, places=places, deadline=0.3)
    assert "deadline" in found.tried[0].reason
    assert "not tried" in found.tried[1].reason


async def test_several_papers_are_fetched_at_once(site: Site) -> None:
    site.pages["/arxiv/html/2001.00001"] = Answer(html())
    found = await asyncio.gather(*(fetch(site) for _ in range(5)))
    assert all(one.document for one in found)


@pytest.mark.parametrize(
    ("start", "is_"),
    [
        (b"\xef\xbb\xbf  <!doctype HTML>", "html"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x">', "html"),
        (b"<!-- cached --><html>", "html"),
        (b'<?xml version="1.0"?><article>', "jats"),
        (b"<article xml:lang='en'>", "jats"),
        (b"%PDF-1.4", "pdf"),
        (b"junk\n%PDF-1.4", "pdf"),
        (b"{}", None),
    ],
)
def test_the_first_bytes_say_what_it_is(start: bytes, is_: str | None) -> None:
    assert format_of(start) == is_


@pytest.mark.parametrize(
    ("title", "text", "least", "most"),
    [
        ("Ökologie der Häfen", "die ÖKOLOGIE der Ha\u0308fen", 1, 1),
        ("深層学習による画像認識", "深層学習 による\n画像認識", 1, 1),
        ("深層学習による画像認識", "港の潮", 0, 0.2),
        ("The $\\ell_1$ norm of effort", "ℓ1 norm of effort and more", 0.9, 1),
        ("On It", "On it we stand", 1, 1),
        ("On It", "Something else", 0, 0),
        ("!?", "anything", 1, 1),
    ],
)
def test_the_share_of_a_title_found(title: str, text: str, least: float, most: float) -> None:
    assert least <= title_share(title, text) <= most
