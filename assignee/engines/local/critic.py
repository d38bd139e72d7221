"""A reviewer by rule: each item of its checklist is answered by code over the dossier alone."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from assignee.engines.local import (
    checks_audit,
    checks_balance,
    checks_clarity,
    checks_coverage,
    checks_evidence,
    checks_numbers,
    checks_pairs,
    checks_steering,
)
from assignee.engines.local.checks_outcome import Check, Fault, Outcome, unassessed
from assignee.engines.protocol import Checklist, Opinion
from assignee.errors import EngineError
from assignee.records import CheckAnswer, CheckItem, Dossier, Finding, ReviewerSpec

MOST_FINDINGS = 8
"""Findings a reviewer may give; every failed item comes before the second fault of any."""

LEAST_ITEMS = 2
"""Fewer items than this that could be assessed make no score."""

CHECKS: dict[str, Check] = {
    **checks_evidence.CHECKS,
    **checks_coverage.CHECKS,
    **checks_numbers.CHECKS,
    **checks_balance.CHECKS,
    **checks_pairs.CHECKS,
    **checks_clarity.CHECKS,
    **checks_audit.CHECKS,
    **checks_steering.CHECKS,
}
"""The rule behind each checklist item, by the item's id."""

_WORST_FIRST = {"severe": 0, "major": 1, "minor": 2}


class Result(NamedTuple):
    """One item and what its rule made of the dossier."""

    item: CheckItem
    outcome: Outcome


class LocalCritic:
    """Answers checklists by written rules; the same dossier always gets the same opinion."""

    def score_meaning(self, checklist: Checklist) -> str:  # noqa: ARG002 - the same for all
        """What its score is."""
        return "weighted share of checks passed"

    def prompt_for(self, checklist: Checklist) -> str | None:  # noqa: ARG002 - rules have none
        """There is no prompt."""
        return None

    async def review(
        self,
        dossier: Dossier,
        reviewer: ReviewerSpec,
        checklist: Checklist,
        *,
        sample: int,  # noqa: ARG002 - rules draw nothing, so all samples are alike
    ) -> Opinion:
        """The checklist answered, findings worst first, and 10 × the weighted share passed.

        Raises:
            EngineError: fewer than two items could be assessed, so there is no score.
        """
        # In a thread: beside a panel of models the rules must not keep the others' calls waiting.
        results = await asyncio.to_thread(assess, dossier, checklist)
        return Opinion(
            answers=tuple(_answer(result) for result in results),
            findings=findings(results, reviewer.id),
            score=score(results, checklist.name),
        )


def assess(dossier: Dossier, checklist: Checklist) -> list[Result]:
    """Every item of the checklist with its rule's outcome; an item without a rule is unassessed."""
    return [Result(item, _outcome(item, dossier)) for item in checklist.items]


def _outcome(item: CheckItem, dossier: Dossier) -> Outcome:
    check = CHECKS.get(item.id)
    return check(dossier) if check else unassessed("the local engine has no rule for this item")


def score(results: Sequence[Result], checklist: str) -> float:
    """10 × passed weight / assessed weight, 0 to 10; items that cannot be assessed stay out.

    Raises:
        EngineError: fewer than two items could be assessed.
    """
    assessed = [result for result in results if result.outcome.answer != "cannot assess"]
    if len(assessed) < LEAST_ITEMS:
        raise EngineError(
            f"only {len(assessed)} items of the checklist {checklist!r} could be assessed on this "
            "report; hand in the papers that it cites, or leave this reviewer out of the panel"
        )
    passed = sum(r.item.weight for r in assessed if r.outcome.answer == "yes")
    return 10 * passed / sum(result.item.weight for result in assessed)


def findings(results: Sequence[Result], reviewer: str) -> tuple[Finding, ...]:
    """At most eight findings, worst first, the first fault of each failed item before others."""
    ranked = [
        (depth > 0, _WORST_FIRST[fault.severity], -result.item.weight, depth, result.item, fault)
        for result in results
        for depth, fault in enumerate(result.outcome.faults)
    ]
    ranked.sort(key=lambda entry: entry[:4])
    kept = sorted(ranked[:MOST_FINDINGS], key=lambda entry: (entry[1], entry[2], entry[3]))
    return tuple(_finding(fault, item, reviewer) for *_, item, fault in kept)


def _finding(fault: Fault, item: CheckItem, reviewer: str) -> Finding:
    return Finding(
        reviewer=reviewer,
        what=fault.what,
        severity=fault.severity,
        item=item.id,
        claim_id=fault.claim_id,
        section=fault.section,
        quote=fault.quote or None,
        remedy=fault.remedy,
    )


def _answer(result: Result) -> CheckAnswer:
    item, outcome = result
    first = outcome.faults[0] if outcome.faults else None
    return CheckAnswer(
        item=item.id,
        answer=outcome.answer,
        reason=outcome.reason,
        place=(first.claim_id or first.section) if first else None,
        quote=first.quote or None if first else None,
    )
