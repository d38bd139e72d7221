"""The chat in a pipe and in a real pseudo-terminal: keys, Ctrl-C, resize, resume."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pexpect
import pytest
from rich.cells import cell_len
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
    """This process's environment, but for the size of its terminal."""
    ours = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    return {**ours, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **more}


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


def test_no_machine_is_imported_before_the_first_turn(piped: Piped) -> None:
    program = (
        "import sys; from assignee.cli import app; "
        f"app(['chat', '--session', 'roofs', '--home', {str(piped.home)!r}], "
        "standalone_mode=False); "
        "print(sorted({'langgraph', 'chromadb', 'numpy', 'onnxruntime'} & sys.modules.keys()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        input="/quit\n",
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    assert "2 turns so far" in ended.stderr
    assert ended.stdout.splitlines()[-1] == "[]"


# --- a real terminal ------------------------------------------------------------------------------

PROMPT = "›"
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


class Desk(NamedTuple):
    """A chat in a terminal of 24 lines of 80 columns, and its home."""

    child: "pexpect.spawn[str]"
    home: Path

    def says(self, *texts: str) -> str:
        """Wait for one text after the other; what came before the last one, without controls."""
        for text in texts:
            self.child.expect(text)
        return ANSI.sub("", self.child.before or "").replace("\r", "")

    def hear(self, text: str) -> None:
        """Type a line once the prompt is there."""
        self.says(PROMPT)
        self.child.send(f"{text}\r")

    def heard(self, text: str) -> str:
        """What is shown of a line that is typed at the prompt, and of the command after it."""
        self.hear(text)
        self.hear("/cost")
        return self.says("no model was called")


@pytest.fixture
def desk(piped: Piped, tmp_path: Path) -> "Iterator[Callable[..., Desk]]":
    home = shutil.copytree(piped.home, tmp_path / "home")
    opened: list[pexpect.spawn[str]] = []

    def open_(**more: str) -> Desk:
        program, *arguments = command(home, "--session", "roofs")
        child: pexpect.spawn[str] = pexpect.spawn(
            program,
            arguments,
            env=environment(PROMPT_TOOLKIT_NO_CPR="1", **({"NO_COLOR": "1"} | more)),
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=120,
        )
        opened.append(child)
        return Desk(child, home)

    yield open_
    for child in opened:
        child.close(force=True)


def running(home: Path) -> bool:
    """Whether a run is being carried out."""
    texts = [path.read_text("utf-8") for path in (home / "runs").glob("*.json")]
    return any(json.loads(text)["status"] == "running" for text in texts)


def test_ctrl_c_stops_a_turn_which_is_resumed_and_undone_and_twice_leaves(
    desk: "Callable[..., Desk]",
) -> None:
    at = desk()
    at.says("2 turns so far")
    at.hear("/ask Do gravel roofs stay hot in summer in offices?")
    while not running(at.home):
        at.child.expect([pexpect.TIMEOUT], timeout=0.02)
    at.child.sendintr()
    at.says("stopped; what is done is kept")
    at.hear("/resume")
    at.says("researched as a question of its own")
    at.hear("/undo")
    at.says("back to", PROMPT)
    at.child.sendintr()
    at.says("Ctrl-C again leaves", PROMPT)
    at.child.sendintr()
    at.says("left; the session stays")
    at.child.expect(pexpect.EOF)
    at.child.close()
    assert at.child.exitstatus == 0


def test_a_turn_interrupted_in_one_process_is_offered_in_the_next(
    desk: "Callable[..., Desk]",
) -> None:
    at = desk()
    question = "Do gravel roofs stay hot in summer in offices?"
    at.hear(f"/ask {question}")
    while not running(at.home):
        at.child.expect([pexpect.TIMEOUT], timeout=0.02)
    at.child.sendintr()
    at.says("stopped; what is done is kept", PROMPT)
    at.child.sendintr()
    at.child.expect(pexpect.EOF)
    again = desk()
    again.says("a turn was interrupted: “/ask Do gravel")
    again.hear("/resume")
    again.says("researched as a question of its own")


def test_commands_claims_and_papers_are_completed(desk: "Callable[..., Desk]") -> None:
    at = desk()
    at.says(PROMPT)
    at.child.send("/evid\t")
    at.says("ence")
    at.child.send(" \t")
    at.says("Planted roofs|Gravel roofs|Irrigation")  # the claims beside their numbers
    at.child.send("\x03")
    at.says(PROMPT)
    at.child.send("/remove \t")
    at.says("On roof-")
    at.child.send("\x03")


def test_history_is_kept_over_processes(desk: "Callable[..., Desk]") -> None:
    at = desk()
    at.hear("/claim 1")
    at.says("in its source:", PROMPT)
    at.child.send("\x1b[A")
    at.says("/claim 1")
    at.child.send("\x15/quit\r")
    at.child.expect(pexpect.EOF)
    again = desk()
    again.says(PROMPT)
    again.child.send("\x1b[A\x1b[A")
    again.says("/claim 1")
    again.child.send("\r")
    again.says("in its source:")


@pytest.mark.parametrize("line", ["what would\x1b\rchange your mind?", "what would\\\rchange it?"])
def test_a_turn_may_have_several_lines(desk: "Callable[..., Desk]", line: str) -> None:
    at = desk()
    at.hear("/name lines")
    at.says("is called lines", PROMPT)
    at.child.send(f"{line}\r")
    at.says(r"\(decided by rules\)")
    [path] = (at.home / "sessions").glob("*/turns.jsonl")
    said = json.loads(path.read_text("utf-8").splitlines()[-1])["said"]
    assert said.startswith("what would\nchange")


def test_lines_fit_the_terminal_without_colour_and_after_a_resize(
    desk: "Callable[..., Desk]",
) -> None:
    at = desk()
    at.child.logfile_read = log = io.StringIO()
    told = at.heard("/evidence 1")
    assert max(map(cell_len, told.splitlines())) <= 80
    assert any(cell_len(line) > 60 for line in told.splitlines())
    at.child.setwinsize(24, 50)
    told = at.heard("/claims")
    assert max(map(cell_len, told.splitlines()[1:])) <= 50
    assert "claim" in told
    assert not COLOUR.search(log.getvalue())


def test_colour_is_used_where_it_is_not_forbidden(desk: "Callable[..., Desk]") -> None:
    at = desk(NO_COLOR="")
    at.child.logfile_read = log = io.StringIO()
    at.hear("/claim 99")
    at.says("name a claim by its number")
    assert COLOUR.search(log.getvalue())


def test_what_is_longer_than_the_screen_is_paged(
    desk: "Callable[..., Desk]", tmp_path: Path
) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGER; cat; echo END OF PAGER\n", encoding="utf-8")
    pager.chmod(0o755)
    at = desk(PAGER=str(pager))
    at.hear("/cost")
    assert "PAGER" not in at.says("no model was called")
    at.hear("/help")
    at.says("PAGER", "/quit", "END OF PAGER")
    at.hear("/cost")
    at.says("no model was called")
