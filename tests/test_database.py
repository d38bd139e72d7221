"""A database never ends a run: what goes wrong, or takes too long, stands in its log."""

import asyncio
from collections.abc import Sequence

import pytest

from assignee.errors import SourceError
from assignee.records import Hit, Paper, PaperIds
from assignee.sources import Criteria, QueryLog, SourceResult
from assignee.sources.database import CitingDatabase, Database
from assignee.sources.literature import databases, origins, places, url_by_name
from assignee.web import Web

HIT = Hit(source="Told", paper=Paper(id="p", title="A title"))


class Told:
    """A client that does as it is told, one word a query."""

    name = "Told"
    needs_key = False

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        [query] = queries
        self.asked.append(query)
        if query.startswith("hang"):
            await asyncio.Event().wait()
        if query.startswith("raise"):
            raise SourceError("told: refused")
        if query.startswith("break"):
            raise KeyError(query)
        if query.startswith("silent"):
            return SourceResult(queries=(QueryLog(query, 0, ("told: down",), sent=query),))
        log = QueryLog(query, 1, sent=query, read=1, pages=1)
        return SourceResult(queries=(log,), records=(HIT,))

    async def by_ids(self, ids: Sequence[PaperIds]) -> SourceResult:
        raise SourceError("told: no ids")

    async def cites(self, ids: PaperIds, *, limit: int) -> SourceResult:
        return await self.search([f"hang {ids.first()}"], limit=limit)

    async def cited_by(self, ids: PaperIds, *, limit: int) -> SourceResult:
        return await self.search([f"fine {ids.first()}"], limit=limit)


async def test_the_same_words_are_sent_once() -> None:
    client = Told()
    asked = ["Does moss cool roofs?", "snow", "moss cool roofs", "snow"]
    await Database(client, seconds=5).search(asked, limit=5)
    assert client.asked == asked[:2]


@pytest.mark.parametrize(("own", "most"), [(None, 5), (2, 2), (40, 40)])
async def test_its_own_limit_goes_before_that_of_a_search(own: int | None, most: int) -> None:
    limits = []

    class Counting(Told):
        async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
            limits.append(limit)
            return await super().search(queries, limit=limit)

    await Database(Counting(), seconds=5, limit=own).search(["fine"], limit=5)
    assert limits == [most]


async def test_what_was_found_before_the_time_ran_out_is_kept() -> None:
    client = Told()
    result = await Database(client, seconds=0.2).search(["fine", "hang", "late"], limit=5)
    assert result.records == (HIT,)
    assert client.asked == ["fine", "hang"]
    assert [log.errors for log in result.queries] == [
        (),
        ("Told: no answer within 0.2 s",),
        ("Told: not sent, the time was used up",),
    ]


async def test_a_fault_of_one_query_leaves_the_others() -> None:
    queries = ["raise", "fine", "break", "fine moss"]
    result = await Database(Told(), seconds=5).search(queries, limit=5)
    assert [log.errors for log in result.queries] == [
        ("told: refused",),
        (),
        ("Told: KeyError in its answer",),
        (),
    ]
    assert len(result.records) == 2


async def test_after_two_silences_no_more_is_sent() -> None:
    client = Told()
    queries = ["silent owl", "fine", "silent fox", "silent hen", "never moss", "never snow"]
    result = await Database(client, seconds=5).search(queries, limit=5)
    assert client.asked == queries[:4]
    assert [log.query for log in result.queries] == queries
    assert "not sent" in result.queries[-1].errors[0]


async def test_identifiers_and_citations_have_their_time_too() -> None:
    database, ids = CitingDatabase(Told(), seconds=0.1), PaperIds(doi="10.5555/one")
    assert (await database.by_ids([ids])).queries[0].errors == ("told: no ids",)
    assert "no answer" in (await database.cites(ids, limit=5)).queries[0].errors[0]
    assert (await database.cited_by(ids, limit=5)).records == (HIT,)


async def test_a_database_without_the_key_that_it_needs_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assignee.sources.crossref.CrossrefSource.needs_key", True)
    async with Web() as web:
        made = databases(["arxiv", "crossref"], web, Criteria())
    assert [database.name for database in made.found] == ["arXiv"]
    [warning] = made.warnings
    assert "Crossref was not searched" in warning
    assert "ASSIGNEE_SOURCE_KEYS__CROSSREF" in warning


async def test_those_that_know_citations_say_so() -> None:
    async with Web() as web:
        made = databases(["arxiv", "openalex", "semantic-scholar"], web, Criteria())
    assert [isinstance(one, CitingDatabase) for one in made.found] == [False, True, True]


def test_addresses_by_name() -> None:
    urls = url_by_name({"Europe PMC": "http://127.0.0.1:1", "Unpaywall": "http://127.0.0.1:2"})
    assert urls == {"europe-pmc": "http://127.0.0.1:1", "unpaywall": "http://127.0.0.1:2"}
    assert places(urls, None).europe_pmc == "http://127.0.0.1:1"
    assert places(urls, None).arxiv == "https://arxiv.org"
    assert origins(["http://a.example:8/x", "http://a.example:8/y"]) == ["http://a.example:8"]
