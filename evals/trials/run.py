"""Runs panels over samples: what was done before is used again, what ends is on the disk at once.

Several samples are reviewed at a time, each in a seat of its own, whose meter tells what one trial
cost. Replies of models are not kept beyond their trial, so that a repetition repeats nothing.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from assignee.engines.checklists import CHECKLISTS
from assignee.errors import SettingsError
from assignee.evals.aggregation.reducers import REDUCERS, Scores
from assignee.evals.trials.cost import UNLIMITED, Budget, Limits, refuse_unpriced, spent_between
from assignee.evals.trials.panels import Panels, RecordedPanel
from assignee.evals.trials.records import Dataset, Sample, Trial
from assignee.evals.trials.store import TrialStore
from assignee.records import SCHEMA_VERSION, PanelRating, PanelSpec, Review
from assignee.records.base import digest_of
from assignee.settings import Settings
from assignee.version import VERSION

if TYPE_CHECKING:
    from assignee.assembly import Assembled
    from assignee.engines.embedder import Embedder
    from assignee.graph.context import Context
    from assignee.graph.state import State
    from assignee.library import Library

WHOLE = "panel"
"""The key under which a trial tells why the panel as a whole gave no score."""


class Task(NamedTuple):
    """A trial to be made."""

    panel: PanelSpec
    sample: Sample
    epoch: int
    fingerprint: str


@dataclass
class Outcome:
    """What a run made, what it could use again, and why it ended before everything was done."""

    made: int = 0
    reused: int = 0
    missing: int = 0
    stopped: str | None = None


Watch = Callable[[int, int, str], None]
"""Told after each trial: how many are done, of how many, and which."""


async def run_trials(
    dataset: Dataset,
    panels: Panels,
    store: TrialStore,
    *,
    settings: Settings,
    epochs: int = 1,
    at_once: int = 4,
    limits: Limits = UNLIMITED,
    watch: Watch | None = None,
    announce: Callable[[str], None] | None = None,
) -> Outcome:
    """Have every panel review every sample `epochs` times, as far as the limits allow.

    Raises:
        SettingsError: a panel asks for a language model and the settings name none, a sample has
            nothing to review, or a file of trials is damaged.
    """
    outcome = Outcome()
    for panel in panels.recorded:
        _take_recorded(dataset, panel, store, outcome)
    if not panels.live:
        return outcome
    _refuse_what_cannot_run(dataset, panels, settings)
    refuse_unpriced(limits, settings)
    with tempfile.TemporaryDirectory(prefix="assignee-eval-") as home:
        private = settings.model_copy(
            update={"home": Path(home), "max_cost": None, "max_tokens": None, "max_seconds": None}
        )
        async with _open_library(private) as (library, embedder):
            seat = _Seats(private, library, embedder, announce)
            tasks = await _to_do(dataset, panels, store, epochs, seat, outcome)
            await _work(tasks, store, seat, at_once, limits, outcome, watch)
    return outcome


def _refuse_what_cannot_run(dataset: Dataset, panels: Panels, settings: Settings) -> None:
    for panel in panels.live:
        asking = [seat.id for seat in panel.reviewers if seat.engine == "llm"]
        if asking and settings.engine != "llm":
            raise SettingsError(
                f"reviewer {asking[0]!r} of panel {panel.name!r} asks for a language model: "
                "give --engine llm and a model"
            )
    empty = next((sample.id for sample in dataset.samples if sample.dossier is None), None)
    if empty is not None:
        raise SettingsError(f"sample {empty!r} of {dataset.name} holds no report to review")


def _take_recorded(
    dataset: Dataset, panel: RecordedPanel, store: TrialStore, outcome: Outcome
) -> None:
    """The panel's trials from the record; written anew where record or panel have changed."""
    trials = [recorded_trial(sample, panel) for sample in dataset.samples]
    known = {(trial.sample, trial.fingerprint) for trial in store.read(panel.name)}
    new = [trial for trial in trials if (trial.sample, trial.fingerprint) not in known]
    store.appender(panel.name)(new)
    outcome.made += len(new)
    outcome.reused += len(trials) - len(new)


def recorded_trial(sample: Sample, panel: RecordedPanel) -> Trial:
    """What a panel of recorded reviewers says of a sample."""
    scores = {name: sample.recorded.get(name) for name in panel.reviewers}
    given = [score for score in scores.values() if score is not None]
    unscored = {name: "no score on record" for name, score in scores.items() if score is None}
    enough = len(given) >= panel.quorum
    if not enough:
        unscored[WHOLE] = f"{len(given)} scores are fewer than the quorum of {panel.quorum}"
    return Trial(
        panel=panel.name,
        sample=sample.id,
        epoch=1,
        fingerprint=digest_of([panel.model_dump(mode="json"), scores]),
        scores=scores,
        score=reduced(given, panel.aggregation) if enough else None,
        unscored=unscored,
    )


def reduced(given: Sequence[float], how: str) -> float:
    """One score of one or more, by the reducer of that name."""
    alone = Scores(np.array([given]), np.full(1, np.nan), ["-"])
    return float(REDUCERS[how].reduce(alone)[0])


