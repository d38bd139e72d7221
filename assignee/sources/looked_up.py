"""A list of identifiers as a source: each is looked up in the databases that are searched."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from assignee.errors import NoPapersError, ReadingError
from assignee.identity.schemes import keys
from assignee.records import EVERY_ID
from assignee.sources.base import QueryLog, SourceResult
from assignee.sources.database import Database, joined
from assignee.sources.exports import IdList, read_id_list


class IdListSource:
    """The works that a file names; all of them are found, whatever the query.

    Args:
        path: a text file with one identifier a line.
        databases: where they are looked up, all at once.
    """

    def __init__(self, path: Path, databases: Sequence[Database]) -> None:
        self.path = path
        self.name = f"ids: {path.name}"
        self._databases = databases

    async def search(self, queries: Sequence[str], *, limit: int) -> SourceResult:  # noqa: ARG002
        """Look every identifier up; those that no database knows are named.

        Raises:
            NoPapersError: the file cannot be read.
        """
        try:
            listed = await asyncio.to_thread(read_id_list, self.path)
        except ReadingError as error:
            raise NoPapersError(str(error)) from error
        answers = await asyncio.gather(*(one.by_ids(listed.ids) for one in self._databases))
        return self._result(listed, joined(answers))

    def _result(self, listed: IdList, answer: SourceResult) -> SourceResult:
        named = (ids for hit in answer.records for ids in (hit.paper.ids, *hit.related))
        got = {key for ids in named for key in keys(ids)}
        missing = [ids.first() for ids in listed.ids if not got & keys(ids)]
        unknown = [ReadingError(self.path.name, f"no database has {name}") for name in missing]
        unread = (*listed.bad, *unknown)
        silent = {error for log in answer.queries if not log.pages for error in log.errors}
        log = QueryLog(
            EVERY_ID,
            len(answer.records),
            (*sorted(silent), *map(str, unread)),
            sent="; ".join(filter(None, (log.sent for log in answer.queries))),
            read=len(answer.records),
            pages=sum(log.pages for log in answer.queries),
            retries=sum(log.retries for log in answer.queries),
        )
        return SourceResult(queries=(log,), unread=unread, records=answer.records)


def is_id_list(path: Path) -> bool:
    """Whether a text file holds identifiers, more lines of them than of anything else."""
    if path.suffix.casefold() != ".txt" or not path.is_file():
        return False
    try:
        listed = read_id_list(path)
    except ReadingError:
        return False
    return len(listed.ids) > len(listed.bad)
