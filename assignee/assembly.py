"""Puts a run's context together: engine, panel, sources, stamp."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assignee.errors import NoPapersError
from assignee.settings import Settings
from assignee.version import VERSION

if TYPE_CHECKING:
    from assignee.engines.calibration import Profile
    from assignee.engines.local.memory import SentenceEmbedder
    from assignee.engines.protocol import Engine
    from assignee.graph.context import Context
    from assignee.library import Library
    from assignee.reading.report import ParsedReport
    from assignee.records import Dossier
    from assignee.sources import Source


class Assembled(NamedTuple):
    """A run's context and what must be closed after it."""

    context: "Context"
    aclose: Callable[[], Awaitable[None]] | None


def assemble(
    settings: Settings,
    *,
    run_id: str,
    library: "Library",
    embedder: "SentenceEmbedder",
    papers: Sequence[str] = (),
    announce: Callable[[str], None] | None = None,
    without_papers: bool = False,
) -> Assembled:
    """The context of one run.

    Raises:
        SettingsError: an unknown panel, or no key where an LLM was asked for.
        NoPapersError: a named paper does not exist, or there is no paper at all.
        ModelFileError: a calibration profile is damaged.
    """
    from assignee.agents.panel_file import load_panel
    from assignee.engines.local.engine import NoMeter, local_engine
    from assignee.engines.protocol import Meter
    from assignee.graph.context import Context
    from assignee.records import Stamp

    local = local_engine(embedder, kept=library.vectors_of)
    engine, prompts, aclose = local, {}, None
    meter: Meter = NoMeter()
    if settings.engine == "llm":
        from assignee.engines.llm.engine import LLMEngine

        llm = LLMEngine(settings, ranker=local.ranker, run_id=run_id, announce=announce)
        # The local judge costs no call: its opinion stands beside the model's.
        engine = replace(llm.engine, second=local.judge, reranker=local.reranker)
        meter, prompts, aclose = llm.meter, llm.prompts, llm.aclose
    profiles = profiles_of(engine, settings.home / "profiles")
    stamp = Stamp(
        program="Assignee Research",
        version=VERSION,
        engine=engine.kind,
        models={**engine.models, "ranker": local.models["ranker"], **judges(engine, profiles)},
        prompts=prompts,
        settings=settings.public(),
    )
    context = Context(
        settings=settings,
        engine=engine,
        library=library,
        panel=load_panel(settings.panel),
        meter=meter,
        local_critic=local.critic,
        local_writer=local.writer,
        stamp=stamp,
        sources=() if without_papers and not papers else tuple(sources_of(papers, library)),
        profiles=profiles,
        embedder=embedder,
    )
    return Assembled(context, aclose)


def profiles_of(engine: "Engine", folder: Path) -> "dict[str, Profile]":
    """The calibrations of the engine's judges, by name; the user's own in the folder come first.

    Raises:
        ModelFileError: a profile is damaged.
    """
    from assignee.engines.calibration import profile_for

    names = [judge.name for judge in (engine.judge, engine.second) if judge is not None]
    found = {name: profile_for(name, folder) for name in names}
    return {name: profile for name, profile in found.items() if profile is not None}


def judges(engine: "Engine", profiles: "dict[str, Profile]") -> dict[str, str]:
    """What the stamp adds of the judges: the second one, and the digest of each calibration."""
    told = {"second judge": engine.second.name} if engine.second else {}
    for name, profile in profiles.items():
        told[f"calibration of {name}"] = profile.digest()
    return told


async def foreign_dossier(parsed: "ParsedReport", context: "Context") -> "Dossier":
    """What reviewers see of a foreign report, with its papers if they are at hand.

    How far each claim answers the question is measured here, by the ranker.
    """
    from assignee.agents import retriever
    from assignee.agents.dossier import dossier_of_parsed

    found = [
        await retriever.search(
            source,
            [parsed.question],
            library=context.library,
            limit=context.settings.max_papers,
            round_=1,
        )
        for source in context.sources
    ]
    ids = sorted({paper_id for result in found for paper_id in result.paper_ids})
    relevance = (
        await context.engine.ranker.rank(parsed.question, [claim.text for claim in parsed.claims])
        if parsed.question
        else None
    )
    return dossier_of_parsed(
        parsed,
        relevance=relevance,
        papers=context.library.papers(ids) if ids else (),
        passages=context.library.passages(ids) if ids else (),
    )


def sources_of(papers: Sequence[str], library: "Library") -> "list[Source]":
    """A source for every file or folder named, one for all library ids, or the whole library.

    Raises:
        NoPapersError: something named is neither a path nor an id, or nothing is there at all.
    """
    from assignee.sources import FolderSource, ShelfSource

    if not papers:
        if not library.papers():
            raise NoPapersError(
                "the library is empty: name papers with --papers, or add some "
                "with `assignee library add FOLDER`"
            )
        return [ShelfSource(library)]
    ids = {paper.id for paper in library.papers()}
    named = [name for name in papers if name in ids]
    paths = [Path(name) for name in papers if name not in ids]
    for path in paths:
        if not path.exists():
            raise NoPapersError(
                f"{str(path)!r} is neither a file, a folder nor the id of a paper in the library"
            )
    found: list[Source] = [FolderSource(path) for path in paths]
    return [*found, ShelfSource(library, named)] if named else found
