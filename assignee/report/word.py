"""The closed sets of words that a report uses, what they mean, and their tone."""

from assignee.records import Answer, Severity, Stance, VerdictLabel
from assignee.report.block import Span, Tone

VERDICTS: dict[VerdictLabel, str] = {
    "verified": "its source says it, at least one independent paper supports it, and none "
    "contradicts it",
    "mixed": "independent papers were found on both sides",
    "contradicted": "independent papers contradict it and none supports it",
    "uncorroborated": "its source says it, but no independent paper was found that settles it",
    "unattributed": "it could not be shown that its own source says it",
    "not checked": "it was not judged, for instance because a budget was spent",
}
"""Each verdict word and what it means, in the order in which they are told."""

TONES: dict[str, Tone] = {
    "verified": "good",
    "supported": "good",
    "supports": "good",
    "yes": "good",
    "contradicted": "bad",
    "contradicts": "bad",
    "unattributed": "bad",
    "no": "bad",
    "severe": "bad",
    "unresolved": "bad",
    "mixed": "mixed",
    "major": "mixed",
    "cannot assess": "muted",
    "not checked": "muted",
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
