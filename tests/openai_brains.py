"""Fake models for tests: functions from a chat request to a reply, honest or misbehaving.

None of this is a model. The honest brain answers each role's prompt from the text in it by simple
rules, so that a whole run can be made; the others break in one named way each.
"""

import email.utils
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Json = dict[str, Any]


@dataclass(frozen=True)
class ChatRequest:
    """One POST to /v1/chat/completions, parsed."""

    number: int
    """0 for the first request that the server got."""
    body: Json
    key: str
    """The bearer token."""
    turn: int
    """How often the same first two messages were asked before, repairs included."""

    @property
    def model(self) -> str:
        """The model asked for."""
        return str(self.body["model"])

    @property
    def messages(self) -> list[Json]:
        """The conversation."""
        return list(self.body["messages"])

    @property
    def mode(self) -> str:
        """Type of the response format: json_schema, json_object or text."""
        return str(self.body.get("response_format", {}).get("type", "text"))

    @property
    def role(self) -> str:
        """Which role of the program asks: `You are the <role> of …` in the system message."""
        found = re.search(r"You are the (\w+)", str(self.messages[0]["content"]))
        return found[1] if found else "unknown"

    @property
    def prompt(self) -> str:
        """The first human message."""
        return str(next(m["content"] for m in self.messages if m["role"] == "user"))

    @property
    def digest(self) -> str:
        """The same for the same model and messages."""
        canonical = json.dumps([self.model, self.messages], sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Reply:
    """What the server sends back."""

    content: Any = ""
    finish_reason: str | None = "stop"
    usage: Json | None = field(
        default_factory=lambda: {"prompt_tokens": 100, "completion_tokens": 20}
    )
    refusal: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """The whole body instead of a chat completion."""
    action: Literal["answer", "hang", "reset"] = "answer"


Brain = Callable[[ChatRequest], Reply]


def refuse(status: int, message: str, *, code: str | None = None, **headers: str) -> Reply:
    """An error as OpenAI words it."""
    error = {"message": message, "type": code or "invalid_request_error", "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, raw=json.dumps({"error": error}).encode(), headers=named)


# --- the honest brain -----------------------------------------------------------------------------

_WORD = re.compile(r"[a-z0-9]{4,}")


def honest(request: ChatRequest) -> Reply:
    """Answers each role's prompt sensibly by simple rules."""
    made = _ROLES[request.role](request.prompt)
    return Reply(json.dumps(made, ensure_ascii=False))


def enclosed(prompt: str, tag: str) -> Iterator[tuple[dict[str, str], str]]:
    """Labels and text of every fenced block with that tag."""
    block = re.compile(rf'<{tag}-([0-9a-f]{{16}})((?: [a-z]+="[^"]*")*)>\n(.*?)\n</{tag}-\1>', re.S)
    for match in block.finditer(prompt):
        yield dict(re.findall(r' ([a-z]+)="([^"]*)"', match[2])), match[3]


def _words(text: str) -> set[str]:
    return {word[:6] for word in _WORD.findall(text.casefold())}


def _sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])\s+(?=[A-Z])", text) if len(s) > 20]


def _overlap(one: str, other: str) -> float:
    ours = _words(one)
    return len(ours & _words(other)) / max(1, len(ours))


def _question(prompt: str) -> str:
    found = re.search(r"^Question: (.+)$", prompt, re.M)
    return found[1] if found else ""


def _plan(prompt: str) -> Json:
    question = _question(prompt)
    parts = [part.strip(" ?") for part in re.split(r",| and | or ", question) if len(part) > 12]
    queries = [" ".join(part.split()[:8]) for part in [question.strip("?"), *parts]]
    asked = [question, *(f"What do papers report about this: {part}?" for part in parts)]
    return {"subquestions": asked[:5], "queries": queries[:8]}


def _screen(prompt: str) -> Json:
    criteria = dict(re.findall(r"^(K\d+): (.+)$", prompt, re.M))
    screened = []
    for labels, text in enclosed(prompt, "paper"):
        answers = []
        for name, criterion in criteria.items():
            sentences = _sentences(text) or [text]
            best = max((_overlap(criterion, s), s) for s in sentences)[1]
            told = _overlap(criterion, best) >= 0.5
            answers.append(
                {
                    "criterion": name,
                    "quote": best if told else "",
                    "reason": "shares its words" if told else "says nothing of it",
                    "decision": "met" if told else "cannot tell",
                }
            )
        screened.append({"paper": labels["id"], "criteria": answers})
    return {"papers": screened}


