"""From bytes to clean text: the last place where a document's characters may change."""

import codecs
import re
from pathlib import Path

from assignee.reading.normal import strip_invisible

_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_FOLDED = str.maketrans(
    dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " ")
    | {chr(code): " " for code in range(0x2000, 0x200B)}
    | {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def clean(text: str) -> str:
    r"""The text with \n as its only line break, plain spaces and ligatures, nothing invisible.

    Every format passes through here before any offset is taken.
    """
    return strip_invisible(_BREAKS.sub("\n", text).translate(_FOLDED))[0]


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text of a file: by its mark, then UTF-8, then the encoding it names, then cp1252.

    Raises:
        ValueError: the bytes are no text.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, errors="replace")
    text = _decoded(data, ("utf-8", encoding or "cp1252", "cp1252"))
    # Text has next to no control characters; a tenth of a percent allows for a stray one.
    if len(_BINARY.findall(text)) > len(text) / 1000:
        raise ValueError("it is binary, not text")
    return text


def _decoded(data: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        # Codecs such as base64 or rot13 decode to something else than text.
        if isinstance(text, str):
            return text
    return data.decode("latin-1")


def shown(path: Path) -> str:
    """The path as the user gave it, with bytes that are no text replaced: records hold text."""
    return str(path).encode("utf-8", errors="replace").decode()
