"""The pages, a topic each, and what they load."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, Response

from assignee.site.ask_page import ask_routes
from assignee.site.compare_page import compare_routes
from assignee.site.paper_page import paper_routes
from assignee.site.room import FILES, Room
from assignee.site.run_pages import run_routes
from assignee.site.session_pages import session_routes, turn_routes

A_YEAR = "private, max-age=31536000, immutable"
TOPICS = (ask_routes, run_routes, compare_routes, paper_routes, session_routes, turn_routes)


def page_routes(room: Room) -> APIRouter:
    """Every address that gives HTML, and what HTML loads."""
    routes = APIRouter()
    for topic in TOPICS:
        routes.include_router(topic(room))

    @routes.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in FILES:
            raise HTTPException(404)
        path, kind = FILES[name]
        return FileResponse(path, media_type=kind, headers={"cache-control": A_YEAR})

    return routes
