"""What tests of whole runs with the LLM engine share: a library, settings, and what must hold."""

import json
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

from makers import HashingEmbedder, document, paper
from openai_brains import Brain, ChatRequest, honest
from openai_server import Server

from assignee import Assignee
from assignee.library import Library
from assignee.reading.passages import split_passages
from assignee.records import Claim, Quote, Report
from assignee.settings import Settings

KEY = "sk-test-7d1e55aa"
QUESTION = "Do larger models reach a lower loss, and does more data help?"
SMALL: dict[str, Any] = {
    "max_papers": 4,
    "max_claims": 8,
    "claims_per_paper": 2,
    "rounds": 1,
    "revisions": 0,
}
"""A run of 13 calls: plan, 4 papers, 2 batches of claims, write, 5 reviewers."""

_TOPICS = (
    "law news code poetry biology physics history dialogue patents speech travel sports "
    "cooking finance music drama"
).split()
_FIELDS = [*_TOPICS, *(f"old {topic}" for topic in _TOPICS), *(f"new {topic}" for topic in _TOPICS)]


def fill(folder: Path, *, papers: int) -> None:
    """Make a library of at most 48 short papers that agree, though no two figures are the same."""
    made = []
    for number, field in enumerate(_FIELDS[:papers]):
        text = (
            f"On {field} text larger models reach a lower loss, by {number + 101} percent. "
            f"More data does help larger models on {field} text, by {number + 201} percent. "
            f"A lower loss on {field} text takes {number + 301} percent more data. "
            f"Larger models with more data reach a lower loss within {number + 401} hours."
        )
        made.append(
            document(paper(f"paper-{field.replace(' ', '-')}", f"{field.title()} Author"), text)
        )
    with Library.open(folder, HashingEmbedder()) as library:
        library.add([(each, split_passages(each)) for each in made])


def settings(home: Path, server: Server | str, **chosen: Any) -> Settings:
    """The LLM engine at that server; no waiting between repeats."""
    base_url = server if isinstance(server, str) else server.base_url
    values: dict[str, Any] = {"api_key": KEY, "model": "fake", "timeout": 60, "call_retries": 0}
    return Settings(engine="llm", home=home, base_url=base_url, **(values | chosen))


def assignee(home: Path, server: Server | str, **chosen: Any) -> Assignee:
    """The program itself, with an embedder that needs no model."""
    return Assignee(settings(home, server, **chosen), embedder=HashingEmbedder())


def only(brain: Brain, *roles: str) -> Brain:
    """That brain for those roles, the honest one for the others."""
    return lambda request: brain(request) if request.role in roles else honest(request)


def waves(server: Server) -> list[str]:
    """Roles in the order of asking, neighbours of one role taken together: calls in a row."""
    return [role for role, _ in groupby(request.role for request in server.requests)]


def attempts(server: Server) -> int:
    """The most that any one prompt was sent, repair turns included."""
    return max(Counter(_opening(request) for request in server.requests).values())


def _opening(request: ChatRequest) -> str:
    return json.dumps(request.messages[:2])


def quotes_of(report: Report) -> list[Quote]:
    """Every quote in the report: of claims, of what was merged into them, of evidence."""
    claims: tuple[Claim, ...] = report.claims
    return [
        *(claim.quote for claim in claims),
        *(mention.quote for claim in claims for mention in claim.merged_from),
        *(
            piece.quote
            for v in report.verdicts
            for piece in (*v.attribution_evidence, *v.evidence_for, *v.evidence_against)
        ),
    ]


def check_nothing_invented(report: Report, library: Library) -> None:
    """Every quote slices back from the library; every id named anywhere exists."""
    texts = {quote.paper_id: library.text(quote.paper_id) for quote in quotes_of(report)}
    for quote in quotes_of(report):
        held = library.passage(quote.passage_id)
        assert quote.stands_in(held)
        assert (
            texts[quote.paper_id][held.start + quote.start : held.start + quote.end] == quote.text
        )
    claims = {claim.id for claim in report.claims}
    for sentence in (*report.draft.abstract, *report.draft.answer):
        assert sentence.claim_ids
        assert set(sentence.claim_ids) <= claims
    assert {verdict.claim_id for verdict in report.verdicts} == claims
    assert {p.id for p in report.papers} <= {p.id for p in library.papers()}
    sections = {finding.claim_id for review in report.reviews for finding in review.findings}
    assert sections - {None} <= claims
