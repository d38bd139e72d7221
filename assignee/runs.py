"""The register of runs: one small JSON file a run, without secrets."""

import os
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from assignee.errors import RunNotFoundError, SettingsError, nearest
from assignee.records import SCHEMA_VERSION, Record

LATEST = 5
"""Runs that a message names at most."""

Status = Literal["running", "finished", "failed", "interrupted"]


class Run(Record):
    """One run as it was asked for, and how it ended."""

    schema_version: int = SCHEMA_VERSION
    id: str
    kind: Literal["research", "review"] = "research"
    question: str
    papers: tuple[str, ...] = ()
    """What the user named: files, folders, or ids of papers in the library."""
    topics: tuple[str, ...] = ()
    """What is asked for beside the question."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """The settings without secrets and places; a resumed run uses them again."""
    repeats: dict[str, Any] | None = None
    """The search that is made again, as search_log.json has it."""
    decisions: dict[str, Literal["include", "exclude"]] = Field(default_factory=dict)
    """What the user decided in a screening file, by paper id."""
    started: str
    status: Status = "running"
    why: str | None = None
    """Why it failed."""
    report: str | None = None
    """Digest of the finished report."""
    score: float | None = None


def write_whole(record: Record, path: Path, *, home: Path) -> None:
    """Write a register's record, whole or not at all; another process reads the one or the other.

    Raises:
        SettingsError: nothing can be written in this home.
    """
    fresh = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(record.model_dump_json(indent=1), encoding="utf-8")
        os.replace(fresh, path)
    except OSError as error:
        raise SettingsError(
            f"nothing can be written to the home folder {str(home)!r} "
            f"({error.strerror}): name another with --home or ASSIGNEE_HOME"
        ) from error


class RunRegister:
    """Runs in one home folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, run: Run) -> Run:
        """Write a new run down."""
        self.save(run)
        return run

    def save(self, run: Run) -> None:
        """Write a run's present state, whole or not at all.

        Raises:
            SettingsError: nothing can be written in this home.
        """
        write_whole(run, self._path(run.id), home=self._folder.parent)

    def load(self, run_id: str) -> Run:
        """The run of that id.

        Raises:
            RunNotFoundError: there is none, or its record is damaged; the message names the
                nearest of the latest runs.
        """
        if (run := self.find(run_id)) is not None:
            return run
        latest = [run.id for run in self.all()[:LATEST]]
        hint = nearest(run_id, latest) if latest else "there are no runs yet"
        raise RunNotFoundError(f"no run {run_id!r} in {str(self._folder)!r}; {hint}")

    def find(self, run_id: str) -> Run | None:
        """The run of that id; `None` where there is none, or its record is damaged."""
        return self._read(self._path(run_id))

    def all(self) -> list[Run]:
        """All runs whose record can be read, the latest first."""
        files = self._folder.glob("*.json") if self._folder.is_dir() else ()
        runs = [run for path in files if (run := self._read(path)) is not None]
        return sorted(runs, key=lambda run: (run.started, run.id), reverse=True)

    def delete(self, run_id: str) -> Run:
        """Delete a run's record and the files that were uploaded for it; its papers stay.

        Raises:
            RunNotFoundError: there is no such run.
        """
        run = self.load(run_id)
        self._path(run.id).unlink(missing_ok=True)
        shutil.rmtree(self.files(run.id), ignore_errors=True)
        return run

    def files(self, run_id: str) -> Path:
        """Where files that were uploaded for a run lie; an id is never taken as a path."""
        return self._folder / Path(run_id).name

    def _read(self, path: Path) -> Run | None:
        try:
            return Run.model_validate_json(path.read_bytes())
        except (OSError, ValueError):
            return None

    def _path(self, run_id: str) -> Path:
        # A run id is never taken as a path.
        return self._folder / f"{Path(run_id).name}.json"


def new_run_id() -> str:
    """An id that sorts by time and does not collide: `20260606-141503-9f2c`."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
