"""Slips of spelling in the words by which a turn is told apart, such as “serach” and “clam 6”."""

import re
from collections.abc import Collection

KNOWN = (
    "which claim claims compare contrast difference contradicted corroborated verified evidence "
    "explain search preprints preprint papers studies stricter summarise summarize summary review "
    "revise verify exclude peer-reviewed journal conference report question"
).split()
LONG = 7
"""Letters from which another letter makes no other English word: nodes is no slip of notes."""
_WORD = re.compile(r"(?<![\w/.@-])[a-z][a-z-]{3,}(?![\w/@-]|\.\w)")


def mended(said: str, also: Collection[str] = ()) -> str:
    """The turn with the slips mended: one letter more, less, other, or two that changed places.

    Args:
        said: the turn.
        also: words of the report, in lower case, which are no slips.
    """

    def nearest(found: re.Match[str]) -> str:
        word = found[0]
        if word in KNOWN or word in also:
            return word
        return next((known for known in KNOWN if _slipped(word, known)), word)

    return _WORD.sub(nearest, said)


def _slipped(word: str, known: str) -> bool:
    # An ending more or less is another form of the word, not a slip.
    if word.startswith(known) or known.startswith(word) or word[0] != known[0]:
        return False
    at = next(i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b)
    rest, other = word[at:], known[at:]
    swapped = rest[1:2] + rest[:1] + rest[2:] == other
    replaced = rest[1:] == other[1:] and len(known) >= LONG
    return swapped or replaced or rest[1:] == other or rest == other[1:]
