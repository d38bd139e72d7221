"""Weighs one judgement: its probability, what exact checks say against it, the stance that is left.

The judge proposes; code disposes. In order: a stance that is too uncertain is neutral; support
falls where figures differ or the text speaks of another member of a family of names, and, where a
judge that knows its own scores is not sure, where direction is opposed or a name is missing.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from assignee.agents.notices import retraction
from assignee.engines.calibration import Profile, paper_scores, scores_of
from assignee.engines.local.memory import SentenceEmbedder
from assignee.engines.protocol import Judgement
from assignee.reading.abbreviations import without_long_forms
from assignee.reading.aims import is_aim
from assignee.reading.checks import Checks, checked
from assignee.reading.normal import find_quote
from assignee.reading.sentences import sentence_spans
from assignee.reading.words import HEDGES, NEGATIONS, words
from assignee.records import (
    Claim,
    Evidence,
    NumberCheck,
    Paper,
    Passage,
    Quote,
    Stance,
    StanceScores,
)

SURE_OF_DIRECTION, SURE_OF_NAMES = 0.75, 0.60
LEADING = 2
"""Words that may stand before a claim in its quote: they tie a sentence to the one before."""
"""Probability of support from which a rule does not overrule it. Both rules err, and the margin is
where they err as often as the judge: of SciFact's and Check-COVID's training claims opposed
directions are read in 8 % of what refutes and 1.4 % of what supports; a name is missing, mostly for
a synonym, in 13 % of what supports and 25 % of what says nothing. A language model that gives no
scores is not overruled by them: of the support that five recorded ones saw in SciFact's
development claims, these rules would take six right ones for every wrong one."""
UNFOUND = "its quote is not in the text"
ASKED = "its quote tells what was asked, not what was found"
"""Of the sentences that SciFact's annotators marked as evidence 2 of 1,391 do so, of all 2.7 %."""
OVERRULES = ", whatever the judge says: "
"""Between what an exact check found and what the judge had said."""
DISCOUNTED = "; it counts for nothing, because its paper "
"""Between the reason of a stance and the retraction of the paper that takes it."""


class Scale(NamedTuple):
    """How one judge's scores about one claim become probabilities."""

    profile: Profile | None
    """`None`: they do not."""
    outside: bool = False
    """The claim lies outside the domains that the profile was fitted on."""

    def apply(self, raw: StanceScores) -> StanceScores:
        """Calibrated scores; of a judge that was not calibrated, the raw ones."""
        if self.profile is None:
            return raw
        return self.profile.stances(raw, outside=self.outside)


UNCALIBRATED = Scale(None)


class Weighed(NamedTuple):
    """One judgement after all checks."""

    judgement: Judgement
    stance: Stance
    scores: StanceScores
    """Probabilities where the judge is calibrated, else raw; what a check took from one stance
    stands with the one that is left."""
    span: tuple[int, int] | None
    """Where the quote stands in the window; `None` when its words are not there."""
    numbers: NumberCheck
    why: str
    overruled: str | None
    """What an exact check found against the judge, in one clause."""
    calibrated: bool

    @property
    def probability(self) -> float | None:
        """Calibrated probability of the stance; none where a rule set it or nothing was fitted."""
        fitted = self.calibrated and self.overruled is None
        return self.scores.of(self.stance) if fitted else None


def weigh(
    claim: Claim, judgement: Judgement, window: Passage, paper: Paper, scale: Scale = UNCALIBRATED
) -> Weighed:
    """The judgement's stance, probability and reason after calibration and exact checks."""
    scores = scale.apply(scores_of(judgement))
    span = find_quote(judgement.quote, window.text) if judgement.quote else None
    stance, why = _spoken(judgement, scores, scale.profile)
    words = _sentences_at(window.text, span) if span else window.text
    found = checked(claim.text, words, context=f"{paper.title}\n{window.text}")
    overruled = None
    support = scores.supports if judgement.scores else 1.0
    if stance == "supports" and (against := objection(found, support)):
        left: Stance = "contradicts" if _one_is_wrong(found) else "neutral"
        scores, stance, overruled = _moved(scores, stance, left), left, against
        why = f"{against}{OVERRULES}{why}"
    if stance != "neutral" and (fault := UNFOUND if span is None else _asked(words)):
        scores, stance, overruled = _moved(scores, stance, "neutral"), "neutral", fault
        why = f"{fault}: {why}"
    calibrated = scale.profile is not None
    return Weighed(judgement, stance, scores, span, found.numbers, why, overruled, calibrated)


async def scales_of(
    claims: Sequence[Claim], profile: Profile | None, embedder: SentenceEmbedder | None
) -> list[Scale]:
    """One scale a claim; where nobody can tell whether it lies outside, it is taken to."""
    if profile is None:
        return [UNCALIBRATED] * len(claims)
    if embedder is None or embedder.model_id != profile.outside.embedder:
        return [Scale(profile, outside=True)] * len(claims)
    vectors = await asyncio.to_thread(embedder.embed, [claim.text for claim in claims])
    return [Scale(profile, outside=profile.is_outside(vector)) for vector in vectors]


