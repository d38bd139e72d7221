"""The state of a run: JSON only, ids and digests; the records themselves live in the library."""

from typing import Annotated, Any, TypedDict

JSON = dict[str, Any]


def merged(old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    """Keyed merge: what a parallel node returns joins the rest, and doing it twice adds nothing."""
    return {**(old or {}), **(new or {})}


def earliest(old: dict[str, int] | None, new: dict[str, int] | None) -> dict[str, int]:
    """Keyed merge in which the first value of a key stays."""
    return {**(new or {}), **(old or {})}


class State(TypedDict, total=False):
    """One run of research, or one review of a foreign report."""

    schema_version: int
    run_id: str
    question: str
    started: str
    """UTC, ISO 8601."""

    asked: list[str]
    """The question, then its sub-questions, with abbreviations spelled out as the papers do."""
    plan: str
    """Digest of the `Plan`."""
    round: int
    """Round of search, from 1."""
    queries: list[str]
    """Queries of this round."""
    gaps: list[str]
    """Queries for evidence that is missing; the next round's, if there is one."""
    pool: Annotated[dict[str, int], earliest]
    """Paper id to the round in which it was found: where evidence may come from."""
    read: Annotated[dict[str, int], earliest]
    """Paper id to the round in which it was read closely."""
    to_read: list[str]
    """Paper ids to read closely in this round."""
    searches: Annotated[dict[str, list[JSON]], merged]
    """`round:source` to its `SearchEntry` records."""
    unread: Annotated[dict[str, str], merged]
    """Documents that could not be read, each with its reason."""
    hits: Annotated[dict[str, list[str]], merged]
    """`round:source` to digests of the `Hit` records that it returned."""
    works: Annotated[dict[str, str], merged]
    """Paper id to the digest of its `Merged`, of all that databases returned."""
    members: str
    """Digest of the `Members`: which record was taken for which work."""
    same_as: Annotated[dict[str, str], merged]
    """Id of a paper of the pool that turned out to be another one, to that one's id."""
    fresh: list[str]
    """Ids of works that the last identification found for the first time."""
    screened: Annotated[dict[str, JSON], merged]
    """Paper id to its `Screened`."""
    eligible: Annotated[dict[str, JSON], merged]
    """Paper id to criterion to `[met or null, why]`: what the screener said."""
    step: int
    """Steps taken along citations."""
    followed: list[str]
    """Ids of papers whose citations were followed."""
    stopped: str
    """Why citations were not followed further; "" as long as they may be."""
    to_fetch: list[str]
    """Ids of papers whose full text is to be looked for."""
    texts: Annotated[dict[str, JSON], merged]
    """Paper id to `{"place": str, "tried": [str]}`: where its full text was found or sought."""
    bases: Annotated[dict[str, str], merged]
    """Paper id to what is read of it."""
    extractions: Annotated[dict[str, JSON], merged]
    """Paper id to `{"claims": digests, counts…}`."""
    claims: list[str]
    """Digests of the consolidated claims, most relevant first."""
    tally: JSON
    """Counts of consolidation."""
    to_verify: list[str]
    """Digests of the claims to verify in this round."""
    verdicts: Annotated[dict[str, str], merged]
    """Claim id to the digest of its `Verdict`."""
    compared: Annotated[dict[str, str], merged]
    """Two claim ids to the digest of their `Contradiction`; "" where they do not contradict."""

    version: int
    """Version of the report, from 0."""
    epoch: int
    """Which repetition of the same reviews this is, from 1, where reviews are repeated."""
    dropped: list[str]
    """Ids of claims that a revision dropped."""
    qualify: list[str]
    """Ids of claims whose sentences a revision hedges."""
    notes: list[str]
    """Limitations that a revision added."""
    snapshots: Annotated[dict[str, JSON], merged]
    """Version to the claims, verdicts and dropped ids that it was written from."""
    drafts: Annotated[dict[str, str], merged]
    """Version to the digest of its `Draft`."""
    dossiers: Annotated[dict[str, str], merged]
    """Version to the digest of its `Dossier`."""
    reviews: Annotated[dict[str, str], merged]
    """`version:reviewer` to the digest of the `Review`."""
    ratings: Annotated[dict[str, str], merged]
    """Version to the digest of its `PanelRating`."""
    actions: list[str]
    """Digests of the revision's `RevisionAction` records."""
    warnings: Annotated[dict[str, str], merged]
    """What went wrong without stopping the run, by place."""
    report: str
    """Digest of the finished `Report`."""


class SearchTask(TypedDict):
    """One source to search."""

    source: int
    queries: list[str]
    round: int


class FetchTask(TypedDict):
    """One paper whose full text is looked for."""

    paper_id: str
    work: str
    """Digest of its `Merged`."""
    of: int
    """Papers whose full text is looked for in this round."""


class ExtractTask(TypedDict):
    """One paper to extract claims from."""

    asked: list[str]
    """The question, then its foremost sub-questions."""
    paper_id: str
    of: int
    """Papers to read in this round."""


class VerifyTask(TypedDict):
    """One batch of claims to verify."""

    batch: int
    round: int
    claims: list[str]
    pool: list[str]
    of: int
    """Claims to verify in this round."""


class ReviewTask(TypedDict):
    """One reviewer's turn."""

    reviewer: str
    version: int
    dossier: str
    epoch: int
