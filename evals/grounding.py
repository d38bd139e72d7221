"""How far a report's answer rests on the words that it cites, sentence by sentence.

Precision and recall of citations are those of ALCE (Gao et al., EMNLP 2023), with the quotes of the
cited claims in the place of whole passages. What the judge says is a model's opinion: its own
errors, in docs/verification.md, are in the figures.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from assignee.agents.dossier import dossier_of_report, tally
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
from assignee.evals.trials.recorded import dossier_in
from assignee.records import Claim, Counts, Dossier, Passage, Quote, Record, Report
from assignee.report import read_report


class Untraced(Record):
    """A number that does not stand in the words that its sentence cites."""

    number: str
    sentence: str


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
    drafts: int | None
    """Statements that the run's extractor drafted; `None` for a report that does not say."""
    dropped: int | None
    """Of these, how many the run dropped because their quote stands in no passage."""
    unsupported: tuple[str, ...]
    """Sentences that the words which they cite do not support."""
    silent: tuple[str, ...]
    """Sentences that cite nothing."""
    untraced: tuple[Untraced, ...]


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


class Answer(NamedTuple):
    """What a report answers, and the counts of the run where it is ours."""

    dossier: Dossier
    counts: Counts | None


def read_answer(path: Path) -> Answer:
    """The answer in our `report.json`, or in a report that something else wrote.

    Raises:
        ReportFormatError: the file is missing or is no report.
    """
    if path.suffix != ".json":
        return Answer(dossier_in(path), None)
    report = read_report(path)
    return Answer(without_tally(report), report.counts)


def without_tally(report: Report) -> Dossier:
    """The report's dossier less the counts that its abstract ends with.

    They are put in for reviewers and stand in no report: to measure them finds numbers without a
    source in sentences that nobody reads.
    """
    dossier = dossier_of_report(report)
    added = tally(report.claims, report.verdicts, report.papers)
    sections = tuple(
        section.model_copy(update={"text": section.text.removesuffix(added).strip()})
        for section in dossier.sections
    )
    return dossier.model_copy(update={"sections": sections})


async def grounding(
    dossier: Dossier, judge: Judge, *, name: str, counts: Counts | None = None
) -> Grounding:
    """Measure a report.

    Args:
        dossier: what it answers, cites and quotes.
        judge: tells whether quotes support a sentence.
        name: of the report.
        counts: of the run that made it, where they are known.

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
    numbers = [len(figures(one.text)) for one in sentences]
    missing = [untraced(one) for one in sentences]
    traced = [count - len(lost) for count, lost in zip(numbers, missing, strict=True)]
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
        drafts=counts.drafts if counts else None,
        dropped=counts.quotes_unmatched if counts else None,
        unsupported=tuple(
            one.text
            for one, found in zip(sentences, borne, strict=True)
            if found is not None and not found.supported
        ),
        silent=tuple(one.text for one in sentences if not one.cites),
        untraced=tuple(number for lost in missing for number in lost),
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
            tidy(stated(text)),
            cites(text),
            tuple(claim.quote for claim in cited_claims(text, dossier) if claim.quote),
        )
        for text in texts_of(dossier)
    ]


def tidy(text: str) -> str:
    """The text without the space that a citation mark leaves before a stop."""
    return re.sub(r"\s+(?=[.,;:!?])", "", text.strip())


def untraced(sentence: Stated) -> list[Untraced]:
    """The numbers of the sentence that do not stand in the words that it cites."""
    values = [figure.value for quote in sentence.quotes for figure in figures(quote)]
    return [
        Untraced(number=figure.text, sentence=sentence.text)
        for figure in figures(sentence.text)
        if not stands_among(figure, values)
    ]


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
