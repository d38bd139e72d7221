"""How well relevance tells the sentences that decide a claim from others.

The program keeps a statement when its relevance to the question reaches a setting. Here a claim of
a labelled set is the question, and the sentences are those of the abstract that decides it, marked
or not by annotators, and those of another abstract, which the claim does not speak of.
"""

from collections.abc import Sequence

import numpy as np

from assignee.engines.protocol import Ranker
from assignee.evals.bootstrap import Estimate, Floats, estimate, ratio, resampled
from assignee.evals.items import StanceItem
from assignee.records import Record


class Relevance(Record):
    """What was measured of one ranker; intervals are by a bootstrap over documents."""

    ranker: str
    floor: float
    """The setting: what is less relevant is dropped."""
    nearer: Estimate
    """Chance that a marked sentence is more relevant than another of its abstract; .5 by guess."""
    marked: Estimate
    """Share of marked sentences that reach the floor."""
    unmarked: Estimate
    """Of the other sentences of the same abstract."""
    foreign: Estimate | None
    """Of an abstract of another claim; `None` where there is one abstract only."""


async def relevance(
    claims: Sequence[StanceItem], ranker: Ranker, *, name: str, floor: float
) -> Relevance:
    """Measure a ranker on claims whose deciding sentences are marked."""
    others = [foreign_to(claims, place) for place in range(len(claims))]
    own = [np.array(await ranker.rank(item.claim, item.sentences)) for item in claims]
    foreign = [
        np.array(await ranker.rank(item.claim, other.sentences)) if other else np.empty(0)
        for item, other in zip(claims, others, strict=True)
    ]
    masks = [np.isin(np.arange(len(item.sentences)), item.rationale) for item in claims]
    marked = [values[mask] for values, mask in zip(own, masks, strict=True)]
    unmarked = [values[~mask] for values, mask in zip(own, masks, strict=True)]
    weights = resampled([item.document for item in claims])
    return Relevance(
        ranker=name,
        floor=floor,
        nearer=nearer(marked, unmarked, weights),
        marked=reaching(marked, floor, weights),
        unmarked=reaching(unmarked, floor, weights),
        foreign=reaching(foreign, floor, weights) if any(others) else None,
    )


def foreign_to(claims: Sequence[StanceItem], place: int) -> StanceItem | None:
    """The next item of the list about another document."""
    turned = [*claims[place:], *claims[:place]]
    return next((one for one in turned if one.document != claims[place].document), None)


def nearer(marked: Sequence[Floats], unmarked: Sequence[Floats], weights: Floats) -> Estimate:
    """The mean over claims of the chance that a marked sentence comes first; ties count half."""
    chances = np.full(len(marked), np.nan)
    for place, (high, low) in enumerate(zip(marked, unmarked, strict=True)):
        if len(high) and len(low):
            gaps = high[:, None] - low[None, :]
            chances[place] = (gaps > 0).mean() + (gaps == 0).mean() / 2
    known = ~np.isnan(chances)
    return estimate(ratio(weights @ np.nan_to_num(chances), weights @ known.astype(np.float64)))


def reaching(values: Sequence[Floats], floor: float, weights: Floats) -> Estimate:
    """The share of all values that reach the floor."""
    above = np.array([(one >= floor).sum() for one in values])
    return estimate(ratio(weights @ above, weights @ np.array([len(one) for one in values])))
