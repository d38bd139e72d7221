"""Files sent to the page: kept under the home whatever they are called, deleted with the run."""

import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from openai_server import Server
from pdf_maker import column, make_pdf
from site_home import csrf, entered, serving
from whole_runs import QUESTION, SMALL, assignee, fill

from assignee import Assignee
from assignee.site import gate, uploads
from assignee.site.multipart import BrokenForm, Head, boundary_of, parts
from assignee.site.uploads import MOST_FILES, Uploads, safe_stem

NOTE = (
    "On tax text larger models reach a lower loss, by 57 percent. More data does help larger "
    "models on tax text, by 58 percent."
)
BOUNDARY = "----edge7MA4"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assignee]:
    home = tmp_path_factory.mktemp("home")
    fill(home / "library", papers=5)
    with Server() as server, assignee(home, server, **SMALL) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(program: Assignee) -> Iterator[httpx.Client]:
    with serving(program) as site, entered(site) as inside:
        yield inside


@pytest.fixture(scope="module")
def token(client: httpx.Client) -> str:
    return csrf(client)


@pytest.fixture
def home(program: Assignee) -> Path:
    """The home, no upload waiting in it."""
    shutil.rmtree(program.settings.home / "uploads", ignore_errors=True)
    return program.settings.home


def body(fields: list[tuple[str, str]], files: list[tuple[str, bytes]]) -> bytes:
    """A form as a browser would send it, names and all left as they are."""
    made = b""
    for name, value in fields:
        made += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        made += value.encode() + b"\r\n"
    for name, content in files:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        made += head.encode("utf-8", "surrogatepass") + b"Content-Type: text/plain\r\n\r\n"
        made += content + b"\r\n"
    return made + f"--{BOUNDARY}--\r\n".encode()


def sent(
    client: httpx.Client, token: str, *files: tuple[str, bytes], to: str = ""
) -> httpx.Response:
    """Files sent to the API."""
    headers = {**FORM, "x-csrf-token": token}
    path = f"/api/uploads?to={to}" if to else "/api/uploads"
    return client.post(path, content=body([], list(files)), headers=headers)


def kept(home: Path) -> set[Path]:
    """Every file of the home that came from somebody."""
    return {path for path in home.rglob("*") if path.is_file() and NOTE.encode() in _start(path)}


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1000)


def ended(client: httpx.Client, path: str) -> dict[str, object]:
    """How a run or a turn ended, once it has."""
    told: dict[str, object] = json.loads(client.get(path).text.strip().rpartition("data: ")[2])
    return told


def test_a_run_reads_what_was_uploaded_and_is_deleted_with_it(
    client: httpx.Client, token: str, home: Path
) -> None:
    made = sent(client, token, ("tax.md", NOTE.encode()), ("tax.md", NOTE.upper().encode()))
    assert made.status_code == 201
    assert [file["name"] for file in made.json()["files"]] == ["tax-2.md", "tax.md"]
    asked = {"question": QUESTION, "upload": made.json()["id"]}
    headers = {"x-csrf-token": token}
    begun = client.post("/api/runs", json=asked, headers=headers)
    assert begun.status_code == 202
    run_id = begun.json()["id"]
    assert ended(client, f"/api/runs/{run_id}/events")["status"] == "finished"
    papers = client.get(f"/api/runs/{run_id}/report").json()["papers"]
    assert len(papers) == 2
    assert {path.relative_to(home).parts[:2] for path in kept(home)} == {("runs", run_id)}
    again = client.post("/api/runs", json=asked, headers=headers)
    assert (again.status_code, "no longer there" in again.text) == (422, True)
    assert client.delete(f"/api/runs/{run_id}", headers=headers).status_code == 204
    assert kept(home) == set()
    assert client.get(f"/api/runs/{run_id}").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "../../../evil.md",
        "..\\..\\evil.md",
        "/etc/evil.md",
        "a\0b.md",
        "\u202edm.live.md",
        "x" * 300 + ".md",
        "日" * 300 + ".md",
        "...md",
        ".md.md",
        "a%2F..%2Fb.md",
        "C:evil.md",
        "\ud800.md",
        "con\n.md",
    ],
)
def test_a_name_is_never_a_path(client: httpx.Client, token: str, home: Path, name: str) -> None:
    before = {path for path in home.parent.rglob("*") if "uploads" not in path.parts}
    made = sent(client, token, (name.replace("\n", "%0A"), NOTE.encode()))
    assert made.status_code == 201
    folder = home / "uploads" / made.json()["id"]
    [path] = folder.iterdir()
    assert path.suffix == ".md"
    assert path.stem.isprintable()
    assert not path.name.startswith(".")
    assert path.read_bytes() == NOTE.encode()
    after = {path for path in home.parent.rglob("*") if "uploads" not in path.parts}
    assert after == before
    gone = client.delete(f"/api/uploads/{folder.name}", headers={"x-csrf-token": token})
    assert (gone.status_code, folder.exists()) == (204, False)


