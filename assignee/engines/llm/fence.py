"""Sets document text apart as data: delimiters that a document cannot know, nothing invisible.

The delimiter's code is an HMAC of an installation secret and the digest of what it encloses:
stable, so that the response cache works; unguessable, so that no document can close its own fence.
Text that reads like an instruction is left as it is: it is evidence, and reviewers must see it.
"""

import contextlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import NamedTuple

from assignee.errors import SettingsError
from assignee.reading.normal import strip_invisible

SECRET_BYTES = 32
_CODE_DIGITS = 16


class Fence(NamedTuple):
    """The delimiters of one prompt."""

    code: str
    """16 hex digits, found in none of the texts that they enclose."""

    def enclose(self, tag: str, text: str, **labels: str) -> str:
        """The visible text between `<tag-code label="…">` and `</tag-code>`; no empty labels."""
        known = {name: label for name, value in labels.items() if (label := _label(value))}
        shown = "".join(f' {name}="{label}"' for name, label in known.items())
        return f"<{tag}-{self.code}{shown}>\n{visible(text).strip()}\n</{tag}-{self.code}>"


def fence(secret: bytes, texts: Sequence[str]) -> Fence:
    """The fence for these texts: the same for the same texts and installation.

    A text that holds the code, because an earlier prompt was made public, gets the next one.
    """
    seen = [visible(text) for text in texts]
    digest = sha256(json.dumps(seen).encode()).digest()
    codes = (
        hmac.new(secret, digest + attempt.to_bytes(4, "big"), sha256).hexdigest()[:_CODE_DIGITS]
        for attempt in count()
    )
    return Fence(unused(codes, seen))


def unused(codes: Iterable[str], texts: Sequence[str]) -> str:
    """The first code that stands in none of the texts."""
    return next(code for code in codes if not any(code in text for text in texts))


def visible(text: str) -> str:
    """The text without what no reader sees; see `assignee.reading.normal`."""
    return strip_invisible(text)[0]


def one_line(text: str | None) -> str:
    """The visible text with single spaces; nothing for `None`."""
    return " ".join(visible(text or "").split())


def _label(value: str) -> str:
    return one_line(re.sub(r'[<>"]', " ", value))


def installation_secret(home: Path) -> bytes:
    """The 32 random bytes of this installation, made at first use and readable by its owner only.

    Raises:
        SettingsError: the file is damaged or cannot be read.
    """
    path = home / "secret"
    try:
        if not path.exists():
            _make_secret(path)
        secret = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{str(path)!r} cannot be used ({error.strerror}); check its owner"
        ) from None
    if len(secret) != SECRET_BYTES:
        raise SettingsError(f"{str(path)!r} is damaged; delete it, a new one is made")
    return secret


def _make_secret(path: Path) -> None:
    # Written aside and linked into place: no process ever reads a half-written secret, and of two
    # that start together the first one's secret holds.
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".secret.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
    finally:
        aside.unlink(missing_ok=True)
