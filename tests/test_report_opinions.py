"""Two opinions in the report: where they differ comes first, each with what it rests on."""

import re

import pytest
from sample_report import CLAIMS, FASTER, LAPSES, sample_report

from assignee.errors import ReportFormatError
from assignee.records import Report, SecondOpinion, Verdict
from assignee.report import render_html, render_markdown

LOCAL = "local:stance-1"


def with_second(*differing: str) -> Report:
    """The sample report with a second opinion on each claim, at odds about the differing ones."""
    report = sample_report()

    def seen_twice(verdict: Verdict) -> Verdict:
        apart = verdict.claim_id in differing
        second = SecondOpinion(
            judge=LOCAL,
            label="verified" if apart else verdict.label,
            confidence=0.64,
            attribution=verdict.attribution,
            corroboration=verdict.corroboration,
            evidence_for=verdict.evidence_for,
        )
        agreement = "disagree" if apart else "agree"
        return verdict.model_copy(update={"second": second, "agreement": agreement})

    verdicts = tuple(map(seen_twice, report.verdicts))
    return report.model_copy(update={"verdicts": verdicts})


def claims_section(report: Report) -> str:
    return render_markdown(report).partition("Extracted Claims")[2]


def test_disagreements_stand_before_all_claims_with_both_opinions() -> None:
    told = claims_section(with_second(FASTER.id))
    first, _, rest = told.partition("All claims")
    assert "Where the two opinions differ" in first
    assert "on 1 they differ" in first
    assert FASTER.text in first
    assert LAPSES.text not in first
    assert "*mixed*" in first
    assert "*verified*" in first
    assert LOCAL in first
    assert "confidence 0.64" in first
    for number in range(1, len(CLAIMS) + 1):
        assert f'id="c{number}"' in rest


def test_agreement_is_told_with_each_claim_and_makes_no_section() -> None:
    told = claims_section(with_second())
    assert "Where the two opinions differ" not in told
    assert told.count("The second opinion agrees") == len(CLAIMS)


def test_one_opinion_is_not_called_two() -> None:
    told = render_markdown(sample_report())
    assert "second opinion" not in told
    assert "second judge" not in told


def test_the_abstract_counts_the_disagreements() -> None:
    told = render_markdown(with_second(FASTER.id, LAPSES.id))
    assert "A second judge disagrees on 2." in told.partition("Introduction")[0]


def test_links_of_the_disagreements_lead_to_their_claims() -> None:
    page = render_html(with_second(FASTER.id))
    anchors = set(re.findall(r'id="([^"]+)"', page))
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= anchors


def test_the_second_opinion_s_quotes_are_checked_too() -> None:
    report = with_second()
    broken = report.verdicts[0]
    assert broken.second is not None
    wrong = broken.second.evidence_for[0]
    moved = wrong.model_copy(
        update={"quote": wrong.quote.model_copy(update={"text": "words that stand nowhere"})}
    )
    second = broken.second.model_copy(update={"evidence_for": (moved,)})
    verdicts = (broken.model_copy(update={"second": second}), *report.verdicts[1:])
    with pytest.raises(ReportFormatError, match="words that stand nowhere"):
        render_markdown(report.model_copy(update={"verdicts": verdicts}))
