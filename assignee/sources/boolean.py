"""Queries written in the syntax of services that know AND, OR, NOT and phrases.

>>> lucene = Syntax(both=" AND ", either=" OR ", negation="NOT ")
>>> written(parse('"sleep apnea" AND (stroke OR infarction) NOT children'), lucene)
'"sleep apnea" AND (stroke OR infarction) AND NOT children'
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from assignee.sources.base import Criteria
from assignee.sources.query import Both, Either, Not, Query, Term

_OPERATORS = frozenset({"AND", "OR", "NOT"})


class Syntax(NamedTuple):
    """How a service writes its operators; parentheses and quotes are the same everywhere."""

    both: str
    either: str
    negation: str


class Dated(NamedTuple):
    """A query without its years, and the days that years and criteria leave."""

    query: Query
    since: date | None
    until: date | None


def written(query: Query, syntax: Syntax, *, without: Collection[str] = ()) -> str:
    """The query in a service's syntax; terms of years and of the fields `without` are left out."""
    match query:
        case Term(text=text, phrase=phrase, field=field):
            if field == "year" or field in without:
                return ""
            return f'"{text}"' if phrase or text in _OPERATORS else text
        case Not(part=part):
            inner = written(part, syntax, without=without)
            return f"{syntax.negation}{_enclosed(part, inner)}" if inner else ""
        case Both(parts=parts) | Either(parts=parts):
            joint = syntax.both if isinstance(query, Both) else syntax.either
            inner_parts = [(part, written(part, syntax, without=without)) for part in parts]
            kept = [(part, inner) for part, inner in inner_parts if inner]
            if len(kept) == 1:
                return kept[0][1]
            return joint.join(_enclosed(part, inner) for part, inner in kept)


def dated(query: Query, criteria: Criteria) -> Dated:
    """Take the years that hold for the whole query out of it; they narrow the criteria's days."""
    since, until, others = criteria.since, criteria.until, []
    for part in _conjuncts(query):
        if isinstance(part, Term) and part.field == "year":
            first, _, last = part.text.partition("-")
            january, december = date(_year(first), 1, 1), date(_year(last or first), 12, 31)
            since = max(since or january, january)
            until = min(until or december, december)
        else:
            others.append(part)
    return Dated(Both(tuple(others)), since, until)


def by_field(query: Query, *, known: Collection[str]) -> dict[str | None, Query]:
    """The parts that must all hold, by the one field that each searches.

    A part without a field, with one that is not known or with several stands under `None`.
    """
    groups: dict[str | None, list[Query]] = {}
    for part in _conjuncts(query):
        searched = {term.field for term in terms(part)}
        field = searched.pop() if len(searched) == 1 else None
        groups.setdefault(field if field in known else None, []).append(part)
    return {field: Both(tuple(parts)) for field, parts in groups.items()}


def terms(query: Query) -> Iterator[Term]:
    """Every term of the query in order, negated ones too."""
    match query:
        case Term():
            yield query
        case Not(part=part):
            yield from terms(part)
        case Both(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from terms(part)


def is_plain(query: Query) -> bool:
    """Whether the query is single words that must all be there, without phrases or operators."""
    return all(isinstance(part, Term) and not part.phrase for part in _conjuncts(query))


def _year(digits: str) -> int:
    return max(int(digits), 1)  # a calendar has no year 0


def _conjuncts(query: Query) -> tuple[Query, ...]:
    return query.parts if isinstance(query, Both) else (query,)


def _enclosed(part: Query, inner: str) -> str:
    """Inner in parentheses where it consists of several parts."""
    several = isinstance(part, Both | Either) and " " in inner
    return f"({inner})" if several else inner
