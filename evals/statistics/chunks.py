"""Takes replicates a chunk at a time, so that what is made in between stays in the cache."""

from collections.abc import Callable

import numpy as np

from assignee.evals.bootstrap import Floats

CELLS = 1 << 17
"""Weights in a chunk: 1 MiB of float64, about a core's second-level cache."""

Metric = Callable[[Floats], Floats]
"""From weights, shape (replicates, items), to one value a replicate."""


def in_chunks(metric: Metric, weights: Floats, *, cells: int = CELLS) -> Floats:
    """The metric of all replicates, computed for about `cells` weights at a time.

    >>> in_chunks(lambda some: some.sum(axis=1), np.ones((3, 2)), cells=2).tolist()
    [2.0, 2.0, 2.0]
    """
    rows = max(1, cells // max(1, weights.shape[1]))
    parts = [metric(weights[start : start + rows]) for start in range(0, len(weights), rows)]
    found: Floats = np.concatenate(parts)
    return found
