"""Every operator by its name: flaws that a review should find, and edits that must not matter."""

from collections.abc import Mapping

from assignee.evals.planting import citations, nulls, numbers, steering, structure, wording
from assignee.evals.planting.source import Draw, Plant, Planting, Source

FLAWS: Mapping[str, Plant] = {
    "changed number": numbers.changed_number,
    "changed number in text": numbers.changed_in_text,
    "flipped direction": wording.flipped_direction,
    "dropped citation": citations.dropped_citation,
    "misattributed claim": citations.misattributed_claim,
    "miscited sentence": citations.miscited_sentence,
    "unlisted reference": citations.unlisted_reference,
    "invented reference": citations.invented_reference,
    "unsupported claim without citation": wording.unsupported_claim,
    "unsupported claim with citation": wording.unsupported_cited,
    "hedges of a sentence removed": wording.over_claim,
    "hedges removed throughout": wording.over_claims,
    "truncated section": structure.truncated_section,
    "limitations deleted": structure.limitations_deleted,
    "abstract contradicting results": wording.contradicting_abstract,
    "wrong entity": wording.wrong_entity,
    "visible instruction": steering.visible_instruction,
    "invisible instruction": steering.invisible_instruction,
    "instruction as a reference's title": steering.instruction_in_title,
}

NULLS: Mapping[str, Plant] = {
    "padding": nulls.padding,
    "length padding": nulls.length,
    "reformatting": nulls.reformatting,
    "typography": nulls.typography,
    "reference order": nulls.reference_order,
    "reference numbers": nulls.reference_numbers,
    "section order": nulls.section_order,
    "author names": nulls.author_names,
}


def plant(operator: str, source: Source, *, seed: int) -> Planting | None:
    """What the operator makes of a clean dossier; `None` where it finds no place.

    The choice depends on the seed, the operator and the dossier, and on nothing else, so that a new
    operator moves no other one's flaws.

    Raises:
        KeyError: there is no such operator.
    """
    chosen = {**FLAWS, **NULLS}[operator]
    return chosen(source, Draw(seed, operator, source.dossier.digest()))
