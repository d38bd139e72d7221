"""Abbreviations that a text explains, by the rule of Schwartz and Hearst (PSB 2003).

>>> abbreviations("reinforcement learning from human feedback (RLHF) helps")
{'RLHF': 'reinforcement learning from human feedback'}
"""

import re
from collections import Counter
from collections.abc import Iterable

_IN_BRACKETS = re.compile(r"\(([A-Za-z][\w-]{1,9})(?:[,;][^)]*)?\)")
_BEFORE = re.compile(r"(?:[\w’'-]+,? ){1,10}\Z")
_ADDED = re.compile(r"\b(?P<short>[A-Za-z][\w-]{1,9}) \((?P<long>[^()]{5,120})\)")
_LONGEST = 300
"""Characters before a bracket that are looked at for ten words. Looking from the bracket back takes
a tenth of the time that looking for words before a bracket does."""


def abbreviations(text: str) -> dict[str, str]:
    """Each abbreviation in brackets after its long form, with the shortest long form that fits."""
    found: dict[str, str] = {}
    for match in _IN_BRACKETS.finditer(text):
        short = match.group(1)
        if is_abbreviation(short) and (before := _words_before(text, match.start())):
            long = _long_form(short, before)
            if long:
                found.setdefault(short, long)
    return found


def _words_before(text: str, end: int) -> str:
    found = _BEFORE.search(text, max(0, end - _LONGEST), end)
    return found.group().strip() if found else ""


def is_abbreviation(word: str) -> bool:
    """Whether the word looks like one: two capital letters or more."""
    return sum(map(str.isupper, word)) >= 2


def _long_form(short: str, before: str) -> str | None:
    # From the right, each letter of the abbreviation must occur in order; the first one must
    # begin a word.
    letters = [letter.casefold() for letter in short if letter.isalnum()]
    place = len(before)
    for index, letter in enumerate(reversed(letters)):
        first = index == len(letters) - 1
        place = before.casefold().rfind(letter, 0, place)
        while place > 0 and first and before[place - 1].isalnum():
            place = before.casefold().rfind(letter, 0, place)
        if place < 0:
            return None
    long = before[place:]
    return long if len(long.split()) <= min(len(letters) + 5, 2 * len(letters) + 1) else None


def abbreviated(text: str) -> set[str]:
    """The words of the text that look like abbreviations."""
    return set(filter(is_abbreviation, re.findall(r"\b[\w-]+\b", text)))


def spelled_out(text: str, passages: Iterable[str]) -> str:
    """The text with each of its abbreviations followed by the long form that the passages use.

    The most frequent long form is taken; what no passage explains is left alone, and so is what
    the text itself explains. "LLMs" is explained by "large language model (LLM)" too.
    """
    wanted = {_singular(short) for short in abbreviated(text)}
    wanted -= {_singular(short) for short in abbreviations(text)}
    forms: dict[str, Counter[str]] = {}
    for passage in passages:
        if not any(f"({one}" in passage for one in wanted):
            continue
        for short, long in abbreviations(passage).items():
            if (one := _singular(short)) in wanted:
                opens = re.search(rf"(?:^|[.!?:]\s+){re.escape(long)}", passage)
                long = long[0].lower() + long[1:] if opens else long
                forms.setdefault(one, Counter())[_one(long, short)] += 1
    for one, counted in sorted(forms.items()):
        long = min(counted, key=lambda form: (-counted[form], form))
        alone = rf"(?<![\w(-]){re.escape(one)}(?P<many>s?)(?![\w)]|-\w)"
        text = re.sub(alone, rf"\g<0> ({long}\g<many>)", text, count=1)
    return text


def without_long_forms(text: str) -> str:
    """The text without the long forms that `spelled_out` adds.

    >>> without_long_forms("Raters prefer RLHF (reinforcement learning from human feedback).")
    'Raters prefer RLHF.'
    """
    return _ADDED.sub(_short_alone, text)


def _short_alone(found: re.Match[str]) -> str:
    explains = _long_form(_singular(found["short"]), found["long"]) == found["long"]
    return found["short"] if explains else found[0]


def _singular(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[:-1].isupper() else short


def _one(long: str, short: str) -> str:
    """The long form in small letters save for names, of one thing: "large language model"."""
    one = long.removesuffix("s") if _singular(short) != short else long
    title = all(word[:1].isupper() for word in one.split() if len(word) > 3)
    return one.casefold() if title else one
