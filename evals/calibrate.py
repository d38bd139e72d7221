"""Fits a judge's calibration on labelled items; no figure is of data that its method has seen.

`assignee eval calibrate --data DIR` asks the judge about every item, chooses among three methods by
cross-validation over documents, and writes the profile that makes its confidences probabilities.
"""

from collections.abc import Sequence

import numpy as np

from assignee.engines.calibration import rows_of, scores_of_rows
from assignee.evals.fitting import choose, columns_of, folds_of
from assignee.records import Stance, StanceScores

SEED = 0
FOLDS = 5


def cross_fitted(
    raw: Sequence[StanceScores],
    gold: Sequence[Stance],
    groups: Sequence[str],
    *,
    folds: int = FOLDS,
    seed: int = SEED,
) -> list[StanceScores]:
    """Calibrated scores of each item by what other groups' items taught.

    For each fold the method is chosen, by cross-validation, and fitted on the other folds alone.

    Raises:
        SettingsError: there are not at least three groups.
    """
    rows, right = rows_of(raw), columns_of(gold)
    fold = folds_of(groups, folds=folds, seed=seed)
    calibrated = np.empty_like(rows)
    for number in range(fold.max() + 1):
        inside = fold != number
        others = [group for group, kept in zip(groups, inside, strict=True) if kept]
        method = choose(rows[inside], right[inside], others, folds=folds, seed=seed + 1).method
        calibrated[~inside] = method.apply(rows[~inside])
    return scores_of_rows(calibrated)
