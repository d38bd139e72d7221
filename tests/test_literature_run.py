"""Whole runs over the literature, by real HTTP against the services on this machine."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from literature_runs import Literature
from makers import HashingEmbedder

from assignee import Assignee
from assignee.errors import NoEvidenceError, NoPapersError
from assignee.graph.context import Progress
from assignee.library import Library
from assignee.offline import LiteratureServer
from assignee.offline.exchange import Reply, Request
from assignee.offline.mischief import delayed, failing, too_many
from assignee.records import Flow, Report
from assignee.settings import SOURCES, Settings

NAMES = ("arXiv", "OpenAlex", "Semantic Scholar", "Crossref", "Europe PMC")
SOURDOUGH = "Does sourdough bread rise faster, and what lowers the boiling point of water?"


@pytest.fixture(scope="module")
def serving() -> Iterator[LiteratureServer]:
    with LiteratureServer() as server:
        yield server


@pytest.fixture
def literature(serving: LiteratureServer, tmp_path: Path) -> Literature:
    serving.behave()
    for requests in serving.requests.values():
        requests.clear()
    return Literature(serving, tmp_path)


def check_flow(flow: Flow) -> None:
    """Every record of the diagram is in one place."""
    found = sum(flow.identified.values()) + sum(flow.by_citations.values())
    assert found - flow.duplicates == flow.screened
    assert flow.screened - sum(flow.excluded.values()) == flow.sought
    assert flow.assessed - sum(flow.rejected.values()) == flow.included


def titles(report: Report, by: str) -> set[str]:
    return {row.title for row in report.search.screening if row.by == by}


async def test_five_databases_give_one_report(literature: Literature) -> None:
    report = await literature.research()
    entries = [entry for entry in report.search.entries if entry.way == "query"]
    assert {entry.source for entry in entries} == set(NAMES)
    for entry in entries:
        assert entry.sent
        assert entry.kept
        assert entry.pages
        assert not entry.errors
    assert set(report.search.flow.identified) == set(NAMES)
    assert report.search.flow.included
    assert report.search.saturation
    assert report.warnings == ()
    check_flow(report.search.flow)


async def test_what_several_databases_have_is_one_paper(literature: Literature) -> None:
    report = await literature.research()
    found = Counter(paper.title.casefold() for paper in report.search.found)
    assert found.most_common(1)[0][1] == 1
    [instruct] = [p for p in report.search.found if p.ids.arxiv == "2203.02155"]
    assert set(instruct.sources) == {"arXiv", "OpenAlex", "Semantic Scholar", "Europe PMC"}
    assert report.search.flow.duplicates > len(report.search.found)
    assert len({paper.identity for paper in report.papers}) == len(report.papers)


@pytest.mark.parametrize("down", NAMES)
async def test_one_database_that_refuses_is_named_and_the_others_answer(
    down: str, literature: Literature
) -> None:
    literature.server.misbehave(down, failing(403), forever=True)
    report = await literature.research(full_text=False)
    assert any(warning.startswith(f"{down}: ") for warning in report.warnings)
    assert all(entry.errors for entry in report.search.entries if entry.source == down)
    assert set(report.search.flow.identified) == set(NAMES) - {down}
    assert report.claims


async def test_a_silent_database_takes_no_longer_than_its_deadline(literature: Literature) -> None:
    literature.server.misbehave("OpenAlex", delayed(60), forever=True)
    started = time.monotonic()
    report = await literature.research(full_text=False, snowball=False, source_seconds=2)
    assert time.monotonic() - started < 30
    [entry] = [entry for entry in report.search.entries if entry.source == "OpenAlex"]
    assert "no answer within 2 s" in " ".join(entry.errors) or "deadline" in " ".join(entry.errors)
    assert report.claims


async def test_two_databases_that_only_limit_leave_three(literature: Literature) -> None:
    for name in ("arXiv", "Semantic Scholar"):
        literature.server.misbehave(name, too_many(600), forever=True)
    report = await literature.research(full_text=False, snowball=False, source_seconds=30)
    assert set(report.search.flow.identified) == {"OpenAlex", "Crossref", "Europe PMC"}
    assert {warning.split(":")[0] for warning in report.warnings} == {"arXiv", "Semantic Scholar"}
    assert report.claims


async def test_all_databases_down_is_an_error_that_names_them(literature: Literature) -> None:
    for name in NAMES:
        literature.server.misbehave(name, failing(403), forever=True)
    with pytest.raises(NoPapersError) as told:
        await literature.research()
    assert all(name in str(told.value) for name in NAMES)


async def test_retracted_and_withdrawn_papers_are_left_out_and_named(
    literature: Literature,
) -> None:
    report = await literature.research(SOURDOUGH, max_papers=40, full_text=False)
    assert titles(report, "retraction") == {"Sourdough bread lowers the boiling point of water"}
    assert titles(report, "withdrawal") == {"Sourdough rises faster under blue light"}
    left_out = titles(report, "retraction") | titles(report, "withdrawal")
    assert not left_out & {paper.title for paper in report.papers}
    assert left_out <= {paper.title for paper in report.search.found}
    check_flow(report.search.flow)


async def test_a_retraction_that_only_the_full_text_tells_leaves_the_paper_out(
    literature: Literature,
) -> None:
    def retracting(_: Request, reply: Reply) -> Reply:
        link = (
            b'<related-article related-article-type="retraction-forward" xlink:href="10.5555/n"/>'
        )
        return replace(
            reply, body=reply.body.replace(b"</article-meta>", link + b"</article-meta>")
        )

    literature.server.misbehave("arXiv", failing(403), forever=True)
    literature.server.misbehave("Europe PMC", retracting, where="PMC99990002", forever=True)
    report = await literature.research(sources=("europe-pmc",), max_papers=8)
    [row] = [row for row in report.search.screening if row.by == "retraction"]
    assert row.title.startswith("Training Language Models to Follow Instructions")
    assert row.reason == "it was retracted (notice: doi:10.5555/n), as its full text says"
    assert row.paper_id not in {paper.id for paper in report.papers}
    assert row.paper_id not in {passage.paper_id for passage in report.passages}
    assert report.claims
    check_flow(report.search.flow)


async def test_full_texts_are_read_and_the_others_say_where_it_was_sought(
    literature: Literature,
) -> None:
    report = await literature.research(max_papers=12)
    log = report.search
    read = {row.paper_id for row in log.screening if row.decision == "included"}
    assert set(log.basis) == read
    whole = {paper_id for paper_id, basis in log.basis.items() if basis == "full text"}
    assert whole
    assert set(log.tried) == read - whole
    assert any("arXiv HTML: " in place for tried in log.tried.values() for place in tried)
    for passage in report.passages:
        assert (passage.basis == "full text") == (passage.paper_id in whole)
    assert sum(log.flow.not_retrieved.values()) == len(log.tried)


async def test_without_full_text_none_is_asked_for(literature: Literature) -> None:
    report = await literature.research(full_text=False)
    assert set(report.search.basis.values()) == {"abstract"}
    assert not literature.asked(where="/html/") + literature.asked(where="/pdf/")


async def test_citations_are_followed_unless_not_wanted(literature: Literature) -> None:
    report = await literature.research(
        "Train large models and compress them?", sources=("openalex",), source_limit=2
    )
    ways = {entry.way for entry in report.search.entries}
    assert ways == {"query", "backward", "forward"}
    assert report.search.flow.by_citations["OpenAlex"] > 0
    check_flow(report.search.flow)


async def test_without_snowball_only_queries_are_sent(literature: Literature) -> None:
    report = await literature.research(snowball=False)
    assert {entry.way for entry in report.search.entries} == {"query"}
    assert report.search.saturation is None


async def test_a_run_that_ended_in_the_middle_does_not_search_again(literature: Literature) -> None:
    class EndedError(Exception):
        pass

    def end(event: Progress) -> None:
        if event.stage == "screen":
            raise EndedError

    with pytest.raises(EndedError):
        await literature.research(watch=end, full_text=False, snowball=False)
    before = len(literature.asked())
    assert before >= len(NAMES)
    report = await literature.research(full_text=False, snowball=False)
    assert len(literature.asked()) == before
    assert set(report.search.flow.identified) == set(NAMES)


async def test_a_later_round_keeps_what_papers_are_called(literature: Literature) -> None:
    report = await literature.research(rounds=2, max_papers=4)
    assert report.counts.rounds == 2
    assert {entry.round for entry in report.search.entries} == {1, 2}
    found = {paper.id for paper in report.search.found}
    assert {claim.paper_id for claim in report.claims} <= found
    passages = {passage.id: passage for passage in report.passages}
    for verdict in report.verdicts:
        for piece in (*verdict.evidence_for, *verdict.evidence_against):
            assert piece.quote.stands_in(passages[piece.quote.passage_id])
    check_flow(report.search.flow)


async def test_a_paper_at_hand_joins_its_record_and_its_text_is_read(
    literature: Literature, tmp_path: Path
) -> None:
    file = tmp_path / "mine.md"
    file.write_text(
        "---\nkind: paper\ntitle: Training Language Models to Follow Instructions with Human "
        'Feedback\nauthors: Long Ouyang et al.\nyear: 2022\narxiv: "2203.02155"\n---\n\n'
        "# Results\n\nHuman feedback made answers of language models truthful on every task.\n",
        encoding="utf-8",
    )
    report = await literature.research(papers=[file], sources=("arxiv", "openalex"))
    [work] = [p for p in report.search.found if p.ids.arxiv == "2203.02155"]
    assert {"local", "arXiv", "OpenAlex"} <= set(work.sources)
    mine = [claim for claim in report.claims if claim.paper_id == work.id]
    assert any("on every task" in claim.text for claim in mine)
    assert work.id not in report.search.tried
    check_flow(report.search.flow)


async def test_identifiers_of_a_list_are_looked_up(literature: Literature, tmp_path: Path) -> None:
    file = tmp_path / "ids.txt"
    file.write_text("10.18653/v1/2022.acl-long.229\narXiv:2305.18290\n10.9999/nobody\n")
    report = await literature.research(papers=[file], full_text=False)
    found = {paper.ids.arxiv for paper in report.search.found}
    assert {"2109.07958", "2305.18290"} <= found
    assert any("10.9999/nobody" in reason for reason in report.search.unread)


async def test_identifiers_need_a_database(literature: Literature, tmp_path: Path) -> None:
    file = tmp_path / "ids.txt"
    file.write_text("10.18653/v1/2022.acl-long.229\n")
    with pytest.raises(NoPapersError, match="--source openalex"):
        await literature.research(papers=[file], sources=())


async def test_entries_of_a_bibliography_are_papers(literature: Literature, tmp_path: Path) -> None:
    file = tmp_path / "mine.bib"
    file.write_text(
        "@article{a, title={Cooler roofs}, author={A. One}, year={2020}, abstract={Human feedback "
        "makes language models more truthful in every test with 212 raters.}}"
    )
    report = await literature.research(papers=[file], sources=())
    assert [paper.title for paper in report.papers] == ["Cooler roofs"]
    assert not literature.asked()


async def test_nothing_is_sent_without_a_database(literature: Literature, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "one.md").write_text(
        "# Roofs\n\nHuman feedback makes language models more truthful in every test of 212."
    )
    report = await literature.research(papers=[tmp_path / "notes"], sources=())
    assert report.claims
    assert not literature.asked()
    check_flow(report.search.flow)


async def test_one_database_can_have_a_limit_of_its_own(literature: Literature) -> None:
    report = await literature.research(
        sources=("arxiv", "openalex"), source_limits={"arxiv": 3}, source_limit=9,
        full_text=False, snowball=False,
    )  # fmt: skip
    kept = {entry.source: entry.kept for entry in report.search.entries}
    assert kept == {"arXiv": 3, "OpenAlex": 9}
    assert report.stamp.settings["source_limits"] == "arxiv=3"


async def test_kinds_of_publication_reach_the_databases(literature: Literature) -> None:
    report = await literature.research(
        sources=("openalex", "crossref", "europe-pmc"), statuses=("preprint",), full_text=False,
        snowball=False,
    )  # fmt: skip
    sent = {entry.source: entry.sent for entry in report.search.entries}
    assert "type:preprint" in sent["OpenAlex"]
    assert "type:posted-content" in sent["Crossref"]
    assert "SRC:PPR" in sent["Europe PMC"]
    assert {paper.publication_status for paper in report.papers} == {"preprint"}


async def test_days_reach_the_databases(literature: Literature) -> None:
    report = await literature.research(since="2023", until="2023-12-31", full_text=False)
    assert {paper.year for paper in report.papers} == {2023}
    assert (report.search.terms.since, report.search.terms.until) == ("2023-01-01", "2023-12-31")
    [arxiv] = [e for e in report.search.entries if e.source == "arXiv" and e.way == "query"]
    assert "submittedDate:[202301010000 TO 202312312359]" in arxiv.sent


async def test_no_paper_that_may_be_read_is_an_error(literature: Literature) -> None:
    with pytest.raises(NoEvidenceError, match="none of the"):
        await literature.research(
            "Does sourdough bread lower the boiling point of water?",
            sources=("europe-pmc",),
            statuses="conference",
        )


async def test_the_library_keeps_a_text_that_it_has(literature: Literature) -> None:
    first = await literature.research(max_papers=12)
    whole = {id_ for id_, basis in first.search.basis.items() if basis == "full text"}
    (literature.home / "checkpoints").unlink()
    again = await literature.research(max_papers=12, full_text=False)
    # What is read the second time may differ a little: texts rank otherwise than abstracts.
    kept = {id_ for id_, basis in again.search.basis.items() if basis == "full text"}
    assert len(kept) > len(whole) / 2
    assert kept == whole & again.search.basis.keys()
    with Library.open(literature.home / "library", HashingEmbedder()) as library:
        assert all(p.basis == "full text" for p in library.passages(sorted(whole)))


def test_the_demonstration_needs_no_network_and_says_what_it_is(tmp_path: Path) -> None:
    told: list[str] = []
    settings = Settings(
        home=tmp_path,
        offline_demo=True,
        max_papers=4,
        max_claims=3,
        claims_per_paper=1,
        rounds=1,
        revisions=0,
    )
    with Assignee(settings, announce=told.append, embedder=HashingEmbedder()) as assignee:
        report = assignee.research("Does human feedback make language models more truthful?")
        [run] = assignee.runs.all()
    assert set(report.search.flow.identified) == set(NAMES)
    assert "made for it" in told[0]
    assert told[0] in report.warnings
    assert run.settings["offline_demo"] is True
    assert settings.searched == SOURCES
