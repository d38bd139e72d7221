"""A list of identifiers as a source: each is looked up in the databases that are searched."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from assignee.errors import NoPapersError, ReadingError
from assignee.identity.schemes import keys
from assignee.records import EVERY_ID, PaperIds
from assignee.sources.base import QueryLog, SourceResult
from assignee.sources.database import Database, joined
from assignee.sources.exports import IdList, read_id_list


class LookedUp(NamedTuple):
    """What databases said to identifiers."""

    answer: SourceResult
    missing: tuple[PaperIds, ...]
    """Those of which no record came."""
    silent: tuple[str, ...]
    """Why databases did not answer, each named."""
    answered: bool
    """Whether at least one did."""


async def looked_up(ids: Sequence[PaperIds], databases: Sequence[Database]) -> LookedUp:
    """Ask all databases at once for the works of these identifiers."""
    answers = await asyncio.gather(*(one.by_ids(ids) for one in databases))
    answer = joined(answers)
    named = (each for hit in answer.records for each in (hit.paper.ids, *hit.related))
    got = {key for each in named for key in keys(each)}
    silent = {
        f"{database.name}: {error.removeprefix(f'{database.name}: ')}"
        for database, each in zip(databases, answers, strict=True)
        for log in each.queries
        if not log.pages
        for error in log.errors
    }
    return LookedUp(
        answer,
        tuple(each for each in ids if not got & keys(each)),
        tuple(sorted(silent)),
        any(log.pages for log in answer.queries),
    )


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
        return self._result(listed, await looked_up(listed.ids, self._databases))

    def _result(self, listed: IdList, found: LookedUp) -> SourceResult:
        answer = found.answer
        missing = [ids.first() for ids in found.missing]
        unknown = [ReadingError(self.path.name, f"no database has {name}") for name in missing]
        unread = (*listed.bad, *unknown)
        log = QueryLog(
            EVERY_ID,
            len(answer.records),
            (*found.silent, *map(str, unread)),
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
