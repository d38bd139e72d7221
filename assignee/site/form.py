"""A form as it was sent: its fields, and its files kept as one upload."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from fastapi import HTTPException

from assignee.errors import NoPapersError
from assignee.site.multipart import BrokenForm, Head, boundary_of, parts

if TYPE_CHECKING:
    from starlette.requests import Request

    from assignee.site.uploads import Received, Uploads

LONGEST_FIELDS = 100_000
"""Bytes of all fields that are no files."""


class Form(NamedTuple):
    """What was sent."""

    fields: dict[str, list[str]]
    upload: str | None
    """Of the files: those sent along, and those of the field `upload`."""
    fault: str | None = None
    """Why a file was not kept; the others were."""


async def read_form(request: "Request", uploads: "Uploads", to: str | None = None) -> Form:
    """The form of a request, with or without files; they join the upload `to` if it is there.

    Raises:
        SettingsError: nothing can be written in the home.
        HTTPException: the form is broken.
    """
    boundary = boundary_of(request.headers.get("content-type", ""))
    if boundary is None:
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        return Form(fields, _first(fields, "upload"))
    reader = _Reader(uploads, to)
    try:
        async for piece in parts(request.stream(), boundary):
            if isinstance(piece, Head):
                reader.begin(piece)
            else:
                reader.write(piece)
        reader.end()
    except BrokenForm as error:
        reader.give_up()
        raise HTTPException(400, f"The form is broken: {error}.") from None
    except BaseException:
        reader.give_up()
        raise
    known = reader.upload or _first(reader.fields, "upload")
    return Form(reader.fields, known if known and uploads.files(known) else None, reader.fault)


class _Reader:
    """Puts each part where it belongs; of a file that is refused nothing is kept."""

    def __init__(self, uploads: "Uploads", to: str | None) -> None:
        self.fields: dict[str, list[str]] = {"upload": [to]} if to else {}
        self.upload: str | None = None
        self.fault: str | None = None
        self._uploads = uploads
        self._size = 0
        self._name: str | None = None
        self._value = b""
        self._file: Received | None = None
        self._made = False

    def begin(self, head: Head) -> None:
        self.end()
        if head.filename is None:
            self._name = head.name
        elif head.filename:
            with self._refusing():
                self._file = self._uploads.receive(self._into(), head.filename)

    def write(self, piece: bytes) -> None:
        if self._file is not None:
            with self._refusing():
                self._file.write(piece)
        elif self._name is not None:
            self._size += len(piece)
            if self._size > LONGEST_FIELDS:
                raise BrokenForm("its fields are too long")
            self._value += piece

    def end(self) -> None:
        if self._file is not None:
            with self._refusing():
                self._file.keep()
        elif self._name is not None:
            text = self._value.decode("utf-8", "replace")
            self.fields.setdefault(self._name, []).append(text)
        self._file, self._name, self._value = None, None, b""

    def give_up(self) -> None:
        self._drop()
        if self.upload is not None and self._made:
            self._uploads.discard(self.upload)

    def _into(self) -> str:
        if self.upload is None:
            known = _first(self.fields, "upload")
            self.upload = self._uploads.begin(known)
            self._made = self.upload != known
        return self.upload

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except NoPapersError as error:
            self._drop()
            self.fault = self.fault or str(error)

    def _drop(self) -> None:
        if self._file is not None:
            self._file.drop()
        self._file = None


def _first(fields: dict[str, list[str]], name: str) -> str | None:
    return next(iter(fields.get(name, ())), None) or None
