"""The flow diagram: its counts add up, are all shown, and are drawn inside their boxes."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st
from test_report_html import HOSTILE, check_harmless

from assignee.records import Flow
from assignee.report import markdown
from assignee.report.block import Page, Section
from assignee.report.flow_diagram import (
    BOX,
    WIDTH,
    flow_diagram,
    flow_svg,
    flow_table,
    inconsistencies,
)

SVG = "{http://www.w3.org/2000/svg}"

FLOW = Flow(
    identified={"arXiv": 48, "OpenAlex": 150, "Europe PMC": 31},
    by_citations={"OpenAlex": 84},
    duplicates=103,
    screened=210,
    excluded={"less close to the question": 178, "published before 2019": 12},
    sought=20,
    not_retrieved={"no free copy is known": 5},
    assessed=18,
    rejected={"no claim about the question": 6},
    included=12,
)

counts = st.integers(0, 2000)
names = st.text(max_size=60)
parts = st.dictionaries(names, counts, max_size=9)


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """A flow counted backwards from what was included, so that everything adds up."""
    included, rejected, excluded = draw(counts), draw(parts), draw(parts)
    assessed = included + sum(rejected.values())
    unread = draw(counts)
    sought = assessed + unread
    read_as_abstract = draw(st.integers(0, assessed))
    missing = {"a": unread, "b": read_as_abstract} if unread + read_as_abstract else {}
    screened = sought + sum(excluded.values())
    duplicates = draw(counts)
    by_citations = draw(st.integers(0, screened + duplicates))
    return Flow(
        identified={"arXiv": screened + duplicates - by_citations},
        by_citations={"OpenAlex": by_citations} if by_citations else {},
        duplicates=duplicates,
        screened=screened,
        excluded=excluded,
        sought=sought,
        not_retrieved=missing,
        assessed=assessed,
        rejected=rejected,
        included=included,
    )


@given(flow=flows())
def test_what_was_counted_right_adds_up(flow: Flow) -> None:
    assert inconsistencies(flow) == []


@given(
    flow=flows(),
    name=st.sampled_from(("duplicates", "screened", "sought", "assessed", "included")),
    change=st.integers(-50, 50).filter(bool),
)
def test_any_other_number_does_not(flow: Flow, name: str, change: int) -> None:
    wrong = flow.model_copy(update={name: getattr(flow, name) + change})
    assert inconsistencies(wrong)


@given(flow=flows(), more=st.integers(1, 50))
def test_a_part_too_many_does_not(flow: Flow, more: int) -> None:
    for name in ("identified", "by_citations", "excluded", "rejected"):
        whole = {**getattr(flow, name), "one more reason": more}
        assert inconsistencies(flow.model_copy(update={name: whole})), name


def test_faults_are_named() -> None:
    wrong = FLOW.model_copy(update={"screened": 211, "included": -1})
    assert inconsistencies(wrong) == [
        "the number of included is below zero",
        "identified: 313, but duplicates and screened: 314",
        "screened: 211, but excluded and sought: 210",
        "assessed: 18, but excluded and included: 5",
    ]
    unread = FLOW.model_copy(update={"assessed": 14, "included": 8})
    assert inconsistencies(unread) == ["assessed: 14, but sought and retrieved: 15"]
    assert inconsistencies(FLOW) == []


def drawn(flow: Flow) -> str:
    """The text of the drawing, without its description."""
    root = ElementTree.fromstring(flow_svg(flow))
    return " ".join(" ".join(t.itertext()) for t in root.iter(f"{SVG}text")).replace("\xa0", " ")


def numbers(flow: Flow) -> Iterator[int]:
    for _, value in flow:
        yield from value.values() if isinstance(value, dict) else (value,)


def test_every_count_is_drawn_and_told_and_stands_in_the_table() -> None:
    told = ElementTree.fromstring(flow_svg(FLOW)).findtext(f"{SVG}desc") or ""
    text = markdown.render(Page("T", "A", "", (Section("S", 1, (flow_diagram(FLOW),)),)))
    for number in (*numbers(FLOW), 229, 313, 190, 6):
        assert f"(n = {number})" in drawn(FLOW)
        assert f" {number}" in told
        assert f"| {number} |" in text
    assert "<svg" not in text
    for name in ("arXiv", "published before 2019", "no free copy is known"):
        assert name in drawn(FLOW)
        assert name in told
        assert f"… {name} |" in text


def test_without_citations_one_box_identifies() -> None:
    flow = Flow(identified={"arXiv": 3}, screened=3, sought=3, assessed=3, included=3)
    assert "by citations" not in drawn(flow)
    assert "Records in all" not in drawn(flow)
    assert "duplicates (n = 0)" in drawn(flow)


def test_many_reasons_are_summed_up_and_none_is_lost() -> None:
    reasons = {f"reason {number}": number for number in range(1, 12)}
    shown = drawn(Flow(excluded=reasons))
    assert "reason 11 (n = 11)" in shown
    assert "reason 5 (n" not in shown
    assert "5 more (n = 15)" in shown
    assert [row[1][0].text for row in flow_table(Flow(excluded=reasons)).rows].count("66") == 1


@settings(max_examples=40, deadline=None)
@given(flow=flows(), name=names)
def test_it_is_xml_whatever_is_counted_and_stays_inside(flow: Flow, name: str) -> None:
    flow = flow.model_copy(update={"identified": {name: 7, "x" * 200: 1}})
    root = ElementTree.fromstring(flow_svg(flow))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    boxes = [box.attrib for box in root.iter(f"{SVG}rect")]
    for box in boxes:
        assert 0 <= float(box["x"]) <= float(box["x"]) + float(box["width"]) <= width == WIDTH
        assert 0 <= float(box["y"]) < float(box["y"]) + float(box["height"]) <= height
    for line in root.iter(f"{SVG}tspan"):
        x, y = float(line.attrib["x"]), float(line.attrib["y"])
        assert any(
            float(box["x"]) < x < float(box["x"]) + BOX
            and float(box["y"]) < y < float(box["y"]) + float(box["height"])
            for box in boxes
        )
        # Words are estimated in width; nothing is set on one line that could not fit.
        assert len(line.text or "") < 60


def test_boxes_of_one_column_do_not_overlap() -> None:
    root = ElementTree.fromstring(flow_svg(FLOW))
    boxes = [{k: float(v) for k, v in b.attrib.items() if k in "xy" or k == "height"}
             for b in root.iter(f"{SVG}rect")]  # fmt: skip
    for x in {box["x"] for box in boxes}:
        column = sorted((b["y"], b["y"] + b["height"]) for b in boxes if b["x"] == x)
        assert all(above[1] < below[0] for above, below in pairwise(column))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(text: str) -> None:
    svg = flow_svg(Flow(identified={text: 1}, excluded={text: 1}, screened=1))
    check_harmless(svg)
    assert not re.search(r"<(script|img|a)\b", svg)


def test_it_can_be_seen_by_those_who_do_not_see_it_and_in_every_theme() -> None:
    root = ElementTree.fromstring(flow_svg(FLOW))
    assert root.attrib["role"] == "img"
    named = root.attrib["aria-labelledby"].split()
    assert [child.attrib["id"] for child in root[:2]] == named
    colours = {
        value
        for element in root.iter()
        for name, value in element.attrib.items()
        if name in ("fill", "stroke")
    }
    assert colours == {"currentColor", "none"}
