"""Sounds that are made by rule: alarms, bells, sirens, and what must not be taken for one.

Patterns: ISO 8201 / NFPA 72 temporal-three (smoke) and temporal-four (carbon monoxide), piezo sounders near 3,100 Hz
and the 520 Hz square wave of UL 217; ring cadences of ITU-T E.180; wail and yelp rates of SAE J1849; two-tone horns of
DIN 14610.
"""

import numpy as np

from corpus import RATE

Random = np.random.Generator


def tone(rng: Random, seconds: float, frequency, kind: str = "any", edge: float = 0.005) -> np.ndarray:
    """A steady or gliding tone with soft edges; `frequency` in Hz, a number or one for every sample."""
    count = max(1, int(seconds * RATE))
    track = np.broadcast_to(np.asarray(frequency, dtype=np.float64), (count,))
    phase = 2 * np.pi * np.cumsum(track) / RATE
    if kind == "any":
        kind = rng.choice(["sine", "soft", "square", "piezo"])
    harmonics = {
        "sine": [1.0],
        "soft": [1.0, rng.uniform(0.05, 0.4), rng.uniform(0.02, 0.2)],
        "square": [1.0, 0.0, 1 / 3, 0.0, 1 / 5, 0.0, 1 / 7, 0.0, 1 / 9, 0.0, 1 / 11],
        "piezo": [1.0, rng.uniform(0.0, 0.3), rng.uniform(0.0, 0.3)],
    }[kind]
    wave = np.zeros(count)
    for number, amplitude in enumerate(harmonics, start=1):
        if amplitude and number * track.max() < 0.48 * RATE:
            wave += amplitude * np.sin(number * phase + rng.uniform(0, 2 * np.pi) * (number > 1))
    ramp = min(count // 2, int(edge * RATE))
    if ramp:
        wave[:ramp] *= np.linspace(0, 1, ramp)
        wave[-ramp:] *= np.linspace(1, 0, ramp)
    return wave


def rest(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE))


def struck(rng: Random, seconds: float, frequency: float, decay: float, partials=None) -> np.ndarray:
    """A bell or bar: partials that ring out, high ones sooner."""
    time = np.arange(int(seconds * RATE)) / RATE
    partials = partials or [(1, 1), (2.0, 0.35), (3.0, 0.2), (4.2, 0.12)]
    wave = np.zeros(len(time))
    for ratio, amplitude in partials:
        if frequency * ratio < 7600:
            wave += amplitude * np.exp(-time * ratio**0.7 / decay) * np.sin(
                2 * np.pi * frequency * ratio * time + rng.uniform(0, 6.28)
            )
    return wave


def bell_strikes(rng: Random, seconds: float, rate_hz: float) -> np.ndarray:
    """A clapper on metal, many times a second."""
    wave = np.zeros(int(seconds * RATE))
    pitch = rng.uniform(900, 2600)
    partials = [(1, 1), (rng.uniform(1.4, 1.6), 0.7), (rng.uniform(2.1, 2.8), 0.6), (rng.uniform(2.9, 3.5), 0.3)]
    at = 0.0
    while at < seconds:
        strike = struck(rng, 0.4, pitch, rng.uniform(0.12, 0.3), partials) * rng.uniform(0.7, 1)
        start = int(at * RATE)
        end = min(len(wave), start + len(strike))
        wave[start:end] += strike[: end - start]
        at += rng.uniform(0.92, 1.08) / rate_hz
    return wave


