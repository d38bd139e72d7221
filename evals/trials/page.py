"""The results of a comparison as a page: tables, pictures, and what a reader must know of them."""

from collections.abc import Iterable, Sequence

from assignee.agents.wording import capital, counted, listed
from assignee.errors import SettingsError
from assignee.evals.bootstrap import Estimate
from assignee.evals.statistics.significance import least_documents, least_p
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
MOST_COLUMNS = 5
"""Columns of figures that a page has room for; more are set below each other."""
NO_BREAK = "\N{NO-BREAK SPACE}"


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
        ),
        *(Paragraph(line(sentence)) for sentence in results.about),
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
    """One sentence a pair of panels: where they differ, what is open, and what each costs.

    Where the source documents are too few for any decision, a last one says how many it takes.
    """
    said = [pair_sentence(pair, results) for pair in results.comparisons]
    few = [pair for pair in results.comparisons if too_few(pair)]
    return [*said, too_few_sentence(max(few, key=lambda pair: pair.groups))] if few else said


def tests_of(pair: Comparison) -> int:
    """How many p values Holm's correction is over."""
    return sum(difference.p is not None for difference in pair.differences)


def too_few(pair: Comparison) -> bool:
    """Whether the pair has too few source documents for any metric to be decided."""
    return bool(tests_of(pair)) and pair.groups < least_documents(tests_of(pair))


def too_few_sentence(pair: Comparison) -> str:
    """Why nothing could be decided, and whether it takes more samples or more documents."""
    number, tests = counted(pair.groups, "source document"), tests_of(pair)
    return (
        f"{capital(number)} cannot decide anything: permuting so few reaches no p below "
        f"{least_p(pair.groups):.3f}, and with {counted(tests, 'metric')} under Holm's correction "
        f"it takes at least {least_documents(tests)}. More samples of the same documents do not "
        "help; more documents do."
    )


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
    on = f"{counted(pair.samples, 'sample')} from {counted(pair.groups, 'source document')}"
    return f"{said} ({on}).{cost_sentence(pair, results)}"


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
        taken = [s for s in results.standings if any(s.figure(metric) for metric in metrics)]
        shown = [standing for standing in taken if not standing.baseline or full(standing, metrics)]
        aside = [standing for standing in taken if standing not in shown]
        blocks += figure_tables(area, metrics, shown)
        said = [*asides(aside, area), *notes(shown, metrics)]
        blocks += [Bullets(tuple(line(text) for text in said))] if said else []
    return blocks


def full(standing: Standing, metrics: Sequence[str]) -> bool:
    """Whether it stands among the panels: as a column only with half of the metrics or more."""
    known = sum(standing.figure(metric) is not None for metric in metrics)
    return len(metrics) <= MOST_COLUMNS or 2 * known >= len(metrics)


def asides(standings: Sequence[Standing], area: str) -> list[str]:
    """The figures of baselines that have too few for a column of their own."""
    return [
        f"{capital(standing.name)} (baseline), {figure.metric}: {cell(figure)}; {figure.detail}."
        for standing in standings
        for figure in standing.figures
        if figure.area == area
    ]


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
    rested = [samples_of(metric, shown) for metric in metrics]
    return [
        filled(
            caption,
            ("Metric", "Samples", *names[start : start + MOST_COLUMNS]),
            metrics,
            list(zip(rested, *cells[start : start + MOST_COLUMNS], strict=True)),
            numeric=frozenset({1}),
        )
        for start in range(0, len(shown), MOST_COLUMNS)
    ]


def samples_of(metric: str, standings: Sequence[Standing]) -> str:
    """How many samples the metric rests on, of one panel or another."""
    found = {figure.samples for s in standings if (figure := s.figure(metric)) is not None}
    fewest, most = min(found), max(found)
    return f"{fewest:,}" if fewest == most else f"{fewest:,}–{most:,}"


def filled(
    caption: str,
    head: tuple[str, ...],
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    *,
    numeric: frozenset[int] = frozenset(),
) -> Table:
    """A table of one line a name."""
    rows = tuple(
        (line(name), *(line(text) for text in row)) for name, row in zip(names, cells, strict=True)
    )
    return Table(caption, head, rows, numeric=numeric)


def cell(figure: Figure | None) -> str:
    """A figure in a table."""
    return "–" if figure is None else typeset(figure.estimate)


def typeset(found: Estimate) -> str:
    """A figure with its interval that no line breaks, its minus no hyphen."""
    value, bracket, interval = told(found).replace("-", "−").partition("[")
    return f"{value}{bracket}{interval.replace(' ', NO_BREAK)}"


def notes(standings: Sequence[Standing], metrics: Sequence[str]) -> list[str]:
    """Why values are missing and what to know of the metrics, each said once."""
    why: dict[str, None] = {}
    about: dict[str, dict[str, None]] = {}
    for standing in standings:
        for figure in (one for metric in metrics if (one := standing.figure(metric))):
            if figure.why:
                why[f"{standing.name}, {figure.metric}: {figure.why}."] = None
            if figure.detail:
                of = standing.name if standing.baseline else figure.metric
                about.setdefault(figure.detail, {})[of] = None
    return [*why, *(f"{capital(collected(list(of)))}: {detail}." for detail, of in about.items())]


def collected(names: Sequence[str]) -> str:
    """Names that begin alike, as `score shift, padding`, by what they have in common."""
    kinds = {name.partition(", ")[0] for name in names}
    return f"{kinds.pop()}, each" if len(names) > 2 and len(kinds) == 1 else listed(list(names))


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
            line(typeset(d.estimate)),
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
        "An interval of no width says that every source document gave the same value; with few of "
        "them that is little proof of it.",
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
