"""The counts of the flow diagram: every record stands in one place."""

from typing import Any

from assignee.agents.flow import NO_CLAIM, NO_TEXT, by_source, flow
from assignee.records import Flow, Screened, SearchEntry


def entry(source: str, kept: int, **fields: Any) -> SearchEntry:
    values = {"query": "q", "time": "2026-01-01T00:00:00+00:00", "hits": kept, "pages": 1}
    return SearchEntry(source=source, kept=kept, **(values | fields))


def row(paper_id: str, by: Any = "relevance", decision: Any = "included") -> Screened:
    return Screened(paper_id=paper_id, title=paper_id, decision=decision, by=by, reason="because")


def left_out(paper_id: str, by: str) -> Screened:
    return row(paper_id, by, "excluded")


def test_nothing_searched_is_an_empty_diagram() -> None:
    assert flow([], []) == Flow()


def test_records_are_counted_by_source_and_by_the_way_they_were_found() -> None:
    made = flow(
        [entry("A", 3), entry("A", 2), entry("B", 4), entry("B", 5, way="forward"), entry("C", 0)],
        [row("one")],
    )
    assert made.identified == {"A": 5, "B": 4}
    assert made.by_citations == {"B": 5}
    assert made.duplicates == 13


def test_a_folder_that_is_read_in_every_round_counts_once() -> None:
    read = [entry("files: notes", 7, pages=0, round=round_) for round_ in (1, 2)]
    assert by_source([*read, entry("A", 2, round=1), entry("A", 2, round=2)]) == {
        "A": 4,
        "files: notes": 7,
    }


def test_a_list_that_is_looked_up_in_every_round_counts_once() -> None:
    listed = [entry("ids: a.txt", 3, query="every identifier", round=round_) for round_ in (1, 2)]
    assert by_source(listed) == {"ids: a.txt": 3}


def test_what_is_left_out_has_its_reason() -> None:
    rows = [row("one"), left_out("two", "limit"), left_out("three", "limit"),
            left_out("four", "retraction"), left_out("five", "criteria")]  # fmt: skip
    made = flow([entry("A", 5)], rows, cited=["one"])
    assert made.screened == 5
    assert made.excluded == {
        "less relevant than the papers read": 2,
        "retracted": 1,
        "outside the criteria": 1,
    }
    assert (made.sought, made.assessed, made.included) == (1, 1, 1)


def test_what_is_read_in_vain_has_its_reason() -> None:
    rows = [row("one"), row("two"), left_out("three", "no text")]
    made = flow([entry("A", 3)], rows, abstracts=["two", "three"], cited=["one"])
    assert made.sought == made.assessed == 3
    assert sum(made.not_retrieved.values()) == 2
    assert made.rejected == {NO_TEXT: 1, NO_CLAIM: 1}
    assert made.included == 1
