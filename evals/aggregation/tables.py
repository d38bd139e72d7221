"""What the aggregation laboratory found, on the terminal; in a pipe every line tells all by itself.

A block holds one metric, so that the ways to put reviewers together stand below each other.
"""

from collections.abc import Iterator, Sequence

from assignee.evals.aggregation.laboratory import (
    ConfidenceRow,
    ScoreLaboratory,
    ScoreRow,
    VerdictLaboratory,
    VerdictRow,
)
from assignee.evals.bootstrap import Estimate
from assignee.evals.tables import figure
from assignee.terminal import counted, rows, show

HEADER = ("metric", "of", "value", "95 % interval")
SCORES = {
    "spearman": "Spearman with the human mean",
    "auc": "AUC of acceptance",
    "error": "MAE as scored",
    "calibrated": "MAE after an offset",
    "gain": "Spearman above the mean's",
}
VERDICTS = {
    "coverage": "coverage",
    "accuracy": "accuracy; silence is not right",
    "spoken": "accuracy where it speaks",
    "gain": "accuracy above the best single judge's",
}

Row = tuple[str, str, str, str]
Line = tuple[str, ScoreRow | VerdictRow]


def row(metric: str, name: str, found: Estimate) -> Row:
    """One figure of one way."""
    _, value, interval = figure(metric, found)
    return metric, name, value, interval


def show_reducers(found: ScoreLaboratory) -> None:
    """Reducers, baselines and reviewers by every metric, then what humans reach."""
    missing = f", {found.missing:.0%} of the scores missing" if found.missing else ""
    show(
        f"{found.dataset}: {counted(found.samples, 'sample')} from "
        f"{counted(found.groups, 'source document')}, "
        f"{counted(len(found.members), 'reviewer')}{missing}",
        style="bold",
    )
    lines: list[tuple[str, ScoreRow]] = [
        *((line.name, line) for line in found.reducers),
        *((f"{line.name} (baseline)", line) for line in found.baselines),
        *((f"{line.name} (alone)", line) for line in found.members),
    ]
    for field, metric in SCORES.items():
        block(_figures(field, metric, lines))
    block([
        row("Spearman with the human mean", "one human, the others' mean", found.one_human),
        row("Spearman with the human mean", "ceiling, √(reliability of the human mean)",
            found.ceiling),
    ])  # fmt: skip
    block([
        row("Spearman of two humans", f"columns {pair.first} and {pair.second}", pair.spearman)
        for pair in found.humans
    ])  # fmt: skip
    for name, line in lines:
        if line.why:
            show(f"no {name}: {line.why}")


def show_rules(found: VerdictLaboratory) -> None:
    """Rules by every metric, judges by their accuracy, then what confidence is worth."""
    show(
        f"{found.dataset}: {counted(found.items, 'item')} from "
        f"{counted(found.groups, 'source document')}, {counted(found.voters, 'voter')}",
        style="bold",
    )
    together = [(line.name, line) for line in (*found.rules, found.best)]
    for field, metric in VERDICTS.items():
        block(_figures(field, metric, together))
    alone = [(f"{line.name} (alone)", line) for line in found.judges]
    block(_figures("accuracy", VERDICTS["accuracy"], alone))
    block(list(_confidences(found.confidence)))
    worse = len(found.worse_than_chance)
    show(f"worse than chance: {worse} of {counted(found.voters, 'voter')}")
    for line in found.rules:
        if line.renamed is not None:
            show(f"{line.name}: accuracy {line.renamed:.3f} with the labels exchanged as fits best")


def block(lines: Sequence[Row]) -> None:
    """A table and an empty line after it; nothing where all is undefined."""
    if lines:
        rows(HEADER, lines)
        show("")


def _figures(field: str, metric: str, lines: Sequence[Line]) -> list[Row]:
    found: list[tuple[str, Estimate]] = [(name, getattr(line, field)) for name, line in lines]
    return [row(metric, name, one) for name, one in found if one.value is not None]


def _confidences(lines: Sequence[ConfidenceRow]) -> Iterator[Row]:
    for place in range(len(lines[0].points) if lines else 0):
        for line in lines:
            point = line.points[place]
            metric = f"accuracy on the surest {point.coverage:.0%}"
            yield row(metric, line.name, point.accuracy)
    for line in lines:
        yield row("area under risk and coverage (AURC)", line.name, line.area)
