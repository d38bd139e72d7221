"""The trials' files: one JSON line a trial, appended as it ends, so that a kill loses none of them.

A line counts from its line break on: what a killed run left without one is made again.
"""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import ValidationError

from assignee.errors import SettingsError
from assignee.evals.trials.records import Trial


def file_name(panel: str) -> str:
    """The file of a panel's trials: its name with all but letters, digits, `.` and `-` as `_`."""
    kept = "".join(c if c.isalnum() or c in ".-" else "_" for c in panel).strip("._")
    return f"{kept or 'panel'}.jsonl"


class TrialStore:
    """The folder that holds the trials of one comparison."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "trials"

    def path_of(self, panel: str) -> Path:
        """Where the panel's trials stand."""
        return self._folder / file_name(panel)

    def read(self, panel: str) -> list[Trial]:
        """The panel's trials; of one that was made twice, as after a change of prompt, the last.

        Raises:
            SettingsError: a line cannot be read.
        """
        path = self.path_of(panel)
        return self.read_file(path) if path.is_file() else []

    def read_file(self, path: Path) -> list[Trial]:
        """The trials of one file.

        Raises:
            SettingsError: a line cannot be read.
        """
        *lines, _cut = path.read_text("utf-8", errors="replace").split("\n")
        found = {}
        for number, line in enumerate(lines, 1):
            try:
                trial = Trial.model_validate_json(line)
            except ValidationError as error:
                raise SettingsError(
                    f"{path}, line {number}: no trial ({error.errors()[0]['msg']}); "
                    "delete the line to have it made again"
                ) from error
            found[trial.sample, trial.epoch] = trial
        return list(found.values())

    def appender(self, panel: str) -> "Callable[[Iterable[Trial]], None]":
        """What writes trials to the end of the panel's file, each on the disk when it returns."""
        path = self.path_of(panel)
        path.parent.mkdir(parents=True, exist_ok=True)
        _drop_cut_line(path)

        def append(trials: Iterable[Trial]) -> None:
            with path.open("a", encoding="utf-8") as file:
                file.writelines(_line(trial) for trial in trials)
                file.flush()
                os.fsync(file.fileno())

        return append


def _line(trial: Trial) -> str:
    return json.dumps(trial.model_dump(mode="json"), ensure_ascii=False) + "\n"


def _drop_cut_line(path: Path) -> None:
    """Cut off what follows the last line break: the start of a line that a kill left unfinished."""
    if path.is_file():
        held = path.read_bytes()
        os.truncate(path, held.rfind(b"\n") + 1)
