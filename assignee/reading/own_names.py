"""The names that a paper gives to its own method, model or benchmark, put for "our method".

>>> named = own_names(["We propose FooNet, a new architecture for parsing."])
>>> with_own_names("Our model is faster.", named)
'FooNet is faster.'
"""

import re
from collections.abc import Iterable, Mapping

_KINDS = {
    "method": "method approach framework algorithm technique procedure scheme strategy pipeline "
    "recipe system mechanism",
    "model": "model network architecture",
    "benchmark": "benchmark dataset corpus",
}
_GROUP = {noun: group for group, nouns in _KINDS.items() for noun in nouns.split()}
_GENERAL = frozenset({"method", "approach"})
"""What a model may be called as well."""
_KIND = rf"(?P<kind>{'|'.join(_GROUP)})"
_NAME = r"(?P<name>[A-Z][\w+-]*[A-Z0-9][\w+-]*)"
_WE = (
    r"(?:\b[Ww]e|\b(?:[Tt]his|the) (?:paper|work|study|article)) (?:\w+ly |first |then |also )?"
    r"(?:propose|introduce|present|develop|describe|design|build|create)(?:s|ed)? "
)
_BEFORE = r"(?:an?|the|our) (?:[\w-]+,? ){0,6}?"
_INTRODUCED = (
    re.compile(
        rf"{_WE}(?:the )?(?:[\w-]+ ){{0,7}}\(?{_NAME}\)?(?: \([^()]*\))?, {_BEFORE}{_KIND}\b"
    ),
    re.compile(
        rf"{_WE}{_BEFORE}{_KIND}(?:,| that we|, which (?:we|is)|, which)? (?:called?|named?|dubbed|"
        rf"termed?|refer to as)? ?{_NAME}(?![\w-])"
    ),
)


def own_names(sentences: Iterable[str]) -> dict[str, str]:
    """Kind of work to the one name that the sentences introduce for it.

    A kind for which they introduce two names has none: it could not be told which is meant.
    """
    found: dict[str, set[str]] = {}
    for sentence in sentences:
        for pattern in _INTRODUCED:
            if match := pattern.search(sentence):
                found.setdefault(_GROUP[match["kind"]], set()).add(match["name"])
                break
    return {group: next(iter(names)) for group, names in found.items() if len(names) == 1}


_OURS = re.compile(
    rf"\b(?:our (?:(?:proposed|new|novel|simple) )*|the (?:newly )?proposed (?:new |novel )?)"
    rf"{_KIND}(?!\w|-|s\b| (?:of|for|in|on)\b)",
    re.IGNORECASE,
)


def with_own_names(sentence: str, named: Mapping[str, str]) -> str:
    """The sentence with the name in the place of "our method" or "the proposed model"."""
    return _OURS.sub(lambda match: _name(match, named), sentence)


def _name(match: re.Match[str], named: Mapping[str, str]) -> str:
    kind = match["kind"].casefold()
    name = named.get(_GROUP[kind])
    if name is None and kind in _GENERAL:
        name = named.get("model")
    return name or match.group()
