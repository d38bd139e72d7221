"""What a report is taken away as: lists for reference managers, styles of citing, mathematics."""

import csv
import io
import json
import re
import sys
from pathlib import Path

import pytest
from sample_report import (
    FASTER,
    JOURNAL,
    NOTE,
    RETRACTED,
    SHARED,
    UNCITED,
    report_saying,
    sample_report,
)
from test_report_html import read
from typer.testing import CliRunner

from assignee.cli import app
from assignee.errors import SettingsError
from assignee.records import CitedSentence, Paper, PaperIds, Report
from assignee.report import (
    FORMATS,
    Style,
    export_report,
    render_csl,
    render_csv,
    render_html,
    render_json,
    render_markdown,
    render_ris,
    style_of,
)
from assignee.report.label import parted_name
from assignee.sources.exports.csl import read_csl
from assignee.sources.exports.entry import Entry
from assignee.sources.exports.ris import read_ris

NUMERIC = Style("numeric", plots=False)
HOSTILE = 'ER  - \nTY  - JOUR\r\nTI  - other\u2028<b>\u202e \\ " {'


def told_in(report: Report, style: Style | None = None) -> str:
    return re.sub(r"<[^>]+>", "", render_html(report, style))


def read_back(report: Report) -> dict[str, list[Entry]]:
    lists = {
        "ris": read_ris(render_ris(report).replace("\r\n", "\n")),
        "csl": read_csl(render_csl(report), "references"),
    }
    return {
        name: [entry for entry in entries if isinstance(entry, Entry)]
        for name, entries in lists.items()
    }


@pytest.mark.parametrize("form", ["ris", "csl"])
def test_reference_lists_read_back_as_the_papers(form: str) -> None:
    entries = {entry.what.title: entry for entry in read_back(sample_report())[form]}
    assert set(entries) == {p.title for p in (NOTE, JOURNAL, SHARED, RETRACTED, UNCITED)}
    journal = entries[JOURNAL.title]
    assert journal.status == "journal"
    assert journal.what.ids.doi == JOURNAL.ids.doi
    assert journal.what.ids.pmid == JOURNAL.ids.pmid
    assert journal.what.year == 2022
    assert journal.what.venue == JOURNAL.venue
    assert journal.what.url == JOURNAL.url
    assert entries[NOTE.title].what.ids.arxiv == NOTE.ids.arxiv
    assert entries[RETRACTED.title].status == "conference"
    assert entries[UNCITED.title].what.url is None


def test_reference_lists_say_what_was_read_and_what_was_taken_back() -> None:
    ris, items = render_ris(sample_report()), json.loads(render_csl(sample_report()))
    assert "AU  - van der Berg, Jan\r\n" in ris
    assert "N1  - A note about this work was read, not the work itself\r\n" in ris
    assert "N1  - The list of authors is not complete\r\n" in ris
    assert "N1  - Notice of retraction (2021-03-01)\r\n" in ris
    by_title = {item["title"]: item for item in items}
    assert by_title[JOURNAL.title]["author"][0] == {"family": "van der Berg", "given": "Jan"}
    assert "A note about this work was read" in by_title[NOTE.title]["note"]
    assert "Notice of retraction (2021-03-01)" in by_title[RETRACTED.title]["note"]


def test_no_text_opens_a_record_of_its_own() -> None:
    report = report_saying(HOSTILE)
    ris = render_ris(report)
    assert len(re.findall(r"(?m)^TY  - ", ris)) == len(re.findall(r"(?m)^ER  - ", ris)) == 2
    assert "\u202e" not in ris + render_csl(report)
    assert len(json.loads(render_csl(report))) == 2


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("Jared Kaplan", "Kaplan", "Jared"),
        ("Kaplan, Jared", "Kaplan", "Jared"),
        ("Laurens van der Maaten", "van der Maaten", "Laurens"),
        ("Plato", "Plato", ""),
        ("", "", ""),
    ],
)
def test_names_are_taken_apart(name: str, family: str, given: str) -> None:
    assert parted_name(name) == (family, given)


def test_the_numeric_style_cites_by_number_in_every_format() -> None:
    report = sample_report()
    for told in (told_in(report, NUMERIC), render_markdown(report, NUMERIC).replace("\\", "")):
        assert "Van der Berg and Nwosu (2022)" not in told.partition("References")[0]
        assert re.search(r"Note about (\[\[1\]\]|\[1\])", told)
        assert "Note about: Ostrow et al., " in told
        assert re.search(
            r"Jan van der Berg, Amara Nwosu\. .*Journal of Made-up Sleep\. 2022\.", told
        )
    rows = list(csv.DictReader(io.StringIO(render_csv(report, NUMERIC))))
    assert [row["source"] for row in rows[:2]] == ["Note about [1]", "[2]"]
    usual = list(csv.DictReader(io.StringIO(render_csv(report))))
    assert usual[1]["source"] == "Van der Berg and Nwosu (2022)"


