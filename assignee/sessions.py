"""The register of sessions: a folder each, with its record, its turns and its checkpoint."""

import os
import shutil
from pathlib import Path
from typing import Any

from pydantic import Field

from assignee.errors import SessionNotFoundError, SettingsError, nearest
from assignee.records import Record, SessionInfo, Turn
from assignee.runs import write_whole

LATEST = 5
"""Sessions that a message names at most."""
LONGEST_NAME = 80


class Begun(Record):
    """A turn that was begun; it was interrupted where no turn of its number was told."""

    number: int
    said: str


class SessionRecord(Record):
    """A session as it was begun, and how a list shows it."""

    info: SessionInfo
    named: tuple[str, ...] = ()
    """Ids of the papers that it was begun with; the whole library where there are none."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Without secrets and places; a resumed session uses them again."""
    run: str | None = None
    """The finished run whose report it began with; `undo` goes back no further."""
    begun: Begun | None = None
    """The turn that was begun last."""


class SessionRegister:
    """Sessions in one home folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, record: SessionRecord) -> None:
        """Write a session's record, whole or not at all.

        Raises:
            SettingsError: nothing can be written in this home.
        """
        path = self.folder(record.info.id) / "session.json"
        write_whole(record, path, home=self._folder.parent)

    def find(self, name_or_id: str) -> SessionRecord | None:
        """The session of that id, else the latest of that name; `None` where there is none."""
        wanted = name_or_id.strip()
        found = [
            record for record in self.records() if wanted in (record.info.id, record.info.name)
        ]
        return next((record for record in found if record.info.id == wanted), (*found, None)[0])

    def load(self, name_or_id: str) -> SessionRecord:
        """The session of that id or name.

        Raises:
            SessionNotFoundError: there is none; the nearest of the latest is named.
        """
        if (found := self.find(name_or_id)) is not None:
            return found
        latest = [info.name or info.id for info in self.all()[:LATEST]]
        hint = nearest(name_or_id, latest) if latest else "there are no sessions yet"
        raise SessionNotFoundError(f"no session {name_or_id!r} in {str(self._folder)!r}; {hint}")

    def records(self) -> list[SessionRecord]:
        """All sessions whose record can be read, the latest changed first."""
        files = self._folder.glob("*/session.json") if self._folder.is_dir() else ()
        read = [record for path in files if (record := _read(path)) is not None]
        return sorted(read, key=lambda one: (one.info.changed, one.info.id), reverse=True)

    def all(self) -> list[SessionInfo]:
        """All sessions as a list shows them, the latest changed first."""
        return [record.info for record in self.records()]

    def rename(self, name_or_id: str, name: str) -> SessionInfo:
        """Give a session another name.

        Raises:
            SessionNotFoundError: there is no such session.
            SettingsError: the name is empty, too long or belongs to another session.
        """
        record = self.load(name_or_id)
        info = record.info.model_copy(update={"name": self.free_name(name, record.info.id)})
        self.save(record.model_copy(update={"info": info}))
        return info

    def free_name(self, name: str, id_: str = "") -> str:
        """The name, tidied, that no other session has.

        Raises:
            SettingsError: it is empty, too long, or taken.
        """
        tidy = " ".join("".join(c if c.isprintable() else " " for c in name).split())
        if not tidy or len(tidy) > LONGEST_NAME:
            raise SettingsError(f"a session's name has 1 to {LONGEST_NAME} characters: {tidy!r}")
        if (other := self.find(tidy)) is not None and other.info.id != id_:
            raise SettingsError(f"another session is called {tidy!r}; choose another name")
        return tidy

    def delete(self, name_or_id: str) -> SessionInfo:
        """Delete a session's folder: what was said in it; its runs and papers stay.

        Raises:
            SessionNotFoundError: there is no such session.
        """
        info = self.load(name_or_id).info
        shutil.rmtree(self.folder(info.id))
        return info

    def folder(self, id_: str) -> Path:
        """Where a session is kept; an id is never taken as a path."""
        return self._folder / Path(id_).name

    def files(self, id_: str) -> Path:
        """Where files that were uploaded for a session lie; they are deleted with it."""
        return self.folder(id_) / "files"

    def turns(self, id_: str) -> list[Turn]:
        """What was said and told, in order; a turn that was written again counts as it was last."""
        path = self.folder(id_) / "turns.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else ()
        found = {turn.number: turn for line in lines if (turn := _turn(line)) is not None}
        return [found[number] for number in sorted(found)]

    def write_turn(self, id_: str, turn: Turn) -> None:
        """Add a turn; half a line of a process that was killed spoils no other."""
        path = self.folder(id_) / "turns.jsonl"
        with path.open("ab") as file:
            if file.tell() and not _ends_whole(path):
                file.write(b"\n")
            file.write(turn.model_dump_json().encode("utf-8", errors="replace") + b"\n")


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _turn(line: str) -> Turn | None:
    try:
        return Turn.model_validate_json(line)
    except ValueError:
        return None


def _read(path: Path) -> SessionRecord | None:
    try:
        return SessionRecord.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None
