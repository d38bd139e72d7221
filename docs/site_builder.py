"""Builds docs/ as a static site that fetches nothing from elsewhere: `make docs`.

Each Markdown page becomes a page of HTML and each Mermaid drawing SVG. What a page links to in the
repository comes along. A link that leads nowhere, or a page that no list names, stops the build.
"""

import os
import re
import shutil
import sys
from collections import deque
from collections.abc import Iterator
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import flowchart
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename

REPOSITORY = Path(__file__).parent.parent
PAGES = {
    "Start": ("index.md", "get_started.md", "ask_well.md", "read_a_report.md"),
    "Use": (
        "chat.md", "page.md", "take_away.md", "sources.md", "search_log.md", "local_models.md",
        "reviewers.md", "python.md",
    ),
    "Trust": ("how_verification_works.md", "verification.md", "panels.md", "privacy.md"),
    "Look up": ("cli.md", "settings.md", "architecture.md", "contributing.md"),
}  # fmt: skip
"""The order of the pages, under the headings of the list beside them."""
RAW = {".svg", ".png", ".json", ".csv"}
"""Files that a browser shows by itself; other text is put on a page."""
LIGHT, DARK = "xcode", "github-dark"
"""Pygments' colours of code."""


class BrokenLinkError(Exception):
    """A page links to what is not there."""


class Heading(NamedTuple):
    """One heading of a page."""

    level: int
    text: str
    anchor: str


class Page(NamedTuple):
    """One page as it is published."""

    title: str
    body: str
    headings: tuple[Heading, ...]
    linked: frozenset[Path]
    """Files of the repository that it links to."""
    wanted: frozenset[tuple[Path, str]]
    """Those of them of which it links to a heading, with the heading's anchor."""


