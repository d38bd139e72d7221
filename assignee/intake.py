"""Takes what a user names into the library: documents, bibliographies, identifiers.

>>> taken = await intake(["notes/", "refs.bib", "arXiv:2001.08361"], library=..., settings=...)
>>> taken.ids, taken.unread
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assignee.errors import NoPapersError
from assignee.settings import Settings

if TYPE_CHECKING:
    from assignee.assembly import Literature
    from assignee.identity import Merged
    from assignee.library import Library
    from assignee.records import Hit, PaperIds
    from assignee.sources import Source, SourceResult
    from assignee.sources.database import Database

FETCHES = 4
"""Full texts that are looked for at once."""


class TakenIn(NamedTuple):
    """What the library holds now, and what it was not possible to read."""

    ids: tuple[str, ...]
    """Of papers, as they were named."""
    unread: tuple[str, ...]
    """Sentences: files, entries and identifiers, and databases that did not answer."""


class _Named(NamedTuple):
    """What was named, told apart."""

    known: "tuple[str, ...]"
    """Ids of papers in the library."""
    documents: tuple[Path, ...]
    exports: tuple[Path, ...]
    lists: tuple[Path, ...]
    works: "tuple[PaperIds, ...]"


async def intake(
    names: Sequence[str],
    *,
    library: "Library",
    settings: Settings,
    announce: Callable[[str], None] | None = None,
) -> TakenIn:
    """Read files and folders, take the entries of bibliographies, look identifiers up.

    Identifiers are looked up in the databases of the settings; nothing is sent where these name
    none. Full texts of looked-up works and of entries are sought there, too, of as many as a
    report reads.

    Args:
        names: files, folders, ids of papers in the library, DOIs, arXiv ids, PMIDs, PMCIDs.
        library: where they are taken in.
        settings: which databases there are, and whether full texts are wanted.
        announce: told once where queries are sent, before the first one.

    Raises:
        NoPapersError: one of the names is none of these; nothing is taken in then.
    """
    from assignee.assembly import Literature, open_literature

    named = await asyncio.to_thread(_told_apart, names, library)
    found = await _read(named)
    unread = [str(error) for result in found for error in result.unread]
    sought = bool(named.works or named.lists)
    async with AsyncExitStack() as stack:
        literature = Literature()
        if settings.searched and (sought or named.exports):
            literature = open_literature(settings, stack, announce)
        if sought:
            looked_up, missing = await _looked_up(named, literature.databases)
            found.append(looked_up)
            unread += missing
        works, same_as = await asyncio.to_thread(_taken_in, found, library)
        if settings.full_text and literature.full_text is not None:
            await _fetch(works, literature, library, most=settings.max_papers)
    read = [document.paper.id for result in found for document in result.documents]
    ids = dict.fromkeys([*named.known, *(same_as.get(id_, id_) for id_ in read), *works])
    kept, empty = await asyncio.to_thread(_with_text, tuple(ids), works, library)
    return TakenIn(kept, (*unread, *empty))


def _told_apart(names: Sequence[str], library: "Library") -> _Named:
    from assignee.sources.exports import is_export
    from assignee.sources.exports.id_list import identified
    from assignee.sources.looked_up import is_id_list

    at_hand = {paper.id for paper in library.papers(list(names))}
    known, works = [], []
    documents, exports, lists = list[Path](), list[Path](), list[Path]()
    for name in names:
        path = Path(name).expanduser()
        if name in at_hand:
            known.append(name)
        elif path.exists():
            kind = exports if is_export(path) else lists if is_id_list(path) else documents
            kind.append(path)
        elif ids := identified(name):
            works.append(ids)
        else:
            raise NoPapersError(
                f"{name!r} is neither a file, a folder, the id of a paper in the library nor a "
                "DOI, arXiv id, PMID or PMCID"
            )
    return _Named(tuple(known), tuple(documents), tuple(exports), tuple(lists), tuple(works))


async def _read(named: _Named) -> "list[SourceResult]":
    from assignee.sources import FolderSource
    from assignee.sources.exports import ExportSource

    sources: list[Source] = [
        *map(FolderSource, named.documents),
        *map(ExportSource, named.exports),
    ]
    return [await source.search((), limit=0) for source in sources]


async def _looked_up(
    named: _Named, databases: "Sequence[Database]"
) -> "tuple[SourceResult, list[str]]":
    """The records of the works, and in sentences what was not found and who did not answer."""
    from assignee.sources import SourceResult
    from assignee.sources.exports import read_id_list
    from assignee.sources.looked_up import looked_up

    listed = [await asyncio.to_thread(read_id_list, path) for path in named.lists]
    works = tuple(dict.fromkeys([*named.works, *(ids for one in listed for ids in one.ids)]))
    bad = [str(error) for one in listed for error in one.bad]
    if not databases:
        told = ", ".join(str(ids.first()) for ids in works)
        return SourceResult(), [
            *bad,
            f"{told}: no database is searched, so nothing was looked up; --source openalex, or in "
            "a session /settings sources=openalex, names one",
        ]
    found = await looked_up(works, databases)
    silent = [f"{error}" for error in found.silent]
    why = "no database that answered has it" if silent else "no database has it"
    if not found.answered:
        why = "not looked up, since no database answered"
    missing = [f"{ids.first()}: {why}" for ids in found.missing]
    return SourceResult(records=found.answer.records), [*bad, *missing, *silent]


def _taken_in(
    found: "Sequence[SourceResult]", library: "Library"
) -> "tuple[dict[str, Merged], Mapping[str, str]]":
    """Take documents and records in, each work once; the works that the records are."""
    from assignee.agents import identifier, retriever

    retriever.take_in([one for result in found for one in result.documents], library)
    records = [record for result in found for record in result.records]
    if not records:
        return {}, {}
    own = identifier.at_hand(library.papers())
    hits: dict[str, Hit] = {f"{number}": hit for number, hit in enumerate([*records, *own])}
    made = identifier.identified(hits)
    works = {id_: work for id_, work in made.works.items() if not work.withdrawn}
    gone = made.works.keys() - works.keys()
    identifier.take_in_works(made, library, leave_out=gone)
    return works, made.same_as


async def _fetch(
    works: "Mapping[str, Merged]", literature: "Literature", library: "Library", *, most: int
) -> None:
    from assignee.agents import retriever

    passages = await asyncio.to_thread(library.passages, list(works))
    whole = {passage.paper_id for passage in passages if passage.basis == "full text"}
    turn = asyncio.Semaphore(FETCHES)
    find = literature.full_text
    assert find is not None

    async def fetch(work: "Merged") -> None:
        async with turn:
            text = await find(work.paper, work.locations)
        if text.document is not None:
            await asyncio.to_thread(retriever.take_in, [text.document], library)

    wanted = [work for id_, work in works.items() if id_ not in whole][:most]
    await asyncio.gather(*map(fetch, wanted))


def _with_text(
    ids: Sequence[str], works: "Mapping[str, Merged]", library: "Library"
) -> tuple[tuple[str, ...], list[str]]:
    """The papers that can be read, and in sentences which of the works cannot."""
    told = {passage.paper_id for passage in library.passages(list(works))}
    empty = [id_ for id_ in works if id_ not in told]
    sentences = [
        f"“{works[id_].paper.title}”: neither full text nor abstract was found" for id_ in empty
    ]
    return tuple(id_ for id_ in ids if id_ not in empty), sentences
