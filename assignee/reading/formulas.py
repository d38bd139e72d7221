r"""LaTeX mathematics in running text: where it stands, and what it is as MathML.

>>> [str(part) for part in parted(r"an error of $\sqrt{n}$ for $5")]
['an error of ', '\\sqrt{n}', ' for $5']
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple
from xml.etree.ElementTree import Element

LONGEST = 600
"""Characters of a formula; what is longer stays as it is written."""

DEEPEST = 40
"""Levels of a formula's tree; no formula that people read has as many."""

_MARKED = re.compile(
    rf"""
    (?<!\\)\$\$(?P<display>(?:[^$\\]|\\.){{1,{LONGEST}}})\$\$
    | \\\[(?P<bracketed>(?:(?!\\\]).){{1,{LONGEST}}})\\\]
    | \\\((?P<parenthesised>(?:(?!\\\)).){{1,{LONGEST}}})\\\)
    | (?<![\\$])\$(?P<inline>(?![\s$])(?:[^$\\]|\\.){{1,{LONGEST}}}?)(?<!\s)\$(?!\$)
    """,
    re.VERBOSE | re.DOTALL,
)
_TEX = re.compile(r"[\\^_{]")
_ARGUMENT = re.compile(r"\\[A-Za-z]+|\{[^{}]*\}")
_PROSE = re.compile(r"[^\W\d_]{3,}\W*\s+[^\W\d_]{2,}|\s[^\W\d_]{4,}")
_BARE = re.compile(r"[\w\s.,:;+\-−*/=<>≤≥≈±×()\[\]|!'%]{1,60}")
_WORD = re.compile(r"[^\W\d_]{2}")

TAGS = frozenset(
    "mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover "
    "mmultiscripts mprescripts none mtable mtr mtd mstyle mpadded mphantom".split()
)
"""Elements of MathML that are shown; a formula with another one stays as it is written."""

PARTS = {
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
"""How many children the elements have that need a fixed number."""

ATTRIBUTES = frozenset(
    "mathvariant stretchy fence form separator accent accentunder movablelimits minsize maxsize "
    "lspace rspace linethickness displaystyle scriptlevel width height depth columnalign "
    "rowspacing columnspacing".split()
)
_VALUE = re.compile(r"[\w.+% -]{1,40}")
_DEFINING = re.compile(r"\\(?:newcommand|renewcommand|providecommand|def|let|Declare\w*|require)")
"""Definitions would let a short formula grow without end."""

_COMMAND = re.compile(r"\\[A-Za-z@]|[{}$]")
"""What is left in a symbol whose LaTeX was not understood."""

_FUNCTION = re.compile(r"[^\W\d_]{2,}")


class Formula(NamedTuple):
    """A formula in a text."""

    latex: str
    """Without the signs around it."""
    display: bool
    source: str
    """As it stands in the text."""

    def __str__(self) -> str:
        return self.latex


def parted(text: str) -> tuple[str | Formula, ...]:
    """The text in its order as words and formulas; their sources joined are the text.

    Formulas stand between `$`, `$$`, `\\(` and `\\)`, `\\[` and `\\]`. A dollar sign between which
    prose stands, or behind which figures do, is one of money.
    """
    if "$" not in text and "\\" not in text:
        return (text,)
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[str | Formula]:
    done = place = 0
    while found := _MARKED.search(text, place):
        latex = found[found.lastgroup or 0]
        money = found.lastgroup == "inline" and text[found.end() : found.end() + 1].isdecimal()
        if not is_mathematics(latex) or (money and not _TEX.search(latex)):
            # The second sign may open a formula of its own.
            place = found.end() - 1 if found.lastgroup == "inline" else found.end()
            continue
        if found.start() > done:
            yield text[done : found.start()]
        yield Formula(latex.strip(), found.lastgroup in ("display", "bracketed"), found[0])
        done = place = found.end()
    if done < len(text) or not text:
        yield text[done:]


def is_mathematics(latex: str) -> bool:
    """Whether what stands between two dollar signs reads as a formula rather than as prose."""
    told = _ARGUMENT.sub("", _ARGUMENT.sub("", latex))
    if _PROSE.search(told):
        return False
    return bool(_TEX.search(latex) or (_BARE.fullmatch(latex) and not _WORD.search(latex)))


@lru_cache(maxsize=2048)
def mathml(latex: str) -> Element | None:
    """The formula as a `mrow` of presentation MathML; `None` where it cannot be read.

    The tree holds the elements of `TAGS` with the attributes of `ATTRIBUTES`, and text. It is
    shared: take it as it is.
    """
    from latex2mathml.converter import Converter

    if len(latex) > LONGEST or _DEFINING.search(latex):
        return None
    try:
        found = Converter(xmlns="").convert_to_element(latex)
        return _cleaned(found[0], DEEPEST)
    except Exception:
        # Its errors have no base of their own: what it cannot read it meets in many ways.
        return None


def _cleaned(element: Element, deepest: int) -> Element:
    """A copy with nothing but known elements, attributes and text.

    Raises:
        ValueError: an unknown element or one that lacks a part, LaTeX that was not understood,
            or too deep a tree.
    """
    if element.tag not in TAGS or deepest == 0:
        raise ValueError(f"<{element.tag}> is not shown")
    attributes = {
        name: value
        for name, value in element.attrib.items()
        if name in ATTRIBUTES and _VALUE.fullmatch(value)
    }
    made = Element(element.tag, attributes)
    # The converter writes symbols as character references, which it takes back at the end.
    text = unescape(element.text or "")
    if element.tag != "mtext" and _COMMAND.search(text) and text not in ("{", "}", "$"):
        raise ValueError(f"{text!r} is no symbol")
    made.text = text or None
    if len(element) != PARTS.get(element.tag, len(element)):
        raise ValueError(f"<{element.tag}> has {len(element)} parts")
    made.extend(_spaced([_cleaned(child, deepest - 1) for child in element], element.tag))
    return made


def _spaced(children: list[Element], parent: str) -> Iterator[Element]:
    """The children, with the thin spaces that TeX puts round the name of a function."""
    for before, child in zip([None, *children], children, strict=False):
        if before is not None and parent == "mrow" and _is_thin(before, child):
            yield Element("mspace", {"width": "0.167em"})
        yield child


def _is_thin(before: Element, after: Element) -> bool:
    named = any(_FUNCTION.fullmatch(_name(one)) for one in (before, after))
    return named and not {before.tag, after.tag} & {"mo", "mspace", "mtext"}


def _name(element: Element) -> str:
    """Of an identifier, or of what carries its indices."""
    base = element if element.tag == "mi" or not len(element) else element[0]
    return (base.text or "") if base.tag == "mi" else ""
