"""Reports to plant flaws in: the local engine over a folder of papers, one a question."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from assignee import Assignee, Settings
from assignee.errors import SettingsError
from assignee.records import Report

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "scaling_laws"
"""The notes that come with a checkout of the program; an installed package is without them."""


def questions() -> tuple[str, ...]:
    """The questions that ship, each answerable from the example notes."""
    text = files("assignee.evals.planting").joinpath("questions.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line)


def questions_in(path: Path) -> tuple[str, ...]:
    """The questions in a text file, one a line.

    Raises:
        SettingsError: it cannot be read, or holds none.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"the questions in {str(path)!r} were not read ({why})") from error
    found = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not found:
        raise SettingsError(f"{str(path)!r} holds no question; it takes one a line")
    return found


def reports_over(
    papers: Sequence[str | Path], questions: Sequence[str], settings: Settings
) -> Iterator[Report]:
    """One report a question, in order, all of one session: the papers are read once.

    Raises:
        AssigneeError: whatever a run over these papers raises; no question is left out silently.
    """
    with Assignee(settings) as assignee:
        for question in questions:
            yield assignee.research(question, papers)
