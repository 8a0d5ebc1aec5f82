import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE_RATE_HZ, secondsToSamples, type EventOf } from '#protocol';
import { pcmBytes } from '../assistant/compose.ts';
import { saidClip } from '../assistant/voices.ts';
import { RunningEarshot } from '../cli/earshot.ts';
import type { ClipLoader } from '../streams/clip.ts';
import { setActiveLevel, soundBounds } from '../streams/level.ts';
import { Random } from '../streams/random.ts';
import { addNoise } from './room.ts';

/**
 * The whole way, at wall speed: a request goes in as a microphone's sound, the reply comes out of a player that is a
 * real program, and its sound is heard again by the microphone, late and softer, with whatever else happens in the room.
 */

const BLOCK_SAMPLES = 320;
/** What espeak-ng renders. */
const PLAYED_RATE_HZ = 22_050;
/** So much of the reply is heard before anything else, so that its way back is known: 2.5 s. */
const LEARNT_BYTES = PLAYED_RATE_HZ * 2 * 2.5;
/** The player is given this much in advance, and the harness reads what it got once a block. */
export const HARNESS_MS = 100;
const NOISE_DB = -62;

export interface ConversationOptions {
  /** Models and settings, and a folder for the player. */
  readonly dataDir: string;
  readonly root: string;
  readonly name: string;
  readonly load: ClipLoader;
  /** Heard while the reply is said. */
  readonly other?: Float32Array;
  /** From the player to the microphone: how late, without what the harness itself takes, and how loud. */
  readonly airSeconds?: number;
  readonly echoGain?: number;
  readonly seconds?: number;
}

/** How a conversation went. */
export interface Conversation {
  readonly replies: readonly EventOf<'reply'>[];
  /** What was written down besides the request. */
  readonly lines: readonly string[];
  /** Milliseconds between the beginning of the other sound and the last block that was played. */
  readonly stoppedAfterMs: number;
  readonly playedSeconds: number;
}

/** Puts a program in place of the system's player: it writes down what it is to play. */
export function installPlayer(root: string): void {
  const script = '#!/bin/sh\n[ "$1" = --version ] && exit 0\nexec cat >> "$EARSHOT_TEST_PLAYED"\n';
  writeFileSync(join(root, 'pacat'), script, { mode: 0o755 });
}

/** Asks for the long reply, and lets something else be heard while it is said. */
export async function converse(options: ConversationOptions): Promise<Conversation> {
  const { dataDir, root, name, load, other, airSeconds = 0.08, echoGain = 0.12, seconds = 16 } = options;
  const played = join(root, `${name}.pcm`);
  writeFileSync(played, '');
  const running = new RunningEarshot(['listen', '-', '--realtime', '--speak', '--json', '--no-keep'], {
    dataDir,
    env: { PATH: `${root}:${process.env['PATH'] ?? ''}`, EARSHOT_TEST_PLAYED: played },
    openStdin: true,
  });
  const request = setActiveLevel(await load(saidClip('ben', 'Earshot, what can you do?')), -26);
  const random = new Random(5);
  const echo = new PlayedBack(played, secondsToSamples(airSeconds), echoGain);
  await running.until((events) => events.some(({ type }) => type === 'ready'));
  const startedAt = performance.now();
  let otherFrom: number | undefined;
  let otherAtMs = NaN;
  let lastGrowthMs = NaN;
  let size = 0;
  for (let first = 0; first < seconds * SAMPLE_RATE_HZ; first += BLOCK_SAMPLES) {
    const wait = startedAt + ((first + BLOCK_SAMPLES) / SAMPLE_RATE_HZ) * 1000 - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const grown = statSync(played).size;
    if (grown > size) lastGrowthMs = performance.now();
    size = grown;
    if (other && otherFrom === undefined && size > LEARNT_BYTES) {
      otherFrom = first;
      otherAtMs = performance.now();
    }
    const block = new Float32Array(BLOCK_SAMPLES);
    mix(block, request, first - SAMPLE_RATE_HZ);
    if (other && otherFrom !== undefined) mix(block, other, first - otherFrom);
    echo.mixInto(block, first);
    addNoise(block, NOISE_DB, random);
    running.child.stdin.write(pcmBytes(block));
  }
  running.child.stdin.end();
  const { exitCode, err } = await running.done;
  if (exitCode !== 0) throw new Error(`earshot ended with ${exitCode}: ${err}`);
  const events = running.events();
  const finals = events.flatMap((event) =>
    event.type === 'transcript' && event.final && event.text !== '' ? [event] : [],
  );
  const requestEnd = 1 + request.length / SAMPLE_RATE_HZ;
  return {
    replies: events.filter((event) => event.type === 'reply'),
    lines: finals.filter(({ start }) => start > requestEnd).map(({ text }) => text),
    stoppedAfterMs: lastGrowthMs - otherAtMs,
    playedSeconds: size / 2 / PLAYED_RATE_HZ,
  };
}

function mix(block: Float32Array, samples: Float32Array, offset: number): void {
  for (let index = 0; index < block.length; index += 1) {
    block[index] = (block[index] ?? 0) + (samples[offset + index] ?? 0);
  }
}

/** What the player was given, as the microphone hears it. */
class PlayedBack {
  readonly #path: string;
  readonly #airSamples: number;
  readonly #gain: number;
  /** Where in the stream each piece of what was played began to be heard. */
  readonly #pieces: { readonly from: number; readonly firstByte: number; readonly bytes: number }[] = [];

  constructor(path: string, airSamples: number, gain: number) {
    this.#path = path;
    this.#airSamples = airSamples;
    this.#gain = gain;
  }

  mixInto(block: Float32Array, first: number): void {
    const bytes = readFileSync(this.#path);
    const last = this.#pieces.at(-1);
    const known = last ? last.firstByte + last.bytes : 0;
    if (bytes.length > known) {
      const from = Math.max(last ? endOf(last) : -Infinity, first + this.#airSamples);
      this.#pieces.push({ from, firstByte: known, bytes: bytes.length - known });
    }
    for (const piece of this.#pieces) {
      if (endOf(piece) < first) continue;
      for (let index = 0; index < block.length; index += 1) {
        const at = Math.floor(((first + index - piece.from) / SAMPLE_RATE_HZ) * PLAYED_RATE_HZ) * 2;
        if (at < 0 || at + 1 >= piece.bytes) continue;
        block[index] = (block[index] ?? 0) + (this.#gain * bytes.readInt16LE(piece.firstByte + at)) / 32_768;
      }
    }
  }
}

function endOf({ from, bytes }: { readonly from: number; readonly bytes: number }): number {
  return from + (bytes / 2 / PLAYED_RATE_HZ) * SAMPLE_RATE_HZ;
}

/** A recording without the silence at its ends, at a level. */
export async function soundOf(path: string, levelDb: number, load: ClipLoader): Promise<Float32Array> {
  const samples = await load(path);
  const { startSeconds, endSeconds } = soundBounds(samples);
  return setActiveLevel(samples.slice(secondsToSamples(startSeconds), secondsToSamples(endSeconds)), levelDb);
}
