import {
  EchoGuard,
  prosodyOf,
  samplesToSeconds,
  SpeechOutput,
  toEarshotError,
  type AudioChunk,
  type EarshotError,
  type EarshotEvent,
  type EventOf,
  type SpeechAction,
  type TranscriptEvent,
} from '#protocol';
import { NearEndDetector } from './near-end.ts';
import { OwnSound } from './own-sound.ts';
import { PlayedSound } from './played-sound.ts';
import type { Speaker } from './speaker.ts';
import { HOP_SAMPLES } from './spectrum.ts';

export interface VoiceOutOptions {
  readonly speaker: Speaker;
  /** How fast, in percent of the voice's own speed; asked for each sentence. */
  ratePercent?(): number;
  /** Where in the stream hearing begins; 0 when absent. */
  readonly firstSample?: number;
  /** Stream time in seconds, now. */
  streamSeconds(): number;
  /** A clock in milliseconds. */
  now(): number;
  /** The person has interrupted: whatever still writes the reply can stop. */
  interrupted?(replyId: number): void;
  failed?(error: EarshotError): void;
  /** Another reply is being said now; undefined: none is. */
  saying?(replyId: number | undefined): void;
}

/** Where the own sound is not known: a line that goes on for longer after a sentence has begun has more in it than that. */
const LONGEST_ECHO_SECONDS = 2;

/** How often waiting is looked at while no sound comes from the microphone. */
const TICK_MS = 100;

/**
 * Speaks the replies of a session, and keeps them out of what it hears. Owns nothing but the sentence that is being
 * said; `close` stops it.
 */
export class VoiceOut {
  readonly #options: VoiceOutOptions;
  readonly #output = new SpeechOutput();
  readonly #guard = new EchoGuard();
  readonly #detector = new NearEndDetector();
  readonly #played = new PlayedSound();
  readonly #ownSound: OwnSound;
  readonly #held: AudioChunk[] = [];
  readonly #timer: NodeJS.Timeout;
  /** Still to come before the first frame, so that each begins with a step of the stream. */
  #skippedSamples: number;
  #knowsItsSound = false;
  #sentence: AbortController | undefined;
  #saying = Promise.resolve();
  #closed = false;
  #heardAtMs = -Infinity;
  #told: number | undefined;

  constructor(options: VoiceOutOptions) {
    this.#options = options;
    const { firstSample = 0 } = options;
    const firstFrame = Math.ceil(firstSample / HOP_SAMPLES);
    this.#skippedSamples = firstFrame * HOP_SAMPLES - firstSample;
    this.#ownSound = new OwnSound(firstFrame);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  get speaking(): boolean {
    return this.#output.state !== 'silent';
  }

  /** A reply as it grows: each event holds the whole text so far. */
  reply(event: EventOf<'reply'>): void {
    if (!this.#closed) this.#do(this.#output.take(event));
  }

  /** What the microphone hears, as early as it is known: 16 kHz mono, blocks of any size. */
  hear(block: Float32Array): void {
    const samples = block.subarray(this.#skippedSamples);
    this.#skippedSamples -= block.length - samples.length;
    const end = this.#options.streamSeconds();
    this.#heardAtMs = this.#options.now();
    this.#detector.push(samples, this.#played.take(samples.length, this.#heardAtMs), (near, framesAgo) => {
      const at = end - samplesToSeconds(framesAgo * HOP_SAMPLES);
      if (near === 'voice' && this.speaking)
        this.#guard.voice(at - samplesToSeconds(samples.length) - 0.2, at);
      this.#ownSound.frame(near, this.#detector.ownGain, this.#detector.hearsRoom);
      this.#do(this.#output.heard(near, this.#heardAtMs));
    });
  }

  /**
   * Takes a chunk whose samples were heard; gives the chunks that the engine may hear now, in order, with the room's own
   * sound in the place of the own voice where nothing else was near. While it is found out how that comes back, for up to
   * 0.8 s, chunks are held: the first words of a reply would otherwise be written down.
   */
  chunk(chunk: AudioChunk): readonly AudioChunk[] {
    if (this.#held.length === 0 && this.#isJudged(chunk)) return [this.#ownSound.without(chunk)];
    // The source may use the memory of its chunk again.
    this.#held.push({ ...chunk, samples: chunk.samples.slice() });
    const waiting = this.#held.findIndex((held) => !this.#isJudged(held));
    return this.#release(waiting === -1 ? this.#held.length : waiting);
  }

  /** The chunks that are still held: nothing comes behind them. */
  rest(): readonly AudioChunk[] {
    return this.#release(this.#held.length);
  }

  #isJudged(chunk: AudioChunk): boolean {
    return this.#detector.pendingFrames === 0 || this.#ownSound.knows(chunk);
  }

