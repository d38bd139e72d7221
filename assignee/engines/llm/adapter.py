"""The structured call: one request of one role, answered by a checked reply or a kept failure.

Plain calls with `response_format` where the endpoint honours it; whatever comes back is read
tolerantly, checked, and repaired by one more turn: at most two attempts a reply.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from assignee.engines.llm.cache import Call, ReplyCache
from assignee.engines.llm.endpoint import CallError, Feature
from assignee.engines.llm.meter import LLMMeter, Outcome, RateLimit
from assignee.engines.llm.reading import Answer, Problem, read
from assignee.engines.llm.replies import Reply
from assignee.engines.llm.schema import response_format
from assignee.engines.llm.trace import Trace
from assignee.errors import EndpointError, EngineError, ReplyError
from assignee.prompts import Prompt, load
from assignee.settings import Role, Settings

R = TypeVar("R", bound=Reply)
Mode = Literal["json_schema", "json_object", "text"]
Messages = list[tuple[str, str]]

_WEAKER: dict[Mode, Mode] = {"json_schema": "json_object", "json_object": "text"}
# A reply that was cut off is shown back only so far: its end is what is missing.
_SHOWN_OF_CUT = 2000


class BadReply(ReplyError):
    """A reply that could not be used, also after one repair turn.

    Attributes:
        answer: the last answer as it came: text, finish reason, tokens.
    """

    def __init__(self, message: str, answer: Answer) -> None:
        super().__init__(message, raw=answer.text)
        self.answer = answer


class Ask(NamedTuple, Generic[R]):
    """One request of one role."""

    role: Role
    model: str
    prompt: Prompt
    messages: Messages
    reply: type[R]
    sample: int


class _Dialect(NamedTuple):
    """How a model's endpoint wants to be asked."""

    mode: Mode
    tokens_field: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"

    def without(self, feature: Feature) -> "_Dialect | None":
        """The dialect that does without what was refused, or `None` when nothing is left."""
        if feature == "max_completion_tokens":
            changed = self._replace(tokens_field="max_tokens")
            return None if changed == self else changed
        weaker = _WEAKER.get(self.mode)
        return self._replace(mode=weaker) if weaker else None


class Say(Protocol):
    """Sends one request to a model; `chat.Line.say` is the real one."""

    def __call__(
        self, model: str, messages: Messages, *, fields: dict[str, Any]
    ) -> Awaitable[Answer]:
        """The model's answer, or a CallError."""
        ...


