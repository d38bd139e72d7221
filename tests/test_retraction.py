"""Retraction everywhere: what was taken back holds nothing up, and every place says so."""

from collections.abc import Callable, Sequence

import pytest
from makers import claim, paper, passage
from profile_maker import profile
from sample_report import RETRACTED, sample_report

from assignee.agents.contradictions import contradictions, near_pairs
from assignee.agents.dossier import dossier_of_report, reference_of
from assignee.agents.limitations import limitations
from assignee.agents.notices import noticed, retraction
from assignee.agents.verifier import Dossiers, decide, outdated, verify
from assignee.agents.weighing import DISCOUNTED
from assignee.agents.writer import write
from assignee.engines.llm.dossier_text import shown
from assignee.engines.local.checks_audit import retracted, verdict_follows
from assignee.engines.local.checks_balance import against_mentioned
from assignee.engines.local.checks_outcome import Outcome
from assignee.engines.local.writer import Checked, LocalWriter, sentence_of
from assignee.engines.protocol import Judgement, JudgeRequest, Writer, WriteRequest, Writing
from assignee.reading.report import parse_report
from assignee.records import (
    CitedSentence,
    Contradiction,
    Dossier,
    DossierClaim,
    DossierEvidence,
    DossierReference,
    DossierSection,
    Draft,
    Notice,
    Paper,
    Report,
    StanceScores,
    Verdict,
)
from assignee.report import render_html, render_markdown
from assignee.report.reference import entry_line

NOTICE = Notice(kind="retraction", date="2021-03-01", doi="10.5555/notice(21)7")
CONCERN = Notice(kind="expression of concern", date="2020-05", doi="10.5555/concern")
CORRECTION = Notice(kind="correction", date="2019-02-03", doi="10.5555/correction")
SOURCE = passage("one", "Larger models reach a lower loss.")
VERBATIM = claim(SOURCE.text, SOURCE)
CLAIM = VERBATIM.model_copy(update={"text": "A larger model reaches a lower loss."})
FOR = passage("two", "Loss falls as models grow larger.")
AGAINST = passage("three", "Loss does not fall as models grow.")


def taken_back(*names: str) -> dict[str, Paper]:
    """The three papers, those named with a notice of retraction."""
    papers = {name: paper(name) for name in ("one", "two", "three")}
    marked = {name: papers[name].model_copy(update={"notices": (NOTICE,)}) for name in names}
    return papers | marked


class Says:
    """A judge that supports with a positive number, contradicts with a negative one."""

    name, batch_size = "knows", 4

    def __init__(self, **strengths: float) -> None:
        self.strengths = strengths

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        return [
            [self._of(n, w.paper_id, w.text) for n, w in enumerate(r.windows)] for r in requests
        ]

    def _of(self, window: int, paper_id: str, text: str) -> Judgement:
        strength = self.strengths.get(paper_id, 0.0)
        left = 1 - abs(strength)
        scores = StanceScores(
            supports=max(strength, 0.0), contradicts=max(-strength, 0.0), neutral=left
        )
        stance = "neutral" if not strength else "supports" if strength > 0 else "contradicts"
        return Judgement.model_validate(
            {"window": window, "stance": stance, "quote": text, "scores": scores, "why": "as told"}
        )


async def verdict(papers: dict[str, Paper], **strengths: float) -> Verdict:
    case = Dossiers(CLAIM, (SOURCE,), (FOR, AGAINST))
    profiles = {"knows": profile("knows")}
    [made] = await verify([case], judge=Says(**strengths), papers=papers, profiles=profiles)
    return made


# Verdicts.


async def test_retracted_evidence_is_shown_with_its_notice_and_supports_nothing() -> None:
    made = await verdict(taken_back("two"), one=0.9, two=0.9)
    assert (made.label, made.corroboration) == ("uncorroborated", "not enough evidence")
    [piece] = made.evidence_for
    assert piece.why == (
        f"as told{DISCOUNTED}was retracted on 2021-03-01 (notice: doi:10.5555/notice(21)7)"
    )


