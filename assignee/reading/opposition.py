"""Whether two statements cannot both hold: by direction, antonyms, negation or swapped sides.

>>> opposition("Larger models reach a lower loss.", "Larger models reach a higher loss.")
'the opposite relation'
>>> opposition("Tuning beats prompting on all tasks.", "Prompting beats tuning on all tasks.")
"'beats' with its sides swapped"
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assignee.reading.sentences import sentence_spans
from assignee.reading.words import (
    DOWN,
    NEGATIONS,
    REPORTING,
    STOPWORDS,
    UP,
    WITHOUT_CONTENT,
    content_stems,
    stem,
    words,
)

RELATED, MUCH, MOST = 0.30, 0.50, 0.60
"""Share of the claim's content from which a sentence speaks of the same thing, has much in common,
and is so near that one opposite word tells. With these the rules speak against 8 % of what refutes
a claim and 1.4 % of what supports it (rationales of SciFact's and Check-COVID's training sets)."""
NEAR = 3
"""How many content words around a word of direction it is taken to speak of."""
DENIALS = frozenset(
    """
        no not never cannot neither nor isn't aren't doesn't don't didn't wasn't weren't can't won't
        couldn't wouldn't shouldn't
    """.split()
)
"""Words that deny what follows; `lack of` and `without` name a thing as often."""
REACH = 3
"""How many words after a negation it is taken to turn round."""
FAR = frozenset("not never cannot didn't doesn't don't no".split())
BETTER = frozenset(
    """
        improve improves improved improving improvement improvements better benefit benefits
        benefited helps enhance enhances enhanced best superior preferred win wins outperform
        outperforms outperformed outperforming beat beats surpass surpasses surpassed
    """.split()
)
WORSE = frozenset(
    """
        worse worsen worsens worsened hurt hurts harm harms harmed degrade degrades degraded
        degrading degradation deteriorate deteriorates underperform underperforms inferior impair
        impairs impaired loses lag lags worst
    """.split()
)
"""Words that value; the others of direction tell amounts, and less of a thing may be better."""
COMPARATIVES = frozenset(
    """
        outperform outperforms outperformed outperforming beat beats beaten surpass surpasses
        surpassed
    """.split()
)
ANTONYMS = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        (
            "sudden suddenly abrupt abruptly sharp sharply unpredictable unpredictably",
            "smooth smoothly gradual gradually continuous continuously predictable predictably",
        ),
        (
            "correlate correlates correlated predict predicts predicted predictor tracks",
            "uncorrelated independent decoupled diverge diverges diverged",
        ),
        (
            "strongly substantial substantially major considerable considerably",
            "weakly minimal minimally negligible marginal marginally slight slightly",
        ),
        (
            "constant unchanged same stable consistent",
            "varies vary varied changes differs differ inconsistent unstable",
        ),
        ("sufficient enough suffice suffices sufficed", "insufficient inadequate"),
        ("necessary required essential", "unnecessary dispensable optional"),
        ("safe safer harmless", "unsafe harmful toxic"),
        ("positive positively", "negative negatively"),
    )
)
"""Words that exclude each other; sizes such as small and large name things more often than they
judge them, so they are not here."""


class Turn(NamedTuple):
    """A word of direction at its place: +1 up, -1 down, turned round by a negation before it."""

    place: int
    sign: int
    values: bool
    """Better or worse, and not more or less."""


def opposition(claim: str, evidence: str) -> str | None:
    """Why the claim and the evidence's nearest sentence cannot both hold; `None` if none shows."""
    sentences = [evidence[start:end] for start, end in sentence_spans(evidence)] or [evidence]
    nearest = max(sentences, key=lambda sentence: shared(claim, sentence))
    return conflict(claim, nearest, share=shared(claim, nearest))


def shared(claim: str, text: str) -> float:
    """Share, 0 to 1, of the claim's content stems that the text has."""
    wanted = content_stems(claim)
    return len(wanted & content_stems(text)) / len(wanted) if wanted else 0.0


def conflict(claim: str, text: str, *, share: float) -> str | None:
    """Why two sentences cannot both hold; `share` of the claim's content is in the text.

    Directions must be opposed for half of what both speak of, and for two things at least unless
    the texts have much in common. Antonyms count where both sentences have the same subject.
    """
    ours, theirs = directions(claim), directions(text)
    common = {key for key in ours.keys() & theirs.keys() if ours[key] and theirs[key]}
    opposed = {key.word for key in common if ours[key] != theirs[key]}
    needed = max(1 if share >= MOST else 2, len(common) / 2)
    if share >= RELATED and len(opposed) >= needed:
        return f"opposite direction for {', '.join(sorted(opposed)[:3])}"
    if (
        share >= MUCH
        and not common
        and _valued(claim) == _valued(text)
        and (parity(claim) * parity(text) < 0)
    ):
        return "the opposite relation"
    if share >= MUCH and (swapped := swap(claim, text)):
        return f"{swapped!r} with its sides swapped"
    if subject(claim) == subject(text) and (pair := antonyms(claim, text)):
        return pair
    one_denies = negated(claim) != negated(text)
    return denial(claim, text) if share >= MUCH and one_denies else None


