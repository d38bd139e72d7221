"""Two reports side by side: ratings, verdicts that changed, claims and papers that only one has."""

from collections import Counter
from dataclasses import dataclass

from assignee.records import Claim, Paper, Report, Verdict

Key = tuple[str, str]
"""A claim's words and the work that they come from: its id also hangs on the quote's place."""


@dataclass(frozen=True)
class Row:
    """A number or a word of either report."""

    name: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        """Whether the reports differ in it."""
        return self.one != self.other


@dataclass(frozen=True)
class Stated:
    """A claim as one report has it."""

    claim: Claim
    verdict: Verdict
    paper: Paper
    number: int


@dataclass(frozen=True)
class Comparison:
    """What two reports have in common and what they have not."""

    figures: tuple[Row, ...]
    scores: tuple[Row, ...]
    changed: tuple[tuple[Stated, Stated], ...]
    """Claims that both have, with another verdict."""
    same: int
    """Claims that both have, with the same verdict."""
    only_one: tuple[Stated, ...]
    only_other: tuple[Stated, ...]
    papers_one: tuple[Paper, ...]
    papers_other: tuple[Paper, ...]


def compare(one: Report, other: Report) -> Comparison:
    """Compare two reports, whatever they ask."""
    first, second = _stated(one), _stated(other)
    both = [key for key in first if key in second]
    changed = tuple(
        (first[key], second[key])
        for key in both
        if first[key].verdict.label != second[key].verdict.label
    )
    here, there = ({p.identity: p for p in report.papers} for report in (one, other))
    return Comparison(
        figures=_figures(one, other),
        scores=_scores(one, other),
        changed=changed,
        same=len(both) - len(changed),
        only_one=tuple(first[key] for key in first if key not in second),
        only_other=tuple(second[key] for key in second if key not in first),
        papers_one=tuple(here[name] for name in here if name not in there),
        papers_other=tuple(there[name] for name in there if name not in here),
    )


def _stated(report: Report) -> dict[Key, Stated]:
    papers = {paper.id: paper for paper in report.papers}
    verdicts = {verdict.claim_id: verdict for verdict in report.verdicts}
    return {
        (" ".join(claim.text.casefold().split()), papers[claim.paper_id].identity): Stated(
            claim, verdicts[claim.id], papers[claim.paper_id], number
        )
        for number, claim in enumerate(report.claims, 1)
    }


def _figures(one: Report, other: Report) -> tuple[Row, ...]:
    labels = [Counter(verdict.label for verdict in report.verdicts) for report in (one, other)]
    words = list(labels[0] | labels[1])
    rows = [
        Row("Engine", one.stamp.engine, other.stamp.engine),
        Row("Papers read", str(one.counts.papers_read), str(other.counts.papers_read)),
        Row("Claims", str(len(one.claims)), str(len(other.claims))),
        *(Row(f"Claims {word}", str(labels[0][word]), str(labels[1][word])) for word in words),
        Row("Contradictions", str(len(one.contradictions)), str(len(other.contradictions))),
    ]
    settings = {**one.stamp.settings, **other.stamp.settings}
    for name in sorted(settings):
        here, there = (str(report.stamp.settings.get(name)) for report in (one, other))
        if here != there:
            rows.append(Row(f"Setting {name}", here, there))
    return tuple(rows)


def _scores(one: Report, other: Report) -> tuple[Row, ...]:
    reviewers = dict.fromkeys((*one.rating.scores, *other.rating.scores))
    return (
        Row("Overall", _score(one.rating.score), _score(other.rating.score)),
        *(
            Row(name, _score(one.rating.scores.get(name)), _score(other.rating.scores.get(name)))
            for name in reviewers
        ),
    )


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
