"""Short names for long ids in a prompt, so that models copy them without fault."""

from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

_DECORATION = " \t\n[](){}<>\"'`.,:;*#"


class Aliases(Generic[T]):
    """`P1`, `P2`, … for the items of one prompt, and the way back."""

    def __init__(self, letter: str, items: Sequence[T]) -> None:
        self._items = {f"{letter}{number}": item for number, item in enumerate(items, 1)}

    def items(self) -> list[tuple[str, T]]:
        """Each alias and its item, in order."""
        return list(self._items.items())

    def resolve(self, name: str) -> T | None:
        """The item that a model named, brackets and case aside; `None` for an invented name."""
        return self._items.get(name.strip(_DECORATION).upper())
