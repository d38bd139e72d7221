"""The files of a report, made when they are asked for."""

from typing import TYPE_CHECKING

from fastapi import HTTPException
from fastapi.responses import Response

from assignee.report import FILES, style_of

if TYPE_CHECKING:
    from assignee.records import Report

BY_NAME = {file.name: file for file in FILES.values()}


def download(report: "Report", name: str) -> Response:
    """The file of that name, to be saved: it is never shown as a page of this server.

    A PDF and pictures take a second or two: not for the server's event loop.

    Raises:
        HTTPException: there is no such file.
        SettingsError: what it needs is not installed.
    """
    if name not in BY_NAME:
        raise HTTPException(404, f"There is no file {name!r}; there are {', '.join(BY_NAME)}.")
    file = BY_NAME[name]
    made = file.render(report, style_of(report))
    return Response(
        made if isinstance(made, bytes) else made.encode("utf-8", "replace"),
        media_type=file.media_type,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
