"""Panels run over samples: through the graph, resumably, within limits."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from openai_brains import ChatRequest, Reply, honest
from openai_server import Server
from sample_report import sample_report
from whole_runs import KEY

from assignee.agents.dossier import dossier_of_report
from assignee.errors import SettingsError
from assignee.evals.trials.cost import UNLIMITED, Limits
from assignee.evals.trials.folder import write_dataset
from assignee.evals.trials.panels import Panels, panels_named
from assignee.evals.trials.records import Dataset, Sample, Trial
from assignee.evals.trials.run import Outcome, run_trials
from assignee.evals.trials.store import TrialStore
from assignee.settings import Settings

PATIENCE = 60


def rated(count: int) -> Dataset:
    """A dataset of one report, its question changed from sample to sample."""
    dossier = dossier_of_report(sample_report())
    return Dataset(
        name="made",
        kind="rated",
        samples=tuple(
            Sample(
                id=f"s{number}",
                group=f"g{number}",
                human=(float(number % 5),),
                dossier=dossier.model_copy(update={"question": f"Question {number}?"}),
            )
            for number in range(count)
        ),
    )


def recorded() -> Dataset:
    scores = {"a": {"x": 3.0, "y": 5.0}, "b": {"x": 8.0, "y": None}, "c": {"x": None, "y": None}}
    samples = tuple(Sample(id=i, group=i, recorded=one) for i, one in scores.items())
    return Dataset(name="kept", kind="recorded", samples=samples)


def run(
    dataset: Dataset,
    folder: Path,
    *names: str,
    epochs: int = 1,
    limits: Limits = UNLIMITED,
    **more: Any,
) -> Outcome:
    settings = Settings(home=folder / "home", **more)
    panels = panels_named(names, dataset)
    store = TrialStore(folder)
    return asyncio.run(
        run_trials(dataset, panels, store, settings=settings, epochs=epochs, limits=limits)
    )


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def test_every_panel_reviews_every_sample_in_every_epoch(tmp_path: Path) -> None:
    outcome = run(rated(2), tmp_path, "checklists", "auditor", epochs=2)

    assert outcome == Outcome(made=8)
    trials = TrialStore(tmp_path).read("checklists")
    assert {(t.sample, t.epoch) for t in trials} == {("s0", 1), ("s0", 2), ("s1", 1), ("s1", 2)}
    for trial in trials:
        given = [score for score in trial.scores.values() if score is not None]
        assert trial.score == pytest.approx(sum(given) / len(given))
        assert [review.reviewer for review in trial.reviews] == list(trial.scores)
        assert trial.spent.calls == 0
        assert trial.spent.seconds > 0


def test_what_is_there_is_used_again_and_what_is_new_is_added(tmp_path: Path) -> None:
    run(rated(2), tmp_path, "auditor")
    before = TrialStore(tmp_path).path_of("auditor").read_bytes()

    assert run(rated(3), tmp_path, "auditor", "single", epochs=2) == Outcome(made=10, reused=2)
    after = TrialStore(tmp_path).path_of("auditor").read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == 6


def test_a_sample_whose_report_changed_is_reviewed_again(tmp_path: Path) -> None:
    dataset = rated(1)
    run(dataset, tmp_path, "auditor")
    [sample] = dataset.samples
    assert sample.dossier is not None
    empty = sample.dossier.model_copy(update={"claims": (), "sections": ()})
    changed = dataset.model_copy(
        update={"samples": (sample.model_copy(update={"dossier": empty}),)}
    )
    [before] = TrialStore(tmp_path).read("auditor")

    assert run(changed, tmp_path, "auditor").made == 1
    [after] = TrialStore(tmp_path).read("auditor")
    assert after.fingerprint != before.fingerprint
    assert after.score != before.score


def test_a_run_that_was_cut_anywhere_repeats_no_finished_trial(tmp_path: Path) -> None:
    run(rated(3), tmp_path, "auditor")
    path = TrialStore(tmp_path).path_of("auditor")
    whole = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]

    for end in (0, ends[0] // 2, ends[0] - 1, ends[0], ends[1] + 7, len(whole) - 1):
        path.write_bytes(whole[:end])
        finished = sum(place <= end for place in ends)
        assert run(rated(3), tmp_path, "auditor") == Outcome(made=3 - finished, reused=finished)
        kept = path.read_bytes()
        assert kept.startswith(whole[: ends[finished - 1] if finished else 0])
        assert len(TrialStore(tmp_path).read("auditor")) == 3


WORKER = """
import sys
sys.path[:0] = sys.argv[2:]
from pathlib import Path
from test_trials import rated, run
run(rated(60), Path(sys.argv[1]), "auditor")
"""


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    store = TrialStore(tmp_path)
    path = store.path_of("auditor")
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path), *sys.path])
    while worker.poll() is None and not (path.is_file() and path.read_bytes().count(b"\n") > 5):
        os.sched_yield()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    lines = path.read_bytes().split(b"\n")[:-1]
    assert 5 < len(lines) < 60

    outcome = run(rated(60), tmp_path, "auditor")

    assert outcome == Outcome(made=60 - len(lines), reused=len(lines))
    assert path.read_bytes().split(b"\n")[: len(lines)] == lines
    assert len({trial.sample for trial in store.read("auditor")}) == 60


class Hold:
    """Answers the first requests honestly; the later ones hang."""

    def __init__(self, answered: int) -> None:
        self.reached = threading.Event()
        self._answered = answered

    def __call__(self, request: ChatRequest) -> Reply:
        if request.number < self._answered:
            return honest(request)
        self.reached.set()
        return Reply(action="hang")


def questions(requests: Sequence[ChatRequest]) -> list[str]:
    """The question of the report in each prompt."""
    return [match[0] for one in requests if (match := re.search(r"Question \d\?", one.prompt))]


def test_the_command_killed_in_the_middle_of_calls_repeats_no_finished_trial(
    tmp_path: Path, server: Server
) -> None:
    write_dataset(rated(8), tmp_path / "data")
    command = [
        sys.executable, "-m", "assignee.cli", "eval", "panels", "bare", "--data",
        str(tmp_path / "data"), "--out", str(tmp_path / "out"), "--engine", "llm", "--base-url",
        server.base_url, "--model", "fake", "--home", str(tmp_path / "home"), "--at-once", "2",
        "--replicates", "100",
    ]  # fmt: skip
    environment = {**os.environ, "ASSIGNEE_API_KEY": KEY, "PYTHONPATH": os.pathsep.join(sys.path)}
    path = TrialStore(tmp_path / "out").path_of("bare")
    server.brain = hold = Hold(answered=5)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    assert hold.reached.wait(PATIENCE)
    while not (path.is_file() and path.read_bytes().count(b"\n") == 5):
        assert process.poll() is None
        os.sched_yield()
    process.send_signal(signal.SIGKILL)
    assert process.wait(PATIENCE) == -signal.SIGKILL
    finished, asked = path.read_bytes(), len(server.requests)

    server.brain = honest
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert "3 trials made, 5 used again" in done.stderr
    before, again = questions(server.requests[:5]), questions(server.requests[asked:])
    assert len(again) == 3
    assert sorted(before + again) == [f"Question {number}?" for number in range(8)]
    assert path.read_bytes().startswith(finished)
    trials = TrialStore(tmp_path / "out").read("bare")
    assert {trial.sample for trial in trials} == {f"s{number}" for number in range(8)}
    assert (tmp_path / "out/results.html").is_file()


def test_recorded_scores_are_put_together_without_any_call(tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    file.write_text("aggregation: mean\nquorum: 2\nreviewers: [x, y]\n")

    assert run(recorded(), tmp_path, str(file)).made == 3
    found = {trial.sample: trial for trial in TrialStore(tmp_path).read("two")}
    assert (found["a"].score, found["b"].score, found["c"].score) == (4.0, None, None)
    assert found["b"].unscored == {
        "y": "no score on record",
        "panel": "1 scores are fewer than the quorum of 2",
    }
    assert run(recorded(), tmp_path, str(file)) == Outcome(reused=3)


def test_recorded_scores_are_trimmed(tmp_path: Path) -> None:
    given = {"v": 1.0, "w": 5.0, "x": 6.0, "y": 7.0, "z": 10.0}
    samples = (Sample(id="a", group="a", recorded={**given}),)
    file = tmp_path / "five.yaml"
    file.write_text("aggregation: trimmed\nreviewers: [v, w, x, y, z]\n")

    run(Dataset(name="kept", kind="recorded", samples=samples), tmp_path, str(file))

    [trial] = TrialStore(tmp_path).read("five")
    assert trial.score == 6.0


def test_without_a_panel_each_recorded_reviewer_and_their_mean_and_median_are_measured() -> None:
    found = panels_named([], recorded())
    assert found.names == ["mean of 2", "median of 2", "x", "y"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("reviewers: [z]\n", "'z'.*not on record"),
        ("reviewers: [x, y]\nquorum: 3\n", "quorum of 3 and has 2"),
        ("reviewers: []\n", "reviewers"),
        ("reviewers: [x]\naggregation: best\n", "aggregation"),
        ("reviewers: [x]\nweights: 1\n", "weights"),
        ("reviewers:\n  - id: a\n    checklist: audit\n", "recorded scores"),
    ],
)
def test_panels_that_do_not_fit_the_record_are_refused(
    text: str, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=says):
        panels_named([str(file)], recorded())


def test_a_part_of_a_name_serves_if_it_is_the_only_one(tmp_path: Path) -> None:
    samples = (
        Sample(id="a", group="a", recorded={"gpt-4o": 1.0, "gpt-4o-mini": 2.0, "opus": 3.0}),
    )
    dataset = Dataset(name="d", kind="recorded", samples=samples)
    file = tmp_path / "own.yaml"
    file.write_text("reviewers: [mini, gpt-4o]\n")
    [panel] = panels_named([str(file)], dataset).recorded
    assert panel.reviewers == ("gpt-4o-mini", "gpt-4o")
    file.write_text("reviewers: [gpt]\n")
    with pytest.raises(SettingsError, match="several reviewers: gpt-4o, gpt-4o-mini"):
        panels_named([str(file)], dataset)


def test_two_panels_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="two panels are called 'auditor'"):
        panels_named(["auditor", "auditor"], rated(1))


def test_a_panel_that_asks_for_a_model_is_refused_without_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"'evidence' of panel 'mixed'.*--engine llm"):
        run(rated(1), tmp_path, "mixed")


def test_a_sample_without_a_report_is_refused(tmp_path: Path) -> None:
    bare = Dataset(name="d", kind="rated", samples=(Sample(id="s", group="s", human=(1,)),))
    with pytest.raises(SettingsError, match="'s' of d holds no report"):
        run(bare, tmp_path, "auditor")


def test_models_are_asked_anew_in_every_epoch_and_their_cost_is_booked(
    tmp_path: Path, server: Server
) -> None:
    llm: dict[str, Any] = {"engine": "llm", "base_url": server.base_url, "api_key": KEY}
    run(rated(1), tmp_path, "mixed", epochs=2, price_input=1.0, price_output=2.0, **llm)

    trials = TrialStore(tmp_path).read("mixed")
    assert len(server.requests) == 6
    assert [trial.spent.calls for trial in trials] == [3, 3]
    for trial in trials:
        assert trial.spent.prompt_tokens
        assert trial.spent.completion_tokens
        assert trial.spent.cost == pytest.approx(
            (trial.spent.prompt_tokens + 2 * trial.spent.completion_tokens) / 1e6
        )
    text = TrialStore(tmp_path).path_of("mixed").read_text()
    assert KEY not in text


def test_the_bare_prompt_gives_a_number_without_a_checklist(tmp_path: Path, server: Server) -> None:
    run(rated(1), tmp_path, "bare", engine="llm", base_url=server.base_url, api_key=KEY)
    [trial] = TrialStore(tmp_path).read("bare")
    assert trial.scores == {"bare": 6.5}
    [review] = trial.reviews
    assert review.answers == ()
    assert (review.prompt or "").startswith("bare@")
    assert review.score_meaning == "overall judgement without a rubric"
    assert "checklist" not in str(server.requests[0].messages[0])


def test_another_comparison_takes_no_reply_from_the_first(tmp_path: Path, server: Server) -> None:
    llm: dict[str, Any] = {"engine": "llm", "base_url": server.base_url, "api_key": KEY}
    run(rated(1), tmp_path / "one", "mixed", **llm)
    run(rated(1), tmp_path / "two", "mixed", **llm)
    assert len(server.requests) == 6


def test_a_limit_ends_the_run_early_and_says_so(tmp_path: Path, server: Server) -> None:
    llm: dict[str, Any] = {"engine": "llm", "base_url": server.base_url, "api_key": KEY}
    outcome = run(rated(12), tmp_path, "mixed", limits=Limits(tokens=1), **llm)

    assert outcome.stopped == "the limit of 1 tokens was reached"
    assert outcome.made + outcome.missing == 12
    assert 0 < outcome.made <= 4
    # Without the limit what was made is used again.
    rest = run(rated(12), tmp_path, "mixed", **llm)
    assert rest == Outcome(made=outcome.missing, reused=outcome.made)


def test_a_limit_of_no_time_makes_nothing(tmp_path: Path) -> None:
    outcome = run(rated(2), tmp_path, "auditor", limits=Limits(seconds=0))
    assert (outcome.made, outcome.missing) == (0, 2)
    assert outcome.stopped == "the limit of 0 seconds was reached"


def test_a_limit_in_money_needs_a_price(tmp_path: Path, server: Server) -> None:
    llm: dict[str, Any] = {"engine": "llm", "base_url": server.base_url, "api_key": KEY}
    with pytest.raises(SettingsError, match="price_input and price_output"):
        run(rated(1), tmp_path, "mixed", limits=Limits(cost=1.0), **llm)
    assert server.requests == []


def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path) -> None:
    run(rated(2), tmp_path, "auditor")
    path = TrialStore(tmp_path).path_of("auditor")
    path.write_text("{}\n" + path.read_text())
    with pytest.raises(SettingsError, match=r"auditor\.jsonl, line 1: no trial"):
        run(rated(2), tmp_path, "auditor")


@pytest.mark.parametrize("name", ["../up", "a/b", "nul\0", "...", "ü é"])
def test_a_panel_of_any_name_has_its_file_in_the_folder(name: str, tmp_path: Path) -> None:
    store = TrialStore(tmp_path)
    made = Trial(panel=name, sample="s", epoch=1, fingerprint="f", scores={}, score=None)
    store.appender(name)([made])
    assert store.read(name) == [made]
    assert store.path_of(name).parent == tmp_path / "trials"


def test_panels_know_their_names() -> None:
    assert Panels().names == []
