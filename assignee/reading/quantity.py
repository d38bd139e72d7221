"""One number of a text: its value, unit, bound, precision and place."""

from typing import Literal, NamedTuple

Comparator = Literal["=", "<", "<=", ">", ">=", "~"]


class Quantity(NamedTuple):
    """A number with its unit; magnitudes are multiplied out, so that 7B is 7e9."""

    value: float
    """The lower end of a range."""
    high: float | None
    """The upper end of a range."""
    unit: str
    """Singular; "" none, "%", "pp" percentage points, "x" factors, "p" p-values, "token"…"""
    comparator: Comparator
    start: int
    end: int
    """Offsets of the number with its magnitude and the unit that stands at it."""
    tolerance: float = 0.0
    """Half of what the last digit is worth, or what follows a ±."""
    change: bool = False
    """An amount by which something changed: "by 5%", "a 5% gain"."""
