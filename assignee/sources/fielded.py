"""Queries for services whose terms carry their field and whose NOT stands between two parts.

    >>> from assignee.sources.query import parse
    >>> tagged = lambda term: f"TI:{term.text}" if term.field == "title" else term.text
    >>> fielded(parse("title:sleep (stroke OR apnea) NOT children"), tagged, without=" NOT ")
    'TI:sleep AND (stroke OR apnea) NOT children'

Such a service cannot look for what does not match something; what has only a NOT is left out.
"""

from collections.abc import Callable, Iterable

from assignee.sources.query import Both, Either, Not, Query, Term, parse

MOST_TOGETHER = 3
"""Plain words that are asked for together; few papers have all words of a question."""


def asked(text: str) -> Query:
    """The query of a text; a question's words are alternatives, ranked by the service's relevance.

        >>> asked("sleep apnea stroke risk") == parse("sleep OR apnea OR stroke OR risk")
        True

    What is said with operators, in phrases or for a field is asked for as it is said.
    """
    query = parse(text)
    if not isinstance(query, Both) or {"AND", "OR", "NOT"}.intersection(text.split()):
        return query
    plain = tuple(part for part in query.parts if _is_plain(part))
    others = tuple(part for part in query.parts if not _is_plain(part))
    if len(plain) <= MOST_TOGETHER:
        return query
    return Both((Either(plain), *others)) if others else Either(plain)


def _is_plain(part: Query) -> bool:
    return isinstance(part, Term) and not part.phrase and part.field is None


def fielded(query: Query, term: Callable[[Term], str], *, without: str) -> str:
    """The query, or the empty string when nothing is left to look for.

    Args:
        query: what to look for.
        term: writes one term with its field; empty for one that the service cannot look for.
        without: the operator between what must match and what must not, with its spaces.
    """
    match query:
        case Term():
            return term(query)
        case Not():
            return ""
        case Both(parts=(only,)) | Either(parts=(only,)):
            return fielded(only, term, without=without)
        case Either(parts=parts):
            return " OR ".join(_inner(parts, term, without))
        case Both(parts=parts):
            wanted = _inner((part for part in parts if not isinstance(part, Not)), term, without)
            unwanted = _inner((part.part for part in parts if isinstance(part, Not)), term, without)
            return without.join([" AND ".join(wanted), *unwanted]) if wanted else ""


def _inner(parts: Iterable[Query], term: Callable[[Term], str], without: str) -> list[str]:
    """The parts that can be looked for, in parentheses where they consist of several."""
    written = ((part, fielded(part, term, without=without)) for part in parts)
    return [
        f"({text})" if isinstance(part, Both | Either) and len(part.parts) > 1 else text
        for part, text in written
        if text
    ]
