"""Reports to plant flaws in: the local engine over a folder of papers, one a question."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from assignee import Assignee, Settings
from assignee.records import Report

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "scaling_laws"
"""The notes that come with a checkout of the program; an installed package is without them."""


def questions() -> tuple[str, ...]:
    """The questions that ship, each answerable from the example notes."""
    text = files("assignee.evals.planting").joinpath("questions.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line)


def reports_over(
    papers: Sequence[str | Path], questions: Sequence[str], settings: Settings
) -> tuple[Report, ...]:
    """One report a question, in order, all of one session: the papers are read once.

    Raises:
        AssigneeError: whatever a run over these papers raises; no question is left out silently.
    """
    with Assignee(settings) as assignee:
        return tuple(assignee.research(question, papers) for question in questions)
