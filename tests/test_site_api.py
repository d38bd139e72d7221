"""The JSON API, the files and the comparison, over plain HTTP with the engine on loopback."""

import json
import re
import sys
from collections.abc import Iterator

import httpx
import pytest
from machine import announced
from openai_server import Server
from sample_report import sample_report, two_opinions_report
from site_home import csrf, entered, keep, serving
from whole_runs import QUESTION, SMALL, assignee, fill

from assignee import Assignee
from assignee.records import FORMATS, Format, Report, Section
from assignee.report import FILES, render_ris, style_of
from assignee.runs import Run
from assignee.site.asked import asked_of_form
from assignee.site.comparison import compare
from assignee.site.document import parts_of
from assignee.site.listing import listed
from assignee.site.stages import STAGES

TEA = "20260606-000000-tea1"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assignee]:
    home = tmp_path_factory.mktemp("home")
    fill(home / "library", papers=5)
    with Server() as server, assignee(home, server, **SMALL) as opened:
        keep(opened, sample_report(), TEA)
        yield opened


@pytest.fixture(scope="module")
def client(program: Assignee) -> Iterator[httpx.Client]:
    with serving(program) as site, entered(site) as inside:
        inside.headers["x-csrf-token"] = csrf(inside)
        yield inside


def events(client: httpx.Client, path: str) -> list[tuple[str, dict[str, object]]]:
    """What is told until the end."""
    told = []
    for block in client.get(path).text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            told.append((lines["event"], json.loads(lines["data"])))
    return told


def test_a_run_is_begun_followed_and_read(client: httpx.Client) -> None:
    begun = client.post("/api/runs", json={"question": QUESTION, "max_claims": 4})
    assert begun.status_code == 202
    run_id = begun.json()["id"]
    told = events(client, f"/api/runs/{run_id}/events")
    assert [told[0][0], told[-1][0]] == ["begun", "ended"]
    assert told[-1][1]["status"] == "finished"
    stages = [data["stage"] for kind, data in told if kind == "stage"]
    assert {"plan", "extract", "verify", "write", "review", "finish"} <= set(map(str, stages))
    state = client.get(f"/api/runs/{run_id}").json()
    assert (state["status"], state["has_report"]) == ("finished", True)
    report = Report.model_validate(client.get(f"/api/runs/{run_id}/report").json())
    assert report.question == QUESTION
    assert 0 < len(report.claims) <= 4
    assert client.post(f"/api/runs/{run_id}/cancel").status_code == 409


def test_a_session_is_begun_asked_and_deleted(client: httpx.Client) -> None:
    begun = client.post("/api/sessions", json={"question": QUESTION})
    assert begun.status_code == 202
    path = f"/api/sessions/{begun.json()['info']['id']}"
    assert events(client, f"{path}/events")[-1][1]["status"] == "finished"
    assert client.get(f"{path}/report").json()["question"] == QUESTION
    assert client.post(f"{path}/turns", json={"text": "/help"}).status_code == 202
    ended = events(client, f"{path}/events")[-1][1]
    assert (ended["status"], ended["changed"]) == ("finished", False)
    state = client.get(path).json()
    assert [turn["said"] for turn in state["turns"]] == [QUESTION, "/help"]
    assert (state["busy"], state["pending"]) == (False, None)
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


def test_a_session_begins_with_a_finished_run(client: httpx.Client, program: Assignee) -> None:
    before = len(program.runs.all())
    begun = client.post(f"/api/sessions/about/{TEA}")
    assert begun.status_code == 201
    state = begun.json()
    path = f"/api/sessions/{state['info']['id']}"
    assert (state["turns"], state["busy"], state["pending"]) == ([], False, None)
    assert client.get(f"{path}/report").json() == json.loads(sample_report().model_dump_json())
    assert set(state["missing"]) == {paper.id for paper in sample_report().papers}
    assert client.post(f"{path}/turns", json={"text": "/why 1"}).status_code == 202
    assert events(client, f"{path}/events")[-1][1]["status"] == "finished"
    [turn] = client.get(path).json()["turns"]
    assert turn["sentences"]
    assert len(program.runs.all()) == before
    assert client.post("/api/sessions/about/none").status_code == 404
    reply = client.get(f"{path.removeprefix('/api')}/files/references.ris")
    assert reply.text == render_ris(sample_report())


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/runs/none", 404), ("/api/runs/none/events", 404), ("/api/sessions/none", 404)],
)
def test_what_is_not_there_is_said_as_json(client: httpx.Client, path: str, status: int) -> None:
    reply = client.get(path)
    assert reply.status_code == status
    assert reply.json()["detail"]


@pytest.mark.parametrize(
    "asked",
    [
        {"question": "why"},
        {"question": QUESTION, "engine": "none"},
        {"question": QUESTION, "since": "2025", "until": "2020"},
        {"question": QUESTION, "home": "/elsewhere"},
        {"question": QUESTION, "base_url": "http://evil.example"},
    ],
)
def test_a_request_at_fault_begins_no_run(client: httpx.Client, asked: dict[str, str]) -> None:
    before = len(client.get("/api/runs").json())
    assert client.post("/api/runs", json=asked).status_code == 422
    assert len(client.get("/api/runs").json()) == before


