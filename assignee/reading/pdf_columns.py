"""Lines of a page in reading order: one column or two, with what spans both in its place."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from assignee.reading.pdf_pages import Page, Run


class Line(NamedTuple):
    """One line of one column; points from the page's top left corner."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    page: int
    flow: int
    """Number of the column stretch on the page that the line stands in."""


# Shares of the page width, fitted by eye on two-column conference papers.
_GUTTER_FROM, _GUTTER_TO = 0.3, 0.7
_OVERHANG = 0.06
_NARROW = 0.2


def page_lines(page: Page) -> list[Line]:
    """The page's lines in the order in which a person reads them."""
    gutter = find_gutter(page)
    flows = [list(page.runs)] if gutter is None else _flows(page, gutter)
    return [
        line
        for number, runs in enumerate(flows)
        for line in _lines(runs, page=page.number, flow=number)
    ]


def find_gutter(page: Page) -> float | None:
    """The middle between two columns, or `None` for a single one.

    A gutter is crossed by little text, and the runs on both sides are many and wide: cells of a
    table are narrow.
    """
    runs = [run for run in page.runs if len(run.text) > 1]
    total = sum(len(run.text) for run in runs)
    if total == 0:
        return None
    steps = range(int(_GUTTER_FROM * page.width), int(_GUTTER_TO * page.width), 2)
    crossed = [(sum(len(r.text) for r in runs if r.left < x < r.right), x) for x in steps]
    if not crossed:
        return None
    least = min(crossed)[0]
    middle = [x for weight, x in crossed if weight == least]
    gutter = float(min(middle, key=lambda x: abs(x - page.width / 2)))
    sides = ([r for r in runs if r.right <= gutter], [r for r in runs if r.left >= gutter])
    wide = all(_fills_column(side, page.width, total) for side in sides)
    return gutter if wide and least <= 0.45 * total else None


def _fills_column(runs: Sequence[Run], width: float, total: int) -> bool:
    if len(runs) < 4 or sum(len(run.text) for run in runs) < 0.15 * total:
        return False
    widths = sorted(run.right - run.left for run in runs)
    return widths[len(widths) // 2] >= _NARROW * width


def _flows(page: Page, gutter: float) -> list[list[Run]]:
    """Column stretches in order: between two spanning runs first the left, then the right."""
    reach = _OVERHANG * page.width
    spanning = [r for r in page.runs if r.left < gutter - reach and r.right > gutter + reach]
    beside = [r for r in page.runs if r not in spanning]
    flows: list[list[Run]] = []
    upper = float("-inf")
    for band in [*_stacked(spanning), []]:
        lower = min((run.top for run in band), default=float("inf"))
        inside = [run for run in beside if upper <= _middle(run) < lower]
        for left in (True, False):
            flows.append([r for r in inside if ((r.left + r.right) / 2 < gutter) is left])
        flows.append(band)
        upper = lower
    return [flow for flow in flows if flow]


def _stacked(spanning: Sequence[Run]) -> list[list[Run]]:
    """Spanning runs from top to bottom, those that follow each other closely together."""
    bands: list[list[Run]] = []
    for run in sorted(spanning, key=lambda run: run.top):
        if bands and run.top - bands[-1][-1].bottom < run.size:
            bands[-1].append(run)
        else:
            bands.append([run])
    return bands


def _middle(run: Run) -> float:
    return (run.top + run.bottom) / 2


def _lines(runs: Sequence[Run], *, page: int, flow: int) -> Iterator[Line]:
    """Runs on one height put together from left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (_middle(run), run.left)):
        if rows and _same_row(rows[-1], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    for row in rows:
        row.sort(key=lambda run: run.left)
        main = max(row, key=lambda run: len(run.text))
        yield Line(
            text=_joined(row),
            left=row[0].left,
            right=max(run.right for run in row),
            top=main.top,
            bottom=main.bottom,
            size=main.size,
            bold=main.bold,
            page=page,
            flow=flow,
        )


def _same_row(row: Sequence[Run], run: Run) -> bool:
    main = max(row, key=lambda other: len(other.text))
    shared = min(main.bottom, run.bottom) - max(main.top, run.top)
    return shared >= 0.5 * max(min(main.size, run.size), 1.0)


def _joined(row: Sequence[Run]) -> str:
    text = row[0].text
    for before, run in pairwise(row):
        text += (" " if run.left - before.right > 0.12 * run.size else "") + run.text
    return text
