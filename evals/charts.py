"""The reliability diagram and the risk-coverage curve of a verification, as SVG.

Needs Matplotlib: `pip install 'assignee-research[eval]'`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assignee.errors import SettingsError
from assignee.evals import metrics
from assignee.evals.bootstrap import SEED, TAILS, Floats, estimate, mean, resampled
from assignee.evals.verification import Verification
from assignee.evals.verify import Stated, stated
from assignee.report.drawing import BLUE, GREY, INK, ORANGE, drawn
from assignee.report.formats import standalone

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE = 5.2
"""Inches."""
BAND = 0.35
"""Opacity of what lies behind the points."""
FIRST_COVERAGE = 0.05
"""Risk on fewer items says little."""
STEPS = 96


def write_charts(found: Verification, folder: Path, *, against: Verification | None) -> list[Path]:
    """Write both charts; a second verification is drawn beside the first as a line of risk.

    Raises:
        SettingsError: Matplotlib is not installed, the judge gives no probabilities, or nothing
            can be written there.
    """
    if found.calibration is None:
        raise SettingsError(f"{found.judge} gives no probabilities: there is nothing to plot")
    shown = [found, *(v for v in (against,) if v is not None and v.calibration is not None)]
    charts = {
        "reliability.svg": Chart(
            "Reliability: stated confidence against the share of right stances",
            caption(found),
            lambda figure: draw_reliability(figure, found),
        ),
        "risk-coverage.svg": Chart(
            "Risk and coverage: share of errors among the most confident items",
            "; ".join(map(area_of, shown)),
            lambda figure: draw_risk(figure, shown),
        ),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, chart in charts.items():
            with drawn(chart.title, chart.told, SIDE, width=SIDE) as (figure, svg):
                chart.draw(figure)
                (folder / name).write_text(standalone(svg()), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"plots cannot be written to {str(folder)!r}: {error}") from None
    return [folder / name for name in charts]


class Chart(NamedTuple):
    """One file."""

    title: str
    told: str
    """What it shows, for those who do not see it."""
    draw: "Callable[[Figure], None]"


def draw_reliability(figure: "Figure", found: Verification) -> None:
    """Accuracy by stated confidence in ten bins, and how many items each bin holds."""
    spoken = stated(found.outcomes)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    upper.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    weights = resampled([found.outcomes[place].document for place in spoken.places])
    members = metrics.bins_of(spoken.confidence)
    low, high = chance_band(spoken)
    for number in np.unique(members):
        inside = members == number
        left = number / metrics.BINS
        upper.fill_between([left, left + 1 / metrics.BINS], low[number], high[number],
                           color=GREY, alpha=BAND, linewidth=0)  # fmt: skip
        share = estimate(mean(spoken.right[inside], weights[:, inside]))
        centre = spoken.confidence[inside].mean()
        upper.plot(
            [centre, centre], [share.low, share.high], color=BLUE, linewidth=1.4, clip_on=False
        )
        upper.plot([centre], [share.value], "o", color=BLUE, markersize=6, clip_on=False)
    upper.set(ylabel="accuracy", xlim=(0, 1), ylim=(0, 1))
    upper.set_title(caption(found), loc="left", fontsize=9)
    upper.plot([], [], "o-", color=BLUE, label="accuracy with 95 % interval")
    upper.fill_between([], [], [], color=GREY, alpha=BAND, linewidth=0,
                       label="95 % range, were it perfectly calibrated")  # fmt: skip
    figure.legend(loc="outside lower center", ncols=2, fontsize=8)
    lower.hist(spoken.confidence, bins=metrics.BINS, range=(0, 1), color=BLUE, rwidth=0.92)
    lower.set(xlabel="stated confidence", ylabel="items")


def chance_band(spoken: Stated) -> tuple[Floats, Floats]:
    """Where each bin's accuracy falls in 95 % of draws from the stated confidences."""
    chances = np.random.default_rng(SEED).random((metrics.DRAWS, len(spoken.confidence)))
    members = np.eye(metrics.BINS)[metrics.bins_of(spoken.confidence)]
    counts = np.maximum(members.sum(axis=0), 1)
    drawn = (chances < spoken.confidence) @ members / counts
    low, high = np.percentile(drawn, TAILS, axis=0)
    return low, high


def caption(found: Verification) -> str:
    """What was measured, with how many items and which error."""
    assert found.calibration is not None
    error = found.calibration.error
    return (
        f"{found.judge} on {found.set}, n = {found.items - found.unjudged}\n"
        f"calibration error {error.value:.3f} [{error.low:.3f}, {error.high:.3f}]; "
        f"perfect: 95 % below {found.calibration.perfect_p95:.3f}"
    )


def draw_risk(figure: "Figure", shown: Sequence[Verification]) -> None:
    """Share of errors among the most confident items, with its band for the first judge."""
    axes = figure.subplots()
    for found, colour in zip(shown, (BLUE, ORANGE), strict=False):
        draw_curve(axes, found, colour, band=found is shown[0])
    axes.set(xlabel="coverage: share of items, the most confident first", xlim=(0, 1))
    axes.set_ylabel("risk: share of errors among them")
    axes.set_ylim(bottom=0)
    first = shown[0]
    axes.set_title(f"{first.set}, n = {first.items - first.unjudged}", loc="left", fontsize=9)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8)


def draw_curve(axes: "Axes", found: Verification, colour: str, *, band: bool) -> None:
    """One judge's risk over coverage; a broken line marks its risk on all items."""
    spoken = stated(found.outcomes)
    documents = [found.outcomes[place].document for place in spoken.places]
    selected = metrics.selection(spoken.confidence, spoken.right, resampled(documents))
    coverages = np.linspace(FIRST_COVERAGE, 1, STEPS)
    risks = [estimate(1 - selected.accuracy_at(coverage)) for coverage in coverages]
    values = [float(risk.value or 0) for risk in risks]
    limits = [(risk.low, risk.high) for risk in risks]
    axes.plot(coverages, values, color=colour, label=area_of(found))
    axes.axhline(values[-1], color=colour, linewidth=0.6, linestyle=(0, (4, 3)))
    if band:
        low, high = ([float(end or 0) for end in ends] for ends in zip(*limits, strict=True))
        axes.fill_between(coverages, low, high, color=colour, alpha=0.16, linewidth=0,
                          label="95 % interval")  # fmt: skip


def area_of(found: Verification) -> str:
    """The judge with the area under its curve."""
    assert found.selection is not None
    return f"{found.judge}, AURC {found.selection.area.value:.3f}"
