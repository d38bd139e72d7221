"""Whether the numbers of a claim stand in its evidence."""

from collections.abc import Sequence
from math import inf
from typing import Literal, NamedTuple

from assignee.reading.quantity import Quantity
from assignee.reading.units import MEASURES
from assignee.records import NumberCheck

ABOUT = 0.05
"""How far "about" reaches, as a share of the value."""

_Fit = Literal["agree", "open", "disagree"]
_NEVER_BARE = frozenset({"p", "usd", "eur", "gbp"})


class _Interval(NamedTuple):
    """The values that a quantity allows; open ends leave out the end itself."""

    low: float
    high: float
    open: bool = False

    def meets(self, other: "_Interval") -> bool:
        """Whether some value lies in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low != high:
            return low < high
        return not any(one.open and low in (one.low, one.high) for one in (self, other))

    def holds(self, other: "_Interval") -> bool:
        """Whether all values of the other lie in this one."""
        inside = self.low <= other.low and other.high <= self.high
        touches = self.low == other.low > -inf or self.high == other.high < inf
        return inside and not (self.open and not other.open and touches)


def compare(claim: Sequence[Quantity], evidence: Sequence[Quantity]) -> NumberCheck:
    """Whether the claim's numbers stand in the evidence.

    "agree": every one has a compatible quantity of the same unit there (a bare number may be a
    count: 7B and 7 billion parameters), within the rounding of the claim's own digits, ranges by
    overlap, and a bound only by what lies within it. "disagree": some number has quantities of
    its unit there and all of them are incompatible; bare numbers speak of the same thing only
    within a factor of ten. Else "no numbers": nothing can be said.

    It cannot tell what a number is of: 65 % accuracy and 65 % of users agree, and two different
    percentages disagree whatever they measure. It converts no units (60 minutes and an hour,
    0.65 and 65 %), does no sums, and takes "by 5 %" and "by 5 percentage points" for different
    units, so for no evidence about each other.
    """
    fits = [_best_fit(quantity, evidence) for quantity in claim]
    if "disagree" in fits:
        return "disagree"
    return "agree" if fits and all(fit == "agree" for fit in fits) else "no numbers"


def _best_fit(wanted: Quantity, evidence: Sequence[Quantity]) -> _Fit:
    fits = [(given, _fit(wanted, given)) for given in evidence if _comparable(wanted, given)]
    if any(fit == "agree" for _, fit in fits):
        return "agree"
    telling = [fit for given, fit in fits if _same_thing(wanted, given)]
    return "disagree" if telling and all(fit == "disagree" for fit in telling) else "open"


def _comparable(wanted: Quantity, given: Quantity) -> bool:
    """Whether the units allow agreement: the same, or one of them a bare number and one a count."""
    if wanted.unit == given.unit:
        return True
    named = wanted.unit or given.unit
    return "" in (wanted.unit, given.unit) and named not in MEASURES | _NEVER_BARE


def _same_thing(wanted: Quantity, given: Quantity) -> bool:
    """Whether a difference between the two says anything."""
    if not wanted.unit == given.unit == "":
        return wanted.unit == given.unit
    one, other = abs(wanted.value), abs(given.value)
    return max(one, other) <= 10 * min(one, other)


def _fit(wanted: Quantity, given: Quantity) -> _Fit:
    # Decimal fractions are not exact in binary: 67.5 ± 0.05 must hold 67.45.
    claimed = _interval(wanted, wanted.tolerance + 1e-9 * abs(wanted.value))
    stated = _interval(given, 0.0)
    if not claimed.meets(stated):
        # A claim that is more exact than its evidence is not contradicted by it.
        coarse = given.tolerance > wanted.tolerance or _bounded(wanted)
        rounded = _interval(given, given.tolerance)
        return "open" if coarse and claimed.meets(rounded) else "disagree"
    if claimed.holds(stated) or not (_bounded(wanted) or _bounded(given)):
        return "agree"
    names_the_bound = not _bounded(wanted) and claimed.low <= given.value <= claimed.high
    return "agree" if names_the_bound else "open"


def _bounded(quantity: Quantity) -> bool:
    return quantity.comparator in ("<", "<=", ">", ">=")


def _interval(quantity: Quantity, tolerance: float) -> _Interval:
    value = quantity.value
    high = value if quantity.high is None else quantity.high
    if quantity.comparator in ("<", "<="):
        return _Interval(-inf, high, open=quantity.comparator == "<")
    if quantity.comparator in (">", ">="):
        return _Interval(value, inf, open=quantity.comparator == ">")
    if quantity.comparator == "~":
        tolerance = max(tolerance, ABOUT * abs(value))
    return _Interval(value - tolerance, high + tolerance)
