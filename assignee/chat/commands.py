"""The commands `assignee chat` and `assignee sessions`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assignee.options import (
    BaseUrl,
    Engine,
    Home,
    ListAsJson,
    Model,
    OfflineDemo,
    Out,
    Panel,
    Set,
    Since,
    SourceNames,
    StatusNames,
    Until,
    formats,
    run_ids,
    session_names,
    settings_from,
)
from assignee.terminal import console, note, print_json, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from assignee.settings import Settings

SessionName = Annotated[
    str | None,
    typer.Option(
        "--session",
        metavar="NAME",
        help="The session to go on with, by name or id; a new one of that name where none is.",
        autocompletion=session_names,
    ),
]
ChatPapers = Annotated[
    list[str] | None,
    typer.Option(
        "--papers",
        "-p",
        metavar="PATH",
        help="What a new session is over, as for research, and single DOIs, arXiv ids, PMIDs and "
        "PMCIDs; may be repeated. Without it: the databases named with --source, else the whole "
        "library.",
    ),
]
SessionFormats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        "-f",
        metavar="NAME",
        help="As for `assignee export`; may be repeated. Without it: the files of a run.",
        autocompletion=formats,
    ),
]
AboutRun = Annotated[
    str | None,
    typer.Option(
        "--run",
        metavar="RUN",
        help="Begin a session with a finished run's report; nothing is done again.",
        autocompletion=run_ids,
    ),
]
Named = Annotated[
    str,
    typer.Argument(metavar="SESSION", help="Its name or id.", autocompletion=session_names),
]

sessions = typer.Typer(
    help="List the chat sessions, the latest changed first; name, export and delete them.",
    invoke_without_command=True,
)


def chat(
    session: SessionName = None,
    run: AboutRun = None,
    papers: ChatPapers = None,
    source: SourceNames = None,
    since: Since = None,
    until: Until = None,
    status: StatusNames = None,
    offline_demo: OfflineDemo = False,
    engine: Engine = None,
    panel: Panel = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
    home: Home = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no progress and no greeting.")
    ] = False,
) -> None:
    """Talk with the literature: ask, ask on, change what the answer rests on.

    Questions about a report are answered from its checked claims; whatever changes the evidence
    makes a new report. /help lists the commands. In a pipe each line is a turn.
    """
    settings = settings_from(
        set_,
        engine=engine,
        panel=panel,
        model=model,
        base_url=base_url,
        home=home,
        sources=source,
        since=since,
        until=until,
        statuses=status,
        offline_demo=offline_demo or None,
    )
    from assignee.api import Assignee
    from assignee.chat.loop import Chat, lines_of_a_pipe, talk

    with Assignee(settings, announce=None if quiet else once(note)) as program:
        with console(stderr=True).status("reading"):
            found = program.session(session, papers or (), run=run)
        talking = Chat(program, found, quiet=quiet)
        if not quiet:
            talking.greet()
        if sys.stdin.isatty():
            from assignee.chat.prompt import prompt

            talk(talking, prompt(program, found))
        else:
            talk(talking, lines_of_a_pipe())


def once(tell: "Callable[[str], None]") -> "Callable[[str], None]":
    """Tells each thing once."""
    told: set[str] = set()

    def tell_new(text: str) -> None:
        if text not in told:
            told.add(text)
            tell(text)

    return tell_new


@sessions.callback()
def list_sessions(context: typer.Context, home: Home = None, as_json: ListAsJson = False) -> None:
    """List the chat sessions, the latest changed first."""
    if context.invoked_subcommand is not None:
        return
    from assignee.api import Assignee
    from assignee.chat.loop import show_sessions

    with Assignee(settings_from(None, home=home)) as program:
        if as_json:
            print_json([info.model_dump(mode="json") for info in program.sessions()])
        else:
            show_sessions(program)


@sessions.command("rename")
def rename_session(
    session: Named,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    home: Home = None,
) -> None:
    """Give a session another name."""
    from assignee.sessions import SessionRegister

    info = SessionRegister(_home(home) / "sessions").rename(session, name)
    show(f"{info.id} is called {info.name}")


@sessions.command("export")
def export_session(
    session: Named,
    out: Out = None,
    format_: SessionFormats = None,
    home: Home = None,
) -> None:
    """Write the files of a session's current report."""
    from assignee.api import Assignee

    with Assignee(settings_from(None, home=home)) as program:
        program.session_register.load(session)
        for path in program.session(session).export(out, format_ or ()):
            show(str(path), whole=True)


@sessions.command("delete")
def delete_session(session: Named, home: Home = None) -> None:
    """Delete what was said in a session; its runs and the library's papers stay."""
    from assignee.sessions import SessionRegister

    info = SessionRegister(_home(home) / "sessions").delete(session)
    show(f"{info.name} deleted, {info.turns} turns")


def _home(home: Path | None) -> Path:
    settings: Settings = settings_from(None, home=home)
    return settings.home
