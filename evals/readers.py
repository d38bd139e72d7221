"""Reads labelled sets in the formats that they are published in, told apart by their contents.

SciFact and Citation-Integrity (claims_SPLIT.jsonl, corpus.jsonl), Check-COVID (SPLIT.jsonl,
corpus.jsonl), contrast pairs (one JSONL file), CSAbstruct (SPLIT.jsonl), BEIR (corpus.jsonl,
queries.jsonl and qrels_SPLIT.tsv, the latter two also in beir/).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar, get_args

from pydantic import AliasChoices, BaseModel, Field, ValidationError

from assignee.engines.roles import Role
from assignee.errors import ReadingError, SettingsError
from assignee.evals.items import Collection, RoleItem, StanceItem, Text
from assignee.reading.sentences import sentence_spans
from assignee.records import Stance

SetName = Literal["scifact", "check-covid", "citation-integrity", "contrast"]
SETS: tuple[SetName, ...] = get_args(SetName)

LABELS: dict[str, Stance] = {
    "SUPPORT": "supports",
    "REFUTE": "contradicts",
    "CONTRADICT": "contradicts",
    "NOTENOUGHINFO": "neutral",
}
MARKER = re.compile(r"<\|\w+\|>")
CITED = re.compile(r"\s*[\[(][\d\s,;–-]*(?:<\|\w+\|>[\d\s,;–-]*)+[\])]|\s*<\|\w+\|>(?:[,–-]\d+)*")
"""A citation: its bracket with all the numbers beside the marker, or a bare marker."""
LEFT_OPEN = re.compile(r"[,;]\s*(?=[\])])")
"""What stands before a bracket's end once the marker is gone: (Lee et al., )."""

DocId = int | str


class _Rationale(BaseModel):
    sentences: list[int]
    label: Literal["SUPPORT", "REFUTE", "CONTRADICT"]


class _CitedClaim(BaseModel):
    """A claim of SciFact or Citation-Integrity."""

    id: DocId
    claim: str
    evidence: dict[str, list[_Rationale]]
    cited_doc_ids: list[DocId]


class _Abstract(BaseModel):
    """A document of SciFact, Citation-Integrity or Check-COVID."""

    id: DocId = Field(validation_alias=AliasChoices("doc_id", "cord_id"))
    title: str | None = ""
    abstract: list[str]


class _Sentence(BaseModel):
    sent_index: int


class _CovidClaim(BaseModel):
    """A claim of Check-COVID."""

    id: DocId
    claim: str
    cord_id: str
    label: Literal["SUPPORT", "REFUTE", "NOTENOUGHINFO"]
    evidence_set: list[_Sentence] = []


class _Pair(BaseModel):
    """A contrast pair."""

    id: DocId
    note: str
    claim: str
    evidence: str
    label: Stance
    phenomenon: str = ""


class _Roles(BaseModel):
    """An abstract of CSAbstruct."""

    sentences: list[str]
    labels: list[Role]


class _Query(BaseModel):
    """A query of BEIR."""

    id: str = Field(validation_alias="_id")
    text: str


class _BeirText(BaseModel):
    """A document of BEIR, or of SciFact, whose abstract is a list."""

    id: DocId = Field(validation_alias=AliasChoices("_id", "doc_id"))
    title: str | None = ""
    text: str = ""
    abstract: list[str] = []


Row = TypeVar("Row", bound=BaseModel)


class Line(NamedTuple):
    """One line of a file that is not blank."""

    number: int
    text: str


def lines_of(path: Path) -> Iterator[Line]:
    """The lines of a text file that are not blank, with their numbers.

    Raises:
        ReadingError: the file is missing or is not UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ReadingError(str(path), "no such file") from None
    except UnicodeDecodeError as error:
        raise ReadingError(str(path), f"it is not UTF-8 at byte {error.start}") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield Line(number, line)


def rows_of(path: Path, model: type[Row]) -> Iterator[Row]:
    """The records of a JSONL file.

    Raises:
        ReadingError: a line is no JSON object of that form; it names the line and what is wrong.
    """
    for number, line in lines_of(path):
        try:
            yield model.model_validate_json(line)
        except ValidationError as error:
            raise damaged(path, number, fault(error)) from None


def damaged(path: Path, number: int, why: str) -> ReadingError:
    """The error that names a line of a file."""
    return ReadingError(str(path), f"line {number}: {why}")


def fault(error: ValidationError) -> str:
    """The first thing that is wrong with a record, in one clause."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]


