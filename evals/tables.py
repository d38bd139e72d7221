"""What the harness prints: every line says by itself what it is, also in a pipe."""

from collections.abc import Sequence

from assignee.engines.calibration import Profile
from assignee.evals.bootstrap import Estimate
from assignee.evals.retrieve import Retrieval
from assignee.evals.verification import (
    AbstentionFigures,
    CalibrationFigures,
    ClassFigures,
    Comparison,
    Outcome,
    SelectionFigures,
    Verification,
)
from assignee.terminal import counted, rows, show

HEADER = ("figure", "value", "95 % interval")
Row = tuple[str, str, str]


def figure(name: str, found: Estimate) -> Row:
    """A line of one figure with its interval."""
    value = "undefined" if found.value is None else f"{found.value:.3f}"
    known = found.low is not None and found.high is not None
    return name, value, f"{found.low:.3f} to {found.high:.3f}" if known else ""


def show_verification(found: Verification) -> None:
    """Figures, then the confusion table."""
    show(f"{found.judge} on {found.set}: {counted(found.items, 'claim-document pair')}, "
         f"{counted(found.documents, 'document')}", style="bold")  # fmt: skip
    show(f"calibration: {found.calibrated}")
    if found.unjudged:
        show(f"not judged, which counts as wrong: {counted(found.unjudged, 'pair')}")
    rows(HEADER, [
        figure("macro-F1", found.macro_f1),
        figure("accuracy", found.accuracy),
        *class_rows(found.classes),
        *calibration_rows(found.calibration),
        *selection_rows(found.selection),
        *abstention_rows(found.abstention),
        *(figure(f"accuracy, {name}", share) for name, share in found.phenomena.items()),
    ])  # fmt: skip
    show_confusion(found.confusion, [*found.confusion, "not judged"])


def class_rows(classes: dict[str, ClassFigures]) -> list[Row]:
    """F1, precision and recall of every class."""
    return [
        figure(f"{name}, {what} (n = {found.items})", value)
        for name, found in classes.items()
        for what, value in (
            ("F1", found.f1), ("precision", found.precision), ("recall", found.recall)
        )
    ]  # fmt: skip


def calibration_rows(found: CalibrationFigures | None) -> list[Row]:
    """The calibration error beside what a perfect judge would show, Brier score, log loss."""
    if found is None:
        return [("calibration error", "not calibrated", "")]
    value = found.error.value or 0
    place = "within" if value <= found.perfect_p95 else "beyond"
    return [
        figure("calibration error (ECE, 10 bins)", found.error),
        (
            "the same of a perfectly calibrated judge",
            f"{found.perfect_mean:.3f}",
            f"95 % below {found.perfect_p95:.3f}: the judge is {place} that",
        ),
        figure("calibration error (ECE, 15 bins)", found.error_15),
        figure("Brier score (0 to 2)", found.brier),
        figure("log loss (nats)", found.log_loss),
    ]


def selection_rows(found: SelectionFigures | None) -> list[Row]:
    """Accuracy by coverage and the area under the risk-coverage curve."""
    if found is None:
        return []
    points = [
        figure(f"accuracy at {100 * p.coverage:.0f} % coverage", p.accuracy) for p in found.points
    ]
    return [*points, figure("area under risk and coverage (AURC)", found.area)]


def abstention_rows(found: AbstentionFigures | None) -> list[Row]:
    """What the profile's threshold does."""
    if found is None:
        return []
    at = f"at the profile's threshold {found.threshold:.3f}"
    return [
        figure(f"stances spoken {at}", found.spoken),
        figure(f"wrong among them {at}", found.risk),
        figure(f"macro-F1 {at}", found.macro_f1),
    ]


def show_confusion(confusion: dict[str, tuple[int, ...]], said: Sequence[str]) -> None:
    """Gold by said, in counts; a column that is empty everywhere is left out."""
    kept = [place for place in range(len(said))
            if place < len(confusion) or any(row[place] for row in confusion.values())]  # fmt: skip
    show("")
    rows(
        ("gold \\ said", *(said[place] for place in kept)),
        [
            (f"{gold} said as", *(f"{counts[place]} {said[place]}" for place in kept))
            for gold, counts in confusion.items()
        ],
    )