  #release(count: number): readonly AudioChunk[] {
    return this.#held.splice(0, count).map((chunk) => this.#ownSound.without(chunk));
  }

  /** An event of the session without Earshot's own words; undefined when nothing else is in it. */
  admit(event: EarshotEvent): EarshotEvent | undefined {
    if (event.type === 'sound' && event.final !== false) this.#do(this.#output.heardSound());
    if (event.type !== 'transcript') return event;
    const admitted: TranscriptEvent | undefined = this.#guard.filter(event);
    const said = admitted !== undefined && admitted.text.trim() !== '';
    if (said && this.speaking && this.#interrupts(admitted))
      this.#do(this.#output.heardWords(this.#options.now()));
    return admitted;
  }

  /** Stops what is being said. */
  silence(): void {
    this.#do(this.#output.silence());
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#output.clear();
    this.#sentence?.abort();
    this.#tell();
    await this.#saying;
    await this.#options.speaker.release?.();
  }

  /** While the microphone is silent altogether nothing is near; while it is not, only the detector knows. */
  #tick(): void {
    const nowMs = this.#options.now();
    if (nowMs - this.#heardAtMs >= TICK_MS) this.#do(this.#output.heard('none', nowMs));
  }

  /**
   * Words that ended before the sentence began are what it answers. A line that began before it may only go on with the
   * sentence itself, misheard: a quick reply comes in the pause behind the request. So somebody must have been heard in it.
   */
  #interrupts({ start, end }: TranscriptEvent): boolean {
    const since = this.#guard.speakingSince(this.#options.streamSeconds());
    if (end <= since) return false;
    if (start >= since || this.#guard.hearsVoice(since, end)) return true;
    return !this.#knowsItsSound && end - since > LONGEST_ECHO_SECONDS;
  }

  #do(actions: readonly SpeechAction[]): void {
    for (const action of actions) {
      switch (action.kind) {
        case 'speak':
          this.#saying = this.#say(action.sentence, this.#saying);
          break;
        case 'duck':
          this.#options.speaker.duck();
          break;
        case 'restore':
          this.#options.speaker.restore();
          break;
        case 'stop':
          this.#sentence?.abort();
          this.#played.clear(this.#options.now());
          this.#options.speaker.restore();
          if (this.#output.reply) this.#options.interrupted?.(this.#output.reply.id);
          break;
      }
    }
    this.#tell();
  }

  /** The line that the reply answers. */
  #answeredLine(): number | undefined {
    const trigger = this.#output.reply?.trigger;
    return trigger?.kind === 'transcript' ? trigger.of : undefined;
  }

  #tell(): void {
    const { saying } = this.#output;
    if (saying === this.#told) return;
    this.#told = saying;
    this.#options.saying?.(saying);
  }

  async #say(sentence: string, before: Promise<void>): Promise<void> {
    const stop = new AbortController();
    this.#sentence = stop;
    await before;
    if (this.#closed || stop.signal.aborted) return;
    const { speaker, streamSeconds, now } = this.#options;
    const prosody = prosodyOf(this.#output.reply?.emotion, this.#options.ratePercent?.());
    try {
      await speaker.speak(sentence, prosody, stop.signal, {
        opened: () => this.#detector.expectOtherLag(),
        started: () => this.#guard.begin(sentence, streamSeconds(), this.#answeredLine()),
        played: (samples, rate) => {
          this.#knowsItsSound = true;
          this.#played.push(samples, rate, now());
        },
      });
    } catch (thrown) {
      this.#output.clear();
      this.#tell();
      this.#options.failed?.(toEarshotError(thrown, 'device-unavailable'));
    }
    this.#guard.end(streamSeconds());
    if (!stop.signal.aborted && this.#output.current !== undefined) this.#do(this.#output.sentenceSaid());
  }
}
