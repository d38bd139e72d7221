"""What a new report says otherwise than the one before, in a few sentences."""

from collections import Counter

from assignee.agents.wording import counted, listed
from assignee.records import Report

MOST_NAMED = 3
"""Changed verdicts that are named one by one."""


def changes(before: Report | None, after: Report) -> tuple[str, ...]:
    """Papers, claims, verdicts and rating, as far as they changed; nothing for a first report."""
    if before is None:
        return ()
    told = []
    papers = _moved({p.id for p in before.papers}, {p.id for p in after.papers}, "paper")
    claims = _moved({c.id for c in before.claims}, {c.id for c in after.claims}, "claim")
    told += [line for line in (papers, claims) if line]
    told += _verdicts(before, after)
    was, now = before.rating.score, after.rating.score
    if was != now:
        told.append(f"rating {_score(was)}, now {_score(now)}")
    return tuple(told) or ("nothing changed in papers, claims, verdicts or rating",)


def _moved(before: set[str], after: set[str], noun: str) -> str:
    came, gone = len(after - before), len(before - after)
    parts = [f"{counted(came, noun)} more"] * bool(came) + [f"{counted(gone, noun)} less"] * bool(
        gone
    )
    return listed(parts)


def _verdicts(before: Report, after: Report) -> list[str]:
    """Claims of both reports whose verdict is another one now."""
    labels = {verdict.claim_id: verdict.label for verdict in before.verdicts}
    numbers = {claim.id: number for number, claim in enumerate(after.claims, 1)}
    moved = [
        (numbers[v.claim_id], labels[v.claim_id], v.label)
        for v in after.verdicts
        if labels.get(v.claim_id, v.label) != v.label
    ]
    named = [f"claim {n} was {was} and is {now}" for n, was, now in moved[:MOST_NAMED]]
    if more := moved[MOST_NAMED:]:
        tally = Counter(now for _, _, now in more)
        parts = [f"{count} {label}" for label, count in tally.items()]
        named.append(f"{counted(len(more), 'more verdict')} changed: now {listed(parts)}")
    return named


def _score(score: float | None) -> str:
    return "not rated" if score is None else f"{score:.1f}/10"
