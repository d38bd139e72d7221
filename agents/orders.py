"""Orders: what a slash command asks of a session, such as `/remove 3` or `/search pruning`."""

import re
import shlex

from assignee.engines.local.filters import kinds_kept, without_years, years
from assignee.engines.local.references import claims_named, papers_named, papers_on, sources_named
from assignee.engines.local.router import VERSUS, routed
from assignee.engines.protocol import RouteRequest
from assignee.errors import QuestionError, nearest
from assignee.records import FORMATS, Format, Route, RouteKind

ORDERS: dict[str, RouteKind] = {
    "ask": "ask",
    "search": "search",
    "add": "add",
    "remove": "remove",
    "filter": "filter",
    "stricter": "stricter",
    "verify": "verify",
    "review": "review",
    "revise": "revise",
    "why": "explain",
    "compare": "compare",
    "doubt": "doubt",
    "export": "export",
    "help": "help",
}
"""Command to kind."""

DECIDED = "command"


def ordered(request: RouteRequest) -> Route | None:
    """The route of a slash command; `None` for anything else.

    Raises:
        QuestionError: no such command; the nearest is named.
    """
    found = re.match(r"/([a-z]+)\b\s*(.*)", request.said.strip(), re.S)
    if found is None:
        return None
    name, rest = found[1], " ".join(found[2].split())
    if name not in ORDERS:
        raise QuestionError(f"no command /{name}; {nearest(name, ORDERS)}")
    kind = ORDERS[name]
    since, until = years(f"in {rest}" if re.fullmatch(r"\d{4}", rest) else rest)
    paths = _paths(rest) if kind == "add" else ()
    formats: tuple[Format, ...] = ()
    if kind == "export":
        paths, formats = _taken_away(rest)
    return Route(
        kind=kind,
        claims=_claims(kind, rest, request),
        papers=_papers(rest, request) if kind in ("remove", "add") else (),
        topic=_topic(kind, rest, request),
        since=since if kind in ("filter", "search") else None,
        until=until if kind in ("filter", "search") else None,
        statuses=kinds_kept(f"only {rest}" if "preprint" not in rest else rest)
        if kind == "filter"
        else (),
        paths=paths,
        formats=formats,
        decided_by=DECIDED,
    )


def _claims(kind: RouteKind, rest: str, request: RouteRequest) -> tuple[str, ...]:
    if kind not in ("explain", "revise", "compare", "doubt"):
        return ()
    bare = re.sub(r"(?<![\w.#])(\d{1,3})(?![\w.%])", r"#\1", rest)
    return claims_named(bare, request.claims)


def _papers(rest: str, request: RouteRequest) -> tuple[str, ...]:
    bare = re.sub(r"(?<![\w.\[])(\d{1,3})(?![\w.%\]])", r"[\1]", rest)
    named = papers_named(bare, request.papers)
    return named or papers_on(rest, request.papers, request.claims)


def _paths(rest: str) -> tuple[str, ...]:
    return sources_named(rest) or ((rest.strip("\"'"),) if rest else ())


def _taken_away(rest: str) -> tuple[tuple[str, ...], tuple[Format, ...]]:
    """The folder, if one is named, and the formats behind it; a folder with spaces is quoted.

    Raises:
        QuestionError: no such format; the nearest is named.
    """
    known: dict[str, Format] = {name: name for name in FORMATS}
    words = _words(rest)
    folder = () if not words or words[0] in known else (words.pop(0),)
    if unknown := next((word for word in words if word not in known), None):
        raise QuestionError(
            f"no format {unknown!r}; {nearest(unknown, known)}; a folder with spaces is quoted"
        )
    return folder, tuple(known[word] for word in words)


def _words(rest: str) -> list[str]:
    """The words, quoted ones together; a quotation mark without a second one is a character."""
    try:
        return shlex.split(rest)
    except ValueError:
        return rest.split()


def _topic(kind: RouteKind, rest: str, request: RouteRequest) -> str:
    if kind == "search":
        return without_years(rest)
    if kind != "compare":
        return rest
    made = routed(request.model_copy(update={"said": f"compare {rest}"})).topic
    return made if VERSUS in made else rest
