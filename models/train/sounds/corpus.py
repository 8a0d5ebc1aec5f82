"""The recordings: where they are, what they show, and which of them may never meet across a split."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

RATE = 16_000

RECORDED = [
    "dog_bark", "rain", "sea_waves", "crying_baby", "clock_tick", "sneeze", "helicopter", "chainsaw", "rooster",
    "fire_crackling", "breathing", "cough", "dishes", "door_slam", "door_open", "electric_shaver", "crying", "scream",
    "glass_breaking", "hair_dryer", "clapping", "keyboard_typing", "keys_jangling", "laughter", "paper", "speech",
    "water_running", "yawn",
]
SYNTHESISED = ["smoke_alarm", "co_alarm", "phone_ring", "doorbell", "alarm_clock", "siren", "beep"]
OTHER = "other"
LABELS = [*RECORDED, *SYNTHESISED, OTHER]

FOLDS = 4


@dataclass(frozen=True)
class Clip:
    path: str
    label: str
    fold: int


def list_sounds(data: Path) -> list[Clip]:
    """Every recorded sound with its fold, 1 to 4.

    ESC-10 brings its folds: no source crosses one. noise-of-life numbers its clips in the order in which they were cut
    from longer recordings, so a fold is a run of neighbours. Clips that hold the same sound under two names
    (`same-recording.tsv`: cross-correlation of at least 0.9 within a class, 0.7 between the two sets) share a fold.
    """
    clips: list[Clip] = []
    for folder in sorted((data / "sounds").glob("*/*")):
        files = sorted(folder.glob("*.flac"))
        for index, file in enumerate(files):
            esc = folder.parent.name == "esc10"
            fold = int(file.name.split("-")[0]) if esc else 1 + index * FOLDS // len(files)
            clips.append(Clip(str(file.relative_to(data)), folder.name, fold))
    return join_same_recordings(clips)


def join_same_recordings(clips: list[Clip]) -> list[Clip]:
    folds = {clip.path: clip.fold for clip in clips}
    pairs = [
        [f"sounds/{name}" for name in line.split("\t")]
        for line in (Path(__file__).parent / "same-recording.tsv").read_text().splitlines()
    ]
    changed = True
    while changed:
        changed = False
        for first, second in pairs:
            # The fold of ESC-10 wins: the pairs are sorted by name within, and `esc10` comes first.
            if first in folds and second in folds and folds[first] != folds[second]:
                keep = folds[first] if "esc10" in first else min(folds[first], folds[second])
                changed = True
                folds[first] = folds[second] = keep
    return [Clip(clip.path, clip.label, folds[clip.path]) for clip in clips]


def list_speech(data: Path) -> list[Clip]:
    """Spoken sentences, negatives for everything but `speech`; folds by run of neighbours, so mostly by speaker."""
    clips = []
    for name in ("barista", "an4", "librivox", "fleurs"):
        files = sorted(file for file in (data / "speech" / name).iterdir() if file.suffix in (".flac", ".ogg", ".opus"))
        clips += [
            Clip(str(file.relative_to(data)), "speech", 1 + index * FOLDS // len(files))
            for index, file in enumerate(files)
        ]
    return clips


@lru_cache(maxsize=4096)
def read(path: str) -> np.ndarray:
    """Samples at 16 kHz, mono, without offset; at most 20 s."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    if rate != RATE:
        from scipy.signal import resample_poly
        divisor = np.gcd(rate, RATE)
        mono = resample_poly(mono, RATE // divisor, rate // divisor).astype(np.float32)
    mono = mono[: 20 * RATE]
    return mono - mono.mean()


def activity(samples: np.ndarray, below_peak_db: float = 25.0) -> np.ndarray:
    """For each 10 ms frame: does something sound? Frames well below the clip's loudest 50 ms do not."""
    hop = RATE // 100
    count = max(1, len(samples) // hop)
    padded = np.zeros(count * hop, np.float32)
    padded[: min(len(samples), len(padded))] = samples[: len(padded)]
    power = (padded.reshape(count, hop) ** 2).mean(axis=1)
    smooth = np.convolve(power, np.ones(5) / 5, mode="same")
    return smooth > max(smooth.max() * 10 ** (-below_peak_db / 10), 1e-9)
