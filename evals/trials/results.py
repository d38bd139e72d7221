"""What a comparison of panels found: the content of results.json, from which all else is shown."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from assignee.errors import SettingsError
from assignee.evals.bootstrap import Estimate
from assignee.evals.trials.records import Kind
from assignee.records import Record

FILE = "results.json"

Area = Literal[
    "validity",
    "error",
    "planted flaws",
    "bias",
    "repeatability",
    "agreement",
    "cost",
]

Better = Literal["higher", "lower", "neither"]

Verdict = Literal["better", "worse", "inconclusive"]


class Figure(Record):
    """One metric of one panel with its 95 % interval."""

    metric: str
    area: Area
    better: Better
    """Which way is good; `neither` for what only describes."""
    estimate: Estimate
    samples: int
    """Samples that the figure rests on."""
    why: str | None = None
    """Why there is no value."""
    detail: str | None = None
    """What a reader must know of how it was taken."""


class Point(Record):
    """One sample as the scatter plot shows it."""

    sample: str
    human: float | None = None
    score: float | None = None
    calibrated: float | None = None
    """The score after offset and slope, fitted on other samples."""


class Standing(Record):
    """All figures of one panel, or of a baseline beside the panels."""

    name: str
    baseline: bool = False
    samples: int
    unscored: int
    """Samples without a score of the whole panel."""
    why_unscored: tuple[str, ...] = ()
    epochs: int = 1
    figures: tuple[Figure, ...]
    points: tuple[Point, ...] = ()

    def figure(self, metric: str) -> Figure | None:
        """The figure of that metric, if it was taken."""
        return next((figure for figure in self.figures if figure.metric == metric), None)


class Difference(Record):
    """One metric of two panels on the same samples: the first less the second."""

    metric: str
    estimate: Estimate
    p: float | None = Field(ge=0, le=1)
    """Of a permutation test that swaps the panels within source documents."""
    p_holm: float | None = Field(ge=0, le=1)
    """The same, corrected by Holm over the metrics of this comparison."""
    detectable: float | None
    """The least difference that samples of this number would show in four of five tries."""
    verdict: Verdict
    """Of the first panel."""


class Comparison(Record):
    """Two panels on the samples that both scored."""

    first: str
    second: str
    samples: int
    groups: int
    differences: tuple[Difference, ...]


class Planned(Record):
    """How many source documents it takes to show a difference in four of five tries."""

    metric: str
    difference: float
    groups: int | None
    """`None` where the figures leave it open."""


class Results(Record):
    """A comparison of panels on one dataset."""

    kind: Literal["assignee panel results"] = "assignee panel results"
    version: Literal[1] = 1
    program: str
    dataset: str
    task: Kind
    scale: tuple[float, float]
    samples: int
    groups: int
    about: tuple[str, ...] = ()
    """What to know of the samples, in sentences."""
    content: str
    """Digest of the samples: results of other samples are not compared."""
    replicates: int
    stopped: str | None = None
    """Which limit ended the run early."""
    missing: int = 0
    """Trials that were not made."""
    standings: tuple[Standing, ...]
    """Panels first, then baselines."""
    comparisons: tuple[Comparison, ...] = ()
    power: tuple[Planned, ...] = ()
    settings: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    """Settings without secrets."""

    @property
    def panels(self) -> tuple[Standing, ...]:
        """The standings of panels, without the baselines."""
        return tuple(one for one in self.standings if not one.baseline)


def read_results(folder: Path) -> Results:
    """The results in a folder that `assignee eval panels` wrote.

    Raises:
        SettingsError: there are none, or they are damaged or of another version.
    """
    path = folder / FILE if folder.is_dir() else folder
    try:
        return Results.model_validate_json(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{str(path)!r} was not read ({error.strerror}); `assignee eval panels --out` makes it"
        ) from error
    except ValidationError as error:
        raise SettingsError(
            f"{str(path)!r} does not read as results of panels: {error.errors()[0]['msg']}"
        ) from error
