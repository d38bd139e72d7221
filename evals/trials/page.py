"""The results of a comparison as a page: tables, pictures, and what a reader must know of them."""

from collections.abc import Iterable, Sequence

from assignee.agents.wording import capital, counted, listed
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
MOST_COLUMNS = 6
"""Columns of figures that a page has room for; more are set below each other."""


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
    """One sentence a pair of panels: where they differ, what is open, and what each costs."""
    return [pair_sentence(pair, results) for pair in results.comparisons]


def pair_sentence(pair: Comparison, results: Results) -> str:
    """Where two panels differ after correction, what is open, and how their costs compare."""
    by_verdict = {
        verdict: [d.metric for d in pair.differences if d.verdict == verdict]
        for verdict in ("better", "worse", "inconclusive")
    }
    told_of = [
        f"{verdict} than {pair.second} in {listed(by_verdict[verdict])}"
        for verdict in ("better", "worse")
        if by_verdict[verdict]
    ]
    open_ = by_verdict["inconclusive"]
    if not told_of:
        said = f"{pair.first} beside {pair.second}: nothing is decided"
    else:
        said = f"{pair.first} is {' and '.join(told_of)}"
        said += f"; inconclusive in {listed(open_)}" if open_ else ""
    return f"{said} ({counted(pair.samples, 'sample')}).{cost_sentence(pair, results)}"


def cost_sentence(pair: Comparison, results: Results) -> str:
    """How many times as much the first panel costs, by money if it is known; else empty."""
    found = {one.name: one for one in results.panels}
    for metric in ("US dollars", "tokens", "calls"):
        figures = [found[name].figure(metric) for name in (pair.first, pair.second)]
        first, second = (figure.estimate.value if figure else None for figure in figures)
        if first and second:
            return f" It takes {first / second:.2f} times the {metric}."
    return ""


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
        blocks += figure_tables(area, metrics, shown)
        blocks += notes(shown, area)
    return blocks


def metrics_of(standings: Iterable[Standing], area: str) -> list[str]:
    """The metrics of an area in the order in which they were taken."""
    return list(dict.fromkeys(f.metric for s in standings for f in s.figures if f.area == area))


def figure_tables(area: str, metrics: Sequence[str], shown: Sequence[Standing]) -> list[Table]:
    """Values with intervals: a row a panel where metrics are few, else a row a metric."""
    caption = f"{capital(area)}, with 95 % intervals"
    names = [f"{s.name} (baseline)" if s.baseline else s.name for s in shown]
    cells = [[cell(standing.figure(metric)) for metric in metrics] for standing in shown]
    if len(metrics) <= MOST_COLUMNS:
        return [filled(caption, ("Panel", *metrics), names, cells)]
    by_metric = list(zip(*cells, strict=True))
    return [
        filled(
            caption,
            ("Metric", *names[start : start + MOST_COLUMNS]),
            metrics,
            [row[start : start + MOST_COLUMNS] for row in by_metric],
        )
        for start in range(0, len(shown), MOST_COLUMNS)
    ]


def filled(
    caption: str, head: tuple[str, ...], names: Sequence[str], cells: Sequence[Sequence[str]]
) -> Table:
    """A table of one line a name."""
    rows = tuple(
        (line(name), *(line(text) for text in row)) for name, row in zip(names, cells, strict=True)
    )
    return Table(caption, head, rows)


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
                of = standing.name if standing.baseline else figure.metric
                said[f"{capital(of)}: {figure.detail}."] = None
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
