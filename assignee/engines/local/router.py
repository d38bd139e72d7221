"""Routing by rules: what a turn asks for, told from its words.

Orders are recognised by their verb, questions by their question word; what is neither is a question
about what the report holds. No rule guesses a claim, a paper or a file that was not named.
"""

import re
from collections.abc import Sequence

from assignee.engines.local.references import claims_named, papers_named, papers_on, paths_named
from assignee.engines.protocol import RouteRequest
from assignee.records import PublicationStatus, Route, RouteKind

NAME = "rules"

VERSUS = " versus "
"""Stands between the two sides in the topic of a comparison."""

_POLITE = re.compile(
    r"^(?:(?:please|now|ok(?:ay)?|and|then|could you|can you|would you|let us|let's)[ ,]+)+", re.I
)
_ORDERS: tuple[tuple[RouteKind, str], ...] = (
    ("help", r"help\b|\?+$|what can (?:i|you)\b"),
    ("ask", r"(?:new question|ask|research)\s*:"),
    ("export", r"export\b|(?:save|write|download)\b.*\b(?:report|files?|markdown|html|pdf|json)\b"),
    ("revise", r"(?:revise|rewrite)\b|(?:drop|remove|leave out|delete|omit)\s+claims?\b"),
    ("review", r"(?:re-?review|review|re-?rate|rate)\b"),
    ("stricter", r"(?:be|judge|check)\b.*\bstrict|stricter\b|more strict|raise the bar"),
    ("search", r"(?:search|look|find)\b.*\b(?:again|more|for|other|newer|papers?)\b|search\b"),
    ("verify", r"(?:re-?verify|verify|re-?check)\b|check\b.*\bagain\b"),
    ("explain", r"(?:explain|justify)\b|(?:show|give)\b.*\bevidence\b"),
    ("compare", r"compare\b|contrast\b"),
)
_ABOUT = re.compile(
    r"^(?:(?:and )?(?:what|how) about|what of|tell me (?:more )?about|what do(?:es)? (?:it|they|"
    r"the (?:report|papers|notes|literature|claims)) (?:say|tell|report) (?:about|on|of)|"
    r"anything on|is there anything (?:on|about))\s+",
    re.I,
)
_FIRST = (
    r"(?:only|just|limit|restrict|keep|filter|since|from|after|before|until|no|nothing|use only)"
)
_DROP = re.compile(r"^(?:drop|remove|exclude|leave out|ignore|without|forget|omit)\b\s*", re.I)
_ADD = re.compile(r"^(?:add|include|read|take in|use)\b", re.I)
_DOUBT = re.compile(
    r"\bchange your mind\b|\bhow (?:sure|certain|confident)\b|\bwhat (?:is|are|remains?) "
    r"(?:still )?(?:missing|uncertain|unsettled|open|the gaps?)\b|\b(?:falsif|refute|disprove)|"
    r"\bweak(?:est|nesses|ness)?\b.*\b(?:points?|claims?|evidence|report)\b",
    re.I,
)
_WHY = re.compile(
    r"^(?:why|how come)\b|\bwhat (?:is|was) the evidence\b|\bevidence (?:for|of)\b", re.I
)
_COMPARED = (
    re.compile(
        r"\b(?:compare|contrast)\s+(.+?)\s+(?:and|with|to|against|versus|vs\.?)\s+(.+)", re.I
    ),
    re.compile(r"\bdifferences? between\s+(.+?)\s+and\s+(.+)", re.I),
    re.compile(r"^(?:what about |is |are |do |does )?(.+?)\s+(?:versus|vs\.?)\s+(.+)", re.I),
)
_PRESUMED = re.compile(
    r"\b(?:the\s+)?([\w\-‑ ]{2,60}?)\s+(?:papers?|notes?|studies|articles?)\b", re.I
)
_YEAR = r"((?:19|20)\d\d)"
_SPAN = re.compile(rf"\b(?:from|between)\s+{_YEAR}\s+(?:to|and|until|-|–)\s+{_YEAR}", re.I)
_SINCE = re.compile(
    rf"\b(?:since|from|starting in)\s+{_YEAR}|{_YEAR}\s+(?:or|and)\s+(?:later|newer)", re.I
)
_AFTER = re.compile(rf"\b(?:after|newer than|later than)\s+{_YEAR}", re.I)
_UNTIL = re.compile(rf"\b(?:until|till|up to|through)\s+{_YEAR}", re.I)
_BEFORE = re.compile(rf"\b(?:before|older than|earlier than)\s+{_YEAR}", re.I)
_IN = re.compile(rf"\b(?:only|just|in|of)\s+(?:papers?\s+(?:from|of|in)\s+)?{_YEAR}\b", re.I)
_NO_PREPRINTS = re.compile(
    r"\b(?:drop|remove|exclude|without|no|leave out|ignore)\b.*\bpreprints?\b", re.I
)
_ONLY_STATUS: tuple[tuple[str, tuple[PublicationStatus, ...]], ...] = (
    (r"\bpeer[- ]reviewed\b|\bpublished\b", ("journal", "conference")),
    (r"\bjournals?\b", ("journal",)),
    (r"\bconferences?\b|\bproceedings\b", ("conference",)),
    (r"\bpreprints?\b", ("preprint",)),
)


