"""Files that were uploaded: each upload a folder of its own, until a run or a session takes it.

A file's name is its sender's word: it is never taken as a path, and what a file is, its first bytes
say. Nothing is kept outside the home, and what nobody took is deleted after a day.
"""

import os
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assignee.errors import NoPapersError, SettingsError
from assignee.reading.limits import DEFAULT_LIMITS
from assignee.reading.reader import SUFFIXES
from assignee.sources.exports import SUFFIXES as BIBLIOGRAPHIES

MOST_FILES = 50
"""Of one upload."""
LARGEST_FILE = DEFAULT_LIMITS.file_bytes
"""Bytes; what is larger would not be read."""
LARGEST_UPLOAD = 500 * 2**20
"""Bytes of all files that are sent at once."""
TAKEN = tuple(sorted({*SUFFIXES, *BIBLIOGRAPHIES}))
"""What can be uploaded: documents and bibliographies, by suffix."""
LIMITS = {"files": MOST_FILES, "bytes": LARGEST_FILE, "accept": ",".join(TAKEN)}
"""As a page tells them."""
LONGEST_STEM = 60
"""Characters of a name before its suffix, 240 bytes at most."""
A_DAY = 86_400

_ID = re.compile(r"[0-9a-f]{16}")
_SNIFFED = 8192
_PDF_BEFORE = 1024
"""Bytes in which readers look for the mark of a PDF."""


class Uploads:
    """Uploads in one folder; methods may be called in any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, id_: str | None = None) -> str:
        """The id of a new upload, or that one's, if it is there, to add files to it."""
        if id_ is not None and self.files(id_):
            return id_
        self._sweep()
        fresh = secrets.token_hex(8)
        with _writing(self._folder):
            (self._folder / fresh).mkdir(parents=True)
        return fresh

    def files(self, id_: str) -> list[Path]:
        """The files of an upload in the order of their names; none where there is no such upload.

        An id is never taken as a path.
        """
        folder = self._folder / id_
        if not _ID.fullmatch(id_) or not folder.is_dir():
            return []
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))

    def receive(self, id_: str, name: str) -> "Received":
        """A file to write to; it joins the upload when it is kept.

        Raises:
            NoPapersError: there are too many files.
        """
        if len(self.files(id_)) >= MOST_FILES:
            raise NoPapersError(f"at most {MOST_FILES} files can be uploaded at once")
        return Received(self._folder / id_, name)

    def take(self, id_: str, into: Path) -> list[str]:
        """Move an upload below the folder of what reads it; the files' paths there.

        Raises:
            NoPapersError: there is no such upload any more.
        """
        if not self.files(id_):
            raise NoPapersError("the files are no longer there: choose them again")
        with _writing(into):
            into.mkdir(parents=True, exist_ok=True)
            os.replace(self._folder / id_, into / id_)
        return sorted(str(path.absolute()) for path in (into / id_).iterdir())

    def discard(self, id_: str) -> None:
        """Delete an upload that nobody took."""
        if _ID.fullmatch(id_):
            shutil.rmtree(self._folder / id_, ignore_errors=True)

    def _sweep(self) -> None:
        """Delete what nobody took within a day."""
        old = time.time() - A_DAY
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            if _ID.fullmatch(folder.name) and folder.stat().st_mtime < old:
                self.discard(folder.name)


class Received:
    """One file while it is received; it is hidden until it is kept."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._fresh = folder / f".{secrets.token_hex(4)}"
        with _writing(folder):
            self._file = self._fresh.open("xb")

    def write(self, piece: bytes) -> None:
        """Write its next bytes.

        Raises:
            NoPapersError: it is too large.
        """
        if self._file.tell() + len(piece) > LARGEST_FILE:
            raise NoPapersError(
                f"{shown(self._name)!r} is too large: at most {LARGEST_FILE // 2**20} MB are read"
            )
        with _writing(self._folder):
            self._file.write(piece)

    def keep(self) -> None:
        """All of it is there.

        Raises:
            NoPapersError: it is empty, or not of a kind that is read.
        """
        with _writing(self._folder):
            self._file.close()
            with self._fresh.open("rb") as file:
                start = file.read(_SNIFFED)
        suffix = sniffed(self._name, start)
        os.replace(self._fresh, _free(self._folder, safe_stem(self._name), suffix))

    def drop(self) -> None:
        """Leave nothing of it."""
        self._file.close()
        self._fresh.unlink(missing_ok=True)


def sniffed(name: str, start: bytes) -> str:
    """The suffix that fits what a file holds, by its name and its first bytes.

    Raises:
        NoPapersError: it is empty, or not of a kind that is read.
    """
    suffix = Path(shown(name)).suffix.casefold()
    if not start.strip():
        raise NoPapersError(f"{shown(name)!r} is empty")
    if b"%PDF-" in start[:_PDF_BEFORE]:
        return ".pdf"
    if suffix == ".pdf":
        raise NoPapersError(f"{shown(name)!r} is no PDF, whatever its name says")
    if suffix not in TAKEN:
        raise NoPapersError(f"{shown(name)!r} is of a kind that is not read: {', '.join(TAKEN)}")
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NoPapersError(f"{shown(name)!r} is no text, whatever its name says")
    return suffix


def shown(name: str) -> str:
    """A sender's name for a file as messages show it: its last part, nothing invisible in it."""
    last = re.split(r"[\\/]", name)[-1]
    visible = "".join(c if c.isprintable() else "_" for c in last)
    return visible if len(visible) <= LONGEST_STEM else f"…{visible[-LONGEST_STEM:]}"


def safe_stem(name: str) -> str:
    """A sender's name without its suffix, as a file here may be called."""
    stem = Path(re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]).stem
    kept = "".join(c if c in " .-_()" or unicodedata.category(c)[0] in "LMN" else "_" for c in stem)
    return kept[:LONGEST_STEM].strip(" ._") or "file"


def _free(folder: Path, stem: str, suffix: str) -> Path:
    names = (stem, *(f"{stem}-{number}" for number in range(2, MOST_FILES + 2)))
    return next(p for name in names if not (p := folder / f"{name}{suffix}").exists())


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingsError(
            f"nothing can be written to {str(folder)!r} ({error.strerror})"
        ) from error
