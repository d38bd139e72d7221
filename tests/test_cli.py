"""The command line as its users meet it: output, errors, exit codes, interruption, help."""

import json
import os
import pty
import re
import runpy
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from seed_like_report import SEED_LIKE
from typer.main import get_command
from typer.testing import CliRunner

from assignee.cli import app
from assignee.errors import SettingsError
from assignee.library.lock import WriterLock
from assignee.options import settings_from
from assignee.records import Report
from assignee.report import read_report
from assignee.runs import Run, RunRegister

ROOT = Path(__file__).parent.parent
QUESTION = "Do planted roofs lower the indoor temperature of mid-rise buildings in summer?"
NOTES = {
    "lyon": "Planted roofs lower the indoor temperature of mid-rise buildings in summer by 2.1 "
    "degrees in Lyon. The substrate was 10 cm deep.",
    "turin": "In Turin, planted roofs lower the indoor temperature of mid-rise buildings in summer "
    "by 1.8 degrees. Irrigation helps.",
    "porto": "Planted roofs do not lower the indoor temperature of mid-rise buildings in summer "
    "where the insulation is thick.",
    "graz": "The weight of planted roofs of mid-rise buildings limits their use in old houses. "
    "Planted roofs keep rain for three days.",
}
REPORT_FILES = [
    "claims.csv",
    "references.bib",
    "report.html",
    "report.json",
    "report.md",
    "screening.csv",
    "search_log.json",
]


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def error(self) -> str:
        """The one line that an error is."""
        [line] = [line for line in self.stderr.splitlines() if line.startswith("error: ")]
        assert self.stderr.endswith(line + "\n")
        assert "Traceback" not in self.stderr
        return line


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSIGNEE_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts") / "notes"
    folder.mkdir()
    for place, text in NOTES.items():
        head = f"---\ntitle: Planted roofs of {place.title()}\nauthors: [{place.title()} Author]\n"
        (folder / f"{place}.md").write_text(f"{head}year: 2020\nkind: note\n---\n\n{text}\n")
    return folder


