"""Measures what a user waits for: imports, help, and the demo, cold and warm, in fresh processes.

`python -m assignee.evals.bench_program` prints a table. Wall seconds depend on what else the
machine does; CPU seconds, of all threads together, depend on it much less.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 7
DEMOS = 3
HEADER = ("", "wall, median", "least", "CPU, median", "peak memory", "target")


class Measured(NamedTuple):
    """What one child process took."""

    wall: float
    """Seconds from start to end."""
    cpu: float
    """Seconds of all its threads, user and system."""
    memory: float
    """Largest resident set, MB (10^6 bytes)."""


def measure(command: Sequence[str]) -> Measured:
    """Run a command to its end, its output thrown away.

    Raises:
        RuntimeError: it failed.
    """
    began = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    _, status, used = os.wait4(process.pid, 0)
    wall = perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)!r} ended with exit code {process.returncode}")
    kilobytes = used.ru_maxrss / 1024 if sys.platform == "darwin" else used.ru_maxrss
    return Measured(wall, used.ru_utime + used.ru_stime, kilobytes * 1024 / 1e6)


def row(what: str, runs: Sequence[Measured], target: str) -> tuple[str, ...]:
    """One line of the table; memory is the largest of all runs."""
    return (
        what,
        f"{statistics.median(run.wall for run in runs):.2f} s",
        f"{min(run.wall for run in runs):.2f} s",
        f"{statistics.median(run.cpu for run in runs):.2f} s",
        f"{max(run.memory for run in runs):.0f} MB",
        target,
    )


def starting(repeats: int) -> list[tuple[str, ...]]:
    """How long the interpreter alone, the import and the help take."""
    commands = (
        ("python -c pass", ["-c", "pass"], ""),
        ("import assignee", ["-c", "import assignee"], "<= 0.3 s"),
        ("from assignee import Assignee", ["-c", "from assignee import Assignee"], ""),
        ("assignee --help", ["-m", "assignee.cli", "--help"], "<= 0.5 s"),
    )
    return [
        row(what, [measure([sys.executable, *arguments]) for _ in range(repeats)], target)
        for what, arguments, target in commands
    ]


def demos(repeats: int, folder: Path) -> list[tuple[str, ...]]:
    """The demo of a copy of examples/: on an empty home, and again with the library there."""
    cold, warm = [], []
    for number in range(repeats):
        examples = folder / str(number) / "examples"
        shutil.copytree(ROOT / "examples", examples)
        command = [sys.executable, str(examples / "demo.py")]
        cold.append(measure(command))
        warm.append(measure(command))
    return [
        row("demo, cold, with ingestion", cold, "<= 30 s, <= 600 MB"),
        row("demo, warm", warm, "<= 5 s, <= 600 MB"),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS, help="of imports and help")
    parser.add_argument("--demos", type=int, default=DEMOS, help="cold and warm demos")
    arguments = parser.parse_args()
    rows = [HEADER, *starting(arguments.repeats)]
    with tempfile.TemporaryDirectory() as folder:
        rows += demos(arguments.demos, Path(folder))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        print("  ".join(map(str.ljust, cells, widths)).rstrip())


if __name__ == "__main__":
    main()
