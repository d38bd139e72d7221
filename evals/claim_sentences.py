"""How well an extractor finds the sentences that claims rest on, beside a guess from their place.

Labelled are sets in SciFact's format: the sentences of an abstract that annotators marked because
a claim rests on them, for it or against it. They marked them for the claims of the set, so that a
sentence without a mark may be worth a claim, too: precision is a lower bound.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assignee.agents.claim_extractor import locate
from assignee.engines.protocol import Engine, Extractor
from assignee.errors import EngineError, SettingsError
from assignee.evals import metrics
from assignee.evals.baselines import FOLDS, PLACES, places
from assignee.evals.bootstrap import SEED, Estimate, Floats, estimate, mean, ratio, resampled
from assignee.evals.fitting import folds_of
from assignee.evals.items import StanceItem, text_of, windows_of
from assignee.evals.quotes import Checked, QuoteFigures, check, quote_figures
from assignee.evals.relevance import Relevance, relevance
from assignee.reading.normal import find_quote
from assignee.records import ClaimDraft, Paper, Record

CONCURRENCY = 16
"""Extractions in flight at once, as many as model calls of a run by default."""
FIRST = (1, 3)
"""How many sentences of an abstract are looked at for one claim."""
PLACE = "place in the abstract alone"
GIVEN_AWAY = 0.95
"""F1 of the guess from the place from which a set is said to give its marks away."""


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


class ClaimSentences(Record):
    """Everything that was measured."""

    set: str
    abstracts: int
    sentences: int
    marked: int
    claims: int
    """Pairs of a claim and an abstract that speaks for or against it."""
    failed: int
    """Extractions without a usable reply; they count as nothing found."""
    baseline: str
    """What the guess from the place was learned from, or why there is none."""
    findings: tuple[Finding, ...]
    """The extractor, then the guess from the place."""
    given_away: bool
    """Whether the place alone tells nearly every mark, so that the set tells extractors nothing."""
    quotes: QuoteFigures
    relevance: Relevance


class Abstract(NamedTuple):
    """One abstract with what annotators marked in it."""

    item: StanceItem
    """The first of its claims."""
    marked: frozenset[int]
    """Sentences on which any claim rests."""


class Chosen(NamedTuple):
    """Sentences of one abstract as an extractor puts them, best first, and its quotes' worth."""

    places: tuple[int, ...]
    checked: Checked | None
    """`None` where the extraction failed."""
    why: str = ""
    """It failed."""


class Place(NamedTuple):
    """What the place of a sentence tells."""

    shares: Floats
    """Of each tenth of an abstract the share of sentences that is marked."""
    cut: float
    """The share from which a place is taken."""


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
    items: Sequence[StanceItem],
    known: Sequence[StanceItem],
    engine: Engine,
    *,
    floor: float,
    concurrency: int = CONCURRENCY,
) -> ClaimSentences:
    """The engine's extractor and, fitted on `known` items, the guess from a sentence's place.

    The extractor is asked for all claims of an abstract with its title for the question, then for
    its best ones with each claim for the question.

    Args:
        items: what to measure on; those without a mark are left out.
        known: a training part; its abstracts that are also among the items teach nothing. Without
            any the guess is cross-fitted over the items' abstracts.
        engine: its extractor finds the sentences, its ranker tells relevance.
        floor: relevance below which the program drops a statement.
        concurrency: extractions in flight at once.

    Raises:
        SettingsError: in no abstract is a sentence marked.
        EngineError: not one extraction gave a usable reply.
    """
    abstracts, claims = abstracts_of(items), [item for item in items if item.rationale]
    if not abstracts:
        raise SettingsError("no sentence is marked in these abstracts")
    turn = asyncio.Semaphore(concurrency)
    whole = await asyncio.gather(
        *(chosen(one.item, one.item.title, engine.extractor, turn) for one in abstracts)
    )
    asked = await asyncio.gather(
        *(chosen(one, one.claim, engine.extractor, turn, limit=max(FIRST)) for one in claims)
    )
    drawn = [*whole, *asked]
    checked = [one.checked for one in drawn if one.checked is not None]
    if not checked:
        raise EngineError(f"no extraction gave a usable reply: {drawn[0].why}")
    own = {one.item.document for one in abstracts}
    others = [one for one in abstracts_of(known) if one.item.document not in own]
    found = [
        finding(engine.models["extractor"], abstracts, [one.places for one in whole], claims,
                [one.places for one in asked])
    ]  # fmt: skip
    if places_ := learned(abstracts, others):
        found.append(guessed(abstracts, claims, places_))
    return ClaimSentences(
        set=items[0].set,
        abstracts=len(abstracts),
        sentences=sum(len(one.item.sentences) for one in abstracts),
        marked=sum(len(one.marked) for one in abstracts),
        claims=len(claims),
        failed=len(drawn) - len(checked),
        baseline=origin(abstracts, others),
        findings=tuple(found),
        given_away=any((one.f1.value or 0) >= GIVEN_AWAY for one in found[1:]),
        quotes=quote_figures(checked),
        relevance=await relevance(claims, engine.ranker, name=engine.models["ranker"], floor=floor),
    )


