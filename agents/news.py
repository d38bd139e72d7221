"""What a repeated search found that the earlier one had not, told by work and not by record."""

from collections.abc import Sequence

from assignee.agents.wording import capital, counted, verb, was
from assignee.identity import same
from assignee.records import Hit, News, Paper


def what_is_new(then: Sequence[Paper], now: Sequence[Paper], *, since: str) -> News:
    """What the later search found that the earlier one had not, and the other way round.

    Papers are compared as records are when they are merged, so that a preprint of then and its
    article of now are one paper.

    Args:
        then: what the earlier search found.
        now: what the later one found.
        since: ISO date of the earlier one.
    """
    place_of = {paper.id: number for number, paper in enumerate(then)}
    earlier = {
        number: [place for place in group if place < len(then)]
        for group in same([Hit(source="", paper=paper) for paper in (*then, *now)]).groups
        for number in group
    }
    matches = [
        earlier[len(then) + number] or ([place_of[paper.id]] if paper.id in place_of else [])
        for number, paper in enumerate(now)
    ]
    again = {place for match in matches for place in match}
    pairs = list(zip(now, matches, strict=True))
    return News(
        since=since,
        known=sum(1 for match in matches if match),
        new=tuple(paper.id for paper, match in pairs if not match),
        gone=tuple(paper.title for place, paper in enumerate(then) if place not in again),
        retracted=tuple(paper.id for paper, match in pairs if _retracted_since(paper, then, match)),
    )


def _retracted_since(paper: Paper, then: Sequence[Paper], match: Sequence[int]) -> bool:
    return paper.retracted and bool(match) and not any(then[place].retracted for place in match)


def repeated(news: News, *, date: str) -> str:
    """That a search was repeated, and how much of what it found is new; `date` as it is shown."""
    new = len(news.new)
    return (
        f"The search of {date} was repeated. {capital(counted(new, 'paper'))} "
        f"{was(new)} found that it had not found, and {counted(news.known, 'paper')} that it had."
    )


def retracted_since(news: News) -> str:
    """How many of the papers of then were retracted since."""
    number = len(news.retracted)
    return (
        f"{capital(counted(number, 'paper'))} found then {verb(number, 'has', 'have')} been "
        "retracted since."
    )


def gone(news: News) -> str:
    """How many of the papers of then were not found again, without a full stop."""
    number = len(news.gone)
    return f"{capital(counted(number, 'paper'))} found then {was(number)} not found this time"
