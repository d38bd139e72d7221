"""The pictures of a comparison as SVG elements that take the colours of the page around them.

Needs Matplotlib: `pip install 'assignee-research[eval]'`.
"""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assignee.agents.wording import capital
from assignee.evals.bootstrap import Estimate, Floats
from assignee.evals.trials.results import Figure, Results, Standing
from assignee.report.block import Diagram
from assignee.report.drawing import BLUE, GREY, INK, ORANGE, drawn, table_of
from assignee.report.wording import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 5.0
"""Inches: as wide as the page shows a picture, so that letters keep their size."""
FOREST = ("Spearman", "AUC", "recall, all families", "MAE (offset and slope)")
"""Metrics of the forest plot, as far as they were taken."""

BINS = 10
LONGEST_LINE, LINES = 26, 3


def shortened(name: str) -> str:
    """A name on an axis: in several lines where it is long, its middle left out where too long."""
    name, most = visible(name), LINES * LONGEST_LINE
    whole = name if len(name) <= most else f"{name[: most // 2]}…{name[-(most // 2 - 1) :]}"
    return textwrap.fill(
        whole, LONGEST_LINE, break_on_hyphens=False, max_lines=LINES, placeholder=" …"
    )


def told(found: Estimate) -> str:
    """A figure with its interval."""
    if found.value is None:
        return "undefined"
    if found.low is None or found.high is None:
        return f"{found.value:.3f}"
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def pictures(results: Results) -> list[Diagram]:
    """Every picture that the results have the figures for."""
    made = [forest(results), *scatters(results), heat(results), front(results)]
    return [picture for picture in made if picture is not None]


def forest(results: Results) -> Diagram | None:
    """Each panel's main figures with their intervals, one row of axes a metric."""
    metrics = [name for name in FOREST if any(s.figure(name) for s in results.standings)]
    if not metrics:
        return None
    caption = "Main figures of every panel and baseline, with 95 % intervals"
    shown = [s for s in results.standings if any(s.figure(metric) for metric in metrics)]
    names = [standing.name for standing in shown]
    by_panel = f"{', '.join(metrics)}: a row each of {', '.join(names)}."
    with drawn(caption, by_panel, 0.7 + 0.42 * len(names), width=WIDTH) as (figure, svg):
        axes = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
        for axis, metric in zip(axes, metrics, strict=True):
            draw_forest(axis, shown, metric, alone=len(metrics) == 1)
        axes[0].set_yticks(range(len(names)), [shortened(name) for name in names], fontsize=8)
        axes[0].set_ylim(len(names) - 0.5, -0.5)
        drawing = svg()
    rows = [[name, *(told_of(s.figure(m)) for m in metrics)]
            for name, s in zip(names, shown, strict=True)]  # fmt: skip
    return Diagram(caption, drawing, table_of(caption, ("Panel", *metrics), rows))


def told_of(figure: Figure | None) -> str:
    """The figure with its interval, or a dash."""
    return "–" if figure is None else told(figure.estimate)


def draw_forest(axis: "Axes", standings: Sequence[Standing], metric: str, *, alone: bool) -> None:
    """One metric: a dot and a line a panel; baselines are pale. Beside others it has few ticks."""
    for row, standing in enumerate(standings):
        figure = standing.figure(metric)
        found = figure.estimate if figure else None
        if found is None or found.value is None:
            continue
        colour = GREY if standing.baseline else BLUE
        if found.low is not None and found.high is not None:
            axis.plot([found.low, found.high], [row, row], color=colour, linewidth=1.6)
        axis.plot([found.value], [row], "o", color=colour, markersize=5)
    axis.set_title(metric if alone else textwrap.fill(metric, 12), fontsize=9, loc="left")
    axis.tick_params(axis="y", length=0)
    axis.tick_params(axis="x", labelsize=9 if alone else 8)
    axis.locator_params(axis="x", nbins=5 if alone else 3, min_n_ticks=2, steps=[1, 2, 4, 5, 10])