def show_errors(found: Verification, most: int) -> None:
    """The wrong items, the most confident first."""
    wrong = found.errors()
    show(f"\n{counted(len(wrong), 'error')} of {counted(found.items, 'pair')}"
         f"{f', the first {most}' if most < len(wrong) else ''}", style="bold")  # fmt: skip
    for outcome in wrong[:most]:
        show(error_text(outcome) + "\n")


def error_text(outcome: Outcome) -> str:
    """One wrong item: the claim, both stances, the confidence, the sentence that decided."""
    said = outcome.stance or "not judged"
    sure = "" if outcome.confidence is None else f" ({outcome.confidence:.2f})"
    lines = [
        f"claim {outcome.id}, document {outcome.document}: {outcome.claim}",
        f"  gold {outcome.gold}, said {said}{sure}",
        f"  decided by: {outcome.quote}" if outcome.quote else "",
        f"  why: {outcome.why}" if outcome.why else "",
    ]
    return "\n".join(filter(None, lines))


def show_comparison(found: Comparison) -> None:
    """Differences and who is right where."""
    show(f"\n{found.first} minus {found.second}: {counted(found.items, 'pair')} that both were "
         "asked about", style="bold")  # fmt: skip
    rows(HEADER, [
        figure("difference in macro-F1", found.macro_f1),
        figure("difference in accuracy", found.accuracy),
    ])  # fmt: skip
    show("")
    rows(("right", "pairs"), [
        ("both", str(found.both)),
        (f"only {found.first}", str(found.only_first)),
        (f"only {found.second}", str(found.only_second)),
        ("neither", str(found.neither)),
    ])  # fmt: skip
    show(f"McNemar's exact test, which takes pairs to be independent: p = {found.p_value:.2g}")


def show_retrieval(found: Retrieval) -> None:
    """Quality and time of every ranking."""
    show(f"{counted(found.queries, 'query') if found.queries == 1 else f'{found.queries} queries'}"
         f" over {counted(found.documents, 'document')}", style="bold")  # fmt: skip
    rows(HEADER, [
        line
        for ranking in found.rankings
        for line in (
            figure(f"{ranking.name}, nDCG@10", ranking.ndcg),
            figure(f"{ranking.name}, recall@10", ranking.recall_10),
            figure(f"{ranking.name}, recall@100", ranking.recall_100),
            (f"{ranking.name}, ms a query", f"{ranking.median_ms:.1f} median",
             f"{ranking.p95_ms:.1f} at the 95th percentile"),
        )
    ])  # fmt: skip


def show_profile(profile: Profile) -> None:
    """The profile for people: what it was fitted on, its method, figures and threshold."""
    sets = ", ".join(
        f"{one.name} ({counted(one.items, 'item')}, {counted(one.documents, 'document')})"
        for one in profile.fitted_on
    )
    losses = ", ".join(f"{name} {loss:.3f}" for name, loss in profile.losses.items())
    show(f"{profile.judge} on {sets}")
    show(f"method: {profile.method.name} (log loss in cross-validation: {losses})")
    rows(
        ("cross-fitted", "value", "95 % interval"),
        [
            (f.name, f"{f.value:.3f}", "" if f.low is None else f"{f.low:.3f} to {f.high:.3f}")
            for f in profile.metrics
        ],
    )
    show(risk_text(profile))
    show(f"outside these domains: temperature {profile.outside.temperature:.2f}, measured on "
         f"{profile.outside.measured_on}")  # fmt: skip
    show(f"digest: {profile.digest()}")


def risk_text(profile: Profile) -> str:
    """The threshold and what it promises, or that it cannot."""
    risk = profile.risk
    if risk.share is None:
        return "no stance but neutral was most probable anywhere: this judge always abstains"
    text = (
        f"threshold {profile.threshold:.3f}: {risk.share:.1%} of {risk.spoken} spoken stances "
        f"wrong, upper 95 % bound {risk.upper:.1%}"
    )
    return text if risk.met else f"{text}; {risk.wanted:.0%} was out of reach, this is the lowest"