def call(*arguments: str | Path) -> Ended:
    """Run a command in this process."""
    result = CliRunner().invoke(app, list(map(str, arguments)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def program(*arguments: str | Path) -> list[str]:
    """The command line that runs the program in a process of its own."""
    return [sys.executable, "-m", "assignee.cli", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """This process's environment, so that the program is found wherever the process runs."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def on_terminal(*arguments: str | Path, **more: str) -> str:
    """What a command writes on a terminal of 80 columns, control sequences included."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        program(*arguments), stdin=theirs, stdout=theirs, stderr=theirs,
        env=environment(COLUMNS="80", LINES="24", TERM="xterm-256color", **more),
    ) as process:  # fmt: skip
        os.close(theirs)
        written = b"".join(chunks(ours))
    os.close(ours)
    assert process.returncode == 0
    return written.decode().replace("\r\n", "\n")


def chunks(descriptor: int) -> Iterator[bytes]:
    """What comes until the other side is closed, which a terminal tells by an error."""
    try:
        while chunk := os.read(descriptor, 65536):
            yield chunk
    except OSError:
        return


def registered(home: Path, *questions: str, **fields: Any) -> list[Run]:
    """Runs in the register of that home."""
    register = RunRegister(home / "runs")
    return [
        register.begin(
            Run(
                id=f"2026010{number}-000000-ab{number}",
                question=question,
                started=f"2026-01-0{number}T00:00:00+00:00",
                **{"status": "finished", "score": 7.25, **fields},
            )
        )
        for number, question in enumerate(questions, start=1)
    ]


def test_research_writes_the_files_and_tells_answer_rating_and_places(
    notes: Path, tmp_path: Path
) -> None:
    ended = call("research", QUESTION, "-p", notes, "--out", tmp_path / "out")
    assert ended.code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == REPORT_FILES
    report = read_report(tmp_path / "out" / "report.json")
    assert report.title in ended.stdout
    assert report.draft.answer[0].text in ended.stdout
    assert f"{len(report.claims)} claims from" in ended.stdout
    assert str(tmp_path / "out" / "report.md") in ended.stdout.splitlines()
    assert ended.stdout.splitlines()[-1].startswith(f"rating {report.rating.score:.1f}/10 — ")
    assert [line.split()[0] for line in ended.stderr.splitlines()][:3] == [
        "plan", "search", "screen",
    ]  # fmt: skip


def test_json_alone_is_on_stdout_and_writes_no_file(notes: Path, tmp_path: Path) -> None:
    ended = call("research", QUESTION, "-p", notes, "--json", "--quiet")
    assert ended.code == 0
    report = Report.model_validate_json(ended.stdout)
    assert report.question == QUESTION
    assert ended.stderr == ""
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_quiet_prints_the_rating_only_and_resume_writes_the_files_again(
    notes: Path, tmp_path: Path
) -> None:
    first = call("research", QUESTION, "-p", notes, "--quiet", "--set", "revisions=0")
    assert (first.code, first.stderr) == (0, "")
    [rating] = first.stdout.splitlines()
    assert rating.startswith("rating ")
    [run] = json.loads(call("runs", "--json").stdout)
    assert (run["status"], run["settings"]["revisions"]) == ("finished", 0)
    folder = tmp_path / f"assignee-{run['id']}"
    assert sorted(path.name for path in folder.iterdir()) == REPORT_FILES
    again = call("resume", run["id"], "--out", tmp_path / "again", "--quiet")
    assert again.stdout == first.stdout
    assert read_report(tmp_path / "again" / "report.json") == read_report(folder / "report.json")


def test_review_finds_the_faults_of_a_report_with_and_without_its_papers(
    notes: Path, tmp_path: Path
) -> None:
    (tmp_path / "seed.txt").write_text(SEED_LIKE, encoding="utf-8")
    without = call("review", "seed.txt", "--out", "r1")
    assert without.code == 0
    first = without.stdout.splitlines()[0].split("\t")
    assert first[0] == "severe"
    assert {"review.md", "review.json"} <= {path.name for path in (tmp_path / "r1").iterdir()}
    with_papers = call("review", "seed.txt", "-p", notes, "--json", "--quiet")
    review = json.loads(with_papers.stdout)
    assert review["rating"]["score"] < 6
    assert review["source"] == "seed.txt"
    [*_, listed] = call("runs").stdout.splitlines()
    assert "\treview of seed.txt: " in listed


def test_review_reads_the_json_of_its_own_reports(notes: Path) -> None:
    call("research", QUESTION, "-p", notes, "--out", "out", "--quiet")
    by_markdown = call("review", "out/report.md", "--quiet", "--out", "r1")
    by_json = call("review", "out/report.json", "--quiet", "--out", "r2")
    assert by_json == by_markdown
    assert by_json.stdout.startswith("rating ")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["reserch", QUESTION], 2, "'research'"),
        (["research"], 2, "QUESTION"),
        (["research", QUESTION, "--engin", "local"], 2, "--engine"),
        (["research", QUESTION, "--engine", "locl"], 2, "did you mean 'local'?"),
        (["research", QUESTION, "--set", "max_paper=3"], 2, "did you mean 'max_papers'?"),
        (["research", QUESTION, "--set", "max_papers"], 2, "NAME=VALUE"),
        (["research", QUESTION, "--set", "max_papers=some"], 2, "max_papers: "),
        (["research", QUESTION, "--set", "models.juge=x"], 2, "did you mean 'judge'?"),
        (["research", QUESTION, "--set", "models=x"], 2, "models.judge=NAME"),
        (["research", QUESTION, "--set", "api_key=x"], 2, "ASSIGNEE_API_KEY"),
        (["research", QUESTION, "--set", "max_cost=1"], 2, "price_input"),
        (["research", ""], 2, "ask in a sentence"),
        (["research", "???"], 2, "ask in a sentence"),
        (["research", QUESTION], 2, "assignee library add"),
        (["research", QUESTION, "-p", "nowhere"], 2, "'nowhere'"),
        (["research", QUESTION, "-p", ".", "--panel", "defalt"], 2, "did you mean 'default'?"),
        (["research", QUESTION, "-p", ".", "--engine", "llm"], 2, "OPENAI_API_KEY"),
        (["review", "nothing.md"], 2, "'nothing.md'"),
        (["resume", "20260101"], 2, "no runs yet"),
        (["library", "list"], 3, "add papers first"),
        (["library", "add", "nowhere"], 2, "'nowhere'"),
        (["library", "remove", "p0"], 2, "not in the library: p0"),
        (["library", "serch", "x"], 2, "'search'"),
    ],
)
def test_an_error_is_one_line_with_its_remedy_and_its_code(
    arguments: list[str], code: int, told: str
) -> None:
    ended = call(*arguments)
    assert ended.code == code
    assert told in ended.error


def test_papers_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "cut.pdf").write_bytes(b"%PDF-1.4 cut")
    (tmp_path / "bad" / "binary.md").write_bytes(bytes(range(256)) * 4)
    ended = call("research", QUESTION, "-p", "bad")
    assert ended.code == 2
    assert "cut.pdf" in ended.error
    assert "binary.md" in ended.error
    added = call("library", "add", "bad")
    assert added.code == 2
    assert "PDF, Markdown" in added.error
    assert "cut.pdf" in added.stderr.splitlines()[0] + added.stderr.splitlines()[1]


