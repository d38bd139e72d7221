"""The command line: each command calls one public function.

Exit codes: 0 done; 1 failed; 2 something to fix in the command, question, papers or settings;
3 the library cannot be used; 4 the model endpoint gave no usable answer; 5 no evidence was found,
so no report was written; 130 interrupted (resume with `assignee resume ID`).
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assignee.errors import AssigneeError, SettingsError, nearest
from assignee.settings import Settings
from assignee.version import VERSION

if TYPE_CHECKING:
    from assignee.records import ForeignReview, PanelRating, Report
    from assignee.runs import Run

app = typer.Typer(
    name="assignee",
    help="Ask a research question; get a literature synthesis that can be believed.",
    epilog=(__doc__ or "").split("\n\n", 1)[1].replace("\n", " "),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
library = typer.Typer(help="Add, list, search and remove papers.", no_args_is_help=True)
app.add_typer(library, name="library")

out = Console()
err = Console(stderr=True)


def described(name: str) -> str:
    """The description of a setting, which is also its help."""
    return Settings.model_fields[name].description or ""


Home = Annotated[Path | None, typer.Option("--home", help=described("home"))]
Papers = Annotated[
    list[str] | None,
    typer.Option("--papers", "-p", help="A file, a folder, or the id of a paper in the library."),
]
Engine = Annotated[str | None, typer.Option("--engine", "-e", help=described("engine"))]
Panel = Annotated[str | None, typer.Option("--panel", help=described("panel"))]
Model = Annotated[str | None, typer.Option("--model", help=described("model"))]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help=described("base_url"))]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Any setting, as NAME=VALUE; `assignee settings` lists them."),
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder for the files; ./assignee-ID by default.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the record as JSON on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress; print only the rating.")]


def settings_from(assignments: list[str] | None, **named: object) -> Settings:
    """Settings from options, `--set` and the environment.

    Raises:
        SettingsError: an unknown name (the nearest is named) or a value that does not fit.
    """
    from pydantic import ValidationError

    values: dict[str, Any] = {key: value for key, value in named.items() if value is not None}
    for assignment in assignments or ():
        name, equals, value = assignment.partition("=")
        if not equals or name not in Settings.model_fields:
            raise SettingsError(
                f"unknown setting {name!r}: {nearest(name, Settings.model_fields)}"
                if equals
                else f"--set takes NAME=VALUE, not {assignment!r}"
            )
        values[name] = value
    try:
        return Settings(**values)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors()
        )
        raise SettingsError(wrong) from None


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Ask a research question; get a literature synthesis that can be believed."""
    if version:
        out.print(f"assignee {VERSION}", highlight=False)
        raise typer.Exit


