"""The pages: ask, watch, read, follow a quote, compare, runs."""

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from assignee.agents.panel_file import known_panels
from assignee.errors import UserError
from assignee.options import described
from assignee.report.label import listed_label, source_label
from assignee.settings import SOURCES
from assignee.site.asked import Asked, asked_of_form, faults
from assignee.site.comparison import compare
from assignee.site.document import parts_of
from assignee.site.download import DOWNLOADS, download
from assignee.site.room import FILES, Room
from assignee.site.stages import STAGES

if TYPE_CHECKING:
    from assignee.runs import Run

A_YEAR = "private, max-age=31536000, immutable"
EXAMPLES = (
    "Does instruction tuning help small models?",
    "Does more data reduce the loss as much as more parameters do?",
)


def page_routes(room: Room) -> APIRouter:
    """Every address that gives HTML, and what HTML loads."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/")
    def ask(request: Request) -> Response:
        return asking(room, request)

    @routes.post("/runs")
    async def begin(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        given = asked_of_form(form)
        try:
            asked = Asked.model_validate(given)
            settings = asked.settings(room.assignee.settings)
            run = room.assignee.begin(asked.question, asked.papers, settings=settings)
        except (ValidationError, UserError) as error:
            return asking(room, request, given, form, faults(error))
        room.desk.begin(run)
        return RedirectResponse(f"/runs/{run.id}", 303)

    @routes.get("/runs")
    def runs(request: Request) -> Response:
        found = [(run, room.desk.status(run)) for run in room.assignee.runs.all()]
        return room.page(request, "runs", runs=found)

    @routes.get("/runs/{run_id}")
    def run(request: Request, run_id: str) -> Response:
        found = room.assignee.runs.load(run_id)
        if found.report is not None and not room.desk.busy(run_id):
            shown = room.reading(found.report, *room.shelf.report(found))
            return room.page(request, "report", run=found, downloads=DOWNLOADS, **shown._asdict())
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

    @routes.post("/runs/{run_id}/cancel")
    def cancel(run_id: str) -> Response:
        room.desk.stop(room.assignee.runs.load(run_id).id)
        return RedirectResponse(f"/runs/{run_id}", 303)

    @routes.post("/runs/{run_id}/resume")
    def resume(run_id: str) -> Response:
        found = room.assignee.runs.load(run_id)
        if found.kind == "research":
            room.desk.begin(found)
        return RedirectResponse(f"/runs/{run_id}", 303)

    @routes.get("/runs/{run_id}/files/{name}")
    def file(run_id: str, name: str) -> Response:
        report, _ = room.shelf.report(room.assignee.runs.load(run_id))
        return download(report, name)

    @routes.get("/compare")
    def comparison(request: Request, run: Annotated[list[str] | None, Query()] = None) -> Response:
        known = [one for one in room.assignee.runs.all() if one.report is not None]
        chosen = list(dict.fromkeys(run or ()))
        if len(chosen) != 2:
            fault = "Choose two runs." if chosen else None
            return room.page(request, "compare", known=known, chosen=chosen, fault=fault, pair=None)
        one, other = (room.assignee.runs.load(run_id) for run_id in chosen)
        pair = compare(room.shelf.report(one)[0], room.shelf.report(other)[0])
        return room.page(
            request,
            "compare",
            known=known,
            chosen=chosen,
            fault=None,
            pair=pair,
            one=one,
            other=other,
            label=listed_label,
        )

    @routes.get("/papers/{paper_id}")
    def paper(
        request: Request,
        paper_id: str,
        start: Annotated[int, Query(ge=0)] = 0,
        end: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        found = room.shelf.document(paper_id)
        if found is None:
            raise HTTPException(404, "This paper is not in the library; it may have been removed.")
        work, text, sections = found
        return room.page(
            request,
            "paper",
            paper=work,
            label=source_label(work),
            quoted=end > start,
            parts=parts_of(text, sections, start, end),
        )

    @routes.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in FILES:
            raise HTTPException(404)
        path, kind = FILES[name]
        return FileResponse(path, media_type=kind, headers={"cache-control": A_YEAR})

    return routes


def asking(
    room: Room,
    request: Request,
    given: dict[str, Any] | None = None,
    form: dict[str, list[str]] | None = None,
    fault: str | None = None,
) -> Response:
    """The page that asks; after a fault with what was filled in."""
    settings = room.assignee.settings
    papers = room.shelf.papers()
    filled = {name: values[0] for name, values in (form or {}).items() if values}
    return room.page(
        request,
        "ask",
        status=422 if fault else 200,
        papers=papers,
        label=listed_label,
        sources=SOURCES,
        panels=known_panels(),
        settings=settings,
        described=described,
        examples=EXAMPLES,
        given={**dict.fromkeys(Asked.model_fields), **(given or {})},
        filled={"where": "library" if papers else "demo", **filled},
        fault=fault,
    )


def _named(room: Room, run: "Run") -> list[str]:
    """What the run reads, in words."""
    titles = {paper.id: listed_label(paper) for paper in room.shelf.papers()} if run.papers else {}
    sources = [str(name) for name in run.settings.get("sources", ())]
    if run.settings.get("offline_demo"):
        sources.append("the demonstration's small literature")
    return [*(titles.get(name, name) for name in run.papers), *sources] or ["the whole library"]
