"""Whether a turn is in another language than the rules can read."""

import re

from assignee.reading.words import STOPWORDS

_FOREIGN = frozenset(
    "der die das den dem ein eine einer ist sind nicht und oder warum wie welche welcher wird "
    "wurde würde kann mit für auf deine dagegen "
    "el la los las un una por qué que es son para con cómo cuál del se no "
    "le les des est sont pourquoi comment quel quelle quels quelles avec dans faut pour "
    "il lo gli che cosa sono perché come quale della tua "
    "o os uma não porque quais het een waarom welke zijn niet".split()
)
"""Function words of German, Spanish, French, Italian, Portuguese and Dutch."""
SHORTEST = 3
"""Words from which a turn tells its language."""


def is_foreign(said: str) -> bool:
    """Whether a turn has more function words of another language than of English, or its letters.

    >>> is_foreign("Was würde deine Meinung ändern?"), is_foreign("RLHF sample efficiency?")
    (True, False)
    """
    letters = re.findall(r"[^\W\d_]", said)
    if letters and sum(not _is_latin(letter) for letter in letters) > len(letters) / 2:
        return True
    found = re.findall(r"[^\W\d_]+", said.casefold())
    foreign = sum(word in _FOREIGN for word in found)
    return len(found) >= SHORTEST and foreign > sum(word in STOPWORDS for word in found)


def _is_latin(letter: str) -> bool:
    return letter < "\u0250"
