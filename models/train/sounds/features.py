"""What the head is given: pooled frames of the speech recogniser's encoder, and of a log-mel spectrogram.

The pooling and the spectrogram are part of the exported graph. Training runs the same graph, so that what is learned
and what is run cannot drift apart.
"""

import numpy as np
import onnxruntime
from onnx import ModelProto, TensorProto, helper, numpy_helper

from corpus import RATE

WINDOW_SECONDS = 1.6
WINDOW = int(WINDOW_SECONDS * RATE)
"""Samples of a window: four chunks. The last two are what is asked about, the first two are how it came."""

PEAK = 0.5
MAX_GAIN = 1000.0
"""A window is brought to this peak before it is heard, whatever the distance to the microphone."""

FFT = 400
HOP = 160
MELS = 64
STATE_WIDTH = 288
BANDS = 16
BAND_BINS = 12
FIRST_BAND_BIN = 9
"""Bands of 480 Hz from 360 Hz up, in which one bin that stands out is a tone."""
OPSET = 17
IR_VERSION = 9


def normalise(window: np.ndarray) -> np.ndarray:
    peak = float(np.abs(window).max())
    return (window * (0.0 if peak == 0 else min(PEAK / peak, MAX_GAIN))).astype(np.float32)


def mel_matrix() -> np.ndarray:
    """Triangles, evenly spaced on the mel scale of Slaney's and O'Shaughnessy's formula, 50 Hz to 8 kHz."""
    to_mel = lambda hertz: 2595 * np.log10(1 + np.asarray(hertz) / 700)
    edges = 700 * (10 ** (np.linspace(to_mel(50), to_mel(8000), MELS + 2) / 2595) - 1)
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    rising = (bins[:, None] - edges[:-2]) / np.maximum(edges[1:-1] - edges[:-2], RATE / FFT)
    falling = (edges[2:] - bins[:, None]) / np.maximum(edges[2:] - edges[1:-1], RATE / FFT)
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def fourier_kernels() -> np.ndarray:
    """Hann-windowed cosines, then sines, as convolution kernels."""
    time = np.arange(FFT)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * (time + 0.5) / FFT)
    angle = 2 * np.pi * np.outer(np.arange(FFT // 2 + 1), time) / FFT
    return (np.concatenate([np.cos(angle), np.sin(angle)]) * hann).astype(np.float32)[:, None, :]


class GraphBuilder:
    """Collects nodes and weights of a graph under names that read as what they hold."""

    def __init__(self) -> None:
        self.nodes: list = []
        self.weights: list = []
        self._counter = 0

    def weight(self, name: str, values) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], name: str | None = None, **attributes) -> str:
        self._counter += 1
        output = name or f"{kind.lower()}_{self._counter}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def model(self, output: str, width: int, extra_inputs=()) -> ModelProto:
        inputs = [
            helper.make_tensor_value_info("samples", TensorProto.FLOAT, [1, 1, "samples"]),
            helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "frames", STATE_WIDTH]),
        ]
        outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, width])]
        graph = helper.make_graph(self.nodes, "earshot-sounds", inputs, outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = "earshot"
        return model


def add_pooling(graph: GraphBuilder, frames: str, prefix: str, late_frames: int) -> list[str]:
    """Mean, deviation and maximum of all frames; of a spectrogram also how much it changes from frame to frame, and
    mean and maximum of the late frames. Frames are [1, time, width]. The late half of the encoder's frames was tried
    and left out: it doubles the weights and makes unseen sounds worse."""
    mean = graph.node("ReduceMean", [frames], axes=[1], keepdims=1)
    centred = graph.node("Sub", [frames, mean])
    variance = graph.node("ReduceMean", [graph.node("Mul", [centred, centred])], axes=[1], keepdims=0)
    deviation = graph.node("Sqrt", [graph.node("Add", [variance, "small"])])
    pooled = [
        graph.node("ReduceMean", [frames], axes=[1], keepdims=0),
        deviation,
        graph.node("ReduceMax", [frames], axes=[1], keepdims=0),
    ]
    if late_frames:
        ends = graph.weight(f"{prefix}_ends", np.array([np.iinfo(np.int64).max]))
        starts = graph.weight(f"{prefix}_starts", np.array([-late_frames]))
        axis = graph.weight(f"{prefix}_axis", np.array([1]))
        late = graph.node("Slice", [frames, starts, ends, axis])
        pooled.append(graph.node("ReduceMean", [late], axes=[1], keepdims=0))
        pooled.append(graph.node("ReduceMax", [late], axes=[1], keepdims=0))
        one, zero, last = (graph.weight(f"{prefix}_{name}", np.array([value])) for name, value in
                           (("one", 1), ("zero", 0), ("last", -1)))
        after = graph.node("Slice", [frames, one, ends, axis])
        before = graph.node("Slice", [frames, zero, last, axis])
        change = graph.node("Abs", [graph.node("Sub", [after, before])])
        pooled.append(graph.node("ReduceMean", [change], axes=[1], keepdims=0))
    return pooled


def add_tonality(graph: GraphBuilder, power: str) -> str:
    """How far the loudest bin of each band stands above the band's mean, as [1, time, bands]: alarms do, also beneath
    voices; noise does not."""
    begin, end, axis = (graph.weight(f"band_{name}", np.array([value])) for name, value in
                        (("begin", FIRST_BAND_BIN), ("end", FIRST_BAND_BIN + BANDS * BAND_BINS), ("axis", 2)))
    bands = graph.node("Slice", [power, begin, end, axis])
    shape = graph.weight("band_shape", np.array([1, -1, BANDS, BAND_BINS]))
    cells = graph.node("Add", [graph.node("Reshape", [bands, shape]), graph.weight("band_floor", np.array([1e-5], np.float32))])
    highest = graph.node("ReduceMax", [cells], axes=[3], keepdims=0)
    mean = graph.node("ReduceMean", [cells], axes=[3], keepdims=0)
    return graph.node("Sub", [graph.node("Log", [highest]), graph.node("Log", [mean])])


def add_front_end(graph: GraphBuilder) -> str:
    """From `samples` and `states` to one row of features; returns its name."""
    graph.weight("small", np.array([1e-5], np.float32))
    spectrum = graph.node("Conv", ["samples", graph.weight("fourier", fourier_kernels())], strides=[HOP])
    power = graph.node("Mul", [spectrum, spectrum])
    bins = FFT // 2 + 1
    middle, end, begin = (graph.weight(f"bin_{name}", np.array([value])) for name, value in
                          (("middle", bins), ("end", 2 * bins), ("begin", 0)))
    axis = graph.weight("bin_axis", np.array([1]))
    cosines = graph.node("Slice", [power, begin, middle, axis])
    sines = graph.node("Slice", [power, middle, end, axis])
    summed = graph.node("Transpose", [graph.node("Add", [cosines, sines])], perm=[0, 2, 1])
    mel = graph.node("MatMul", [summed, graph.weight("mel", mel_matrix())])
    decibels = graph.node("Log", [graph.node("Add", [mel, graph.weight("floor", np.array([1e-4], np.float32))])])
    tones = add_tonality(graph, summed)
    late_seconds = WINDOW_SECONDS / 2
    pooled = add_pooling(graph, "states", "states", 0)
    pooled += add_pooling(graph, decibels, "mel", round(late_seconds * RATE / HOP))
    pooled += add_pooling(graph, tones, "tones", round(late_seconds * RATE / HOP))
    return graph.node("Concat", pooled, name="features", axis=1)


STATE_FEATURES = 3 * STATE_WIDTH
FEATURES = STATE_FEATURES + 6 * MELS + 6 * BANDS


class Extractor:
    """The recogniser's encoder and the front end, ready to hear windows."""

    def __init__(self, encoder_path: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._encoder = onnxruntime.InferenceSession(encoder_path, options)
        graph = GraphBuilder()
        model = graph.model(add_front_end(graph), FEATURES)
        model_bytes = model.SerializeToString()
        self._front_end = onnxruntime.InferenceSession(model_bytes, options)

    def __call__(self, window: np.ndarray) -> np.ndarray:
        samples = normalise(window)[None]
        states = self._encoder.run(None, {"input_values": samples})[0]
        return self._front_end.run(None, {"samples": samples[None], "states": states})[0][0]
