"""The reviser: maps each finding of the panel to what is done about it, or leaves it open."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assignee.records import Claim, Finding, Review, RevisionAction


class RevisionPlan(NamedTuple):
    """What a revision will do."""

    actions: tuple[RevisionAction, ...]
    dropped: tuple[str, ...] = ()
    """Claim ids."""
    qualify: tuple[str, ...] = ()
    """Claim ids."""
    queries: tuple[str, ...] = ()
    """Searches for what is missing."""
    notes: tuple[str, ...] = ()
    """Limitations to state."""


def plan_revision(
    question: str, reviews: Mapping[str, Review], claims: Sequence[Claim], *, can_search: bool
) -> RevisionPlan:
    """One action a finding; findings without a remedy within reach stay `unresolved`.

    A claim is dropped only when it is named and at least one other claim remains.
    """
    known = {claim.id: claim for claim in claims}
    actions: list[RevisionAction] = []
    dropped: dict[str, None] = {}
    qualify: dict[str, None] = {}
    queries: dict[str, None] = {}
    notes: dict[str, None] = {}
    for finding in (f for review in reviews.values() for f in review.findings):
        claim = known.get(finding.claim_id or "")
        if finding.remedy == "drop" and claim and len({*dropped, claim.id}) < len(known):
            dropped[claim.id] = None
            actions.append(_action(finding, "dropped", f"claim dropped: {claim.text}"))
        elif finding.remedy == "qualify" and claim:
            qualify[claim.id] = None
            actions.append(_action(finding, "qualified", f"claim hedged: {claim.text}"))
        elif finding.remedy == "search" and can_search:
            query = claim.text if claim else question
            queries[query] = None
            actions.append(_action(finding, "searched", f"searched for: {query}"))
        elif finding.remedy == "add":
            notes[finding.what] = None
            actions.append(_action(finding, "added", "stated among the limitations"))
        else:
            actions.append(_action(finding, "unresolved", _why_open(finding, claim)))
    return RevisionPlan(
        tuple(actions),
        tuple(dropped),
        tuple(k for k in qualify if k not in dropped),
        tuple(queries),
        tuple(notes),
    )


def _why_open(finding: Finding, claim: Claim | None) -> str:
    if finding.remedy == "none":
        return "nothing that the program could do by itself"
    if finding.remedy == "search":
        return "no unread paper is left to search"
    return "it names no claim of the report" if claim is None else "no other claim would remain"


def _action(finding: Finding, action: str, detail: str) -> RevisionAction:
    return RevisionAction.model_validate({"finding": finding, "action": action, "detail": detail})


def settle(
    actions: Sequence[RevisionAction], after: Mapping[str, Review]
) -> tuple[RevisionAction, ...]:
    """The actions, those whose fault the same reviewer still finds afterwards as unresolved."""
    still = {
        (reviewer, answer.item)
        for reviewer, review in after.items()
        for answer in review.answers
        if answer.answer == "no"
    }
    return tuple(
        action.model_copy(
            update={
                "action": "unresolved",
                "detail": f"{action.detail.rstrip('.')}; the fault is still found",
            }
        )
        if (action.finding.reviewer, action.finding.item) in still
        and action.action not in ("unresolved",)
        else action
        for action in actions
    )
