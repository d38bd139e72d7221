"""What a turn points at: claims by number, papers by number, author or title, files by name."""

import re
from collections.abc import Sequence

from assignee.reading.words import content_stems
from assignee.records import Claim, Paper

_NUMBERS = r"(\d{1,3}(?:\s*(?:,|and|&|or|to|with)\s*(?:claims?\s+|c|#)?\d{1,3})*)"
_CLAIMS = re.compile(
    rf"\bclaims?\s*(?:#|no\.?\s*|number\s*)?{_NUMBERS}|(?<![\w#])#(\d{{1,3}})\b|\bc(\d{{1,3}})\b|"
    r"\b(?:no\.|number)\s*(\d{1,3})\b(?![%\w])|^(?:why\s+)?(?:is\s+)?(\d{1,3})\s*[?.!]*$", re.I,
)  # fmt: skip
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SPELLED = re.compile(
    rf"\b({'|'.join((*_ORDINALS, 'last'))})\s+claim\b|\bclaim\s+({'|'.join(_NUMERALS)})\b", re.I
)
_PAPERS = re.compile(rf"\b(?:papers?|notes?|references?)\s*#?{_NUMBERS}\b|\[(\d{{1,3}})\]", re.I)
_CLAIM_ID = re.compile(r"\bc[0-9a-f]{12}\b")
_PAPER_ID = re.compile(r"\bp[0-9a-f]{12}\b")
_QUOTED = re.compile(r"[\"“'‘]([^\"”'’]{2,300})[\"”'’]")
_SUFFIXES = ("pdf", "md", "markdown", "txt", "html", "htm", "xml", "jsonl", "bib", "ris", "json")
_PATH = re.compile(
    rf"(?:^|\s)((?:~|\.{{1,2}})?/[^\s,;]+|[^\s,;\"']+\.(?:{'|'.join(_SUFFIXES)}))\b", re.I
)

_WORK = re.compile(
    r"(?<![\w/.])(?:https?://(?:(?:dx\.)?doi\.org|(?:www\.|export\.)?arxiv\.org|"
    r"pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.|pmc\.)?ncbi\.nlm\.nih\.gov)/\S+|"
    r"(?:doi:\s*)?10\.\d{4,9}/\S+|arxiv:\s*\S+|\d{4}\.\d{4,5}(?:v\d+)?(?!\w)|"
    r"pmid:?\s*\d+|pmc\d+)", re.I,
)  # fmt: skip


def claims_named(said: str, claims: Sequence[Claim]) -> tuple[str, ...]:
    """Ids of the claims that are named by number, as the report counts them, or by id."""
    known = {claim.id for claim in claims}
    ids = [id_ for id_ in _CLAIM_ID.findall(said) if id_ in known]
    numbers = _numbers(_CLAIMS, said)
    for found in _SPELLED.finditer(said.casefold()):
        if found[2]:
            numbers.append(_NUMERALS.index(found[2]) + 1)
        else:
            last = found[1] == "last"
            numbers.append(len(claims) if last else _ORDINALS.index(found[1]) + 1)
    ids += [claims[number - 1].id for number in numbers if 1 <= number <= len(claims)]
    return tuple(dict.fromkeys(ids))


def papers_named(said: str, papers: Sequence[Paper]) -> tuple[str, ...]:
    """Ids of the papers that are named by number, id, first author or title."""
    known = {paper.id for paper in papers}
    ids = [id_ for id_ in _PAPER_ID.findall(said) if id_ in known]
    numbers = _numbers(_PAPERS, said)
    ids += [papers[number - 1].id for number in numbers if 1 <= number <= len(papers)]
    words, folded = set(re.findall(r"[^\W\d_]{3,}", said)), said.casefold()
    for paper in papers:
        surname = next(iter(paper.surnames), "")
        title = " ".join(paper.title.casefold().split())
        by_author = len(surname) > 2 and surname[:1].isupper() and surname in words
        year = re.search(rf"\b{re.escape(surname)}\b[^.;]*?\b((?:19|20)\d\d)\b", said)
        by_author = by_author and (year is None or int(year[1]) == paper.year)
        if by_author or (len(title) > 3 and (title in folded or _quoted_part(said, title))):
            ids.append(paper.id)
    return tuple(dict.fromkeys(ids))


def papers_on(topic: str, papers: Sequence[Paper], claims: Sequence[Claim]) -> tuple[str, ...]:
    """Ids of the papers whose title or claims hold all content words of the topic."""
    wanted = content_stems(topic)
    if not wanted:
        return ()
    said = {paper.id: content_stems(paper.title) for paper in papers}
    for claim in claims:
        if claim.paper_id in said:
            said[claim.paper_id] |= content_stems(claim.text)
    return tuple(paper_id for paper_id, stems in said.items() if wanted <= stems)


def paths_named(said: str) -> tuple[str, ...]:
    """Files and folders: what is written as a path, or quoted and looks like one."""
    quoted = [text for text in _QUOTED.findall(said) if _PATH.fullmatch(text.replace(" ", "_"))]
    rest = said
    for text in quoted:
        rest = rest.replace(text, " ")
    return tuple(dict.fromkeys([*quoted, *_PATH.findall(rest)]))


def sources_named(said: str) -> tuple[str, ...]:
    """What can be added: works by their identifiers, and files and folders."""
    works, rest = works_named(said), said
    for work in works:
        rest = rest.replace(work, " ")
    return (*works, *paths_named(rest))


def works_named(said: str) -> tuple[str, ...]:
    """DOIs, arXiv ids, PMIDs and PMCIDs, and addresses that hold one, as they are written."""
    found = (one.rstrip(".,;:!?)>\"'") for one in _WORK.findall(said))
    return tuple(dict.fromkeys(found))


def _quoted_part(said: str, title: str) -> bool:
    return any(part.casefold() in title for part in _QUOTED.findall(said) if len(part) > 3)


def _numbers(pattern: re.Pattern[str], said: str) -> list[int]:
    found = ["".join(match.groups(default="")) for match in pattern.finditer(said)]
    return [int(number) for text in found for number in re.findall(r"\d+", text)]