async def test_retracted_evidence_contradicts_nothing() -> None:
    made = await verdict(taken_back("three"), one=0.9, two=0.9, three=-0.9)
    assert (made.label, made.corroboration) == ("verified", "supported")
    assert [piece.paper_id for piece in made.evidence_against] == ["three"]
    assert DISCOUNTED in made.evidence_against[0].why
    assert DISCOUNTED not in made.evidence_for[0].why


async def test_a_claim_of_a_retracted_paper_is_never_verified_and_says_so() -> None:
    made = await verdict(taken_back("one"), one=0.9, two=0.9)
    assert (made.label, made.attribution, made.corroboration) == (
        "unattributed", "supported", "supported",
    )  # fmt: skip
    assert made.rule == (
        "its source says it and was retracted on 2021-03-01 (notice: doi:10.5555/notice(21)7); "
        "an independent paper was found to support it"
    )
    assert made.confidence is None
    assert DISCOUNTED in made.attribution_evidence[0].why


async def test_what_stands_against_a_retracted_claim_stays_said() -> None:
    made = await verdict(taken_back("one"), one=0.9, three=-0.9)
    assert made.label == "contradicted"
    assert made.rule.endswith(
        "its source was retracted on 2021-03-01 (notice: doi:10.5555/notice(21)7)"
    )


async def test_a_claim_that_a_retracted_source_does_not_make_keeps_its_confidence() -> None:
    made = await verdict(taken_back("one"), one=-0.8)
    assert made.label == "unattributed"
    assert made.confidence == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("attribution", ["supported", "contradicted", "not enough evidence"])
@pytest.mark.parametrize(
    "corroboration", ["supported", "contradicted", "mixed", "not enough evidence"]
)
def test_no_finding_verifies_what_was_retracted(attribution: str, corroboration: str) -> None:
    label, rule = decide(attribution, corroboration, "was retracted")  # type: ignore[arg-type]
    assert label not in ("verified", "uncorroborated")
    assert "retracted" in rule


class Same:
    """Finds everything related."""

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        return [1.0 for _ in texts]


async def test_claims_of_retracted_papers_contradict_no_other() -> None:
    claims = [claim(window.text, window) for window in (SOURCE, FOR, AGAINST)]
    pairs = await near_pairs(claims, ranker=Same(), papers=taken_back("three"))
    assert [{one.paper_id for one in pair} for pair in pairs] == [{"one", "two"}]
    made = [Contradiction(first=claims[0].id, second=claims[2].id, why="as told")]
    assert contradictions(claims, [], made) == made
    assert contradictions(claims, [], made, retracted={"three"}) == []


# What the report says.


def test_notices_are_told_as_far_as_they_are_known() -> None:
    assert noticed(CONCERN) == (
        "is under an expression of concern in 2020-05 (notice: doi:10.5555/concern)"
    )
    assert noticed(Notice(kind="retraction")) == "was retracted"
    assert retraction(paper("one").model_copy(update={"notices": (CONCERN,)})) is None


def listed(**changes: object) -> str:
    entry = entry_line(RETRACTED.model_copy(update=changes))
    return "".join(span.text for span in entry)


def test_references_tell_status_access_citations_and_every_notice() -> None:
    told = listed(
        notices=(NOTICE, CONCERN, CORRECTION),
        open_access="gold",
        citation_count=12,
        citation_date="2026-11-22",
        field_sources={"citation_count": "OpenAlex"},
    )
    assert "RETRACTED (March 1, 2021), doi:10.5555/notice(21)7" in told
    assert "EXPRESSION OF CONCERN (2020-05), doi:10.5555/concern" in told
    assert "CORRECTION (February 3, 2019), doi:10.5555/correction" in told
    assert told.endswith(
        "Conference paper, gold open access. Cited 12 times as of November 22, 2026 (OpenAlex)."
    )
    assert listed(open_access="closed").endswith("Conference paper, not open access.")
    assert listed(citation_count=0).endswith("Conference paper. Cited no times.")
    assert listed().endswith("Conference paper.")


def with_notices(report: Report) -> Report:
    """The sample, its retracted paper with all that a database would know of it."""
    known = {
        "notices": (NOTICE, CONCERN, CORRECTION),
        "open_access": "gold",
        "citation_count": 1204,
        "citation_date": "2026-11-22",
    }
    papers = [
        paper.model_copy(update=known) if paper.id == RETRACTED.id else paper
        for paper in report.papers
    ]
    return report.model_copy(update={"papers": tuple(papers)})


