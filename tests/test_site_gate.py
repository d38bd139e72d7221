"""Who may come in to the page: wrong hosts, tokens, origins and forms over plain HTTP."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from makers import HashingEmbedder
from site_home import address, csrf, entered, serving

from assignee import Assignee
from assignee.errors import SettingsError
from assignee.settings import Settings
from assignee.site.gate import LARGEST_BODY
from assignee.site.server import Site


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assignee]:
    home = tmp_path_factory.mktemp("home")
    with Assignee(Settings(home=home), embedder=HashingEmbedder()) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(program: Assignee) -> Iterator[Site]:
    with serving(program) as running:
        yield running


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    with entered(site) as inside:
        yield inside


def test_without_the_token_nothing_is_shown(client: httpx.Client, site: Site) -> None:
    assert client.get("/runs").status_code == 200
    for path in ("/", "/runs", "/api/runs", "/api/openapi.json", "/static/site.css", "/nowhere"):
        reply = httpx.get(address(site, path))
        assert reply.status_code == 403
        assert "assignee serve" in reply.text
    wrong = httpx.get(address(site, "/"), cookies={f"assignee-{site.port}": "guessed"})
    assert wrong.status_code == 403


def test_the_token_is_good_once_and_leaves_the_address(program: Assignee) -> None:
    with serving(program) as fresh:
        wrong = httpx.get(address(fresh, "/?token=guessed"))
        assert wrong.status_code == 403
        assert "set-cookie" not in wrong.headers
        reply = httpx.get(fresh.first_address.replace("/?", "/runs?a=b&"))
        assert (reply.status_code, reply.headers["location"]) == (303, "/runs?a=b")
        cookie = reply.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        replayed = httpx.get(fresh.first_address)
        assert replayed.status_code == 403
        assert "set-cookie" not in replayed.headers
        known = httpx.get(fresh.first_address, headers={"cookie": cookie.partition(";")[0]})
        assert (known.status_code, known.headers["location"]) == (303, "/")


def test_the_redirect_stays_on_this_server(program: Assignee) -> None:
    with serving(program) as fresh:
        token = fresh.first_address.partition("token=")[2]
        reply = httpx.get(address(fresh, f"//evil.example/?token={token}"))
        assert reply.headers["location"] == "/evil.example/"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil", ""],
)
def test_another_host_name_is_refused_whatever_it_brings(
    client: httpx.Client, site: Site, host: str
) -> None:
    reply = client.get("/runs", headers={"host": host.format(port=site.port)})
    assert reply.status_code == 421
    assert client.get("/runs", headers={"host": f"localhost:{site.port}"}).status_code == 200


def test_what_changes_something_needs_the_csrf_token(client: httpx.Client) -> None:
    asked = {"question": "Does tea help adults?", "where": "library"}
    for path in ("/runs", "/runs/20260101-000000-0000/cancel"):
        assert client.post(path, data=asked).status_code == 403
        assert client.post(path, data={**asked, "csrf": "0" * 64}).status_code == 403
    assert client.post("/api/runs", json=asked).status_code == 403
    assert client.delete("/api/runs").status_code == 403
    assert client.get("/api/runs").json() == []


def test_another_origin_is_refused_even_with_the_csrf_token(
    client: httpx.Client, site: Site
) -> None:
    token = csrf(client)
    body = {"csrf": token, "question": ""}
    for origin in ("https://evil.example", "null", f"http://evil.example:{site.port}"):
        reply = client.post("/runs", data=body, headers={"origin": origin})
        assert reply.status_code == 403
    crossing = client.post("/runs", data=body, headers={"sec-fetch-site": "cross-site"})
    assert crossing.status_code == 403
    own = client.post("/runs", data=body, headers={"origin": address(site)})
    assert own.status_code == 422


def test_a_body_that_is_too_long_is_refused(client: httpx.Client) -> None:
    body = "question=" + "x" * LARGEST_BODY
    reply = client.post(
        "/runs",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded", "x-csrf-token": csrf(client)},
    )
    assert reply.status_code == 413


@pytest.mark.parametrize("path", ["/", "/runs", "/nowhere", "/api/runs", "/static/site.js"])
def test_every_answer_carries_strict_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(
        part.partition(" ")[::2] for part in headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers
    assert "access-control-allow-origin" not in headers


def test_it_listens_on_loopback_only_and_says_when_the_port_is_taken(program: Assignee) -> None:
    with serving(program) as running:
        with pytest.raises(SettingsError, match="name another with --port"):
            Site(program, port=running.port)
        addresses = {
            info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        }
        for other in addresses - {"127.0.0.1", "127.0.1.1"}:
            with socket.socket() as tried:
                assert tried.connect_ex((other, running.port)) != 0


def test_pages_name_nothing_that_lies_elsewhere(client: httpx.Client) -> None:
    folder = Path(__file__).parent.parent / "assignee" / "site"
    for path in (*folder.rglob("*.j2"), *folder.rglob("*.css"), *folder.rglob("*.js")):
        text = path.read_text(encoding="utf-8")
        assert "//" not in text.replace("// ", "").replace("http://www.w3.org/2000/svg", ""), path
        assert "style=" not in text, path
        assert " on" + "click" not in text, path
    assert client.get("/static/../gate.py").status_code == 404
