"""Sessions: what a turn asks for, what is answered from claims, what makes a new report, undo."""

import csv
import io
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from session_makers import MORE, NOTES, QUESTION, notes, program, write_note

from assignee import Assignee
from assignee.chat.prompt import SessionCompleter
from assignee.errors import NoPapersError, QuestionError, SessionNotFoundError, SettingsError
from assignee.records import FORMATS, Progress, Report, Turn
from assignee.report import FILES
from assignee.runs import Run
from assignee.session import Session


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a session whose first question was answered; tests get copies of it."""
    home = tmp_path_factory.mktemp("asked") / "home"
    with program(home) as made:
        made.session("roofs", papers=[notes(home.parent / "notes")]).ask(QUESTION)
    return home


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Assignee]:
    with program(tmp_path / "home") as made:
        yield made


@pytest.fixture
def session(asked: Path, tmp_path: Path) -> Iterator[Session]:
    shutil.copytree(asked, tmp_path / "home")
    with program(tmp_path / "home") as made:
        yield made.session("roofs")


def report_of(session: Session) -> Report:
    assert session.report is not None
    return session.report


def number_of(session: Session, words: str) -> int:
    """The number of the claim that holds these words."""
    [found] = [n for n, c in enumerate(report_of(session).claims, 1) if words in c.text]
    return found


def check_cited(turn: Turn, session: Session) -> None:
    """Every sentence of the turn rests on claims of the report that it ended with."""
    known = {claim.id for claim in report_of(session).claims}
    for sentence in turn.sentences:
        assert sentence.claim_ids, sentence.text
        assert set(sentence.claim_ids) <= known


# --- every follow-up is routed, done, and said which way ------------------------------------------

FOLLOW_UPS = [
    ("Which of these hold for offices?", "answer"),
    ("Why is claim 1 contradicted?", "explain"),
    ("What do the insulated papers say about it?", "answer"),
    ("compare offices and tall houses", "compare"),
    ("compare claims 1 and 2", "compare"),
    ("What would change your mind?", "doubt"),
    ("drop the preprints", "filter"),
    ("be stricter", "stricter"),
    ("only since 2021", "filter"),
    ("please search again", "search"),
    ("verify again", "verify"),
    ("review the report again", "review"),
    ("revise it", "revise"),
    ("leave out paper 1", "remove"),
    ("what can you do", "help"),
]


def test_every_follow_up_is_routed_answered_and_cited(session: Session) -> None:
    for said, kind in FOLLOW_UPS:
        before = session.report
        turn = session.ask(said)
        assert turn.route.kind == kind, said
        assert turn.route.way.endswith("(decided by rules)")
        assert turn.sentences or turn.notes, said
        check_cited(turn, session)
        if not turn.route.changes:
            assert turn.run_id is None
            assert session.report == before
    assert [turn.number for turn in session.turns] == list(range(1, len(FOLLOW_UPS) + 2))
    runs = {run.id: run for run in session._program.runs.all()}
    assert all(runs[turn.run_id].status == "finished" for turn in session.turns if turn.run_id)


def test_a_contradicted_claim_is_explained_in_the_words_against_it(session: Session) -> None:
    number = number_of(session, "do not lower")
    turn = session.ask(f"why is claim {number} contradicted?")
    text = " ".join(sentence.text for sentence in turn.sentences)
    verdict = report_of(session).verdict(report_of(session).claims[number - 1].id)
    assert verdict.rule in text
    assert all(piece.quote.text in text for piece in verdict.evidence_against[:1])
    assert (f"claim {number} is not contradicted" in " ".join(turn.notes)) == (
        verdict.label != "contradicted"
    )


def test_what_the_store_does_not_hold_is_said_and_a_search_is_offered(session: Session) -> None:
    for said in ("What about quantum chromodynamics?", "Which of these hold under 1B parameters?"):
        turn = session.ask(said)
        assert turn.sentences == ()
        assert "nothing is answered" in turn.notes[0]
        assert "/search" in turn.notes[-1]
    assert "/search quantum chromodynamics" in session.turns[-2].notes[-1]


def test_bounds_choose_claims_by_their_figures(opened: Assignee, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    for name, size in (("alpha", "350M"), ("beta", "70B")):
        write_note(folder, name, 2023, f"Larger batches help models with {size} parameters learn.")
    session = opened.session(papers=[folder])
    session.ask("Do larger batches help models learn?")
    turn = session.ask("Which of these hold for models under 1B?")
    assert [sentence.text for sentence in turn.sentences if "350M" in sentence.text]
    assert not [sentence.text for sentence in turn.sentences if "70B" in sentence.text]


def test_a_question_about_named_papers_is_answered_from_them_alone(session: Session) -> None:
    report = report_of(session)
    turn = session.ask("What do the insulated papers say about it?")
    [paper] = turn.route.papers
    assert report.paper(paper).title == "On roof-c"
    cited = {id_ for sentence in turn.sentences for id_ in sentence.claim_ids}
    assert {claim.paper_id for claim in report.claims if claim.id in cited} == {paper}


# --- what changes the evidence --------------------------------------------------------------------


def test_a_filter_keeps_papers_of_those_years_and_undo_brings_them_back(session: Session) -> None:
    before = report_of(session)
    turn = session.ask("only since 2021")
    after = report_of(session)
    assert {paper.year for paper in after.papers} == {2021, 2022}
    assert turn.report != session.turns[0].report
    assert turn.run_id == after.run_id
    assert str(session.settings.since) == "2021-01-01"
    assert session.undo() == before
    assert str(session.settings.since) == "None"
    assert session.ask("/why 1").report == session.turns[0].report


def test_adding_and_removing_change_the_session_and_not_the_library(
    session: Session, tmp_path: Path
) -> None:
    opened = session._program
    path = write_note(tmp_path / "more", "roof-d", 2024, MORE)
    turn = session.ask(f"add {path} and check again")
    assert (turn.route.kind, turn.route.paths) == ("add", (str(path),))
    assert "1 paper added" in turn.notes
    assert len(report_of(session).papers) == 4
    gone = session.ask("leave out paper 1").route.papers
    assert len(gone) == 1
    assert {paper.id for paper in report_of(session).papers}.isdisjoint(gone)
    assert len(opened.library.papers()) == 4
    assert len(session.papers) == session.info.papers == 3
    session.ask("be stricter")
    assert {paper.id for paper in report_of(session).papers}.isdisjoint(gone)
    for _ in range(3):
        session.undo()
    assert len(report_of(session).papers) == 3
    session.undo()
    assert session.report is None
    with pytest.raises(QuestionError, match="nothing to go back to"):
        session.undo()


def test_a_search_brings_in_what_the_library_holds_besides(
    session: Session, tmp_path: Path
) -> None:
    opened = session._program
    assert "nothing more" in " ".join(session.ask("search again").notes)
    opened.add([write_note(tmp_path / "more", "roof-d", 2024, MORE)])
    turn = session.ask("search for planted roofs of schools")
    assert turn.route.topic == "planted roofs of schools"
    assert any("schools of Graz" in claim.text for claim in report_of(session).claims)


def test_removing_every_paper_or_naming_none_changes_nothing(session: Session) -> None:
    before = session.report
    assert "named" in session.ask("/remove 99").notes[0]
    assert "nothing was changed" in session.ask("/remove 1 2 3").notes[-1]
    assert "report stays as it is" in session.ask("only since 2050").notes[-1]
    assert session.report == before
    assert len(session.papers) == 3


def test_a_review_rates_anew_and_a_revision_drops_a_claim(session: Session) -> None:
    rated = session.ask("/review single")
    assert report_of(session).rating.panel == "single"
    assert rated.sentences
    dropped = report_of(session).claims[0]
    turn = session.ask("drop claim 1")
    after = report_of(session)
    assert turn.route.kind == "revise"
    assert dropped.id not in {claim.id for claim in after.claims}
    assert after.counts.claims == len(after.claims)
    assert after.revision is not None
    check_cited(turn, session)


def test_stricter_asks_more_of_claims_and_evidence(session: Session) -> None:
    before = session.settings
    session.ask("be stricter")
    after = session.settings
    assert after.min_relevance > before.min_relevance
    assert after.evidence_windows > before.evidence_windows
    run = session._program.runs.load(report_of(session).run_id)
    assert run.settings["min_relevance"] == after.min_relevance


# --- a session lasts ------------------------------------------------------------------------------


def test_a_session_survives_closing_and_is_found_by_name_and_id(
    asked: Path, tmp_path: Path
) -> None:
    shutil.copytree(asked, tmp_path / "home")
    with program(tmp_path / "home") as opened:
        session = opened.session("roofs")
        [first] = session.turns
        session.set(max_claims=5)
    with program(tmp_path / "home", max_claims=9) as opened:
        [info] = opened.sessions()
        assert (info.name, info.turns, info.papers, info.question) == ("roofs", 1, 3, QUESTION)
        for name in ("roofs", info.id):
            again = opened.session(name)
            assert again.turns == (first,)
            assert again.settings.max_claims == 5
        assert again.ask("what would change your mind?").number == 2
        with pytest.raises(NoPapersError, match="has its own papers"):
            opened.session("roofs", papers=[tmp_path / "notes"])
        again.rename("green roofs")
        assert opened.session_register.load("green roofs").info.id == info.id
        with pytest.raises(SettingsError, match="another session is called"):
            opened.session("other").rename("green roofs")
        opened.delete_session("green roofs")
        assert [one.name for one in opened.sessions()] == ["other"]
        with pytest.raises(SessionNotFoundError, match="did you mean 'other'"):
            opened.delete_session("othr")
        assert len(opened.library.papers()) == 3


def test_a_turn_that_is_stopped_goes_on_with_its_run(tmp_path: Path) -> None:
    with program(tmp_path / "home") as opened:
        session = opened.session("roofs", papers=[notes(tmp_path / "notes")])
        for event in session.stream(QUESTION):
            if isinstance(event, Progress) and event.stage == "extract":
                break
        [run] = wait_for_end(opened)
        assert run.status == "interrupted"
    with program(tmp_path / "home") as opened:
        session = opened.session("roofs")
        assert (session.pending, session.turns) == (QUESTION, ())
        turn = session.resume()
        assert (turn.number, turn.run_id) == (1, run.id)
        assert (session.pending, session.turns) == (None, (turn,))
        check_cited(turn, session)
        with pytest.raises(QuestionError, match="nothing to go on with"):
            session.resume()


def test_a_turn_that_is_stopped_before_its_first_step_is_taken_whole(tmp_path: Path) -> None:
    with program(tmp_path / "home") as opened:
        session = opened.session("roofs", papers=[notes(tmp_path / "notes")])
        for _ in session.stream(QUESTION):
            break
        wait_for_end(opened)
    with program(tmp_path / "home") as opened:
        session = opened.session("roofs")
        assert session.pending == QUESTION
        assert session.resume().number == 1
        assert report_of(session).question == QUESTION
        assert session.pending is None


def wait_for_end(opened: Assignee) -> list[Run]:
    """The runs, once none of them is running: a cancelled one cleans up on its own thread."""
    ended = threading.Event()
    for _ in range(600):
        runs = opened.runs.all()
        if all(run.status != "running" for run in runs):
            return runs
        ended.wait(0.05)
    raise AssertionError("a run did not end")


def test_half_a_line_of_a_killed_process_spoils_no_turn(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "home" / "sessions" / session.id / "turns.jsonl"
    path.write_text(path.read_text() + '{"number": 2, "sa', encoding="utf-8")
    assert session.ask("/why 1").number == 2
    read = session._register.turns(session.id)
    assert [turn.number for turn in read] == [1, 2]


def test_the_stream_tells_first_that_it_heard_and_last_the_turn(session: Session) -> None:
    *events, turn = session.stream("what would change your mind?")
    assert isinstance(turn, Turn)
    assert isinstance(events[0], Progress)
    assert events[0].stage == "route"


async def test_sessions_work_where_a_loop_runs(tmp_path: Path) -> None:
    with program(tmp_path / "home") as opened:
        session = opened.session(papers=[notes(tmp_path / "notes")])
        events = [event async for event in session.astream(QUESTION)]
        assert isinstance(events[-1], Turn)
        assert (await session.aask("what would change your mind?")).number == 2


def test_a_session_over_the_whole_library_keeps_to_its_papers_after_the_first_answer(
    opened: Assignee, tmp_path: Path
) -> None:
    opened.add([notes(tmp_path / "notes")])
    session = opened.session()
    session.ask(QUESTION)
    assert len(session.papers) == 3
    opened.add([write_note(tmp_path / "more", "roof-d", 2024, MORE)])
    session.ask("verify again")
    assert len(report_of(session).papers) == 3


# --- odd input ------------------------------------------------------------------------------------


def test_nothing_is_answered_before_there_is_a_report(opened: Assignee, tmp_path: Path) -> None:
    session = opened.session(papers=[notes(tmp_path / "notes")])
    for said in ("/why 1", "/review", "/export", "/doubt"):
        turn = session.ask(said)
        assert turn.sentences == ()
        assert turn.notes == ("there is no report yet: ask a question first",)
    for said in ("", " \n", "x" * 5000):
        with pytest.raises(QuestionError):
            session.ask(said)
    turn = session.ask("Zxqv wlkj prrt mmn qwertz?")
    assert "no claim that answers the question" in turn.notes[-1]
    assert (turn.report, session.report) == (None, None)


def test_an_unknown_command_names_the_nearest(session: Session) -> None:
    assert "did you mean 'verify'" in session.ask("/verfy").notes[0]


def test_papers_may_be_added_before_the_first_question(opened: Assignee, tmp_path: Path) -> None:
    session = opened.session()
    turn = session.ask(f"/add {notes(tmp_path / 'notes')}")
    assert turn.report is None
    assert "3 papers added" in turn.notes
    session.ask(QUESTION)
    assert len(report_of(session).papers) == len(NOTES)


def test_export_writes_all_or_some_files(session: Session, tmp_path: Path) -> None:
    turn = session.ask(f"/export {tmp_path / 'out'}")
    assert sorted(os.listdir(tmp_path / "out")) == sorted(Path(note).name for note in turn.notes)
    assert json.loads((tmp_path / "out" / "report.json").read_text())["question"] == QUESTION
    [only] = session.export(tmp_path / "one", ["markdown"])
    assert os.listdir(tmp_path / "one") == [only.name] == ["report.md"]
    with pytest.raises(SettingsError, match="did you mean 'html'"):
        session.export(tmp_path / "one", ["htm"])


def test_every_format_is_written_to_the_folder_that_is_named(
    session: Session, tmp_path: Path
) -> None:
    pytest.importorskip("typst")
    pytest.importorskip("matplotlib")
    files = session.export(tmp_path / "all", FORMATS)
    names = {path.relative_to(tmp_path / "all").parts[0] for path in files}
    assert names == {FILES[name].name for name in FORMATS if name != "plots"} | {"plots"}
    turn = session.ask(f"/export '{tmp_path / 'two words'}' ris  csl-json")
    assert [Path(note).name for note in turn.notes] == ["references.ris", "references.csl.json"]
    assert sorted(os.listdir(tmp_path / "two words")) == ["references.csl.json", "references.ris"]


def test_formats_without_a_folder_go_to_the_usual_one(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    [note] = session.ask("/export ris").notes
    assert note == str(Path(f"assignee-{report_of(session).run_id}", "references.ris"))
    assert (tmp_path / note).is_file()


def test_a_misspelt_format_writes_nothing(session: Session, tmp_path: Path) -> None:
    said = f"/export {tmp_path / 'out'} pfd"
    assert "did you mean 'pdf'" in session.ask(said).notes[0]
    assert not (tmp_path / "out").exists()


def test_a_session_is_exported_in_the_style_of_its_run(session: Session, tmp_path: Path) -> None:
    session.set(citations="numeric")
    session.ask("verify again")
    [path] = session.export(tmp_path, ["csv"])
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    assert rows
    assert all(re.search(r"\[\d+\]$", row["source"]) for row in rows)


def test_the_prompt_completes_a_folder_then_formats(session: Session, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    completer = SessionCompleter(session._program, session)

    def offered(typed: str) -> list[str]:
        document = Document(typed, len(typed))
        return [one.text for one in completer.get_completions(document, CompleteEvent())]

    assert offered(f"/export {tmp_path}/rep") == ["orts"]
    assert offered("/export out ") == list(FORMATS)
    assert offered("/export out ris c") == ["csv", "csl-json"]
