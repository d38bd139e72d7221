"""Years and kinds of publication that a turn names, as bounds on the papers that stay."""

import re
from collections.abc import Sequence

from assignee.records import PublicationStatus

DROP = (
    r"(?:drop|remove|exclude|leave out|leave aside|ignore|without|forget|omit|discard|skip|"
    r"strike|scrap|cut|throw out|throw away|get rid of|take out|kick out|"
    r"(?:leave|take|throw|kick|cut)\b.*\bout\b)"
)
"""Verbs that say what is to go."""
KEEP = r"(?:only|just|limit|restrict|keep|filter|nothing|none|no)"
"""Words that say what is to stay."""

_YEAR = r"((?:19|20)\d\d)"
_SPAN = re.compile(
    rf"\b(?:(?:from|between)\s+)?{_YEAR}\s*(?:\bto\b|\band\b|until|-|–)\s*{_YEAR}", re.I
)
_SINCE = re.compile(
    rf"\b(?:since|from|starting in)\s+{_YEAR}|{_YEAR}\s+(?:or|and)\s+(?:later|newer|after)|"
    rf"{_YEAR}\s+onwards?", re.I,
)  # fmt: skip
_AFTER = re.compile(rf"\b(?:after|newer than|later than|younger than)\s+{_YEAR}", re.I)
_UNTIL = re.compile(
    rf"\b(?:until|till|up to|through)\s+{_YEAR}|{_YEAR}\s+(?:or|and)\s+(?:earlier|older|before)",
    re.I,
)
_BEFORE = re.compile(rf"\b(?:before|older than|earlier than|prior to|pre-?)\s*{_YEAR}", re.I)
_IN = re.compile(
    rf"\b(?:only|just|in|of)\s+(?:papers?\s+(?:from|of|in)\s+)?{_YEAR}\b|"
    rf"\b{_YEAR}\s+(?:ones?|papers?|notes?|studies|work|articles?|publications?)\b", re.I,
)  # fmt: skip
_NO_PREPRINTS = re.compile(rf"\b(?:{DROP}|no)\b.*\bpreprints?\b", re.I)
_ONLY = re.compile(r"\b(?:only|just|keep|restrict|limit|nothing but)\b", re.I)
_DROPS = re.compile(
    rf"\b{DROP}\b|\b(?:nothing|none|no|not)\b[\w\s]{{0,20}}\b(?:before|older|earlier|prior|after|newer|"
    r"later)\b", re.I,
)  # fmt: skip
_ONLY_STATUS: tuple[tuple[str, tuple[PublicationStatus, ...]], ...] = (
    (r"\bpeer[- ]reviewed\b|\bpublished\b", ("journal", "conference")),
    (r"\bjournals?\b", ("journal",)),
    (r"\bconferences?\b|\bproceedings\b", ("conference",)),
    (r"\bpreprints?\b", ("preprint",)),
)


def years(said: str) -> tuple[str | None, str | None]:
    """First and last year that stay, both included; “drop what is before 2020” keeps from 2020.

    A span that is to go from the middle is none: `years_gone` tells of it.
    """
    since, until = _named(said)
    if (since is None and until is None) or not _is_gone(said):
        return since, until
    if since is not None and until is not None:
        return None, None
    # One bound on what is to go is the other bound on what stays.
    if until is not None:
        return str(int(until) + 1), None
    assert since is not None
    return None, str(int(since) - 1)


def years_gone(said: str) -> range:
    """The years of “drop the papers of 2019”; empty where no such span is named."""
    since, until = _named(said)
    if since is None or until is None or not _is_gone(said):
        return range(0)
    return range(int(since), int(until) + 1)


def without_years(said: str) -> str:
    """The text without the bounds on years that it names."""
    text = said
    for pattern in (_SPAN, _SINCE, _AFTER, _UNTIL, _BEFORE, _IN):
        text = pattern.sub(" ", text)
    return " ".join(re.sub(r"\b(?:only|just|published|from)\s*$", " ", text.strip()).split())


def _is_gone(said: str) -> bool:
    """Whether the word before the first year that says what happens is one of dropping."""
    year = re.search(_YEAR, said)
    before = said[: year.start()] if year else said
    dropped = max((found.start() for found in _DROPS.finditer(before)), default=-1)
    kept = max((found.start() for found in _ONLY.finditer(before)), default=-1)
    return dropped > kept


def _named(said: str) -> tuple[str | None, str | None]:
    if span := _SPAN.search(said):
        return span[1], span[2]
    since = until = None
    if found := _SINCE.search(said):
        since = found[1] or found[2] or found[3]
    elif found := _AFTER.search(said):
        since = str(int(found[1]) + 1)
    if found := _UNTIL.search(said):
        until = found[1] or found[2]
    elif found := _BEFORE.search(said):
        until = str(int(found[1]) - 1)
    if since is None and until is None and (found := _IN.search(said)):
        since = until = found[1] or found[2]
    return since, until


def kinds_kept(said: str) -> tuple[PublicationStatus, ...]:
    """The kinds of publication that stay; none named, all stay."""
    if _NO_PREPRINTS.search(said):
        return ("journal", "conference", "unknown")
    if not _ONLY.search(said):
        return ()
    kept: Sequence[tuple[PublicationStatus, ...]] = [
        statuses for pattern, statuses in _ONLY_STATUS if re.search(pattern, said, re.I)
    ]
    return kept[0] if kept else ()
