"""What every route shares: the program, the shelf, the desk, and the templates."""

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assignee.records import Report
from assignee.report import FILES as TAKEN_AWAY
from assignee.report.fragment import blocks_html, line_html
from assignee.report.html import ROOM as REPORT
from assignee.report.html import environment
from assignee.report.index import Index
from assignee.report.word import TONES
from assignee.report.wording import duration, moment, money, score
from assignee.site.desk import Desk
from assignee.site.shelf import Shelf
from assignee.site.talk import Talk
from assignee.site.uploads import LIMITS, Uploads
from assignee.site.view import ReportView, report_view
from assignee.version import VERSION

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup
    from starlette.requests import Request
    from starlette.responses import HTMLResponse

    from assignee.api import Assignee

HERE = Path(__file__).parent
STATIC = HERE / "static"
FILES = {
    "report.css": (REPORT / "page.css", "text/css"),
    "site.css": (STATIC / "site.css", "text/css"),
    "site.js": (STATIC / "site.js", "text/javascript"),
    "watch.js": (STATIC / "watch.js", "text/javascript"),
    "ask.js": (STATIC / "ask.js", "text/javascript"),
    "begin.js": (STATIC / "begin.js", "text/javascript"),
    "upload.js": (STATIC / "upload.js", "text/javascript"),
    "report.js": (STATIC / "report.js", "text/javascript"),
    "session.js": (STATIC / "session.js", "text/javascript"),
    "icon.svg": (STATIC / "icon.svg", "image/svg+xml"),
}
"""All that a page loads beside itself, by name."""
KEPT = 8
"""Reports that are kept as they were set; one of 300 claims takes 1.2 MB."""


class Reading(NamedTuple):
    """A report as the page shows it."""

    view: ReportView
    body: "Markup"


@dataclass
class Room:
    """One home, shown."""

    assignee: "Assignee"
    shelf: Shelf = field(init=False)
    desk: Desk = field(init=False)
    talk: Talk = field(init=False)
    uploads: Uploads = field(init=False)
    said: dict[str, str] = field(default_factory=dict)
    """What was said in the turn that is under way, by the session's id."""
    _set: OrderedDict[str, "Reading"] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.assignee)
        self.desk = Desk(self.assignee)
        self.talk = Talk(self.assignee, self.shelf)
        self.uploads = Uploads(self.assignee.settings.home / "uploads")

    def reading(self, digest: str, report: Report, index: Index) -> "Reading":
        """The report of that digest as it is read; a large one takes half a second to set."""
        if (known := self._set.get(digest)) is not None:
            return known
        view = report_view(report, index)
        body: Markup = templates().get_template("reading.html.j2").module.reading(view)  # type: ignore[attr-defined]
        self._set[digest] = made = Reading(view, body)
        while len(self._set) > KEPT:
            self._set.popitem(last=False)
        return made

    def page(
        self,
        request: "Request",
        name: str,
        *,
        status: int = 200,
        **shown: Any,  # noqa: ANN401
    ) -> "HTMLResponse":
        """The template of that name as a page."""
        from starlette.responses import HTMLResponse

        text = templates().get_template(f"{name}.html.j2")
        csrf = request.state.csrf
        return HTMLResponse(
            text.render(csrf=csrf, here=request.url.path, **shown), status_code=status
        )


@cache
def templates() -> "Environment":
    """The templates, with what they may call."""
    made = environment(HERE / "templates")
    made.globals.update(
        blocks=blocks_html,
        line=line_html,
        score=score,
        money=money,
        moment=moment,
        duration=duration,
        tones=TONES,
        taken_away=TAKEN_AWAY,
        asset=asset,
        limits=LIMITS,
        version=VERSION,
    )
    return made


@cache
def asset(name: str) -> str:
    """The address of a file that pages load; it changes with the file, so that it can be kept."""
    path, _ = FILES[name]
    return f"/static/{name}?v={sha256(path.read_bytes()).hexdigest()[:12]}"
