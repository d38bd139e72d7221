"""Lines put together into a paragraph, with words joined that were hyphenated at line ends."""

import re
from collections import Counter
from collections.abc import Iterable

_BROKEN = re.compile(r"(?P<head>[^\W\d_][^\s(\[/]*|\S)[-‐\u00ad]$")
_TAIL = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
# First halves that keep their hyphen when the document itself does not tell.
_COMPOUNDS = frozenset(
    "all best cross data deep domain downstream end ever far few fine first full half hand "
    "high human in instruction large left level life long low mid model non off on one open "
    "out over question real right second self semi short single small so state step task "
    "third time top two token user well word world zero".split()
)


class Words(Counter[str]):
    """How often each word, plain or hyphenated, stands in the middle of a document's lines."""

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Words":
        """The words of the lines, in small letters; a line's broken last word is left out."""
        words = cls()
        for line in lines:
            words.update(word.lower() for word in _WORD.findall(_BROKEN.sub("", line.rstrip())))
        return words


def join_lines(lines: Iterable[str], words: Words) -> str:
    """The lines as one paragraph.

    A hyphen at a line's end goes when the joined word is used elsewhere, and stays when the
    hyphenated one is, when an upper-case letter or a digit follows, or when the first half often
    begins compounds ("zero-shot"); otherwise it goes.
    """
    paragraph = ""
    for line in (line.strip() for line in lines):
        broken = _BROKEN.search(paragraph)
        if not paragraph or not line:
            paragraph += line
        elif broken and line[0].isalnum():
            keep = _keeps_hyphen(broken["head"], line, words)
            paragraph = paragraph[:-1] + ("-" if keep else "") + line
        else:
            paragraph += " " + line
    return paragraph


def _keeps_hyphen(head: str, line: str, words: Words) -> bool:
    tail = _TAIL.match(line)
    if not tail or not line[0].islower():
        return True
    head, rest = head.lower(), tail.group().lower()
    if words[head + rest] or words[f"{head}-{rest}"]:
        return words[f"{head}-{rest}"] > words[head + rest]
    return "-" in head or head in _COMPOUNDS
