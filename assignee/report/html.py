"""Sets a page as one self-contained HTML file; whatever others wrote stays text."""

from pathlib import Path

from assignee.report.block import Page
from assignee.report.wording import visible

ROOM = Path(__file__).parent


def render(page: Page) -> str:
    """The page as HTML with its style inside: no scripts, no requests, nothing outside the file.

    Every text passes `visible` and is escaped by the template engine.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: object) -> object:
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = Environment(
        loader=FileSystemLoader(ROOM),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2").render(page=page)
