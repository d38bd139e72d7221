"""The panel: overall rating and how it was made, each reviewer's answers and findings, revision."""

from collections.abc import Sequence

from assignee.agents.wording import capital, counted, listed, sentence, verb
from assignee.engines.checklists import CHECKLISTS
from assignee.records import CheckAnswer, Finding, PanelRating, Review, Revision
from assignee.report.block import (
    Block,
    Bullets,
    Details,
    Heading,
    Line,
    Paragraph,
    Span,
    Table,
    line,
)
from assignee.report.index import Index
from assignee.report.word import ANSWER_ORDER, SEVERITY_ORDER, badge
from assignee.report.wording import score

QUESTIONS = {item.id: item.question for one in CHECKLISTS.values() for item in one.items}
"""Each checklist item's question by its id."""

REMEDIES = {
    "drop": "Remedy: drop it.",
    "qualify": "Remedy: qualify it.",
    "search": "Remedy: search for what is missing.",
    "add": "Remedy: add what is missing.",
    "none": "",
}


def panel_blocks(rating: PanelRating, reviews: Sequence[Review], index: Index) -> list[Block]:
    """The rating, the table of reviewers, and each reviewer's findings and answers."""
    blocks = [Heading(3, line("Rating by the panel")), *rating_blocks(rating)]
    blocks.append(reviewer_table(reviews))
    for review in reviews:
        name = f"Reviewer “{review.reviewer}”: {score(review.score)}"
        blocks += [
            Heading(4, line(name)),
            *scoring_blocks(review),
            *finding_blocks(review, index),
            *checklist_blocks(review, index),
        ]
    return blocks


def rating_blocks(rating: PanelRating) -> list[Block]:
    """The overall rating, how it was made, and how far the reviewers agree."""
    told = line(
        "Overall rating: ", Span(score(rating.score), "strong"), f". {sentence(rating.how)}"
    )
    blocks: list[Block] = [Paragraph(told)]
    if rating.degraded:
        blocks.append(Paragraph(line(_degraded(rating)), "warning"))
    if spread := _spread(rating):
        blocks.append(Paragraph(line(spread)))
    return blocks


def _degraded(rating: PanelRating) -> str:
    missing = [name for name, value in rating.scores.items() if value is None]
    return (
        f"This rating is degraded: {listed(missing) or 'a reviewer'} gave no score; "
        f"at least {counted(rating.quorum, 'score')} {verb(rating.quorum, 'is', 'are')} needed "
        "for a rating."
    )


def _spread(rating: PanelRating) -> str:
    given = [value for value in rating.scores.values() if value is not None]
    if len(given) > 1 and max(given) == min(given):
        return "All reviewers that scored gave the same score."
    told = []
    if rating.spread is not None:
        told.append(
            "Between reviewers the scores have a standard deviation of "
            f"{rating.spread:.1f} (n − 1)."
        )
    if rating.within_sd is not None:
        told.append(
            f"Between repeated samples of one reviewer it is on average {rating.within_sd:.1f}."
        )
    if rating.interval is not None:
        low, high = rating.interval
        told.append(
            f"A 95% bootstrap interval over reviewers runs from {low:.1f} to {high:.1f}: "
            "repeatability, not accuracy."
        )
    return " ".join(told)


def reviewer_table(reviews: Sequence[Review]) -> Table:
    """Score, its meaning, number of findings and engine of each reviewer."""
    head = ("Reviewer", "Score", "Kind of score", "Findings", "Engine")
    rows = tuple(
        (
            line(review.reviewer),
            line(score(review.score)),
            line(review.score_meaning),
            line(str(len(review.findings))),
            line(review.engine + (f", prompt {review.prompt}" if review.prompt else "")),
        )
        for review in reviews
    )
    return Table("Reviewers", head, rows, frozenset((1, 3)))


def scoring_blocks(review: Review) -> list[Block]:
    """Why there is no score, the samples behind it, findings left out; empty when all is plain."""
    told = _scoring(review)
    return [Paragraph(line(told))] if told else []


