"""Puts a run's context together: engine, panel, sources, stamp."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assignee.errors import NoPapersError
from assignee.settings import Settings
from assignee.version import VERSION

if TYPE_CHECKING:
    from assignee.agents.screening import Decision
    from assignee.engines.calibration import Profile
    from assignee.engines.local.memory import SentenceEmbedder
    from assignee.engines.protocol import Engine, Meter
    from assignee.graph.context import Context, FullTextFinder, Repeat
    from assignee.library import Library
    from assignee.reading.report import ParsedReport
    from assignee.records import Dossier
    from assignee.report import SearchRecipe
    from assignee.sources import Source
    from assignee.sources.database import Database


DEMONSTRATION = (
    "The literature of this demonstration is small and made for it: some forty papers about "
    "language models, retold in other words, and invented ones. Nothing in it can be cited."
)


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
    repeat: "SearchRecipe | None" = None,
    decisions: "Mapping[str, Decision] | None" = None,
    topics: Sequence[str] = (),
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
    from assignee.engines.local.engine import local_engine
    from assignee.engines.local.readings import Readings
    from assignee.graph.context import Context
    from assignee.records import Stamp

    named = named_papers(papers, library)
    stack = AsyncExitStack()
    readings = Readings(settings.home / "readings.sqlite3")
    stack.callback(readings.close)
    thinking = thinking_of(
        settings,
        stack,
        run_id=run_id,
        local=local_engine(embedder, kept=library.vectors_of, readings=readings),
        announce=announce,
    )
    engine, local = thinking.engine, thinking.local
    profiles = profiles_of(engine, settings.home / "profiles")
    literature = Literature()
    if settings.searched and not without_papers:
        literature = open_literature(settings, stack, announce)
    sources: Sequence[Source] = ()
    if papers or not without_papers:
        sources = sources_of(named, library, literature.databases)
    context = Context(
        settings=settings,
        engine=engine,
        library=library,
        panel=load_panel(settings.panel),
        meter=thinking.meter,
        local_critic=local.critic,
        local_writer=local.writer,
        stamp=Stamp(
            program="Assignee Research",
            version=VERSION,
            engine=engine.kind,
            models={
                **engine.models,
                "ranker": local.models["ranker"],
                **judges(engine, profiles),
            },
            prompts=thinking.prompts,
            settings=settings.public(),
        ),
        sources=tuple(sources),
        full_text=literature.full_text,
        repeat=repeat_of(repeat) if repeat else None,
        decisions=decisions or {},
        topics=tuple(topics),
        warnings=literature.warnings,
        profiles=profiles,
        embedder=embedder,
    )
    return Assembled(context, stack.aclose)


class Thinking(NamedTuple):
    """Where a run's judgement comes from, and what it costs."""

    engine: "Engine"
    local: "Engine"
    """The one that calls nothing; `engine` itself where no model is asked."""
    meter: "Meter"
    prompts: Mapping[str, str]
    """Names to versions; empty where no model is asked."""


def thinking_of(
    settings: Settings,
    stack: AsyncExitStack,
    *,
    run_id: str,
    local: "Engine",
    announce: Callable[[str], None] | None,
) -> Thinking:
    """The engine that the settings name, closed with the stack.

    Raises:
        SettingsError: no key where an LLM was asked for.
    """
    from assignee.engines.local.engine import NoMeter

    if settings.engine != "llm":
        return Thinking(local, local, NoMeter(), {})
    from assignee.engines.llm.engine import LLMEngine

    llm = LLMEngine(settings, ranker=local.ranker, run_id=run_id, announce=announce)
    stack.push_async_callback(llm.aclose)
    # The local judge costs no call: its opinion stands beside the model's.
    engine = replace(llm.engine, second=local.judge, reranker=local.reranker)
    return Thinking(engine, local, llm.meter, llm.prompts)


def repeat_of(recipe: "SearchRecipe") -> "Repeat":
    """What a search that is made again takes from the recorded one."""
    from assignee.graph.context import Repeat

    return Repeat(
        plan=recipe.plan,
        queries={name: recipe.queries_to(name) for name in recipe.sources},
        date=recipe.date,
        found=recipe.search.found,
    )


