"""Sets a page as one self-contained HTML file; whatever others wrote stays text."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from assignee.reading.formulas import Formula, mathml, parted
from assignee.report.block import Page
from assignee.report.wording import visible

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

ROOM = Path(__file__).parent


def render(page: Page) -> str:
    """The page as HTML with its style inside: no scripts, no requests, nothing outside the file.

    Every text passes `visible` and is escaped by the template engine.
    """
    return template().render(page=page)


@cache
def template() -> "Template":
    """The template of a page; its macros set blocks."""
    return environment(ROOM).get_template("page.html.j2")


def environment(room: Path) -> "Environment":
    """Templates of a folder in which every text passes `visible` and is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(room),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["mathematics"] = mathematics
    return made


def _shown(value: object) -> object:
    # Markup, which is set already, is a subclass of str: only what is text itself is cleaned.
    return visible(value) if type(value) is str else value


def mathematics(text: str) -> "str | Markup":
    """The text with the LaTeX that can be read as MathML; all else is left to be escaped."""
    parts = parted(visible(text))
    if all(isinstance(part, str) for part in parts):
        return text
    from markupsafe import Markup

    return Markup("").join(
        part if isinstance(part, str) else _set(part) or part.source for part in parts
    )


def _set(formula: Formula) -> "Markup | None":
    """A `math` element that holds its LaTeX too; `None` where it cannot be read."""
    from markupsafe import Markup

    row = mathml(formula.latex)
    if row is None:
        return None
    math = Element("math", {"display": "block"} if formula.display else {})
    meaning = SubElement(math, "semantics")
    meaning.append(row)
    SubElement(meaning, "annotation", {"encoding": "application/x-tex"}).text = formula.latex
    return Markup(tostring(math, encoding="unicode", short_empty_elements=False))  # noqa: S704
