"""Routing by rules: what a turn asks for, told from its words.

Orders are recognised by their verb, questions by their question word; what is neither is a question
about what the report holds. No rule guesses a claim, a paper or a file that was not named. Slips of
spelling in the words that decide are mended, and the route says so. One turn does one thing: of
several orders the first is done and the others are named.
"""

import re

from assignee.engines.local.filters import DROP, KEEP, kinds_kept, without_years, years, years_gone
from assignee.engines.local.references import (
    claims_named,
    papers_named,
    papers_on,
    sources_named,
)
from assignee.engines.local.spelling import mended
from assignee.engines.protocol import RouteRequest
from assignee.reading.words import words
from assignee.records import Route, RouteKind

NAME = "rules"

VERSUS = " versus "
"""Stands between the two sides in the topic of a comparison."""

_POLITE = re.compile(
    r"^(?:(?:please|now|so|ok(?:ay)?|and|then|but|well|also|could you|can you|would you|will you|"
    r"let us|let's|i want you to|i'd like you to)[ ,]+)+", re.I,
)  # fmt: skip
_WORKS = r"(?:papers?|notes?|studies|work|articles?|research|literature|evidence|sources?|trials)"
_MORE = r"(?:more|other|newer|further|additional|recent|new|another)"
_ORDERS: tuple[tuple[RouteKind, str], ...] = (
    ("help", r"help\b|\?+$|what can (?:i|you) (?:ask|say|do)\b|what can (?:i|you)\W*$"),
    ("ask", r"(?:new question|ask|research)\s*:"),
    (
        "export",
        r"export\b|(?:save|write|download)\b.*\b(?:reports?|files?|cop(?:y|ies)|results?|markdown|"
        r"html|pdf|json)\b",
    ),
    ("revise", rf"(?:revise|rewrite|reword)\b|(?:{DROP}|delete)\s+(?:the\s+)?claims?\b"),
    ("review", r"(?:re-?review|review|re-?rate|rate)\b"),
    (
        "stricter",
        r"(?:be|judge|check)\b.*\b(?:strict|critical|rigorous|sceptical|skeptical|demanding|hard(?:er)?|"
        r"tough(?:er)?|picky|pickier)\b|.*\bbe (?:\w+ )?(?:stricter|harder|tougher|pickier)\b|"
        r"(?:be )?stricter\b|more strict|(?:raise|tighten|lift)\b.*\b(?:bar|standards?|threshold)",
    ),
    (
        "search",
        rf"(?:search|look|find)\b.*\b(?:again|for|{_MORE}|{_WORKS})\b|search\b|"
        rf"(?:(?:are|is) there |have you )?(?:any )?{_MORE} {_WORKS}\b.*\b(?:on|about|of|for)\b",
    ),
    (
        "verify",
        r"(?:re-?verify|verify|re-?check|double-?\s?check)\b|check\b.*\b(?:again|everything|all)\b|"
        r"(?:go|look|check|judge|assess|test)\b.*\b(?:once more|over again|anew)\b",
    ),
    ("explain", r"(?:explain|justify)\b|(?:show|give)\b.*\bevidence\b"),
    ("compare", r"compare\b|contrast\b"),
)
_ABOUT = re.compile(
    r"^(?:(?:and )?(?:what|how) about|what of|tell me (?:more |something )?(?:about|on|of)|"
    r"what do(?:es)? (?:it|they|the (?:report|papers|notes|literature|claims)) "
    r"(?:say|tell|report) (?:about|on|of)|"
    r"anything (?:on|about)|is there anything (?:on|about))\s+",
    re.I,
)
_FILTERS = re.compile(
    rf"\b(?:{KEEP}|{DROP}|use|trust)\b|^(?:since|from|after|before|until)\b", re.I
)
_ASKS = re.compile(
    r"^(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|should|"
    r"would|could|can)\b|\?\s*$", re.I,
)  # fmt: skip
_DROP = re.compile(rf"^{DROP}\b\s*", re.I)
_ADD = re.compile(r"^(?:add|include|read|take in|use|load|import)\b", re.I)
_DOUBT = re.compile(
    r"\bchange your mind\b|\bhow (?:sure|certain|confident|reliable|trustworthy|robust|solid|firm)|"
    r"\bare you (?:\w+ )?(?:sure|certain|confident|wrong)\b|\bcan (?:i|we|one) (?:trust|rely)\b|"
    r"\bwhat (?:is|are|remains?) (?:still )?(?:missing|uncertain|unsettled|open|the gaps?)\b|"
    r"\bwhat (?:are|is) the (?:limitations?|caveats?|uncertaint)|\b(?:falsif|refute|disprove)|"
    r"\bweak(?:est|nesses|ness)?\b.*\b(?:points?|claims?|evidence|report)\b", re.I,
)  # fmt: skip
_WHY = re.compile(
    r"^(?:why|how come)\b|\bwhat (?:is|was) the evidence\b|\bevidence (?:for|of)\b", re.I
)
_COMPARED = (
    re.compile(
        r"\b(?:compare|contrast)\s+(.+?)\s+(?:and|with|to|against|versus|vs\.?)\s+(.+)", re.I
    ),
    re.compile(r"\bdifferences? between\s+(.+?)\s+and\s+(.+)", re.I),
    re.compile(r"\bhow (?:do|does|did) (.+?) differ from\s+(.+)", re.I),
    re.compile(r"\bhow (?:do|does|did) (.+?) and (.+?) (?:differ|compare)", re.I),
    re.compile(r"^(?:what about |is |are |do |does )?(.+?)\s+(?:versus|vs\.?)\s+(.+)", re.I),
    re.compile(
        r"^(?:is|are|was|were|do|does|did|can|will)\s+(.+?)\s+(?:\w+\s+)?"
        r"(?:better|worse|(?:more|less)\s+\w+|\w{3,}er)\s+than\s+(?![\d.])(.+)", re.I,
    ),
)  # fmt: skip
_EITHER = re.compile(r"(.+?)\s+or\s+(.+)", re.I)
_CHOICE = re.compile(
    r"\b(?:which|what|who)\b.*\b(?:better|best|worse|worst|wins?|more|most|stronger|prefer\w*)\b",
    re.I,
)
_DOING = re.compile(r"\s+(?:work|works|perform|performs|do|does|be|get|gets|ever|really)$", re.I)
_COURTESIES = frozenset(
    "thanks thank cheers hello hi hey ok okay great good nice cool fine well perfect excellent bye "
    "goodbye morning evening afternoon welcome appreciated appreciate helpful helps helped help "
    "awesome super work job done sorry please you very much a lot that this is was it all for now "
    "day the and so yes no sure got i see understood".split()
)
"""Of a turn that is nothing but these nothing can be answered."""
_PRESUMED = re.compile(
    r"\b(?:the\s+)?([\w\-‑ ]{2,60}?)\s+(?:papers?|notes?|studies|articles?)\b", re.I
)
_PARTED = re.compile(
    r"(?<=[?!;])\s+|(?<=[a-z)\d]\.)\s+(?=[A-Za-z])|,?\s+and then\s+|,\s+then\s+|"
    rf"\s+and\s+(?=(?:{DROP}|search|look for|verify|review|rate|revise|explain|be stricter|export|"
    r"compare)\b)", re.I,
)  # fmt: skip
"""Between two things that are said at once."""


