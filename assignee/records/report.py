"""The report: everything that a run found, from which every output file is written."""

from html import escape
from typing import Literal, get_args

from pydantic import Field

from assignee.records.base import SCHEMA_VERSION, Record
from assignee.records.claim import Claim, Contradiction, Verdict
from assignee.records.paper import Paper, Passage
from assignee.records.review import Finding, PanelRating, Review
from assignee.records.search import SearchLog

Format = Literal[
    "markdown",
    "html",
    "pdf",
    "json",
    "csv",
    "bibtex",
    "ris",
    "csl-json",
    "search-log",
    "screening",
    "plots",
]
"""What a report can be taken away as."""
FORMATS: tuple[Format, ...] = get_args(Format)


class Plan(Record):
    """How a question is taken apart."""

    subquestions: tuple[str, ...]
    queries: tuple[str, ...]
    planner: str
    """Engine and prompt."""


class CitedSentence(Record):
    """One sentence and the checked claims that it rests on."""

    text: str
    claim_ids: tuple[str, ...] = ()


class Draft(Record):
    """What a writer makes of the verdicts."""

    title: str
    abstract: tuple[CitedSentence, ...]
    answer: tuple[CitedSentence, ...]
    writer: str
    dropped_sentences: int = 0
    """Sentences left out because they cited no checked claim."""
    qualified: tuple[str, ...] = ()
    """Ids of claims whose sentences were qualified by a revision."""
    notes: tuple[str, ...] = ()
    """Further limitations that a revision added."""


class RevisionAction(Record):
    """What a revision did about one finding."""

    finding: Finding
    action: Literal["dropped", "qualified", "searched", "added", "unresolved"]
    detail: str


class Revision(Record):
    """One revision and the rule by which a version was kept."""

    actions: tuple[RevisionAction, ...]
    before: PanelRating
    after: PanelRating
    kept: Literal["revised", "original"]
    rule: str = (
        "the revised version is kept unless the auditor finds a severe fault in it "
        "that the original did not have"
    )


class Usage(Record):
    """What one role's model calls cost."""

    role: str
    model: str
    calls: int = 0
    """Calls that reached the endpoint."""
    cached: int = 0
    """Replies taken from the response cache."""
    failed: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    """`None` when the endpoint did not say; unknown is not 0."""
    cost: float | None = None
    """US dollars, or `None` when tokens or price are unknown."""
    seconds: float = 0.0


class Counts(Record):
    """What was found, kept and left out; each number is explained in the methodology."""

    papers_found: int = 0
    papers_screened_out: int = 0
    papers_read: int = 0
    papers_cited: int = 0
    passages_read: int = 0
    drafts: int = 0
    quotes_unmatched: int = 0
    off_topic: int = 0
    not_self_contained: int = 0
    over_limit: int = 0
    duplicates_merged: int = 0
    claims: int = 0
    claims_not_checked: int = 0
    extraction_failed: int = 0
    """Papers whose extraction failed."""
    largest_share: float | None = None
    """Share of claims that come from the largest contributor."""
    rounds: int = 1


class Stamp(Record):
    """What a reader needs to repeat the run."""

    program: str
    version: str
    engine: str
    models: dict[str, str]
    """Role to model id."""
    prompts: dict[str, str]
    """Prompt name to its first 12 hex digits."""
    settings: dict[str, str | int | float | bool | None]
    """Settings without secrets."""


class Report(Record):
    """A checked and rated synthesis; every output file is made from this record alone."""

    schema_version: int = SCHEMA_VERSION
    run_id: str
    question: str
    date: str
    """ISO date of the run's start, UTC."""
    plan: Plan
    draft: Draft
    papers: tuple[Paper, ...]
    """Every paper that was read; cited ones first."""
    passages: tuple[Passage, ...]
    """Every passage that is quoted."""
    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]
    contradictions: tuple[Contradiction, ...] = ()
    reviews: tuple[Review, ...]
    rating: PanelRating
    revision: Revision | None = None
    search: SearchLog
    counts: Counts
    usage: tuple[Usage, ...] = ()
    stamp: Stamp
    warnings: tuple[str, ...] = ()
    """What went wrong without stopping the run: budgets spent, sources down, failed batches."""
    seconds: float = Field(default=0.0, ge=0)

    @property
    def title(self) -> str:
        """The report's title."""
        return self.draft.title

    @property
    def considered(self) -> tuple[str, ...]:
        """Ids of the papers that were read, then of those only screened, the user's aside."""
        screened = [row.paper_id for row in self.search.screening if row.by != "user"]
        return tuple(dict.fromkeys([*(paper.id for paper in self.papers), *screened]))

    def paper(self, paper_id: str) -> Paper:
        """The paper of that id.

        Raises:
            KeyError: no such paper in this report.
        """
        for paper in self.papers:
            if paper.id == paper_id:
                return paper
        raise KeyError(paper_id)

    def verdict(self, claim_id: str) -> Verdict:
        """The verdict on that claim.

        Raises:
            KeyError: no such claim in this report.
        """
        for verdict in self.verdicts:
            if verdict.claim_id == claim_id:
                return verdict
        raise KeyError(claim_id)

    def _repr_html_(self) -> str:
        """A short view for notebooks: title, rating, answer and the claims with their verdicts."""
        score = "not rated" if self.rating.score is None else f"{self.rating.score:.1f}/10"
        answer = " ".join(escape(sentence.text) for sentence in self.draft.answer)
        rows = "".join(
            f"<tr><td>{escape(claim.text)}</td><td>{escape(self.verdict(claim.id).label)}</td>"
            f"<td>{escape(self.paper(claim.paper_id).title)}</td></tr>"
            for claim in self.claims
        )
        return (
            f"<h3>{escape(self.title)}</h3><p><b>{score}</b> ({escape(self.rating.how)})</p>"
            f"<p>{answer}</p><table><tr><th>Claim</th><th>Verdict</th><th>Source</th></tr>"
            f"{rows}</table>"
        )


class ForeignReview(Record):
    """The panel's opinion of a report that something else wrote."""

    schema_version: int = SCHEMA_VERSION
    run_id: str
    source: str
    """The report's file name."""
    date: str
    """ISO date of the review, UTC."""
    title: str
    question: str
    reviews: tuple[Review, ...]
    rating: PanelRating
    usage: tuple[Usage, ...] = ()
    stamp: Stamp
    warnings: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All reviewers' findings, severe ones first."""
        order = {"severe": 0, "major": 1, "minor": 2}
        found = [finding for review in self.reviews for finding in review.findings]
        return tuple(sorted(found, key=lambda finding: order[finding.severity]))
