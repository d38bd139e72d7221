"""Stance by written rules: meaning and rare words in common, direction, negation, numbers.

The rules are made to be right when they speak and silent otherwise: a window that does not clearly
speak about the same thing is neutral. Nothing here was calibrated, so no probability is given.
"""

import asyncio
import math
import re
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
from assignee.records import Passage, Stance

NAME = "local:rules-1"

RELATED_COSINE, RELATED_SHARE, MUCH_SHARED = 0.52, 0.30, 0.50
"""Below this cosine, or this share of the claim's rare words, a text is about another thing."""
SAME_COSINE, SAME_SHARE, SAME_SUM = 0.60, 0.40, 1.10
"""From this cosine, this share and this sum of both, two findings say much the same. Chosen by
reading the nearest pairs of the example notes, and of abstracts on one topic, whose cosine is high
whatever they say; the share tells them apart."""
TELLING = 0.3
"""Claimness below which a sentence tells what was done, not what was found."""
IDENTICAL = 0.95
"""From this cosine a sentence is the claim itself."""
NEAR = 3
"""How many content words around a word of direction it is taken to speak of."""


NAME_FORM = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z0-9])[A-Za-z][\w-]*\b")
GENERIC_NAMES = frozenset({"LLM", "NLP", "AI", "ML", "LM", "PLM"})
"""Abbreviations so common in the field that their absence tells nothing."""


class Unit(NamedTuple):
    """One sentence of a window, the smallest thing that has a stance."""

    window: int
    text: str


class Related(NamedTuple):
    """A sentence that may speak of the claim, with the share of the claim's rare words in it."""

    unit: Unit
    share: float


class Reading(NamedTuple):
    """What the rules read in one sentence about one claim."""

    stance: Stance
    score: float
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


class Turn(NamedTuple):
    """A word of direction at its place: +1 up, -1 down, turned round by a negation before it."""

    place: int
    sign: int


def turns(tokens: Sequence[str]) -> list[Turn]:
    """The words of direction, each with its sign; a negation among the three words before it
    turns it round."""
    return [
        Turn(place, (1 if token in UP else -1) * (-1 if _negated(tokens, place) else 1))
        for place, token in enumerate(tokens)
        if token in UP or token in DOWN
    ]


def _negated(tokens: Sequence[str], place: int) -> bool:
    return not NEGATIONS.isdisjoint(tokens[max(0, place - 3) : place])


def directions(text: str) -> dict[str, int]:
    """For each content stem near a word of direction: +1 up, -1 down, 0 both."""
    tokens = words(text)
    found: dict[str, int] = {}
    for place, sign in turns(tokens):
        for near in _neighbours(tokens, place):
            found[near] = sign if found.get(near, sign) == sign else 0
    return found


def parity(text: str) -> int:
    """The product of all signs: larger and more agree with smaller and less; 0 without any."""
    signs = [turn.sign for turn in turns(words(text))]
    return math.prod(signs) if signs else 0


def _neighbours(tokens: list[str], place: int) -> set[str]:
    skipped = STOPWORDS | REPORTING | UP | DOWN | NEGATIONS
    before = [stem(t) for t in tokens[:place] if t not in skipped][-NEAR:]
    after = [stem(t) for t in tokens[place + 1 :] if t not in skipped][:NEAR]
    return {*before, *after}


def conflict(claim: str, text: str, *, share: float) -> str | None:
    """Why the two cannot both hold; `None` when nothing shows.

    Directions must be opposed for half of what both speak of, and for two things at least unless
    the texts have much in common. Antonyms count where both sentences have the same subject.
    """
    ours, theirs = directions(claim), directions(text)
    common = {word for word in ours.keys() & theirs.keys() if ours[word] and theirs[word]}
    opposed = {word for word in common if ours[word] != theirs[word]}
    needed = max(1 if share >= MUCH_SHARED else 2, len(common) / 2)
    if share >= RELATED_SHARE and len(opposed) >= needed:
        return f"opposite direction for {', '.join(sorted(opposed)[:3])}"
    if share >= MUCH_SHARED and not common and parity(claim) * parity(text) < 0:
        return "the opposite relation"
    if subject(claim) == subject(text):
        for pair in ANTONYMS:
            left, right = sides(claim, pair), sides(text, pair)
            if left and right and left.keys().isdisjoint(right):
                return f"{next(iter(left.values()))!r} against {next(iter(right.values()))!r}"
    return None


def subject(text: str) -> str:
    """The first word that carries content, stemmed; an empty string when there is none."""
    skipped = STOPWORDS | REPORTING | UP | DOWN | NEGATIONS
    return next((stem(word) for word in words(text) if word not in skipped), "")


