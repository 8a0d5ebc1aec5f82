import { SAMPLE_RATE_HZ, type NearEnd } from '#protocol';
import { BAND_OF_BIN, BANDS, BandFrames, emptyFrame, totalOf, type BandFrame } from './bands.ts';
import { LAG_FRAMES, MAX_LAG_FRAMES, OwnLag, SETTLING_FRAMES } from './own-lag.ts';
import { BINS, FRAME_SAMPLES, HOP_SAMPLES, Spectrum } from './spectrum.ts';
import { ACTIVE_BANDS, STRETCH_FRAMES, voiceScore, windowFeatures, type NearFrame } from './voice-score.ts';

export interface NearEndOptions {
  /** Is given every frame that is judged, and how many frames ago something began to sound (0: nothing does); for training. */
  readonly observe?: (frame: NearFrame, stretchFrames: number) => void;
}

/** Frames that are remembered: what is waited for, what the own voice is late by, and what its gain is learnt from. */
const MEMORY_FRAMES = SETTLING_FRAMES + MAX_LAG_FRAMES + LAG_FRAMES;
/** Power of a frame from which on something is played. */
const AUDIBLE = 1e-7;
/** Power below which the room holds nothing more of the own voice. */
const ROOM_SILENCE = 1e-9;
/** How far the room's own noise is above its quietest moments. */
const ROOM_POWER_SPREAD = 3;
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

/**
 * Hears what is near besides Earshot's own voice, from the microphone and what is being played, every 16 ms.
 *
 * The own voice in the microphone is predicted band by band: what is played, late by a lag that is found by
 * correlation, with a gain that is learnt and a decay for the room. What stands above it is near. A voice is told from
 * a cough by a small network over the last 0.2 s and how the sound went on before (`voice-score.ts`), periodicity
 * (Boersma 1993) among its inputs. Cancelling with an adaptive filter was left out: clocks of loudspeaker and microphone
 * drift, and powers do not mind.
 */
export class NearEndDetector {
  readonly #spectrum = new Spectrum();
  readonly #heard = new BandFrames(MEMORY_FRAMES, this.#spectrum);
  readonly #played = new BandFrames(MEMORY_FRAMES, this.#spectrum);
  readonly #lag = new OwnLag();
  readonly #room = new Float64Array(BANDS);
  readonly #gain = new Float64Array(BANDS);
  readonly #noise = new Float64Array(BANDS).fill(1e-9);
  readonly #residual = new Float64Array(BINS);
  readonly #frames: NearFrame[] = [];
  readonly #options: NearEndOptions;
  /** The frame that is judged, and how many have been. */
  #frame: BandFrame = emptyFrame();
  #judged = 0;
  #soundFrames = 0;
  #quietFrames = 0;
  #stretchFrames = 0;
  #result: NearEnd = 'none';

  constructor(options: NearEndOptions = {}) {
    this.#options = options;
  }

  /** Milliseconds by which the own voice comes back late; undefined until it is known. */
  get lagMs(): number | undefined {
    const { frames } = this.#lag;
    return frames === undefined ? undefined : (frames * HOP_SAMPLES * 1000) / SAMPLE_RATE_HZ;
  }

  /** Frames that have been heard and are not judged before it is known how the own voice in them comes back. */
  get pendingFrames(): number {
    return this.#heard.count - this.#judged;
  }

