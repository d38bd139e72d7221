"""A small but complete report over made-up papers, for tests; every part of the record is used."""

from typing import Literal

from assignee.records import (
    CheckAnswer,
    CitedSentence,
    Claim,
    Contradiction,
    Corroboration,
    Counts,
    Draft,
    Evidence,
    Finding,
    Flow,
    ForeignReview,
    Mention,
    News,
    Notice,
    PanelRating,
    Paper,
    PaperIds,
    Passage,
    Plan,
    Quote,
    Report,
    Review,
    Revision,
    RevisionAction,
    Screened,
    SearchEntry,
    SearchLog,
    SecondOpinion,
    Stamp,
    Terms,
    Usage,
    Verdict,
    VerdictLabel,
)
from assignee.records.claim import Agreement, Attribution
from assignee.records.paper import Basis, PaperKind

QUESTION = "Does drinking tea before a nap make reaction times shorter in adults?"
DAY = "2026-06-06"


def _paper(kind: PaperKind, ids: PaperIds, title: str, **fields: object) -> Paper:
    identity = Paper(id="p", ids=ids, title=title).identity
    return Paper.model_validate(
        {"id": Paper.make_id(kind, identity), "kind": kind, "ids": ids, "title": title, **fields}
    )


NOTE = _paper(
    "note",
    PaperIds(arxiv="2401.00011"),
    "Tea, Naps and Reaction Times: A Crossover Trial",
    authors=("Mirela Ostrow", "et al."),
    year=2024,
    publication_status="preprint",
    sources=("notes",),
)
JOURNAL = _paper(
    "paper",
    PaperIds(doi="10.5555/tea.2022.17", pmid="99000017"),
    "Caffeinated naps & vigilance",
    authors=("Jan van der Berg", "Amara Nwosu"),
    year=2022,
    venue="Journal of Made-up Sleep",
    url="https://example.org/tea?a=1&b=2",
    publication_status="journal",
    sources=("notes",),
)
SHARED = _paper(
    "paper",
    PaperIds(arxiv="2203.00042"),
    "Vigilance after tea: a second cohort",
    authors=("Amara Nwosu", "Lee Park", "Tomás Ibáñez"),
    year=2023,
    publication_status="preprint",
    sources=("notes",),
)
RETRACTED = _paper(
    "paper",
    PaperIds(doi="10.5555/nap.2019.3"),
    "Tea slows everyone down",
    authors=("Q. Fable",),
    year=2019,
    venue="Proceedings of Imaginary Trials",
    publication_status="conference",
    notices=(Notice(kind="retraction", date="2021-03-01", doi="10.5555/nap.2021.retraction"),),
    sources=("notes",),
)
UNCITED = _paper("paper", PaperIds(), "An unrelated survey of teapots", url="javascript:alert(1)")


def _passage(paper: Paper, section: str, text: str, *, start: int, basis: Basis) -> Passage:
    end = start + len(text)
    return Passage(
        id=f"{paper.id}:{start}-{end}",
        paper_id=paper.id,
        section=section,
        text=text,
        start=start,
        end=end,
        basis=basis,
    )


IN_NOTE = _passage(
    NOTE,
    "Summary",
    "Ostrow et al. ran a crossover trial with 48 adults. Green tea before a 20-minute nap "
    "shortened median reaction time by 31 ms. The gain was gone after 90 minutes. The trial was "
    "small and was not blinded.",
    start=12,
    basis="note",
)
IN_JOURNAL = _passage(
    JOURNAL,
    "3 Results",
    "Participants who drank tea before napping reacted 29 ms faster than those who drank water "
    "(p < 0.05). Vigilance | lapses fell by 12 %.",
    start=4_210,
    basis="full text",
)
IN_SHARED = _passage(
    SHARED,
    "Abstract",
    "In a second cohort, reaction times after tea and a nap were 27 ms shorter than after a nap "
    "alone. No effect was seen in participants over 65.",
    start=0,
    basis="abstract",
)
IN_RETRACTED = _passage(
    RETRACTED,
    "",
    "Tea before a nap made reaction times longer, not shorter, in all 12 participants.",
    start=300,
    basis="abstract",
)


