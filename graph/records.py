"""Records between the nodes: kept in the library, passed by digest, announced as progress."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

from langgraph.runtime import Runtime

from assignee.graph.context import Context, Progress
from assignee.graph.state import State
from assignee.records import Record, Review, Screened

R = TypeVar("R", bound=Record)


async def stored(context: Context, records: Sequence[Record]) -> list[str]:
    """Keep records in the library; returns their digests in order."""
    return await asyncio.to_thread(context.library.put, records)


async def loaded(context: Context, kind: type[R], digests: Sequence[str]) -> list[R]:
    """Records by digest, in order."""
    return await asyncio.to_thread(context.library.get, kind, digests)


async def reviews_of(state: State, context: Context, version: int) -> dict[str, Review]:
    """The reviews of one version by reviewer, in the panel's order."""
    found = {
        seat.id: state["reviews"][f"{version}:{seat.id}"]
        for seat in context.panel.reviewers
        if f"{version}:{seat.id}" in state.get("reviews", {})
    }
    return dict(zip(found, await loaded(context, Review, list(found.values())), strict=True))


def announce(
    runtime: Runtime[Context],
    stage: str,
    done: int,
    total: int,
    detail: str = "",
    *,
    verified: int | None = None,
) -> None:
    """Send a progress event to whoever is watching; `done` counts what this node added."""
    event = Progress(
        stage=stage,
        done=done,
        total=total,
        detail=detail,
        cost=runtime.context.cost(),
        verified=verified,
    )
    runtime.stream_writer(event.model_dump(mode="json"))


def as_json(rows: list[Screened]) -> dict[str, Any]:
    """The screening as the state keeps it, by paper."""
    return {row.paper_id: row.model_dump(mode="json") for row in rows}
