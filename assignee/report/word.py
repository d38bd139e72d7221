"""The closed sets of words that a report uses, their order and their tone."""

from assignee.records import Answer, Severity, Stance
from assignee.report.block import Span, Tone

TONES: dict[str, Tone] = {
    "verified": "good",
    "supported": "good",
    "supports": "good",
    "agree": "good",
    "yes": "good",
    "contradicted": "bad",
    "contradicts": "bad",
    "unattributed": "bad",
    "no": "bad",
    "contradiction": "bad",
    "severe": "bad",
    "unresolved": "bad",
    "mixed": "mixed",
    "disagree": "mixed",
    "major": "mixed",
    "cannot assess": "muted",
    "not checked": "muted",
    "one opinion": "muted",
    "not enough evidence": "muted",
    "uncorroborated": "plain",
    "neutral": "plain",
    "minor": "plain",
}

ANSWER_ORDER: dict[Answer, int] = {"no": 0, "cannot assess": 1, "yes": 2}
SEVERITY_ORDER: dict[Severity, int] = {"severe": 0, "major": 1, "minor": 2}
STANCES: tuple[Stance, ...] = ("supports", "contradicts", "neutral")


def badge(word: str) -> Span:
    """The word set off by its tone; the word itself always says what is meant."""
    return Span(word, "badge", tone=TONES.get(word, "plain"))
