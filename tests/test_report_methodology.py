"""The methodology: what was sent where, what failed, what was left out, how much was full text."""

import re

import pytest
from sample_report import report_saying, sample_report
from test_report_html import HOSTILE, check_harmless

from assignee.agents.methodology import (
    down,
    failure_sentences,
    filter_sentences,
    full_text_sentences,
    search_sentences,
)
from assignee.records import Flow, Report, Screened, SearchEntry, SearchLog, Terms
from assignee.report import render_html, render_markdown

SAMPLE = sample_report()


def entry(source: str, **fields: object) -> SearchEntry:
    base = {"source": source, "query": "tea", "time": "2026-06-06T14:02:11+00:00"}
    return SearchEntry.model_validate(base | {"hits": 3, "kept": 3} | fields)


DOWN = {"hits": 0, "kept": 0, "errors": ("answered 503",)}


def told_of(log: SearchLog) -> str:
    return render_markdown(SAMPLE.model_copy(update={"search": log}))


SEARCHED = SearchLog(
    entries=(
        entry("arXiv", sent='all:"tea" AND x', hits=1234, kept=50, pages=2, retries=1),
        entry("arXiv", query="naps", sent="all:naps", hits=7, kept=7, pages=1, round=2),
        entry("Crossref", sent="query=tea", **DOWN),
        entry("Crossref", query="naps", sent="query=naps", round=2, **DOWN),
        entry("arXiv", query="Nwosu (2022)", way="forward", sent="cites:1", round=2,
              time="2026-06-07T00:01:00+00:00"),
    )
)  # fmt: skip


def test_each_source_has_one_row_and_each_query_one_line() -> None:
    told = told_of(SEARCHED)
    assert (
        "| arXiv | 2 | 1 | 1,244 | 60 | 3 | 0 | 1 | 2026-06-06 14:02 to 2026-06-07 00:01 UTC |"
    ) in told
    assert "| Crossref | 2 | 0 | 0 | 0 | 0 | 2 | 0 | 2026-06-06 14:02 UTC |" in told
    assert "- Crossref: answered 503 (2 times)" in told
    assert "Queries of round 1:\n\n- tea\n\nQueries of round 2:\n\n- naps\n" in told


def test_what_was_sent_is_folded_in_html_and_left_to_the_log_in_markdown() -> None:
    told, page = told_of(SEARCHED), render_html(SAMPLE.model_copy(update={"search": SEARCHED}))
    assert "all:naps" not in told
    assert (
        "Each search as its source received it, with its time, hits and errors, is in "
        "search\\_log.json."
    ) in told
    folded = page[page.index("Searches as each source received them") :]
    folded = folded[: folded.index("Screening and extraction")]
    assert "<summary>3 searches in <bdi>arXiv</bdi></summary>" in folded
    for sent in ("all:&#34;tea&#34; AND x", "all:naps", "query=tea", "query=naps", "cites:1"):
        assert f"<code>{sent}</code>" in folded
    assert "citing <bdi>Nwosu (2022)</bdi>" in folded
    assert "<bdi>answered 503</bdi>" in folded
    assert "is in search_log.json" not in page


def test_many_queries_and_faults_stay_readable() -> None:
    entries = tuple(
        entry(f"source {s}", query=f"query {q}", sent=f"sent {q}", errors=(f"fault {q}",))
        for s in range(5)
        for q in range(20)
    )
    told = told_of(SearchLog(entries=entries))
    search = told[told.index("### 2.1") : told.index("### 2.2")]
    assert search.count("\n- query ") == 20
    assert search.count("| source ") == 5
    assert search.count(": fault ") == 10
    assert "… and 90 more, all of them in search" in search
    assert len(search.splitlines()) < 60


def test_citations_are_told_apart_from_queries() -> None:
    log = SearchLog(
        entries=(
            entry("OpenAlex"),
            entry("OpenAlex", query="A", way="backward"),
            entry("Semantic Scholar", query="A", way="forward"),
            entry("OpenAlex", query="B", way="forward"),
        )
    )
    assert search_sentences(log, rounds=2, planner="rules") == [
        "1 query was sent to OpenAlex in 2 rounds, planned by rules.",
        "The citations of 2 papers were followed in OpenAlex and Semantic Scholar, backward to "
        "what they cite and forward to what cites them.",
    ]


