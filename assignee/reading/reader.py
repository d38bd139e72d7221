"""The front door: a file or a folder in, documents and named errors out."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from assignee.errors import ReadingError
from assignee.reading.cleaning import clean, decode, shown
from assignee.reading.html import declared_encoding, read_html
from assignee.reading.jats import declared_xml_encoding, read_jats
from assignee.reading.jsonl import read_jsonl, read_record
from assignee.reading.limits import DEFAULT_LIMITS, Limits
from assignee.reading.markdown import read_markdown
from assignee.reading.pdf import PdfReader
from assignee.reading.plain import read_plain
from assignee.records import Document

_TEXTS: dict[str, Callable[[str, str], Document]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain,
    ".html": read_html,
    ".htm": read_html,
    ".json": read_record,
    ".xml": read_jats,
    ".nxml": read_jats,
}
_DECLARED: dict[str, Callable[[bytes], str | None]] = {
    ".html": declared_encoding,
    ".htm": declared_encoding,
    ".xml": declared_xml_encoding,
    ".nxml": declared_xml_encoding,
}
"""Formats that name their own encoding, and where."""

SUFFIXES = (*sorted(_TEXTS), ".jsonl", ".pdf")
"""What can be read."""


def read_file(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> list[Document]:
    """The documents of one file: one, or one for each record of a JSONL file.

    A JSONL file's bad lines are left out as long as one line is good; `iter_file` names them.

    Raises:
        ReadingError: the file cannot be read, with the reason.
    """
    found = list(iter_file(path, limits=limits))
    documents = [item for item in found if isinstance(item, Document)]
    errors = [item for item in found if isinstance(item, ReadingError)]
    if errors and not documents:
        raise errors[0]
    return documents


def iter_file(
    path: Path, *, limits: Limits = DEFAULT_LIMITS, pdf: PdfReader | None = None
) -> Iterator[Document | ReadingError]:
    """What is in one file; `pdf` lets several files share one worker process."""
    if pdf is not None:
        yield from _items(path, limits, pdf)
        return
    with PdfReader(limits) as own:
        yield from _items(path, limits, own)


def iter_folder(
    folder: Path, *, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Document | ReadingError]:
    """What is in a folder and the folders in it, in the order of their names.

    Hidden files and folders, and files named README, are skipped. Files that cannot be read are
    yielded as errors and never stop the others. A file is read as a folder that holds only it.
    """
    with PdfReader(limits) as pdf:
        for path in _files(folder):
            yield from _items(path, limits, pdf)


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        yield folder
        return
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and not name.lower().startswith("readme"):
                yield Path(root, name)


def _items(path: Path, limits: Limits, pdf: PdfReader) -> Iterator[Document | ReadingError]:
    """Documents and errors of one file; a file without any text is an error too."""
    count = 0
    try:
        for item in _read(path, limits, pdf):
            count += 1
            empty = isinstance(item, Document) and not item.text
            yield ReadingError(shown(path), "it has no text") if empty else item
        if count == 0:
            yield ReadingError(shown(path), "it has no text")
    except ReadingError as error:
        yield error


def _read(path: Path, limits: Limits, pdf: PdfReader) -> Iterator[Document | ReadingError]:
    name, suffix = shown(path), path.suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise ReadingError(name, f"unknown format {suffix or 'without a suffix'!r}; known: {known}")
    _check(path, limits)
    if suffix == ".pdf":
        yield pdf.read(path)
        return
    text = _text(path)
    if suffix == ".jsonl":
        yield from read_jsonl(text, name)
    else:
        yield _TEXTS[suffix](text, name)


def _check(path: Path, limits: Limits) -> None:
    """Refuses what is missing, no regular file (reading a pipe would never end), or too large."""
    try:
        if not path.is_file():
            raise ReadingError(
                shown(path), "it is no file" if path.exists() else "it does not exist"
            )
        size = path.stat().st_size
    except OSError as error:
        raise ReadingError(shown(path), f"it cannot be opened ({error.strerror})") from error
    if size > limits.file_bytes:
        raise ReadingError(
            shown(path), f"it is too large: {size} bytes, allowed are {limits.file_bytes}"
        )


def _text(path: Path) -> str:
    declared = _DECLARED.get(path.suffix.lower())
    try:
        data = path.read_bytes()
        return clean(decode(data, declared(data) if declared else None))
    except OSError as error:
        raise ReadingError(shown(path), f"it cannot be opened ({error.strerror})") from error
    except ValueError as error:
        raise ReadingError(shown(path), str(error)) from error
