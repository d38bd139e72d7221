"""The Python interface with the local engine, over a few notes; and what it says to bad input."""

import asyncio
import os
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Literal

import pytest
from makers import HashingEmbedder
from openai_brains import ChatRequest, Reply, honest
from openai_server import Server
from pdf_maker import Image, column, make_pdf
from seed_like_report import SEED_LIKE
from whole_runs import assignee, fill

from assignee import Assignee
from assignee.errors import (
    LibraryCorruptError,
    LibraryLockedError,
    NoEvidenceError,
    NoPapersError,
    QuestionError,
    ReportFormatError,
    RunNotFoundError,
    SettingsError,
)
from assignee.graph.context import Progress
from assignee.records import ForeignReview, Report
from assignee.settings import Settings

QUESTION = "Do planted roofs lower indoor temperatures in summer?"
NOTES = {
    "roof-a": "Planted roofs lower summer indoor temperatures by 3 degrees in office buildings. "
    "The sensors were calibrated each week.",
    "roof-b": "In tall houses planted roofs lower summer indoor temperatures by 3 degrees. "
    "Irrigation doubled the effect of planted roofs on summer indoor temperatures.",
    "roof-c": "Planted roofs do not lower indoor temperatures in summer where roofs are insulated. "
    "Gravel roofs stay hot in summer.",
}


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number, (name, text) in enumerate(NOTES.items()):
        head = f'title: "On {name}"\nauthors: {name.title()} Writer\nyear: {2020 + number}'
        (folder / f"{name}.md").write_text(f"---\nkind: note\n{head}\n---\n\n{text}\n")
    return folder


def program(
    home: Path, *, engine: Literal["local", "llm"] = "local", panel: str = "default"
) -> Assignee:
    return Assignee(Settings(home=home, engine=engine, panel=panel), embedder=HashingEmbedder())


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Assignee]:
    with program(tmp_path / "home") as opened:
        yield opened


# --- the ways to ask ------------------------------------------------------------------------------


def test_research_over_a_folder(local: Assignee, notes: Path) -> None:
    report = local.research(QUESTION, papers=[notes])
    assert local.report(report.run_id) == report
    with pytest.raises(RunNotFoundError, match="no run"):
        local.report("20260101-000000-aaaa")
    assert report.question == QUESTION
    assert {p.title for p in report.papers} == {f"On {name}" for name in NOTES}
    assert {p.kind for p in report.papers} == {"note"}
    assert all(verdict.judge.startswith("local:") for verdict in report.verdicts)
    assert report.usage == ()
    assert report.stamp.engine == "local"
    assert report.rating.score is not None
    [run] = local.runs.all()
    assert (run.id, run.status, run.score) == (report.run_id, "finished", report.rating.score)