def test_names_in_a_writers_sentence_become_numbers_where_they_are_sure() -> None:
    twin = JOURNAL.model_copy(
        update={
            "id": Paper.make_id("paper", "doi:10.5555/twin"),
            "ids": PaperIds(doi="10.5555/twin"),
        }
    )
    sentence = CitedSentence(
        text=f"As {NOTE.cited_as} says and {JOURNAL.citation} repeats, it helps.",
        claim_ids=(FASTER.id,),
    )
    report = sample_report()
    draft = report.draft.model_copy(update={"answer": (sentence,), "abstract": ()})
    report = report.model_copy(update={"draft": draft})
    assert "As a note about [1] says and [2] repeats, it helps." in told_in(report, NUMERIC)
    doubtful = report.model_copy(update={"papers": (*report.papers, twin)})
    assert f"[1] says and {JOURNAL.citation} repeats" in told_in(doubtful, NUMERIC)


def test_a_report_is_set_as_its_run_was() -> None:
    report = sample_report()
    stamp = report.stamp.model_copy(update={"settings": {"citations": "numeric", "plots": False}})
    numeric = report.model_copy(update={"stamp": stamp})
    assert style_of(numeric) == NUMERIC
    assert style_of(report.model_copy(update={"stamp": stamp.model_copy(update={"settings": {}})}))
    assert render_markdown(numeric).partition("## 4")[0].count("Ostrow et al. (2024)") == 0
    assert "Ostrow et al. (2024)" in render_markdown(numeric, Style())


def test_mathematics_is_shown_and_its_source_kept() -> None:
    told = r"loss $L(N) = N^{-\alpha}$ of \(\hat{\theta}\)"
    html = render_html(report_saying(told))
    assert html.count("<math>") > 10
    assert '<annotation encoding="application/x-tex">\\hat{\\theta}</annotation>' in html
    assert f"<title>{told}</title>" in html
    assert json.loads(render_json(report_saying(told)))["claims"][0]["quote"]["text"] == told


@pytest.mark.parametrize(
    "told",
    [
        r"$\unknown{x}$ & co",
        r"$\frac{1}$",
        r"$\text{</math><script>alert(1)</script>}$",
        r"$\href{javascript:alert(1)}{x}$",
        r'$\text{" onload="alert(1)}$',
        "$x$" * 50 + "$",
    ],
)
def test_hostile_or_unreadable_latex_never_breaks_the_page(told: str) -> None:
    for tag, attributes in read(render_html(report_saying(told))).tags:
        assert tag != "script"
        assert not any(name.startswith("on") for name in attributes)
        assert not (attributes.get("href") or "").startswith("javascript:")


def test_every_format_is_written_under_its_own_name(tmp_path: Path) -> None:
    pytest.importorskip("typst")
    pytest.importorskip("matplotlib")
    files = export_report(sample_report(), tmp_path / "new", FORMATS)
    assert {path.name for path in files} >= {
        "claims.csv", "references.bib", "references.csl.json", "references.ris", "report.html",
        "report.json", "report.md", "report.pdf", "screening.csv", "search_log.json",
        "reviewers.svg", "evidence-map.svg",
    }  # fmt: skip
    assert sorted(files) == sorted(p for p in (tmp_path / "new").rglob("*") if p.is_file())
    assert (tmp_path / "new" / "report.pdf").read_bytes().startswith(b"%PDF-")
    picture = (tmp_path / "new" / "plots" / "reviewers.svg").read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in picture or "prefers-color-scheme:dark" in picture


def test_a_format_that_cannot_be_made_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(SettingsError, match=r"assignee-research\[pdf\]"):
        export_report(sample_report(), tmp_path, ["markdown", "pdf"])
    assert list(tmp_path.iterdir()) == []


def exported(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["export", *map(str, arguments)])
    return result.exit_code, result.output


def test_the_command_exports_a_file_in_the_style_that_is_asked_for(tmp_path: Path) -> None:
    source, out = tmp_path / "report.json", tmp_path / "out"
    source.write_text(render_json(sample_report()), encoding="utf-8")
    code, told = exported(
        source,
        "-f",
        "csv",
        "-f",
        "ris",
        "--set",
        "citations=numeric",
        "-o",
        out,
        "--home",
        tmp_path,
    )
    assert code == 0, told
    assert sorted(path.name for path in out.iterdir()) == ["claims.csv", "references.ris"]
    assert "Note about [1]" in (out / "claims.csv").read_text(encoding="utf-8")
    assert "claims.csv" in told.replace("\n", "")


def test_the_command_names_what_it_does_not_know(tmp_path: Path) -> None:
    source = tmp_path / "report.json"
    source.write_text(render_json(sample_report()), encoding="utf-8")
    code, told = exported(source, "-f", "pfd", "-o", tmp_path / "out", "--home", tmp_path)
    assert code == 2
    assert "did you mean 'pdf'?" in told
    code, told = exported("20260101-000000-aaaa", "-o", tmp_path / "out", "--home", tmp_path)
    assert code == 2
    assert "no run '20260101-000000-aaaa'" in told
    assert not (tmp_path / "out").exists()
