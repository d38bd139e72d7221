"""Small invented sets in the published formats, for the tests of the harness."""

import json
from collections.abc import Iterable
from pathlib import Path

ROOFS = {
    1: ("Planted roofs", ["Roofs were planted with moss.", "Rooms below were 2.1 degrees cooler."]),
    2: ("White paint", ["Walls were painted white.", "Indoor heat did not change."]),
    3: ("Bees in towns", ["Bees visited balconies.", "Visits rose with the number of flowers."]),
}


def jsonl(path: Path, rows: Iterable[object]) -> Path:
    """Write one JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def corpus(folder: Path, key: str = "doc_id") -> None:
    """The documents of a set."""
    jsonl(folder / "corpus.jsonl",
          [{key: id_ if key == "doc_id" else f"c{id_}", "title": title, "abstract": sentences}
           for id_, (title, sentences) in ROOFS.items()])  # fmt: skip


def evidence(document: int, label: str, *sentences: int) -> dict[str, object]:
    """One document's evidence."""
    return {str(document): [{"sentences": list(sentences), "label": label}]}


def scifact(folder: Path, split: str = "dev") -> Path:
    """Three claims, four pairs: supported, contradicted, and two neutral ones."""
    corpus(folder)
    jsonl(folder / f"claims_{split}.jsonl", [
        {"id": 1, "claim": "Moss on roofs cools rooms.", "cited_doc_ids": [1, 3, 1],
         "evidence": evidence(1, "SUPPORT", 0, 1)},
        {"id": 2, "claim": "White walls lower indoor heat.", "cited_doc_ids": [2],
         "evidence": evidence(2, "REFUTE", 1)},
        {"id": 3, "claim": "Bees avoid towers.", "cited_doc_ids": [3], "evidence": {}},
    ])  # fmt: skip
    return folder


def citation_integrity(folder: Path) -> Path:
    """One citing sentence with markers."""
    corpus(folder)
    claim = "Moss cools rooms [<|multi_cit|>,7], as it does cellars (Lee et al., <|cit|>)."
    jsonl(folder / "claims_dev.jsonl", [
        {"id": 0, "claim": claim, "cited_doc_ids": [1], "evidence": evidence(1, "SUPPORT", 1)}
    ])  # fmt: skip
    return folder


def check_covid(folder: Path) -> Path:
    """One claim of each stance."""
    corpus(folder, key="cord_id")
    labels = ("SUPPORT", "REFUTE", "NOTENOUGHINFO")
    jsonl(folder / "dev.jsonl", [
        {"id": f"x_{number}", "claim": f"Claim {number}. ", "cord_id": f"c{number}",
         "label": label, "evidence_set": [{"sent_index": 1}, {"sent_index": 9}], "is_auth": True}
        for number, label in enumerate(labels, start=1)
    ])  # fmt: skip
    return folder


def contrast(folder: Path) -> Path:
    """Two pairs about one note and one about another."""
    base = {"evidence": "Moss held water. It cooled the rooms below.", "note": "moss"}
    jsonl(folder / "pairs.jsonl", [
        {"id": "p1", **base, "claim": "Moss cools.", "label": "supports", "phenomenon": "entity"},
        {"id": "p2", **base, "claim": "Moss heats.", "label": "contradicts",
         "phenomenon": "direction"},
        {"id": "p3", "note": "bees", "evidence": "Bees fly.", "claim": "Bees sing.",
         "label": "neutral", "phenomenon": "topic"},
    ])  # fmt: skip
    return folder


def recorded(path: Path) -> Path:
    """Verdicts of two models on three of the four pairs of the SciFact-like set."""
    say = {"s": "SUPPORTS", "r": "REFUTES", "n": "NOT_ENOUGH_INFO", "-": None}
    return jsonl(path, [
        {"id": id_, "doc_id": document, "verdicts": {"big": say[big], "small": say[small]}}
        for id_, document, big, small in (
            (1, "1", "s", "s"), (2, "2", "r", "s"), (3, "3", "n", "-"),
        )
    ])  # fmt: skip


def csabstruct(folder: Path, split: str) -> Path:
    """Two abstracts of three sentences."""
    roles = ["background", "method", "result"]
    jsonl(folder / f"{split}.jsonl", [
        {"abstract_id": 0, "sentences": ["Heat harms.", "We planted moss.", "Rooms cooled."],
         "labels": roles, "confs": [1, 1, 1]},
        {"abstract_id": 0, "sentences": ["Bees matter.", "We counted bees.", "Bees rose."],
         "labels": roles, "confs": [1, 1, 1]},
    ])  # fmt: skip
    return folder


def beir(folder: Path, qrels: str = "query-id\tcorpus-id\tscore\nq1\t1\t1\nq2\t2\t1\n") -> Path:
    """Three documents and two judged queries."""
    corpus(folder)
    jsonl(folder / "beir" / "queries.jsonl", [
        {"_id": "q1", "text": "planted roofs cooler rooms", "metadata": {}},
        {"_id": "q2", "text": "walls painted white", "metadata": {}},
        {"_id": "q9", "text": "nobody judged this", "metadata": {}},
    ])  # fmt: skip
    (folder / "beir" / "qrels_test.tsv").write_text(qrels, encoding="utf-8")
    return folder
