"""Markdown: whatever others wrote stays text, whole, and in its cell."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from sample_report import FASTER, NOTE, report_saying, sample_report

from assignee.report import render_markdown
from assignee.report.block import Page, Paragraph, Section, Span, Table, line
from assignee.report.markdown import escape, render
from assignee.report.wording import one_line

GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])

HOSTILE = (
    "a | b || c \\| d",
    "*x* **y** _z_ __w__ ~~gone~~",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![i](http://e.org/p.png)",
    "`code` ``two`` ```fence",
    "$E=mc^2$ $$x$$",
    "line one\nline two\n\n# heading\n- item\n> quote\n| a | b |\n| - | - |",
    "1. list",
    "- dash",
    "+ plus",
    "# title ###",
    "===",
    "---",
    "> quoted",
    "&lt;b&gt; &amp; &#60;",
    "http://example.org/a_b_c www.example.org <http://auto.example>",
    "tail\\",
    "[ref]: http://example.org",
    "[^1]: note",
    "    indented",
    "```",
)

texts = st.text(
    st.one_of(
        st.sampled_from("|\\`*_[]<>#$&~!:-+=.\n\t 1a"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


def parsed(text: str) -> list[Token]:
    return GFM.parse(text)


def words_of(tokens: list[Token]) -> str:
    """What a reader sees of inline tokens."""
    told = ""
    for token in tokens:
        if token.type in ("text", "code_inline"):
            told += token.content
        elif token.type == "html_inline":
            assert re.fullmatch(r'<a id="[a-z0-9-]+">|</a>', token.content), token.content
        elif token.children:
            told += words_of(token.children)
    return told


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_reads_back_as_it_was(hostile: str) -> None:
    page = Page("T", "A", "", (Section("S", None, (Paragraph(line(hostile)),)),))
    tokens = parsed(render(page))
    assert [token.type for token in tokens[-3:]] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[-2].children or []
    assert {child.type for child in children} <= {"text"}, children
    assert words_of(children) == one_line(hostile)


@given(text=texts)
@settings(max_examples=150, deadline=None)
@example(text="\\|")
@example(text="\\")
@example(text="&amp;|")
def test_table_rows_keep_their_columns(text: str) -> None:
    head = (text or "h", "second", "third")
    row = (line(text), line(Span(text, "title")), line(Span(text, "code")))
    page = Page("T", "A", "", (Section("S", None, (Table("c", head, (row, row)),)),))
    tokens = parsed(render(page))
    kinds = [token.type for token in tokens]
    assert kinds.count("table_open") == 1
    assert kinds.count("th_open") == 3
    assert kinds.count("td_open") == 6
    assert kinds.count("tr_open") == 3
    cells = [words_of([token]) for token in tokens if token.type == "inline"][-6:]
    assert cells == [one_line(text)] * 6


@given(text=texts.filter(one_line))
@settings(max_examples=25, deadline=None)
def test_a_whole_report_keeps_its_shape_whatever_its_papers_say(text: str) -> None:
    def shape(told: str) -> list[str]:
        tokens = [token for token in parsed(told) if token.type != "inline"]
        return [f"{token.type}{token.tag}" for token in tokens]

    assert shape(render_markdown(report_saying(text))) == shape(render_markdown(report_saying("x")))


def test_links_lead_only_to_anchors_and_known_resolvers() -> None:
    for hostile in ("javascript:alert(1)", "https://e.org/a) [x](http://bad.example", *HOSTILE):
        told = render_markdown(report_saying(hostile))
        for token in parsed(told):
            for child in token.children or []:
                if child.type == "link_open":
                    href = str(child.attrs["href"])
                    assert re.fullmatch(r"#[a-z0-9-]+|https?://[^\s()<>\"]+", href), href


def test_every_link_to_an_anchor_has_its_anchor() -> None:
    told = render_markdown(sample_report())
    anchors = set(re.findall(r'id="([^"]+)"', told))
    targets = set(re.findall(r"\]\(#([^)]+)\)", told))
    assert targets <= anchors
    assert {"c1", "ref-1"} <= targets


def test_nothing_is_cut() -> None:
    long = "A claim of many words about tea and naps " * 250 + "ends here"
    told = render_markdown(report_saying(long))
    assert told.count(long.strip()) >= 10
    assert "ends her " not in told


def test_quotes_stand_whole_between_quotation_marks() -> None:
    report = sample_report()
    told = render_markdown(report)
    for verdict in report.verdicts:
        for evidence in verdict.evidence_for + verdict.evidence_against:
            assert f"> “{escape(evidence.quote.text)}”" in told
    for claim in report.claims:
        assert f"> “{escape(claim.quote.text)}”" in told


def test_the_sections_stand_in_the_order_of_the_layout() -> None:
    names = re.findall(r"^## (.+)$", render_markdown(sample_report()), re.MULTILINE)
    assert names == [
        "Abstract",
        "1 Introduction",
        "2 Methodology",
        "3 Results",
        "4 Limitations",
        "5 Extracted Claims",
        "References",
    ]


def test_the_answer_opens_the_results_with_links_to_its_claims() -> None:
    told = render_markdown(sample_report())
    first = told.split("## 3 Results\n\n")[1].split("\n")[0]
    assert first.startswith("One note reports a gain of 31 ms")
    assert "[C1](#c1), [C4](#c4)" in first
    assert "[C3](#c3)\\]" in first
    assert "C3](#c3), [C3" not in first


def test_notes_are_never_attributed_to_authors() -> None:
    told = render_markdown(sample_report())
    names = [match.start() for match in re.finditer(r"Ostrow et al\. \(2024\)", told)]
    assert len(names) > 5
    for place in names:
        assert told[:place].endswith(("note about ", "Note about ", "Note about: ")), told[
            place - 40 : place
        ]
    assert f"Note about: Ostrow et al. (2024), *{NOTE.title}*. [arXiv:2401.00011]" in told
    assert "not of the authors of the paper that it is about" in told


def test_ids_in_free_text_become_links() -> None:
    told = render_markdown(sample_report())
    assert FASTER.id not in told
    assert "The answer leans on [C1](#c1), whose trial was not blinded." in told