def _extract(prompt: str) -> Json:
    question, [limit] = _question(prompt), re.findall(r"at most (\d+) claims", prompt)
    found: list[Json] = [
        {"passage": labels["id"], "quote": s, "text": s, "relevance": _overlap(question, s)}
        for labels, text in enclosed(prompt, "passage")
        for s in _sentences(text)
        if not re.search(r"\b(we|our|this|these|it|they)\b", s, re.I)
    ]
    found.sort(key=lambda claim: -claim["relevance"])
    return {"claims": found[: int(limit)]}


def _judge(prompt: str) -> Json:
    claims = {labels["id"]: text for labels, text in enclosed(prompt, "claim")}
    judged: dict[str, list[Json]] = {name: [] for name in claims}
    for labels, text in enclosed(prompt, "window"):
        claim = claims[labels["claim"]]
        best = max(_sentences(text) or [text], key=lambda s: _overlap(claim, s))
        agrees = _overlap(claim, best) >= 0.5
        denies = agrees and (" not " in f" {best} ") != (" not " in f" {claim} ")
        judged[labels["claim"]].append(
            {
                "window": labels["id"],
                "quote": best if agrees else "",
                "reason": "shares its words" if agrees else "speaks of something else",
                "stance": "contradicts" if denies else "supports" if agrees else "neutral",
                "basis": "explicit",
            }
        )
    return {"claims": [{"claim": name, "windows": windows} for name, windows in judged.items()]}


def _write(prompt: str) -> Json:
    usable = [
        {"text": text, "claims": [labels["id"]]}
        for labels, text in enclosed(prompt, "claim")
        if labels["found"] != "unattributed"
    ]
    title = f"What the papers say: {_question(prompt).strip('?')}"
    return {"title": title, "abstract": usable[:3], "answer": usable[:8]}


def _review(prompt: str) -> Json:
    items = re.findall(r"^- (\S+) \(weight", prompt, re.M)
    answers = [
        {"item": item, "reason": "Seen.", "quote": None, "place": None, "answer": "yes"}
        for item in items
    ]
    return {"answers": answers, "findings": [], "score": 7.0}


def _route(prompt: str) -> Json:
    [(_, said)] = enclosed(prompt, "said")
    kinds = {"why": "explain", "compare": "compare", "stricter": "stricter", "mind": "doubt"}
    kind = next((kind for word, kind in kinds.items() if word in said.casefold()), "answer")
    return {
        "reason": "by its words",
        "kind": kind,
        "claims": [f"C{number}" for number in re.findall(r"claim (\d+)", said)],
        "papers": [],
        "topic": said,
        "since": None,
        "until": None,
        "statuses": [],
    }


def _answer(prompt: str) -> Json:
    told = [
        {"text": text.splitlines()[0], "claims": [labels["id"]]}
        for labels, text in enclosed(prompt, "claim")
    ]
    return {"sentences": told[:6]}


_SYNONYMS = {
    "larger": "bigger",
    "question": "issue",
    "notes": "jottings",
    "documents": "texts",
    "read": "looked at",
    "rest on": "are built on",
    "states": "sets out",
}


def _polish(prompt: str) -> Json:
    pattern = re.compile(rf"\b(?:{'|'.join(_SYNONYMS)})\b")
    polished = [
        {"sentence": labels["id"], "text": pattern.sub(lambda m: _SYNONYMS[m.group()], text)}
        for labels, text in enclosed(prompt, "sentence")
    ]
    return {"sentences": polished}


_ROLES: dict[str, Callable[[str], Json]] = {
    "planner": _plan,
    "screener": _screen,
    "extractor": _extract,
    "judge": _judge,
    "writer": _write,
    "critic": _review,
    "rater": lambda prompt: {"reason": "Read.", "score": 6.5},
    "router": _route,
    "answerer": _answer,
    "polisher": _polish,
}


# --- misbehaviour ---------------------------------------------------------------------------------


