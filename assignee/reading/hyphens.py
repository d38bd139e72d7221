"""Lines put together into a paragraph, with words joined that were hyphenated at line ends."""

import re
from collections import Counter
from collections.abc import Iterable

_HYPHENS = ("-", "‐", "\u00ad")
_HEAD_EDGE = re.compile(r"[\s(\[/]")
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
            words.update(word.lower() for word in _WORD.findall(_whole_words(line)))
        return words


def join_lines(lines: Iterable[str], words: Words) -> str:
    """The lines as one paragraph.

    A hyphen at a line's end goes when the joined word is used elsewhere, and stays when the
    hyphenated one is, when an upper-case letter or a digit follows, or when the first half often
    begins compounds ("zero-shot"); otherwise it goes.
    """
    paragraph = ""
    for line in (line.strip() for line in lines):
        if not paragraph or not line:
            paragraph += line
        elif (head := _broken_word(paragraph)) and line[0].isalnum():
            keep = _keeps_hyphen(head, line, words)
            paragraph = paragraph[:-1] + ("-" if keep else "") + line
        else:
            paragraph += " " + line
    return paragraph


def _broken_word(line: str) -> str | None:
    """What stands before the hyphen at the line's end, if it ends in one."""
    if not line.endswith(_HYPHENS):
        return None
    return _HEAD_EDGE.split(line[-60:-1])[-1] or None


def _whole_words(line: str) -> str:
    line = line.rstrip()
    head = _broken_word(line)
    return line[: -1 - len(head)] if head else line


def _keeps_hyphen(head: str, line: str, words: Words) -> bool:
    tail = _TAIL.match(line)
    if not tail or not line[0].islower():
        return True
    head, rest = head.lower(), tail.group().lower()
    if words[head + rest] or words[f"{head}-{rest}"]:
        return words[f"{head}-{rest}"] > words[head + rest]
    return "-" in head or head in _COMPOUNDS
