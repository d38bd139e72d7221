"""Which version of its evidence a turn wants: papers, topics and settings of the next report."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from assignee.agents.changes import MOST_NAMED
from assignee.agents.wording import counted, listed
from assignee.graph.session_context import SessionContext
from assignee.records import Report, Route, Version
from assignee.settings import Settings

LOOKED_THROUGH = 40
"""Passages that a search of the library looks through."""
NEAR_ENOUGH = 0.3
"""Cosine from which a passage makes its paper a find."""
STRICTER = 0.1
"""By how much `be stricter` raises the relevance that a claim must have."""


async def planned(
    made: Route,
    before: Version,
    report: Report | None,
    context: SessionContext,
    notes: list[str],
) -> Version | None:
    """The version that is wanted, its report still that of before; `None` where nothing changes."""
    own = tuple(own_papers(before, report))
    match made.kind:
        case "ask":
            # Without papers named at the start a new question goes to the whole library again.
            kept = own if context.named or not before.report else ()
            changed = {"question": made.topic, "papers": kept, "topics": ()}
            return before.model_copy(update=changed)
        case "search":
            return await searched(made, before, own, context, notes)
        case "add":
            return await added(made, before, own, context, notes)
        case "remove":
            gone = tuple(id_ for id_ in made.papers if id_ in own)
            if not gone:
                notes.append("no paper of this session was named: /papers lists them by number")
                return None
            notes.append(f"{counted(len(gone), 'paper')} left out of this session, not the library")
            left = tuple(id_ for id_ in own if id_ not in gone)
            if not left:
                notes.append("no paper would remain, so nothing was changed")
                return None
            removed = (*before.removed, *gone)
            return before.model_copy(update={"papers": left, "removed": removed})
        case "filter":
            if not (chosen := chosen_terms(made, notes)):
                notes.append("name the first or last year, or the kinds of publication to keep")
                return None
            if context.settings.searched:
                notes.append(f"of the papers at hand; {wider(made)} asks the databases for more")
            return adjusted(before, own, chosen)
        case _:
            return adjusted(before, own, strictness(made, before, context.settings, notes))


def chosen_terms(made: Route, notes: list[str]) -> dict[str, Any]:
    """The years and kinds of publication that the turn keeps to, as settings."""
    terms = {"since": made.since, "until": made.until, "statuses": made.statuses}
    chosen = {name: value for name, value in terms.items() if value}
    if chosen:
        notes.append(f"kept: {'; '.join(map(_term, chosen.items()))}")
    return chosen


def wider(made: Route) -> str:
    """The command that searches for papers of the years of a filter."""
    years = {"since": made.since, "until": made.until}
    named = " ".join(f"{name} {year}" for name, year in years.items() if year)
    return f"/search {named}".strip()


def _term(named: tuple[str, Any]) -> str:
    name, value = named
    return f"{name} {', '.join(value) if isinstance(value, tuple) else value}"


def strictness(
    made: Route, before: Version, settings: Settings, notes: list[str]
) -> dict[str, Any]:
    """The settings of a stricter check, or of one that looks at more evidence."""
    windows = before.settings.get("evidence_windows", settings.evidence_windows)
    relevance = before.settings.get("min_relevance", settings.min_relevance)
    factor = 1.5 if made.kind == "stricter" else 2
    chosen: dict[str, Any] = {"evidence_windows": min(50, round(windows * factor))}
    if made.kind == "stricter":
        chosen["min_relevance"] = round(min(0.9, relevance + STRICTER), 2)
        notes.append(f"claims less relevant than {chosen['min_relevance']:.2f} are left out")
    notes.append(f"each claim is held against up to {chosen['evidence_windows']} passages")
    return chosen


def adjusted(before: Version, own: tuple[str, ...], chosen: Mapping[str, Any]) -> Version:
    """The version with further settings, over the papers at hand."""
    return before.model_copy(update={"papers": own, "settings": {**before.settings, **chosen}})


async def searched(
    made: Route, before: Version, own: tuple[str, ...], context: SessionContext, notes: list[str]
) -> Version | None:
    """The version with what the library holds on the topic; databases are searched by the run."""
    [hits] = await asyncio.to_thread(
        context.library.search,
        [made.topic or before.question],
        limit=LOOKED_THROUGH,
        exclude_papers={*own, *before.removed},
    )
    near = [hit.passage.paper_id for hit in hits if (hit.similarity or 0.0) >= NEAR_ENOUGH]
    new = tuple(dict.fromkeys(near))
    named = context.settings.searched
    chosen = chosen_terms(made, notes)
    if not new and not named:
        notes.append(
            "the library holds nothing more on this, and this session searches no database: add "
            "papers with /add, or name databases with /settings sources=arxiv,openalex"
        )
        return None
    where = f", and {', '.join(named)} searched" if named else ""
    notes.append(f"{counted(len(new), 'paper')} more of the library{where}")
    topics = dict.fromkeys([*before.topics, *([made.topic] if made.topic else [])])
    searched = before.model_copy(update={"papers": (*own, *new), "topics": tuple(topics)})
    return adjusted(searched, searched.papers, chosen)


async def added(
    made: Route, before: Version, own: tuple[str, ...], context: SessionContext, notes: list[str]
) -> Version | None:
    """The version with the papers of the paths, which the library takes in, and those named."""
    ids, unread = await context.work.take_in(made.paths) if made.paths else ((), ())
    notes += [f"not read: {name}" for name in unread]
    new = tuple(id_ for id_ in dict.fromkeys([*ids, *made.papers]) if id_ not in own)
    if not new:
        known = "they belong to the session already" if ids or made.papers else ""
        why = known or ("none could be read" if unread else "name a file, a folder or a DOI")
        notes.append(f"no paper was added: {why}")
        return None
    notes.append(f"{counted(len(new), 'paper')} added")
    if not before.question:
        notes.append("ask a question about them")
    removed = tuple(id_ for id_ in before.removed if id_ not in new)
    return before.model_copy(update={"papers": (*own, *new), "removed": removed})


def own_papers(version: Version, report: Report | None) -> Collection[str]:
    """Ids of the session's own papers, those of the report first."""
    shown = [paper.id for paper in report.papers] if report else []
    both = dict.fromkeys([*shown, *version.papers])
    return tuple(id_ for id_ in both if id_ not in version.removed)


def read_now(before: Report | None, after: Report) -> list[str]:
    """Which papers are read that were not, by title."""
    known = {claim.paper_id for claim in before.claims} if before else set()
    new = dict.fromkeys(claim.paper_id for claim in after.claims if claim.paper_id not in known)
    titles = [f"“{after.paper(id_).title}”" for id_ in new]
    if not titles:
        return ["no claim of a further paper came into the report"]
    more = [f"{len(titles) - MOST_NAMED} more"] if len(titles) > MOST_NAMED else []
    return [f"claims come now also from {listed([*titles[:MOST_NAMED], *more])}"]