def _nonsense(request: ChatRequest) -> Reply:
    """Valid by the schema; every quote and id is invented."""
    quote = "Unicorns graze on the far side of the moon."
    window = {
        "window": "W99",
        "quote": quote,
        "reason": "so",
        "stance": "supports",
        "basis": "explicit",
    }
    sentence = {"text": quote, "claims": ["C99"]}
    fault = {
        "what": quote,
        "quote": quote,
        "place": "k999",
        "item": "no.such",
        "severity": "severe",
    }
    made: dict[str, Json] = {
        "planner": {"subquestions": [quote], "queries": [quote]},
        "screener": {
            "papers": [
                {
                    "paper": paper,
                    "criteria": [
                        {"criterion": name, "quote": quote, "reason": "so", "decision": "not met"}
                        for name in ("K9", "K1")
                    ],
                }
                for paper in ("P99", "P1")
            ]
        },
        "extractor": {
            "claims": [
                {"passage": name, "quote": quote, "text": quote, "relevance": 1}
                for name in ("P99", "P1")
            ]
        },
        "judge": {
            "claims": [
                {"claim": name, "windows": [window, window | {"window": "W1"}]}
                for name in ("C99", "C1")
            ]
        },
        "writer": {"title": "Unicorns", "abstract": [sentence], "answer": [sentence]},
        "critic": {
            "answers": [{"item": "no.such", "reason": quote, "answer": "no"}],
            "findings": [fault | {"remedy": "drop"}],
            "score": 9.9,
        },
        "router": {
            "reason": quote,
            "kind": "explain",
            "claims": ["C99"],
            "papers": ["P99"],
            "topic": quote,
            "since": "never",
            "until": None,
            "statuses": [],
        },
        "answerer": {"sentences": [sentence, sentence | {"claims": ["C1"]}]},
        "polisher": {"sentences": [{"sentence": name, "text": quote} for name in ("S99", "S1")]},
    }
    return Reply(json.dumps(made[request.role]))


def _prose(request: ChatRequest) -> Reply:
    return Reply("I would be glad to help! Could you tell me more about what you need?")


def _around(before: str, after: str) -> Brain:
    def brain(request: ChatRequest) -> Reply:
        return Reply(f"{before}{honest(request).content}{after}")

    return brain


def _cut(request: ChatRequest) -> Reply:
    content = honest(request).content
    return Reply(content[: max(20, len(content) * 2 // 3)], finish_reason="length")


def _in_turn(first: Reply, then: Brain) -> Brain:
    """The first reply to each request, the brain from its repetition on."""
    return lambda request: first if request.turn == 0 else then(request)


def _http_date(seconds: float) -> str:
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


def _busy(request: ChatRequest) -> Reply:
    # As a date in the past: the SDK falls back to its own short wait.
    date = _http_date(-5)
    return refuse(429, "Rate limit reached", code="rate_limit_exceeded", retry_after=date)


def _only(mode: str) -> Brain:
    """An endpoint that refuses every response format but one (and text)."""

    def brain(request: ChatRequest) -> Reply:
        if request.mode in (mode, "text"):
            return honest(request)
        return refuse(400, f"'response_format' of type '{request.mode}' is not supported")

    return brain


BRAINS: dict[str, Brain] = {
    "honest": honest,
    "prose": _prose,
    "prose_then_ok": _in_turn(Reply("Certainly! Here is my answer."), honest),
    "prose_around": _around("Sure, here {is} the JSON:\n\n", "\n\nLet me know if you need more."),
    "fences": _around("```json\n", "\n```"),
    "think": _around('<think>Perhaps {"claims": 3}? No.</think>\n', ""),
    "truncated": _cut,
    "empty": lambda request: Reply(""),
    "null": lambda request: Reply(None),
    "parts": lambda request: replace(
        honest(request), content=[{"type": "text", "text": honest(request).content}]
    ),
    "no_usage": lambda request: replace(honest(request), usage=None),
    "refusal": lambda request: Reply(None, refusal="I cannot help with that."),
    "nonsense": _nonsense,
    "surrogates": _around("\ud83d \udc00 ", ""),
    "401": lambda request: refuse(401, f"Incorrect API key provided: {request.key}."),
    "403": lambda request: refuse(403, "Your country is not supported."),
    "404": lambda request: refuse(404, f"The model '{request.model}' does not exist."),
    "429_seconds": _in_turn(
        refuse(429, "Rate limit reached", code="rate_limit_exceeded", retry_after="0.01"), honest
    ),
    "429_date": _busy,
    "429_long": lambda request: refuse(429, "Rate limit reached", retry_after="3600"),
    "quota": lambda request: refuse(429, "You exceeded your quota.", code="insufficient_quota"),
    "500": lambda request: refuse(500, "Internal error", retry_after_ms="1"),
    "500_then_ok": _in_turn(refuse(500, "Internal error", retry_after_ms="1"), honest),
    "timeout": lambda request: Reply(action="hang"),
    "reset": lambda request: Reply(action="reset"),
    "html": lambda request: Reply(raw=b"<html>Login</html>", headers={"content-type": "text/html"}),
    "content_type": lambda request: replace(
        honest(request), headers={"content-type": "text/plain"}
    ),
    "not_utf8": lambda request: Reply(raw=b'{"choices": [{"message": {"content": "\xff\xfe"}}]}'),
    "error_in_200": lambda request: Reply(raw=b'{"error": {"message": "upstream failed"}}'),
    "no_schema": _only("json_object"),
    "text_only": _only("text"),
}
"""Every way to behave, by name."""
