"""The results of a comparison as a page: tables, pictures, and what a reader must know of them."""

from collections.abc import Iterable, Sequence

from assignee.agents.wording import capital, counted
from assignee.errors import SettingsError
from assignee.evals.trials.plots import pictures, told
from assignee.evals.trials.results import Comparison, Figure, Results, Standing
from assignee.report.block import (
    Block,
    Bullets,
    Details,
    Heading,
    Page,
    Paragraph,
    Section,
    Table,
    line,
)

AUTHOR = "Assignee Research"
AREAS = (
    "validity",
    "error",
    "planted flaws",
    "bias",
    "agreement",
    "repeatability",
    "cost",
)
MOST_COLUMNS = 8
"""Panels and baselines that stand side by side; more are set below each other."""


def results_page(results: Results, date: str) -> Page:
    """The page of a comparison of panels."""
    sections = [
        Section("Summary", 1, tuple(summary(results))),
        Section("Figures", 2, tuple(figure_blocks(results))),
        Section("Comparisons", 3, tuple(comparison_blocks(results))),
        Section("How it was measured", 4, tuple(method_blocks(results))),
    ]
    return Page(
        title=f"Reviewer panels on {results.dataset}",
        author=AUTHOR,
        date=date,
        sections=tuple(section for section in sections if section.blocks),
    )


def summary(results: Results) -> list[Block]:
    """What can be said of the panels in a few sentences, then the pictures."""
    lines = verdict_sentences(results)
    blocks: list[Block] = [
        Paragraph(
            line(
                f"{capital(counted(len(results.panels), 'panel'))} on "
                f"{counted(results.samples, 'sample')} from "
                f"{counted(results.groups, 'source document')} ({results.task})."
            ),
            "lead",
        )
    ]
    if results.stopped:
        blocks.append(
            Paragraph(
                line(
                    f"The run ended early: {results.stopped}. "
                    f"{capital(counted(results.missing, 'trial'))} of it were not made, and every "
                    "figure rests on the others."
                ),
                "warning",
            )
        )
    if lines:
        blocks.append(Bullets(tuple(line(text) for text in lines)))
    return [*blocks, *drawn_blocks(results)]


def drawn_blocks(results: Results) -> list[Block]:
    """The pictures; without Matplotlib a word on what is missing."""
    try:
        return list(pictures(results))
    except SettingsError as error:
        return [Paragraph(line(f"Pictures are left out: {error}."), "small")]


def verdict_sentences(results: Results) -> list[str]:
    """One sentence a metric in which two panels differ, and one for what is open."""
    told_of = []
    for pair in results.comparisons:
        decided = [d for d in pair.differences if d.verdict != "inconclusive"]
        told_of += [
            f"{pair.first} is {d.verdict} than {pair.second} in {d.metric}: difference "
            f"{told(d.estimate)}, p = {p_text(d.p_holm)} after correction for "
            f"{counted(len(pair.differences), 'metric')}."
            for d in decided
        ]
        open_ = [d.metric for d in pair.differences if d.verdict == "inconclusive"]
        if open_:
            told_of.append(
                f"{pair.first} and {pair.second}: inconclusive in {', '.join(open_)} "
                f"({counted(pair.samples, 'sample')})."
            )
    return told_of


def p_text(p: float | None) -> str:
    """A probability as papers give it."""
    return "undefined" if p is None else "< .001" if p < 0.001 else f"{p:.3f}"


def figure_blocks(results: Results) -> list[Block]:
    """One table an area, panels and baselines in columns."""
    blocks: list[Block] = []
    for area in AREAS:
        metrics = metrics_of(results.standings, area)
        if not metrics:
            continue
        blocks.append(Heading(3, line(capital(area))))
        shown = [s for s in results.standings if any(s.figure(metric) for metric in metrics)]
        blocks += [
            figure_table(area, metrics, shown[start : start + MOST_COLUMNS])
            for start in range(0, len(shown), MOST_COLUMNS)
        ]
        blocks += notes(shown, area)
    return blocks


