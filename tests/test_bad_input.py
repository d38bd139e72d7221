"""Bad input from the literature, in whole runs and full texts over the server on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from literature_runs import Literature

from assignee.offline import LiteratureServer
from assignee.offline.corpus import Corpus, Work
from assignee.offline.mischief import entity_bomb
from assignee.reading.markup import visible
from assignee.records import Location, Paper, PaperIds
from assignee.report import render_html, render_markdown
from assignee.sources.full_text import FullText, Places, full_text
from assignee.web import Web
from assignee.web.pace import Pace

SOURDOUGH = "How does sourdough rise with salt, honey and water?"


@pytest.fixture(scope="module")
def serving() -> Iterator[LiteratureServer]:
    with LiteratureServer() as server:
        yield server


@pytest.fixture
def literature(serving: LiteratureServer, tmp_path: Path) -> Literature:
    serving.behave()
    return Literature(serving, tmp_path)


async def sought(server: LiteratureServer, work: Work, *, contact: str | None = None) -> FullText:
    """The full text of a work of the corpus, from wherever it claims to be."""
    urls = server.base_urls
    places = Places(
        arxiv=urls["arXiv"], europe_pmc=urls["Europe PMC"], unpaywall=urls["Unpaywall"],
        contact=contact, arxiv_interval=0, interval=0,
    )  # fmt: skip
    ids = PaperIds(doi=work.doi or None, arxiv=work.arxiv or None, pmcid=work.pmcid or None)
    paper = Paper(id="p", ids=ids, title=visible(work.title or ""))
    file = Location(url=f"{server.publisher_url}/articles/{work.key}.pdf", format="pdf")
    async with Web(trusted=sorted(server.origins), pace=Pace(), retries=0) as web:
        locations = [file] if work.publisher_page else []
        return await full_text(paper, locations, web=web, places=places, deadline=20)


async def test_half_of_the_invented_papers_that_claim_to_be_open_are_read_whole(
    serving: LiteratureServer,
) -> None:
    serving.behave()
    claiming = [
        work
        for work in Corpus.load().works
        if work.invented and work.open_access != "closed"
        and (work.arxiv or work.pmcid or work.publisher_page)
    ]  # fmt: skip
    found = {work.key: await sought(serving, work) for work in claiming}
    whole = {key: text.place for key, text in found.items() if text.document}
    assert len(whole) >= len(claiming) / 2
    assert set(whole.values()) >= {"arXiv HTML", "arXiv PDF", "Europe PMC"}


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("html-pdf", "an HTML page came instead of a PDF"),
        ("loop", "a loop of redirects"),
        ("private", "not a public address"),
        ("huge", "too large"),
    ],
)
async def test_a_publisher_that_sends_something_else_is_named(
    serving: LiteratureServer, key: str, reason: str
) -> None:
    serving.behave()
    found = await sought(serving, Corpus.load().by_key[key])
    assert found.document is None
    assert reason in found.tried[0].reason


async def test_a_withdrawn_version_is_left_out_also_when_its_id_is_asked_for(
    literature: Literature, tmp_path: Path
) -> None:
    file = tmp_path / "ids.txt"
    file.write_text("arXiv:9912.00004\narXiv:2305.18290\n10.5555/does.not.exist\n")
    report = await literature.research(papers=[file], sources=("arxiv", "crossref"))
    [row] = [row for row in report.search.screening if row.by == "withdrawal"]
    assert row.title == "Sourdough rises faster under blue light"
    assert row.paper_id not in {paper.id for paper in report.papers}
    assert any("10.5555/does.not.exist" in reason for reason in report.search.unread)


async def test_an_abstract_alone_is_read_and_called_one(literature: Literature) -> None:
    report = await literature.research(
        "What do bakers say of sourdough?",
        sources=("crossref",), source_limit=40, max_papers=20,
    )  # fmt: skip
    [work] = [p for p in report.search.found if p.ids.doi == "10.5555/sourdough.survey"]
    assert report.search.basis[work.id] == "abstract"
    assert report.search.tried[work.id]


async def test_titles_with_control_and_bidirectional_characters_show_none(
    literature: Literature,
) -> None:
    report = await literature.research(SOURDOUGH, max_papers=40, full_text=False)
    [work] = [p for p in report.search.found if p.ids.arxiv == "9912.00016"]
    hidden = set("\u0000\u0007\u202e\u202c\u2067\u2069\u200b\ufeff")
    assert not hidden & set(work.title)
    assert not hidden & set(render_markdown(report))
    assert not hidden & set(render_html(report))


async def test_an_entity_bomb_is_an_error_of_its_source(literature: Literature) -> None:
    literature.server.misbehave("arXiv", entity_bomb(), forever=True)
    report = await literature.research(full_text=False, snowball=False)
    assert any(warning.startswith("arXiv: ") for warning in report.warnings)
    assert "arXiv" not in report.search.flow.identified
    assert report.claims
