"""The folder that a comparison leaves: samples, trials, results, a page, and a table of all scores.

dataset/       the samples: what a later comparison needs
trials/        one JSONL file a panel
results.json   every figure; all else is shown from it
results.html   the page, with its pictures inside
items.csv      every score of every reviewer, one a line
"""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from assignee.agents.wording import disarmed
from assignee.errors import SettingsError
from assignee.evals.trials.page import results_page
from assignee.evals.trials.recorded import read_recorded
from assignee.evals.trials.records import Dataset, Trial
from assignee.evals.trials.results import FILE, Results
from assignee.evals.trials.store import TrialStore
from assignee.report import html

HEAD = (
    "sample", "source_document", "family", "human_mean", "accepted", "panel", "epoch", "reviewer",
    "score", "unscored_because",
)  # fmt: skip
WHOLE = "(panel)"


def write_dataset(dataset: Dataset, folder: Path) -> None:
    """The dataset in the harness's own form, `dataset.json` and `samples.jsonl`."""
    folder.mkdir(parents=True, exist_ok=True)
    head = dataset.model_dump_json(include={"name", "kind", "scale"})
    (folder / "dataset.json").write_text(head + "\n", "utf-8")
    with (folder / "samples.jsonl").open("w", encoding="utf-8") as file:
        for sample in dataset.samples:
            file.write(sample.model_dump_json(exclude_defaults=True) + "\n")


def write_results(
    results: Results,
    dataset: Dataset,
    trials: Mapping[str, Sequence[Trial]],
    folder: Path,
) -> list[Path]:
    """Everything but the trials, which are there; returns what people open."""
    write_dataset(dataset, folder / "dataset")
    date = datetime.now(UTC).date().isoformat()
    texts = {
        FILE: results.model_dump_json(indent=1) + "\n",
        "results.html": html.render(results_page(results, date)),
        "items.csv": item_table(dataset, trials),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="")
    return [folder / name for name in texts]


def item_table(dataset: Dataset, trials: Mapping[str, Sequence[Trial]]) -> str:
    """All scores as CSV, the panel's own as `(panel)` among its reviewers'."""
    samples = {sample.id: sample for sample in dataset.samples}
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(HEAD)
    for panel, made in trials.items():
        for trial in made:
            if trial.sample in samples:
                about = samples[trial.sample]
                before = [about.id, about.group, about.family, about.human_mean, about.accepted]
                given = {WHOLE: trial.score, **trial.scores}
                for name, score in given.items():
                    why = trial.unscored.get("panel" if name == WHOLE else name, "")
                    row = [*before, panel, trial.epoch, name, score, why]
                    writer.writerow([cell_of(value) for value in row])
    return held.getvalue()


def cell_of(value: object) -> object:
    """A cell as a spreadsheet may open it: empty for nothing, no formula of other people's."""
    return "" if value is None else disarmed(value) if isinstance(value, str) else value


def read_trials(folder: Path, names: Sequence[str] | None = None) -> dict[str, list[Trial]]:
    """The trials in a comparison's folder by panel; of these panels, or of all that are there.

    Raises:
        SettingsError: there are none, or a line is damaged.
    """
    store = TrialStore(folder)
    if names is not None:
        return {name: store.read(name) for name in names}
    found = [store.read_file(path) for path in sorted((folder / "trials").glob("*.jsonl"))]
    if not any(found):
        raise SettingsError(f"there are no trials in {str(folder)!r}")
    return {trials[0].panel: trials for trials in found if trials}


def read_samples(folder: Path) -> Dataset:
    """The samples of a comparison's folder.

    Raises:
        SettingsError: they are not there.
        ReadingError: they are damaged.
    """
    if not (folder / "dataset").is_dir():
        raise SettingsError(
            f"{str(folder)!r} is no folder of a comparison; `assignee eval panels --out` makes one"
        )
    found = read_recorded(folder / "dataset")
    assert isinstance(found, Dataset)  # it was written as one
    return found