def test_an_exported_key_alone_sends_nothing(
    local: Assignee, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-exported")
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        assert local.research(QUESTION, papers=[notes]).stamp.engine == "local"
        assert server.connections == 0


def test_added_papers_are_found_without_being_named(local: Assignee, notes: Path) -> None:
    added = local.add([notes])
    assert (added.added, added.updated, added.unchanged, added.unread) == (3, 0, 0, ())
    assert local.add([notes]).unchanged == 3
    named = local.library.papers()[0].id
    assert {p.id for p in local.research(QUESTION, papers=[named]).papers} == {named}
    assert len(local.research(QUESTION).papers) == 3


async def test_everything_works_where_a_loop_runs(tmp_path: Path, notes: Path) -> None:
    with program(tmp_path / "home") as local:
        waited = await local.aresearch(QUESTION, papers=[notes])
        blocked = local.research(QUESTION, papers=[notes])
        assert blocked.claims == waited.claims
        events = [event async for event in local.astream(QUESTION, papers=[notes])]
        assert isinstance(events[0], Progress)
        assert isinstance(events[-1], Report)
        assert events[-1].claims == waited.claims


async def test_runs_may_go_on_side_by_side(tmp_path: Path, notes: Path) -> None:
    with program(tmp_path / "home") as local:
        questions = [QUESTION, "Do gravel roofs stay hot in summer?"]
        reports = await asyncio.gather(*(local.aresearch(q, papers=[notes]) for q in questions))
        assert [report.question for report in reports] == questions
        assert {run.status for run in local.runs.all()} == {"finished"}


def test_a_stream_tells_its_stages_and_ends_with_the_report(local: Assignee, notes: Path) -> None:
    *events, report = local.stream(QUESTION, papers=[notes])
    assert isinstance(report, Report)
    seen = [event for event in events if isinstance(event, Progress)]
    assert len(seen) == len(events)
    stages = list(dict.fromkeys(event.stage for event in seen))
    assert stages[:6] == ["plan", "search", "screen", "ready", "extract", "verify"]
    assert stages[-1] == "finish"
    extracted = sum(event.done for event in seen if event.stage == "extract")
    assert extracted == len(report.papers) == 3
    verified = sum(event.verified or 0 for event in seen)
    assert verified >= sum(verdict.label == "verified" for verdict in report.verdicts)


def test_an_error_in_a_stream_is_raised(local: Assignee, tmp_path: Path) -> None:
    with pytest.raises(NoPapersError, match="nowhere"):
        list(local.stream(QUESTION, papers=[tmp_path / "nowhere"]))


async def test_leaving_the_program_interrupts_what_still_runs(tmp_path: Path) -> None:
    reached = threading.Event()

    def hang(request: ChatRequest) -> Reply:
        if request.role != "extractor":
            return honest(request)
        reached.set()
        return Reply(action="hang")

    fill(tmp_path / "library", papers=3)
    with Server(hang) as server:
        with assignee(tmp_path, server) as opened:
            task = asyncio.create_task(opened.aresearch("Do larger models reach a lower loss?"))
            await asyncio.to_thread(reached.wait, 60)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [run.status for run in opened.runs.all()] == ["interrupted"]


def test_a_foreign_report_is_reviewed(local: Assignee, notes: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text(SEED_LIKE)
    review = local.review(path)
    assert isinstance(review, ForeignReview)
    assert review.title.startswith("Planted Roofs")
    assert review.rating.score is not None
    ours = local.research(QUESTION, papers=[notes]).rating.score
    assert ours is not None
    assert review.rating.score < ours
    [kept] = [run for run in local.runs.all() if run.kind == "review"]
    assert kept.score == review.rating.score
    with pytest.raises(QuestionError, match="review the report again"):
        local.resume(kept.id)


def test_runs_are_listed_latest_first_and_shown_again(local: Assignee, notes: Path) -> None:
    reports = [local.research(QUESTION, papers=[notes]) for _ in range(2)]
    ids = [run.id for run in local.runs.all()]
    assert sorted(ids) == sorted(report.run_id for report in reports)
    assert local.resume(reports[0].run_id) == reports[0]
    with pytest.raises(RunNotFoundError):
        local.resume("../secret")


def test_a_notebook_shows_a_report_without_running_what_it_quotes(local: Assignee) -> None:
    bad = "<script>alert('planted roofs')</script>"
    folder = local.settings.home / "odd"
    folder.mkdir(parents=True)
    for name, text in NOTES.items():
        head = f'kind: note\ntitle: "On {name} {bad}"\nyear: 2020'
        (folder / f"{name}.md").write_text(f"---\n{head}\n---\n\n{text}\n")
    shown = local.research(f"{QUESTION} {bad}", papers=[folder])._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert shown.startswith("<h3>")


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "  \n", "?", "why", "42 17 3", "€ § %", "x" * 2001])
def test_what_is_no_question_is_said_so_before_anything_is_made(
    question: str, local: Assignee, notes: Path
) -> None:
    with pytest.raises(QuestionError):
        local.research(question, papers=[notes])
    assert local.runs.all() == []


def test_a_question_that_no_paper_speaks_of_has_no_report(local: Assignee, notes: Path) -> None:
    with pytest.raises(NoEvidenceError, match=r"3 papers read.*not about the question"):
        local.research("Zxqv wlkj prrt mmn qwertz?", papers=[notes])
    [run] = local.runs.all()
    assert run.status == "failed"


