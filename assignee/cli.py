"""The command line: each command calls one public function.

Exit codes:
    0  done
    1  failed
    2  something to fix in the command, the question, the papers or a setting
    3  the library cannot be used
    4  the model endpoint gave no usable answer
    5  no evidence was found, so no report was written
  130  interrupted; `assignee resume ID` goes on
"""

import os
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from assignee.chat.commands import chat, sessions
from assignee.errors import (
    AssigneeError,
    EngineError,
    NoPapersError,
    QuestionError,
    SettingsError,
)
from assignee.evals.commands import app as evaluation
from assignee.options import (
    AsJson,
    BaseUrl,
    Engine,
    Exclude,
    Formats,
    FromLog,
    Home,
    Include,
    Language,
    ListAsJson,
    Model,
    NoFullText,
    NoSnowball,
    OfflineDemo,
    Out,
    Panel,
    Papers,
    Quiet,
    ReviewPapers,
    ScreeningFile,
    Set,
    Since,
    SourceNames,
    StatusNames,
    Until,
    described,
    run_ids,
    settings_from,
    value_text,
)
from assignee.settings import Settings
from assignee.terminal import (
    console,
    counted,
    deliver_report,
    deliver_review,
    note,
    print_json,
    rating_text,
    refuse_unwritable,
    rows,
    show,
)
from assignee.version import VERSION

if TYPE_CHECKING:
    from assignee.api import Assignee
    from assignee.progress import Watcher
    from assignee.records import Report
    from assignee.report import SearchRecipe, Style
    from assignee.runs import Run

INTERRUPTED = 130


class Program(TyperGroup):
    """The root command: what goes wrong becomes one line on stderr and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Run; exits with the documented codes where `standalone_mode` is set."""
        try:
            code = (
                super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
                or 0
            )
            sys.stdout.flush()
        except AssigneeError as error:
            code = failed(str(error), error.exit_code)
        except BrokenPipeError:
            # Whoever read the output has seen enough; the interpreter's own flush must not fail.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 1
        except OSError as error:
            code = failed(f"{error.filename or 'the system'}: {error.strerror or error}", 1)
        except Exception as error:
            # Usage errors: typer exports no base class of them under a name that lasts.
            if not hasattr(error, "format_message"):
                raise
            code = misused(error.format_message(), getattr(error, "ctx", None))
        if standalone_mode:
            sys.exit(code)
        return code


def failed(why: str, code: int) -> int:
    """Say on stderr what went wrong; returns the exit code."""
    note(" ".join(f"error: {why}".split()), style="red")
    return code


def misused(message: str, context: typer.Context | None) -> int:
    """Say how the command was misused; the help is given where nothing was asked for."""
    if message.startswith("Usage:"):
        note(message)
        return 2
    command = context.command_path if context else "assignee"
    return failed(f"{message} (see `{command} --help`)", 2)


app = typer.Typer(
    name="assignee",
    cls=Program,
    help="Ask a research question; get a literature synthesis that can be believed.",
    epilog="\b\n" + (__doc__ or "").split("\n\n", 1)[1],
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
library = typer.Typer(help="Add, list, search and remove papers.", no_args_is_help=True)
app.add_typer(library, name="library")
app.add_typer(sessions, name="sessions")
app.add_typer(evaluation, name="eval")


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Ask a research question; get a literature synthesis that can be believed."""
    if version:
        show(f"assignee {VERSION}")
        raise typer.Exit


@app.command()
def research(
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="QUESTION",
            help="The research question, in a sentence; with --from-log that of the log.",
        ),
    ] = None,
    papers: Papers = None,
    from_log: FromLog = None,
    screening: ScreeningFile = None,
    source: SourceNames = None,
    since: Since = None,
    until: Until = None,
    language: Language = None,
    status: StatusNames = None,
    include: Include = None,
    exclude: Exclude = None,
    no_full_text: NoFullText = False,
    no_snowball: NoSnowball = False,
    offline_demo: OfflineDemo = False,
    engine: Engine = None,
    panel: Panel = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
    home: Home = None,
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Answer a question from papers: a checked and rated report."""
    repeat = read_log(from_log)
    asked_for = question if question is not None else repeat.question if repeat else None
    if asked_for is None:
        raise QuestionError("no QUESTION was asked: give one, or a search with --from-log")
    settings = settings_from(
        set_,
        instead=repeat.overrides() if repeat else None,
        engine=engine,
        panel=panel,
        model=model,
        base_url=base_url,
        home=home,
        sources=source,
        since=since,
        until=until,
        language=language,
        statuses=status,
        include=include,
        exclude=exclude,
        full_text=False if no_full_text else None,
        snowball=False if no_snowball else None,
        offline_demo=offline_demo or None,
    )
    refuse_unwritable(out, as_json=as_json)
    with opened(settings, quiet=quiet) as assignee, watching(quiet) as watch:
        report = assignee.research(
            asked_for, papers or (), repeat=repeat, screening=screening, watch=watch
        )
    again = resuming(report.run_id, settings)
    deliver_report(report, out, again=again, as_json=as_json, quiet=quiet)


@app.command()
def resume(
    run_id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="The run's id; `assignee runs` lists them.", autocompletion=run_ids
        ),
    ],
    home: Home = None,
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Go on with a run that was killed, interrupted or failed.

    It uses the question, papers and settings of its start and repeats no finished model call; of a
    finished run it writes the files again.
    """
    settings = settings_from(None, home=home)
    refuse_unwritable(out, as_json=as_json)
    with opened(settings, quiet=quiet) as assignee, watching(quiet) as watch:
        report = assignee.resume(run_id, watch=watch)
    again = resuming(report.run_id, settings)
    deliver_report(report, out, again=again, as_json=as_json, quiet=quiet)


@app.command()
def review(
    report: Annotated[
        Path,
        typer.Argument(metavar="REPORT", help="The report: text, Markdown, HTML or report.json."),
    ],
    papers: ReviewPapers = None,
    engine: Engine = None,
    panel: Panel = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
    home: Home = None,
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Have the panel review a report that something else wrote."""
    settings = settings_from(
        set_, engine=engine, panel=panel, model=model, base_url=base_url, home=home
    )
    refuse_unwritable(out, as_json=as_json)
    with opened(settings, quiet=quiet) as assignee, watching(quiet) as watch:
        reviewed = assignee.review(report, papers or (), watch=watch)
    deliver_review(reviewed, out, as_json=as_json, quiet=quiet)


