"""The auditor's check for attempts to steer reviewers: instructions and hidden characters."""

import re
from itertools import pairwise
from typing import NamedTuple

from assignee.engines.local import steering_english, steering_languages
from assignee.engines.local.checks_outcome import Check, Fault, Outcome, judged, listed
from assignee.engines.local.steering_disguise import revealed
from assignee.reading.normal import strip_invisible
from assignee.records import Dossier

_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|[.](?=\d))+[.!?。！？]?")
_WRAPPED = re.compile(r"(?<=\S)\n(?=[a-z])")
"""A line that goes on in the next; as one space it keeps every character's place."""

_ALLOWED = frozenset("\r\u00ad\u200c\u200d")
"""Line ends, soft hyphens, and the joiners that some scripts are spelt with."""

_EMOJI_SELECTORS = frozenset("\ufe0e\ufe0f")
"""Harmless after a symbol; after a plain letter they carry hidden text."""


class Place(NamedTuple):
    """One piece of the dossier's text."""

    text: str
    claim_id: str | None = None
    section: str | None = None


def places(dossier: Dossier) -> list[Place]:
    """Every text of the dossier that its author controls."""
    found = [Place(dossier.title, section="Title"), Place(dossier.question, section="Question")]
    found += [Place(section.text, section=section.name) for section in dossier.sections]
    for claim in dossier.claims:
        texts = [claim.text, claim.quote or "", claim.verdict or ""]
        found += [Place(t, claim_id=claim.id) for t in texts]
        found += [Place(piece.quote, claim_id=claim.id) for piece in claim.evidence]
    found += [Place(ref.title or "", section="References") for ref in dossier.references]
    return [place for place in found if place.text]


def no_instructions(dossier: Dossier) -> Outcome:
    """No text tells its reviewers what to do, and none hides characters from its reader.

    Reported speech ("models told to ignore previous instructions") is no instruction. Hidden are
    the characters that the reading room strips, but for line ends, soft hyphens, joiners, and the
    selectors that follow symbols.
    """
    faults: list[Fault] = []
    for place in places(dossier):
        for words in _steering(place.text):
            faults.append(_at(place, f"The text addresses its reviewers: {words!r}.", words))
        for words in _disguised(place.text):
            faults.append(_at(place, f"The text, undisguised, tells reviewers: {words!r}.", None))
        hidden = _hidden(place.text)
        if hidden:
            names = listed(sorted({f"U+{ord(char):04X}" for char in hidden}), most=4)
            what = f"The text holds {len(hidden)} invisible characters ({names})."
            faults.append(_at(place, what, None))
    return judged(
        faults,
        good="no instruction to reviewers and no invisible character",
        bad=f"{len(faults)} instructions to reviewers or runs of invisible characters",
    )


def _steering(text: str) -> list[str]:
    """The sentences of a text that steer, as they are written."""
    plain = _WRAPPED.sub(" ", text)
    return [
        text[match.start() : match.end()].strip()
        for match in _SENTENCE.finditer(plain)
        if _steers(match.group().strip())
    ]


def _disguised(text: str) -> list[str]:
    """The sentences that steer once a disguise is taken off the text."""
    said = (words for plain in revealed(text) for words in _steering(plain))
    return list(dict.fromkeys(words for words in said if words not in text))


def _steers(sentence: str) -> bool:
    return steering_english.steers(sentence) or steering_languages.steers(sentence)


def _at(place: Place, what: str, quote: str | None) -> Fault:
    return Fault(what, "severe", "drop", place.claim_id, place.section, quote)


def _hidden(text: str) -> list[str]:
    if text.isascii() and text.isprintable():
        return []
    seen = set(strip_invisible(text)[0])
    return [
        char
        for before, char in pairwise(f" {text}")
        if char not in seen
        and char not in _ALLOWED
        and not (char in _EMOJI_SELECTORS and not before.isascii())
    ]


CHECKS: dict[str, Check] = {"audit.no_instructions": no_instructions}
