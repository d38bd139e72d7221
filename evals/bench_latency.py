"""Measures what the program adds to a model's latency: one question, a loopback server, no key.

`python -m assignee.evals.bench_latency` prints a row for each latency L of the server: model calls,
how many of them follow one another (depth), wall time, CPU time, and wall / (depth x L). Wall times
are medians; imports, the embedder's start and the reading of the papers are not timed.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from assignee import Assignee, Settings
from assignee.records import Report

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "tests" / "openai_server.py"
NOTES = ROOT / "examples" / "scaling_laws"

WARM_UP = "Does instruction tuning help language models with tasks that they have not seen?"
QUESTIONS = (
    "Do larger language models perform better on downstream tasks?",
    "Does more training data lower the loss of a language model of fixed size?",
    "Does finetuning with human feedback improve the performance of language models?",
    "How does model size change the performance of finetuned language models?",
    "Does pretraining loss predict the downstream performance of language models?",
)
TARGETS = {0.2: 1.12, 1.0: 1.02}
"""Wall / (depth x L) to reach, by L; paper-qa measured 1.15 to 1.24 and 1.03."""


class Endpoint(NamedTuple):
    """A server that answers each request after the same time."""

    base_url: str
    log: Path


class Timing(NamedTuple):
    """One question, asked and answered."""

    calls: int
    depth: int
    """Calls that follow one another: in the server's log, neighbours of one role are one wave."""
    claims: int
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of this process; the server's are not in it."""


@contextmanager
def endpoint(latency: float, folder: Path) -> Iterator[Endpoint]:
    """The loopback server of the tests, as a process of its own."""
    if not SERVER.is_file():
        sys.exit(f"{str(SERVER)!r} is not there: run this from a checkout of the repository")
    log = folder / f"calls-{latency:g}.jsonl"
    command = [sys.executable, str(SERVER), "--latency", str(latency), "--log", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            yield Endpoint(f"http://127.0.0.1:{int(process.stdout.readline())}/v1", log)
        finally:
            process.terminate()


def roles(log: Path) -> list[str]:
    """The roles of the calls so far, in the order of asking."""
    entries = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return [entry["role"] for entry in entries if entry["event"] == "asked"]


def ask(question: str, settings: Settings, log: Path) -> Timing:
    """Time one question in a program that is fresh but warm."""
    with Assignee(settings) as assignee:
        assignee.library.search(["warm"], limit=1)
        before = len(roles(log))
        wall, cpu = time.perf_counter(), time.process_time()
        report: Report = assignee.research(question)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    asked = roles(log)[before:]
    return Timing(len(asked), len(list(groupby(asked))), report.counts.claims, wall, cpu)


def measure(latency: float, home: Path, *, repeats: int) -> list[Timing]:
    """Time the questions, each once or more; a repeat is worded anew, so that no reply is known."""
    with endpoint(latency, home) as server:
        settings = Settings(
            home=home, engine="llm", base_url=server.base_url, api_key=None, revisions=0
        )
        ask(WARM_UP, settings, server.log)
        return [
            ask(f"{question} ({turn + 1})" if turn else question, settings, server.log)
            for turn in range(repeats)
            for question in QUESTIONS
        ]


def row(latency: float, timings: Sequence[Timing]) -> str:
    """A line of the table: medians, and the fastest ratio in brackets."""
    ratios = [timing.wall / (timing.depth * latency) for timing in timings]
    target = TARGETS.get(latency)
    return (
        f"{latency:>5g} {max(t.calls for t in timings):>6} {max(t.depth for t in timings):>6} "
        f"{min(t.claims for t in timings):>7} {statistics.median(t.wall for t in timings):>8.2f} "
        f"{statistics.median(t.cpu for t in timings):>8.2f} "
        f"{statistics.median(ratios):>8.3f} ({min(ratios):.3f}) "
        f"{'' if target is None else f'<= {target:g}':>10}"
    ).rstrip()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, nargs="+", default=sorted(TARGETS), metavar="L")
    parser.add_argument("--papers", type=int, default=12, help="of the example notes")
    parser.add_argument("--repeats", type=int, default=1, help="times that each question is asked")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Assignee(Settings(home=home)) as assignee:
            assignee.add(sorted(NOTES.glob("[0-9]*.md"))[: chosen.papers])
        print("  L/s  calls  depth  claims   wall/s    CPU/s  wall/(depth x L) (best)   target")
        for latency in chosen.latency:
            print(row(latency, measure(latency, home, repeats=chosen.repeats)), flush=True)


if __name__ == "__main__":
    main()
