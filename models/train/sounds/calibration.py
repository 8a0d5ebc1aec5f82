"""Turns what a network says about recordings it never heard into probabilities, and chooses thresholds."""

import numpy as np

from mlp import sigmoid

LOWEST_THRESHOLD = 0.45
"""A window is one of two and a half a second: what is good enough for a window once is said too often in a stream."""

SAFETY = {"smoke_alarm", "co_alarm", "siren", "glass_breaking", "scream"}


def platt_line(logits: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Slope and offset that make the sigmoid of a logit a probability (Platt 1999), by Newton's method."""
    values, wanted = logits[weights > 0].astype(np.float64), targets[weights > 0].astype(np.float64)
    positives = wanted.sum()
    if positives < 5:
        return 1.0, 0.0
    smooth = np.where(wanted > 0.5, (positives + 1) / (positives + 2), 1 / (len(wanted) - positives + 2))
    slope, offset = 1.0, 0.0
    for _ in range(50):
        chance = sigmoid(slope * values + offset)
        error, spread = chance - smooth, chance * (1 - chance) + 1e-9
        gradient = np.array([(error * values).sum(), error.sum()]) + [1e-3 * (slope - 1), 0]
        hessian = np.array([[(spread * values**2).sum(), (spread * values).sum()], [(spread * values).sum(), spread.sum()]])
        step = np.linalg.solve(hessian + 1e-3 * np.eye(2), gradient)
        slope, offset = slope - np.clip(step[0], -0.5, 0.5), offset - np.clip(step[1], -1, 1)
    return float(np.clip(slope, 0.3, 3)), float(offset)


def best_threshold(chances: np.ndarray, targets: np.ndarray, weights: np.ndarray, label: str) -> float:
    """The threshold with the best F-measure; fonder of precision than of recall, most where a mistake alarms people."""
    counted = weights > 0
    chances, targets = chances[counted], targets[counted] > 0.5
    beta = 0.7 if label in SAFETY else 0.9
    best, chosen = -1.0, 0.5
    for threshold in np.arange(0.15, 0.91, 0.025):
        said = chances >= threshold
        hits = (said & targets).sum()
        score = (1 + beta**2) * hits / max(1, (1 + beta**2) * hits + beta**2 * (targets & ~said).sum() + (said & ~targets).sum())
        if score > best:
            best, chosen = score, float(threshold)
    return round(float(np.clip(chosen, LOWEST_THRESHOLD, 0.85)), 3)
