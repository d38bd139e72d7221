"""Caught or not, alarm or none: told from the reviews of two dossiers alone."""

from typing import Any

import pytest
from planting_sources import PRODUCTS, ROOFS

from assignee.agents.panel_file import load_panel
from assignee.agents.reviewer import review
from assignee.engines.checklists import CHECKLISTS
from assignee.engines.local.critic import CHECKS, LocalCritic
from assignee.evals.planting.detection import (
    CODE_SEES,
    SEES,
    SOUND,
    alarmed,
    alarmed_clean,
    detected,
)
from assignee.evals.planting.operators import FLAWS, NULLS, plant
from assignee.evals.trials.records import Edit
from assignee.records import Answer, CheckAnswer, Dossier, Finding, Review

EDIT = Edit(
    operator="changed number",
    family="changed number",
    place="c1",
    before="Planted roofs lowered the temperature by 2.4 °C.",
    after="Planted roofs lowered the temperature by 4.2 °C.",
    why="the quote says 2.4",
)
ITEM = "numbers.claims_in_quotes"


def said(answer: Answer = "yes", *findings: Finding, item: str = ITEM, **more: Any) -> Review:
    given = {"score": 5.0, "reviewer": "numbers", **more}
    return Review(
        checklist="numbers",
        engine="local",
        answers=(CheckAnswer(item=item, answer=answer, reason="so"),),
        findings=findings,
        score_meaning="share",
        **given,
    )


def found(**more: Any) -> Finding:
    return Finding(reviewer="numbers", what="a fault", severity="minor", **more)


def test_a_new_no_to_an_item_that_sees_the_family_is_caught() -> None:
    assert detected(EDIT, [said()], [said("no")]) is True
    assert detected(EDIT, [said("cannot assess")], [said("no")]) is True


def test_a_no_that_was_there_before_catches_nothing() -> None:
    assert detected(EDIT, [said("no")], [said("no")]) is False


def test_a_no_to_another_item_catches_nothing() -> None:
    other = "clarity.acronyms"
    assert detected(EDIT, [said(item=other)], [said("no", item=other)]) is False


@pytest.mark.parametrize(
    ("finding", "caught"),
    [
        (found(claim_id="c1"), True),
        (found(claim_id="c2"), False),
        (found(section="c1"), True),
        (found(quote="lowered the temperature by 4.2 °C"), True),
        (found(quote="by 4.2 °C"), False),
        (found(quote="roofs of another kind were not planted"), False),
        (found(), False),
    ],
)
def test_a_new_finding_catches_by_place_or_words(finding: Finding, caught: bool) -> None:
    assert detected(EDIT, [said()], [said("yes", finding)]) is caught
    assert detected(EDIT, [said("yes", finding)], [said("yes", finding)]) is False


def test_an_unscored_review_tells_nothing() -> None:
    silent = said("no", score=None, unscored_because="the reply was cut off")
    assert detected(EDIT, [said()], [silent]) is None
    assert detected(EDIT, [silent], [said("no")]) is None
    assert alarmed([said()], [silent]) is None
    assert alarmed_clean([silent]) is None
    other = said("no", reviewer="audit")
    assert detected(EDIT, [said(), said(reviewer="audit")], [silent, other]) is True


def test_reviewers_are_compared_with_themselves() -> None:
    base = [said("no", reviewer="one"), said("yes", reviewer="two")]
    assert alarmed(base, [said("yes", reviewer="two"), said("no", reviewer="one")]) is False


def test_a_null_edit_alarms_by_a_new_no_or_a_new_finding() -> None:
    assert alarmed([said()], [said()]) is False
    assert alarmed([said()], [said("no")]) is True
    assert alarmed([said("no")], [said("yes")]) is False
    assert alarmed([said()], [said("yes", found(claim_id="c1"))]) is True


def test_findings_that_only_word_their_numbers_otherwise_are_no_alarm() -> None:
    before, after = found(section="Results", quote="nine"), found(section="Results", quote="ten")
    assert alarmed([said("yes", before)], [said("yes", after)]) is False
    assert alarmed([said("yes", before)], [said("yes", before, after)]) is True


def test_a_clean_report_alarms_by_what_code_sees_alone() -> None:
    assert alarmed_clean([said()]) is False
    assert alarmed_clean([said("no")]) is True
    assert alarmed_clean([said("yes", found(item=ITEM))]) is True
    assert alarmed_clean([said("no", item="evidence.corroborated")]) is False


def test_families_and_items_are_those_there_are() -> None:
    items = {item.id for checklist in CHECKLISTS.values() for item in checklist.items}
    assert items >= {item for seen in SEES.values() for item in seen}
    assert set(SEES) >= CODE_SEES
    assert CHECKS.keys() >= SOUND


async def reviews_of(dossier: Dossier) -> list[Review]:
    seats = load_panel("default").reviewers
    return [await review(dossier, s, critic=LocalCritic(), engine="local") for s in seats]


def families() -> dict[str, str]:
    return {name: made.edit.family for name in FLAWS if (made := plant(name, PRODUCTS, seed=0))}


def test_every_family_is_known() -> None:
    assert set(families().values()) == set(SEES)


POOR = {
    "miscited sentence": "all of its claims speak of roofs: shared words do not tell them apart",
    "visible instruction": "rules know some wordings and not others",
    "instruction as a reference's title": "as above",
}
SEEN = [name for name, family in families().items() if family in CODE_SEES and name not in POOR]


@pytest.mark.parametrize("operator", SEEN)
async def test_the_local_panel_catches_what_code_can_see(operator: str) -> None:
    base = await reviews_of(ROOFS.dossier)
    caught = [
        detected(planting.edit, base, await reviews_of(planting.dossier))
        for seed in range(5)
        if (planting := plant(operator, ROOFS, seed=seed))
    ]
    assert sum(map(bool, caught)) >= 0.6 * len(caught) > 0


@pytest.mark.parametrize("operator", NULLS)
async def test_null_edits_do_not_alarm_the_local_panel(operator: str) -> None:
    base = await reviews_of(ROOFS.dossier)
    for seed in range(3):
        if planting := plant(operator, ROOFS, seed=seed):
            assert alarmed(base, await reviews_of(planting.dossier)) is False


async def test_a_clean_dossier_does_not_alarm_the_local_panel() -> None:
    assert alarmed_clean(await reviews_of(ROOFS.dossier)) is False
