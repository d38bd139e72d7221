"""Writes docs/cli.md, the reference of the command line, from the program's own help texts.

`python docs/cli_reference.py` writes it; a test compares.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

from typer.main import get_command

from assignee import cli
from assignee.settings import Settings

PAGE = Path(__file__).parent / "cli.md"


def reference() -> str:
    """The page, in Markdown."""
    root = get_command(cli.app)
    codes = dedent((cli.__doc__ or "").split("Exit codes:\n", 1)[1]).rstrip()
    parts = [
        "# The command line",
        "Made from the help texts by `python docs/cli_reference.py`; not written by hand.",
        f"{root.help}",
        "On a terminal lists are tables; in a pipe they are lines of tab-separated fields. "
        "Results go to stdout; progress, warnings and errors go to stderr, an error as one line "
        "that says what to do about it. NO_COLOR turns colours off. "
        "`assignee --install-completion` makes the shell complete commands, options, panels, "
        "settings and the ids of runs.",
        "## Exit codes",
        f"```text\n{codes}\n```",
        *commands(root, "assignee"),
        "## Settings",
        "Each is set by `--set NAME=VALUE` or by `ASSIGNEE_NAME` in the environment, keys only "
        "there: `ASSIGNEE_API_KEY`, `ASSIGNEE_SOURCE_KEYS__OPENALEX`.",
        settings(),
    ]
    return "\n\n".join(parts) + "\n"


def commands(command: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - typer names no class
    """Each command with its usage and its options, groups opened up."""
    for name, sub in command.commands.items():
        if hasattr(sub, "commands"):
            if sub.invoke_without_command:
                yield from one(sub, f"{path} {name}")
            yield from commands(sub, f"{path} {name}")
        else:
            yield from one(sub, f"{path} {name}")


def one(sub: Any, path: str) -> Iterator[str]:  # noqa: ANN401
    """One command with its usage and its options."""
    options = [param for param in sub.params if param.param_type_name == "option"]
    arguments = [param for param in sub.params if param.param_type_name == "argument"]
    metavars = " ".join(str(argument.metavar) for argument in arguments)
    yield f"## {path}"
    yield f"`{path} {metavars}`".replace(" `", "`")
    yield inspect.cleandoc(sub.help)
    lines = [f"- `{argument.metavar}`: {argument.help}" for argument in arguments]
    yield "\n".join([*lines, *map(option_line, options)])


def option_line(option: Any) -> str:  # noqa: ANN401
    """One option with what it takes and its help."""
    names = ", ".join(f"`{name}`" for name in sorted(option.opts, key=len, reverse=True))
    takes = "" if option.is_flag else f" `{option.metavar}`"
    return f"- {names}{takes}: {option.help}"


def settings() -> str:
    """A table of all settings."""
    lines = ["| Setting | Default | Meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "~/.assignee" if name == "home" else field.get_default(call_default_factory=True)
        shown = "" if default in (None, {}, ()) else f"`{default}`"
        lines.append(f"| `{name}` | {shown} | {field.description} |")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