async def chosen(
    item: StanceItem,
    question: str,
    extractor: Extractor,
    turn: asyncio.Semaphore,
    *,
    limit: int | None = None,
) -> Chosen:
    """What the extractor takes of an abstract when it is asked this; nothing where it fails."""
    paper, passages = Paper(id=item.document, title=item.title), windows_of(item)
    most = limit or len(item.sentences)
    try:
        async with turn:
            drafts = await extractor.extract(question, passages, paper=paper, limit=most)
    except EngineError as error:
        return Chosen((), None, str(error))
    found = [place for draft in drafts if (place := place_of(draft, item)) is not None]
    kept = [quote for draft in drafts if (quote := locate(draft, passages))]
    checked = check(drafts, kept, passages, document=item.document, text=text_of(item))
    return Chosen(tuple(dict.fromkeys(found)), checked)


def origin(abstracts: Sequence[Abstract], known: Sequence[Abstract]) -> str:
    """What the guess from the place is learned from, or why there is none."""
    if known:
        return f"learned from {len(known)} abstracts of the training part that are not among these"
    if len(abstracts) < 2:
        return "unscored, because there is no other abstract to learn from"
    folds = min(FOLDS, len(abstracts))
    return f"cross-fitted in {folds} folds, for no training part has other abstracts"


def learned(abstracts: Sequence[Abstract], known: Sequence[Abstract]) -> dict[str, Place]:
    """By document what other abstracts tell of places; empty where there is none other."""
    documents = [one.item.document for one in abstracts]
    if known:
        return dict.fromkeys(documents, place_in(known))
    if len(abstracts) < 2:
        return {}
    fold = folds_of(documents, folds=FOLDS, seed=SEED)
    rest = [
        [one for one, other in zip(abstracts, fold, strict=True) if other != number]
        for number in range(fold.max() + 1)
    ]
    told = [place_in(others) for others in rest]
    return {document: told[number] for document, number in zip(documents, fold, strict=True)}


def place_in(known: Sequence[Abstract]) -> Place:
    """What these abstracts tell of places."""
    shares = by_place(known)
    return Place(shares, best_cut(known, shares))


def guessed(
    abstracts: Sequence[Abstract], claims: Sequence[StanceItem], told: dict[str, Place]
) -> Finding:
    """The figures of the guess from a sentence's place, the same whatever is asked."""
    taken = []
    for one in abstracts:
        shares, cut = told[one.item.document]
        tenths = enumerate(places(len(one.item.sentences)))
        taken.append([index for index, tenth in tenths if shares[tenth] >= cut])
    ranked = [by_share(len(one.sentences), told[one.document].shares) for one in claims]
    return finding(PLACE, abstracts, taken, claims, ranked)


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
    )
