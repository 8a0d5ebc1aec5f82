import { SAMPLE_RATE_HZ, type NearEnd } from '#protocol';
import { BINS, FRAME_SAMPLES, HOP_SAMPLES, Spectrum } from './spectrum.ts';
import { ACTIVE_BANDS, STRETCH_FRAMES, voiceScore, windowFeatures, type NearFrame } from './voice-score.ts';

export interface NearEndOptions {
  /** Is given every frame that is judged, and how many frames ago something began to sound (0: nothing does); for training. */
  readonly observe?: (frame: NearFrame, stretchFrames: number) => void;
}

/** Bands in which own voice and microphone are compared, of equal width on a logarithmic scale. */
const BANDS = 22;
const LOWEST_HZ = 120;
const HIGHEST_HZ = 6_500;

/** How late the own voice may come back: output buffer, air and input buffer. */
const MAX_LAG_FRAMES = 32;
/** Frames that are compared to find the lag, 1.0 s, and how well they must agree. */
const LAG_FRAMES = 64;
const MIN_LAG_CORRELATION = 0.55;
/** Own sound among them from which on the lag is believed at first, 0.4 s, and without a pause for good, 0.5 s. */
const FIRST_FRAMES = 24;
const SURE_FRAMES = 32;
const MEMORY_FRAMES = LAG_FRAMES + MAX_LAG_FRAMES;
/** What a room leaves of a sound after one frame (16 ms): 60 dB in 0.6 s. */
const ROOM_DECAY = 10 ** (-60 / 10 / (0.6 / (HOP_SAMPLES / SAMPLE_RATE_HZ)));

/** How far a band must stand above the own voice there: twice its power and more for what the model does not know. */
const MARGIN = 4;
const NOISE_MARGIN = 6;
/** Frames in a row in which something stands out before it counts as a sound. */
const SOUND_FRAMES = 2;
/**
 * Log odds from which on something is taken for a voice. It is judged by its first 0.3 s; a cough's voiced end comes
 * later, so that then only what is plainly a voice counts. Chosen by
 * cross-validation on the training recordings; 3 and 4.5 let 93 of 100 coughs pass instead of 85, and lose two of the ten
 * composed voices.
 */
const EARLY_VOICE_SCORE = 1.5;
const LATE_VOICE_SCORE = 4;
const EARLY_FRAMES = 18;
/** Quiet frames after which something new begins: 0.2 s. */
const QUIET_FRAMES = 12;
/** Periods of voices, in samples: 70 to 400 Hz. */
const SHORTEST_PERIOD = Math.floor(SAMPLE_RATE_HZ / 400);
const LONGEST_PERIOD = Math.ceil(SAMPLE_RATE_HZ / 70);
/** Gain goes up by this share a frame when the room changes, and so slowly that a voice does not count as room. */
const GAIN_RISE = 0.004;

const EDGES = Array.from({ length: BANDS + 1 }, (_, band) => {
  const hz = LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (band / BANDS);
  return Math.round((hz * FRAME_SAMPLES) / SAMPLE_RATE_HZ);
});

/** The band of each bin; −1 outside. */
const BAND_OF_BIN = Int8Array.from({ length: BINS }, (_, bin) => {
  const band = EDGES.findIndex((edge, index) => bin >= edge && bin < (EDGES[index + 1] ?? 0));
  return band >= 0 && band < BANDS ? band : -1;
});

interface Frame {
  readonly power: Float64Array;
  readonly bands: Float64Array;
}

function emptyFrame(): Frame {
  return { power: new Float64Array(BINS), bands: new Float64Array(BANDS) };
}

/**
 * Hears what is near besides Earshot's own voice, from the microphone and what is being played, every 16 ms.
 *
 * The own voice in the microphone is predicted band by band: what is played, late by a lag that is found by
 * correlation, with a gain that is learnt and a decay for the room. What stands above it is near. A voice is told from
 * a cough by a small network over the last 0.2 s and how the sound went on before (`voice-score.ts`), periodicity (Boersma 1993) among its inputs. Cancelling with an adaptive filter was
 * left out: clocks of loudspeaker and microphone drift, and powers do not mind.
 */
