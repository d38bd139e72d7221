"""Sets a page as one self-contained HTML file; whatever others wrote stays text."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assignee.report.block import Page
from assignee.report.wording import visible

if TYPE_CHECKING:
    from jinja2 import Environment, Template

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

    return Environment(
        loader=FileSystemLoader(room),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _shown(value: object) -> object:
    # Markup, which is set already, is a subclass of str: only what is text itself is cleaned.
    return visible(value) if type(value) is str else value