def quote(passage: Passage, words: str) -> Quote:
    """The quote of these words of the passage."""
    start = passage.text.index(words)
    return Quote.cut(passage, start, start + len(words))


def _claim(text: str, passage: Passage, words: str, **fields: object) -> Claim:
    cut = quote(passage, words)
    return Claim.model_validate(
        {
            "id": Claim.make_id(text, cut),
            "text": text,
            "quote": cut,
            "paper_id": passage.paper_id,
            "relevance": 0.8123456789,
            **fields,
        }
    )


FASTER = _claim(
    "Green tea before a 20-minute nap shortened median reaction time by 31 ms.",
    IN_NOTE,
    "Green tea before a 20-minute nap shortened median reaction time by 31 ms.",
    subquestion=0,
    merged_from=(
        Mention(
            text="Tea and a nap made reactions 27 ms faster.",
            quote=quote(IN_SHARED, "reaction times after tea and a nap were 27 ms shorter"),
            paper_id=SHARED.id,
        ),
    ),
)
LAPSES = _claim(
    "Vigilance | lapses fell by 12 % after tea and a nap.",
    IN_JOURNAL,
    "Vigilance | lapses fell by 12 %.",
    subquestion=0,
)
SHORT_LIVED = _claim(
    "The gain in reaction time was gone after 90 minutes.",
    IN_NOTE,
    "The gain was gone after 90 minutes.",
    subquestion=1,
)
LONGER = _claim(
    "Tea before a nap made reaction times longer in all 12 participants.",
    IN_RETRACTED,
    "Tea before a nap made reaction times longer, not shorter, in all 12 participants.",
    subquestion=0,
)
OLDER = _claim(
    "No effect of tea was seen in participants over 65.",
    IN_SHARED,
    "No effect was seen in participants over 65.",
    subquestion=None,
)


def _evidence(passage: Passage, words: str, stance: str, why: str, **fields: object) -> Evidence:
    return Evidence.model_validate(
        {
            "quote": quote(passage, words),
            "paper_id": passage.paper_id,
            "basis": passage.basis,
            "stance": stance,
            "score": 0.7123,
            "why": why,
            **fields,
        }
    )


def _verdict(
    claim: Claim,
    label: VerdictLabel,
    attribution: Attribution,
    corroboration: Corroboration,
    **fields: object,
) -> Verdict:
    return Verdict.model_validate(
        {
            "claim_id": claim.id,
            "label": label,
            "attribution": attribution,
            "corroboration": corroboration,
            "considered": 6,
            "rule": "attributed; independent evidence counted",
            "judge": "local:rules-1",
            **fields,
        }
    )


VERDICTS = (
    _verdict(
        FASTER,
        "mixed",
        "supported",
        "mixed",
        attribution_evidence=(
            _evidence(IN_NOTE, "shortened median reaction time by 31 ms", "supports", "same words"),
        ),
        evidence_for=(
            _evidence(
                IN_JOURNAL,
                "reacted 29 ms faster than those who drank water",
                "supports",
                "same direction and outcome",
                numbers="disagree",
            ),
        ),
        evidence_against=(
            _evidence(
                IN_RETRACTED,
                "made reaction times longer, not shorter",
                "contradicts",
                "opposite direction: longer against shortened",
            ),
        ),
    ),
    _verdict(
        LAPSES,
        "uncorroborated",
        "supported",
        "not enough evidence",
        evidence_for=(
            _evidence(
                IN_SHARED,
                "reaction times after tea and a nap were 27 ms shorter than after a nap alone",
                "supports",
                "related outcome",
                independent=False,
            ),
        ),
    ),
    _verdict(SHORT_LIVED, "uncorroborated", "supported", "not enough evidence"),
    _verdict(
        LONGER,
        "contradicted",
        "supported",
        "contradicted",
        evidence_against=(
            _evidence(
                IN_JOURNAL,
                "reacted 29 ms faster",
                "contradicts",
                "opposite direction",
                probability=0.9312,
            ),
        ),
        confidence=0.8712345,
    ),
    _verdict(OLDER, "not checked", "not checked", "not checked", considered=0, judge="none"),
)