def build(out: Path, *, root: Path = REPOSITORY, listed: dict[str, tuple[str, ...]] = PAGES) -> int:
    """Write the site into an empty folder; returns the number of its pages.

    Raises:
        BrokenLinkError: a page links to what is not there.
        ValueError: a page of docs/ is not listed, or a drawing is not understood.
    """
    docs = root / "docs"
    listed_paths = [docs / name for names in listed.values() for name in names]
    if forgotten := set(docs.glob("*.md")) - set(listed_paths):
        raise ValueError(f"not in PAGES: {sorted(path.name for path in forgotten)}")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    pages: dict[Path, Page] = {}
    queue = deque(listed_paths)
    while queue:
        source = queue.popleft()
        if source in pages:
            continue
        if source.suffix in RAW:
            target = out / address(source, root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        else:
            pages[source] = read_page(source, root)
            queue += sorted(pages[source].linked)
    check_anchors(pages, root)
    shutil.copyfile(docs / "theme" / "site.css", out / "site.css")
    (out / "code.css").write_text(code_css(), encoding="utf-8")
    order = [(group, docs / name) for group, names in listed.items() for name in names]
    for source, page in pages.items():
        target = out / address(source, root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page_html(source, page, pages, order, root), encoding="utf-8")
    return len(pages)


def address(source: Path, root: Path) -> str:
    """Where a file is published, from the site's beginning."""
    inside = source.relative_to(root)
    place = inside.relative_to("docs") if inside.parts[0] == "docs" else "repository" / inside
    if source.suffix in RAW:
        return place.as_posix()
    return place.with_suffix(
        ".html" if source.suffix == ".md" else f"{place.suffix}.html"
    ).as_posix()


def relative(source: Path, target: Path, root: Path) -> str:
    """The link from one published file to another."""
    here = Path(address(source, root)).parent
    return Path(os.path.relpath(address(target, root), here)).as_posix()


def read_page(source: Path, root: Path) -> Page:
    """A page from Markdown, or from any other text with its lines as they are."""
    text = source.read_text(encoding="utf-8")
    if source.suffix != ".md":
        title = source.relative_to(root).as_posix()
        lexer = get_lexer_for_filename(source.name)
        body = f"<h1>{escape(title)}</h1>{coloured(text, lexer)}"
        return Page(title, body, (), frozenset(), frozenset())
    reader = MarkdownIt("commonmark").disable("html_block").disable("html_inline").enable("table")
    tokens = reader.parse(text)
    headings = tuple(anchored(tokens))
    linked: set[Path] = set()
    wanted: set[tuple[Path, str]] = set()
    for token in walk(tokens):
        name = "src" if token.type == "image" else "href"
        if token.type in ("image", "link_open") and (target := local(token, name, source, root)):
            link = str(token.attrGet(name))
            anchor = urlsplit(link).fragment
            token.attrSet(name, relative(source, target, root) + (anchor and f"#{anchor}"))
            linked.add(target)
            wanted |= {(target, anchor)} if anchor else set()
    reader.add_render_rule("fence", lambda _, tokens, i, *__: fence(tokens[i]))
    reader.add_render_rule("table_open", lambda *_: '<div class="table"><table>')
    reader.add_render_rule("table_close", lambda *_: "</table></div>")
    body = reader.renderer.render(tokens, reader.options, {})
    title = next((heading.text for heading in headings if heading.level == 1), source.name)
    return Page(title, body, headings, frozenset(linked), frozenset(wanted))


def walk(tokens: list[Token]) -> Iterator[Token]:
    """All tokens, those inside lines included."""
    for token in tokens:
        yield token
        yield from walk(token.children or [])


def anchored(tokens: list[Token]) -> Iterator[Heading]:
    """The headings, each given an anchor as code hosts give it, so that links work in both."""
    taken: dict[str, int] = {}
    for token, inline in pairwise(tokens):
        if token.type != "heading_open":
            continue
        text = "".join(
            t.content for t in inline.children or [] if t.type in ("text", "code_inline")
        )
        anchor = re.sub(r"[^\w\- ]", "", text.casefold()).replace(" ", "-")
        taken[anchor] = taken.get(anchor, -1) + 1
        anchor += f"-{taken[anchor]}" if taken[anchor] else ""
        token.attrSet("id", anchor)
        yield Heading(int(token.tag[1]), text, anchor)


def local(token: Token, name: str, source: Path, root: Path) -> Path | None:
    """The file that a link leads to; none where it leads out to the web.

    Raises:
        BrokenLinkError: there is no such file, or an image would be fetched from the web.
    """
    link = urlsplit(str(token.attrGet(name)))
    if link.scheme in ("http", "https", "mailto") and name == "href":
        return None
    target = Path(os.path.normpath(source.parent / link.path)) if link.path else source
    if link.scheme or not target.is_relative_to(root) or not target.is_file():
        raise BrokenLinkError(f"{source.relative_to(root)}: {token.attrGet(name)}")
    return target


def check_anchors(pages: dict[Path, Page], root: Path) -> None:
    """See that every heading that a link names exists.

    Raises:
        BrokenLinkError: one does not.
    """
    for source, page in pages.items():
        for target, anchor in page.wanted:
            if anchor not in {heading.anchor for heading in pages[target].headings}:
                raise BrokenLinkError(f"{source.relative_to(root)}: {target.name}#{anchor}")


def fence(token: Token) -> str:
    """A block of code in colours; a Mermaid drawing as SVG, with its text beneath."""
    language = token.info.strip()
    if language == "mermaid":
        drawing = flowchart.svg(flowchart.parse(token.content))
        text = f"<pre>{escape(token.content)}</pre>"
        return (
            f"<figure>{drawing}<figcaption><details><summary>The drawing as text (Mermaid)"
            f"</summary>{text}</details></figcaption></figure>"
        )
    lexer = get_lexer_by_name({"sh": "bash"}.get(language, language or "text"))
    return coloured(token.content, lexer)


def coloured(text: str, lexer: Lexer) -> str:
    """Code in the colours of `code_css`."""
    return str(highlight(text, lexer, HtmlFormatter(cssclass="code")))


def code_css() -> str:
    """The colours of code by day and by night."""
    light = HtmlFormatter(style=LIGHT).get_style_defs(".code")
    dark = HtmlFormatter(style=DARK).get_style_defs(".code")
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def page_html(
    source: Path,
    page: Page,
    pages: dict[Path, Page],
    order: list[tuple[str, Path]],
    root: Path,
) -> str:
    """The whole page: its body, the list of pages beside it, and the pages before and after."""
    theme = Environment(
        loader=FileSystemLoader(REPOSITORY / "docs" / "theme"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    groups: dict[str, list[dict[str, object]]] = {}
    for group, other in order:
        link = relative(source, other, root)
        entry = {"title": pages[other].title, "link": link, "here": other == source}
        groups.setdefault(group, []).append(entry)
    flat = [entry for entries in groups.values() for entry in entries]
    at = next((number for number, entry in enumerate(flat) if entry["here"]), None)
    return theme.get_template("page.html.j2").render(
        page=page,
        sections=[heading for heading in page.headings if heading.level == 2],
        groups=groups,
        before=flat[at - 1] if at else None,
        after=flat[at + 1] if at is not None and at + 1 < len(flat) else None,
        home=Path(os.path.relpath("x", Path("x") / Path(address(source, root)).parent)).as_posix(),
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "build" / "docs"
    print(f"{build(folder)} pages: {folder / 'index.html'}")
