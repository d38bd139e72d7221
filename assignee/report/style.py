"""How a report is set: how it cites, and whether pictures are drawn into it."""

from typing import NamedTuple

from assignee.records import Report
from assignee.settings import CitationStyle


class Style(NamedTuple):
    """What settings decide about a report's looks; the record is the same in every style."""

    citations: CitationStyle = "author-year"
    plots: bool = True


def style_of(report: Report) -> Style:
    """The style that the report's run was set to; where it was not stamped, the usual one."""
    stamped = report.stamp.settings
    numeric = stamped.get("citations") == "numeric"
    return Style("numeric" if numeric else "author-year", stamped.get("plots") is not False)
