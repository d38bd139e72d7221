"""Abstract and introduction: what was asked, what was read, and how much of it was covered."""

from collections.abc import Sequence

from assignee.agents.limitations import DISCLAIMER, uncovered
from assignee.agents.methodology import VERDICTS, read_for_claims
from assignee.agents.wording import counted, listed, verb, was
from assignee.records import PanelRating, Report, Review
from assignee.report.block import Block, Bullets, Line, Paragraph, Span, joined, line
from assignee.report.index import Index
from assignee.report.label import holdings
from assignee.report.opinion import opinions_sentence
from assignee.report.wording import score


def abstract(report: Report, index: Index) -> tuple[Block, ...]:
    """The writer's abstract with its citations, then counts and rating."""
    written = joined([index.cited_sentence(one) for one in report.draft.abstract], " ")
    counts = " ".join(
        part
        for part in (
            read_sentence(report),
            notes_sentence(report),
            retraction_sentence(report),
            claims_sentence(report, index),
            rating_sentence(report.rating, report.reviews),
            DISCLAIMER,
        )
        if part
    )
    return tuple(Paragraph(text) for text in (written, line(counts)) if text)


def read_sentence(report: Report) -> str:
    """How many documents were found and read, by kind and publication status."""
    found, read = report.counts.papers_found, read_for_claims(report.counts, report.papers)
    consulted = len(report.papers) - read
    if not report.papers:
        return "No documents were read."
    more = f" and {consulted:,} more {was(consulted)} consulted as evidence" if consulted else ""
    if found > read:
        start = f"{counted(found, 'document')} {was(found)} found; {read:,} {was(read)} read{more}"
    else:
        start = f"{counted(read, 'document')} {was(read)} read{more}"
    return f"{start}: {listed(holdings(report.papers))}."


def notes_sentence(report: Report) -> str:
    """That a note's words are not those of the paper's authors; empty without notes."""
    notes = sum(paper.kind == "note" for paper in report.papers)
    if not notes:
        return ""
    if notes == 1:
        return (
            "The words of a note are those of whoever wrote the note, "
            "not of the authors of the paper that it is about."
        )
    return (
        "The words of notes are those of whoever wrote the notes, "
        "not of the authors of the papers that they are about."
    )


def retraction_sentence(report: Report) -> str:
    """How many of the works have been retracted; empty when none is known to be."""
    retracted = sum(paper.retracted for paper in report.papers)
    if not retracted:
        return ""
    return f"{retracted:,} of these works {verb(retracted, 'has', 'have')} been retracted."


def claims_sentence(report: Report, index: Index) -> str:
    """How many claims there are, from how many documents, and their verdicts."""
    claims = len(report.claims)
    if not claims:
        return "No claims were extracted."
    sources = len({claim.paper_id for claim in report.claims})
    second = f" {told}" if (told := opinions_sentence(report.verdicts)) else ""
    return (
        f"{counted(claims, 'claim')} {was(claims)} extracted from "
        f"{counted(sources, 'document')} and checked against the others: "
        f"{verdict_counts(index)}.{second}"
    )


def verdict_counts(index: Index, claim_ids: frozenset[str] | None = None) -> str:
    """`6 are verified, 2 are mixed`: the verdict words in use, over all claims or some."""
    labels = [
        index.verdicts[claim_id].label
        for claim_id in index.claims
        if claim_ids is None or claim_id in claim_ids
    ]
    told = [
        f"{labels.count(word)} {verb(labels.count(word), 'is', 'are')} {word}"
        for word in VERDICTS
        if word in labels
    ]
    return listed(told)


def rating_sentence(rating: PanelRating, reviews: Sequence[Review]) -> str:
    """The panel's rating in one sentence: what it is, and how many of its reviewers scored."""
    seats = len(rating.scores)
    scored = sum(value is not None for value in rating.scores.values())
    panel = f"panel of {counted(seats, 'automated reviewer')}"
    if rating.score is None:
        return f"The {panel} gave no rating: {scored} scored and {rating.quorum} were needed."
    meanings = {review.score_meaning for review in reviews if review.score is not None}
    meaning = f" ({meanings.pop()})" if len(meanings) == 1 else ""
    degraded = f", although only {scored} of them gave a score" if rating.degraded else ""
    return f"A {panel} rated the report {score(rating.score)}{meaning}{degraded}."


def introduction(report: Report, index: Index) -> tuple[Block, ...]:
    """The question, its parts, and what is and is not covered."""
    blocks: list[Block] = [
        Paragraph(line("This report examines the research question: ", _asked(report))),
    ]
    parts = report.plan.subquestions
    if parts and parts != (report.question,):
        number = counted(len(parts), "sub-question")
        blocks += [
            Paragraph(line(f"It was taken apart into {number}:")),
            Bullets(tuple(line(Span(part, "foreign")) for part in parts)),
        ]
    blocks.append(Paragraph(_coverage(report, index)))
    return tuple(blocks)


def _asked(report: Report) -> Span:
    return Span(report.question, "title")


def _coverage(report: Report, index: Index) -> Line:
    sources = list(dict.fromkeys(entry.source for entry in report.search.entries))
    read, cited = len(report.papers), len(index.cited)
    where = f" from {counted(len(sources), 'source')} ({listed(sources)})" if sources else ""
    what = (
        f"It covers what the {counted(read, 'document')}{where} "
        f"{verb(read, 'says', 'say')} about it; {cited or 'none'} of them "
        f"{verb(cited, 'is', 'are')} quoted. It covers nothing outside these documents"
    )
    missing = uncovered(report.plan, report.claims)
    if not missing:
        return line(what, ".")
    told = joined([line("“", Span(part, "foreign"), "”") for part in missing], "; ")
    return line(what, ", and no claim was placed under ", told, ".")
