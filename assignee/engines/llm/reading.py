"""Reads a model's raw answer tolerantly: thoughts, fences and prose around it are left out."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn, TypeVar

from pydantic import ValidationError

from assignee.engines.llm.replies import Reply

R = TypeVar("R", bound=Reply)

_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_LAST_THOUGHT_END = re.compile(r"^.*</(?:think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)

# Braces in prose come before the object, or the object is wrapped in another; a hostile reply of
# 32,000 nested braces would otherwise be scanned once for each of them.
_MOST_CANDIDATES = 100


class Answer(NamedTuple):
    """What the endpoint answered, before anything is believed."""

    text: str
    finish_reason: str | None = None
    refusal: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    """`None` where the endpoint did not say; unknown is not 0."""


class Problem(NamedTuple):
    """Why an answer cannot be used, in words that the model can act on."""

    what: str
    repairable: bool = True


def read(answer: Answer, reply: type[R]) -> R | Problem:
    """The first object in the answer that is such a reply, or what is wrong with the answer."""
    if answer.refusal:
        return Problem(f"the model refused: {answer.refusal}", repairable=False)
    if answer.finish_reason == "content_filter":
        return Problem("the endpoint's content filter stopped the reply", repairable=False)
    text = without_thoughts(answer.text)
    complaint: str | None = None
    for found in objects(text):
        try:
            # Through bytes, so that lone surrogates do not reach files and databases.
            line = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
            return reply.model_validate_json(line)
        except ValidationError as error:
            complaint = complaint or _said(error)
        except RecursionError:
            complaint = complaint or "it is nested too deeply"
    return Problem(_complaint(answer, text, complaint))


def without_thoughts(text: str) -> str:
    """The text after its `<think>` blocks; a block that was only closed counts as opened at 0."""
    kept = _THOUGHTS.sub("", text)
    return _LAST_THOUGHT_END.sub("", kept)


def objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in the text by where they begin: outer ones before those inside them."""
    decoder = json.JSONDecoder(strict=False, parse_constant=_refuse)
    start = text.find("{")
    for _ in range(_MOST_CANDIDATES):
        if start < 0:
            return
        try:
            found = decoder.raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            found = None
        if found is not None:
            yield found
        start = text.find("{", start + 1)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _complaint(answer: Answer, text: str, complaint: str | None) -> str:
    if not answer.text.strip():
        return "it was empty"
    if answer.finish_reason == "length":
        return "it was cut off at the token limit; answer more briefly"
    if complaint:
        return complaint
    return "it holds no complete JSON object" if text.strip() else "it holds only thoughts"


def _said(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    named = [f"{'.'.join(map(str, f['loc'])) or 'reply'}: {f['msg']}" for f in faults[:5]]
    more = f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""
    return "; ".join(named) + more
