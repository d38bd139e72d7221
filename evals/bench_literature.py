"""How long five databases take together, and whole runs when some of them fail.

    python -m assignee.evals.bench_literature [--latency SECONDS]

The server on loopback answers in the formats of the five services, each reply after the latency.
Requests keep the intervals that each service asks for, so the slowest is bound by its own limit.
Target: together at most 1.3 times as long as the slowest alone.

Then whole runs of the local engine: all five up, each of them down, two that answer only 429. Every
run must end with claims, name in its methodology whoever failed, search no longer than a database
may take in a round (`source_seconds`), and end within the run's own budget (`max_seconds`).
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, get_args

from assignee import Assignee
from assignee.graph.context import Progress
from assignee.offline import LiteratureServer
from assignee.offline.mischief import Mischief, failing, too_many
from assignee.report import render_markdown
from assignee.settings import Settings, SourceName
from assignee.sources import Criteria
from assignee.sources.literature import databases, url_by_name
from assignee.web import Web
from assignee.web.pace import Pace

QUERIES = (
    "language models scale",
    "instruction tuning of small models",
    "reinforcement learning from human feedback",
)
LIMIT = 20
"""Records a query: one page of each service."""
MOST = 1.3

QUESTION = "Does human feedback make language models more truthful?"
NAMES = ("arXiv", "OpenAlex", "Semantic Scholar", "Crossref", "Europe PMC")
SEARCH_SECONDS = 10.0
"""What one database may take in one round."""
RUN_SECONDS = 60.0


class Case(NamedTuple):
    """What goes wrong in a run."""

    name: str
    failing: tuple[str, ...] = ()
    act: Mischief | None = None


CASES = (
    Case("all five up"),
    *(Case(f"{name} answers 503", (name,), failing(503)) for name in NAMES),
    Case("two at 429, Retry-After in seconds", ("arXiv", "Semantic Scholar"), too_many(2)),
    Case(
        "two at 429, Retry-After as a date",
        ("OpenAlex", "Crossref"),
        too_many(2, as_date=True),
    ),
    Case("two at 429, Retry-After an hour", ("arXiv", "Europe PMC"), too_many(3600)),
)


class Outcome(NamedTuple):
    """How a run went."""

    search: float
    """Seconds from the plan until the last database had answered or was given up."""
    whole: float
    """Seconds of the run."""
    claims: int
    named: bool
    """Whether the methodology names every database that failed."""

    @property
    def holds(self) -> bool:
        """Whether the run ended in time, with claims and with the failures named."""
        in_time = self.search <= SEARCH_SECONDS * 1.05 and self.whole <= RUN_SECONDS
        return in_time and self.claims > 0 and self.named


async def seconds(names: Sequence[SourceName], latency: float) -> float:
    """Wall time of all queries to these databases, at once, on a new server and a new limiter."""
    with LiteratureServer(latency=latency) as server:
        async with Web(trusted=sorted(server.origins), pace=Pace()) as web:
            found = databases(names, web, Criteria(), urls=url_by_name(server.base_urls)).found
            began = time.perf_counter()
            results = await asyncio.gather(*(one.search(QUERIES, limit=LIMIT) for one in found))
            took = time.perf_counter() - began
    for result in results:
        assert not any(log.errors for log in result.queries), result.queries
    return took


def run(case: Case, home: Path) -> Outcome:
    """One whole run by the local engine, on a new server and an empty library."""
    last: dict[str, float] = {}

    def watch(event: Progress) -> None:
        last[event.stage] = time.perf_counter()

    with LiteratureServer() as server:
        for name in case.failing:
            if case.act:
                server.misbehave(name, case.act, forever=True)
        settings = Settings(
            home=home,
            sources=get_args(SourceName),
            source_urls=url_by_name(server.base_urls),
            source_seconds=SEARCH_SECONDS,
            max_seconds=RUN_SECONDS,
            contact="bench@example.org",
            http_days=0,
            max_papers=6,
            max_claims=8,
            rounds=1,
            revisions=0,
        )
        with Assignee(settings) as assignee:
            assignee.library  # noqa: B018 - opened, and its model loaded, before the time runs
            began = time.perf_counter()
            report = assignee.research(QUESTION, watch=watch)
            ended = time.perf_counter()
    methodology = render_markdown(report).partition("Methodology")[2]
    named = all(f"{name}: " in methodology for name in case.failing)
    return Outcome(last["search"] - last["plan"], ended - began, len(report.claims), named)


def print_failures() -> None:
    """One line a case: is every failure named, and did it end in time?"""
    print(f"\nwhole runs; {SEARCH_SECONDS:.0f} s for a database, {RUN_SECONDS:.0f} s for a run")
    print(f"{'case':38} {'search':>8} {'run':>8} {'claims':>7}  named  holds")
    for case in CASES:
        with TemporaryDirectory(prefix="assignee-bench-") as folder:
            made = run(case, Path(folder))
        named, holds = ("yes" if told else "NO" for told in (made.named, made.holds))
        print(
            f"{case.name:38} {made.search:6.1f} s {made.whole:6.1f} s {made.claims:7}"
            f"  {named:5}  {holds}"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--latency", type=float, default=0.3, help="seconds a reply (%(default)s)")
    options = parser.parse_args()
    names: tuple[SourceName, ...] = get_args(SourceName)
    alone = {name: asyncio.run(seconds([name], options.latency)) for name in names}
    for name, took in alone.items():
        print(f"{name:18} {took:5.2f} s alone")
    together = asyncio.run(seconds(names, options.latency))
    ratio = together / max(alone.values())
    print(f"{'together':18} {together:5.2f} s, {ratio:.2f} times the slowest (at most {MOST})")
    print_failures()


if __name__ == "__main__":
    main()
