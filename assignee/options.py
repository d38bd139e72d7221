"""The options that commands share, and the settings that are made of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import typer

from assignee.errors import SettingsError, nearest
from assignee.settings import SOURCES, Settings


def described(name: str) -> str:
    """The description of a setting, which is also its help."""
    return Settings.model_fields[name].description or ""


def run_ids(incomplete: str) -> list[str]:
    """Ids of runs, for the shell's completion."""
    from assignee.runs import RunRegister

    ids = [run.id for run in RunRegister(Settings().home / "runs").all()]
    return [id_ for id_ in ids if id_.startswith(incomplete)]


def session_names(incomplete: str) -> list[str]:
    """Names of sessions, for the shell's completion."""
    from assignee.sessions import SessionRegister

    names = [info.name for info in SessionRegister(Settings().home / "sessions").all()]
    return [name for name in names if name.startswith(incomplete)]


def panels(incomplete: str) -> list[str]:
    """Panels that ship, for the shell's completion."""
    from assignee.agents.panel_file import known_panels

    return [name for name in known_panels() if name.startswith(incomplete)]


def assignments(incomplete: str) -> list[str]:
    """Beginnings of `--set`, for the shell's completion."""
    return [f"{name}=" for name in Settings.model_fields if f"{name}=".startswith(incomplete)]


def engines(incomplete: str) -> list[str]:
    """Engines, for the shell's completion."""
    return [name for name in ("local", "llm") if name.startswith(incomplete)]


def sources(incomplete: str) -> list[str]:
    """Literature databases, for the shell's completion."""
    return [name for name in SOURCES if name.startswith(incomplete)]


Home = Annotated[Path | None, typer.Option("--home", metavar="FOLDER", help=described("home"))]
Papers = Annotated[
    list[str] | None,
    typer.Option(
        "--papers",
        "-p",
        metavar="PATH",
        help="A file, a folder, or the id of a paper in the library; may be repeated. "
        "Also a bibliography (.bib, .ris, CSL .json) or a .txt list of DOIs, arXiv ids and PMIDs. "
        "Without it: the databases named with --source, else the whole library.",
    ),
]
ReviewPapers = Annotated[
    list[str] | None,
    typer.Option(
        "--papers",
        "-p",
        metavar="PATH",
        help="The papers that the report speaks of, as for research; what only they could show "
        "is not assessed without them.",
    ),
]
FromLog = Annotated[
    Path | None,
    typer.Option(
        "--from-log",
        metavar="FILE",
        help="Make the search of a search_log.json again, with its databases, filters and limits "
        "unless others are given, and show what is new since.",
    ),
]
ScreeningFile = Annotated[
    Path | None,
    typer.Option(
        "--screening",
        metavar="FILE",
        help="A screening.csv in which you wrote include or exclude beside papers.",
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine", "-e", metavar="NAME", help=described("engine"), autocompletion=engines
    ),
]
Panel = Annotated[
    str | None,
    typer.Option("--panel", metavar="NAME", help=described("panel"), autocompletion=panels),
]
Model = Annotated[str | None, typer.Option("--model", metavar="NAME", help=described("model"))]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help=described("base_url"))
]
SourceNames = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        "-s",
        metavar="NAME",
        help="A literature database to search: " + ", ".join(SOURCES) + "; may be repeated. "
        "Nothing is sent to any of them without it.",
        autocompletion=sources,
    ),
]
Since = Annotated[str | None, typer.Option("--since", metavar="DAY", help=described("since"))]
Until = Annotated[str | None, typer.Option("--until", metavar="DAY", help=described("until"))]
Language = Annotated[
    str | None, typer.Option("--language", metavar="CODE", help=described("language"))
]
StatusNames = Annotated[
    list[str] | None,
    typer.Option("--status", metavar="NAME", help=described("statuses") + " May be repeated."),
]
Include = Annotated[
    list[str] | None,
    typer.Option(
        "--include",
        metavar="SENTENCE",
        help="What a paper must be about, in a sentence; may be repeated.",
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="SENTENCE",
        help="What a paper must not be about, in a sentence; may be repeated.",
    ),
]
NoFullText = Annotated[
    bool, typer.Option("--no-full-text", help="Read abstracts only, and look for no full text.")
]
NoSnowball = Annotated[
    bool, typer.Option("--no-snowball", help="Do not follow the citations of the best papers.")
]
OfflineDemo = Annotated[bool, typer.Option("--offline-demo", help=described("offline_demo"))]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Any setting, such as max_papers=30 or models.judge=NAME; may be repeated. "
        "`assignee settings` lists them.",
        autocompletion=assignments,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FOLDER",
        help="Folder for the files; ./assignee-ID by default, none with --json.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the record as JSON on stdout.")]
