"""Lists of identifiers: every way to write one, and lines that are none named by their number."""

from pathlib import Path

import pytest

from assignee.errors import ReadingError
from assignee.records import PaperIds
from assignee.sources.exports.id_list import identified, parse_ids, read_id_list


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("10.5555/a.b(1)2", "doi:10.5555/a.b(1)2"),
        ("doi:10.5555/ABC", "doi:10.5555/abc"),
        ("https://doi.org/10.5555/x_1", "doi:10.5555/x_1"),
        ("10.48550/arXiv.2001.08361", "arxiv:2001.08361"),
        ("2001.08361v3", "arxiv:2001.08361"),
        ("arXiv:hep-th/9901001", "arxiv:hep-th/9901001"),
        ("https://arxiv.org/abs/2001.08361", "arxiv:2001.08361"),
        ("https://arxiv.org/pdf/2001.08361v2.pdf", "arxiv:2001.08361"),
        ("31452104", "pmid:31452104"),
        ("PMID: 31452104", "pmid:31452104"),
        ("pmid0007", "pmid:7"),
        ("https://pubmed.ncbi.nlm.nih.gov/31452104/", "pmid:31452104"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/31452104", "pmid:31452104"),
        ("PMC6699999", "pmcid:pmc6699999"),
        ("PMCID: pmc6699999", "pmcid:pmc6699999"),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC6699999/", "pmcid:pmc6699999"),
    ],
)
def test_every_way_to_write_an_identifier(line: str, expected: str) -> None:
    ids = identified(line)
    assert ids is not None
    assert ids.first() == expected


@pytest.mark.parametrize(
    "line",
    [
        "Kaplan 2020",
        "10.5555",
        "0",
        "123456789",
        "https://example.org/31452104",
        "10.5555/a b",
        "PMC",
    ],
)
def test_what_is_none_is_none(line: str) -> None:
    assert identified(line) is None


def test_a_list_names_bad_lines_by_number_and_goes_on() -> None:
    text = (
        '# mine\n10.5555/a, \n\nnonsense\n"31452104"\t# read twice\n10.5555/a\n2001.08361 10.5555/b'
    )
    found = parse_ids(text, "ids.txt")
    assert found.ids == (PaperIds(doi="10.5555/a"), PaperIds(pmid="31452104"))
    assert [error.reason.partition(":")[0] for error in found.bad] == ["line 4", "line 7"]
    assert "'nonsense' is no DOI" in found.bad[0].reason


def test_a_hash_inside_a_doi_is_no_comment() -> None:
    assert parse_ids("10.5555/a#b", "ids.txt").ids == (PaperIds(doi="10.5555/a#b"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_and_windows_line_ends_do_not_matter(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "ids.txt"
    path.write_bytes("10.5555/a\r\n\u200b2001.08361\r\n".encode(encoding))
    found = read_id_list(path)
    assert found.ids == (PaperIds(doi="10.5555/a"), PaperIds(arxiv="2001.08361"))
    assert found.bad == ()


def test_a_file_that_is_no_list_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    with pytest.raises(ReadingError, match="cannot be opened"):
        read_id_list(path)
    path.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(ReadingError, match="binary"):
        read_id_list(path)
    with path.open("wb") as file:
        file.truncate(20_000_000)
    with pytest.raises(ReadingError, match="too large"):
        read_id_list(path)