class LocalRouter:
    """Decides by rules; costs nothing and asks nobody."""

    name = NAME

    async def route(self, request: RouteRequest) -> Route:
        """What the words ask for."""
        return routed(request)


def routed(request: RouteRequest) -> Route:
    """The route of one turn."""
    said = " ".join(request.said.split())
    if not request.question:
        return _first(said, _POLITE.sub("", said))
    read = mended(said, _report_words(request))
    told = {"read_as": read} if read != said else {}
    parts = [part for each in _PARTED.split(read) if (part := each.strip(" ,"))]
    routes = [_one(part, request) for part in parts]
    orders = [n for n, one in enumerate(routes) if one.kind not in ("answer", "help")]
    if len(parts) < 2 or not orders:
        return _one(read, request).model_copy(update=told)
    made = routes[orders[0]]
    # What is added or filtered is checked in any case.
    left = [n for n in orders[1:] if not (made.changes and routes[n].kind in ("verify", made.kind))]
    if len(orders) > 1 and not left:
        made = _one(read, request)
    return made.model_copy(update=told | {"left": tuple(parts[n] for n in left)})


def _report_words(request: RouteRequest) -> frozenset[str]:
    texts = [request.question, *(claim.text for claim in request.claims)]
    return frozenset(words(" ".join([*texts, *(paper.title for paper in request.papers)])))


