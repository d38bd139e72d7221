"""Exports a trained network to one int8 ONNX file, and measures what the quantisation costs.

    python training/export_heads.py stance|roles --weights FILE [--out DIR]

How it quantises is said in onnx_graph.py.
"""

import argparse
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from onnx_graph import Encoder, Floats

MODELS = Path(__file__).parent.parent / "assignee/engines/models"
STANCE_TOKENS, ROLE_TOKENS = 256, 512


def weights(file: Path) -> dict[str, Floats]:
    """The trained weights by the names that the exporter knows."""
    state = torch.load(file, weights_only=True)
    found = {name: value.numpy() for name, value in state.items()}
    # The exporter knows an encoder's parts by the published names.
    return {name.removeprefix("encoder."): value for name, value in found.items()}


def stance(trained: dict[str, Floats], *, quantise: bool) -> onnx.ModelProto:
    """input_ids, attention_mask, token_type_ids: (batch, tokens) -> logits: (batch, 4)."""
    encoder = Encoder(trained, quantise=quantise, types=True, positions=STANCE_TOKENS)
    states, graph = encoder.states(), encoder.graph
    mask = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    kinds = graph.node("Cast", "token_type_ids", to=TensorProto.FLOAT)
    first = graph.node("Sub", graph.scalar(1.0), kinds)
    claim = mean(encoder, states, graph.node("Mul", mask, first))
    evidence = mean(encoder, states, graph.node("Mul", mask, kinds))
    head = graph.node("Gather", states, graph.scalar(0, np.int64), axis=1)
    apart = graph.node("Abs", graph.node("Sub", claim, evidence))
    common = graph.node("Mul", claim, evidence)
    both = graph.node("Concat", head, claim, evidence, apart, common, axis=1)
    hidden = graph.node("Tanh", encoder.linear("dense", encoder.tokens_as_bytes(both)))
    out = graph.constant("out", trained["out.weight"].T)
    last = graph.node("MatMul", hidden, out)
    graph.nodes.append(
        helper.make_node("Add", [last, encoder.bias("out")], ["logits"], name="logits")
    )
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 4])
    return encoder.finished("stance", output)


def mean(encoder: Encoder, states: str, mask: str) -> str:
    """The mean of the vectors under a mask, (batch, HIDDEN)."""
    graph = encoder.graph
    total = graph.node("MatMul", graph.node("Unsqueeze", mask, graph.axis(1)), states)
    total = graph.node("Squeeze", total, graph.axis(1))
    count = graph.node("ReduceSum", mask, graph.axis(1), keepdims=1)
    return graph.node("Div", total, graph.node("Max", count, graph.scalar(1.0)))


def roles(trained: dict[str, Floats], *, quantise: bool) -> onnx.ModelProto:
    """input_ids, attention_mask: (batch, tokens) -> logits: (batch, tokens, 5)."""
    encoder = Encoder(trained, quantise=quantise, positions=ROLE_TOKENS)
    states, graph = encoder.states(), encoder.graph
    last = graph.node("MatMul", states, graph.constant("out", trained["out.weight"].T))
    graph.nodes.append(
        helper.make_node("Add", [last, encoder.bias("out")], ["logits"], name="logits")
    )
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "tokens", 5])
    return encoder.finished("roles", output)


BUILDERS: dict[str, tuple[Callable[..., onnx.ModelProto], int]] = {
    "stance": (stance, STANCE_TOKENS),
    "roles": (roles, ROLE_TOKENS),
}


def write(name: str, model: bytes, max_tokens: int, out: Path) -> None:
    """Writes model.onnx and model.json; prints size and digest."""
    digest = hashlib.sha256(model).hexdigest()
    facts = {
        "model_id": f"{name}-minilm-int8@{digest[:12]}",
        "sha256": digest,
        "max_tokens": max_tokens,
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.onnx").write_bytes(model)
    (out / "model.json").write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    print(f"size {len(model):,} bytes\nsha256 {digest}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", choices=sorted(BUILDERS))
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="folder to write; the package's own by default")
    parser.add_argument("--float32", action="store_true", help="do not quantise")
    options = parser.parse_args()
    build, max_tokens = BUILDERS[options.name]
    trained = weights(options.weights)
    model = build(trained, quantise=not options.float32).SerializeToString(True)
    write(options.name, model, max_tokens, options.out or MODELS / options.name)


if __name__ == "__main__":
    main()
