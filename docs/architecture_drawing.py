"""Writes the machine's drawing into docs/architecture.md, from the compiled graph itself.

`python docs/architecture_drawing.py` writes it; a test compares.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assignee.graph.research import research

PAGE = Path(__file__).parent / "architecture.md"
FENCE = re.compile(r"(?<=^```mermaid\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


class Arrow(NamedTuple):
    """An edge between two nodes that work; a conditional one is drawn dashed."""

    source: str
    target: str
    conditional: bool


def drawing() -> str:
    """The whole machine in Mermaid: subgraphs opened up, their beginnings and ends looked through.

    A revision enters the evidence by its next round, `aim`, because the plan stands already.
    """
    graph = research().compile().get_graph(xray=True)
    edges = [Arrow(edge.source, edge.target, edge.conditional) for edge in graph.edges]
    inside = [name for name in graph.nodes if ":" in name and not is_mark(name)]
    outside = [name for name in graph.nodes if ":" not in name and not is_mark(name)]
    lines = ["flowchart TD"]
    for group in dict.fromkeys(name.partition(":")[0] for name in inside):
        held = [name for name in inside if name.partition(":")[0] == group]
        lines += [f"    subgraph {group}", *(f"        {plain(name)}" for name in held), "    end"]
        if group == "evidence":
            # It stands between the two: so the drawing runs down the page.
            lines.append("    write")
    lines += [
        f"    {plain(arrow.source)} {'-.->' if arrow.conditional else '-->'} {plain(arrow.target)}"
        for name in [*inside, *outside]
        for arrow in leaving(name, edges)
        if (plain(arrow.source), plain(arrow.target)) != ("revise", "plan")
    ]
    return "\n".join(lines) + "\n"


def leaving(name: str, edges: list[Arrow]) -> Iterator[Arrow]:
    """The edges that leave a node, by way of any marks, to other nodes."""
    for edge in edges:
        if edge.source != name:
            continue
        if not is_mark(edge.target):
            yield edge
            continue
        for further in leaving(edge.target, edges):
            yield Arrow(name, further.target, edge.conditional or further.conditional)


def is_mark(name: str) -> bool:
    """Whether the name is of the beginning or the end of a graph."""
    return name.endswith("__")


def plain(name: str) -> str:
    """`evidence:search` is `search`."""
    return name.rpartition(":")[2]


def page_with(text: str) -> str:
    """The page with that drawing in its fence."""
    page = PAGE.read_text(encoding="utf-8")
    return FENCE.sub(lambda _: text, page)


if __name__ == "__main__":
    PAGE.write_text(page_with(drawing()), encoding="utf-8")
