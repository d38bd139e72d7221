"""Sentence boundaries of scientific prose, by rule: fast, and the same on every machine.

>>> [span.start for span in sentence_spans("Smith et al. saw it (Fig. 2). We did too.")]
[0, 30]
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from assignee.reading.headings import is_heading


class Span(NamedTuple):
    """A half-open stretch of a text, in code points."""

    start: int
    end: int


# A full stop after these never ends a sentence.
_NEVER = frozenset(
    "e.g i.e eg ie cf vs viz approx ca resp incl excl esp aka a.k.a w.r.t i.i.d s.t "
    "Dr Prof Mr Mrs Ms St Mt Messrs Hon Rev Gen".split()
)
# A full stop after these ends a sentence unless a number, a single letter or a bracket follows.
_LABELS = frozenset(
    "fig figs eq eqs eqn eqns tab tabs sec secs sect sects ref refs no nos nr vol vols pp p pg "
    "ch chap thm lem prop def alg algs app appx suppl ex art para ed eds cat ver v cor obs asm "
    "jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
# Labels that are ordinary words, or initials, in the other case.
_WORDS_TOO = frozenset("no art cat mar p v".split())
# A full stop after these ends a sentence only before a word that begins sentences.
_DOTTED = frozenset(
    "u.s u.k u.s.a u.n e.u ph.d m.d b.sc m.sc d.c p.m a.m i.v i.p s.c i.m p.o i.n b.i.d "
    "q.d t.i.d n.b q.e.d inc ltd corp co bros dept univ assoc jr sr spp sp subsp var cv nov "
    "intl natl acad".split()
)
_STARTERS = frozenset(
    "The We In This These Our It However To For Here A An As They There When While With "
    "Moreover Furthermore Thus Although By On At From Both Most Many Some All Each Its Their "
    "Results Overall Finally Using Such That Those After Additionally Also Because But If "
    "Since Then Therefore Two Three Although Despite Among Between During Based Compared "
    "Conversely Consequently First Second Third Hence Importantly Instead Interestingly "
    "Meanwhile Nevertheless No Not Notably One Only Other Patients Recent Similarly So "
    "Specifically Through Under Until Unlike Unless What Where Whereas Whether Which Who "
    "Why Yet You Your He She His Her And Or Nor I".split()
)
# "with J. Smith": after these words a single capital is an initial, not the name of a thing.
_BEFORE_INITIALS = frozenset(
    "by with and of from to in on for the than as & via per see while dr prof mr mrs ms".split()
)

_CLOSERS = "\"'”’»)\\]}*_"
_OPENERS = "\"'“‘«([{*_¿¡"
_STOP = re.compile(
    rf"(?<![.!?…])(?P<mark>[.!?…]++)(?P<close>[{_CLOSERS}]*+(?:\s[\"”](?=\s))?)"
    # "…shown before.12 We": raised citation marks after the full stop.
    r"(?P<raised>(?<=[^\W\d_][.)])\d{1,3}(?:[,–-]\d{1,3})*(?=\s+[A-Z]))?"
    r"(?P<cites>(?:\s?\[\d+(?:\s?[,;–-]\s?\d+)*\])+(?=\s+[^\W\d_a-z]))?"
    r"(?P<gap>\s+)"
    r"|(?P<wide>[。！？])[」』”’）]*"
    # "…the results.The model": a space lost before a word that begins sentences.
    r"|(?<=[a-z)\]%])(?P<tight>\.)(?=(?:The|We|In|This|These|Our|It|However|Moreover) )"
)
_INNER = re.compile(r"[(\[{\"'“‘«<>=,;:/–—-]")
_NEXT = re.compile(rf"[{_OPENERS}]*(?P<word>[^\W\d_][^\W_]*|\S)?")
_INITIALS = re.compile(r"(?:[A-Z]\.){0,3}[A-Z]")
_NAME = re.compile(r"[^\W\d_]+-[A-Z0-9]")
_BULLET = re.compile(r"(?:[-*+•▪◦‣·■●–]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|\[\d{1,3}\])\s+\S")
_BULLET_SURE = re.compile(r"(?:[-*+•▪◦‣■●]\s+\S|#{1,6}\s|\|)")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Za-z]|[ivxIVX]{1,4})[.)]")
_LONGEST_NUMBER = 24
_BLOCK_GAP = re.compile(r"\n[^\S\n]*\n\s*")


def sentence_spans(text: str) -> list[Span]:
    """Where each sentence stands: in order, trimmed, apart, and no visible character left out.

    Blank lines always part; headings, bullets and table rows on lines of their own are spans of
    their own. Two sentences stay one when the first ends in an abbreviation that is mostly met
    inside sentences; a fragment is never made inside "et al.", "Fig. 2", initials or decimals.
    """
    spans: list[Span] = []
    for block in _blocks(text):
        start = block.start
        for end in _ends(text, block):
            spans.append(_trimmed(text, start, end))
            start = end
        spans.append(_trimmed(text, start, block.end))
    return [span for span in spans if span.end > span.start]


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return Span(start + left, start + left + len(piece.strip()))


def _blocks(text: str) -> Iterator[Span]:
    """Paragraphs, and within them the lines that stand for themselves."""
    start = 0
    for gap in _BLOCK_GAP.finditer(text):
        yield from _lines_apart(text, Span(start, gap.start()))
        start = gap.end()
    yield from _lines_apart(text, Span(start, len(text)))


def _lines_apart(text: str, paragraph: Span) -> Iterator[Span]:
    """The paragraph, parted before bullets and around headings and table rows."""
    if text.find("\n", paragraph.start, paragraph.end) < 0:
        yield paragraph
        return
    start = place = paragraph.start
    previous = ""
    for line in text[paragraph.start : paragraph.end].split("\n"):
        stripped = line.strip()
        if previous and _parts(previous, stripped):
            yield Span(start, place)
            start = place
        previous = stripped
        place += len(line) + 1
    yield Span(start, paragraph.end)


def _parts(previous: str, line: str) -> bool:
    """Whether a line break between these two lines ends a span."""
    if _BULLET_SURE.match(line) or is_heading(previous):
        return True
    settled = previous[-1] in ".!?:;" or bool(_BULLET.match(previous))
    return settled and (bool(_BULLET.match(line)) or is_heading(line))


def _ends(text: str, block: Span) -> Iterator[int]:
    """Offsets inside the block at which a sentence is over."""
    start = block.start
    for stop in _STOP.finditer(text, block.start, block.end):
        if stop["wide"] or stop["tight"]:
            end: int | None = stop.end()
        else:
            end = _end_at(text, stop, Span(start, block.end))
        if end is not None and end < block.end:
            yield end
            start = end


def _end_at(text: str, stop: re.Match[str], sentence: Span) -> int | None:
    """The sentence's end at this stop, or `None` when it goes on."""
    following = _NEXT.match(text, stop.end(), sentence.end)
    word = (following["word"] if following else None) or ""
    if not word or not _may_begin(word, text[stop.end() : stop.end() + 12]):
        return None
    if stop["raised"] or stop["cites"] or stop["mark"] != ".":
        return stop.start("gap")
    last = _token_before(text, sentence.start, stop.start())
    if stop["close"].strip("*_"):
        goes_on = last in _NEVER or last == "al"
    else:
        opening = text[sentence.start : min(stop.start() + 1, sentence.start + _LONGEST_NUMBER)]
        numbers_item = stop.start() < sentence.start + _LONGEST_NUMBER and bool(
            _ENUMERATOR.fullmatch(opening.strip())
        )
        goes_on = numbers_item or _goes_on(text, last, word, stop)
    return None if goes_on else stop.start("gap")


