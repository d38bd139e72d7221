"""Identifiers, author lists and publication status, read and never guessed."""

import pytest

from assignee.reading.identifiers import arxiv_id, doi
from assignee.reading.metadata import author_names, describe, described
from assignee.records import PublicationStatus


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2001.08361", "2001.08361"),
        ("arXiv:2001.08361v3", "2001.08361"),
        ("https://arxiv.org/abs/2109.10680v1", "2109.10680"),
        ("https://arxiv.org/pdf/2109.10680.pdf", "2109.10680"),
        ("10.48550/arXiv.2001.08361", "2001.08361"),
        ("math.GT/0309136v1", "math/0309136"),
        ("cs/9901001", "cs/9901001"),
        ("10.1000/xyz", None),
        ("2001", None),
        ("", None),
    ],
)
def test_arxiv_ids_lose_their_version(text: str, expected: str | None) -> None:
    assert arxiv_id(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1000/xyz", "10.1000/xyz"),
        ("https://doi.org/10.1000/xyz.", "10.1000/xyz"),
        ("doi: 10.1000/xyz", "10.1000/xyz"),
        ("10.48550/arXiv.2001.08361", None),
        ("xyz", None),
    ],
)
def test_dois_are_bare(text: str, expected: str | None) -> None:
    assert doi(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ann Author; Bob B. Writer", ("Ann Author", "Bob B. Writer")),
        ("Author, Ann; Writer, Bob", ("Ann Author", "Bob Writer")),
        ("Ann Author, Bob Writer, and Cy Third", ("Ann Author", "Bob Writer", "Cy Third")),
        ("Ann Author and Bob Writer", ("Ann Author", "Bob Writer")),
        ("Smith, J., Jones, A. B.", ("J. Smith", "A. B. Jones")),
        ("Ann Author et al.", ("Ann Author", "et al.")),
        (["Ann Author", {"name": "Bob Writer"}, None, ["x"]], ("Ann Author", "Bob Writer")),
        ("", ()),
        (None, ()),
        ({"name": "x"}, ()),
    ],
)
def test_author_lists(value: object, expected: tuple[str, ...]) -> None:
    assert author_names(value) == expected


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"arxiv": "2001.08361"}, "preprint"),
        ({"arxiv": "2001.08361", "venue": "arXiv preprint"}, "preprint"),
        ({"arxiv": "2001.08361", "venue": "NeurIPS 2020"}, "unknown"),
        ({"arxiv": "2001.08361", "doi": "10.1000/x"}, "unknown"),
        ({"doi": "10.1000/x"}, "unknown"),
        ({"venue": "bioRxiv"}, "preprint"),
        ({"venue": "Nature"}, "unknown"),
        ({"venue": "Nature", "publication_status": "journal"}, "journal"),
        ({"publication_status": "excellent"}, "unknown"),
    ],
)
def test_the_publication_status_is_what_metadata_say(
    fields: dict[str, object], status: PublicationStatus
) -> None:
    assert describe(described(fields), name="x.md", text="t").publication_status == status
