"""Markup of titles and abstracts, resolved to plain text."""

import doctest
import time

import pytest

from assignee.reading import markup
from assignee.reading.markup import MOST_CHARACTERS, accents, plain


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("Plain as it stands", "Plain as it stands"),
        ("  two\n  lines\tof arXiv ", "two lines of arXiv"),
        ("<i>Escherichia coli</i> in CO<sub>2</sub>", "Escherichia coli in CO2"),
        ("10<sup>5</sup> cells at 3 m s<sup>−1</sup>", "10⁵ cells at 3 m s⁻¹"),
        ("Ca<sup>2+</sup> and <sup>13</sup>C, the 19<sup>th</sup>", "Ca²⁺ and ¹³C, the 19th"),
        ("R&amp;D &lt;i&gt;in vivo&lt;/i&gt;", "R&D in vivo"),
        ("caf&eacute; &#8211; &#x3B1; &amp;amp; more", "café – α & more"),
        ("risk fell (p < 0.05, n<i and j>k)", "risk fell (p < 0.05, n<i and j>k)"),
        (
            "a <made-up> tag & an &unknown; entity, R&D",
            "a <made-up> tag & an &unknown; entity, R&D",
        ),
        ("LaTeX $a_{1} < b & c$ stays", "LaTeX $a_{1} < b & c$ stays"),
        ("one<br/>two<br>three<!-- query ID=1 --> four", "one two three four"),
        ("a <!-- <i>b</i> --> c <![CDATA[d < e]]> <!-- open", "a c d < e <!-- open"),
        ("an <i>unclosed and </b> a stray end", "an unclosed and a stray end"),
    ],
)
def test_tags_and_entities(sent: str, read: str) -> None:
    assert plain(sent) == read


def test_sections_of_jats_and_html_become_one_line() -> None:
    jats = (
        "<jats:title>Abstract</jats:title><jats:sec><jats:title>Methods</jats:title>"
        "<jats:p>We <jats:italic>ran</jats:italic> it.</jats:p><jats:p>Twice.</jats:p></jats:sec>"
    )
    assert plain(jats) == "Methods: We ran it. Twice."
    assert plain("<h4>Background.</h4>Much.<h4>Aim</h4>More.") == "Background. Much. Aim: More."


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<msup><mi>x</mi><mn>2</mn></msup>", "$x^{2}$"),
        ("<mrow> <mi>p</mi> <mo>&lt;</mo> <mn>0.05</mn> </mrow>", "$p < 0.05$"),
        ("<mfrac><mi>a</mi><msqrt><mi>b</mi><mi>c</mi></msqrt></mfrac>", r"$\frac{a}{\sqrt{bc}}$"),
        ("<msubsup><mo>∑</mo><mi>i</mi><mi>n</mi></msubsup>", "$∑_{i}^{n}$"),
        ("<mover accent='true'><mi>x</mi><mo>¯</mo></mover>", r"$\bar{x}$"),
        (
            "<mroot><mi>x</mi><mn>3</mn></mroot><mtext>at rest</mtext>",
            r"$\sqrt[3]{x}\text{at rest}$",
        ),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced><mspace width='1em'/><mi>c</mi>", "$(a,b) c$"),
        (
            "<semantics><mi>α</mi><annotation encoding='application/x-tex'>\\alpha</annotation>"
            "</semantics>",
            r"$\alpha$",
        ),
        ("<mi>a</mi><mo>&lt;</mo><mi>b</mi><mo>&gt;</mo><mi>c</mi>", "$a < b>c$"),
        ("<msup><mi>x</mi></msup>", "$x$"),
        ("", ""),
    ],
)
def test_mathml_becomes_latex(sent: str, read: str) -> None:
    assert plain(f'<math xmlns="http://www.w3.org/1998/Math/MathML">{sent}</math>') == read


def test_prefixed_mathml_and_an_unclosed_formula() -> None:
    formula = '<mml:math altimg="si1.svg"><mml:mi>N</mml:mi><mml:mo>=</mml:mo><mml:mn>4</mml:mn>'
    assert plain(f"{formula}</mml:math> flavours") == "$N=4$ flavours"
    assert plain(f"with {formula}") == "with $N=4$"


def test_a_formula_in_two_notations_is_read_once() -> None:
    math = "<mml:math><mml:mi>k</mml:mi></mml:math>"
    tex = (
        r"<jats:tex-math>\documentclass{minimal}\begin{document}$$k$$\end{document}</jats:tex-math>"
    )
    both = f"<jats:inline-formula><jats:alternatives>{tex}{math}</jats:alternatives>"
    assert plain(f"the {both}</jats:inline-formula> value") == "the $k$ value"


def test_tex_in_an_instruction_is_the_formula() -> None:
    sent = "at <jats:tex-math><?CDATA $8\\pm 2$?></jats:tex-math><?MML <mml:mn>8</mml:mn>?> km"
    assert plain(sent) == r"at $8\pm 2$ km"


def test_invisible_characters_go_and_scripts_stay() -> None:
    hidden = "\u202eevil\u202c \u2066x\u2069 \x00\x1b[31m so\u00adft\ufeff \ud800 \U000e0041"
    assert plain(hidden) == "evil x [31m soft"
    assert plain("می\u200cخواهم") == "می\u200cخواهم"
    assert plain("量子コンピュータの誤り訂正") == "量子コンピュータの誤り訂正"
    assert plain("e\u0301tude") == "étude"


@pytest.mark.parametrize("sent", [None, 3, ["Title"], {"a": 1}, True])
def test_what_is_no_string_is_nothing(sent: object) -> None:
    assert plain(sent) == ""


@pytest.mark.parametrize(
    "sent",
    [
        "<math>" + "<msup>" * 40_000,
        "<sup>" * 40_000 + "</b>" * 40_000,
        "<i a='" * 40_000,
        "<!--" * 50_000,
        "<?a" * 60_000,
        "<![CDATA[" * 20_000,
        "<" * 200_000,
    ],
    ids="formula ends attributes comments instructions sections brackets".split(),
)
def test_hostile_markup_costs_little(sent: str) -> None:
    started = time.thread_time()
    plain(sent)
    assert time.thread_time() - started < 3


def test_text_without_end_is_cut() -> None:
    assert len(plain("x" * (MOST_CHARACTERS + 5))) == MOST_CHARACTERS


def test_the_example_in_the_docstring_holds() -> None:
    assert doctest.testmod(markup).failed == 0


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (
            r"Schr\"odinger, Schr{\"o}dinger and Schr\"{o}dinger",
            "Schrödinger, Schrödinger and Schrödinger",
        ),
        (r"Erd\H{o}s, Poincar\'e, Mart\'{\i}nez, \v{C}ech", "Erdős, Poincaré, Martínez, Čech"),
        (r"{\O}rsted, \L{}ukasiewicz, Stra{\ss}e, M\o ller", "Ørsted, Łukasiewicz, Straße, Møller"),
        (
            r"a {B}ayesian \emph{view} of $\vec{o}$ and $x^{\'e}$",
            r"a {B}ayesian \emph{view} of $\vec{o}$ and $x^{\'e}$",
        ),
    ],
)
def test_accents_of_tex_become_letters(sent: str, read: str) -> None:
    assert accents(sent) == read