class Literature(NamedTuple):
    """What of the web a run may use."""

    databases: "tuple[Database, ...]" = ()
    full_text: "FullTextFinder | None" = None
    warnings: tuple[str, ...] = ()


def open_literature(
    settings: Settings, stack: AsyncExitStack, announce: Callable[[str], None] | None
) -> Literature:
    """The databases that the settings name, over one way to the web, closed with the stack."""
    from assignee.reading.pdf import PdfReader
    from assignee.sources import Criteria
    from assignee.sources.full_text import full_text
    from assignee.sources.literature import OwnMachinePace, databases, origins, places, url_by_name
    from assignee.web import Web

    urls, contact = dict(settings.source_urls), settings.contact
    trusted, told = origins(urls.values()), tuple[str, ...]()
    cache = settings.home / "http" / "replies.sqlite3" if settings.http_days else None
    if settings.offline_demo:
        from assignee.offline import LiteratureServer

        server = stack.enter_context(LiteratureServer())
        urls, trusted = url_by_name(server.base_urls), sorted(server.origins)
        cache, contact, told = None, "demonstration@example.org", (DEMONSTRATION,)
    web = Web(
        contact=contact,
        cache=cache,
        time_to_live=settings.http_days * 86_400,
        deadline=min(60.0, settings.source_seconds),
        trusted=trusted,
        pace=OwnMachinePace(),
    )
    stack.push_async_exit(web)
    found, warnings = databases(
        settings.searched,
        web,
        Criteria(settings.since, settings.until, settings.statuses, settings.language),
        keys=settings.source_keys,
        urls=urls,
        limits=settings.source_limits,
        seconds=settings.source_seconds,
    )
    if announce is not None:
        sent = f"queries are sent to {', '.join(database.name for database in found)}"
        announce(DEMONSTRATION if settings.offline_demo else sent)
    text = partial(
        full_text,
        web=web,
        places=places(urls, contact),
        pdf=stack.enter_context(PdfReader()),
        deadline=settings.source_seconds,
    )
    return Literature(found, text, (*told, *warnings))


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


class Named(NamedTuple):
    """What the user named to be read."""

    paths: tuple[Path, ...] = ()
    ids: tuple[str, ...] = ()
    """Of papers in the library."""


def named_papers(papers: Sequence[str], library: "Library") -> Named:
    """Paths and library ids told apart.

    Raises:
        NoPapersError: something named is neither a path nor an id.
    """
    ids = {paper.id for paper in library.papers()} if papers else set()
    paths = tuple(Path(name) for name in papers if name not in ids)
    for path in paths:
        if not path.exists():
            raise NoPapersError(
                f"{str(path)!r} is neither a file, a folder nor the id of a paper in the library"
            )
    return Named(paths, tuple(name for name in papers if name in ids))


def sources_of(
    named: Named, library: "Library", databases: "Sequence[Database]" = ()
) -> "list[Source]":
    """A source for everything named and every database; without any of them the whole library.

    Raises:
        NoPapersError: there is nothing at all, or no database to look identifiers up in.
    """
    from assignee.sources import ShelfSource

    found: list[Source] = [path_source(path, databases) for path in named.paths]
    if named.ids:
        found.append(ShelfSource(library, named.ids))
    found.extend(databases)
    if found:
        return found
    if not library.papers():
        raise NoPapersError(
            "the library is empty: name papers with --papers, search a database with --source, or "
            "add papers with `assignee library add FOLDER`"
        )
    return [ShelfSource(library)]


def path_source(path: Path, databases: "Sequence[Database]") -> "Source":
    """A bibliography, a list of identifiers, or documents: what stands at the path.

    Raises:
        NoPapersError: a list of identifiers without a database to look them up in.
    """
    from assignee.sources import FolderSource
    from assignee.sources.exports import ExportSource, is_export
    from assignee.sources.looked_up import IdListSource, is_id_list

    if is_export(path):
        return ExportSource(path)
    if not is_id_list(path):
        return FolderSource(path)
    if not databases:
        raise NoPapersError(
            f"{path.name!r} is a list of identifiers: name a database to look them up in, such "
            "as --source openalex"
        )
    return IdListSource(path, databases)
