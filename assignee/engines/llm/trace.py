"""The trace file: one JSON line a model call, for whoever wants to see what was sent and said."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Trace:
    """Appends to `<home>/traces/<run>.jsonl`, which only its owner can read; never holds a key."""

    def __init__(self, home: Path, run_id: str) -> None:
        folder = home / "traces"
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{run_id}.jsonl"
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, **entry: Any) -> None:  # noqa: ANN401 - any JSON values
        """Append one entry, stamped with the time; a line is one write, so processes may share."""
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}
        os.write(
            self._file, json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        )

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
