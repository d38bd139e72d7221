"""CSV and BibTeX: safe to open in a spreadsheet and in LaTeX."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_report import JOURNAL, LAPSES, NOTE, RETRACTED, report_saying, sample_report

from assignee.records import Paper, PaperIds, PublicationStatus
from assignee.report import render_bibtex, render_csv
from assignee.report.bibtex import READ_AS_NOTE, citation_keys, escape
from assignee.report.spreadsheet import COLUMNS


def entries_of(text: str) -> dict[str, str]:
    return {
        match[2]: match[0]
        for match in re.finditer(r"^@(\w+)\{([^,]+),\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_formulas_are_disarmed(start: str) -> None:
    words = f'{start}HYPERLINK("http://e.org")'
    row = next(csv.DictReader(io.StringIO(render_csv(report_saying(words)), newline="")))
    assert row["claim"] == f"'{words}"
    assert row["quote"] == f"'{words}"
    assert row["section"] == f"'{words}"


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_any_text_is_one_cell_of_one_row(text: str) -> None:
    told = render_csv(report_saying(text))
    rows = list(csv.reader(io.StringIO(told, newline="")))
    assert [len(row) for row in rows] == [len(COLUMNS)] * 2
    assert rows[1][COLUMNS.index("claim")].removeprefix("'") == text.removeprefix("'")


def test_the_quote_of_a_row_is_a_slice_of_the_document() -> None:
    report = sample_report()
    rows = list(csv.DictReader(io.StringIO(render_csv(report))))
    row = rows[report.claims.index(LAPSES)]
    passage = next(p for p in report.passages if p.id == LAPSES.quote.passage_id)
    start, end = int(row["start"]) - passage.start, int(row["end"]) - passage.start
    assert passage.text[start:end] == row["quote"]
    assert (row["evidence_for"], row["evidence_independent"]) == ("1", "0")


def test_notes_are_marked_in_both_lists() -> None:
    rows = list(csv.DictReader(io.StringIO(render_csv(sample_report()))))
    assert rows[0]["source"] == "Note about Ostrow et al. (2024)"
    assert rows[0]["source_kind"] == "note"
    entry = entries_of(render_bibtex(sample_report()))["ostrow2024tea"]
    assert f"note = {{{READ_AS_NOTE}}}" in entry
    assert "author = {Mirela Ostrow and others}" in entry
    assert "eprint = {2401.00011}" in entry


def test_entry_types_follow_the_publication_status() -> None:
    entries = entries_of(render_bibtex(sample_report()))
    assert list(entries) == [
        "ostrow2024tea",
        "vanderberg2022caffeinated",
        "nwosu2023vigilance",
        "fable2019tea",
        "anonymousndunrelated",
    ]
    kinds = [entry.split("{")[0] for entry in entries.values()]
    assert kinds == ["@misc", "@article", "@misc", "@inproceedings", "@misc"]
    assert "journal = {Journal of Made-up Sleep}" in entries["vanderberg2022caffeinated"]
    assert r"title = {{Caffeinated naps \& vigilance}}" in entries["vanderberg2022caffeinated"]
    assert "note = {Notice of retraction (2021-03-01)}" in entries["fable2019tea"]
    assert "javascript" not in render_bibtex(sample_report())


def test_equal_keys_are_told_apart_and_do_not_depend_on_order() -> None:
    twin = Paper(
        id=Paper.make_id("paper", NOTE.identity),
        ids=NOTE.ids,
        title=NOTE.title,
        authors=NOTE.authors,
        year=NOTE.year,
    )
    keys = citation_keys((NOTE, twin, JOURNAL))
    assert len(set(keys.values())) == 3
    assert keys == citation_keys((JOURNAL, twin, NOTE))
    assert keys[JOURNAL.id] == "vanderberg2022caffeinated"


papers = st.builds(
    Paper,
    id=st.uuids().map(lambda uuid: f"p{uuid.hex[:12]}"),
    title=st.text(max_size=30),
    authors=st.lists(st.text(max_size=12), max_size=3).map(tuple),
    year=st.one_of(st.none(), st.integers(1900, 2030)),
    ids=st.builds(PaperIds, doi=st.one_of(st.none(), st.text(min_size=1, max_size=10))),
    publication_status=st.sampled_from(PublicationStatus.__args__),  # type: ignore[attr-defined]
)


@given(many=st.lists(papers, max_size=6, unique_by=lambda paper: paper.id))
@settings(max_examples=60, deadline=None)
def test_keys_are_unique_and_plain(many: list[Paper]) -> None:
    keys = citation_keys(tuple(many))
    assert len(set(keys.values())) == len(many)
    assert all(re.fullmatch(r"[a-z0-9-]+", key) for key in keys.values())


@given(text=st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_escaped_text_keeps_braces_balanced(text: str) -> None:
    told = escape(text)
    depth = 0
    for character in told:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"(?<!\\)[#$%&_]", told)
    assert "\n" not in told


def test_hostile_text_cannot_open_a_second_entry() -> None:
    told = render_bibtex(report_saying("x},\n}\n@misc{evil,\n  title = {gone}"))
    assert len(re.findall(r"^@", told, re.MULTILINE)) == 2
    assert told.count("{") == told.count("}")


def test_a_name_with_and_in_it_is_one_name() -> None:
    told = render_bibtex(
        sample_report().model_copy(
            update={
                "papers": tuple(
                    paper.model_copy(update={"authors": ("Tea and Naps Group",)})
                    for paper in sample_report().papers
                )
            }
        )
    )
    assert told.count("author = {{Tea and Naps Group}}") == 5
    assert RETRACTED.title in told
