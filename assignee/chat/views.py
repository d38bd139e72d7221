"""What the chat shows of a session: turns, claims, evidence, papers, reviews, cost, differences."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assignee.agents.changes import changes
from assignee.errors import QuestionError
from assignee.terminal import console, counted, note, rating_text, rows, show

if TYPE_CHECKING:
    from assignee.records import CitedSentence, Claim, Evidence, Quote, Report, Turn
    from assignee.session import Session


@contextmanager
def paged() -> Iterator[None]:
    """On a terminal, hand what is printed to the pager if it is longer than the screen."""
    out = console()
    if not out.is_terminal:
        yield
        return
    with out.capture() as captured:
        yield
    text = captured.get()
    if text.count("\n") < out.height:
        out.file.write(text)
        out.file.flush()
    else:
        import os
        import pydoc

        os.environ.setdefault("LESS", "-R")
        pydoc.pager(text)


def show_turn(turn: "Turn", report: "Report | None") -> None:
    """The sentences with the numbers of their claims, the notes, and which way was taken."""
    numbers = {claim.id: n for n, claim in enumerate(report.claims, 1)} if report else {}
    if report is not None and turn.run_id is not None:
        show(f"\n{report.title}", style="bold")
    for sentence in turn.sentences:
        show(cited(sentence, numbers))
    if report is not None and turn.run_id is not None:
        papers = len({claim.paper_id for claim in report.claims})
        found = f"{counted(len(report.claims), 'claim')} from {counted(papers, 'document')}"
        show(f"{found}, rating {rating_text(report.rating.score)}")
    for line in turn.notes:
        show(f"* {line}")
    show(f"— {turn.route.way}, {turn.seconds:.1f} s", style="dim")


def cited(sentence: "CitedSentence", numbers: dict[str, int]) -> str:
    """The sentence with its claims: `… [2, 5]`."""
    named = sorted(numbers[id_] for id_ in sentence.claim_ids if id_ in numbers)
    return f"{sentence.text} [{', '.join(map(str, named))}]" if named else sentence.text


def the_report(session: "Session") -> "Report":
    """The current report.

    Raises:
        QuestionError: there is none yet.
    """
    if (report := session.report) is None:
        raise QuestionError("there is no report yet: ask a question first")
    return report


def numbered(report: "Report", argument: str) -> "Claim":
    """The claim of that number.

    Raises:
        QuestionError: no such number.
    """
    text = argument.strip().lstrip("cC#")
    if not text.isdecimal() or not 1 <= int(text) <= len(report.claims):
        raise QuestionError(f"name a claim by its number, 1 to {len(report.claims)}")
    return report.claims[int(text) - 1]


def show_claims(session: "Session", _: str) -> None:
    """All claims with verdict and source."""
    report = the_report(session)
    rows(
        ("no.", "verdict", "source", "claim"),
        [
            (
                str(number),
                report.verdict(claim.id).label,
                report.paper(claim.paper_id).citation,
                claim.text,
            )
            for number, claim in enumerate(report.claims, 1)
        ],
        narrow=frozenset({"source"}),
    )


def show_claim(session: "Session", argument: str) -> None:
    """One claim: verdict, rule, confidence, and its quote in its passage."""
    report = the_report(session)
    claim = numbered(report, argument)
    verdict = report.verdict(claim.id)
    show(claim.text, style="bold")
    sure = "" if verdict.confidence is None else f", confidence {verdict.confidence:.2f}"
    show(f"{verdict.label}{sure}: {verdict.rule}")
    show(f"in its source: {verdict.attribution}; elsewhere: {verdict.corroboration}")
    show(quoted(claim.quote, report))


def show_evidence(session: "Session", argument: str) -> None:
    """All evidence for and against one claim, in its words."""
    report = the_report(session)
    verdict = report.verdict(numbered(report, argument).id)
    groups: Sequence[tuple[str, tuple[Evidence, ...]]] = (
        ("in its own source", verdict.attribution_evidence),
        ("for", verdict.evidence_for),
        ("against", verdict.evidence_against),
    )
    for name, pieces in groups:
        for piece in pieces:
            own = "" if piece.independent or name == "in its own source" else ", not independent"
            show(f"{name}{own}: {piece.why}", style="bold")
            show(quoted(piece.quote, report))
    if not any(pieces for _, pieces in groups[1:]):
        show(f"No evidence elsewhere; {counted(verdict.considered, 'passage')} judged.")


def quoted(quote: "Quote", report: "Report") -> str:
    """The quote within its passage, between marks, and where it stands."""
    found = {passage.id: passage for passage in report.passages}
    paper = report.paper(quote.paper_id)
    passage = found[quote.passage_id]
    before, after = passage.text[: quote.start], passage.text[quote.end :]
    place = ", ".join(filter(None, (paper.cited_as, passage.section)))
    return f"  {place}: {before}»{quote.text}«{after}"


def show_papers(session: "Session", _: str) -> None:
    """The session's own papers; those of the report first, by its numbers."""
    rows(
        ("no.", "year", "kind", "title"),
        [
            (str(number), str(paper.year or ""), paper.kind, paper.title)
            for number, paper in enumerate(session.papers, 1)
        ],
    )


def show_panel(session: "Session", _: str) -> None:
    """Each reviewer's score and findings."""
    report = the_report(session)
    show(f"rating {rating_text(report.rating.score)} — {report.rating.how}", style="bold")
    rows(
        ("reviewer", "score", "finding"),
        [
            (review.reviewer, rating_text(review.score), finding)
            for review in report.reviews
            for finding in [f"{f.severity}: {f.what}" for f in review.findings] or ["no fault"]
        ],
    )


def show_diff(session: "Session", _: str) -> None:
    """What the current report says otherwise than the one before."""
    after, before = the_report(session), session.before
    if before is None:
        raise QuestionError("there is no report before this one")
    for line in changes(before, after):
        show(line)
    kept, known = {claim.id for claim in after.claims}, {claim.id for claim in before.claims}
    for mark, claims, others in (("-", before.claims, kept), ("+", after.claims, known)):
        for claim in claims:
            if claim.id not in others:
                show(f"{mark} {claim.text}")


def show_cost(session: "Session", _: str) -> None:
    """What the report's model calls cost, and how long the turns took."""
    report = the_report(session)
    rows(
        ("role", "model", "calls", "cached", "US dollars"),
        [
            (
                use.role,
                use.model,
                str(use.calls),
                str(use.cached),
                "unknown" if use.cost is None else f"{use.cost:.4f}",
            )
            for use in report.usage
        ],
    )
    seconds = sum(turn.seconds for turn in session.turns)
    calls = "" if report.usage else "no model was called; "
    show(f"{calls}{counted(len(session.turns), 'turn')} took {seconds:.1f} s")


def show_settings(session: "Session", _: str) -> None:
    """The settings of this session."""
    from assignee.options import value_text

    values = session.settings
    rows(
        ("setting", "value"),
        [(name, value_text(getattr(values, name))) for name in type(values).model_fields],
    )


def show_pending(session: "Session") -> None:
    """Say that a turn was interrupted, if one was."""
    if (said := session.pending) is not None:
        note(f"a turn was interrupted: “{said}”; /resume goes on with it")


VIEWS: "dict[str, Callable[[Session, str], None]]" = {
    "claims": show_claims,
    "claim": show_claim,
    "evidence": show_evidence,
    "papers": show_papers,
    "diff": show_diff,
    "cost": show_cost,
}
"""Commands that only show something."""
