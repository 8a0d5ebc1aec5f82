"""Writes the head as an ONNX graph: samples and encoder frames in, one calibrated probability a class out."""

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper

from features import GraphBuilder, add_front_end
from mlp import Head

ZERO = 128
"""Weights are unsigned bytes around this: of all kinds of byte the one that no processor's instructions saturate."""


def add_bytes_product(graph: GraphBuilder, rows: str, name: str, matrix: np.ndarray) -> str:
    """A product with a matrix of bytes, one scale a column: a quarter of the memory of float32, which the runtime would
    make of float16."""
    scale = np.abs(matrix).max(axis=0) / 127 + 1e-12
    graph.weight(f"{name}_bytes", np.round(matrix / scale + ZERO).astype(np.uint8))
    graph.weight(f"{name}_zero", np.array(ZERO, np.uint8))
    graph.weight(f"{name}_scale", scale.astype(np.float32))
    quantised, row_scale, row_zero = f"{name}_rows", f"{name}_row_scale", f"{name}_row_zero"
    graph.nodes.append(helper.make_node("DynamicQuantizeLinear", [rows], [quantised, row_scale, row_zero]))
    product = graph.node("MatMulInteger", [quantised, f"{name}_bytes", row_zero, f"{name}_zero"])
    scales = graph.node("Mul", [row_scale, f"{name}_scale"])
    return graph.node("Mul", [graph.node("Cast", [product], to=TensorProto.FLOAT), scales])


def export_heads(heads: list[Head], slope: np.ndarray, offset: np.ndarray) -> ModelProto:
    """The mean of the heads' logits, straightened by Platt's line: heads that learned from the same examples side by side are
    one wider network."""
    first = heads[0]
    if not all(np.array_equal(head.mean, first.mean) and np.array_equal(head.scale, first.scale) for head in heads):
        raise ValueError("heads that are joined must have learned from the same examples")
    graph = GraphBuilder()
    features = add_front_end(graph)
    centred = graph.node("Sub", [features, graph.weight("mean", first.mean)])
    scaled = graph.node("Mul", [centred, graph.weight("scale", first.scale)])
    standard = graph.node("Clip", [scaled, graph.weight("lowest", np.float32(-6)), graph.weight("highest", np.float32(6))])
    hidden = add_bytes_product(graph, standard, "hidden", np.concatenate([head.hidden for head in heads], axis=1))
    bias = graph.weight("hidden_bias", np.concatenate([head.hidden_bias for head in heads]))
    active = graph.node("Relu", [graph.node("Add", [hidden, bias])])
    output = graph.weight("output", np.concatenate([head.output for head in heads]) / np.float32(len(heads)))
    output_bias = graph.weight("output_bias", sum(head.output_bias for head in heads) / np.float32(len(heads)))
    logits = graph.node("Add", [graph.node("MatMul", [active, output]), output_bias])
    steepened = graph.node("Mul", [logits, graph.weight("slope", slope.astype(np.float32))])
    calibrated = graph.node("Add", [steepened, graph.weight("offset", offset.astype(np.float32))])
    graph.node("Sigmoid", [calibrated], name="probabilities")
    model = graph.model("probabilities", len(slope))
    checker.check_model(model)
    return model
