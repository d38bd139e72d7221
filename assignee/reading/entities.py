"""Names of models, methods, genes and data sets, told by their form, and which a text lacks.

>>> sorted(names("We tuned GPT-4 and LoRA adapters on p53 data with Chinchilla"))
['Chinchilla', 'GPT-4', 'LoRA', 'p53']
>>> missing("GPT-4 beats LoRA on MMLU", "GPT-3 beats LoRA on a massive multitask one")
('GPT-4', 'MMLU')
>>> sibling("GPT-4 beats LoRA on MMLU", "GPT-3 beats LoRA on MMLU")
Sibling(name='GPT-4', instead='GPT-3')
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from assignee.reading.abbreviations import abbreviations
from assignee.reading.words import STOPWORDS

_NAME = re.compile(
    r"(?<![\w-])(?:(?=[\w-]*[A-Z])(?=\w*[A-Z]\w*[A-Z0-9]|[A-Za-z]+-\d|\w+-[A-Z]{2})"
    r"[A-Za-z][\w-]*(?:\.\d+)*|[a-z]{1,4}\d{1,3}(?![\w-]))"
)
_PROPER = re.compile(
    r"(?<=[a-z0-9,)] )[A-Z][a-z]{3,}(?:\s?-?\d+(?:\.\d+)*)?(?![\w-])"
    r"(?!\s(?:of |and |for |the )*[A-Z][a-z])"
)
"""A capital alone in the middle of a sentence: Chinchilla, Llama 2; several in a row name people,
journals and institutions more often."""
_AFTER_CAPITAL = re.compile(r"[A-Z][\w’']*(?: (?:of|and|for|the))* $")
_TAIL = re.compile(r"(?:-[a-z]{4,})+$")
"""Of HIV-positive and GPT-like; not of BERT-base, whose ending names another model."""
_SIZES = frozenset("base large small medium tiny mini nano micro huge giant turbo instruct".split())
_GENERIC = frozenset(
    """
        llm nlp ai ml lm plm us uk usa eu dna rna january february march april june july august
        september october november december monday tuesday wednesday thursday friday saturday
        sunday figure table section
    """.split()
)
"""Abbreviations so common in their field that their absence tells nothing, and dates."""
_TOKEN = re.compile(r"[^\W_]+(?:[-.'’][^\W_]+)*")
_PLAIN = re.compile(r"[^a-z0-9α-ω]+")
_MEMBER = re.compile(r"[-\s]?(?:\d[\w.]*|" + "|".join(_SIZES) + r")$", re.IGNORECASE)


class Sibling(NamedTuple):
    """A name that a text lacks, and another one of its family that it has in its place."""

    name: str
    instead: str


@lru_cache(maxsize=4096)
def names(text: str) -> frozenset[str]:
    """The names in a text as they are written, plurals as one: RLHF, GPT-3, LoRA, Chinchilla."""
    found = {_trimmed(match.group()) for match in _NAME.finditer(text)}
    found |= {
        match.group()
        for match in _PROPER.finditer(text)
        if not _AFTER_CAPITAL.search(text[: match.start()])
    }
    return frozenset(name for name in found if _GENERIC.isdisjoint((_key(name), _family(name))))


def missing(claim: str, text: str) -> tuple[str, ...]:
    """The claim's names that the text has in no form, sorted.

    A name is there when its letters and digits are, however they are joined ("Llama-2", "Llama
    2"), as the beginning or a part of a longer one ("GPT-3" in "GPT-3-175B"), or when words in a
    row have the initials of an abbreviation. Synonyms are not known: of the claims of
    SciFact's training set that have names, a fifth of those that an abstract supports have one that
    the abstract lacks, and more than half of those that it says nothing of.
    """
    # What the claim itself spells out may be spelled out there.
    wanted = names(claim) - {_trimmed(short) for short in abbreviations(claim)}
    if not wanted:
        return ()
    present = _keys(text)
    initials = _initials(text)
    return tuple(
        sorted(
            name for name in wanted if not (_stands(name, present) or _spelt_out(name, initials))
        )
    )


def sibling(claim: str, text: str) -> Sibling | None:
    """The first of the claim's names that the text lacks while it has one of the same family.

    A family shares its letters and differs in number or size: GPT-3 and GPT-4, BERT-base and
    BERT-large.
    """
    lacked = [name for name in missing(claim, text) if _MEMBER.search(name)]
    others = sorted(names(text) - names(claim)) if lacked else []
    for name in lacked:
        for other in others:
            if _MEMBER.search(other) and _family(name) == _family(other) and _apart(name, other):
                return Sibling(name, other)
    return None


def _apart(name: str, other: str) -> bool:
    """Neither is the other with something added: H3K4 and H3K4me3 are one family, not two."""
    one, two = _key(name), _key(other)
    return not (one.startswith(two) or two.startswith(one))


def _family(name: str) -> str:
    return _key(_MEMBER.sub("", name))


def _trimmed(name: str) -> str:
    name = name.rstrip("-")
    tail = _TAIL.search(name)
    if tail and tail.group().removeprefix("-") not in _SIZES:
        name = name[: tail.start()]
    return name[:-1] if name.endswith("s") and name[:-1].isupper() else name


def _key(name: str) -> str:
    return _PLAIN.sub("", name.casefold())


@lru_cache(maxsize=1024)
def _keys(text: str) -> frozenset[str]:
    """Every token, every run of parts of a hyphened one, every two tokens as one: plain letters."""
    tokens = _TOKEN.findall(text)
    whole = [_key(token) for token in tokens]
    parts = {_key(part) for token in tokens for part in _parts(token)}
    return frozenset({*parts, *(one + other for one, other in pairwise(whole))})


def _parts(token: str) -> Iterator[str]:
    pieces = token.split("-")
    for start in range(len(pieces)):
        for end in range(start + 1, len(pieces) + 1):
            yield "-".join(pieces[start:end])


def _stands(name: str, present: frozenset[str]) -> bool:
    key = _key(name)
    if key in present or key + "s" in present or key.rstrip("s") in present:
        return True
    if key.isalpha():
        # A claim that names the family speaks of its members: BRCA, and BRCA1 in the text.
        return any(other.startswith(key) and other[len(key) :].isdigit() for other in present)
    return False


def _initials(text: str) -> str:
    spoken = [word.casefold() for word in _TOKEN.findall(text)]
    return "".join(
        part[0] for word in spoken if word not in STOPWORDS for part in word.split("-") if part
    )


def _spelt_out(name: str, initials: str) -> bool:
    """Whether words in a row begin with the letters of an abbreviation, function words aside."""
    letters = "".join(letter for letter in name if letter.isalpha())
    return sum(map(str.isupper, letters)) >= 3 and letters.casefold() in initials
