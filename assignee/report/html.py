"""Sets a page as one self-contained HTML file; whatever others wrote stays text."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assignee.report.block import Page
from assignee.report.wording import visible

if TYPE_CHECKING:
    from jinja2 import Template

ROOM = Path(__file__).parent


def render(page: Page) -> str:
    """The page as HTML with its style inside: no scripts, no requests, nothing outside the file.

    Every text passes `visible` and is escaped by the template engine.
    """
    return _template().render(page=page)


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(ROOM),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2")


def _shown(value: object) -> object:
    from markupsafe import Markup

    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
