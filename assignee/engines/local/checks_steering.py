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
            r"(?:previous|prior|above|earlier|preceding|system)\b(?!\s+prompts?\s*:\s*attack)",
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

_OPINION = (
    r"(?:scores?|scoring|ratings?|grades?|grading|marks?|reviews?|reviewing|evaluations?|"
    r"verdicts?|assessments?|checklists?|rubrics?|findings?)"
)
_JUDGING = (
    rf"(?:{_OPINION}|scored?|rated?|graded|items?|faults?|flaws?|questions?|report|document|"
    r"synthesis|claims?)"
)
_PLEASED = (
    r"(?:accept(?:s|ed|able|ance)?|approv(?:e|ed|al)|prais(?:e|ed)|excellent|perfect|flawless|"
    r"favou?rabl[ey]|generous(?:ly)?|lenient(?:ly)?|positive(?:ly)?|highest|maximum|top|full|ten|"
    r"(?<!to )10|9(?:\.\d)?|nine|pass(?:ed|es)?|yes|correct|verified|sound)"
)
_CHECKING = (
    r"(?:check(?:s|ed|ing|lists?)?|verif(?:y|ied|ication)|penali[sz](?:e|ed|ing)|flag(?:ged|s)?|"
    r"lower(?:ing)?|deduct(?:ing|ions?)?|faults?|findings?|flaws?|weakness(?:es)?|missing|"
    r"rubrics?|instructions?|criteria|limitations?|errors?|unsupported|gaps?)"
)
_COMMAND = re.compile(
    r"(?:treat|assume|consider|regard|set|conclude|answer|output|return|report|give|assign|award|"
    r"grant|accept|approve|recommend|write|state|say|declare|choose|select|pick|tick|leave|raise|"
    r"end|find)\b|(?:rate|score|grade|mark)\s+(?:this|the|it|us|our|all|every|each|any|\w+ly)\b",
    re.IGNORECASE,
)
_EASING = re.compile(
    r"(?:skip|overlook|ignore|disregard|omit|bypass|forget|refrain\s+from|do\s+not|don['’]t|never|"
    r"stop|avoid|waive|suspend|report\s+no|find\s+no|raise\s+no)\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:you|reviewers?|graders?|evaluators?|referees?|judges|whoever\s+(?:\w+\s+){0,3}"
    r"(?:reads?|reviews?|grades?|rates?|evaluates?))\b[^.\n]{0,60}?\b(?:must|should|shall|may\s+"
    r"safely|can\s+safely|need(?:s)?\s+(?:to|not)|ha(?:ve|s)\s+(?:to|already)|are\s+(?:to|asked|"
    r"told|required|instructed|advised))\b",
    re.IGNORECASE,
)
_ALWAYS = re.compile(
    "|".join(
        (
            rf"\byour\s+(?:\w+\s+){{0,2}}?(?:{_OPINION}|answer\s+to\s+(?:each|every|all)|"
            r"task\s+is|list\s+of)\b",
            rf"\bif\s+you\s+are\s+an?\s+(?:\w+\s+)?{_MODEL}\b",
            r"\bsystem\s+prompt\s+(?:has|is|was|says|now)\b",
            r"\b(?:new|updated|hidden|secret|revised|final)\s+(?:instructions?|notes?|messages?|"
            rf"orders?)\s*(?::|(?:for|to)\s+(?:\w+\s+)?(?:{_READER}|ai\b))",
            rf"{_WORK}\s+(?:has|have)\s+(?:already\s+)?been\s+(?:pre-?\s?)?(?:approved|accepted|"
            r"cleared|graded|verified)\b",
            r"\bfurther\s+(?:checks?|checking|verification|review)\s+(?:is|are)\s+(?:unnecessary|"
            r"not\s+(?:needed|required|necessary))\b",
            r"\b(?:correct|right|proper|final|only)\s+(?:\w+\s+)?(?:rating|score|grade|mark|verdict)\s+"
            rf"(?:for|of)\s+{_WORK}",
            r"[\"“']?\b(?:overall(?:[ _]score)?|score|rating|grade|mark|verdict)[\"”']?\s*[:=]\s*"
            r"[\"“']?(?:10|ten|9(?:\.\d+)?|nine|accept|pass|yes|excellent|perfect)\b",
            rf"{_WORK}\s+(?:\w+\s+)?(?:merits?|warrants?|earns?|is\s+worth|gets?)\s+"
            rf"[^.\n]{{0,20}}?(?:{_FULL}|{_OPINION})",
            rf"\b(?:experts?|readers?|panel|committee|editors?|{_READER})\b[^.\n]{{0,60}}?\b"
            rf"(?:agreed?|gives?|gave|finds?|found|rates?|rated|awards?|awarded)\b[^.\n]{{0,40}}?"
            r"(?:full\s+marks|top\s+marks|(?:score|mark|rating)s?\s+of\s+(?:10|ten|9)|"
            r"(?:10|ten)\s*(?:/|out\s+of)\s*(?:10|ten))",
            r"\bit\s+(?:is|would\s+be)\s+(?:\w+ly\s+)?(?:unfair|wrong|right|fair|appropriate|best|"
            r"recommended|essential|necessary|advisable)\s+(?:to|that)\s+(?:the\s+|an?\s+)?(?:score|"
            r"rate|rating|grade|grading|penali[sz]e|deduct|accept|overlook|ignore|evaluation|review)\b",
            r"\bno\s+(?:further\s+)?(?:deductions?|findings?|faults?|objections?|penalties)\s+(?:is|"
            r"are|may|should|must|need)\b[^.\n]{0,20}?(?:needed|required|necessary|raised|reported|"
            r"made|listed)\b",
            r"\bno\s+(?:need|reason)\s+to\s+(?:re-?)?(?:check|verify|question|doubt|penali[sz]e|flag)",
            r"\bchecks?\s+(?:may|can|should|must)\s+be\s+(?:skipped|omitted|left\s+out|waived)\b",
            r"\b(?:score|rating|grade|mark)\s+(?:below|under|lower\s+than|less\s+than)\s+(?:9|10|"
            r"nine|ten|8|eight)\b[^.\n]{0,30}?(?:justified|wrong|unfair|possible|appropriate|error)",
            rf"\b{_READER}\s+note\s*:",
            rf"\b(?:rating|score|grade|evaluation|review|verdict)\s+of\s+{_WORK}[^.\n]{{0,40}}?"
            r"(?:must|should|ends?|has\s+to|is\s+to)\b",
        )
    ),
    re.IGNORECASE,
)
"""Phrases that no synthesis has about itself."""

