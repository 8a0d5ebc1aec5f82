"""A small multi-label network, trained in NumPy: two dense layers do not need a framework."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Head:
    """Standardisation and two dense layers."""

    mean: np.ndarray
    scale: np.ndarray
    hidden: np.ndarray
    hidden_bias: np.ndarray
    output: np.ndarray
    output_bias: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        standard = np.clip((features - self.mean) * self.scale, -6, 6)
        return np.maximum(0, standard @ self.hidden + self.hidden_bias) @ self.output + self.output_bias


@dataclass(frozen=True)
class Recipe:
    hidden: int = 320
    epochs: int = 8
    batch: int = 128
    rate: float = 1.5e-3
    decay: float = 0.02
    input_dropout: float = 0.3
    hidden_dropout: float = 0.5
    mixup: float = 0.15


def sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(values, -40, 40)))


def train_head(features: np.ndarray, targets: np.ndarray, weights: np.ndarray, recipe: Recipe, seed: int) -> Head:
    """Binary cross-entropy for every class with AdamW (Loshchilov and Hutter 2019), cosine schedule, dropout, mixup of
    features (Zhang et al. 2018)."""
    rng = np.random.default_rng(seed)
    count, width = features.shape
    mean = features.mean(axis=0)
    scale = 1 / (features.std(axis=0) + 1e-3)
    classes = targets.shape[1]
    head = Head(
        mean.astype(np.float32),
        scale.astype(np.float32),
        (rng.standard_normal((width, recipe.hidden)) * np.sqrt(1.0 / width)).astype(np.float32),
        np.zeros(recipe.hidden, np.float32),
        (rng.standard_normal((recipe.hidden, classes)) * np.sqrt(1.0 / recipe.hidden)).astype(np.float32),
        np.full(classes, -3.0, np.float32),
    )
    standard = np.clip((features - head.mean) * head.scale, -6, 6).astype(np.float32)
    parameters = [head.hidden, head.hidden_bias, head.output, head.output_bias]
    first, second = ([np.zeros_like(value) for value in parameters] for _ in range(2))
    steps = recipe.epochs * (count // recipe.batch)
    step = 0
    for _ in range(recipe.epochs):
        order = rng.permutation(count)
        for begin in range(0, count - recipe.batch + 1, recipe.batch):
            chosen = order[begin : begin + recipe.batch]
            inputs, wanted, counted = standard[chosen], targets[chosen], weights[chosen]
            if rng.random() < recipe.mixup:
                share = np.float32(rng.beta(0.4, 0.4))
                partner = rng.permutation(len(chosen))
                inputs = share * inputs + (1 - share) * inputs[partner]
                wanted = share * wanted + (1 - share) * wanted[partner]
                counted = counted * counted[partner]
            keep = 1 - recipe.input_dropout
            inputs = inputs * ((rng.random(inputs.shape, dtype=np.float32) < keep) / keep)
            before = inputs @ head.hidden + head.hidden_bias
            keep = 1 - recipe.hidden_dropout
            mask = (rng.random(before.shape, dtype=np.float32) < keep) / np.float32(keep)
            active = np.maximum(0, before) * mask
            error = (sigmoid(active @ head.output + head.output_bias) - wanted) * counted / len(chosen)
            back = (error @ head.output.T) * mask * (before > 0)
            gradients = [inputs.T @ back, back.sum(0), active.T @ error, error.sum(0)]
            step += 1
            rate = recipe.rate * min(1.0, step / 200) * 0.5 * (1 + np.cos(np.pi * step / steps))
            for index, (value, gradient) in enumerate(zip(parameters, gradients, strict=True)):
                first[index] += 0.1 * (gradient - first[index])
                second[index] += 0.001 * (gradient**2 - second[index])
                update = (first[index] / (1 - 0.9**step)) / (np.sqrt(second[index] / (1 - 0.999**step)) + 1e-8)
                if value.ndim == 2:
                    update = update + recipe.decay * value
                value -= (rate * update).astype(np.float32)
    return head
