"""A work's records become one: each field from the source that is trusted for it."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.identity.merging import TRUST, Merged, merged
from assignee.identity.schemes import keys
from assignee.records import Hit, Location, Notice, Paper, PaperIds


def hit(source: str, title: str = "Snow", *, ids: dict[str, str] | None = None, **more: Any) -> Hit:
    """A record; what is no field of the paper is one of the record."""
    own = {name: more.pop(name) for name in tuple(more) if name in Hit.model_fields}
    return Hit(
        source=source,
        paper=Paper(id="", title=title, ids=PaperIds(**(ids or {})), **more),
        **own,
    )


ARXIV = hit(
    "arXiv",
    "Snow drifts, a preprint",
    ids={"arxiv": "2001.00001v3"},
    authors=("Ada Moss", "Bo Lund", "Cy Dale"),
    year=2020,
    venue="arXiv",
    publication_status="preprint",
    url="https://arxiv.org/abs/2001.00001",
    abstract="We measure $h^2$ of snow drifts in the wind for three winters in a row.",
    locations=(Location(url="https://arxiv.org/pdf/2001.00001", format="pdf"),),
)
CROSSREF = hit(
    "Crossref",
    "Snow drifts",
    ids={"doi": "10.1000/ABC"},
    authors=("A. Moss", "et al."),
    year=2021,
    venue="Journal of Snow",
    publication_status="journal",
    citation_count=7,
    citation_date="2026-01-02",
    abstract="We measure the height of snow…",
    references=(PaperIds(doi="10.1000/r1"), PaperIds(doi="10.1000/r2")),
)
OPENALEX = hit(
    "OpenAlex",
    "SNOW DRIFTS",
    ids={"openalex": "https://openalex.org/W7", "doi": "https://doi.org/10.1000/abc"},
    authors=("Ada Moss", "Bo Lund"),
    year=2022,
    open_access="green",
    language="en",
    citation_count=9,
    citation_date="2026-01-01",
    notices=(Notice(kind="retraction"),),
    references=(PaperIds(doi="10.1000/R2", openalex="W8"), PaperIds(openalex="W9")),
    kind="review",
)


def test_the_published_version_describes_the_work() -> None:
    paper = merged([ARXIV, OPENALEX, CROSSREF]).paper
    assert (paper.title, paper.year, paper.venue) == ("Snow drifts", 2021, "Journal of Snow")
    assert paper.publication_status == "journal"
    assert paper.authors == ("Ada Moss", "Bo Lund", "Cy Dale")
    assert (paper.citation_count, paper.citation_date) == (9, "2026-01-01")
    assert paper.open_access == "green"
    assert paper.sources == ("Crossref", "OpenAlex", "arXiv")


def test_each_field_remembers_its_source() -> None:
    sources = merged([ARXIV, OPENALEX, CROSSREF]).paper.field_sources
    assert sources == {
        "arxiv": "arXiv",
        "authors": "arXiv",
        "citation_count": "OpenAlex",
        "doi": "Crossref",
        "language": "OpenAlex",
        "open_access": "OpenAlex",
        "openalex": "OpenAlex",
        "publication_status": "Crossref",
        "title": "Crossref",
        "url": "arXiv",
        "venue": "Crossref",
        "year": "Crossref",
    }


def test_identifiers_come_together_in_one_form() -> None:
    paper = merged([ARXIV, OPENALEX, CROSSREF]).paper
    assert paper.ids == PaperIds(doi="10.1000/abc", arxiv="2001.00001", openalex="W7")
    assert paper.id == Paper.make_id("paper", "doi:10.1000/abc")
    assert paper.versions == ()


def test_a_preprint_doi_is_a_version_and_not_the_works_doi() -> None:
    preprint = hit("Crossref", ids={"doi": "10.1101/123456"}, related=(PaperIds(doi="10.1000/x"),))
    article = hit("Semantic Scholar", ids={"doi": "10.1000/X"}, year=2021)
    paper = merged([preprint, article]).paper
    assert paper.ids.doi == "10.1000/x"
    assert paper.versions == (PaperIds(doi="10.1101/123456"),)
    assert paper.year == 2021


def test_a_preprint_alone_stays_one() -> None:
    paper = merged([ARXIV, hit("Semantic Scholar", ids={"arxiv": "2001.00001"})]).paper
    assert paper.publication_status == "preprint"
    assert paper.venue == "arXiv"


def test_the_best_abstract_is_whole() -> None:
    work = merged([CROSSREF, ARXIV])
    assert work.abstract == ARXIV.abstract
    assert work.abstract_source == "arXiv"


def test_an_abstract_nearly_as_long_is_taken_by_trust() -> None:
    rebuilt = hit("OpenAlex", abstract="Snow melts in the spring of every year  .")
    clean = hit("Europe PMC", abstract="Snow melts in the spring of every year.")
    short = hit("arXiv", abstract="Snow melts.")
    assert merged([rebuilt, clean, short]).abstract_source == "Europe PMC"


def test_a_body_of_text_is_no_abstract_unless_there_is_none() -> None:
    body = hit("Europe PMC", abstract="Snow. " * 3000)
    assert merged([body, hit("OpenAlex", abstract="Snow melts.")]).abstract == "Snow melts."
    assert merged([body]).abstract == body.abstract
    assert merged([hit("arXiv", abstract="  ")]).abstract is None


def test_references_are_counted_once() -> None:
    assert merged([OPENALEX, CROSSREF]).references == (
        PaperIds(doi="10.1000/r1"),
        PaperIds(doi="10.1000/r2", openalex="W8"),
        PaperIds(openalex="W9"),
    )


def test_references_that_a_third_joins_are_one() -> None:
    one = hit("Crossref", references=(PaperIds(doi="10.1000/a"), PaperIds(openalex="W1")))
    other = hit("OpenAlex", references=(PaperIds(doi="10.1000/a", openalex="W1"),))
    assert merged([one, other]).references == (PaperIds(doi="10.1000/a", openalex="W1"),)


def test_a_notice_without_details_gives_way_to_one_that_has_them() -> None:
    known = Notice(kind="retraction", date="2021-05-01", doi="10.1000/n")
    concern = Notice(kind="expression of concern")
    work = merged([OPENALEX, hit("Crossref", notices=(known, concern))]).paper
    assert work.notices == (concern, known)
    assert work.retracted


def test_what_one_source_says_outright_counts() -> None:
    assert merged([CROSSREF, OPENALEX]).kind == "review"
    assert merged([hit("arXiv", kind="other"), hit("Crossref")]).kind == "article"
    assert merged([CROSSREF, hit("arXiv", withdrawn=True)]).withdrawn
    assert not merged([CROSSREF, ARXIV]).withdrawn


def test_a_place_is_named_once_with_its_licence() -> None:
    place = Location(url="https://example.org/a.pdf", format="pdf")
    licensed = place.model_copy(update={"licence": "cc-by"})
    one, other = hit("Crossref", locations=(place,)), hit("OpenAlex", locations=(licensed,))
    assert merged([one, other]).locations == (licensed,)


def test_a_cut_title_gives_way() -> None:
    work = merged([hit("Crossref", "Snow drifts in…"), hit("arXiv", "Snow drifts in the Alps")])
    assert work.paper.title == "Snow drifts in the Alps"


def test_a_list_of_the_users_own_is_trusted_last() -> None:
    own = hit("files: refs.bib", "snow drfits", ids={"doi": "10.1000/abc"}, year=1999)
    paper = merged([own, CROSSREF]).paper
    assert (paper.title, paper.year) == ("Snow drifts", 2021)
    assert paper.sources == ("Crossref", "files: refs.bib")


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(ValueError, match="no record"):
        merged([])


def again(work: Merged) -> Hit:
    """The work as a record of the library."""
    return Hit(
        source="library",
        paper=work.paper,
        abstract=work.abstract,
        kind=work.kind,
        withdrawn=work.withdrawn,
        locations=work.locations,
        references=work.references,
    )


OPTIONAL_IDS = st.builds(
    lambda values: PaperIds(**values),
    st.fixed_dictionaries(
        {},
        optional={
            "doi": st.sampled_from(["10.1000/a", "10.1000/B", "10.1101/123456"]),
            "arxiv": st.sampled_from(["2001.00001v1", "2001.00002"]),
            "openalex": st.sampled_from(["W1", "w2"]),
        },
    ),
)
HITS = st.builds(
    lambda source, ids, cited, related, more: hit(
        source, ids=ids.model_dump(), references=tuple(cited), related=tuple(related), **more
    ),
    st.sampled_from([*TRUST, "files: refs.bib"]),
    OPTIONAL_IDS,
    st.lists(OPTIONAL_IDS, max_size=4),
    st.lists(OPTIONAL_IDS, max_size=2),
    st.fixed_dictionaries(
        {},
        optional={
            "year": st.sampled_from([2019, 2020]),
            "authors": st.sampled_from([("A. Moss",), ("Ada Moss", "et al."), ("Ada", "Bo")]),
            "publication_status": st.sampled_from(["journal", "preprint"]),
            "citation_count": st.integers(0, 2),
            "citation_date": st.sampled_from(["2026-01-01", "2026-02-01"]),
            "open_access": st.sampled_from(["gold", "closed"]),
            "abstract": st.sampled_from(["Snow.", "Snow melts…", ""]),
            "kind": st.sampled_from(["review", "other"]),
            "notices": st.sampled_from([(Notice(kind="retraction"),), ()]),
        },
    ),
)


@settings(deadline=None, max_examples=80)
@given(st.lists(HITS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(hits: list[Hit], chance: random.Random) -> None:
    shuffled = hits.copy()
    chance.shuffle(shuffled)
    assert merged(shuffled) == merged(hits)


@settings(deadline=None, max_examples=80)
@given(st.lists(HITS, min_size=1, max_size=6))
def test_merging_again_changes_nothing(hits: list[Hit]) -> None:
    once = merged(hits)
    twice = merged([again(once)])
    assert twice.paper == once.paper
    assert (twice.abstract, twice.kind, twice.references) == (
        once.abstract,
        once.kind,
        once.references,
    )


@settings(deadline=None, max_examples=80)
@given(st.lists(HITS, min_size=1, max_size=6))
def test_no_identifier_is_lost(hits: list[Hit]) -> None:
    paper = merged(hits).paper
    kept = keys(paper.ids).union(*map(keys, paper.versions))
    told = (keys(ids) for one in hits for ids in (one.paper.ids, *one.related))
    assert kept == frozenset().union(*told)
    assert bool(paper.field_sources.get("doi")) == bool(paper.ids.doi)