class Adapter:
    """All structured calls of one engine: cached, metered, limited and traced."""

    def __init__(
        self,
        settings: Settings,
        *,
        say: Say,
        cache: ReplyCache,
        meter: LLMMeter,
        trace: Trace | None = None,
        before_first_call: Callable[[], None] | None = None,
    ) -> None:
        self.settings = settings
        self.meter = meter
        self._say = say
        self._cache = cache
        self._trace = trace
        self._before_first_call = before_first_call
        self._dialects: dict[str, _Dialect] = {}
        self._slots = asyncio.Semaphore(settings.concurrency)
        per_minute = settings.requests_per_minute
        self._rate = RateLimit(per_minute) if per_minute else None

    async def ask(
        self,
        role: Role,
        values: dict[str, str],
        reply: type[R],
        *,
        model: str | None = None,
        sample: int = 0,
        prompt: str | None = None,
    ) -> R:
        """The role's reply to its prompt, or to another one of that name, filled with these values.

        Raises:
            BadReply: two attempts gave nothing usable.
            EndpointError: the endpoint refused or was not reached.
            BudgetSpent: a budget was spent before the call began.
        """
        loaded = load(prompt or role)
        messages: Messages = [*loaded.messages(**values)]
        name = model or self.settings.model_of(role)
        ask = Ask(role, name, loaded, messages, reply, sample)
        try:
            return await self._ask_twice(ask)
        except (EndpointError, ReplyError):
            self.meter.failed(role, name)
            raise

    async def _ask_twice(self, ask: Ask[R]) -> R:
        answer = await self._exchange(ask, attempt=1)
        found = read(answer, ask.reply)
        if isinstance(found, Problem) and found.repairable:
            messages = [*ask.messages, *_repair_turn(answer, found)]
            answer = await self._exchange(ask._replace(messages=messages), attempt=2)
            found = read(answer, ask.reply)
        if isinstance(found, Problem):
            name = f"model {ask.model!r} gave no usable reply as {ask.role}"
            raise BadReply(f"{name}: {found.what}", answer)
        return found

    async def _exchange(self, ask: Ask[Any], *, attempt: int) -> Answer:
        began = time.monotonic()
        try:
            found = await self._cache.fetch(
                _call(ask, self.settings),
                lambda: self._post(ask),
                usable=lambda answer: not isinstance(read(answer, ask.reply), Problem),
            )
        except EngineError as error:
            self._note(ask, attempt, began, error=str(error))
            raise
        self._note(ask, attempt, began, cached=found.cached, **found.answer._asdict())
        if found.cached:
            self.meter.cached(ask.role, ask.model)
        return found.answer

    def _note(self, ask: Ask[Any], attempt: int, began: float, **outcome: Any) -> None:  # noqa: ANN401
        if self._trace is not None:
            self._trace.write(
                role=ask.role,
                model=ask.model,
                prompt=ask.prompt.stamp,
                sample=ask.sample,
                attempt=attempt,
                seconds=round(time.monotonic() - began, 4),
                messages=ask.messages,
                **outcome,
            )

    async def _post(self, ask: Ask[Any]) -> Answer:
        preset = _Dialect(self.settings.structured_output)
        while True:
            dialect = self._dialects.get(ask.model, preset)
            try:
                return await self._send(ask, dialect)
            except CallError as error:
                refused = error.failure.refuses
                plainer = dialect.without(refused) if refused else None
                if plainer is None:
                    raise EndpointError(str(error)) from None
                # Of many calls in flight the first one to be refused settles it for all.
                if self._dialects.get(ask.model, preset) == dialect:
                    self._dialects[ask.model] = plainer
                    self.meter.warn(f"{error}; it is asked without from now on")

    async def _send(self, ask: Ask[Any], dialect: _Dialect) -> Answer:
        async with self._slots:
            if self._rate is not None and (wait := self._rate.reserve(time.monotonic())) > 0:
                await asyncio.sleep(wait)
            length = sum(len(text) for _, text in ask.messages)
            ticket = self.meter.admit(ask.role, ask.model, characters=length)
            self._announce()
            began = time.monotonic()
            outcome: Outcome = "lost"
            answer: Answer | None = None
            try:
                fields = _fields(ask.reply, dialect, self.settings.max_output_tokens)
                answer = await self._say(ask.model, ask.messages, fields=fields)
                outcome = "answered"
            except CallError as error:
                outcome = error.failure.outcome
                raise
            finally:
                seconds = time.monotonic() - began
                self.meter.settle(ticket, outcome, seconds=seconds, answer=answer)
            return answer

    def _announce(self) -> None:
        if self._before_first_call is not None:
            announce, self._before_first_call = self._before_first_call, None
            announce()


def engine_name(role: Role, settings: Settings) -> str:
    """Who plays a role, as verdicts and drafts are stamped: `llm:gpt-5-mini judge@6c7be37645a9`."""
    return f"llm:{settings.model_of(role)} {load(role).stamp}"


def _call(ask: Ask[Any], settings: Settings) -> Call:
    # What was set, not what an endpoint made of it: a resumed run finds its replies before it
    # has learnt again what the endpoint does not know.
    reply: type[Reply] = ask.reply
    request = {
        "temperature": settings.temperature,
        "max_output_tokens": settings.max_output_tokens,
        "structured_output": settings.structured_output,
        "reply": response_format(reply),
    }
    return Call(settings.base_url, ask.model, request, ask.messages, ask.sample)


def _fields(reply: type[Reply], dialect: _Dialect, most_tokens: int) -> dict[str, Any]:
    fields: dict[str, Any] = {dialect.tokens_field: most_tokens}
    if dialect.mode == "json_schema":
        fields["response_format"] = response_format(reply)
    elif dialect.mode == "json_object":
        fields["response_format"] = {"type": "json_object"}
    return fields


def _repair_turn(answer: Answer, problem: Problem) -> Messages:
    cut = answer.finish_reason == "length"
    shown = f"{answer.text[:_SHOWN_OF_CUT]}…" if cut else answer.text
    [(_, request)] = load("repair").messages(problem=problem.what)
    # Chat templates of some local servers refuse an empty turn.
    return [("assistant", shown.strip() or "(no text)"), ("human", request)]
