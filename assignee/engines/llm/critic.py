"""The critic: a model reviews one dossier by one checklist; one call is one sample."""

from collections.abc import Sequence

from assignee.engines.llm.adapter import Adapter
from assignee.engines.llm.dossier_text import shown
from assignee.engines.llm.fence import one_line
from assignee.engines.llm.replies import BareReply, CriticReply, Fault, ItemAnswer
from assignee.engines.protocol import Checklist, Opinion
from assignee.prompts import load
from assignee.records import CheckAnswer, CheckItem, Dossier, Finding, ReviewerSpec

MOST_FINDINGS = 8

_PAPERS = {
    True: "The papers' text was at hand: where the report below says whether a quote was found "
    "word for word, a program compared it with the paper.",
    False: "The papers' text was not at hand: items that need it are answered 'cannot assess'.",
}


class LLMCritic:
    """Plays every seat of the panel; seats differ by checklist, and by model if they name one."""

    def __init__(self, adapter: Adapter, secret: bytes) -> None:
        self._adapter = adapter
        self._secret = secret

    def score_meaning(self, checklist: Checklist) -> str:
        """What its score is: without items the prompt gives no rubric."""
        if not checklist.items:
            return "overall judgement without a rubric"
        return "overall judgement on the shared rubric"

    def prompt_for(self, checklist: Checklist) -> str | None:
        """Name and version of the prompt: without items the one that only asks for a score."""
        return load(_prompt(checklist)).stamp

    async def review(
        self, dossier: Dossier, reviewer: ReviewerSpec, checklist: Checklist, *, sample: int
    ) -> Opinion:
        """One opinion; answers to unknown items and findings at invented places are dropped.

        Raises:
            EngineError: no usable reply, or a budget is spent.
        """
        seen = shown(self._secret, dossier)
        if not checklist.items:
            fenced = {"nonce": seen.nonce, "dossier": seen.text}
            bare = await self._adapter.ask(
                "critic", fenced, BareReply, model=reviewer.model, sample=sample,
                prompt=_prompt(checklist),
            )  # fmt: skip
            return Opinion(answers=(), findings=(), score=bare.score)
        values = {
            "purpose": checklist.purpose,
            "checklist": "\n".join(map(_line, checklist.items)),
            "papers_at_hand": _PAPERS[dossier.has_papers],
            "nonce": seen.nonce,
            "dossier": seen.text,
        }
        reply = await self._adapter.ask(
            "critic", values, CriticReply, model=reviewer.model, sample=sample
        )
        return Opinion(
            answers=_answers(reply.answers, checklist.items),
            findings=self._findings(reply.findings, dossier, reviewer, checklist),
            score=reply.score,
        )

    def _findings(
        self, faults: Sequence[Fault], dossier: Dossier, reviewer: ReviewerSpec, check: Checklist
    ) -> tuple[Finding, ...]:
        found = [_finding(fault, dossier, reviewer.id, check) for fault in faults]
        kept = [finding for finding in found if finding is not None]
        if dropped := len(found) - len(kept):
            self._adapter.meter.warn(
                f"reviewer {reviewer.id!r}: {dropped} findings about claims or sections that the "
                "report does not have were left out"
            )
        return tuple(kept[:MOST_FINDINGS])


def _prompt(checklist: Checklist) -> str:
    return "critic" if checklist.items else "bare"


def _line(item: CheckItem) -> str:
    return f"- {item.id} (weight {item.weight:g}): {item.question}"


def _answers(given: Sequence[ItemAnswer], items: Sequence[CheckItem]) -> tuple[CheckAnswer, ...]:
    by_item = {answer.item.strip(): answer for answer in reversed(given)}
    return tuple(_answer(item, by_item.get(item.id)) for item in items)


def _answer(item: CheckItem, given: ItemAnswer | None) -> CheckAnswer:
    if given is None:
        reason = "the reviewer gave no answer to this item"
        return CheckAnswer(item=item.id, answer="cannot assess", reason=reason)
    return CheckAnswer(
        item=item.id,
        answer=given.answer,
        reason=one_line(given.reason) or "no reason given",
        place=one_line(given.place) or None,
        quote=one_line(given.quote) or None,
    )


def _finding(fault: Fault, dossier: Dossier, reviewer: str, checklist: Checklist) -> Finding | None:
    place = one_line(fault.place).strip("[]\"'`. ")
    claim = next((c.id for c in dossier.claims if c.id.casefold() == place.casefold()), None)
    section = None if claim or not place else _section(place, dossier)
    whole = place.casefold() in ("", "report", "the report", "title", "question", "references")
    if not one_line(fault.what) or not (claim or section or whole):
        return None
    return Finding(
        reviewer=reviewer,
        what=one_line(fault.what),
        severity=fault.severity,
        item=next((item.id for item in checklist.items if item.id == fault.item), None),
        claim_id=claim,
        section=section,
        quote=one_line(fault.quote) or None,
        remedy=fault.remedy,
    )


def _section(place: str, dossier: Dossier) -> str | None:
    # "3 Results", "section Results" and "Results, second paragraph" all mean Results.
    wanted = place.casefold()
    names = [section.name for section in dossier.sections]
    exact = [name for name in names if name.casefold() == wanted]
    near = [name for name in names if name.casefold() in wanted or wanted in name.casefold()]
    return next(iter([*exact, *near]), None)
