"""Citations that are missing, lead to the wrong work, or lead to a work that does not exist."""

import re

from assignee.engines.local.checks_text import citations
from assignee.evals.planting.source import (
    Draw,
    Planting,
    Source,
    Stated,
    answering,
    looked_up,
    sentences,
    stands,
    wherever_cited,
    with_claim,
    with_sentence,
)
from assignee.evals.trials.records import Edit
from assignee.reading.words import content_stems
from assignee.records import Dossier, DossierClaim, DossierReference

_MARK = re.compile(r"\s*\[[^\[\]\n]+\]")
_ASIDE = re.compile(r"\s*\([^()]*\[[^\[\]\n]+\][^()]*\)")
"""Brackets that name a reference, such as `(a note about [3]; not corroborated)`."""

LEAST_STEMS = 3
"""A sentence with fewer words of content says too little to be cited wrongly."""


def dropped_citation(source: Source, draw: Draw) -> Planting | None:
    """A sentence of the results loses its marks and the brackets that name its references."""
    for sentence in draw.order(answering(source.dossier)):
        if "result" not in sentence.section.casefold():
            continue
        text = _without(_MARK, _without(_ASIDE, sentence.text))
        why = "nothing leads from the sentence to its source any more"
        return Planting(
            with_sentence(source.dossier, sentence, text),
            Edit(
                operator="dropped citation", family="dropped citation", place=sentence.section,
                before=sentence.text, after=text, why=why, severity="major",
            ),
        )  # fmt: skip
    return None


def _without(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda m: "" if citations(m.group()) else m.group(), text)


def misattributed_claim(source: Source, draw: Draw) -> Planting | None:
    """A claim is given to another reference, whose text does not hold its quote."""
    for claim in draw.order(source.dossier.claims):
        others = [
            key
            for key, texts in sorted(source.texts.items())
            if key != claim.reference and stands(claim.quote, texts) is False
        ]
        if claim.reference and others:
            dossier = given_to(source, claim, draw.one(others))
            after = next(c.reference or "" for c in dossier.claims if c.id == claim.id)
            why = f"reference [{after}] does not hold the claim's quote"
            return Planting(
                dossier,
                Edit(
                    operator="misattributed claim", family="misattributed citation", place=claim.id,
                    before=claim.reference, after=after, why=why, severity="severe",
                ),
            )  # fmt: skip
    return None


def given_to(source: Source, claim: DossierClaim, key: str, *more: DossierReference) -> Dossier:
    """The dossier with a claim and its own evidence attributed to the reference of that key."""
    own, other = f"[{claim.reference}]", f"[{key}]"
    evidence = tuple(
        piece.model_copy(update={"reference": key}) if piece.reference == claim.reference else piece
        for piece in claim.evidence
    )
    dossier = source.dossier.model_copy(update={"references": (*source.dossier.references, *more)})
    dossier = with_claim(dossier, claim.id, reference=key, evidence=evidence)
    dossier = wherever_cited(dossier, claim.id, lambda text: text.replace(own, other))
    return looked_up(dossier, source.texts)


def miscited_sentence(source: Source, draw: Draw) -> Planting | None:
    """A sentence cites, and names the source of, a claim that speaks of something else."""
    claims = {claim.id: claim for claim in source.dossier.claims}
    for sentence in draw.order(answering(source.dossier)):
        cited = [key for key in citations(sentence.text) if key in claims]
        said = content_stems(_without(_MARK, _without(_ASIDE, sentence.text)))
        others = [
            claim
            for claim in claims.values()
            if claim.reference != claims[cited[0]].reference
            and len(said & content_stems(f"{claim.text} {claim.quote}")) * 5 <= len(said)
        ]
        if len(cited) == 1 and others and len(said) >= LEAST_STEMS:
            return _miscited(source.dossier, sentence, claims[cited[0]], draw.one(others))
    return None


def _miscited(
    dossier: Dossier, sentence: Stated, right: DossierClaim, wrong: DossierClaim
) -> Planting:
    text = sentence.text.replace(right.id, wrong.id)
    text = text.replace(f"[{right.reference}]", f"[{wrong.reference}]")
    why = f"the sentence states claim {right.id} and cites claim {wrong.id}"
    return Planting(
        with_sentence(dossier, sentence, text),
        Edit(
            operator="miscited sentence", family="misattributed citation", place=sentence.section,
            before=sentence.text, after=text, why=why, severity="major",
        ),
    )  # fmt: skip


def unlisted_reference(source: Source, draw: Draw) -> Planting | None:
    """A sentence cites a number that the list of references does not have."""
    places = [s for s in sentences(source.dossier, "result") if citations(s.text)]
    if not places:
        return None
    sentence = draw.one(places)
    key = _next_key(source.dossier, draw.one(range(1, 9)))
    last = list(_MARK.finditer(sentence.text))[-1]
    text = f"{sentence.text[: last.end() - 1]}, {key}]{sentence.text[last.end() :]}"
    why = f"the list has no reference [{key}]"
    return Planting(
        with_sentence(source.dossier, sentence, text),
        Edit(
            operator="unlisted reference", family="fabricated reference", place=sentence.section,
            before=sentence.text, after=text, why=why, severity="severe",
        ),
    )  # fmt: skip


def invented_reference(source: Source, draw: Draw) -> Planting | None:
    """A claim is given to a listed work that does not exist, with a title made of two others."""
    references = [ref for ref in source.dossier.references if len((ref.title or "").split()) > 3]
    claims = [c for c in source.dossier.claims if c.reference and c.quote]
    if len(references) < 2 or not claims:
        return None
    claim, (head, tail) = draw.one(claims), draw.order(references)[:2]
    key = _next_key(source.dossier, 1)
    made = tail.model_copy(update={"key": key, "title": _title(head, tail), "url": None})
    edit = Edit(
        operator="invented reference", family="fabricated reference", place=claim.id,
        before=claim.reference or "", after=f"[{key}] {made.title}",
        why="no such work was found or exists", severity="severe",
    )  # fmt: skip
    return Planting(given_to(source, claim, key, made), edit)


def _title(head: DossierReference, tail: DossierReference) -> str:
    first, second = (head.title or "").split(), (tail.title or "").split()
    return " ".join([*first[: len(first) // 2], *second[len(second) // 2 :]])


def _next_key(dossier: Dossier, step: int) -> str:
    numbers = [int(ref.key) for ref in dossier.references if ref.key.isdigit()]
    return str(max(numbers, default=0) + step)
