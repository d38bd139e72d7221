"""Measures a session: when it first tells of itself, what a follow-up takes, what it keeps on disk.

`python -m assignee.evals.bench_session` asks one question over the example notes, then follow-ups
that are answered from the store, and prints a table. The first follow-up of a fresh process, which
imports the machine and opens the library, is told apart from the others.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from assignee import Assignee, Settings
from assignee.records import Progress
from assignee.session import Session

NOTES = Path(__file__).resolve().parent.parent / "examples" / "scaling_laws"
QUESTION = "Does finetuning with human feedback improve the performance of language models?"
FOLLOW_UPS = (
    "Which of these hold for models under 10B?",
    "Why is claim 2 uncorroborated?",
    "What do the RLHF papers say about it?",
    "Compare RLHF and supervised finetuning",
    "What would change your mind?",
)
TURNS = 100


class Timing(NamedTuple):
    """One turn."""

    first: float
    """Seconds until the first progress."""
    whole: float
    """Seconds until the turn was there."""


def asked(session: Session, said: str) -> Timing:
    """Take one turn."""
    seen: list[float] = []

    def watch(_: Progress) -> None:
        seen.append(time.perf_counter())

    began = time.perf_counter()
    session.ask(said, watch=watch)
    return Timing(seen[0] - began, time.perf_counter() - began)


def size(folder: Path) -> int:
    """Bytes of all files under it."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measured(home: Path, turns: int) -> tuple[Timing, Timing, list[Timing], int]:
    """The question, the first follow-up of a fresh program, the others, and bytes on disk."""
    settings = Settings(home=home, max_papers=8, max_claims=12, rounds=1, revisions=0)
    with Assignee(settings) as program:
        question = asked(program.session("bench", papers=[NOTES]), QUESTION)
    with Assignee(settings) as program:
        session = program.session("bench")
        fresh, *others = [asked(session, FOLLOW_UPS[n % len(FOLLOW_UPS)]) for n in range(turns - 1)]
        return question, fresh, others, size(home / "sessions" / session.id)


def row(what: str, seconds: Sequence[float], target: str) -> str:
    """One line of the table."""
    median, worst = statistics.median(seconds), max(seconds)
    return f"{what:<44} {median:8.3f} s {worst:8.3f} s  {target}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=TURNS)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as folder:
        question, fresh, others, disk = measured(Path(folder), turns)
    print(f"{'':<44} {'median':>10} {'worst':>10}  target")
    every = [question, fresh, *others]
    print(row("first progress", [one.first for one in every], "<= 0.3 s"))
    print(row("follow-up from the store", [one.whole for one in others], "<= 1.5 s"))
    print(row("the first one after opening again", [fresh.whole], ""))
    print(row("the question itself", [question.whole], ""))
    print(f"{turns} turns on disk: {disk / 1e6:.1f} MB (target <= 20 MB)")


if __name__ == "__main__":
    main()
