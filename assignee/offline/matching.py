"""Searching a handful of works: words counted, phrases, AND, OR, NOT, fields; no index.

A run of plain words asks for a third of them, because in a corpus this small nothing would hold
all the words of a question; what stands between AND and OR is taken as it is said.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from assignee.offline.corpus import Work

Matcher = Callable[[Work], int]
"""How often a work has what is searched for; 0 is no match."""

Field = Callable[[str], Matcher]
"""From a value after `field:`, a word, a phrase or a range, to what it asks for."""

Part = Literal["title", "abstract", "author", "text", "all", "whole"]
"""Where words are looked for; `text` is title and abstract, `whole` the full text too."""

STOP_WORDS = frozenset(
    "a an and are as at be by can do does for from has have how in into is it its of on or than "
    "that the their this to was what when where which who why will with".split()
)
A_THIRD = 1 / 3
_WORD = re.compile(r"\w+(?:-\w+)*")


def ranked(works: Iterable[Work], matcher: Matcher) -> list[tuple[Work, int]]:
    """The matching works and their scores, best first, the newer of two equals first."""
    scored = [(work, score) for work in works if (score := matcher(work))]
    scored.sort(key=lambda pair: (pair[1], pair[0].date, pair[0].key), reverse=True)
    return scored


def everything(_: Work) -> int:
    """Matches every work."""
    return 1


def holds(phrase: str, *, within: Part = "text") -> Matcher:
    """How often a part has these words one after the other, `fine-tuning` also as `finetuning`."""
    wanted = _words(phrase)
    if not wanted.apart:
        return everything
    return lambda work: sum(
        max(
            _count(wanted.apart, words.apart),
            _count(wanted.joined, words.joined),
        )
        for words in map(_words, _texts(work, within))
    )


def in_part(part: Part) -> Field:
    """A field that is searched for words."""
    return lambda value: holds(value, within=part)


def some_of(words: str, *, within: Part = "text", share: float = A_THIRD) -> Matcher:
    """The plain words of a query: at least this share of those that mean something."""
    found = [word for word in _WORD.findall(words) if word.lower() not in STOP_WORDS]
    return _share([holds(word, within=within) for word in found], share)


def every_one(matchers: Sequence[Matcher]) -> Matcher:
    """All of them."""
    return _share(matchers, 1.0)


def any_one(matchers: Sequence[Matcher]) -> Matcher:
    """At least one of them."""
    return lambda work: sum(matcher(work) for matcher in matchers)


def none_of(matcher: Matcher) -> Matcher:
    """What does not match."""
    return lambda work: int(not matcher(work))


def holding(test: Callable[[Work], bool]) -> Matcher:
    """A yes or no as a matcher."""
    return lambda work: int(test(work))


def _share(matchers: Sequence[Matcher], share: float) -> Matcher:
    least = max(1, math.ceil(len(matchers) * share))

    def score(work: Work) -> int:
        scores = [matcher(work) for matcher in matchers]
        return sum(scores) if sum(map(bool, scores)) >= least else 0

    return score if matchers else everything


def _texts(work: Work, part: Part) -> list[str]:
    parts = {
        "title": [work.title],
        "abstract": [work.abstract],
        "author": work.authors,
        "text": [work.title, work.abstract],
        "all": [work.title, work.abstract, *work.authors],
        "whole": [work.title, work.abstract, *(section.text for section in work.sections)],
    }
    return [text for text in parts[part] if text]


class _Words(NamedTuple):
    apart: tuple[str, ...]
    joined: tuple[str, ...]


@lru_cache(maxsize=4096)
def _words(text: str) -> _Words:
    """Lower case, without the plural s; hyphenated words in pieces, and as one."""
    words = _WORD.findall(text.lower())
    apart = [piece for word in words for piece in word.split("-")]
    joined = [word.replace("-", "") for word in words]
    return _Words(*(tuple(map(_singular, some)) for some in (apart, joined)))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _count(wanted: Sequence[str], words: Sequence[str]) -> int:
    size = len(wanted)
    return sum(words[place : place + size] == wanted for place in range(len(words) - size + 1))


class _Token(NamedTuple):
    kind: str
    """`(`, `)`, `AND`, `OR`, `NOT`, `field`, `term` or `end`."""
    text: str = ""


_TOKEN = re.compile(
    r"""\s*(?:(?P<paren>[()])
    | (?P<operator>(?:ANDNOT|AND|OR|NOT)(?=[\s("]|$)|\||(?<![^\s(])(?:\+|-(?=[\w"(])))
    | (?P<field>[A-Za-z_.]+):(?=["(\[\w])
    | "(?P<phrase>[^"]*)"?(?:~\d*)?
    | \[(?P<range>[^\]]*)\]
    | (?P<word>[^\s()"|]+))""",
    re.VERBOSE,
)
_OPERATORS = {"|": ("OR",), "+": ("AND",), "-": ("NOT",), "ANDNOT": ("AND", "NOT")}


def parse(
    query: str,
    fields: Mapping[str, Field] | None = None,
    *,
    within: Part = "text",
    share: float = A_THIRD,
) -> Matcher:
    """What a query with operators asks for; it never fails, a stray bracket is passed over.

    Operators are AND, OR, NOT and ANDNOT, or the signs `+`, `|`, `-`. Field names are looked up
    in lower case; an unknown one is a word. Words without one are looked for `within`; `share` is
    how many of a run of plain words must be there.
    """
    known = fields or {}
    return _Parser(_tokens(query, known), known, share, in_part(within)).whole()


def _tokens(query: str, fields: Mapping[str, Field]) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    while match := _TOKEN.match(query, place):
        place = match.end()
        kind = match.lastgroup or ""
        text = match.group(kind)
        if kind == "paren":
            tokens.append(_Token(text))
        elif kind == "operator":
            tokens += map(_Token, _OPERATORS.get(text, (text,)))
        elif kind == "field" and text.lower() in fields:
            tokens.append(_Token("field", text.lower()))
        else:
            tokens.append(_Token("term", text))
    return tokens


class _Parser:
    """Recursive descent: OR binds least, then AND and plain neighbours, then NOT."""

    def __init__(
        self, tokens: Sequence[_Token], fields: Mapping[str, Field], share: float, default: Field
    ) -> None:
        self._tokens = [*tokens, _Token("end")]
        self._fields = fields
        self._share = share
        self._default = default

    def whole(self) -> Matcher:
        parts = [self._either(self._default)]
        while self._tokens[0].kind != "end":
            self._tokens.pop(0)  # a bracket that was never opened
            parts.append(self._either(self._default))
        return every_one(parts)

    def _either(self, field: Field) -> Matcher:
        parts = [self._both(field)]
        while self._tokens[0].kind == "OR":
            self._tokens.pop(0)
            parts.append(self._both(field))
        return any_one(parts) if len(parts) > 1 else parts[0]

    def _both(self, field: Field) -> Matcher:
        must: list[Matcher] = []
        run: list[Matcher] = []
        while (token := self._tokens[0]).kind not in ("OR", ")", "end"):
            if token.kind == "AND":
                self._tokens.pop(0)
                must, run = [*must, *self._closed(run)], []
            elif token.kind == "NOT":
                self._tokens.pop(0)
                must.append(none_of(self._one(field)))
            elif token.kind == "term" and token.text.lower() in STOP_WORDS:
                self._tokens.pop(0)
            else:
                run.append(self._one(field))
        return every_one([*must, *self._closed(run)])

    def _closed(self, run: Sequence[Matcher]) -> list[Matcher]:
        return [_share(run, self._share)] if run else []

    def _one(self, field: Field) -> Matcher:
        token = self._tokens[0]
        if token.kind not in ("field", "(", "term"):
            return everything
        self._tokens.pop(0)
        if token.kind == "field":
            return self._one(self._fields[token.text])
        if token.kind == "term":
            return field(token.text)
        inner = self._either(field)
        if self._tokens[0].kind == ")":
            self._tokens.pop(0)
        return inner
