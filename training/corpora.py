"""Reads the training sets into pairs; where each comes from is said in training/README.md."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

SUPPORTS, CONTRADICTS, NEUTRAL = 0, 1, 2
"""Classes of the stance head."""


class Pair(NamedTuple):
    """A claim and a text, with what the text says of the claim."""

    claim: str
    evidence: str
    stance: int
    relevant: float
    """1 where the text decides the claim, 0 where it does not, `nan` where nobody knows."""
    source: str


class Judged(NamedTuple):
    """A claim and one abstract as annotators judged them."""

    claim: str
    document: str
    title: str
    sentences: tuple[str, ...]
    stance: int
    rationales: tuple[tuple[int, ...], ...]
    """Sets of sentences, each enough to decide; of a neutral pair, the ones that were judged."""


NLI = {"entailment": SUPPORTS, "contradiction": CONTRADICTS, "neutral": NEUTRAL}
CITED = {"SUPPORT": SUPPORTS, "REFUTE": CONTRADICTS}
BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": '"', "''": '"'}
CITATION = re.compile(r"\s*<\|(?:multi_|other_)?cit\|>[,\d\s–-]*")
NAN = float("nan")


def kept_back(document: str) -> bool:
    """Whether a training document is left out of training: every eighth, by its name's checksum."""
    return crc32(document.encode()) % 8 == 0


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file, compressed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def nli(folder: Path, names: Sequence[str]) -> list[Pair]:
    """MultiNLI, SNLI and FEVER. FEVER's two classes are supported and refuted claims."""
    found = []
    for name in names:
        for row in rows(folder / f"{name}.jsonl"):
            if name == "fever_dev":
                stance = SUPPORTS if row["label"] == "entailment" else CONTRADICTS
                found.append(Pair(row["claim"], plain(row["evidence"]), stance, 1.0, "fever"))
            elif row["label"] in NLI:
                stance = NLI[row["label"]]
                found.append(Pair(row["hypothesis"], row["premise"], stance, NAN, name[:-4]))
    return found


def plain(text: str) -> str:
    """Text without the bracket codes of treebanks."""
    return " ".join(BRACKETS.get(word, word) for word in text.split())


def scifact(folder: Path, split: str, name: str = "scifact") -> list[Judged]:
    """Every cited pair of claim and abstract; without evidence the abstract is neutral.

    Citation-Integrity comes in the same format.
    """
    corpus = {str(row["doc_id"]): row for row in rows(folder / "corpus.jsonl")}
    found = []
    for row in rows(folder / f"claims_{split}.jsonl"):
        for cited in row["cited_doc_ids"]:
            document = corpus[str(cited)]
            evidence = row["evidence"].get(str(cited), [])
            found.append(
                Judged(
                    " ".join(CITATION.sub("", row["claim"]).replace("[]", "").split()),
                    f"{name}:{cited}",
                    document.get("title") or "",
                    tuple(sentence.strip() for sentence in document["abstract"]),
                    CITED[evidence[0]["label"]] if evidence else NEUTRAL,
                    tuple(tuple(piece["sentences"]) for piece in evidence),
                )
            )
    return found


def cited_in_development(folder: Path) -> set[str]:
    """Ids of the documents of SciFact's corpus that its development claims cite."""
    claims = rows(folder / "claims_dev.jsonl")
    return {str(cited) for claim in claims for cited in claim["cited_doc_ids"]}


def check_covid(folder: Path, split: str) -> list[Judged]:
    """News claims on COVID-19, each with the sentences of an abstract that were judged.

    Its neutral claims are the refuted or supported ones once more, beside another sentence of the
    same abstract: of these the sentence is neutral, not the abstract.
    """
    corpus = {row["cord_id"]: row for row in rows(folder / "corpus.jsonl")}
    found = []
    for row in rows(folder / f"{split}.jsonl"):
        document = corpus[row["cord_id"]]
        sentences = tuple(sentence.strip() for sentence in document["abstract"])
        marked = [e["sent_index"] for e in row["evidence_set"] if e["sent_index"] < len(sentences)]
        found.append(
            Judged(
                row["claim"].strip(),
                f"check-covid:{row['cord_id']}",
                document["title"] or "",
                sentences,
                CITED.get(row["label"], NEUTRAL),
                (tuple(marked),) if marked else (),
            )
        )
    return found


HEADINGS = {
    "background": "BACKGROUND CONTEXT INTRODUCTION IMPORTANCE RATIONALE MOTIVATION",
    "objective": "OBJECTIVE OBJECTIVES PURPOSE AIM AIMS",
    "method": "METHODS METHOD DESIGN SETTING SETTINGS PARTICIPANTS PATIENTS SUBJECTS MATERIALS "
    "INTERVENTION INTERVENTIONS MEASUREMENTS EXPOSURES MAIN DATA METHODOLOGY/PRINCIPAL",
    "result": "RESULTS FINDINGS CONCLUSION CONCLUSIONS INTERPRETATION DISCUSSION "
    "CONCLUSIONS/SIGNIFICANCE",
    "other": "FUNDING TRIAL AVAILABILITY",
}
ROLE_OF_HEADING = {word: role for role, words in HEADINGS.items() for word in words.split()}
MORE_WORDS = {
    *ROLE_OF_HEADING,
    *"AND & OF OUTCOME OUTCOMES MEASURE MEASURES SOURCES COLLECTION EXTRACTION SELECTION".split(),
    *"REGISTRATION STUDY REVIEW RELEVANCE ANALYSIS SYNTHESIS PRINCIPAL".split(),
}
"""A heading has one of the words above first and then any of these."""


class Told(NamedTuple):
    """The sentences of one abstract with their roles."""

    sentences: tuple[str, ...]
    roles: tuple[str, ...]
    weights: tuple[float, ...]
    """How much each label is to be believed, (0, 1]."""


def cs_abstracts(folder: Path, split: str) -> list[Told]:
    """CSAbstruct; a label weighs as much as its annotators agreed."""
    return [
        Told(tuple(row["sentences"]), tuple(row["labels"]), tuple(row["confs"]))
        for row in rows(folder / f"{split}.jsonl")
    ]


def headed_abstracts(folder: Path, without: set[str]) -> list[Told]:
    """SciFact's abstracts whose authors named the parts ("METHODS ..."); the names are cut off.

    A sentence has the role of the last heading before it. A heading of two parts ("METHODS AND
    RESULTS") is no label, and an abstract with one is left out.
    """
    found = []
    for row in rows(folder / "corpus.jsonl"):
        if not row["structured"] or str(row["doc_id"]) in without:
            continue
        told = _headed([sentence.strip() for sentence in row["abstract"]])
        if told:
            found.append(told)
    return found


def _headed(sentences: Sequence[str]) -> Told | None:
    role, kept, roles = "", [], []
    for sentence in sentences:
        words = sentence.split()
        heading = list(takewhile(lambda word: word.strip(":,") in MORE_WORDS, words))
        if heading and heading[0].strip(":,") in ROLE_OF_HEADING:
            if {"RESULTS", "FINDINGS"} & {word.strip(":,") for word in heading[1:]}:
                return None
            role = ROLE_OF_HEADING[heading[0].strip(":,")]
            sentence = " ".join(words[len(heading) :])
        if not role:
            return None
        if sentence:
            kept.append(sentence)
            roles.append(role)
    return Told(tuple(kept), tuple(roles), (0.5,) * len(kept)) if len(set(roles)) > 2 else None