@pytest.mark.parametrize("upload", ["../runs", "..", "", "0" * 15, "0" * 16 + "/..", "/etc"])
def test_an_id_is_never_a_path(
    client: httpx.Client, token: str, tmp_path: Path, upload: str
) -> None:
    store = Uploads(tmp_path / "uploads")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "kept").touch()
    assert store.files(upload) == []
    store.discard(upload)
    assert (tmp_path / "runs" / "kept").exists()
    headers = {"x-csrf-token": token}
    gone = client.post("/api/runs", json={"question": QUESTION, "upload": upload}, headers=headers)
    assert upload == "" or gone.status_code == 422


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.md", b"", "is empty"),
        ("a.pdf", b" \n ", "is empty"),
        ("a.pdf", b"MZ\x90\0 a program", "is no PDF"),
        ("a.txt", b"PK\x03\x04\0\0 an archive", "is no text"),
        ("a.exe", b"MZ\x90\0", "of a kind that is not read"),
        ("a", b"words", "of a kind that is not read"),
        ("a.md", b"x" * 5000, "too large"),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(
    client: httpx.Client,
    token: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes,
    why: str,
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_FILE", 4000)
    before = set((home / "uploads").rglob("*"))
    reply = sent(client, token, (name, content))
    assert reply.status_code == 422
    assert why in reply.json()["detail"]
    assert {p for p in set((home / "uploads").rglob("*")) - before if p.is_file()} == set()


def test_what_a_file_is_its_content_says(client: httpx.Client, token: str) -> None:
    pdf = make_pdf([column(NOTE)])
    made = sent(client, token, ("tax.txt", pdf), ("utf16.txt", NOTE.encode("utf-16")))
    assert [file["name"] for file in made.json()["files"]] == ["tax.pdf", "utf16.txt"]


def test_files_join_an_upload_up_to_the_limit(client: httpx.Client, token: str) -> None:
    id_ = sent(client, token, *[(f"{n}.md", NOTE.encode()) for n in range(MOST_FILES)]).json()["id"]
    more = sent(client, token, ("one-more.md", NOTE.encode()), to=id_)
    assert (more.status_code, "at most" in more.json()["detail"]) == (422, True)
    other = sent(client, token, ("a.md", NOTE.encode())).json()
    joined = sent(client, token, ("b.md", NOTE.encode()), to=other["id"]).json()
    assert joined["id"] == other["id"]
    assert [file["name"] for file in joined["files"]] == ["a.md", "b.md"]


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"%PDF-1.7\nnothing here", "truncated"), (make_pdf([]), "damaged")],
    ids=["broken", "no page"],
)
def test_a_pdf_that_cannot_be_read_is_named_with_its_reason(
    client: httpx.Client, token: str, content: bytes, why: str
) -> None:
    headers = {"x-csrf-token": token}
    asked = {
        "question": QUESTION,
        "upload": sent(client, token, ("b.pdf", content)).json()["id"],
    }
    run_id = client.post("/api/runs", json=asked, headers=headers).json()["id"]
    told = ended(client, f"/api/runs/{run_id}/events")
    assert told["status"] == "failed"
    assert "b.pdf" in str(told["why"])
    assert why in str(told["why"])
    asked["upload"] = sent(client, token, ("b.pdf", content)).json()["id"]
    refused = client.post("/api/sessions", json=asked, headers=headers)
    assert (refused.status_code, why in refused.json()["detail"]) == (422, True)


def test_the_plain_form_sends_files_and_keeps_them_when_the_question_is_at_fault(
    client: httpx.Client, token: str, home: Path
) -> None:
    fields = [("csrf", token), ("question", "why"), ("where", "files")]
    file = ("tax law.md", NOTE.encode())
    fault = client.post("/runs", content=body(fields, [file]), headers=FORM)
    assert fault.status_code == 422
    assert "not a question" in fault.text
    assert "tax law.md" in fault.text
    [path] = kept(home)
    fields = [("csrf", token), ("question", QUESTION), ("where", "files")]
    fields.append(("upload", path.parent.name))
    begun = client.post("/runs", content=body(fields, []), headers=FORM)
    assert begun.status_code == 303
    run = begun.headers["location"]
    assert ended(client, f"/api{run}/events")["status"] == "finished"
    gone = client.post(f"{run}/delete", data={"csrf": token})
    assert (gone.status_code, gone.headers["location"]) == (303, "/runs")
    assert kept(home) == set()


@pytest.mark.parametrize("where", ["files", "chosen", "databases"])
def test_a_place_without_anything_chosen_is_not_the_whole_library(
    client: httpx.Client, token: str, where: str
) -> None:
    asked = {"csrf": token, "question": QUESTION, "where": where}
    reply = client.post("/runs", data=asked)
    assert reply.status_code == 422
    assert "Choose" in reply.text