export class NearEndDetector {
  readonly #spectrum = new Spectrum();
  readonly #microphone = new Float32Array(FRAME_SAMPLES);
  readonly #reference = new Float32Array(FRAME_SAMPLES);
  readonly #playedFrames = Array.from({ length: MEMORY_FRAMES }, emptyFrame);
  readonly #heardBands = Array.from({ length: MEMORY_FRAMES }, () => new Float64Array(BANDS));
  readonly #frame = emptyFrame();
  readonly #room = new Float64Array(BANDS);
  readonly #gain = new Float64Array(BANDS);
  readonly #noise = new Float64Array(BANDS).fill(1e-9);
  readonly #residual = new Float64Array(BINS);
  readonly #frames: NearFrame[] = [];
  readonly #options: NearEndOptions;
  #filled = 0;
  #count = 0;
  readonly #plays = new Uint8Array(LAG_FRAMES);
  #playedCount = 0;
  #playedRun = 0;
  #isSure = false;
  #lag: number | undefined;
  #soundFrames = 0;
  #quietFrames = 0;
  #stretchFrames = 0;
  #result: NearEnd = 'none';

  constructor(options: NearEndOptions = {}) {
    this.#options = options;
  }

  /** Milliseconds by which the own voice comes back late; undefined until it is known. */
  get lagMs(): number | undefined {
    return this.#lag === undefined ? undefined : (this.#lag * HOP_SAMPLES * 1000) / SAMPLE_RATE_HZ;
  }

