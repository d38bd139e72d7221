"""What the harness reads and writes: datasets of samples, and trials.

>>> Sample(id="a", group="a", human=(3, 5)).human_mean
4.0
"""

from collections import Counter
from typing import Literal, Self

from pydantic import Field, model_validator

from assignee.records import Dossier, Record, Review, Severity

Kind = Literal["planted", "recorded", "rated"]
"""Where a sample's truth comes from: edits that were planted, or human scores beside recorded
reviewers (no model is called) or beside a report that is reviewed live."""

CLEAN = "clean"
"""Family of a sample in which nothing was edited."""


class Polishing(Record):
    """What a language model made of a report's sentences, and what the guard refused of it."""

    model: str
    prompt: str
    """Name and version, such as `polish@6c7be37645a9`."""
    sentences: int
    """Sentences that the model was shown."""
    changed: int
    """Sentences that stand in the report in the model's words."""
    refused: dict[str, int] = Field(default_factory=dict)
    """Sentences that stayed as they were, by what the model's words did not keep."""
    unanswered: int = 0
    """Sentences that stayed because no usable reply spoke of them."""
    failures: tuple[str, ...] = ()
    """Why there was no usable reply, each once."""


class Edit(Record):
    """One change that was planted in a dossier: the manifest, which no reviewer sees."""

    operator: str
    """Name of the operator, such as `changed number`."""
    family: str
    """Operators that the same check should catch make one family."""
    harmless: bool = False
    """Whether it must not matter (a null edit); otherwise it is a flaw."""
    place: str
    """Where it was planted: a claim's id, a section's name or a reference's key."""
    before: str
    """The words that stood there; empty where something was added."""
    after: str
    """The words that stand there now; empty where something was taken away."""
    why: str
    """Why it is wrong, or why it must not matter."""
    severity: Severity = "minor"
    polishing: Polishing | None = None
    """Which model rewrote how many sentences, where that is the edit."""


class Sample(Record):
    """One item that panels are measured on."""

    id: str = Field(min_length=1)
    """Stable: the same item has the same id in every run."""
    group: str = Field(min_length=1)
    """The source document; samples of one group are drawn together in a bootstrap."""
    human: tuple[float, ...] = ()
    """Scores by humans, on the dataset's scale."""
    accepted: bool | None = None
    """What humans decided; `None` where there was no decision."""
    words: int | None = Field(default=None, ge=0)
    """Length of the text."""
    recorded: dict[str, float | None] = Field(default_factory=dict)
    """Scores on record by reviewer; `None` where one gave no score."""
    dossier: Dossier | None = None
    """What live reviewers see; `None` where all scores are on record."""
    base: str | None = None
    """Id of the clean sample that was edited; `None` for a clean one."""
    edit: Edit | None = None

    @property
    def human_mean(self) -> float | None:
        """Mean of the human scores; `None` without any."""
        return sum(self.human) / len(self.human) if self.human else None

    @property
    def family(self) -> str:
        """The edit's family, or `clean`."""
        return self.edit.family if self.edit else CLEAN


class Dataset(Record):
    """Samples on one scale."""

    name: str
    kind: Kind
    scale: tuple[float, float] = (0.0, 10.0)
    """Least and largest score that humans and reviewers can give."""
    samples: tuple[Sample, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        doubles = [id_ for id_, n in Counter(s.id for s in self.samples).items() if n > 1]
        if doubles:
            raise ValueError(f"two samples have the id {doubles[0]!r}")
        low, high = self.scale
        for sample in self.samples:
            given = [score for score in sample.recorded.values() if score is not None]
            wrong = [score for score in (*sample.human, *given) if not low <= score <= high]
            if wrong:
                raise ValueError(
                    f"sample {sample.id!r} has a score of {wrong[0]:g}, outside the scale "
                    f"{low:g} to {high:g}"
                )
        return self


class Spent(Record):
    """What one trial cost."""

    calls: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    """`None` when an endpoint did not say; unknown is not 0."""
    cost: float | None = None
    """US dollars; `None` when unknown."""
    seconds: float = 0.0


class Trial(Record):
    """One panel's opinion of one sample at one epoch: a line of the trials' file."""

    panel: str
    sample: str
    epoch: int = Field(ge=1)
    fingerprint: str
    """Digest of all that decided the opinion: panel, models, prompts, program and the dossier."""
    scores: dict[str, float | None]
    """Each reviewer's score; `None` when unscored."""
    score: float | None
    """The panel's rating; `None` when unscored."""
    unscored: dict[str, str] = Field(default_factory=dict)
    """Why a reviewer (or, as `panel`, the whole panel) gave no score."""
    reviews: tuple[Review, ...] = ()
    """Answers and findings of live reviewers."""
    spent: Spent = Spent()
