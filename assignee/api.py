"""The Python interface: ask, review, resume.

with Assignee() as assignee:
    report = assignee.research("Does instruction tuning help?", papers=["notes/"])
    print(report.rating.score, report.draft.answer)
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from assignee.background import BackgroundLoop, streamed
from assignee.errors import NoPapersError, QuestionError, ReadingError, RunNotFoundError
from assignee.records import ForeignReview, Report, SessionInfo
from assignee.runs import Run, RunRegister, new_run_id
from assignee.sessions import SessionRecord, SessionRegister
from assignee.settings import PRIVATE, Settings

if TYPE_CHECKING:
    from assignee.assembly import Assembled
    from assignee.engines.local.memory import SentenceEmbedder
    from assignee.graph.context import Progress
    from assignee.library import Library
    from assignee.reading.report import ParsedReport
    from assignee.report import SearchRecipe
    from assignee.session import Session

    Watcher = Callable[[Progress], None]

LONGEST_QUESTION = 2000


class Added(NamedTuple):
    """What `add` changed in the library, in papers."""

    added: int
    updated: int
    unchanged: int
    unread: tuple[ReadingError, ...]


def checked_question(question: str) -> str:
    """The question with its whitespace tidied.

    Raises:
        QuestionError: it is empty, has no words, or is longer than 2,000 characters.
    """
    text = " ".join(question.split())
    words = [word for word in text.split() if sum(map(str.isalpha, word)) >= 2]
    if len(words) < 2:
        raise QuestionError(
            f"{question!r} is not a question that literature could answer: ask in "
            f"a sentence, such as 'Does instruction tuning help small models?'"
        )
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(text)} characters; at most "
            f"{LONGEST_QUESTION} can be asked at once"
        )
    return text


def parsed_report(path: Path) -> "ParsedReport":
    """A report as reviewers read it; this program's report.json is read as its report.md is.

    Raises:
        ReportFormatError: the file does not read as a report.
    """
    from assignee.reading.report import parse_report, read_report_file

    if path.suffix.casefold() != ".json":
        return read_report_file(path)
    from assignee.report import Style, read_report, render_markdown

    return parse_report(render_markdown(read_report(path), Style()), name=path.name)


class Assignee:
    """Owns one library, one register of runs and one event loop; use it as a context manager.

    Sync methods work everywhere, also in notebooks; `research` and `stream` have async twins,
    `aresearch` and `astream`. Nothing leaves the machine unless `settings.engine` is `llm` or
    `settings.sources` names databases.

    Args:
        settings: from the environment when not given.
        announce: told once a run, before the first model call, where calls go.
        embedder: another than the one that ships; a library keeps to the one that filled it.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        announce: Callable[[str], None] | None = None,
        embedder: "SentenceEmbedder | None" = None,
    ) -> None:
        self.settings = settings or Settings()
        self.runs = RunRegister(self.settings.home / "runs")
        self.session_register = SessionRegister(self.settings.home / "sessions")
        self.last_run: Run | None = None
        """The run begun or resumed last, as it was then; after a failure its id can be resumed."""
        self._announce = announce
        self._given_embedder = embedder
        self._resources = ExitStack()
        self._opening = threading.Lock()
        self._library: Library | None = None
        self._locks: dict[str, asyncio.Lock] = {}
        self._tasks: dict[str, asyncio.Task[object]] = {}
        """Of the runs that are being carried out, by their ids."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop what still runs, then close the library."""
        if "_loop" in self.__dict__:
            self._loop.close()
            del self._loop
        self._resources.close()
        self._library = None

    @cached_property
    def _loop(self) -> BackgroundLoop:
        return BackgroundLoop()

    @cached_property
    def _embedder(self) -> "SentenceEmbedder":
        from assignee.engines.embedder import Embedder
        from assignee.engines.local.memory import Memory

        return Memory(self._given_embedder or Embedder())

    @property
    def library(self) -> "Library":
        """The library, opened for writing at its first use; threads may ask for it at once.

        Raises:
            LibraryError: it is locked by another process, damaged, or of another version.
        """
        from assignee.library import Library

        with self._opening:
            if self._library is None:
                self._library = self._resources.enter_context(
                    Library.open(self.settings.home / "library", self._embedder)
                )
            return self._library

    def reading_library(self) -> "Library":
        """The library for reading only, which works while another process writes it."""
        from assignee.library import Library

        return self._resources.enter_context(
            Library.open(self.settings.home / "library", self._embedder, mode="read")
        )

    def add(self, paths: Sequence[str | Path]) -> "Added":
        """Read documents and take them into the library; files that cannot be read are named.

        Raises:
            NoPapersError: a path does not exist.
        """
        return self._loop.run(self._added(list(map(Path, paths))))

    async def _added(self, paths: Sequence[Path]) -> "Added":
        from assignee.agents.retriever import take_in
        from assignee.sources import FolderSource

        found = [await FolderSource(path).search((), limit=0) for path in paths]
        documents = [document for result in found for document in result.documents]
        unread = tuple(error for result in found for error in result.unread)
        taken = await asyncio.to_thread(take_in, documents, self.library)
        return Added(taken.added, taken.updated, taken.unchanged, unread)

    def research(
        self,
        question: str,
        papers: Sequence[str | Path] = (),
        *,
        repeat: "SearchRecipe | None" = None,
        screening: Path | None = None,
        watch: "Watcher | None" = None,
    ) -> Report:
        """Answer a question from the papers named and the databases of `settings.sources`.

        Papers are files, folders, bibliographies (BibTeX, RIS, CSL-JSON), lists of identifiers, or
        ids of the library; without any of them and without databases, the whole library is used.
        With `repeat`, from `read_search_log`, that search is made again and the report tells what
        is new; `Settings(**repeat.overrides())` has its databases, filters and limits.
        With `screening`, a screening.csv in which papers were marked, those decisions go before
        criteria and relevance.

        Raises:
            UserError: the question, the papers or a setting is at fault.
            LibraryError: the library cannot be used.
            EndpointError: the model endpoint refused or was not reached.
            NoEvidenceError: nothing was found that answers the question; no report is made.
        """
        return self._loop.run(
            self._research(self._begin(question, papers, repeat, screening), watch)
        )

    async def aresearch(
        self,
        question: str,
        papers: Sequence[str | Path] = (),
        *,
        repeat: "SearchRecipe | None" = None,
        screening: Path | None = None,
        watch: "Watcher | None" = None,
    ) -> Report:
        """`research` for callers with an event loop of their own."""
        run = self._begin(question, papers, repeat, screening)
        return await asyncio.wrap_future(self.start(run, watch=watch))

    def stream(
        self,
        question: str,
        papers: Sequence[str | Path] = (),
        *,
        repeat: "SearchRecipe | None" = None,
        screening: Path | None = None,
    ) -> "Iterator[Progress | Report]":
        """Typed progress events as they happen, then the report; asked as `research` is."""
        run = self._begin(question, papers, repeat, screening)
        yield from streamed(lambda watch: self.start(run, watch=watch))

    async def astream(
        self,
        question: str,
        papers: Sequence[str | Path] = (),
        *,
        repeat: "SearchRecipe | None" = None,
        screening: Path | None = None,
    ) -> "AsyncIterator[Progress | Report]":
        """`stream` for callers with an event loop of their own."""
        events = self.stream(question, papers, repeat=repeat, screening=screening)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    def begin(
        self,
        question: str,
        papers: Sequence[str | Path] = (),
        *,
        settings: Settings | None = None,
        run_id: str | None = None,
    ) -> Run:
        """Write a run down that `start` carries out.

        Args:
            question: as for `research`, with the papers.
            papers: as for `research`.
            settings: others than this instance's for this run; secrets, places and the address
                that databases are told stay this instance's.
            run_id: one of `new_run_id`, for which files were put into the register's folder.

        Raises:
            QuestionError: the question cannot be researched.
        """
        return self._begin(question, papers, None, None, settings, run_id)

    def start(self, run: Run, *, watch: "Watcher | None" = None) -> Future[Report]:
        """Carry out a run that was begun, or go on with it, without waiting for its report.

        `interrupt` stops it; the future is cancelled then, once the run is registered as
        interrupted.
        """
        return self._loop.submit(self._research(run, watch))

    def interrupt(self, run_id: str) -> bool:
        """Stop a run that this instance carries out; `resume` goes on with it.

        Returns:
            Whether it was being carried out.
        """
        task = self._tasks.get(run_id)
        if task is None:
            return False
        task.get_loop().call_soon_threadsafe(task.cancel)
        return True

    def resume(self, run_id: str, *, watch: "Watcher | None" = None) -> Report:
        """Go on with a run that was killed, interrupted or failed; no finished call is repeated.

        It repeats the search and keeps to the decisions that it was begun with.

        Raises:
            RunNotFoundError: there is no such run.
        """
        run = self.runs.load(run_id)
        if run.kind != "research":
            raise QuestionError(f"{run_id!r} is a review; review the report again instead")
        return self._loop.run(self._research(run, watch))

    def report(self, run_id: str) -> Report:
        """The report of a finished run; nothing is computed.

        Raises:
            RunNotFoundError: there is no such run, or it has no report.
        """
        digest = self._digest(self.runs.load(run_id))
        [report] = self.reading_library().get(Report, [digest])
        return report

    @staticmethod
    def _digest(run: Run) -> str:
        """The digest of the run's report."""
        if run.report is None:
            raise RunNotFoundError(
                f"the run {run.id!r} has no report ({run.status}); `assignee resume {run.id}` "
                "goes on with it"
            )
        return run.report

    def delete_run(self, run_id: str) -> Run:
        """Delete a run with its files and what it would be resumed from; its papers stay.

        Raises:
            RunNotFoundError: there is no such run.
            QuestionError: it is being carried out; interrupt it first.
        """
        return self._loop.run(self._delete_run(run_id))

    async def _delete_run(self, run_id: str) -> Run:
        from assignee.execution import opened

        if run_id in self._tasks:
            raise QuestionError(f"the run {run_id!r} is being carried out: stop it first")
        run = await asyncio.to_thread(self.runs.delete, run_id)
        if self._checkpoints.exists():
            async with opened(self._checkpoints) as saver:
                await saver.adelete_thread(run.id)
        return run

    def review(
        self,
        report: str | Path,
        papers: Sequence[str | Path] = (),
        *,
        watch: "Watcher | None" = None,
    ) -> ForeignReview:
        """Have the panel review a report that something else wrote.

        Args:
            report: the report's file (text, Markdown, HTML), or report.json of this program.
            papers: the papers that it speaks of, if they are at hand; without them what only
                they could show is "cannot assess", not failed.

        Raises:
            ReportFormatError: the file does not read as a report.
        """
        return self._loop.run(self._review(Path(report), [str(p) for p in papers], watch))

    def session(
        self,
        name_or_id: str | None = None,
        papers: Sequence[str | Path] = (),
        *,
        run: str | None = None,
        new_id: str | None = None,
    ) -> "Session":
        """A new session, or the one of that name or id, as it was left.

        Papers are files, folders, bibliographies, lists of identifiers, single DOIs, arXiv ids,
        PMIDs or PMCIDs, or ids of the library; without any of them, and without databases, the
        session is over the whole library. To a session that is resumed they are added with `/add`,
        or by saying so. A new session's id can be given: one of `new_run_id`, for which files were
        put into the register's folder.

        With `run`, a finished run's id, a new session begins with the run's report, papers and
        settings, in so far as this instance was given no others; no work is done again.

        Raises:
            SettingsError: the name is empty, too long, or, with `run`, taken.
            NoPapersError: a paper that is named does not exist, or papers were named for a session
                that has its own.
            RunNotFoundError: there is no such run, or it has no report.
            LibraryError: the library cannot be used.
        """
        from assignee.session import Session

        if run is not None:
            if papers:
                raise NoPapersError(f"the run {run!r} has its own papers: add others with /add")
            return self._loop.run(self._session_about(run, name_or_id))
        found = self.session_register.find(name_or_id) if name_or_id else None
        if found is not None and papers:
            raise NoPapersError(
                f"session {found.info.name!r} has its own papers: resume it without --papers, and "
                "add papers with /add"
            )
        return Session(
            self, found or self._loop.run(self._begin_session(name_or_id, papers, new_id))
        )

    def sessions(self) -> list[SessionInfo]:
        """All sessions of this home, the latest changed first."""
        return self.session_register.all()

    def delete_session(self, name_or_id: str) -> SessionInfo:
        """Delete what was said in a session; its reports, as runs, and the library's papers stay.

        Raises:
            SessionNotFoundError: there is no such session.
        """
        return self.session_register.delete(name_or_id)

    async def _begin_session(
        self, name: str | None, papers: Sequence[str | Path], new_id: str | None
    ) -> SessionRecord:
        from assignee.intake import intake

        id_ = new_id or new_run_id()
        free = self.session_register.free_name(name or id_)
        given: tuple[str, ...] = ()
        if papers:
            given, unread = await intake(
                list(map(named, papers)),
                library=await asyncio.to_thread(lambda: self.library),
                settings=self.settings,
                announce=self._announce,
            )
            if not given:
                why = "; ".join(unread) or "no document is there"
                raise NoPapersError(f"no paper could be read: {why}")
            if unread and self._announce is not None:
                self._announce(f"not read: {'; '.join(unread)}")
        began = now()
        info = SessionInfo(id=id_, name=free, created=began, changed=began, papers=len(given))
        record = SessionRecord(info=info, named=given, settings=self._kept_settings())
        self.session_register.save(record)
        return record

    async def _session_about(self, run_id: str, name: str | None) -> "Session":
        from assignee.handover import settings_of, taken_over
        from assignee.session import Session

        run, id_ = self.runs.load(run_id), new_run_id()
        digest, free = self._digest(run), self.session_register.free_name(name or id_)
        library = await asyncio.to_thread(lambda: self.library)
        [report] = await asyncio.to_thread(library.get, Report, [digest])
        kept = await asyncio.to_thread(library.papers, report.considered)
        version = taken_over(run, report, {paper.id for paper in kept})
        began = now()
        record = SessionRecord(
            info=SessionInfo(id=id_, name=free, created=began, changed=began),
            named=version.papers if run.papers else (),
            settings=settings_of(run, self.settings),
            run=run.id,
        )
        self.session_register.save(record)
        begun = Session(self, record)
        await begun._begin_at(version)
        return begun

    def _begin(
        self,
        question: str,
        papers: Sequence[str | Path],
        repeat: "SearchRecipe | None",
        screening: Path | None,
        settings: Settings | None = None,
        run_id: str | None = None,
    ) -> Run:
        from assignee.agents.screening import read_screening_csv

        return self.runs.begin(
            Run(
                id=run_id or new_run_id(),
                question=checked_question(question),
                papers=tuple(map(named, papers)),
                settings=(settings or self.settings).kept(),
                repeats=repeat.to_repeat().model_dump(mode="json") if repeat else None,
                decisions=read_screening_csv(screening) if screening else {},
                started=now(),
            )
        )

    async def _research(self, run: Run, watch: "Watcher | None") -> Report:
        from assignee.execution import run_research
        from assignee.report import SearchRecipe

        repeat = SearchRecipe.model_validate(run.repeats) if run.repeats else None
        async with self._locks.setdefault(run.id, asyncio.Lock()):
            with self._registered(run) as ended, self._stoppable(run.id):
                assembled = await self._assemble(run, run.papers, repeat=repeat)
                digest, report = await run_research(
                    run, assembled, checkpoints=self._checkpoints, watch=watch
                )
                ended.update(report=digest, score=report.rating.score)
            return report

    async def _review(
        self, path: Path, papers: list[str], watch: "Watcher | None"
    ) -> ForeignReview:
        from assignee.assembly import foreign_dossier
        from assignee.execution import run_review

        parsed = await asyncio.to_thread(parsed_report, path)
        run = Run(
            id=new_run_id(),
            kind="review",
            question=parsed.question,
            papers=(str(path), *papers),
            settings=self._kept_settings(),
            started=now(),
        )
        with self._registered(run) as ended:
            assembled = await self._assemble(run, papers, review=True)
            dossier = await foreign_dossier(parsed, assembled.context)
            review = await run_review(
                run, dossier, assembled, checkpoints=self._checkpoints, watch=watch
            )
            ended.update(score=review.rating.score)
        return review

    async def _assemble(
        self,
        run: Run,
        papers: Sequence[str],
        *,
        repeat: "SearchRecipe | None" = None,
        review: bool = False,
    ) -> "Assembled":
        from assignee.assembly import assemble

        own = {name: getattr(self.settings, name) for name in PRIVATE}
        settings = Settings(**run.settings, **own)
        return await asyncio.to_thread(
            assemble,
            settings,
            run_id=run.id,
            library=await asyncio.to_thread(lambda: self.library),
            embedder=self._embedder,
            papers=papers,
            repeat=repeat,
            decisions=run.decisions,
            topics=run.topics,
            announce=self._announce,
            without_papers=review,
        )

    @contextmanager
    def _stoppable(self, run_id: str) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None
        self._tasks[run_id] = task
        try:
            yield
        finally:
            del self._tasks[run_id]

    @contextmanager
    def _registered(self, run: Run) -> Iterator[dict[str, Any]]:
        # The register always knows how a run ended, however it ended.
        self.last_run = run
        self.runs.save(run.model_copy(update={"status": "running", "why": None}))
        ended: dict[str, Any] = {"status": "finished", "why": None}
        try:
            yield ended
        except asyncio.CancelledError:
            ended = {"status": "interrupted", "why": "interrupted by the user"}
            raise
        except Exception as error:
            ended = {"status": "failed", "why": str(error)}
            raise
        finally:
            self.runs.save(run.model_copy(update=ended))

    def _kept_settings(self) -> dict[str, Any]:
        return self.settings.kept()

    @property
    def _checkpoints(self) -> Path:
        return self.settings.home / "checkpoints.sqlite3"


def named(paper: str | Path) -> str:
    """A file or folder by its absolute path, so that a run resumes from anywhere; else an id."""
    path = Path(paper)
    return str(path.absolute()) if isinstance(paper, Path) or path.exists() else paper


def now() -> str:
    """The time, UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
