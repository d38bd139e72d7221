"""What was measured of a judge, as records that are written to a file and read again."""

from pathlib import Path

from pydantic import ValidationError

from assignee.errors import ReadingError
from assignee.evals.bootstrap import Estimate
from assignee.evals.opinions import Answer, Key, Opinions
from assignee.evals.readers import fault
from assignee.records import Record, Stance, StanceScores


class Outcome(Record):
    """One item and what was said of it."""

    id: str
    document: str
    claim: str
    gold: Stance
    stance: Stance | None
    confidence: float | None
    """Of the stance that was said; calibrated, if the scores are."""
    probabilities: StanceScores | None
    raw: StanceScores | None
    quote: str
    why: str
    phenomenon: str = ""

    @property
    def right(self) -> bool:
        """Whether the annotators say the same."""
        return self.stance == self.gold


class ClassFigures(Record):
    """How well one class is told from the others."""

    items: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


class CalibrationFigures(Record):
    """How far stated confidences can be believed."""

    error: Estimate
    """Expected calibration error, ten equal-width bins."""
    error_15: Estimate
    """The same with fifteen bins."""
    perfect_mean: float
    perfect_p95: float
    """Mean and 95th percentile of the error in ten bins of a perfectly calibrated judge."""
    brier: Estimate
    log_loss: Estimate


class Point(Record):
    """Accuracy on the most confident share of the items."""

    coverage: float
    accuracy: Estimate


class SelectionFigures(Record):
    """What falling silent when in doubt is worth."""

    points: tuple[Point, ...]
    area: Estimate
    """Area under the risk-coverage curve."""


class AbstentionFigures(Record):
    """What the profile's threshold does: a spoken stance below it is taken as neutral."""

    threshold: float
    spoken: Estimate
    """Share of items on which a stance is still spoken."""
    risk: Estimate
    """Share of wrong ones among the spoken stances."""
    macro_f1: Estimate


class Verification(Record):
    """Everything that was measured of one judge on one set."""

    set: str
    judge: str
    graded: bool
    calibrated: str
    """How the probabilities were made."""
    items: int
    documents: int
    unjudged: int
    accuracy: Estimate
    macro_f1: Estimate
    classes: dict[str, ClassFigures]
    confusion: dict[str, tuple[int, ...]]
    """Gold stance to counts of what was said: the three stances, then not judged."""
    calibration: CalibrationFigures | None
    """`None` where the judge gives no probabilities."""
    selection: SelectionFigures | None
    abstention: AbstentionFigures | None
    phenomena: dict[str, Estimate]
    """Accuracy on what each item tests, in a set that is made so."""
    outcomes: tuple[Outcome, ...]

    def errors(self) -> list[Outcome]:
        """The wrong items, the most confident first."""
        wrong = [outcome for outcome in self.outcomes if not outcome.right]
        return sorted(wrong, key=lambda outcome: -(outcome.confidence or 0))


class Comparison(Record):
    """Two judges on the items that both were asked about."""

    first: str
    second: str
    items: int
    accuracy: Estimate
    macro_f1: Estimate
    """Differences, first minus second, by the paired bootstrap."""
    both: int
    only_first: int
    only_second: int
    neither: int
    """Who is right where."""
    p_value: float
    """McNemar's exact test, which takes the items to be independent."""


def read_verification(path: Path) -> Verification:
    """What an earlier measurement wrote.

    Raises:
        ReadingError: the file is no such record.
    """
    try:
        return Verification.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ReadingError(str(path), fault(error)) from None


def opinions_of(found: Verification) -> Opinions:
    """The answers of an earlier measurement."""
    answers = {
        Key(o.id, o.document): Answer(o.stance, o.raw, o.quote, o.why) for o in found.outcomes
    }
    return Opinions(found.judge, found.graded, answers)