CLAIMS = (FASTER, LAPSES, SHORT_LIVED, LONGER, OLDER)
NO_BLINDING = Finding(
    reviewer="balance",
    what=f"The answer leans on {FASTER.id}, whose trial was not blinded.",
    severity="major",
    item="balance.limits",
    claim_id=FASTER.id,
    quote="shortened median reaction time",
    remedy="qualify",
)
REVIEWS = (
    Review(
        reviewer="evidence",
        checklist="evidence",
        engine="local",
        answers=(
            CheckAnswer(item="evidence.quoted", answer="yes", reason="every claim has a quote"),
            CheckAnswer(
                item="evidence.corroborated",
                answer="no",
                reason="2 of 5 claims have no independent evidence",
                place=LAPSES.id,
                quote="Vigilance | lapses",
            ),
            CheckAnswer(
                item="evidence.blinding", answer="cannot assess", reason="the text is not at hand"
            ),
        ),
        samples=(6.25,),
        score=6.25,
        score_meaning="weighted share of checks passed",
    ),
    Review(
        reviewer="balance",
        checklist="balance",
        engine="llm gpt-sample",
        prompt="reviewer@0123456789ab",
        findings=(NO_BLINDING,),
        samples=(7.0, 8.0),
        score=7.5,
        score_meaning="overall judgement on the shared rubric",
        dropped_findings=1,
    ),
    Review(
        reviewer="clarity",
        checklist="clarity",
        engine="llm gpt-sample",
        unscored_because="the reply was cut off",
        score_meaning="overall judgement on the shared rubric",
        raw="{",
    ),
)
RATING = PanelRating(
    panel="default",
    score=6.875,
    how="mean of the overall scores of 2 reviewers",
    scores={"evidence": 6.25, "balance": 7.5, "clarity": None},
    spread=0.8838834764,
    within_sd=0.70710678,
    interval=(6.25, 7.5),
    degraded=True,
    quorum=2,
)
STAMP = Stamp(
    program="assignee",
    version="0.1.0",
    engine="llm",
    models={"writer": "gpt-sample", "judge": "rules-1"},
    prompts={"reviewer": "0123456789ab"},
    settings={
        "max_papers": 12,
        "temperature": None,
        "timeout": 120.0,
        "trace": False,
        "plots": False,
    },
)
USAGE = (
    Usage(
        role="writer",
        model="gpt-sample",
        calls=2,
        cached=1,
        failed=0,
        prompt_tokens=12_345,
        completion_tokens=678,
        cost=0.01234567,
        seconds=3.14159,
    ),
    Usage(role="critic", model="gpt-sample", calls=3, failed=1, seconds=9.9),
)


def sample_report() -> Report:
    """The report: five claims, five papers, every verdict word but `verified`, one revision."""
    return Report(
        run_id="20260606-tea",
        question=QUESTION,
        date=DAY,
        plan=Plan(
            subquestions=("How large is the effect?", "How long does it last?", "Is it safe?"),
            queries=("tea nap reaction time",),
            planner="local:rules-1",
        ),
        draft=_draft(),
        papers=(UNCITED, NOTE, JOURNAL, SHARED, RETRACTED),
        passages=(IN_NOTE, IN_JOURNAL, IN_SHARED, IN_RETRACTED),
        claims=CLAIMS,
        verdicts=VERDICTS,
        contradictions=(
            Contradiction(first=FASTER.id, second=LONGER.id, why="opposite directions"),
        ),
        reviews=REVIEWS,
        rating=RATING,
        revision=Revision(
            actions=(
                RevisionAction(
                    finding=NO_BLINDING, action="qualified", detail=f"{FASTER.id} is hedged"
                ),
            ),
            before=RATING.model_copy(update={"score": 6.0}),
            after=RATING,
            kept="revised",
        ),
        search=_search(),
        counts=Counts(
            papers_found=9,
            papers_screened_out=4,
            papers_read=5,
            papers_cited=4,
            passages_read=31,
            drafts=11,
            quotes_unmatched=1,
            off_topic=2,
            not_self_contained=1,
            over_limit=1,
            duplicates_merged=1,
            claims=5,
            claims_not_checked=1,
            largest_share=0.4,
            rounds=2,
        ),
        usage=USAGE,
        stamp=STAMP,
        warnings=("the budget of 5 calls was spent: 1 claim was not checked",),
        seconds=75.2,
    )


