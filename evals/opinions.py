"""What a judge says of labelled items: an engine that is asked, or verdicts on record.

A judge is named as `local` or `llm`, as one of the baselines `majority` and `claim-only`, or by a
file: recorded verdicts of several models (`FILE` is their vote, `FILE#MODEL` one of them), or what
`assignee eval verify --json` wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel

from assignee.engines.calibration import paper_scores, scores_of
from assignee.engines.protocol import Judge, Judgement
from assignee.errors import SettingsError, nearest
from assignee.evals.engines import opened
from assignee.evals.items import STANCES, StanceItem, request_of
from assignee.evals.readers import DocId, rows_of
from assignee.records import Stance, StanceScores
from assignee.settings import Settings

VERDICTS: dict[str, Stance] = {
    "SUPPORTS": "supports",
    "REFUTES": "contradicts",
    "NOT_ENOUGH_INFO": "neutral",
}


class Key(NamedTuple):
    """Names an item within its set."""

    id: str
    document: str


class Answer(NamedTuple):
    """What a judge says of one item."""

    stance: Stance | None
    """`None` where it gave no usable answer."""
    raw: StanceScores | None = None
    """Its uncalibrated scores; made of stance and strength where it gives none."""
    quote: str = ""
    why: str = ""


UNANSWERED = Answer(None, why="no answer")


class Opinions(NamedTuple):
    """A judge's answers."""

    judge: str
    graded: bool
    """Whether the judge itself gives scores for all three stances."""
    answers: Mapping[Key, Answer]


def key_of(item: StanceItem) -> Key:
    """The item's name."""
    return Key(item.id, item.document)


def answers_of(items: Sequence[StanceItem], opinions: Opinions) -> list[Answer]:
    """The answers in the items' order; what was never asked counts as not judged."""
    return [opinions.answers.get(key_of(item), UNANSWERED) for item in items]


async def asked(items: Sequence[StanceItem], judge: Judge) -> Opinions:
    """Ask a judge about every item, each with its whole document."""
    judged = await judge.judge([request_of(item) for item in items])
    answers = {
        key_of(item): answer(judgements) for item, judgements in zip(items, judged, strict=True)
    }
    graded = any(j.scores is not None for judgements in judged for j in judgements or ())
    return Opinions(judge.name, graded, answers)


def answer(judgements: Sequence[Judgement] | None) -> Answer:
    """One answer of a document's judgements: the strongest that takes a stance speaks for it."""
    if judgements is None:
        return UNANSWERED
    if not judgements:
        return Answer("neutral", paper_scores(()), why="nothing in the text speaks of the claim")
    deciding = max(judgements, key=lambda j: (j.stance != "neutral", j.score))
    return Answer(deciding.stance, scores_of(deciding), deciding.quote, deciding.why)


async def engine_opinions(
    items: Sequence[StanceItem], settings: Settings, *, announce: Callable[[str], None]
) -> Opinions:
    """Ask the judge of the settings' engine.

    Raises:
        SettingsError: an LLM was asked for and there is no key.
        EngineError: the endpoint gave no usable answer.
    """

    def tell() -> None:
        where = f"{settings.base_url}, model {settings.model_of('judge')}"
        announce(f"Sending {len(items)} claims, each with a document, to {where}.")

    async with opened(settings, announce=tell) as engine:
        return await asked(items, engine.judge)


class _Recorded(BaseModel):
    """Verdicts of several models on one item."""

    id: DocId
    doc_id: DocId
    verdicts: dict[str, Literal["SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"] | None]


def recorded_verdicts(path: Path, model: str | None) -> Opinions:
    """The recorded verdicts of one model, or the vote of all with its shares as scores.

    Raises:
        ReadingError: a line is damaged.
        SettingsError: no verdicts of that model are there.
    """
    rows = list(rows_of(path, _Recorded))
    models = {name for row in rows for name in row.verdicts}
    if model is not None and model not in models:
        raise SettingsError(f"{str(path)!r} has no verdicts of {model!r}; {nearest(model, models)}")
    answers = {}
    for row in rows:
        given = row.verdicts if model is None else {model: row.verdicts.get(model)}
        votes = [VERDICTS[label] for label in given.values() if label is not None]
        answers[Key(str(row.id), str(row.doc_id))] = voted(votes)
    name = f"{path.name}#{model}" if model else f"vote of {len(models)} in {path.name}"
    return Opinions(name, model is None, answers)


def voted(votes: Sequence[Stance]) -> Answer:
    """The stance of most votes; of equals the more cautious."""
    if not votes:
        return UNANSWERED
    if len(votes) == 1:
        alone = Judgement(window=0, stance=votes[0], why="recorded verdict")
        return Answer(alone.stance, scores_of(alone), why=alone.why)
    shares = {stance: votes.count(stance) / len(votes) for stance in STANCES}
    scores = StanceScores(**shares)
    return Answer(scores.best, scores, why=f"{votes.count(scores.best)} of {len(votes)} votes")
