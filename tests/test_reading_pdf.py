"""PDFs: columns, hyphens, running heads, headings, references, and everything that can be wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_maker import Image, Text, column, make_pdf

from assignee.errors import ReadingError
from assignee.reading.limits import Limits
from assignee.reading.pdf import PdfReader
from assignee.reading.reader import iter_file, read_file
from assignee.records import Document

LEFT = (
    "The first column begins here and tells of models that grow larger every year. It holds "
    "several sentences so that the column has enough lines to be seen as one. This last sentence "
    "of the left column runs on and continues"
)
RIGHT = (
    "in the right column without any break at all. Then the right column has its own sentences. "
    "They are as wide as those on the left. Everything ends in good order here, as it should."
)


Read = Callable[[bytes], Document]


@pytest.fixture(scope="module")
def shared_reader() -> Iterator[PdfReader]:
    with PdfReader() as reader:
        yield reader


@pytest.fixture
def read(tmp_path: Path, shared_reader: PdfReader) -> Read:
    """Reads bytes as a PDF, by a worker that all tests share."""

    def read_bytes(data: bytes) -> Document:
        path = tmp_path / "paper.pdf"
        path.write_bytes(data)
        return shared_reader.read(path)

    return read_bytes


def headed(number: int, items: list[Text]) -> list[Text]:
    return [
        Text(72, 40, f"Journal of Things, vol. {number}", 8),
        *items,
        Text(300, 760, str(number), 9),
    ]


def paper_pdf() -> bytes:
    """Three pages: a two-column one, one with broken words, one that ends the references."""
    both = [*column(LEFT, x=60, y=220, width=45), *column(RIGHT, x=320, y=220, width=45)]
    first = [
        Text(90, 90, "A Study of Scaling", 18),
        Text(90, 112, "in Two Columns", 18),
        Text(200, 140, "Ann Author, Bob Writer", 11),
        Text(60, 165, "Abstract", 10, bold=True),
        *column("We measure many things and report that they grow with scale.", x=60, y=180),
        # Written line by line across the gutter, as some programs do.
        *sorted(both, key=lambda text: (text.y, text.x)),
        Text(20, 500, "arXiv:2001.08361v2  [cs.LG]  23 Jan 2020", 12, sideways=True),
    ]
    broken = ["Large models use hyphen-", "ation and hyphenation; state-of-the-"]
    broken += [
        "art methods are zero-",
        "shot. GPT-",
        "3 is one. Also pre-",
        "training, or pretraining.",
    ]
    second = [
        Text(60, 90, "1 Introduction", 12, bold=True),
        *(Text(60, 110 + 12 * row, line) for row, line in enumerate(broken)),
        Text(60, 220, "1.1 Details", 10, bold=True),
        Text(60, 235, "They are told here."),
        Text(60, 270, "References", 12, bold=True),
        Text(60, 290, "[1] J. Smith. A paper. 2020."),
        Text(60, 302, "[2] B. Jones. Another paper. 2021."),
    ]
    third = [
        Text(60, 90, "[3] C. Third. Third paper. 2022."),
        Text(60, 120, "A Proofs of Things", 12, bold=True),
        Text(60, 140, "More proofs are given here."),
    ]
    pages = [headed(number, page) for number, page in enumerate((first, second, third), start=1)]
    return make_pdf(pages, author="Ann Author; Bob Writer")


def test_a_paper_reads_in_order(read: Read) -> None:
    document = read(paper_pdf())
    parts = [(s.kind, s.title, document.text[s.start : s.end]) for s in document.sections]
    assert parts == [
        ("front", "", "A Study of Scaling in Two Columns\n\nAnn Author, Bob Writer"),
        (
            "abstract",
            "Abstract",
            f"We measure many things and report that they grow with scale.\n\n{LEFT} {RIGHT}",
        ),
        (
            "body",
            "1 Introduction",
            "Large models use hyphenation and hyphenation; state-of-the-art methods are zero-shot. "
            "GPT-3 is one. Also pretraining, or pretraining.",
        ),
        ("body", "1.1 Details", "They are told here."),
        (
            "references",
            "References",
            "[1] J. Smith. A paper. 2020.\n\n[2] B. Jones. Another paper. 2021.\n\n"
            "[3] C. Third. Third paper. 2022.",
        ),
        ("body", "A Proofs of Things", "More proofs are given here."),
    ]


def test_what_the_pages_tell_of_the_paper(read: Read) -> None:
    paper = read(paper_pdf()).paper
    assert paper.title == "A Study of Scaling in Two Columns"
    assert paper.authors == ("Ann Author", "Bob Writer")
    assert (paper.ids.arxiv, paper.year) == ("2001.08361", 2020)
    assert paper.publication_status == "preprint"


@pytest.mark.parametrize(
    ("given_title", "expected"),
    [
        ("A Sensible Title of a Paper", "A Sensible Title of a Paper"),
        ("Microsoft Word - draft.doc", "Largest Line"),
        ("untitled", "Largest Line"),
        ("", "Largest Line"),
    ],
)
def test_the_title_is_the_metadata_s_if_sensible(
    read: Read, given_title: str, expected: str
) -> None:
    page = [Text(72, 90, "Largest Line", 16), *column(LEFT, y=130)]
    assert read(make_pdf([page], title=given_title)).paper.title == expected


def test_one_doi_on_the_first_page_is_the_paper_s_and_two_are_nobody_s(read: Read) -> None:
    lines = [*column(LEFT), Text(72, 700, "https://doi.org/10.1000/xyz.5.")]
    assert read(make_pdf([lines])).paper.ids.doi == "10.1000/xyz.5"
    lines.append(Text(72, 720, "doi:10.1000/other"))
    assert read(make_pdf([lines])).paper.ids.doi is None


def test_a_table_does_not_make_two_columns(read: Read) -> None:
    rows = [
        Text(x, 300 + 12 * row, f"{name}{row}")
        for row in range(8)
        for x, name in ((72, "left"), (400, "right"))
    ]
    text = read(make_pdf([[*column(LEFT), *rows]])).text
    assert "left0 right0" in text
    assert text.index("right0") < text.index("left1")


def test_paragraphs_that_run_over_a_page_are_joined(read: Read) -> None:
    pages = [
        headed(1, [*column("One sentence. This one runs over", y=100)]),
        headed(2, [*column("the page and ends here. Last one.", y=100)]),
    ]
    text = read(make_pdf(pages)).text
    assert text == "One sentence. This one runs over the page and ends here. Last one."


def test_body_lines_that_repeat_stay(read: Read) -> None:
    page = [Text(72, 100 + 30 * row, "The same words stand here again.") for row in range(9)]
    text = read(make_pdf([page])).text
    assert text.count("The same words stand here again.") == 9


BAD = [
    (make_pdf([[Text(72, 72, "secret")]], encrypted=True), "encrypted"),
    (make_pdf([[Image()], [Image()]]), "scanned"),
    (make_pdf([[]]), "its pages are empty"),
    (paper_pdf()[:-1500], "truncated"),
    (b"%PDF-1.4\nnothing\n%%EOF", "damaged"),
    (b"no pdf at all", "no PDF"),
    (b"", "no PDF"),
]


@pytest.mark.parametrize(("data", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_what_cannot_be_read_is_named(read: Read, data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read(data)


def test_one_worker_reads_on_after_bad_files_and_after_it_was_killed(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(paper_pdf())
    bad.write_bytes(b"%PDF-1.4\nnothing\n%%EOF")
    with PdfReader() as reader:
        first = reader.read(good)
        with pytest.raises(ReadingError):
            reader.read(bad)
        assert reader.read(good) == first
        worker = reader._worker
        assert worker is not None
        worker.kill()
        worker.wait()
        assert reader.read(good) == first
    assert reader._worker is None


@pytest.mark.parametrize(
    ("limits", "reason"),
    [(Limits(seconds=0.001), r"longer than 0\.001 s"), (Limits(memory_bytes=2**24), "memory")],
)
def test_what_exceeds_a_limit_is_given_up(tmp_path: Path, limits: Limits, reason: str) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(paper_pdf())
    with pytest.raises(ReadingError, match=reason):
        read_file(path, limits=limits)


def test_keys_of_the_environment_do_not_reach_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    path = tmp_path / "paper.pdf"
    path.write_bytes(paper_pdf())
    with PdfReader() as reader:
        reader.read(path)
        worker = reader._worker
        assert worker is not None
        environment = Path(f"/proc/{worker.pid}/environ")
        if not environment.exists():
            pytest.skip("only Linux shows a process's environment")
        assert b"sk-secret" not in environment.read_bytes()


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=30))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_damaged_pdf_is_read_or_refused_with_a_reason(
    tmp_path: Path, shared_reader: PdfReader, place: int, damage: bytes
) -> None:
    data = bytearray(paper_pdf())
    place %= len(data)
    data[place : place + len(damage)] = damage
    path = tmp_path / "damaged.pdf"
    path.write_bytes(data)
    (found,) = iter_file(path, pdf=shared_reader)
    assert found.reason if isinstance(found, ReadingError) else found.text
