"""What reviewers see, answer and find, and how their scores become one rating."""

from typing import Literal

from pydantic import Field

from assignee.records.base import Record, digest_of
from assignee.records.paper import Notice

Severity = Literal["minor", "major", "severe"]

Answer = Literal["yes", "no", "cannot assess"]

Remedy = Literal["drop", "qualify", "search", "add", "none"]
"""What a revision can do about a finding: drop or qualify the claim or sentence, search for what
is missing, add a missing part, or nothing that the program could do by itself."""


class DossierSection(Record):
    """One section of the report under review."""

    name: str
    text: str


class DossierEvidence(Record):
    """One piece of evidence as the report shows it."""

    reference: str
    """The reference's key in this dossier."""
    quote: str
    stance: Literal["supports", "contradicts", "neutral"]
    verbatim: bool | None = None
    """Whether the quote was found word for word in the reference; `None` without its text."""


class DossierClaim(Record):
    """One claim as the report states it."""

    id: str
    text: str
    verdict: str | None = None
    """The report's own word or mark."""
    verified: bool = False
    """Whether that word or mark says that the claim was verified."""
    confidence: float | None = None
    reference: str | None = None
    """Key of the reference that the claim is attributed to; `None` when the report has none."""
    quote: str | None = None
    quote_verbatim: bool | None = None
    """Whether the quote was found word for word in that reference; `None` without its text."""
    relevance: float | None = None
    """How far the claim answers the question, as measured when the dossier was made."""
    evidence: tuple[DossierEvidence, ...] = ()


class DossierReference(Record):
    """One entry of the reference list, without its authors: reviewers are blind to names."""

    key: str
    title: str | None = None
    url: str | None = None
    year: int | None = None
    kind: Literal["paper", "note"] = "paper"
    publication_status: Literal["journal", "conference", "preprint", "unknown"] = "unknown"
    retracted: bool = False
    notices: tuple[Notice, ...] = ()
    """As far as they are known; what is said to be retracted need not have any."""


class Dossier(Record):
    """All that a reviewer may see of a report."""

    question: str
    title: str
    sections: tuple[DossierSection, ...]
    claims: tuple[DossierClaim, ...]
    references: tuple[DossierReference, ...]
    has_papers: bool
    """Whether the papers' text was at hand; without it evidence items cannot be assessed."""
    papers_found: int | None = None
    """How many papers the report says that it found."""

    def section(self, name: str) -> DossierSection | None:
        """The first section whose name holds `name`, case folded."""
        return next((s for s in self.sections if name.casefold() in s.name.casefold()), None)


class CheckItem(Record):
    """One binary question of a checklist."""

    id: str
    """`<checklist>.<item>`, such as `evidence.quoted`."""
    question: str
    """Asked so that `yes` is good."""
    weight: float = Field(default=1.0, gt=0)


class CheckAnswer(Record):
    """One reviewer's answer to one item."""

    item: str
    answer: Answer
    reason: str
    place: str | None = None
    """A claim id or a section's name."""
    quote: str | None = None
    """Words of the dossier."""


class Finding(Record):
    """One fault that a reviewer found."""

    reviewer: str
    what: str
    severity: Severity
    item: str | None = None
    """The checklist item behind it."""
    claim_id: str | None = None
    section: str | None = None
    quote: str | None = None
    """Words of the dossier; a finding whose quote is not there is dropped."""
    remedy: Remedy = "none"

    @property
    def id(self) -> str:
        """`f` and 12 hex digits of the finding's content."""
        return "f" + digest_of(self.model_dump(mode="json"))[:12]


class Review(Record):
    """One reviewer's opinion of one dossier."""

    reviewer: str
    checklist: str
    engine: str
    """`local`, or `llm` with the model's name."""
    prompt: str | None = None
    """Name and version of the prompt."""
    answers: tuple[CheckAnswer, ...] = ()
    findings: tuple[Finding, ...] = ()
    samples: tuple[float, ...] = ()
    """Overall scores, 0 to 10, one a sample."""
    score: float | None = Field(default=None, ge=0, le=10)
    """Mean of the samples; `None` when unscored."""
    unscored_because: str | None = None
    score_meaning: str
    """`weighted share of checks passed`, or `overall judgement` on the shared rubric or without."""
    dropped_findings: int = 0
    """Findings left out because their quote is not in the dossier."""
    raw: str | None = None
    """The raw reply of a review that could not be used."""


class PanelRating(Record):
    """The panel's rating of one version of a report."""

    panel: str
    score: float | None = Field(default=None, ge=0, le=10)
    """`None` when fewer reviewers scored than the quorum."""
    how: str
    """How the number was made, in one sentence."""
    scores: dict[str, float | None]
    """Each reviewer's score; `None` when unscored."""
    spread: float | None = None
    """Standard deviation between reviewers (n − 1); `None` under two scores."""
    within_sd: float | None = None
    """Mean within-reviewer standard deviation over samples; `None` with single samples."""
    interval: tuple[float, float] | None = None
    """95 % bootstrap interval over reviewers: repeatability, not accuracy."""
    degraded: bool = False
    """Whether any reviewer is unscored."""
    quorum: int


class ReviewerSpec(Record):
    """One seat of a panel."""

    id: str
    checklist: str
    engine: Literal["local", "llm", "default"] = "default"
    """`default` is the engine that the run uses."""
    model: str | None = None
    samples: int = Field(default=1, ge=1, le=20)


class PanelSpec(Record):
    """A panel as its YAML file defines it."""

    name: str
    description: str = ""
    reviewers: tuple[ReviewerSpec, ...] = Field(min_length=1)
    aggregation: Literal["mean", "median"] = "mean"
    quorum: int = Field(default=1, ge=1)
