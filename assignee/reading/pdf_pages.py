"""What stands where on the pages of a PDF: runs of characters with their boxes, by PDFium."""

import ctypes
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pypdfium2


class Run(NamedTuple):
    """Characters on one line without a wide gap; points, from the page's top left corner."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    bold: bool

    @property
    def size(self) -> float:
        """Height of the line box, which follows the font size."""
        return self.bottom - self.top


class Page(NamedTuple):
    """One page's runs in the order of the file, and what is written sideways on it."""

    number: int
    width: float
    height: float
    runs: tuple[Run, ...]
    sideways: str
    images: bool


# A gap wider than this many line heights parts two runs: a gutter between columns, a table cell.
WIDE_GAP = 1.2
# Text turned by more than this, in radians, is no line of the page.
_LEVEL = 0.1
_BOLD = re.compile(r"bold|black|heavy|demi|semib|medi(?!um)|CMBX|CMSSBX|SFBX|-B$", re.IGNORECASE)
# PDFium's marks for a hyphen at a line's end.
_HYPHENS = {0x02: "-", 0xFFFE: "-", 0xAD: "-"}


class _Char(NamedTuple):
    text: str
    left: float
    right: float
    top: float
    bottom: float


def read_page(document: "pypdfium2.PdfDocument", index: int) -> Page:
    """The runs of one page; the index counts from 0."""
    import pypdfium2.raw as pdfium

    page = document[index]
    try:
        width, height = page.get_size()
        textpage = page.get_textpage()
        try:
            runs, sideways = _runs(textpage.raw, pdfium, height=height)
        finally:
            textpage.close()
        kinds = [pdfium.FPDF_PAGEOBJ_IMAGE]
        images = not runs and any(True for _ in page.get_objects(filter=kinds, max_depth=3))
        return Page(index + 1, width, height, tuple(runs), sideways, images)
    finally:
        page.close()


def _runs(textpage: Any, pdfium: Any, *, height: float) -> tuple[list[Run], str]:  # noqa: ANN401
    """All runs of upright text, and the sideways characters as one string."""
    runs: list[Run] = []
    sideways: list[str] = []
    chars: list[_Char] = []
    first = 0
    last: _Char | None = None
    for index, char in _chars(textpage, pdfium, height=height):
        if last and (char is None or _parts(last, char)):
            runs.append(_run(chars, bold=_is_bold(textpage, pdfium, first)))
            chars, last = [], None
        if char is None or (last is None and char.text == " "):
            continue
        if last is None:
            if abs(pdfium.FPDFText_GetCharAngle(textpage, index)) > _LEVEL:
                sideways.append(char.text)
                continue
            first = index
        chars.append(char)
        last = last if char.text == " " else char
    if chars:
        runs.append(_run(chars, bold=_is_bold(textpage, pdfium, first)))
    return runs, "".join(sideways)


def _chars(
    textpage: Any,  # noqa: ANN401
    pdfium: Any,  # noqa: ANN401
    *,
    height: float,
) -> Iterator[tuple[int, _Char | None]]:
    """Each character with its index; `None` where PDFium sees a line's end."""
    box = pdfium.FS_RECTF()
    reference = ctypes.byref(box)
    for index in range(pdfium.FPDFText_CountChars(textpage)):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        if code in (10, 13):
            yield index, None
            continue
        if code == 0:
            continue
        text = _HYPHENS.get(code) or chr(code)
        text = " " if text.isspace() else text
        pdfium.FPDFText_GetLooseCharBox(textpage, index, reference)
        yield index, _Char(text, box.left, box.right, height - box.top, height - box.bottom)


def _parts(last: _Char, char: _Char) -> bool:
    """Whether the character begins another run: another line, or far off on the same one."""
    if char.text == " ":
        return False
    size = last.bottom - last.top
    gap = char.left - last.right
    if gap > WIDE_GAP * size or gap < -2 * size:
        return True
    if char.top == last.top:
        return False
    shared = min(last.bottom, char.bottom) - max(last.top, char.top)
    return shared < 0.3 * min(size, char.bottom - char.top)


def _run(chars: list[_Char], *, bold: bool) -> Run:
    shown = [char for char in chars if char.text != " "]
    # Most characters share one box height; raised and lowered ones must not stretch the line.
    heights = sorted(char.bottom - char.top for char in shown)
    usual = heights[len(heights) // 2]
    level = [char for char in shown if char.bottom - char.top >= 0.9 * usual] or shown
    tops, bottoms = sorted(c.top for c in level), sorted(c.bottom for c in level)
    return Run(
        "".join(char.text for char in chars).strip(),
        min(char.left for char in shown),
        max(char.right for char in shown),
        tops[len(tops) // 2],
        bottoms[len(bottoms) // 2],
        bold,
    )


def _is_bold(textpage: Any, pdfium: Any, index: int) -> bool:  # noqa: ANN401
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(textpage, index, buffer, 128, ctypes.byref(flags))
    return bool(0 < length <= 128 and _BOLD.search(buffer.value.decode("utf-8", "replace")))
