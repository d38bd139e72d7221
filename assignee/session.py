"""The session: turns over one question and its evidence; the terminal and the page speak to it.

with Assignee() as assignee:
    session = assignee.session("roofs", papers=["notes/"])
    session.ask("Do planted roofs lower indoor temperatures?")
    print(session.ask("Why is claim 2 contradicted?").sentences)
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from assignee.background import streamed
from assignee.errors import QuestionError, SettingsError
from assignee.execution import opened, tracing
from assignee.records import (
    SCHEMA_VERSION,
    Paper,
    Progress,
    Report,
    Route,
    SessionInfo,
    Turn,
    Version,
)
from assignee.runs import Run, new_run_id
from assignee.sessions import Begun, SessionRecord
from assignee.settings import PRIVATE, Settings

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from assignee.api import Assignee
    from assignee.assembly import Assembled
    from assignee.graph.session import SessionState
    from assignee.graph.session_context import SessionContext

    Watcher = Callable[[Progress], None]

T = TypeVar("T")

LONGEST_TURN = 4000
"""Characters that can be said at once."""


class Session:
    """One session; made by `Assignee.session`. One turn at a time: others wait for it.

    Whatever changes the evidence makes a new report by a run of its own, over the session's own
    papers; the shared library only ever grows. Everything else is answered from the checked claims
    of the current report.
    """

    def __init__(self, program: "Assignee", record: SessionRecord) -> None:
        self._program = program
        self._record = record
        self._register = program.session_register
        self._lock = asyncio.Lock()
        self._turns = self._register.turns(record.info.id)
        self._standing: Version | None = None

    @property
    def id(self) -> str:
        """Its id, which never changes."""
        return self._record.info.id

    @property
    def name(self) -> str:
        """Its name."""
        return self._record.info.name

    @property
    def info(self) -> SessionInfo:
        """How a list shows it."""
        return self._record.info

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said and told so far."""
        return tuple(self._turns)

    @property
    def settings(self) -> Settings:
        """Its settings, with what filters and orders have changed."""
        return self._settings(self._run(self._version()))

    @property
    def engine(self) -> str:
        """Which engine it uses; told without opening its checkpoint."""
        return self._settings(Version()).engine

    @property
    def report(self) -> Report | None:
        """The current report; `None` before the first one."""
        return self._report_of(self._run(self._version()))

    @property
    def before(self) -> Report | None:
        """The report before the current one, as `undo` would give it back."""
        state = self._run(self._state())
        versions = state.get("versions", [])[:-1]
        if not versions:
            return None
        [version] = self._program.library.get(Version, versions[-1:])
        return self._report_of(version)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change that `undo` takes back."""
        return self._goes_back(self._run(self._state()).get("versions", []))

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The session's own papers: those of the report first, in its order."""
        from assignee.graph.versions import own_papers

        version = self._run(self._version())
        return tuple(
            self._program.library.papers(list(own_papers(version, self._report_of(version))))
        )

    @property
    def run(self) -> str | None:
        """Id of the finished run whose report the session began with."""
        return self._record.run

    @property
    def missing(self) -> tuple[Paper, ...]:
        """Papers of the current report that are not in the library any more."""
        report = self.report
        if report is None:
            return ()
        known = self._program.library.papers([paper.id for paper in report.papers])
        kept = {paper.id for paper in known}
        return tuple(paper for paper in report.papers if paper.id not in kept)

    @property
    def pending(self) -> str | None:
        """What was said in a turn that was interrupted, which `resume` goes on with."""
        begun = self._record.begun
        return begun.said if begun is not None and begun.number > self._last else None

    def ask(self, text: str, *, route: Route | None = None, watch: "Watcher | None" = None) -> Turn:
        """Take one turn: a question, an order in plain words, or a command such as `/why 4`.

        With `route` it is not decided what the text asks for.

        Raises:
            QuestionError: the text is empty or too long.
            LibraryError: the library cannot be used.
        """
        return self._run(self._ask(text, route, watch))

    async def aask(
        self, text: str, *, route: Route | None = None, watch: "Watcher | None" = None
    ) -> Turn:
        """`ask` for callers with an event loop of their own."""
        return await asyncio.wrap_future(self._program._loop.submit(self._ask(text, route, watch)))

    def stream(self, text: str, *, route: Route | None = None) -> "Iterator[Progress | Turn]":
        """Typed progress events as they happen, then the turn; leaving it stops the turn."""
        loop = self._program._loop
        yield from streamed(lambda watch: loop.submit(self._ask(text, route, watch)))

    async def astream(
        self, text: str, *, route: Route | None = None
    ) -> "AsyncIterator[Progress | Turn]":
        """`stream` for callers with an event loop of their own."""
        events = self.stream(text, route=route)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    def resume(self, *, watch: "Watcher | None" = None) -> Turn:
        """Go on with a turn that was interrupted; its run repeats nothing that it had finished.

        Raises:
            QuestionError: no turn was interrupted.
        """
        return self._run(self._resume(watch))

    async def aresume(self, *, watch: "Watcher | None" = None) -> Turn:
        """`resume` for callers with an event loop of their own."""
        return await asyncio.wrap_future(self._program._loop.submit(self._resume(watch)))

    def undo(self) -> Report | None:
        """Go back to the report and papers before the last change; the report that stands then.

        Raises:
            QuestionError: there is nothing to go back to.
        """
        return self._run(self._undo())

    def rename(self, name: str) -> None:
        """Give it another name.

        Raises:
            SettingsError: the name is empty, too long or taken.
        """
        info = self._register.rename(self.id, name)
        self._record = self._record.model_copy(update={"info": info})

    def set(self, **settings: Any) -> None:  # noqa: ANN401
        """Change settings of this session, from its next run on.

        Raises:
            SettingsError: a setting that belongs to the program, not to a session.
            ValidationError: an unknown setting, or a value that does not fit.
        """
        if own := sorted(PRIVATE & settings.keys()):
            raise SettingsError(f"{', '.join(own)}: set for the whole program, not for a session")
        made = Settings(**{**self._record.settings, **settings})
        self._record = self._record.model_copy(update={"settings": made.kept()})
        self._register.save(self._record)

    def export(
        self, folder: str | Path | None = None, formats: Sequence[str] = ()
    ) -> tuple[Path, ...]:
        """Write the current report's files: those that a run writes, or the formats named.

        Raises:
            QuestionError: there is no report yet.
            SettingsError: an unknown format, one whose extra is not installed, or nothing can be
                written there.
        """
        report = self.report
        if report is None:
            raise QuestionError("there is no report yet: ask a question first")
        return exported(report, folder, formats)

    def close(self) -> None:
        """Nothing of it stays open between turns; here for those who close what they open."""

    # --- one turn ---------------------------------------------------------------------------------

    def _run(self, coroutine: "Coroutine[Any, Any, T]") -> T:
        return self._program._loop.run(coroutine)

    async def _ask(self, text: str, route: Route | None, watch: "Watcher | None") -> Turn:
        said = text.strip()
        if not said or len(said) > LONGEST_TURN:
            raise QuestionError(
                f"say something in at most {LONGEST_TURN} characters; this has {len(said)}"
            )
        async with self._lock:
            return await self._take(await self._begun(said), route, watch)

    async def _begun(self, said: str) -> "SessionState":
        """The state of a turn that begins, which the register knows from now on."""
        number = self._last + 1
        begun = {"begun": Begun(number=number, said=said)}
        self._record = self._record.model_copy(update=begun)
        await asyncio.to_thread(self._register.save, self._record)
        return {
            "schema_version": SCHEMA_VERSION,
            "number": number,
            "said": said,
            "started": _now(),
        }

    @property
    def _last(self) -> int:
        return self._turns[-1].number if self._turns else 0

    async def _resume(self, watch: "Watcher | None") -> Turn:
        async with self._lock:
            if (said := self.pending) is None:
                raise QuestionError("no turn was interrupted: there is nothing to go on with")
            # A turn that was stopped before its first step has no checkpoint to go on from.
            found = await self._snapshot()
            waits = found.next and found.values["said"] == said
            return await self._take(None if waits else await self._begun(said), None, watch)

    async def _take(
        self, start: "SessionState | None", route: Route | None, watch: "Watcher | None"
    ) -> Turn:
        if watch is not None:
            # Before the machine is imported, which takes a second when nothing is warm.
            watch(Progress(stage="route", done=0, total=1, cost=0.0))
        from assignee.graph.session import RECURSION_LIMIT, session

        async with AsyncExitStack() as stack:
            context = await self._context(route, stack)
            stack.enter_context(tracing(context.settings))
            saver = await stack.enter_async_context(opened(self._checkpoints))
            compiled = session().compile(checkpointer=saver)
            config: RunnableConfig = {**self._config, "recursion_limit": RECURSION_LIMIT}
            stream = compiled.astream(
                start, config, context=context, stream_mode="custom", durability="async"
            )
            async for event in stream:
                if watch is not None:
                    watch(Progress.model_validate(event))
        await self._noted()
        return self._turns[-1]

    async def _context(self, route: Route | None, stack: AsyncExitStack) -> "SessionContext":
        from assignee.graph.session_context import SessionContext

        settings = self._settings(await self._version())
        run = Run(id=f"session-{self.id}", question="", settings=settings.kept(), started=_now())
        assembled = await self._program._assemble(run, (), review=True)
        if assembled.aclose is not None:
            stack.push_async_callback(assembled.aclose)
        return SessionContext(
            settings=settings,
            engine=assembled.context.engine,
            library=assembled.context.library,
            meter=assembled.context.meter,
            work=_Work(self),
            new_run_id=new_run_id,
            told=self._told,
            earlier=self.turns,
            named=self._record.named,
            given=route,
        )

    async def _told(self, turn: Turn) -> None:
        await asyncio.to_thread(self._register.write_turn, self.id, turn)
        self._turns = [*(one for one in self._turns if one.number != turn.number), turn]

    async def _noted(self) -> None:
        """Keep how a list shows the session."""
        self._standing = None
        version = await self._version()
        report = self._report_of(version)
        changed = {
            "changed": _now(),
            "question": version.question,
            "turns": len(self._turns),
            "papers": len({*version.papers} - {*version.removed}),
            "rating": report.rating.score if report else None,
        }
        info = self._record.info.model_copy(update=changed)
        self._record = self._record.model_copy(update={"info": info})
        await asyncio.to_thread(self._register.save, self._record)

    async def _undo(self) -> Report | None:
        from assignee.graph.session import session

        async with self._lock:
            async with opened(self._checkpoints) as saver:
                compiled = session().compile(checkpointer=saver)
                state = cast("SessionState", (await compiled.aget_state(self._config)).values)
                versions = state.get("versions", [])
                if not self._goes_back(versions):
                    raise QuestionError("there is nothing to go back to")
                await compiled.aupdate_state(
                    self._config, {"versions": versions[:-1]}, as_node="tell"
                )
            await self._noted()
            return self._report_of(await self._version())

    def _goes_back(self, versions: Sequence[str]) -> bool:
        # A session that began with a run's report keeps it.
        return len(versions) > (self._record.run is not None)

    async def _begin_at(self, version: Version) -> None:
        """Have a version stand before anything was said."""
        from assignee.graph.session import session

        library = await asyncio.to_thread(lambda: self._program.library)
        digests = await asyncio.to_thread(library.put, [version])
        async with opened(self._checkpoints) as saver:
            compiled = session().compile(checkpointer=saver)
            start: SessionState = {"schema_version": SCHEMA_VERSION, "versions": digests}
            await compiled.aupdate_state(self._config, start, as_node="tell")
        await self._noted()

    # --- what stands ------------------------------------------------------------------------------

    @property
    def _checkpoints(self) -> Path:
        return self._register.folder(self.id) / "checkpoints.sqlite3"

    @property
    def _config(self) -> "RunnableConfig":
        return {"configurable": {"thread_id": self.id}}

    async def _state(self) -> "SessionState":
        if not self._checkpoints.exists():
            return {}
        return cast("SessionState", (await self._snapshot()).values)

    async def _snapshot(self) -> Any:  # noqa: ANN401 - LangGraph's StateSnapshot
        from assignee.graph.session import session

        async with opened(self._checkpoints) as saver:
            return await session().compile(checkpointer=saver).aget_state(self._config)

    async def _version(self) -> Version:
        if self._standing is None:
            versions = (await self._state()).get("versions", [])
            self._standing = Version(papers=self._record.named)
            if versions:
                library = await asyncio.to_thread(lambda: self._program.library)
                [self._standing] = await asyncio.to_thread(library.get, Version, versions[-1:])
        return self._standing

    def _report_of(self, version: Version) -> Report | None:
        if not version.report:
            return None
        [report] = self._program.library.get(Report, [version.report])
        return report

    def _settings(self, version: Version) -> Settings:
        own = {name: getattr(self._program.settings, name) for name in PRIVATE}
        return Settings(**{**self._record.settings, **version.settings, **own})


