"""LaTeX in running text: found, told from money, and turned into MathML that holds nothing else."""

import sys
from xml.etree.ElementTree import tostring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.reading.formulas import ATTRIBUTES, TAGS, Formula, mathml, parted


def formulas(text: str) -> list[str]:
    return [part.latex for part in parted(text) if isinstance(part, Formula)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"an error of $\sqrt{n}$ for $5", [r"\sqrt{n}"]),
        (r"10$^{-3}$ and $O(n \log n)$", ["^{-3}", r"O(n \log n)"]),
        (r"\(x^2\) and \[y_1\] and $$E = mc^2$$", ["x^2", "y_1", "E = mc^2"]),
        ("$k$-means with $k=3$.", ["k", "k=3"]),
        (r"$\sim$5% of them", [r"\sim"]),
        (r"costs $5 or $6, then $\beta$", [r"\beta"]),
        ("costs $5 to $6 and $7", []),
        ("from $20 (A) to $30 or US$ 5 and A$ 6", []),
        ("pay $3 for tea and coffee$ now", []),
        ("$HOME and ${7*7} and $snake_case of words$", []),
        (r"an escaped \$x\$ sign", []),
        ("", []),
    ],
)
def test_formulas_are_told_from_money_and_prose(text: str, found: list[str]) -> None:
    assert formulas(text) == found


@given(st.text(st.sampled_from("$\\()[]{}xyz ^_19af"), max_size=60))
@settings(max_examples=200, deadline=None)
def test_the_parts_joined_are_the_text(text: str) -> None:
    parts = parted(text)
    assert "".join(part if isinstance(part, str) else part.source for part in parts) == text


def test_a_formula_becomes_mathml() -> None:
    row = mathml(r"\frac{a}{b} \leq \hat{\theta}^2")
    assert row is not None
    told = tostring(row, encoding="unicode")
    assert "<mfrac>" in told
    assert "≤" in told
    assert "θ" in told


def test_a_functions_name_stands_apart() -> None:
    row = mathml(r"n \log n")
    assert row is not None
    assert [child.tag for child in row] == ["mi", "mspace", "mi", "mspace", "mi"]


@pytest.mark.parametrize(
    "latex",
    [
        r"\unknowncommand{x}",
        r"\frac{1}",
        r"x^1^2",
        "{" * 400 + "x",
        "x^" * 200 + "x",
        r"\sqrt" * 100 + "x",
        r"\newcommand{\a}{\a\a}\a",
        r"\def\a{\a\a}\a",
        r"\cancel{x}",
        "x" * 10_000,
    ],
)
def test_what_cannot_be_read_is_no_formula(latex: str) -> None:
    assert mathml(latex) is None
    assert sys.getrecursionlimit() >= 1000


@given(
    st.lists(
        st.sampled_from(
            [r"\frac", r"\text{<script>alert(1)</script>}", "{", "}", "^", "_", "x", "<", "&amp;",
             r"\href{javascript:alert(1)}{x}", r"\style{color:red}{x}", r"\left(", r"\right)",
             r"\begin{pmatrix}", r"\end{pmatrix}", "&", r"\\", r"\mathbb{R}", "&#60;b&#62;", '"']
        ),
        max_size=12,
    )
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_no_latex_makes_an_element_or_an_attribute_that_is_not_known(words: list[str]) -> None:
    row = mathml(" ".join(words))
    for element in () if row is None else row.iter():
        assert element.tag in TAGS
        assert element.attrib.keys() <= ATTRIBUTES
        assert not any(":" in value for value in element.attrib.values())
