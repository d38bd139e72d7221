"""Reads a prompt from its Markdown file, checks its variables and stamps it with its digest.

A prompt file holds `# System` (may be absent) and `# Human` sections. Variables are plain names in
braces, `{question}`; literal braces, as in JSON examples, are doubled. There is no logic.

    prompt = load("judge")
    prompt.stamp                                   # "judge@6c7be37645a9"
    prompt.messages(nonce="…", claims="…")         # [("system", "…"), ("human", "…")]
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Literal, NamedTuple

MessageRole = Literal["system", "human"]

_HEADING = re.compile(r"^# (\S.*?)[ \t]*$", re.MULTILINE)
_ROLES: dict[str, MessageRole] = {"System": "system", "Human": "human"}


class _Piece(NamedTuple):
    """Literal text, and the variable that follows it, if any."""

    text: str
    variable: str | None


@dataclass(frozen=True)
class Prompt:
    """One prompt: its sections as templates, and the digest of the file that they came from."""

    name: str
    version: str
    """First 12 hex digits of the SHA-256 of the file's text."""
    sections: tuple[tuple[MessageRole, tuple[_Piece, ...]], ...]

    @classmethod
    def parse(cls, name: str, text: str) -> "Prompt":
        """The prompt that a Markdown text describes.

        Raises:
            ValueError: no Human section, an unknown or repeated section, text before the first
                one, or a variable that is not a plain name.
        """
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        return cls(name, digest, tuple(_sections(name, text)))

    @property
    def stamp(self) -> str:
        """Name and version, such as `judge@6c7be37645a9`; written into reports."""
        return f"{self.name}@{self.version}"

    @property
    def variables(self) -> frozenset[str]:
        """The names that `messages` needs."""
        return frozenset(
            piece.variable for _, pieces in self.sections for piece in pieces if piece.variable
        )

    def messages(self, **values: str) -> list[tuple[MessageRole, str]]:
        """The messages with every variable filled in; braces in values are left alone.

        Raises:
            ValueError: a variable is missing, or a value has no variable.
        """
        if missing := self.variables - values.keys():
            raise ValueError(f"prompt {self.name!r} needs {', '.join(sorted(missing))}")
        if extra := values.keys() - self.variables:
            raise ValueError(f"prompt {self.name!r} has no variable {', '.join(sorted(extra))}")
        return [(role, _fill(pieces, values)) for role, pieces in self.sections]


@cache
def load(name: str) -> Prompt:
    """The prompt of that name.

    Raises:
        ValueError: there is no such prompt, or its file is malformed.
    """
    if name not in names():
        raise ValueError(f"no prompt {name!r}; known: {', '.join(names())}")
    return Prompt.parse(name, files("assignee.prompts").joinpath(f"{name}.md").read_text("utf-8"))


@cache
def names() -> tuple[str, ...]:
    """The names of all prompts, sorted."""
    entries = files("assignee.prompts").iterdir()
    return tuple(sorted(e.name.removesuffix(".md") for e in entries if e.name.endswith(".md")))


def _sections(name: str, text: str) -> list[tuple[MessageRole, tuple[_Piece, ...]]]:
    before, *parts = _HEADING.split(text)
    if before.strip():
        raise ValueError(f"prompt {name!r} has text before its first section")
    sections: list[tuple[MessageRole, tuple[_Piece, ...]]] = []
    for heading, body in zip(parts[::2], parts[1::2], strict=True):
        role = _ROLES.get(heading)
        if role is None or role in dict(sections):
            raise ValueError(f"prompt {name!r}: section {heading!r} is unknown or repeated")
        sections.append((role, tuple(_pieces(name, body.strip()))))
    if "human" not in dict(sections):
        raise ValueError(f"prompt {name!r} has no '# Human' section")
    return sections


def _pieces(name: str, template: str) -> list[_Piece]:
    pieces = []
    for text, variable, spec, conversion in Formatter().parse(template):
        plain = variable is None or variable.isidentifier()
        if not plain or spec or conversion:
            raise ValueError(f"prompt {name!r}: {variable!r} is not a plain variable name")
        pieces.append(_Piece(text, variable))
    return pieces


def _fill(pieces: Sequence[_Piece], values: dict[str, str]) -> str:
    return "".join(
        piece.text + (values[piece.variable] if piece.variable else "") for piece in pieces
    )
