"""Long recordings as the program hears them: sounds one after the other over a room's noise, with pauses, and every
chunk of them as an example. Windows that hold the beginning or the end of a sound, or nothing, come as often as in life."""

from pathlib import Path

import numpy as np
from scipy.signal import fftconvolve

from corpus import FOLDS, LABELS, RATE, list_sounds, list_speech, read
from examples import save_whole
from features import WINDOW, Extractor
from scenes import ClipShelf, change_speed, equalise, power, room_response, through_codec
from synthesis import MAKERS, SYNTHESISED_LABELS, background, cadence_ring, coloured_noise

Random = np.random.Generator

CHUNK = 6_400
STREAM_SECONDS = 300
HEARD_SECONDS = 0.2
"""So much of a sound must lie in the late half of a window; of a shorter one most of it."""
HIDDEN_DB = -8.0
"""Where a sound is this far below everything else, nobody can say."""


def frame_levels(samples: np.ndarray) -> np.ndarray:
    """Power of each 10 ms without rumble, in dB."""
    sharp = np.concatenate([samples[:1], samples[1:] - 0.97 * samples[:-1]])
    frames = sharp[: len(sharp) // 160 * 160].reshape(-1, 160)
    return 10 * np.log10((frames**2).mean(axis=1) + 1e-12)


def sound_bounds(samples: np.ndarray) -> tuple[int, int]:
    """First and one past the last sample of what sounds in a clean clip: where many frames in a row stand out."""
    levels = frame_levels(samples)
    if len(levels) < 20:
        return 0, len(samples)
    noise, loud = np.quantile(levels, 0.1), np.quantile(levels, 0.95) - 27
    def edge(track: np.ndarray, width: int, needed: int, above: float) -> int | None:
        over = track > max(noise + above, loud)
        counts = np.convolve(over, np.ones(width))[width - 1 :]
        found = np.flatnonzero(over[: len(counts)] & (counts >= needed))
        return int(found[0]) if len(found) else None
    first = edge(levels, 20, 11, 12)
    last = edge(levels[::-1], 10, 6, 10)
    if first is None or last is None or first >= len(levels) - 1 - last:
        return 0, len(samples)
    return first * 160, (len(levels) - last) * 160


def set_active_level(samples: np.ndarray, level_db: float) -> np.ndarray:
    """Brings the mean power of the frames within 20 dB of the loud ones to a level, or as near as 0.9 allows."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    levels = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    active = levels >= np.quantile(levels, 0.95) - 20
    gain = 10 ** ((level_db - 10 * np.log10((10 ** (levels[active] / 10)).mean())) / 20)
    return samples * min(gain, 0.9 / (np.abs(samples).max() + 1e-9))


class StreamMaker(ClipShelf):
    """Composes streams from the clips of one fold."""

    def make(self, rng: Random) -> tuple[np.ndarray, list[tuple[str, int, np.ndarray]]]:
        """The recording and its sounds: label, first sample, and the sound alone."""
        stream = np.zeros(STREAM_SECONDS * RATE, np.float32)
        level = rng.uniform(-34, -20)
        crowded = rng.random() < 0.3
        if crowded:
            stream += self._babble(rng, level - rng.uniform(-3, 12))
        sounds: list[tuple[str, int, np.ndarray]] = []
        at = int(rng.uniform(1, 3) * RATE)
        while True:
            made = crowded and rng.random() < 0.6
            label = str(rng.choice(SYNTHESISED_LABELS if made else self._labels))
            sound = set_active_level(self._sound(rng, label), level + rng.uniform(-4, 4)).astype(np.float32)
            if at + len(sound) + RATE > len(stream):
                break
            stream[at : at + len(sound)] += sound
            sounds.append((label, at, sound))
            if rng.random() < 0.12 and label != "speech":
                voice = set_active_level(self._sound(rng, "speech"), level + rng.uniform(-8, 4)).astype(np.float32)
                place = max(0, at + int(rng.uniform(-2, 2) * RATE))
                voice = voice[: len(stream) - place]
                stream[place : place + len(voice)] += voice
                sounds.append(("speech", place, voice))
            at += len(sound) + int(rng.uniform(0.4, 4) * RATE)
        noise = self._noise(rng, len(stream))
        ratio_db = rng.choice([rng.uniform(0, 22), rng.uniform(6, 14), rng.uniform(25, 45)], p=[0.5, 0.35, 0.15])
        stream = stream + noise * np.sqrt(10 ** ((level - ratio_db) / 10) / power(noise))
        if rng.random() < 0.2:
            stream = equalise(rng, stream)
        if rng.random() < 0.1:
            stream = through_codec(rng, stream)
        if crowded:
            # Somebody always speaks: whether it is heard as speech is not asked here.
            sounds.append(("speech", 0, np.zeros(0, np.float32)))
        return stream.astype(np.float32), sounds

    def _babble(self, rng: Random, level: float) -> np.ndarray:
        """Two to five people who speak all the time."""
        voices = np.zeros(STREAM_SECONDS * RATE, np.float32)
        count = int(rng.integers(2, 6))
        for _ in range(count):
            at = 0
            while at < len(voices):
                voice = set_active_level(self._sound(rng, "speech"), level - 10 * np.log10(count))[: len(voices) - at]
                voices[at : at + len(voice)] += voice
                at += len(voice) + int(rng.uniform(0.1, 0.6) * RATE)
        return voices

    def _noise(self, rng: Random, count: int) -> np.ndarray:
        if rng.random() < 0.1:
            piece = background(rng, 20.0)
            return np.resize(piece, count) + 1e-4 * rng.standard_normal(count)
        piece = coloured_noise(rng, 30 * RATE, 1.0 if rng.random() < 0.4 else rng.uniform(0, 2))
        return np.resize(piece, count)

    def _sound(self, rng: Random, label: str) -> np.ndarray:
        seconds = rng.uniform(2.5, 6)
        if label in MAKERS:
            ring = label == "phone_ring" and rng.random() < 0.45
            made = (cadence_ring if ring else MAKERS[label])(rng, 8).astype(np.float32)
            return made[: int(seconds * RATE)]
        pool = self._by_class[label]
        source = read(str(self._data / pool[rng.integers(len(pool))].path))
        if rng.random() < 0.4:
            source = change_speed(rng, source)
        source = source[: int(seconds * RATE)]
        first, last = sound_bounds(source)
        source = source[first:last].copy()
        if rng.random() < 0.25:
            source = fftconvolve(source, self._rooms[rng.integers(len(self._rooms))])[: len(source) + 2400]
        ramp = min(480, len(source) // 4)
        source[:ramp] *= np.linspace(0, 1, ramp)
        source[len(source) - ramp :] *= np.linspace(1, 0, ramp)
        return source.astype(np.float32)


def describe(stream: np.ndarray, sounds: list[tuple[str, int, np.ndarray]], end: int) -> tuple[np.ndarray, np.ndarray]:
    """Which classes sound in the late half of the window that ends at `end`, and for which that can be said."""
    target, weight = np.zeros(len(LABELS), np.float32), np.ones(len(LABELS), np.float32)
    begin = end - WINDOW // 2
    touched = False
    for label, at, sound in sounds:
        if len(sound) == 0:
            weight[LABELS.index(label)] = 0
            weight[-1] = 0
            continue
        first, last = max(at, begin), min(at + len(sound), end)
        if first >= last:
            continue
        touched = True
        index = LABELS.index(label)
        part = sound[first - at : last - at]
        rest = stream[first:last] - part
        audible = 10 * np.log10(power(part) / power(rest)) > HIDDEN_DB
        if audible and last - first >= min(HEARD_SECONDS * RATE, 0.6 * len(sound)):
            target[index] = weight[index] = 1
        elif not target[index]:
            weight[index] = 0
    if not target[:-1].any():
        target[-1] = 0.0 if touched else weight[-1]
        weight[-1] = 0.0 if touched else weight[-1]
    return target, weight


def make_streams(data: Path, encoder: Path, part: int, folder: Path) -> Path:
    """One stream of each fold, chunk by chunk; the part's number is the seed."""
    rng = np.random.default_rng([20_261, part])
    rooms = [room_response(rng) for _ in range(12)]
    sounds, speech = list_sounds(data), list_speech(data)
    extract = Extractor(str(encoder))
    rows = []
    for fold in range(1, FOLDS + 1):
        of_fold = lambda clips: [clip for clip in clips if clip.fold == fold]
        stream, heard = StreamMaker(data, of_fold(sounds), of_fold(speech), rooms).make(rng)
        for end in range(CHUNK, len(stream) + 1, CHUNK):
            window = stream[max(0, end - WINDOW) : end]
            window = np.pad(window, (WINDOW - len(window), 0))
            rows.append((extract(window).astype(np.float16), *describe(stream, heard, end), fold))
    features, targets, weights, folds = (np.array(column) for column in zip(*rows, strict=True))
    return save_whole(folder / f"stream-{part}.npz", features=features, targets=targets, weights=weights, folds=folds)
