"""Documents in a folder or single files: all of them are found, whatever the query."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from assignee.errors import NoPapersError, ReadingError
from assignee.reading.reader import iter_folder
from assignee.records import EVERY_DOCUMENT, Document
from assignee.sources.base import QueryLog, SourceResult


class FolderSource:
    """Files that the user named; screening decides which of them are read closely.

    They are read once: no later query finds others, and a run sees one state of them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = f"files: {path.name}"
        self._found: SourceResult | None = None

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:  # noqa: ARG002
        """Read every document under the path; files that cannot be read are named.

        Raises:
            NoPapersError: the path does not exist.
        """
        if self._found is None:
            self._found = await asyncio.to_thread(self._read)
        return self._found

    def _read(self) -> SourceResult:
        if not self.path.exists():
            raise NoPapersError(f"{str(self.path)!r} does not exist; name a file or a folder")
        documents: list[Document] = []
        unread: list[ReadingError] = []
        for found in iter_folder(self.path):
            if isinstance(found, ReadingError):
                unread.append(found)
            else:
                documents.append(found)
        log = QueryLog(EVERY_DOCUMENT, len(documents), tuple(str(error) for error in unread))
        return SourceResult(tuple(documents), (), (log,), tuple(unread))
