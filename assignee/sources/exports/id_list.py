"""A text file of DOIs, arXiv ids, PubMed or PMC ids, one a line, as identifiers to look up.

>>> found = parse_ids("arXiv:2001.08361v2\\nPMID: 31452104  # read twice\\nKaplan 2020", "ids.txt")
>>> [ids.first() for ids in found.ids], len(found.bad)
(['arxiv:2001.08361', 'pmid:31452104'], 1)
"""

import re
from pathlib import Path
from typing import NamedTuple

from assignee.errors import ReadingError
from assignee.reading.cleaning import clean, decode, shown
from assignee.reading.identifiers import arxiv_id, doi
from assignee.records import PaperIds

LARGEST = 10_000_000
"""Bytes of a list: some 400,000 identifiers."""

_COMMENT = re.compile(r"(?:^|\s)#.*")
_PMID = re.compile(
    r"(?:pmid\s*:?\s*|(?:https?://)?(?:pubmed\.ncbi\.nlm\.nih\.gov|"
    r"(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed)/)?0*(?P<id>[1-9]\d{0,7})/?",
    re.IGNORECASE,
)
_PMCID = re.compile(r"(?:pmcid\s*:?\s*|https?://\S+/)?pmc0*(?P<id>[1-9]\d{0,8})/?", re.IGNORECASE)


class IdList(NamedTuple):
    """The identifiers of a list, each once and in order, and the lines that are none."""

    ids: tuple[PaperIds, ...]
    bad: tuple[ReadingError, ...]


def read_id_list(path: Path) -> IdList:
    """The identifiers in a file.

    Raises:
        ReadingError: it cannot be read or is too large.
    """
    name = shown(path)
    try:
        if path.stat().st_size > LARGEST:
            raise ReadingError(name, f"it is too large for a list: more than {LARGEST} bytes")
        return parse_ids(clean(decode(path.read_bytes())), name)
    except OSError as error:
        raise ReadingError(name, f"it cannot be opened ({error.strerror})") from error
    except ValueError as error:
        raise ReadingError(name, str(error)) from error


def parse_ids(text: str, name: str) -> IdList:
    """The identifiers in a cleaned text; `#` opens a comment, empty lines are skipped."""
    found: dict[PaperIds, None] = {}
    bad: list[ReadingError] = []
    for number, line in enumerate(text.split("\n"), start=1):
        bare = _COMMENT.sub("", line).strip().strip(",;\"'<>")
        if ids := identified(bare):
            found.setdefault(ids)
        elif bare:
            reason = f"line {number}: {bare[:60]!r} is no DOI, arXiv id, PMID or PMCID"
            bad.append(ReadingError(name, reason))
    return IdList(tuple(found), tuple(bad))


def identified(text: str) -> PaperIds | None:
    """What one identifier or its address names; digits alone are a PMID."""
    if found := arxiv_id(text):
        return PaperIds(arxiv=found)
    if found := doi(text):
        return PaperIds(doi=found)
    if match := _PMCID.fullmatch(text):
        return PaperIds(pmcid=f"PMC{match['id']}")
    match = _PMID.fullmatch(text)
    return PaperIds(pmid=match["id"]) if match else None