def test_sources_that_were_down_are_named_in_a_sentence_of_their_own() -> None:
    log = SearchLog(
        entries=(
            entry("arXiv", **DOWN),
            entry("arXiv", way="forward", **DOWN),
            entry("Crossref", **DOWN),
            entry("OpenAlex", **DOWN),
            entry("OpenAlex", query="naps"),
            entry("Europe PMC", hits=0, kept=0),
        )
    )
    assert down(log) == ["arXiv", "Crossref"]
    assert failure_sentences(log) == [
        "arXiv and Crossref gave no usable answer: papers that only these sources would have "
        "found are missing.",
        "Of OpenAlex some answers had faults; what could be read was used.",
    ]
    assert "\n\narXiv and Crossref gave no usable answer:" in told_of(log)
    assert failure_sentences(SearchLog(entries=(entry("arXiv"),))) == []


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (Terms(), []),
        (Terms(since="2019-01-01"), ["Filters: published from 2019-01-01."]),
        (
            Terms(until="2024-12-31", statuses=("journal", "preprint"), language="en"),
            [
                "Filters: published until 2024-12-31; publication status journal or preprint; "
                "language “en”."
            ],
        ),
        (
            Terms(include=("Adults", "Tea"), exclude=("Mice",)),
            ["Inclusion criteria: “Adults”; “Tea”.", "Exclusion criterion: “Mice”."],
        ),
    ],
)
def test_filters_are_told(terms: Terms, told: list[str]) -> None:
    assert filter_sentences(terms) == told
    assert all(sentence in told_of(SearchLog(terms=terms)) for sentence in told)


def test_the_share_of_full_text_is_told_of_papers_and_of_claims() -> None:
    assert full_text_sentences(
        SAMPLE.search, claims=SAMPLE.claims, passages=SAMPLE.passages
    ) == [
        "Of 5 documents read, 2 (40%) were taken from full text, 2 from the abstract and 1 from "
        "a note about the paper.",
        "Of 5 claims, 1 (20%) was taken from full text, 2 from the abstract and 2 from a note "
        "about the paper.",
    ]  # fmt: skip
    only = SearchLog(basis={"p1": "abstract"})
    assert full_text_sentences(only, claims=(), passages=()) == [
        "Of 1 document read, none (0%) were taken from full text and 1 from the abstract."
    ]
    assert full_text_sentences(SearchLog(), claims=SAMPLE.claims, passages=SAMPLE.passages) == []


def test_why_the_search_stopped_is_told() -> None:
    assert "\n\nNothing new was found.\n" in told_of(SearchLog(saturation="nothing new was found"))


def left_out(number: int) -> Screened:
    return Screened(
        paper_id=f"p{number}", title=f"Paper {number}", decision="excluded",
        by="criteria", reason=f"reason {number}",
    )  # fmt: skip


def test_ten_papers_left_out_are_named_and_all_of_them_counted_by_reason() -> None:
    kept = left_out(99).model_copy(update={"decision": "included"})
    retracted = left_out(26).model_copy(update={"by": "retraction"})
    told = told_of(SearchLog(screening=(kept, *map(left_out, range(26)), retracted)))
    assert (
        "27 papers were left out in screening: 26 by the user's criteria and 1 by retraction."
    ) in told
    assert "**10 of the papers left out, with reasons**" in told
    assert "| *Paper 0* | the user's criteria | reason 0 |" in told
    assert "| *Paper 8* |" in told
    assert "*Paper 9*" not in told
    assert "| *Paper 26* | retraction | reason 26 |" in told
    assert "*Paper 99*" not in told
    assert "… and 17 more, all of them in screening.csv." in told
    one = told_of(SearchLog(screening=(left_out(1),)))
    assert "1 paper was left out in screening: 1 by the user's criteria." in one
    assert "**The papers left out, with reasons**" in one
    assert "more, all of them" not in one
    assert "left out in screening" not in told_of(SearchLog(screening=(kept,)))


def test_the_flow_is_drawn_in_html_and_a_table_in_markdown() -> None:
    told, shown = render_markdown(SAMPLE), render_html(SAMPLE)
    assert shown.count("<svg") == 1
    assert "<svg" not in told
    assert "| Papers with claims in the report | 4 |" in told
    assert "do not add up" not in told
    wrong = SAMPLE.search.flow.model_copy(update={"included": 3})
    told = told_of(SAMPLE.search.model_copy(update={"flow": wrong}))
    assert "**Warning.** These counts do not add up: assessed: 5, but excluded and" in told
    without = SAMPLE.model_copy(
        update={"search": SAMPLE.search.model_copy(update={"flow": Flow()})}
    )
    assert "<svg" not in render_html(without)


def test_a_report_from_before_these_records_is_still_readable() -> None:
    old = SAMPLE.model_dump(mode="json")
    for name in ("terms", "screening", "flow", "saturation", "basis", "tried", "found", "news"):
        del old["search"][name]
    for one in old["search"]["entries"]:
        for name in ("sent", "way", "pages", "retries"):
            del one[name]
    told = render_markdown(Report.model_validate(old))
    assert "| 1 | 0 | 9 | 5 | 0 | 0 | 0 |" in told
    assert "- tea nap reaction time" in told


@pytest.mark.parametrize("text", [*HOSTILE, "| a | b |\n# c", "[x](javascript:alert(1))", "`c`"])
def test_hostile_text_stays_text(text: str) -> None:
    report = report_saying(text)
    page = check_harmless(render_html(report))
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    told = render_markdown(report)
    assert not re.search(r"(?m)^#+ c$", told)
    assert not re.search(r"(?<!\\)\[x\](?<!\\)\(javascript", told)
