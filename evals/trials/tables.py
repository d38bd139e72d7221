"""The results of a comparison on the terminal; in a pipe every line says by itself what it is."""

from collections.abc import Sequence

from assignee.evals.tables import figure as figure_row
from assignee.evals.trials.page import AREAS, metrics_of, p_text, verdict_sentences
from assignee.evals.trials.plots import told
from assignee.evals.trials.results import Comparison, Results, Standing
from assignee.terminal import counted, note, rows, show

Row = tuple[str, ...]


def show_results(results: Results) -> None:
    """Every figure by area, then the panels beside each other."""
    show(
        f"{results.dataset} ({results.task}): {counted(results.samples, 'sample')} from "
        f"{counted(results.groups, 'source document')}, "
        f"{counted(len(results.panels), 'panel')}",
        style="bold",
    )
    for sentence in results.about:
        show(sentence)
    if results.stopped:
        note(f"ended early: {results.stopped}; {counted(results.missing, 'trial')} not made")
    for area in AREAS:
        metrics = metrics_of(results.standings, area)
        if metrics:
            show("")
            show(area, style="bold")
            rows(
                ("metric", "panel", "value", "95 % interval"),
                figure_rows(results.standings, metrics),
            )
    for pair in results.comparisons:
        show_pair(pair)
    show("")
    for text in verdict_sentences(results):
        show(text)


def figure_rows(standings: Sequence[Standing], metrics: Sequence[str]) -> list[Row]:
    """A line a metric and panel; what has no value says why."""
    found: list[Row] = []
    for metric in metrics:
        for standing in standings:
            figure = standing.figure(metric)
            if figure is not None:
                name, value, interval = figure_row(metric, figure.estimate)
                panel = f"{standing.name} (baseline)" if standing.baseline else standing.name
                found.append((name, panel, value, figure.why or interval))
    return found


def show_pair(pair: Comparison) -> None:
    """Two panels: every difference with its p and verdict."""
    show("")
    show(f"{pair.first} less {pair.second}, {counted(pair.samples, 'sample')}", style="bold")
    rows(
        ("metric", "difference", "p, Holm", "detectable", "verdict"),
        [
            (
                d.metric,
                told(d.estimate),
                p_text(d.p_holm),
                "" if d.detectable is None else f"{d.detectable:.3f}",
                d.verdict,
            )
            for d in pair.differences
        ],
    )
