"""Files that a bibliography names: found below its own folder, and read when they are PDFs.

A bibliography may come from anybody: a path that leads out of its folder is refused.
"""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote

from assignee.errors import ReadingError
from assignee.reading.pdf import PdfReader
from assignee.reading.reader import iter_file
from assignee.records import Document

_PIECE = re.compile(r"(?:\\.|[^\\;])+")
_COLUMN = re.compile(r"(?:\\.|[^\\:])*")
_ENDNOTE = "internal-pdf://"


def attached(value: str) -> tuple[str, ...]:
    r"""The paths in a `file` field, of PDFs only.

    Zotero, Mendeley and JabRef write `description:path:type` with `;` between files and `\\` before
    these signs; Better BibTeX writes bare paths.

    >>> attached(r"Full Text:files/1/A\: B.pdf:application/pdf;Snapshot:files/2/a.html:text/html")
    ('files/1/A: B.pdf',)
    """
    paths = [_path(piece) for piece in _PIECE.findall(value)]
    return tuple(path for path in dict.fromkeys(paths) if path.lower().endswith(".pdf"))


def _path(piece: str) -> str:
    columns = _columns(piece)
    if len(columns) >= 3:
        return _unescaped(columns[-2]).strip()
    # A bare path has its backslashes for folders, and a drive's colon.
    return piece.strip()


def _columns(piece: str) -> list[str]:
    columns = [_COLUMN.match(piece)]
    while (last := columns[-1]) and last.end() < len(piece):
        columns.append(_COLUMN.match(piece, last.end() + 1))
    return [column.group() for column in columns if column]


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\:;{}_&%$#])", r"\1", text)


def read_attached(
    names: Sequence[str], folder: Path, pdf: PdfReader
) -> tuple[Document | None, list[ReadingError]]:
    """The first readable one of the files, and why those before it were not read.

    Args:
        names: paths as the bibliography has them.
        folder: where the bibliography lies.
        pdf: the worker that reads PDFs.
    """
    errors: list[ReadingError] = []
    for name in names:
        try:
            path = _inside(name, folder)
        except ReadingError as error:
            errors.append(error)
            continue
        for found in iter_file(path, pdf=pdf):
            if isinstance(found, Document):
                return found, errors
            errors.append(found)
    return None, errors


def _inside(name: str, folder: Path) -> Path:
    """The file of that name in the folder or one below it.

    Raises:
        ReadingError: it is elsewhere, also by way of a link, or not there.
    """
    root = folder.resolve()
    for relative in _spellings(name, folder):
        try:
            path = (root / relative).resolve()
            exists = path.is_file()
        except (OSError, ValueError) as error:
            raise ReadingError(name, "its name is no path") from error
        if not path.is_relative_to(root):
            raise ReadingError(name, "it lies outside the folder of the file that names it")
        if exists:
            return path
    raise ReadingError(name, "it is not there")


def _spellings(name: str, folder: Path) -> list[str]:
    """The paths that a name may stand for on this system."""
    if name.lower().startswith(_ENDNOTE):
        # EndNote keeps PDFs in a folder beside the library: Library.Data/PDF/0123/name.pdf.
        rest = unquote(name[len(_ENDNOTE) :])
        kept = sorted(path.name for path in folder.glob("*.Data"))
        return [*(f"{data}/PDF/{rest}" for data in kept), rest]
    if name.lower().startswith("file:"):
        name = unquote(re.sub(r"^file:(?://(?:localhost)?(?=/))?", "", name, flags=re.IGNORECASE))
    windows = PureWindowsPath(name)
    if windows.drive and not PurePosixPath(name).is_absolute():
        return [name if Path(name).is_absolute() else f"/{windows.as_posix()}"]
    return [name, windows.as_posix()] if "\\" in name else [name]
