"""How well the role of a sentence in its abstract is told, beside a guess from its place alone."""

from collections.abc import Sequence

from assignee.engines.roles import ROLES, Role, RoleReader
from assignee.errors import SettingsError
from assignee.evals import metrics
from assignee.evals.baselines import by_position
from assignee.evals.bootstrap import Estimate, estimate, resampled
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


def extract(
    items: Sequence[RoleItem], known: Sequence[RoleItem], model: RoleReader
) -> tuple[Extraction, Extraction]:
    """The model and, fitted on `known` abstracts, the guess from a sentence's place."""
    guessed = by_position(known, items)
    return (
        measured(items, told(items, model), model=model.model_id),
        measured(items, guessed, model="place in the abstract alone"),
    )
