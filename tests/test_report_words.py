"""The words of a report: honest, and right for none, one and many."""

import re

import pytest
from sample_report import (
    CLAIMS,
    FASTER,
    IN_NOTE,
    NOTE,
    RATING,
    STAMP,
    VERDICTS,
    sample_report,
    sample_review,
)

from assignee.agents.dossier import dossier_of_report
from assignee.agents.methodology import confidence_sentence
from assignee.agents.wording import counted, listed, percent, sentence
from assignee.records import Counts, Draft, Paper, Report, SearchLog, Usage
from assignee.report import render_html, render_markdown, render_review_markdown
from assignee.report.label import shared_authors, source_label, surname, web_address
from assignee.report.wording import duration, long_date, moment, money


def changed(**update: object) -> str:
    return render_markdown(sample_report().model_copy(update=update))


def bare_report() -> Report:
    """A report with nothing found, as far as a record allows it."""
    return sample_report().model_copy(
        update={
            "draft": Draft(title="Nothing", abstract=(), answer=(), writer="local"),
            "papers": (),
            "passages": (),
            "claims": (),
            "verdicts": (),
            "contradictions": (),
            "reviews": (),
            "rating": RATING.model_copy(update={"score": None, "scores": {}}),
            "revision": None,
            "search": SearchLog(),
            "counts": Counts(),
            "usage": (),
            "stamp": STAMP.model_copy(update={"engine": "local"}),
            "warnings": (),
            "seconds": 0.0,
        }
    )


def single_report() -> Report:
    """One paper, one claim, one reviewer."""
    report = sample_report()
    return report.model_copy(
        update={
            "papers": (NOTE,),
            "passages": (IN_NOTE,),
            "claims": (FASTER.model_copy(update={"merged_from": (), "subquestion": None}),),
            "verdicts": (
                VERDICTS[0].model_copy(
                    update={
                        "evidence_for": (),
                        "evidence_against": (),
                        "considered": 1,
                        "label": "uncorroborated",
                        "corroboration": "not enough evidence",
                    }
                ),
            ),
            "contradictions": (),
            "reviews": report.reviews[:1],
            "rating": RATING.model_copy(update={"scores": {"evidence": 6.0}, "degraded": False}),
            "counts": Counts(papers_found=1, rounds=1),
            "search": report.search.model_copy(
                update={"entries": report.search.entries[:1], "unread": ()}
            ),
        }
    )


def test_grammar_for_none() -> None:
    told = render_markdown(bare_report())
    for words in (
        "No documents were read.",
        "No claims were extracted.",
        "No answer was written",
        "No source was searched",
        "The panel of no automated reviewers gave no rating",
        "No language model was called, so nothing was paid for.",
    ):
        assert words in told
    assert "Contradictions" not in told
    assert "Revision" not in told
    assert "Warnings" not in told
    assert "nan" not in told.lower().split()


def test_grammar_for_one() -> None:
    told = render_markdown(single_report())
    for words in (
        "1 document was read: 1 note about a paper.",
        "1 claim was extracted from 1 document",
        "1 is uncorroborated.",
        "panel of 1 automated reviewer rated",
        "1 query was sent to notes in 1 round",
        "1 comparison of a claim with a passage of another paper was made",
        "The only claim rests on notes",
        "1 passage of other documents was judged",
        "The answer rests on 1 claim.",
        "The only claim is uncorroborated: no independent paper was found that settles it.",
        "what the 1 document from 1 source (notes) says about it; 1 of them is quoted",
    ):
        assert words in told, words
    assert not re.search(r"\b1 (?!of\b)\w+s\b(?! )(were|are|have)", told)


def test_grammar_for_many() -> None:
    told = render_markdown(sample_report())
    for words in (
        "5 claims were extracted from 4 documents",
        "2 queries were sent to notes and archive in 2 rounds",
        "24 comparisons of a claim with a passage of another paper were made",
        "The answer rests on 3 claims.",
    ):
        assert words in told, words


