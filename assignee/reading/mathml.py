"""MathML as a line of plain text, as one would type it in a mail.

>>> from xml.etree.ElementTree import fromstring
>>> math_text(fromstring("<msup><mi>x</mi><mn>2</mn></msup>"))
'x²'
"""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

_RAISED = str.maketrans("0123456789+-−–=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾")
_RAISABLE = re.compile(r"[+−–-]?\d+[+−–-]?|[+−–-]")
_SPACED = frozenset("-=<>≤≥≠≈≡∼~±∓+−×·÷→←↔⇒∈∉⊂⊆∪∩∝≪≫∣|∧∨")
_UNSEEN = re.compile("[\u2061-\u2064]")
"""Function application, invisible times, separator and plus."""

_SKIPPED = frozenset(("annotation", "annotation-xml", "mphantom", "none", "mprescripts"))


def math_text(element: Element) -> str:
    """The formula of a `math` element or a part of one; tags are without their namespace.

    The tree must not be nested more deeply than Python's stack allows.
    """
    return " ".join(_text(element).split())


def raised(text: str) -> str:
    """The text as a superscript where it is a number or a charge, else as it stands.

    >>> raised("−3"), raised("2+"), raised("th")
    ('⁻³', '²⁺', 'th')
    """
    bare = text.strip()
    return bare.translate(_RAISED) if _RAISABLE.fullmatch(bare) else text


def _text(element: Element) -> str:
    tag = element.tag
    if tag in _SKIPPED:
        return ""
    if tag == "mo":
        return _operator(element)
    if tag == "mspace":
        return " "
    if not len(element):
        return _UNSEEN.sub("", (element.text or "").strip(" \t\n"))
    children = [child for child in element if child.tag not in _SKIPPED]
    return _joined(tag, children, element)


def _operator(element: Element) -> str:
    sign = _UNSEEN.sub("", (element.text or "").strip())
    if sign in _SPACED:
        return f" {sign} " if element.get("form") != "prefix" else sign
    return f"{sign} " if sign in (",", ";") else sign


def _joined(tag: str, children: Sequence[Element], element: Element) -> str:
    texts = [_text(child) for child in children]
    parts = [text.strip() for text in texts]
    whole = [_grouped(part, child) for part, child in zip(parts, children, strict=True)]
    match tag, len(parts):
        case "mfrac", 2:
            return f"{whole[0]}/{whole[1]}"
        case "msup" | "mover", 2:
            return parts[0] + _upper(parts[1], whole[1])
        case "msub" | "munder", 2:
            return f"{parts[0]}_{whole[1]}"
        case "msubsup" | "munderover", 3:
            return f"{parts[0]}_{whole[1]}{_upper(parts[2], whole[2])}"
        case "mroot", 2:
            return f"{whole[0]}^(1/{parts[1]})"
        case "msqrt", 1:
            return f"√{whole[0]}"
        case "msqrt", _:
            return f"√({_row(texts)})"
        case "mfenced", _:
            return f"{element.get('open', '(')}{', '.join(parts)}{element.get('close', ')')}"
        case "mtable", _:
            return "; ".join(parts)
        case "mtr" | "mlabeledtr", _:
            return " ".join(parts)
        case _:
            return _row(texts)


def _row(terms: Sequence[str]) -> str:
    """Terms side by side, with a sign next to its number: `( - 3` is `(-3`."""
    return re.sub(r"(?:(?<=[(\[{,=<>≤≥])|\A)(\s*) ([-−+±]) (?=[\w(.])", r"\1\2", "".join(terms))


def _upper(part: str, whole: str) -> str:
    if _RAISABLE.fullmatch(part):
        return raised(part)
    # Accents, primes and stars stand where they are.
    return part if len(part) == 1 and not part.isalnum() else f"^{whole}"


def _grouped(part: str, child: Element) -> str:
    """The part, in brackets where it is more than a symbol or a number."""
    symbol = not len(child) or len(part) == 1 or part.isdecimal()
    return part if symbol or re.fullmatch(r"\([^()]*\)", part) else f"({part})"
