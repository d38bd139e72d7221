"""Records of one work are put together, those of two are not, and no order matters."""

import doctest
import random
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.evals import bench_identity
from assignee.identity import people, schemes, titles
from assignee.identity.matching import same
from assignee.identity.people import agree
from assignee.identity.schemes import canonical, keys
from assignee.records import Hit, Paper, PaperIds


def hit(
    title: str,
    *authors: str,
    year: int | None = 2020,
    kind: Any = "article",
    venue: str | None = None,
    status: Any = "unknown",
    related: PaperIds | None = None,
    **ids: str,
) -> Hit:
    paper = Paper(
        id="",
        title=title,
        authors=authors or ("Ada Moss",),
        year=year,
        venue=venue,
        publication_status=status,
        ids=PaperIds(**ids),
    )
    return Hit(source="any", paper=paper, kind=kind, related=(related,) if related else ())


def groups(*hits: Hit) -> list[list[int]]:
    return same(hits).groups


def partition(hits: Sequence[Hit]) -> set[frozenset[str]]:
    """The works as sets of the records' ids."""
    return {frozenset(hits[place].paper.id for place in group) for group in same(hits).groups}


TITLE = "Lichen cover on north-facing slate roofs"


@pytest.mark.parametrize("module", [people, schemes, titles])
def test_examples_hold(module: Any) -> None:
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


# Identifiers


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"doi": "HTTPS://DOI.org/10.1000/ABC."}, {"doi:10.1000/abc"}),
        ({"doi": "doi: 10.1063%2F1.490"}, {"doi:10.1063/1.490"}),
        ({"doi": "10.48550/ARXIV.2302.04761v2"}, {"arxiv:2302.04761"}),
        ({"arxiv": "math.AG/0309136v2"}, {"arxiv:math/0309136"}),
        ({"arxiv": "https://arxiv.org/abs/hep-ph/9905221v1"}, {"arxiv:hep-ph/9905221"}),
        ({"pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC651/"}, {"pmcid:PMC651"}),
        ({"pmid": "0027012345"}, {"pmid:27012345"}),
        ({"openalex": "https://openalex.org/w274"}, {"openalex:W274"}),
        ({"doi": "10.21203/rs.3.rs-250/v2"}, {"doi:10.21203/rs.3.rs-250"}),
        ({"doi": "10.31234/osf.io/abx3y_v1"}, {"doi:10.31234/osf.io/abx3y"}),
        ({"doi": "10.1000/book.v2"}, {"doi:10.1000/book.v2"}),
        ({"doi": "none", "pmid": "n/a", "openalex": "?", "s2": " "}, set()),
    ],
)
def test_identifiers_have_one_form(written: dict[str, str], meant: set[str]) -> None:
    assert keys(PaperIds(**written)) == meant


def test_canonical_identifiers_stay_as_they_are() -> None:
    ids = canonical(PaperIds(doi="doi:10.1/X", arxiv="2001.00001v9", pmcid="77"))
    assert canonical(ids) == ids


def test_records_are_linked_through_a_third() -> None:
    first = hit(TITLE, doi="10.1000/a")
    second = hit(TITLE, doi="10.1000/a", pmid="5")
    third = hit(TITLE, pmid="5", year=2021)
    assert groups(first, hit("Something else", "B. Else"), third, second) == [[0, 2, 3], [1]]


def test_related_versions_are_one_work_under_any_title() -> None:
    preprint = hit("Cells remember heat", doi="10.1101/123456", related=PaperIds(doi="10.1000/x"))
    article = hit("Transcriptional memory in fibroblasts", doi="10.1000/X", year=2021)
    assert groups(preprint, article) == [[0, 1]]


def test_a_wrong_identifier_is_reported_and_joins_nothing() -> None:
    good = hit(TITLE, "A. Moss", doi="10.1000/a")
    wrong = hit(TITLE, "A. Moss", doi="10.1000/a", arxiv="2001.00001")
    other = hit("Quasars behind the Magellanic stream", "L. Corte", arxiv="2001.00001")
    works = same([good, wrong, other])
    assert works.groups == [[0, 1], [2]]
    (warning,) = works.warnings
    assert "arxiv:2001.00001" in warning
    assert "quasars behind" in warning


def test_parts_do_not_become_one_by_a_doi() -> None:
    parts = [
        hit(f"Sums in metals. {n}. {what}", doi="10.1000/p")
        for n, what in (("I", "A"), ("II", "B"))
    ]
    works = same(parts)
    assert works.groups == [[0], [1]]
    assert works.warnings


