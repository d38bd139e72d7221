"""How well an extractor finds the sentences that claims rest on, beside a guess from their place.

Labelled are sets in SciFact's format: the sentences of an abstract that annotators marked because
a claim rests on them, for it or against it. They marked them for the claims of the set, so that a
sentence without a mark may be worth a claim, too: precision is a lower bound.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assignee.engines.protocol import Extractor
from assignee.errors import SettingsError
from assignee.evals import metrics
from assignee.evals.baselines import PLACES, places
from assignee.evals.bootstrap import Estimate, Floats, estimate, mean, ratio, resampled
from assignee.evals.items import StanceItem, windows_of
from assignee.reading.normal import find_quote
from assignee.records import ClaimDraft, Paper, Record

FIRST = (1, 3)
"""How many sentences of an abstract are looked at for one claim."""
PLACE = "place in the abstract alone"


class Finding(Record):
    """One way to find claim sentences."""

    name: str
    said: int
    """Sentences that it takes for claims."""
    precision: Estimate
    recall: Estimate
    f1: Estimate
    first: dict[int, Estimate]
    """Share of claims with a marked sentence among the first so many, asked about the claim."""
    verbatim: Estimate | None = None
    """Share of quotes that stand word for word in the text; `None` where nothing was quoted."""


class ClaimSentences(Record):
    """Everything that was measured."""

    set: str
    abstracts: int
    sentences: int
    marked: int
    claims: int
    """Pairs of a claim and an abstract that speaks for or against it."""
    findings: tuple[Finding, ...]


class Abstract(NamedTuple):
    """One abstract with what annotators marked in it."""

    item: StanceItem
    """The first of its claims."""
    marked: frozenset[int]
    """Sentences on which any claim rests."""


class Chosen(NamedTuple):
    """Sentences of one abstract as an extractor puts them, best first, and its quotes' worth."""

    places: tuple[int, ...]
    quotes: int
    verbatim: int


def abstracts_of(items: Sequence[StanceItem]) -> list[Abstract]:
    """The abstracts in which something is marked, each once."""
    found: dict[str, Abstract] = {}
    for item in items:
        if item.rationale:
            before = found.get(item.document)
            marked = frozenset(item.rationale) | (before.marked if before else frozenset())
            found[item.document] = Abstract(before.item if before else item, marked)
    return list(found.values())


async def measure(
    items: Sequence[StanceItem], known: Sequence[StanceItem], extractor: Extractor, *, name: str
) -> ClaimSentences:
    """The extractor and, fitted on `known` items, the guess from a sentence's place.

    The extractor is asked for all claims of an abstract with its title for the question, then for
    its best ones with each claim for the question.

    Raises:
        SettingsError: in no abstract is a sentence marked.
    """
    abstracts, claims = abstracts_of(items), [item for item in items if item.rationale]
    if not abstracts:
        raise SettingsError("no sentence is marked in these abstracts")
    whole = [await chosen(one.item, one.item.title, extractor) for one in abstracts]
    asked = [await chosen(item, item.claim, extractor, limit=max(FIRST)) for item in claims]
    shares = by_place(abstracts_of(known))
    cut = best_cut(abstracts_of(known), shares)
    guessed = [
        tuple(i for i, place in enumerate(places(len(a.item.sentences))) if shares[place] >= cut)
        for a in abstracts
    ]
    ranked = [by_share(len(item.sentences), shares) for item in claims]
    drawn = [*whole, *asked]
    quotes = np.array([one.quotes for one in drawn]), np.array([one.verbatim for one in drawn])
    weights = resampled([one.document for one in [*(a.item for a in abstracts), *claims]])
    return ClaimSentences(
        set=items[0].set,
        abstracts=len(abstracts),
        sentences=sum(len(one.item.sentences) for one in abstracts),
        marked=sum(len(one.marked) for one in abstracts),
        claims=len(claims),
        findings=(
            finding(name, abstracts, [one.places for one in whole], claims,
                    [one.places for one in asked],
                    estimate(ratio(weights @ quotes[1], weights @ quotes[0]))),
            finding(PLACE, abstracts, guessed, claims, ranked),
        ),
    )  # fmt: skip


async def chosen(
    item: StanceItem, question: str, extractor: Extractor, *, limit: int | None = None
) -> Chosen:
    """What the extractor takes of an abstract when it is asked this."""
    paper, passages = Paper(id=item.document, title=item.title), windows_of(item)
    most = limit or len(item.sentences)
    drafts = await extractor.extract(question, passages, paper=paper, limit=most)
    texts = [passage.text for passage in passages]
    stands = [any(find_quote(draft.quote, text) for text in texts) for draft in drafts]
    found = [place for draft in drafts if (place := place_of(draft, item)) is not None]
    return Chosen(tuple(dict.fromkeys(found)), len(drafts), sum(stands))


def place_of(draft: ClaimDraft, item: StanceItem) -> int | None:
    """The sentence in which the middle of the draft's quote lies."""
    span = find_quote(draft.quote, " ".join(item.sentences))
    if span is None:
        return None
    ends = np.cumsum([len(sentence) + 1 for sentence in item.sentences])
    return int(np.searchsorted(ends, (span.start + span.end) / 2, side="right"))


def by_place(known: Sequence[Abstract]) -> Floats:
    """For each tenth of an abstract the share of its sentences that is marked; 0 where unseen."""
    seen, marked = np.zeros(PLACES), np.zeros(PLACES)
    for one in known:
        for index, place in enumerate(places(len(one.item.sentences))):
            seen[place] += 1
            marked[place] += index in one.marked
    return np.nan_to_num(ratio(marked, seen))


def best_cut(known: Sequence[Abstract], shares: Floats) -> float:
    """The share from which a place is taken, so that F1 on the known abstracts is highest."""

    def score(cut: float) -> float:
        said = right = 0
        for one in known:
            for index, place in enumerate(places(len(one.item.sentences))):
                said += bool(shares[place] >= cut)
                right += bool(shares[place] >= cut and index in one.marked)
        return 2 * right / max(1, said + sum(len(one.marked) for one in known))

    return max(sorted({float(share) for share in shares}), key=score)


def by_share(sentences: int, shares: Floats) -> tuple[int, ...]:
    """All sentences, those of the likeliest places first."""
    likely = [shares[place] for place in places(sentences)]
    return tuple(sorted(range(sentences), key=lambda index: -likely[index]))


def finding(
    name: str,
    abstracts: Sequence[Abstract],
    said: Sequence[Sequence[int]],
    claims: Sequence[StanceItem],
    ranked: Sequence[Sequence[int]],
    verbatim: Estimate | None = None,
) -> Finding:
    """The figures of one way; abstracts are drawn whole."""
    gold = [int(i in a.marked) for a in abstracts for i in range(len(a.item.sentences))]
    took = [int(i in s) for a, s in zip(abstracts, said, strict=True)
            for i in range(len(a.item.sentences))]  # fmt: skip
    weights = resampled([a.item.document for a in abstracts for _ in a.item.sentences])
    table = metrics.confusion(gold, took, weights, classes=2)
    drawn = resampled([item.document for item in claims])
    return Finding(
        name=name,
        said=sum(took),
        precision=estimate(metrics.precision(table)[:, 1]),
        recall=estimate(metrics.recall(table)[:, 1]),
        f1=estimate(metrics.f1(table)[:, 1]),
        first={
            most: estimate(
                mean(
                    [
                        not set(item.rationale).isdisjoint(order[:most])
                        for item, order in zip(claims, ranked, strict=True)
                    ],
                    drawn,
                )
            )
            for most in FIRST
        },
        verbatim=verbatim,
    )
