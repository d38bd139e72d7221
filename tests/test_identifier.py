"""Works keep what they are called, papers at hand join them, and texts that are quoted stay."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from makers import HashingEmbedder, document, paper

from assignee.agents.identifier import Identified, at_hand, identified, take_in_works
from assignee.agents.retriever import take_in
from assignee.library import Library
from assignee.records import Hit, Notice, Paper, PaperIds
from assignee.sources.fields import identified as with_id

TITLE = "Sleep and the risk of stroke in adults"


def record(
    source: str,
    *,
    abstract: str | None = None,
    title: str = TITLE,
    author: str = "Ada One",
    **ids: str,
) -> Hit:
    made = Paper(id="", ids=PaperIds(**ids), title=title, authors=(author,), year=2020)
    return Hit(source=source, paper=with_id(made), abstract=abstract)


def named(*hits: Hit) -> dict[str, Hit]:
    return {hit.digest(): hit for hit in hits}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path, HashingEmbedder()) as opened:
        yield opened


def only(found: Identified) -> str:
    [id_] = found.works
    return id_


def test_a_work_keeps_its_id_when_a_better_identifier_is_found() -> None:
    early = record("arXiv", arxiv="2001.00001")
    first = identified(named(early))
    late = record("Crossref", doi="10.5555/one", arxiv="2001.00001")
    second = identified(named(early, late), known=first.members.of)
    assert only(second) == only(first)
    assert second.works[only(first)].paper.ids.doi == "10.5555/one"
    assert second.works[only(first)].paper.id == only(first)


@pytest.mark.parametrize("read", ["arXiv", "Crossref"])
def test_two_works_that_turn_out_to_be_one_keep_the_id_that_was_read(read: str) -> None:
    one = record("arXiv", arxiv="2001.00001", title="Slumber and apoplexy: a first look")
    other = record("Crossref", doi="10.5555/one")
    apart = identified(named(one, other))
    assert len(apart.works) == 2
    ids = {hit.source: apart.members.of[hit.digest()] for hit in (one, other)}
    bridge = record("OpenAlex", doi="10.5555/one", arxiv="2001.00001")
    found = identified(named(one, other, bridge), known=apart.members.of, read=[ids[read]])
    assert only(found) == ids[read]
    [gone] = set(ids.values()) - {ids[read]}
    assert found.same_as == {gone: ids[read]}


def test_a_paper_at_hand_gives_its_id_to_the_work() -> None:
    mine = paper("mine", "Ada One").model_copy(update={"title": TITLE})
    found = identified(named(*at_hand([mine]), record("Crossref", doi="10.5555/one")))
    assert only(found) == "mine"
    assert found.works["mine"].paper.sources == ("Crossref", "local")


def test_papers_at_hand_alone_are_no_finds() -> None:
    assert identified(named(*at_hand([paper("mine")]))).works == {}


def test_unlike_works_never_share_an_id() -> None:
    one = record("Crossref", doi="10.5555/one")
    other = record("OpenAlex", doi="10.5555/one", title="Bread in deep caves", author="Bo Two")
    found = identified(named(one, other))
    assert len(found.works) == 2
    assert {work.paper.id for work in found.works.values()} == set(found.works)


def test_works_are_taken_in_by_title_and_abstract(library: Library) -> None:
    found = identified(named(record("Crossref", doi="10.5555/one", abstract="It was raised.")))
    take_in_works(found, library)
    [passage] = library.passages([only(found)])
    assert (passage.text, passage.basis, passage.section) == (
        "It was raised.",
        "abstract",
        "Abstract",
    )
    assert library.text(only(found)) == f"{TITLE}\n\nIt was raised."


def test_a_text_that_is_there_stays_and_metadata_are_renewed(library: Library) -> None:
    mine = paper("mine", "Ada One").model_copy(update={"title": TITLE})
    take_in([document(mine, "My own text of it.")], library)
    hit = record("Crossref", doi="10.5555/one", abstract="Another abstract.")
    found = identified(named(*at_hand([mine]), hit))
    take_in_works(found, library)
    [passage] = library.passages(["mine"])
    assert passage.text == "My own text of it."
    assert library.papers(["mine"])[0].ids.doi == "10.5555/one"


def test_a_notice_that_the_text_bore_stays(library: Library) -> None:
    notice = Notice(kind="retraction", doi="10.5555/notice")
    first = identified(named(record("Crossref", doi="10.5555/one", abstract="It was raised.")))
    bearing = first.works[only(first)].paper.with_notices([notice])
    take_in([document(bearing, "The whole text.")], library)
    take_in_works(first, library)
    [kept] = library.papers([only(first)])
    assert kept.notices == (notice,)
    assert library.text(kept.id).strip().endswith("The whole text.")


def test_a_paper_without_statements_gets_the_abstract(library: Library) -> None:
    bare = record("Crossref", doi="10.5555/one")
    first = identified(named(bare))
    take_in_works(first, library)
    assert library.passages([only(first)]) == []
    full = record("OpenAlex", doi="10.5555/one", abstract="It was raised.")
    take_in_works(identified(named(bare, full), known=first.members.of), library)
    assert [passage.text for passage in library.passages([only(first)])] == ["It was raised."]


def test_the_other_name_of_a_work_is_no_independent_paper(library: Library) -> None:
    mine, same = (
        paper(name, "Ada One").model_copy(update={"title": TITLE}) for name in ("mine", "same")
    )
    take_in([document(mine, "One text."), document(same, "Another text.")], library)
    hit = record("Crossref", doi="10.5555/one")
    found = identified(named(*at_hand([mine, same]), hit), read=["same"])
    take_in_works(found, library)
    assert (only(found), found.same_as) == ("same", {"mine": "same"})
    assert len({each.identity for each in library.papers(["mine", "same"])}) == 1


def test_works_that_are_left_out_are_not_taken_in(library: Library) -> None:
    found = identified(named(record("Crossref", doi="10.5555/one", abstract="It was raised.")))
    take_in_works(found, library, leave_out=[only(found)])
    assert library.papers() == []
