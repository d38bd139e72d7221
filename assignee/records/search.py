"""What was searched, what was left out and why: enough to repeat the search."""

from typing import Literal

from pydantic import Field

from assignee.records.base import Record
from assignee.records.paper import Basis, Paper, PublicationStatus

Way = Literal["query", "backward", "forward"]
"""How records were found: by a query, among the works that a paper cites, or that cite it."""


EVERY_DOCUMENT = "every document"
"""What the log of a folder or file holds in place of a query."""
NAMED_BY_ID = "papers named by id"
"""What the log of the library holds in place of a query when papers were named."""
EVERY_ENTRY = "every entry"
"""What the log of a bibliography holds in place of a query."""
EVERY_ID = "every identifier"
"""What the log of a list of identifiers holds in place of a query."""
TAKEN_WHOLE = frozenset({EVERY_DOCUMENT, NAMED_BY_ID, EVERY_ENTRY, EVERY_ID})
"""What a source that is taken whole, whatever is asked, logs in place of a query."""


class SearchEntry(Record):
    """One query sent to one source, or one paper's citations followed there."""

    source: str
    query: str
    """As the planner or the user worded it; of citations, the paper that was followed."""
    sent: str = ""
    """Exactly as the source received it, with its filters; without keys."""
    way: Way = "query"
    round: int = 1
    time: str
    """UTC, ISO 8601."""
    hits: int
    """Records that the source says it has, or what was read where it does not say."""
    kept: int
    """Records that were read and used."""
    pages: int = 0
    retries: int = 0
    errors: tuple[str, ...] = ()

    @property
    def taken_whole(self) -> bool:
        """Whether no query was sent: a folder, a bibliography or a list gave all that it has."""
        return self.query in TAKEN_WHOLE


class Terms(Record):
    """What a search asked for beside its words, and what decided about a paper."""

    since: str | None = None
    until: str | None = None
    """ISO dates of publication, both included."""
    statuses: tuple[PublicationStatus, ...] = ()
    language: str | None = None
    include: tuple[str, ...] = ()
    """The user's inclusion criteria, one sentence each."""
    exclude: tuple[str, ...] = ()


class Screened(Record):
    """One paper's way through the screening."""

    paper_id: str
    title: str
    decision: Literal["included", "excluded"]
    by: Literal["relevance", "criteria", "user", "limit", "retraction", "withdrawal", "no text"]
    reason: str
    """One clause that a reader understands."""
    relevance: float | None = None
    round: int = 1


class Flow(Record):
    """The counts of a PRISMA 2020 flow diagram."""

    identified: dict[str, int] = Field(default_factory=dict)
    """Records a source, by queries."""
    by_citations: dict[str, int] = Field(default_factory=dict)
    """Records a source, by following citations."""
    duplicates: int = 0
    screened: int = 0
    excluded: dict[str, int] = Field(default_factory=dict)
    """Reason to number, in screening."""
    sought: int = 0
    """Reports whose text was sought."""
    not_retrieved: dict[str, int] = Field(default_factory=dict)
    """Reason to number: full text that was not found; the abstract was read then."""
    assessed: int = 0
    rejected: dict[str, int] = Field(default_factory=dict)
    """Reason to number, after reading: no claim about the question, no text at all."""
    included: int = 0
    """Papers with at least one claim in the report."""


class News(Record):
    """What a repeated search found that the earlier one had not."""

    since: str
    """ISO date of the earlier search."""
    known: int
    """Papers that both found."""
    new: tuple[str, ...] = ()
    """Ids of papers that only the later one found."""
    gone: tuple[str, ...] = ()
    """Titles of papers that only the earlier one found."""
    retracted: tuple[str, ...] = ()
    """Ids of papers that both found and that were retracted since."""


class SearchLog(Record):
    """What was searched, where, when, and with what result."""

    entries: tuple[SearchEntry, ...] = ()
    unread: tuple[str, ...] = ()
    """Documents that could not be read, each with its reason."""
    terms: Terms = Terms()
    screening: tuple[Screened, ...] = ()
    flow: Flow = Flow()
    saturation: str | None = None
    """Why the search for more papers stopped, in one sentence."""
    basis: dict[str, Basis] = Field(default_factory=dict)
    """Paper id to what was read of it."""
    tried: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Paper id to the places where its full text was sought in vain, each with the reason."""
    found: tuple[Paper, ...] = ()
    """Every paper that was found, duplicates merged: enough of it to know it again."""
    news: News | None = None
    """Of a search that repeats an earlier one."""
