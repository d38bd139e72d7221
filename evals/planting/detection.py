"""What counts as caught and what as a false alarm, from the reviews of two dossiers.

A reviewer that gave no score to one of the two is left out; without any reviewer that scored both,
nothing can be said, and the answer is `None`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from assignee.evals.trials.records import Edit
from assignee.reading.words import words
from assignee.records import Finding, Review

SEES: Mapping[str, frozenset[str]] = {
    "changed number": frozenset({"numbers.claims_in_quotes", "numbers.answer_traced"}),
    "changed number in text": frozenset({"numbers.answer_traced"}),
    "flipped direction": frozenset({"evidence.quote_fits", "balance.contradictions_linked"}),
    "dropped citation": frozenset({"coverage.answer_cited"}),
    "misattributed citation": frozenset(
        {"evidence.verbatim", "coverage.answer_cited", "audit.citations_resolve"}
    ),
    "fabricated reference": frozenset(
        {"audit.citations_resolve", "evidence.verbatim", "coverage.references_listed"}
    ),
    "unsupported claim": frozenset({"coverage.answer_cited", "numbers.answer_traced"}),
    "over-claim": frozenset({"balance.hedged"}),
    "truncated section": frozenset({"audit.sections_complete"}),
    "limitations deleted": frozenset({"audit.sections_complete", "balance.limitations_specific"}),
    "abstract contradicting results": frozenset(
        {"balance.contradictions_linked", "numbers.answer_traced"}
    ),
    "wrong entity": frozenset({"evidence.quote_fits"}),
    "injected instruction": frozenset({"audit.no_instructions"}),
}
"""The items of the checklists that should see a family of flaws."""

CODE_SEES = frozenset(
    {
        "changed number",
        "changed number in text",
        "dropped citation",
        "misattributed citation",
        "fabricated reference",
        "truncated section",
        "limitations deleted",
        "injected instruction",
    }
)
"""Families that need no understanding: numbers, citations, truncation, missing sections,
injection, and the table of claims against the text."""

SOUND = frozenset(item for family in CODE_SEES for item in SEES[family])
"""Items that a clean report passes: nothing in it was changed, cut or put in, so that a finding
under one of them is a false alarm. Other items, such as how many claims are corroborated, tell of
weaknesses that an unedited report may well have."""

SHARED_WORDS = 4
"""A finding quotes an edit when it has this many of its words in a row."""


def detected(edit: Edit, base: Sequence[Review], flawed: Sequence[Review]) -> bool | None:
    """Whether the reviews of a flawed dossier caught the flaw that its clean base does not have.

    Caught is a `no` to an item that should see the family and was not a `no` before, or a finding
    that is new and points at the edit's place or quotes its words.
    """
    pairs = list(_paired(base, flawed))
    if not pairs:
        return None
    sees = SEES.get(edit.family, frozenset())
    return any(
        (_noes(after) - _noes(before)) & sees
        or any(_points_at(finding, edit) for finding in _new(before, after, quotes=True))
        for before, after in pairs
    )


def alarmed(base: Sequence[Review], edited: Sequence[Review]) -> bool | None:
    """Whether the reviews of a dossier with a null edit say `no` or find where they did not before.

    Findings are compared by reviewer, item and place: their words may tell of lengths and numbers
    that a null edit does change.
    """
    pairs = list(_paired(base, edited))
    if not pairs:
        return None
    return any(
        _noes(after) - _noes(before) or _new(before, after, quotes=False) for before, after in pairs
    )


def alarmed_clean(reviews: Sequence[Review]) -> bool | None:
    """Whether the reviews of a clean dossier say `no` to, or find under, an item of `SOUND`."""
    scored = [review for review in reviews if review.score is not None]
    if not scored:
        return None
    return any(
        not SOUND.isdisjoint(_noes(review) | {finding.item or "" for finding in review.findings})
        for review in scored
    )


def _paired(base: Sequence[Review], edited: Sequence[Review]) -> Iterator[tuple[Review, Review]]:
    before = {review.reviewer: review for review in base if review.score is not None}
    for review in edited:
        if review.score is not None and review.reviewer in before:
            yield before[review.reviewer], review


def _noes(review: Review) -> frozenset[str]:
    return frozenset(answer.item for answer in review.answers if answer.answer == "no")


def _new(before: Review, after: Review, *, quotes: bool) -> list[Finding]:
    left = Counter(_key(finding, quotes=quotes) for finding in before.findings)
    found = []
    for finding in after.findings:
        key = _key(finding, quotes=quotes)
        if left[key]:
            left[key] -= 1
        else:
            found.append(finding)
    return found


def _key(finding: Finding, *, quotes: bool) -> tuple[str | None, ...]:
    key = (finding.item, finding.claim_id, finding.section)
    return (*key, finding.quote) if quotes else key


def _points_at(finding: Finding, edit: Edit) -> bool:
    if edit.place in (finding.claim_id, finding.section):
        return True
    return any(_quotes(finding.quote or "", said) for said in (edit.after, edit.before))


def _quotes(quote: str, said: str) -> bool:
    ours, theirs = words(quote), words(said)
    runs = {tuple(theirs[n : n + SHARED_WORDS]) for n in range(len(theirs) - SHARED_WORDS + 1)}
    return any(
        tuple(ours[n : n + SHARED_WORDS]) in runs for n in range(len(ours) - SHARED_WORDS + 1)
    )
