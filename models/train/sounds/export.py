"""Writes the head as an ONNX graph: samples and encoder frames in, one calibrated probability a class out."""

import numpy as np
from onnx import ModelProto, TensorProto, checker

from features import GraphBuilder, add_front_end
from mlp import Head


def add_weight(graph: GraphBuilder, name: str, values: np.ndarray) -> str:
    """Matrices in float16, vectors as they are."""
    if values.ndim < 2:
        return graph.weight(name, values.astype(np.float32))
    return graph.node("Cast", [graph.weight(name, values.astype(np.float16))], to=TensorProto.FLOAT)


def export_heads(heads: list[Head], slope: np.ndarray, offset: np.ndarray) -> ModelProto:
    """The mean of the heads' logits, then Platt's line for each class, then a sigmoid. Weights are kept in float16;
    the runtime widens them once, when it loads the file."""
    graph = GraphBuilder()
    features = add_front_end(graph)
    low, high = graph.weight("lowest", np.float32(-6)), graph.weight("highest", np.float32(6))
    logits = []
    for index, head in enumerate(heads):
        weights = {
            name: add_weight(graph, f"head{index}_{name}", getattr(head, name)) for name in Head.__annotations__
        }
        centred = graph.node("Sub", [features, weights["mean"]])
        standard = graph.node("Clip", [graph.node("Mul", [centred, weights["scale"]]), low, high])
        hidden = graph.node("MatMul", [standard, weights["hidden"]])
        active = graph.node("Relu", [graph.node("Add", [hidden, weights["hidden_bias"]])])
        output = graph.node("MatMul", [active, weights["output"]])
        logits.append(graph.node("Add", [output, weights["output_bias"]]))
    line = graph.weight("slope", (slope / len(heads)).astype(np.float32))
    scaled = graph.node("Mul", [graph.node("Sum", logits), line])
    shifted = graph.node("Add", [scaled, graph.weight("offset", offset.astype(np.float32))])
    output = graph.node("Sigmoid", [shifted], name="probabilities")
    model = graph.model(output, len(slope))
    checker.check_model(model)
    return model
