"""Stance by written rules: meaning and rare words in common, direction, negation, numbers.

The rules are made to be right when they speak and silent otherwise: a window that does not clearly
speak about the same thing is neutral. Nothing here was calibrated, so no probability is given.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from assignee.engines.local.extractor import claimness
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.local.words import (
    ANTONYMS,
    DOWN,
    NEGATIONS,
    REPORTING,
    STOPWORDS,
    UP,
    content_stems,
    stem,
    words,
)
from assignee.engines.protocol import Judgement, JudgeRequest
from assignee.reading.quantities import compare, quantities
from assignee.reading.sentences import sentence_spans
from assignee.reading.standalone import claim_text
from assignee.records import NumberCheck, Passage, Stance

NAME = "local:rules-1"

RELATED_COSINE, RELATED_SHARE = 0.55, 0.30
"""Below this cosine, or this share of the claim's rare words, it speaks of something else."""
SAME_COSINE, SAME_SUM = 0.60, 1.10
"""From this cosine, and this sum of cosine and share, two findings say much the same. Chosen by
reading the 70 nearest pairs of the example notes: of those above, about four in five do."""
TELLING = 0.3
"""Claimness below which a sentence tells what was done, not what was found."""
IDENTICAL = 0.95
"""From this cosine a sentence is the claim itself."""
NEAR = 3
"""How many content words around a word of direction it is taken to speak of."""


class Unit(NamedTuple):
    """One sentence of a window, the smallest thing that has a stance."""

    window: int
    text: str


class Reading(NamedTuple):
    """What the rules read in one sentence about one claim."""

    stance: Stance
    score: float
    numbers: NumberCheck
    why: str


def units(windows: Sequence[Passage]) -> list[Unit]:
    """The sentences of the windows, each with its window's index."""
    return [
        Unit(index, window.text[start:end])
        for index, window in enumerate(windows)
        for start, end in sentence_spans(window.text)
    ]


def rarity(texts: Sequence[str]) -> dict[str, float]:
    """Inverse document frequency of each content stem over the texts."""
    frequency = Counter(found for text in texts for found in content_stems(text))
    return {word: math.log(1 + len(texts) / count) for word, count in frequency.items()}


def shared_share(claim: str, text: str, weights: dict[str, float]) -> float:
    """Share, 0 to 1, of the claim's content that the text has, weighted by rarity."""
    wanted, present = content_stems(claim), content_stems(text)
    highest = max(weights.values(), default=1.0)
    total = sum(weights.get(word, highest) for word in wanted)
    return sum(weights.get(word, highest) for word in wanted & present) / total if total else 0.0


def directions(text: str) -> dict[str, int]:
    """For each content stem near a word of direction: +1 up, -1 down, 0 both.

    A negation among the three words before the word of direction turns it round.
    """
    tokens = words(text)
    found: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token not in UP and token not in DOWN:
            continue
        sign = 1 if token in UP else -1
        if set(tokens[max(0, place - 3) : place]) & NEGATIONS:
            sign = -sign
        for near in _neighbours(tokens, place):
            found[near] = sign if found.get(near, sign) == sign else 0
    return found


def _neighbours(tokens: list[str], place: int) -> set[str]:
    skipped = STOPWORDS | REPORTING | UP | DOWN | NEGATIONS
    before = [stem(t) for t in tokens[:place] if t not in skipped][-NEAR:]
    after = [stem(t) for t in tokens[place + 1 :] if t not in skipped][:NEAR]
    return {*before, *after}


def conflict(claim: str, text: str) -> str | None:
    """Why the two cannot both hold, if they speak of the same thing; `None` when nothing shows."""
    ours, theirs = directions(claim), directions(text)
    common = {word for word in ours.keys() & theirs.keys() if ours[word] and theirs[word]}
    opposed = {word for word in common if ours[word] != theirs[word]}
    if opposed and len(opposed) > len(common) / 2:
        return f"opposite direction for {', '.join(sorted(opposed)[:3])}"
    left, right = set(words(claim)), set(words(text))
    for one, other in ANTONYMS:
        for a, b in ((one, other), (other, one)):
            if left & a and right & b and not left & b and not right & a:
                return f"{min(left & a)!r} against {min(right & b)!r}"
    return None


def read(claim: str, text: str, *, cosine: float, share: float) -> Reading:
    """The stance of one sentence towards one claim."""
    numbers = compare(quantities(claim), quantities(text))
    score = max(0.0, min(1.0, 0.5 * cosine + 0.5 * share))
    seen = f"similarity {cosine:.2f}, {share:.0%} of the claim's rare words"

    def neutral(why: str) -> Reading:
        return Reading("neutral", score, numbers, f"{why} ({seen})")

    if cosine < RELATED_COSINE or share < RELATED_SHARE:
        return neutral("speaks of something else")
    if claimness(claim_text(text)) < TELLING and cosine < IDENTICAL:
        return neutral("states no finding")
    if reason := conflict(claim, text):
        return Reading("contradicts", score, numbers, f"{reason} ({seen})")
    if negated(claim) != negated(text):
        return neutral("one of the two is negated; the rules do not decide")
    if quantities(claim) and numbers != "agree":
        return neutral("the same topic, not the same figures")
    if cosine < SAME_COSINE or cosine + share < SAME_SUM:
        return neutral("related, but not the same statement")
    return Reading("supports", score, numbers, f"says much the same ({seen})")


def negated(text: str) -> bool:
    """Whether a word of negation stands in the text."""
    return bool(set(words(text)) & NEGATIONS)


class LocalJudge:
    """Judges by rules, sentence by sentence; the strongest sentence speaks for its window."""

    name = NAME
    batch_size = 8

    def __init__(self, ranker: LocalRanker) -> None:
        self._ranker = ranker

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        """One judgement a window, in order."""
        return await asyncio.to_thread(self._judge, requests)

    def _judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        sentences = [units(request.windows) for request in requests]
        weights = rarity([unit.text for found in sentences for unit in found])
        return [
            self._judge_one(request, found, weights)
            for request, found in zip(requests, sentences, strict=True)
        ]

    def _judge_one(
        self, request: JudgeRequest, found: list[Unit], weights: dict[str, float]
    ) -> list[Judgement]:
        if not found:
            return []
        claim = request.claim.text
        cosines = self._ranker.similarities([claim], [unit.text for unit in found])[0]
        best: dict[int, tuple[float, Unit, Reading]] = {}
        for unit, cosine in zip(found, cosines, strict=True):
            reading = read(
                claim,
                unit.text,
                cosine=float(cosine),
                share=shared_share(claim, unit.text, weights),
            )
            strength = reading.score + (reading.stance != "neutral")
            if unit.window not in best or strength > best[unit.window][0]:
                best[unit.window] = (strength, unit, reading)
        return [
            Judgement(
                window=window,
                stance=reading.stance,
                quote=unit.text,
                score=reading.score,
                numbers=reading.numbers,
                why=reading.why,
            )
            for window, (_, unit, reading) in sorted(best.items())
        ]