MODEL = "llm:gpt-sample@0123456789ab"
LOCAL = "local:stance-1"


def _seen_twice(
    verdict: Verdict,
    *,
    agreement: Agreement,
    told: str,
    sure: float | None,
    **second: object,
) -> Verdict:
    """The verdict as a model's, with the local one's opinion beside it."""
    opinion = {
        "judge": LOCAL,
        "label": verdict.label,
        "attribution": verdict.attribution,
        "corroboration": verdict.corroboration,
        "evidence_for": verdict.evidence_for,
        "evidence_against": verdict.evidence_against,
        **second,
    }
    return verdict.model_copy(
        update={
            "judge": MODEL,
            "confidence": sure,
            "rule": f"{verdict.rule}; {LOCAL} {told}",
            "second": SecondOpinion.model_validate(opinion),
            "agreement": agreement,
        }
    )


STANDS = f"and the verdict of {MODEL} stands"
OVERRULED = _evidence(
    IN_JOURNAL,
    "reacted 29 ms faster than those who drank water",
    "contradicts",
    "the figures differ (31 ms against 29 ms), whatever the judge says: says much the same",
    numbers="disagree",
)
TWICE = (
    _seen_twice(
        VERDICTS[0],
        agreement="disagree",
        told=f"disagrees (contradicted), {STANDS}",
        sure=0.8241,
        label="contradicted",
        confidence=0.6449,
        corroboration="contradicted",
        evidence_for=(),
        evidence_against=(OVERRULED,),
    ),
    _seen_twice(VERDICTS[1], agreement="agree", told="agrees", sure=0.7, confidence=0.91),
    _seen_twice(
        VERDICTS[2],
        agreement="disagree",
        told=f"disagrees (verified), {STANDS}",
        sure=None,
        label="verified",
        confidence=0.58,
        corroboration="supported",
        evidence_for=(
            _evidence(
                IN_SHARED,
                "No effect was seen in participants over 65.",
                "supports",
                "says much the same",
                probability=0.6512,
            ),
        ),
    ),
    VERDICTS[3].model_copy(update={"judge": MODEL, "rule": f"{VERDICTS[3].rule}; none beside it"}),
    VERDICTS[4],
)
"""Two disagreements, one agreement, one claim without a second opinion, one not checked."""


def two_opinions_report() -> Report:
    """The sample as judged by a model, with the local judge's opinion beside three claims."""
    stamp = STAMP.model_copy(
        update={
            "models": {
                **STAMP.models,
                "second judge": LOCAL,
                f"calibration of {LOCAL}": "fedcba9876543210",
            }
        }
    )
    return sample_report().model_copy(update={"verdicts": TWICE, "stamp": stamp})


def _draft() -> Draft:
    return Draft(
        title="Tea, Naps and Reaction Times in Adults",
        abstract=(
            CitedSentence(
                text="Evidence on tea before a nap is mixed.", claim_ids=(FASTER.id, LONGER.id)
            ),
        ),
        answer=(
            CitedSentence(
                text="One note reports a gain of 31 ms, which one other paper supports and one "
                "retracted paper contradicts.",
                claim_ids=(LONGER.id, FASTER.id),
            ),
            CitedSentence(
                text="The gain may be short-lived.", claim_ids=(SHORT_LIVED.id, SHORT_LIVED.id)
            ),
        ),
        writer="llm:gpt-sample",
        dropped_sentences=1,
        qualified=(FASTER.id,),
        notes=("Blinding was not assessed.",),
    )