def finding_blocks(review: Review, index: Index) -> list[Block]:
    """The reviewer's findings, severe ones first."""
    found = sorted(review.findings, key=lambda finding: SEVERITY_ORDER[finding.severity])
    if found:
        return [Bullets(tuple(finding_line(finding, index) for finding in found))]
    return [] if review.score is None else [Paragraph(line("No findings."))]


def checklist_blocks(review: Review, index: Index) -> list[Block]:
    """The reviewer's answers, what failed first."""
    if not review.answers:
        return []
    table = _answer_table(review.answers, index)
    return [Details(line(f"Checklist: {_tally(review.answers)}"), (table,))]


def _scoring(review: Review) -> str:
    told = []
    if review.unscored_because is not None:
        told.append(f"Not scored: {sentence(review.unscored_because)}")
        if review.raw:
            told.append("The reply that could not be used is kept in the JSON file.")
    if len(review.samples) > 1:
        samples = listed([f"{sample:.1f}" for sample in review.samples])
        told.append(f"Mean of {counted(len(review.samples), 'sample')}: {samples}.")
    if dropped := review.dropped_findings:
        told.append(
            f"{capital(counted(dropped, 'further finding'))} {verb(dropped, 'was', 'were')} "
            f"left out: {verb(dropped, 'its', 'their')} quoted words are not in the report."
        )
    return " ".join(told)


def _tally(answers: Sequence[CheckAnswer]) -> str:
    given = [answer.answer for answer in answers]
    return listed([f"{given.count(word)} {word}" for word in ANSWER_ORDER if word in given])


def _answer_table(answers: Sequence[CheckAnswer], index: Index) -> Table:
    ordered = sorted(answers, key=lambda answer: ANSWER_ORDER[answer.answer])
    rows = tuple(
        (
            line(QUESTIONS.get(answer.item) or Span(answer.item, "code")),
            line(badge(answer.answer)),
            line(
                index.prose(sentence(answer.reason)),
                *_quoted(answer.quote, index),
                _place(answer.place, index),
            ),
        )
        for answer in ordered
    )
    return Table("Checklist", ("Question", "Answer", "Why"), rows)


def finding_line(finding: Finding, index: Index) -> Line:
    """Severity, what was found, where, in which words, and what could be done."""
    remedy = REMEDIES[finding.remedy]
    quoted = _quoted(finding.quote, index)
    return line(_fault(finding, index, quoted), f" {remedy}" if remedy else "")


def _fault(finding: Finding, index: Index, quoted: Line = ()) -> Line:
    where = _place(finding.claim_id or finding.section, index)
    what = index.prose(sentence(finding.what))
    return line(badge(finding.severity), " · ", what, quoted, where)


def _quoted(quote: str | None, index: Index) -> Line:
    return line(" “", index.prose(quote), "”") if quote else ()


def _place(place: str | None, index: Index) -> Line:
    if place and index.has_lost(place):
        place = "a claim that is no longer in the report"
    return line(" (", index.prose(place), ")") if place else ()


def revision_blocks(revision: Revision, index: Index) -> list[Block]:
    """Both ratings, what was done about each finding, the rule, and which version was kept."""
    number = len(revision.actions)
    told = (
        f"The report was revised once after the first rating. Before: "
        f"{score(revision.before.score)}; after, judged afresh: {score(revision.after.score)}. "
        f"The {revision.kept} version was kept. The rule was fixed beforehand: "
        f"{revision.rule.rstrip('.')}; the higher rating plays no part in it."
    )
    blocks: list[Block] = [Heading(3, line("Revision")), Paragraph(line(told))]
    if not number:
        return blocks
    rows = tuple(
        (
            line(action.finding.reviewer),
            _fault(action.finding, index),
            line(badge(action.action)),
            index.prose(sentence(action.detail.replace(".;", ";"))),
        )
        for action in revision.actions
    )
    head = ("Reviewer", "Finding", "Action", "What was done")
    return [*blocks, Table("What was done about each finding", head, rows, main=1)]