def repeat(parts: list[np.ndarray], seconds: float) -> np.ndarray:
    cycle = np.concatenate(parts)
    return np.tile(cycle, 1 + int(seconds * RATE) // len(cycle))


def alarm_pitch(rng: Random) -> tuple[float, str]:
    if rng.random() < 0.35:
        return rng.uniform(500, 545), "square"
    return rng.uniform(2850, 3500), "piezo"


def smoke_alarm(rng: Random, seconds: float) -> np.ndarray:
    pitch, kind = alarm_pitch(rng)
    on, off, pause = 0.5 * rng.uniform(0.94, 1.06), 0.5 * rng.uniform(0.94, 1.06), 1.5 * rng.uniform(0.95, 1.05)
    beep = tone(rng, on, pitch, kind, edge=rng.uniform(0.002, 0.02))
    return repeat([beep, rest(off), beep, rest(off), beep, rest(pause)], seconds)


def co_alarm(rng: Random, seconds: float) -> np.ndarray:
    pitch, kind = alarm_pitch(rng)
    on, off = 0.1 * rng.uniform(0.9, 1.1), 0.1 * rng.uniform(0.9, 1.1)
    beep = tone(rng, on, pitch, kind, edge=0.003)
    return repeat([beep, rest(off)] * 4 + [rest(rng.uniform(4, 5))], seconds)


def phone_ring(rng: Random, seconds: float) -> np.ndarray:
    kind = rng.choice(["bell", "cadence", "warble", "melody"])
    if kind == "bell":
        on = rng.uniform(0.8, 2)
        return repeat([bell_strikes(rng, on, rng.uniform(18, 26)), rest(rng.uniform(0.4, 4))], seconds)
    if kind == "cadence":
        return cadence_ring(rng, seconds)
    if kind == "warble":
        low = rng.uniform(600, 1800)
        high, step = low * rng.uniform(1.15, 1.4), 1 / rng.uniform(16, 28)
        voice = rng.choice(["sine", "soft", "square"])
        pair = [tone(rng, step, low, voice, 0.001), tone(rng, step, high, voice, 0.001)]
        return repeat(pair * int(rng.uniform(8, 20)) + [rest(rng.uniform(0.2, 2))], seconds)
    root = rng.uniform(400, 1000)
    notes = [
        struck(rng, rng.choice([0.12, 0.18, 0.24]), root * 2 ** (rng.integers(0, 13) / 12), rng.uniform(0.1, 0.4))
        for _ in range(rng.integers(6, 12))
    ]
    return repeat([*notes, rest(rng.uniform(0, 0.6))], seconds)


def cadence_ring(rng: Random, seconds: float) -> np.ndarray:
    """The ring of two low tones, as ITU-T E.180 lists it for several countries: what voices hide best."""
    low, high, on, off = [(440, 480, 2, 4), (400, 450, 0.4, 0.2), (425, 450, 1, 4)][rng.integers(3)]
    pitch = rng.uniform(0.93, 1.07)
    ring = tone(rng, on, low * pitch, "soft") + tone(rng, on, high * pitch, "soft")
    pause = rest(rng.uniform(0.5, off)) if off > 1 else np.concatenate([rest(off), ring, rest(rng.uniform(1, 2))])
    return repeat([ring, pause], seconds)


def doorbell(rng: Random, seconds: float) -> np.ndarray:
    kind = rng.choice(["ding-dong", "chime", "buzzer", "single"], p=[0.5, 0.2, 0.15, 0.15])
    if kind == "buzzer":
        on = rng.uniform(0.4, 1.5)
        count = int(on * RATE)
        wave = np.sign(np.sin(2 * np.pi * rng.choice([50, 60, 100, 120]) * np.arange(count) / RATE))
        return repeat([wave * (1 + 0.3 * rng.standard_normal(count)), rest(rng.uniform(1, 3))], seconds)
    high = rng.uniform(480, 1100)
    ratios = {"ding-dong": [1, rng.choice([0.794, 0.75, 0.84])], "single": [1]}.get(
        kind, [[1, 0.794, 0.891, 0.595], [0.595, 0.891, 1, 0.794]][rng.integers(2)]
    )
    gap = rng.uniform(0.35, 0.8)
    wave = np.zeros(int((gap * len(ratios) + 2.5) * RATE))
    decay = rng.uniform(0.3, 0.9)
    for index, ratio in enumerate(ratios):
        start = int(index * gap * RATE)
        note = struck(rng, 2.2, high * ratio, decay)
        wave[start : start + len(note)] += note[: len(wave) - start]
    return repeat([wave, rest(rng.uniform(0.5, 2))], seconds)


def alarm_clock(rng: Random, seconds: float) -> np.ndarray:
    if rng.random() < 0.3:
        return bell_strikes(rng, seconds, rng.uniform(9, 16))
    pitch = rng.uniform(1700, 2600) if rng.random() < 0.8 else rng.uniform(800, 1700)
    on = rng.uniform(0.05, 0.11)
    beep = tone(rng, on, pitch, rng.choice(["square", "piezo", "sine"]), 0.002)
    count = int(rng.choice([2, 3, 4, 4, 4]))
    return repeat([beep, rest(on * rng.uniform(0.7, 1.3))] * count + [rest(rng.uniform(0.25, 0.6))], seconds)


def siren(rng: Random, seconds: float) -> np.ndarray:
    count = int(seconds * RATE)
    time = np.arange(count) / RATE
    kind = rng.choice(["wail", "yelp", "hi-lo"], p=[0.4, 0.35, 0.25])
    if kind == "hi-lo":
        low = rng.uniform(360, 700)
        step = rng.uniform(0.35, 1.0)
        track = np.where((time / step).astype(int) % 2 == 0, low, low * rng.uniform(1.25, 1.4))
    else:
        rate = rng.uniform(10, 30) / 60 if kind == "wail" else rng.uniform(150, 250) / 60
        low, high = rng.uniform(500, 800), rng.uniform(1200, 1900)
        rise = rng.uniform(0.35, 0.65)
        place = (time * rate + rng.random()) % 1
        sweep = np.where(place < rise, place / rise, (1 - place) / (1 - rise))
        track = low * (high / low) ** sweep
    wave = tone(rng, seconds, track, rng.choice(["soft", "square"]))
    doppler = 1 + 0.5 * np.sin(2 * np.pi * time * rng.uniform(0.02, 0.1) + rng.uniform(0, 6))
    return wave * doppler


def two_tone_siren(rng: Random, seconds: float) -> np.ndarray:
    """The horn of DIN 14610: two tones about a fourth apart, each held, none of which dies away as a bell's does."""
    low = rng.uniform(380, 640)
    high, step = low * rng.uniform(1.25, 1.4), rng.uniform(0.4, 0.95)
    voice = rng.choice(["sine", "soft", "square"])
    return repeat([tone(rng, step, low, voice), tone(rng, step, high, voice)], seconds)


CHIMES = ([1.0, 0.8], [1.0, 0.8, 0.667], [0.667, 0.8, 1.0], [1.0, 0.794, 0.891, 0.595], [0.595, 0.891, 1.0, 0.794])
INTERVALS = (0.667, 0.75, 0.794, 0.8, 0.833, 0.841, 0.891)


def two_tone_chime(rng: Random, seconds: float) -> np.ndarray:
    """A bell of two tones or a few, at every interval and pace of a two-tone siren: what tells them apart is that each
    tone is struck and dies away. Electronic chimes have no partials and cut a tone off where the next one begins."""
    high = rng.uniform(420, 1200)
    ratios = [1.0, float(rng.choice(INTERVALS))] if rng.random() < 0.7 else CHIMES[rng.integers(len(CHIMES))]
    if rng.random() < 0.15:
        ratios = ratios[::-1]
    partials = [(1, 1), (2, rng.uniform(0, 0.5)), (3, rng.uniform(0, 0.25)), (rng.uniform(2.6, 5.4), rng.uniform(0, 0.2))]
    decay, gap, cut = rng.uniform(0.2, 1.0), rng.uniform(0.3, 0.9), rng.random() < 0.5
    presses = 1 + int(rng.random() < 0.3)
    wave = np.zeros(int((presses * len(ratios) * gap + 2.5) * RATE))
    for index, ratio in enumerate(ratios * presses):
        start = int(index * gap * RATE)
        last = index == len(ratios) * presses - 1
        note = struck(rng, rng.uniform(1.2, 2.4) if last or not cut else gap, high * ratio, decay, partials)
        fade = min(len(note), 160)
        note[len(note) - fade :] *= np.linspace(1, 0, fade)
        wave[start : start + len(note)] += note[: len(wave) - start]
    return repeat([wave, rest(rng.uniform(0.1, 2))], seconds)


def beep(rng: Random, seconds: float) -> np.ndarray:
    if rng.random() < 0.4:
        return long_beep(rng, seconds)
    while True:
        pitch = rng.choice([1000, 1250, 2000, 2048, 2400, 2730, 4000, 4096]) * rng.uniform(0.95, 1.05)
        on = rng.choice([0.08, 0.15, 0.25, 0.5, 1.0]) * rng.uniform(0.85, 1.15)
        if not (2750 < pitch < 3600):
            break
    wave = tone(rng, on, pitch, rng.choice(["sine", "piezo", "square"]), 0.003)
    count = int(rng.choice([1, 1, 2, 3, 5]))
    return repeat([wave, rest(max(0.25, on * rng.uniform(0.8, 1.5)))] * count + [rest(rng.uniform(1, 4))], seconds)


def long_beep(rng: Random, seconds: float) -> np.ndarray:
    """A timer or an appliance that is done: beeps too long for an alarm clock, few, and far between."""
    pitch = rng.choice([rng.uniform(900, 2750), rng.uniform(3600, 4200)], p=[0.8, 0.2])
    on = rng.uniform(0.18, 0.9)
    wave = tone(rng, on, pitch, rng.choice(["sine", "soft", "piezo", "square"]), 0.004)
    return repeat([wave, rest(on * rng.uniform(0.8, 1.3))] * int(rng.integers(1, 4)) + [rest(rng.uniform(1, 3))], seconds)


MAKERS = {
    "smoke_alarm": smoke_alarm, "co_alarm": co_alarm, "phone_ring": phone_ring, "doorbell": doorbell,
    "alarm_clock": alarm_clock, "siren": siren, "beep": beep,
}
SYNTHESISED_LABELS = list(MAKERS)
HARD_MAKERS = {
    **MAKERS, "phone_ring": cadence_ring, "doorbell": two_tone_chime, "siren": two_tone_siren, "beep": long_beep,
}
"""What voices hide best, bells and sirens of two tones, and beeps that are no alarm clock."""


def coloured_noise(rng: Random, count: int, slope: float) -> np.ndarray:
    """Noise whose power falls with frequency to the power `slope`: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20)
    return np.fft.irfft(spectrum / frequency ** (slope / 2), count)


def hum(rng: Random, count: int) -> np.ndarray:
    time = np.arange(count) / RATE
    base = rng.choice([50.0, 60.0])
    return sum(rng.uniform(0, 1) * np.sin(2 * np.pi * base * n * time + rng.uniform(0, 6.28)) for n in range(1, 9))


def music(rng: Random, seconds: float) -> np.ndarray:
    """Chords and a tune, slower and softer-edged than a ring tone."""
    root = rng.uniform(130, 330)
    wave = np.zeros(int((seconds + 3) * RATE))
    at = 0.0
    while at < seconds:
        length = rng.choice([0.25, 0.5, 0.5, 1.0])
        scale = rng.choice([0, 2, 4, 5, 7, 9, 11], size=rng.integers(1, 4))
        for step in scale:
            note = struck(rng, 1.5, root * 2 ** ((step + 12 * rng.integers(0, 2)) / 12), rng.uniform(0.3, 1.0))
            start = int(at * RATE)
            wave[start : start + len(note)] += note
        at += length
    return wave[: int(seconds * RATE)]


def click_track(rng: Random, count: int) -> np.ndarray:
    wave = np.zeros(count)
    for _ in range(rng.integers(1, 4)):
        at = rng.integers(0, count)
        length = min(count - at, int(rng.uniform(0.0005, 0.01) * RATE) + 1)
        wave[at : at + length] += rng.standard_normal(length)
    return wave


def background(rng: Random, seconds: float) -> np.ndarray:
    """Something to which no name is given: noise, hum, music, a click, nothing."""
    count = int(seconds * RATE)
    kind = rng.choice(["noise", "hum", "music", "click", "silence"], p=[0.45, 0.12, 0.23, 0.1, 0.1])
    if kind == "noise":
        slope = rng.choice([0.0, 0.5, 1.0, 1.0, 1.5, 2.0])
        return coloured_noise(rng, count, slope) + (0.3 * hum(rng, count) if rng.random() < 0.2 else 0)
    if kind == "hum":
        return hum(rng, count) + rng.uniform(0, 1) * coloured_noise(rng, count, 1.0)
    if kind == "music":
        return music(rng, seconds)
    if kind == "click":
        return click_track(rng, count)
    return np.zeros(count)
