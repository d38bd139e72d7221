"""Uploads in the JSON API: files sent first, read by the run or the session that names them."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel, Field

from assignee.errors import NoPapersError
from assignee.site.form import read_form
from assignee.site.interface import FAULTS
from assignee.site.room import Room
from assignee.site.uploads import LARGEST_FILE, LARGEST_UPLOAD, MOST_FILES, TAKEN


class UploadedFile(BaseModel):
    """One file as it is kept."""

    name: str = Field(description="Made of the name that was sent; it fits what the file holds.")
    size: int = Field(description="Bytes.")


class Upload(BaseModel):
    """Files that wait for a run or a session to take them; nobody's are deleted after a day."""

    id: str
    files: list[UploadedFile]


BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"One part a file, {MOST_FILES} at most of {LARGEST_FILE // 2**20} MB each "
        f"and {LARGEST_UPLOAD // 2**20} MB together: {', '.join(TAKEN)}. What a file is, its first "
        "bytes say.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}}
                    },
                    "required": ["file"],
                }
            }
        },
    }
}


def upload_interface(room: Room) -> APIRouter:
    """Files received, and given up."""
    routes = APIRouter(prefix="/api/uploads", tags=["uploads"], responses=FAULTS)

    @routes.post("", status_code=201, openapi_extra=BODY)
    async def receive(
        request: Request,
        to: Annotated[str | None, Query(description="An upload that the files join.")] = None,
    ) -> Upload:
        """Upload files; with `to`, into an upload that is there."""
        form = await read_form(request, room.uploads, to)
        if form.fault or not form.upload:
            raise NoPapersError(form.fault or "no file was sent")
        files = room.uploads.files(form.upload)
        return Upload(
            id=form.upload,
            files=[UploadedFile(name=path.name, size=path.stat().st_size) for path in files],
        )

    @routes.delete("/{upload_id}", status_code=204)
    def discard(upload_id: str) -> None:
        """Give an upload up."""
        if not room.uploads.files(upload_id):
            raise HTTPException(404, "There is no such upload.")
        room.uploads.discard(upload_id)

    return routes
