"""Two opinions in the report: where they differ comes first, each with what it rests on."""

import re

import pytest
from sample_report import FASTER, IN_NOTE, LAPSES, LOCAL, MODEL, NOTE, VERDICTS, sample_report
from sample_report import two_opinions_report as twice

from assignee.agents.weighing import weigh
from assignee.engines.protocol import Judgement
from assignee.errors import ReportFormatError
from assignee.records import Report, Verdict
from assignee.report import render_html, render_markdown
from assignee.terminal import show_report


def claims_section(report: Report) -> str:
    return render_markdown(report).partition("Extracted Claims\n")[2].partition("## Ref")[0]


def block_of(number: int, report: Report) -> str:
    """What is said of one claim."""
    after = claims_section(report).partition(f'id="c{number}"')[2]
    return after.partition(f'id="c{number + 1}"')[0]


def rejudged(report: Report, **update: object) -> Report:
    """The report with every verdict changed in the same way."""
    verdicts = tuple(verdict.model_copy(update=update) for verdict in report.verdicts)
    return report.model_copy(update={"verdicts": verdicts})


def test_claims_on_which_two_judges_differ_open_the_section() -> None:
    told = claims_section(twice())
    assert told.startswith("\n### 5.1 Where the two opinions differ\n")
    first, _, rest = told.partition("### 5.2 All claims")
    assert "Two judges gave an opinion on 3 claims, neither knowing the other's; on 2" in first
    assert FASTER.text in first
    assert LAPSES.text not in first
    assert all(f'id="c{number}"' in rest for number in range(1, 6))


def test_both_opinions_stand_in_one_row_with_the_words_they_rest_on() -> None:
    row = next(one for one in claims_section(twice()).splitlines() if one.startswith("| [C1]"))
    _, first, second = row.split("|")[2:5]
    assert "*mixed*, confidence 0.82. *supports*: “reacted 29 ms faster" in first
    assert "*contradicts*: “made reaction times longer, not shorter” — Fable" in first
    assert "*contradicted*, confidence 0.64. *contradicts*: “reacted 29 ms faster" in second
    row = next(one for one in claims_section(twice()).splitlines() if one.startswith("| [C3]"))
    assert "*uncorroborated*, not calibrated. No independent passage settles it." in row
    assert "*supports* (probability 0.65): “No effect was seen" in row


def test_each_claim_shows_both_labels_and_the_rule_that_decided() -> None:
    told = block_of(1, twice())
    assert f"| Judge | `{MODEL}` | `{LOCAL}` |" in told
    assert "| Verdict | *mixed*, confidence 0.82 | *contradicted*, confidence 0.64 |" in told
    assert "| Elsewhere | [*mixed*](#c1-evidence) | [*contradicted*](#c1-second) |" in told
    assert "*disagree*: Attributed; independent evidence counted; local:stance-1 disa" in told
    assert "*agree*: Attributed" in block_of(2, twice())
    assert "Second" not in block_of(4, twice())


def test_each_judge_s_evidence_stands_under_its_name() -> None:
    told = block_of(1, twice())
    first, _, second = told.partition('<a id="c1-second"></a>')
    assert "Evidence of the first opinion: 1 for and 1 against" in first
    assert "Evidence of the second opinion: none for and 1 against" in second
    assert "made reaction times longer" in first
    assert "made reaction times longer" not in second
    told = block_of(3, twice())
    assert "The first judge found no evidence for or against it elsewhere: 6 passages" in told


def test_a_second_judge_without_evidence_is_said_to_have_found_none() -> None:
    report = twice()
    assert report.verdicts[1].second is not None
    bare = {"evidence_for": (), "evidence_against": ()}
    second = report.verdicts[1].second.model_copy(update=bare)
    told = block_of(2, rejudged(report, second=second))
    assert "The second judge found no evidence for or against it elsewhere." in told
    silent = second.model_copy(update={"label": "not checked"})
    told = block_of(2, rejudged(report, second=silent, agreement="one opinion"))
    assert "The second judge gave no usable answer." in told
    assert "*one opinion*: " in told


