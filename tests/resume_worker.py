"""A process that researches and can be killed: the target of `multiprocessing.Process`."""

import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assignee.graph.context import Progress


def research(home: Path, base_url: str, stop_at: str | None, reached: Connection) -> None:
    """Research until killed; at the first event of the stage `stop_at` say so and stand still."""
    from whole_runs import QUESTION, SMALL, assignee

    def watch(event: "Progress") -> None:
        if event.stage == stop_at:
            reached.send(event.stage)
            threading.Event().wait()

    with assignee(home, base_url, **SMALL) as program:
        program.research(QUESTION, watch=watch)