def test_a_notice_is_not_its_paper_even_by_identifier() -> None:
    assert groups(hit(TITLE, pmid="9"), hit(f"Retraction: {TITLE}", pmid="9")) == [[0], [1]]
    assert groups(hit(TITLE), hit(TITLE, kind="erratum")) == [[0], [1]]


def test_one_source_calls_a_record_erratum_and_the_other_does_not() -> None:
    told = hit(f"Correction: {TITLE}", kind="erratum", doi="10.1000/c")
    untold = hit(f"Correction to: {TITLE}", doi="10.1000/c")
    assert groups(told, untold, hit(TITLE, kind="erratum", doi="10.1000/c")) == [[0, 1, 2]]


def test_a_note_about_a_paper_is_not_the_paper() -> None:
    paper = hit(TITLE, doi="10.1000/a")
    note = paper.model_copy(update={"paper": paper.paper.model_copy(update={"kind": "note"})})
    assert groups(paper, note) == [[0], [1]]


def test_a_record_without_identifiers_does_not_join_two_articles() -> None:
    one, other = hit(TITLE, doi="10.1000/a"), hit(TITLE, doi="10.2000/b")
    for order in ([one, hit(TITLE), other], [other, one, hit(TITLE)]):
        found = same(order).groups
        assert sorted(map(len, found)) == [1, 2]
        assert [order.index(one), order.index(other)] not in found


def test_a_preprint_does_not_join_two_articles() -> None:
    preprint = hit(TITLE, arxiv="2001.00001", year=2019)
    works = groups(preprint, hit(TITLE, doi="10.1000/a"), hit(TITLE, doi="10.2000/b", year=2021))
    assert sorted(map(len, works)) == [1, 2]


def test_years_do_not_drift() -> None:
    assert len(groups(*(hit(TITLE, year=year) for year in (2001, 2002, 2003)))) == 2


# Titles and names


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("CO<sub>2</sub> in soils", "CO2 in soils", "exact"),
        (r"Decay of $B_s^0 \to \mu\mu$", "Decay of B^0_s→μμ", "exact"),
        (r"The $\mathrm{H}_\infty$ norm", "The H∞ norm", "exact"),
        ("Randomised trial of centre size", "Randomized Trial of Center Size", "near"),
        ("Recharge of karst acquifers", "Recharge of karst aquifers", "near"),
        ("A lower bound", "An upper bound", None),
        ("Hypertension in dialysis", "Hypotension in dialysis", None),
        ("Nitrate in wells", "Nitrite in wells", None),
        ("Men and work", "Women and work", None),
        ("Drift with vitamin C", "Drift without vitamin C", None),
        ("Snow: a study", "Snow", "subtitle"),
        ("Snow: study protocol", "Snow", None),
        ("Snow 2: a study", "Snow", None),
        ("Overview of CLEF 2019", "Overview of CLEF 2020", None),
        ("Trial of 3,412 nurses", "Trial of 3412 nurses", "exact"),
        ("", "", "exact"),
    ],
)
def test_likeness_of_titles(one: str, other: str, how: str | None) -> None:
    left, right = titles.title_of(one), titles.title_of(other)
    assert titles.likeness(left, right) == titles.likeness(right, left) == how


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Author Correction: Snow", "correction"),
        ("Snow (Erratum)", "correction"),
        ("Retraction Note: Snow", "retraction"),
        ("RETRACTED ARTICLE: Snow", None),
        ("Comment on “Snow”", "comment"),
        ("Snow: authors' reply", "reply"),
        ("Data from: Snow", "supplement"),
        ("Correction of astigmatism by lenses", "correction"),
        ("Corrections officers and stress", None),
        ("Commenting on snow", None),
        ("A review of snow", None),
        ("Discussions of snow in school", None),
    ],
)
def test_roles(title: str, role: str | None) -> None:
    assert titles.title_of(title).role == role


@pytest.mark.parametrize(
    ("one", "other", "same_people"),
    [
        (["Müller, A."], ["Andreas Mueller"], True),
        (["Zhang San"], ["San Zhang"], True),
        (["Wei Zhang"], ["Wei, L."], False),
        (["García-López, Ana"], ["Garcia A"], True),
        (["佐藤健"], ["佐藤 健"], True),
        (["王伟"], ["Wei Wang"], None),
        (["J. Smith"], ["K. Smith"], False),
        (["Ann Roe", "Bo Lund", "Cy Dale"], ["Cy Dale", "Ann Roe", "Bo Lund"], True),
        (["The ATLAS Collaboration"], ["G. Aad", "B. Abbott"], None),
        (["The ATLAS Collaboration"], ["CMS Collaboration"], False),
        ([], ["A. Roe"], None),
        (["—"], ["A. Roe"], None),
        ([r"J. Hor\'ak"], ["Jan Horák"], True),
    ],
)
def test_names(one: list[str], other: list[str], same_people: bool | None) -> None:
    assert agree(one, other) is same_people
    assert agree(other, one) is same_people