def metrics_of(standings: Iterable[Standing], area: str) -> list[str]:
    """The metrics of an area in the order in which they were taken."""
    return list(dict.fromkeys(f.metric for s in standings for f in s.figures if f.area == area))


def figure_table(area: str, metrics: Sequence[str], shown: Sequence[Standing]) -> Table:
    """Metrics by panels: value and interval, or that there is none."""
    return Table(
        f"{capital(area)}, with 95 % intervals",
        ("Metric", *(f"{s.name} (baseline)" if s.baseline else s.name for s in shown)),
        tuple(
            (line(metric), *(line(cell(standing.figure(metric))) for standing in shown))
            for metric in metrics
        ),
    )


def cell(figure: Figure | None) -> str:
    """A figure in a table."""
    return "–" if figure is None else told(figure.estimate)


def notes(standings: Sequence[Standing], area: str) -> list[Block]:
    """Why values are missing and what to know of the metrics, each said once."""
    said: dict[str, None] = {}
    for standing in standings:
        for figure in standing.figures:
            if figure.area == area and figure.why:
                said[f"{standing.name}, {figure.metric}: {figure.why}."] = None
            if figure.area == area and figure.detail:
                said[f"{capital(figure.metric)}: {figure.detail}."] = None
    return [Bullets(tuple(line(text) for text in said))] if said else []


def comparison_blocks(results: Results) -> list[Block]:
    """One table a pair of panels, then what it would take to tell them apart."""
    blocks: list[Block] = [comparison_table(pair) for pair in results.comparisons]
    if results.power:
        rows = tuple(
            (
                line(one.metric),
                line(f"{one.difference:.2f}"),
                line("unknown" if one.groups is None else f"{one.groups:,}"),
            )
            for one in results.power
        )
        head = ("Metric", "Difference", "Source documents")
        caption = "Source documents that show a difference in four of five tries, at 5 %"
        blocks.append(Table(caption, head, rows, numeric=frozenset({1, 2})))
    return blocks


def comparison_table(pair: Comparison) -> Table:
    """Every metric of a pair: difference, interval, p, and the verdict."""
    rows = tuple(
        (
            line(d.metric),
            line(told(d.estimate)),
            line(p_text(d.p)),
            line(p_text(d.p_holm)),
            line("–" if d.detectable is None else f"{d.detectable:.3f}"),
            line(d.verdict),
        )
        for d in pair.differences
    )
    head = ("Metric", "Difference", "p", "p, Holm", "Detectable", "Verdict")
    caption = f"{pair.first} less {pair.second}, {counted(pair.samples, 'sample')}"
    return Table(caption, head, rows, numeric=frozenset({2, 3, 4}))


def method_blocks(results: Results) -> list[Block]:
    """How the intervals and verdicts were made, and who was unscored."""
    lines = [
        f"Intervals: 95 %, percentiles of {results.replicates:,} bootstrap replicates in which "
        "source documents are drawn, with all samples made from them.",
        "Differences: the same draws for both panels. p: a permutation test that swaps the two "
        "panels' scores within source documents. The verdict is inconclusive unless p after "
        "Holm's correction is below .05 and the interval leaves out 0.",
        "Detectable: the difference that this number of samples would show in four of five tries.",
        "A sample without a score is left out of the figure, and never counts as 0.",
    ]
    blocks: list[Block] = [Bullets(tuple(line(text) for text in lines))]
    unscored = [s for s in results.panels if s.unscored]
    if unscored:
        reasons = tuple(
            line(f"{s.name}: {counted(s.unscored, 'sample')}; {'; '.join(s.why_unscored[:3])}.")
            for s in unscored
        )
        blocks += [Heading(3, line("Unscored samples")), Bullets(reasons)]
    stamp = [f"{name} = {value}" for name, value in sorted(results.settings.items())]
    if stamp:
        settings = (Bullets(tuple(line(text) for text in stamp)),)
        blocks.append(Details(line("Settings"), settings))
    blocks.append(Paragraph(line(f"{results.program}; samples {results.content}."), "small"))
    return blocks
