"""The endpoint: its address and key, and what each of its failures means and asks of the user."""

import ipaddress
from collections.abc import Mapping
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from assignee.engines.llm.meter import Outcome
from assignee.errors import SettingsError
from assignee.settings import Settings

Feature = Literal["response_format", "max_completion_tokens"]

# No key is sent to servers on this machine that were given none; the SDK wants some text.
NO_KEY = "none"

_LONGEST_SAID = 300
_FORMAT_WORDS = ("response_format", "response format", "json_schema", "json_object", "structured")


class NotAChat(Exception):
    """An answer of status 200 that is no chat completion.

    Attributes:
        body: the answer as it came.
    """

    def __init__(self, body: str) -> None:
        super().__init__("not a chat completion")
        self.body = body


class Failure(NamedTuple):
    """What became of a call that gave no answer."""

    outcome: Outcome
    message: str
    refuses: Feature | None = None
    """The part of the request that this endpoint does not know, if that was the reason."""


def is_loopback(base_url: str) -> bool:
    """Whether the address is on this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def key_of(settings: Settings, environment: Mapping[str, str]) -> str:
    """The key to send: the setting's, else OPENAI_API_KEY, else none to servers on this machine.

    Raises:
        SettingsError: the base URL is none, a key is needed and there is none, or it is malformed.
    """
    parts = urlsplit(settings.base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            f"base_url {settings.base_url!r} is no address; it looks like "
            "'https://api.openai.com/v1' or 'http://localhost:11434/v1'"
        )
    given = settings.api_key.get_secret_value() if settings.api_key else ""
    key = given.strip() or environment.get("OPENAI_API_KEY", "").strip()
    if not key and is_loopback(settings.base_url):
        return NO_KEY
    if not key:
        raise SettingsError(
            f"engine 'llm' needs a key for {settings.base_url!r}: set ASSIGNEE_API_KEY or "
            "OPENAI_API_KEY, or give base_url a server on this machine, or use engine 'local'"
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError("the key holds characters that no key has; copy it again")
    return key


class CallError(Exception):
    """A call that gave no answer.

    Attributes:
        failure: what became of it.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Doctor(NamedTuple):
    """Tells what a failed call means; nothing that it says holds the key."""

    settings: Settings
    key: str

    def scrub(self, text: str) -> str:
        """The text without the key, should an endpoint echo it."""
        return text if self.key == NO_KEY else text.replace(self.key, "[key]")

    def explain(self, error: Exception, model: str) -> Failure:
        """What the exception of a call to that model means."""
        import openai

        where = f"{self.settings.base_url!r} (model {model!r})"
        if isinstance(error, TimeoutError | openai.APITimeoutError):
            limit = f"{self.settings.timeout:g} s"
            return Failure("lost", f"{where} gave no answer within {limit}; raise timeout")
        if isinstance(error, openai.APIConnectionError):
            return self._unconnected(error.__cause__ or error, where)
        if isinstance(error, openai.APIStatusError):
            return self._refused(error.status_code, error.response.text, where)
        said = self._said(error.body if isinstance(error, NotAChat) else str(error))
        advice = "check that base_url is the endpoint's OpenAI-compatible root, such as …/v1"
        return Failure("lost", f"{where} answered with no chat completion: {said}; {advice}")

    def _unconnected(self, cause: BaseException, where: str) -> Failure:
        kind = type(cause).__name__
        if kind in ("ConnectError", "ConnectTimeout", "UnsupportedProtocol"):
            advice = "check base_url and that the server runs"
            return Failure(
                "unreached", f"{where} was not reached: {self._said(str(cause))}; {advice}"
            )
        advice = "try again; a run can be resumed"
        return Failure("lost", f"{where} broke the connection off ({kind}); {advice}")

    def _refused(self, status: int, body: str, where: str) -> Failure:
        said = self._said(body)
        if status in (400, 422, 501) and (feature := _unknown_feature(body)):
            return Failure("refused", f"{where} does not know {feature}: {said}", feature)
        return Failure("refused", f"{where} answered {status}: {said}; {_advice(status, body)}")

    def _said(self, text: str) -> str:
        line = " ".join(self.scrub(text).split())
        return repr(line if len(line) <= _LONGEST_SAID else line[:_LONGEST_SAID] + "…")


def _unknown_feature(body: str) -> Feature | None:
    said = body.casefold()
    if "max_completion_tokens" in said:
        return "max_completion_tokens"
    return "response_format" if any(word in said for word in _FORMAT_WORDS) else None


def _advice(status: int, body: str) -> str:
    said = body.casefold()
    if status == 401:
        return "check the key (ASSIGNEE_API_KEY or OPENAI_API_KEY)"
    if status == 403:
        return "the key does not allow this; check it, or choose another model"
    if status == 404:
        return "check the model's name and base_url"
    if status == 429 and ("quota" in said or "billing" in said):
        return "the quota is used up; add credit, or use another key or endpoint"
    if status == 429:
        return "lower concurrency, or set requests_per_minute"
    if status in (400, 413) and ("context" in said or "too long" in said or status == 413):
        return "the prompt is longer than the model takes; choose a model with a larger context"
    if status >= 500:
        return "the endpoint is failing; try again later, a run can be resumed"
    return "the endpoint does not accept the request"
