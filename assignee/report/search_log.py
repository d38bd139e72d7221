"""search_log.json: a search from which it can be made again."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from assignee.errors import SettingsError
from assignee.records import Plan, Record, Report, SearchEntry, SearchLog
from assignee.settings import SOURCES

VERSION = 1
"""Version of the file; a change that older programs cannot read takes the next one."""

LARGEST = 200_000_000
"""Bytes of a file that is read at all."""

SETTINGS = (
    "full_text",
    "max_papers",
    "min_relevance",
    "offline_demo",
    "rounds",
    "snowball",
    "source_limit",
    "source_limits",
)
"""What decides, beside queries and filters, what a search finds and what is read of it."""

PLACE = re.compile(
    r"(?<![^\s'\"(\[“])(?:file:/{0,2})?(?:~|[A-Za-z]:)?[/\\](?:[^\s'\"/\\]+[/\\])+(?=[^\s'\"/\\])"
)
QUOTED_PLACE = re.compile(r"(?P<quote>['\"])(?:~|[A-Za-z]:)?[/\\](?:(?!(?P=quote)).)*[/\\]")
"""Folders of this machine before a file's name, bare and between quotation marks."""

Value = str | int | float | bool | None


class SearchRecipe(Record):
    """The content of search_log.json: what was asked, how it was searched, and what was found."""

    kind: Literal["assignee search log"] = "assignee search log"
    version: Literal[1] = 1
    program: str
    """Name and version of what made it."""
    date: str
    """ISO date of the search, UTC."""
    question: str
    plan: Plan
    settings: dict[str, Value] = Field(default_factory=dict)
    """Those of `SETTINGS` that are known."""
    search: SearchLog

    @property
    def queries(self) -> tuple[SearchEntry, ...]:
        """The queries to literature databases, those of later rounds too, citations left out."""
        return tuple(entry for entry in self.search.entries if _repeatable(entry))

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources that were asked, in order."""
        return tuple(dict.fromkeys(entry.source for entry in self.queries))

    def queries_to(self, source: str) -> tuple[str, ...]:
        """What that source was asked, as it was worded before translation, each once.

        Of a source that was down before anything was sent: what the others were asked.
        """
        sent = [entry for entry in self.queries if entry.sent]
        own = [entry.query for entry in sent if entry.source == source]
        return tuple(dict.fromkeys(own or [entry.query for entry in sent]))

    def to_repeat(self) -> "SearchRecipe":
        """The recipe with as much of the log as it takes to repeat it and to see what is new."""
        log = self.search
        kept = SearchLog(entries=log.entries, terms=log.terms, found=log.found)
        return self.model_copy(update={"search": kept})

    def overrides(self) -> dict[str, Any]:
        """Settings, by name, under which the search is repeated as it was."""
        terms = self.search.terms.model_dump(mode="json")
        known: dict[str, Any] = {
            name: self.settings[name] for name in SETTINGS if name in self.settings
        }
        if "source_limits" in known:
            known["source_limits"] = _parted(known["source_limits"])
        return {
            **known,
            **terms,
            "sources": tuple(setting_name(source) for source in self.sources),
        }


def _parted(limits: Value) -> dict[str, str]:
    """`arxiv=20, crossref=5`, as a report is stamped with it, by database."""
    parts = (part.partition("=") for part in str(limits or "").split(","))
    return {name.strip(): value.strip() for name, _, value in parts if name.strip()}


def _repeatable(entry: SearchEntry) -> bool:
    return entry.way == "query" and not entry.taken_whole and setting_name(entry.source) in SOURCES


def setting_name(source: str) -> str:
    """A source's name as settings spell it: `Europe PMC` is `europe-pmc`."""
    return "-".join(source.casefold().split())


def search_recipe(report: Report) -> SearchRecipe:
    """All that it takes to repeat a report's search; no keys and no places of this machine."""
    stamped = report.stamp.settings
    return SearchRecipe(
        program=f"{report.stamp.program} {report.stamp.version}",
        date=report.date[:10],
        question=report.question,
        plan=report.plan,
        settings={name: stamped[name] for name in SETTINGS if name in stamped},
        search=_without_places(report.search),
    )


def _without_places(log: SearchLog) -> SearchLog:
    entries = tuple(
        entry.model_copy(
            update={"query": placeless(entry.query), "errors": _placeless(entry.errors)}
        )
        for entry in log.entries
    )
    return log.model_copy(
        update={
            "entries": entries,
            "unread": _placeless(log.unread),
            "tried": {paper_id: _placeless(tried) for paper_id, tried in log.tried.items()},
        }
    )


def _placeless(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(placeless, texts))


def placeless(text: str) -> str:
    """The text with files by their names alone: `/home/me/notes/a.pdf` is `a.pdf`."""
    return PLACE.sub("", QUOTED_PLACE.sub(r"\g<quote>", text))


def render_search_log(report: Report) -> str:
    """The content of search_log.json."""
    return search_recipe(report).model_dump_json(indent=1) + "\n"


def read_search_log(path: Path) -> SearchRecipe:
    """The search in a search_log.json, to be repeated.

    Raises:
        SettingsError: no such file, no search log, one of another version, or one without a query
            that could be repeated; the text says which.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise SettingsError(f"{str(path)!r} is too large for a search log")
        recipe = SearchRecipe.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise SettingsError(f"{str(path)!r} is no search log: {_fault(error)}") from error
    if not any(entry.sent for entry in recipe.queries):
        raise SettingsError(
            f"{str(path)!r} holds no query to a literature database, so there is nothing to repeat"
        )
    return recipe


def _fault(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=True)
    for fault in faults:
        if fault["loc"] == ("version",) and fault["type"] != "missing":
            return f"it has version {fault['input']!r}, this program reads {VERSION}"
    first = faults[0]
    place = ".".join(str(step) for step in first["loc"]) or "the file"
    more = f" ({len(faults) - 1} more like it)" if len(faults) > 1 else ""
    return f"{place}: {first['msg']}{more}"
