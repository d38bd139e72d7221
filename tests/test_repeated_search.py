"""A search made again from its log: the same queries, and the report of what is new since."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from makers import HashingEmbedder

from assignee import Assignee
from assignee.agents.dossier import dossier_of_report
from assignee.cli import app
from assignee.errors import SettingsError
from assignee.records import Dossier, Report, SearchEntry
from assignee.report import read_search_log, render_markdown, render_search_log
from assignee.settings import Settings

QUESTION = "Does human feedback make language models more truthful?"
SMALL: dict[str, Any] = {
    "max_papers": 4,
    "max_claims": 3,
    "claims_per_paper": 1,
    "revisions": 0,
    "full_text": False,
}


def searched(home: Path, **chosen: Any) -> Report:
    """The report of a run over the literature that comes with the program."""
    settings = Settings(home=home, **{"offline_demo": True, "rounds": 1} | SMALL | chosen)
    with Assignee(settings, embedder=HashingEmbedder()) as assignee:
        return assignee.research(QUESTION)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return searched(tmp_path_factory.mktemp("first"), since="2015", source_limit=20)


def asked(report: Report) -> list[tuple[str, str, str]]:
    entries: list[SearchEntry] = [e for e in report.search.entries if e.way == "query"]
    return sorted((entry.source, entry.query, entry.sent) for entry in entries)


def log_of(report: Report, folder: Path, **changed: Any) -> Path:
    data = json.loads(render_search_log(report))
    data["search"].update(changed)
    path = folder / "search_log.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_the_same_search_finds_nothing_new(first: Report, tmp_path: Path) -> None:
    recipe = read_search_log(log_of(first, tmp_path))
    settings = Settings(home=tmp_path, **SMALL | recipe.overrides())
    with Assignee(settings, embedder=HashingEmbedder()) as assignee:
        again = assignee.research(recipe.question, repeat=recipe)
        [run] = assignee.runs.all()
        resumed = assignee.resume(run.id)
        assert run.report is not None
        [kept] = assignee.library.get(Report, [run.report])
        [seen] = assignee.library.get(Dossier, [dossier_of_report(again).digest()])
    assert asked(again) == asked(first)
    assert again.search.terms == first.search.terms
    assert again.search.found == first.search.found
    news = again.search.news
    assert news is not None
    assert (news.new, news.gone) == ((), ())
    assert news.known == len(first.search.found)
    assert kept == again
    assert resumed.search.news == news
    methodology = seen.section("methodology")
    assert methodology is not None
    assert f"The search of {first.date} was repeated. No papers were found" in methodology.text
    assert f"No papers were found that it had not found, and {news.known} papers" in (
        render_markdown(again)
    )


def test_what_the_log_lacks_is_new(first: Report, tmp_path: Path) -> None:
    found = json.loads(render_search_log(first))["search"]["found"]
    recipe = read_search_log(log_of(first, tmp_path, found=found[2:]))
    settings = Settings(home=tmp_path, **SMALL | recipe.overrides())
    with Assignee(settings, embedder=HashingEmbedder()) as assignee:
        news = assignee.research(recipe.question, repeat=recipe).search.news
    assert news is not None
    assert set(news.new) == {paper["id"] for paper in found[:2]}


def test_later_queries_of_the_log_are_asked_at_once(first: Report, tmp_path: Path) -> None:
    later = first.search.entries[0].model_copy(update={"query": "feedback truthful", "round": 2})
    entries = [entry.model_dump(mode="json") for entry in (*first.search.entries, later)]
    recipe = read_search_log(log_of(first, tmp_path, entries=entries))
    settings = Settings(home=tmp_path, **SMALL | recipe.overrides() | {"rounds": 2})
    with Assignee(settings, embedder=HashingEmbedder()) as assignee:
        again = assignee.research(recipe.question, repeat=recipe)
    extra = [entry for entry in again.search.entries if entry.query == "feedback truthful"]
    assert [(entry.source, entry.round) for entry in extra] == [(later.source, 1)]
    assert {entry.round for entry in again.search.entries if entry.sent} == {1}
    assert len(asked(again)) == len(asked(first)) + 1


def test_the_command_takes_question_and_filters_from_the_log(
    first: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def research(self: Assignee, question: str, papers: object, **more: Any) -> Report:
        seen.update(settings=self.settings, question=question, **more)
        return first

    monkeypatch.setattr(Assignee, "research", research)
    monkeypatch.setenv("ASSIGNEE_SOURCE_LIMIT", "7")
    log = str(log_of(first, tmp_path))
    home = ["--home", str(tmp_path / "home"), "--quiet", "--out", str(tmp_path / "out")]
    app(["research", "--from-log", log, "--until", "2020", *home], standalone_mode=False)
    assert seen["question"] == QUESTION
    assert seen["repeat"] == read_search_log(Path(log))
    assert seen["settings"].source_limit == 20
    assert str(seen["settings"].since) == "2015-01-01"
    assert str(seen["settings"].until) == "2020-12-31"
    assert len(seen["settings"].sources) == 5
    assert seen["screening"] is None
    app(["research", "Is tea good?", "--from-log", log, *home], standalone_mode=False)
    assert seen["question"] == "Is tea good?"


def test_decisions_of_the_screening_file_are_kept_to(first: Report, tmp_path: Path) -> None:
    read, left_out = (
        next(row.paper_id for row in first.search.screening if row.decision == decision)
        for decision in ("included", "excluded")
    )
    file = tmp_path / "screening.csv"
    file.write_text(f"decision,paper_id\nexclude,{read}\ninclude,{left_out}\n")
    settings = Settings(home=tmp_path, offline_demo=True, rounds=1, since="2015", **SMALL)
    with Assignee(settings, embedder=HashingEmbedder()) as assignee:
        report = assignee.research(QUESTION, screening=file)
    decided = {row.paper_id: (row.decision, row.by) for row in report.search.screening}
    assert decided[read] == ("excluded", "user")
    assert decided[left_out] == ("included", "user")


@pytest.mark.parametrize("asynchronous", [False, True])
def test_streams_and_resumed_runs_take_a_log_and_decisions(
    first: Report, tmp_path: Path, asynchronous: bool
) -> None:
    read = next(row.paper_id for row in first.search.screening if row.decision == "included")
    file = tmp_path / "screening.csv"
    file.write_text(f"decision,paper_id\nexclude,{read}\n")
    recipe = read_search_log(log_of(first, tmp_path))

    async def collected(assignee: Assignee) -> list[object]:
        events = assignee.astream(recipe.question, repeat=recipe, screening=file)
        return [event async for event in events]

    settings = Settings(home=tmp_path, **SMALL | recipe.overrides())
    with Assignee(settings, embedder=HashingEmbedder()) as assignee:
        events = (
            asyncio.run(collected(assignee))
            if asynchronous
            else list(assignee.stream(recipe.question, repeat=recipe, screening=file))
        )
        [run] = assignee.runs.all()
        # As a run that was killed before its first step stands in the register.
        assignee.runs.save(run.model_copy(update={"id": "killed", "status": "running"}))
        resumed = assignee.resume("killed")
    for report in (events[-1], resumed):
        assert isinstance(report, Report)
        assert asked(report) == asked(first)
        assert report.search.news is not None
        assert report.search.news.new == ()
        decided = {row.paper_id: (row.decision, row.by) for row in report.search.screening}
        assert decided[read] == ("excluded", "user")


def test_a_log_that_cannot_be_read_is_an_error_of_the_user(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_search_log(tmp_path / "none.json")
    assert app(["research", "--from-log", str(tmp_path / "none.json")], standalone_mode=False) == 2
