"""Sessions begun from a finished run: what they take over, and that nothing is done again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_report import sample_report
from session_makers import MORE, QUESTION, notes, program, write_note

from assignee import Assignee
from assignee.errors import NoPapersError, QuestionError, RunNotFoundError, SettingsError
from assignee.handover import missing_note
from assignee.records import Report
from assignee.runs import Run
from assignee.session import Session


@pytest.fixture(scope="module")
def researched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one finished run over the three notes; tests get copies of it."""
    home = tmp_path_factory.mktemp("researched") / "home"
    with program(home, citations="numeric") as made:
        made.research(QUESTION, papers=[notes(home.parent / "notes")])
    return home


@pytest.fixture
def opened(researched: Path, tmp_path: Path) -> Iterator[Assignee]:
    shutil.copytree(researched, tmp_path / "home")
    with program(tmp_path / "home") as made:
        yield made


def run_of(made: Assignee) -> Run:
    """The first run of the home."""
    return made.runs.all()[-1]


def report_of(session: Session) -> Report:
    assert session.report is not None
    return session.report


def test_a_session_takes_over_a_run_and_nothing_is_done_again(opened: Assignee) -> None:
    run = run_of(opened)
    session = opened.session("roofs", run=run.id)
    assert session.report == opened.report(run.id)
    assert (session.turns, session.missing) == ((), ())
    assert (session.info.question, session.info.papers) == (QUESTION, 3)
    assert session.info.rating == run.score
    assert session.settings.citations == "numeric"
    assert session.pending is None
    assert not session.can_undo

    turn = session.ask("why is claim 1 contradicted?")
    known = {claim.id for claim in report_of(session).claims}
    assert turn.sentences
    assert all(known.issuperset(sentence.claim_ids) for sentence in turn.sentences)
    assert (turn.number, turn.report, turn.run_id) == (1, run.report, None)
    assert opened.runs.all() == [run]


def test_what_changes_the_evidence_starts_from_the_runs_papers(
    opened: Assignee, tmp_path: Path
) -> None:
    opened.add([write_note(tmp_path / "more", "roof-d", 2024, MORE)])
    session = opened.session(run=run_of(opened).id)
    session.ask("only since 2021")
    assert session.can_undo
    assert {paper.year for paper in report_of(session).papers} == {2021, 2022}
    assert session.undo() == opened.report(run_of(opened).id)
    with pytest.raises(QuestionError, match="nothing to go back to"):
        session.undo()
    session.ask("/ask Do gravel roofs stay hot in summer?")
    assert {paper.title for paper in report_of(session).papers} <= {
        f"On roof-{letter}" for letter in "abc"
    }


def test_it_is_resumed_as_any_other(opened: Assignee) -> None:
    first = opened.session("roofs", run=run_of(opened).id)
    turn = first.ask("what would change your mind?")
    again = opened.session("roofs")
    assert (again.turns, again.report) == ((turn,), first.report)
    assert [info.name for info in opened.sessions()] == ["roofs"]


def test_settings_that_are_given_now_go_before_the_runs(opened: Assignee) -> None:
    home = opened.settings.home
    opened.close()
    with program(home, panel="auditor") as made:
        session = made.session(run=run_of(made).id)
        assert (session.settings.panel, session.settings.citations) == ("auditor", "numeric")


def test_papers_that_are_gone_are_named_and_left_out_of_new_work(opened: Assignee) -> None:
    run = run_of(opened)
    gone = opened.report(run.id).papers[0]
    opened.library.remove([gone.id])
    session = opened.session(run=run.id)
    assert session.missing == (gone,)
    assert gone.title in missing_note(session.missing)
    assert session.info.papers == 2
    number = next(
        n for n, claim in enumerate(report_of(session).claims, 1) if claim.paper_id == gone.id
    )
    assert session.ask(f"/why {number}").sentences
    turn = session.ask("verify again")
    assert turn.run_id is not None, turn.notes
    assert gone.id not in {paper.id for paper in report_of(session).papers}
    assert not session.missing


def test_papers_that_the_user_put_aside_stay_aside(opened: Assignee) -> None:
    run = run_of(opened)
    aside = opened.report(run.id).papers[0].id
    opened.runs.save(run.model_copy(update={"decisions": {aside: "exclude"}}))
    session = opened.session(run=run.id)
    assert aside not in {paper.id for paper in session.papers}


def test_what_cannot_be_taken_over_is_refused_and_leaves_no_session(
    opened: Assignee, tmp_path: Path
) -> None:
    run = run_of(opened)
    opened.runs.save(run.model_copy(update={"id": "unfinished", "report": None}))
    with pytest.raises(RunNotFoundError, match="no run 'none'"):
        opened.session(run="none")
    with pytest.raises(RunNotFoundError, match="assignee resume unfinished"):
        opened.session(run="unfinished")
    with pytest.raises(NoPapersError, match="has its own papers"):
        opened.session(run=run.id, papers=[tmp_path])
    assert opened.sessions() == []
    opened.session("roofs", run=run.id)
    with pytest.raises(SettingsError, match="another session is called 'roofs'"):
        opened.session("roofs", run=run.id)


def test_of_many_missing_papers_some_are_named_and_all_counted() -> None:
    papers = (sample_report().papers * 2)[:7]
    note = missing_note(papers)
    assert [paper.title in note for paper in papers[:5]] == [True] * 5
    assert "; 2 more. " in note
    assert missing_note(()) == ""
