"""What the windows of one paper say together: a multinomial logistic with learned weights."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assignee.engines.local.windows import PaperWindows
from assignee.errors import ModelFileError
from assignee.reading.checks import Checks
from assignee.records import Record, StanceScores

Floats = NDArray[np.float64]

FEATURES = (
    "nearest supports",
    "nearest contradicts",
    "strongest supports",
    "strongest contradicts",
    "joint supports",
    "joint contradicts",
    "relevance",
    "cosine",
    "second cosine",
    "numbers agree",
    "numbers disagree",
    "opposed",
    "names missing",
)
"""What the weights multiply. `supports` and `contradicts` are logits less that of neutral."""
STANCES: tuple[Literal["supports", "contradicts", "neutral"], ...] = (
    "supports",
    "contradicts",
    "neutral",
)


class Aggregation(Record):
    """Weights of shape (features, stances), and one bias a stance; `model` made the logits."""

    model: str
    features: tuple[str, ...] = FEATURES
    weights: tuple[tuple[float, float, float], ...]
    bias: tuple[float, float, float]
    fitted_on: str
    items: int = Field(ge=0)

    def scores(self, features: Sequence[float]) -> StanceScores:
        """The stance of the paper towards the claim; raw, not calibrated."""
        logits = np.asarray(features) @ np.asarray(self.weights) + np.asarray(self.bias)
        supports, contradicts, neutral = softmax(logits)
        return StanceScores(
            supports=float(supports), contradicts=float(contradicts), neutral=float(neutral)
        )


def softmax(logits: Floats) -> Floats:
    """Shares that sum to 1, over the last axis."""
    powers: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def features(paper: PaperWindows, logits: NDArray[np.float32], checks: Checks) -> list[float]:
    """One paper's features, in the order of `FEATURES`.

    Args:
        paper: its windows, the nearest first.
        logits: of each window, shape (windows, 4).
        checks: of the claim against the deciding window.
    """
    margins = logits[:, :2] - logits[:, 2:3]
    strongest = margins.max(axis=0)
    joint = margins[-1]
    cosines = np.sort(paper.cosines)[::-1]
    return [
        *map(float, margins[0]),
        *map(float, strongest),
        *map(float, joint),
        float(logits[:, 3].max()),
        float(cosines[0]),
        float(cosines[min(1, len(cosines) - 1)]),
        float(checks.numbers == "agree"),
        float(checks.numbers == "disagree"),
        float(checks.opposed is not None),
        float(min(2, len(checks.missing))),
    ]


@cache
def shipped() -> Aggregation:
    """The weights that belong to the shipped stance model.

    Raises:
        ModelFileError: the file is missing or damaged.
    """
    file = files("assignee.engines").joinpath("models", "stance", "aggregation.json")
    try:
        found = Aggregation.model_validate_json(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFileError(
            f"the stance model's file aggregation.json is missing or damaged ({error}): "
            "install the package again"
        ) from error
    if found.features != FEATURES:
        raise ModelFileError("aggregation.json was made for other features: install again")
    return found