def turns(tokens: Sequence[str]) -> list[Turn]:
    """The words of direction, each with its sign; a negation among the three words before it
    turns it round. What follows `than` names what is compared with, and turns nothing."""
    return [
        Turn(
            place,
            (1 if token in UP else -1) * (-1 if _negated(tokens, place) else 1),
            token in BETTER or token in WORSE,
        )
        for place, token in enumerate(tokens)
        if (token in UP or token in DOWN) and "than" not in tokens[max(0, place - 2) : place]
    ]


class Moved(NamedTuple):
    """A content stem near a word of direction, and whether that word values."""

    word: str
    values: bool


def directions(text: str) -> dict[Moved, int]:
    """For each content stem near a word of direction: +1 up, -1 down, 0 both."""
    tokens = words(text)
    found: dict[Moved, int] = {}
    for place, sign, values in turns(tokens):
        for near in _neighbours(tokens, place):
            moved = Moved(near, values)
            found[moved] = sign if found.get(moved, sign) == sign else 0
    return found


def parity(text: str) -> int:
    """The product of all signs: larger and more agree with smaller and less; 0 without any."""
    signs = [turn.sign for turn in turns(words(text))]
    return math.prod(signs) if signs else 0


def swap(claim: str, text: str) -> str | None:
    """The comparing word of the claim whose two sides stand in the other order in the text."""
    for ours in _comparisons(claim):
        for theirs in _comparisons(text):
            moved_right = (ours.left & theirs.right) - ours.right - theirs.left
            moved_left = (ours.right & theirs.left) - ours.left - theirs.right
            if ours.kind == theirs.kind and moved_right and moved_left:
                return ours.word
    return None


def antonyms(claim: str, text: str) -> str | None:
    """Two words that exclude each other, one from each."""
    for pair in ANTONYMS:
        left, right = sides(claim, pair), sides(text, pair)
        if left and right and left.keys().isdisjoint(right):
            return f"{next(iter(left.values()))!r} against {next(iter(right.values()))!r}"
    return None


def sides(text: str, pair: tuple[frozenset[str], frozenset[str]]) -> Mapping[int, str]:
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


def denial(claim: str, text: str) -> str | None:
    """A word that one of the two denies and the other says."""
    ours, theirs = denied(claim), denied(text)
    said, said_there = content_stems(claim) - ours.keys(), content_stems(text) - theirs.keys()
    for found, other in ((theirs, said), (ours, said_there)):
        for word in found:
            if word in other:
                return f"only one of the two says {found[word]!r}"
    return None


def denied(text: str) -> dict[str, str]:
    """The first content stem after each negation, with the words from the negation to it."""
    tokens = words(text)
    found: dict[str, str] = {}
    for place, token in enumerate(tokens):
        if token in DENIALS and tokens[place + 1 : place + 2] != ("only",):
            for after in range(place + 1, min(place + 1 + REACH, len(tokens))):
                if tokens[after] not in WITHOUT_CONTENT:
                    found[stem(tokens[after])] = " ".join(tokens[place : after + 1])
                    break
    return found


def subject(text: str) -> str:
    """The first word that carries content, stemmed; an empty string when there is none."""
    skipped = STOPWORDS | REPORTING | UP | DOWN | NEGATIONS
    return next((stem(word) for word in words(text) if word not in skipped), "")


def negated(text: str) -> bool:
    """Whether a word of negation stands in the text."""
    return not NEGATIONS.isdisjoint(words(text))


def _negated(tokens: Sequence[str], place: int) -> bool:
    # "did not result in a statistically significant improvement"
    near, far = tokens[max(0, place - 3) : place], tokens[max(0, place - 7) : place]
    return not (NEGATIONS.isdisjoint(near) and FAR.isdisjoint(far))


def _neighbours(tokens: Sequence[str], place: int) -> set[str]:
    skipped = STOPWORDS | REPORTING | UP | DOWN | NEGATIONS
    before = [stem(t) for t in tokens[:place] if t not in skipped][-NEAR:]
    after = [stem(t) for t in tokens[place + 1 :] if t not in skipped][:NEAR]
    return {*before, *after}


def _valued(text: str) -> int:
    return sum(turn.values for turn in turns(words(text)))


class _Comparison(NamedTuple):
    kind: str
    """"better", or the word of `than` where it does not value."""
    word: str
    left: set[str]
    right: set[str]


def _comparisons(text: str) -> list[_Comparison]:
    """The comparing words with the content stems on either side; of a passive, turned round."""
    tokens = words(text)
    found = []
    for place, word in enumerate(tokens):
        after = _stems(tokens[place + 1 :][:4])
        if word in COMPARATIVES:
            before = _stems(tokens[:place][-6:])
            passive = tokens[place + 1 : place + 2] == ("by",)
            sides_ = (after, before) if passive else (before, after)
            found.append(_Comparison("better", word, *sides_))
        elif word == "than":
            before = _stems(tokens[:place][-10:])
            for turning in tokens[max(0, place - 4) : place]:
                if turning in UP or turning in DOWN:
                    kind = "better" if turning in BETTER else turning
                    found.append(_Comparison(kind, f"{turning} than", before, after))
    return found


def _stems(tokens: Sequence[str]) -> set[str]:
    return {stem(token) for token in tokens if token not in WITHOUT_CONTENT}
