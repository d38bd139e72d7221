"""The process that PDFium runs in: one JSON line asks for a file, one JSON line answers.

It is started by `assignee.reading.pdf` and ends when its input ends. It may be killed at any time.
"""

import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from assignee.reading.identifiers import arxiv_id, doi
from assignee.reading.pdf_columns import page_lines
from assignee.reading.pdf_layout import layout_blocks, page_text, title_line
from assignee.reading.pdf_pages import Page, read_page

if TYPE_CHECKING:
    import pypdfium2

FEWEST_LETTERS = 20
"""A document with fewer letters than this has no text to speak of."""

_STAMP = re.compile(
    r"arXiv:\s?(?P<id>\S+?)\s?(?:v\d+)?\s?\[[^\]]+\]\s*\d{1,2}\s?\w{3}\s?(?P<year>\d{4})"
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+")
_NO_TITLE = re.compile(
    r"untitled|microsoft word|\.(?:dvi|tex|docx?|pdf|indd|qxd)\b|^paper\b|^article\b|^slide|"
    r"^title$|^main$|\\",
    re.IGNORECASE,
)
_TAIL = 64 * 1024


def main() -> None:
    """Answers requests until the input ends.

    What PDFium or a library prints must not mix with the answers, so standard output is moved
    away first.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    limit_memory(int(sys.argv[1]))
    serve(sys.stdin, answers)


def serve(requests: TextIO, answers: TextIO) -> None:
    """Reads `{"path", "seconds"}` lines and writes one answer line for each."""
    for line in requests:
        request = json.loads(line)
        _alarm(request["seconds"])
        answers.write(json.dumps(answer(request["path"])) + "\n")
        answers.flush()
        _alarm(0)


def limit_memory(size: int) -> None:
    """Limits the address space in bytes where the system can; elsewhere does nothing."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    except (ImportError, ValueError, OSError):
        return


def _alarm(seconds: float) -> None:
    """Ends this process some time after its parent should have: the parent may be gone."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds + 5 if seconds else 0)


def answer(path: str) -> dict[str, object]:
    """Blocks and metadata of the file, or `{"error": reason}`."""
    import pypdfium2

    try:
        if error := _unfit(Path(path)):
            return {"error": error}
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        return {"error": _why(error)}
    except OSError as error:
        return {"error": f"it cannot be opened ({error.strerror})"}
    try:
        return _contents(document)
    except MemoryError:
        return {"error": "it needs more memory than is allowed"}
    finally:
        document.close()


def _unfit(path: Path) -> str | None:
    """Why the file is no whole PDF, told from its first and last bytes.

    PDFium repairs a file that was cut off and shows its first pages only; without this check
    half a paper would pass for the whole.
    """
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(1024):
            return "it is no PDF"
        file.seek(max(0, path.stat().st_size - _TAIL))
        return None if b"%%EOF" in file.read() else "it is truncated: its end is missing"


def _why(error: "pypdfium2.PdfiumError") -> str:
    import pypdfium2.raw as pdfium

    if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
        return "it is encrypted: save a copy without a password"
    return "it is damaged"


def _contents(document: "pypdfium2.PdfDocument") -> dict[str, object]:
    import pypdfium2

    pages: list[Page] = []
    for index in range(len(document)):
        try:
            pages.append(read_page(document, index))
        except pypdfium2.PdfiumError:
            return {"error": f"it is damaged: page {index + 1} of {len(document)} cannot be read"}
    if not pages:
        return {"error": "it is damaged: it has no pages"}
    if sum(char.isalpha() for page in pages for char in page_text(page)) < FEWEST_LETTERS:
        scanned = any(page.images for page in pages)
        return {
            "error": "it has no text: " + ("it is scanned" if scanned else "its pages are empty")
        }
    lines = [page_lines(page) for page in pages]
    blocks = layout_blocks(lines, [page.height for page in pages])
    metadata = document.get_metadata_dict(skip_empty=True)
    return {
        "pages": len(pages),
        "blocks": [list(block) for block in blocks],
        "title": _sensible_title(metadata.get("Title", "")) or title_line(lines),
        "authors": metadata.get("Author", ""),
        **_first_page_ids(pages[0]),
    }


def _sensible_title(title: str) -> str | None:
    """The title that the file's metadata give, unless a program wrote it."""
    title = " ".join(title.split())
    sensible = 10 <= len(title) <= 300 and " " in title and not _NO_TITLE.search(title)
    return title if sensible else None


def _first_page_ids(page: Page) -> dict[str, object]:
    """arXiv's stamp in the margin, and the DOI where the first page names exactly one."""
    stamp = _STAMP.search(page.sideways) or _STAMP.search(page_text(page))
    dois = {found for text in _DOI.findall(page_text(page)) if (found := doi(text.rstrip(".,;)")))}
    return {
        "arxiv": arxiv_id(stamp["id"]) if stamp else None,
        "year": stamp["year"] if stamp else None,
        "doi": dois.pop() if len(dois) == 1 else None,
    }


if __name__ == "__main__":
    main()