@pytest.mark.parametrize("render", [render_markdown, render_html])
def test_a_report_is_read_back_with_the_works_own_doi_and_year(
    render: Callable[[Report], str],
) -> None:
    parsed = parse_report(render(with_notices(sample_report())), name="report")
    [reference] = [one for one in parsed.references if one.title == RETRACTED.title]
    assert (reference.doi, reference.year) == (RETRACTED.ids.doi, RETRACTED.year)
    assert reference.retracted
    assert reference.status == "conference"


def test_limitations_name_every_notice() -> None:
    report = with_notices(sample_report())
    told = limitations(
        plan=report.plan, counts=report.counts, draft=report.draft, claims=report.claims,
        verdicts=report.verdicts, contradictions=report.contradictions, papers=report.papers,
        passages=report.passages, search=report.search, stamp=report.stamp,
    )  # fmt: skip
    start = "Among the works is one that"
    assert [one for one in told if one.startswith(start)] == [
        f"{start} {noticed(NOTICE)}: {RETRACTED.id}; what it says supports and contradicts "
        "nothing here.",
        f"{start} {noticed(CONCERN)}: {RETRACTED.id}; what it says may not hold.",
        f"{start} {noticed(CORRECTION)}: {RETRACTED.id}.",
    ]


def test_the_page_says_why_a_piece_of_evidence_counts_for_nothing() -> None:
    report = sample_report()
    first = report.verdicts[0]
    piece = first.evidence_for[0]
    why = f"as told{DISCOUNTED}was retracted on 2021-03-01"
    changed = first.model_copy(update={"evidence_for": (piece.model_copy(update={"why": why}),)})
    told = render_markdown(report.model_copy(update={"verdicts": (changed, *report.verdicts[1:])}))
    assert "As told. It counts for nothing, because its paper was retracted on 2021-03-01." in told


def test_limitations_count_the_evidence_of_retracted_papers() -> None:
    report = sample_report()
    told = render_markdown(report).split("## 4 Limitations")[1].split("## 5")[0]
    pieces = [
        piece
        for one in report.verdicts
        for piece in (*one.evidence_for, *one.evidence_against)
        if piece.paper_id == RETRACTED.id
    ]
    assert pieces
    assert f"{len(pieces)} piece" in told
    assert "of a retracted paper: shown, but not counted." in told


async def test_the_local_writer_names_no_retracted_paper_as_support() -> None:
    papers = taken_back("three") | {"two": paper("two", "Tina Two")}
    made = await verdict(papers, one=0.9, two=0.9, three=0.9)
    assert len(made.evidence_for) == 2
    sentence = sentence_of(Checked(CLAIM, made), papers)
    assert "independently supported by Two (2020))" in sentence.text


class Cites:
    """A writer that bases a sentence on every claim that it is given, and one on them all."""

    name = "cites"

    async def write(self, request: WriteRequest) -> Writing:
        ids = tuple(claim.id for claim in request.claims)
        said = tuple(CitedSentence(text="Loss falls.", claim_ids=(id_,)) for id_ in (*ids, "k9"))
        return Writing(
            title="Loss",
            abstract=(CitedSentence(text="Loss falls.", claim_ids=(*ids, VERBATIM.id)),),
            answer=(*said, CitedSentence(text="Loss rises.", claim_ids=(VERBATIM.id,))),
        )


async def written(papers: dict[str, Paper], writer: Writer) -> Draft:
    other = claim(FOR.text, FOR)
    opposed, open_ = await verdict(papers, one=0.9, three=-0.9), await verdict(papers)
    verdicts = (
        opposed.model_copy(update={"claim_id": VERBATIM.id}),
        open_.model_copy(update={"claim_id": other.id, "label": "uncorroborated"}),
    )
    assert opposed.label == "contradicted"
    request = WriteRequest(
        question="Do larger models reach a lower loss?",
        subquestions=(),
        claims=(VERBATIM, other),
        verdicts=verdicts,
        papers=tuple(papers.values()),
    )
    return await write(request, writer=writer)