class LocalRouter:
    """Decides by rules; costs nothing and asks nobody."""

    name = NAME

    async def route(self, request: RouteRequest) -> Route:
        """What the words ask for."""
        return routed(request)


def routed(request: RouteRequest) -> Route:
    """The route of one turn."""
    said = " ".join(request.said.split())
    order = _POLITE.sub("", said)
    paths = paths_named(said)
    if not request.question:
        return _first(said, order, paths)
    claims = claims_named(said, request.claims)
    papers = papers_named(said, request.papers)
    since, until = years(said)
    statuses = kinds_kept(said)
    made = Route(
        kind="answer", claims=claims, papers=papers, topic=_ABOUT.sub("", order),
        since=since, until=until, statuses=statuses, paths=paths, decided_by=NAME,
    )  # fmt: skip
    kind = _kind(order, made)
    if kind == "compare":
        return made.model_copy(update={"kind": kind, "topic": _sides(order)})
    if kind in ("remove", "answer") and not papers and (about := _about(order, request)):
        made = made.model_copy(update={"papers": about})
    if kind == "search":
        made = made.model_copy(update={"topic": _searched(order)})
    if kind == "ask":
        made = made.model_copy(update={"topic": order.partition(":")[2].strip()})
    return made.model_copy(update={"kind": kind})


def _first(said: str, order: str, paths: tuple[str, ...]) -> Route:
    """Before there is a question: it is asked, unless papers are added first."""
    kind: RouteKind = "ask"
    if re.match(r"(?:help\b|\?+$|what can (?:i|you)\b)", order, re.I):
        kind = "help"
    elif paths and _ADD.match(order):
        kind = "add"
    return Route(kind=kind, topic=said, paths=paths if kind == "add" else (), decided_by=NAME)


def _kind(order: str, made: Route) -> RouteKind:
    if _DOUBT.search(order):
        return "doubt"
    if _ADD.match(order) and (
        made.paths or re.search(r"\b(?:pdf|file|folder|paper)s?\b", order, re.I)
    ):
        return "add"
    filters = made.since or made.until or made.statuses
    if filters and (re.match(_FIRST + r"\b", order, re.I) or _NO_PREPRINTS.match(order)):
        return "filter"
    for kind, pattern in _ORDERS:
        if re.match(pattern, order, re.I):
            return kind
    if _DROP.match(order):
        return "remove"
    if _WHY.search(order) and (
        made.claims or not re.match(r"why\b.*\b(?:do|does|is|are)\b", order)
    ):
        return "explain"
    if any(pattern.search(order) for pattern in _COMPARED[1:]):
        return "compare"
    return "explain" if made.claims and len(order.split()) <= 3 else "answer"


def _sides(order: str) -> str:
    for pattern in _COMPARED:
        if found := pattern.search(order):
            sides = (side.strip(" ?.!,") for side in found.groups())
            return VERSUS.join(side.removeprefix("the ") for side in sides)
    return order


def _about(order: str, request: RouteRequest) -> tuple[str, ...]:
    """The papers of `the RLHF papers`: those that speak of RLHF in title or claims."""
    rest = _DROP.sub("", order)
    found = _PRESUMED.search(rest)
    return papers_on(_described(found[1]), request.papers, request.claims) if found else ()


def _described(words: str) -> str:
    cut = re.split(r"\b(?:the|do|does|did|of|in|about|say|these|those|which|what)\b", words)
    return cut[-1].strip()


def _searched(order: str) -> str:
    """What is looked for; empty for `search again`."""
    topic = re.sub(
        r"^(?:search|look|find)\b(?:\s+(?:again|more|for|other|newer|papers?|on|about|evidence))*",
        "", order, flags=re.I,
    )  # fmt: skip
    return topic.strip(" ?.!,:")


def years(said: str) -> tuple[str | None, str | None]:
    """First and last year that are named, both included."""
    if span := _SPAN.search(said):
        return span[1], span[2]
    since = until = None
    if found := _SINCE.search(said):
        since = found[1] or found[2]
    elif found := _AFTER.search(said):
        since = str(int(found[1]) + 1)
    if found := _UNTIL.search(said):
        until = found[1]
    elif found := _BEFORE.search(said):
        until = str(int(found[1]) - 1)
    if since is None and until is None and (found := _IN.search(said)):
        since = until = found[1]
    return since, until


def kinds_kept(said: str) -> tuple[PublicationStatus, ...]:
    """The kinds of publication that stay; none named, all stay."""
    if _NO_PREPRINTS.search(said):
        return ("journal", "conference", "unknown")
    if not re.search(r"\b(?:only|just|keep|restrict|limit)\b", said, re.I):
        return ()
    kept: Sequence[tuple[PublicationStatus, ...]] = [
        statuses for pattern, statuses in _ONLY_STATUS if re.search(pattern, said, re.I)
    ]
    return kept[0] if kept else ()