def scatters(results: Results) -> list[Diagram]:
    """The first panel's scores beside the human mean, and how well calibrated scores match it."""
    first = next((one for one in results.panels if one.points), None)
    if first is None:
        return []
    pairs = [(p.human, p.score, p.calibrated) for p in first.points]
    known = [(h, s) for h, s, _ in pairs if h is not None and s is not None]
    fitted = [(h, c) for h, _, c in pairs if h is not None and c is not None]
    made = [scatter(first.name, known)] if known else []
    return [*made, *([reliability(first.name, fitted)] if len(fitted) >= BINS else [])]


def scatter(name: str, known: Sequence[tuple[float, float]]) -> Diagram:
    """Score over human mean; equal values lie beside each other."""
    caption = f"Scores of {name} over the mean human score"
    human, score = np.array(known).T
    spread = f"{len(known)} samples; equal values lie beside each other."
    nudge = np.random.default_rng(0).uniform(-0.06, 0.06, size=len(score))
    with drawn(caption, spread, 3.6, width=WIDTH) as (figure, svg):
        axes = figure.subplots()
        axes.plot(human + nudge, score + nudge[::-1], "o", color=BLUE, alpha=0.35, markersize=4,
                  markeredgewidth=0)  # fmt: skip
        axes.set(xlabel="mean human score", ylabel="panel's score")
        drawing = svg()
    rows = [[label, f"{np.mean(human[inside]):.2f}", f"{np.mean(score[inside]):.2f}",
             str(int(inside.sum()))]
            for label, inside in quarters(human)]  # fmt: skip
    head = ("Quarter by human score", "Human mean", "Panel's mean", "Samples")
    return Diagram(caption, drawing, table_of(caption, head, rows, (1, 2, 3)))


def quarters(values: Floats) -> list[tuple[str, NDArray[np.bool_]]]:
    """The four quarters of the values by their rank, lowest first."""
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    member = 4 * rank // len(values)
    names = ("lowest", "second", "third", "highest")
    return [(n, member == i) for i, n in enumerate(names) if (member == i).any()]


def reliability(name: str, fitted: Sequence[tuple[float, float]]) -> Diagram:
    """Mean human score in ten equally full bins of the calibrated score."""
    caption = f"Reliability of {name}: human mean over the calibrated score, ten bins of equal size"
    human, score = np.array(fitted).T
    order = np.argsort(score, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    with drawn(caption, f"{len(fitted)} samples in {len(bins)} bins.", 3.6, width=WIDTH) as (
        figure,
        svg,
    ):
        axes = figure.subplots()
        ends = [score.min(), score.max()]
        axes.plot(ends, ends, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), label="perfect")
        for part in bins:
            spread = 1.96 * human[part].std(ddof=1) / np.sqrt(len(part)) if len(part) > 1 else 0.0
            centre, middle = score[part].mean(), human[part].mean()
            axes.plot([centre, centre], [middle - spread, middle + spread], color=BLUE)
            axes.plot([centre], [middle], "o", color=BLUE, markersize=5)
        axes.set(xlabel="calibrated score (fitted on other samples)", ylabel="mean human score")
        axes.legend(fontsize=8)
        drawing = svg()
    rows = [[str(number), f"{score[part].mean():.2f}", f"{human[part].mean():.2f}", str(len(part))]
            for number, part in enumerate(bins, 1)]  # fmt: skip
    head = ("Bin", "Calibrated score", "Human mean", "Samples")
    return Diagram(caption, drawing, table_of(caption, head, rows, (0, 1, 2, 3)))


