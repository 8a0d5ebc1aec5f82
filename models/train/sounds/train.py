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

from calibration import platt_line, threshold_of
from corpus import LABELS, RECORDED
from examples import HARD, VOICES, make_part, make_plain, save_whole
from streams import make_streams
from export import export_heads
from mlp import Head, Recipe, sigmoid, train_head

VALIDATION_FOLDS = (4, 2)
"""Folds on which probabilities are calibrated and thresholds chosen; heads are trained without each. Fold 4
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


def load_examples(folder: Path, kind: str) -> Store:
    """`part`: windows; `stream`: chunks of composed streams."""
    parts = [np.load(path) for path in sorted(folder.glob(f"{kind}-*.npz"))]
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


def training_data(folder: Path, without: int | None) -> Store:
    """What the heads learn from: windows, recordings as they are, and streams. A head of windows alone was tried as one
    of them, and makes streams worse."""
    store = join(join(load_examples(folder, "part"), load_plain(folder)[0]), load_examples(folder, "stream"))
    return store if without is None else store.only(store.folds != without)


def fit(folder: Path, head: int, without: int | None) -> Path:
    """Trains one head, without a fold or with all; kept in the work folder and not trained again."""
    path = folder / f"head-{head}-{without or 'all'}.npz"
    if not path.exists():
        store = training_data(folder, without)
        trained = train_head(store.features, store.targets, store.weights, Recipe(), seed=100 * (without or 9) + head)
        save_whole(path, **{name: getattr(trained, name) for name in Head.__annotations__})
    return path


def read_head(path: Path) -> Head:
    return Head(**np.load(path))


def mean_logits(heads: list[Head], features: np.ndarray) -> np.ndarray:
    return sum(head.logits(features) for head in heads) / len(heads)


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
    """One line for all classes: a line for each was tried, and made unseen streams worse."""
    slope, offset = platt_line(logits.ravel(), store.targets.ravel(), store.weights.ravel())
    count = len(LABELS)
    return np.full(count, slope), np.full(count, offset), [threshold_of(label) for label in LABELS]


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
    work, sources = options.work, (options.data, options.encoder)
    parts = [*range(options.parts), *(VOICES + part for part in range(options.voices))]
    parts += [HARD + part for part in range(options.hard)]
    with ProcessPoolExecutor(options.processes) as pool:
        jobs = [
            pool.submit(make_part, *sources, part, options.count, work)
            for part in parts
            if not (work / f"part-{part}.npz").exists()
        ]
        if not (work / "plain.npz").exists():
            jobs.append(pool.submit(make_plain, *sources, work))
        jobs += [
            pool.submit(make_streams, *sources, part, work)
            for part in range(options.streams)
            if not (work / f"stream-{part}.npz").exists()
        ]
        for job in jobs:
            print("made", job.result(), flush=True)


def train_heads(options: argparse.Namespace) -> dict[int | None, list[Head]]:
    """For each validation fold the heads that have not heard it, and under None those that have heard everything."""
    wanted = [(head, fold) for fold in (*VALIDATION_FOLDS, None) for head in range(options.heads)]
    with ProcessPoolExecutor(options.processes) as pool:
        jobs = [pool.submit(fit, options.work, head, fold) for head, fold in wanted]
        for job in jobs:
            print("trained", job.result(), flush=True)
    heads: dict[int | None, list[Head]] = {}
    for (_, fold), job in zip(wanted, jobs, strict=True):
        heads.setdefault(fold, []).append(read_head(job.result()))
    return heads


def unheard(store: Store, heads: dict[int | None, list[Head]], folds: tuple[int, ...]) -> tuple[np.ndarray, Store]:
    """What the heads say about the folds that they have not heard."""
    parts = [(mean_logits(heads[fold], store.only(store.folds == fold).features), store.only(store.folds == fold)) for fold in folds]
    joined = parts[0][1]
    for _, part in parts[1:]:
        joined = join(joined, part)
    return np.concatenate([logits for logits, _ in parts]), joined


def calibrate_on(options: argparse.Namespace, heads: dict[int | None, list[Head]], folds: tuple[int, ...]):
    """Windows are harder than life, plain clips easier, streams as it is: all three decide."""
    stores = [load_examples(options.work, "part"), load_plain(options.work)[0], load_examples(options.work, "stream")]
    answers = [unheard(store, heads, folds) for store in stores]
    every = answers[0][1]
    for _, store in answers[1:]:
        every = join(every, store)
    return calibrate(np.concatenate([logits for logits, _ in answers]), every)


def report_on_clips(options: argparse.Namespace, heads: dict[int | None, list[Head]], slope, offset) -> dict:
    plain, clips = load_plain(options.work)
    numbered = Store(plain.features, plain.targets, np.broadcast_to(clips[:, None], plain.targets.shape), plain.folds)
    logits, heard = unheard(numbered, heads, VALIDATION_FOLDS)
    truth, said = clip_answers(sigmoid(logits * slope + offset), heard.weights[:, 0], heard.targets)
    score, by_class = macro_f1(truth, said, len(RECORDED))
    confusion: dict[str, int] = {}
    for wanted, got in zip(truth, said, strict=True):
        if wanted != got:
            pair = f"{LABELS[wanted]} -> {LABELS[got]}"
            confusion[pair] = confusion.get(pair, 0) + 1
    return {
        "clips": len(truth),
        "accuracy": round(float((truth == said).mean()), 4),
        "macroF1": round(score, 4),
        "byClass": {label: round(float(value), 3) for label, value in zip(RECORDED, by_class)},
        "confusions": dict(sorted(confusion.items(), key=lambda item: -item[1])[:20]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True, help="encoder.onnx of the moonshine-tiny-en package")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=PACKAGE, help="where the package is written")
    parser.add_argument("--parts", type=int, default=6, help="parts with windows of every class")
    parser.add_argument("--voices", type=int, default=3, help="parts with voices")
    parser.add_argument("--hard", type=int, default=2, help="parts with the alarms that are hardest to tell")
    parser.add_argument("--streams", type=int, default=14, help="composed streams of each fold, five minutes each")
    parser.add_argument("--count", type=int, default=2500)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--heads", type=int, default=3)
    options = parser.parse_args()
    make_examples(options)
    heads = train_heads(options)
    # What judges fold 4 must not have seen it in any way: its calibration comes from the other validation fold.
    write_package(options.work / "held-out", heads[4], *calibrate_on(options, heads, (2,)))
    slope, offset, thresholds = calibrate_on(options, heads, VALIDATION_FOLDS)
    report = report_on_clips(options, heads, slope, offset)
    (options.work / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=1), flush=True)
    write_package(options.out, heads[None], slope, offset, thresholds)


if __name__ == "__main__":
    main()
