"""The PDF: pages, references and links as they should be, and text that stays text."""

import io

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_report import report_saying, sample_report

from assignee.report import Style, render_pdf
from assignee.report.block import Page, Paragraph, Section, Span, Table, line
from assignee.report.pdf import BREAK, render

pytest.importorskip("typst")
PLAIN = Style(plots=False)


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def page_saying(*paragraphs: str, title: str = "Title") -> Page:
    blocks = tuple(Paragraph(line(Span(told, "foreign"))) for told in paragraphs)
    return Page(title, "Assignee Research", "June 6, 2026", (Section("Results", 1, blocks),))


def tidy(text: str) -> str:
    return "".join(text.replace(BREAK, "").split())


def test_the_report_has_pages_numbers_and_numbered_references() -> None:
    told = pages_of(render_pdf(sample_report(), PLAIN))
    assert len(told) > 3
    for number, page in enumerate(told, 1):
        assert f"{number} / {len(told)}" in page
    whole = tidy(" ".join(told))
    for words in ("Abstract", "1Introduction", "3Results", "References", "[1]Noteabout:Ostrow",
                  "[5]", "Teaslowseveryonedown", "RETRACTED"):  # fmt: skip
        assert words in whole
    assert "assigneeresearch" not in whole


def test_links_lead_to_places_in_the_document() -> None:
    document = pypdfium2.PdfDocument(io.BytesIO(render_pdf(sample_report(), PLAIN)))
    outline = [bookmark.get_title() for bookmark in document.get_toc()]
    document.close()
    assert any("References" in title for title in outline)
    assert any("Green tea before" in title for title in outline)


@pytest.mark.parametrize(
    "hostile",
    [
        '#import "@preview/cetz:0.1.0": *',
        '#read("/etc/passwd")',
        '#include "page.typ"',
        "$ x $ #eval(1) \\ \\u{41} `raw` *bold* _emph_ <label> @ref",
        "= Heading // comment /* more */ ~ -- --- ... 'a' \"b\" - list + enum / term: x",
        "https://example.org/#a[b](c)",
        "]]>} #{ [ ( \u0000 \x08 end",
    ],
)
def test_hostile_text_is_set_as_it_is(hostile: str) -> None:
    told = tidy(pages_of(render(page_saying(hostile, title=hostile)))[0])
    shown = tidy("".join(char for char in hostile if char.isprintable()))
    assert told.count(shown) >= 2


@given(st.text(st.characters(codec="ascii", categories=["P", "S", "L", "N", "Zs"]), max_size=60))
@settings(max_examples=15, deadline=None)
def test_any_text_is_set_as_it_is(text: str) -> None:
    assert tidy(f"a{text.replace('$', '')}b") in tidy(
        pages_of(render(page_saying(f"a{text.replace('$', '')}b")))[0]
    )


def test_a_report_of_hostile_words_is_set_whole() -> None:
    told = '#import "x" $ \\ ` * _ <l> @r = h // \u202e שלום العربية'
    assert len(pages_of(render_pdf(report_saying(told), PLAIN))) > 3


def test_ten_thousand_characters_without_a_space_stay_on_the_page() -> None:
    told = "x" * 10_000
    pages = pages_of(render(page_saying(told, title=told[:3000])))
    assert tidy("".join(pages)).count("x") >= 13_000
    document = pypdfium2.PdfDocument(io.BytesIO(render(page_saying(told))))
    page = document[0]
    text = page.get_textpage()
    right = max(text.get_charbox(place)[2] for place in range(text.count_chars()))
    width = page.get_width()
    document.close()
    assert right < width - 60


def test_bidirectional_controls_are_left_out_and_right_to_left_words_kept() -> None:
    told = "".join(pages_of(render(page_saying("abc\u202edef \u05e9\u05dc\u05d5\u05dd ghi"))))
    assert "abcdef" in told
    assert "\u202e" not in told
    assert set("\u05e9\u05dc\u05d5\u05dd") <= set(told)


def test_mathematics_is_set_and_what_cannot_be_read_stays() -> None:
    told = "".join(
        pages_of(render(page_saying(
            r"bound $\alpha \leq \frac{x^2}{\sqrt[3]{y}}$, $\unknown{z}$, "
            r"$\begin{pmatrix} a & b \\ c \end{pmatrix}$, $\hat{y} \overline{x} \vec{v}$, "
            r"$\sum_{i=1}^n \binom{n}{k}$, $\max_x \overbrace{a}^b \underset{c}{d}$"
        )))
    )  # fmt: skip
    assert r"$\unknown{z}$" in told
    assert r"\frac" not in told
    assert r"\begin" not in told
    assert "≤" in told


def test_wide_tables_and_folded_places_do_not_stop_it() -> None:
    cells = tuple(line("word " * 4) for _ in range(9))
    table = Table("Wide", tuple(f"Column {n}" for n in range(9)), (cells,) * 30, frozenset((1,)))
    link = Paragraph(
        line(Span("nowhere", href="#gone"), Span("far", href="https://e.org/" + "x" * 9000))
    )
    page = Page("T", "A", "", (Section("Results", 1, (table, link)),))
    assert len(pages_of(render(page))) >= 2


def test_the_same_report_gives_the_same_bytes() -> None:
    page = page_saying("The same.")
    assert render(page) == render(page)
