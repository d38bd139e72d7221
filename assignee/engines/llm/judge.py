"""The judge: a model tells what each window of text says about a claim, several claims a call."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from assignee.engines.llm.adapter import Adapter, engine_name
from assignee.engines.llm.alias import Aliases
from assignee.engines.llm.fence import Fence, fence, one_line
from assignee.engines.llm.replies import JudgedWindow, JudgeReply
from assignee.engines.protocol import Judgement, JudgeRequest
from assignee.errors import EngineError

# For ordering only: words that say it outright stand before words from which it follows.
_SCORES = {"explicit": 0.9, "implied": 0.6}


class _Place(NamedTuple):
    """Where a window stands: the request and the index in it."""

    request: int
    window: int


class LLMJudge:
    """Plays the judge; it is not told which window comes from the claim's own source."""

    batch_size = 4

    def __init__(self, adapter: Adapter, secret: bytes) -> None:
        self._adapter = adapter
        self._secret = secret
        self.name = engine_name("judge", adapter.settings)

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        """Stances a request, in order, without invented windows; `None` where a claim is missing.

        Raises:
            EngineError: no batch got a usable answer.
        """
        batches = [
            requests[start : start + self.batch_size]
            for start in range(0, len(requests), self.batch_size)
        ]
        drawn = await asyncio.gather(*map(self._batch, batches), return_exceptions=True)
        judged: list[list[Judgement] | None] = []
        failures: list[EngineError] = []
        for batch, result in zip(batches, drawn, strict=True):
            if isinstance(result, EngineError):
                failures.append(result)
                judged += [None] * len(batch)
            elif isinstance(result, BaseException):
                raise result
            else:
                judged += result
        if failures and len(failures) == len(batches):
            raise failures[0]
        return judged

    async def _batch(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        judged: list[list[Judgement] | None] = [None if r.windows else [] for r in requests]
        if all(judgements is not None for judgements in judged):
            return judged
        claims = Aliases("C", range(len(requests)))
        windows = Aliases(
            "W", [_Place(r, w) for r, request in enumerate(requests) for w in _indices(request)]
        )
        reply = await self._adapter.ask("judge", self._values(requests, windows), JudgeReply)
        for answer in reply.claims:
            number = claims.resolve(answer.claim)
            if number is not None and judged[number] is None:
                judged[number] = _judgements(number, answer.windows, windows)
        return judged

    def _values(self, requests: Sequence[JudgeRequest], places: Aliases[_Place]) -> dict[str, str]:
        texts = [text for r in requests for text in (r.claim.text, *(w.text for w in r.windows))]
        marks = fence(self._secret, texts)
        names = {place: name for name, place in places.items()}
        shown, asked = [], []
        for number, request in enumerate(requests):
            own = [names[_Place(number, window)] for window in _indices(request)]
            shown.append(_shown(f"C{number + 1}", request, own, marks))
            if own:
                asked.append(f"C{number + 1}: {', '.join(own)}")
        return {"nonce": marks.code, "claims": "\n\n".join(shown), "asked": "; ".join(asked)}


def _indices(request: JudgeRequest) -> range:
    return range(len(request.windows))


def _shown(name: str, request: JudgeRequest, windows: Sequence[str], marks: Fence) -> str:
    parts = [marks.enclose("claim", request.claim.text, id=name)]
    for window, passage in zip(windows, request.windows, strict=True):
        parts.append(marks.enclose("window", passage.text, id=window, claim=name))
    return "\n".join(parts)


def _judgements(
    number: int, answers: Sequence[JudgedWindow], windows: Aliases[_Place]
) -> list[Judgement]:
    found: dict[int, Judgement] = {}
    for answer in answers:
        place = windows.resolve(answer.window)
        if place is not None and place.request == number:
            found.setdefault(place.window, _judgement(place.window, answer))
    return [found[window] for window in sorted(found)]


def _judgement(window: int, answer: JudgedWindow) -> Judgement:
    return Judgement(
        window=window,
        stance=answer.stance,
        quote=answer.quote.strip(),
        score=0.0 if answer.stance == "neutral" else _SCORES[answer.basis],
        why=one_line(answer.reason) or "no reason given",
    )
