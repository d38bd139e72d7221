"""The register of runs: one small JSON file a run, without secrets."""

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from assignee.errors import RunNotFoundError, nearest
from assignee.records import SCHEMA_VERSION, Record

Status = Literal["running", "finished", "failed", "interrupted"]


class Run(Record):
    """One run as it was asked for, and how it ended."""

    schema_version: int = SCHEMA_VERSION
    id: str
    kind: Literal["research", "review"] = "research"
    question: str
    papers: tuple[str, ...] = ()
    """What the user named: files, folders, or ids of papers in the library."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """The settings without secrets and places; a resumed run uses them again."""
    started: str
    status: Status = "running"
    why: str | None = None
    """Why it failed."""
    report: str | None = None
    """Digest of the finished report."""
    score: float | None = None


class RunRegister:
    """Runs in one home folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, run: Run) -> Run:
        """Write a new run down."""
        self.save(run)
        return run

    def save(self, run: Run) -> None:
        """Write a run's present state, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(run.id)
        fresh = path.with_suffix(".tmp")
        fresh.write_text(run.model_dump_json(indent=1), encoding="utf-8")
        os.replace(fresh, path)

    def load(self, run_id: str) -> Run:
        """The run of that id.

        Raises:
            RunNotFoundError: there is none; the message names the nearest.
        """
        path = self._path(run_id)
        if not path.is_file():
            known = [run.id for run in self.all()]
            raise RunNotFoundError(f"no run {run_id!r} here; {nearest(run_id, known)}")
        return Run.model_validate(json.loads(path.read_text(encoding="utf-8")))

    def all(self) -> list[Run]:
        """All runs, the latest first."""
        files = self._folder.glob("*.json") if self._folder.is_dir() else ()
        runs = [Run.model_validate_json(path.read_text(encoding="utf-8")) for path in files]
        return sorted(runs, key=lambda run: run.started, reverse=True)

    def _path(self, run_id: str) -> Path:
        # A run id is never taken as a path.
        return self._folder / f"{Path(run_id).name}.json"


def new_run_id() -> str:
    """An id that sorts by time and does not collide: `20260606-141503-9f2c`."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
