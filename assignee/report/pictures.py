"""The pictures of a report: each as SVG, in words, and with its numbers as a table.

Needs Matplotlib: `pip install 'assignee-research[plots]'`.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from assignee.agents.methodology import VERDICTS
from assignee.agents.wording import capital, counted, listed, sentence
from assignee.records import Evidence, Paper, Report, Review, Usage, VerdictLabel
from assignee.report.block import Block, Details, Diagram, Paragraph, Section, line
from assignee.report.drawing import (
    BLUE,
    BROWN,
    GREEN,
    GREY,
    INK,
    ORANGE,
    VIOLET,
    drawn,
    shortened,
    table_of,
)
from assignee.report.index import Index
from assignee.report.style import Style, style_of
from assignee.report.wording import amount, duration, money, one_line, score

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

COLOURS: dict[str, str] = {
    "verified": BLUE,
    "contradicted": ORANGE,
    "mixed": VIOLET,
    "uncorroborated": GREY,
    "unattributed": BROWN,
    "not checked": "#c9ced3",
}
PALETTE = (BLUE, ORANGE, GREEN, VIOLET, BROWN, GREY)

MOST_ROWS = 30
"""Papers that a picture has room for; its table has them all."""
MOST_CLAIMS = 60
"""Claims that the evidence map has room for; its table has them all."""
LONGEST_NAME = 44
ROW = 0.21
"""Inches that a row takes."""

Number = TypeVar("Number", int, float)

NO_DATABASE = "no database"
SEVERAL = "several databases"
UNDATED = "undated"


class Opined(NamedTuple):
    """One judge's confidence in one label."""

    claim: int
    label: VerdictLabel
    confidence: float
    second: bool


class Link(NamedTuple):
    """What the papers say about one claim, by their numbers."""

    claim: int
    source: int
    supports: tuple[int, ...]
    contradicts: tuple[int, ...]
    dependent: frozenset[int]
    """Of them, those that are not independent of the claim's source."""


def pictures(report: Report, style: Style | None = None) -> dict[str, Diagram]:
    """Every picture that the report has numbers for, by the name of its file.

    Raises:
        SettingsError: Matplotlib is not installed.
        ReportFormatError: the report's parts do not fit together.
    """
    index = Index.of(report, (style or style_of(report)).citations)
    made: dict[str, Callable[[], Diagram | None]] = {
        "claims-by-paper": lambda: claims_by_paper(report, index),
        "reviewers": lambda: reviewers(report),
        "confidence": lambda: confidence(report, index),
        "papers-by-year": lambda: papers_by_year(report),
        "evidence-map": lambda: evidence_map(report, index),
        "cost": lambda: cost(report.usage),
    }
    return {name: picture for name, make in made.items() if (picture := make()) is not None}


def picture_section(report: Report, style: Style) -> Section | None:
    """The pictures as a section of the page, folded away, each above its numbers."""
    found = pictures(report, style).values()
    if not found:
        return None
    blocks: list[Block] = []
    for picture in found:
        numbers = Details(line("The numbers: ", picture.caption), (picture.table,))
        blocks += [picture, numbers]
    summary = line(capital(counted(len(found), "picture")))
    told = Paragraph(line("Each picture is followed by its numbers."), "small")
    return Section("Pictures", None, (told, Details(summary, tuple(blocks))))


def claims_by_paper(report: Report, index: Index) -> Diagram | None:
    """Bars a paper, parted by verdict, those with most claims first."""
    if not report.claims:
        return None
    tally: dict[str, Counter[str]] = {}
    for claim in report.claims:
        tally.setdefault(claim.paper_id, Counter())[index.verdicts[claim.id].label] += 1
    order = sorted(tally, key=lambda id_: (-tally[id_].total(), index.paper_numbers[id_]))
    words = [word for word in VERDICTS if any(tally[id_][word] for id_ in order)]
    caption = "Claims by paper and verdict"
    shown = order[:MOST_ROWS]
    told = f"{counted(len(report.claims), 'claim')} from {counted(len(order), 'paper')}: " + listed(
        [f"{sum(tally[id_][word] for id_ in order)} {word}" for word in words]
    )
    names = [_paper_name(id_, index) for id_ in shown]
    with drawn(caption, _told(told, order, shown), 0.9 + ROW * len(shown)) as (figure, svg):
        axes = figure.subplots()
        _stack(axes, names, [(w, COLOURS[w], [tally[i][w] for i in shown]) for w in words])
        axes.set_xlabel("claims")
        figure.legend(loc="outside upper left", ncols=3)
        drawing = svg()
    rows = [(_paper_name(id_, index), *(str(tally[id_][word]) for word in words)) for id_ in order]
    head = ("Paper", *map(capital, words))
    return Diagram(caption, drawing, table_of(caption, head, rows, range(1, len(head))))


