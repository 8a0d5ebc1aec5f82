"""Writes the head as an ONNX graph: samples and encoder frames in, one calibrated probability a class out."""

import numpy as np
from onnx import ModelProto, TensorProto, checker

from features import GraphBuilder, add_front_end
from mlp import Head


def export_heads(heads: list[Head], slope: np.ndarray, offset: np.ndarray) -> ModelProto:
    """The mean of the heads' logits, then Platt's line for each class, then a sigmoid. Weights are kept in float16;
    the runtime widens them once, when it loads the file."""
    graph = GraphBuilder()
    features = add_front_end(graph)
    low, high = graph.weight("lowest", np.float32(-6)), graph.weight("highest", np.float32(6))
    logits = []
    for index, head in enumerate(heads):
        half = lambda name, values: graph.node(
            "Cast", [graph.weight(f"head{index}_{name}", values.astype(np.float16))], to=TensorProto.FLOAT
        )
        full = lambda name, values: graph.weight(f"head{index}_{name}", values.astype(np.float32))
        centred = graph.node("Sub", [features, full("mean", head.mean)])
        standard = graph.node("Clip", [graph.node("Mul", [centred, full("scale", head.scale)]), low, high])
        hidden = graph.node("MatMul", [standard, half("hidden", head.hidden)])
        active = graph.node("Relu", [graph.node("Add", [hidden, full("hidden_bias", head.hidden_bias)])])
        output = graph.node("MatMul", [active, half("output", head.output)])
        logits.append(graph.node("Add", [output, full("output_bias", head.output_bias)]))
    line = graph.weight("slope", (slope / len(heads)).astype(np.float32))
    scaled = graph.node("Mul", [graph.node("Sum", logits), line])
    shifted = graph.node("Add", [scaled, graph.weight("offset", offset.astype(np.float32))])
    output = graph.node("Sigmoid", [shifted], name="probabilities")
    model = graph.model(output, len(slope))
    checker.check_model(model)
    return model
