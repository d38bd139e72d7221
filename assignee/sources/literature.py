"""The literature databases by name, ready to be asked.

>>> from assignee.web import Web
>>> [database.name for database in databases(["arxiv", "crossref"], Web(), Criteria()).found]
['arXiv', 'Crossref']
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from assignee.settings import PlaceName, SourceName
from assignee.sources.arxiv import ArxivSource
from assignee.sources.base import Criteria
from assignee.sources.crossref import CrossrefSource
from assignee.sources.database import CitingDatabase, Database
from assignee.sources.europe_pmc import EuropePmcSource
from assignee.sources.full_text import Places
from assignee.sources.openalex import OpenAlexSource
from assignee.sources.semantic_scholar import SemanticScholarSource
from assignee.web import Web
from assignee.web.pace import PACE, Pace

_CLIENTS: Mapping[SourceName, Any] = {
    "arxiv": ArxivSource,
    "openalex": OpenAlexSource,
    "semantic-scholar": SemanticScholarSource,
    "crossref": CrossrefSource,
    "europe-pmc": EuropePmcSource,
}
_OWN_MACHINE = ("127.", "localhost", "[::1]")


class Databases(NamedTuple):
    """The databases that can be asked, and why others cannot."""

    found: tuple[Database, ...]
    warnings: tuple[str, ...]


def databases(
    names: Iterable[SourceName],
    web: Web,
    criteria: Criteria,
    *,
    keys: Mapping[SourceName, SecretStr] | None = None,
    urls: Mapping[PlaceName, str] | None = None,
    limits: Mapping[SourceName, int] | None = None,
    seconds: float = 120.0,
) -> Databases:
    """The databases of these names; one that needs a key which is not there is left out.

    Args:
        names: as in the settings.
        web: where requests go.
        criteria: days, kinds and language.
        keys: by name.
        urls: other addresses than the services' own, by name.
        limits: most records a query, of databases that have a limit of their own.
        seconds: what one database may take in one round.
    """
    keys, urls, limits = keys or {}, urls or {}, limits or {}
    found: list[Database] = []
    warnings: list[str] = []
    for name in names:
        kind, key = _CLIENTS[name], keys.get(name)
        if kind.needs_key and key is None:
            variable = f"ASSIGNEE_SOURCE_KEYS__{name.replace('-', '_').upper()}"
            warnings.append(f"{kind.name} was not searched: it needs a key; set {variable}")
            continue
        place = {"base_url": urls[name]} if name in urls else {}
        client = kind(web, criteria, key=key.get_secret_value() if key else None, **place)
        citing = hasattr(client, "cites") and hasattr(client, "cited_by")
        made = CitingDatabase if citing else Database
        found.append(made(client, seconds=seconds, limit=limits.get(name)))
    return Databases(tuple(found), tuple(warnings))


def places(urls: Mapping[PlaceName, str], contact: str | None) -> Places:
    """Where full texts are looked for: the services' own addresses, or those that replace them."""
    own = Places(contact=contact)
    return replace(
        own,
        arxiv=urls.get("arxiv", own.arxiv),
        europe_pmc=urls.get("europe-pmc", own.europe_pmc),
        unpaywall=urls.get("unpaywall", own.unpaywall),
    )


def url_by_name(urls: Mapping[str, str]) -> dict[PlaceName, str]:
    """Addresses by the names of the settings, of those by the names that services have."""
    known: dict[str, PlaceName] = {"Unpaywall": "unpaywall"}
    known |= {kind.name: name for name, kind in _CLIENTS.items()}
    return {known[service]: url for service, url in urls.items()}


def origins(urls: Iterable[str]) -> Sequence[str]:
    """Scheme and host of each address: what the user named may be on a private network."""
    parts = (urlsplit(url) for url in urls)
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


class OwnMachinePace(Pace):
    """The process's limiter, but for this machine itself: it asks for no intervals."""

    def reserve(self, host: str, now: float, *, interval: float, until: float) -> float | None:
        """The moment at which a request may start."""
        wait = 0.0 if host.startswith(_OWN_MACHINE) else interval
        return PACE.reserve(host, now, interval=wait, until=until)

    def hold(self, host: str, until: float) -> None:
        """Let no request to the host start before `until`."""
        PACE.hold(host, until)
