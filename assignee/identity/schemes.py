"""Identifiers in one form each, and what the form of a DOI tells of the copy that it names.

>>> canonical(PaperIds(doi="https://doi.org/10.48550/arXiv.2001.08361v2", pmcid="123"))
PaperIds(doi=None, arxiv='2001.08361', pmid=None, pmcid='PMC123', s2=None, openalex=None)
"""

import re
from functools import lru_cache
from urllib.parse import unquote

from assignee.reading import identifiers
from assignee.records import PaperIds

ARCHIVE = "10.2307/"
"""JSTOR: it registers articles that have another DOI, and is no preprint server."""

SCHEMES = ("doi", "arxiv", "pmid", "pmcid", "s2", "openalex")

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_VERSIONED = re.compile(
    r"(10\.(?:21203/rs\.|22541/au\.).+)/v\d+"
    r"|(10\.(?:20944/preprints|26434/chemrxiv|6084/m9\.figshare|36227/techrxiv).+?)[.-]v\d+"
    r"|(10\.(?:1101|64898)/\d[\d.]+)v\d+"
    r"|(10\.7287/peerj\.preprints\.\d+)v\d+"
    r"|(10\.\d+/osf\.io/\w+?)_v\d+"
    r"|(10\.12688/\w+\.\d+|10\.7554/elife\.\d+)\.\d"
)
"""Where a server registers a DOI for each version: the part that all versions share."""

_COPY = re.compile(
    r"(?P<server>10\.1101/\d|10\.64898/|10\.2139/ssrn|10\.21203/rs\.|10\.26434/|10\.20944/preprints"
    r"|10\.36227/|10\.22541/|10\.7287/peerj\.preprints|10\.\d+/osf\.io/|10\.2196/preprints"
    r"|10\.31223/|10\.1002/essoar|10\.3386/w|10\.5194/(?:[a-z]+-\d{4}-\d+$|egusphere-)|10\.33774/"
    r"|10\.5281/zenodo|10\.6084/m9\.figshare|10\.13140/rg|10\.3929/ethz|10\.17863/cam|10\.2307/)"
)
"""Preprint servers, repositories and JSTOR."""

_COMPONENT = re.compile(
    r"\.[gst]\d{3}$|\.(?:fig|suppl?)\d+$|/v\d+/(?:decision|response|review)\d+$"
)
_NUMBER = re.compile(r"\d+")
_WORK = re.compile(r"w\d+$", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def canonical(ids: PaperIds) -> PaperIds:
    """The identifiers without address, prefix, version or case; what is not of its form is left.

    arXiv's DOIs are arXiv ids, also where they stand as a DOI beside another arXiv id.
    """
    doi = _doi(ids.doi) if ids.doi else None
    arxiv = identifiers.arxiv_id(ids.arxiv) or ids.arxiv.strip() if ids.arxiv else None
    if doi and (own := identifiers.arxiv_id(doi)):
        arxiv, doi = arxiv or own, None
    return PaperIds(
        doi=doi,
        arxiv=arxiv.lower() if arxiv else None,
        pmid=_digits(ids.pmid),
        pmcid=f"PMC{digits}" if (digits := _digits(ids.pmcid)) else None,
        s2=ids.s2.strip().lower() or None if ids.s2 else None,
        openalex=_openalex(ids.openalex),
    )


def keys(ids: PaperIds) -> frozenset[str]:
    """Every identifier as `scheme:value`, in its canonical form and without a DOI's version."""
    known = canonical(ids)
    named = ((scheme, getattr(known, scheme)) for scheme in SCHEMES)
    return frozenset(
        f"{scheme}:{unversioned(value) if scheme == 'doi' else value}"
        for scheme, value in named
        if value
    )


def unversioned(doi: str) -> str:
    """The DOI that all versions share, of servers whose versions have DOIs of their own."""
    match = _VERSIONED.fullmatch(doi)
    return next((part for part in match.groups() if part), doi) if match else doi


def copy_server(doi: str) -> str | None:
    """The server, as a start of its DOIs, where the DOI may name a copy of an article."""
    match = _COPY.match(doi)
    return match["server"] if match else None


def is_component(doi: str) -> bool:
    """Whether the DOI names a figure, a supplement or a referee's letter of a paper."""
    return bool(_COMPONENT.search(doi))


def _doi(text: str) -> str | None:
    match = _DOI.search(unquote(text))
    return match.group().rstrip(".,;").lower() if match else None


def _digits(text: str | None) -> str | None:
    match = _NUMBER.search(text) if text else None
    return match.group().lstrip("0") or None if match else None


def _openalex(text: str | None) -> str | None:
    match = _WORK.search(text.strip()) if text else None
    return match.group().upper() if match else None
