"""Abbreviations that a text explains, by the rule of Schwartz and Hearst (PSB 2003).

    >>> abbreviations("reinforcement learning from human feedback (RLHF) helps")
    {'RLHF': 'reinforcement learning from human feedback'}
"""

import re
from collections import Counter
from collections.abc import Iterable

_EXPLAINED = re.compile(r"((?:[\w’'-]+,? ){1,10})\(([A-Za-z][\w-]{1,9})(?:[,;][^)]*)?\)")


def abbreviations(text: str) -> dict[str, str]:
    """Each abbreviation in brackets after its long form, with the shortest long form that fits."""
    found: dict[str, str] = {}
    for match in _EXPLAINED.finditer(text):
        short = match.group(2)
        if sum(letter.isupper() for letter in short) >= 2:
            long = _long_form(short, match.group(1).strip())
            if long:
                found.setdefault(short, long)
    return found


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


def spelled_out(text: str, passages: Iterable[str]) -> str:
    """The text with each of its abbreviations followed by the long form that the passages use.

    The most frequent long form is taken; what no passage explains is left alone.
    """
    wanted = {word for word in re.findall(r"\b[\w-]+\b", text) if sum(map(str.isupper, word)) >= 2}
    forms: dict[str, Counter[str]] = {}
    for passage in passages if wanted else ():
        for short, long in abbreviations(passage).items():
            if short in wanted:
                forms.setdefault(short, Counter())[long.casefold()] += 1
    for short, counted in sorted(forms.items()):
        long = min(counted, key=lambda form: (-counted[form], form))
        text = re.sub(rf"\b{re.escape(short)}\b", f"{short} ({long})", text, count=1)
    return text