def test_documents_consulted_only_as_evidence_are_told_apart() -> None:
    told = changed(counts=Counts(papers_found=9, papers_screened_out=6, papers_read=3))
    assert "9 documents were found; 3 were read and 2 more were consulted as evidence: 1 " in told
    assert "| Documents read for claims | 3 |\n| … consulted only as evidence | 2 |" in told


def test_scores_that_agree_have_no_interval() -> None:
    same = RATING.model_copy(
        update={"scores": {"a": 9.0, "b": 9.0}, "spread": 0.0, "interval": (9.0, 9.0)}
    )
    told = changed(rating=same)
    assert "All reviewers that scored gave the same score." in told
    assert "interval" not in told


def test_the_rating_names_its_meaning_when_all_reviewers_share_it() -> None:
    told = changed(reviews=sample_report().reviews[:1])
    assert "rated the report 6.9/10 (weighted share of checks passed)" in told
    assert "not that its claims are true" in told


def test_no_long_decimals_are_shown() -> None:
    for told in (render_markdown(sample_report()), render_html(sample_report())):
        text = re.sub(r"<style>.*?</style>|\d{4}\.\d{5}\b", "", told, flags=re.DOTALL)
        assert not re.search(r"\d\.\d{5,}", text)


def test_preprints_are_never_called_peer_reviewed() -> None:
    for told in (render_markdown(sample_report()), render_review_markdown(sample_review())):
        assert "peer" not in told.lower()
    told = render_markdown(sample_report())
    assert "1 journal article, 1 conference paper, 1 preprint" in told
    assert "1 paper of unknown publication status" in told


def test_of_claims_that_nothing_settles_no_confidence_is_expected() -> None:
    open_ = [v for v in VERDICTS if v.corroboration == "not enough evidence"]
    assert open_
    bare = tuple(
        v.model_copy(update={"confidence": None, "corroboration": "not enough evidence"})
        for v in VERDICTS
    )
    told = confidence_sentence(bare)
    assert "no independent paper settles" in told
    assert "calibrated" not in told


def test_missing_confidence_is_said_with_a_reason() -> None:
    bare = tuple(verdict.model_copy(update={"confidence": None}) for verdict in VERDICTS)
    told = changed(verdicts=bare)
    assert "\n\nNo confidence is given: nothing that judged" in told.split("## 5")[1]
    assert "| Confidence |" not in told
    assert "No verdict is calibrated" in told
    assert told.count("*, not calibrated: ") == 4
    assert "*not checked*: Attributed" in told


def test_confidence_is_explained_once_and_where_it_was_calibrated() -> None:
    told = changed()
    assert told.count("probability that the verdict is right, calibrated on labelled sets") == 1
    assert "Where “not calibrated” stands" in told
    assert told.count("| not calibrated |") == 3
    assert "*contradicted*, confidence 0.87: " in told
    full = tuple(verdict.model_copy(update={"confidence": 0.5}) for verdict in VERDICTS)
    told = changed(verdicts=full)
    assert "not calibrated" not in told
    assert told.count("| 0.50 |") == 5


def test_the_methodology_names_the_profile_of_each_calibration() -> None:
    named = STAMP.model_copy(update={"models": {"calibration of local:s": "fedcba9876543210"}})
    told = changed(stamp=named).split("## 3 Results")[0]
    assert "fitted on labelled claims: fedcba9876543210 for local:s." in told
    assert "calibration profile" not in changed()


def test_claims_that_contradict_each_other_are_linked_both_ways() -> None:
    told = changed().split("## 5")[1]
    first, _, rest = told.partition('<a id="c2"></a>')
    other = rest.partition('<a id="c4"></a>')[2]
    assert "this claim and [C4](#c4), from Fable (2019)" in first
    assert "this claim and [C1](#c1), from a note about Ostrow et al. (2024)" in other
    assert told.count("cannot both hold as stated. Opposite directions.") == 2
    assert "*contradiction*" not in changed(contradictions=())


