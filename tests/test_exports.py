"""Bibliographies read into records: LaTeX, names, attached PDFs, broken entries, odd files."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from pdf_maker import column, make_pdf

from assignee.errors import NoPapersError, ReadingError
from assignee.reading.latex import bare, printed
from assignee.records import Hit, PaperIds
from assignee.sources.exports.attachments import attached
from assignee.sources.exports.files import Export, ExportSource, is_export, read_export

TEXT = "The northern mole carries more barnacles than the southern one."


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def export(folder: Path, name: str, content: str | bytes) -> Export:
    return read_export(write(folder, name, content))


def only(folder: Path, name: str, content: str) -> Hit:
    """The one record of a file without faults."""
    found = export(folder, name, content)
    assert found.unread == ()
    (hit,) = found.hits
    return hit


def pdf() -> bytes:
    return make_pdf([[*column("Introduction", y=80), *column(TEXT, y=100)]])


def reasons(found: Export) -> list[str]:
    return [error.reason for error in found.unread]


# BibTeX


def test_a_bibtex_entry_gives_everything_it_has(tmp_path: Path) -> None:
    hit = only(
        tmp_path,
        "mine.bib",
        r"""
        % a comment with an @ in it, and mail to me@example.org
        @string{jmt = "Journal of Made-up "}
        @Article {odegard2020tides,
            title = "{T}ides of the {\AA}lesund
                     harbour: 5\% more?",
            Author = {{\O}deg{\aa}rd, {\AA}se M. and M{\"u}ller Jr., Karl and {The Harbour and Mole
                Group} and de la Cruz, Jr, Ana and others},
            year = 2020, month = jan,
            journal = jmt # {Tides},
            doi = {https://doi.org/10.5555/tide\_1},
            pmid = {31000001}, pmcid = {PMC77},
            abstract = {We found $x^{2}$ --- and more.},
            langid = {ngerman},
            url = {https://example.org/a\_b},
        }
        """,
    )
    paper = hit.paper
    assert paper.title == "Tides of the Ålesund harbour: 5% more?"
    assert paper.authors == (
        "Åse M. Ødegård",
        "Karl Müller Jr.",
        "The Harbour and Mole Group",
        "Ana de la Cruz Jr",
        "et al.",
    )
    assert (paper.year, paper.venue, paper.language) == (2020, "Journal of Made-up Tides", "de")
    assert paper.ids == PaperIds(doi="10.5555/tide_1", pmid="31000001", pmcid="PMC77")
    assert paper.url == "https://example.org/a_b"
    assert (paper.publication_status, hit.kind) == ("journal", "article")
    assert hit.abstract == "We found $x^{2}$ — and more."
    assert (hit.source, paper.sources) == ("file: mine.bib", ("file: mine.bib",))
    assert paper.identity == "doi:10.5555/tide_1"


@pytest.mark.parametrize(
    ("fields", "arxiv"),
    [
        ("eprint = {2001.08361v2}, archiveprefix = {arXiv}", "2001.08361"),
        ("eprint = {hep-th/9901001}, eprinttype = {arxiv}", "hep-th/9901001"),
        ("journal = {arXiv preprint arXiv:2001.08361}", "2001.08361"),
        ("journal = {CoRR}, eprint = {2001.08361}", "2001.08361"),
        ("publisher = {arXiv}, number = {arXiv:2001.08361}", "2001.08361"),
        ("doi = {10.48550/arXiv.2001.08361}", "2001.08361"),
        ("url = {http://arxiv.org/abs/2001.08361}", "2001.08361"),
        ("note = {arXiv: 2001.08361 [cs]}", "2001.08361"),
    ],
)
def test_preprints_are_known_however_they_are_written(
    tmp_path: Path, fields: str, arxiv: str
) -> None:
    paper = only(tmp_path, "a.bib", f"@article{{k, title = {{T}}, {fields}}}").paper
    assert paper.ids == PaperIds(arxiv=arxiv)
    assert paper.publication_status == "preprint"


def test_a_part_inherits_from_its_volume(tmp_path: Path) -> None:
    found = export(
        tmp_path,
        "a.bib",
        "@inproceedings{a, title={Part}, crossref={B}}\n"
        "@proceedings{b, title={Proceedings of Tides}, year={2019}}",
    )
    part, volume = found.hits
    assert (part.paper.title, part.paper.venue, part.paper.year) == (
        "Part",
        "Proceedings of Tides",
        2019,
    )
    assert (part.paper.publication_status, volume.kind) == ("conference", "book")


def test_broken_entries_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    found = export(
        tmp_path,
        "a.bib",
        "@article{good1, title={One}}\n"
        "@article{unclosed, title={Two {never closed}, year={2020}\n"
        "\n"
        "@article{good2, title={Three}, year = {in press}}\n"
        '@article{quote, title="Four}\n'
        "@article{nofields}\n"
        "@article{hole, title = , year = 1}\n"
        "@misc{untitled, year={2001}}\n"
        "@article(paren, title={Five (5)}) @article{same, title={Six}}\n"
        "@article{last, title={Seven}",
    )
    assert [hit.paper.title for hit in found.hits] == ["One", "Three", "Five (5)", "Six"]
    assert [reason.partition(":")[0] for reason in reasons(found)] == [
        "entry 'unclosed' in line 2",
        "entry 'quote' in line 5",
        "entry 'nofields' in line 6",
        "entry 'hole' in line 7",
        "entry 'untitled' in line 8",
        "entry 'last' in line 10",
    ]


def test_two_entries_of_one_key_are_two_records(tmp_path: Path) -> None:
    found = export(tmp_path, "a.bib", "@article{k, title={A}}\n@article{k, title={B}, title={C}}")
    assert [hit.paper.title for hit in found.hits] == ["A", "B"]
    assert found.unread == ()


def test_names_that_are_not_latin_stay_as_they_are(tmp_path: Path) -> None:
    hit = only(
        tmp_path,
        "a.bib",
        "@article{李2020, title={深層学習による画像認識}, author={李, 伟 and Толстой, Лев}}",
    )
    assert hit.paper.title == "深層学習による画像認識"
    assert hit.paper.authors == ("伟 李", "Лев Толстой")
    assert hit.paper.year is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_do_not_matter(tmp_path: Path, encoding: str, end: str) -> None:
    text = "@article{a,\n title={Über Ebbe\n und Flut},\n year={2020}\n}\n@article{b, title={Zwei}}"
    found = export(tmp_path, "a.bib", text.replace("\n", end).encode(encoding))
    assert [hit.paper.title for hit in found.hits] == ["Über Ebbe und Flut", "Zwei"]


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"G{\"o}del, Erd{\H o}s and \v{C}ech", "Gödel, Erdős and Čech"),
        (r"Na{\"\i}ve na\"{\i}ve \'{\i}", "Naïve naïve í"),
        (r"{\L}ukasz Stra{\ss}e \O degard", "Łukasz Straße Ødegard"),
        (r"Fran\c{c}ois {\c c} \k{a} \=u \.z", "François ç ą ū ż"),
        (r"\textbf{bold \emph{and} more} {\em text}", "bold and more text"),
        (r"R\&D, 5\% \$3 \#1 a\_b \{c\}", "R&D, 5% $3 #1 a_b {c}"),
        (r"1--2 --- ``quoted'' 3~m", "1–2 — “quoted” 3 m"),
        (r"the \LaTeX{} book", "the LaTeX book"),
        (r"$\alpha_{i}$ of {DNA} \(x\)", r"$\alpha_{i}$ of DNA \(x\)"),
        ("50% of & all #1", "50% of & all #1"),
        ("{unbalanced} } and {", "unbalanced and"),
        ("a trailing \\", "a trailing \\"),
    ],
)
def test_latex_is_shown_as_it_prints(latex: str, shown: str) -> None:
    assert printed(latex) == shown


def test_identifiers_lose_only_what_bibtex_adds() -> None:
    assert bare(r"10.1000/a\_b{\_}c~d\%20") == "10.1000/a_b_c~d%20"


def test_absurd_bibliographies_take_no_time(tmp_path: Path) -> None:
    start = time.process_time()
    for text in (
        "@a{" * 50_000,
        "@a{k, t = " + "{" * 200_000,
        "@article{k, title={x},\n" * 20_000,
        "@a{k, title={" + "{\\'" * 50_000 + "}" * 50_000 + "}}",
        "@a{k, author={" + " and " * 50_000 + "}, title={x}}",
        "@a{k, title={x}, author={" + "a, " * 50_000 + "}}",
    ):
        export(tmp_path, "a.bib", text)
    assert time.process_time() - start < 5


def test_ten_thousand_entries_are_read_in_seconds(tmp_path: Path) -> None:
    entry = "@article{{k{0}, title={{On {{\\'E}}tude {0}}}, author={{A, B and C, D}}, year=2020}}\n"
    start = time.process_time()
    found = export(tmp_path, "a.bib", "".join(entry.format(number) for number in range(10_000)))
    assert len(found.hits) == 10_000
    assert found.hits[-1].paper.title == "On Étude 9999"
    assert time.process_time() - start < 8


# Attached files


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ("Full Text:files/1/Tides.pdf:application/pdf", ("files/1/Tides.pdf",)),
        (
            r"A\: b:files/1/A\: b\; c.pdf:application/pdf;Snapshot:files/2/a.html:text/html",
            ("files/1/A: b; c.pdf",),
        ),
        (":home/me/paper.pdf:pdf", ("home/me/paper.pdf",)),
        ("files/1/a.pdf;files/2/b.PDF", ("files/1/a.pdf", "files/2/b.PDF")),
        (r"C\:\\Users\\me\\a.pdf", (r"C\:\\Users\\me\\a.pdf",)),
        (r"PDF:C\:\\Users\\me\\a.pdf:application/pdf", (r"C:\Users\me\a.pdf",)),
        ("", ()),
        (":::", ()),
    ],
)
def test_file_fields_of_all_programs(value: str, paths: tuple[str, ...]) -> None:
    assert attached(value) == paths


def test_an_attached_pdf_is_the_full_text_of_its_record(tmp_path: Path) -> None:
    path = write(tmp_path, "out/files/12/Tides.pdf", pdf())
    found = export(
        tmp_path / "out",
        "a.bib",
        "@article{a, title={Tides}, doi={10.5555/a}, "
        "file={Full Text:files/12/Tides.pdf:application/pdf}}",
    )
    (document,) = found.documents
    assert TEXT in document.text
    assert (document.basis, document.path) == ("full text", str(path.resolve()))
    assert document.paper == found.hits[0].paper
    assert found.unread == ()


@pytest.mark.parametrize(
    "name",
    [
        "../secret.pdf",
        "files/../../secret.pdf",
        "{outside}/secret.pdf",
        "file://{outside}/secret.pdf",
        "link.pdf",
        "linked/secret.pdf",
        "internal-pdf://../../../secret.pdf",
        r"..\secret.pdf",
        r"C:\Users\me\secret.pdf",
    ],
)
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "out"
    secret = write(tmp_path, "secret.pdf", pdf())
    (folder / "Library.Data" / "PDF").mkdir(parents=True)
    (folder / "link.pdf").symlink_to(secret)
    (folder / "linked").symlink_to(tmp_path)
    named = name.replace("{outside}", str(tmp_path))
    found = export(folder, "a.ris", f"TY  - JOUR\nTI  - T\nL1  - {named}\nER  - \n")
    assert (len(found.hits), found.documents) == (1, ())
    (reason,) = reasons(found)
    assert reason.startswith("record in line 1: its file ")
    assert reason.endswith("it lies outside the folder of the file that names it")


def test_missing_and_damaged_files_are_named_and_the_next_one_is_read(tmp_path: Path) -> None:
    write(tmp_path, "bad.pdf", b"%PDF-1.4 cut")
    write(tmp_path, "good one.pdf", pdf())
    found = export(
        tmp_path,
        "a.bib",
        "@misc{a, title={T}, file={gone.pdf;bad.pdf;good one.pdf}}",
    )
    assert [document.paper.title for document in found.documents] == ["T"]
    gone, bad = reasons(found)
    assert gone == "entry 'a' in line 1: its file 'gone.pdf': it is not there"
    assert "bad.pdf" in bad


@pytest.mark.parametrize("name", ["nul\0.pdf", "x" * 5000 + ".pdf", "\ud800.pdf", ".pdf", "/.pdf"])
def test_names_that_are_no_paths_are_reasons_too(tmp_path: Path, name: str) -> None:
    found = export(tmp_path, "a.json", json.dumps([{"title": "T", "file": name}]))
    assert (len(found.hits), len(found.unread)) == (1, 1)


def test_endnotes_own_addresses_lead_to_its_data_folder(tmp_path: Path) -> None:
    write(tmp_path, "My Library.Data/PDF/0123/a b.pdf", pdf())
    found = export(
        tmp_path, "a.ris", "TY  - JOUR\nTI  - T\nL1  - internal-pdf://0123/a%20b.pdf\nER  - \n"
    )
    assert len(found.documents) == 1


# RIS

RIS = """TY  - JOUR
TI  - Tides &amp; <i>barnacles</i>
AU  - Ødegård, Åse M.
AU  - 李, 伟
T2  - Journal of Made-up Tides
PY  - 2020/03/21/
DO  - 10.5555/tide.1
AB  - Barnacles grow
at the mole.
N1  - PMID: 31000001
C2  - PMC77
LA  - eng
UR  - https://example.org/a; https://example.org/b
L1  - https://example.org/a.pdf
ER  - """


def test_a_ris_record_gives_everything_it_has(tmp_path: Path) -> None:
    hit = only(tmp_path, "a.ris", RIS)
    paper = hit.paper
    assert paper.title == "Tides & barnacles"
    assert paper.authors == ("Åse M. Ødegård", "伟 李")
    assert (paper.year, paper.venue, paper.language) == (2020, "Journal of Made-up Tides", "en")
    assert paper.ids == PaperIds(doi="10.5555/tide.1", pmid="31000001", pmcid="PMC77")
    assert (paper.url, paper.publication_status) == ("https://example.org/a", "journal")
    assert hit.abstract == "Barnacles grow at the mole."
    assert [location.url for location in hit.locations] == ["https://example.org/a.pdf"]


def test_ris_records_that_are_broken_do_not_spoil_the_others(tmp_path: Path) -> None:
    text = (
        "exported by somebody\non a Sunday\n\n"
        "TY  - JOUR\nTI  - One\nTY  - CONF\nTI  - Two\nER  -\n\n"
        "TY  - GEN\nAU  - Nobody\nER  - \n"
        "TY - BOOK\nT1 - Three\nER -\n"
        "TY  - JOUR\nTI  - Four"
    )
    found = export(tmp_path, "a.ris", "\ufeff" + text.replace("\n", "\r\n"))
    assert [hit.paper.title for hit in found.hits] == ["One", "Two", "Three", "Four"]
    assert [hit.paper.publication_status for hit in found.hits[:2]] == ["journal", "conference"]
    assert found.hits[2].kind == "book"
    assert reasons(found) == [
        "line 1: it stands outside a record",
        "record in line 10: it has no title",
    ]


# CSL-JSON


def item(**fields: Any) -> dict[str, Any]:
    return {
        "id": "http://zotero.org/users/1/items/AB",
        "type": "article-journal",
        "title": 'On <span class="nocase">CO<sub>2</sub></span>',
        "container-title": "Journal of Made-up Tides",
        "author": [
            {"family": "Ødegård", "given": "Åse"},
            {"family": "Cruz", "given": "Ana", "non-dropping-particle": "de la"},
            {"literal": "The Harbour Group"},
            {},
            None,
        ],
        "issued": {"date-parts": [["2020", 3]]},
        "DOI": "10.5555/TIDE.1",
        "abstract": "<p>Barnacles grow.</p>",
        "note": "PMID: 31000001\nPMCID: PMC77",
        "language": "en-GB",
        **fields,
    }


def test_a_csl_item_gives_everything_it_has(tmp_path: Path) -> None:
    hit = only(tmp_path, "a.json", json.dumps([item()]))
    paper = hit.paper
    assert paper.title == "On CO2"
    assert paper.authors == ("Åse Ødegård", "Ana de la Cruz", "The Harbour Group")
    assert (paper.year, paper.venue, paper.language) == (2020, "Journal of Made-up Tides", "en")
    assert paper.ids == PaperIds(doi="10.5555/TIDE.1", pmid="31000001", pmcid="PMC77")
    assert (hit.abstract, paper.publication_status) == ("Barnacles grow.", "journal")


def test_csl_items_of_unexpected_types_do_not_spoil_the_others(tmp_path: Path) -> None:
    odd = item(
        title="Odd", author="Ann", issued=[], DOI=7, note=None, abstract={}, file=[1], type=None
    )
    items = [
        None,
        {"title": ["x"]},
        odd,
        item(title="A", issued={"literal": "spring 1999"}, type="article", DOI=None, note=""),
        item(title="B", issued={"date-parts": [[]]}, PMID=5, id=3),
    ]
    found = export(tmp_path, "a.json", json.dumps({"items": items}))
    assert [hit.paper.title for hit in found.hits] == ["Odd", "A", "B"]
    assert [hit.paper.year for hit in found.hits] == [None, 1999, None]
    assert [hit.paper.publication_status for hit in found.hits] == [
        "unknown",
        "preprint",
        "journal",
    ]
    assert found.hits[2].paper.ids.pmid == "5"
    assert reasons(found) == ["item 1: it is no JSON object", "item 2: it has no title"]


def test_csl_items_may_name_their_pdfs(tmp_path: Path) -> None:
    write(tmp_path, "files/a.pdf", pdf())
    found = export(tmp_path, "a.json", json.dumps([item(file=["files/a.pdf"])]))
    assert len(found.documents) == 1


# The source


async def test_the_source_gives_records_documents_and_faults(tmp_path: Path) -> None:
    write(tmp_path, "a.pdf", pdf())
    path = write(tmp_path, "a.bib", "@misc{a, title={T}, file={a.pdf}}\n@misc{b, year=1}")
    source = ExportSource(path)
    result = await source.search(["anything"], limit=1)
    assert source.name == "file: a.bib"
    assert [hit.paper.title for hit in result.records] == ["T"]
    assert [document.paper.id for document in result.documents] == [result.records[0].paper.id]
    (log,) = result.queries
    assert (log.query, log.hits, log.read) == ("every entry", 1, 1)
    assert log.errors == tuple(str(error) for error in result.unread)
    assert "entry 'b' in line 2: it has no title" in log.errors[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", "{"),
        ("a.json", '{"a": 1}'),
        ("a.json", "[" * 100_000),
        ("a.doc", "@misc{a, title={T}}"),
        ("a.bib", bytes(range(32)) * 9),
    ],
)
async def test_what_is_no_bibliography_is_the_users_error(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    with pytest.raises(NoPapersError):
        await ExportSource(write(tmp_path, name, content)).search([], limit=1)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="cannot be opened"):
        read_export(tmp_path / "gone.bib")


def test_bibliographies_are_told_from_papers(tmp_path: Path) -> None:
    assert is_export(write(tmp_path, "a.BIB", ""))
    assert is_export(write(tmp_path, "a.json", "\ufeff \n[{}]"))
    assert not is_export(write(tmp_path, "b.json", '{"title": "a paper"}'))
    assert not is_export(write(tmp_path, "b.pdf", ""))
    assert not is_export(tmp_path / "gone.ris")
    assert not is_export(tmp_path / "gone.json")