def stance_items(folder: Path, *, name: SetName | None = None, split: str) -> list[StanceItem]:
    """The items of one set in a folder, or in one of its subfolders.

    Args:
        folder: the set's folder, a folder of such folders, or a file of contrast pairs.
        name: which set; may be left out where only one is there.
        split: such as `dev`; contrast pairs have none.

    Raises:
        SettingsError: no set is recognised there, or several are and none is named.
        ReadingError: a file is damaged.
    """
    found = recognised(folder, split)
    places = [place for place, kind in found.items() if name in (None, kind)]
    if len(places) == 1:
        kind = found[places[0]]
        readers = {"check-covid": check_covid, "contrast": contrast}
        return readers.get(kind, cited)(places[0], split)
    what = f"the set {name!r}" if name else "a labelled set"
    if not places:
        raise SettingsError(f"{what} with the split {split!r} was not found in {str(folder)!r}: "
                            f"known are the formats of {', '.join(SETS)}")  # fmt: skip
    several = ", ".join(f"{found[place]} in {place.name!r}" for place in places)
    raise SettingsError(f"{str(folder)!r} holds several sets ({several}): choose with --name or "
                        "name the folder of one")  # fmt: skip


def recognised(folder: Path, split: str) -> dict[Path, SetName]:
    """Files or folders that hold a labelled set, with its kind: the folder itself, or those in it.

    Raises:
        SettingsError: there is no such file or folder.
    """
    if not folder.exists():
        raise SettingsError(f"there is no file or folder {str(folder)!r}")
    if own := kind_of(folder, split):
        return {folder: own}
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    return {place: kind for place in inside if (kind := kind_of(place, split))}


def kind_of(place: Path, split: str) -> SetName | None:
    """Which set a file or folder holds, told by its files and the first line."""
    if place.is_file():
        pairs = place.suffix == ".jsonl" and {"note", "claim", "evidence"} <= fields_of(place)
        return "contrast" if pairs else None
    if (claims := place / f"claims_{split}.jsonl").is_file():
        marked = MARKER.search(claims.read_text(encoding="utf-8", errors="replace"))
        return "citation-integrity" if marked else "scifact"
    if (claims := place / f"{split}.jsonl").is_file() and "cord_id" in fields_of(claims):
        return "check-covid"
    return None


def fields_of(path: Path) -> set[str]:
    """The keys of the first record of a JSONL file; none where it cannot be read."""
    with path.open(encoding="utf-8", errors="replace") as file:
        try:
            first = json.loads(file.readline())
        except ValueError:
            return set()
    return set(first) if isinstance(first, dict) else set()


def corpus_of(folder: Path) -> dict[str, _Abstract]:
    """The abstracts of a set by id."""
    return {str(row.id): row for row in rows_of(folder / "corpus.jsonl", _Abstract)}


def cited(folder: Path, split: str) -> list[StanceItem]:
    """SciFact or Citation-Integrity: every cited pair; without evidence the stance is neutral.

    Markers of citations are taken out of the claims.
    """
    path = folder / f"claims_{split}.jsonl"
    kind = kind_of(folder, split) or "scifact"
    corpus, items = corpus_of(folder), []
    for row in rows_of(path, _CitedClaim):
        for document in dict.fromkeys(map(str, row.cited_doc_ids)):
            evidence = row.evidence.get(document, [])
            abstract = known(corpus, document, path, row.id)
            marked = sorted({index for piece in evidence for index in piece.sentences})
            gold = LABELS[evidence[0].label] if evidence else "neutral"
            items.append(stance_item(kind, row.id, without_markers(row.claim), document,
                                     abstract, gold=gold, rationale=marked))  # fmt: skip
    return items


def check_covid(folder: Path, split: str) -> list[StanceItem]:
    """Check-COVID: each claim with the sentences of an abstract that were judged.

    The whole abstract would not do: every neutral claim there is a supported or refuted one once
    more, with the same abstract and another of its sentences.
    """
    path = folder / f"{split}.jsonl"
    corpus, items = corpus_of(folder), []
    for row in rows_of(path, _CovidClaim):
        gold = LABELS[row.label]
        abstract = known(corpus, row.cord_id, path, row.id)
        marked = sorted({piece.sent_index for piece in row.evidence_set})
        shown = [abstract.abstract[place] for place in marked if place < len(abstract.abstract)]
        judged = abstract.model_copy(update={"abstract": shown or abstract.abstract})
        rationale = [] if gold == "neutral" else list(range(len(shown)))
        items.append(stance_item("check-covid", row.id, row.claim, row.cord_id, judged,
                                 gold=gold, rationale=rationale))  # fmt: skip
    return items