def _one(said: str, request: RouteRequest) -> Route:
    order = _POLITE.sub("", said)
    since, until = years(said)
    made = Route(
        kind="answer",
        claims=claims_named(order, request.claims),
        papers=papers_named(said, request.papers),
        topic=_ABOUT.sub("", order),
        since=since,
        until=until,
        statuses=kinds_kept(said),
        paths=sources_named(said),
        decided_by=NAME,
    )
    kind = _kind(order, made)
    if kind == "compare":
        topic = _sides(order, two=len(made.papers) > 1)
        return made.model_copy(update={"kind": kind, "topic": topic})
    if kind == "remove" and (gone := years_gone(order)):
        about = tuple(paper.id for paper in request.papers if paper.year in gone)
    elif kind in ("remove", "answer") and not made.papers:
        about = _about(order, request)
    else:
        about = ()
    if about:
        made = made.model_copy(update={"papers": about})
    if kind == "search":
        made = made.model_copy(update={"topic": _searched(order)})
    if kind == "ask":
        made = made.model_copy(update={"topic": order.partition(":")[2].strip()})
    return made.model_copy(update={"kind": kind})


def _first(said: str, order: str) -> Route:
    """Before there is a question: it is asked, unless papers are added first."""
    kind: RouteKind = "ask"
    sources = sources_named(said)
    if re.match(r"(?:help\b|\?+$|what can (?:i|you)\b)", order, re.I) or _is_courtesy(order):
        kind = "help"
    elif sources and _ADD.match(order):
        kind = "add"
    return Route(kind=kind, topic=said, paths=sources if kind == "add" else (), decided_by=NAME)


def _kind(order: str, made: Route) -> RouteKind:
    if _is_courtesy(order):
        return "help"
    if _DOUBT.search(order):
        return "doubt"
    filters = made.since or made.until or made.statuses
    if filters and not made.paths and _FILTERS.search(order) and not _ASKS.search(order):
        return "filter"
    if _ADD.match(order) and (
        made.paths or re.search(r"\b(?:pdf|file|folder|paper)s?\b", order, re.I)
    ):
        return "add"
    for kind, pattern in _ORDERS:
        if re.match(pattern, order, re.I):
            return kind
    if _DROP.match(order) and not _is_idle(order, made):
        return "remove"
    if _sides(order, two=len(made.papers) > 1) != order and not made.claims:
        return "compare"
    if made.claims:
        return "compare" if len(made.claims) > 1 and _sides(order) != order else "explain"
    why = _WHY.search(order) and not re.match(r"why\b.*\b(?:do|does|is|are)\b", order, re.I)
    if made.paths and not _ASKS.search(order):
        return "add"
    return "explain" if why else "answer"


def _is_courtesy(order: str) -> bool:
    return not set(re.findall(r"[^\W\d_]+", order.casefold())) - _COURTESIES and not re.search(
        r"\d", order
    )


def _is_idle(order: str, made: Route) -> bool:
    """Whether “ignore …” or “forget …” is about no paper."""
    verb = re.match(r"(?:ignore|forget|skip)\b", order, re.I)
    return bool(verb) and not made.papers and not re.search(rf"\b{_WORKS}\b", order, re.I)


def _sides(order: str, *, two: bool = False) -> str:
    """A versus B; the order itself where it names no two sides."""
    for pattern in _COMPARED:
        if found := pattern.search(order):
            return _versus(*found.groups())
    if _CHOICE.search(order) or two:
        for part in re.split(r"[,:;?]", order):
            if found := _EITHER.fullmatch(part.strip()):
                return _versus(*found.groups())
    return order


def _versus(*sides: str) -> str:
    named = (_DOING.sub("", side.strip(" ?.!,")) for side in sides)
    return VERSUS.join(side.removeprefix("the ") for side in named)


def _about(order: str, request: RouteRequest) -> tuple[str, ...]:
    """The papers of `the RLHF papers`: those that speak of RLHF in title or claims."""
    rest = _DROP.sub("", order)
    found = _PRESUMED.search(rest)
    return papers_on(_described(found[1]), request.papers, request.claims) if found else ()


def _described(text: str) -> str:
    cut = re.split(r"\b(?:the|do|does|did|of|in|about|say|these|those|which|what)\b", text)
    return cut[-1].strip()


def _searched(order: str) -> str:
    """What is looked for; empty for `search again`."""
    topic = re.sub(
        rf"^(?:search|look|find|are|is|there|have|you|any|{_MORE}|{_WORKS})\b"
        rf"(?:\s+(?:again|more|for|any|there|{_MORE}|{_WORKS}|on|about|of))*",
        "", without_years(order), flags=re.I,
    )  # fmt: skip
    return topic.strip(" ?.!,:")
