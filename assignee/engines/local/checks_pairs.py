"""The balance checklist's comparisons of claims with one another: doubles and contradictions."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from assignee.engines.local.checks_outcome import Check, Fault, Outcome, judged, unassessed
from assignee.engines.local.checks_text import (
    abstract_sentences,
    answer_sentences,
    citations,
    figures,
    stated,
    stems,
)
from assignee.reading.opposition import opposition, shared
from assignee.reading.words import DOWN, NEGATIONS, UP, content_stems, words
from assignee.records import Dossier, DossierClaim

SAME = 0.85
"""Share of words in common (of both) from which two claims with the same figures are one."""

SAME_SUBJECT = 0.75
"""Share of content stems in common from which two claims of opposite direction contradict."""

_SETTLED_AGAINST = re.compile(r"contradicted|mixed", re.IGNORECASE)


class Read(NamedTuple):
    """What the comparisons of two claims look at, read once a claim."""

    claim: DossierClaim
    stems: frozenset[str]
    subject: frozenset[str]
    """Content stems: without words of direction, negation and telling."""
    numbers: frozenset[float]
    names: frozenset[str]
    """Words with digits, such as GPT-4."""
    direction: tuple[int, int, int]
    """How many words say up and down, and whether the sentence is negated."""


Pair = tuple[Read, Read]


def duplicates_merged(dossier: Dossier) -> Outcome:
    """No two claims share 85 % of their words and all their figures and directions."""
    if len(dossier.claims) < 2:
        return unassessed("there are fewer than two claims")
    pairs = [pair for pair in _pairs(dossier) if _same(*pair)]
    faults = [
        Fault(
            f"Claims {first.claim.id} and {second.claim.id} say the same and are not merged.",
            "minor", "drop", second.claim.id, quote=second.claim.text,
        )
        for first, second in pairs
    ]  # fmt: skip
    return judged(
        faults,
        good="no two claims say the same in nearly the same words",
        bad=f"{len(pairs)} pairs of claims say the same",
    )


def _pairs(dossier: Dossier) -> Iterator[Pair]:
    return combinations(map(_read, dossier.claims), 2)


def _read(claim: DossierClaim) -> Read:
    found = words(claim.text)
    return Read(
        claim=claim,
        stems=stems(claim.text),
        subject=frozenset(content_stems(claim.text)),
        numbers=frozenset(figure.value for figure in figures(claim.text)),
        names=frozenset(word for word in found if any(char.isdigit() for char in word)),
        direction=(
            sum(word in UP for word in found),
            sum(word in DOWN for word in found),
            sum(word in NEGATIONS for word in found) % 2,
        ),
    )


def _overlap(first: frozenset[str], second: frozenset[str]) -> float:
    union = len(first | second)
    return len(first & second) / union if union else 0.0


def _same(first: Read, second: Read) -> bool:
    return first[3:] == second[3:] and _overlap(first.stems, second.stems) >= SAME


def contradictions_linked(dossier: Dossier) -> Outcome:
    """Claims of different papers on one subject with opposite direction are linked, and no
    sentence of answer or abstract says the opposite of the one claim that it cites.

    A pair contradicts when 75 % of its content stems are shared (at least four), and exactly one
    direction is named on each side and they are opposite, or the same direction is negated on one
    side. Linked means: a section names both claims, a listed piece of evidence of one against the
    other, or one of them is called contradicted or mixed. A sentence is held against its claim when
    it has three quarters of the claim's content.
    """
    if len(dossier.claims) < 2:
        return unassessed("there are fewer than two claims")
    loose = [p for p in _pairs(dossier) if _contradict(*p) and not _linked(*p, dossier)]
    faults = [
        Fault(
            f"Claims {first.claim.id} and {second.claim.id} contradict each other and are "
            "unlinked.",
            "major", "qualify", first.claim.id, quote=first.claim.text,
        )
        for first, second in loose
    ]  # fmt: skip
    faults += _against_their_claims(dossier)
    return judged(
        faults,
        good="no two claims contradict each other without a link",
        bad=f"{len(faults)} pairs of claims, or of a claim and a sentence, contradict each other "
        "and are not linked",
    )


def _against_their_claims(dossier: Dossier) -> list[Fault]:
    claims = {claim.id: claim for claim in dossier.claims}
    faults = []
    for sentence in answer_sentences(dossier) + abstract_sentences(dossier):
        cited = [claims[key] for key in citations(sentence.text) if key in claims]
        why = _opposed(cited[0].text, stated(sentence.text)) if len(cited) == 1 else None
        if why:
            what = f"A sentence says the opposite of claim {cited[0].id}, which it cites: {why}."
            faults.append(Fault(what, "major", "drop", None, sentence.section, sentence.text))
    return faults


def _opposed(claim: str, said: str) -> str | None:
    return opposition(claim, said) if shared(claim, said) >= SAME_SUBJECT else None


def _contradict(first: Read, second: Read) -> bool:
    if first.claim.reference == second.claim.reference or first.numbers != second.numbers:
        return False
    ours, theirs = _sign(first.direction), _sign(second.direction)
    if not ours or ours != -theirs:
        return False
    shared = len(first.subject & second.subject)
    return shared >= 4 and _overlap(first.subject, second.subject) >= SAME_SUBJECT


def _sign(direction: tuple[int, int, int]) -> int:
    """+1 or −1 for a text that names one direction, negation reckoned in; 0 for any other."""
    up, down, negated = direction
    if bool(up) == bool(down):
        return 0
    return (1 if up else -1) * (-1 if negated else 1)


def _linked(first: Read, second: Read, dossier: Dossier) -> bool:
    one, other = first.claim, second.claim
    if any(one.id in s.text and other.id in s.text for s in dossier.sections):
        return True
    if any(_SETTLED_AGAINST.match(claim.verdict or "") for claim in (one, other)):
        return True
    return any(
        piece.stance == "contradicts" and piece.reference == against.reference
        for claim, against in ((one, other), (other, one))
        for piece in claim.evidence
    )


CHECKS: dict[str, Check] = {
    "balance.duplicates_merged": duplicates_merged,
    "balance.contradictions_linked": contradictions_linked,
}
