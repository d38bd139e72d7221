"""Draws a Mermaid flowchart as SVG without Mermaid: nodes in one column, edges that skip as arcs.

Understood is what the drawings of this repository use: nodes by name, `-->`, `-. reason .->`,
chains of these, and `subgraph NAME … end`. Nodes stand in the order in which they are named first.
"""

import re
from html import escape
from itertools import pairwise
from typing import NamedTuple

ARROW = re.compile(r"\s*(-->|-\.(?:.*?\.)?->)\s*")
NAME = re.compile(r"\w+")

ROW, BOX_WIDTH, BOX_HEIGHT = 46, 132, 28
ARC, NEXT_ARC = 30, 15
"""How far the handles of the shortest arc stand out, and how much farther for each row skipped."""
BAND = 24
"""What a subgraph shows beside its boxes, its name on the left."""


class Edge(NamedTuple):
    """One arrow; a dashed one is taken under a condition."""

    source: str
    target: str
    dashed: bool


class Flowchart(NamedTuple):
    """Nodes in drawing order, edges, and which nodes each subgraph holds."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]
    groups: dict[str, tuple[str, ...]]


def parse(text: str) -> Flowchart:
    """The flowchart that a Mermaid text describes.

    Raises:
        ValueError: a line is none of the forms that are understood.
    """
    nodes: dict[str, str | None] = {}
    edges: list[Edge] = []
    group: str | None = None
    for line in filter(None, map(str.strip, text.splitlines()[1:])):
        if line.startswith("subgraph "):
            group = line.removeprefix("subgraph ")
        elif line == "end":
            group = None
        else:
            names, arrows = ARROW.split(line)[::2], ARROW.split(line)[1::2]
            if not all(map(NAME.fullmatch, names)):
                raise ValueError(f"not understood in a flowchart: {line!r}")
            for name in names:
                nodes.setdefault(name, group)
            edges += [
                Edge(source, target, arrow != "-->")
                for (source, target), arrow in zip(pairwise(names), arrows, strict=True)
            ]
    groups: dict[str, tuple[str, ...]] = {}
    for name, inside in nodes.items():
        if inside is not None:
            groups[inside] = (*groups.get(inside, ()), name)
    return Flowchart(tuple(nodes), tuple(edges), groups)


def svg(chart: Flowchart) -> str:
    """The drawing: down the middle what follows next, on the right what skips, on the left back."""
    row = {name: number for number, name in enumerate(chart.nodes)}
    skips = [row[edge.target] - row[edge.source] for edge in chart.edges]
    middle = reach(-min(skips, default=0))
    width, height = middle + reach(max(skips, default=0)), ROW * len(chart.nodes)
    said = "; ".join(f"{e.source} to {e.target}" for e in chart.edges)
    parts = [
        f'<svg class="flowchart" role="img" viewBox="0 0 {width} {height}" '
        f'aria-label="{escape(said)}">',
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
        *(band(name, [row[n] for n in held], middle) for name, held in chart.groups.items()),
        *(arrow(edge, row[edge.source], row[edge.target], middle) for edge in chart.edges),
        *(box(name, number, middle) for name, number in row.items()),
        "</svg>",
    ]
    return "".join(parts)


def reach(rows: int) -> int:
    """How far a drawing goes from its middle to the side, whose longest arc skips so many rows."""
    # A curve stays within three quarters of the way to its handles.
    return BOX_WIDTH // 2 + max(BAND, 3 * (ARC + NEXT_ARC * rows) // 4) + 4


def band(name: str, rows: list[int], middle: int) -> str:
    """What holds the nodes of one subgraph; they follow each other."""
    top, height = min(rows) * ROW + 3, len(rows) * ROW - 6
    left, width = middle - BOX_WIDTH // 2 - BAND, BOX_WIDTH + 2 * BAND
    at = f'transform="translate({left + BAND / 2} {top + height / 2}) rotate(-90)"'
    return (
        f'<rect class="band" x="{left}" y="{top}" width="{width}" height="{height}" rx="8"/>'
        f'<text class="band" {at}>{escape(name)}</text>'
    )


def box(name: str, number: int, middle: int) -> str:
    """One node."""
    left, top = middle - BOX_WIDTH // 2, number * ROW + (ROW - BOX_HEIGHT) // 2
    return (
        f'<rect class="node" x="{left}" y="{top}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" '
        f'rx="6"/><text x="{middle}" y="{top + BOX_HEIGHT / 2}">{escape(name)}</text>'
    )


def arrow(edge: Edge, start: int, end: int, middle: int) -> str:
    """One edge: straight to the next row, else an arc that stands out farther the more it skips."""
    if end == start + 1:
        top = start * ROW + (ROW + BOX_HEIGHT) // 2
        path = f"M{middle} {top}V{top + ROW - BOX_HEIGHT}"
    else:
        side = 1 if end > start else -1
        x = middle + side * BOX_WIDTH // 2
        out = x + side * (ARC + NEXT_ARC * abs(end - start))
        # Arrows leave below the middle of a box and arrive above it, so that they do not meet.
        leave, arrive = start * ROW + ROW // 2 + 5, end * ROW + ROW // 2 - 5
        path = f"M{x} {leave}C{out} {leave} {out} {arrive} {x} {arrive}"
    dashed = ' class="dashed"' if edge.dashed else ""
    return f'<path{dashed} d="{path}" marker-end="url(#arrow)"/>'