def _search() -> SearchLog:
    return SearchLog(
        entries=(
            SearchEntry(
                source="notes",
                query="tea nap reaction time",
                time="2026-06-06T14:02:11+00:00",
                hits=9,
                kept=5,
            ),
            SearchEntry(
                source="archive",
                query='"tea" AND nap*',
                sent='q="tea" AND nap*; from 2015-01-01',
                round=2,
                time="2026-06-06T14:02:15+00:00",
                hits=0,
                kept=0,
                retries=3,
                errors=("timed out after 20 s",),
            ),
            SearchEntry(
                source="archive",
                query="van der Berg and Nwosu (2022), doi:10.5555/tea.2022.17",
                way="backward",
                round=2,
                time="2026-06-06T14:02:16+00:00",
                hits=0,
                kept=0,
                errors=("timed out after 20 s",),
            ),
        ),
        unread=("scan.pdf: no text, probably scanned",),
        terms=Terms(
            since="2015-01-01",
            statuses=("journal", "preprint"),
            include=("Adults took part",),
            exclude=("No person took part",),
        ),
        screening=(
            *(_screened(paper, "included", "close to the question") for paper in (NOTE, JOURNAL)),
            *(
                Screened(
                    paper_id=f"p{number:012x}",
                    title=f"Teapots, part {number}",
                    decision="excluded",
                    by="relevance",
                    reason="less close to the question than what is read",
                )
                for number in range(4)
            ),
        ),
        flow=Flow(
            identified={"notes": 9},
            by_citations={"archive": 2},
            duplicates=2,
            screened=9,
            excluded={"less close to the question than what is read": 4},
            sought=5,
            not_retrieved={"no free copy is known": 2},
            assessed=5,
            rejected={"no claim about the question": 1},
            included=4,
        ),
        saturation="none of the 2 records that citations found was new",
        basis={
            NOTE.id: "note",
            JOURNAL.id: "full text",
            SHARED.id: "abstract",
            RETRACTED.id: "abstract",
            UNCITED.id: "full text",
        },
        tried={SHARED.id: ("Unpaywall: no free copy is known",)},
        found=(NOTE, JOURNAL, SHARED, RETRACTED, UNCITED),
    )


def _screened(paper: Paper, decision: Literal["included", "excluded"], reason: str) -> Screened:
    return Screened(
        paper_id=paper.id, title=paper.title, decision=decision, by="relevance", reason=reason
    )


def sample_review() -> ForeignReview:
    """The panel's opinion of somebody else's report."""
    return ForeignReview(
        run_id="20260606-review",
        source="old-report.txt",
        date=DAY,
        title="Naps for Everyone",
        question=QUESTION,
        reviews=(
            REVIEWS[0],
            REVIEWS[1].model_copy(
                update={
                    "findings": (
                        Finding(
                            reviewer="balance",
                            what="a claim is cut in mid-sentence",
                            severity="minor",
                            claim_id="c7",
                        ),
                        Finding(
                            reviewer="balance",
                            what="preprints are called something else",
                            severity="severe",
                            section="Abstract",
                            quote="14 papers",
                        ),
                    )
                }
            ),
        ),
        rating=RATING.model_copy(
            update={"scores": {"evidence": 6.25, "balance": 7.5}, "degraded": False}
        ),
        stamp=STAMP.model_copy(update={"engine": "local"}),
    )


