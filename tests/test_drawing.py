"""The drawing of the machine in the README: its nodes and edges are those of the compiled graph."""

import re
from itertools import pairwise
from pathlib import Path

from machine import successors

README = Path(__file__).parent.parent / "README.md"
ARROW = re.compile(r"\s*(?:-->|-\..*?\.->)\s*")


def drawn() -> set[tuple[str, str]]:
    """Every edge of the Mermaid drawing."""
    text = README.read_text(encoding="utf-8")
    [drawing] = re.findall(r"^```mermaid\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    chains = [ARROW.split(line.strip()) for line in drawing.splitlines() if ARROW.search(line)]
    return {edge for chain in chains for edge in pairwise(chain)}


def test_the_drawing_has_the_edges_of_the_graph() -> None:
    real = {(source, target) for source, targets in successors().items() for target in targets}
    # A revision has its plan already: it enters the evidence by the next round.
    assert drawn() == real - {("revise", "plan")}