@pytest.mark.parametrize("writer", [Cites(), LocalWriter()])
async def test_no_sentence_rests_on_a_retracted_paper(writer: Writer) -> None:
    stands = await written(taken_back(), writer)
    fallen = await written(taken_back("one"), writer)
    cited = [{i for s in (*d.abstract, *d.answer) for i in s.claim_ids} for d in (stands, fallen)]
    assert VERBATIM.id in cited[0]
    assert VERBATIM.id not in cited[1]
    assert cited[1]


async def test_a_verdict_is_outdated_once_its_evidence_was_retracted() -> None:
    made = await verdict(taken_back(), one=0.9, two=0.9)
    assert made.label == "verified"
    assert not outdated(made, taken_back())
    assert not outdated(made, taken_back("three"))
    assert outdated(made, taken_back("two"))
    assert outdated(made, taken_back("one"))
    known = await verdict(taken_back("two"), one=0.9, two=0.9)
    assert not outdated(known, taken_back("two"))


# What reviewers see.


def test_reviewers_are_not_told_that_retracted_evidence_speaks_against() -> None:
    report = sample_report()
    silent = [
        one.model_copy(
            update={"evidence_against": one.evidence_for, "corroboration": "not enough evidence"}
        )
        for one in report.verdicts
    ]
    [abstract, *_] = dossier_of_report(
        report.model_copy(update={"verdicts": tuple(silent)})
    ).sections
    assert abstract.text.endswith("Independent evidence against was found for 0 of them.")


def test_reviewers_see_the_notices() -> None:
    report = with_notices(sample_report())
    reference = next(
        one for one in dossier_of_report(report).references if one.title == RETRACTED.title
    )
    assert reference.notices == (NOTICE, CONCERN, CORRECTION)
    text = shown(b"secret", dossier_of_report(report)).text
    assert "RETRACTED, notice of retraction, 2021-03-01, doi:10.5555/notice(21)7" in text
    assert "notice of expression of concern, 2020-05, doi:10.5555/concern" in text


def audited(claim_: DossierClaim) -> str:
    references = (
        reference_of(paper("one"), "1"),
        DossierReference(key="2", title="Taken back", retracted=True),
        reference_of(paper("three"), "3"),
    )
    seen = Dossier(
        question="?", title="", sections=(), claims=(claim_,), references=references,
        has_papers=True,
    )  # fmt: skip
    return retracted(seen).answer


def stated(reference: str, *supports: str, verified: bool = True) -> DossierClaim:
    return DossierClaim(
        id="c",
        text="Loss falls.",
        verdict="verified" if verified else "uncorroborated",
        verified=verified,
        reference=reference,
        evidence=tuple(
            DossierEvidence(reference=key, quote="Loss falls.", stance="supports", verbatim=True)
            for key in supports
        ),
    )


@pytest.mark.parametrize("check", [verdict_follows, against_mentioned])
def test_retracted_evidence_against_a_claim_is_no_fault(
    check: Callable[[Dossier], Outcome],
) -> None:
    against = DossierEvidence(reference="2", quote="It rises.", stance="contradicts", verbatim=True)
    claim_ = stated("1", "1", "3")
    claim_ = claim_.model_copy(update={"evidence": (*claim_.evidence, against)})
    standing = (reference_of(paper("one"), "1"), reference_of(paper("two"), "2"))
    fallen = (standing[0], DossierReference(key="2", title="Taken back", retracted=True))
    answers = [
        check(
            Dossier(
                question="?",
                title="",
                sections=(DossierSection(name="3 Results", text="Loss falls [c]."),),
                claims=(claim_,),
                references=(*references, reference_of(paper("three"), "3")),
                has_papers=True,
            )
        ).answer
        for references in (standing, fallen)
    ]
    assert answers == ["no", "yes"]


def test_the_auditor_faults_what_rests_on_a_retracted_work_only() -> None:
    assert audited(stated("2", "2", "3")) == "no"
    assert audited(stated("1", "1", "2")) == "no"
    assert audited(stated("1", "1", "2", "3")) == "yes"
    assert audited(stated("1", "1", "2", verified=False)) == "yes"
