"""Numbers that follow from a text's own: sum, difference and ratio of two neighbours.

>>> from assignee.reading.quantities import quantities
>>> found = differences(quantities("accuracy rose from 60% to 75%"))
>>> [(round(q.value, 2), q.unit) for q in found]
[(135.0, '%'), (15.0, 'pp'), (1.25, 'x'), (0.8, 'x'), (25.0, '%')]
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assignee.reading.quantity import Quantity

APART = 100
"""Characters from one number to the next, at most, for the two to be compared with each other."""


def differences(found: Sequence[Quantity]) -> list[Quantity]:
    """What neighbours of the same unit are together, and differ by, without its sign."""
    return [
        derived
        for one, other in pairwise(found)
        if one.unit == other.unit
        and one.high is None
        and other.high is None
        and other.start - one.end <= APART
        for derived in _between(one, other)
    ]


def _between(one: Quantity, other: Quantity) -> Iterator[Quantity]:
    gap = abs(other.value - one.value)
    both = one.tolerance + other.tolerance
    place = one._replace(end=other.end, comparator="=", change=True)
    yield place._replace(value=one.value + other.value, tolerance=both)
    yield place._replace(value=gap, unit="pp" if one.unit == "%" else one.unit, tolerance=both)
    if one.value > 0 and other.value > 0:
        ratio = other.value / one.value
        slack = ratio * (one.tolerance / one.value + other.tolerance / other.value)
        yield place._replace(value=ratio, unit="x", tolerance=slack)
        yield place._replace(value=1 / ratio, unit="x", tolerance=slack / ratio**2)
        yield place._replace(value=100 * abs(ratio - 1), unit="%", tolerance=100 * slack)
