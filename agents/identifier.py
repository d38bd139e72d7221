"""The identifier: tells which records are one work, and takes each work into the library once."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from assignee.agents.retriever import take_in
from assignee.identity import Merged, merged, same
from assignee.library import Library
from assignee.records import Document, Hit, Paper, Record, Section

LOCAL = "local"
"""What papers of the user's own are called among the sources of a paper."""


class Members(Record):
    """Which work each record was taken for, so that a work keeps its id when more is known."""

    of: dict[str, str]
    """Digest of a `Hit` to the paper's id."""


class Identified(NamedTuple):
    """All works that the records describe."""

    works: dict[str, Merged]
    """By the paper's id, which `Merged.paper` has too."""
    same_as: dict[str, str]
    """Id of a paper that turned out to be another one, to that one's id."""
    members: Members
    warnings: tuple[str, ...]


def at_hand(papers: Sequence[Paper]) -> list[Hit]:
    """Papers of the user's own as records, so that they join the work that they are."""
    return [Hit(source=LOCAL, paper=paper) for paper in papers]


def identified(
    hits: Mapping[str, Hit], *, known: Mapping[str, str] | None = None, read: Collection[str] = ()
) -> Identified:
    """The works of which databases have a record; papers at hand join them.

    A work keeps the id that it had, or that of the paper at hand. Where it had several, the paper
    that was read gives the id, and the others are named in `same_as`.

    Args:
        hits: digest to record, of all rounds; those of papers at hand too.
        known: `Members.of` of the last time.
        read: ids of papers that were read closely.
    """
    known, digests, records = known or {}, list(hits), list(hits.values())
    found = same(records)
    groups = []
    for places in found.groups:
        local = {records[place].paper.id for place in places if records[place].source == LOCAL}
        if all(records[place].source == LOCAL for place in places):
            continue
        members = [digests[place] for place in places]
        former = local | {known[digest] for digest in members if digest in known}
        ranked = sorted(former, key=partial(_by_claim, read=read, local=local))
        groups.append((ranked, members, merged([records[place] for place in places])))
    works: dict[str, Merged] = {}
    of: dict[str, str] = {}
    others: dict[str, str] = {}
    for former_ids, members, work in sorted(groups, key=lambda group: not group[0]):
        id_ = _free_id(former_ids, work.paper, works)
        paper = work.paper.model_copy(update={"id": id_})
        works[id_] = work.model_copy(update={"paper": paper})
        of |= dict.fromkeys(members, id_)
        others |= dict.fromkeys(former_ids, id_)
    same_as = {other: id_ for other, id_ in others.items() if other not in works}
    return Identified(works, same_as, Members(of=of), found.warnings)


def _by_claim(id_: str, *, read: Collection[str], local: Collection[str]) -> tuple[bool, bool, str]:
    """Which of several ids a work keeps: one that was read, one at hand, any."""
    return id_ not in read, id_ not in local, id_


def _free_id(former: Sequence[str], paper: Paper, taken: Collection[str]) -> str:
    """The id of a work: one that it had, else its own; two works never share one."""
    unlike = Paper.make_id(paper.kind, f"{paper.identity} {paper.title}")
    return next((id_ for id_ in (*former, paper.id) if id_ not in taken), unlike)


def take_in_works(found: Identified, library: Library, *, leave_out: Collection[str] = ()) -> None:
    """Take the works in: new ones by title and abstract, of known ones what is said of them.

    The text of a paper that is there already stays, so that quotes of it stand; only a paper
    without any statement gets the abstract. Notices that its text bore stay too.
    """
    works = {id_: work for id_, work in found.works.items() if id_ not in leave_out}
    for other, id_ in found.same_as.items():
        paper = found.works[id_].paper.model_copy(update={"id": other})
        works[other] = found.works[id_].model_copy(update={"paper": paper})
    kept = {paper.id: paper for paper in library.papers(list(works))}
    told = {passage.paper_id: passage.basis for passage in library.passages(list(kept))}
    documents = []
    for id_, work in works.items():
        if id_ not in told and (id_ not in kept or work.abstract) and id_ not in found.same_as:
            documents.append(abstract_document(work))
        elif id_ in kept and kept[id_] != (paper := work.paper.with_notices(kept[id_].notices)):
            documents.append(
                Document(
                    paper=paper,
                    text=library.text(id_),
                    sections=tuple(library.sections(id_)),
                    basis=told.get(id_, "abstract"),
                )
            )
    take_in(documents, library)


def abstract_document(work: Merged) -> Document:
    """Title and abstract as a document; without an abstract it has no passage."""
    title, abstract = work.paper.title, work.abstract or ""
    text = f"{title}\n\n{abstract}" if abstract else title
    section = Section(title="Abstract", start=len(text) - len(abstract), end=len(text),
                      kind="abstract")  # fmt: skip
    return Document(
        paper=work.paper, text=text, sections=(section,) if abstract else (), basis="abstract"
    )
