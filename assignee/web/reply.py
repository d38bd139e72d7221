"""What comes back from the web: a reply, or the reason why there is none."""

import json
import re
from typing import Any, Literal, NamedTuple

import httpx

from assignee.errors import SourceError

Reason = Literal["down", "limited", "refused", "too large", "malformed", "not found", "deadline"]


class WebError(SourceError):
    """A host gave no usable answer; the text names host and reason, never the URL or a key.

    Attributes:
        reason: what went wrong, of a closed set.
        retries: how often the request was repeated.
    """

    def __init__(self, host: str, reason: Reason, detail: str = "", *, retries: int = 0) -> None:
        super().__init__(f"{host}: {reason} ({detail})" if detail else f"{host}: {reason}")
        self.reason: Reason = reason
        self.retries = retries


class PassingError(WebError):
    """One that may be gone at the next attempt.

    Attributes:
        after: seconds that the host asks to wait before it; 0 when it asks nothing.
    """

    def __init__(self, host: str, reason: Reason, detail: str, *, after: float = 0.0) -> None:
        super().__init__(host, reason, detail)
        self.after = after


class Reply(NamedTuple):
    """A successful answer with its whole body, unpacked."""

    url: str
    """Where it came from in the end, after redirects; it holds what `params` held, keys too."""
    status: int
    content_type: str
    """As the host says, in lower case, with parameters; it may be wrong or empty."""
    body: bytes
    retries: int
    cached: bool

    def text(self) -> str:
        """The body as text, in the charset that it declares or UTF-8; wrong bytes are replaced."""
        declared = re.search(r"charset=[\"']?([\w.:-]+)", self.content_type)
        try:
            text = self.body.decode(declared[1] if declared else "utf-8", errors="replace")
        except (LookupError, UnicodeError):  # no charset, or one that no text is written in
            text = self.body.decode("utf-8", errors="replace")
        return text.removeprefix("\ufeff")

    def json(self) -> Any:  # noqa: ANN401 - whatever the service sent
        """The body as JSON.

        Raises:
            WebError: it is none; the reason is "malformed".
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            host = httpx.URL(self.url).host
            raise WebError(host, "malformed", "no JSON", retries=self.retries) from error
