"""What each role's model must reply: pydantic models, from which the strict JSON schemas are made.

Field order is the order of writing: words and reasons come before the judgement they lead to.
Docstrings become the schema's descriptions.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from assignee.records import Answer, Remedy, RouteKind, Severity, Stance


class Reply(BaseModel):
    """One reply; further keys are ignored, because models add them."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class PlanReply(Reply):
    """A question taken apart."""

    subquestions: Annotated[list[str], Field(min_length=1)]
    """2 to 5 self-contained sub-questions, the most central one first."""
    queries: Annotated[list[str], Field(min_length=1)]
    """3 to 8 search queries of two to eight words."""


class ScreenedCriterion(Reply):
    """Whether one paper meets one criterion."""

    criterion: str
    """Id of the criterion, such as K1."""
    quote: str
    """Copied from the title or abstract; empty when it cannot be told."""
    reason: str
    """One clause, at most 15 words."""
    decision: Literal["met", "not met", "cannot tell"]


class ScreenedPaper(Reply):
    """All criteria of one paper."""

    paper: str
    """Id of the paper, such as P1."""
    criteria: list[ScreenedCriterion]


class ScreenReply(Reply):
    """Every criterion of every paper."""

    papers: list[ScreenedPaper]


class ExtractedClaim(Reply):
    """One claim and the words that it rests on."""

    passage: str
    """Id of the passage, such as P1."""
    quote: str
    """Copied character for character from that passage."""
    text: str
    """The claim, self-contained."""
    relevance: Annotated[float, Field(ge=0, le=1)]
    """0 to 1: how far the claim answers the question."""


class ExtractReply(Reply):
    """The claims of one paper, best first; may be empty."""

    claims: list[ExtractedClaim]


class JudgedWindow(Reply):
    """What one window says about one claim."""

    window: str
    """Id of the window, such as W1."""
    quote: str
    """The words that decide it, copied from the window; empty when neutral."""
    reason: str
    """One clause, at most 15 words."""
    stance: Stance
    basis: Literal["explicit", "implied"]


class JudgedClaim(Reply):
    """All windows of one claim."""

    claim: str
    """Id of the claim, such as C1."""
    windows: list[JudgedWindow]


class JudgeReply(Reply):
    """The stance of every window towards its claim."""

    claims: list[JudgedClaim]


class WrittenSentence(Reply):
    """One sentence and the claims that it rests on."""

    text: str
    claims: list[str]
    """Ids of claims, such as C1."""


class WriteReply(Reply):
    """Title, abstract and answer."""

    title: Annotated[str, Field(min_length=1)]
    abstract: Annotated[list[WrittenSentence], Field(min_length=1)]
    answer: Annotated[list[WrittenSentence], Field(min_length=1)]


class RouteReply(Reply):
    """What a turn of a conversation asks for."""

    reason: str
    """At most 15 words."""
    kind: RouteKind
    claims: list[str]
    """Ids of the claims pointed at, such as C1."""
    papers: list[str]
    """Ids of the papers pointed at, such as P1."""
    topic: str
    """What is asked about, searched for, or the new question."""
    since: str | None = None
    """First year, or null."""
    until: str | None = None
    """Last year, or null."""
    statuses: list[Literal["journal", "conference", "preprint", "unknown"]]
    """Kinds of publication that stay; empty keeps all."""


class AnswerReply(Reply):
    """The answer to one question."""

    sentences: Annotated[list[WrittenSentence], Field(min_length=1)]


class ItemAnswer(Reply):
    """The answer to one item of the checklist."""

    item: str
    reason: str
    """One sentence."""
    quote: str | None = None
    """Words of the report, or null."""
    place: str | None = None
    """A claim's id or a section's name, or null."""
    answer: Answer


class Fault(Reply):
    """One fault of the report."""

    what: str
    """What is wrong, in one or two sentences."""
    quote: str | None = None
    """Words of the report, or null when the fault is an absence."""
    place: str | None = None
    """A claim's id or a section's name, or null."""
    item: str | None = None
    """The checklist item behind it, or null."""
    severity: Severity
    remedy: Remedy = "none"


class CriticReply(Reply):
    """Answers, then faults, then the score."""

    answers: list[ItemAnswer]
    findings: list[Fault]
    """At most 8, the gravest first."""
    score: Annotated[float, Field(ge=0, le=10)]
    """0 to 10 on the shared scale."""
