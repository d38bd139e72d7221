"""Measures a session: when it first tells of itself, what a follow-up takes, what it keeps on disk.

`python -m assignee.evals.bench_session` asks one question over the example notes, then follow-ups
that are answered from the store, and prints a table. The first follow-up of a fresh process, which
imports the machine and opens the library, is told apart from the others.

`python -m assignee.evals.bench_session --routes` asks the follow-ups of `session_questions`
instead: how many take a right way, and how many of those that change nothing are answered from
claims about the question, or refused where no claim is. `--failures` prints those of `SEEN` that do
not; the others are only counted, so that no rule is made by them.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from assignee import Assignee, Settings
from assignee.engines.local.router import routed
from assignee.engines.protocol import RouteRequest
from assignee.evals import session_questions
from assignee.evals.session_questions import FollowUp
from assignee.records import CHANGING, Progress, Report, Route, Turn
from assignee.session import Session

NOTES = Path(__file__).resolve().parent.parent / "examples" / "scaling_laws"
QUESTION = "Does finetuning with human feedback improve the performance of language models?"
FOLLOW_UPS = (
    "Which of these hold for models under 10B?",
    "Why is claim 2 uncorroborated?",
    "What do the RLHF papers say about it?",
    "Compare RLHF and supervised finetuning",
    "What would change your mind?",
)
TURNS = 100


class Timing(NamedTuple):
    """One turn."""

    first: float
    """Seconds until the first progress."""
    whole: float
    """Seconds until the turn was there."""


def asked(session: Session, said: str) -> Timing:
    """Take one turn."""
    seen: list[float] = []

    def watch(_: Progress) -> None:
        seen.append(time.perf_counter())

    began = time.perf_counter()
    session.ask(said, watch=watch)
    return Timing(seen[0] - began, time.perf_counter() - began)


def size(folder: Path) -> int:
    """Bytes of all files under it."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measured(home: Path, turns: int) -> tuple[Timing, Timing, list[Timing], int]:
    """The question, the first follow-up of a fresh program, the others, and bytes on disk."""
    settings = Settings(home=home, max_papers=8, max_claims=12, rounds=1, revisions=0)
    with Assignee(settings) as program:
        question = asked(program.session("bench", papers=[NOTES]), QUESTION)
    with Assignee(settings) as program:
        session = program.session("bench")
        fresh, *others = [asked(session, FOLLOW_UPS[n % len(FOLLOW_UPS)]) for n in range(turns - 1)]
        return question, fresh, others, size(home / "sessions" / session.id)


class Counted(NamedTuple):
    """How one set of follow-ups went."""

    asked: int
    routed: int
    """On a right way."""
    telling: int
    """Follow-ups that must change nothing."""
    told: int
    """Of these, answered from claims about the question, or refused where there are none."""
    failures: tuple[str, ...]


def counted(session: Session, follow_ups: Sequence[FollowUp]) -> Counted:
    """Route and answer each; what would change the report is routed only."""
    report = session.report
    assert report is not None
    right = told = telling = 0
    failures: list[str] = []
    for one in follow_ups:
        request = RouteRequest(
            said=one.said,
            question=report.question,
            claims=report.claims,
            papers=session.papers,
            earlier=(),
        )
        route = routed(request)
        on_way = is_right(one, route, report)
        right += on_way
        well = on_way
        if not CHANGING.issuperset(one.kinds) and "export" not in one.kinds:
            telling += 1
            leaves = not route.changes and route.kind != "export"
            well = leaves and is_told(one, session.ask(one.said, route=route), report)
            told += well
        if not (on_way and well):
            failures.append(f"{one.said!r}: {route.kind}, {route.topic!r}")
    return Counted(len(follow_ups), right, telling, told, tuple(failures))


def is_right(one: FollowUp, route: Route, report: Report) -> bool:
    """Whether the route is of a right kind and names the claims and years that were meant."""
    meant = {report.claims[number - 1].id for number in one.numbers}
    years = (one.since, one.until)
    return (
        route.kind in one.kinds
        and meant <= {*route.claims}
        and (not any(years) or (route.since, route.until) == years)
    )


def is_told(one: FollowUp, turn: Turn, report: Report) -> bool:
    """Whether the turn tells of claims where it must, and only of claims about the question."""
    cited = {id_ for sentence in turn.sentences for id_ in sentence.claim_ids}
    if one.told != "either" and (one.told == "claims") != bool(cited):
        return False
    return all(is_about(one, id_, report) for id_ in cited)


def is_about(one: FollowUp, claim_id: str, report: Report) -> bool:
    """Whether a claim holds one of the words that the follow-up is about."""
    [claim] = [claim for claim in report.claims if claim.id == claim_id]
    paper = report.paper(claim.paper_id)
    text = f"{claim.text} {claim.quote.text} {paper.title} {' '.join(paper.authors)} {paper.year}"
    return not one.about or any(word.casefold() in text.casefold() for word in one.about)


def print_routes(home: Path, *, failures: bool) -> None:
    """Count the sets of follow-ups over one report, and print a table."""
    sets = {
        "seen by who made the rules": session_questions.SEEN,
        "held out": session_questions.HELD_OUT,
        "written after the rules": session_questions.LATER,
    }
    with Assignee(Settings(home=home)) as program:
        session = program.session("routes", papers=[NOTES])
        session.ask(session_questions.QUESTION)
        print(f"{'follow-ups':<28} {'right route':>12} {'rightly told':>13}")
        for name, follow_ups in sets.items():
            made = counted(session, follow_ups)
            routes, told = f"{made.routed}/{made.asked}", f"{made.told}/{made.telling}"
            print(f"{name:<28} {routes:>12} {told:>13}")
            if failures and follow_ups is session_questions.SEEN:
                print("\n".join(made.failures))


def row(what: str, seconds: Sequence[float], target: str) -> str:
    """One line of the table."""
    median, worst = statistics.median(seconds), max(seconds)
    return f"{what:<44} {median:8.3f} s {worst:8.3f} s  {target}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--routes", action="store_true")
    parser.add_argument("--failures", action="store_true")
    given = parser.parse_args()
    turns: int = given.turns
    with tempfile.TemporaryDirectory() as folder:
        if given.routes:
            print_routes(Path(folder), failures=given.failures)
            return
        question, fresh, others, disk = measured(Path(folder), turns)
    print(f"{'':<44} {'median':>10} {'worst':>10}  target")
    every = [question, fresh, *others]
    print(row("first progress", [one.first for one in every], "<= 0.3 s"))
    print(row("follow-up from the store", [one.whole for one in others], "<= 1.5 s"))
    print(row("the first one after opening again", [fresh.whole], ""))
    print(row("the question itself", [question.whole], ""))
    print(f"{turns} turns on disk: {disk / 1e6:.1f} MB (target <= 20 MB)")


if __name__ == "__main__":
    main()
