"""The application: routes behind the gate, and what goes wrong as a page or as JSON."""

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from assignee.errors import AssigneeError
from assignee.site.gate import Gate
from assignee.site.interface import (
    asks_for_json,
    course_interface,
    interface_routes,
    status_of,
)
from assignee.site.pages import page_routes
from assignee.site.room import Room
from assignee.site.session_interface import session_interface, turn_interface
from assignee.site.upload_interface import upload_interface
from assignee.version import VERSION

if TYPE_CHECKING:
    from starlette.types import ASGIApp

INTERFACE = (
    interface_routes,
    course_interface,
    upload_interface,
    session_interface,
    turn_interface,
)
DESCRIPTION = (
    "The program on this machine, over HTTP. Requests need the cookie that the first address "
    "gives; those that change something also need the X-CSRF-Token header, which every page holds "
    "in its `meta` element `csrf`."
)


def application(room: Room, *, port: int, token: str) -> "ASGIApp":
    """The whole application for one home.

    Args:
        room: what is shown.
        port: that it listens on.
        token: of the first address.
    """
    app = FastAPI(
        title="Assignee Research",
        version=VERSION,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,  # the documentation pages of FastAPI load scripts from elsewhere
        redoc_url=None,
    )
    app.include_router(page_routes(room), include_in_schema=False)
    for topic in INTERFACE:
        app.include_router(topic(room))

    def failed(request: Request, status: int, why: str) -> Response:
        if asks_for_json(request):
            return JSONResponse({"detail": why}, status)
        return room.page(request, "fault", status=status, why=why)

    @app.exception_handler(AssigneeError)
    async def on_purpose(request: Request, error: AssigneeError) -> Response:
        return failed(request, status_of(error), str(error))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return failed(request, error.status_code, str(error.detail))

    return Gate(app, port=port, token=token)
