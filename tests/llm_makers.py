"""Settings, a ranker and inputs for tests of the LLM engine against the loopback server."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from makers import claim, paper, passage
from openai_server import Server

from assignee.engines.llm.engine import LLMEngine
from assignee.engines.protocol import Checklist, JudgeRequest, WriteRequest
from assignee.records import (
    CheckItem,
    Dossier,
    DossierClaim,
    DossierEvidence,
    DossierReference,
    DossierSection,
    ReviewerSpec,
    Verdict,
)
from assignee.settings import Settings

KEY = "sk-test-4f9d2c7b"
QUESTION = "Do larger models reach a lower loss, and does more data help?"
REVIEWER = ReviewerSpec(id="evidence", checklist="evidence")
CHECKLIST = Checklist(
    name="evidence",
    purpose="To find out whether claims rest on words.",
    items=(
        CheckItem(id="evidence.quoted", question="Is every claim quoted?", weight=2),
        CheckItem(id="evidence.sourced", question="Is every claim sourced?"),
    ),
)

KAPLAN, HOFFMANN = paper("kaplan", arxiv="2001.00001"), paper("hoffmann")
SIZE = passage(
    "kaplan",
    "Larger models reach a lower loss than smaller models. We trained 50 models. "
    "Loss falls as a power law of model size with exponent 0.076.",
)
DATA = passage(
    "hoffmann", "More data lowers the loss of every model. Larger models reach lower loss."
)
CLAIM = claim("Larger models reach a lower loss than smaller models.", SIZE)
OTHER = claim("More data lowers the loss of every model.", DATA)


class Overlap:
    """A ranker by shared words."""

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Share of the query's words that a text holds."""
        words = set(query.casefold().split())
        return [len(words & set(text.casefold().split())) / len(words) for text in texts]


def engine(server: Server | str, home: Path, **chosen: Any) -> LLMEngine:
    """An LLM engine at that server, with the test key and no waiting between repeats."""
    base_url = server if isinstance(server, str) else server.base_url
    run_id = chosen.pop("run_id", "run")
    announce = chosen.pop("announce", None)
    values: dict[str, Any] = {"api_key": KEY, "model": "fake", "timeout": 20} | chosen
    made = Settings(engine="llm", home=home, base_url=base_url, **values)
    return LLMEngine(made, ranker=Overlap(), run_id=run_id, announce=announce, environment={})


def judge_requests() -> list[JudgeRequest]:
    """Two claims with windows of two papers."""
    return [
        JudgeRequest(claim=CLAIM, windows=(SIZE, DATA)),
        JudgeRequest(claim=OTHER, windows=(DATA, SIZE)),
    ]


def write_request() -> WriteRequest:
    """Two claims, one verified."""
    verdicts = [
        Verdict(
            claim_id=made.id,
            label=label,
            attribution="supported",
            corroboration="supported",
            rule="test",
            judge="test",
        )
        for made, label in ((CLAIM, "verified"), (OTHER, "uncorroborated"))
    ]
    return WriteRequest(
        question=QUESTION,
        subquestions=("Do larger models reach a lower loss?",),
        claims=(CLAIM, OTHER),
        verdicts=tuple(verdicts),
        papers=(KAPLAN, HOFFMANN),
    )


def dossier(**chosen: Any) -> Dossier:
    """A report with one claim, one reference and two sections."""
    evidence = DossierEvidence(reference="R1", quote="Loss falls", stance="supports", verbatim=True)
    made = Dossier(
        question=QUESTION,
        title="Size and loss",
        sections=(
            DossierSection(name="3 Results", text="Larger models reach a lower loss."),
            DossierSection(name="4 Limitations", text="One paper only."),
        ),
        claims=(
            DossierClaim(
                id="k1",
                text="Larger models reach a lower loss.",
                reference="R1",
                verdict="verified",
                confidence=0.16,
                evidence=(evidence,),
            ),
        ),
        references=(DossierReference(key="R1", title="On size", year=2020),),
        has_papers=True,
    )
    return made.model_copy(update=chosen)