  /**
   * What makes the last frame as soft as the room is without the own voice, at most 1; 1 where that is not expected to be
   * heard, and until it is known how it comes back.
   */
  get ownGain(): number {
    if (this.#lag === undefined) return 1;
    const noise = sum(this.#noise);
    let own = 0;
    for (let band = 0; band < BANDS; band += 1) own += (this.#gain[band] ?? 0) * (this.#room[band] ?? 0);
    if (own < noise) return 1;
    return Math.min(1, Math.sqrt((noise + 1e-9) / (sum(this.#frame.bands) + 1e-9)));
  }

  /**
   * Takes samples of the microphone and, of the same moments, what was being played (silence where nothing was); both
   * 16 kHz and equally long. Calls back for each frame that they complete.
   */
  push(microphone: Float32Array, played: Float32Array, onFrame: (near: NearEnd) => void): void {
    for (let index = 0; index < microphone.length; index += 1) {
      this.#microphone[this.#filled] = microphone[index] ?? 0;
      this.#reference[this.#filled] = played[index] ?? 0;
      this.#filled += 1;
      if (this.#filled < FRAME_SAMPLES) continue;
      this.#hear();
      this.#microphone.copyWithin(0, HOP_SAMPLES);
      this.#reference.copyWithin(0, HOP_SAMPLES);
      this.#filled = FRAME_SAMPLES - HOP_SAMPLES;
      onFrame(this.#result);
    }
  }

  #hear(): void {
    const slot = this.#count % MEMORY_FRAMES;
    const played = this.#playedFrames[slot];
    const heard = this.#heardBands[slot];
    if (!played || !heard) return;
    this.#measure(this.#reference, played);
    this.#measure(this.#microphone, this.#frame);
    heard.set(this.#frame.bands);
    this.#count += 1;
    const plays = sum(played.bands) > 1e-7;
    this.#followPlayed(plays);
    this.#decayRoom();
    if (!plays && sum(this.#room) < 1e-9) this.#learnNoise();
    this.#lookForLag();
    if (this.#lag === undefined) {
      this.#result = 'none';
      return;
    }
    this.#judge();
  }

  /** How many of the frames that are compared hold own sound, and how many without a pause. */
  #followPlayed(plays: boolean): void {
    const slot = this.#count % LAG_FRAMES;
    this.#playedCount += (plays ? 1 : 0) - (this.#plays[slot] ?? 0);
    this.#plays[slot] = plays ? 1 : 0;
    this.#playedRun = plays ? this.#playedRun + 1 : 0;
  }

  #measure(samples: Float32Array, frame: Frame): void {
    this.#spectrum.power(samples, frame.power);
    frame.bands.fill(0);
    for (let bin = 0; bin < BINS; bin += 1) {
      const band = BAND_OF_BIN[bin] ?? -1;
      if (band >= 0) frame.bands[band] = (frame.bands[band] ?? 0) + (frame.power[bin] ?? 0);
    }
  }

  /** What is played and what the room still holds of it, at the lag. Neighbouring frames share their samples. */
  #decayRoom(): void {
    const before = this.#at(this.#lag ?? 0)?.bands;
    const later = this.#at((this.#lag ?? 0) + 1)?.bands;
    const sooner = this.#at(Math.max(0, (this.#lag ?? 0) - 1))?.bands;
    for (let band = 0; band < BANDS; band += 1) {
      const now = Math.max(before?.[band] ?? 0, later?.[band] ?? 0, sooner?.[band] ?? 0);
      this.#room[band] = Math.max(now, (this.#room[band] ?? 0) * ROOM_DECAY);
    }
  }

  #at(framesAgo: number): Frame | undefined {
    const index = this.#count - 1 - framesAgo;
    return index < 0 ? undefined : this.#playedFrames[index % MEMORY_FRAMES];
  }

  /** Falls at once, rises slowly: the quietest moments of a second are the room's own noise. */
  #learnNoise(): void {
    for (let band = 0; band < BANDS; band += 1) {
      const power = this.#frame.bands[band] ?? 0;
      const noise = this.#noise[band] ?? 0;
      this.#noise[band] = power < noise ? noise * 0.7 + power * 0.3 : Math.min(power, noise * 1.05 + 1e-10);
    }
  }

  #lookForLag(): void {
    if (this.#isSure || this.#count < MEMORY_FRAMES || this.#count % 8 !== 0) return;
    const sure = this.#playedRun >= SURE_FRAMES;
    if (!sure && (this.#lag !== undefined || this.#playedCount < FIRST_FRAMES)) return;
    const heard = Array.from({ length: LAG_FRAMES }, (_, ago) =>
      loudness(this.#heardBands[(this.#count - 1 - ago) % MEMORY_FRAMES]),
    );
    let best = MIN_LAG_CORRELATION;
    let found: number | undefined;
    for (let lag = 0; lag < MAX_LAG_FRAMES; lag += 1) {
      const played = Array.from({ length: LAG_FRAMES }, (_, ago) => loudness(this.#at(ago + lag)?.bands));
      const agreement = correlation(heard, played);
      if (agreement <= best) continue;
      best = agreement;
      found = lag;
    }
    if (found === undefined) return;
    this.#lag = found;
    this.#learnGain();
    this.#isSure = sure;
  }

  /** The gain that covers what was heard of the own voice so far, but for the tenth that may be somebody else. */
  #learnGain(): void {
    for (let band = 0; band < BANDS; band += 1) {
      const ratios: number[] = [];
      for (let ago = 0; ago < LAG_FRAMES; ago += 1) {
        const played = this.#at(ago + (this.#lag ?? 0))?.bands[band] ?? 0;
        const heard = this.#heardBands[(this.#count - 1 - ago) % MEMORY_FRAMES]?.[band] ?? 0;
        if (played > 1e-7) ratios.push(heard / played);
      }
      ratios.sort((left, right) => left - right);
      this.#gain[band] = ratios[Math.floor(ratios.length * 0.7)] ?? 0;
    }
  }

  #judge(): void {
    let active = 0;
    for (let band = 0; band < BANDS; band += 1) {
      const heard = this.#frame.bands[band] ?? 0;
      const echo = (this.#gain[band] ?? 0) * (this.#room[band] ?? 0);
      if (heard > MARGIN * echo + NOISE_MARGIN * (this.#noise[band] ?? 0) + 1e-8) active += 1;
      this.#followGain(band, heard, echo);
    }
    const sounds = active >= ACTIVE_BANDS;
    this.#soundFrames = sounds ? this.#soundFrames + 1 : 0;
    this.#followStretch(sounds);
    const frame = {
      activeBands: active,
      periodicity: sounds ? this.#periodicity() : 0,
      excess: this.#excess(),
    };
    this.#options.observe?.(frame, this.#stretchFrames);
    this.#frames.push(frame);
    if (this.#frames.length > STRETCH_FRAMES) this.#frames.shift();
    const features = windowFeatures(this.#frames, this.#stretchFrames);
    if (features && voiceScore(features) > this.#neededScore(sounds)) this.#result = 'voice';
    else this.#result = this.#soundFrames >= SOUND_FRAMES ? 'sound' : 'none';
  }

  #followGain(band: number, heard: number, echo: number): void {
    const gain = this.#gain[band] ?? 0;
    if ((this.#room[band] ?? 0) < 1e-6 || echo < (this.#noise[band] ?? 0)) return;
    this.#gain[band] = heard > echo ? gain * (1 + GAIN_RISE) : gain * (1 - GAIN_RISE / 3);
  }

  /** What a voice must score now, by how long ago something began to sound. */
  #neededScore(sounds: boolean): number {
    return sounds && this.#stretchFrames <= EARLY_FRAMES ? EARLY_VOICE_SCORE : LATE_VOICE_SCORE;
  }

  #followStretch(sounds: boolean): void {
    this.#quietFrames = sounds ? 0 : this.#quietFrames + 1;
    if (this.#quietFrames >= QUIET_FRAMES) this.#stretchFrames = 0;
    else if (this.#stretchFrames > 0 || this.#soundFrames >= SOUND_FRAMES) this.#stretchFrames += 1;
  }

  /** Tens of decibels by which each band stands above the own voice and the room. */
  #excess(): number[] {
    return Array.from(this.#frame.bands, (heard, band) => {
      const echo = (this.#gain[band] ?? 0) * (this.#room[band] ?? 0);
      const ratio = Math.max(1e-12, heard - 2 * echo) / ((this.#noise[band] ?? 0) + 1e-9);
      return Math.min(4, Math.max(0, Math.log10(ratio)));
    });
  }

  /** How much what is left without the own voice repeats itself, as a voice does. */
  #periodicity(): number {
    const played = this.#at(this.#lag ?? 0)?.power;
    for (let bin = 0; bin < BINS; bin += 1) {
      const band = BAND_OF_BIN[bin] ?? -1;
      const echo = band < 0 ? 0 : (this.#gain[band] ?? 0) * (played?.[bin] ?? 0);
      const audible = bin * (SAMPLE_RATE_HZ / FRAME_SAMPLES) < 3_000 && band >= 0;
      this.#residual[bin] = audible ? Math.max(0, (this.#frame.power[bin] ?? 0) - MARGIN * echo) : 0;
    }
    const correlations = this.#spectrum.autocorrelation(this.#residual);
    const energy = correlations[0] ?? 0;
    if (energy <= 0) return 0;
    let best = 0;
    for (let lag = SHORTEST_PERIOD; lag <= LONGEST_PERIOD; lag += 1) {
      const value = correlations[lag] ?? 0;
      const peak = value > (correlations[lag - 1] ?? 0) && value >= (correlations[lag + 1] ?? 0);
      // A Hann window weighs longer lags less: undone, as Boersma does.
      if (peak) best = Math.max(best, value / energy / windowCorrelation(lag));
    }
    return Math.min(1, best);
  }
}

/** Autocorrelation of the Hann window, normalised (Boersma 1993, equation 8). */
function windowCorrelation(lag: number): number {
  const x = lag / FRAME_SAMPLES;
  return (1 - x) * (2 / 3 + Math.cos(2 * Math.PI * x) / 3) + Math.sin(2 * Math.PI * x) / (2 * Math.PI);
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function loudness(bands: Float64Array | undefined): number {
  return bands ? Math.log(sum(bands) + 1e-7) : Math.log(1e-7);
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const leftMean = left.reduce((a, b) => a + b, 0) / left.length;
  const rightMean = right.reduce((a, b) => a + b, 0) / right.length;
  let product = 0;
  let leftPower = 0;
  let rightPower = 0;
  left.forEach((value, index) => {
    const a = value - leftMean;
    const b = (right[index] ?? 0) - rightMean;
    product += a * b;
    leftPower += a * a;
    rightPower += b * b;
  });
  return leftPower > 0 && rightPower > 0 ? product / Math.sqrt(leftPower * rightPower) : 0;
}
