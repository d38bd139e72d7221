"""The machine of states, with an engine of plain functions and a real library."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_engine import Roles
from makers import HashingEmbedder, document, paper

from assignee.assembly import Assembled
from assignee.engines.local.engine import NoMeter
from assignee.engines.local.writer import LocalWriter
from assignee.engines.protocol import Engine, Judgement, JudgeRequest
from assignee.errors import (
    EndpointError,
    EngineError,
    NoEvidenceError,
    NoPapersError,
    ReplyError,
)
from assignee.execution import run_research
from assignee.graph.context import Context, Progress
from assignee.library import Library
from assignee.records import (
    Document,
    Dossier,
    Finding,
    Notice,
    PanelSpec,
    Report,
    ReviewerSpec,
    Stamp,
)
from assignee.runs import Run
from assignee.settings import Settings
from assignee.sources import QueryLog, SourceResult

QUESTION = "Do larger models reach a lower loss?"
TEXTS = {
    "alpha": "Larger models reach a lower loss than smaller models.",
    "beta": "In all runs larger models reach a lower loss than smaller models.",
    "gamma": "Human raters prefer answers of tuned models in most comparisons.",
}


class Shelf:
    """A source of documents made from texts."""

    name = "shelf"

    def __init__(self, texts: dict[str, str]) -> None:
        self.documents = tuple(document(paper(name), text) for name, text in texts.items())

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        found: tuple[Document, ...] = self.documents
        return SourceResult(found, queries=(QueryLog(queries[0], len(found)),))


class Down:
    """A source that cannot be reached."""

    name = "down"

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        raise EndpointError("no answer within 5 s")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", HashingEmbedder()) as opened:
        yield opened


Research = Callable[..., Any]


@pytest.fixture
def research(library: Library, tmp_path: Path) -> Research:
    async def run(
        roles: Roles,
        *sources: Any,
        watch: Callable[[Progress], None] | None = None,
        run_id: str = "run",
        **settings: Any,
    ) -> Report:
        panel = PanelSpec(
            name="two",
            quorum=1,
            reviewers=(
                ReviewerSpec(id="evidence", checklist="evidence"),
                ReviewerSpec(id="auditor", checklist="audit"),
            ),
        )
        context = Context(
            settings=Settings(home=tmp_path, **settings), engine=roles.engine(), library=library,
            panel=panel, meter=NoMeter(), local_critic=roles, local_writer=LocalWriter(),
            stamp=Stamp(program="t", version="0", engine="fake", models={}, prompts={},
                        settings={}),
            sources=sources or (Shelf(TEXTS),),
        )  # fmt: skip
        asked = Run(id=run_id, question=QUESTION, started="2026-01-01T00:00:00+00:00")
        _, report = await run_research(
            asked, Assembled(context, None), checkpoints=tmp_path / "checkpoints", watch=watch
        )
        return report

    return run


async def test_from_question_to_rated_report(research: Research) -> None:
    events: list[Progress] = []
    report = await research(Roles(), watch=events.append)
    verdicts = {report.paper(c.paper_id).id: report.verdict(c.id).label for c in report.claims}
    assert verdicts["gamma"] == "uncorroborated"
    assert "verified" in verdicts.values()
    assert report.rating.score == 7.0
    assert report.counts.papers_read == 3
    stages = list(dict.fromkeys(event.stage for event in events))
    assert stages == [
        "plan", "search", "screen", "ready", "extract", "verify", "write", "review", "finish",
    ]  # fmt: skip


async def test_every_quote_slices_back_and_every_reference_was_retrieved(
    research: Research, library: Library
) -> None:
    report = await research(Roles())
    passages = {p.id: p for p in report.passages}
    quotes = [claim.quote for claim in report.claims] + [
        piece.quote
        for v in report.verdicts
        for piece in (*v.attribution_evidence, *v.evidence_for, *v.evidence_against)
    ]
    assert quotes
    for quote in quotes:
        assert quote.stands_in(passages[quote.passage_id])
        assert quote.text in library.text(quote.paper_id)
    assert {p.id for p in report.papers} <= {p.id for p in library.papers()}


async def test_a_source_that_is_down_is_named(research: Research) -> None:
    report = await research(Roles(), Down(), Shelf(TEXTS))
    assert [entry.errors for entry in report.search.entries if entry.source == "down"] == [
        ("no answer within 5 s",)
    ]
    assert any("no answer" in warning for warning in report.warnings)


async def test_no_papers_is_an_error_that_says_what_was_tried(research: Research) -> None:
    with pytest.raises(NoPapersError, match=r"down.*no answer within 5 s"):
        await research(Roles(), Down())


async def test_no_claims_is_an_error(research: Research) -> None:
    with pytest.raises(NoEvidenceError, match="no claim"):
        await research(Roles(), Shelf({"alpha": "Short. Too short."}))


async def test_a_paper_whose_extraction_fails_is_counted(research: Research) -> None:
    roles = Roles()

    def fail_once(role: str) -> None:
        if role == "extract" and roles.calls.count("extract") == 1:
            raise ReplyError("nothing but prose")

    roles.before = fail_once
    report = await research(roles)
    assert report.counts.extraction_failed == 1
    assert any("nothing but prose" in warning for warning in report.warnings)


async def test_failed_verification_is_not_checked(research: Research) -> None:
    roles = Roles()

    def fail(role: str) -> None:
        if role == "judge":
            raise EndpointError("gone")

    roles.before = fail
    report = await research(roles)
    assert {v.label for v in report.verdicts} == {"not checked"}
    assert report.counts.claims_not_checked == len(report.claims)


async def test_an_unusable_text_is_replaced_and_said(research: Research) -> None:
    roles = Roles()

    def fail(role: str) -> None:
        if role == "write":
            raise ReplyError("prose")

    roles.before = fail
    report = await research(roles)
    assert report.draft.writer == LocalWriter.name
    assert any("put together by rules" in warning for warning in report.warnings)


async def test_failed_reviewers_leave_the_rating_degraded(research: Research) -> None:
    roles = Roles()

    def fail_once(role: str) -> None:
        if role == "review" and roles.calls.count("review") == 1:
            raise ReplyError("prose")

    roles.before = fail_once
    report = await research(roles)
    assert report.rating.degraded
    assert report.rating.score == 7.0
    assert [r.unscored_because for r in report.reviews if r.score is None] == ["prose"]


async def test_revision_drops_what_was_found_and_reuses_verdicts(research: Research) -> None:
    roles = Roles()

    def off_topic(dossier: Dossier) -> tuple[Finding, ...]:
        return tuple(
            Finding(reviewer="?", what="off topic", severity="major", claim_id=c.id,
                    remedy="drop", item="evidence.x")
            for c in dossier.claims if "Human raters" in c.text
        )  # fmt: skip

    roles.findings = off_topic
    report = await research(roles)
    assert report.revision is not None
    assert report.revision.kept == "revised"
    assert not any("Human raters" in claim.text for claim in report.claims)
    assert {action.action for action in report.revision.actions} == {"dropped"}
    assert report.revision.before.score == 6.0
    assert report.rating.score == report.revision.after.score == 7.0
    assert roles.calls.count("judge") == 1
    assert roles.calls.count("write") == 2


async def test_a_new_severe_fault_keeps_the_original(research: Research) -> None:
    roles = Roles()

    def worse(dossier: Dossier) -> tuple[Finding, ...]:
        whole = any("Human raters" in claim.text for claim in dossier.claims)
        [named, *_] = [c for c in dossier.claims if "Human" in c.text] or dossier.claims
        return (
            Finding(reviewer="?", what="a", severity="major" if whole else "severe",
                    claim_id=named.id, remedy="drop", item="audit.a" if whole else "audit.b"),
        )  # fmt: skip

    roles.findings = worse
    report = await research(roles)
    assert report.revision is not None
    assert report.revision.kept == "original"
    assert any("Human raters" in claim.text for claim in report.claims)
    assert report.rating == report.revision.before


async def test_findings_without_a_remedy_are_unresolved(research: Research) -> None:
    roles = Roles()
    roles.findings = lambda dossier: (
        Finding(reviewer="?", what="dull", severity="minor"),
        Finding(reviewer="?", what="say more", severity="minor", remedy="add", item="balance.x"),
    )
    report = await research(roles)
    assert report.revision is not None
    actions = {a.finding.what: a.action for a in report.revision.actions}
    assert actions["dull"] == "unresolved"
    assert "say more" in report.draft.notes


async def test_unread_papers_are_searched_for_missing_evidence(research: Research) -> None:
    apart = Shelf({name: TEXTS[name] for name in ("alpha", "gamma")})
    report = await research(Roles(), apart, max_papers=1, revisions=0)
    assert report.counts.rounds == 2
    assert report.counts.papers_read == 2


async def test_a_spent_time_budget_leaves_claims_not_checked(research: Research) -> None:
    roles = Roles()
    with pytest.raises(NoEvidenceError, match="budget of seconds"):
        await research(roles, max_seconds=1e-9)
    assert "judge" not in roles.calls


async def test_a_failed_run_goes_on_where_it_stopped(research: Research) -> None:
    roles = Roles()

    def fail_once(role: str) -> None:
        if role == "plan" and roles.calls.count("plan") == 1:
            raise EndpointError("gone")

    roles.before = fail_once
    with pytest.raises(EndpointError):
        await research(roles)
    report = await research(roles)
    assert report.rating.score == 7.0
    again = await research(roles)
    assert again == report
    assert roles.calls.count("plan") == 2


AT_ODDS = TEXTS | {
    "delta": "Our runs show that loss is higher in larger models, at every budget.",
    "epsilon": "Tuned answers lose against untuned ones in the eyes of human raters.",
}


class Doubter:
    """A local judge that finds every other text against every claim; it counts what it is asked."""

    name = "doubter"
    batch_size = 3

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fails = False

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        self.asked += [(r.claim.text, *(w.text for w in r.windows)) for r in requests]
        if self.fails:
            raise EngineError("the model file is gone")
        return [
            [
                Judgement(
                    window=index,
                    stance="supports" if window.text == r.claim.text else "contradicts",
                    quote=window.text,
                    why="doubted",
                )
                for index, window in enumerate(r.windows)
            ]
            for r in requests
        ]


class Doubted(Roles):
    """An engine with a second judge."""

    def __init__(self) -> None:
        super().__init__()
        self.second = Doubter()

    def engine(self) -> Engine:
        return replace(super().engine(), second=self.second)


async def test_the_second_opinion_and_its_quotes_are_in_the_report(research: Research) -> None:
    report = await research(Doubted())
    verdicts = [report.verdict(claim.id) for claim in report.claims]
    assert {verdict.second.judge for verdict in verdicts} == {"doubter"}
    assert "disagree" in {verdict.agreement for verdict in verdicts}
    quotes = [piece.quote for v in verdicts for piece in v.second.evidence_against]
    passages = {passage.id: passage for passage in report.passages}
    assert quotes
    assert all(quote.stands_in(passages[quote.passage_id]) for quote in quotes)


async def test_claims_of_different_papers_are_compared_at_no_call(research: Research) -> None:
    alone, roles = Roles(), Doubted()
    without = await research(alone, Shelf(AT_ODDS), run_id="alone")
    report = await research(roles, Shelf(AT_ODDS))
    assert without.contradictions == ()
    pairs = {frozenset((one.first, one.second)) for one in report.contradictions}
    assert len(pairs) == len(report.contradictions) > 1
    papers = {claim.id: claim.paper_id for claim in report.claims}
    assert all(len({papers[id_] for id_ in pair}) == 2 for pair in pairs)
    assert roles.calls.count("judge") == alone.calls.count("judge")


async def test_pairs_that_were_compared_are_not_compared_again(research: Research) -> None:
    roles = Doubted()
    apart = {
        "one": "Larger models reach a lower loss.",
        "two": "Human raters prefer tuned answers.",
        "three": "Dropout slows early training down.",
        "four": "Longer contexts cost more memory.",
    }
    report = await research(roles, Shelf(apart), max_papers=2, rounds=3)
    assert report.counts.rounds > 1
    compared = [found for found in roles.second.asked if len(found) == 2 and found[0] != found[1]]
    assert len(compared) > 2
    assert len(compared) == len(set(compared))


async def test_a_second_judge_that_fails_is_said_and_stops_nothing(research: Research) -> None:
    roles = Doubted()
    roles.second.fails = True
    report = await research(roles)
    assert all(verdict.second is None for verdict in report.verdicts)
    assert all("doubter gave no opinion" in verdict.rule for verdict in report.verdicts)
    assert any("claims were not compared" in warning for warning in report.warnings)


APART = {
    "alpha": TEXTS["alpha"],
    "beta": "With much data as with little data, in all runs larger models reach a lower loss than "
    "smaller models.",
    "delta": "Birds sing in the morning of a long day.",
    "epsilon": "Bread rises faster in a warm kitchen.",
}
"""Two that say the same in different words, and two of which nothing else speaks."""


class TakenBack(Shelf):
    """A shelf that tells from its second search on that one of its papers was retracted."""

    def __init__(self, texts: dict[str, str], name: str) -> None:
        super().__init__(texts)
        self._then = tuple(
            document.model_copy(
                update={
                    "paper": document.paper.model_copy(
                        update={"notices": (Notice(kind="retraction", date="2026-01-02"),)}
                    )
                }
            )
            if document.paper.id == name
            else document
            for document in self.documents
        )

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        found = await super().search(queries, limit=limit)
        self.documents = self._then
        return found


async def test_what_a_retraction_told_in_a_later_round_held_up_falls(research: Research) -> None:
    async def labels(shelf: Shelf, run_id: str) -> dict[str, str]:
        report = await research(
            Roles(), shelf, run_id=run_id, rounds=2, revisions=0, max_papers=3, min_relevance=0
        )
        assert report.counts.rounds == 2
        return {claim.paper_id: report.verdict(claim.id).label for claim in report.claims}

    stands = await labels(Shelf(APART), "stands")
    assert (stands["alpha"], stands["beta"]) == ("verified", "verified")
    fallen = await labels(TakenBack(APART, "beta"), "fallen")
    assert (fallen["alpha"], fallen["beta"]) == ("uncorroborated", "unattributed")


class Denies(Roles):
    """Its judge finds that what speaks of models contradicts what others say of models."""

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        def stance(claim: str, window: str) -> str:
            if claim == window:
                return "supports"
            return "contradicts" if "models" in claim and "models" in window else "neutral"

        return [
            [
                Judgement.model_validate(
                    {
                        "window": index,
                        "stance": stance(request.claim.text, window.text),
                        "quote": window.text,
                        "why": "as told",
                    }
                )
                for index, window in enumerate(request.windows)
            ]
            for request in requests
        ]


async def test_claims_of_a_paper_retracted_meanwhile_contradict_none(research: Research) -> None:
    async def opposed(shelf: Shelf, run_id: str) -> set[str]:
        report = await research(
            Denies(), shelf, run_id=run_id, rounds=2, revisions=0, max_papers=3, min_relevance=0
        )
        paper_of = {claim.id: claim.paper_id for claim in report.claims}
        assert report.counts.rounds == 2
        assert "beta" in paper_of.values()
        return {paper_of[i] for pair in report.contradictions for i in (pair.first, pair.second)}

    assert "beta" in await opposed(Shelf(APART), "stands")
    assert "beta" not in await opposed(TakenBack(APART, "beta"), "fallen")
