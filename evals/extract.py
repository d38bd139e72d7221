"""How well the role of a sentence in its abstract is told, beside a guess from its place alone."""

from collections.abc import Sequence

from assignee.engines.roles import ROLES, Role, RoleReader
from assignee.errors import SettingsError
from assignee.evals import metrics
from assignee.evals.baselines import FOLDS, by_position
from assignee.evals.bootstrap import SEED, Estimate, estimate, resampled
from assignee.evals.fitting import folds_of
from assignee.evals.items import RoleItem
from assignee.evals.verification import ClassFigures
from assignee.evals.verify import class_figures
from assignee.records import Record


class Extraction(Record):
    """Everything that was measured of one way to tell roles."""

    model: str
    abstracts: int
    sentences: int
    accuracy: Estimate
    macro_f1: Estimate
    roles: dict[str, ClassFigures]
    confusion: dict[str, tuple[int, ...]]
    """The annotators' role to counts of what was said, in the order of `ROLES`."""


class Extractions(Record):
    """A model beside the guess from a sentence's place."""

    model: Extraction
    place: Extraction | None
    """`None` where there was nothing to learn it from."""
    baseline: str
    """What the guess was learned from, or why there is none."""


def told(items: Sequence[RoleItem], model: RoleReader) -> list[list[Role]]:
    """The most probable role of each sentence."""
    chances = model.roles([item.sentences for item in items])
    return [[ROLES[place] for place in rows.argmax(axis=1)] for rows in chances]


def measured(
    items: Sequence[RoleItem], said: Sequence[Sequence[Role]], *, model: str
) -> Extraction:
    """Compare what was said with the annotators, sentence by sentence; abstracts are drawn whole.

    Raises:
        SettingsError: there is no abstract.
    """
    if not items:
        raise SettingsError("there is no abstract to measure on")
    gold = [ROLES.index(role) for item in items for role in item.roles]
    given = [ROLES.index(role) for roles in said for role in roles]
    weights = resampled([item.id for item in items for _ in item.roles])
    table = metrics.confusion(gold, given, weights, classes=len(ROLES))
    counts = table[0, :, : len(ROLES)].astype(int).tolist()
    return Extraction(
        model=model,
        abstracts=len(items),
        sentences=len(gold),
        accuracy=estimate(metrics.accuracy(table)),
        macro_f1=estimate(metrics.macro_f1(table)),
        roles=class_figures(table, ROLES),
        confusion=dict(zip(ROLES, map(tuple, counts), strict=True)),
    )


def extract(items: Sequence[RoleItem], known: Sequence[RoleItem], model: RoleReader) -> Extractions:
    """The model and the guess from a sentence's place.

    The guess is learned from `known` abstracts, such as a training part; without any it is
    cross-fitted over the items.

    Raises:
        SettingsError: there is no abstract.
    """
    found = measured(items, told(items, model), model=model.model_id)
    if not known and len(items) < 2:
        why = "unscored, because there is no other abstract to learn from"
        return Extractions(model=found, place=None, baseline=why)
    origin = (
        f"learned from {len(known)} abstracts of the training part"
        if known
        else f"cross-fitted in {min(FOLDS, len(items))} folds, for there is no training part"
    )
    guess = by_position(known, items) if known else cross_fitted(items)
    place = measured(items, guess, model="place in the abstract alone")
    return Extractions(model=found, place=place, baseline=origin)


def cross_fitted(items: Sequence[RoleItem]) -> list[list[Role]]:
    """The guess for each abstract, learned from those of the other folds."""
    fold = folds_of([item.id for item in items], folds=FOLDS, seed=SEED)
    said: dict[str, list[Role]] = {}
    for number in range(fold.max() + 1):
        inside = [item for item, other in zip(items, fold, strict=True) if other == number]
        known = [item for item, other in zip(items, fold, strict=True) if other != number]
        guesses = by_position(known, inside)
        said |= {item.id: roles for item, roles in zip(inside, guesses, strict=True)}
    return [said[item.id] for item in items]