def report_saying(words: str) -> Report:
    """The sample with these words in every place that papers, models and users fill."""
    told = words or "–"
    passage = _passage(NOTE, told, f"Before. {told} After.", start=7, basis="note")
    cut = Quote.cut(passage, 8, 8 + len(told))
    claim = Claim(
        id=Claim.make_id(told, cut),
        text=told,
        quote=cut,
        paper_id=NOTE.id,
        relevance=0.5,
        merged_from=(Mention(text=told, quote=cut, paper_id=NOTE.id),),
    )
    evidence = Evidence(
        quote=cut, paper_id=NOTE.id, basis="note", stance="neutral", score=0.5, why=told
    )
    verdict = VERDICTS[0].model_copy(
        update={
            "claim_id": claim.id,
            "rule": told,
            "judge": told,
            "attribution_evidence": (evidence,),
            "evidence_for": (),
            "evidence_against": (evidence,),
            "second": SecondOpinion(
                judge=told,
                label="contradicted",
                attribution="supported",
                corroboration="contradicted",
                evidence_against=(evidence,),
            ),
            "agreement": "disagree",
        }
    )
    finding = NO_BLINDING.model_copy(update={"what": told, "quote": told, "claim_id": told})
    answer = CheckAnswer(item=told, answer="no", reason=told, place=told, quote=told)
    review = REVIEWS[1].model_copy(
        update={"reviewer": told, "findings": (finding,), "answers": (answer,), "engine": told}
    )
    unscored = REVIEWS[2].model_copy(update={"unscored_because": told, "score_meaning": told})
    named = {"title": told, "authors": (told, told), "venue": told, "url": told}
    papers = tuple(
        paper.model_copy(update=named | {"ids": PaperIds(doi=told, arxiv=told, s2=told)})
        for paper in (NOTE, JOURNAL)
    )
    sentence = CitedSentence(text=told, claim_ids=(claim.id,))
    sample = sample_report()
    entry = sample.search.entries[1].model_copy(
        update={"source": told, "query": told, "errors": (told,), "time": told}
    )
    return sample.model_copy(
        update={
            "question": told,
            "run_id": told,
            "date": told,
            "plan": Plan(subquestions=(told, "Second?"), queries=(told,), planner=told),
            "draft": sample.draft.model_copy(
                update={
                    "title": told,
                    "abstract": (sentence,),
                    "answer": (sentence, sentence),
                    "notes": (told,),
                }
            ),
            "papers": papers,
            "passages": (passage,),
            "claims": (claim,),
            "verdicts": (verdict,),
            "contradictions": (Contradiction(first=claim.id, second=claim.id, why=told),),
            "reviews": (review, unscored),
            "rating": RATING.model_copy(update={"how": told, "scores": {told: None}}),
            "revision": sample.revision
            and sample.revision.model_copy(
                update={
                    "rule": told,
                    "actions": (RevisionAction(finding=finding, action="unresolved", detail=told),),
                }
            ),
            "search": _search_saying(told, entry, papers),
            "stamp": STAMP.model_copy(
                update={
                    "models": {told: told},
                    "prompts": {told: told},
                    "settings": {told: told, "plots": False},
                }
            ),
            "warnings": (told,),
        }
    )


def _search_saying(told: str, entry: SearchEntry, papers: tuple[Paper, ...]) -> SearchLog:
    followed = entry.model_copy(update={"way": "forward", "sent": told})
    left_out = Screened(
        paper_id=papers[1].id, title=told, decision="excluded", by="criteria", reason=told
    )
    return SearchLog(
        entries=(entry.model_copy(update={"sent": told}), followed),
        unread=(told,),
        terms=Terms(since=told, until=told, language=told, include=(told,), exclude=(told, told)),
        screening=(left_out,),
        flow=Flow(
            identified={told: 3},
            by_citations={told: 1},
            screened=4,
            excluded={told: 1},
            sought=3,
            not_retrieved={told: 1},
            assessed=2,
            rejected={told: 1},
            included=1,
        ),
        saturation=told,
        basis={papers[0].id: "note"},
        tried={papers[0].id: (told,)},
        found=papers,
        news=News(
            since=told,
            known=1,
            new=(papers[1].id,),
            gone=(told,),
            retracted=(papers[0].id,),
        ),
    )
