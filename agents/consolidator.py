"""Consolidation: merges claims that say the same, and keeps the best from many papers."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from assignee.engines.protocol import Ranker
from assignee.reading.abbreviations import without_long_forms
from assignee.reading.quantities import compare, quantities
from assignee.records import Claim, Mention

SAME = 0.97
"""Relevance of one claim to another from which they count as the same statement (the local
ranker gives 1.0 at cosine .75 and above; see `agree`, which must hold as well)."""
SHARED_WORDS = 0.7
_WORD = re.compile(r"[a-z0-9]+")


class Consolidated(NamedTuple):
    """The claims to verify and what was left out."""

    claims: tuple[Claim, ...]
    merged: int
    over_limit: int


def word_overlap(left: str, right: str) -> float:
    """Jaccard overlap, 0 to 1, of the words of two texts."""
    one, other = _words(left), _words(right)
    return len(one & other) / len(one | other) if one | other else 0.0


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    # Every claim is compared with every other: 100 claims would be read 10,000 times.
    # One paper explains its abbreviations and another does not.
    return frozenset(_WORD.findall(without_long_forms(text).casefold()))


def agree(left: Claim, right: Claim) -> bool:
    """Whether two claims have the words and the figures in common that the same claim would."""
    if word_overlap(left.text, right.text) < SHARED_WORDS:
        return False
    ours, theirs = quantities(left.text), quantities(right.text)
    return not (ours or theirs) or compare(ours, theirs) == compare(theirs, ours) == "agree"


async def consolidate(
    claims: Sequence[Claim], *, ranker: Ranker, max_claims: int, per_paper: int
) -> Consolidated:
    """Merge duplicates, then choose at most `max_claims`, in turns from every paper.

    The order in which claims come does not change the result: they are sorted by relevance, then
    id. In each turn every paper, the most relevant claim first, gives its next best claim.
    """
    ordered = sorted(claims, key=lambda claim: (-claim.relevance, claim.id))
    kept: list[Claim] = []
    for claim in ordered:
        twin = await _twin(claim, kept, ranker)
        if twin is None:
            kept.append(claim)
        else:
            kept[twin] = merge(kept[twin], claim)
    chosen = _in_turns(kept, max_claims=max_claims, per_paper=per_paper)
    return Consolidated(tuple(chosen), len(ordered) - len(kept), len(kept) - len(chosen))


def merge(kept: Claim, other: Claim) -> Claim:
    """`kept` with `other` and all that it was merged from added to its mentions, each once."""
    mention = Mention(text=other.text, quote=other.quote, paper_id=other.paper_id)
    added = (m for m in (mention, *other.merged_from) if m not in kept.merged_from)
    return kept.model_copy(update={"merged_from": (*kept.merged_from, *added)})


async def place(
    claims: Sequence[Claim], subquestions: Sequence[str], ranker: Ranker
) -> list[Claim]:
    """The claims, each with the index of the sub-question that it answers best."""
    texts = [claim.text for claim in claims]
    scores = np.array([await ranker.rank(question, texts) for question in subquestions])
    return [
        claim.model_copy(update={"subquestion": int(best)})
        for claim, best in zip(claims, scores.argmax(axis=0), strict=True)
    ]


async def _twin(claim: Claim, kept: Sequence[Claim], ranker: Ranker) -> int | None:
    alike = [index for index, other in enumerate(kept) if agree(claim, other)]
    if not alike:
        return None
    scores = await ranker.rank(claim.text, [kept[index].text for index in alike])
    best = max(range(len(alike)), key=scores.__getitem__)
    return alike[best] if scores[best] >= SAME else None


def _in_turns(claims: Sequence[Claim], *, max_claims: int, per_paper: int) -> list[Claim]:
    shelves: dict[str, list[Claim]] = {}
    for claim in claims:
        shelves.setdefault(claim.paper_id, []).append(claim)
    turns = [
        shelf[turn] for turn in range(per_paper) for shelf in shelves.values() if turn < len(shelf)
    ]
    return sorted(turns[:max_claims], key=lambda claim: (-claim.relevance, claim.id))
