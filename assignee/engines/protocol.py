"""The roles that need judgement, one small protocol each; an engine is one of each, composed.

All methods take batches and are asynchronous. An engine never touches the library: it sees only
what it is handed, and what it hands back is checked by the agents before anything believes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import Field

from assignee.records import (
    CheckAnswer,
    CheckItem,
    CitedSentence,
    Claim,
    ClaimDraft,
    Contradiction,
    Dossier,
    Finding,
    Paper,
    Passage,
    Plan,
    Record,
    ReviewerSpec,
    Route,
    Stance,
    StanceScores,
    Usage,
    Verdict,
)

SCREENED_PER_READ = 3
"""Papers that a screener is asked about for each one that is read: the most relevant ones."""


class JudgeRequest(Record):
    """One claim and the windows of text that may speak for or against it."""

    claim: Claim
    windows: tuple[Passage, ...]


class Eligible(Record):
    """What is told of a paper that may be read: no authors, and no place where it appeared."""

    title: str
    abstract: str = ""
    """Empty where there is none."""


class CriterionAnswer(Record):
    """Whether one paper meets one criterion."""

    criterion: int = Field(ge=0)
    """Index into the criteria that were asked for."""
    met: bool | None
    """`None`: title and abstract do not tell."""
    quote: str = ""
    """Words of title or abstract that decide it; an answer without them does not count."""
    why: str


class Judgement(Record):
    """The stance of one window towards one claim."""

    window: int = Field(ge=0)
    """Index into the request's windows."""
    stance: Stance
    quote: str = ""
    """Words of the window that decide it; may be empty for a neutral stance."""
    probability: float | None = Field(default=None, ge=0, le=1)
    score: float = Field(default=0.5, ge=0, le=1)
    scores: StanceScores | None = None
    """Raw strength of all three stances, from a judge that knows them."""
    why: str


class Opinion(Record):
    """What a critic says of one dossier: one sample, not yet checked against the dossier."""

    answers: tuple[CheckAnswer, ...]
    findings: tuple[Finding, ...] = ()
    score: float = Field(ge=0, le=10)


class Checklist(Record):
    """What one kind of reviewer looks at."""

    name: str
    purpose: str
    """One sentence in the infinitive: what this reviewer is there to find out."""
    items: tuple[CheckItem, ...] = ()
    """Without any the reviewer only gives a score."""


class WriteRequest(Record):
    """All that a writer may use; nothing else may enter the text."""

    question: str
    subquestions: tuple[str, ...]
    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]
    contradictions: tuple[Contradiction, ...] = ()
    papers: tuple[Paper, ...]
    findings: tuple[Finding, ...] = ()
    """What reviewers found in the previous version; empty at first."""
    qualify: tuple[str, ...] = ()
    """Ids of claims whose sentences must be hedged."""


class Writing(Record):
    """A title, an abstract and an answer; sentences that cite no claim are dropped by the agent."""

    title: str
    abstract: tuple[CitedSentence, ...]
    answer: tuple[CitedSentence, ...]


class RouteRequest(Record):
    """What is known when something is said in a session."""

    said: str
    question: str = ""
    """What the session is about; empty before its first question."""
    claims: tuple[Claim, ...] = ()
    """Of the current report, in its order: claim 1 is the first."""
    papers: tuple[Paper, ...] = ()
    """Of the current report, in its order."""
    earlier: tuple[str, ...] = ()
    """What was said in the last turns, oldest first."""


class AnswerRequest(Record):
    """All that an answer may use: claims that were chosen for it, with what stands behind them."""

    said: str
    route: Route
    question: str
    claims: tuple[Claim, ...]
    """Those that speak of what was asked, the nearest first."""
    verdicts: tuple[Verdict, ...]
    contradictions: tuple[Contradiction, ...] = ()
    papers: tuple[Paper, ...]
    """Of the claims and of their evidence."""
    numbers: dict[str, int]
    """Claim id to its number in the report."""
    sides: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What is compared: the name of each side and the ids of its claims."""


class Planner(Protocol):
    """Takes a question apart."""

    async def plan(self, question: str) -> Plan:
        """Sub-questions and search queries for the question."""
        ...


class Ranker(Protocol):
    """Tells how relevant texts are."""

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Relevance of each text to the query, 0 to 1, in order."""
        ...