app.command()(chat)


@app.command()
def export(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RUN",
            help="A finished run's id, or a report.json.",
            autocompletion=run_ids,
        ),
    ],
    format_: Formats = None,
    set_: Set = None,
    home: Home = None,
    out: Out = None,
) -> None:
    """Write a finished report in other formats or in another style.

    Of the settings, `citations` and `plots` have an effect; unless they are given, the report is
    set as its run was. PDF and pictures need the extras `pdf` and `plots`.
    """
    from assignee.report import export_report, formats_named

    settings = settings_from(set_, home=home)
    refuse_unwritable(out, as_json=False)
    report = report_named(what, settings)
    folder = out or Path(f"assignee-{Path(report.run_id).name}")
    formats = formats_named(format_ or ["html"])
    for path in export_report(report, folder, formats, chosen_style(report, settings)):
        show(str(path), whole=True)


@app.command()
def runs(home: Home = None, as_json: ListAsJson = False) -> None:
    """List the runs, the latest first.

    An id begins with the time, UTC, at which the run began. A run that was killed is still called
    running.
    """
    from assignee.runs import RunRegister

    found = RunRegister(settings_from(None, home=home).home / "runs").all()
    if as_json:
        print_json([run.model_dump(mode="json") for run in found])
        return
    if not found:
        note("no runs yet: `assignee research QUESTION --papers FOLDER` makes one")
    rows(
        ("run", "status", "rating", "question"),
        [(run.id, run.status, rating_text(run.score), asked(run)) for run in found],
    )


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(metavar="NUMBER", help="Port on 127.0.0.1; 0 is a free one.", min=0)
    ] = 8631,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    engine: Engine = None,
    panel: Panel = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
    home: Home = None,
) -> None:
    """Show the page: ask, watch, read and compare in a browser on this machine.

    The address that is printed opens it once; the browser then keeps a cookie. Ctrl-C ends it, and
    interrupts what is under way. Engine and settings are what the page offers first.
    """
    settings = settings_from(
        set_, engine=engine, panel=panel, model=model, base_url=base_url, home=home
    )
    with opened(settings) as assignee:
        from assignee.site.server import Site

        site = Site(assignee, port=port)
        show(site.first_address, whole=True)
        note("opens the page, once; Ctrl-C ends it")
        if open_:
            import webbrowser

            webbrowser.open(site.first_address)
        site.run()


@app.command()
def settings(home: Home = None, as_json: AsJson = False) -> None:
    """List every setting with its value and meaning.

    A setting is taken from the command, else from the environment: ASSIGNEE_MAX_PAPERS=30.
    """
    current = settings_from(None, home=home)
    if as_json:
        print_json(current.model_dump(mode="json"))
        return
    fields = Settings.model_fields
    rows(
        ("setting", "value", "meaning"),
        [(name, value_text(getattr(current, name)), described(name)) for name in fields],
        folded=frozenset({"value"}),
    )


@library.command("add")
def library_add(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files or folders to take in.")
    ],
    home: Home = None,
) -> None:
    """Read documents and add them to the library; what it has already is left as it is."""
    sign_of_life = console(stderr=True).status("reading and embedding")
    with opened(settings_from(None, home=home)) as assignee, sign_of_life:
        added = assignee.add(paths)
    for error in added.unread:
        note(f"warning: {error}", style="yellow")
    if not added.added + added.updated + added.unchanged:
        raise NoPapersError(
            "no document could be read there; PDF, Markdown, text, HTML and JSONL files are"
        )
    done = f"{added.added} added, {added.updated} updated, {added.unchanged} unchanged"
    show(f"{done}, {len(added.unread)} not read")