def test_the_interface_is_described_and_its_pages_are_not(client: httpx.Client) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert all(path.startswith("/api/") for path in paths)
    for path in ("/api/runs", "/api/runs/{run_id}/events", "/api/sessions/{session_id}/turns"):
        assert path in paths
    for path in ("/docs", "/redoc"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("format_", FORMATS)
def test_files_are_saved_never_shown(client: httpx.Client, format_: Format) -> None:
    pytest.importorskip({"pdf": "typst", "plots": "matplotlib"}.get(format_, "httpx"))
    file = FILES[format_]
    reply = client.get(f"/runs/{TEA}/files/{file.name}")
    assert reply.status_code == 200
    assert reply.headers["content-disposition"] == f'attachment; filename="{file.name}"'
    made = file.render(sample_report(), style_of(sample_report()))
    assert reply.content == (made if isinstance(made, bytes) else made.encode())
    assert client.get(f"/runs/{TEA}/files/..%2Frun.json").status_code == 404


def test_every_file_is_offered_on_the_page_of_a_report(client: httpx.Client) -> None:
    page = client.get(f"/runs/{TEA}").text
    assert re.findall(rf'href="/runs/{TEA}/files/([^"]+)"', page) == [
        FILES[format_].name for format_ in FORMATS
    ]


@pytest.mark.parametrize(
    ("module", "name", "extra"),
    [("typst", "report.pdf", "pdf"), ("matplotlib.figure", "plots.zip", "plots")],
)
def test_without_an_extra_the_page_says_what_to_install(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, module: str, name: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    reply = client.get(f"/runs/{TEA}/files/{name}")
    assert reply.status_code == 422
    assert reply.headers["content-type"].startswith("text/html")
    assert "content-disposition" not in reply.headers
    assert f"pip install &#39;assignee-research[{extra}]&#39;" in reply.text


def test_the_page_knows_every_stage_that_the_graph_tells_of() -> None:
    assert {stage.name for stage in STAGES} == announced()


def test_a_quote_is_marked_across_headings_and_the_text_stays_whole() -> None:
    text = "Front. One two three. Four five six."
    sections = [
        Section(title="A", start=7, end=22),
        Section(title="B", start=22, end=36),
    ]
    parts = parts_of(text, sections, 11, 26)
    assert [part.title for part in parts] == ["", "A", "B"]
    assert "".join(piece.text for part in parts for piece in part.pieces) == text
    quoted = [piece.text for part in parts for piece in part.pieces if piece.quoted]
    assert "".join(quoted) == text[11:26]


def test_reports_are_compared_by_words_and_work_not_by_id() -> None:
    one = sample_report()
    verdicts = tuple(v.model_copy(update={"label": "verified"}) for v in one.verdicts[:1])
    other = one.model_copy(
        update={"claims": one.claims[:4], "verdicts": (*verdicts, *one.verdicts[1:4])}
    )
    found = compare(one, other)
    assert [first.claim.id for first, _ in found.changed] == [one.claims[0].id]
    assert found.same == 3
    assert [stated.claim.id for stated in found.only_one] == [one.claims[4].id]
    assert found.only_other == ()
    assert [row.name for row in found.figures if row.differs]
    assert compare(one, two_opinions_report()).papers_one == ()


def test_the_form_takes_only_what_belongs_to_the_place_that_was_chosen() -> None:
    form = {"question": ["Q"], "where": ["files"], "files": [" a \n\nb"], "paper": ["p1"],
            "sources": ["arxiv"], "since": [" "]}  # fmt: skip
    assert asked_of_form(form) == {
        "question": "Q", "papers": ["a", "b"], "sources": [], "offline_demo": False, "statuses": [],
    }  # fmt: skip


def made_runs(count: int) -> list[Run]:
    return [
        Run(id=f"r{n}", question=f"Does tea {n} help?", papers=(f"leaf-{n}",), started="")
        for n in range(count)
    ]


def test_a_thousand_runs_are_listed_in_pages_and_found_by_their_words() -> None:
    runs = made_runs(1000)
    first = listed(runs, "", 1)
    assert (first.pages, len(first.runs), first.runs[0].id) == (20, 50, "r0")
    assert [run.id for run in listed(runs, "", 20).runs][-1] == "r999"
    assert listed(runs, "", 99).number == 20
    assert listed(runs, "", -1).number == 1
    assert [run.id for run in listed(runs, "TEA 777", 3).runs] == ["r777"]
    assert [run.id for run in listed(runs, "leaf-888", 1).runs] == ["r888"]
    assert listed(runs, "coffee", 1).fitting == 0
    assert first.query(2, run="a&b") == "?run=a%26b&page=2"
    assert listed(runs, "tea", 1).query(1) == "?words=tea"


def test_the_lists_of_a_home_with_many_runs_are_paged(client: httpx.Client) -> None:
    page = client.get("/runs", params={"words": "tea nap"}).text
    assert TEA in page
    assert "hold" in page
    assert client.get("/runs", params={"words": "<b>no such</b>", "page": "7"}).status_code == 200
    assert "<b>no such" not in client.get("/runs", params={"words": "<b>no such</b>"}).text
    chosen = client.get("/compare", params={"run": TEA}).text
    assert f"run={TEA}&amp;run={TEA}" not in chosen
    assert client.get("/compare", params={"run": "none"}).status_code == 404


def test_papers_are_found_by_words_of_title_author_and_year(client: httpx.Client) -> None:
    def found(words: str) -> list[str]:
        return [
            paper["title"] for paper in client.get("/api/papers", params={"words": words}).json()
        ]

    assert len(client.get("/api/papers").json()) >= 5
    assert found("poetry AUTHOR") == ["On paper-poetry"]
    assert found("on_paper") == []
    assert found("100%") == []
    assert len(client.get("/api/papers", params={"limit": 2}).json()) == 2
    assert client.get("/choices", params={"words": "poetry"}).text.count("<label") == 1
