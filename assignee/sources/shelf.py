"""The library itself as a source: papers that were added before."""

import asyncio
from collections.abc import Sequence

from assignee.library import Library
from assignee.records import NAMED_BY_ID
from assignee.sources.base import QueryLog, SourceResult


class ShelfSource:
    """Searches the papers that the library holds, or hands out those that were named by id."""

    name = "library"

    def __init__(self, library: Library, paper_ids: Sequence[str] = ()) -> None:
        self._library = library
        self._paper_ids = tuple(paper_ids)

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:
        """The papers of the best passages for each query, or the papers that were named."""
        if self._paper_ids:
            log = QueryLog(NAMED_BY_ID, len(self._paper_ids))
            return SourceResult(known=self._paper_ids, queries=(log,))
        found = await asyncio.to_thread(self._library.search, list(queries), limit=limit)
        logs = tuple(
            QueryLog(query, len({hit.passage.paper_id for hit in hits}))
            for query, hits in zip(queries, found, strict=True)
        )
        known = dict.fromkeys(hit.passage.paper_id for hits in found for hit in hits)
        return SourceResult(known=tuple(known), queries=logs)