ListAsJson = Annotated[bool, typer.Option("--json", help="Print a JSON array on stdout.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print only the rating, and errors on stderr.")
]


SECRETS = {"api_key": "ASSIGNEE_API_KEY", "source_keys": "ASSIGNEE_SOURCE_KEYS__OPENALEX"}
"""Settings that no command takes, and the variable of the environment that does."""

KEYED = {
    "models": "models.ROLE=NAME, such as models.judge=NAME",
    "source_limits": "source_limits.SOURCE=NUMBER, such as source_limits.arxiv=20",
    "source_urls": "source_urls.SOURCE=URL, such as source_urls.arxiv=URL",
}
"""Settings of several values, and how one of them is assigned."""


def settings_from(
    assigned: list[str] | None, *, instead: Mapping[str, Any] | None = None, **named: object
) -> Settings:
    """Settings from options, `--set` and the environment.

    Args:
        assigned: of `--set`.
        instead: values that go before the environment's, but after the options'.
        named: of options; `None` where an option was not given.

    Raises:
        SettingsError: an unknown name (the nearest is named) or a value that does not fit.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError as EnvironmentValueError

    given = {key: value for key, value in named.items() if value is not None}
    values: dict[str, Any] = {**(instead or {}), **given}
    for assignment in assigned or ():
        assign(values, assignment)
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError("; ".join(map(fault, error.errors()))) from None
    except EnvironmentValueError as error:
        raise SettingsError(
            f'{error}: ASSIGNEE_MODELS must hold JSON, such as {{"judge": "NAME"}}, or set '
            "ASSIGNEE_MODELS__JUDGE=NAME; so with ASSIGNEE_SOURCE_KEYS and ASSIGNEE_SOURCE_URLS"
        ) from None


def assign(values: dict[str, Any], assignment: str) -> None:
    """Put one NAME=VALUE, or NAME.KEY=VALUE, into the values.

    Raises:
        SettingsError: not of that form, an unknown name, or a key, which has no place in a command.
    """
    name, equals, value = assignment.partition("=")
    name, dot, key = name.partition(".")
    if not equals:
        raise SettingsError(f"--set takes NAME=VALUE, not {assignment!r}")
    if name not in Settings.model_fields:
        raise SettingsError(f"unknown setting {name!r}; {nearest(name, Settings.model_fields)}")
    if name in SECRETS:
        raise SettingsError(
            f"a key in a command can be seen by others: set {SECRETS[name]} instead"
        )
    if dot or name in KEYED:
        if not (dot and key and name in KEYED):
            raise SettingsError(f"{assignment!r}: write {KEYED.get(name, KEYED['models'])}")
        values.setdefault(name, {})[key] = value
    else:
        values[name] = value


def fault(found: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    """What is wrong with one setting; a misspelt word is answered with the nearest known one."""
    place = [str(step) for step in found["loc"] if step != "[key]"]
    annotation = Settings.model_fields[place[0]].annotation if place else None
    what = place[0] if place else "setting"
    if get_origin(annotation) is dict:
        annotation, what = get_args(annotation)[0], f"key of {what}"
    elif get_origin(annotation) is tuple:
        annotation, what = get_args(annotation)[0], ONE_OF.get(what, what)
    if found["type"] == "literal_error" and get_origin(annotation) is Literal:
        known = map(str, get_args(annotation))
        return f"unknown {what} {found['input']!r}; {nearest(str(found['input']), known)}"
    return f"{'.'.join(place) or 'settings'}: {found['msg'].removeprefix('Value error, ')}"


ONE_OF = {"sources": "source", "statuses": "status"}


def value_text(value: object) -> str:
    """A setting's value as it is shown."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}={named}" for key, named in value.items()) or "none"
    return "not set" if value is None else str(value)