def sides(text: str, pair: tuple[frozenset[str], frozenset[str]]) -> dict[int, str]:
    """Which sides of a pair of antonyms a text takes, each with its words.

    A negation among the three words before turns the side round.
    """
    tokens = words(text)
    found: dict[int, str] = {}
    for place, token in enumerate(tokens):
        for side in (0, 1):
            if token in pair[side]:
                before = [t for t in tokens[max(0, place - 3) : place] if t in NEGATIONS]
                found[side ^ bool(before)] = " ".join([*before, token])
    return found


def read(claim: str, text: str, *, cosine: float, share: float) -> Reading:
    """The stance of one sentence towards one claim."""
    score = max(0.0, min(1.0, 0.5 * cosine + 0.5 * share))
    seen = f"similarity {cosine:.2f}, {share:.0%} of the claim's rare words"

    def neutral(why: str) -> Reading:
        return Reading("neutral", score, f"{why} ({seen})")

    if cosine < RELATED_COSINE:
        return neutral("speaks of something else")
    if claimness(claim_text(text)) < TELLING and cosine < IDENTICAL:
        return neutral("states no finding")
    if reason := conflict(claim, text, share=share):
        return Reading("contradicts", score, f"{reason} ({seen})")
    if share < RELATED_SHARE:
        return neutral("speaks of something else")
    if negated(claim) != negated(text):
        return neutral("one of the two is negated; the rules do not decide")
    figures = quantities(claim)
    if figures and compare(figures, quantities(text)) != "agree":
        return neutral("the same topic, not the same figures")
    if cosine < SAME_COSINE or share < SAME_SHARE or cosine + share < SAME_SUM:
        return neutral("related, but not the same statement")
    if missing := names(claim) - names(text):
        return neutral(f"does not speak of {', '.join(sorted(missing))}")
    if not same_direction(claim, text) and share < MUCH_SHARED + 0.1:
        return neutral("related, but does not say which way")
    return Reading("supports", score, f"says much the same ({seen})")


def same_direction(claim: str, text: str) -> bool:
    """Whether both say of at least one thing that it goes the same way, up or down."""
    ours, theirs = directions(claim), directions(text)
    return any(ours[word] and ours[word] == theirs.get(word) for word in ours)


def names(text: str) -> set[str]:
    """Abbreviations and names that are told by their form: RLHF, GPT-3, LoRA; plurals as one."""
    return {
        word.rstrip("s").casefold()
        for word in NAME_FORM.findall(text)
        if word.rstrip("s") not in GENERIC_NAMES
    }


def negated(text: str) -> bool:
    """Whether a word of negation stands in the text."""
    return bool(set(words(text)) & NEGATIONS)


def worth_reading(claim: str, found: Sequence[Unit], weights: dict[str, float]) -> list[Related]:
    """The sentences that could take a stance: enough rare words in common, or the same subject.

    All others are neutral whatever their meaning, so they need not be embedded.
    """
    spoken_of = subject(claim)
    shared = [Related(unit, shared_share(claim, unit.text, weights)) for unit in found]
    return [r for r in shared if r.share >= RELATED_SHARE or subject(r.unit.text) == spoken_of]


class LocalJudge:
    """Judges by rules, sentence by sentence; the strongest sentence speaks for its window."""

    name = NAME
    batch_size = 8

    def __init__(self, ranker: LocalRanker) -> None:
        self._ranker = ranker

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        """Judgements in the order of windows; a window without one is neutral."""
        return await asyncio.to_thread(self._judge, requests)

    def _judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        sentences = [units(request.windows) for request in requests]
        weights = rarity([unit.text for found in sentences for unit in found])
        return [
            self._judge_one(request.claim.text, worth_reading(request.claim.text, found, weights))
            for request, found in zip(requests, sentences, strict=True)
        ]

    def _judge_one(self, claim: str, related: Sequence[Related]) -> list[Judgement]:
        if not related:
            return []
        cosines = self._ranker.similarities([claim], [r.unit.text for r in related])[0]
        best: dict[int, tuple[float, str, Reading]] = {}
        for (unit, share), cosine in zip(related, cosines, strict=True):
            reading = read(claim, unit.text, cosine=float(cosine), share=share)
            strength = reading.score + (reading.stance != "neutral")
            if unit.window not in best or strength > best[unit.window][0]:
                best[unit.window] = (strength, unit.text, reading)
        return [
            Judgement(
                window=window,
                stance=reading.stance,
                quote=quote,
                score=reading.score,
                why=reading.why,
            )
            for window, (_, quote, reading) in sorted(best.items())
        ]
