"""Small scenes as rooms make them: one or two sounds, a voice, a background, walls, a microphone."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, sosfilt

from corpus import LABELS, OTHER, RATE, Clip, activity, read
from features import WINDOW
from synthesis import HARD_MAKERS, MAKERS, SYNTHESISED_LABELS, background, coloured_noise

Random = np.random.Generator

AUDIBLE_DB = -9.0
"""A sound this far below everything else still counts as heard."""
HIDDEN_DB = -20.0
"""Below this it does not; between the two nobody can say, and the example does not count for that class."""

ENOUGH_FRAMES = 7
"""Frames of 10 ms of a sound that must lie in the half that is asked about."""


@dataclass(frozen=True)
class Example:
    window: np.ndarray
    target: np.ndarray
    """1 for each class heard in the late half of the window."""
    weight: np.ndarray
    """0 where it cannot be said whether the class is heard."""
    fold: int
    label: int


def room_response(rng: Random) -> np.ndarray:
    """Impulse response of a box-shaped room by the image-source method (Allen and Berkley 1979)."""
    size = rng.uniform([2.5, 2.5, 2.2], [9, 7, 3.5])
    source, microphone = (rng.uniform(0.3, size - 0.3) for _ in range(2))
    reflection = rng.uniform(0.45, 0.92)
    orders = np.arange(-7, 8)
    grid = np.stack(np.meshgrid(orders, orders, orders, indexing="ij"), -1).reshape(-1, 3)
    places = np.where(grid % 2 == 0, grid * size + source, (grid + 1) * size - source)
    distances = np.linalg.norm(places - microphone, axis=1)
    gains = reflection ** np.abs(grid).sum(axis=1) / np.maximum(distances, 0.3)
    delays = ((distances - distances.min()) / 343 * RATE).astype(int)
    response = np.zeros(int(0.45 * RATE))
    inside = delays < len(response)
    np.add.at(response, delays[inside], gains[inside] * rng.choice([1, 1, -1], inside.sum()))
    return (response / np.abs(response).max()).astype(np.float32)


def change_speed(rng: Random, samples: np.ndarray) -> np.ndarray:
    factor = rng.uniform(0.85, 1.18)
    places = np.arange(0, len(samples) - 1, factor)
    return np.interp(places, np.arange(len(samples)), samples).astype(np.float32)


def equalise(rng: Random, samples: np.ndarray) -> np.ndarray:
    """A microphone or a wall: a low-pass, a high-pass, or a tilt."""
    kind = rng.integers(3)
    if kind == 0:
        return sosfilt(butter(2, rng.uniform(2500, 7500), "low", fs=RATE, output="sos"), samples)
    if kind == 1:
        return sosfilt(butter(2, rng.uniform(80, 600), "high", fs=RATE, output="sos"), samples)
    return samples + rng.uniform(-0.6, 1.5) * np.diff(samples, prepend=0)


def through_telephone(samples: np.ndarray) -> np.ndarray:
    """Narrow band and eight bits on the μ-law of ITU-T G.711."""
    peak = np.abs(samples).max() + 1e-9
    narrow = sosfilt(butter(4, [250, 3500], "band", fs=RATE, output="sos"), samples / peak)
    companded = np.sign(narrow) * np.log1p(255 * np.minimum(1, np.abs(narrow))) / np.log(256)
    rounded = np.round(companded * 127) / 127
    return peak * np.sign(rounded) * (256 ** np.abs(rounded) - 1) / 255


LONG = 60 * RATE
"""More than this is encoded piece by piece."""

CODECS = [("OGG", "OPUS"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")]


def through_codec(rng: Random, samples: np.ndarray) -> np.ndarray:
    """A telephone, or a call or a film as it comes from the network: encoded and decoded again."""
    kind = int(rng.integers(len(CODECS) + 1))
    if kind == len(CODECS):
        return through_telephone(samples)
    container, codec = CODECS[kind]
    gain = 0.9 / (np.abs(samples).max() + 1e-9)
    file = BytesIO()
    level = float(rng.uniform(0.3, 1.0))
    if codec == "VORBIS" and len(samples) > LONG:
        # In one piece, libsndfile's Vorbis encoder takes all of it on the stack, and dies of a recording of minutes.
        with soundfile.SoundFile(file, "w", RATE, 1, codec, format=container, compression_level=level) as coded:
            for begin in range(0, len(samples), RATE):
                coded.write(samples[begin : begin + RATE] * gain)
    else:
        soundfile.write(file, samples * gain, RATE, format=container, subtype=codec, compression_level=level)
    file.seek(0)
    decoded = soundfile.read(file, dtype="float32")[0][: len(samples)]
    return np.pad(decoded, (0, len(samples) - len(decoded))) / gain


def power(samples: np.ndarray) -> float:
    return float((samples**2).mean()) + 1e-12


class ClipShelf:
    """The clips of some folds by class, and the rooms in which they are heard."""

    def __init__(self, data: Path, sounds: list[Clip], speech: list[Clip], rooms: list[np.ndarray]) -> None:
        self._data = data
        self._rooms = rooms
        self._speech = speech
        self._by_class: dict[str, list[Clip]] = {}
        for clip in [*sounds, *speech]:
            self._by_class.setdefault(clip.label, []).append(clip)
        self._labels = [label for label in LABELS if label in self._by_class or label in SYNTHESISED_LABELS]


class SceneMaker(ClipShelf):
    """Makes examples from the clips of some folds. Everything follows from the random generator that is handed in."""

    made = MAKERS

    def make(self, rng: Random, fold: int) -> Example:
        """One window. A tenth holds nothing with a name, the others a sound of a class drawn evenly."""
        target, weight = np.zeros(len(LABELS), np.float32), np.ones(len(LABELS), np.float32)
        label = OTHER if rng.random() < 0.1 else str(rng.choice(self._labels))
        parts: list[tuple[str, np.ndarray, np.ndarray]] = []
        if label != OTHER:
            parts.append((label, *self._place(rng, label)))
            draw = rng.random()
            if draw < 0.15:
                other = str(rng.choice(self._labels))
                parts.append((other, *self._place(rng, other, gain_db=rng.uniform(-12, 6))))
            elif draw < 0.42 and label != "speech":
                parts.append(("speech", *self._place(rng, "speech", gain_db=rng.uniform(-14, 5))))
        window = sum((samples for _, samples, _ in parts), np.zeros(WINDOW, np.float32))
        if label == OTHER or rng.random() < 0.6:
            window = window + self._background(rng, power(window), alone=label == OTHER)
        self._describe(parts, window, target, weight)
        if rng.random() < 0.25:
            window = equalise(rng, window)
        if rng.random() < 0.12:
            window = through_codec(rng, window)
        return Example(window.astype(np.float32), target, weight, fold, LABELS.index(label))

    def make_voices(self, rng: Random, fold: int) -> Example:
        """One to five people at once, and mostly an alarm or a ring among them: what speech must not be taken
        for, and what must be heard through it."""
        target, weight = np.zeros(len(LABELS), np.float32), np.ones(len(LABELS), np.float32)
        count = int(rng.integers(1, 6))
        placed = [self._place(rng, "speech", gain_db=rng.uniform(-8, 0)) for _ in range(count)]
        voices = sum(samples for samples, _ in placed) / np.sqrt(count)
        parts = [("speech", voices, np.any([active for _, active in placed], axis=0))]
        if rng.random() < 0.65:
            label = self._alarm(rng)
            parts.insert(0, (label, *self._place(rng, label, gain_db=rng.uniform(-6, 8))))
        window = sum(samples for _, samples, _ in parts)
        if rng.random() < 0.5:
            window = window + self._background(rng, power(window), alone=False)
        self._describe(parts, window, target, weight)
        if rng.random() < 0.2:
            window = equalise(rng, window)
        return Example(window.astype(np.float32), target, weight, fold, LABELS.index(parts[0][0]))

    def _alarm(self, rng: Random) -> str:
        return str(rng.choice(SYNTHESISED_LABELS))

    def _background(self, rng: Random, level: float, alone: bool) -> np.ndarray:
        noise = background(rng, WINDOW / RATE) if alone or rng.random() < 0.35 else coloured_noise(rng, WINDOW, rng.uniform(0, 2))
        if alone:
            return noise
        ratio_db = rng.uniform(3, 40)
        return noise * np.sqrt(level / power(noise) / 10 ** (ratio_db / 10))

    def _source(self, rng: Random, label: str) -> np.ndarray:
        if label in self.made:
            made = self.made[label](rng, rng.uniform(2, 6))
            return np.roll(made, int(rng.integers(len(made)))) if rng.random() < 0.7 else made
        pool = self._by_class[label]
        if label == "speech" and rng.random() < 0.5:
            pool = self._speech
        return read(str(self._data / pool[rng.integers(len(pool))].path))

    def _place(self, rng: Random, label: str, gain_db: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """A window of a sound, somewhere in it or at its beginning or end, and where in the window it sounds."""
        source = self._source(rng, label)
        if rng.random() < 0.5:
            source = change_speed(rng, source)
        if rng.random() < 0.35:
            room = self._rooms[rng.integers(len(self._rooms))]
            source = fftconvolve(source, room)[: len(source) + 3200].astype(np.float32)
        heard = activity(source)
        padded = np.pad(source, (WINDOW, WINDOW))
        heard = np.pad(heard, (WINDOW // 160, WINDOW // 160 + 2))
        # Some sounding frame lies at a place of the late half that is drawn evenly.
        frames = np.flatnonzero(heard)
        frame = int(frames[rng.integers(len(frames))]) if len(frames) else WINDOW // 160
        draw = rng.random()
        if draw < 0.3 and len(frames):
            frame = int(frames[0])
        place = int(rng.integers(WINDOW // 320, WINDOW // 160))
        if draw > 0.88 and len(frames):
            # It has just ended: its last frame lies in the early half.
            frame, place = int(frames[-1]), int(rng.integers(WINDOW // 1600, WINDOW // 320))
        start = max(0, frame - place) * 160
        start = min(start, len(padded) - WINDOW)
        window = padded[start : start + WINDOW]
        active = heard[start // 160 : start // 160 + WINDOW // 160]
        level = power(window[np.repeat(active, 160)]) if active.any() else 1.0
        return (window * np.sqrt(0.01 / level) * 10 ** (gain_db / 20)).astype(np.float32), active

    def _describe(self, parts, window, target, weight) -> None:
        """What can be heard in the late half, by how loud each part is beside the rest of the window there."""
        half = len(window) // 2
        for label, samples, active in parts:
            index = LABELS.index(label)
            late = active[len(active) // 2 :]
            spots = np.repeat(late, 160)
            ratio_db = -99.0
            if late.any():
                rest = (window - samples)[half:][spots]
                ratio_db = 10 * np.log10(power(samples[half:][spots]) / power(rest))
            if ratio_db > AUDIBLE_DB and late.sum() >= ENOUGH_FRAMES:
                target[index], weight[index] = 1, 1
            elif ratio_db > HIDDEN_DB and not target[index]:
                weight[index] = 0
        if not target[:-1].any():
            # What has just ended is neither heard nor nothing.
            nothing = not any(active.any() for _, _, active in parts)
            target[-1] = weight[-1] = 1.0 if nothing else 0.0


CUT = 5 * RATE
HARD_SHARES = {"siren": 0.3, "doorbell": 0.3, "phone_ring": 0.25, "beep": 0.15}


class HardAlarms(SceneMaker):
    """What is hardest to tell: the ring of two low tones, the siren of two tones, the bell of two tones, and what those
    are taken for; one half in a room, the other among voices. From short cuts of the recordings, which are faster to
    change in speed and in room."""

    made = HARD_MAKERS

    def make_voices(self, rng: Random, fold: int) -> Example:
        return self.make_room(rng, fold) if rng.random() < 0.5 else super().make_voices(rng, fold)

    def make_room(self, rng: Random, fold: int) -> Example:
        """One alarm in a room, quiet or not."""
        target, weight = np.zeros(len(LABELS), np.float32), np.ones(len(LABELS), np.float32)
        label = self._alarm(rng)
        parts = [(label, *self._place(rng, label))]
        window = parts[0][1]
        if rng.random() < 0.7:
            window = window + self._background(rng, power(window), alone=False)
        self._describe(parts, window, target, weight)
        if rng.random() < 0.2:
            window = equalise(rng, window)
        if rng.random() < 0.1:
            window = through_codec(rng, window)
        return Example(window.astype(np.float32), target, weight, fold, LABELS.index(label))

    def _alarm(self, rng: Random) -> str:
        return str(rng.choice(list(HARD_SHARES), p=list(HARD_SHARES.values())))

    def _source(self, rng: Random, label: str) -> np.ndarray:
        source = super()._source(rng, label)
        begin = int(rng.integers(max(1, len(source) - CUT)))
        return source[begin : begin + CUT]