def _token_before(text: str, start: int, end: int) -> str:
    """The word that the full stop follows, without brackets and dashes before it."""
    words = text[max(start, end - 24) : end].split()
    return _INNER.split(words[-1])[-1] if words else ""


def _may_begin(word: str, opening: str) -> bool:
    """Whether a sentence can begin with this word, of an opening of a few characters."""
    first = word[0]
    if first.isupper() or first.isdigit():
        return True
    if not first.isalpha():
        return first in "$\\@<>~≥≤±#†‡§"
    if not first.islower():
        return True
    # Names such as mTOR, p53, gamma-CEHC, α-synuclein begin sentences though they begin small.
    return (
        any(char.isupper() or char.isdigit() for char in word[1:5])
        or bool(_NAME.match(opening))
        or (first > "\u0370" and f"{word}-" in opening)
    )


def _goes_on(text: str, last: str, word: str, stop: re.Match[str]) -> bool:
    """Whether the full stop belongs to an abbreviation, an initial or a split decimal."""
    bare = last.lower().rstrip(".")
    starter = word in _STARTERS
    if last in _NEVER or (bare in _NEVER and word not in _STARTERS):
        return True
    if bare in ("al", "etc"):
        return not word[0].isalpha()
    capital = last[0].isupper() if last else False
    if bare in _LABELS and (capital != (len(bare) == 1) or bare not in _WORDS_TOO):
        return _labels(word)
    if bare in _DOTTED:
        return not (starter and len(word) > 1)
    if _INITIALS.fullmatch(last) and word[0].isalpha():
        return _is_initial(text, word, stop, starter=starter)
    return last in ("0", "-0", "+0") and word.isdigit()


def _labels(word: str) -> bool:
    """Whether the word can be what a label such as "Fig." names: 3, S2, IV, (4)."""
    return word[0].isdigit() or len(word) == 1 or not word.isalpha() or not word.strip("IVXS")


def _is_initial(text: str, word: str, stop: re.Match[str], *, starter: bool) -> bool:
    """Whether the single capital before the full stop is a name's: "J. Smith", not "type I."."""
    if starter and len(word) > 1:
        return False
    lead = text[max(0, stop.start() - 40) : stop.start() - 1].split()
    if not lead:
        return True
    last = lead[-1].rstrip(".")
    if any(char.isdigit() for char in last):
        return False
    return not last[:1].islower() or last in _BEFORE_INITIALS or last in _NEVER
