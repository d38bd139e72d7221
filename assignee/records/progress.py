"""Progress: what those who watch a run or a session are told, as it happens."""

from assignee.records.base import Record


class Progress(Record):
    """A typed progress event of a run."""

    stage: str
    """Name of the graph's node."""
    done: int
    total: int
    detail: str = ""
    cost: float | None = None
    """US dollars so far; `None` when unknown."""
    verified: int | None = None
    """Claims verified so far."""