def heat(results: Results) -> Diagram | None:
    """Recall of each panel on each family of flaws."""
    prefix = "recall, "
    families = list(dict.fromkeys(
        figure.metric.removeprefix(prefix)
        for standing in results.panels for figure in standing.figures
        if figure.metric.startswith(prefix) and figure.metric != FOREST[2]
    ))  # fmt: skip
    if not families:
        return None
    caption = "Share of planted flaws that each panel found, by family"
    panels = results.panels
    found = np.array([[value_of(panel, prefix + family) for panel in panels]
                      for family in families])  # fmt: skip
    listed = f"{', '.join(families)}, by {', '.join(panel.name for panel in panels)}."
    with drawn(caption, listed, 0.9 + 0.3 * len(families), width=WIDTH) as (figure, svg):
        axes = figure.subplots()
        image = axes.imshow(found, vmin=0, vmax=1, cmap="viridis", aspect="auto")
        axes.set_xticks(range(len(panels)), [shortened(p.name) for p in panels], fontsize=9)
        axes.set_yticks(range(len(families)), families, fontsize=9)
        for (row, column), value in np.ndenumerate(found):
            if not np.isnan(value):
                axes.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=9,
                          color="black" if value > 0.55 else "white")  # fmt: skip
        figure.colorbar(image, ax=axes, shrink=0.8)
        drawing = svg()
    rows = [[family, *("–" if np.isnan(v) else f"{v:.2f}" for v in values)]
            for family, values in zip(families, found, strict=True)]  # fmt: skip
    head = ("Family", *(panel.name for panel in panels))
    return Diagram(caption, drawing, table_of(caption, head, rows))


def value_of(standing: Standing, metric: str) -> float:
    """The metric's value; `nan` where it was not taken."""
    figure = standing.figure(metric)
    value = figure.estimate.value if figure else None
    return np.nan if value is None else value


def front(results: Results) -> Diagram | None:
    """Validity over cost: panels that none is better and cheaper than stand on the front."""
    metric = next((m for m in FOREST if any(p.figure(m) for p in results.panels)), None)
    cost = next((c for c in ("US dollars", "tokens", "seconds") if varied(results, c)), None)
    if metric is None or cost is None:
        return None
    points = [(p.name, value_of(p, cost), value_of(p, metric)) for p in results.panels]
    points = [point for point in points if not np.isnan(point[1:]).any()]
    if len(points) < 2:
        return None
    caption = f"{capital(metric)} over {cost} a sample; panels on the line are not beaten in both"
    best = unbeaten([(x, y) for _, x, y in points], fewer=metric.startswith("MAE"))
    with drawn(caption, f"{len(best)} of {len(points)} panels lie on it.", 3.6, width=WIDTH) as (
        figure,
        svg,
    ):
        axes = figure.subplots()
        axes.plot([points[i][1] for i in best], [points[i][2] for i in best], color=ORANGE)
        for name, x, y in points:
            axes.plot([x], [y], "o", color=BLUE)
            axes.annotate(shortened(name), (x, y), xytext=(6, -11), textcoords="offset points",
                          fontsize=9)  # fmt: skip
        axes.set(xlabel=f"{cost} a sample", ylabel=metric)
        axes.margins(x=0.2, y=0.15)
        drawing = svg()
    rows = [[name, f"{x:.4g}", f"{y:.3f}", "yes" if i in best else "no"]
            for i, (name, x, y) in enumerate(points)]  # fmt: skip
    head = ("Panel", f"{cost} a sample", metric, "On the front")
    return Diagram(caption, drawing, table_of(caption, head, rows, (1, 2)))


def varied(results: Results, metric: str) -> bool:
    """Whether panels differ in what they cost."""
    return len({value_of(panel, metric) for panel in results.panels} - {np.nan, 0.0}) > 1


def unbeaten(points: Sequence[tuple[float, float]], *, fewer: bool) -> list[int]:
    """Indices of points that no other beats in cost and worth, the cheapest first.

    >>> unbeaten([(1, 0.2), (2, 0.1), (3, 0.4)], fewer=False)
    [0, 2]
    """
    worth = [(-y if fewer else y) for _, y in points]
    order = sorted(range(len(points)), key=lambda i: (points[i][0], -worth[i]))
    found: list[int] = []
    for i in order:
        if not found or worth[i] > worth[found[-1]]:
            found.append(i)
    return found
