"""Turns what a network says about recordings it never heard into probabilities, and chooses thresholds."""

import numpy as np

from mlp import sigmoid

THRESHOLD = 0.32
"""Chosen on composed streams of folds 2 and 3: the program takes the likeliest of the names that begin together, so that a low
threshold finds more and confuses little. The best threshold for single windows would be near 0.45 and misses too much."""

CAREFUL_THRESHOLD = 0.4
"""For what alarms people, and for made patterns: their probabilities are added up over seconds as well."""

CAREFUL = {
    "smoke_alarm", "co_alarm", "siren", "phone_ring", "doorbell", "alarm_clock", "beep", "glass_breaking",
}


SCREAM_THRESHOLD = 0.6
"""A voice that is raised is near to a scream. On composed streams of folds 2 and 3 this costs nothing."""


def threshold_of(label: str) -> float:
    if label == "scream":
        return SCREAM_THRESHOLD
    return CAREFUL_THRESHOLD if label in CAREFUL else THRESHOLD


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