def test_a_question_that_the_papers_do_not_answer_ends_without_a_report(
    notes: Path, tmp_path: Path
) -> None:
    ended = call("research", "Why did the Hanseatic League decline?", "-p", notes, "-o", "out")
    assert ended.code == 5
    assert "no claim" in ended.error
    assert not (tmp_path / "out").exists()
    [run] = json.loads(call("runs", "--json").stdout)
    assert run["status"] == "failed"


def test_a_locked_library_names_its_owner(notes: Path, tmp_path: Path) -> None:
    (tmp_path / "home" / "library").mkdir(parents=True)
    lock = WriterLock(tmp_path / "home" / "library")
    ended = call("library", "add", notes)
    lock.release()
    assert ended.code == 3
    assert f"process {os.getpid()}" in ended.error


def test_an_unknown_run_names_the_nearest(tmp_path: Path) -> None:
    [run] = registered(tmp_path / "home", QUESTION)
    ended = call("resume", run.id[:-1] + "9")
    assert ended.code == 2
    assert f"did you mean {run.id!r}?" in ended.error


def test_a_damaged_record_hides_no_other_run(tmp_path: Path) -> None:
    [run] = registered(tmp_path / "home", QUESTION)
    (tmp_path / "home" / "runs" / "20260102-000000-cd34.json").write_text("{")
    assert call("runs").stdout.split("\t")[0] == run.id
    assert call("resume", "20260102-000000-cd34").code == 2


@pytest.mark.parametrize("option", ["--out", "--home"])
def test_a_folder_that_cannot_be_written_is_refused_before_the_work(
    notes: Path, tmp_path: Path, option: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = call("research", QUESTION, "-p", notes, option, tmp_path / "file" / "folder")
    assert ended.code == 2
    assert option in ended.error
    assert len(ended.stderr.splitlines()) == 1


def test_files_that_cannot_be_written_at_the_end_lose_nothing(notes: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "report.html").mkdir(parents=True)
    ended = call("research", QUESTION, "-p", notes, "--out", "out", "--quiet")
    assert ended.code == 2
    [run] = json.loads(call("runs", "--json").stdout)
    assert f"`assignee resume {run['id']} --out FOLDER`" in ended.error
    assert run["status"] == "finished"


def test_an_endpoint_that_is_down_ends_in_its_code_and_names_the_run(
    notes: Path, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    ended = call(
        "research", QUESTION, "-p", notes, "--engine", "llm", "--base-url", address,
        "--set", "call_retries=0", "--home", "other home",
    )  # fmt: skip
    assert ended.code == 4
    [run] = RunRegister(tmp_path / "other home" / "runs").all()
    assert f"`assignee resume {run.id} --home 'other home'` goes on" in ended.error
    assert run.status == "failed"


def test_interruption_registers_the_run_and_says_how_to_go_on(notes: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        command = program(
            "research", QUESTION, "-p", notes, "--engine", "llm", "--base-url", address
        )
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
        ) as process:
            asked, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=60)
        asked.close()
    assert process.returncode == 130
    [run] = RunRegister(tmp_path / "home" / "runs").all()
    assert (run.status, stdout) == ("interrupted", "")
    told = stderr.splitlines()[-1]
    assert told == f"interrupted; `assignee resume {run.id}` goes on with the run"
    assert "Traceback" not in stderr


def test_being_told_to_end_waits_for_no_thread(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "report.md")
    command = program("review", "report.md")
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment()) as process,
        (tmp_path / "report.md").open("w"),  # opens once the program reads, and says nothing
    ):
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (130, "interrupted\n")


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    registered(tmp_path / "home", *[QUESTION] * 9)
    with subprocess.Popen(
        program("runs", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_lists_fit_80_columns_and_keep_ids_whole(tmp_path: Path) -> None:
    question = (
        "Does the cooling of \x1b[31mplanted roofs\x1b[0m hold across insulation levels? " * 2
    )
    runs = registered(tmp_path / "home", question.strip(), "Why?")
    text = on_terminal("runs", NO_COLOR="1")
    assert "\x1b[31m" not in text
    plain = text.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert max(map(len, plain.splitlines())) <= 80
    assert all(run.id in plain for run in runs)
    assert "7.2/10" in plain
    coloured = on_terminal("settings")
    assert "max_papers" in coloured
    assert "\x1b[" in coloured


def test_a_pipe_gets_one_tab_separated_line_a_row(tmp_path: Path) -> None:
    runs = registered(tmp_path / "home", "Does it\thold?\nAlways?", "Why?")
    lines = call("runs").stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == [run.id for run in reversed(runs)]
    assert lines[1].split("\t")[1:] == ["finished", "7.2/10", "Does it hold? Always?"]


def test_no_runs_is_said_on_stderr() -> None:
    ended = call("runs")
    assert (ended.code, ended.stdout) == (0, "")
    assert "assignee research" in ended.stderr
    assert json.loads(call("runs", "--json").stdout) == []


def test_library_commands_follow_each_other(notes: Path) -> None:
    assert call("library", "add", notes).stdout == "4 added, 0 updated, 0 unchanged, 0 not read\n"
    assert call("library", "add", notes).stdout == "0 added, 0 updated, 4 unchanged, 0 not read\n"
    papers = [line.split("\t") for line in call("library", "list").stdout.splitlines()]
    assert sorted(title for *_, title in papers) == [
        f"Planted roofs of {place.title()}" for place in sorted(NOTES)
    ]
    assert len(json.loads(call("library", "list", "--json").stdout)) == 4
    found = call("library", "search", "irrigation in Turin", "--limit", "1").stdout
    assert "Planted roofs of Turin" in found
    assert "Irrigation helps." in found
    [passage] = json.loads(
        call("library", "search", "irrigation in Turin", "--limit", "1", "--json").stdout
    )
    assert "Irrigation" in passage["text"]
    removed = call("library", "remove", papers[0][0], "p0")
    assert removed.stdout == "1 paper removed\n"
    assert removed.code == 2
    assert len(call("library", "list").stdout.splitlines()) == 3


def test_settings_show_value_and_meaning_but_never_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSIGNEE_API_KEY", "sk-secret-9")
    monkeypatch.setenv("ASSIGNEE_MAX_PAPERS", "7")
    listed = call("settings").stdout
    assert "max_papers\t7\tPapers that are read closely." in listed
    as_json = call("settings", "--json").stdout
    assert json.loads(as_json)["max_papers"] == 7
    assert "sk-secret-9" not in listed + as_json


def test_assignments_and_options_make_settings() -> None:
    made = settings_from(
        ["max_papers=3", "models.judge=a", "models.writer=b=c", "temperature=0.5"], model="d"
    )
    assert (made.max_papers, made.model_of("judge"), made.model_of("critic")) == (3, "a", "d")
    assert (made.model_of("writer"), made.temperature) == ("b=c", 0.5)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ASSIGNEE_MODELS", "judge", "ASSIGNEE_MODELS must hold JSON"),
        ("ASSIGNEE_MAX_PAPERS", "many", "max_papers: "),
        ("ASSIGNEE_ENGINE", "lm", "did you mean 'llm'?"),
    ],
)
def test_a_wrong_value_in_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=re.escape(told)):
        settings_from(None)


