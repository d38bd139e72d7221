"""Planning by rules: the question's topics, its comparisons, and one query for each."""

import re
from itertools import pairwise
from typing import NamedTuple

from assignee.reading.words import DOWN, NEGATIONS, REPORTING, STOPWORDS, UP
from assignee.records import Plan

NAME = "local:rules-1"

_COMPARISON = re.compile(
    r"([\w'’-]+(?: [\w'’-]+){0,3}?),? "
    r"(?:versus|vs\.?|compared (?:to|with)|as opposed to|or|(?:better|worse|more|less) than) "
    r"([\w'’-]+(?: [\w'’-]+){0,3})",
    re.IGNORECASE,
)
_RELATION = re.compile(
    r"\bbetween (.+?) and (.+?)(?: (?:in|for|when|with|across|hold|as)\b|[,;?]|$)", re.I
)
_ASIDE = re.compile(r"\([^)]*\)")
_MEASURE = re.compile(
    r"(?P<before>[\w'’-]+ )?\b(?:risk|rate|incidence|prevalence|likelihood|probability|chance|"
    r"level|amount|number|degree|odds|frequency|severity)s? of\b",
    re.IGNORECASE,
)
"""What follows is the topic, unless a word before makes it a measure of its own: error rate of."""
_BREAKS = (
    STOPWORDS
    | REPORTING
    | UP
    | DOWN
    | NEGATIONS
    | frozenset(
        """
            hold holds held constant measured relationship relation relationships across
            different affect affects influence influences effect effects impact depend depends
            role given using used use uses versus vs quantitative trade-off known evidence good
            well work works best possible current recent various several many much change
            changes real true trained such e.g i.e help helps helping prevent prevents cause causes
            enable enables require requires predict predicts explain explains make makes matter
            matters need needs relate relates related
            """.split()
    )
)
_TOKEN = re.compile(r"[A-Za-z0-9@][\w@.'’+/-]*[\w@]|[A-Za-z0-9]|[^\w\s]")


class Pair(NamedTuple):
    """Two things that a question relates or compares."""

    left: str
    right: str


def topics(question: str) -> list[str]:
    """The noun phrases of a question, in order: runs of words between function words."""
    found: list[str] = []
    run: list[str] = []
    said = _MEASURE.sub(_unmeasured, _ASIDE.sub(" ", question))
    for token in [*_TOKEN.findall(said), "."]:
        if token.casefold() in _BREAKS or not token[0].isalnum():
            if run:
                found.append(" ".join(run))
            run = []
        else:
            run.append(token)
    return list(dict.fromkeys(found))


def _unmeasured(match: re.Match[str]) -> str:
    before = (match["before"] or "").strip()
    return f"{before};" if before.casefold() in {"", *_BREAKS} else match.group()


def comparison(question: str) -> Pair | None:
    """The pair that a question sets against each other, such as RLHF versus supervised tuning."""
    for match in _COMPARISON.finditer(_ASIDE.sub(" ", question)):
        left, right = topics(match.group(1))[-1:], topics(match.group(2))[:1]
        if left and right:
            return Pair(left[0], right[0])
    return None


def relation(question: str) -> Pair | None:
    """The pair whose relation a question asks about: "between A and B", else its first topics."""
    if match := _RELATION.search(_ASIDE.sub(" ", question)):
        left, right = topics(match.group(1))[:1], topics(match.group(2))[:1]
        if left and right:
            return Pair(left[0], right[0])
    compared = set(comparison(question) or ())
    found = [topic for topic in topics(question) if topic not in compared]
    return Pair(found[0], found[1]) if len(found) >= 2 else None


def _subquestions(question: str) -> list[str]:
    related, compared = relation(question), comparison(question)
    asked: list[str] = []
    if related:
        asked.append(f"How does {related.left} relate to {related.right}?")
    if compared and related:
        asked.append(f"Does {related.right} differ between {compared.left} and {compared.right}?")
    elif compared:
        asked.append(f"How do {compared.left} and {compared.right} compare?")
    known = {*(related or ()), *(compared or ())}
    rest = [topic for topic in topics(question) if topic not in known and " " in topic]
    named = [*(compared or ()), *rest] if known else topics(question)
    asked += [f"What is known about {topic}?" for topic in named]
    return list(dict.fromkeys(asked))[:6]


class LocalPlanner:
    """Plans without a model: what the question names is what is searched for."""

    async def plan(self, question: str) -> Plan:
        """Sub-questions and search queries: the question, its pairs of topics, each topic."""
        found = topics(question)
        pair = comparison(question)
        queries = [question]
        if pair:
            queries.append(f"{pair.left} versus {pair.right}")
        queries += [f"{a} {b}" for a, b in pairwise(found)]
        queries += found
        return Plan(
            subquestions=tuple(_subquestions(question)) or (question,),
            queries=tuple(dict.fromkeys(queries))[:8],
            planner=NAME,
        )
