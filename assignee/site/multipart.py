"""A form with files as a browser sends it (multipart/form-data, RFC 7578), read piece by piece.

async for piece in parts(request.stream(), boundary):
    if isinstance(piece, Head): ...   # the next field begins
    else: ...                         # bytes of its content
"""

import re
from collections.abc import AsyncIterator
from typing import NamedTuple

LONGEST_HEAD = 8192
"""Bytes of a part's headers; a name of 300 characters has 1,200 at most."""
LONGEST_BOUNDARY = 70
"""Characters, by RFC 2046."""

_BOUNDARY = re.compile(
    r'multipart/form-data\s*;.*?boundary=(?:"([^"]+)"|([^";,\s]+))', re.IGNORECASE
)
_PARAMETER = re.compile(r'[;\s](name|filename)="((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"%(22|0D|0A)|\\([\"\\])", re.IGNORECASE)


class BrokenForm(ValueError):
    """The body is not the form that its headers promise, or ends too early."""


class Head(NamedTuple):
    """Where a part begins."""

    name: str
    filename: str | None
    """As it was sent, by whoever sent it; empty where no file was chosen, `None` for a field."""


def boundary_of(content_type: str) -> bytes | None:
    """What parts the fields; `None` where the body is no such form."""
    found = _BOUNDARY.match(content_type)
    given = (found[1] or found[2]) if found else ""
    return given.encode("latin-1") if 0 < len(given) <= LONGEST_BOUNDARY else None


async def parts(chunks: AsyncIterator[bytes], boundary: bytes) -> AsyncIterator[Head | bytes]:
    """Each part's head, then its content in pieces; no more is held than a piece and a head.

    Raises:
        BrokenForm: the body does not follow the format.
    """
    delimiter = b"\r\n--" + boundary
    body = _Body(chunks)
    if await body.until(delimiter, most=0):
        raise BrokenForm("something stands before the first part")
    while await body.first(2) != b"--":
        yield _head(await body.until(b"\r\n\r\n", most=LONGEST_HEAD))
        while (found := body.held.find(delimiter)) < 0:
            if piece := body.cut(len(body.held) - len(delimiter) + 1):
                yield piece
            await body.more()
        if found:
            yield body.cut(found)
        body.cut(len(delimiter))


class _Body:
    """What was received and not yet taken; a line break stands before its first line."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self.held = bytearray(b"\r\n")

    async def more(self) -> None:
        chunk = await anext(self._chunks, b"")
        if not chunk:
            raise BrokenForm("the form ends in the middle")
        self.held += chunk

    def cut(self, size: int) -> bytes:
        taken = bytes(self.held[: max(0, size)])
        del self.held[: len(taken)]
        return taken

    async def first(self, size: int) -> bytes:
        while len(self.held) < size:
            await self.more()
        return bytes(self.held[:size])

    async def until(self, mark: bytes, *, most: int) -> bytes:
        while (found := self.held.find(mark)) < 0:
            if len(self.held) > most + len(mark):
                raise BrokenForm("a part does not begin where it should")
            await self.more()
        if found > most:
            raise BrokenForm("a part does not begin where it should")
        taken = self.cut(found)
        self.cut(len(mark))
        return taken


def _head(lines: bytes) -> Head:
    for line in lines.decode("utf-8", "replace").split("\r\n"):
        if line.casefold().startswith("content-disposition: form-data"):
            given = {name: _unescaped(value) for name, value in _PARAMETER.findall(line)}
            if "name" in given:
                return Head(given["name"], given.get("filename"))
    raise BrokenForm("a part has no name")


def _unescaped(value: str) -> str:
    marks = {"22": '"', "0D": "\r", "0A": "\n"}
    return _ESCAPED.sub(lambda found: found[2] or marks[found[1].upper()], value)
