"""The dossier of our own report: all that a reader sees, without names of authors and ratings."""

from sample_report import sample_report

from assignee.agents.dossier import Blinder, cited_text, dossier_of_report
from assignee.agents.limitations import limitations
from assignee.records import CitedSentence, Paper

REPORT = sample_report()
SEEN = dossier_of_report(REPORT)


def prose() -> str:
    return "\n".join([SEEN.title, *(section.text for section in SEEN.sections)])


def test_it_has_the_reports_sections_in_order() -> None:
    assert [section.name for section in SEEN.sections] == [
        "Abstract",
        "1 Introduction",
        "2 Methodology",
        "3 Results",
        "3.1 Contradictions",
        "4 Limitations",
    ]


def test_question_queries_engine_and_settings_are_there() -> None:
    text = prose()
    assert REPORT.question in text
    for entry in REPORT.search.entries:
        assert entry.query in text
    assert f"engine: {REPORT.stamp.engine}" in text
    for name in (*REPORT.stamp.models.values(), *REPORT.stamp.settings):
        assert name in text


def test_claims_verdicts_and_evidence_are_those_of_the_report() -> None:
    keys = {paper.id: ref.key for paper, ref in zip(REPORT.papers, SEEN.references, strict=True)}
    for claim, seen in zip(REPORT.claims, SEEN.claims, strict=True):
        verdict = REPORT.verdict(claim.id)
        assert (seen.id, seen.text, seen.quote) == (claim.id, claim.text, claim.quote.text)
        assert seen.reference == keys[claim.paper_id]
        assert seen.verdict is not None
        assert seen.verdict.startswith(verdict.label)
        assert seen.verified == (verdict.label == "verified")
        assert len(seen.evidence) == len(
            verdict.attribution_evidence + verdict.evidence_for + verdict.evidence_against
        )
    assert all(claim.quote_verbatim for claim in SEEN.claims)


def test_ratings_and_authors_are_not_there() -> None:
    text = SEEN.model_dump_json()
    for one in REPORT.papers:
        for author in one.authors:
            assert author not in text
    assert REPORT.rating.how not in text
    assert all(f.what not in text for review in REPORT.reviews for f in review.findings)


def test_answer_sentences_name_their_claims() -> None:
    results = SEEN.section("results")
    assert results is not None
    for sentence in REPORT.draft.answer:
        assert all(claim_id in results.text for claim_id in sentence.claim_ids)


def test_marks_stand_before_the_full_stop() -> None:
    ids = ("c1", "c2")
    assert cited_text(CitedSentence(text="It falls.", claim_ids=ids)) == "It falls [c1, c2]."
    assert cited_text(CitedSentence(text="It falls", claim_ids=ids)) == "It falls [c1, c2]."
    assert cited_text(CitedSentence(text="“It falls.”", claim_ids=ids)) == "“It falls” [c1, c2]."
    assert cited_text(CitedSentence(text="Does it?", claim_ids=("c1",))) == "Does it [c1]?"
    assert cited_text(CitedSentence(text="It falls.")) == "It falls."


def test_the_blinder_takes_names_for_numbers() -> None:
    papers = [
        Paper(id="p1", title="One", authors=("Ada Long", "Bo Short", "Cy Mid"), year=2020),
        Paper(id="p2", title="Two", authors=("Dee Wide",), year=2021, kind="note"),
        Paper(id="p3", title="Three", year=2022),
    ]
    blind = Blinder(papers, {"p1": "1", "p2": "2", "p3": "3"})
    told = "Long et al. (2020) and a note about Wide (2021) agree; Long et al. say more."
    assert blind(told) == "[1] and a note about [2] agree; the authors say more."
    assert Blinder([], {})(told) == told


def test_limitations_are_counted_from_the_report() -> None:
    told = limitations(
        counts=REPORT.counts,
        draft=REPORT.draft,
        claims=REPORT.claims,
        verdicts=REPORT.verdicts,
        papers=REPORT.papers,
        passages=REPORT.passages,
        search=REPORT.search,
        stamp=REPORT.stamp,
    )
    total = len(REPORT.claims)
    for label in {verdict.label for verdict in REPORT.verdicts}:
        number = sum(verdict.label == label for verdict in REPORT.verdicts)
        assert any(f"{number} of {total} claims" in s and label in s for s in told), label
    assert set(REPORT.draft.notes) <= set(told)
    assert all(sentence.endswith(".") for sentence in told)
