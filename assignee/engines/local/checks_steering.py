"""The auditor's check for attempts to steer reviewers: instructions and hidden characters."""

import re
from itertools import pairwise
from typing import NamedTuple

from assignee.engines.local.checks_outcome import Check, Fault, Outcome, judged, listed
from assignee.reading.normal import strip_invisible
from assignee.records import Dossier

_READER = r"(?:reviewers?|graders?|evaluators?|referees?)"
_MODEL = r"(?:reviewer|grader|evaluator|referee|judge|assistant|language model|llm|ai)"
_WORK = r"(?:this|the|our) (?:report|paper|synthesis|review|document|submission|answer|work|text)"
_PRAISE = (
    r"(?:top|best(?:\s+possible)?|highest|maximum|perfect|full|excellent|positive|favou?rable|good|"
    r"glowing|high)"
)
_JUDGEMENT = r"(?:scores?|marks?|ratings?|grades?|reviews?|evaluations?|assessments?|feedback)"
_FULL = rf"(?:10\b|ten\b|(?:only\s+)?{_PRAISE}\s+{_JUDGEMENT})"
_GIVE = r"(?:give|write|provide|produce|submit|return|award|assign|grant)"
_FAULTS = (
    r"(?:faults?|flaws?|weakness(?:es)?|problems?|negatives?|shortcomings?|limitations?|"
    r"criticisms?)"
)
_ORDER = re.compile(
    "|".join(
        (
            r"(?:ignore|disregard|forget|override)\s+(?:(?:all|any|of|the|your|these)\s+){0,3}"
            r"(?:previous|prior|above|earlier|preceding|system)\b",
            rf"(?:give|rate|score|award|assign|grant)\s+{_WORK}\b[^.\n]{{0,60}}?{_FULL}",
            r"(?:output|answer|respond\s+with|return)\s+(?:only\s+)?(?:an?\s+)?(?:score|rating)\b"
            r"[^.\n]{0,20}?(?:10|ten)\b",
            rf"{_GIVE}\s+(?:us\s+|it\s+|only\s+|an?\s+|the\s+){{0,3}}{_PRAISE}\s+{_JUDGEMENT}\b",
            r"(?:do\s+not|don['’]t|never|refrain\s+from|avoid)\s+(?:mention|report|list|rais|"
            r"highlight|discuss|criticis|criticiz|point(?:ing)?\s+out|not|includ)(?:e|ing|es)?\s+"
            rf"(?:any\s+|the\s+|its\s+){{0,2}}{_FAULTS}",
            r"(?:accept|recommend\s+(?:accepting|acceptance\s+of)|praise)\s+"
            rf"{_WORK}\b(?!['’]s)",
            r"answer\s+(?:with\s+)?[“\"'‘]?yes[”\"'’]?\s+(?:to|for)\s+(?:each|every|all)\b",
        )
    ),
    re.IGNORECASE,
)
"""Orders; they count only where a sentence or clause begins."""

_BEGINS = re.compile(
    r"(?:^|[.!?:;,)\]>*#—–-]\s*|\n\s*|\b(?:please|kindly|now|also|then|you|you must|you should|"
    r"first|just|simply)\s+)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    "|".join(
        (
            rf"\bdear\s+(?:ai\s+)?{_READER}\b",
            rf"\b(?:attention|notes?\s+(?:to|for)|instructions?\s+(?:to|for)|messages?\s+(?:to|for))"
            rf"\s+(?:all\s+|the\s+)?(?:ai\s+)?{_READER}\s*[:,!—–]",
            rf"\bas\s+an?\s+(?:ai\s+)?{_MODEL},?\s+you\b",
            rf"(?<![“\"‘'])\byou\s+are\s+(?:now\s+)?an?\s+(?:\w+\s+)?{_MODEL}\b",
            rf"\b{_READER}\s+(?:should|must|shall|need\s+to|(?:is|are)\s+(?:\w+ly\s+)?(?:asked|advised|"
            rf"instructed|requested|reminded|required|urged|to\b))[^.\n]{{0,90}}?(?:{_WORK}|{_GIVE}\s+"
            rf"(?:an?\s+|only\s+){{0,2}}{_PRAISE}\s+{_JUDGEMENT})",
            rf"\b(?:when|if|before|while|once)\s+you\s+(?:\w+\s+){{0,3}}?(?:rate|score|grade|review|"
            rf"judge|evaluate|assess|rating|mark)\b[^.\n]{{0,90}}?{_WORK}",
            r"\byou\s+(?:should|must|shall|have\s+to|need\s+to|will)\s+(?:\w+ly\s+)?(?:accept|"
            rf"recommend|rate|score|award|grade|approve|praise)\b[^.\n]{{0,60}}?{_WORK}",
            r"(?:^|[.!?\n]\s*)(?:system|assistant|user)\s*:\s[^.\n]{0,80}?(?:\byou\b|"
            r"\b(?:this|the|your)\s+review\b|\binstructions?\b)",
            rf"{_WORK}\s+(?:deserves?|must\s+(?:receive|get)|should\s+(?:receive|get|be\s+(?:rated|"
            rf"scored)))\b[^.\n]{{0,40}}?{_FULL}",
            r"<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?INST\]|</?(?:system|instructions?)>",
        )
    ),
    re.IGNORECASE,
)
"""Words that speak to a reviewer, wherever they stand."""

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
    """The orders and addresses to a reviewer in a text."""
    orders = [
        match.group()
        for match in _ORDER.finditer(text)
        if _BEGINS.search(text[max(0, match.start() - 20) : match.start()])
    ]
    return orders + [match.group() for match in _ADDRESS.finditer(text)]


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
