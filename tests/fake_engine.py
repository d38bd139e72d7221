"""An engine whose every role is a plain function, for tests of the machine around it."""

from collections.abc import Callable, Sequence

from assignee.engines.protocol import (
    Checklist,
    Engine,
    Judgement,
    JudgeRequest,
    Opinion,
    WriteRequest,
    Writing,
)
from assignee.reading.sentences import sentence_spans
from assignee.records import (
    CheckAnswer,
    CitedSentence,
    ClaimDraft,
    Dossier,
    Finding,
    Paper,
    Passage,
    Plan,
    ReviewerSpec,
)


def shared_words(left: str, right: str) -> float:
    """Share, 0 to 1, of the smaller text's words that the other has."""
    one, other = set(left.casefold().split()), set(right.casefold().split())
    return len(one & other) / max(1, min(len(one), len(other)))


class Roles:
    """Every role by rule of thumb; a call log; any role can be told to fail or find."""

    name = "fake"
    batch_size = 3

    def score_meaning(self, checklist: Checklist) -> str:
        return "as told"

    def prompt_for(self, checklist: Checklist) -> str | None:
        return None

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.before: Callable[[str], None] = lambda role: None
        self.findings: Callable[[Dossier], tuple[Finding, ...]] = lambda dossier: ()

    def _called(self, role: str) -> None:
        self.calls.append(role)
        self.before(role)

    async def plan(self, question: str) -> Plan:
        self._called("plan")
        return Plan(subquestions=(question,), queries=(question,), planner="fake")

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        return [min(1.0, 0.5 + shared_words(query, text)) for text in texts]

    async def extract(
        self, question: str, passages: Sequence[Passage], *, paper: Paper, limit: int
    ) -> list[ClaimDraft]:
        self._called("extract")
        return [
            ClaimDraft(
                text=p.text[start:end], quote=p.text[start:end], passage_id=p.id, relevance=1.0
            )
            for p in passages
            for start, end in sentence_spans(p.text)
        ][:limit]

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        self._called("judge")
        return [
            [
                Judgement(
                    window=index,
                    stance="supports" if shared_words(r.claim.text, w.text) > 0.7 else "neutral",
                    quote=w.text,
                    why="shared words",
                )
                for index, w in enumerate(r.windows)
            ]
            for r in requests
        ]

    async def write(self, request: WriteRequest) -> Writing:
        self._called("write")
        said = tuple(
            CitedSentence(text=claim.text, claim_ids=(claim.id,)) for claim in request.claims
        )
        return Writing(title="What was found", abstract=said[:1], answer=said)

    async def review(
        self, dossier: Dossier, reviewer: ReviewerSpec, checklist: Checklist, *, sample: int
    ) -> Opinion:
        self._called("review")
        found = self.findings(dossier)
        answers = tuple(
            CheckAnswer(item=f.item or "x", answer="no", reason="as told") for f in found
        )
        return Opinion(answers=answers, findings=found, score=7.0 - len(found))

    def engine(self) -> Engine:
        """All roles played by this object."""
        return Engine(
            kind="llm", planner=self, ranker=self, extractor=self, judge=self, writer=self,
            critic=self, models={"critic": "fake"},
        )  # fmt: skip
