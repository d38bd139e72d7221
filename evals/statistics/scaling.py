"""Scores on a common scale, so that one bound says which variance is rounding."""

import numpy as np
from numpy.typing import ArrayLike

from assignee.evals.bootstrap import Floats

NEGLIGIBLE = 1e-12
"""A variance of scaled scores up to it counts as 0: a millionth of the range as deviation."""


def scaled(scores: ArrayLike) -> Floats:
    """Scores less their mean, over their range; zeros where all are equal, `nan` where missing.

    >>> scaled([2.0, 4.0, float("nan")]).tolist()
    [-0.5, 0.5, nan]
    """
    found: Floats = np.asarray(scores, dtype=np.float64)
    given = found[~np.isnan(found)]
    if not given.size or given.min() == given.max():
        found = found * 0
    else:
        found = (found - given.mean()) / (given.max() - given.min())
    return found


def substantial(variances: Floats) -> Floats:
    """Variances of scaled scores, 0 where they are negligible."""
    found: Floats = np.where(variances <= NEGLIGIBLE, 0.0, variances)
    return found
