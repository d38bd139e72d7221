"""Snowballing over real HTTP: both ways, failures, references by identifier, saturation."""

from collections.abc import AsyncIterator, Iterator

import pytest
from web_server import FakeClock

from assignee.agents.snowball import as_relevant, followed, saturated, to_follow
from assignee.identity import Merged, merged
from assignee.offline import LiteratureServer
from assignee.offline.mischief import failing
from assignee.records import Notice, Paper, PaperIds
from assignee.sources import Criteria
from assignee.sources.arxiv import ArxivSource
from assignee.sources.crossref import CrossrefSource
from assignee.sources.openalex import OpenAlexSource
from assignee.sources.semantic_scholar import SemanticScholarSource
from assignee.web import Web
from assignee.web.pace import Pace

WEI = PaperIds(arxiv="2206.07682")
CITED = {
    "Language Models Are Few-Shot Learners",
    "Scaling Laws for Neural Language Models",
    "Training Compute-Optimal Large Language Models",
}
CITING = {
    "Are Emergent Abilities of Large Language Models a Mirage?",
    "LLaMA: Open and Efficient Foundation Language Models",
}


class Sources:
    """The services' clients against one server."""

    def __init__(self, server: LiteratureServer, web: Web) -> None:
        urls, criteria = server.base_urls, Criteria()
        self.server = server
        self.arxiv = ArxivSource(web, criteria, base_url=urls["arXiv"])
        self.openalex = OpenAlexSource(web, criteria, base_url=urls["OpenAlex"])
        self.scholar = SemanticScholarSource(web, criteria, base_url=urls["Semantic Scholar"])
        self.crossref = CrossrefSource(web, criteria, base_url=urls["Crossref"])


@pytest.fixture(scope="module")
def server() -> Iterator[LiteratureServer]:
    with LiteratureServer() as running:
        yield running


@pytest.fixture
async def sources(server: LiteratureServer) -> AsyncIterator[Sources]:
    async with Web(trusted=server.origins, pace=Pace(), clock=FakeClock()) as web:
        yield Sources(server, web)
    server.behave()


def work(ids: PaperIds = WEI, *, references: tuple[PaperIds, ...] = ()) -> Merged:
    paper = Paper(id=ids.first() or "?", ids=ids, title="Emergence", authors=("J. Wei",), year=2022)
    return Merged(paper=paper, references=references)


async def test_citations_are_followed_both_ways_in_both_sources(sources: Sources) -> None:
    found = await followed(
        [work()],
        [sources.arxiv, sources.openalex, sources.scholar],
        limit=3,
        per_paper=20,
        round_=2,
    )
    for name in ("OpenAlex", "Semantic Scholar"):
        titles = {hit.paper.title for hit in found.records if hit.source == name}
        assert titles >= CITED | CITING
    ways = [(entry.source, entry.way) for entry in found.entries]
    assert ways == [
        ("OpenAlex", "backward"),
        ("Semantic Scholar", "backward"),
        ("OpenAlex", "forward"),
        ("Semantic Scholar", "forward"),
    ]
    first = found.entries[0]
    assert first.query == "Wei (2022), arxiv:2206.07682"
    assert "filter=cited_by:W" in first.sent
    assert (first.round, first.kept, first.pages, first.errors) == (2, 5, 1, ())
    assert sum(entry.kept for entry in found.entries) == len(found.records)


async def test_each_paper_gives_at_most_so_many_records_a_direction(sources: Sources) -> None:
    found = await followed([work()], [sources.openalex], limit=1, per_paper=2)
    assert [entry.kept for entry in found.entries] == [2, 2]
    assert found.entries[0].hits == 5


async def test_a_source_that_is_down_is_an_entry_and_the_other_goes_on(sources: Sources) -> None:
    sources.server.misbehave("OpenAlex", failing(), forever=True)
    found = await followed([work()], [sources.openalex, sources.scholar], limit=1, per_paper=9)
    failed = [entry for entry in found.entries if entry.source == "OpenAlex"]
    assert len(failed) == 2
    assert all(entry.errors and entry.kept == 0 for entry in failed)
    assert {hit.source for hit in found.records} == {"Semantic Scholar"}


