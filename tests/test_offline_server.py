"""The offline literature services: formats as documented, paging, full text, mischief."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from assignee.offline import Corpus, LiteratureServer, mischief
from assignee.offline.mischief import Mischief
from assignee.reading.reader import read_file

ATOM = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "os": "http://a9.com/-/spec/opensearch/1.1/",
}


@pytest.fixture(scope="module")
def shared() -> Iterator[LiteratureServer]:
    with LiteratureServer() as running:
        yield running


@pytest.fixture
def server(shared: LiteratureServer) -> Iterator[LiteratureServer]:
    yield shared
    shared.behave()


class Client:
    """Asks a running server; `json` and `feed` read what comes."""

    def __init__(self, server: LiteratureServer) -> None:
        self.urls = server.base_urls | {"Publisher": server.publisher_url}
        self.http = httpx.Client(timeout=10)

    def get(self, source: str, path: str, /, **params: str | int) -> httpx.Response:
        names = {name.replace("__", "."): value for name, value in params.items()}
        return self.http.get(self.urls[source] + path, params=names)

    def json(self, source: str, path: str, /, **params: str | int) -> Any:
        reply = self.get(source, path, **params)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def feed(self, **params: str | int) -> ElementTree.Element:
        return ElementTree.fromstring(self.get("arXiv", "/api/query", **params).content)


@pytest.fixture
def client(server: LiteratureServer) -> Iterator[Client]:
    made = Client(server)
    with made.http:
        yield made


def ids(feed: ElementTree.Element) -> list[str]:
    found = [entry.findtext("atom:id", "", ATOM) for entry in feed.findall("atom:entry", ATOM)]
    return [place.removeprefix("http://arxiv.org/abs/") for place in found]


def total(feed: ElementTree.Element) -> int:
    return int(feed.findtext("os:totalResults", "", ATOM))


# The corpus.


def test_the_corpus_is_small_and_whole() -> None:
    data = files("assignee.offline").joinpath("corpus.jsonl").read_bytes()
    corpus = Corpus.load()
    assert len(data) < 400_000
    assert sum(not work.invented for work in corpus.works) >= 40
    assert sum(len(work.sections) >= 4 for work in corpus.works) >= 16
    assert all(key in corpus.by_key for work in corpus.works for key in work.references)


def test_real_works_are_those_of_the_notes() -> None:
    notes = Path(__file__).parent.parent / "examples" / "scaling_laws"
    for work in Corpus.load().works:
        if not work.invented:
            (note,) = notes.glob(f"{work.arxiv}-*.md")
            text = note.read_text(encoding="utf-8")
            assert f'title: "{work.title}"' in text
            assert f"authors: {work.authors[0]}" in text
            assert f"year: {work.date[:4]}" in text
            assert work.abstract
            assert work.abstract not in text


def test_invented_works_say_so() -> None:
    for work in Corpus.load().works:
        if work.invented and work.abstract:
            assert work.abstract.startswith("This record is invented for tests.")


def test_services_hold_different_parts() -> None:
    corpus = Corpus.load()
    names = ("arXiv", "OpenAlex", "Semantic Scholar", "Crossref", "Europe PMC")
    held = [frozenset(work.key for work in corpus.of(name)) for name in names]
    assert len(set(held)) == len(names)
    assert all(one & other for one in held for other in held)


# arXiv.


def test_arxiv_answers_as_its_manual_says(client: Client) -> None:
    reply = client.get("arXiv", "/api/query", id_list="2001.08361")
    feed = ElementTree.fromstring(reply.content)
    (entry,) = feed.findall("atom:entry", ATOM)
    links = {link.get("title"): link for link in entry.findall("atom:link", ATOM)}
    names = [
        author.findtext("atom:name", "", ATOM) for author in entry.findall("atom:author", ATOM)
    ]
    category = entry.find("arxiv:primary_category", ATOM)
    assert reply.headers["content-type"].startswith("application/atom+xml")
    assert ids(feed) == ["2001.08361v1"]
    assert entry.findtext("atom:published", "", ATOM).startswith("2020-01-")
    assert names[:2] == ["Jared Kaplan", "Sam McCandlish"]
    assert links["pdf"].get("type") == "application/pdf"
    assert links[None].get("rel") == "alternate"
    assert category is not None
    assert category.get("term")


def test_arxiv_wraps_titles_and_summaries(client: Client) -> None:
    entry = client.feed(id_list="2305.14975").find("atom:entry", ATOM)
    assert entry is not None
    assert "\n  " in entry.findtext("atom:title", "", ATOM)
    assert "\n  " in entry.findtext("atom:summary", "", ATOM)
    assert entry.findtext("arxiv:doi", "", ATOM) == "10.18653/v1/2023.emnlp-main.330"
    assert "Empirical Methods" in entry.findtext("arxiv:journal_ref", "", ATOM)


def test_arxiv_pages_without_overlap(client: Client) -> None:
    query = "all:language AND all:model"
    whole = client.feed(search_query=query, max_results=100)
    found = []
    for start in range(0, total(whole), 7):
        page = client.feed(search_query=query, start=start, max_results=7)
        assert page.findtext("os:startIndex", "", ATOM) == str(start)
        found += ids(page)
    assert len(found) > 20
    assert found == ids(whole)
    assert len(set(found)) == len(found)


def test_arxiv_gives_ten_unless_asked(client: Client) -> None:
    assert len(ids(client.feed(search_query="all:model"))) == 10


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('ti:"scaling laws for neural"', {"2001.08361v1"}),
        ("au:schaeffer", {"2304.15004v1"}),
        ("au:van_den_driessche", {"2203.15556v1"}),
        ("ti:emergent ANDNOT ti:mirage", {"2206.07682v1", "2506.00288v1"}),
        ("ti:mirage OR (ti:cramming AND au:goldstein)", {"2304.15004v1", "2212.14034v1"}),
        ("ti:emergent AND submittedDate:[202301010000 TO 202312312359]", {"2304.15004v1"}),
        ("all:nosuchword AND all:scaling", set()),
        ('abs:"laws scaling"', set()),
    ],
)
def test_arxiv_understands_its_query_language(client: Client, query: str, found: set[str]) -> None:
    assert set(ids(client.feed(search_query=query))) == found


def test_arxiv_sorts_by_date(client: Client) -> None:
    feed = client.feed(search_query="all:scaling", sortBy="submittedDate", sortOrder="ascending")
    dates = [e.findtext("atom:published", "", ATOM) for e in feed.findall("atom:entry", ATOM)]
    assert dates == sorted(dates)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"id_list": "1234.123"}, "incorrect id format for 1234.123"),
        ({"search_query": "all:x", "start": "-1"}, "start must be non-negative"),
        ({"search_query": "all:x", "max_results": "ten"}, "max_results must be an integer"),
    ],
)
def test_arxiv_errors_are_feeds(client: Client, params: dict[str, str], message: str) -> None:
    reply = client.get("arXiv", "/api/query", **params)
    entry = ElementTree.fromstring(reply.content).find("atom:entry", ATOM)
    assert entry is not None
    assert reply.status_code == 200
    assert entry.findtext("atom:title", "", ATOM) == "Error"
    assert entry.findtext("atom:summary", "", ATOM) == message


def test_arxiv_refuses_too_many(client: Client) -> None:
    reply = client.get("arXiv", "/api/query", search_query="all:x", max_results=30_001)
    assert reply.status_code == 400


def test_an_arxiv_id_of_nobody_gives_nothing(client: Client) -> None:
    assert total(client.feed(id_list="1201.56789")) == 0


def test_a_withdrawn_version_has_no_text_and_the_first_has(client: Client) -> None:
    last, first = client.feed(id_list="9912.00004"), client.feed(id_list="9912.00004v1")
    assert ids(last) == ["9912.00004v2"]
    assert "withdrawn" in last.findtext("atom:entry/atom:summary", "", ATOM)
    assert "Withdrawn" in last.findtext("atom:entry/arxiv:comment", "", ATOM)
    assert "blue light" in first.findtext("atom:entry/atom:summary", "", ATOM)
    assert client.get("arXiv", "/pdf/9912.00004").status_code == 404
    assert client.get("arXiv", "/pdf/9912.00004v1").status_code == 200


# OpenAlex.


def test_openalex_answers_as_documented(client: Client) -> None:
    reply = client.json("OpenAlex", "/works", search="mirage")
    (work,) = [w for w in reply["results"] if "Mirage" in w["title"]]
    assert reply["meta"].keys() >= {"count", "page", "per_page", "db_response_time_ms"}
    assert re.fullmatch(r"https://openalex\.org/W\d+", work["id"])
    assert work["doi"] == "https://doi.org/10.48550/arxiv.2304.15004"
    assert work["publication_year"] == 2023
    assert work["authorships"][0]["author"]["display_name"] == "Rylan Schaeffer"
    assert work["authorships"][0]["author_position"] == "first"
    assert work["primary_location"]["source"]["type"] == "repository"
    assert work["best_oa_location"]["pdf_url"].endswith("/pdf/2304.15004")
    assert work["open_access"]["oa_status"] == "green"
    assert work["relevance_score"] > 0


def test_openalex_joins_words_by_and_and_ranks_alternatives(client: Client) -> None:
    words = ("emergent", "abilities", "mirage", "sourdough")
    assert client.json("OpenAlex", "/works", search=" ".join(words))["results"] == []
    condition = f"title_and_abstract.search:{' OR '.join(words)}"
    reply = client.json("OpenAlex", "/works", filter=condition, sort="relevance_score:desc")
    scores = [work["relevance_score"] for work in reply["results"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 5
    assert "Mirage" in reply["results"][0]["title"]


def test_openalex_searches_names_as_they_stand_in_works(client: Client) -> None:
    reply = client.json("OpenAlex", "/works", filter="raw_author_name.search:Schaeffer")
    assert ["Mirage" in work["title"] for work in reply["results"]] == [True]


def test_openalex_gives_abstracts_as_inverted_index(client: Client) -> None:
    work = client.json("OpenAlex", "/works/doi:10.48550/arXiv.2304.15004")
    places = {p: w for w, where in work["abstract_inverted_index"].items() for p in where}
    words = [places[place] for place in range(len(places))]
    expected = Corpus.load().by_key["schaeffer2023"].abstract
    assert " ".join(words) == expected


def test_openalex_cursor_runs_to_an_empty_page(client: Client) -> None:
    cursor: str | None = "*"
    found, pages = [], 0
    while cursor is not None:
        reply = client.json("OpenAlex", "/works", search="model", per_page=10, cursor=cursor)
        found += [work["id"] for work in reply["results"]]
        cursor, pages = reply["meta"]["next_cursor"], pages + 1
    assert not reply["results"]
    assert len(found) == len(set(found)) == reply["meta"]["count"] > 20
    assert pages == -(-len(found) // 10) + 1


def test_openalex_pages_by_number(client: Client) -> None:
    first = client.json("OpenAlex", "/works", search="model", page=1, **{"per-page": 5})
    second = client.json("OpenAlex", "/works", search="model", page=2, per_page=5)
    assert first["meta"]["page"] == 1
    assert len(first["results"]) == len(second["results"]) == 5
    assert not {w["id"] for w in first["results"]} & {w["id"] for w in second["results"]}


@pytest.mark.parametrize(
    ("condition", "years"),
    [
        ("from_publication_date:2023-01-01,to_publication_date:2023-12-31", {2023}),
        ("publication_year:2020|2022", {2020, 2022}),
        ("publication_year:2020-2021", {2020, 2021}),
        ("publication_year:!2023,publication_year:>2021,publication_year:<2025", {2022, 2024}),
    ],
)
def test_openalex_filters_by_date(client: Client, condition: str, years: set[int]) -> None:
    reply = client.json("OpenAlex", "/works", filter=condition, per_page=100)
    found = {w["publication_year"] for w in reply["results"]}
    assert {int(year) for year in found if year} == years


@pytest.mark.parametrize(
    "params",
    [
        {"filter": "author_name:Kaplan"},
        {"filter": "type:article", "sort": "relevance_score:desc"},
        {"per_page": 201},
        {"cursor": "?"},
        {"page": 0},
    ],
)
def test_openalex_refuses_what_it_does_not_know(
    client: Client, params: dict[str, str | int]
) -> None:
    reply = client.get("OpenAlex", "/works", **params)
    assert reply.status_code == 400
    assert reply.json().keys() == {"error", "message"}


def test_openalex_follows_citations_both_ways(client: Client) -> None:
    mirage = client.json("OpenAlex", "/works/doi:10.48550/arxiv.2304.15004")
    short = mirage["id"].rpartition("/")[2]
    cited = client.json("OpenAlex", "/works", filter=f"cited_by:{short}")["results"]
    assert {work["id"] for work in cited} == set(mirage["referenced_works"])
    for work in cited:
        citing = client.json("OpenAlex", "/works", filter=f"cites:{work['id']}", per_page=100)[
            "results"
        ]
        assert mirage["id"] in {other["id"] for other in citing}
        assert len(citing) == work["cited_by_count"]


def test_openalex_says_not_found(client: Client) -> None:
    assert client.get("OpenAlex", "/works/W1").status_code == 404
    assert client.get("OpenAlex", "/works/doi:10.5555/nothing").status_code == 404


def test_openalex_cuts_authors_in_lists_only(client: Client) -> None:
    (listed,) = client.json("OpenAlex", "/works", filter="doi:10.5555/sourdough.3000")["results"]
    single = client.json("OpenAlex", "/works/https://doi.org/10.5555/sourdough.3000")
    assert len(listed["authorships"]) == 100
    assert listed["is_authors_truncated"] is True
    assert len(single["authorships"]) == 3000


def test_openalex_selects(client: Client) -> None:
    reply = client.json("OpenAlex", "/works", search="scaling", select="id,title")
    assert all(work.keys() == {"id", "title"} for work in reply["results"])


# Semantic Scholar.


def test_semantic_scholar_gives_the_fields_asked_for(client: Client) -> None:
    fields = "title,externalIds,openAccessPdf,authors,year,publicationDate,abstract"
    reply = client.json("Semantic Scholar", "/graph/v1/paper/search", query="mirage", fields=fields)
    (paper,) = [p for p in reply["data"] if p["externalIds"].get("ArXiv") == "2304.15004"]
    assert paper.keys() == {"paperId", *fields.split(",")}
    assert re.fullmatch(r"[0-9a-f]{40}", paper["paperId"])
    assert paper["authors"][0].keys() == {"authorId", "name"}
    assert isinstance(paper["externalIds"]["CorpusId"], int)
    bare = client.json("Semantic Scholar", "/graph/v1/paper/search", query="mirage")
    assert all(paper.keys() == {"paperId", "title"} for paper in bare["data"])


def test_semantic_scholar_pages_by_offset(client: Client) -> None:
    offset: int | None = 0
    found = []
    while offset is not None:
        reply = client.json(
            "Semantic Scholar", "/graph/v1/paper/search", query="model", offset=offset, limit=9
        )
        found += [paper["paperId"] for paper in reply["data"]]
        offset = reply.get("next")
    assert len(found) == len(set(found)) == reply["total"] > 20


def test_semantic_scholar_goes_on_with_a_token(client: Client) -> None:
    params: dict[str, str | int] = {"query": "language model"}
    found = []
    while True:
        reply = client.json("Semantic Scholar", "/graph/v1/paper/search/bulk", **params)
        found += [paper["paperId"] for paper in reply["data"]]
        if not reply["token"]:
            break
        params["token"] = reply["token"]
    assert len(found) == reply["total"] > 20
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("query", "least", "most"),
    [
        ('"catastrophic forgetting"', 3, 8),
        ("forgetting -catastrophic", 1, 4),
        ("cramming | mirage", 2, 2),
        ("cramming + mirage", 0, 0),
        ("cramming nosuchword", 0, 0),
    ],
)
def test_semantic_scholar_bulk_wants_every_word(
    client: Client, query: str, least: int, most: int
) -> None:
    reply = client.json("Semantic Scholar", "/graph/v1/paper/search/bulk", query=query)
    assert least <= reply["total"] <= most


def test_semantic_scholar_finds_nothing_for_a_hyphen(client: Client) -> None:
    path = "/graph/v1/paper/search"
    assert client.json("Semantic Scholar", path, query="zero shot")["total"] > 0
    assert client.json("Semantic Scholar", path, query="zero-shot") == {"total": 0, "offset": 0}


@pytest.mark.parametrize(
    ("params", "years"),
    [
        ({"year": "2020-2021"}, {2020, 2021}),
        ({"year": "-2020"}, {2019, 2020}),
        ({"publicationDateOrYear": "2023-01-01:2023-12"}, {2023}),
        ({"publicationDateOrYear": "2025"}, {2025}),
    ],
)
def test_semantic_scholar_filters_by_date(
    client: Client, params: dict[str, str], years: set[int]
) -> None:
    path = "/graph/v1/paper/search"
    reply = client.json("Semantic Scholar", path, query="model", fields="year", **params)
    assert {paper["year"] for paper in reply["data"]} == years


@pytest.mark.parametrize(
    "params",
    [
        {"query": "x", "fields": "title,garbage"},
        {"query": "x", "limit": 101},
        {"query": "x", "offset": 1000},
        {"query": "x", "year": "soon"},
        {},
    ],
)
def test_semantic_scholar_refuses(client: Client, params: dict[str, str | int]) -> None:
    reply = client.get("Semantic Scholar", "/graph/v1/paper/search", **params)
    assert reply.status_code == 400
    assert isinstance(reply.json()["error"], str)


@pytest.mark.parametrize(
    "name",
    ["ARXIV:2203.02155", "DOI:10.48550/arXiv.2203.02155", "CorpusId:{corpusId}", "{paperId}"],
)
def test_semantic_scholar_takes_many_ids(client: Client, name: str) -> None:
    known = client.json(
        "Semantic Scholar", "/graph/v1/paper/ARXIV:2203.02155", fields="corpusId,title"
    )
    path = f"/graph/v1/paper/{name.format(**known)}"
    assert client.json("Semantic Scholar", path)["title"].startswith("Training Language Models")
    assert client.get("Semantic Scholar", "/graph/v1/paper/ARXIV:0001.00001").status_code == 404


def test_semantic_scholar_lists_references_and_citations(client: Client) -> None:
    paper = "/graph/v1/paper/ARXIV:2203.02155"
    cited = client.json("Semantic Scholar", f"{paper}/references", fields="title,isInfluential")
    citing = client.json("Semantic Scholar", f"{paper}/citations", limit=2, fields="title")
    assert cited["offset"] == 0
    assert "next" not in cited
    assert "Language Models Are Few-Shot Learners" in {
        edge["citedPaper"]["title"] for edge in cited["data"]
    }
    assert cited["data"][0]["isInfluential"] is False
    assert citing["next"] == 2
    assert citing["data"][0].keys() == {"citingPaper"}


def test_semantic_scholar_cites_what_it_does_not_know(client: Client) -> None:
    paper = "/graph/v1/paper/DOI:10.5555/sourdough.salt"
    edges = client.json("Semantic Scholar", f"{paper}/references")["data"]
    assert edges[-1]["citedPaper"] == {
        "paperId": None,
        "title": "A bakers' almanac that nobody has scanned",
    }


def test_semantic_scholar_may_withhold_references(client: Client) -> None:
    paper = "/graph/v1/paper/DOI:10.5555/sourdough.elided"
    assert client.json("Semantic Scholar", f"{paper}/references")["data"] is None


def test_semantic_scholar_looks_up_many(client: Client) -> None:
    reply = client.http.post(
        client.urls["Semantic Scholar"] + "/graph/v1/paper/batch",
        params={"fields": "title"},
        json={"ids": ["ARXIV:2304.15004", "ARXIV:0001.00001"]},
    )
    first, second = reply.json()
    assert "Mirage" in first["title"]
    assert second is None


# Crossref.


def test_crossref_answers_as_documented(client: Client) -> None:
    reply = client.json("Crossref", "/works", query="truthfulqa falsehoods", rows=1)
    message = reply["message"]
    (item,) = message["items"]
    assert (reply["status"], reply["message-type"]) == ("ok", "work-list")
    assert message.keys() >= {"total-results", "items-per-page", "query", "facets"}
    assert item["DOI"] == "10.18653/v1/2022.acl-long.229"
    assert item["title"] == ["TruthfulQA: Measuring How Models Mimic Human Falsehoods"]
    assert item["author"][0] == {
        "given": "Stephanie",
        "family": "Lin",
        "sequence": "first",
        "affiliation": [],
    }
    assert item["issued"] == {"date-parts": [[2022, 5]]}
    assert item["type"] == "proceedings-article"
    assert item["abstract"].startswith("<jats:p>")


def test_crossref_finds_by_any_word_best_first(client: Client) -> None:
    reply = client.json("Crossref", "/works", query="sourdough salt nosuchword", rows=5)
    assert reply["message"]["items"][0]["DOI"] == "10.5555/sourdough.salt"
    assert reply["message"]["total-results"] > 5


def test_crossref_cursor_runs_to_an_empty_page(client: Client) -> None:
    cursor, found = "*", []
    while True:
        message = client.json("Crossref", "/works", query="sourdough", rows=6, cursor=cursor)[
            "message"
        ]
        if not message["items"]:
            break
        found += [item["DOI"] for item in message["items"]]
        cursor = message["next-cursor"]
    assert len(found) == len(set(found)) == message["total-results"] > 12


def test_crossref_shows_notices_on_both_records(client: Client) -> None:
    work = client.json("Crossref", "/works/10.5555/sourdough.retracted")["message"]
    notice = client.json("Crossref", "/works/10.5555%2Fsourdough.notice")["message"]
    kinds = {update["type"]: update for update in work["updated-by"]}
    assert kinds.keys() == {"correction", "retraction"}
    assert kinds["retraction"]["DOI"] == notice["DOI"]
    assert kinds["retraction"]["updated"]["date-parts"] == [[2024, 9, 10]]
    assert "update-to" not in work
    assert notice["update-to"][0]["DOI"] == work["DOI"]
    assert "updated-by" not in notice
    found = client.json("Crossref", "/works", filter="updates:10.5555/sourdough.retracted")
    assert {item["DOI"] for item in found["message"]["items"]} == {
        "10.5555/sourdough.notice",
        "10.5555/sourdough.correction",
    }


def test_crossref_links_the_preprint(client: Client) -> None:
    work = client.json("Crossref", "/works/10.5555/sourdough.salt")["message"]
    assert work["relation"]["has-preprint"][0]["id"] == "10.48550/arXiv.9912.00011"


@pytest.mark.parametrize(
    ("condition", "dois"),
    [
        ("type:proceedings-article,until-pub-date:2022-06", {"10.18653/v1/2022.acl-long.229"}),
        (
            "type:proceedings-article,from-pub-date:2022-06-01,until-pub-date:2023",
            {"10.18653/v1/2022.emnlp-main.410", "10.18653/v1/2023.emnlp-main.330"},
        ),
    ],
)
def test_crossref_filters(client: Client, condition: str, dois: set[str]) -> None:
    reply = client.json("Crossref", "/works", filter=condition)
    assert {item["DOI"] for item in reply["message"]["items"]} == dois


@pytest.mark.parametrize("params", [{"filter": "nonsense:1"}, {"rows": 1001}, {"cursor": "?"}])
def test_crossref_refuses(client: Client, params: dict[str, str | int]) -> None:
    reply = client.get("Crossref", "/works", **params)
    assert reply.status_code == 400
    assert reply.json()["message-type"] == "validation-failure"


def test_crossref_does_not_know_arxivs_dois(client: Client) -> None:
    reply = client.get("Crossref", "/works/10.48550/arXiv.2001.08361")
    assert reply.status_code == 404
    assert reply.text == "Resource not found."


# Europe PMC.


def test_europe_pmc_answers_as_documented(client: Client) -> None:
    reply = client.json(
        "Europe PMC",
        "/europepmc/webservices/rest/search",
        query='DOI:"10.5555/sourdough.salt"',
        format="json",
        resultType="core",
    )
    (record,) = reply["resultList"]["result"]
    assert reply.keys() >= {"version", "hitCount", "nextCursorMark", "request"}
    assert (record["id"], record["source"], record["pmcid"]) == (
        "99990032",
        "MED",
        "PMC99990032",
    )
    assert record["authorString"] == "Erfunden C, Nobody D, Late E."
    assert record["journalInfo"]["journal"]["title"] == "Invented Journal of Sourdough"
    assert (record["pubYear"], record["isOpenAccess"]) == ("2024", "Y")
    assert record["title"].endswith(".")


def test_europe_pmc_gives_xml_and_short_records_by_default(client: Client) -> None:
    reply = client.get("Europe PMC", "/search", query="sourdough")
    record = ElementTree.fromstring(reply.content).find("resultList/result")
    assert record is not None
    assert record.find("authorString") is not None
    assert record.find("abstractText") is None


def test_europe_pmc_cursor_ends_with_itself(client: Client) -> None:
    cursor, found = "*", []
    while True:
        reply = client.json(
            "Europe PMC", "/search", query="sourdough", format="json", pageSize=4, cursorMark=cursor
        )
        found += [record["id"] for record in reply["resultList"]["result"]]
        if reply["nextCursorMark"] == cursor:
            break
        cursor = reply["nextCursorMark"]
    assert not reply["resultList"]["result"]
    assert len(found) == len(set(found)) == reply["hitCount"] > 8


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ('TITLE:"emergent abilities" AND PUB_YEAR:2023', 1),
        ("TITLE:emergent AND FIRST_PDATE:[2025-01-01 TO 2025-12-31]", 1),
        ('AUTH:"Schaeffer R"', 1),
        ("TITLE:abilities NOT mirage", 1),
        ("AUTH:Testwell AND sourdough AND NOT crust AND OPEN_ACCESS:N", 1),
        ("SRC:PPR AND IN_EPMC:Y", 3),
    ],
)
def test_europe_pmc_understands_its_query_language(client: Client, query: str, count: int) -> None:
    reply = client.json("Europe PMC", "/search", query=query, format="json")
    assert reply["hitCount"] == count


def test_full_text_is_searched_where_the_service_does(client: Client) -> None:
    words = '"edit distance"'  # stands in one text and in no abstract
    alex = client.json("OpenAlex", "/works", search=words)
    europe = client.json("Europe PMC", "/search", query=words, format="json")
    assert (alex["meta"]["count"], europe["hitCount"]) == (1, 1)
    assert total(client.feed(search_query=f"all:{words}")) == 0


def test_europe_pmc_errors_come_with_200(client: Client) -> None:
    reply = client.json("Europe PMC", "/search", query="x", format="json", pageSize=1001)
    assert reply["errCode"] == 404
    assert "resultList" not in reply


def test_europe_pmc_shows_retractions(client: Client) -> None:
    query = "DOI:10.5555/sourdough.retracted"
    reply = client.json("Europe PMC", "/search", query=query, format="json", resultType="core")
    (record,) = reply["resultList"]["result"]
    assert "Retracted Publication" in record["pubTypeList"]["pubType"]
    kinds = {note["type"] for note in record["commentCorrectionList"]["commentCorrection"]}
    assert kinds == {"Erratum in", "Retraction in"}


def test_europe_pmc_preprints_have_no_journal(client: Client) -> None:
    query = "SRC:PPR AND TITLE:mirage"
    reply = client.json("Europe PMC", "/search", query=query, format="json", resultType="core")
    (record,) = reply["resultList"]["result"]
    assert "journalInfo" not in record
    assert record["bookOrReportDetails"]["publisher"] == "arXiv"


def test_europe_pmc_lists_references(client: Client) -> None:
    reply = client.json("Europe PMC", "/MED/99990032/references", format="json")
    assert [ref["id"] for ref in reply["referenceList"]["reference"]] == ["99990027"]


# Unpaywall.


def test_unpaywall_answers_as_documented(client: Client) -> None:
    reply = client.json("Unpaywall", "/v2/10.5555/Sourdough.Salt", email="a@example.org")
    best = reply["best_oa_location"]
    assert (reply["is_oa"], reply["oa_status"], reply["data_standard"]) == (True, "gold", 2)
    assert best["host_type"] == "publisher"
    assert best["is_best"] is True
    assert best["url_for_pdf"].startswith(client.urls["Publisher"])


def test_unpaywall_wants_an_address_and_knows_crossrefs_dois(client: Client) -> None:
    assert client.get("Unpaywall", "/v2/10.5555/sourdough.salt").status_code == 422
    unknown = client.get("Unpaywall", "/v2/10.48550/arxiv.2001.08361", email="a@example.org")
    assert unknown.status_code == 404
    assert unknown.json()["error"] is True


# Full text.


@pytest.mark.parametrize(
    ("source", "path", "name"),
    [
        ("arXiv", "/html/2304.15004", "paper.html"),
        ("arXiv", "/pdf/2304.15004v1", "paper.pdf"),
        ("Publisher", "/articles/published.pdf", "paper.pdf"),
    ],
)
def test_full_text_is_read_with_its_sections(
    client: Client, tmp_path: Path, source: str, path: str, name: str
) -> None:
    file = tmp_path / name
    file.write_bytes(client.get(source, path).content)
    (document,) = read_file(file)
    titles = " ".join(section.title for section in document.sections)
    assert all(title in titles for title in ("Introduction", "Results", "Discussion"))
    assert "seen" not in titles


def test_jats_has_front_body_and_back(client: Client) -> None:
    reply = client.get("Europe PMC", "/europepmc/webservices/rest/PMC99990032/fullTextXML")
    article = ElementTree.fromstring(reply.content)
    titles = [title.text for title in article.iterfind("body/sec/title")]
    assert b"<!DOCTYPE article" in reply.content
    assert titles == ["Introduction", "Methods", "Results", "Discussion"]
    assert article.findtext("front/article-meta/abstract/p", "").startswith("This record")
    assert article.find("back/ref-list/ref") is not None
    assert client.get("Europe PMC", "/PMC1/fullTextXML").status_code == 404


# Odd records.


def test_three_thousand_authors_come(client: Client) -> None:
    feed = client.feed(id_list="9912.00003")
    item = client.json("Crossref", "/works/10.5555/sourdough.3000")["message"]
    assert len(feed.findall("atom:entry/atom:author", ATOM)) == 3000
    assert len(item["author"]) == 3000


def test_odd_titles_come_as_the_services_send_them(client: Client) -> None:
    work = client.json("OpenAlex", "/works/doi:10.5555/sourdough.control")
    (title,) = client.json("Crossref", "/works/10.5555/sourdough.markup")["message"]["title"]
    feed = client.feed(id_list="9912.00016,9912.00001")
    names = [entry.findtext("atom:title", "", ATOM) for entry in feed.findall("atom:entry", ATOM)]
    assert "\u0000" in work["title"]
    assert "\u202e" in work["title"]
    assert "<mml:math" in title
    assert "\u202e" in names[0]
    assert "サワードウ" in names[1]


def test_services_contradict_one_another(client: Client) -> None:
    alex = client.json("OpenAlex", "/works/doi:10.5555/sourdough.crumb")
    ref = client.json("Crossref", "/works/10.5555/sourdough.crumb")["message"]
    scholar = client.json("Semantic Scholar", "/paper/ARXIV:9912.00013", fields="year,externalIds")
    assert alex["publication_year"] == 2023
    assert ref["issued"]["date-parts"][0][0] == 2024
    assert scholar["year"] == 2022
    assert alex["title"] != ref["title"][0]


def test_fields_are_absent_null_and_of_other_types(client: Client) -> None:
    sparse = client.json("OpenAlex", "/works/doi:10.5555/sourdough.absent")
    wrong = client.json("OpenAlex", "/works/doi:10.5555/sourdough.types")
    assert sparse["abstract_inverted_index"] is None
    assert "open_access" not in sparse
    assert wrong["publication_year"] == "2024"
    assert isinstance(wrong["authorships"], dict)


def test_the_retracted_work_is_flagged(client: Client) -> None:
    assert client.json("OpenAlex", "/works/doi:10.5555/sourdough.retracted")["is_retracted"] is True
    assert client.json("OpenAlex", "/works/doi:10.5555/sourdough.salt")["is_retracted"] is False


# The publisher's site.


def test_a_page_of_html_claims_to_be_a_pdf(client: Client) -> None:
    reply = client.get("Publisher", "/articles/html-pdf.pdf")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.content.startswith(b"<!DOCTYPE html>")


def test_a_redirect_loops(client: Client) -> None:
    with pytest.raises(httpx.TooManyRedirects):
        client.http.get(client.urls["Publisher"] + "/articles/loop.pdf", follow_redirects=True)


def test_a_redirect_leads_to_a_private_address(client: Client) -> None:
    reply = client.get("Publisher", "/articles/private.pdf")
    assert reply.status_code == 302
    assert reply.headers["location"].startswith("http://169.254.169.254/")


def test_a_body_says_it_has_500_mb(client: Client) -> None:
    with client.http.stream("GET", client.urls["Publisher"] + "/articles/huge.pdf") as reply:
        assert reply.headers["content-length"] == "500000000"


# Mischief.


def search(client: Client) -> httpx.Response:
    return client.get("OpenAlex", "/works", search="scaling")


def test_mischief_is_done_once_for_one_service(server: LiteratureServer, client: Client) -> None:
    server.misbehave("OpenAlex", mischief.failing(500), mischief.failing(503))
    assert client.get("Crossref", "/works", query="sourdough").status_code == 200
    assert [search(client).status_code for _ in range(3)] == [500, 503, 200]


def test_mischief_can_stay(server: LiteratureServer, client: Client) -> None:
    server.misbehave("OpenAlex", mischief.failing(500), mischief.too_many(), forever=True)
    assert [search(client).status_code for _ in range(4)] == [500, 429, 429, 429]
    server.behave()
    assert search(client).status_code == 200


def test_mischief_can_wait_for_an_address(server: LiteratureServer, client: Client) -> None:
    server.misbehave("arXiv", mischief.failing(), where="/pdf/")
    assert client.get("arXiv", "/html/2001.08361").status_code == 200
    assert client.get("arXiv", "/pdf/2001.08361").status_code == 503
    assert client.get("arXiv", "/pdf/2001.08361").status_code == 200


def test_too_many_says_when_in_both_forms(server: LiteratureServer, client: Client) -> None:
    server.misbehave("OpenAlex", mischief.too_many(2), mischief.too_many(60, as_date=True))
    seconds, date = search(client), search(client)
    when = parsedate_to_datetime(date.headers["retry-after"])
    assert seconds.status_code == date.status_code == 429
    assert seconds.headers["retry-after"] == "2"
    assert 55 < (when - datetime.now(UTC)).total_seconds() < 62


@pytest.mark.parametrize("act", [mischief.malformed(), mischief.empty(), mischief.html_as()])
def test_json_can_be_no_json(server: LiteratureServer, client: Client, act: Mischief) -> None:
    server.misbehave("OpenAlex", act)
    reply = search(client)
    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_xml_can_be_no_xml(server: LiteratureServer, client: Client) -> None:
    server.misbehave("arXiv", mischief.malformed())
    with pytest.raises(ElementTree.ParseError):
        client.feed(search_query="all:scaling")


@pytest.mark.parametrize("act", [mischief.cut(), mischief.dropped()])
def test_connections_break(server: LiteratureServer, client: Client, act: Mischief) -> None:
    server.misbehave("OpenAlex", act)
    with pytest.raises(httpx.RemoteProtocolError):
        search(client)
    assert search(client).status_code == 200


def test_bodies_come_slowly_or_late(server: LiteratureServer, client: Client) -> None:
    for act in (mischief.slow(1_000), mischief.delayed(30)):
        server.misbehave("OpenAlex", act)
        with pytest.raises(httpx.TimeoutException):
            client.http.get(client.urls["OpenAlex"] + "/works?search=scaling", timeout=0.05)


def test_the_entity_bomb_is_small_and_declares_entities(
    server: LiteratureServer, client: Client
) -> None:
    server.misbehave("arXiv", mischief.entity_bomb())
    body = client.get("arXiv", "/api/query", search_query="all:x").content
    assert len(body) < 2_000
    assert body.count(b"<!ENTITY") == 10


# The server.


def test_each_service_has_a_port_and_a_log(server: LiteratureServer, client: Client) -> None:
    ports = {httpx.URL(url).port for url in server.base_urls.values()}
    before = len(server.requests["Crossref"])
    client.get("Crossref", "/works", query="two words", rows=1)
    client.get("Crossref", "/works", query="again", rows=1)
    first, second = server.requests["Crossref"][before:]
    assert len(ports) == 6
    assert (first.path, first.params["query"]) == ("/works", "two words")
    assert first.arrived < second.arrived
    assert "user-agent" in first.headers


def test_a_service_can_mind_its_interval() -> None:
    with LiteratureServer(intervals={"arXiv": 60.0}) as running:
        client = Client(running)
        with client.http:
            codes = [client.get("arXiv", "/abs/2001.08361").status_code for _ in range(2)]
            other = [client.get("OpenAlex", "/works").status_code for _ in range(2)]
    assert codes == [200, 429]
    assert other == [200, 200]


def test_latency_is_waited_for() -> None:
    with LiteratureServer(latency={"arXiv": 0.1}) as running:
        client = Client(running)
        with client.http:
            start = time.monotonic()
            client.get("arXiv", "/abs/2001.08361")
    assert time.monotonic() - start >= 0.1


def test_it_closes_while_a_client_waits() -> None:
    with LiteratureServer(latency=60.0) as running:
        client = Client(running)
        with client.http, pytest.raises(httpx.TimeoutException):
            client.http.get(client.urls["arXiv"], timeout=0.05)
        start = time.monotonic()
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("path", ["/", "/nowhere", "/works/%00", "/graph/v1/paper/"])
def test_no_path_brings_it_down(client: Client, path: str) -> None:
    for source in client.urls:
        assert client.get(source, path).status_code < 500


def test_it_runs_by_hand() -> None:
    command = [sys.executable, "-m", "assignee.offline", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            urls = json.loads(process.stdout.readline())
            reply = httpx.get(urls["OpenAlex"] + "/works", params={"search": "scaling"})
        finally:
            process.terminate()
    assert reply.json()["meta"]["count"] > 0
