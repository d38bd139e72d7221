"""Labelled items: what a judge, a role model or a search is measured on.

>>> item = StanceItem("mine", "1", "Moss cools.", "d1", "", ("Moss cools roofs.",), "supports")
>>> [window.text for window in request_of(item).windows]
['Moss cools roofs.']
"""

from typing import NamedTuple

from assignee.engines.protocol import JudgeRequest
from assignee.engines.roles import Role
from assignee.reading.passages import split_passages
from assignee.records import Claim, Document, Paper, Passage, Quote, Section, Stance

STANCES: tuple[Stance, ...] = ("supports", "contradicts", "neutral")


class StanceItem(NamedTuple):
    """One claim, one document, and what the annotators said that the one says of the other."""

    set: str
    id: str
    """Unique within the set together with the document."""
    claim: str
    document: str
    """Id of the document: the group of the bootstrap and of folds."""
    title: str
    sentences: tuple[str, ...]
    gold: Stance
    rationale: tuple[int, ...] = ()
    """Indices of the sentences that decide; empty where nobody marked them."""
    phenomenon: str = ""
    """What the item tests, in a set that is made to test something."""


class RoleItem(NamedTuple):
    """One abstract with the role of each of its sentences."""

    id: str
    sentences: tuple[str, ...]
    roles: tuple[Role, ...]


class Text(NamedTuple):
    """One document of a collection."""

    title: str
    body: str


class Collection(NamedTuple):
    """Documents to search, queries, and which documents answer each."""

    texts: dict[str, Text]
    queries: dict[str, str]
    relevant: dict[str, frozenset[str]]
    """Query id to document ids; as many entries as `queries`."""


def text_of(item: StanceItem) -> str:
    """The item's sentences as one text."""
    return " ".join(item.sentences).strip()


def windows_of(item: StanceItem) -> tuple[Passage, ...]:
    """The item's document as the library would split it; no window where there is no text."""
    text = text_of(item)
    if not text:
        return ()
    whole = Section(title="Abstract", start=0, end=len(text), kind="abstract")
    paper = Paper(id=item.document, title=item.title)
    document = Document(paper=paper, text=text, sections=(whole,), basis="abstract")
    return tuple(split_passages(document))


def request_of(item: StanceItem) -> JudgeRequest:
    """The item as a judge is asked about it; the claim's own quote plays no part in judging."""
    quote = Quote(passage_id="-", paper_id="-", start=0, end=1, text="-")
    claim = Claim(id=item.id, text=item.claim, quote=quote, paper_id="-", relevance=1.0)
    return JudgeRequest(claim=claim, windows=windows_of(item))
