"""Polishing: a language model writes a report's sentences in another style, and code guards them.

What the model makes of a sentence takes its place only if the guard finds the same facts in it.
Headings, quotations, tables, references and the table of claims stay as they are.
"""

import asyncio
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field

from assignee.engines.llm.adapter import Adapter
from assignee.engines.llm.endpoint import key_of
from assignee.engines.llm.fence import fence, installation_secret, one_line
from assignee.engines.llm.replies import Reply
from assignee.engines.local.checks_text import prose
from assignee.errors import EngineError, SettingsError
from assignee.evals.planting.guard import can_be_polished, lost
from assignee.evals.planting.source import Planting
from assignee.evals.trials.records import Edit, Polishing
from assignee.prompts import load
from assignee.records import Dossier, DossierSection
from assignee.settings import Settings

if TYPE_CHECKING:
    from assignee.records import Usage

OPERATOR = "polishing"
A_CALL = 12
"""Sentences of one call: some 600 words there and back, far below any model's longest reply."""

_NO_PROSE = re.compile(r"^\s*(?:>|#|\||```)")
_UNTOUCHED = ("reference", "bibliography", "works cited")


class PolishedSentence(Reply):
    """One sentence in another style."""

    sentence: str
    """Id of the sentence, such as S1."""
    text: str
    """The whole sentence that takes its place."""


class PolishReply(Reply):
    """Every sentence in another style."""

    sentences: Annotated[list[PolishedSentence], Field(min_length=1)]


class Polished(NamedTuple):
    """One report after polishing: what came of it, and the edit, if any sentence changed."""

    outcome: Polishing
    planting: Planting | None


class Made(NamedTuple):
    """All reports after polishing, and what it took."""

    reports: tuple[Polished, ...]
    usages: "tuple[Usage, ...]"
    warnings: tuple[str, ...]


def refuse_without_model(settings: Settings) -> None:
    """Before anything is made.

    Raises:
        SettingsError: the settings name no language model, or its endpoint lacks a key.
    """
    if settings.engine != "llm":
        raise SettingsError(
            "--polish asks a language model to rewrite sentences, and the engine is "
            f"{settings.engine!r}: give --engine llm (or set ASSIGNEE_ENGINE=llm) with --base-url "
            "and --model"
        )
    key_of(settings, os.environ)


async def polish_all(
    dossiers: Sequence[Dossier],
    settings: Settings,
    *,
    seed: int,
    announce: Callable[[str], None],
) -> Made:
    """Every dossier polished by the writer's model; another seed asks for another rewriting.

    Raises:
        SettingsError: there is no key, or a malformed base URL.
        EngineError: the response cache cannot be opened.
    """
    from assignee.engines.embedder import Embedder
    from assignee.engines.llm.engine import LLMEngine
    from assignee.engines.local.engine import local_engine
    from assignee.execution import tracing
    from assignee.runs import new_run_id

    def tell(_: str) -> None:
        model = settings.model_of("writer")
        announce(f"Sending sentences of reports to {settings.base_url}, model {model}.")

    async with AsyncExitStack() as stack:
        stack.enter_context(tracing(settings))
        ranker = local_engine(Embedder()).ranker
        llm = await stack.enter_async_context(
            LLMEngine(settings, ranker=ranker, run_id=new_run_id(), announce=tell)
        )
        polisher = Polisher(llm.adapter, installation_secret(settings.home), seed=seed)
        made = await asyncio.gather(*(polisher.polish(dossier) for dossier in dossiers))
        return Made(tuple(made), llm.meter.usages(), llm.meter.warnings())


class Polisher:
    """Asks for sentences in another style, some at a time, and keeps those that the guard lets by.

    Args:
        adapter: makes the calls; the writer's model is asked.
        secret: of the installation, for the fences round the sentences.
        seed: another one draws another reply.
    """

    def __init__(self, adapter: Adapter, secret: bytes, *, seed: int) -> None:
        self._adapter = adapter
        self._secret = secret
        self._seed = seed

    async def polish(self, dossier: Dossier) -> Polished:
        """The dossier with every sentence rewritten that may be."""
        said = to_polish(dossier)
        parts = [said[start : start + A_CALL] for start in range(0, len(said), A_CALL)]
        answers = await asyncio.gather(*map(self._asked, parts))
        given = {old: new for answer in answers if isinstance(answer, dict)
                 for old, new in answer.items()}  # fmt: skip
        failures = [str(answer) for answer in answers if isinstance(answer, EngineError)]
        verdicts = {old: lost(old, new) for old, new in given.items() if new != old}
        kept = {old: given[old] for old, verdict in verdicts.items() if verdict is None}
        outcome = Polishing(
            model=self._adapter.settings.model_of("writer"),
            prompt=load("polish").stamp,
            sentences=len(said),
            changed=len(kept),
            refused=dict(sorted(Counter(v for v in verdicts.values() if v is not None).items())),
            unanswered=len(said) - len(given),
            failures=tuple(dict.fromkeys(failures)),
        )
        return Polished(outcome, planted(dossier, kept, outcome) if kept else None)

    async def _asked(self, sentences: Sequence[str]) -> dict[str, str] | EngineError:
        marks = fence(self._secret, sentences)
        ids = {f"S{number}": sentence for number, sentence in enumerate(sentences, 1)}
        shown = [marks.enclose("sentence", text, id=name) for name, text in ids.items()]
        values = {"nonce": marks.code, "sentences": "\n".join(shown)}
        try:
            reply = await self._adapter.ask(
                "writer", values, PolishReply, sample=self._seed, prompt="polish"
            )
        except EngineError as error:
            return error
        return {
            ids[name]: one_line(one.text)
            for one in reversed(reply.sentences)
            if (name := one.sentence.strip()) in ids
        }


def to_polish(dossier: Dossier) -> list[str]:
    """The sentences that are prose, each once: no quotation, heading, table, list of references.

    A sentence that holds the research question is left out too, for a report repeats it in words.
    """
    found = [
        sentence
        for section in dossier.sections
        if not any(word in section.name.casefold() for word in _UNTOUCHED)
        for sentence in _prose(section.text)
        if can_be_polished(sentence) and dossier.question not in sentence
    ]
    return list(dict.fromkeys(found))


def _prose(text: str) -> Iterator[str]:
    lines = [line for line in text.splitlines() if not _NO_PROSE.match(line)]
    return (sentence for sentence in prose("\n".join(lines)) if sentence in text)


def planted(dossier: Dossier, new: Mapping[str, str], outcome: Polishing) -> Planting:
    """The dossier with other sentences in the place of those, wherever they stand."""
    longest_first = sorted(new, key=len, reverse=True)
    old = re.compile("|".join(map(re.escape, longest_first)))
    sections = tuple(
        section
        if any(word in section.name.casefold() for word in _UNTOUCHED)
        else DossierSection(
            name=section.name, text=old.sub(lambda match: new[match.group()], section.text)
        )
        for section in dossier.sections
    )
    edit = Edit(
        operator=OPERATOR,
        family=OPERATOR,
        harmless=True,
        place=", ".join(
            after.name
            for before, after in zip(dossier.sections, sections, strict=True)
            if before != after
        ),
        before="\n".join(new),
        after="\n".join(new.values()),
        why="numbers, citations, names, negations, hedges and directions are the same",
        polishing=outcome,
    )
    return Planting(dossier.model_copy(update={"sections": sections}), edit)