def test_unknown_usage_is_unknown_and_not_nought() -> None:
    told = changed(usage=(Usage(role="writer", model="m", calls=2),))
    assert "2 model calls were made; none of them failed. The cost is unknown, because" in told
    assert "| writer | m | 2 | 0 | 0 | unknown | unknown | unknown | 0.0 s |" in told
    priceless = Usage(role="writer", model="m", calls=1, prompt_tokens=9, completion_tokens=1)
    told = changed(usage=(priceless,))
    assert "1 model call was made; none failed. The cost is unknown, because the price" in told
    told = changed(usage=())
    assert "Calls, tokens and cost of the run are unknown." in told


def test_the_rating_says_what_it_is() -> None:
    told = render_markdown(sample_report())
    assert "from 6.2 to 7.5: repeatability, not accuracy" in told
    assert "This rating is degraded: clarity gave no score" in told
    assert "| evidence | 6.2/10 | weighted share of checks passed |" in told
    assert told.index("*no* | 2 of 5") < told.index("| *cannot assess* |") < told.index("| *yes* |")
    assert "Before: 6.0/10; after, judged afresh: 6.9/10. The revised version was kept." in told


def test_shared_authors_are_named() -> None:
    told = render_markdown(sample_report())
    assert "Not independent: Nwosu is an author of both works." in told
    assert "1 piece of evidence is not independent of the claim" in told


def test_what_is_not_covered_is_said() -> None:
    told = render_markdown(sample_report())
    assert "and no claim was placed under “Is it safe?”." in told
    loose = tuple(claim.model_copy(update={"subquestion": None}) for claim in CLAIMS)
    told = changed(claims=loose)
    assert "no claim was found" not in told
    assert "Findings by sub-question" not in told


def test_cited_papers_stand_first_and_all_are_listed() -> None:
    told = render_markdown(sample_report()).split("## References")[1]
    assert "The first 4 are quoted in this report, the other 1 is not." in told
    assert told.index("teapots") > told.index("Tea slows everyone down")
    assert "*RETRACTED* (March 1, 2021), doi:10.5555/nap.2021.retraction" in told


def test_a_local_run_says_that_it_is_extractive() -> None:
    told = changed(stamp=STAMP.model_copy(update={"engine": "local"}))
    assert "The local engine is extractive" in told
    assert "It calls no language model." in told
    assert "extractive" not in render_markdown(sample_report())


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Jared Kaplan", "Kaplan"),
        ("Kaplan, Jared", "Kaplan"),
        ("Jan van der Berg", "van der Berg"),
        ("Martin Luther King Jr.", "King"),
        ("OpenAI", "OpenAI"),
        ("Van Gogh", "Gogh"),
        ("李雷", "李雷"),
        ("", ""),
    ],
)
def test_family_names(name: str, family: str) -> None:
    assert surname(name) == family


@pytest.mark.parametrize(
    ("authors", "label"),
    [
        ((), "Unknown authors (undated)"),
        (("Ada Lee",), "Lee (undated)"),
        (("Ada Lee", "Bo Ray"), "Lee and Ray (undated)"),
        (("Ada Lee", "Bo Ray", "Cy Tan"), "Lee et al. (undated)"),
        (("Ada Lee", "et al."), "Lee et al. (undated)"),
    ],
)
def test_labels(authors: tuple[str, ...], label: str) -> None:
    paper = Paper(id="p", title="T", authors=authors)
    assert source_label(paper) == label
    assert source_label(paper.model_copy(update={"kind": "note"})) == f"a note about {label}"


