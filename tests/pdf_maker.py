"""A tiny PDF writer for fixtures: text at places, images, encryption, running heads."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 612, 792


class Text(NamedTuple):
    """A line of Helvetica; points from the page's top left corner to its base line."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False
    sideways: bool = False


class Image(NamedTuple):
    """A grey picture that fills the page, as a scan does."""


def column(
    text: str, *, x: float = 72, y: float = 100, width: int = 90, size: float = 10
) -> list[Text]:
    """A paragraph wrapped to a number of characters, one line under the other."""
    lines = textwrap.wrap(text, width, break_on_hyphens=False)
    return [Text(x, y + 1.2 * size * number, line, size) for number, line in enumerate(lines)]


def make_pdf(
    pages: Sequence[Iterable[Text | Image]],
    *,
    title: str = "",
    author: str = "",
    encrypted: bool = False,
) -> bytes:
    """The bytes of a PDF; an encrypted one asks for a password that nobody knows."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        _stream(
            b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
            b"/BitsPerComponent 8",
            b"\x80",
        ),
        f"<< /Title ({_escaped(title)}) /Author ({_escaped(author)}) >>".encode("cp1252"),
    ]
    kids = []
    for page in pages:
        objects.append(_stream(b"", _content(page)))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> /XObject << /I 5 0 R >> >> >>"
            % (WIDTH, HEIGHT, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return _file(objects, encrypted=encrypted)


def _content(page: Iterable[Text | Image]) -> bytes:
    parts = []
    for item in page:
        if isinstance(item, Image):
            parts.append(f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /I Do Q")
            continue
        turn = "0 1 -1 0" if item.sideways else "1 0 0 1"
        font = "F2" if item.bold else "F1"
        parts.append(
            f"BT /{font} {item.size} Tf {turn} {item.x} {HEIGHT - item.y} Tm "
            f"({_escaped(item.text)}) Tj ET"
        )
    return "\n".join(parts).encode("cp1252")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _stream(entries: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def _file(objects: Sequence[bytes], *, encrypted: bool) -> bytes:
    data = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"/Size %d /Root 1 0 R /Info 6 0 R" % (len(objects) + 1)
    if encrypted:
        # The empty password's check value is not 32 zero bytes, so every reader asks for one.
        zeros = b"00" * 32
        trailer += (
            b" /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>"
            % (zeros, zeros)
        )
    return bytes(data + b"trailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, start))
