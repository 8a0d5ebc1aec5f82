"""Trains and exports the sound head. One command from recordings to weights:

    python models/train/sounds/train.py --data ../shared/data --encoder PATH/encoder.onnx --work /tmp/earshot-sounds

What it makes on the way (examples) is kept in `--work` and not made again.
"""

import argparse
import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration import best_threshold, platt_line
from corpus import LABELS, RECORDED
from examples import VOICES, make_part, make_plain
from export import export_heads
from mlp import Head, Recipe, sigmoid, train_head

VALIDATION_FOLDS = (2, 4)
"""Folds on which probabilities are calibrated and thresholds chosen; a network is trained without each. The last one
stays unheard in the `held-out` package."""

PACKAGE = Path(__file__).resolve().parents[2] / "earshot-sounds"


@dataclass(frozen=True)
class Store:
    features: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    folds: np.ndarray

    def only(self, chosen: np.ndarray) -> "Store":
        return Store(self.features[chosen], self.targets[chosen], self.weights[chosen], self.folds[chosen])


def load_examples(folder: Path) -> Store:
    parts = [np.load(path) for path in sorted(folder.glob("part-*.npz"))]
    columns = (np.concatenate([part[name] for part in parts]) for name in ("features", "targets", "weights", "folds"))
    features, targets, weights, folds = columns
    return Store(features.astype(np.float32), targets.astype(np.float32), weights.astype(np.float32), folds)


def load_plain(folder: Path) -> tuple[Store, np.ndarray]:
    """The recordings as they are, and which clip each window is from. A window in whose late half the sound is rare
    does not count for its own class."""
    plain = np.load(folder / "plain.npz")
    targets = np.eye(len(LABELS), dtype=np.float32)[plain["labels"]]
    weights = np.ones_like(targets)
    weights[targets > 0] = plain["late"] > 0.05
    targets = targets * (plain["late"][:, None] > 0.05)
    return Store(plain["features"].astype(np.float32), targets, weights, plain["folds"]), plain["clips"]


def join(first: Store, second: Store) -> Store:
    return Store(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in Store.__annotations__))


def fit(store: Store, recipe: Recipe, seed: int) -> Head:
    return train_head(store.features, store.targets, store.weights, recipe, seed)


def macro_f1(truth: np.ndarray, said: np.ndarray, classes: int) -> tuple[float, np.ndarray]:
    scores = []
    for label in range(classes):
        hits = ((truth == label) & (said == label)).sum()
        wrong = ((truth == label) != (said == label)).sum()
        scores.append(2 * hits / max(1, 2 * hits + wrong))
    return float(np.mean(scores)), np.array(scores)


