"""Writes a BERT encoder as an ONNX graph, node by node, in float32 or quantised to int8.

No deep-learning framework is needed and nothing is random: the same weights give the same bytes.

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

from typing import NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]

LAYERS, HEADS, HIDDEN = 6, 12, 384
MAX_TOKENS = 256
EPSILON = 1e-12
PAIR_LIMIT = 128
"""Largest sum of two adjacent int8 weights of one sign: 255 * 128 < 2**15."""
GELU_FLOOR = 0.17
"""GELU is nowhere below -0.17: raised by this, its output fills an unsigned byte."""
CONTRIB = "com.microsoft"


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

    def __init__(
        self,
        weights: dict[str, Floats],
        *,
        quantise: bool,
        types: bool = False,
        positions: int = MAX_TOKENS,
    ) -> None:
        self.weights = weights
        self.quantise = quantise
        self.types = types
        self.positions = positions
        self.graph = Graph()

    def states(self) -> str:
        """The vectors of the last layer, (batch, tokens, HIDDEN)."""
        hidden = self.embedded()
        mask = self.graph.node("Cast", "attention_mask", to=TensorProto.INT32)
        for layer in range(LAYERS):
            hidden = self.layer(f"encoder.layer.{layer}.", hidden, mask)
        return hidden

    def finished(self, name: str, output: onnx.ValueInfoProto) -> onnx.ModelProto:
        """The graph with its inputs, which are (batch, tokens)."""
        inputs = ["input_ids", "attention_mask", *(["token_type_ids"] if self.types else [])]
        graph = helper.make_graph(
            self.graph.nodes,
            name,
            [
                helper.make_tensor_value_info(one, TensorProto.INT64, ["batch", "tokens"])
                for one in inputs
            ],
            [output],
            list(self.graph.constants.values()),
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)

    def embedded(self) -> str:
        """Words, positions and types. Without types every token is of type 0, whose row is then
        added to the positions."""
        graph, words = self.graph, self.weights["embeddings.word_embeddings.weight"]
        if self.quantise:
            values, scales = quantised_rows(words)
            rows = graph.node("Gather", graph.constant("words", values), "input_ids")
            rows = graph.node("Cast", rows, to=TensorProto.FLOAT)
            scale = graph.node("Gather", graph.constant("words.scales", scales), "input_ids")
            rows = graph.node("Mul", rows, scale)
        else:
            rows = graph.node("Gather", graph.constant("words", words), "input_ids")
        places = self.weights["embeddings.position_embeddings.weight"][: self.positions]
        kinds = self.weights["embeddings.token_type_embeddings.weight"]
        if self.types:
            kind = graph.node("Gather", graph.constant("types", kinds), "token_type_ids")
            rows = graph.node("Add", rows, kind)
        else:
            places = places + kinds[0]
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