  /**
   * What makes the last frame as soft as the room is without the own voice, at most 1; 1 where that is not expected to be
   * heard, and until it is known how it comes back.
   */
  get ownGain(): number {
    if (this.#lag.frames === undefined) return 1;
    const noise = totalOf(this.#noise);
    let own = 0;
    for (let band = 0; band < BANDS; band += 1) own += (this.#gain[band] ?? 0) * (this.#room[band] ?? 0);
    if (own < noise) return 1;
    return Math.min(1, Math.sqrt((noise + 1e-9) / (this.#frame.total + 1e-9)));
  }

  /** Whether the last frame is the room alone: the own voice is not in it, and it is no louder than the quiet moments. */
  get hearsRoom(): boolean {
    const noise = totalOf(this.#noise);
    const isQuiet = this.#frame.total < ROOM_POWER_SPREAD * noise;
    return isQuiet && totalOf(this.#room) < Math.max(ROOM_SILENCE, noise * 0.01);
  }

  /** Another player begins: what it plays may come back later or sooner than before. */
  expectOtherLag(): void {
    this.#lag.expectAnother();
  }

  /**
   * Takes samples of the microphone and, of the same moments, what was being played (silence where nothing was); both
   * 16 kHz and equally long. Calls back for each frame that is judged, in order: at once, but for up to 0.8 s in which own
   * sound begins to come back.
   *
   * @param onFrame - also told how many frames ago the judged one was heard.
   */
  push(
    microphone: Float32Array,
    played: Float32Array,
    onFrame: (near: NearEnd, framesAgo: number) => void,
  ): void {
    for (let index = 0; index < microphone.length; index += 1) {
      this.#played.push(played[index] ?? 0);
      if (!this.#heard.push(microphone[index] ?? 0)) continue;
      this.#follow(this.#heard.count - 1);
      if (this.#lag.isSettling) continue;
      while (this.#judged < this.#heard.count) {
        this.#hear(this.#judged);
        this.#judged += 1;
        onFrame(this.#result, this.#heard.count - this.#judged);
      }
    }
  }

  #follow(index: number): void {
    const played = this.#played.at(index)?.total ?? 0;
    const heard = this.#heard.at(index)?.total ?? 0;
    if (this.#lag.push(played, heard, played > AUDIBLE)) this.#learnGain(index);
  }

  #hear(index: number): void {
    const frame = this.#heard.at(index);
    if (!frame) return;
    this.#frame = frame;
    const plays = (this.#played.at(index)?.total ?? 0) > AUDIBLE;
    this.#decayRoom(index);
    if (!plays && totalOf(this.#room) < ROOM_SILENCE) this.#learnNoise();
    if (this.#lag.frames === undefined) this.#result = 'none';
    else this.#judge(index);
  }

  /** What is played and what the room still holds of it, at the lag. Neighbouring frames share their samples. */
  #decayRoom(index: number): void {
    const lag = this.#lag.frames ?? 0;
    const before = this.#played.at(index - lag)?.bands;
    const later = this.#played.at(index - lag - 1)?.bands;
    const sooner = this.#played.at(index - Math.max(0, lag - 1))?.bands;
    for (let band = 0; band < BANDS; band += 1) {
      const now = Math.max(before?.[band] ?? 0, later?.[band] ?? 0, sooner?.[band] ?? 0);
      this.#room[band] = Math.max(now, (this.#room[band] ?? 0) * ROOM_DECAY);
    }
  }

  /** Falls at once, rises slowly: the quietest moments of a second are the room's own noise. */
  #learnNoise(): void {
    for (let band = 0; band < BANDS; band += 1) {
      const power = this.#frame.bands[band] ?? 0;
      const noise = this.#noise[band] ?? 0;
      this.#noise[band] = power < noise ? noise * 0.7 + power * 0.3 : Math.min(power, noise * 1.05 + 1e-10);
    }
  }

  /** The gain that covers what was heard of the own voice so far, but for the tenth that may be somebody else. */
  #learnGain(last: number): void {
    const lag = this.#lag.frames ?? 0;
    for (let band = 0; band < BANDS; band += 1) {
      const ratios: number[] = [];
      for (let ago = 0; ago < LAG_FRAMES; ago += 1) {
        const played = this.#played.at(last - ago - lag)?.bands[band] ?? 0;
        const heard = this.#heard.at(last - ago)?.bands[band] ?? 0;
        if (played > AUDIBLE) ratios.push(heard / played);
      }
      ratios.sort((left, right) => left - right);
      this.#gain[band] = ratios[Math.floor(ratios.length * 0.7)] ?? 0;
    }
  }

  #judge(index: number): void {
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
      periodicity: sounds ? this.#periodicity(index) : 0,
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
  #periodicity(index: number): number {
    const played = this.#played.at(index - (this.#lag.frames ?? 0))?.power;
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