@asynccontextmanager
async def _open_library(settings: Settings) -> "AsyncIterator[tuple[Library, Embedder]]":
    from assignee.engines.embedder import Embedder
    from assignee.library import Library

    embedder = Embedder()
    library = await asyncio.to_thread(Library.open, settings.home / "library", embedder)
    try:
        yield library, embedder
    finally:
        await asyncio.to_thread(library.close)


class _Seats:
    """Opens contexts of the machine, each with its own meter."""

    def __init__(
        self,
        settings: Settings,
        library: "Library",
        embedder: "Embedder",
        announce: Callable[[str], None] | None,
    ) -> None:
        self._settings, self._library, self._embedder = settings, library, embedder
        self._announce = announce

    @asynccontextmanager
    async def open(self) -> "AsyncIterator[Context]":
        from assignee.assembly import assemble
        from assignee.execution import tracing

        announce, self._announce = self._announce, None
        assembled: Assembled = assemble(
            self._settings,
            run_id="eval",
            library=self._library,
            embedder=self._embedder,
            announce=announce,
            without_papers=True,
        )
        try:
            with tracing(self._settings):
                yield assembled.context
        finally:
            if assembled.aclose is not None:
                await assembled.aclose()


async def _to_do(
    dataset: Dataset,
    panels: Panels,
    store: TrialStore,
    epochs: int,
    seats: _Seats,
    outcome: Outcome,
) -> list[Task]:
    """What is missing, one sample after the other, so that an early stop leaves whole samples."""
    async with seats.open() as context:
        asked = {panel.name: _asked(panel, context) for panel in panels.live}
    done = {
        (trial.panel, trial.sample, trial.epoch, trial.fingerprint)
        for panel in panels.live
        for trial in store.read(panel.name)
    }
    tasks = []
    for epoch in range(1, epochs + 1):
        for sample in dataset.samples:
            assert sample.dossier is not None  # refused before
            content = sample.dossier.digest()
            for panel in panels.live:
                task = Task(panel, sample, epoch, digest_of([asked[panel.name], content]))
                if (panel.name, sample.id, epoch, task.fingerprint) in done:
                    outcome.reused += 1
                else:
                    tasks.append(task)
    return tasks


def _asked(panel: PanelSpec, context: "Context") -> str:
    """Digest of all but the sample that decides what a panel says."""
    who = []
    for seat in panel.reviewers:
        critic, name = context.critic_of(seat)
        who.append([seat.id, name, critic.prompt_for(CHECKLISTS[seat.checklist])])
    said = panel.model_dump(mode="json", exclude={"name", "description"})
    settings = context.settings
    return digest_of([said, who, settings.temperature, settings.max_output_tokens, VERSION])


async def _work(
    tasks: Sequence[Task],
    store: TrialStore,
    seats: _Seats,
    at_once: int,
    limits: Limits,
    outcome: Outcome,
    watch: Watch | None,
) -> None:
    append = {task.panel.name: store.appender(task.panel.name) for task in tasks}
    budget = Budget(limits)
    waiting = iter(tasks)

    async def work() -> None:
        async with seats.open() as context:
            for task in _until(waiting, budget):
                trial = await make_trial(task, context)
                await asyncio.to_thread(append[task.panel.name], [trial])
                budget.book(trial.spent)
                outcome.made += 1
                if watch is not None:
                    watch(outcome.made, len(tasks), f"{task.panel.name}: {task.sample.id}")

    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, len(tasks))):
            group.create_task(work())
    outcome.missing = len(tasks) - outcome.made
    outcome.stopped = budget.spent() if outcome.missing else None


def _until(tasks: Iterator[Task], budget: "Budget") -> Iterator[Task]:
    while budget.spent() is None:
        task = next(tasks, None)
        if task is None:
            return
        yield task


async def make_trial(task: Task, context: "Context") -> Trial:
    """One panel's opinion of one sample, by the machine's panel graph."""
    from assignee.graph.records import loaded, reviews_of, stored
    from assignee.graph.research import RECURSION_LIMIT, review_only

    assert task.sample.dossier is not None
    seated = replace(context, panel=task.panel)
    before, began = context.meter.usages(), time.monotonic()
    [digest] = await stored(seated, [task.sample.dossier])
    final = (
        await review_only()
        .compile()
        .ainvoke(
            {
                "schema_version": SCHEMA_VERSION,
                "run_id": "eval",
                "question": task.sample.dossier.question,
                "version": 0,
                "epoch": task.epoch,
                "dossiers": {"0": digest},
            },
            {"recursion_limit": RECURSION_LIMIT, "max_concurrency": context.settings.concurrency},
            context=seated,
        )
    )
    reviews = await reviews_of(cast("State", final), seated, 0)
    [rating] = await loaded(seated, PanelRating, [final["ratings"]["0"]])
    return Trial(
        panel=task.panel.name,
        sample=task.sample.id,
        epoch=task.epoch,
        fingerprint=task.fingerprint,
        scores=rating.scores,
        score=rating.score,
        unscored=_unscored(rating, reviews.values()),
        reviews=tuple(reviews.values()),
        spent=spent_between(before, context.meter.usages(), time.monotonic() - began),
    )


def _unscored(rating: PanelRating, reviews: Iterable[Review]) -> dict[str, str]:
    why = {
        review.reviewer: review.unscored_because or "no reason given"
        for review in reviews
        if review.score is None
    }
    return why if rating.score is not None else {**why, WHOLE: rating.how}
