"""Baselines that any judge or role model must beat: they never read the evidence.

`majority` says the most frequent stance; `claim_only` guesses the stance from the claim's words;
`by_position` guesses a sentence's role from its place in the abstract.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from assignee.engines.roles import Role
from assignee.evals.bootstrap import SEED, Floats
from assignee.evals.fitting import folds_of
from assignee.evals.items import STANCES, RoleItem, StanceItem
from assignee.evals.opinions import Answer, Opinions, key_of
from assignee.records import StanceScores

FOLDS = 5
PLACES = 10
"""Parts of equal length that an abstract is cut into."""


def majority(items: Sequence[StanceItem]) -> Opinions:
    """Says the most frequent stance of the items themselves."""
    most, count = Counter(item.gold for item in items).most_common(1)[0]
    why = f"the most frequent stance, of {count} in {len(items)}"
    return Opinions("majority", False, {key_of(item): Answer(most, why=why) for item in items})


def claim_only(items: Sequence[StanceItem], known: Sequence[StanceItem] = ()) -> Opinions:
    """Naive Bayes over the claims' words and pairs of words, cross-fitted over documents.

    How far it gets tells what the wording of the claims gives away. It also learns from `known`
    items, such as a training split, again of other documents only.

    Raises:
        SettingsError: there are not at least two documents.
    """
    from scipy.sparse import csr_array

    every = [*items, *known]
    vocabulary: dict[str, int] = {}
    found = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms(item.claim)]
             for item in every]  # fmt: skip
    starts = np.cumsum([0, *map(len, found)])
    cells = (np.ones(starts[-1]), np.concatenate(found), starts)
    counts = csr_array(cells, shape=(len(every), len(vocabulary)))
    gold = np.array([STANCES.index(item.gold) for item in every])
    fold = folds_of([item.document for item in every], folds=FOLDS, seed=SEED)
    chances = np.empty((len(every), len(STANCES)))
    for number in range(fold.max() + 1):
        truth = np.eye(len(STANCES))[gold] * (fold != number)[:, None]
        chances[fold == number] = naive_bayes(
            (counts.T @ truth).T, truth.sum(axis=0), counts[fold == number]
        )
    answers = {
        key_of(item): _guess(dict(zip(STANCES, row, strict=True)))
        for item, row in zip(items, chances[: len(items)].tolist(), strict=True)
    }
    return Opinions("claim-only", True, answers)


def _guess(chances: dict[str, float]) -> Answer:
    scores = StanceScores.model_validate(chances)
    return Answer(scores.best, scores, why="guessed from the claim's words")


def naive_bayes(seen: Floats, classes: Floats, rows: Floats) -> Floats:
    """Posterior chances, shape (rows, classes); every term counts as seen once more a class.

    Args:
        seen: how often each class had each term, shape (classes, terms).
        classes: items of each class.
        rows: term counts of the items to be guessed; a matrix or a sparse array.
    """
    smoothed = seen + 1
    logs = np.log(smoothed / smoothed.sum(axis=1, keepdims=True))
    odds = rows @ logs.T + np.log(classes + 1)
    powers = np.exp(odds - odds.max(axis=1, keepdims=True))
    chances: Floats = powers / powers.sum(axis=1, keepdims=True)
    return chances


def terms(text: str) -> set[str]:
    """The words of a text and its pairs of neighbouring words."""
    words = re.findall(r"\w+", text.casefold())
    return {*words, *map(" ".join, pairwise(words))}


def by_position(known: Sequence[RoleItem], items: Sequence[RoleItem]) -> list[list[Role]]:
    """For each sentence the role that its tenth of the abstract has most often in `known`.

    Where `known` has no sentence in that tenth, the nearest one counts.
    """
    seen: dict[int, Counter[Role]] = {}
    for item in known:
        for place, role in zip(places(len(item.roles)), item.roles, strict=True):
            seen.setdefault(place, Counter())[role] += 1
    best = {place: roles.most_common(1)[0][0] for place, roles in seen.items()}
    near = {place: best[min(best, key=lambda other: abs(other - place))] for place in range(PLACES)}
    return [[near[place] for place in places(len(item.roles))] for item in items]


def places(sentences: int) -> list[int]:
    """The tenth of the abstract in which the middle of each sentence lies."""
    return [int((index + 0.5) / sentences * PLACES) for index in range(sentences)]
