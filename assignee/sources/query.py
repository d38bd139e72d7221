"""Queries as people and planners write them, as a tree that each source puts in its own syntax.

    parse('title:"sleep apnea" AND (stroke OR infarction) NOT children')
    parse("Does coffee lower the risk of type 2 diabetes?")

Operators are in capitals and bind in the order NOT, AND, OR; words side by side are joined by AND.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from assignee.reading.words import STOPWORDS


@dataclass(frozen=True)
class Term:
    """A word or a phrase: letters and digits of any script, inner hyphens, apostrophes and dots.

    Nothing else is left in it, so that no term breaks a service's syntax.
    """

    text: str
    phrase: bool = False
    field: str | None = None
    """`title`, `author`, `abstract` or `year`; a year is `2020` or `2018-2020`."""


@dataclass(frozen=True)
class Both:
    """All of the parts; with no parts it is the empty query."""

    parts: tuple["Query", ...]


@dataclass(frozen=True)
class Either:
    """At least one of the parts."""

    parts: tuple["Query", ...]


@dataclass(frozen=True)
class Not:
    """What the part does not match."""

    part: "Query"


Query: TypeAlias = Term | Both | Either | Not

MOST_NESTED = 20
"""Parentheses inside parentheses; deeper ones are read as if they were not there."""

# Fields are known by their colon, operators by standing alone in capitals. A quotation mark
# without its partner matches nothing and is passed over.
_TOKEN = re.compile(
    r"""
      (?i:year)\s*:\s*(?P<year>\d{4}(?:\s*(?:-|\.\.)\s*\d{4})?)(?![\w-])
    | (?P<field>(?i:title|author|abstract))\s*:(?=\s*[\w"(])
    | "(?P<phrase>[^"]*)"
    | (?P<operator>(?<![^\s()"])(?:AND|OR|NOT)(?![^\s()"]))
    | (?P<bracket>[()])
    | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE,
)
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»"), '"')
_DASHES = dict.fromkeys(map(ord, "‐‑‒–−"), "-")
_MARKS = {**_QUOTES, **_DASHES, ord("’"): "'"}
_WORD = re.compile(r"[^\s\-'.]+(?:[-'.][^\s\-'.]+)*")
_STOPWORDS = STOPWORDS | {"no", "not"}
_OPERATORS = frozenset({"AND", "OR", "NOT", "ANDNOT"})


class _Token(NamedTuple):
    kind: str
    text: str


def parse(text: str) -> Query:
    """The query that a text stands for; every text stands for one.

    Stop words outside phrases and names are left out, unless there is nothing else. What is not
    closed is closed at the end; an operator without an operand is passed over.
    """
    tokens = list(_tokens(unicodedata.normalize("NFKC", text).translate(_MARKS)))
    return (
        _Parser(tokens, _STOPWORDS).either(None)
        or _Parser(tokens, frozenset()).either(None)
        or Both(())
    )


def words(query: Query) -> str:
    """The words that are looked for, in order, for services without syntax.

    Negated parts and years are left out: such a service would look for them.
    """
    return " ".join(dict.fromkeys(_sought(query)))


def _sought(query: Query) -> Iterator[str]:
    match query:
        case Term(field="year") | Not():
            return
        case Term(text):
            yield text
        case Both(parts) | Either(parts):
            for part in parts:
                yield from _sought(part)


def _tokens(text: str) -> Iterator[_Token]:
    depth = 0
    for match in _TOKEN.finditer(text):
        kind, found = match.lastgroup or "", match[match.lastgroup or 0]
        if kind in ("operator", "bracket"):
            opened = depth + (found == "(")
            depth = max(opened - (found == ")"), 0)
            if kind == "operator" or 1 <= opened <= MOST_NESTED:
                yield _Token(found, found)
        else:
            yield _Token(kind, found)


class _Parser:
    """Recursive descent; it goes no deeper than parentheses do, and those are bounded."""

    def __init__(self, tokens: list[_Token], stopwords: frozenset[str]) -> None:
        self._tokens = tokens
        self._stopwords = stopwords
        self._at = 0

    def _next_is(self, *kinds: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].kind in kinds

    def _skip(self, *kinds: str) -> int:
        """Pass over tokens of these kinds; how many there were."""
        start = self._at
        while self._next_is(*kinds):
            self._at += 1
        return self._at - start

    def either(self, field: str | None) -> Query | None:
        parts = [self._both(field)]
        while self._skip("OR"):
            parts.append(self._both(field))
        return _joined(Either, parts)

    def _both(self, field: str | None) -> Query | None:
        parts = []
        while self._at < len(self._tokens) and not self._next_is("OR", ")"):
            parts.append(self._one(field))
        return _joined(Both, parts)

    def _one(self, field: str | None) -> Query | None:
        negations = 0
        while self._next_is("AND", "NOT"):
            negations += self._tokens[self._at].kind == "NOT"
            self._at += 1
        if self._at == len(self._tokens) or self._next_is("OR", ")"):
            return None
        part = self._atom(field)
        if part is None or negations % 2 == 0:
            return part
        return part.part if isinstance(part, Not) else Not(part)

    def _atom(self, field: str | None) -> Query | None:
        token = self._tokens[self._at]
        self._at += 1
        if token.kind == "field":
            named = self._next_is("word", "phrase", "(")
            return self._atom(token.text.lower()) if named else None
        if token.kind == "(":
            inside = self.either(field)
            self._at += self._next_is(")")
            return inside
        if token.kind == "year":
            return Term("-".join(re.findall(r"\d+", token.text)), field="year")
        if token.kind == "phrase":
            phrase = " ".join(_words_of(token.text))
            return Term(phrase, phrase=True, field=field) if phrase else None
        return _joined(Both, [Term(w, field=field) for w in self._telling(token.text, field)])

    def _telling(self, text: str, field: str | None) -> Iterator[str]:
        """The words that are no stop words: `Does` is one; `WHO` and the `A` of vitamin A are not.

        An author may be called Will.
        """
        for word in _words_of(text):
            if word in _OPERATORS:  # from `AND,` or `/OR`: a service would take it for its own
                continue
            plain = word.islower() or word[1:].islower() or (len(word) == 1 and self._at == 1)
            if field == "author" or not plain or word.lower() not in self._stopwords:
                yield word


def _words_of(text: str) -> list[str]:
    """Its runs of letters, marks and digits; invisible characters do not part them."""
    kept = ""
    for char in text:
        kind = unicodedata.category(char)
        if kind[0] in "LMN" or char in "-'.":
            kept += char
        elif kind != "Cf":
            kept += " "
    return _WORD.findall(kept)


def _joined(kind: type[Both] | type[Either], parts: Iterable[Query | None]) -> Query | None:
    """The parts under one node, or the only part, or nothing."""
    flat: list[Query] = []
    for part in parts:
        if isinstance(part, kind):
            flat.extend(part.parts)
        elif part is not None:
            flat.append(part)
    different = tuple(dict.fromkeys(flat))
    return kind(different) if len(different) > 1 else next(iter(different), None)
