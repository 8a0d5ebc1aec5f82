"""Makes a store of examples, features with targets: augmented ones in parts (several processes may make parts at once),
and the recordings as they are."""

import argparse
from pathlib import Path

import numpy as np

from corpus import FOLDS, LABELS, RATE, activity, list_sounds, list_speech, read
from features import WINDOW, Extractor
from scenes import HardAlarms, SceneMaker, room_response


VOICES = 1000
"""Parts from this number on hold voices."""
HARD = 2000
"""Parts from this number on hold the alarms that are hardest to tell, in rooms and among voices."""


def save_whole(path: Path, **columns: np.ndarray) -> Path:
    """A file is there when all of it is there: whoever is interrupted goes on with what is finished."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"unfinished-{path.name}")
    np.savez(unfinished, **columns)
    return unfinished.rename(path)


def make_part(data: Path, encoder: Path, part: int, count: int, folder: Path) -> Path:
    """`count` examples, a quarter from the recordings of each fold; the part's number is the seed. Parts from `VOICES`
    on hold voices with and without alarms."""
    rng = np.random.default_rng([20_260, part])
    rooms = [room_response(rng) for _ in range(40)]
    sounds, speech = list_sounds(data), list_speech(data)
    scenes = HardAlarms if part >= HARD else SceneMaker
    makers = [
        scenes(
            data, [clip for clip in sounds if clip.fold == fold], [clip for clip in speech if clip.fold == fold], rooms
        )
        for fold in range(1, FOLDS + 1)
    ]
    extract = Extractor(str(encoder))
    rows = []
    for index in range(count):
        fold = 1 + index % FOLDS
        maker = makers[fold - 1]
        example = maker.make_voices(rng, fold) if part >= VOICES else maker.make(rng, fold)
        rows.append((extract(example.window).astype(np.float16), example.target, example.weight, fold, example.label))
    features, targets, weights, folds, labels = (np.array(column) for column in zip(*rows, strict=True))
    path = folder / f"part-{part}.npz"
    return save_whole(path, features=features, targets=targets, weights=weights, folds=folds, labels=labels)


def make_plain(data: Path, encoder: Path, folder: Path) -> Path:
    """Every recording as it is, in windows that end every 0.4 s (0.8 s in long ones) while something sounds."""
    extract = Extractor(str(encoder))
    rows = []
    for index, clip in enumerate(list_sounds(data)):
        samples = read(str(data / clip.path))[: 12 * RATE]
        samples = np.pad(samples, (max(0, WINDOW - len(samples)), 0))
        heard = activity(samples)
        hop = 6400 if len(samples) < 5 * RATE else 12800
        for end in range(WINDOW, len(samples) + 1, hop):
            late = heard[(end - WINDOW // 2) // 160 : end // 160].mean()
            if not heard[(end - WINDOW) // 160 : end // 160].any():
                continue
            window = extract(samples[end - WINDOW : end]).astype(np.float16)
            rows.append((window, index, LABELS.index(clip.label), clip.fold, late))
    features, clips, labels, folds, late = (np.array(column) for column in zip(*rows, strict=True))
    return save_whole(folder / "plain.npz", features=features, clips=clips, labels=labels, folds=folds, late=late)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--part", type=int, help="the plain recordings when absent")
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if options.part is None:
        print(make_plain(options.data, options.encoder, options.out))
    else:
        print(make_part(options.data, options.encoder, options.part, options.count, options.out))