@library.command("list")
def library_list(home: Home = None, as_json: ListAsJson = False) -> None:
    """List the papers of the library."""
    with opened(settings_from(None, home=home)) as assignee:
        papers = assignee.reading_library().papers()
    if as_json:
        print_json([paper.model_dump(mode="json") for paper in papers])
        return
    rows(
        ("id", "kind", "year", "title"),
        [(paper.id, paper.kind, str(paper.year or ""), paper.title) for paper in papers],
    )


@library.command("search")
def library_search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What to look for.")],
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", help="Most passages shown.", min=1, max=100)
    ] = 10,
    home: Home = None,
    as_json: ListAsJson = False,
) -> None:
    """Show the passages that match a query best."""
    with opened(settings_from(None, home=home)) as assignee:
        reader = assignee.reading_library()
        [hits] = reader.search([query], limit=limit)
        titles = {p.id: p.title for p in reader.papers([h.passage.paper_id for h in hits])}
    if as_json:
        print_json([hit.passage.model_dump(mode="json") for hit in hits])
        return
    if not hits:
        note("no passage matches; `assignee library list` shows what the library holds")
    for passage in (hit.passage for hit in hits):
        show(titles[passage.paper_id], style="bold")
        show(f"{passage.section} · {passage.id}", style="dim")
        show(passage.text + "\n")


@library.command("remove")
def library_remove(
    paper_ids: Annotated[
        list[str], typer.Argument(metavar="ID...", help="Ids of papers; `list` shows them.")
    ],
    home: Home = None,
) -> None:
    """Remove papers from the library."""
    with opened(settings_from(None, home=home)) as assignee:
        known = {paper.id for paper in assignee.library.papers(paper_ids)}
        removed = assignee.library.remove(paper_ids)
    show(f"{counted(removed, 'paper')} removed")
    if unknown := ", ".join(id_ for id_ in paper_ids if id_ not in known):
        raise SettingsError(f"not in the library: {unknown}; `assignee library list` shows what is")


def report_named(what: str, settings: Settings) -> "Report":
    """The report in a file, or that of a run."""
    from assignee.report import read_report

    if Path(what).is_file():
        return read_report(Path(what))
    with opened(settings, quiet=True) as assignee:
        return assignee.report(what)


def chosen_style(report: "Report", settings: Settings) -> "Style":
    """The report's own style, with what was chosen now in its place."""
    from assignee.report import Style, style_of

    own, given = style_of(report), settings.model_fields_set
    return Style(
        citations=settings.citations if "citations" in given else own.citations,
        plots=settings.plots if "plots" in given else own.plots,
    )


def read_log(path: Path | None) -> "SearchRecipe | None":
    """The search to make again, if there is one."""
    if path is None:
        return None
    from assignee.report import read_search_log

    return read_search_log(path)


@contextmanager
def opened(settings: Settings, *, quiet: bool = False) -> Iterator["Assignee"]:
    """The program over one home; a run that is interrupted or fails outside says how to go on."""
    from assignee.api import Assignee

    with Assignee(settings, announce=None if quiet else note) as assignee:
        try:
            yield assignee
        except KeyboardInterrupt:
            note(f"interrupted{how_to_go_on(assignee)}")
            raise typer.Exit(INTERRUPTED) from None
        except EngineError as error:
            error.args = (f"{error}{how_to_go_on(assignee)}",)
            raise


def how_to_go_on(assignee: "Assignee") -> str:
    """A clause with the command that goes on with the run that this process began, if any."""
    run = assignee.last_run
    if run is None or run.kind != "research":
        return ""
    return f"; `{resuming(run.id, assignee.settings)}` goes on with the run"


def resuming(run_id: str, settings: Settings) -> str:
    """The command that resumes a run; it names the home where the environment does not."""
    home = "" if settings.home == Settings().home else f" --home {shlex.quote(str(settings.home))}"
    return f"assignee resume {run_id}{home}"


def watching(quiet: bool) -> "AbstractContextManager[Watcher]":
    """Progress on stderr, unless it shall be quiet."""
    from assignee.progress import silent, stages

    return silent() if quiet else stages(console(stderr=True))


def asked(run: "Run") -> str:
    """What a run was about."""
    if run.kind == "research":
        return run.question
    return f"review of {run.papers[0]}" + (f": {run.question}" if run.question else "")


def main() -> NoReturn:
    """The console script; being told to end is treated as Ctrl-C, so that the run is registered."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except (KeyboardInterrupt, SystemExit) as ended:
        if isinstance(ended, SystemExit) and ended.code != INTERRUPTED:
            raise
    # A thread that computes would hold the exit up; what it leaves undone a resumed run does.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
