"""Accounts for model calls, a role and model at a time, and refuses them once a budget is spent."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from assignee.engines.llm.reading import Answer
from assignee.errors import EngineError
from assignee.records import Usage
from assignee.settings import Settings

Outcome = Literal["answered", "refused", "lost", "unreached"]
"""`refused`: an HTTP error, which costs no tokens. `lost`: no answer came; tokens are unknown."""

# English prose has about 4 characters a token (OpenAI's rule of thumb); 3 errs on the dear side.
_CHARACTERS_A_TOKEN = 3


class BudgetSpent(EngineError):
    """A budget is spent: no further call is started; what is done is reported."""


class Ticket(NamedTuple):
    """The permission for one call; it is settled when the call is over."""

    role: str
    model: str
    estimate: int
    """Tokens of the prompt, as far as its length tells."""


@dataclass
class _Tally:
    calls: int = 0
    cached: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    unknown: int = 0
    """Calls whose tokens the endpoint did not say."""
    seconds: float = 0.0


class LLMMeter:
    """Usage and budgets of one run; every method may be called from any thread."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._began = clock()
        self._lock = threading.Lock()
        self._tallies: dict[tuple[str, str], _Tally] = {}
        self._warnings: dict[str, None] = {}
        self._started = 0
        self._tokens = 0
        self._cost = 0.0
        self._pending = 0

    def admit(self, role: str, model: str, *, characters: int) -> Ticket:
        """Permission for one more call, counted at once so that a crowd cannot overshoot.

        Raises:
            BudgetSpent: calls, tokens, money or seconds are spent.
        """
        estimate = characters // _CHARACTERS_A_TOKEN
        with self._lock:
            if spent := self._spent():
                message = f"the budget is spent: {spent}; raise it or ask for less"
                self._warnings[message] = None
                raise BudgetSpent(message)
            self._started += 1
            self._pending += estimate
        return Ticket(role, model, estimate)

    def settle(
        self, ticket: Ticket, outcome: Outcome, *, seconds: float, answer: Answer | None = None
    ) -> None:
        """Book a call that is over; `answer` is given exactly when the outcome is `answered`."""
        with self._lock:
            tally = self._tally(ticket.role, ticket.model)
            self._pending -= ticket.estimate
            tally.calls += outcome != "unreached"
            tally.seconds += seconds
            if answer is not None:
                self._book(tally, ticket, answer)
            elif outcome == "lost":
                self._book(tally, ticket, Answer(""))

    def cached(self, role: str, model: str) -> None:
        """Count a reply that was taken from the cache."""
        with self._lock:
            self._tally(role, model).cached += 1

    def failed(self, role: str, model: str) -> None:
        """Count a request that ended without a usable reply."""
        with self._lock:
            self._tally(role, model).failed += 1

    def warn(self, message: str) -> None:
        """Note what went wrong, once."""
        with self._lock:
            self._warnings[message] = None

    def usages(self) -> tuple[Usage, ...]:
        """Usage so far, one record a role and model, in the order of their first call."""
        with self._lock:
            return tuple(self._usage(*key, tally) for key, tally in self._tallies.items())

    def warnings(self) -> tuple[str, ...]:
        """What went wrong so far, each once."""
        with self._lock:
            unknown = sum(tally.unknown for tally in self._tallies.values())
            said = tuple(self._warnings)
        if not unknown:
            return said
        return (*said, f"the endpoint did not say the tokens of {unknown} calls: usage is unknown")

    def _spent(self) -> str | None:
        limits = self._settings
        tokens = self._tokens + self._pending
        if limits.max_calls is not None and self._started >= limits.max_calls:
            return f"{self._started} of {limits.max_calls} calls"
        if limits.max_tokens is not None and tokens >= limits.max_tokens:
            return f"{tokens} of {limits.max_tokens} tokens, those of calls in flight included"
        cost = self._cost + self._price(self._pending, 0)
        if limits.max_cost is not None and cost >= limits.max_cost:
            return f"${cost:.4f} of ${limits.max_cost:.4f}"
        seconds = self._clock() - self._began
        if limits.max_seconds is not None and seconds >= limits.max_seconds:
            return f"{seconds:.0f} of {limits.max_seconds:.0f} seconds"
        return None

    def _book(self, tally: _Tally, ticket: Ticket, answer: Answer) -> None:
        prompt, completion = answer.prompt_tokens, answer.completion_tokens
        if prompt is None or completion is None:
            # Unknown tokens still count towards budgets, by length: a budget must end.
            tally.unknown += 1
            prompt = ticket.estimate if prompt is None else prompt
            completion = len(answer.text) // _CHARACTERS_A_TOKEN
        else:
            tally.prompt_tokens += prompt
            tally.completion_tokens += completion
        self._tokens += prompt + completion
        self._cost += self._price(prompt, completion)

    def _price(self, prompt: int, completion: int) -> float:
        per_prompt, per_completion = self._settings.price_input, self._settings.price_output
        return (prompt * (per_prompt or 0) + completion * (per_completion or 0)) / 1e6

    def _tally(self, role: str, model: str) -> _Tally:
        return self._tallies.setdefault((role, model), _Tally())

    def _usage(self, role: str, model: str, tally: _Tally) -> Usage:
        known = tally.unknown == 0
        priced = self._settings.price_input is not None and self._settings.price_output is not None
        cost = self._price(tally.prompt_tokens, tally.completion_tokens)
        return Usage(
            role=role,
            model=model,
            calls=tally.calls,
            cached=tally.cached,
            failed=tally.failed,
            prompt_tokens=tally.prompt_tokens if known else None,
            completion_tokens=tally.completion_tokens if known else None,
            cost=cost if known and (priced or tally.calls == 0) else None,
            seconds=tally.seconds,
        )


class RateLimit:
    """At most so many starts in any window: `requests_per_minute`, below 1 over a longer window."""

    def __init__(self, per_minute: float) -> None:
        self._most = max(1, int(per_minute))
        self._window = 60.0 * self._most / per_minute
        self._starts: deque[float] = deque(maxlen=self._most)

    def reserve(self, now: float) -> float:
        """Book the next free start and tell how many seconds away from `now` it is."""
        full = len(self._starts) == self._most
        start = max(now, self._starts[0] + self._window) if full else now
        self._starts.append(start)
        return start - now