# What must hold for any records

TITLES = st.sampled_from(
    [
        *(TITLE, TITLE.upper(), f"{TITLE}: a survey", f"{TITLE}, Part I", f"{TITLE}, Part II"),
        *(f"Correction: {TITLE}", "Slate", "Editorial", "", "Moss on walls", "Mosses on walls"),
        "苔藓",
    ]
)
IDS = st.fixed_dictionaries(
    {},
    optional={
        "doi": st.sampled_from(
            ["10.1000/a", "10.1000/B", "10.1101/123456", "10.48550/arxiv.2001.00001"]
        ),
        "arxiv": st.sampled_from(["2001.00001v2", "2001.00002"]),
        "pmid": st.sampled_from(["1", "2"]),
    },
)
RECORDS = st.builds(
    lambda title, author, year, ids, kind, related: hit(
        title, author, year=year, kind=kind, related=PaperIds(**related), **ids
    ),
    TITLES,
    st.sampled_from(["Ada Moss", "A. Moss", "Moss, A.", "Bo Lund", "Lund Collaboration"]),
    st.sampled_from([None, 2018, 2019, 2020, 2023]),
    IDS,
    st.sampled_from(["article", "erratum", "book"]),
    st.one_of(st.just({}), IDS),
)


def named(hits: list[Hit]) -> list[Hit]:
    """The records with an id of each one's own."""
    return [
        one.model_copy(update={"paper": one.paper.model_copy(update={"id": str(number)})})
        for number, one in enumerate(hits)
    ]


@settings(deadline=None, max_examples=80)
@given(st.lists(RECORDS, max_size=9), st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(hits: list[Hit], chance: random.Random) -> None:
    distinct = named(list({one.digest(): one for one in hits}.values()))
    shuffled = distinct.copy()
    chance.shuffle(shuffled)
    assert partition(shuffled) == partition(distinct)
    assert same(shuffled).warnings == same(distinct).warnings


@settings(deadline=None, max_examples=80)
@given(st.lists(RECORDS, max_size=9))
def test_works_are_a_partition_and_stay_what_they_are(hits: list[Hit]) -> None:
    works = same(hits).groups
    assert sorted(place for group in works for place in group) == list(range(len(hits)))
    for group in works:
        assert group == sorted(group)
        assert groups(*(hits[place] for place in group)) == [list(range(len(group)))]


@settings(deadline=None, max_examples=60)
@given(st.lists(RECORDS, max_size=6))
def test_a_record_seen_twice_changes_no_work(hits: list[Hit]) -> None:
    once, count = same(hits).groups, len(hits)
    assert same([*hits, *hits]).groups == [
        [*group, *(place + count for place in group)] for group in once
    ]


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_any_text_can_be_compared(one: str, other: str, name: str) -> None:
    left, right = titles.title_of(one), titles.title_of(other)
    assert titles.likeness(left, right) == titles.likeness(right, left)
    assert titles.likeness(left, left) == "exact"
    assert groups(hit(one, name, doi=other), hit(one, name, doi=other)) == [[0, 1]]


# The figures


@pytest.mark.parametrize("split", ["dev", "test"])
def test_hard_pairs_are_told_apart(split: str) -> None:
    pairs = [pair for pair in bench_identity.read_pairs() if pair.split == split]
    assert len(pairs) > 150
    figures = bench_identity.pair_figures(pairs)
    assert figures.precision >= 0.99
    assert figures.recall >= 0.97


def test_crowds_take_linear_time() -> None:
    editorials = [hit("Editorial", doi=f"10.1000/{number}") for number in range(500)]
    chance = random.Random(5)
    words = ["".join(chance.choices("aeiklmnoprstu", k=9)) for _ in range(3000)]
    shared = [
        hit(" ".join(words[at : at + 5]), words[at + 5].title(), doi="10.1000/all")
        for at in range(0, 3000, 6)
    ]
    began = time.process_time()
    works = same([*editorials, *shared])
    assert time.process_time() - began < 3
    assert len(works.groups) == 1000
    assert len(works.warnings) == 1


def test_generated_records_are_put_together_as_they_were_made() -> None:
    hits, true = bench_identity.Generator(7).records(600)
    found = [0] * len(hits)
    for number, group in enumerate(same(hits).groups):
        for place in group:
            found[place] = number
    figures = bench_identity.link_figures(found, true)
    assert figures.precision >= 0.99
    assert figures.recall >= 0.97
