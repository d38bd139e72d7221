"""The chat in a pipe and in a real pseudo-terminal: keys, Ctrl-C, resize, resume."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pexpect
import pytest
from session_makers import QUESTION, notes, write_note
from typer.testing import CliRunner

from assignee.cli import app
from assignee.runs import RunRegister

ROOT = Path(__file__).parent.parent
HOSTILE = "Roofs \\u001b[31mred\\u001b[0m \\u202Egnp.exe"
"""A title with a colour sequence and a mark that turns the text round, as YAML spells them."""
ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
SAID = f"""{QUESTION}
what would \\
change your mind?
/papers
/claim 1
/nosuch
/sessions
/quit
never heard
"""


def command(home: Path, *arguments: str) -> list[str]:
    """The chat in a process of its own."""
    quick = ("--set", "rounds=1", "--set", "revisions=0", "--home", str(home))
    return [sys.executable, "-m", "assignee.cli", "chat", *quick, *arguments]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **more}


class Piped(NamedTuple):
    """A chat that was piped, and the home that it left."""

    home: Path
    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def piped(tmp_path_factory: pytest.TempPathFactory) -> Piped:
    folder = tmp_path_factory.mktemp("chat")
    papers = notes(folder / "notes")
    text = "Roofs with plants lower indoor temperatures of barns in summer by 4 degrees."
    write_note(papers, "roof-h", 2019, text, title=HOSTILE)
    arguments = command(folder / "home", "--session", "roofs", "--papers", str(papers))
    ended = subprocess.run(
        arguments, input=SAID, capture_output=True, text=True, env=environment(), check=True
    )
    return Piped(folder / "home", ended.stdout, ended.stderr)


def test_a_pipe_is_answered_line_by_line_as_plain_text(piped: Piped) -> None:
    out = piped.stdout
    assert f"› {QUESTION}" in out
    assert "› what would \nchange your mind?" in out
    assert "told from the verdicts (decided by rules)" in out
    assert re.search(r"\[\d+(, \d+)*\]$", out, re.M)
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\tRoofs [31mred [0m gnp.exe" in out
    assert "never heard" not in out
    assert "error: no command /nosuch; did you mean" in piped.stderr
    assert "Traceback" not in piped.stderr
    assert piped.stderr.splitlines()[0].startswith("session roofs, 4 papers, engine local")


def test_sessions_are_listed_renamed_exported_and_deleted(piped: Piped, tmp_path: Path) -> None:
    home = shutil.copytree(piped.home, tmp_path / "home")
    place = ("--home", str(home))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["sessions", *arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert run(*place).split("\t")[0] == "roofs"
    run("rename", "roofs", "green roofs", *place)
    [listed] = json.loads(run("--json", *place))
    assert (listed["name"], listed["turns"], listed["question"]) == ("green roofs", 2, QUESTION)
    out = run("export", "green roofs", "--format", "json", "--out", str(tmp_path / "out"), *place)
    assert out.splitlines() == [str(tmp_path / "out" / "report.json")]
    out = run("export", "green roofs", "-f", "ris", "-o", str(tmp_path / "ris"), *place)
    assert out.splitlines() == [str(tmp_path / "ris" / "references.ris")]
    assert run("delete", "green roofs", *place) == "green roofs deleted, 2 turns\n"
    assert json.loads(run("--json", *place)) == []


def test_a_chat_begins_with_a_finished_run(piped: Piped, tmp_path: Path) -> None:
    home = shutil.copytree(piped.home, tmp_path / "home")
    [run] = RunRegister(home / "runs").all()
    arguments = ["chat", "--run", run.id, "--session", "about it", "--home", str(home)]
    ended = CliRunner().invoke(app, arguments, input="/claim 1\nwhat would change your mind?\n")
    assert ended.exit_code == 0, ended.output
    assert f"about: {QUESTION}" in ended.stderr
    assert "told from the verdicts" in ended.stdout
    assert [run] == RunRegister(home / "runs").all()


@pytest.fixture
def terminal(piped: Piped, tmp_path: Path) -> "Iterator[pexpect.spawn[str]]":
    home = shutil.copytree(piped.home, tmp_path / "home")
    program, *arguments = command(home, "--session", "roofs")
    child: pexpect.spawn[str] = pexpect.spawn(
        program,
        arguments,
        env=environment(NO_COLOR="1", PROMPT_TOOLKIT_NO_CPR="1"),
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=300,
    )
    yield child
    child.close(force=True)


def test_a_terminal_edits_completes_stops_resumes_and_is_left(
    terminal: "pexpect.spawn[str]",
) -> None:
    says = terminal.expect
    says("2 turns so far")
    says("›")
    terminal.send("/evid\t")
    says("ence")
    terminal.send(" 1\r")
    says("in its own source|judged")
    says("›")
    terminal.send("what would\x1b\rchange your mind?\r")
    says(r"told from the verdicts")
    says("›")
    terminal.send("\x1b[A")
    says("change your mind")
    terminal.send("\r")
    says(r"told from the verdicts")
    terminal.setwinsize(20, 60)
    says("›")
    terminal.send("/cost\r")
    says("no model was called")
    says("›")
    terminal.send("/ask Do gravel roofs stay hot in summer in offices?\r")
    says("plan")
    terminal.sendintr()
    says("stopped; what is done is kept")
    says("›")
    terminal.send("/resume\r")
    says("researched as a question of its own")
    says("›")
    terminal.send("/undo\r")
    says("back to")
    says("›")
    terminal.sendintr()
    says("Ctrl-C again leaves")
    says("›")
    terminal.sendintr()
    says("left; the session stays")
    says(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
