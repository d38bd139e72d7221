"""Screening: which papers are read closely, and why the others are not.

The first of these that applies decides: a retraction, a withdrawal, the user's own decision, the
user's criteria, the relevance. Nothing is left out in silence: every paper gets its reason.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from assignee.engines.protocol import Ranker
from assignee.records import Paper, Screened, Terms

Decision = Literal["include", "exclude"]
"""What the user wrote into the screening file."""

Closeness = Mapping[str, Mapping[str, float]]
"""Criterion to paper id to how close title and abstract come to it, 0 to 1."""

NO_DECISIONS: Mapping[str, Decision] = MappingProxyType({})
NOT_COMPARED: Closeness = MappingProxyType({})


class Candidate(NamedTuple):
    """A paper that may be read closely."""

    paper: Paper
    abstract: str | None = None
    withdrawn: bool = False


async def compared(
    candidates: Sequence[Candidate], terms: Terms, ranker: Ranker
) -> dict[str, dict[str, float]]:
    """How close each candidate's title and abstract come to the criteria that need it."""
    raise NotImplementedError


def judged(
    candidates: Sequence[Candidate],
    *,
    relevance: Mapping[str, float],
    limit: int,
    terms: Terms = Terms(),
    closeness: Closeness = NOT_COMPARED,
    decisions: Mapping[str, Decision] = NO_DECISIONS,
    round_: int = 1,
) -> list[Screened]:
    """One record a candidate: first those to read, most relevant first, then the others.

    Args:
        candidates: the pool, without what was read in earlier rounds.
        relevance: paper id to its score; a paper without one ranks last.
        limit: how many are read; papers that the user includes are read beyond it.
        terms: days, kinds, language and the user's criteria.
        closeness: from `compared`; without it sentences are left undecided.
        decisions: the user's, from `read_screening_csv`.
        round_: of the search.
    """
    raise NotImplementedError


def screening_csv(rows: Sequence[Screened]) -> str:
    """The screening as a CSV file to edit: write `include` or `exclude` in the first column."""
    raise NotImplementedError


def read_screening_csv(path: Path) -> dict[str, Decision]:
    """The user's decisions by paper id; empty cells decide nothing.

    Raises:
        UserError: the file cannot be read, lacks a column, or has an unknown decision.
    """
    raise NotImplementedError
