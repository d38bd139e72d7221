"""What operators plant in: a dossier, and the papers' words by which its quotes are looked up.

What a report says (its sections, its claims with verdict, reference, quote and evidence, its
references) is the operators' to change. What the program itself measures when it makes a dossier is
not: `looked_up` finds every quote anew, so that a flawed dossier looks as if it had been made from
the flawed report. A claim keeps its id and its measured relevance, as its subject stays the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from assignee.agents.dossier import dossier_of_report
from assignee.engines.local.checks_text import citations, prose
from assignee.evals.trials.records import Edit
from assignee.reading.normal import find_quote
from assignee.records import Dossier, DossierClaim, DossierSection, Report
from assignee.records.base import digest_of

Texts = Mapping[str, Sequence[str]]
"""Texts of the passages at hand by the reference's key; a reference without any is missing."""

Option = TypeVar("Option")


class Source(NamedTuple):
    """A clean dossier and the papers' words behind it."""

    dossier: Dossier
    texts: Texts


class Planting(NamedTuple):
    """A dossier in which something was planted, and the manifest that no reviewer sees."""

    dossier: Dossier
    edit: Edit


class Stated(NamedTuple):
    """One sentence of one section, with the citation marks that follow it."""

    section: str
    text: str


class Draw:
    """Choices that depend on the given parts alone: the same parts, the same choices."""

    def __init__(self, *parts: str | int) -> None:
        self._generator = np.random.default_rng(int(digest_of(list(parts)), 16))

    def one(self, options: Sequence[Option]) -> Option:
        """One of the options, each as likely as any other."""
        return options[int(self._generator.integers(len(options)))]

    def order(self, options: Iterable[Option]) -> list[Option]:
        """All of the options in a random order."""
        given = list(options)
        return [given[place] for place in self._generator.permutation(len(given))]


Plant = Callable[[Source, Draw], Planting | None]
"""Plants in one place that is drawn; `None` where the dossier has no place for it."""


def source_of(report: Report) -> Source:
    """The report's dossier, with the passages that it quotes."""
    keys = {paper.id: str(number) for number, paper in enumerate(report.papers, 1)}
    texts: dict[str, list[str]] = {}
    for passage in report.passages:
        if passage.paper_id in keys:
            texts.setdefault(keys[passage.paper_id], []).append(passage.text)
    return Source(dossier_of_report(report), texts)


def looked_up(dossier: Dossier, texts: Texts) -> Dossier:
    """The dossier with every quote looked up in the reference that it is given for now."""
    return dossier.model_copy(
        update={"claims": tuple(_looked_up(claim, texts) for claim in dossier.claims)}
    )


def _looked_up(claim: DossierClaim, texts: Texts) -> DossierClaim:
    evidence = tuple(
        piece.model_copy(update={"verbatim": stands(piece.quote, texts.get(piece.reference))})
        for piece in claim.evidence
    )
    own = texts.get(claim.reference or "")
    return claim.model_copy(
        update={"quote_verbatim": stands(claim.quote, own), "evidence": evidence}
    )


def stands(quote: str | None, texts: Sequence[str] | None) -> bool | None:
    """Whether the texts hold the quote word for word; `None` without quote or texts."""
    if not quote or texts is None:
        return None
    return any(find_quote(quote, text) is not None for text in texts)


def sentences(dossier: Dossier, *names: str) -> list[Stated]:
    """The sentences of the sections whose names hold one of these words."""
    return [
        Stated(section.name, text)
        for section in dossier.sections
        if any(name in section.name.casefold() for name in names)
        for text in prose(section.text)
        if text in section.text
    ]


def answering(dossier: Dossier) -> list[Stated]:
    """The sentences of results and abstract that cite claims."""
    known = {claim.id for claim in dossier.claims}
    return [
        sentence
        for sentence in sentences(dossier, "result", "abstract")
        if known & set(citations(sentence.text))
    ]


def with_claim(dossier: Dossier, claim_id: str, **changes: object) -> Dossier:
    """The dossier with one claim changed."""
    return dossier.model_copy(
        update={
            "claims": tuple(
                claim.model_copy(update=changes) if claim.id == claim_id else claim
                for claim in dossier.claims
            )
        }
    )


def with_text(dossier: Dossier, section: str, text: str) -> Dossier:
    """The dossier with another text in the section of that name."""
    return dossier.model_copy(
        update={
            "sections": tuple(
                DossierSection(name=one.name, text=text) if one.name == section else one
                for one in dossier.sections
            )
        }
    )


def with_sentence(dossier: Dossier, sentence: Stated, new: str) -> Dossier:
    """The dossier with other words in the place of a sentence."""
    return with_text(
        dossier, sentence.section, text_of(dossier, sentence.section).replace(sentence.text, new, 1)
    )


def text_of(dossier: Dossier, section: str) -> str:
    """The text of the section of that name."""
    return next(one.text for one in dossier.sections if one.name == section)


def wherever_cited(dossier: Dossier, claim_id: str, change: Callable[[str], str]) -> Dossier:
    """The dossier with a change made to every sentence that cites the claim."""
    for sentence in answering(dossier):
        if claim_id in citations(sentence.text):
            dossier = with_sentence(dossier, sentence, change(sentence.text))
    return dossier
