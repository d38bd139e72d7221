r"""Titles and abstracts as services send them, made plain text: one line, mathematics as LaTeX.

    >>> plain("<jats:title>Abstract</jats:title><jats:p>CO<sub>2</sub> &amp; <i>E. coli</i>")
    'CO2 & E. coli'
    >>> plain("<math><msup><mi>x</mi><mn>2</mn></msup></math> grows")
    '$x^{2}$ grows'

A reader of tags with a stack of its own, not an XML parser: what comes is often not well formed,
and a tree that nests without end must cost nothing.
"""

import html
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from assignee.reading.latex import printed
from assignee.reading.mathml import raised

MOST_CHARACTERS = 200_000
"""What stands behind them is left out: no title and no abstract is that long."""

_TAG = re.compile(
    r"<(?P<close>/?)(?:(?P<prefix>[A-Za-z][\w.]*):)?(?P<name>[A-Za-z][\w-]*)"
    r"(?P<attributes>(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(?P<empty>/?)>"
)
# None reaches beyond the next of its kind, so that many that are never closed cost no more.
_KEPT_INSTRUCTION = re.compile(
    r"<(?:\?|!\[)CDATA\[?((?:(?!<(?:\?|!\[)CDATA).)*?)(?:\?>|\]\]>)", re.DOTALL
)
"""Some publishers put the TeX of a formula into an instruction `<?CDATA …?>`."""
_DROPPED = re.compile(r"<!--(?:(?!<!--).)*?-->|<\?\w(?:(?!<\?).)*?\?>", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,31});")
_PREFIXES = frozenset({"jats", "mml", "m", "xhtml", "html"})
_BLOCKS = frozenset(
    "p br div li ul ol list list-item sec section abstract disp-formula td tr table hr".split()
)
_HEADINGS = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset(
    "i b em strong u s sc sup sub italic bold span font small big tt a inline-formula alternatives "
    "tex-math math inline-graphic graphic img ext-link xref uri styled-content named-content "
    "underline overline strike monospace roman sans-serif label underlined scp inf".split()
)
_KNOWN = _BLOCKS | _HEADINGS | _INLINE
_VOID = frozenset({"br", "hr", "img", "graphic", "inline-graphic", "mspace", "none", "mprescripts"})
_FRAMED = _HEADINGS | {"sup", "math", "alternatives", "tex-math"}
"""Elements whose content is looked at as a whole; of the others only the tags go."""
_TEX_BODY = re.compile(r"\\begin\{document\}(.*?)(?:\\end\{document\}|$)", re.DOTALL)
_ACCENTS = {
    "¯": "bar", "‾": "bar", "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "˙": "dot",
    "→": "vec",
}  # fmt: skip
_TEX_LETTER = re.compile(
    r"""\\[`'^~=."]\s*(?:\{\\?[A-Za-z]\}|\\?[A-Za-z])|\\[uvHckr]\{[A-Za-z]\}|"""
    r"\\(?:ss|[oOlL]|ae|AE|aa|AA|oe|OE)(?![A-Za-z])(?:\{\}|\s+)?"
)
_BRACED_LETTER = re.compile(rf"\{{(?:{_TEX_LETTER.pattern})\}}|{_TEX_LETTER.pattern}")
_VISIBLE_FORMATS = frozenset("\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
"""Format characters that are read: joiners of Persian and Indic scripts, Arabic signs."""


@dataclass
class _Frame:
    """An element that is open: its name, and what it holds so far."""

    name: str
    parts: list[str] = field(default_factory=list)


def plain(text: object) -> str:
    """The text without markup, on one line.

    HTML, JATS and MathML tags are resolved, also when they were escaped twice; `p < 0.05` and
    names of tags that nobody knows stay. Headings get a colon, formulas stand as LaTeX between
    dollars, raised numbers as `10⁻³`. Control, bidirectional and other invisible
    characters go.

    Args:
        text: what a service sent; anything but a string gives the empty string.
    """
    if not isinstance(text, str):
        return ""
    text = text[:MOST_CHARACTERS]
    for _ in range(3):  # escaped twice is common, more often has not been seen
        resolved = _Resolver().resolve(text)
        if resolved == text:
            break
        text = resolved
    return " ".join(visible(text).split())


def visible(text: str) -> str:
    """The text composed (NFC), without control, bidirectional and other invisible characters."""
    kept = (
        " " if character.isspace() else character
        for character in text
        if character.isspace()
        or character in _VISIBLE_FORMATS
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )
    return unicodedata.normalize("NFC", "".join(kept))


def accents(text: str) -> str:
    r"""Letters for TeX's accents and special letters outside of formulas; other TeX stays.

    >>> accents(r'Schr\"odinger, Erd\H{o}s, \L{}ukasiewicz, {\O}rsted and $\vec{o}$')
    'Schrödinger, Erdős, Łukasiewicz, Ørsted and $\\vec{o}$'
    """
    parts = text.split("$")
    parts[::2] = (
        _BRACED_LETTER.sub(lambda found: printed(found[0]), part) for part in parts[::2]
    )  # those outside of formulas
    return "$".join(parts)


class _Resolver:
    """One pass over a text: a stack of the open elements that matter."""

    def __init__(self) -> None:
        self._stack = [_Frame("")]
        self._open: Counter[str] = Counter()

    def resolve(self, text: str) -> str:
        """The text with its tags and entities resolved once."""
        text = _DROPPED.sub("", _KEPT_INSTRUCTION.sub(lambda found: found[1], text))
        end = 0
        for tag in _TAG.finditer(text):
            name = tag["name"].lower()
            if not self._is_markup(tag["prefix"], name):
                continue
            self._add(text[end : tag.start()])
            end = tag.end()
            if tag["close"]:
                self._leave(name)
            else:
                self._enter(name, tag["attributes"], empty=bool(tag["empty"]) or name in _VOID)
        self._add(text[end:])
        while len(self._stack) > 1:
            self._pop()
        return "".join(self._stack[0].parts)

    def _is_markup(self, prefix: str | None, name: str) -> bool:
        return name in _KNOWN or (prefix or "").lower() in _PREFIXES or bool(self._open["math"])

    def _add(self, text: str) -> None:
        if self._open["math"] and not self._open["mtext"]:
            text = text.strip()  # between the elements of a formula it is layout
        if text:
            self._stack[-1].parts.append(_ENTITY.sub(lambda found: html.unescape(found[0]), text))

    def _enter(self, name: str, attributes: str, *, empty: bool) -> None:
        if name in _BLOCKS:
            self._stack[-1].parts.append(" ")
        elif name in _FRAMED or self._open["math"]:
            if name == "annotation" and "tex" in attributes.lower():
                name = "tex-math"
            self._stack.append(_Frame(name))
            self._open[name] += 1
            if empty:
                self._pop()

    def _leave(self, name: str) -> None:
        if name == "annotation" and self._stack[-1].name == "tex-math":
            name = "tex-math"
        if name in _BLOCKS and not self._open[name]:
            self._stack[-1].parts.append(" ")
        while self._open[name]:
            if self._pop() == name:
                break

    def _pop(self) -> str:
        frame = self._stack.pop()
        self._open[frame.name] -= 1
        inside = bool(self._open["math"])
        before = self._stack[-1].parts
        joined = "".join(frame.parts)
        if frame.name in _HEADINGS:
            before.append(_heading(joined))
        elif frame.name == "sup":
            before.append(raised(joined))  # 10<sup>5</sup> is not 105
        elif frame.name == "tex-math":
            before.append(_tex(joined, inside=inside))
        elif frame.name == "alternatives":
            before.append(next((part for part in frame.parts if part.strip()), ""))
        elif frame.name == "math" and not inside:
            before.append(f"${joined}$" if joined else "")
        else:
            before.append(_formula(frame.name, frame.parts))
        return frame.name


def _heading(text: str) -> str:
    name = text.strip()
    if not name or name.casefold().rstrip(".:") == "abstract":
        return " "
    return f" {name} " if name[-1] in ".:?!" else f" {name}: "


def _tex(text: str, *, inside: bool) -> str:
    """The formula of a TeX document, of `$$x$$` or of bare TeX, between single dollars."""
    body = _TEX_BODY.search(text)
    formula = " ".join((body[1] if body else text).split()).strip("$ ")
    return f"${formula}$" if formula and not inside else formula


def _formula(name: str, parts: list[str]) -> str:
    """The LaTeX of one MathML element, whose children's LaTeX is `parts`."""
    match name, parts:
        case "semantics", [first, *rest]:
            return next((part for part in rest if part), first)
        case "annotation" | "annotation-xml", _:
            return ""
        case "mo", ["<"]:
            return " < "  # else `a<b>c` would look like a tag
        case "mspace", _:
            return " "
        case "mtext", _:
            return f"\\text{{{''.join(parts)}}}" if "".join(parts).strip() else " "
        case "mfrac", [top, bottom]:
            return f"\\frac{{{top}}}{{{bottom}}}"
        case "msqrt", _:
            return f"\\sqrt{{{''.join(parts)}}}"
        case "mroot", [base, degree]:
            return f"\\sqrt[{degree}]{{{base}}}"
        case "mover", [base, accent] if accent in _ACCENTS:
            return f"\\{_ACCENTS[accent]}{{{base}}}"
        case "msup" | "mover", [base, upper]:
            return f"{base}^{{{upper}}}"
        case "msub" | "munder", [base, lower]:
            return f"{base}_{{{lower}}}"
        case "msubsup" | "munderover", [base, lower, upper]:
            return f"{base}_{{{lower}}}^{{{upper}}}"
        case "mfenced", _:
            return f"({','.join(parts)})"
        case _:
            return "".join(parts)