def _told(told: str, every: Sequence[object], shown: Sequence[object]) -> str:
    """The words, and how many rows the drawing has room for."""
    more = f" The drawing shows {len(shown)} of {len(every)}." if len(shown) < len(every) else ""
    return f"{sentence(told)}{more}"


def _paper_name(paper_id: str, index: Index) -> str:
    label = capital(index.listed(paper_id))
    room = LONGEST_NAME - 6
    return f"{shortened(label, room)} [{index.paper_numbers[paper_id]}]".strip()


def _stack(
    axes: "Axes", names: Sequence[str], parts: Sequence[tuple[str, str, Sequence[float]]]
) -> None:
    """Lying bars, the first on top, with the count in each part."""
    ends = [0.0] * len(names)
    for label, colour, widths in parts:
        axes.barh(range(len(names)), widths, left=ends, color=colour, label=label, height=0.74)
        for row, width in enumerate(widths):
            if width:
                axes.text(
                    ends[row] + width / 2, row, f"{width:g}", ha="center", va="center",
                    fontsize=7, color="white" if colour != COLOURS["not checked"] else "#222222",
                )  # fmt: skip
        ends = [end + width for end, width in zip(ends, widths, strict=True)]
    _rows(axes, names)
    _whole_numbers(axes.xaxis)