def clip_answers(chances: np.ndarray, clips: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The class with the highest mean probability over a clip's windows, and the true one."""
    truth, said = [], []
    for clip in np.unique(clips):
        rows = clips == clip
        if not targets[rows].any():
            continue
        truth.append(int(targets[rows].sum(0).argmax()))
        said.append(int(chances[rows][:, : len(RECORDED)].mean(0).argmax()))
    return np.array(truth), np.array(said)


def calibrate(logits: np.ndarray, store: Store) -> tuple[np.ndarray, np.ndarray, list[float]]:
    lines = [platt_line(logits[:, k], store.targets[:, k], store.weights[:, k]) for k in range(len(LABELS))]
    slope, offset = (np.array(column) for column in zip(*lines, strict=True))
    chances = sigmoid(logits * slope + offset)
    thresholds = [
        best_threshold(chances[:, k], store.targets[:, k], store.weights[:, k], label) for k, label in enumerate(LABELS)
    ]
    return slope, offset, thresholds


def write_package(folder: Path, heads: list[Head], slope, offset, thresholds) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model = export_heads(heads, slope, offset).SerializeToString()
    (folder / "sounds.onnx").write_bytes(model)
    labels = [{"label": label, "threshold": threshold} for label, threshold in zip(LABELS, thresholds, strict=True)]
    (folder / "labels.json").write_text(json.dumps({"labels": labels}, indent=2) + "\n")
    manifest_path = PACKAGE / "manifest.json"
    manifest = json.loads(manifest_path.read_text())
    for file in manifest["files"]:
        data = (folder / file["path"]).read_bytes() if (folder / file["path"]).exists() else (PACKAGE / file["path"]).read_bytes()
        file["bytes"], file["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def make_examples(options: argparse.Namespace) -> None:
    parts = [*range(options.parts), *(VOICES + part for part in range(options.voices))]
    missing = [part for part in parts if not (options.work / f"part-{part}.npz").exists()]
    with ProcessPoolExecutor(options.processes) as pool:
        jobs = [
            pool.submit(make_part, options.data, options.encoder, part, options.count, options.work) for part in missing
        ]
        if not (options.work / "plain.npz").exists():
            jobs.append(pool.submit(make_plain, options.data, options.encoder, options.work))
        for job in jobs:
            print("made", job.result(), flush=True)


def cross_validate(augmented: Store, plain: Store, clips: np.ndarray, recipe: Recipe):
    """What networks say about the fold that each has not heard, and the last of them."""
    logits_augmented = np.zeros_like(augmented.targets)
    logits_plain = np.zeros_like(plain.targets)
    held_out: Head | None = None
    for fold in VALIDATION_FOLDS:
        training = join(augmented.only(augmented.folds != fold), plain.only(plain.folds != fold))
        head = fit(training, recipe, seed=fold)
        logits_augmented[augmented.folds == fold] = head.logits(augmented.features[augmented.folds == fold])
        logits_plain[plain.folds == fold] = head.logits(plain.features[plain.folds == fold])
        held_out = head
        rows = plain.folds == fold
        truth, said = clip_answers(sigmoid(logits_plain[rows]), clips[rows], plain.targets[rows])
        print(f"fold {fold}: {len(truth)} clips, accuracy {(truth == said).mean():.3f}, "
              f"macro-F1 {macro_f1(truth, said, len(RECORDED))[0]:.3f}", flush=True)
    return logits_augmented, logits_plain, held_out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True, help="encoder.onnx of the moonshine-tiny-en package")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--parts", type=int, default=10)
    parser.add_argument("--voices", type=int, default=2, help="parts with voices")
    parser.add_argument("--count", type=int, default=2500)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--heads", type=int, default=2)
    options = parser.parse_args()
    make_examples(options)

    augmented = load_examples(options.work)
    plain, clips = load_plain(options.work)
    recipe = Recipe()
    logits_augmented, logits_plain, held_out = cross_validate(augmented, plain, clips, recipe)
    checked_augmented, checked_plain = (np.isin(store.folds, VALIDATION_FOLDS) for store in (augmented, plain))
    logits_augmented, logits_plain = logits_augmented[checked_augmented], logits_plain[checked_plain]
    heard, clips = plain.only(checked_plain), clips[checked_plain]
    checked = join(augmented.only(checked_augmented), heard)
    # Scenes are harder than life and plain clips are easier: thresholds are chosen on both together.
    slope, offset, thresholds = calibrate(np.concatenate([logits_augmented, logits_plain]), checked)
    truth, said = clip_answers(sigmoid(logits_plain * slope + offset), clips, heard.targets)
    score, by_class = macro_f1(truth, said, len(RECORDED))
    confusion = {}
    for wanted, got in zip(truth, said, strict=True):
        if wanted != got:
            pair = f"{LABELS[wanted]} -> {LABELS[got]}"
            confusion[pair] = confusion.get(pair, 0) + 1
    report = {
        "clips": len(truth),
        "accuracy": round(float((truth == said).mean()), 4),
        "macroF1": round(score, 4),
        "byClass": {label: round(float(value), 3) for label, value in zip(RECORDED, by_class)},
        "confusions": dict(sorted(confusion.items(), key=lambda item: -item[1])[:20]),
        "examples": len(augmented.targets),
    }
    (options.work / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=1), flush=True)
    write_package(options.work / "held-out", [held_out], slope, offset, thresholds)
    both = join(augmented, plain)
    heads = [fit(both, recipe, seed=100 + index) for index in range(options.heads)]
    write_package(PACKAGE, heads, slope, offset, thresholds)


if __name__ == "__main__":
    main()