async def test_papers_are_followed_side_by_side() -> None:
    papers = [work(PaperIds(arxiv=name)) for name in ("2206.07682", "2001.08361", "2203.15556")]
    with LiteratureServer(latency=0.2) as slow:
        async with Web(trusted=slow.origins, pace=Pace(), clock=FakeClock()) as web:
            both = Sources(slow, web)
            await followed(papers, [both.openalex, both.scholar], limit=3, per_paper=5)
        arrivals = sorted(one.arrived for one in slow.requests["OpenAlex"])
    # One after the other, the last of twelve would come after 2.2 s; side by side, after 0.2 s.
    assert len(arrivals) == 12
    assert arrivals[-1] - arrivals[0] < 1.5


async def test_references_that_no_source_named_are_fetched_by_identifier(sources: Sources) -> None:
    known = (PaperIds(arxiv="2001.08361"), PaperIds(doi="10.5555/nowhere"), PaperIds(s2="f" * 40))
    found = await followed(
        [work(references=known)], [sources.crossref, sources.arxiv], limit=1, per_paper=9
    )
    assert [hit.paper.title for hit in found.records] == ["Scaling Laws for Neural Language Models"]
    crossref, arxiv = sorted(found.entries, key=lambda entry: entry.source, reverse=False)[::-1][
        ::-1
    ]
    assert {crossref.source, arxiv.source} == {"Crossref", "arXiv"}
    assert all(entry.way == "backward" for entry in found.entries)
    lost = next(entry for entry in found.entries if entry.source == "Crossref")
    assert lost.errors
    assert lost.kept == 0


async def test_references_that_a_source_named_are_not_asked_for_again(sources: Sources) -> None:
    before = len(sources.server.requests["arXiv"])
    known = (PaperIds(arxiv="2001.08361"), PaperIds(arxiv="2203.15556"))
    await followed([work(references=known)], [sources.scholar, sources.arxiv], limit=1, per_paper=9)
    assert len(sources.server.requests["arXiv"]) == before


async def test_nothing_to_follow_finds_nothing(sources: Sources) -> None:
    assert await followed([], [sources.openalex], limit=3, per_paper=3) == ((), ())
    assert await followed([work()], [], limit=3, per_paper=3) == ((), ())


def test_papers_that_nobody_took_back_and_that_can_be_named_are_followed() -> None:
    named = [work(PaperIds(doi=f"10.5/{n}")) for n in range(4)]
    taken_back = named[0].paper.model_copy(update={"notices": (Notice(kind="retraction"),)})
    doubted = named[1].paper.model_copy(update={"notices": (Notice(kind="correction"),)})
    papers = [
        named[0].model_copy(update={"paper": taken_back}),
        named[3].model_copy(update={"withdrawn": True}),
        work(PaperIds()),
        named[1].model_copy(update={"paper": doubted}),
        named[2],
        named[3],
    ]
    chosen = to_follow(papers, 2)
    assert [one.paper.ids.doi for one in chosen] == ["10.5/1", "10.5/2"]


def test_relevant_is_what_is_as_good_as_the_last_paper_that_is_read() -> None:
    relevance = {"a": 0.9, "b": 0.4, "n1": 0.4, "n2": 0.39, "n3": 0.5}
    assert as_relevant(relevance, new=["n1", "n2", "n3", "n4"], read=["a", "b"]) == 2
    # A paper that no question found is not relevant, however little the others are.
    assert as_relevant({"a": 0.0, "n": 0.0}, new=["n"], read=["a"]) == 0


@pytest.mark.parametrize(
    ("found", "new", "relevant", "told"),
    [
        (0, 0, 0, "Following citations found no records, so the search stopped."),
        (1, 0, 0, "Following citations found 1 record and no new paper, so the search stopped."),
        (
            84,
            61,
            6,
            "Following citations found 84 records and 61 new papers, of which 6 are as relevant "
            "as the least relevant paper that was read: fewer than one in ten, so the search "
            "stopped.",
        ),
        (20, 11, 1, "of which 1 is as relevant"),
        (20, 4, 0, "of which none are as relevant"),
        (20, 10, 1, None),
        (84, 60, 6, None),
        (1, 1, 1, None),
    ],
)
def test_saturation(found: int, new: int, relevant: int, told: str | None) -> None:
    said = saturated(found, new, relevant)
    assert (said is None) == (told is None)
    assert told is None or told in (said or "")


async def test_a_record_that_was_found_can_be_followed_itself(sources: Sources) -> None:
    found = await followed([work()], [sources.openalex], limit=1, per_paper=9)
    again = await followed(
        [merged([hit]) for hit in found.records], [sources.openalex], limit=2, per_paper=9
    )
    assert len({entry.query for entry in again.entries}) == 2
    assert again.records