def _whole_numbers(axis: "Axis") -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def _rows(axes: "Axes", names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def reviewers(report: Report) -> Diagram | None:
    """A dot a reviewer, its samples, the panel's score and the spread between reviewers."""
    if not any(review.score is not None for review in report.reviews):
        return None
    caption = "Reviewers' scores and their spread"
    told = "; ".join(f"{review.reviewer}: {score(review.score)}" for review in report.reviews)
    overall = report.rating.score
    panel = f". Panel: {score(overall)}" if overall is not None else ""
    with drawn(caption, sentence(f"{told}{panel}"), 0.9 + 0.28 * len(report.reviews)) as (
        figure,
        svg,
    ):
        axes = figure.subplots()
        if overall is not None:
            spread = report.rating.spread or 0.0
            ends = max(0.0, overall - spread), min(10.0, overall + spread)
            axes.axvspan(*ends, color=GREY, alpha=0.22, linewidth=0,
                         label="one standard deviation between reviewers")  # fmt: skip
            axes.axvline(overall, color=INK, linewidth=1, label="the panel's score")
        for row, review in enumerate(report.reviews):
            _draw_review(axes, row, review)
        axes.plot([], [], "o", color=BLUE, label="a reviewer's score")
        if any(len(review.samples) > 1 for review in report.reviews):
            axes.plot([], [], "|", color=BLUE, label="its samples")
        _rows(axes, [shortened(review.reviewer, LONGEST_NAME) for review in report.reviews])
        axes.set(xlim=(-0.15, 10.15), xlabel="score, 0 to 10")
        figure.legend(loc="outside upper left", ncols=2)
        drawing = svg()
    rows = [
        (
            one_line(review.reviewer),
            score(review.score),
            ", ".join(f"{sample:.1f}" for sample in review.samples) or "–",
            review.score_meaning if review.score is not None else "–",
        )
        for review in report.reviews
    ]
    head = ("Reviewer", "Score", "Samples", "Kind of score")
    return Diagram(caption, drawing, table_of(caption, head, rows, (1,)))


def _draw_review(axes: "Axes", row: int, review: Review) -> None:
    if review.score is None:
        axes.text(0, row, "not scored", va="center", fontsize=8, style="italic")
        return
    if len(review.samples) > 1:
        axes.plot([min(review.samples), max(review.samples)], [row, row], color=BLUE, alpha=0.6)
        axes.plot(review.samples, [row] * len(review.samples), "|", color=BLUE, markersize=9)
    axes.plot([review.score], [row], "o", color=BLUE, markersize=6)


def confidence(report: Report, index: Index) -> Diagram | None:
    """A dot a claim at its confidence, a row a verdict; none without a calibrated judge."""
    found = _opinions(report, index)
    if not found:
        return None
    caption = "Confidence by verdict"
    labels = [word for word in VERDICTS if any(one.label == word for one in found)]
    groups = [(word, [one.confidence for one in found if one.label == word]) for word in labels]
    told = "; ".join(
        f"{word}: {counted(len(values), 'opinion')}, mean confidence {fmean(values):.2f}"
        for word, values in groups
    )
    with drawn(caption, sentence(told), 0.9 + 0.42 * len(labels)) as (figure, svg):
        axes = figure.subplots()
        for row, word in enumerate(labels):
            for second in (False, True):
                points = [o.confidence for o in found if (o.label, o.second) == (word, second)]
                axes.plot(
                    points, [row + step for step in _apart(points, below=second)], "o",
                    color=COLOURS[word] if word != "not checked" else GREY, markersize=4.5,
                    fillstyle="none" if second else "full",
                )  # fmt: skip
        axes.plot([], [], "o", color=GREY, markersize=4.5, label="the verdict")
        if any(one.second for one in found):
            axes.plot([], [], "o", color=GREY, markersize=4.5, fillstyle="none",
                      label="the second opinion")  # fmt: skip
        _rows(axes, labels)
        axes.set(xlim=(-0.02, 1.02), xlabel="calibrated probability that the verdict is right")
        figure.legend(loc="outside upper left", ncols=2)
        drawing = svg()
    rows = [
        (word, str(len(values)), f"{min(values):.2f}", f"{fmean(values):.2f}", f"{max(values):.2f}")
        for word, values in groups
    ]
    head = ("Verdict", "Opinions", "Lowest", "Mean", "Highest")
    return Diagram(caption, drawing, table_of(caption, head, rows, range(1, 5)))


def _opinions(report: Report, index: Index) -> list[Opined]:
    found = []
    for claim in report.claims:
        verdict, number = index.verdicts[claim.id], index.claim_numbers[claim.id]
        if verdict.confidence is not None:
            found.append(Opined(number, verdict.label, verdict.confidence, second=False))
        if verdict.second and verdict.second.confidence is not None:
            found.append(
                Opined(number, verdict.second.label, verdict.second.confidence, second=True)
            )
    return found


def _apart(points: Sequence[float], *, below: bool) -> list[float]:
    """Steps beside the row, so that dots at nearly the same place do not hide each other."""
    taken: Counter[int] = Counter()
    steps = []
    for point in points:
        place = round(point * 60)
        steps.append(min(0.36, 0.06 + 0.075 * taken[place]) * (1 if below else -1))
        taken[place] += 1
    return steps


def papers_by_year(report: Report) -> Diagram | None:
    """Bars a year, parted by the database that returned the paper: found or, unknown, read."""
    papers = report.search.found or report.papers
    if not papers:
        return None
    what = "found" if report.search.found else "read"
    caption = f"Papers {what}, by year and source"
    tally = Counter((_source(paper), paper.year) for paper in papers)
    sources = [name for name, _ in Counter(map(_source, papers)).most_common()]
    groups: dict[str, tuple[str, ...]] = {name: (name,) for name in sources[: len(PALETTE)]}
    if len(sources) > len(PALETTE):
        kept, rest = sources[: len(PALETTE) - 1], sources[len(PALETTE) - 1 :]
        groups = {name: (name,) for name in kept} | {"others": tuple(rest)}
    years = sorted({paper.year for paper in papers if paper.year is not None})
    columns: list[int | None] = [*years, *([None] if any(p.year is None for p in papers) else [])]
    span = f"{years[0]} to {years[-1]}" if years else UNDATED
    told = f"{counted(len(papers), 'paper')}, {span}: " + listed(
        [f"{sum(map(_source_is(names), papers))} from {name}" for name, names in groups.items()]
    )
    # Far enough behind the last year for both to be named.
    last = years[-1] + max(2, (years[-1] - years[0]) // 8) if years else 0
    with drawn(caption, sentence(told), 2.9) as (figure, svg):
        axes = figure.subplots()
        places = [last if year is None else year for year in columns]
        base = [0] * len(columns)
        for (name, names), colour in zip(groups.items(), PALETTE, strict=False):
            heights = [sum(tally[one, year] for one in names) for year in columns]
            axes.bar(places, heights, bottom=base, color=colour, width=0.8,
                     label=shortened(name, LONGEST_NAME))  # fmt: skip
            base = [low + height for low, height in zip(base, heights, strict=True)]
        _year_axis(axes, years, last if None in columns else None)
        axes.set_ylabel("papers")
        _whole_numbers(axes.yaxis)
        figure.legend(loc="outside upper left", ncols=3)
        drawing = svg()
    rows = [
        (str(year or UNDATED), *(str(sum(tally[one, year] for one in names))
                                 for names in groups.values()))
        for year in columns
    ]  # fmt: skip
    head = ("Year", *map(one_line, groups))
    return Diagram(caption, drawing, table_of(caption, head, rows, range(1, len(head))))


def _source(paper: Paper) -> str:
    return SEVERAL if len(paper.sources) > 1 else (*paper.sources, NO_DATABASE)[0]


def _source_is(names: Sequence[str]) -> Callable[[Paper], bool]:
    return lambda paper: _source(paper) in names


def _year_axis(axes: "Axes", years: Sequence[int], undated: int | None) -> None:
    """Whole years, at most about ten of them, and a place for papers without one."""
    if years:
        step = max(1, (years[-1] - years[0] + 9) // 10)
        ticks = list(range(years[-1], years[0] - 1, -step))[::-1]
    else:
        ticks = []
    places = [*ticks, *([] if undated is None else [undated])]
    axes.set_xticks(places, [*map(str, ticks), *([] if undated is None else [UNDATED])])


def evidence_map(report: Report, index: Index) -> Diagram | None:
    """A row a claim, a column a paper: the source, and what supports or contradicts it."""
    links = [_link(claim.id, index) for claim in report.claims]
    if not links:
        return None
    caption = "Which papers support or contradict which claims"
    pro, con = sum(len(one.supports) for one in links), sum(len(one.contradicts) for one in links)
    told = (
        f"{counted(len(links), 'claim')}; other papers support them {counted(pro, 'time')} and "
        f"contradict them {counted(con, 'time')}"
    )
    shown = sorted(
        sorted(links, key=lambda one: -len(one.supports + one.contradicts))[:MOST_CLAIMS]
    )
    columns = sorted({n for one in shown for n in (one.source, *one.supports, *one.contradicts)})
    with drawn(caption, _told(told, links, shown), 1.1 + 0.17 * len(shown)) as (figure, svg):
        axes = figure.subplots()
        _draw_links(axes, shown, {number: place for place, number in enumerate(columns)})
        _rows(axes, [f"C{one.claim}" for one in shown])
        small = 8 if len(columns) < 25 else 5
        axes.set_xticks(range(len(columns)), [f"[{n}]" for n in columns], fontsize=small,
                        rotation=90 if len(columns) > 16 else 0)  # fmt: skip
        axes.set_xlim(-0.6, len(columns) - 0.4)
        axes.set_xlabel("papers, by their numbers in the references")
        axes.grid(color=GREY, alpha=0.25, linewidth=0.5)
        axes.set_axisbelow(True)
        figure.legend(loc="outside upper left", ncols=4)
        drawing = svg()
    rows = [
        (
            f"C{one.claim}",
            f"[{one.source}]",
            _numbers(one.supports, one.dependent),
            _numbers(one.contradicts, one.dependent),
        )
        for one in links
    ]
    head = ("Claim", "Source", "Supported by", "Contradicted by")
    table = table_of(caption, head, rows)
    return Diagram(caption, drawing, table)


def _link(claim_id: str, index: Index) -> Link:
    claim, verdict = index.claims[claim_id], index.verdicts[claim_id]
    both = verdict.evidence_for + verdict.evidence_against
    independent = {evidence.paper_id for evidence in both if evidence.independent}
    return Link(
        claim=index.claim_numbers[claim_id],
        source=index.paper_numbers[claim.paper_id],
        supports=_papers(verdict.evidence_for, index),
        contradicts=_papers(verdict.evidence_against, index),
        dependent=frozenset(
            index.paper_numbers[one.paper_id] for one in both if one.paper_id not in independent
        ),
    )


def _papers(evidence: Sequence[Evidence], index: Index) -> tuple[int, ...]:
    return tuple(sorted({index.paper_numbers[one.paper_id] for one in evidence}))


def _numbers(papers: Sequence[int], dependent: frozenset[int]) -> str:
    told = [f"[{n}]{' (not independent)' if n in dependent else ''}" for n in papers]
    return ", ".join(told) or "–"


def _draw_links(axes: "Axes", links: Sequence[Link], places: Mapping[int, int]) -> None:
    """Squares for sources, dots and crosses for other papers; hollow or thin: not independent."""
    marks: tuple[tuple[str, str, str, list[tuple[float, int]]], ...] = (
        ("source", "s", GREY, [(places[one.source], row) for row, one in enumerate(links)]),
        ("supports", "o", BLUE, []),
        ("supports, not independent", "o", BLUE, []),
        ("contradicts", "X", ORANGE, []),
        ("contradicts, not independent", "X", ORANGE, []),
    )
    for row, one in enumerate(links):
        for start, numbers in ((1, one.supports), (3, one.contradicts)):
            for number in numbers:
                beside = 0.22 * (start - 2) if number in {*one.supports} & {*one.contradicts} else 0
                marks[start + (number in one.dependent)][3].append((places[number] + beside, row))
    for label, marker, colour, points in marks:
        if points:
            xs, ys = zip(*points, strict=True)
            axes.plot(xs, ys, marker, color=colour, markersize=5.5, label=label,
                      fillstyle="none" if "not independent" in label or marker == "s" else "full",
                      )  # fmt: skip


def cost(usage: Sequence[Usage]) -> Diagram | None:
    """Bars a role: money where it is known, else tokens, else calls."""
    if not usage:
        return None
    roles = list(dict.fromkeys(one.role for one in usage))
    by_role = {role: [one for one in usage if one.role == role] for role in roles}
    unit, values = _measure(by_role)
    caption = f"Cost by role, in {unit}"
    told = "; ".join(f"{role}: {_cost_told(unit, values[role])}" for role in roles)
    with drawn(caption, sentence(told), 0.8 + 0.3 * len(roles)) as (figure, svg):
        axes = figure.subplots()
        widths = [values[role] or 0.0 for role in roles]
        axes.barh(range(len(roles)), widths, color=BLUE, height=0.7)
        for row, role in enumerate(roles):
            axes.text(widths[row], row, f" {_cost_told(unit, values[role])}", va="center",
                      fontsize=8)  # fmt: skip
        _rows(axes, [shortened(role, LONGEST_NAME) for role in roles])
        axes.set_xlabel(unit)
        axes.margins(x=0.18)
        drawing = svg()
    rows = [
        (
            role,
            amount(sum(one.calls for one in ones)),
            amount(_sum([_tokens(one) for one in ones])),
            money(_sum([one.cost for one in ones])),
            duration(sum(one.seconds for one in ones)),
        )
        for role, ones in by_role.items()
    ]
    head = ("Role", "Calls", "Tokens", "Cost", "Time")
    return Diagram(caption, drawing, table_of(caption, head, rows, range(1, 5)))


def _measure(by_role: Mapping[str, Sequence[Usage]]) -> tuple[str, dict[str, float | None]]:
    """The first of money, tokens and calls that is known of any role."""
    dollars = {role: _sum([one.cost for one in ones]) for role, ones in by_role.items()}
    if any(dollars.values()):
        return "US dollars", dollars
    tokens = {role: _sum([_tokens(one) for one in ones]) for role, ones in by_role.items()}
    if any(tokens.values()):
        return "tokens", {**tokens}
    return "calls", {role: sum(one.calls for one in ones) for role, ones in by_role.items()}


def _tokens(usage: Usage) -> int | None:
    return _sum([usage.prompt_tokens, usage.completion_tokens])


def _sum(values: Sequence[Number | None]) -> Number | None:
    """Unknown where one is unknown."""
    known = [value for value in values if value is not None]
    return sum(known[1:], known[0]) if known and len(known) == len(values) else None


def _cost_told(unit: str, value: float | None) -> str:
    if value is None:
        return "unknown"
    return money(value) if unit == "US dollars" else f"{value:,.0f}"
