"""Blocks set as pieces of HTML, for pages that put more round them than a report's file does."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from assignee.report.block import Block, Line, Page

if TYPE_CHECKING:
    from markupsafe import Markup


def blocks_html(blocks: Iterable[Block]) -> "Markup":
    """The blocks as they stand in report.html, escaped."""
    made: Markup = _macros().blocks(tuple(blocks))
    return made


def line_html(line: Line) -> "Markup":
    """One line of spans, escaped."""
    made: Markup = _macros().line(line)
    return made


@cache
def _macros() -> Any:  # noqa: ANN401 - the macros of a template have no types
    from assignee.report.html import template

    return template().make_module({"page": Page("", "", "", ())})