_STARTS = re.compile(
    r"^\W*$|:\s+$|^\W*(?:for|if|when|as|dear|assistant|note|attention|finally|instead)\b[^,]*,\s+$|"
    r"^\W*(?:please|kindly|now|also|then|just|simply)\s+$",
    re.IGNORECASE,
)
"""Where an order begins: with its sentence, after a colon, or after a clause that leads to it."""

_SENTENCE = re.compile(r"(?:[^.!?\n]|[.](?=\d))+[.!?]?")

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
    named = [match.group() for match in _ADDRESS.finditer(text)]
    return (
        orders
        or named
        or [match.group().strip() for match in _SENTENCE.finditer(text) if _directs(match.group())]
    )


def _directs(sentence: str) -> bool:
    """Whether a sentence tells someone how to judge: an order or a duty, and a judgement with it.

    It takes the two together: papers about judges speak of scores, and methods of duties.
    """
    if _ALWAYS.search(sentence):
        return True
    praised = _both(sentence, _JUDGING, _PLEASED)
    spared = _has(sentence, _CHECKING)
    if praised and _begins_with(_COMMAND, sentence):
        return True
    if spared and _begins_with(_EASING, sentence):
        return True
    told = _TOLD.search(sentence)
    rest = sentence[told.end() :] if told else ""
    return bool(told) and (
        _both(rest, _JUDGING, _PLEASED)
        or (_EASING.search(rest) is not None and _has(rest, _CHECKING))
        or _has(rest, r"(?:accept|approve|praise|overlook)")
    )


def _begins_with(verb: re.Pattern[str], sentence: str) -> bool:
    return any(_STARTS.search(sentence[: match.start()]) for match in verb.finditer(sentence))


def _has(text: str, words: str) -> bool:
    return re.search(rf"\b{words}\b", text, re.IGNORECASE) is not None


def _both(text: str, one: str, other: str) -> bool:
    return _has(text, one) and _has(text, other)


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
