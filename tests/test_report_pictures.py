"""The pictures: what is drawn is what the report holds, with words and a table beside each."""

import re
import threading
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sample_report import (
    CLAIMS,
    JOURNAL,
    VERDICTS,
    report_saying,
    sample_report,
    two_opinions_report,
)

from assignee.records import Claim, Paper, PaperIds, Report
from assignee.report import Style, render_html
from assignee.report.block import Diagram
from assignee.report.pictures import pictures

rcParams = pytest.importorskip("matplotlib").rcParams
DRAWN = Style(plots=True)


def told_by(picture: Diagram) -> list[list[str]]:
    return [["".join(span.text for span in cell) for cell in row] for row in picture.table.rows]


def large_report(claims: int) -> Report:
    """The sample with many claims from many papers, each with its evidence."""
    report = sample_report()
    papers = tuple(
        JOURNAL.model_copy(
            update={
                "id": Paper.make_id("paper", f"doi:10.5555/{number}"),
                "ids": PaperIds(doi=f"10.5555/{number}"),
                "title": f"Caffeinated naps, part {number}",
                "year": 1990 + number % 30,
            }
        )
        for number in range(20)
    )
    texts = [f"Claim {number}: {CLAIMS[0].text}" for number in range(claims)]
    made = tuple(
        CLAIMS[0].model_copy(update={"id": Claim.make_id(text, CLAIMS[0].quote), "text": text})
        for text in texts
    )
    verdicts = tuple(
        VERDICTS[0].model_copy(update={"claim_id": claim.id, "confidence": 0.5}) for claim in made
    )
    return report.model_copy(
        update={
            "claims": made,
            "verdicts": verdicts,
            "papers": (*report.papers, *papers),
            "contradictions": (),
            "draft": report.draft.model_copy(update={"answer": (), "abstract": ()}),
            "revision": None,
            "search": report.search.model_copy(update={"found": (*report.papers, *papers)}),
        }
    )


def test_each_picture_is_well_formed_told_in_words_and_with_its_numbers() -> None:
    found = pictures(two_opinions_report())
    assert list(found) == [
        "claims-by-paper", "reviewers", "confidence", "papers-by-year", "evidence-map", "cost",
    ]  # fmt: skip
    for picture in found.values():
        root = ElementTree.fromstring(picture.svg)
        assert root.tag.endswith("svg")
        assert root.get("role") == "img"
        title, told = root[0].text, root[1].text
        assert title == picture.caption
        assert told
        assert told.endswith(".")
        assert picture.table.rows
        assert "currentColor" in picture.svg
        assert "<style" not in picture.svg
        assert "metadata" not in picture.svg


def test_the_tables_hold_the_reports_own_numbers() -> None:
    found = pictures(two_opinions_report())
    claims = found["claims-by-paper"]
    assert claims.table.head == ("Paper", "Mixed", "Contradicted", "Uncorroborated", "Not checked")
    assert told_by(claims)[0] == ["Note about Ostrow et al. (2024) [1]", "1", "0", "1", "0"]
    assert told_by(found["reviewers"])[1:] == [
        ["balance", "7.5/10", "7.0, 8.0", "overall judgement on the shared rubric"],
        ["clarity", "not scored", "–", "–"],
    ]
    assert told_by(found["evidence-map"])[:2] == [
        ["C1", "[1]", "[2]", "[4]"],
        ["C2", "[2]", "[3] (not independent)", "–"],
    ]
    assert told_by(found["papers-by-year"])[-1][0] == "undated"
    assert told_by(found["cost"]) == [
        ["writer", "2", "13,023", "$0.0123", "3.1 s"],
        ["critic", "3", "unknown", "unknown", "9.9 s"],
    ]
    assert ["verified", "1", "0.58", "0.58", "0.58"] in told_by(found["confidence"])


def test_what_there_are_no_numbers_for_is_not_drawn() -> None:
    report = sample_report()
    verdicts = tuple(verdict.model_copy(update={"confidence": None}) for verdict in VERDICTS)
    reviews = tuple(r.model_copy(update={"score": None}) for r in report.reviews)
    bare = report.model_copy(update={"verdicts": verdicts, "usage": (), "reviews": reviews})
    assert {"confidence", "cost", "reviewers"} & pictures(bare).keys() == set()


def test_the_page_folds_them_and_every_id_is_its_own() -> None:
    html = render_html(two_opinions_report(), DRAWN)
    section = html.split('<h2 id="pictures">')[1].split("<h2")[0]
    assert section.count("<svg") == 6
    assert section.index("<details>") < section.index("<svg")
    assert section.index("<svg") < section.index("<table")
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    referred = set(re.findall(r'(?:xlink:href="|url\()#([^")]+)', html))
    assert referred <= set(ids)
    assert "Pictures" not in render_html(two_opinions_report(), Style(plots=False))


def test_hostile_words_stay_words() -> None:
    hostile = "<script>alert(1)</script> ]]> & $\\frac$ \u202e \ufffe 日本語 " + "x" * 500
    for picture in pictures(report_saying(hostile)).values():
        ElementTree.fromstring(picture.svg)
        assert "<script" not in picture.svg
        assert "\u202e" not in picture.svg


def test_the_same_report_gives_the_same_drawing() -> None:
    first, second = (pictures(sample_report())["reviewers"].svg for _ in range(2))
    assert first == second


def test_pictures_drawn_in_threads_are_the_ones_drawn_alone() -> None:
    reports = [sample_report(), two_opinions_report(), large_report(20)]
    alone = [{n: p.svg for n, p in pictures(report).items()} for report in reports]
    together = threading.Barrier(len(reports))

    def draw(report: Report) -> list[dict[str, str]]:
        together.wait()
        return [{n: p.svg for n, p in pictures(report).items()} for _ in range(2)]

    with ThreadPoolExecutor(len(reports)) as threads:
        drawn = list(threads.map(draw, reports))
    assert drawn == [[one, one] for one in alone]
    assert rcParams["text.parse_math"] is True


def test_a_report_of_fifty_claims_stays_small(tmp_path: Path) -> None:
    html = render_html(large_report(50), DRAWN)
    assert html.count("<svg") == 7
    assert len(html.encode()) <= 1_500_000


def test_a_map_of_many_claims_says_what_it_leaves_out() -> None:
    picture = pictures(large_report(70))["evidence-map"]
    assert "The drawing shows 60 of 70." in picture.svg
    assert len(picture.table.rows) == 70
