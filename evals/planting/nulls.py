"""Edits that must not matter: length, form, order, and the names of those who wrote."""

import re
from collections.abc import Callable, Sequence

from assignee.evals.planting.source import Draw, Option, Planting, Source, sentences, with_text
from assignee.evals.trials.records import Edit
from assignee.records import Dossier, DossierClaim, DossierSection

_FILLER = (
    "The parts of this report can be read in any order.",
    "Terms are used in the sense that is usual in the field.",
    "What follows is meant for readers with a general interest in the subject.",
    "Spelling follows the sources wherever they agree with one another.",
    "Headings are kept short so that each part is easy to find.",
    "Readers in a hurry may turn to the abstract.",
    "The report is written in plain sentences throughout.",
    "Wherever a word has several senses, the common one is meant.",
    "The order of the parts follows the custom of such reports.",
    "Sections differ in length because some need more room than others.",
    "Further background can be had from any textbook of the field.",
    "The wording was chosen to be understood by newcomers as well.",
)
"""Sentences that state nothing about the subject and nothing about the quality of the report."""

_BYLINES = (
    "Prepared by Yoshua Bengio and Geoffrey Hinton, Mila and University of Toronto.",
    "Prepared by Fei-Fei Li, Stanford University.",
    "Prepared by Ngozi Adeyemi and Radu Ionescu, independent researchers.",
    "Prepared by a group of students at Riverside Community College.",
)
_MARK = re.compile(r"\[[^\[\]\n]+\]")


def padding(source: Source, draw: Draw) -> Planting | None:
    """Two sentences that say nothing stand in the introduction."""
    return _padded(source, draw, operator="padding", number=2)


def length(source: Source, draw: Draw) -> Planting | None:
    """The introduction has a paragraph more, twelve sentences that say nothing."""
    return _padded(source, draw, operator="length padding", number=len(_FILLER))


def _padded(source: Source, draw: Draw, *, operator: str, number: int) -> Planting | None:
    words = " ".join(draw.order(_FILLER)[:number])
    return _introduced(source, operator, f"\n{words}", "the words say nothing of the subject")


def author_names(source: Source, draw: Draw) -> Planting | None:
    """The introduction ends in the names of those who wrote the report."""
    return _introduced(
        source, "author names", f"\n{draw.one(_BYLINES)}", "who wrote it makes nothing truer"
    )


def _introduced(source: Source, operator: str, words: str, why: str) -> Planting | None:
    section = source.dossier.section("introduction")
    if section is None:
        return None
    dossier = with_text(source.dossier, section.name, section.text + words)
    return Planting(dossier, _edit(operator, section.name, "", words, why))


def reformatting(source: Source, draw: Draw) -> Planting | None:  # noqa: ARG001 - one place only
    """Every sentence of the results stands on a line of its own, as an item of a list."""
    results = source.dossier.section("results")
    if results is None:
        return None
    said = [s.text for s in sentences(source.dossier, "results") if s.section == results.name]
    text = "\n".join(f"- {sentence}" for sentence in said)
    if not said or len(text.split()) != len(results.text.split()) + len(said):
        return None  # a table or a list, whose form is not to be lost
    dossier = with_text(source.dossier, results.name, text)
    why = "the words and their order are the same"
    return Planting(dossier, _edit("reformatting", results.name, results.text, text, why))


def typography(source: Source, draw: Draw) -> Planting | None:
    """Quotation marks and apostrophes of one section are curled, or made straight."""
    curled, straight = str.maketrans("\"'", "”’"), str.maketrans("“”‘’", "\"\"''")
    for section in draw.order(source.dossier.sections):
        for table in (straight, curled):
            text = section.text.translate(table)
            if text != section.text:
                dossier = with_text(source.dossier, section.name, text)
                why = "only the shape of the quotation marks differs"
                return Planting(dossier, _edit("typography", section.name, section.text, text, why))
    return None


def reference_order(source: Source, draw: Draw) -> Planting | None:
    """The list of references stands in another order; every key is as it was."""
    before = [ref.key for ref in source.dossier.references]
    references = tuple(_moved_about(source.dossier.references, draw))
    after = [ref.key for ref in references]
    if before == after:
        return None
    dossier = source.dossier.model_copy(update={"references": references})
    edit = _edit(
        "reference order", "References", ", ".join(before), ", ".join(after),
        "no reference is gone or new",
    )  # fmt: skip
    return Planting(dossier, edit)


def _moved_about(given: Sequence[Option], draw: Draw) -> list[Option]:
    """The same in another order, if there are two or more."""
    order = draw.order(given)
    return order if order != list(given) else order[::-1]


def reference_numbers(source: Source, draw: Draw) -> Planting | None:
    """The references are numbered anew, in the list, the claims and the text alike."""
    before = [ref.key for ref in source.dossier.references]
    after = _moved_about(before, draw)
    if before == after or not all(key.isdigit() for key in before):
        return None
    renumbered = _renumbered(source.dossier, dict(zip(before, after, strict=True)))
    edit = _edit(
        "reference numbers", "References", ", ".join(before), ", ".join(after),
        "every citation leads to the same work as before",
    )  # fmt: skip
    return Planting(renumbered, edit)


def _renumbered(dossier: Dossier, keys: dict[str, str]) -> Dossier:
    def put(match: re.Match[str]) -> str:
        return re.sub(r"(?<!\w)\d+(?!\w)", lambda m: keys.get(m.group(), m.group()), match.group())

    references = [ref.model_copy(update={"key": keys[ref.key]}) for ref in dossier.references]
    return dossier.model_copy(
        update={
            "sections": tuple(
                DossierSection(name=one.name, text=_MARK.sub(put, one.text))
                for one in dossier.sections
            ),
            "claims": tuple(_moved(claim, keys.get) for claim in dossier.claims),
            "references": tuple(sorted(references, key=lambda ref: int(ref.key))),
        }
    )


def _moved(claim: DossierClaim, key: Callable[[str, str], str]) -> DossierClaim:
    evidence = tuple(
        piece.model_copy(update={"reference": key(piece.reference, piece.reference)})
        for piece in claim.evidence
    )
    own = claim.reference and key(claim.reference, claim.reference)
    return claim.model_copy(update={"reference": own, "evidence": evidence})


def section_order(source: Source, draw: Draw) -> Planting | None:  # noqa: ARG001 - one place only
    """The method stands last, as an appendix would."""
    method = source.dossier.section("method")
    rest = tuple(one for one in source.dossier.sections if one is not method)
    if method is None or source.dossier.sections[-1] is method:
        return None
    dossier = source.dossier.model_copy(update={"sections": (*rest, method)})
    names = ", ".join(one.name for one in source.dossier.sections)
    after = ", ".join(one.name for one in dossier.sections)
    why = "every section is there as it was"
    return Planting(dossier, _edit("section order", method.name, names, after, why))


def _edit(operator: str, place: str, before: str, after: str, why: str) -> Edit:
    return Edit(
        operator=operator, family=operator, harmless=True, place=place, before=before, after=after,
        why=why,
    )  # fmt: skip
