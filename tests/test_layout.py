"""The house: every room is packaged, links point home, imports run one way."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("agents", "graph", "prompts", "evals")
LAYERS = (
    {"version", "errors", "records", "settings"},
    {"prompts"},
    {"reading"},
    {"web", "identity", "offline"},
    {"engines", "library", "sources"},
    {"agents"},
    {"graph"},
    {"report"},
    {"runs", "sessions", "handover", "background", "assembly", "intake"},
    {"execution", "rework", "session", "api"},
    {"progress", "terminal", "options"},
    {"site"},
    {"evals", "chat"},
    {"cli"},
)
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}


def modules() -> list[tuple[str, Path]]:
    """Every module of the package as (room, file), the four outer rooms included."""
    inner = [
        (path.relative_to(ROOT / "assignee").parts[0].removesuffix(".py"), path)
        for path in sorted((ROOT / "assignee").rglob("*.py"))
        if not any(parent.is_symlink() for parent in path.parents)
    ]
    outer = [(room, path) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [(room, path) for room, path in inner + outer if room != "__init__"]


def imported_rooms(path: Path) -> set[str]:
    """The rooms of ours that a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {n.split(".")[1] for n in names if n.startswith("assignee.")}
    return found & LEVEL.keys()


def test_imports_run_one_way() -> None:
    wrong = []
    for room, path in modules():
        assert room in LEVEL, f"{room} has no layer"
        above = {other for other in imported_rooms(path) if LEVEL[other] > LEVEL[room]}
        if above:
            wrong.append(f"{path.relative_to(ROOT)} imports {sorted(above)}, which lie above it")
    assert not wrong, "\n".join(wrong)


def test_every_room_is_packaged() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = set(config["tool"]["setuptools"]["packages"])
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "assignee").rglob("__init__.py")
        if not any(parent.is_symlink() for parent in path.parents)
    }
    folders |= {
        ".".join(("assignee", *path.parent.relative_to(ROOT).parts))
        for room in ROOMS
        for path in (ROOT / room).rglob("__init__.py")
    }
    assert packages == folders


def test_one_top_level_name_is_installed() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {name.split(".")[0] for name in config["tool"]["setuptools"]["packages"]} == {"assignee"}


@pytest.mark.parametrize("room", ROOMS)
def test_links_point_home(room: str) -> None:
    link = ROOT / "assignee" / room
    assert link.is_symlink()
    assert link.readlink() == Path("..") / room
    assert link.resolve() == ROOT / room


def test_records_import_nothing_of_ours() -> None:
    for room, path in modules():
        if room == "records":
            assert imported_rooms(path) <= {"records"}, path


def test_public_names_exist() -> None:
    import assignee

    assert all(hasattr(assignee, name) for name in assignee.__all__)


def test_graphs_open_in_langgraphs_own_tools() -> None:
    import importlib.util
    import json

    named = json.loads((ROOT / "langgraph.json").read_text(encoding="utf-8"))["graphs"]
    for target in named.values():
        path, _, name = target.partition(":")
        spec = importlib.util.spec_from_file_location("studio", ROOT / path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert "panel" in getattr(module, name).get_graph().nodes