def test_a_session_takes_files_and_is_deleted_with_them(
    client: httpx.Client, token: str, home: Path
) -> None:
    headers = {"x-csrf-token": token}
    first = sent(client, token, ("first.md", NOTE.encode())).json()["id"]
    begun = client.post(
        "/api/sessions", json={"question": QUESTION, "upload": first}, headers=headers
    )
    path = f"/api/sessions/{begun.json()['info']['id']}"
    assert ended(client, f"{path}/events")["status"] == "finished"
    more = NOTE.replace("tax", "poem").replace("57", "61")
    second = sent(client, token, ("second.md", more.encode())).json()["id"]
    added = client.post(f"{path}/papers", json={"upload": second}, headers=headers)
    assert added.status_code == 202
    assert ended(client, f"{path}/events")["changed"] is True
    state = client.get(path).json()
    assert state["turns"][-1]["said"] == "Add second.md and check again"
    assert len(client.get(f"{path}/report").json()["papers"]) == 2
    assert {p.relative_to(home).parts[0] for p in kept(home)} == {"sessions"}
    assert client.delete(path, headers=headers).status_code == 204
    assert kept(home) == set()


def test_files_need_the_token_first_and_go_only_where_files_are_taken(
    client: httpx.Client, token: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ("a.md", NOTE.encode())
    for fields in ([], [("csrf", "0" * 64)], [("question", QUESTION), ("csrf", token)]):
        assert client.post("/runs", content=body(fields, [file]), headers=FORM).status_code == 403
    assert client.post("/api/uploads", content=body([], [file]), headers=FORM).status_code == 403
    large = ("a.md", b"x" * 200_000)
    fields = [("csrf", token)]
    other = client.post("/runs/none/cancel", content=body(fields, [large]), headers=FORM)
    assert other.status_code == 413
    monkeypatch.setattr(gate, "LARGEST_UPLOAD", 1000)
    assert sent(client, token, large).status_code == 413
    assert kept(home) == set()


@pytest.mark.parametrize("cut", [5, 70, 150, 330])
def test_a_form_that_ends_too_early_leaves_nothing(
    client: httpx.Client, token: str, home: Path, cut: int
) -> None:
    whole = body([("question", QUESTION)], [("a.md", NOTE.encode())])
    headers = {**FORM, "x-csrf-token": token}
    reply = client.post("/api/uploads", content=whole[:cut], headers=headers)
    assert reply.status_code == 400
    assert kept(home) == set()


def test_what_nobody_took_is_deleted_after_a_day(tmp_path: Path) -> None:
    store = Uploads(tmp_path)
    old, fresh = (store.begin() for _ in range(2))
    for id_ in (old, fresh):
        made = store.receive(id_, "a.md")
        made.write(NOTE.encode())
        made.keep()
    (tmp_path / "not-ours").mkdir()
    for name in (old, "not-ours"):
        os.utime(tmp_path / name, (0, 0))
    store.begin()
    assert store.files(old) == []
    assert [path.name for path in store.files(fresh)] == ["a.md"]
    assert (tmp_path / "not-ours").exists()


def test_uploads_are_described(client: httpx.Client) -> None:
    described = client.get("/api/openapi.json").json()["paths"]["/api/uploads"]["post"]
    assert "multipart/form-data" in described["requestBody"]["content"]


def test_safe_names_keep_the_letters_of_every_script() -> None:
    assert safe_stem("Ünïcode – 日本語 किताब (2).pdf") == "Ünïcode _ 日本語 किताब (2)"
    assert safe_stem("///") == "file"


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 19, 10_000])
async def test_a_form_is_read_the_same_in_pieces_of_any_size(size: int) -> None:
    content = f"\r\n--{BOUNDARY[:-1]}\r\n--\r\n\r\n{BOUNDARY}\r\n".encode()
    form = body([("a", "1"), ("b", "")], [("n.md", content), ("", b"")])
    read: list[tuple[Head, bytes]] = []
    async for piece in parts(pieces(form, size), BOUNDARY.encode()):
        if isinstance(piece, Head):
            read.append((piece, b""))
        else:
            read[-1] = (read[-1][0], read[-1][1] + piece)
    assert read == [
        (Head("a", None), b"1"),
        (Head("b", None), b""),
        (Head("file", "n.md"), content),
        (Head("file", ""), b""),
    ]


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"words",
        b"words\r\n--e\r\n",
        b"--e\r\nno name\r\n\r\n1\r\n--e--",
        b"--e\r\n" + b"x" * 9000,
    ],
)
async def test_what_is_no_form_is_refused(form: bytes) -> None:
    with pytest.raises(BrokenForm):
        [piece async for piece in parts(pieces(form, 100), b"e")]


def test_the_boundary_is_taken_from_the_header() -> None:
    assert boundary_of('multipart/form-data; charset=utf-8; boundary="a b"') == b"a b"
    assert boundary_of("multipart/form-data; boundary=abc") == b"abc"
    assert boundary_of(f"multipart/form-data; boundary={'a' * 71}") is None
    assert boundary_of("application/json") is None