@app.command()
def research(
    question: Annotated[str, typer.Argument(help="The research question, in a sentence.")],
    papers: Papers = None,
    engine: Engine = None,
    panel: Panel = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
    home: Home = None,
    out_: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Answer a question from papers: a checked and rated report."""
    settings = settings_from(
        set_, engine=engine, panel=panel, model=model, base_url=base_url, home=home
    )
    with _assignee(settings) as assignee, _watching(quiet or as_json) as watch:
        report = assignee.research(question, papers or (), watch=watch)
    _deliver(report, out_, as_json=as_json)


@app.command()
def resume(
    run_id: Annotated[str, typer.Argument(help="The run's id; `assignee runs` lists them.")],
    home: Home = None,
    out_: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Go on with a run that was killed, interrupted or failed."""
    with _assignee(settings_from(None, home=home)) as assignee, _watching(quiet or as_json) as w:
        report = assignee.resume(run_id, watch=w)
    _deliver(report, out_, as_json=as_json)


@app.command()
def review(
    report: Annotated[Path, typer.Argument(help="The report: text, Markdown, HTML or JSON.")],
    papers: Papers = None,
    engine: Engine = None,
    panel: Panel = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
    home: Home = None,
    out_: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Have the panel review a report that something else wrote."""
    settings = settings_from(
        set_, engine=engine, panel=panel, model=model, base_url=base_url, home=home
    )
    with _assignee(settings) as assignee, _watching(quiet or as_json) as watch:
        reviewed = assignee.review(report, papers or (), watch=watch)
    _deliver_review(reviewed, out_, as_json=as_json)


@app.command()
def runs(home: Home = None, as_json: AsJson = False) -> None:
    """List the runs, the latest first."""
    from assignee.runs import RunRegister

    found = RunRegister(settings_from(None, home=home).home / "runs").all()
    if as_json:
        print_json([run.model_dump(mode="json") for run in found])
        return
    table = Table("run", "started", "status", "rating", "question", box=None)
    for run in found:
        table.add_row(run.id, run.started, run.status, rating_text(run.score), escape(run.question))
    out.print(table if found else "no runs yet")


@app.command()
def settings(home: Home = None) -> None:
    """List every setting with its value and meaning."""
    current = settings_from(None, home=home)
    table = Table("setting", "value", "meaning", box=None)
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        table.add_row(name, escape(str(value)), escape(field.description or ""))
    out.print(table)


@library.command("add")
def library_add(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders to take in.")],
    home: Home = None,
) -> None:
    """Read documents and add them to the library."""
    with _assignee(settings_from(None, home=home)) as assignee:
        added = assignee.add(paths)
    for error in added.unread:
        err.print(f"[yellow]not read:[/] {escape(str(error))}")
    out.print(f"{added.added} added, {added.updated} updated, {added.unchanged} unchanged, "
              f"{len(added.unread)} not read", highlight=False)  # fmt: skip
    if added.unread and not (added.added or added.updated or added.unchanged):
        raise typer.Exit(2)


@library.command("list")
def library_list(home: Home = None, as_json: AsJson = False) -> None:
    """List the papers of the library."""
    with _assignee(settings_from(None, home=home)) as assignee:
        papers = assignee.reading_library().papers()
    if as_json:
        print_json([paper.model_dump(mode="json") for paper in papers])
        return
    table = Table("id", "kind", "year", "title", box=None)
    for paper in papers:
        table.add_row(paper.id, paper.kind, str(paper.year or ""), escape(paper.title))
    out.print(table)


@library.command("search")
def library_search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    limit: Annotated[int, typer.Option(help="Most passages shown.", min=1, max=100)] = 10,
    home: Home = None,
) -> None:
    """Show the passages that match a query best."""
    with _assignee(settings_from(None, home=home)) as assignee:
        reader = assignee.reading_library()
        [hits] = reader.search([query], limit=limit)
        titles = {p.id: p.title for p in reader.papers([h.passage.paper_id for h in hits])}
    for hit in hits:
        out.print(f"[bold]{escape(titles[hit.passage.paper_id])}[/] "
                  f"[dim]{escape(hit.passage.section)} · {hit.passage.id}[/]")  # fmt: skip
        out.print(escape(hit.passage.text), highlight=False)
        out.print()


@library.command("remove")
def library_remove(
    paper_ids: Annotated[list[str], typer.Argument(help="Ids of papers; `list` shows them.")],
    home: Home = None,
) -> None:
    """Remove papers from the library."""
    with _assignee(settings_from(None, home=home)) as assignee:
        removed = assignee.library.remove(paper_ids)
    out.print(f"{removed} removed", highlight=False)
    if removed < len(set(paper_ids)):
        raise SettingsError(f"{len(set(paper_ids)) - removed} of these ids are not in the library")


def _assignee(settings: Settings) -> Any:  # noqa: ANN401 - imported where it is used
    from assignee.api import Assignee

    return Assignee(settings, announce=lambda text: err.print(escape(text), highlight=False))


def _watching(quiet: bool) -> Any:  # noqa: ANN401 - imported where it is used
    from assignee.progress import silent, stages

    return silent() if quiet else stages(err)


def _deliver(report: "Report", folder: Path | None, *, as_json: bool) -> None:
    from assignee.report import write_report

    files = write_report(report, folder or Path(f"assignee-{report.run_id}"))
    if as_json:
        sys.stdout.write(report.model_dump_json(indent=1) + "\n")
        return
    for path in files:
        out.print(str(path), highlight=False, soft_wrap=True)
    out.print(f"[bold]rating {rating_text(report.rating.score)}[/] — {escape(report.rating.how)}",
              highlight=False, soft_wrap=True)  # fmt: skip


def _deliver_review(review: "ForeignReview", folder: Path | None, *, as_json: bool) -> None:
    from assignee.report import write_review

    files = write_review(review, folder or Path(f"assignee-{review.run_id}"))
    if as_json:
        sys.stdout.write(review.model_dump_json(indent=1) + "\n")
        return
    for finding in review.findings:
        where = f" ({finding.claim_id or finding.section})" if (
            finding.claim_id or finding.section) else ""  # fmt: skip
        out.print(f"[bold]{finding.severity}[/] {escape(finding.reviewer)}{escape(where)}: "
                  f"{escape(finding.what)}", highlight=False)  # fmt: skip
    for path in files:
        out.print(str(path), highlight=False, soft_wrap=True)
    out.print(f"[bold]rating {rating_text(review.rating.score)}[/] — {escape(review.rating.how)}",
              highlight=False, soft_wrap=True)  # fmt: skip


def rating_text(score: float | None) -> str:
    """A score as it is shown: one decimal, or that there is none."""
    return "not rated" if score is None else f"{score:.1f}/10"


def print_json(value: object) -> None:
    """Print a value as JSON on stdout, for other programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def main() -> NoReturn:
    """The console script: errors raised on purpose become one line and their exit code."""
    try:
        app(standalone_mode=True)
    except AssigneeError as error:
        err.print(f"[red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        err.print("interrupted; `assignee runs` lists the run, `assignee resume ID` goes on")
        sys.exit(130)
    sys.exit(0)
