"""Exact checks of a claim against its evidence: figures, direction, names; no model is asked.

>>> made = checked("GPT-4 gained 5% on MMLU.", "GPT-4 gained 50% on MMLU.")
>>> made.numbers, made.number_why, made.same_statement
('disagree', '5% against 50%', True)
>>> checked("Larger models are more truthful.", "Larger models are less truthful.").opposed
'the opposite relation'
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from assignee.reading.agreement import Match, matches, outcome
from assignee.reading.differences import differences
from assignee.reading.entities import Sibling, missing, sibling
from assignee.reading.opposition import opposition
from assignee.reading.quantities import quantities
from assignee.reading.quantity import Quantity
from assignee.reading.sentences import sentence_spans
from assignee.reading.words import content_stems
from assignee.records import NumberCheck

SAME_STATEMENT = 0.75
"""Share of the content of either that two sentences have in common when one is the other with a
figure changed."""
AROUND = 60
"""Characters on either side of a figure that tell what it is a figure of."""


class Checks(NamedTuple):
    """What code finds when it holds a claim against its evidence."""

    numbers: NumberCheck
    number_why: str
    """The claim's figure and the one that it differs from, as they are written; else empty."""
    same_statement: bool
    """The nearest sentence says what the claim says but for its figures: one of them is wrong."""
    opposed: str | None
    """Why the two cannot both hold, by direction, antonyms, negation or swapped sides."""
    missing: tuple[str, ...]
    """Names of the claim that neither evidence nor context has."""
    sibling: Sibling | None
    """One of these, and the name of the same family that is there in its place."""


@lru_cache(maxsize=4096)
def checked(claim: str, evidence: str, *, context: str = "") -> Checks:
    """All checks of one claim against the words that decide its stance.

    Args:
        claim: the statement.
        evidence: the sentences that speak for or against it.
        context: the window around them and the paper's title. A figure that agrees there is not
            taken to disagree, and a name that stands there is not missing.
    """
    around = f"{context}\n{evidence}"
    figures, why = compared(claim, evidence, context=context)
    return Checks(
        numbers=figures,
        number_why=why,
        same_statement=_same_statement(claim, evidence),
        opposed=opposition(claim, evidence),
        missing=missing(claim, around),
        sibling=sibling(claim, around),
    )


def compared(claim: str, evidence: str, *, context: str = "") -> tuple[NumberCheck, str]:
    """Whether the claim's figures stand in the evidence, and what differs where they do not.

    A difference counts only where both figures are figures of the same thing, as far as the words
    around them tell, and where none in the context agrees.
    """
    wanted = quantities(claim)
    if not wanted:
        return "no numbers", ""
    found = [_same_thing(match, claim, evidence) for match in _matches(wanted, evidence)]
    if context and outcome(found) != "agree":
        elsewhere = _matches(wanted, context)
        found = [
            there if there.fit == "agree" else here
            for here, there in zip(found, elsewhere, strict=True)
        ]
    differing = [match for match in found if match.fit == "disagree"]
    return outcome(found), "; ".join(_told(match, claim, evidence) for match in differing)


def _matches(wanted: Sequence[Quantity], text: str) -> list[Match]:
    given = quantities(text)
    return matches(wanted, given, also=differences(given))


def _same_thing(match: Match, claim: str, evidence: str) -> Match:
    if match.fit != "disagree" or match.given is None:
        return match
    ours, theirs = _near(match.wanted, claim), _near(match.given, evidence)
    return match if ours & theirs or not (ours and theirs) else match._replace(fit="open")


def _near(figure: Quantity, text: str) -> set[str]:
    before = text[max(0, figure.start - AROUND) : figure.start]
    after = text[figure.end : figure.end + AROUND]
    words = [*before.split(" ")[1:], *after.split(" ")[:-1]] if before or after else []
    return {stem for stem in content_stems(" ".join(words)) if not stem[0].isdigit()}


def _told(match: Match, claim: str, evidence: str) -> str:
    assert match.given is not None
    ours = claim[match.wanted.start : match.wanted.end]
    theirs = evidence[match.given.start : match.given.end]
    return f"{ours} against {theirs}{f': {match.why}' if match.why else ''}"


def _same_statement(claim: str, evidence: str) -> bool:
    ours = _wording(claim)
    sentences = [evidence[start:end] for start, end in sentence_spans(evidence)]
    for theirs in map(_wording, sentences):
        common = len(ours & theirs)
        if common and common >= SAME_STATEMENT * max(len(ours), len(theirs)):
            return True
    return False


def _wording(text: str) -> set[str]:
    return {stem for stem in content_stems(text) if not stem[0].isdigit()}
