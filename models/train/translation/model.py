"""The translator: an encoder-decoder Transformer with one embedding table for source, target and output.

Normalisation comes before each block, positions are sinusoids, there are no biases: what `export.py` writes as ONNX is
exactly this file. Shapes are written [batch, length, width]; heads as [batch, heads, length, width of a head].
"""

from dataclasses import dataclass
from math import log, sqrt

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Shape:
    """The numbers that fix the size of a model."""

    vocabulary: int
    width: int = 256
    heads: int = 4
    feed_forward: int = 1024
    encoder_layers: int = 4
    decoder_layers: int = 2
    positions: int = 256


def sinusoids(positions: int, width: int) -> Tensor:
    """Sines and cosines of "Attention is all you need", sines in the first half of the width: [positions, width]."""
    rates = torch.exp(torch.arange(0, width, 2) * (-log(10_000.0) / width))
    angles = torch.arange(positions)[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def matrix(inputs: int, outputs: int, gain: float = 1.0) -> nn.Linear:
    layer = nn.Linear(inputs, outputs, bias=False)
    nn.init.normal_(layer.weight, std=gain / sqrt(inputs))
    return layer


class Norm(nn.Module):
    """Layer normalisation with a gain and no offset."""

    def __init__(self, width: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.weight.shape, self.weight)


class Attention(nn.Module):
    """Queries from `x`, keys and values from `memory` (from `x` itself when it is left out)."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.heads = shape.heads
        self.query = matrix(shape.width, shape.width)
        self.key_value = matrix(shape.width, 2 * shape.width)
        self.output = matrix(shape.width, shape.width, gain=0.5)

    def split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x: Tensor, memory: Tensor | None = None, mask: Tensor | None = None, causal: bool = False) -> Tensor:
        query = self.split(self.query(x))
        key, value = map(self.split, self.key_value(x if memory is None else memory).chunk(2, dim=-1))
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=causal)
        return self.output(mixed.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.widen = matrix(shape.width, shape.feed_forward)
        self.narrow = matrix(shape.feed_forward, shape.width, gain=0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.narrow(F.relu(self.widen(x)))


class Layer(nn.Module):
    """One layer of the encoder, or, with `crossed`, of the decoder."""

    def __init__(self, shape: Shape, crossed: bool):
        super().__init__()
        self.norms = nn.ModuleList(Norm(shape.width) for _ in range(3 if crossed else 2))
        self.attention = Attention(shape)
        self.cross = Attention(shape) if crossed else None
        self.feed_forward = FeedForward(shape)

    def forward(self, x: Tensor, drop: nn.Dropout, mask: Tensor | None, memory: Tensor | None = None) -> Tensor:
        if self.cross is None:
            x = x + drop(self.attention(self.norms[0](x), mask=mask))
        else:
            x = x + drop(self.attention(self.norms[0](x), causal=True))
            x = x + drop(self.cross(self.norms[1](x), memory, mask))
        return x + drop(self.feed_forward(self.norms[-1](x)))


class Translator(nn.Module):
    def __init__(self, shape: Shape, dropout: float = 0.0):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        nn.init.normal_(self.embedding.weight, std=shape.width**-0.5)
        self.register_buffer("positions", sinusoids(shape.positions, shape.width), persistent=False)
        self.encoder = nn.ModuleList(Layer(shape, crossed=False) for _ in range(shape.encoder_layers))
        self.decoder = nn.ModuleList(Layer(shape, crossed=True) for _ in range(shape.decoder_layers))
        self.encoder_norm, self.decoder_norm = Norm(shape.width), Norm(shape.width)
        self.drop = nn.Dropout(dropout) if dropout > 0 else nn.Identity()

    def embed(self, ids: Tensor) -> Tensor:
        return self.drop(self.embedding(ids) * sqrt(self.shape.width) + self.positions[: ids.shape[1]])

    def encode(self, ids: Tensor, mask: Tensor | None) -> Tensor:
        """Source ids [batch, source], mask [batch, 1, 1, source] (None when nothing is padded)."""
        x = self.embed(ids)
        for layer in self.encoder:
            x = layer(x, self.drop, mask)
        return self.encoder_norm(x)

    def decode(self, ids: Tensor, memory: Tensor, mask: Tensor | None) -> Tensor:
        """States after each target id; `scores` turns them into logits."""
        x = self.embed(ids)
        for layer in self.decoder:
            x = layer(x, self.drop, mask, memory)
        return self.decoder_norm(x)

    def scores(self, states: Tensor) -> Tensor:
        return F.linear(states, self.embedding.weight)