def test_no_papers_at_all_names_the_remedy(local: Assignee, tmp_path: Path) -> None:
    with pytest.raises(NoPapersError, match=r"library is empty.*--papers"):
        local.research(QUESTION)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoPapersError, match="no paper could be read"):
        local.research(QUESTION, papers=[tmp_path / "empty"])
    with pytest.raises(NoPapersError, match=r"'no-such-id' is neither"):
        local.research(QUESTION, papers=["no-such-id"])
    with pytest.raises(NoPapersError, match="does not exist"):
        local.add([tmp_path / "nowhere"])


def unreadable(folder: Path) -> set[str]:
    """PDFs that cannot be read, each for another reason; their names."""
    page = column("Planted roofs lower summer indoor temperatures by 3 degrees.")
    made = {
        "encrypted.pdf": make_pdf([page], encrypted=True),
        "scanned.pdf": make_pdf([[Image()]]),
        "truncated.pdf": make_pdf([page])[:200],
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return set(made)


def test_unreadable_files_beside_good_ones_are_named(local: Assignee, notes: Path) -> None:
    names = unreadable(notes)
    report = local.research(QUESTION, papers=[notes])
    assert len(report.papers) == 3
    named = {name for name in names if any(name in told for told in report.search.unread)}
    assert named == names
    assert any("encrypted" in told for told in report.search.unread)
    assert len(local.add([notes]).unread) == 3


def test_a_folder_of_unreadable_files_is_an_error_that_names_each(
    local: Assignee, tmp_path: Path
) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    names = unreadable(folder)
    with pytest.raises(NoPapersError) as caught:
        local.research(QUESTION, papers=[folder])
    assert all(name in str(caught.value) for name in names)


def test_two_writers_on_one_home_are_kept_apart(local: Assignee, notes: Path) -> None:
    local.add([notes])
    with program(local.settings.home) as other:
        with pytest.raises(LibraryLockedError, match=f"process {os.getpid()}"):
            other.research(QUESTION)
        assert [run.status for run in other.runs.all()] == ["failed"]
        assert len(other.reading_library().papers()) == 3
    assert local.research(QUESTION).rating.score is not None


def test_a_damaged_library_is_named(tmp_path: Path) -> None:
    database = tmp_path / "library" / "library.sqlite3"
    database.parent.mkdir()
    database.write_bytes(b"no database at all" * 100)
    with program(tmp_path) as opened, pytest.raises(LibraryCorruptError, match=r"library\.sqlite3"):
        opened.research(QUESTION)


def test_unknown_settings_and_panels_name_the_nearest(tmp_path: Path, notes: Path) -> None:
    with program(tmp_path, panel="defualt") as opened:
        with pytest.raises(SettingsError, match="did you mean 'default'"):
            opened.research(QUESTION, papers=[notes])
        assert [run.status for run in opened.runs.all()] == ["failed"]


def test_a_model_without_a_key_is_refused_before_anything_is_sent(
    tmp_path: Path, notes: Path
) -> None:
    told = r"OPENAI_API_KEY.*engine 'local'"
    with program(tmp_path, engine="llm") as opened, pytest.raises(SettingsError, match=told):
        opened.research(QUESTION, papers=[notes])


def test_what_is_no_report_is_told(local: Assignee, tmp_path: Path) -> None:
    for name, text in {"empty.txt": "", "note.json": "{}"}.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(ReportFormatError, match=name):
            local.review(tmp_path / name)
    with pytest.raises(ReportFormatError, match=r"nowhere\.md"):
        local.review(tmp_path / "nowhere.md")


def test_a_run_is_begun_started_interrupted_and_resumed(
    tmp_path: Path, local: Assignee, notes: Path
) -> None:
    run = local.begin(QUESTION, [notes], settings=Settings(home=tmp_path, max_claims=2))
    assert local.interrupt(run.id) is False
    reached = threading.Event()
    future = local.start(run, watch=lambda _: reached.set())
    assert reached.wait(60)
    assert local.interrupt(run.id) is True
    with pytest.raises(CancelledError):
        future.result(60)
    assert local.runs.load(run.id).status == "interrupted"
    assert 0 < len(local.resume(run.id).claims) <= 2