def contrast(path: Path, split: str) -> list[StanceItem]:  # noqa: ARG001 - there are no splits
    """Contrast pairs; those of one note are one group."""
    return [
        StanceItem(
            set="contrast",
            id=str(row.id),
            claim=row.claim,
            document=row.note,
            title=row.note,
            sentences=tuple(row.evidence[a:b] for a, b in sentence_spans(row.evidence)),
            gold=row.label,
            phenomenon=row.phenomenon,
        )
        for row in rows_of(path, _Pair)
    ]


def known(corpus: dict[str, _Abstract], document: str, path: Path, claim: DocId) -> _Abstract:
    """The abstract of that id.

    Raises:
        ReadingError: the corpus has none; it names the claim.
    """
    if document not in corpus:
        raise ReadingError(
            str(path), f"claim {claim} names document {document}, which corpus.jsonl does not have"
        )
    return corpus[document]


def stance_item(
    kind: str,
    id_: DocId,
    claim: str,
    document: str,
    abstract: _Abstract,
    *,
    gold: Stance,
    rationale: list[int],
) -> StanceItem:
    """An item about an abstract; marks that lie outside its sentences are left out."""
    sentences = tuple(" ".join(sentence.split()) for sentence in abstract.abstract)
    return StanceItem(
        set=kind,
        id=str(id_),
        claim=claim.strip(),
        document=document,
        title=abstract.title or "",
        sentences=sentences,
        gold=gold,
        rationale=tuple(index for index in rationale if 0 <= index < len(sentences)),
    )


def without_markers(claim: str) -> str:
    """A citing sentence without the markers of its citations and the brackets around them.

    >>> without_markers("It was seen before [<|multi_cit|>,7], also in mice<|cit|>.")
    'It was seen before, also in mice.'
    """
    return " ".join(LEFT_OPEN.sub("", CITED.sub("", claim)).split())


def role_items(folder: Path, split: str) -> list[RoleItem]:
    """The abstracts of one split of CSAbstruct, numbered by line: its own ids repeat.

    Raises:
        ReadingError: a file is missing or damaged.
    """
    path, items = folder / f"{split}.jsonl", []
    for number, row in enumerate(rows_of(path, _Roles), start=1):
        if len(row.sentences) != len(row.labels):
            counts = f"{len(row.sentences)} sentences but {len(row.labels)} labels"
            raise ReadingError(str(path), f"record {number} has {counts}")
        items.append(RoleItem(str(number), tuple(row.sentences), tuple(row.labels)))
    return items


def collection(folder: Path, split: str) -> Collection:
    """BEIR's files, or SciFact's corpus with BEIR's queries; only queries with an answer.

    Raises:
        ReadingError: a file is missing or damaged, or no query has an answer.
    """
    beside = folder / "beir" if (folder / "beir").is_dir() else folder
    texts = {}
    for row in rows_of(folder / "corpus.jsonl", _BeirText):
        texts[str(row.id)] = Text(row.title or "", row.text or " ".join(row.abstract))
    relevant = judgements(qrels_file(beside, split), texts)
    asked = {row.id: row.text for row in rows_of(beside / "queries.jsonl", _Query)}
    if missing := relevant.keys() - asked.keys():
        raise ReadingError(
            str(beside / "queries.jsonl"), f"the judged query {min(missing)} is not there"
        )
    return Collection(texts, {query: asked[query] for query in relevant}, relevant)


def qrels_file(folder: Path, split: str) -> Path:
    """The file of relevance judgements: qrels_SPLIT.tsv, or BEIR's own qrels/SPLIT.tsv."""
    nested = folder / "qrels" / f"{split}.tsv"
    return nested if nested.is_file() else folder / f"qrels_{split}.tsv"


def judgements(path: Path, texts: dict[str, Text]) -> dict[str, frozenset[str]]:
    """Which documents answer each query: `query document relevance`, or TREC's four columns.

    Raises:
        ReadingError: a line has another form, or names an unknown document.
    """
    found: dict[str, set[str]] = {}
    for number, line in lines_of(path):
        fields = line.split()
        header = number == 1 and not fields[-1].lstrip("-").isdigit()
        if header:
            continue
        if len(fields) not in (3, 4) or not fields[-1].lstrip("-").isdigit():
            raise damaged(path, number, "not `query document relevance`, nor TREC's four columns")
        if fields[-2] not in texts:
            raise damaged(path, number, f"document {fields[-2]} is not in corpus.jsonl")
        if int(fields[-1]) > 0:
            found.setdefault(fields[0], set()).add(fields[-2])
    if not found:
        raise ReadingError(str(path), "no query has an answer")
    return {query: frozenset(documents) for query, documents in found.items()}
