"""How far a report's answer rests on the words that it cites, sentence by sentence.

Precision and recall of citations are those of ALCE (Gao et al., EMNLP 2023), with the quotes of the
cited claims in the place of whole passages. What the judge says is a model's opinion: its own
errors, in docs/verification.md, are in the figures.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assignee.engines.local.checks_text import (
    abstract_sentences,
    answer_sentences,
    cited_claims,
    cites,
    figures,
    stands_among,
    stated,
)
from assignee.engines.protocol import Judge, JudgeRequest
from assignee.errors import SettingsError
from assignee.evals.bootstrap import Estimate, Floats, estimate, ratio, resampled
from assignee.evals.opinions import answer
from assignee.records import Claim, Dossier, Passage, Quote, Record


class Grounding(Record):
    """What was measured of one report; intervals are by a bootstrap over sentences."""

    report: str
    judge: str
    sentences: int
    """Of answer and abstract, each once."""
    uncited: int
    unshown: int
    """Sentences whose citations lead to no quoted words, so that nothing can be said of them."""
    supported: Estimate
    """Of the sentences whose citations show words, the share that those words support."""
    recall: Estimate
    """Of these and those that cite nothing, the share that is supported."""
    precision: Estimate
    """Share of citations that support their sentence alone, or without which the others do not."""
    largest: float | None
    """Share of citations that lead to the source cited most; `None` where none leads anywhere."""
    sources: int
    figures: int
    """Numbers in the sentences."""
    traced: Estimate
    """Share of numbers that stand in the words cited; without words they do not."""
    quotes: int
    """Quotes that could be looked up in their source."""
    verbatim: float | None
    """Share of these that stand there word for word; `None` without any."""


class Stated(NamedTuple):
    """One sentence with the words that each of its citations shows."""

    text: str
    cites: bool
    quotes: tuple[str, ...]


class Borne(NamedTuple):
    """What the judge makes of one sentence."""

    supported: bool
    useful: int
    """Citations that count as right."""


async def grounding(dossier: Dossier, judge: Judge, *, name: str) -> Grounding:
    """Measure a report.

    Raises:
        SettingsError: it has no sentence that answers anything.
    """
    sentences = sentences_of(dossier)
    if not sentences:
        raise SettingsError(f"{name!r} has no answer and no abstract to look at")
    borne = await judged(sentences, judge)
    weights = resampled([str(place) for place in range(len(sentences))])
    shown = np.array([bool(one.quotes) for one in sentences])
    held = np.array([one is not None and one.supported for one in borne])
    silent = np.array([not one.cites for one in sentences])
    useful = [0 if one is None else one.useful for one in borne]
    given = [len(one.quotes) for one in sentences]
    numbers, traced = zip(*map(traces, sentences), strict=True)
    leads = Counter(
        claim.reference
        for one in texts_of(dossier)
        for claim in cited_claims(one, dossier)
        if claim.reference
    )
    pieces = [
        found
        for claim in dossier.claims
        for found in (claim.quote_verbatim, *(piece.verbatim for piece in claim.evidence))
        if found is not None
    ]
    return Grounding(
        report=name,
        judge=judge.name,
        sentences=len(sentences),
        uncited=int(silent.sum()),
        unshown=int((~shown & ~silent).sum()),
        supported=share(held, shown, weights),
        recall=share(held, shown | silent, weights),
        precision=share(useful, given, weights),
        largest=max(leads.values()) / leads.total() if leads else None,
        sources=len(leads),
        figures=sum(numbers),
        traced=share(traced, numbers, weights),
        quotes=len(pieces),
        verbatim=sum(pieces) / len(pieces) if pieces else None,
    )


def share(part: Sequence[int] | Floats, whole: Sequence[int] | Floats, weights: Floats) -> Estimate:
    """Sums over sentences divided by each other."""
    above, below = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return estimate(ratio(weights @ above, weights @ below))


def texts_of(dossier: Dossier) -> list[str]:
    """The sentences of answer and abstract; one that stands in both counts once."""
    found = {
        stated(one.text): one.text
        for one in [*answer_sentences(dossier), *abstract_sentences(dossier)]
    }
    return list(found.values())


def sentences_of(dossier: Dossier) -> list[Stated]:
    """These sentences with what their citations show."""
    return [
        Stated(
            stated(text).strip(),
            cites(text),
            tuple(claim.quote for claim in cited_claims(text, dossier) if claim.quote),
        )
        for text in texts_of(dossier)
    ]


def traces(sentence: Stated) -> tuple[int, int]:
    """How many numbers the sentence has, and how many of them stand in the words it cites."""
    values = [figure.value for quote in sentence.quotes for figure in figures(quote)]
    own = figures(sentence.text)
    return len(own), sum(stands_among(figure, values) for figure in own)


async def judged(sentences: Sequence[Stated], judge: Judge) -> list[Borne | None]:
    """Each sentence by all its words together, by each alone, and by the others without each."""
    asked = [(one.text, quotes) for one in sentences for quotes in combinations_of(one.quotes)]
    replies = await judge.judge([request_of(text, quotes) for text, quotes in asked])
    said = iter([answer(reply).stance == "supports" for reply in replies])
    return [borne(one, [next(said) for _ in combinations_of(one.quotes)]) for one in sentences]


def combinations_of(quotes: Sequence[str]) -> list[Sequence[str]]:
    """All, each alone, all but each; nothing where nothing is quoted."""
    if len(quotes) < 2:
        return [quotes] if quotes else []
    alone = [[quote] for quote in quotes]
    without = [[*quotes[:place], *quotes[place + 1 :]] for place in range(len(quotes))]
    return [quotes, *alone, *without]


def borne(sentence: Stated, said: Sequence[bool]) -> Borne | None:
    """What the replies to `combinations_of` amount to; `None` where nothing was asked."""
    count = len(sentence.quotes)
    if count == 0:
        return None
    if count == 1:
        return Borne(said[0], int(said[0]))
    whole, alone, without = said[0], said[1 : count + 1], said[count + 1 :]
    useful = [one or not rest for one, rest in zip(alone, without, strict=True)]
    return Borne(whole, sum(useful) if whole else 0)


def request_of(text: str, quotes: Sequence[str]) -> JudgeRequest:
    """The sentence beside quoted words, each a window of its own."""
    quote = Quote(passage_id="-", paper_id="-", start=0, end=1, text="-")
    claim = Claim(id="-", text=text, quote=quote, paper_id="-", relevance=1.0)
    return JudgeRequest(claim=claim, windows=tuple(map(window_of, range(len(quotes)), quotes)))


def window_of(place: int, text: str) -> Passage:
    """The quote as a passage of a source of its own."""
    return Passage(
        id=f"q{place}", paper_id=f"q{place}", section="", start=0, end=len(text), text=text,
        basis="abstract",
    )  # fmt: skip
