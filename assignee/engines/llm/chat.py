"""The line to the endpoint: ChatOpenAI without what costs time or loses text.

This module is imported when an LLM engine is made, because langchain_openai takes a second.
"""

import asyncio
import contextlib
import email.utils
import json
import ssl
import time
from typing import TYPE_CHECKING, Any

import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langsmith import tracing_context

from assignee.engines.llm.endpoint import CallError, Doctor, NotAChat, is_loopback
from assignee.engines.llm.reading import Answer
from assignee.settings import Settings

if TYPE_CHECKING:
    import httpx2

# The SDK would wait up to 120 s for each repeat that a server asks for, 240 s a call.
LONGEST_WAIT = 60.0
_QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})


class Chat(ChatOpenAI):
    """ChatOpenAI whose replies arrive as the endpoint sent them, whatever their shape.

    The parent validates request and reply against typed models, raises on truncated replies and
    turns unknown token counts into 0. Posting the parent's payload through the same SDK client
    keeps text, finish reason and usage, and takes 2.1 ms of CPU a call instead of 3.7 ms.
    """

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - the parent's
        **kwargs: Any,  # noqa: ANN401 - the parent's
    ) -> ChatResult:
        fields = kwargs.pop("fields", {})
        payload = self._get_request_payload(messages, stop=stop, **kwargs) | fields
        del payload["stream"]
        body = await self.root_async_client.post("/chat/completions", cast_to=str, body=payload)
        return ChatResult(generations=[ChatGeneration(message=_message(body))])


class Line:
    """One HTTP client and one chat model a name; close it when the run is over."""

    def __init__(self, settings: Settings, key: str) -> None:
        self._settings = settings
        self._key = key
        self._doctor = Doctor(settings, key)
        # The SDK's limits hold: 1000 connections, 100 of them kept alive. A proxy of the
        # environment is not asked for a server on this machine.
        self._client: httpx2.AsyncClient = openai.DefaultAsyncHttpxClient(
            trust_env=not is_loopback(settings.base_url),
            verify=_trust(settings.base_url),
            event_hooks={"response": [_stop_vain_retries]},
        )
        self._chats: dict[str, Chat] = {}
        # Without callbacks nothing that a surrounding graph traces or streams reaches in here.
        self._config: RunnableConfig | None = (
            None if settings.third_party_tracing else {"callbacks": []}
        )

    def chat(self, model: str) -> Chat:
        """The chat model of that name; made once."""
        if model not in self._chats:
            self._chats[model] = self._make_chat(model)
        return self._chats[model]

    def _make_chat(self, model: str) -> Chat:
        async def read_key() -> str:
            # An async callable keeps the key out of the model's fields; no sync client is made.
            return self._key

        return Chat(
            model=model,
            base_url=self._settings.base_url,
            api_key=read_key,
            http_async_client=self._client,
            temperature=self._settings.temperature,
            timeout=self._settings.timeout,
            max_retries=self._settings.call_retries,
            use_responses_api=False,
            disable_streaming=True,
        )

    async def say(
        self, model: str, messages: list[tuple[str, str]], *, fields: dict[str, Any]
    ) -> Answer:
        """The model's answer; `fields` are added to the request's JSON as they are.

        The timeout holds for the call as a whole: waits and repeats included.

        Raises:
            CallError: no answer; its failure says what became of the call.
        """
        try:
            async with asyncio.timeout(self._settings.timeout):
                with self._untraced():
                    message = await self.chat(model).ainvoke(messages, self._config, fields=fields)
        except (openai.OpenAIError, NotAChat, TimeoutError) as error:
            raise CallError(self._doctor.explain(error, model)) from None
        return self._answer(message)

    def _untraced(self) -> contextlib.AbstractContextManager[None]:
        if self._settings.third_party_tracing:
            return contextlib.nullcontext()
        return tracing_context(enabled=False)

    def _answer(self, message: AIMessage) -> Answer:
        facts = message.response_metadata
        usage = facts["token_usage"]
        refusal = message.additional_kwargs.get("refusal")
        return Answer(
            text=self._doctor.scrub(str(message.content)),
            finish_reason=facts["finish_reason"],
            refusal=self._doctor.scrub(refusal) if isinstance(refusal, str) else None,
            prompt_tokens=_count(usage.get("prompt_tokens")),
            completion_tokens=_count(usage.get("completion_tokens")),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _trust(base_url: str) -> ssl.SSLContext | bool:
    # Reading the machine's certificates takes 70 ms; a plain address needs none, and the empty
    # context trusts nobody should it redirect to an encrypted one.
    return True if base_url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _message(body: str) -> AIMessage:
    """The first choice of a chat completion.

    Raises:
        NotAChat: the body is something else.
    """
    try:
        completion = json.loads(body)
        choice = completion["choices"][0]
        message = choice["message"]
        usage = completion.get("usage")
        return AIMessage(
            content=_text(message.get("content")),
            additional_kwargs={"refusal": message.get("refusal")},
            response_metadata={
                "finish_reason": choice.get("finish_reason"),
                "token_usage": usage if isinstance(usage, dict) else {},
            },
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise NotAChat(body) from None


def _text(content: object) -> str:
    # Some servers send a list of parts; null content is an empty reply.
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    return content.encode("utf-8", "replace").decode() if isinstance(content, str) else ""


def _count(tokens: object) -> int | None:
    return tokens if type(tokens) is int and tokens >= 0 else None


async def _stop_vain_retries(response: "httpx2.Response") -> None:
    # The SDK obeys this header: quota that is gone does not come back, and a server that asks for
    # a long wait is not asked again before it.
    if response.status_code < 400:
        return
    await response.aread()
    asked = _retry_after(response.headers.get("retry-after", ""))
    if asked > LONGEST_WAIT or (response.status_code == 429 and _out_of_quota(response.content)):
        response.headers["x-should-retry"] = "false"


def _retry_after(value: str) -> float:
    """Seconds that a Retry-After header asks for, as a number or a date; 0 when it asks nothing."""
    try:
        return float(value)
    except ValueError:
        pass
    try:
        return email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except ValueError:
        return 0.0


def _out_of_quota(content: bytes) -> bool:
    try:
        error = json.loads(content)["error"]
        return bool(_QUOTA_CODES & {error.get("code"), error.get("type")})
    except (ValueError, LookupError, TypeError, AttributeError):
        return False
