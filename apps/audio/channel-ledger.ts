import type { Channel } from '#protocol';

/** Loudness is kept for each tenth of a second. */
const FRAMES_PER_SECOND = 10;
/** A line is named within seconds; a process that crashes is sent less than this again. */
const KEPT_SECONDS = 600;
/** So much of the past tells how loud a channel is while nobody speaks, and how much of the other one it hears. */
const PAST_SECONDS = 30;
/** The share of the past that is quieter than the noise floor: even a reader without a breath pauses more than that. */
const FLOOR_SHARE = 0.1;
/** How far the floor itself swings, in power. */
const FLOOR_SWING = 4;
/** Mean square of −70 dB: what is played below that is nobody's voice. */
const PLAYED_POWER = 1e-7;
/** The echo of a loudspeaker is measured where at least one second was played. */
const ECHO_FRAMES = 10;
/** While the machine plays, the quietest quarter of what the microphone hears is the loudspeaker and nobody else. */
const ECHO_SHARE = 0.25;
/** How far an echo swings around its mean, in power. */
const ECHO_SWING = 3;

/** A stretch of sound, in mean squares. */
interface Frame {
  readonly me: number;
  readonly others: number;
}

/**
 * Mixes microphone and system sound to the one stream that is heard, and remembers which of them carried it. The louder
 * one has the word, above its own noise floor and, for the microphone, above the echo of the loudspeakers.
 */
export class ChannelLedger {
  readonly #frameSamples: number;
  /** A ring of frames; both arrays are full of the newest `KEPT_SECONDS`. */
  readonly #me = new Float32Array(KEPT_SECONDS * FRAMES_PER_SECOND);
  readonly #others = new Float32Array(KEPT_SECONDS * FRAMES_PER_SECOND);
  #frames = 0;
  #samples = 0;
  #filled = 0;
  #sumMe = 0;
  #sumOthers = 0;

  /** @param sampleRateHz - of what is mixed. */
  constructor(sampleRateHz: number) {
    this.#frameSamples = sampleRateHz / FRAMES_PER_SECOND;
  }

  /** Takes interleaved pairs, the microphone first, and returns their sum; a last half pair is left out. */
  mix(pairs: Float32Array): Float32Array {
    const mono = new Float32Array(Math.floor(pairs.length / 2));
    for (let index = 0; index < mono.length; index += 1) {
      const me = pairs[2 * index] as number;
      const others = pairs[2 * index + 1] as number;
      mono[index] = me + others;
      this.#sumMe += me * me;
      this.#sumOthers += others * others;
      this.#filled += 1;
      this.#samples += 1;
      // Not by the length of the frame: a tenth of 11,025 samples is no whole number, and hours would drift.
      if (this.#samples >= (this.#frames + 1) * this.#frameSamples) this.#endFrame();
    }
    return mono;
  }

  /** Who spoke between two moments of stream time; undefined where both channels are silent or it is too long ago. */
  between(startSeconds: number, endSeconds: number): Channel | undefined {
    const last = Math.min(Math.ceil(endSeconds * FRAMES_PER_SECOND), this.#frames);
    const first = Math.max(Math.floor(startSeconds * FRAMES_PER_SECOND), this.#oldest);
    const past = this.#range(Math.max(last - PAST_SECONDS * FRAMES_PER_SECOND, this.#oldest), last);
    const floor = {
      me:
        FLOOR_SWING *
        quantile(
          past.map(({ me }) => me),
          FLOOR_SHARE,
        ),
      others:
        FLOOR_SWING *
        quantile(
          past.map(({ others }) => others),
          FLOOR_SHARE,
        ),
    };
    const echo = ECHO_SWING * echoOf(past, floor);
    let [mine, theirs, before] = [0, 0, 0];
    for (const { me, others } of this.#range(first, last)) {
      // A room answers into the next tenth of a second.
      mine += Math.max(0, me - floor.me - echo * Math.max(others, before));
      theirs += Math.max(0, others - floor.others);
      before = others;
    }
    if (mine === 0 && theirs === 0) return undefined;
    return mine > theirs ? 'me' : 'others';
  }

  get #oldest(): number {
    return Math.max(0, this.#frames - this.#me.length);
  }

  #endFrame(): void {
    const place = this.#frames % this.#me.length;
    this.#me[place] = this.#sumMe / this.#filled;
    this.#others[place] = this.#sumOthers / this.#filled;
    this.#frames += 1;
    [this.#filled, this.#sumMe, this.#sumOthers] = [0, 0, 0];
  }

  #range(first: number, end: number): Frame[] {
    return Array.from({ length: Math.max(0, end - first) }, (_, index) => {
      const place = (first + index) % this.#me.length;
      return { me: this.#me[place] as number, others: this.#others[place] as number };
    });
  }
}

/** How much of what the machine plays the microphone hears, as a ratio of powers; 0 where too little was played. */
function echoOf(past: readonly Frame[], floor: Frame): number {
  const played = past.filter(({ others }) => others > Math.max(PLAYED_POWER, floor.others));
  if (played.length < ECHO_FRAMES) return 0;
  return quantile(
    played.map(({ me, others }) => Math.max(0, me - floor.me) / others),
    ECHO_SHARE,
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * sorted.length)] ?? 0;
}
