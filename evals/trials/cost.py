"""What trials cost, and where a comparison stops early."""

import time
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from assignee.errors import SettingsError
from assignee.evals.trials.records import Spent
from assignee.records import Usage
from assignee.settings import Settings

Number = TypeVar("Number", int, float)


class Limits(NamedTuple):
    """Where a comparison stops early; `None` is no limit."""

    cost: float | None = None
    """US dollars."""
    tokens: int | None = None
    seconds: float | None = None


UNLIMITED = Limits()


def refuse_unpriced(limits: Limits, settings: Settings) -> None:
    """Refuse a limit in money where the price is not known.

    Raises:
        SettingsError: the settings name a language model without its prices.
    """
    unpriced = settings.price_input is None or settings.price_output is None
    if limits.cost is not None and settings.engine == "llm" and unpriced:
        raise SettingsError(
            "a limit in money needs price_input and price_output: the price of the model is not "
            "known to the program"
        )


class Budget:
    """What the trials so far have cost, beside the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._began = time.monotonic()
        self._cost: float | None = 0.0
        self._tokens: int | None = 0

    def book(self, spent: Spent) -> None:
        """Add a trial's cost."""
        if not spent.calls:
            return
        tokens = _plus(spent.prompt_tokens, spent.completion_tokens)
        self._cost = _plus(self._cost, spent.cost)
        self._tokens = _plus(self._tokens, tokens)

    def spent(self) -> str | None:
        """Which limit is reached, in words; `None` while all hold."""
        limits = self._limits
        if limits.cost is not None:
            if self._cost is None:
                return "the endpoint does not say what calls cost, so that limit cannot be kept"
            if self._cost >= limits.cost:
                return f"the limit of {limits.cost:g} US dollars was reached"
        if limits.tokens is not None:
            if self._tokens is None:
                return "the endpoint does not say its tokens, so that limit cannot be kept"
            if self._tokens >= limits.tokens:
                return f"the limit of {limits.tokens:,} tokens was reached"
        if limits.seconds is not None and time.monotonic() - self._began >= limits.seconds:
            return f"the limit of {limits.seconds:g} seconds was reached"
        return None


def _plus(one: Number | None, other: Number | None) -> Number | None:
    return None if one is None or other is None else one + other


def spent_between(before: Sequence[Usage], after: Sequence[Usage], seconds: float) -> Spent:
    """What was used from one reading of a meter to the next; tokens that are unknown stay so."""
    calls = sum(usage.calls for usage in after) - sum(usage.calls for usage in before)
    return Spent(
        calls=calls,
        prompt_tokens=_difference(
            [u.prompt_tokens for u in before], [u.prompt_tokens for u in after]
        ),
        completion_tokens=_difference(
            [u.completion_tokens for u in before], [u.completion_tokens for u in after]
        ),
        cost=_difference([u.cost for u in before], [u.cost for u in after]),
        seconds=seconds,
    )


def _difference(before: Sequence[Number | None], after: Sequence[Number | None]) -> Number | None:
    known = [value for value in after if value is not None]
    if len(known) < len(after):
        return None
    return sum(known) - sum(value for value in before if value is not None)
