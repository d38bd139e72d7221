"""`assignee eval aggregate`: compares ways to make one score, or one verdict, of several.

Only what the help needs is imported here; the command imports what it runs.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar, get_args

import typer

from assignee.errors import SettingsError, nearest
from assignee.evals.trials.commands import Data, Part
from assignee.options import AsJson
from assignee.terminal import console, print_json

if TYPE_CHECKING:
    from assignee.evals.aggregation.laboratory import ScoreLaboratory, VerdictLaboratory
    from assignee.evals.trials.records import Dataset
    from assignee.evals.trials.verdicts import VerdictSet
    from assignee.records import Record

Laboratory = TypeVar("Laboratory", bound="Record")


def aggregate(
    data: Data,
    part: Part = None,
    judges: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            help="Only the judges or reviewers whose names fit, such as 'GPT-4*'; '!GPT-4*' takes "
            "all the others.",
        ),
    ] = None,
    orders: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Where judges saw each item in several orders: `each` answer is a vote (the "
            "default), or only what they said in all of them (`agreed`).",
        ),
    ] = None,
    left_out: Annotated[
        float,
        typer.Option(
            min=0,
            max=0.99,
            metavar="SHARE",
            help="Leave this share of the recorded scores out at random: what if reviewers fail?",
        ),
    ] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Compare ways to put recorded reviewers together: reducers of scores, or rules of voting.

    What is learned is learned on other source documents.
    """
    from assignee.evals.aggregation.selection import only
    from assignee.evals.aggregation.tables import show_reducers, show_rules
    from assignee.evals.trials.recorded import read_recorded
    from assignee.evals.trials.records import Dataset

    found = read_recorded(data, part=part)
    if judges is not None:
        found = only(found, judges)
    if isinstance(found, Dataset):
        scores = reducers(found, orders, left_out)
        show_or_print(scores, show_reducers, as_json=as_json)
    else:
        verdicts = rules(found, orders or "each", left_out)
        show_or_print(verdicts, show_rules, as_json=as_json)


def show_or_print(found: Laboratory, shown: Callable[[Laboratory], None], *, as_json: bool) -> None:
    """The tables, or the record as JSON."""
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        shown(found)


def reducers(dataset: "Dataset", orders: str | None, left_out: float) -> "ScoreLaboratory":
    """Every reducer on recorded scores.

    Raises:
        SettingsError: there are no recorded or human scores, or orders are named.
    """
    from assignee.evals.aggregation.laboratory import compare_reducers

    if orders is not None:
        raise SettingsError(f"--orders is for verdicts, and {dataset.name} holds scores")
    with console(stderr=True).status("comparing reducers"):
        return compare_reducers(dataset, left_out=left_out)


def rules(verdicts: "VerdictSet", orders: str, left_out: float) -> "VerdictLaboratory":
    """Every rule on recorded verdicts.

    Raises:
        SettingsError: the orders are unknown, or something is to be left out.
    """
    from assignee.evals.aggregation.laboratory import compare_rules
    from assignee.evals.trials.verdicts import Orders

    if left_out:
        raise SettingsError(f"--left-out is for scores, and {verdicts.name} holds verdicts")
    for known in get_args(Orders):
        if orders == known:
            with console(stderr=True).status("comparing rules"):
                return compare_rules(verdicts, orders=known)
    raise SettingsError(f"unknown orders {orders!r}; {nearest(orders, get_args(Orders))}")
