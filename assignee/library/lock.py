"""The lock that keeps a library to one writer process, and tells the others who has it."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assignee.errors import LibraryError, LibraryLockedError


class WriterLock:
    """Held from construction until `release`; the system frees it when the process dies.

    Raises:
        LibraryLockedError: somebody else holds it.
        LibraryError: the folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self._owner = folder / "writer.json"
        self._lock = FileLock(folder / "writer.lock", thread_local=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except Timeout:
            raise LibraryLockedError(
                f"the library {str(folder)!r} is being written by {self._named_owner()}: wait for "
                f"it or end it, or open the library for reading"
            ) from None
        except OSError as error:
            raise LibraryError(
                f"the library {str(folder)!r} cannot be written ({error.strerror}): choose another "
                f"folder, or open it for reading"
            ) from error
        self._owner.write_text(
            json.dumps({"pid": os.getpid(), "since": datetime.now(UTC).isoformat("T", "seconds")})
        )

    def _named_owner(self) -> str:
        try:
            owner = json.loads(self._owner.read_text())
            return f"process {int(owner['pid'])}, since {owner['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process, which has only just begun"

    def release(self) -> None:
        """Let another writer in."""
        self._owner.unlink(missing_ok=True)
        self._lock.release()
