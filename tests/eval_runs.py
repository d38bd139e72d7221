"""Runs `assignee eval` for tests and reads what it prints."""

from pathlib import Path

from typer.testing import CliRunner, Result

from assignee.cli import app


def run(*arguments: str | Path | int) -> Result:
    """The command's end."""
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def cells(result: Result) -> dict[str, list[str]]:
    """The lines of a table by their first cell."""
    assert result.exit_code == 0, result.stderr
    lines = [line.split("\t") for line in result.stdout.splitlines() if "\t" in line]
    return {line[0]: line[1:] for line in lines}
