"""The files of a report: they agree, they round-trip, and no half file is ever seen."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from sample_report import (
    CLAIMS,
    LAPSES,
    LOCAL,
    MODEL,
    NOTE,
    report_saying,
    sample_report,
    sample_review,
    two_opinions_report,
)

from assignee.errors import ReportFormatError, SettingsError
from assignee.records import ForeignReview, Report
from assignee.report import (
    read_report,
    render_bibtex,
    render_csv,
    render_html,
    render_json,
    render_markdown,
    render_review_markdown,
    write_report,
    write_review,
)
from assignee.report.schema import SCHEMA_FILE, schema_text

ROOT = Path(__file__).parent.parent


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_all_files_are_written_and_nothing_else(tmp_path: Path) -> None:
    files = write_report(sample_report(), tmp_path / "new" / "folder")
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == [
        "claims.csv",
        "references.bib",
        "report.html",
        "report.json",
        "report.md",
        "screening.csv",
        "search_log.json",
    ]
    assert files.csv.read_bytes().decode() == render_csv(sample_report())
    assert files.markdown.read_text(encoding="utf-8") == render_markdown(sample_report())


def test_the_files_agree_on_every_number() -> None:
    report = sample_report()
    told = render_markdown(report)
    shown = re.sub(r"<[^>]+>", "", render_html(report))
    rows = rows_of(render_csv(report))
    data = json.loads(render_json(report))
    assert len(rows) == len(data["claims"]) == data["counts"]["claims"] == 5
    for text in (told, shown):
        assert "5 claims were extracted from 4 documents" in text
        assert "9 documents were found; 5 were read: 1 journal article" in text
        assert "rated the report 6.9/10, although only 2 of them gave a score" in text
        assert "2 are uncorroborated" in text
        assert "2 of the 5 claims (40%)" in text
    assert render_bibtex(report).count("\n}") == len(data["papers"]) == told.count('id="ref-') == 5
    for row, claim in zip(rows, report.claims, strict=True):
        verdict = report.verdict(claim.id)
        assert row["verdict"] == verdict.label
        assert f'id="{row["number"].lower()}"' in told
        reference = f"[{row['reference']}]"
        assert f"\\{reference[:-1]}\\]" in told
    assert [row["confidence"] for row in rows].count("") == 4
    assert rows[3]["confidence"] == "0.8712"
    assert "0.87 " in told


def test_the_csv_has_both_opinions() -> None:
    first, second, _, alone, _ = rows_of(render_csv(two_opinions_report()))
    assert (first["verdict"], first["confidence"], first["judge"]) == ("mixed", "0.8241", MODEL)
    assert (first["agreement"], first["second_verdict"]) == ("disagree", "contradicted")
    assert (first["second_confidence"], first["second_judge"]) == ("0.6449", LOCAL)
    assert second["agreement"] == "agree"
    assert alone["agreement"] == "one opinion"
    assert alone["second_verdict"] == alone["second_confidence"] == alone["second_judge"] == ""


def test_claims_are_numbered_alike_everywhere() -> None:
    report = sample_report()
    rows = rows_of(render_csv(report))
    told, shown = render_markdown(report), render_html(report)
    for number, claim in enumerate(report.claims, 1):
        assert rows[number - 1]["number"] == f"C{number}"
        assert rows[number - 1]["claim_id"] == claim.id
        assert f'<a id="c{number}"></a>C{number}. ' in told
        assert f'id="c{number}"' in shown


@pytest.mark.parametrize("made", [sample_report, two_opinions_report])
def test_json_validates_against_the_published_schema_and_round_trips(
    made: Callable[[], Report], tmp_path: Path
) -> None:
    report = made()
    files = write_report(report, tmp_path)
    data = json.loads(files.json.read_text(encoding="utf-8"))
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)
    assert read_report(files.json) == report
    del data["verdicts"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)


def test_the_published_schema_is_that_of_the_record() -> None:
    for file in (SCHEMA_FILE, ROOT / "docs" / "report.schema.json"):
        message = "stale: run python -m assignee.report.schema " + file.name
        assert json.loads(file.read_text(encoding="utf-8")) == Report.model_json_schema(), message
        assert file.read_text(encoding="utf-8") == schema_text(), message


def test_rendering_twice_gives_the_same_bytes() -> None:
    for render in (render_markdown, render_html, render_json, render_csv, render_bibtex):
        assert render(sample_report()) == render(sample_report())


def test_a_broken_report_writes_nothing(tmp_path: Path) -> None:
    report = sample_report()
    moved = LAPSES.quote.model_copy(update={"start": 1, "end": 1 + len(LAPSES.quote.text)})
    claims = (CLAIMS[0], LAPSES.model_copy(update={"quote": moved}), *CLAIMS[2:])
    with pytest.raises(ReportFormatError, match="does not stand at its offsets"):
        write_report(report.model_copy(update={"claims": claims}), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdicts": ()}, "has no verdict"),
        ({"papers": ()}, "is not among"),
        ({"passages": ()}, "one of them is not in this report"),
    ],
)
def test_parts_that_are_missing_are_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ReportFormatError, match=message):
        render_markdown(sample_report().model_copy(update=change))


def test_an_old_report_is_replaced_whole(tmp_path: Path) -> None:
    write_report(sample_report(), tmp_path)
    second = report_saying("Second")
    files = write_report(second, tmp_path)
    assert read_report(files.json) == second
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_folder_that_is_a_file_is_a_user_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(SettingsError, match="name another folder"):
        write_report(sample_report(), tmp_path / "taken")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a report"),
        (b"\xff\xfe", "is not a report"),
        (b"[1, 2]", "is not a report"),
        (b'{"title": "other"}', "is not a report: .*more like it"),
        (b"[" * 100_000, "is not a report"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content)
    with pytest.raises(ReportFormatError, match=message):
        read_report(path)


def test_a_missing_file_and_another_version_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportFormatError, match="cannot be read"):
        read_report(tmp_path / "none.json")
    path = tmp_path / "report.json"
    path.write_text(render_json(sample_report().model_copy(update={"schema_version": 99})))
    with pytest.raises(ReportFormatError, match="schema version 99"):
        read_report(path)


def test_an_edited_quote_is_refused_on_reading(tmp_path: Path) -> None:
    path = write_report(sample_report(), tmp_path).json
    words = NOTE.title
    data = json.loads(path.read_text(encoding="utf-8"))
    data["claims"][0]["quote"]["text"] = words
    data["claims"][0]["quote"]["end"] = data["claims"][0]["quote"]["start"] + len(words)
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ReportFormatError, match="does not stand at its offsets"):
        read_report(path)


def test_a_review_is_written_and_reads_severe_first(tmp_path: Path) -> None:
    files = write_review(sample_review(), tmp_path)
    told = files.markdown.read_text(encoding="utf-8")
    assert told.startswith("# Review of “Naps for Everyone”\n")
    assert told.index("preprints are called".capitalize()) < told.index("A claim is cut")
    assert "2 findings, 1 of them severe." in told
    assert "6.9/10" in told
    unasked = render_review_markdown(sample_review().model_copy(update={"question": ""}))
    assert "It states no research question." in unasked
    assert told.split("\n\n")[1:3] == ["Assignee Research", "June 6, 2026"]
    shown = files.html.read_text(encoding="utf-8")
    assert "Review of “Naps for Everyone”" in shown
    assert "default-src 'none'" in shown
    assert ForeignReview.model_validate_json(files.json.read_bytes()) == sample_review()
