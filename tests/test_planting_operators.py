"""Planted flaws: each is real, leaves no trace of itself, and is the same for the same seed."""

import pytest
from planting_sources import PRODUCTS, ROOFS, SOURCES, TEA
from sample_report import report_saying, sample_report

from assignee.agents.dossier import dossier_of_report
from assignee.agents.reviewer import dossier_text
from assignee.engines.local.checks_text import citations
from assignee.evals.planting.dataset import planted, unplaced
from assignee.evals.planting.numbers import numbers, put, wrong
from assignee.evals.planting.operators import FLAWS, NULLS, plant
from assignee.evals.planting.reports import questions
from assignee.evals.planting.source import Draw, Planting, Source, looked_up, stands
from assignee.evals.planting.wording import flipped, unhedged
from assignee.reading.normal import strip_invisible
from assignee.records import Dossier

SEEDS = range(6)


def made(operator: str, source: Source = ROOFS, seed: int = 0) -> Planting:
    planting = plant(operator, source, seed=seed)
    assert planting is not None, f"no place for {operator}"
    return planting


@pytest.mark.parametrize("name", SOURCES)
def test_looking_quotes_up_again_changes_nothing_in_a_clean_dossier(name: str) -> None:
    source = SOURCES[name]
    assert looked_up(source.dossier, source.texts) == source.dossier


@pytest.mark.parametrize("operator", [*FLAWS, *NULLS])
@pytest.mark.parametrize("name", SOURCES)
def test_every_operator_plants_what_its_manifest_says(name: str, operator: str) -> None:
    source = SOURCES[name]
    for seed in SEEDS:
        planting = plant(operator, source, seed=seed)
        if planting is None:
            continue
        edit = planting.edit
        assert planting.dossier != source.dossier
        assert edit.operator == operator
        assert edit.harmless == (operator in NULLS)
        assert edit.before != edit.after
        assert edit.why
        places = {c.id for c in source.dossier.claims} | {s.name for s in source.dossier.sections}
        places |= {r.key for r in source.dossier.references} | {"References"}
        assert edit.place in places
        assert Dossier.model_validate_json(planting.dossier.model_dump_json()) == planting.dossier


@pytest.mark.parametrize("operator", [*FLAWS, *NULLS])
def test_a_report_with_names_and_numbers_has_a_place_for_every_operator(operator: str) -> None:
    assert plant(operator, PRODUCTS, seed=0) is not None


def test_without_a_place_nothing_is_planted() -> None:
    assert plant("wrong entity", ROOFS, seed=0) is None


@pytest.mark.parametrize("operator", [*FLAWS, *NULLS])
def test_the_same_seed_plants_the_same(operator: str) -> None:
    assert plant(operator, ROOFS, seed=3) == plant(operator, ROOFS, seed=3)


def test_other_seeds_plant_elsewhere() -> None:
    assert len({made("changed number", seed=seed).edit for seed in range(12)}) > 2


@pytest.mark.parametrize("operator", [*FLAWS, *NULLS])
def test_the_dossier_holds_no_trace_of_the_manifest(operator: str) -> None:
    planting = made(operator, PRODUCTS, seed=1)
    text = planting.dossier.model_dump_json()
    assert planting.edit.why not in text
    assert operator not in text
    assert type(planting.dossier) is Dossier


@pytest.mark.parametrize(
    "operator", [*FLAWS, *(name for name in NULLS if name != "reference numbers")]
)
@pytest.mark.parametrize("name", SOURCES)
def test_quotes_are_marked_as_they_would_be_found(name: str, operator: str) -> None:
    source = SOURCES[name]
    for seed in SEEDS:
        if planting := plant(operator, source, seed=seed):
            assert looked_up(planting.dossier, source.texts) == planting.dossier


@pytest.mark.parametrize("seed", SEEDS)
def test_a_misattributed_claim_names_a_work_that_does_not_hold_its_quote(seed: int) -> None:
    dossier, edit = made("misattributed claim", seed=seed)
    claim = next(claim for claim in dossier.claims if claim.id == edit.place)
    assert claim.reference == edit.after != edit.before
    assert stands(claim.quote, ROOFS.texts[edit.after]) is False
    assert claim.quote_verbatim is False


@pytest.mark.parametrize("seed", SEEDS)
def test_an_invented_reference_is_listed_and_cannot_be_looked_up(seed: int) -> None:
    dossier, edit = made("invented reference", seed=seed)
    claim = next(claim for claim in dossier.claims if claim.id == edit.place)
    [listed] = [ref for ref in dossier.references if ref.key == claim.reference]
    assert listed.title not in {ref.title for ref in ROOFS.dossier.references}
    assert claim.quote_verbatim is None