def test_agreement_makes_no_part_of_its_own() -> None:
    told = claims_section(rejudged(twice(), agreement="agree"))
    assert "Where the two opinions differ" not in told
    assert "All claims" not in told
    assert "both agree" in told


def test_one_opinion_is_not_called_two() -> None:
    told = render_markdown(sample_report())
    for words in ("second opinion", "second judge", "two opinions", "both agree", "5.1"):
        assert words not in told.lower()


def test_the_abstract_counts_the_disagreements() -> None:
    def head(report: Report) -> str:
        return render_markdown(report).partition("Introduction")[0]

    differs = "A second judge gave its own opinion on 3 claims and disagrees on 2; these come first"
    assert differs in head(twice())
    one = twice().model_copy(update={"verdicts": (twice().verdicts[0], *twice().verdicts[3:])})
    one = one.model_copy(update={"claims": (one.claims[0], *one.claims[3:])})
    assert "its own opinion on 1 claim and disagrees; it comes first" in head(one)
    assert "on 5 claims and agrees on all." in head(rejudged(twice(), agreement="agree"))


def test_the_results_say_where_the_answer_is_disputed() -> None:
    told = render_markdown(twice()).partition("## 3 Results")[2].partition("## 4")[0]
    assert "On 2 of them two opinions differ." in told
    assert "*mixed*, second opinion *contradicted*" in told
    assert "*uncorroborated*, second opinion *verified*" in told


def test_only_the_second_opinion_may_be_calibrated() -> None:
    told = render_markdown(rejudged(twice(), confidence=None))
    assert "nothing that judged these claims has been calibrated" not in told
    assert "Only" not in told
    assert "The second opinions have one: the calibrated probability" in told
    claims = told.partition("Extracted Claims")[2]
    assert "| Verdict | *mixed*, not calibrated | *contradicted*, confidence 0.64 |" in claims
    assert "Confidence is the probability that the verdict is right" in claims


def test_the_finding_of_an_exact_check_is_told_apart_from_the_judge_s_words() -> None:
    window = IN_NOTE.model_copy(update={"text": FASTER.text.replace("31 ms", "12 ms")})
    judged = Judgement(
        window=0, stance="supports", quote=window.text, why="much the same", score=0.9
    )
    weighed = weigh(FASTER, judged, window, NOTE)
    assert weighed.overruled is not None
    overruled = (
        VERDICTS[3]
        .evidence_against[0]
        .model_copy(update={"why": weighed.why, "numbers": weighed.numbers, "probability": None})
    )
    told = render_markdown(rejudged(sample_report(), evidence_against=(overruled,)))
    check = "An exact check overruled the judge, because the figures differ (31 ms against 12 ms)."
    assert f"*contradicts*: {check} The judge had said: much the same. Independent." in told
    assert "whatever the judge says" not in told
    pair = sample_report().contradictions[0].model_copy(update={"why": weighed.why})
    told = render_markdown(sample_report().model_copy(update={"contradictions": (pair,)}))
    assert told.count(f"{check} The judge had said: much the same.") == 3


def test_links_of_the_disagreements_lead_to_their_claims() -> None:
    page = render_html(twice())
    anchors = set(re.findall(r'id="([^"]+)"', page))
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= anchors
    assert {"c1-second", "c1-evidence", "c3-second"} <= links
    assert "c1-s1" in anchors


def test_the_second_opinion_s_quotes_are_checked_too() -> None:
    report = twice()
    broken = report.verdicts[0]
    assert broken.second is not None
    wrong = broken.second.evidence_against[0]
    moved = wrong.model_copy(
        update={"quote": wrong.quote.model_copy(update={"text": "words that stand nowhere"})}
    )
    second = broken.second.model_copy(update={"evidence_against": (moved,)})
    changed: Verdict = broken.model_copy(update={"second": second})
    with pytest.raises(ReportFormatError, match="words that stand nowhere"):
        render_markdown(report.model_copy(update={"verdicts": (changed, *report.verdicts[1:])}))


def test_the_terminal_counts_the_disagreements(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(twice(), [])
    assert "1 not checked; a second judge disagrees on 2\n" in capsys.readouterr().out
    show_report(sample_report(), [])
    assert "second judge" not in capsys.readouterr().out
