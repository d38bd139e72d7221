"""Names of authors held against each other, however a service orders and shortens them.

>>> agree(("van der Berg, Jan",), ("Jan van der Berg", "K. Smit"))
True
>>> agree(("Wang Y",), ("Wang L",))
False
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from assignee.reading.markup import accents

_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae"}
    | {"Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D"}
)
_GROUP = re.compile(
    r"\b(?:collaborations?|consorti(?:um|a)|(?:study|working|research) group|team|committee|panel|"
    r"network|society|association|investigators|initiative|organi[sz]ation|office|board|"
    r"commission(?:ers)?|institut(?:e|ion)|ministry|department|agency|university|council|"
    r"federation|bureau|cent(?:er|re)|foundation|task force|trust|collaborators|trialists)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "van von der den de del della di da do dos du la le el al ter ten zu af av bin ibn dela".split()
)
_DEGREES = frozenset("dr prof phd md jr sr ii iii".split())
_OF_GROUPS = frozenset("the of for on and in international national study group".split())
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_WORD = re.compile(r"[^\W_]+")
_UMLAUT = re.compile(r"(?<=[aou])e")
_MOST = 40
"""Authors of a list that are compared; papers of thousands agree in their first ones."""


class Name(NamedTuple):
    """One author's name in parts; all folded to plain lower-case letters."""

    whole: str
    """All its words, sorted and joined; of names that are not Latin, all letters."""
    surnames: frozenset[str]
    """Each part of the surname, and all of it joined."""
    words: frozenset[str]
    """Every word of two letters or more."""
    initials: tuple[tuple[str, str], ...]
    """Each word with its first letter; bunched initials give one each."""
    latin: bool


def agree(one: Sequence[str], other: Sequence[str]) -> bool | None:
    """Whether two lists name the same authors: the same first one, or most of the same people.

    `None` where that cannot be told: a list is empty, names a group, or is in another script.
    """
    if not (one and other):
        return None
    groups = _group_of(one), _group_of(other)
    if all(groups):
        return groups[0] <= groups[1] or groups[1] <= groups[0]
    ours, theirs = _people(one), _people(other)
    if not (ours and theirs):
        return None
    first = _same(ours[0], theirs[0])
    return most_agree(one, other) if first is False else first


def most_agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two thirds of the shorter list, and two people at least, stand in the other."""
    ours, theirs = _people(one), _people(other)
    shorter, longer = sorted((ours, theirs), key=len)
    found = sum(any(_same(name, known) for known in longer) for name in shorter)
    return found >= 2 and found * 3 >= len(shorter) * 2


@lru_cache(maxsize=65_536)
def name_of(text: str) -> Name:
    """The name in its parts, of `Jared Q. Kaplan`, `Kaplan, J. Q.` and `Kaplan JQ`."""
    surname, given = _split(_folded(_ASIDE.sub(" ", text)))
    plain = [_plain(word) for word in surname]
    core = [word for word in plain if word not in _PARTICLES] or plain
    words = plain + [_plain(word) for word in given]
    latin = all(character < "\u0250" for character in "".join(words))
    forms = (*(word for word in core if len(word) > 1), "".join(plain), "".join(core))
    return Name(
        # Scripts that are written without spaces leave it open where the surname ends.
        whole="".join(sorted(words if latin else "".join(words))),
        surnames=frozenset(form for form in forms if form),
        words=frozenset(word for word in words if len(word) > 1),
        initials=tuple(
            (_plain(word), letter)
            for word in (*surname, *given)
            for letter in (word.lower() if _is_initials(word) else _plain(word)[:1])
        ),
        latin=latin,
    )


def is_group(text: str) -> bool:
    """Whether the author is a collaboration, a committee or an office."""
    return bool(_GROUP.search(text))


def _people(authors: Sequence[str]) -> list[Name]:
    """Those of the list that are people and have a letter in their name."""
    people = (name_of(author) for author in authors[:_MOST] if not is_group(author))
    return [name for name in people if name.words or name.surnames]


def _group_of(authors: Sequence[str]) -> frozenset[str]:
    """The words that name the group in a list that names nobody else."""
    if not all(map(is_group, authors[:_MOST])):
        return frozenset()
    words = _words(_GROUP.sub(" ", _folded(authors[0])).lower())
    return frozenset(words) - _OF_GROUPS


def _same(one: Name, other: Name) -> bool | None:
    if one.whole == other.whole:
        return True
    if one.latin != other.latin:
        return None
    shared = (one.surnames & (other.surnames | other.words)) | (other.surnames & one.words)
    if not shared and not _spelled_alike(one, other):
        return False
    used = shared or one.surnames | other.surnames
    ours, theirs = _rest(one, used), _rest(other, used)
    return not ours or not theirs or bool(ours & theirs)


def _spelled_alike(one: Name, other: Name) -> bool:
    ours, theirs = (max(name.surnames, key=len, default="") for name in (one, other))
    return min(len(ours), len(theirs)) >= 6 and fuzz.ratio(ours, theirs) >= 85


def _rest(name: Name, used: frozenset[str]) -> set[str]:
    """The first letters of the words that are not the surname both have."""
    return {letter for word, letter in name.initials if word not in used and word not in _PARTICLES}


def _split(text: str) -> tuple[list[str], list[str]]:
    """The words of the surname and those of the given names."""
    before, comma, after = text.partition(",")
    given = _words(after)
    if comma and given:
        return _words(before), given
    words = _words(before)
    capitals = not any(character.islower() for character in before)
    end = len(words)
    while end > 1 and not capitals and _is_initials(words[end - 1]):
        end -= 1
    if end < len(words):
        return words[:end], words[end:]
    start = max(len(words) - 1, 0)
    if "-" in before.split(" ")[-1]:
        start = len(words) - len(_words(before.split(" ")[-1]))
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return words[start:], words[:start]


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.lower() not in _DEGREES]


def _is_initials(word: str) -> bool:
    return len(word) <= 3 and word.isupper()


def _plain(word: str) -> str:
    return _UMLAUT.sub("", word.lower())


def _folded(text: str) -> str:
    """Without accents and apostrophes; a hyphen stays."""
    if "\\" in text:
        text = accents(text)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"['’ʼ`´]", "", text).strip()
