"""The compiled graph as tests walk it: its nodes, its edges, and which of its nodes announce."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import assignee.graph
from assignee.graph.research import research


def plain(name: str) -> str:
    """`evidence:search` is `search`; where a graph begins or ends keeps its whole name."""
    return name if name.endswith("__") else name.rpartition(":")[2]


@cache
def edges() -> frozenset[tuple[str, str]]:
    """Every edge of the whole machine, by the names of its nodes."""
    drawn = research().compile().get_graph(xray=True)
    return frozenset((plain(edge.source), plain(edge.target)) for edge in drawn.edges)


def successors() -> dict[str, set[str]]:
    """Each node to those that may run after it; where subgraphs begin and end is looked through."""
    following: dict[str, set[str]] = {}
    for source, target in edges():
        following.setdefault(source, set()).add(target)
    marks = {name for name in following if name.endswith("__")}
    return contracted(following, marks | {"__end__"})


def contracted(following: Mapping[str, set[str]], without: set[str]) -> dict[str, set[str]]:
    """The same walk with some nodes left out: what follows them follows those before them."""

    def reached(name: str, seen: frozenset[str]) -> set[str]:
        found = set()
        for after in following.get(name, set()) - seen:
            found |= reached(after, seen | {after}) if after in without else {after}
        return found

    return {name: reached(name, frozenset()) for name in following if name not in without}


@cache
def announced() -> frozenset[str]:
    """The stages that nodes announce, as their modules are written; the session's graph apart."""
    [folder] = assignee.graph.__path__
    calls = [
        node
        for path in sorted(Path(folder).glob("*.py"))
        if path.name != "session.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "announce"
    ]
    return frozenset(ast.literal_eval(call.args[1]) for call in calls)