def test_help_is_given_where_nothing_is_asked_for_and_names_the_exit_codes() -> None:
    asked = call("--help")
    assert asked.code == 0
    assert "130  interrupted" in asked.stdout
    assert max(map(len, asked.stdout.splitlines())) <= 80
    unasked = call()
    assert (unasked.code, unasked.stdout) == (2, "")
    assert unasked.stderr.strip() == asked.stdout.strip()
    assert call("--version").stdout.startswith("assignee ")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("assignee research --set max_pa", "max_papers="),
        ("assignee research --panel def", "default"),
        ("assignee research --engine l", "local"),
        ("assignee resume 2026", "20260101-000000-ab1"),
        ("assignee lib", "library"),
    ],
)
def test_the_shell_completes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, offered: str
) -> None:
    registered(tmp_path / "home", QUESTION)
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    monkeypatch.setenv("_ASSIGNEE_COMPLETE", "complete_bash")
    result = CliRunner().invoke(app, [], prog_name="assignee")
    assert offered in result.stdout.split()


HEAVY = (
    "chromadb", "langgraph", "langchain_core", "langchain_openai", "onnxruntime", "tokenizers",
    "scipy", "numpy", "pypdfium2", "httpx",
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "banned"),
    [
        ("import assignee", (*HEAVY, "pydantic", "asyncio", "rich", "typer")),
        ("from assignee import Assignee, Settings", (*HEAVY, "rich", "typer")),
        ("from typer.main import get_command; import assignee.cli as c; get_command(c.app)",
         (*HEAVY, "assignee.api", "assignee.records")),
    ],
)  # fmt: skip
def test_what_starts_quickly_imports_nothing_heavy(code: str, banned: tuple[str, ...]) -> None:
    asked = f"import sys; {code}; print(*sorted(set(sys.modules) & set({banned!r})))"
    found = subprocess.run(
        [sys.executable, "-c", asked], env=environment(), capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == []


def test_the_reference_is_up_to_date() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "cli_reference.py"))
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == script["reference"](), (
        "run `python docs/cli_reference.py`"
    )


def test_the_links_of_the_readme_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_commands_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    asked = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("assignee ")]
    assert len(asked) > 5
    for words in asked:
        command: Any = get_command(app)
        while words and hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        known = {name for param in command.params for name in param.opts}
        assert {word for word in words if word.startswith("-")} <= known
