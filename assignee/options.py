"""The options that commands share, and the settings that are made of them."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import typer

from assignee.errors import SettingsError, nearest
from assignee.settings import Settings


def described(name: str) -> str:
    """The description of a setting, which is also its help."""
    return Settings.model_fields[name].description or ""


def run_ids(incomplete: str) -> list[str]:
    """Ids of runs, for the shell's completion."""
    from assignee.runs import RunRegister

    ids = [run.id for run in RunRegister(Settings().home / "runs").all()]
    return [id_ for id_ in ids if id_.startswith(incomplete)]


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


Home = Annotated[Path | None, typer.Option("--home", metavar="FOLDER", help=described("home"))]
Papers = Annotated[
    list[str] | None,
    typer.Option(
        "--papers",
        "-p",
        metavar="PATH",
        help="A file, a folder, or the id of a paper in the library; may be repeated. "
        "Without it: the whole library.",
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


def settings_from(assigned: list[str] | None, **named: object) -> Settings:
    """Settings from options, `--set` and the environment.

    Raises:
        SettingsError: an unknown name (the nearest is named) or a value that does not fit.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError as EnvironmentValueError

    values: dict[str, Any] = {key: value for key, value in named.items() if value is not None}
    for assignment in assigned or ():
        assign(values, assignment)
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError("; ".join(map(fault, error.errors()))) from None
    except EnvironmentValueError:
        raise SettingsError(
            'ASSIGNEE_MODELS must hold JSON, such as {"judge": "NAME"}; or set '
            "ASSIGNEE_MODELS__JUDGE=NAME"
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
    if name == "api_key":
        raise SettingsError(
            "a key in a command can be seen by others: set ASSIGNEE_API_KEY instead"
        )
    if dot or name == "models":
        if not (dot and key and name == "models"):
            raise SettingsError(
                f"{assignment!r}: write models.ROLE=NAME, such as models.judge=NAME"
            )
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
    if found["type"] == "literal_error" and get_origin(annotation) is Literal:
        known = map(str, get_args(annotation))
        return f"unknown {what} {found['input']!r}; {nearest(str(found['input']), known)}"
    return f"{'.'.join(place) or 'settings'}: {found['msg'].removeprefix('Value error, ')}"


def value_text(value: object) -> str:
    """A setting's value as it is shown."""
    if isinstance(value, dict):
        return ", ".join(f"{key}={named}" for key, named in value.items()) or "none"
    return "not set" if value is None else str(value)
