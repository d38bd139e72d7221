"""Text made plain with a map back to where each character came from, and quotes found by it.

>>> find_quote("“effective”…", "It was an effec\u00adtive  method.")
Span(start=10, end=20)
"""

import re
import unicodedata
from typing import NamedTuple

from assignee.reading.sentences import Span

# Category Cf, the variation selectors, the blank letters that render as nothing, the tag block
# and lone surrogates; spelled out because a scan of all code points costs 0.1 s at import.
_UNSEEN = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff"
)
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_INVISIBLE = re.compile(f"[{_UNSEEN}{_CONTROL}]+")
_PIECE = re.compile(
    rf"(?P<plain>[!-~]+(?![^\x00-\x7f]))|(?P<gap>[\s{_UNSEEN}{_CONTROL}]+)|(?P<other>.)", re.DOTALL
)
_EDGES = " \t\n\r\v\f\u00a0\"'`“”„‟‘’‚‛«»‹›…."

_PLAIN = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
    | dict.fromkeys("“”„‟«»″˝〝〞", '"')
    | dict.fromkeys("‘’‚‛‹›′´`ʼˈ", "'")
    | {"⁄": "/", "∕": "/"}
)
_SUPERSCRIPTS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")


class Normalised(NamedTuple):
    """Plain text, and for each of its characters the offset in the original that it came from."""

    text: str
    starts: tuple[int, ...]


def strip_invisible(text: str) -> tuple[str, int]:
    r"""The text without characters that no reader sees, and how many there were.

    Removed are category Cf, variation selectors, blank fillers, lone surrogates and all control
    characters but \n and \t.
    """
    # Nothing in plain ASCII is invisible but controls, and telling so is 30 times faster.
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text, 0
    stripped = _INVISIBLE.sub("", text)
    return stripped, len(text) - len(stripped)


def normalise(text: str, *, casefold: bool = False) -> Normalised:
    """NFKC, plain quotes, dashes and ligatures, one space for any gap, nothing invisible.

    A raised digit becomes `^` and the digit, because NFKC alone would make 10² a 102.
    """
    pieces: list[str] = []
    starts: list[int] = []
    place = 0
    while match := _PIECE.match(text, place):
        end = match.end()
        if match.lastgroup == "plain":
            plain = match.group().replace("`", "'")
            starts.extend(range(place, end))
        elif match.lastgroup == "gap":
            plain, offset = _gap(match.group())
            starts.extend([place + offset] * len(plain))
        else:
            end = _cluster_end(text, end)
            plain = _plain_cluster(text, place, end)
            starts.extend([place] * len(plain))
        pieces.append(plain)
        place = end
    plain = "".join(pieces)
    return _casefolded(plain, starts) if casefold else Normalised(plain, tuple(starts))


def find_quote(quote: str, text: str) -> Span | None:
    """Where the quote's words stand in the text, or `None`.

    First as they are, then with both sides normalised; then the same without white space,
    quotation marks and ellipses around the quote. Nothing is fuzzy: the found words, normalised,
    equal the quote's, and no match begins or ends inside a word or a number ("5" in "5%").
    """
    whole, core = quote.strip(), quote.strip(_EDGES)
    wanted = [words for words in dict.fromkeys((whole, core)) if words]
    if not core:
        return None
    for words in wanted:
        if span := _find(words, text):
            return span
    plain = normalise(text)
    for words in wanted:
        if span := _find_normalised(normalise(words).text.strip(), plain, text):
            return span
    return None


def _gap(gap: str) -> tuple[str, int]:
    """One space and the offset of the first white space in the gap, or nothing."""
    for offset, char in enumerate(gap):
        if char.isspace():
            return " ", offset
    return "", 0


def _cluster_end(text: str, end: int) -> int:
    """The end of a character with its combining marks and Hangul vowels and finals."""
    while end < len(text) and (
        unicodedata.combining(text[end]) or "\u1161" <= text[end] <= "\u11ff"
    ):
        end += 1
    return end


def _plain_cluster(text: str, start: int, end: int) -> str:
    cluster = text[start:end]
    first = cluster[0]
    if first in _SUPERSCRIPTS:
        raised = start > 0 and text[start - 1] in _SUPERSCRIPTS
        return ("" if raised else "^") + unicodedata.normalize("NFKC", cluster).translate(_PLAIN)
    plain = unicodedata.normalize("NFKC", cluster.translate(_PLAIN)).translate(_PLAIN)
    # Spacing accents decompose into a space and a mark: they stay, a gap is one space only.
    return cluster if " " in plain else plain


def _casefolded(plain: str, starts: list[int]) -> Normalised:
    folded = [char.casefold() for char in plain]
    kept = tuple(
        start for chars, start in zip(folded, starts, strict=True) for _ in range(len(chars))
    )
    return Normalised("".join(folded), kept)


def _find(words: str, text: str) -> Span | None:
    start = text.find(words)
    while start >= 0:
        span = Span(start, start + len(words))
        if not _cuts(text, span):
            return span
        start = text.find(words, start + 1)
    return None


def _find_normalised(words: str, plain: Normalised, text: str) -> Span | None:
    if not words:
        return None
    at = plain.text.find(words)
    while at >= 0:
        span = _original(plain, text, Span(at, at + len(words)))
        if not _cuts(text, span) and normalise(text[span.start : span.end]).text == words:
            return span
        at = plain.text.find(words, at + 1)
    return None


def _original(plain: Normalised, text: str, span: Span) -> Span:
    """The original place of a normalised span, without the gap that follows it."""
    start = plain.starts[span.start]
    end = plain.starts[span.end] if span.end < len(plain.starts) else len(text)
    end = start + len(text[start:end].rstrip())
    while end > start and (_INVISIBLE.fullmatch(text[end - 1]) or text[end - 1].isspace()):
        end -= 1
    return Span(start, end)


def _cuts(text: str, span: Span) -> bool:
    """Whether an edge of the span falls inside a word or a number."""
    return _inside(text, span.start) or _inside(text, span.end)


def _inside(text: str, edge: int) -> bool:
    if not 0 < edge < len(text):
        return False
    before, after = text[edge - 1], text[edge]
    if before.isdigit() and (
        after == "%" or (after in ".," and text[edge + 1 : edge + 2].isdigit())
    ):
        return True
    if after.isdigit() and before in ".," and text[edge - 2 : edge - 1].isdigit():
        return True
    return _binds(before) and _binds(after)


def _binds(char: str) -> bool:
    """Whether words of the character's script are set apart by spaces."""
    return char.isdigit() or (char.isalpha() and char.lower() != char.upper())