@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_number_stands_in_no_quote_of_its_claim(seed: int) -> None:
    dossier, edit = made("changed number", seed=seed)
    claim = next(claim for claim in dossier.claims if claim.id == edit.place)
    new = set(numbers(edit.after)) - set(numbers(edit.before))
    assert len(new) == 1
    quotes = [claim.quote or "", *(piece.quote for piece in claim.evidence)]
    assert new.isdisjoint(number for quote in quotes for number in numbers(quote))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_number_changed_in_the_text_leaves_the_table_as_it_was(seed: int) -> None:
    dossier, _ = made("changed number in text", seed=seed)
    assert dossier.claims == ROOFS.dossier.claims
    assert dossier.sections != ROOFS.dossier.sections


def test_an_abstract_is_contradicted_in_the_abstract_alone() -> None:
    dossier, edit = made("abstract contradicting results")
    changed = [s.name for s in dossier.sections if s not in ROOFS.dossier.sections]
    assert changed == [edit.place] == ["Abstract"]


def test_a_dropped_citation_leaves_no_mark() -> None:
    edit = made("dropped citation", TEA).edit
    assert citations(edit.before)
    assert not citations(edit.after)
    assert "Results" in edit.place


def test_an_invisible_instruction_shows_no_letter() -> None:
    dossier, edit = made("invisible instruction")
    assert strip_invisible(edit.after)[0] == ""
    assert strip_invisible(dossier_text(dossier))[0] == dossier_text(ROOFS.dossier)


def test_renumbered_references_lead_to_the_same_works() -> None:
    dossier, _ = made("reference numbers", TEA)
    old = {ref.key: ref.title for ref in TEA.dossier.references}
    new = {ref.key: ref.title for ref in dossier.references}
    assert old != new
    for before, after in zip(TEA.dossier.claims, dossier.claims, strict=True):
        assert old[before.reference or ""] == new[after.reference or ""]
        assert [old[p.reference] for p in before.evidence] == [
            new[p.reference] for p in after.evidence
        ]


def test_null_edits_keep_claims_and_words() -> None:
    words = sorted(word for word in dossier_text(ROOFS.dossier).split() if word != "-")
    for operator in ("reformatting", "section order", "reference order"):
        dossier = made(operator).dossier
        assert dossier.claims == ROOFS.dossier.claims
        assert sorted(word for word in dossier_text(dossier).split() if word != "-") == words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("by 2.4 °C in 12,500 cases", ["2.4", "12,500"]),
        ("GPT-4 and T5-3B in 2020 [3], 58%", ["58"]),
        ("a 1.3B model [c12ab, 7]", ["1.3"]),
    ],
)
def test_numbers_that_measure(text: str, found: list[str]) -> None:
    assert numbers(text) == found


def test_a_wrong_number_is_none_of_the_given_ones() -> None:
    assert "24" not in wrong("42", "42 of 24")
    assert put("2.4 and 24", "24", "7") == "2.4 and 7"


def test_directions_are_turned_round_once() -> None:
    draw = Draw(0)
    assert flipped("Scale improved accuracy.", draw) == "Scale worsened accuracy."
    assert flipped("It does not help.", draw) == "It does help."
    assert flipped("Roofs are planted.", draw) == "Roofs are not planted."
    assert flipped("Roofs everywhere.", draw) is None


def test_hedges_go() -> None:
    said = "It may help (a note about [1]; not corroborated) [c1]."
    assert unhedged(said) == "It will help (a note about [1]) [c1]."


def test_a_dataset_of_reports_has_each_clean_dossier_and_its_edits() -> None:
    reports = [sample_report(), report_saying("Tea is warm and helps people nap in peace.")]
    dataset = planted(reports, seed=0)
    clean = [sample for sample in dataset.samples if sample.edit is None]
    assert [sample.dossier for sample in clean] == [dossier_of_report(r) for r in reports]
    assert {sample.group for sample in dataset.samples} == {sample.id for sample in clean}
    edited = [sample for sample in dataset.samples if sample.edit]
    assert {sample.base for sample in edited} <= {sample.id for sample in clean}
    placed = sum(len(FLAWS) + len(NULLS) for _ in reports) - sum(unplaced(dataset).values())
    assert len(edited) == placed
    assert planted(reports, seed=0) == dataset


def test_a_dossier_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="two samples have the id"):
        planted([sample_report(), sample_report()], seed=0)


def test_what_no_reviewer_sees_makes_no_other_item() -> None:
    first = planted([sample_report()], seed=0).samples[0]
    later = sample_report().model_copy(update={"run_id": "another", "seconds": 3.0})
    assert planted([later], seed=0).samples[0].id == first.id


def test_at_least_ten_questions_ship() -> None:
    assert len(set(questions())) == len(questions()) >= 10
