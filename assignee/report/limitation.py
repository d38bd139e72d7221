"""Limitations, each derived from the numbers of this very report."""

from assignee.records import Basis, Report, VerdictLabel
from assignee.report.block import Block, Bullets, Line, Span, joined, line
from assignee.report.index import Index
from assignee.report.opening import DISCLAIMER, uncovered
from assignee.report.wording import capital, counted, percent, verb, was

BASES: tuple[tuple[Basis, str], ...] = (
    ("note", "notes about papers and not on the papers themselves"),
    ("abstract", "abstracts alone and not on the full text"),
)

VERDICT_LIMITS: tuple[tuple[VerdictLabel, str], ...] = (
    ("uncorroborated", "no independent paper was found that settles"),
    ("unattributed", "the cited source could not be shown to say"),
    ("contradicted", "independent papers contradict"),
    ("mixed", "independent papers stand on both sides of"),
    ("not checked", "nothing has judged"),
)


def limitations(report: Report, index: Index) -> tuple[Block, ...]:
    """What a reader should hold against this report, the general first."""
    told = [
        line(
            f"{DISCLAIMER} Automated retrieval and checking may introduce errors or omissions. "
            "Review scores are automated assessments, not the judgement of human referees. "
            "Readers should consult the primary sources."
        ),
        *_basis(report, index),
        *_largest_share(report, index),
        *_verdicts(report, index),
        *_dependence(report),
        *_confidence(report),
        *_engine(report),
        *_papers(report, index),
        *_search(report),
        *_panel(report),
        *(index.prose(note) for note in report.draft.notes),
    ]
    return (Bullets(tuple(told)),)


def _of_all(number: int, total: int) -> str:
    if number == total:
        return "the only claim" if total == 1 else f"all {total:,} claims"
    return f"{number:,} of the {total:,} claims"


def _basis(report: Report, index: Index) -> list[Line]:
    total = len(report.claims)
    bases = [index.passages[claim.quote.passage_id].basis for claim in report.claims]
    return [
        line(
            f"{capital(_of_all(number, total))} ({percent(number / total)}) "
            f"{verb(number, 'rests', 'rest')} on {what}."
        )
        for basis, what in BASES
        if (number := bases.count(basis))
    ]


def _largest_share(report: Report, index: Index) -> list[Line]:
    sources = [claim.paper_id for claim in report.claims]
    if len(sources) < 2:
        return []
    largest = max(dict.fromkeys(sources), key=sources.count)
    number = sources.count(largest)
    told = f"{_of_all(number, len(sources))} ({percent(number / len(sources))})."
    if [sources.count(paper_id) for paper_id in set(sources)].count(number) > 1:
        return [line(f"No document contributes more than {told}")]
    return [
        line(
            "The largest contributor of claims is ",
            index.source(largest),
            f": {told}",
        )
    ]


def _verdicts(report: Report, index: Index) -> list[Line]:
    labels = index.labels()
    return [
        line(f"{capital(what)} {_of_all(labels[label], len(report.claims))}.")
        for label, what in VERDICT_LIMITS
        if labels[label]
    ]


def _dependence(report: Report) -> list[Line]:
    number = sum(
        not evidence.independent
        for verdict in report.verdicts
        for evidence in verdict.evidence_for + verdict.evidence_against
    )
    if not number:
        return []
    return [
        line(
            f"{capital(counted(number, 'piece'))} of evidence {verb(number, 'is', 'are')} not "
            f"independent of the claim: shown, but not counted."
        )
    ]


def _confidence(report: Report) -> list[Line]:
    missing = sum(verdict.confidence is None for verdict in report.verdicts)
    if not missing:
        return []
    if missing == len(report.verdicts):
        return [line("No verdict is calibrated: how often such verdicts are right is not known.")]
    return [
        line(
            f"{missing:,} of the {len(report.verdicts):,} verdicts {verb(missing, 'is', 'are')} "
            "not calibrated: how often such verdicts are right is not known."
        )
    ]


def _engine(report: Report) -> list[Line]:
    if report.stamp.engine != "local":
        return []
    return [
        line(
            "The local engine is extractive: it selects and compares sentences of the documents "
            "by small models and written rules, and does not understand them as a reader would."
        )
    ]


def _papers(report: Report, index: Index) -> list[Line]:
    told = []
    statuses = [paper.publication_status for paper in report.papers if paper.kind == "paper"]
    if number := statuses.count("preprint"):
        told.append(
            line(
                f"{capital(counted(number, 'preprint'))} {was(number)} read: a later version "
                "may say something else."
            )
        )
    if number := statuses.count("unknown"):
        papers = counted(number, "paper")
        told.append(
            line(
                f"The publication status of {papers} is not known from "
                f"{verb(number, 'its', 'their')} metadata."
            )
        )
    for paper in report.papers:
        if paper.retracted:
            told.append(
                line(
                    "Among the works is one that has been retracted: ",
                    index.source(paper.id),
                )
            )
    return told


def _search(report: Report) -> list[Line]:
    told = []
    if unread := len(report.search.unread):
        told.append(
            line(
                f"{capital(counted(unread, 'document'))} could not be read and "
                f"{verb(unread, 'is', 'are')} not reflected here."
            )
        )
    failed = sorted({entry.source for entry in report.search.entries if entry.errors})
    if failed:
        sources = capital(counted(len(failed), "source"))
        told.append(line(f"{sources} answered with errors or not at all: {', '.join(failed)}."))
    if missing := uncovered(report):
        parts = joined([line("“", Span(part, "foreign"), "”") for part in missing], "; ")
        told.append(line("No claim was placed under ", parts, "."))
    if number := len(report.warnings):
        told.append(line(f"The run ended with {counted(number, 'warning')}; see the methodology."))
    return told


def _panel(report: Report) -> list[Line]:
    told = []
    if any("checks passed" in review.score_meaning for review in report.reviews):
        told.append(
            line(
                "Where a score is the share of checks passed, it says how far the report keeps to "
                "its own rules, not that its claims are true."
            )
        )
    if report.rating.degraded:
        missing = sum(value is None for value in report.rating.scores.values())
        told.append(
            line(
                f"{capital(counted(missing, 'reviewer'))} gave no score, so the rating rests on "
                "fewer views than planned."
            )
        )
    if number := len(report.contradictions):
        told.append(
            line(
                f"{capital(counted(number, 'contradiction'))} between claims "
                f"{verb(number, 'is', 'are')} shown and not resolved."
            )
        )
    return told
