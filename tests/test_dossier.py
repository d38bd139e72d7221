"""The dossier of our own report: all that a reader sees, without names of authors and ratings."""

from pathlib import Path

import pytest
from makers import HashingEmbedder
from sample_report import sample_report

from assignee.agents.dossier import Blinder, cited_text, dossier_of_report
from assignee.agents.limitations import limitations
from assignee.agents.methodology import search_sentences
from assignee.library import Library
from assignee.records import CitedSentence, Paper, SearchEntry, SearchLog
from assignee.sources import FolderSource, ShelfSource, Source
from assignee.sources.exports import ExportSource
from assignee.sources.looked_up import IdListSource

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
        assert (entry.query in text) == (entry.way == "query"), "papers followed carry names"
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
        plan=REPORT.plan,
        counts=REPORT.counts,
        draft=REPORT.draft,
        claims=REPORT.claims,
        verdicts=REPORT.verdicts,
        contradictions=REPORT.contradictions,
        papers=REPORT.papers,
        passages=REPORT.passages,
        search=REPORT.search,
        stamp=REPORT.stamp,
    )
    total = len(REPORT.claims)
    for label in {verdict.label for verdict in REPORT.verdicts}:
        number = sum(verdict.label == label for verdict in REPORT.verdicts)
        assert any(f"{number} of the {total} claims" in s and label in s for s in told), label
    assert set(REPORT.draft.notes) <= set(told)
    assert all(sentence.endswith(".") for sentence in told)


def test_the_largest_contributor_is_named_by_its_number() -> None:
    first = REPORT.claims[0]
    more = tuple(claim.model_copy(update={"paper_id": first.paper_id}) for claim in REPORT.claims)
    seen = dossier_of_report(REPORT.model_copy(update={"claims": more[:3] + REPORT.claims[3:]}))
    limits = seen.section("limitations")
    assert limits is not None
    key = seen.claims[0].reference
    assert f"The largest contributor of claims is [{key}]: 3 of the 5 claims (60%)." in limits.text
    assert not any(paper.id in limits.text for paper in REPORT.papers)


def whole(source: str, query: str, *, hits: int, round_: int = 1) -> SearchEntry:
    time = "2026-06-06T14:02:11+00:00"
    return SearchEntry(source=source, query=query, round=round_, time=time, hits=hits, kept=hits)


@pytest.mark.parametrize(
    ("entries", "rounds", "told"),
    [
        ((), 1, "No source was searched: the documents were given."),
        (
            (whole("files: tea", "every document", hits=56),),
            1,
            "No query was needed for “files: tea”: all 56 documents were taken in.",
        ),
        (
            tuple(whole("files: tea", "every document", hits=56, round_=n) for n in (1, 2, 3)),
            3,
            "No query was needed for “files: tea”: all 56 documents were taken in; later rounds "
            "chose further ones among them.",
        ),
        (
            (whole("files: a.pdf", "every document", hits=1),),
            2,
            "No query was needed for “files: a.pdf”: its only document was taken in.",
        ),
        (
            (whole("library", "papers named by id", hits=2), whole("web", "tea naps", hits=3)),
            1,
            "1 query was sent to web in 1 round, planned by rules. No query was needed for "
            "“library”: 2 papers named by id were taken in.",
        ),
        (
            (whole("ids: dois.txt", "every identifier", hits=3),),
            1,
            "No query was needed for “ids: dois.txt”: 3 records of the identifiers that it lists "
            "were read.",
        ),
    ],
)
def test_what_was_searched_is_said_in_words(
    entries: tuple[SearchEntry, ...], rounds: int, told: str
) -> None:
    said = search_sentences(SearchLog(entries=entries), rounds=rounds, planner="rules")
    assert " ".join(said) == told


async def test_what_is_taken_whole_is_no_query(tmp_path: Path) -> None:
    (tmp_path / "tea.txt").write_text("Tea before naps makes reaction times shorter in adults.")
    (tmp_path / "tea.bib").write_text("@misc{a, title={Tea}}")
    (tmp_path / "dois.txt").write_text("10.5555/tea.1\n10.5555/tea.2\n")
    with Library.open(tmp_path / "library", HashingEmbedder()) as library:
        sources: list[Source] = [
            FolderSource(tmp_path / "tea.txt"),
            ExportSource(tmp_path / "tea.bib"),
            IdListSource(tmp_path / "dois.txt", ()),
            ShelfSource(library, ["p1"]),
        ]
        for source in sources:
            [log] = (await source.search(("tea",), limit=5)).queries
            assert whole(source.name, log.query, hits=log.hits).taken_whole, source.name
        for log in (await ShelfSource(library).search(("tea", "naps"), limit=5)).queries:
            assert not whole("library", log.query, hits=log.hits).taken_whole
