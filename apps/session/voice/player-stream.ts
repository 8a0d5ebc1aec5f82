import { spawn, type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { EarshotError } from '#protocol';
import type { PlayerProgram } from './player.ts';

export interface PlayOptions {
  readonly signal: AbortSignal;
  /** Asked for each block, so that ducking is heard at once. */
  ducked(): boolean;
  /** The first block has been handed to the player. */
  started(): void;
  /** Each block as it is handed to the player, and the silence behind the last one while the player stays open. */
  played(samples: Float32Array): void;
}

interface Sentence {
  readonly samples: Float32Array;
  readonly options: PlayOptions;
  /** Samples that were handed over, the silence behind the last one too. */
  given: number;
  readonly settle: (error?: EarshotError) => void;
}

const BLOCK_MS = 20;
/** Sound that is given to the player before its time: what a stop still lets be heard. */
const LEAD_MS = 60;
/** How far a ducked voice is lowered: 14 dB. */
const DUCKED_GAIN = 0.2;
/** How long a player may take to tell that it is open; it is given sound then all the same. */
const OPEN_TIMEOUT_MS = 3_000;
/** How long it is kept open for another sentence. */
const KEEP_OPEN_MS = 2_000;
/** How long a player may take to end when nothing more comes; what it holds is silence. */
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * A player that is open: what it is given is played block by block at its own speed, and silence in between, so that all
 * sentences of a reply come back equally late. It closes by itself when nothing more is to be said for a while.
 */
export class PlayerStream {
  readonly sampleRateHz: number;
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #blockSamples: number;
  readonly #ended: Promise<void>;
  #isOver = false;
  #isClosing = false;
  #feeding: NodeJS.Timeout | undefined;
  #sentence: Sentence | undefined;
  #listener: PlayOptions['played'] = () => undefined;
  /** The clock when the first block begins to be played, and how much has been handed over since. */
  #startedAtMs = 0;
  #givenMs = 0;
  #idleSinceMs = 0;

  private constructor(player: PlayerProgram, sampleRateHz: number) {
    this.sampleRateHz = sampleRateHz;
    this.#name = basename(player.command);
    this.#blockSamples = Math.round((sampleRateHz * BLOCK_MS) / 1000);
    this.#child = spawn(player.command, player.arguments(sampleRateHz), {
      stdio: [
        'pipe',
        'ignore',
        player.announces instanceof RegExp ? 'pipe' : 'ignore',
        ...(player.announces === 'message' ? (['ipc'] as const) : []),
      ],
      env: { ...process.env, ...player.environment },
      windowsHide: true,
    });
    this.#child.stdin?.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', () => resolve());
      this.#child.once('close', () => resolve());
    });
    void this.#ended.then(() => this.#end());
  }

  /**
   * Starts a player; resolves when its loudspeaker is open.
   *
   * @throws EarshotError `device-unavailable` when it finds none.
   */
  static async open(player: PlayerProgram, sampleRateHz: number): Promise<PlayerStream> {
    const stream = new PlayerStream(player, sampleRateHz);
    await stream.#untilOpen(player.announces);
    if (stream.#isOver) throw stream.#failure();
    stream.#startedAtMs = performance.now();
    stream.#idleSinceMs = stream.#startedAtMs;
    stream.#feeding = setInterval(() => stream.#feed(), BLOCK_MS / 2);
    return stream;
  }

  /** Whether it can be given a sentence. */
  get isFree(): boolean {
    return !this.#isOver && !this.#isClosing && this.#sentence === undefined;
  }

  /**
   * Plays a sentence, behind what was given before. Resolves when its last sample has been played, or as soon as the signal
   * is aborted, with which the player ends: nothing that it holds is heard any more.
   *
   * @throws EarshotError `device-unavailable` when the player ends by itself.
   */
  async play(samples: Float32Array, options: PlayOptions): Promise<void> {
    const { signal } = options;
    if (signal.aborted) return;
    const stop = (): void => this.kill();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await new Promise<void>((said, failed) => {
        const settle = (error?: EarshotError): void => (error && !signal.aborted ? failed(error) : said());
        if (this.#isOver) return settle(this.#failure());
        this.#listener = (block) => options.played(block);
        this.#sentence = { samples, options, given: 0, settle };
        options.started();
        this.#feed();
      });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends it where nothing is being played; resolves when the process is gone. */
  async close(): Promise<void> {
    if (this.#sentence !== undefined) return;
    this.#isClosing = true;
    clearInterval(this.#feeding);
    this.#child.stdin?.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(late);
  }

  /** Ends it at once. */
  kill(): void {
    this.#isClosing = true;
    this.#child.kill('SIGKILL');
    this.#end();
  }

  async #untilOpen(announces: PlayerProgram['announces']): Promise<void> {
    if (announces === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, OPEN_TIMEOUT_MS)));
    await Promise.race([this.#announcement(announces), this.#ended, late]);
    clearTimeout(timer);
  }

  #announcement(announces: 'message' | RegExp): Promise<void> {
    return new Promise((open) => {
      if (announces === 'message') return void this.#child.once('message', () => open());
      let told: string | undefined = '';
      this.#child.stderr?.setEncoding('utf8').on('data', (part: string) => {
        // Read to the end: a player whose standard error is full stands still.
        if (told === undefined) return;
        told += part;
        if (!announces.test(told)) return;
        told = undefined;
        open();
      });
    });
  }

  #feed(): void {
    const nowMs = performance.now();
    // It ran dry and played silence of its own.
    this.#startedAtMs = Math.max(this.#startedAtMs, nowMs - this.#givenMs);
    while (!this.#isOver && !this.#isClosing && this.#startedAtMs + this.#givenMs - LEAD_MS <= nowMs)
      this.#give(nowMs);
  }

  #give(nowMs: number): void {
    const block = this.#nextBlock();
    this.#listener(block);
    this.#child.stdin?.write(toPcm16(block));
    this.#givenMs += BLOCK_MS;
    const sentence = this.#sentence;
    if (!sentence) {
      if (nowMs - this.#idleSinceMs > KEEP_OPEN_MS) void this.close();
      return;
    }
    const { given, samples, settle } = sentence;
    if (given < samples.length + this.#leadSamples) return;
    this.#sentence = undefined;
    this.#idleSinceMs = nowMs;
    settle();
  }

  /** A sentence is over when the silence behind it has gone as far as the player was ahead. */
  get #leadSamples(): number {
    return (this.sampleRateHz * LEAD_MS) / 1000;
  }

  #nextBlock(): Float32Array {
    const block = new Float32Array(this.#blockSamples);
    const sentence = this.#sentence;
    if (!sentence) return block;
    block.set(sentence.samples.subarray(sentence.given, sentence.given + block.length));
    sentence.given += block.length;
    return sentence.options.ducked() ? block.map((sample) => sample * DUCKED_GAIN) : block;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#feeding);
    const sentence = this.#sentence;
    this.#sentence = undefined;
    sentence?.settle(this.#failure());
  }

  #failure(): EarshotError {
    const message = `The reply cannot be played: ${this.#name} found no loudspeaker.`;
    return new EarshotError('device-unavailable', message, { retryable: true });
  }
}

function toPcm16(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, index) =>
    bytes.writeInt16LE(Math.round(Math.min(1, Math.max(-1, sample)) * 32_767), index * 2),
  );
  return bytes;
}
