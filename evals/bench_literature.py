"""How long five databases take together, beside the slowest of them alone.

    python -m assignee.evals.bench_literature [--latency SECONDS]

The server on loopback answers in the formats of the five services, each reply after the latency.
Requests keep the intervals that each service asks for, so the slowest is bound by its own limit.
Target: together at most 1.3 times as long.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from typing import get_args

from assignee.offline import LiteratureServer
from assignee.settings import SourceName
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


if __name__ == "__main__":
    main()
