"""The PDF: pages, references and links as they should be, and text that stays text."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_report import report_saying, sample_report

from assignee.report import Style, render_pdf
from assignee.report.block import Page, Paragraph, Section, Span, Table, line
from assignee.report.coverage import lacking, with_stand_ins
from assignee.report.pdf import BREAK, render

typst = pytest.importorskip("typst")
if TYPE_CHECKING:
    from typst import Fonts

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


def embedded_fonts(*folders: Path) -> "Fonts":
    """The fonts that ship with Typst, and those of the folders, whatever the machine has."""
    found: Fonts = typst.Fonts(include_system_fonts=False, font_paths=list(map(str, folders)))
    return found


def test_characters_that_no_font_has_are_named_and_counted() -> None:
    page = page_saying("On 深層学習 and ไทย ภาษา, é ∑ שלום.", title="한국어 roofs")
    told = " ".join("".join(pages_of(render(page, embedded_fonts()))).split())
    assert "[4 characters: Chinese or Japanese] and [7 characters: Thai], é ∑" in told
    assert "[3 characters: Korean] roofs" in told
    assert "No font on this machine has some characters of this report " in told
    assert "(Chinese or Japanese, Korean and Thai)" in told
    assert set("深한ไ").isdisjoint(told)


def test_a_stand_in_covers_a_word_of_any_length_and_spares_addresses() -> None:
    missing = frozenset("深ひ")
    made = {"parts": ["a" + "深" * 9 + BREAK + "ひ b"], "url": "https://e.org/深", "to": "深"}
    assert with_stand_ins(made, missing) == {
        "parts": ["a[10 characters: Chinese or Japanese] b"],
        "url": "https://e.org/深",
        "to": "深",
    }


def test_with_a_font_for_them_characters_are_set(tmp_path: Path) -> None:
    builder = pytest.importorskip("fontTools.fontBuilder")
    pen = pytest.importorskip("fontTools.pens.ttGlyphPen").TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 800))
    pen.lineTo((900, 0))
    pen.closePath()
    font = builder.FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "han"])
    font.setupCharacterMap({ord("深"): "han"})
    shape = pen.glyph()
    font.setupGlyf({".notdef": shape, "han": shape})
    font.setupHorizontalMetrics({".notdef": (1000, 0), "han": (1000, 0)})
    font.setupHorizontalHeader(ascent=880, descent=-120)
    names = {"familyName": "Test Han", "styleName": "Regular", "psName": "TestHan-Regular"}
    font.setupNameTable(names)
    font.setupOS2()
    font.setupPost()
    font.save(tmp_path / "han.ttf")
    told = "".join(pages_of(render(page_saying("深 roofs"), embedded_fonts(tmp_path))))
    assert "深 roofs" in told
    assert "No font" not in told


@pytest.mark.parametrize("text", ["plain", "é ∑ — “x” \u05d0 \u200b\u2068", "☃\ufe0f", ""])
def test_a_page_whose_characters_are_there_bears_no_note(text: str) -> None:
    assert lacking([text], embedded_fonts()) == frozenset()


def test_thousands_of_characters_are_looked_up_at_once() -> None:
    han = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
    assert lacking([han, "\U000f0000é"], embedded_fonts()) == frozenset(f"{han}\U000f0000")