class _Work:
    """The session's runs: each is registered, and goes on where it was begun before."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._program = session._program

    async def research(self, run_id: str, version: Version, watch: "Watcher") -> str:
        from assignee.api import checked_question

        runs = self._program.runs
        run = runs.find(run_id) or self._run(run_id, version).model_copy(
            update={
                "question": checked_question(version.question),
                "decisions": dict.fromkeys(version.removed, "exclude"),
                "topics": version.topics,
            }
        )
        await self._program._research(run, watch)
        digest = runs.load(run_id).report
        assert digest is not None
        return digest

    async def review(self, run_id: str, version: Version, watch: "Watcher") -> str:
        from assignee.rework import reviewed

        report = self._report(version)

        async def make(run: Run, assembled: "Assembled") -> Report:
            return await reviewed(run, report, assembled, checkpoints=self._places, watch=watch)

        digest = await self._remade(run_id, version, make)
        assert digest is not None
        return digest

    async def revise(
        self, run_id: str, version: Version, drop: Sequence[str], watch: "Watcher"
    ) -> str | None:
        from assignee.rework import revised

        report = self._report(version)

        async def make(run: Run, assembled: "Assembled") -> Report | None:
            places = self._places
            return await revised(run, report, drop, assembled, checkpoints=places, watch=watch)

        return await self._remade(run_id, version, make)

    async def _remade(
        self,
        run_id: str,
        version: Version,
        make: "Callable[[Run, Assembled], Awaitable[Report | None]]",
    ) -> str | None:
        named = f"the report of session {self._session.name}"
        run = self._program.runs.find(run_id) or self._run(run_id, version).model_copy(
            update={"kind": "review", "papers": (named,)}
        )
        with self._program._registered(run) as ended:
            assembled = await self._program._assemble(run, (), review=True)
            report = await make(run, assembled)
            if report is None:
                ended["why"] = "nothing to revise"
                return None
            [digest] = await asyncio.to_thread(assembled.context.library.put, [report])
            ended.update(report=digest, score=report.rating.score)
        return digest

    async def take_in(self, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        from assignee.intake import intake

        return await intake(
            names,
            library=await asyncio.to_thread(lambda: self._program.library),
            settings=self._session._settings(await self._session._version()),
            announce=self._program._announce,
        )

    async def export(
        self, version: Version, folder: str, formats: Sequence[str]
    ) -> tuple[str, ...]:
        files = await asyncio.to_thread(exported, self._report(version), folder, formats)
        return tuple(map(str, files))

    def _report(self, version: Version) -> Report:
        report = self._session._report_of(version)
        assert report is not None
        return report

    def _run(self, run_id: str, version: Version) -> Run:
        settings = self._session._settings(version).kept()
        if version.report and not version.searches:
            settings |= {"sources": (), "offline_demo": False}
        return Run(
            id=run_id,
            question=version.question,
            papers=version.papers,
            settings=settings,
            started=_now(),
        )

    @property
    def _places(self) -> Path:
        return self._program._checkpoints


def home_path(path: str | Path) -> Path:
    """The path, its `~` resolved."""
    return Path(path).expanduser()


def exported(report: Report, folder: str | Path | None, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write a report's files.

    Raises:
        SettingsError: an unknown format, one whose extra is not installed, or nothing can be
            written there.
    """
    from assignee.report import export_report, formats_named, write_report

    place = home_path(folder or f"assignee-{report.run_id}")
    if not formats:
        return tuple(write_report(report, place))
    return export_report(report, place, formats_named(formats))


def _now() -> str:
    from assignee.api import now

    return now()
