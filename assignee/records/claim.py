"""Claims, the evidence for and against them, and verdicts."""

from typing import Literal

from pydantic import Field

from assignee.records.base import Record, digest_of
from assignee.records.paper import Basis, Quote

Stance = Literal["supports", "contradicts", "neutral"]

Attribution = Literal["supported", "contradicted", "not enough evidence", "not checked"]
"""Does the cited source really say this, judged on its own text?"""

Corroboration = Literal["supported", "contradicted", "mixed", "not enough evidence", "not checked"]
"""What do independent other papers say?"""

VerdictLabel = Literal[
    "verified", "contradicted", "mixed", "uncorroborated", "unattributed", "not checked"
]
"""The verdict in one word; `verified` means attributed and corroborated with none against."""

NumberCheck = Literal["agree", "disagree", "no numbers"]


class ClaimDraft(Record):
    """What an extractor proposes before its quote was checked against the text."""

    text: str = Field(min_length=1)
    passage_id: str
    quote: str = Field(min_length=1)
    relevance: float = Field(ge=0, le=1)
    """How far the claim answers the question."""


class Mention(Record):
    """A near-identical claim that was merged into another one."""

    text: str
    quote: Quote
    paper_id: str


class Claim(Record):
    """One self-contained statement with the words that it was taken from."""

    id: str
    """`c` and 12 hex digits of text and quote."""
    text: str
    quote: Quote
    paper_id: str
    relevance: float = Field(ge=0, le=1)
    subquestion: int | None = None
    """Index of the planned sub-question that it answers best."""
    merged_from: tuple[Mention, ...] = ()

    @staticmethod
    def make_id(text: str, quote: Quote) -> str:
        """The stable id of a claim: its words and the place that they came from."""
        return "c" + digest_of([text, quote.model_dump(mode="json")])[:12]


class StanceScores(Record):
    """How strongly a text takes each stance; the three sum to 1.

    Raw scores order stances. Calibrated ones are probabilities.
    """

    supports: float = Field(ge=0, le=1)
    contradicts: float = Field(ge=0, le=1)
    neutral: float = Field(ge=0, le=1)

    @property
    def best(self) -> Stance:
        """The strongest stance; of equals the more cautious."""
        order: tuple[Stance, ...] = ("neutral", "contradicts", "supports")
        return max(order, key=self.of)

    def of(self, stance: Stance) -> float:
        """The score of one stance."""
        return {
            "supports": self.supports,
            "contradicts": self.contradicts,
            "neutral": self.neutral,
        }[stance]


class SecondOpinion(Record):
    """What another judge, asked independently, found about the same claim."""

    judge: str
    label: VerdictLabel
    confidence: float | None = Field(default=None, ge=0, le=1)
    attribution: Attribution
    corroboration: Corroboration
    evidence_for: tuple["Evidence", ...] = ()
    evidence_against: tuple["Evidence", ...] = ()


Agreement = Literal["agree", "disagree", "one opinion"]


class Evidence(Record):
    """One quoted window of one paper and its stance towards one claim."""

    quote: Quote
    paper_id: str
    basis: Basis
    stance: Stance
    probability: float | None = Field(default=None, ge=0, le=1)
    """Calibrated probability of the stance; `None` from an engine that was not calibrated."""
    score: float = Field(ge=0, le=1)
    """The engine's own strength of the stance, for ordering only."""
    numbers: NumberCheck = "no numbers"
    independent: bool = True
    """Another work than the claim's, and no author in common where authors are known."""
    why: str
    """The rule or reason behind the stance, in one clause."""


class Verdict(Record):
    """What the checks found about one claim."""

    claim_id: str
    label: VerdictLabel
    confidence: float | None = Field(default=None, ge=0, le=1)
    """Calibrated probability that the verdict is right, or `None` when not calibrated."""
    attribution: Attribution
    corroboration: Corroboration
    attribution_evidence: tuple[Evidence, ...] = ()
    """From the claim's own source."""
    evidence_for: tuple[Evidence, ...] = ()
    evidence_against: tuple[Evidence, ...] = ()
    """From other papers; dependent ones (shared authors) are shown but do not count."""
    considered: int = Field(default=0, ge=0)
    """Evidence windows of other papers that were judged, neutral ones included."""
    rule: str
    """Which rule decided, in one clause."""
    judge: str
    """Engine and, for a model, its prompt, such as `local:rules-1`."""
    second: SecondOpinion | None = None
    """The local model's, where a language model is the judge."""
    agreement: Agreement = "one opinion"
    """Whether both opinions give the same label."""

    @property
    def pieces(self) -> tuple[Evidence, ...]:
        """All evidence of both opinions, that from the claim's own source last."""
        others = [
            piece
            for opinion in (self, self.second)
            if opinion is not None
            for piece in (*opinion.evidence_for, *opinion.evidence_against)
        ]
        return (*others, *self.attribution_evidence)


class Contradiction(Record):
    """Two claims of different papers that cannot both hold as stated."""

    first: str
    second: str
    """Claim ids."""
    why: str
