"""Writes a checkpoint as the two ONNX graphs of Optimum's layout, in float32 or with 8-bit weights.

`encoder_model.onnx`: `input_ids`, `attention_mask` -> `last_hidden_state`.
`decoder_model_merged.onnx`: one pass over new target ids. On the first pass (`use_cache_branch` false) what is fed as past
is not looked at; keys and values of the source are made then, and given back unchanged at every later pass.

8-bit weights are `MatMulNBits` in blocks of 64 with one scale each. The embedding table is kept once a file: the same
numbers are looked up for the input and multiplied for the output.
"""

from math import sqrt
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper
from torch import Tensor

from model import Shape, sinusoids

BLOCK = 64
HIDDEN = -1e9
CONTRIB = "com.microsoft"


def quantize(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[rows, width] as uint8 around 128, [rows, blocks, 64], and scales [rows, blocks]."""
    blocks = weight.reshape(weight.shape[0], -1, BLOCK)
    scales = np.maximum(np.abs(blocks).max(axis=-1, keepdims=True), 1e-8) / 127
    return (np.rint(blocks / scales) + 128).astype(np.uint8), scales[..., 0].astype(np.float32)


class Graph:
    """Nodes of one graph in the order of computing; weights by the names of the checkpoint."""

    def __init__(self, shape: Shape, weights: dict[str, Tensor], quantized: bool):
        self.shape, self.quantized = shape, quantized
        self.weights = {name: value.float().cpu().numpy() for name, value in weights.items()}
        self.initializers: dict[str, onnx.TensorProto] = {}
        self.nodes: list[onnx.NodeProto] = []
        self.made = 0

    def constant(self, values: np.ndarray, name: str = "") -> str:
        name = name or f"constant_{values.dtype}_{'_'.join(map(str, values.shape))}_{values.tobytes().hex()[:200]}"
        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, dtype=np.int64))

    def number(self, value: float) -> str:
        return self.constant(np.array(value, dtype=np.float32))

    def node(self, operator: str, inputs: list[str], name: str = "", domain: str = "", **attributes: object) -> str:
        self.made += 1
        name = name or f"{operator.lower()}_{self.made}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=f"{name}_node", domain=domain, **attributes))
        return name

    def multiply(self, x: str, name: str) -> str:
        """`x` times the transpose of the checkpoint's [outputs, inputs] matrix."""
        weight = self.weights[name]
        if not self.quantized:
            return self.node("MatMul", [x, self.constant(weight.T, f"{name}.transposed")])
        values, scales = self.packed(name)
        return self.node(
            "MatMulNBits", [x, values, scales], domain=CONTRIB, K=weight.shape[1], N=weight.shape[0], bits=8,
            block_size=BLOCK, accuracy_level=4,
        )

    def packed(self, name: str) -> tuple[str, str]:
        values, scales = quantize(self.weights[name])
        return self.constant(values, f"{name}.packed"), self.constant(scales, f"{name}.scales")

    def shape_of(self, x: str, axis: int) -> str:
        return self.node("Gather", [self.node("Shape", [x]), self.integers(axis)], axis=0)

    def join(self, *values: str | int) -> str:
        """A shape from dimensions known now and dimensions known when it runs."""
        parts = [self.integers(value) if isinstance(value, int) else value for value in values]
        return self.node("Concat", parts, axis=0)

    def embed(self, ids: str, first: str) -> str:
        """Rows of the table, times the root of the width, plus sinusoids from position `first` on."""
        width = self.shape.width
        if self.quantized:
            values, scales = self.packed("embedding.weight")
            rows = self.node("Cast", [self.node("Gather", [values, ids])], to=TensorProto.FLOAT)
            scale = self.node("Unsqueeze", [self.node("Gather", [scales, ids]), self.integers(-1)])
            blocks = self.node("Mul", [self.node("Sub", [rows, self.number(128)]), scale])
            rows = self.node("Reshape", [blocks, self.integers(0, 0, width)])
        else:
            rows = self.node("Gather", [self.constant(self.weights["embedding.weight"], "embedding.weight"), ids])
        table = self.constant(sinusoids(self.shape.positions, width).numpy(), "positions")
        last = self.node("Add", [first, self.shape_of(ids, 1)])
        positions = self.node("Slice", [table, first, last, self.integers(0)])
        return self.node("Add", [self.node("Mul", [rows, self.number(sqrt(width))]), positions])

    def norm(self, x: str, name: str) -> str:
        return self.node("LayerNormalization", [x, self.constant(self.weights[name], name)], axis=-1)

    def heads(self, x: str, name: str = "") -> str:
        """[batch, length, width] to [batch, heads, length, width of a head]."""
        size = self.shape.width // self.shape.heads
        split = self.node("Reshape", [x, self.integers(0, 0, self.shape.heads, size)])
        return self.node("Transpose", [split], name, perm=[0, 2, 1, 3])

    def key_value(self, x: str, name: str) -> list[str]:
        both = self.multiply(x, f"{name}.key_value.weight")
        width = self.shape.width
        slices = [(0, width), (width, 2 * width)]
        return [
            self.heads(self.node("Slice", [both, self.integers(a), self.integers(b), self.integers(2)])) for a, b in slices
        ]

    def attend(self, x: str, name: str, key: str, value: str, mask: str) -> str:
        query = self.heads(self.multiply(x, f"{name}.query.weight"))
        scaled = self.node("Mul", [query, self.number((self.shape.width // self.shape.heads) ** -0.5)])
        scores = self.node("MatMul", [scaled, self.node("Transpose", [key], perm=[0, 1, 3, 2])])
        weights = self.node("Softmax", [self.node("Add", [scores, mask])], axis=-1)
        mixed = self.node("Transpose", [self.node("MatMul", [weights, value])], perm=[0, 2, 1, 3])
        joined = self.node("Reshape", [mixed, self.integers(0, 0, self.shape.width)])
        return self.multiply(joined, f"{name}.output.weight")

    def feed_forward(self, x: str, name: str) -> str:
        return self.multiply(self.node("Relu", [self.multiply(x, f"{name}.widen.weight")]), f"{name}.narrow.weight")

    def add(self, x: str, y: str) -> str:
        return self.node("Add", [x, y])

    def source_mask(self, mask: str) -> str:
        """1 for real and 0 for padding, [batch, source], as what is added to scores."""
        real = self.node("Unsqueeze", [self.node("Cast", [mask], to=TensorProto.FLOAT), self.integers(1, 2)])
        return self.node("Mul", [self.node("Sub", [self.number(1), real]), self.number(HIDDEN)])

    def model(self, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> ModelProto:
        graph = helper.make_graph(self.nodes, "translator", inputs, outputs, list(self.initializers.values()))
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(CONTRIB, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="earshot")
        checker.check_model(model)
        return model


def ids(name: str, *dimensions: str | int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, dimensions)


def floats(name: str, *dimensions: str | int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, dimensions)


def encoder_graph(shape: Shape, weights: dict[str, Tensor], quantized: bool) -> ModelProto:
    graph = Graph(shape, weights, quantized)
    x = graph.embed("input_ids", graph.integers(0))
    mask = graph.source_mask("attention_mask")
    for index in range(shape.encoder_layers):
        name = f"encoder.{index}"
        normal = graph.norm(x, f"{name}.norms.0.weight")
        key, value = graph.key_value(normal, f"{name}.attention")
        x = graph.add(x, graph.attend(normal, f"{name}.attention", key, value, mask))
        x = graph.add(x, graph.feed_forward(graph.norm(x, f"{name}.norms.1.weight"), f"{name}.feed_forward"))
    states = graph.node("Identity", [graph.norm(x, "encoder_norm.weight")], "last_hidden_state")
    inputs = [ids("input_ids", "batch", "source"), ids("attention_mask", "batch", "source")]
    return graph.model(inputs, [floats(states, "batch", "source", shape.width)])


def past_names(shape: Shape) -> list[str]:
    """`0.decoder.key`, `0.decoder.value`, `0.encoder.key`, ... as Optimum orders them."""
    layers = range(shape.decoder_layers)
    return [f"{layer}.{side}.{kind}" for layer in layers for side in ("decoder", "encoder") for kind in ("key", "value")]


def past_or_first(graph: Graph) -> dict[str, str]:
    """What each layer has before this pass: what was fed, or, on the first pass, nothing and the source's projections."""
    shape = graph.shape
    outer, graph.nodes = graph.nodes, []
    names = past_names(shape)
    fed = [graph.node("Identity", [f"past_key_values.{name}"], f"fed.{name}") for name in names]
    then_nodes, graph.nodes = graph.nodes, []
    batch = graph.shape_of("input_ids", 0)
    size = graph.join(batch, shape.heads, 0, shape.width // shape.heads)
    first: dict[str, str] = {}
    for layer in range(shape.decoder_layers):
        source = graph.key_value("encoder_hidden_states", f"decoder.{layer}.cross")
        for kind, projected in zip(("key", "value"), source):
            first[f"{layer}.decoder.{kind}"] = graph.node("ConstantOfShape", [size])
            first[f"{layer}.encoder.{kind}"] = projected
    else_nodes, graph.nodes = graph.nodes, outer
    dimensions = ["batch", shape.heads, "any", shape.width // shape.heads]
    branches = {
        "then_branch": helper.make_graph(then_nodes, "cached", [], [floats(name, *dimensions) for name in fed]),
        "else_branch": helper.make_graph(else_nodes, "first", [], [floats(first[name], *dimensions) for name in names]),
    }
    chosen = [f"before.{name}" for name in names]
    graph.nodes.append(helper.make_node("If", ["use_cache_branch"], chosen, name="first_or_cached", **branches))
    return dict(zip(names, chosen))


def causal_mask(graph: Graph, past: str) -> str:
    """[new, past + new]: each new position sees the past, the new ones before it and itself."""
    zero, one = graph.constant(np.array(0, dtype=np.int64)), graph.constant(np.array(1, dtype=np.int64))
    start = graph.node("Squeeze", [past])
    end = graph.node("Add", [start, graph.node("Squeeze", [graph.shape_of("input_ids", 1)])])
    rows = graph.node("Unsqueeze", [graph.node("Range", [start, end, one]), graph.integers(1)])
    later = graph.node("Greater", [graph.node("Range", [zero, end, one]), rows])
    return graph.node("Mul", [graph.node("Cast", [later], to=TensorProto.FLOAT), graph.number(HIDDEN)])


def decoder_graph(shape: Shape, weights: dict[str, Tensor], quantized: bool) -> ModelProto:
    graph = Graph(shape, weights, quantized)
    before = past_or_first(graph)
    past = graph.shape_of(before["0.decoder.key"], 2)
    x = graph.embed("input_ids", past)
    causal, mask = causal_mask(graph, past), graph.source_mask("encoder_attention_mask")
    for layer in range(shape.decoder_layers):
        name = f"decoder.{layer}"
        normal = graph.norm(x, f"{name}.norms.0.weight")
        after = [
            graph.node("Concat", [before[f"{layer}.decoder.{kind}"], new], f"present.{layer}.decoder.{kind}", axis=2)
            for kind, new in zip(("key", "value"), graph.key_value(normal, f"{name}.attention"))
        ]
        x = graph.add(x, graph.attend(normal, f"{name}.attention", *after, causal))
        source = [
            graph.node("Identity", [before[f"{layer}.encoder.{kind}"]], f"present.{layer}.encoder.{kind}")
            for kind in ("key", "value")
        ]
        x = graph.add(x, graph.attend(graph.norm(x, f"{name}.norms.1.weight"), f"{name}.cross", *source, mask))
        x = graph.add(x, graph.feed_forward(graph.norm(x, f"{name}.norms.2.weight"), f"{name}.feed_forward"))
    scores = graph.multiply(graph.norm(x, "decoder_norm.weight"), "embedding.weight")
    graph.node("Identity", [scores], "logits")

    head, size, names = shape.heads, shape.width // shape.heads, past_names(shape)
    inputs = [
        ids("encoder_attention_mask", "batch", "source"),
        ids("input_ids", "batch", "new"),
        floats("encoder_hidden_states", "batch", "source", shape.width),
        *(floats(f"past_key_values.{name}", "past_batch", head, f"past_{name.split('.')[1]}", size) for name in names),
        helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1]),
    ]
    lengths = {"decoder": "past_and_new", "encoder": "source"}
    presents = [floats(f"present.{name}", "batch", head, lengths[name.split(".")[1]], size) for name in names]
    return graph.model(inputs, [floats("logits", "batch", "new", shape.vocabulary), *presents])


def export(shape: Shape, weights: dict[str, Tensor], folder: Path, quantized: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(encoder_graph(shape, weights, quantized), folder / "encoder_model.onnx")
    onnx.save(decoder_graph(shape, weights, quantized), folder / "decoder_model_merged.onnx")