class Reranker(Protocol):
    """Reads a query beside the passages that a search found."""

    async def rerank(self, query: str, passages: Sequence[Passage]) -> list[float]:
        """A score of each passage, the higher the better it answers; they come best first."""
        ...


class Screener(Protocol):
    """Tells which papers meet the user's criteria."""

    name: str
    """Model and prompt; stamped into the reasons."""
    batch_size: int
    """How many papers one call should hold."""

    async def screen(
        self, criteria: Sequence[str], papers: Sequence[Eligible]
    ) -> list[list[CriterionAnswer] | None]:
        """One list a paper, in order; `None` where nothing was said of the paper."""
        ...


class Extractor(Protocol):
    """Finds the claims of one paper that help to answer a question."""

    async def extract(
        self, question: str, passages: Sequence[Passage], *, paper: Paper, limit: int
    ) -> list[ClaimDraft]:
        """At most `limit` drafts, each with the words that it was taken from, best first."""
        ...


class Judge(Protocol):
    """Tells for each claim what each window of text says about it."""

    name: str
    """Engine and version, such as `local:rules-1`; stamped into verdicts."""
    batch_size: int
    """How many requests one call should hold."""

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        """One list a request, in order; `None` where the claim could not be judged."""
        ...


class Writer(Protocol):
    """Writes the answer from checked claims."""

    name: str

    async def write(self, request: WriteRequest) -> Writing:
        """Title, abstract and answer; every sentence names the claims that it rests on."""
        ...


class Critic(Protocol):
    """Reviews a dossier by one checklist."""

    def score_meaning(self, checklist: Checklist) -> str:
        """What its overall score is, for instance `weighted share of checks passed`."""
        ...

    def prompt_for(self, checklist: Checklist) -> str | None:
        """Name and version of the prompt that it uses for the checklist, if it has one."""
        ...

    async def review(
        self, dossier: Dossier, reviewer: ReviewerSpec, checklist: Checklist, *, sample: int
    ) -> Opinion:
        """One opinion; `sample` tells repeated draws apart."""
        ...


class Router(Protocol):
    """Tells what a turn of a session asks for."""

    name: str

    async def route(self, request: RouteRequest) -> Route:
        """One decision; it names only claims and papers of the request."""
        ...


class Answerer(Protocol):
    """Answers a turn from claims that were chosen for it."""

    name: str

    async def answer(self, request: AnswerRequest) -> tuple[CitedSentence, ...]:
        """Sentences, each with the claims that it rests on; the agent drops the others."""
        ...


@dataclass(frozen=True)
class Engine:
    """One judge of each kind; roles may come from different engines."""

    kind: Literal["local", "llm"]
    planner: Planner
    ranker: Ranker
    extractor: Extractor
    judge: Judge
    writer: Writer
    critic: Critic
    models: dict[str, str]
    """Role to model id, stamped into the report."""
    second: Judge | None = None
    """Another judge, whose opinion is recorded beside the verdict; local, where it is at hand."""
    reranker: Reranker | None = None
    screener: Screener | None = None
    """Without one rules alone decide the user's criteria."""
    router: Router | None = None
    """Without one rules decide what a turn asks for."""
    answerer: Answerer | None = None
    """Without one rules put answers together."""

    @property
    def local_judge(self) -> Judge | None:
        """A judge that costs no model call, if there is one."""
        return self.judge if self.kind == "local" else self.second


class Meter(Protocol):
    """Accounts for model calls; the local engine's is always empty."""

    def usages(self) -> tuple[Usage, ...]:
        """Usage so far, one record a role and model."""
        ...

    def warnings(self) -> tuple[str, ...]:
        """What went wrong so far, each once."""
        ...