def _spoken(
    judgement: Judgement, scores: StanceScores, profile: Profile | None
) -> tuple[Stance, str]:
    """The stance that the profile lets the judge speak, and why."""
    said = judgement.stance
    if profile is None or (left := profile.decided(scores)) == said:
        return said, judgement.why
    if left != "neutral" and judgement.scores is not None and judgement.quote:
        return left, f"{left} by its calibrated probability: {judgement.why}"
    if said == "neutral":
        return said, judgement.why
    return "neutral", f"too uncertain (p = {scores.of(said):.2f}): {judgement.why}"


def own_words(claim: Claim, window: Passage) -> Weighed | None:
    """Support by the quote itself, where the claim is its words with some left out; else `None`.

    A judge that falls silent when in doubt is not needed to tell that a text says what it says.
    """
    told, quoted = words(without_long_forms(claim.text)), words(claim.quote.text)
    left = iter(quoted)
    if not all(word in left for word in told):
        return None
    if (set(quoted) - set(told)) & (NEGATIONS | HEDGES):
        return None
    why = "the claim is the words of its source"
    score = StanceScores(supports=1.0, contradicts=0.0, neutral=0.0)
    said = Judgement(window=0, stance="supports", quote=claim.quote.text, score=1.0, why=why)
    span = (claim.quote.start, claim.quote.end)
    numbers = checked(claim.text, claim.quote.text).numbers
    stands = claim.quote.stands_in(window)
    return Weighed(said, "supports", score, span, numbers, why, None, False) if stands else None


def verbatim(claim: Claim) -> bool:
    """Whether the claim is its quote, but for at most `LEADING` words before it ("However")."""
    told, quoted = words(without_long_forms(claim.text)), words(claim.quote.text)
    cut = len(quoted) - len(told)
    return 0 <= cut <= LEADING and list(quoted[cut:]) == list(told)


def objection(found: Checks, support: float) -> str | None:
    """What an exact check has against support of this probability; `None` when nothing."""
    if found.numbers == "disagree":
        return f"the figures differ ({found.number_why})"
    if found.sibling is not None:
        return f"it speaks of {found.sibling.instead}, not of {found.sibling.name}"
    if found.opposed is not None and support < SURE_OF_DIRECTION:
        return found.opposed
    if found.missing and support < SURE_OF_NAMES:
        return f"it does not name {', '.join(found.missing)}"
    return None


def _asked(words: str) -> str | None:
    told = [words[start:end] for start, end in sentence_spans(words)]
    return ASKED if told and all(map(is_aim, told)) else None


def _one_is_wrong(found: Checks) -> bool:
    return found.numbers == "disagree" and found.same_statement


def _moved(scores: StanceScores, source: Stance, target: Stance) -> StanceScores:
    """The scores with all that one stance had given to another."""
    given = scores.of(source)
    return scores.model_copy(update={source: 0.0, target: min(1.0, scores.of(target) + given)})


def _sentences_at(text: str, span: tuple[int, int]) -> str:
    """The whole sentences that a span touches: a quote may be a fragment of one."""
    touched = [(s, e) for s, e in sentence_spans(text) if s < span[1] and span[0] < e]
    return text[touched[0][0] : touched[-1][1]] if touched else text[slice(*span)]


def evidence_of(weighed: Weighed, window: Passage, paper: Paper, *, independent: bool) -> Evidence:
    """The judgement as evidence: its quote, or the whole window where there is none.

    Of a retracted paper it says that it counts for nothing.
    """
    taken_back = retraction(paper)
    return Evidence(
        quote=Quote.cut(window, *(weighed.span or (0, len(window.text)))),
        paper_id=window.paper_id,
        basis=window.basis,
        stance=weighed.stance,
        probability=weighed.probability,
        score=weighed.judgement.score,
        numbers=weighed.numbers,
        independent=independent,
        why=f"{weighed.why}{DISCOUNTED}{taken_back}" if taken_back else weighed.why,
    )


def strongest(weighed: Sequence[Weighed]) -> Weighed | None:
    """The one that speaks for its paper: of those with a stance the most probable, else the one
    that came nearest to taking one."""
    return max(
        weighed,
        key=lambda one: (one.stance != "neutral", _strength(one), one.stance == "supports"),
        default=None,
    )


def spoken_for(weighed: Sequence[Weighed], scale: Scale) -> StanceScores:
    """The scores of one work: of its strongest window; unread, it is as neutral as can be."""
    best = strongest(weighed)
    return best.scores if best else scale.apply(paper_scores([]))


def _strength(one: Weighed) -> float:
    return one.scores.of(one.stance) if one.stance != "neutral" else 1 - one.scores.neutral
