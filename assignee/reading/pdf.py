"""PDF files, read in a process of their own that is killed when one takes too much."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Timer
from types import TracebackType
from typing import Self

import assignee
from assignee.errors import ReadingError
from assignee.reading.blocks import Block
from assignee.reading.cleaning import clean, shown
from assignee.reading.limits import DEFAULT_LIMITS, Limits
from assignee.reading.metadata import author_names, describe, described
from assignee.reading.sections import assemble
from assignee.records import Document

# What a Python needs to start; keys and tokens of the environment are kept from a parser of
# files that anybody may have made.
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "PYTHONHOME")


class PdfReader:
    """Reads one PDF after another; starts its worker at the first and again after a kill.

    A context manager; safe to share between threads, which then take turns.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._lock = Lock()
        self._worker: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the worker."""
        with self._lock:
            self._stop()

    def read(self, path: Path) -> Document:
        """The document in a PDF.

        Raises:
            ReadingError: encrypted, scanned, truncated or damaged, or over a limit.
        """
        with self._lock:
            reply = self._ask(path)
        if isinstance(error := reply.get("error"), str):
            raise ReadingError(shown(path), error)
        return _document(reply, shown(path))

    def _ask(self, path: Path) -> dict[str, object]:
        worker = self._running()
        assert worker.stdin is not None
        assert worker.stdout is not None
        late = Event()

        def give_up() -> None:
            late.set()
            worker.kill()

        timer = Timer(self._limits.seconds, give_up)
        timer.start()
        try:
            request = {"path": str(path.absolute()), "seconds": self._limits.seconds}
            worker.stdin.write(json.dumps(request) + "\n")
            worker.stdin.flush()
            line = worker.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if late.is_set() or not line:
            self._stop()
        if line:
            reply: dict[str, object] = json.loads(line)
            return reply
        if late.is_set():
            return {"error": f"it took longer than {self._limits.seconds:g} s"}
        return {"error": "it is damaged or needs too much memory: the PDF parser broke off"}

    def _running(self) -> subprocess.Popen[str]:
        if self._worker is None or self._worker.poll() is not None:
            self._stop()
            self._worker = _start(self._limits.memory_bytes)
        return self._worker

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                # A killed worker leaves its question unread: closing flushes it in vain.
                with suppress(BrokenPipeError):
                    pipe.close()


def _start(memory: int) -> subprocess.Popen[str]:
    """A fresh worker; `-P` keeps the working directory's files from being imported."""
    root = str(Path(assignee.__file__).parent.parent)
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own module in our own interpreter
        [sys.executable, "-P", "-m", "assignee.reading.pdf_worker", str(memory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**environment, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"},
        encoding="utf-8",
    )


def _document(reply: dict[str, object], name: str) -> Document:
    raw = reply["blocks"]
    assert isinstance(raw, list)
    blocks = [Block(clean(text), level, kind) for text, level, kind in raw]
    assembled = assemble(blocks)
    fields = {key: reply[key] for key in ("title", "arxiv", "doi", "year")}
    known = {key: clean(str(value)) for key, value in fields.items() if value}
    what = described(known)._replace(authors=author_names(clean(str(reply["authors"]))))
    return Document(
        paper=describe(what, name=name, text=assembled.text),
        text=assembled.text,
        sections=assembled.sections,
        basis="full text",
        path=name,
    )
