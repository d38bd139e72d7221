"""The counts of a PRISMA 2020 flow diagram, from what a run has kept of its search.

Every record is in one place: identified − duplicates = screened; screened − excluded = sought.
What was sought is assessed, by its abstract where no full text was found; what is not rejected
then is included.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from assignee.records import Flow, Screened, SearchEntry

REASONS = {
    "relevance": "not relevant to the question",
    "criteria": "outside the criteria",
    "user": "left out by the user",
    "limit": "less relevant than the papers read",
    "retraction": "retracted",
    "withdrawal": "withdrawn",
}
"""What `Screened.by` means for a paper that was left out before it was read."""

NO_TEXT = "no text at all"
NO_CLAIM = "no claim about the question"
NOT_FOUND = "no full text was found; the abstract was read"


def flow(
    entries: Sequence[SearchEntry],
    screening: Iterable[Screened],
    *,
    abstracts: Collection[str] = (),
    cited: Collection[str] = (),
) -> Flow:
    """The counts.

    Args:
        entries: the search, all rounds; what was taken whole in each round is counted once.
        screening: one record a paper that was found, duplicates merged.
        abstracts: ids of the papers whose full text was sought in vain.
        cited: ids of the papers with a claim in the report.
    """
    rows = list(screening)
    identified = by_source([entry for entry in entries if entry.way == "query"])
    by_citations = by_source([entry for entry in entries if entry.way != "query"])
    left_out = [row for row in rows if row.decision == "excluded" and row.by != "no text"]
    sought = [row for row in rows if row.decision == "included" or row.by == "no text"]
    empty = sum(row.by == "no text" for row in sought)
    included = sum(row.paper_id in cited for row in sought)
    found = sum(identified.values()) + sum(by_citations.values())
    only_abstract = sum(row.paper_id in abstracts for row in sought)
    return Flow(
        identified=identified,
        by_citations=by_citations,
        duplicates=max(0, found - len(rows)),
        screened=len(rows),
        excluded=dict(Counter(REASONS.get(row.by, row.by) for row in left_out).most_common()),
        sought=len(sought),
        not_retrieved=_counts({NOT_FOUND: only_abstract}),
        assessed=len(sought),
        rejected=_counts({NO_TEXT: empty, NO_CLAIM: len(sought) - empty - included}),
        included=included,
    )


def by_source(entries: Iterable[SearchEntry]) -> dict[str, int]:
    """Records that each source gave; one query that a source repeats in a later round is new."""
    sums: Counter[str] = Counter()
    whole: dict[str, int] = {}
    for entry in entries:
        if entry.pages and not entry.taken_whole:
            sums[entry.source] += entry.kept
        else:
            # A folder or a list is read in every round, and is the same each time.
            whole[entry.source] = max(whole.get(entry.source, 0), entry.kept)
    return {source: count for source, count in (sums + Counter(whole)).items() if count}


def _counts(given: Mapping[str, int]) -> dict[str, int]:
    return {reason: count for reason, count in given.items() if count > 0}
