"""What can go wrong with an honest reply: each act turns one into a bad one.

server.misbehave("OpenAlex", too_many(2), too_many(2))   # then it is honest again
server.misbehave("arXiv", failing(503), forever=True)
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from assignee.offline.exchange import HTML, TEXT, Reply, Request

Mischief = Callable[[Request, Reply], Reply]
"""From a request and the honest reply to the one that is sent."""

_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>One moment</title></head>"
    b"<body><h1>Checking your browser</h1><p>Please enable JavaScript.</p></body></html>\n"
)

_BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE feed [\n <!ENTITY a0 "spam ">\n'
    + "".join(f' <!ENTITY a{n} "{f"&a{n - 1};" * 10}">\n' for n in range(1, 10))
    + ']>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>&a9;</title></feed>\n'
).encode()


def delayed(seconds: float) -> Mischief:
    """The honest reply, late."""
    return lambda _, reply: replace(reply, delay=seconds)


def too_many(seconds: float | None = None, *, as_date: bool = False) -> Mischief:
    """429, with Retry-After in seconds or as a date, or without it."""

    def act(_request: Request, _reply: Reply) -> Reply:
        headers = {}
        if seconds is not None and as_date:
            # HTTP dates have whole seconds; rounding down would ask for less than was meant.
            moment = datetime.now(UTC) + timedelta(seconds=seconds + 0.999)
            headers["Retry-After"] = format_datetime(moment.replace(microsecond=0), usegmt=True)
        elif seconds is not None:
            headers["Retry-After"] = f"{seconds:g}"
        return Reply(b"Rate exceeded.", TEXT, 429, headers)

    return act


def failing(status: int = 503) -> Mischief:
    """A server error with a page of HTML."""
    page = f"<html><body><h1>{status} Service Unavailable</h1></body></html>".encode()
    return lambda _request, _reply: Reply(page, HTML, status)


def malformed() -> Mischief:
    """The first half of the body, whole as far as HTTP goes: neither JSON nor XML."""
    return lambda _, reply: replace(reply, body=reply.body[: len(reply.body) // 2])


def cut() -> Mischief:
    """The connection closes in the middle of the body."""
    return lambda _, reply: replace(
        reply, body=reply.body[: len(reply.body) // 2], declared=len(reply.body)
    )


def slow(pace: float) -> Mischief:
    """The body at this many bytes a second."""
    return lambda _, reply: replace(reply, pace=pace)


def dropped() -> Mischief:
    """The connection closes without a reply."""
    return lambda _, reply: replace(reply, dropped=True)


def empty() -> Mischief:
    """200 with nothing in it."""
    return lambda _, reply: replace(reply, body=b"")


def html_as(content_type: str = HTML) -> Mischief:
    """A page of HTML behind a 200, whatever its content type claims."""
    return lambda _request, _reply: Reply(_PAGE, content_type)


def redirected(address: str) -> Mischief:
    """302 to an address."""
    return lambda _request, _reply: Reply(b"", HTML, 302, {"Location": address})


def redirect_loop() -> Mischief:
    """302 to the same address, for ever."""
    return lambda request, _reply: Reply(b"", HTML, 302, {"Location": request.target})


def private_redirect(address: str = "http://169.254.169.254/latest/meta-data/") -> Mischief:
    """302 to an address that only machines in a private network reach."""
    return redirected(address)


def entity_bomb() -> Mischief:
    """A little XML that unfolds to gigabytes."""
    return lambda _request, _reply: Reply(_BOMB, "application/atom+xml; charset=utf-8")


def huge(declared: int = 500_000_000) -> Mischief:
    """A body that says it has 500 MB; what comes of it is short."""
    return lambda _, reply: replace(reply, declared=declared)
