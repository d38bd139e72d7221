"""What a polished sentence must keep of the one that it stands for, told by code alone.

The guard rather refuses a good sentence than lets a changed one through: an edit that must not
matter is none if it changes what is said.

>>> lost("Loss fell by 3% [1].", "By 3% did the loss fall [1].") is None
True
>>> lost("Loss fell by 3% [1].", "Loss fell by 4% [1].")
'numbers'
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal

from assignee.engines.local.checks_text import prose
from assignee.reading.words import DOWN, HEDGES, NEGATIONS, UP, content_stems, words

Lost = Literal[
    "form", "length", "citations", "numbers", "names", "negations", "hedges", "directions",
    "content",
]  # fmt: skip
"""What a rewritten sentence did not keep."""

LONGEST, SHORTEST = 1.5, 1 / 1.5
"""Words of the new sentence for each of the old one."""
FEW = 3
"""So many words more or fewer are alike in any sentence."""
LEAST_SHARED = 0.5
"""Share of the content words' stems that must come back; style may change the others."""

_MARK = re.compile(r"\[[^\[\]\n]*\]")
_AUTHOR_YEAR = re.compile(
    r"[A-Z][\w’'-]+(?:,? (?:et al\.?|(?:and|&) [A-Z][\w’'-]+))?,? \(?(?:19|20)\d\d[a-z]?\b"
)
_NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)*[^\W\d_]*%?")
_NUMBER_WORDS = frozenset(
    """
        two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty
        hundred thousand million billion trillion half third quarter fifth tenth once twice double
        doubled doubles triple tripled threefold tenfold zero percent dozen
    """.split()
)
_NAME = re.compile(r"(?<=[\w,;:()\]] )\(?([A-Z][\w-]*)|^([A-Za-z]\w*[A-Z0-9-][\w-]*)")
"""A word with a capital, but at the beginning only one that has another capital or a digit."""
_EXTENT = frozenset(
    """
        all every each always only most some few many several any both about approximately roughly
        nearly almost should would must probably presumably generally usually often mostly mainly
        largely typically rarely seldom least indicate indicates indicated imply implies mixed
        reportedly tentatively possible possibly probable unclear uncertain single alone
    """.split()
)
_DENYING = ("un", "in", "im", "ir", "il", "non", "dis")
_QUOTING = re.compile(r"[\"“”„«»`|<>{}\t]")


def lost(old: str, new: str) -> Lost | None:
    """The first thing that the new sentence does not keep; `None` if it may stand for the old."""
    if not _one_sentence(new):
        return "form"
    for what, kept in _KEPT.items():
        if kept(old) != kept(new):
            return what
    if _denied(old, new):
        return "negations"
    if not _of_like_length(old, new):
        return "length"
    stems = _content(old)
    return "content" if len(stems & _content(new)) < LEAST_SHARED * len(stems) else None


def can_be_polished(sentence: str) -> bool:
    """Whether the sentence is prose of its own: no quotation, no lead-in, and not too short."""
    whole = list(prose(sentence)) == [sentence] and not sentence.rstrip().endswith(":")
    return whole and not _QUOTING.search(sentence) and len(words(sentence)) > FEW


def _one_sentence(text: str) -> bool:
    return list(prose(text)) == [text] and not _QUOTING.search(text)


def _of_like_length(old: str, new: str) -> bool:
    before, after = len(words(old)), len(words(new))
    return abs(after - before) <= FEW or SHORTEST <= after / before <= LONGEST


def _content(text: str) -> set[str]:
    """Stems of what is said, without what else is compared: citations and numbers."""
    stems = content_stems(_AUTHOR_YEAR.sub(" ", _MARK.sub(" ", text)))
    return {stem for stem in stems if not stem[0].isdigit()}


def _citations(text: str) -> list[str]:
    return [*_MARK.findall(text), *_AUTHOR_YEAR.findall(text)]


def _numbers(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", _MARK.sub(" ", text)).casefold()
    found = re.findall(rf"{_NUMBER.pattern}|[a-z]+", plain)
    return [one for one in found if one in _NUMBER_WORDS or _NUMBER.fullmatch(one)]


def _names(text: str) -> list[str]:
    return ["".join(found) for found in _NAME.findall(_MARK.sub(" ", text))]


def _counted(kept: frozenset[str]) -> Callable[[str], Counter[str]]:
    return lambda text: Counter(word for word in words(text) if word in kept)


def _directions(text: str) -> tuple[int, int]:
    said = words(text)
    return sum(word in UP for word in said), sum(word in DOWN for word in said)


_KEPT: Mapping[Lost, Callable[[str], object]] = {
    "citations": _citations,
    "numbers": _numbers,
    "names": _names,
    "negations": _counted(NEGATIONS),
    "hedges": _counted(HEDGES | _EXTENT),
    "directions": _directions,
}


def _denied(old: str, new: str) -> bool:
    """Whether a word of one sentence is denied by its beginning in the other: un-, in-, dis-."""
    before, after = set(words(old)), set(words(new))
    return _begins_with_no(after - before, before) or _begins_with_no(before - after, after)


def _begins_with_no(said: set[str], other: set[str]) -> bool:
    return any(
        word.startswith(no) and word.removeprefix(no).lstrip("-") in other
        for word in said
        for no in _DENYING
    )
