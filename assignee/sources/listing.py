"""A list of records that a service hands out in pages, read up to a limit and logged."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NamedTuple

from assignee.errors import SourceError
from assignee.records import Hit
from assignee.sources.base import QueryLog, SourceResult

Params = Mapping[str, str]


class Page(NamedTuple):
    """One page of a list."""

    found: list[Any]
    """The entries as they came."""
    total: int | None = None
    """How many the service says it has."""
    following: Params | None = None
    """Parameters of the next page; `None` after the last."""
    retries: int = 0


class Listing(NamedTuple):
    """What was read of a list, and the log of it."""

    hits: tuple[Hit, ...]
    log: QueryLog


async def read_list(
    query: str,
    sent: str,
    *,
    first: Params,
    get: Callable[[Params], Awaitable[Page]],
    read: Callable[[Any], Hit | None],
    limit: int,
) -> Listing:
    """Read pages until `limit` entries were looked at or none is left.

    Never raises for a page that cannot be had: the error stands in the log, and what was read
    before is kept.

    Args:
        query: as the caller asked.
        sent: as the service got it, without key.
        first: parameters of the first page.
        get: fetches a page; raises `SourceError`.
        read: makes a record of an entry, or `None` when it has no title.
        limit: most entries; those without a title and those that a service repeats count too.
    """
    hits: dict[str, Hit] = {}
    errors: list[str] = []
    looked_at = untitled = pages = retries = 0
    total: int | None = None
    following: Params | None = first
    while following is not None and looked_at < limit:
        try:
            page = await get(following)
        except SourceError as error:
            errors.append(str(error))
            retries += getattr(error, "retries", 0)
            # A service that says there is no such thing has answered.
            pages += getattr(error, "reason", None) == "not found"
            break
        pages += 1
        retries += page.retries
        total = page.total if page.total is not None else total
        entries = page.found[: limit - looked_at]
        looked_at += len(entries)
        for entry in entries:
            if hit := read(entry):
                hits.setdefault(hit.paper.id, hit)
            else:
                untitled += 1
        # An empty page that names a next one would go on for ever.
        following = page.following if entries else None
    if untitled:
        errors.append(f"{untitled} of {looked_at} entries were left out: no title")
    found = tuple(hits.values())
    hit_count = looked_at if total is None else total
    log = QueryLog(query, hit_count, tuple(errors), sent, len(found), pages, retries)
    return Listing(found, log)


def gathered(listings: Iterable[Listing]) -> SourceResult:
    """The records and logs of several lists."""
    kept = list(listings)
    return SourceResult(
        queries=tuple(listing.log for listing in kept),
        records=tuple(hit for listing in kept for hit in listing.hits),
    )


def shown(path: str, params: Params, *, without: Iterable[str] = ()) -> str:
    """A request as the log shows it: readable, not encoded, without the named parameters."""
    hidden = set(without)
    kept = "&".join(f"{name}={value}" for name, value in params.items() if name not in hidden)
    return f"{path}?{kept}" if kept else path
