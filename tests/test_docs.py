"""The documentation: what it says exists, what it shows runs, and the site asks for nothing."""

import contextlib
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import architecture_drawing
import flowchart
import pytest
import settings_reference
import site_builder
from machine import successors
from typer.main import get_command

from assignee.cli import app

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OTHERS = {".", "export", "ollama", "pip", "vllm", "llama-server", "rm"}
"""Programs of others, and the shell's own words."""
LOADING = {
    "img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src",
    "video": "src", "audio": "src", "object": "data", "embed": "src", "use": "href",
    "image": "href",
}  # fmt: skip
"""The attribute by which an element loads something."""
FEW = "2109.01652 2210.11416 2303.14742 2305.11206 2306.04757 2110.08207"
"""The notes that examples ask."""


class Read(HTMLParser):
    """What a page links to, what it loads, and the places in it that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: list[str] = []
        self.scripts = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attributes}
        if tag == "a":
            self.links.append(known["href"])
        self.loads += [known[name] for name in (LOADING.get(tag, ""), "srcset") if name in known]
        self.loads += [f"style {known['style']}"] if "style" in known else []
        self.anchors += [known["id"]] if "id" in known else []
        self.scripts += tag == "script"


def blocks(page: Path, language: str) -> list[str]:
    """The blocks of code in that language."""
    return [text for name, text in FENCE.findall(page.read_text("utf-8")) if name == language]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "docs"
    assert site_builder.build(out) >= len(PAGES)
    return out


@pytest.fixture(scope="module")
def read(site: Path) -> dict[Path, Read]:
    return {path: Read(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_page_is_published_and_listed_on_every_page(
    site: Path, read: dict[Path, Read]
) -> None:
    names = {path.stem for path in PAGES}
    assert names == {path.stem for path in site.glob("*.html")} - {"site_builder.py"}
    for path, page in read.items():
        listed = {Path(path.parent, link).resolve().stem for link in page.links}
        assert names <= listed, path


def test_links_of_the_site_lead_somewhere(site: Path, read: dict[Path, Read]) -> None:
    lost = []
    for path, page in read.items():
        for link in (*page.links, *page.loads):
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchors = read[target].anchors if target in read else []
            if not target.is_file() or (parts.fragment and parts.fragment not in anchors):
                lost.append(f"{path.relative_to(site)}: {link}")
    assert lost == []


def test_the_site_loads_nothing_from_elsewhere(site: Path, read: dict[Path, Read]) -> None:
    loaded = {link for page in read.values() for link in page.loads}
    assert "site.css" in {Path(link).name for link in loaded}
    assert {link for link in loaded if urlsplit(link).scheme or link.startswith("//")} == {"data:,"}
    assert sum(page.scripts for page in read.values()) == 0
    for path in (*site.rglob("*.css"), *site.rglob("*.svg")):
        text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", path.read_text("utf-8"))
        assert not re.search(r"@import|url\(\s*['\"]?(?!#)|href=\"(?!#)", text), path


def test_no_anchor_stands_twice_on_a_page(read: dict[Path, Read]) -> None:
    for path, page in read.items():
        assert len(page.anchors) == len(set(page.anchors)), path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[lost](nowhere.md)", "nowhere.md"),
        ("[lost](index.md#nowhere)", "index.md#nowhere"),
        ("[out](../../secret.txt)", "secret.txt"),
        ("[a folder](../evals)", "evals"),
        ("![from the web](https://example.org/a.png)", "https://example.org/a.png"),
    ],
)
def test_a_link_that_leads_nowhere_stops_the_build(tmp_path: Path, text: str, told: str) -> None:
    root = small_docs(tmp_path, text)
    with pytest.raises(site_builder.BrokenLinkError, match=re.escape(told)):
        site_builder.build(tmp_path / "out", root=root, listed={"All": ("index.md",)})


def test_a_page_that_is_not_listed_stops_the_build(tmp_path: Path) -> None:
    root = small_docs(tmp_path, "text")
    (root / "docs" / "forgotten.md").write_text("# Forgotten\n")
    with pytest.raises(ValueError, match=r"forgotten\.md"):
        site_builder.build(tmp_path / "out", root=root, listed={"All": ("index.md",)})


def test_markup_in_pages_and_files_stays_text(tmp_path: Path) -> None:
    root = small_docs(tmp_path, "<script>alert(1)</script> and [a file](a.py)")
    (root / "docs" / "a.py").write_text('"<script>"\n')
    site_builder.build(tmp_path / "out", root=root, listed={"All": ("index.md",)})
    for page in (tmp_path / "out").rglob("*.html"):
        assert Read(page.read_text("utf-8")).scripts == 0


def small_docs(folder: Path, text: str) -> Path:
    """A repository whose documentation is one page with that text."""
    theme = folder / "root" / "docs" / "theme"
    theme.mkdir(parents=True)
    shutil.copyfile(DOCS / "theme" / "site.css", theme / "site.css")
    (theme.parent / "index.md").write_text(f"# Start\n\n{text}\n", encoding="utf-8")
    return folder / "root"


def commands() -> Iterator[tuple[str, str]]:
    """Every command in a block of `sh`, with the page that shows it."""
    for page in PAGES:
        for block in blocks(page, "sh"):
            yield from ((page.name, line) for line in block.splitlines() if line.strip())


@pytest.mark.parametrize(("page", "line"), list(commands()))
def test_commands_exist_and_know_their_options(page: str, line: str) -> None:
    words = shlex.split(line.partition(" < ")[0], comments=True)
    while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        words.pop(0)
    program, *words = words
    program = program.removeprefix(".venv/bin/")
    if program == "assignee":
        check_ours(words)
    elif program == "make":
        targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert set(words) <= set(targets)
    elif program in ("python", "python3"):
        there = find_spec(words[1]) if words[0] == "-m" else (ROOT / words[0]).is_file()
        assert there, line
    else:
        assert program in OTHERS, f"{page}: is {line!r} one line, and a command?"


def check_ours(words: list[str]) -> None:
    """See that a command line is one that the program parses."""
    command: Any = get_command(app)
    while words and hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {name for param in command.params for name in param.opts}
    assert {word for word in words if re.match(r"-[a-z-]", word)} <= known
    with command.make_context(command.name, list(words)) as context:
        assert context.params


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=str)
def test_examples_run_and_print_what_they_show(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSIGNEE_HOME", str(tmp_path / "home"))
    (tmp_path / "notes").mkdir()
    for name in FEW.split():
        [note] = (ROOT / "examples" / "scaling_laws").glob(f"{name}*.md")
        shutil.copy(note, tmp_path / "notes")
    found = FENCE.findall(page.read_text("utf-8"))
    shared: dict[str, Any] = {"__name__": "example"}
    for (language, code), (following, shown) in zip(found, [*found[1:], ("", "")], strict=True):
        if language != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, f"{page.name}: {code[:40]!r}", "exec"), shared)
        if following == "text":
            assert printed.getvalue() == shown


def test_the_example_of_a_claim_stands_in_its_note() -> None:
    page = " ".join((DOCS / "read_a_report.md").read_text("utf-8").replace("\n> ", " ").split())
    [(quote, start, end)] = re.findall(r"“(.+?)” — Note .+?, characters (\d+)–(\d+) of", page)
    [note] = (ROOT / "examples" / "scaling_laws").glob("*lima*.md")
    assert quote in note.read_text("utf-8")
    assert len(quote) == int(end) - int(start)


def test_the_settings_are_up_to_date() -> None:
    page = settings_reference.PAGE.read_text("utf-8")
    assert page == settings_reference.reference(), "run `python docs/settings_reference.py`"


def test_the_drawing_is_up_to_date_and_holds_every_edge() -> None:
    page = architecture_drawing.PAGE.read_text("utf-8")
    drawn = architecture_drawing.drawing()
    assert page == architecture_drawing.page_with(drawn), (
        "run `python docs/architecture_drawing.py`"
    )
    chart = flowchart.parse(drawn)
    real = {(source, target) for source, targets in successors().items() for target in targets}
    assert {(e.source, e.target) for e in chart.edges} == real - {("revise", "plan")}


def test_a_flowchart_is_drawn_with_every_node_and_edge() -> None:
    chart = flowchart.parse(
        "flowchart LR\nsubgraph inner\na --> b -. a reason .-> c\nend\nc -.-> a\nc --> d\n"
    )
    assert chart.nodes == ("a", "b", "c", "d")
    assert chart.groups == {"inner": ("a", "b", "c")}
    assert [edge.dashed for edge in chart.edges] == [False, True, True, False]
    drawn = flowchart.svg(chart)
    assert [drawn.count(part) for part in ('class="node"', "marker-end", 'class="dashed"')] == [
        4,
        4,
        2,
    ]
    assert 'aria-label="a to b; b to c; c to a; c to d"' in drawn
    with pytest.raises(ValueError, match="not understood"):
        flowchart.parse("flowchart LR\n  a[<script>] --> b\n")
