"""What tests of whole runs over the literature share: the program over an offline server."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fake_engine import Roles
from makers import HashingEmbedder

from assignee.assembly import Assembled, assemble
from assignee.execution import run_research
from assignee.graph.context import Progress
from assignee.library import Library
from assignee.offline import LiteratureServer
from assignee.records import PanelSpec, Report, ReviewerSpec
from assignee.runs import Run
from assignee.settings import SOURCES, Settings
from assignee.sources.literature import url_by_name

QUESTION = "Does human feedback make language models more truthful?"
PANEL = PanelSpec(
    name="two",
    quorum=1,
    reviewers=(
        ReviewerSpec(id="evidence", checklist="evidence"),
        ReviewerSpec(id="auditor", checklist="audit"),
    ),
)


class Literature:
    """Runs over one server and one home; the engine is plain functions, all else is real."""

    def __init__(self, server: LiteratureServer, home: Path) -> None:
        self.server = server
        self.home = home

    def settings(self, **chosen: Any) -> Settings:
        """All five databases at the server, one round, no revision."""
        values: dict[str, Any] = {
            "sources": SOURCES,
            "source_urls": url_by_name(self.server.base_urls),
            "contact": "reader@example.org",
            "rounds": 1,
            "revisions": 0,
            "max_papers": 6,
        }
        return Settings(home=self.home, **(values | chosen))

    async def research(
        self,
        question: str = QUESTION,
        *,
        papers: Sequence[str | Path] = (),
        watch: Callable[[Progress], None] | None = None,
        **chosen: Any,
    ) -> Report:
        """The report of one run."""
        settings = self.settings(**chosen)
        with Library.open(self.home / "library", HashingEmbedder()) as library:
            made = assemble(
                settings,
                run_id="run",
                library=library,
                embedder=HashingEmbedder(),
                papers=list(map(str, papers)),
            )
            roles = Roles()
            context = replace(made.context, engine=roles.engine(), panel=PANEL, local_critic=roles)
            run = Run(id="run", question=question, started="2026-01-01T00:00:00+00:00")
            _, report = await run_research(
                run,
                Assembled(context, made.aclose),
                checkpoints=self.home / "checkpoints",
                watch=watch,
            )
        return report

    def asked(self, *, where: str = "") -> list[str]:
        """Targets of all requests so far, of all services."""
        return [
            request.target
            for requests in self.server.requests.values()
            for request in requests
            if where in request.target
        ]
