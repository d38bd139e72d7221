"""Whether the numbers of a claim stand in its evidence."""

from collections.abc import Sequence
from math import inf
from typing import Literal, NamedTuple

from assignee.reading.quantity import Quantity
from assignee.reading.units import MEASURES, SCALES
from assignee.records import NumberCheck

ABOUT = 0.1
"""How far "about" reaches, as a share of the value."""

Fit = Literal["agree", "open", "disagree"]
LARGE = 1e5
"""From this number on, one without a unit is the size of a model or of its data."""
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


class Match(NamedTuple):
    """What the evidence has for one number of a claim."""

    wanted: Quantity
    fit: Fit
    given: Quantity | None = None
    """The number that decides: the first that agrees, else the first that differs."""
    why: str = ""
    """What is wrong beside the value, such as opposite bounds."""


def compare(
    claim: Sequence[Quantity], evidence: Sequence[Quantity], *, also: Sequence[Quantity] = ()
) -> NumberCheck:
    """Whether the claim's numbers stand in the evidence.

    "agree": every one has a compatible quantity there, within the rounding of the claim's own
    digits, ranges by overlap, and a bound only by what lies within it. "disagree": some number
    has quantities of its unit there and all of them are incompatible; bare numbers speak of the
    same thing only within a factor of ten. Else "no numbers": nothing can be said.

    Units of one measure are converted (60 minutes and an hour); a bare number may be a count (7B
    and 7 billion parameters) or a share (0.65 and 65 %), and doubling is 100 % more. Bounds that
    name one number from opposite sides disagree, and so do changes by 5 % and by 5 percentage
    points. `also` are numbers that follow from the evidence, such as the difference of two; they
    can agree and never disagree.

    It cannot tell what a number is of: 65 % accuracy and 65 % of users agree, and two different
    percentages disagree whatever they measure.
    """
    return outcome(matches(claim, evidence, also=also))


def outcome(found: Sequence[Match]) -> NumberCheck:
    """The matches of all numbers of a claim in one word."""
    fits = [match.fit for match in found]
    if "disagree" in fits:
        return "disagree"
    return "agree" if fits and all(fit == "agree" for fit in fits) else "no numbers"


def matches(
    claim: Sequence[Quantity], evidence: Sequence[Quantity], *, also: Sequence[Quantity] = ()
) -> list[Match]:
    """What the evidence has for each number of the claim, in order; see `compare`."""
    return [_best(quantity, evidence, also) for quantity in claim]


def _best(wanted: Quantity, evidence: Sequence[Quantity], also: Sequence[Quantity]) -> Match:
    for given in (*evidence, *also):
        if any(_fit(wanted, reading) == "agree" for reading in _readings(wanted, given)):
            return Match(wanted, "agree", given)
    differing = [match for given in evidence if (match := _difference(wanted, given))]
    if differing and all(match.fit == "disagree" for match in differing):
        return differing[0]
    return Match(wanted, "open")


def _readings(wanted: Quantity, given: Quantity) -> list[Quantity]:
    """The given number in all units that the wanted one's allows it to be read in."""
    if wanted.unit == given.unit:
        return [given]
    ours, theirs = SCALES.get(wanted.unit), SCALES.get(given.unit)
    if ours and theirs and ours[0] == theirs[0]:
        return [_scaled(given, theirs[1] / ours[1])]
    units = {wanted.unit, given.unit}
    if units == {"", "%"}:
        shares = 0 < (wanted if wanted.unit == "" else given).value < 1
        return [_scaled(given, 100 if given.unit == "" else 0.01)] if shares else []
    if units == {"x", "%"}:
        return _as_percent(given) if wanted.unit == "%" else _as_factor(given)
    named = wanted.unit or given.unit
    return [given] if "" in units and named not in MEASURES | _NEVER_BARE else []


def _as_percent(given: Quantity) -> list[Quantity]:
    # Half of something is 50 %, and it was halved by 50 %; what doubles rises by 100 %.
    whole = _scaled(given, 100)
    more = whole._replace(value=whole.value - 100, high=whole.high and whole.high - 100)
    return [whole, more] if given.value > 1 else [whole]


def _as_factor(given: Quantity) -> list[Quantity]:
    share = _scaled(given, 0.01)
    return [share, share._replace(value=share.value + 1, high=share.high and share.high + 1)]


def _scaled(quantity: Quantity, factor: float) -> Quantity:
    return quantity._replace(
        value=quantity.value * factor,
        high=None if quantity.high is None else quantity.high * factor,
        tolerance=quantity.tolerance * factor,
    )


def _difference(wanted: Quantity, given: Quantity) -> Match | None:
    """How two numbers of one thing fit; `None` where a difference between them says nothing."""
    if {wanted.unit, given.unit} == {"%", "pp"}:
        same = wanted.value == given.value and wanted.change and given.change
        why = "a change in percent is none in percentage points"
        return Match(wanted, "disagree", given, why) if same else None
    if not _same_thing(wanted, given):
        return None
    reading = _readings(wanted, given)[0]
    why = "the bounds are opposite" if _opposite(wanted, reading) else ""
    return Match(wanted, "disagree" if why else _fit(wanted, reading), given, why)


def _opposite(wanted: Quantity, given: Quantity) -> bool:
    """At least 50 and at most 50, more than 50 and fewer than 50."""
    sides = {wanted.comparator[0], given.comparator[0]}
    return sides == {"<", ">"} and wanted.value == given.value


def _same_thing(wanted: Quantity, given: Quantity) -> bool:
    """Whether a difference between the two says anything."""
    if wanted.unit == given.unit:
        return wanted.unit != "" or _near(wanted.value, given.value)
    ours, theirs = SCALES.get(wanted.unit), SCALES.get(given.unit)
    if ours and theirs and ours[0] == theirs[0]:
        # 10 ms and 10 s are one number in two units; 10 ms and 3 days are about two things.
        near = _near(wanted.value * ours[1], given.value * theirs[1])
        return wanted.value == given.value or near
    share = next((q for q in (wanted, given) if q.unit == "x"), None)
    if share and {wanted.unit, given.unit} == {"x", "%"}:
        return share.value < 1 and not (wanted.change or given.change)
    # A size may be told without what is counted: 7B, and 7 million parameters.
    large = min(wanted.value, given.value) >= LARGE
    return large and {wanted.unit, given.unit} in ({"", "parameter"}, {"", "token"})


def _near(one: float, other: float) -> bool:
    one, other = abs(one), abs(other)
    return max(one, other) <= 10 * min(one, other)


def _fit(wanted: Quantity, given: Quantity) -> Fit:
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
