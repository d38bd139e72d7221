"""Sessions that take in bibliographies and identifiers, and that search databases, by real HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from makers import HashingEmbedder
from session_makers import QUESTION, notes

from assignee import Assignee
from assignee.errors import NoPapersError
from assignee.offline import LiteratureServer
from assignee.offline.mischief import failing
from assignee.records import Report, Turn
from assignee.session import Session
from assignee.settings import Settings
from assignee.sources.literature import url_by_name

FEEDBACK = "Does human feedback make language models more truthful?"
BIB = """
@article{a, title={Planted roofs of schools}, author={Ada Moss}, year={2022},
  abstract={Planted roofs lower indoor temperatures in summer by 2 degrees in schools of Graz.}}
@article{b, title={Planted roofs of barns}, author={Bo Stone}, year={2023},
  abstract={Planted roofs do not lower indoor temperatures in summer in barns.}}
@article{c, title={Nothing but a title}, author={Cy Leaf}, year={2023}}
"""
RIS = """TY  - JOUR
TI  - Planted roofs of halls
AU  - Fern, Di
PY  - 2021
AB  - Planted roofs lower indoor temperatures in summer by 5 degrees in halls.
ER  -
"""
DPO = "arXiv:2305.18290"
INSTRUCT = "2203.02155"


@pytest.fixture(scope="module")
def serving() -> Iterator[LiteratureServer]:
    with LiteratureServer() as server:
        yield server


@pytest.fixture
def server(serving: LiteratureServer) -> LiteratureServer:
    serving.behave()
    for requests in serving.requests.values():
        requests.clear()
    return serving


def asked(server: LiteratureServer) -> list[str]:
    return [one.target for requests in server.requests.values() for one in requests]


def program(home: Path, server: LiteratureServer, **chosen: Any) -> Assignee:
    values: dict[str, Any] = {
        "source_urls": url_by_name(server.base_urls),
        "contact": "reader@example.org",
        "rounds": 1,
        "revisions": 0,
        "max_papers": 8,
        "snowball": False,
    }
    return Assignee(Settings(home=home, **(values | chosen)), embedder=HashingEmbedder())


@pytest.fixture
def opened(tmp_path: Path, server: LiteratureServer) -> Iterator[Assignee]:
    """Without any database."""
    with program(tmp_path / "home", server) as made:
        yield made


@pytest.fixture
def online(tmp_path: Path, server: LiteratureServer) -> Iterator[Assignee]:
    """With two databases."""
    with program(tmp_path / "home", server, sources=("arxiv", "openalex")) as made:
        yield made


def report_of(session: Session) -> Report:
    assert session.report is not None
    return session.report


def titles(session: Session) -> set[str]:
    return {paper.title for paper in session.papers}


def told(turn: Turn) -> str:
    return "\n".join(turn.notes)


# --- bibliographies and lists ---------------------------------------------------------------------


def test_a_session_begins_from_a_bibliography(
    opened: Assignee, server: LiteratureServer, tmp_path: Path
) -> None:
    (tmp_path / "refs.bib").write_text(BIB, encoding="utf-8")
    session = opened.session("refs", papers=[tmp_path / "refs.bib"])
    assert session.info.papers == 2
    assert titles(session) == {"Planted roofs of schools", "Planted roofs of barns"}
    session.ask(QUESTION)
    assert {paper.title for paper in report_of(session).papers} == titles(session)
    assert not asked(server)


def test_what_a_bibliography_lacks_is_told_at_the_beginning(
    tmp_path: Path, server: LiteratureServer
) -> None:
    (tmp_path / "refs.bib").write_text(BIB, encoding="utf-8")
    heard: list[str] = []
    settings = Settings(home=tmp_path / "home")
    with Assignee(settings, announce=heard.append, embedder=HashingEmbedder()) as made:
        made.session(papers=[tmp_path / "refs.bib"])
        with pytest.raises(NoPapersError, match="neither a file"):
            made.session(papers=[tmp_path / "none.bib"])
        with pytest.raises(NoPapersError, match="no database is searched"):
            made.session(papers=["10.1000/xyz"])
    assert heard == ["not read: “Nothing but a title”: neither full text nor abstract was found"]


@pytest.mark.parametrize(("name", "text", "count"), [("a.bib", BIB, 2), ("a.ris", RIS, 1)])
def test_entries_of_a_bibliography_are_added_and_checked_against_the_others(
    opened: Assignee, tmp_path: Path, name: str, text: str, count: int
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    session = opened.session(papers=[notes(tmp_path / "notes")])
    session.ask(QUESTION)
    turn = session.ask(f"/add {tmp_path / name}")
    assert f"{count} paper{'s' * (count > 1)} added" in turn.notes
    assert ("neither full text nor abstract" in told(turn)) == (name == "a.bib")
    assert len(session.papers) == 3 + count
    verdicts = report_of(session).verdicts
    new = {paper.id for paper in session.papers if paper.title.startswith("Planted roofs of")}
    elsewhere = {piece.quote.paper_id for verdict in verdicts for piece in verdict.pieces}
    assert elsewhere & new
    assert "no paper was added" in told(session.ask(f"/add {tmp_path / name}"))


def test_one_of_several_names_that_is_nothing_adds_nothing(
    opened: Assignee, tmp_path: Path
) -> None:
    (tmp_path / "a.ris").write_text(RIS, encoding="utf-8")
    session = opened.session(papers=[notes(tmp_path / "notes")])
    session.ask(QUESTION)
    turn = session.ask(f"/add {tmp_path / 'a.ris'} {tmp_path / 'none.pdf'}")
    assert "none.pdf' is neither a file, a folder" in told(turn)
    assert turn.run_id is None
    assert len(opened.library.papers()) == 3


# --- identifiers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["/add {}", "please add {} and check again"])
def test_a_work_is_added_by_its_identifier_with_its_full_text(
    online: Assignee, tmp_path: Path, said: str
) -> None:
    session = online.session(papers=[notes(tmp_path / "notes")])
    session.set(sources="")
    session.ask("Do planted roofs or human feedback help?")
    session.set(sources="arxiv,openalex")
    turn = session.ask(said.format(DPO))
    assert "1 paper added" in turn.notes, turn.notes
    [new] = [paper for paper in session.papers if paper.ids.arxiv == "2305.18290"]
    assert {one.basis for one in online.library.passages([new.id])} == {"full text"}
    assert new.id in {row.paper_id for row in report_of(session).search.screening} | {
        paper.id for paper in report_of(session).papers
    }


def test_a_list_of_identifiers_is_looked_up_and_the_unknown_named(
    online: Assignee, tmp_path: Path
) -> None:
    (tmp_path / "ids.txt").write_text(f"{DPO}\n{INSTRUCT}\n10.9999/nobody\nnonsense\n{DPO}\n")
    session = online.session(papers=[tmp_path / "ids.txt"])
    assert {paper.ids.arxiv for paper in session.papers} == {"2305.18290", INSTRUCT}
    turn = session.ask(f"/add {tmp_path / 'ids.txt'}")
    assert "doi:10.9999/nobody: no database has it" in told(turn)
    assert "'nonsense' is no DOI" in told(turn)
    assert "they belong to the session already" in told(turn)


def test_without_a_database_nothing_is_looked_up_and_a_remedy_is_named(
    opened: Assignee, server: LiteratureServer, tmp_path: Path
) -> None:
    session = opened.session(papers=[notes(tmp_path / "notes")])
    session.ask(QUESTION)
    turn = session.ask(f"/add {DPO}")
    assert "/settings sources=openalex" in told(turn)
    assert "none could be read" in told(turn)
    assert not asked(server)
    session.set(sources="arxiv")
    assert "1 paper added" in session.ask(f"/add {DPO}").notes


@pytest.mark.parametrize("down", [("OpenAlex",), ("arXiv", "OpenAlex")])
def test_a_database_that_is_offline_is_named(
    online: Assignee, server: LiteratureServer, tmp_path: Path, down: tuple[str, ...]
) -> None:
    session = online.session(papers=[notes(tmp_path / "notes")])
    for name in down:
        server.misbehave(name, failing(403), forever=True)
    turn = session.ask(f"/add {DPO}")
    assert all(name in told(turn) for name in down)
    alone = len(down) == 1
    assert ("1 paper added" in turn.notes) == alone
    assert ("not looked up, since no database answered" in told(turn)) != alone


# --- databases ------------------------------------------------------------------------------------


@pytest.fixture
def feedback(online: Assignee, tmp_path: Path) -> Session:
    """A session over one note on human feedback, whose first report asked the databases."""
    folder = tmp_path / "own"
    folder.mkdir()
    text = "Human feedback makes language models more truthful in every test with 212 raters."
    (folder / "own.md").write_text(f"---\ntitle: Own\nyear: 2019\n---\n\n{text}\n")
    session = online.session("feedback", papers=[folder])
    session.set(sources="")
    session.ask(FEEDBACK)
    session.set(sources="arxiv,openalex")
    return session


def test_a_search_asks_the_databases_for_its_topic_and_checks_what_is_new(
    feedback: Session, server: LiteratureServer
) -> None:
    before = report_of(feedback)
    assert not asked(server)
    turn = feedback.ask("search for more papers on direct preference optimization")
    after = report_of(feedback)
    assert turn.route.topic == "direct preference optimization"
    sent = {entry.query for entry in after.search.entries if entry.source in ("arXiv", "OpenAlex")}
    assert "direct preference optimization" in sent
    assert "direct preference optimization" in after.plan.subquestions
    new = {paper.id for paper in after.papers} - {paper.id for paper in before.papers}
    assert new
    assert any("arxiv, openalex searched" in note for note in turn.notes)
    assert any(note.startswith("claims come now also from “") for note in turn.notes)
    claims = [claim for claim in after.claims if claim.paper_id in new]
    assert claims
    assert all(after.verdict(claim.id).considered for claim in claims)
    assert any("preference" in claim.text.casefold() for claim in claims)
    asked_before = len(asked(server))
    feedback.ask("be stricter")
    assert len(asked(server)) == asked_before
    assert "direct preference optimization" in report_of(feedback).plan.subquestions


def test_a_search_keeps_to_the_years_that_it_names(
    feedback: Session, server: LiteratureServer
) -> None:
    turn = feedback.ask("/search reinforcement learning from human feedback since 2022")
    assert (turn.route.topic, turn.route.since) == (
        "reinforcement learning from human feedback",
        "2022",
    )
    assert any("submittedDate" in one and "202201010000" in one for one in asked(server))
    years = {paper.year for paper in report_of(feedback).papers}
    assert years
    assert all(year >= 2022 for year in years if year)


def test_a_filter_that_leaves_nothing_offers_a_search(feedback: Session) -> None:
    before = feedback.report
    turn = feedback.ask("only since 2022")
    assert "report stays as it is" in told(turn)
    assert "/search since 2022 asks the databases" in told(turn)
    assert feedback.report == before
    after = feedback.ask("/search since 2022")
    assert feedback.report != before
    assert "kept: since 2022" in after.notes


def test_a_search_while_a_database_is_offline_says_so(
    feedback: Session, server: LiteratureServer
) -> None:
    server.misbehave("arXiv", failing(403), forever=True)
    turn = feedback.ask("search again")
    assert any(note.startswith("arXiv: ") for note in turn.notes)
    assert len(report_of(feedback).papers) > 1
    for name in ("arXiv", "OpenAlex"):
        server.misbehave(name, failing(403), forever=True)
    turn = feedback.ask("search for sourdough")
    assert all(any(name in note for note in turn.notes) for name in ("arXiv", "OpenAlex"))
