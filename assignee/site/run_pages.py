"""The pages of runs: the list, one being watched or read, and its files."""

from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assignee.report.label import listed_label
from assignee.site.download import download
from assignee.site.listing import listed
from assignee.site.room import Room
from assignee.site.stages import STAGES
from assignee.site.turns import begun_about

if TYPE_CHECKING:
    from assignee.runs import Run


def run_routes(room: Room) -> APIRouter:
    """Every address of runs that gives HTML, and the files of their reports."""
    routes = APIRouter(prefix="/runs", default_response_class=HTMLResponse)

    @routes.get("")
    def runs(request: Request, words: str = "", page: int = 1) -> Response:
        listing = listed(room.assignee.runs.all(), words, page)
        return room.page(request, "runs", listing=listing, standing=room.desk.status)

    @routes.get("/{run_id}")
    def run(request: Request, run_id: str) -> Response:
        found = room.assignee.runs.load(run_id)
        if found.report is not None and not room.desk.busy(run_id):
            shown = room.reading(found.report, *room.shelf.report(found))
            return room.page(request, "report", run=found, **shown._asdict())
        work = room.desk.work(run_id)
        return room.page(
            request,
            "watch",
            run=found,
            standing=room.desk.status(found),
            rows=work.rows if work else [],
            stages=STAGES,
            papers=_named(room, found),
        )

    @routes.post("/{run_id}/cancel")
    def cancel(run_id: str) -> Response:
        room.desk.stop(room.assignee.runs.load(run_id).id)
        return RedirectResponse(f"/runs/{run_id}", 303)

    @routes.post("/{run_id}/resume")
    def resume(run_id: str) -> Response:
        found = room.assignee.runs.load(run_id)
        if found.kind == "research":
            room.desk.begin(found)
        return RedirectResponse(f"/runs/{run_id}", 303)

    @routes.post("/{run_id}/delete")
    def delete(run_id: str) -> Response:
        if room.desk.busy(run_id):
            raise HTTPException(409, "The run is under way: stop it first.")
        room.assignee.delete_run(run_id)
        return RedirectResponse("/runs", 303)

    @routes.post("/{run_id}/talk")
    def talk(run_id: str) -> Response:
        return RedirectResponse(f"/sessions/{begun_about(room, run_id).id}", 303)

    @routes.get("/{run_id}/files/{name}")
    def file(run_id: str, name: str) -> Response:
        report, _ = room.shelf.report(room.assignee.runs.load(run_id))
        return download(report, name)

    return routes


def _named(room: Room, run: "Run") -> list[str]:
    """What the run reads, in words."""
    titles = {paper.id: listed_label(paper) for paper in room.shelf.named(run.papers)}
    files = str(room.assignee.runs.files(run.id).absolute())
    sources = [str(name) for name in run.settings.get("sources", ())]
    if run.settings.get("offline_demo"):
        sources.append("the demonstration's small literature")
    papers = (Path(name).name if name.startswith(files) else name for name in run.papers)
    return [*(titles.get(name, name) for name in papers), *sources] or ["the whole library"]
