"""Verdict panels on record: items with a right label, and what each judge said of them.

>>> item = VerdictItem(id="a", group="a", gold="1", votes={"j": ("1", "2")})
>>> panel = VerdictSet(name="x", labels=("1", "2"), orders=("ab", "ba"), items=(item,))
>>> panel.votes("each"), panel.votes("agreed")
({'j, ab': ['1'], 'j, ba': ['2']}, {'j': [None]})
"""

from collections import Counter
from typing import Literal, Self

from pydantic import Field, model_validator

from assignee.records import Record

Orders = Literal["each", "agreed"]
"""What counts as a vote where a judge saw an item in several orders: each answer by itself, or
only what it said in all of them."""


class VerdictItem(Record):
    """One item with the label that is right and the judges' labels."""

    id: str = Field(min_length=1)
    group: str = Field(min_length=1)
    """The source document; items of one group are drawn together in a bootstrap."""
    gold: str
    votes: dict[str, tuple[str | None, ...]]
    """Labels by judge, one for each order of presentation; `None` where a judge gave none."""


class VerdictSet(Record):
    """Items under one set of labels without an order."""

    name: str
    labels: tuple[str, ...] = Field(min_length=2)
    orders: tuple[str, ...] = Field(default=("as given",), min_length=1)
    """Names of the orders in which each item was presented."""
    items: tuple[VerdictItem, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        doubles = [id_ for id_, n in Counter(item.id for item in self.items).items() if n > 1]
        if doubles:
            raise ValueError(f"two items have the id {doubles[0]!r}")
        for item in self.items:
            said = {label for votes in item.votes.values() for label in votes} - {None}
            if unknown := sorted((said | {item.gold}) - set(self.labels), key=str):
                raise ValueError(f"item {item.id!r} has the label {unknown[0]!r}, which is none of "
                                 f"{', '.join(self.labels)}")  # fmt: skip
            if wrong := [j for j, votes in item.votes.items() if len(votes) != len(self.orders)]:
                raise ValueError(f"item {item.id!r} has {len(item.votes[wrong[0]])} votes of "
                                 f"{wrong[0]!r} for {len(self.orders)} orders")  # fmt: skip
        return self

    @property
    def judges(self) -> tuple[str, ...]:
        """Names of the judges, in the order in which they first appear."""
        return tuple(dict.fromkeys(judge for item in self.items for judge in item.votes))

    def votes(self, orders: Orders = "each") -> dict[str, list[str | None]]:
        """Each voter's labels over the items; a judge is one voter, or one for each order."""
        silent = (None,) * len(self.orders)
        given = {judge: [i.votes.get(judge, silent) for i in self.items] for judge in self.judges}
        if orders == "agreed":
            return {judge: [_agreed(votes) for votes in rows] for judge, rows in given.items()}
        if len(self.orders) == 1:
            return {judge: [votes[0] for votes in rows] for judge, rows in given.items()}
        return {
            f"{judge}, {order}": [votes[place] for votes in rows]
            for judge, rows in given.items()
            for place, order in enumerate(self.orders)
        }


def _agreed(votes: tuple[str | None, ...]) -> str | None:
    return votes[0] if len(set(votes)) == 1 else None