def test_authors_in_common_are_found_across_spellings() -> None:
    first = Paper(id="p1", title="A", authors=("Amara Nwosu", "Lee Park"))
    second = Paper(id="p2", title="B", authors=("Nwosu, A.", "Lena Parker"))
    assert shared_authors(first, second) == ["Nwosu"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ('https://e.org/a b"<c>', "https://e.org/a%20b%22%3Cc%3E"),
        ("javascript:alert(1)", None),
        ("//e.org", None),
        ("https://", None),
        ("http://[bad", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url: str | None, shown: str | None) -> None:
    assert web_address(url) == shown


def test_numbers_read_well() -> None:
    assert [counted(n, "query", "queries") for n in (0, 1, 1204)] == [
        "no queries",
        "1 query",
        "1,204 queries",
    ]
    assert [percent(share) for share in (0, 0.004, 1 / 3, 0.999, 1)] == [
        "0%",
        "under 1%",
        "33%",
        "over 99%",
        "100%",
    ]
    assert [money(dollars) for dollars in (None, 0, 0.01234, 1234.5)] == [
        "unknown",
        "$0.00",
        "$0.0123",
        "$1,234.50",
    ]
    assert [duration(seconds) for seconds in (0.41, 12.4, 59.9, 200, 7500)] == [
        "0.4 s",
        "12 s",
        "1 min 0 s",
        "3 min 20 s",
        "2 h 5 min",
    ]
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert long_date("2026-06-06T10:00:00Z") == "June 6, 2026"
    assert long_date("summer") == "summer"
    assert moment("yesterday") == "yesterday"
    assert sentence("what is it?") == "What is it?"


def test_limitations_are_those_that_the_panel_saw() -> None:
    report = sample_report()
    told = render_markdown(report).split("## 4 Limitations")[1].split("## 5")[0]
    seen = dossier_of_report(report).section("limitations")
    assert seen is not None
    for one in seen.text.splitlines():
        before, _, after = re.sub(r"\[[0-9]+\]", "|", one).partition("|")
        assert f"- {before}" in told, one
        assert after in told, one
    assert (
        "retracted on 2021-03-01 (notice: doi:10.5555/nap.2021.retraction): Fable (2019) "
        "[\\[4\\]](#ref-4) *retracted*; what it says supports and contradicts nothing here."
    ) in told
    assert "1 reviewer gave no score, so the rating rests on fewer views than planned." in told


def test_a_folder_is_no_query() -> None:
    entry = sample_report().search.entries[0]
    folder = entry.model_copy(update={"source": "files: tea", "query": "every document"})
    told = changed(search=SearchLog(entries=(folder, folder.model_copy(update={"round": 2}))))
    assert "“files: tea”: all 9 documents were taken in; later rounds chose further" in told
    assert "| Round |" not in told
    assert "every document" not in told


def test_checklists_show_the_questions() -> None:
    for told in (render_markdown(sample_report()), render_review_markdown(sample_review())):
        assert "| Does every claim carry the words of its source that it rests on? | *yes*" in told
        assert "evidence.quoted" not in told
        assert "| `evidence.blinding` | *cannot assess* |" in told


def test_findings_about_dropped_claims_say_that_they_are_gone() -> None:
    revision = sample_report().revision
    assert revision is not None
    [action, *_] = revision.actions
    finding = action.finding.model_copy(update={"claim_id": "c0123456789ab"})
    dropped = action.model_copy(update={"finding": finding, "detail": "dropped: It is.; gone"})
    told = changed(revision=revision.model_copy(update={"actions": (dropped,)}))
    assert "(a claim that is no longer in the report)" in told
    assert "c0123456789ab" not in told
    assert "Dropped: It is; gone." in told


def test_ids_that_reviewers_quote_become_links() -> None:
    review = sample_report().reviews[1]
    finding = review.findings[0].model_copy(update={"quote": f"It is shorter [{FASTER.id}]."})
    told = changed(reviews=(review.model_copy(update={"findings": (finding,)}),))
    assert "“It is shorter \\[[C1](#c1)\\].”" in told
    assert FASTER.id not in told


def test_words_that_are_the_claim_itself_are_said_to_be_so() -> None:
    report = sample_report()
    own = VERDICTS[0].attribution_evidence[0].model_copy(update={"quote": FASTER.quote})
    verdict = VERDICTS[0].model_copy(update={"attribution_evidence": (own,)})
    told = changed(verdicts=(verdict, *report.verdicts[1:]))
    assert "*supports*: the claim is these words." in told
    assert "Same words." not in told


def test_settings_of_models_that_were_not_called_are_said_to_be_idle() -> None:
    local = STAMP.model_copy(update={"engine": "local"})
    assert "played no part" in changed(stamp=local, usage=())
    assert "played no part" not in changed(stamp=local)
    assert "played no part" not in render_markdown(sample_report())
