"""What a check is: a named rule that answers one checklist item from the dossier alone."""

from collections.abc import Callable
from typing import NamedTuple

from assignee.records import Answer, Dossier, Remedy, Severity


class Fault(NamedTuple):
    """One place where a check failed; `quote` is words of the dossier."""

    what: str
    severity: Severity
    remedy: Remedy = "none"
    claim_id: str | None = None
    section: str | None = None
    quote: str | None = None


class Outcome(NamedTuple):
    """The answer to one item, with the faults behind a no (worst or first in the report first)."""

    answer: Answer
    reason: str
    faults: tuple[Fault, ...] = ()


Check = Callable[[Dossier], Outcome]


def passed(reason: str) -> Outcome:
    """A yes."""
    return Outcome("yes", reason)


def unassessed(reason: str) -> Outcome:
    """A cannot assess."""
    return Outcome("cannot assess", reason)


def failed(reason: str, *faults: Fault) -> Outcome:
    """A no with its faults."""
    return Outcome("no", reason, faults)


def judged(faults: list[Fault], *, good: str, bad: str) -> Outcome:
    """A no with `bad` as its reason when there are faults, else a yes with `good`."""
    return failed(bad, *faults) if faults else passed(good)


def listed(names: list[str], *, most: int = 8) -> str:
    """Names joined by commas; beyond `most` the number of the others is said."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
