"""Who may come in: this machine's own browser, with the token that the terminal printed.

The server listens on loopback, but every page that the user visits elsewhere can send requests
there, too. So the Host header must name this server (a foreign name that resolves to loopback does
not), the token of the first address is exchanged once for a cookie that other sites cannot have
sent (SameSite=Strict), and whatever changes something needs the cookie's own CSRF token.
"""

import hmac
import re
import secrets
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from assignee.site.uploads import LARGEST_UPLOAD

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = frozenset(("GET", "HEAD"))
LARGEST_BODY = 100_000
"""Bytes of a form or of JSON; questions have 2,000 characters at most."""
A_MONTH = 30 * 86_400
"""Seconds for which a browser keeps the cookie; the server forgets it when it ends."""
CSRF_FIELD = "csrf"
CSRF_HEADER = b"x-csrf-token"
FORM = b"application/x-www-form-urlencoded"
FILES_FORM = b"multipart/form-data"
TAKES_FILES = re.compile(r"/runs|/sessions|/find|/sessions/[^/]+/papers|/api/uploads")
"""The addresses to which files may be sent."""
FIRST_FIELD = re.compile(
    rb'--[^\r\n]{1,70}\r\ncontent-disposition: form-data; name="csrf"\r\n\r\n([0-9a-f]{64})\r\n',
    re.IGNORECASE,
)
"""The token where a form with files has it: before the files, which are not read before it."""
BEGINNING = 1024
"""Bytes in which it stands."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With `no-referrer` browsers send forms with the origin `null`.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
OUT_OF_DATE = "The form is out of date: reload the page and send it again."
REFUSED = (
    "This page opens with the address that `assignee serve` printed, once. In a browser that has "
    "opened it before, open this address by hand or reload it; else start `assignee serve` again."
)


class Gate:
    """Lets in what may come in, and sends every answer with strict headers.

    Args:
        app: the application behind it.
        port: the port listened on, which the Host header must name.
        token: of the first address; good for one browser.
    """

    def __init__(self, app: "ASGIApp", *, port: int, token: str) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self._token: str | None = token
        self._session: str | None = None
        # Cookies are not kept apart by port: two servers must not take each other's.
        self._cookie = f"assignee-{port}"

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _with_headers(send)
        headers = {name.lower(): value for name, value in scope["headers"]}
        if headers.get(b"host", b"").decode("latin-1").casefold() not in self._hosts:
            await _answer(send, 421, "This server answers to 127.0.0.1 and localhost only.")
        elif (given := self._given_token(scope)) is not None:
            await self._exchange(given, scope, headers, send)
        elif not self._known(headers):
            await _answer(send, 403, REFUSED)
        elif scope["method"] in SAFE:
            await self._hand_on(scope, receive, send)
        else:
            await self._checked(scope, headers, receive, send)

    @staticmethod
    def _given_token(scope: "Scope") -> str | None:
        found = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        return found[0] if found and scope["method"] == "GET" else None

    async def _exchange(
        self, given: str, scope: "Scope", headers: dict[bytes, bytes], send: "Send"
    ) -> None:
        """The cookie for the token, once; and the token out of the address."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        rest = urlencode({name: v for name, v in query.items() if name != "token"}, doseq=True)
        # Two slashes at the start would name another server.
        place = "/" + scope["path"].lstrip("/\\")
        more = [("location", place + (f"?{rest}" if rest else ""))]
        if self._token is not None and _same(given, self._token):
            self._token, self._session = None, secrets.token_urlsafe(32)
            more.append(
                (
                    "set-cookie",
                    f"{self._cookie}={self._session}; Path=/; Max-Age={A_MONTH}; HttpOnly; "
                    "SameSite=Strict",
                )
            )
        elif not self._known(headers):
            await _answer(send, 403, f"This token was used or is wrong. {REFUSED}")
            return
        await _answer(send, 303, "", more)

    def _known(self, headers: dict[bytes, bytes]) -> bool:
        try:
            jar = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
        except CookieError:
            return False
        found = jar.get(self._cookie)
        return bool(found and self._session and _same(found.value, self._session))

    @property
    def csrf(self) -> str:
        """The token that forms and scripts of the one known browser send back."""
        return hmac.new((self._session or "").encode(), b"csrf", sha256).hexdigest()

    async def _checked(
        self, scope: "Scope", headers: dict[bytes, bytes], receive: "Receive", send: "Send"
    ) -> None:
        """Hand on what changes something, if it comes from a page of this server."""
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and origin.removeprefix("http://").casefold() not in self._hosts:
            await _answer(send, 403, "Another site may not do this.")
            return
        if headers.get(b"sec-fetch-site", b"none") not in (b"same-origin", b"none"):
            await _answer(send, 403, "Another site may not do this.")
            return
        files = headers.get(b"content-type", b"").startswith(FILES_FORM)
        if files and TAKES_FILES.fullmatch(scope["path"]):
            await self._with_files(scope, headers, receive, send)
            return
        body = await _whole(receive)
        if body is None:
            await _answer(send, 413, f"At most {LARGEST_BODY:,} bytes can be sent.")
            return
        given = headers.get(CSRF_HEADER, b"").decode("latin-1")
        if not given and headers.get(b"content-type", b"").startswith(FORM):
            given = parse_qs(body.decode("utf-8", "replace")).get(CSRF_FIELD, [""])[0]
        if not _same(given, self.csrf):
            await _answer(send, 403, OUT_OF_DATE)
            return
        await self._hand_on(scope, _replayed(body, receive), send)

    async def _with_files(
        self, scope: "Scope", headers: dict[bytes, bytes], receive: "Receive", send: "Send"
    ) -> None:
        """Hand on a form with files, of which only the beginning is held here."""
        body, more = await _beginning(receive)
        given = headers.get(CSRF_HEADER, b"").decode("latin-1")
        if not given and (found := FIRST_FIELD.match(body)):
            given = found[1].decode("latin-1")
        if not _same(given, self.csrf):
            await _answer(send, 403, OUT_OF_DATE)
            return
        length = headers.get(b"content-length", b"")
        if not length.isdigit() or int(length) > LARGEST_UPLOAD:
            # A browser shows the answer only when it could send everything.
            while more:
                more = (await receive()).get("more_body", False)
            await _answer(send, 413, f"At most {LARGEST_UPLOAD // 2**20} MB can be sent at once.")
            return
        await self._hand_on(scope, _replayed(body, receive, more=more), send)

    async def _hand_on(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        scope.setdefault("state", {})["csrf"] = self.csrf
        await self._app(scope, receive, send)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


async def _whole(receive: "Receive") -> bytes | None:
    """The body, or `None` when it is too long."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return body


async def _beginning(receive: "Receive") -> tuple[bytes, bool]:
    """The body's first pieces, and whether there is more of it."""
    body, more = b"", True
    while more and len(body) < BEGINNING:
        message = await receive()
        body += bytes(message.get("body", b""))
        more = message.get("more_body", False)
    return body, more


def _replayed(body: bytes, receive: "Receive", *, more: bool = False) -> "Receive":
    """Gives the body that was read once more, then what comes after it."""
    kept: list[Message] = [{"type": "http.request", "body": body, "more_body": more}]

    async def again() -> "Message":
        return kept.pop() if kept else await receive()

    return again


def _with_headers(send: "Send") -> "Send":
    async def sent(message: "Message") -> None:
        if message["type"] == "http.response.start":
            names = {name.lower() for name, _ in message.get("headers", ())}
            added = {"cache-control": "no-store", **HEADERS}
            message["headers"] = [
                *message.get("headers", ()),
                *((k.encode(), v.encode()) for k, v in added.items() if k.encode() not in names),
            ]
        await send(message)

    return sent


async def _answer(
    send: "Send", status: int, text: str, headers: "list[tuple[str, str]] | None" = None
) -> None:
    content = text.encode()
    told = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(content)))]
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in (*told, *(headers or ()))],
        }
    )
    await send({"type": "http.response.body", "body": content})
