import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ, secondsToSamples, type EventOf } from '#protocol';
import { saidClip, withVoices } from '../assistant/voices.ts';
import { makeDataFolder, RunningEarshot } from '../cli/earshot.ts';
import { createClipLoader } from '../streams/clip.ts';
import { findDataFolder, listSounds, listSpeech } from '../streams/data-folder.ts';
import { setActiveLevel, soundBounds } from '../streams/level.ts';
import { Random } from '../streams/random.ts';
import { addNoise, hasEspeak } from './room.ts';

/**
 * The whole way, at wall speed: a request goes in as a microphone's sound, the reply comes out of a player that is a
 * real program, and its sound is heard again by the microphone, late and softer, with whatever else happens in the room.
 */

const dataFolder = findDataFolder();
const BLOCK_SAMPLES = 320;
/** What espeak-ng renders. */
const PLAYED_RATE_HZ = 22_050;
/** From the player to the microphone: as `barge-in` measures it, without what the harness itself takes. */
const AIR_SECONDS = 0.08;
const ECHO_GAIN = 0.12;
const STOP_LIMIT_MS = 300;
/** The player is given this much in advance, and the harness reads what it got once a block. */
const HARNESS_MS = 100;

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
const load = withVoices(createClipLoader(dataFolder ?? '.'));

beforeAll(async () => {
  folder = await makeDataFolder({ models: true });
  const script = '#!/bin/sh\n[ "$1" = --version ] && exit 0\nexec cat >> "$EARSHOT_TEST_PLAYED"\n';
  writeFileSync(join(folder.root, 'pacat'), script, { mode: 0o755 });
}, 300_000);
afterAll(() => folder.remove());

interface Room {
  readonly replies: readonly EventOf<'reply'>[];
  readonly lines: readonly string[];
  /** Milliseconds between the beginning of the other sound and the last block that was played. */
  readonly stoppedAfterMs: number;
  readonly playedSeconds: number;
}

/** Asks for the long reply, and lets something else be heard while it is said. */
async function conversation(name: string, other?: Float32Array): Promise<Room> {
  const played = join(folder.root, `${name}.pcm`);
  writeFileSync(played, '');
  const running = new RunningEarshot(['listen', '-', '--realtime', '--speak', '--json', '--no-keep'], {
    dataDir: folder.path,
    env: { PATH: `${folder.root}:${process.env['PATH'] ?? ''}`, EARSHOT_TEST_PLAYED: played },
    openStdin: true,
  });
  const request = setActiveLevel(await load(saidClip('ben', 'Earshot, what can you do?')), -26);
  const random = new Random(5);
  await running.until((events) => events.some(({ type }) => type === 'ready'));
  const startedAt = performance.now();
  let otherFrom: number | undefined;
  let otherAtMs = NaN;
  let lastGrowthMs = NaN;
  let size = 0;
  const seconds = 16;
  for (let first = 0; first < seconds * SAMPLE_RATE_HZ; first += BLOCK_SAMPLES) {
    const dueMs = startedAt + ((first + BLOCK_SAMPLES) / SAMPLE_RATE_HZ) * 1000;
    const wait = dueMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const grown = statSync(played).size;
    if (grown > size) lastGrowthMs = performance.now();
    size = grown;
    // Two and a half seconds of the reply, so that its way back is known.
    if (other && otherFrom === undefined && size > PLAYED_RATE_HZ * 2 * 2.5) {
      otherFrom = first;
      otherAtMs = performance.now();
    }
    const block = new Float32Array(BLOCK_SAMPLES);
    mix(block, request, first - SAMPLE_RATE_HZ, 1);
    if (other && otherFrom !== undefined) mix(block, other, first - otherFrom, 1);
    mixPlayed(block, played, first);
    addNoise(block, -62, random);
    const bytes = Buffer.alloc(BLOCK_SAMPLES * 2);
    block.forEach((sample, index) =>
      bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), index * 2),
    );
    running.child.stdin.write(bytes);
  }
  running.child.stdin.end();
  const { exitCode, err } = await running.done;
  expect(exitCode, err).toBe(0);
  const events = running.events();
  return {
    replies: events.filter((event) => event.type === 'reply'),
    lines: events.flatMap((event) =>
      event.type === 'transcript' && event.final && event.text !== '' ? event.text : [],
    ),
    stoppedAfterMs: lastGrowthMs - otherAtMs,
    playedSeconds: size / 2 / PLAYED_RATE_HZ,
  };
}

function mix(block: Float32Array, samples: Float32Array, offset: number, gain: number): void {
  for (let index = 0; index < block.length; index += 1) {
    block[index] = (block[index] ?? 0) + gain * (samples[offset + index] ?? 0);
  }
}

/** Where in the stream each piece of what was played began to be heard. */
let playing: { from: number; firstByte: number; bytes: number }[] = [];

function mixPlayed(block: Float32Array, path: string, first: number): void {
  if (first === 0) playing = [];
  const bytes = readFileSync(path);
  const known = playing.reduce((sum, piece) => Math.max(sum, piece.firstByte + piece.bytes), 0);
  if (bytes.length > known) {
    const last = playing.at(-1);
    const lastEnd = last ? last.from + (last.bytes / 2 / PLAYED_RATE_HZ) * SAMPLE_RATE_HZ : -Infinity;
    const from = Math.max(lastEnd, first + secondsToSamples(AIR_SECONDS));
    playing.push({ from, firstByte: known, bytes: bytes.length - known });
  }
  for (const piece of playing) {
    if (piece.from + (piece.bytes / 2 / PLAYED_RATE_HZ) * SAMPLE_RATE_HZ < first) continue;
    for (let index = 0; index < block.length; index += 1) {
      const at = Math.floor(((first + index - piece.from) / SAMPLE_RATE_HZ) * PLAYED_RATE_HZ) * 2;
      if (at < 0 || at + 1 >= piece.bytes) continue;
      block[index] = (block[index] ?? 0) + (ECHO_GAIN * bytes.readInt16LE(piece.firstByte + at)) / 32_768;
    }
  }
}

async function clip(path: string, levelDb: number): Promise<Float32Array> {
  const samples = await load(path);
  const { startSeconds, endSeconds } = soundBounds(samples);
  return setActiveLevel(samples.slice(secondsToSamples(startSeconds), secondsToSamples(endSeconds)), levelDb);
}

describe.skipIf(dataFolder === undefined || !hasEspeak() || process.platform !== 'linux')(
  'a session that speaks',
  () => {
    it('says its reply to the end, and hears nobody in it', { timeout: 60_000 }, async () => {
      const { replies, lines, playedSeconds } = await conversation('alone');
      expect(replies.map(({ intent }) => intent)).toEqual(['help']);
      expect(lines).toHaveLength(1);
      expect(playedSeconds).toBeGreaterThan(6);
    });

    it('stops within 300 ms of a voice, and writes down what it says', { timeout: 60_000 }, async () => {
      const voice = await clip(listSpeech(dataFolder ?? '', 'librivox')[1]?.path ?? '', -24);
      const { replies, lines, stoppedAfterMs } = await conversation('voice', voice);
      expect(replies).toHaveLength(1);
      expect(stoppedAfterMs).toBeGreaterThan(0);
      expect(stoppedAfterMs).toBeLessThan(STOP_LIMIT_MS + HARNESS_MS);
      expect(lines.slice(1).join(' ')).toMatch(/young man/i);
    });

    it('goes on after a cough', { timeout: 60_000 }, async () => {
      const cough = await clip(listSounds(dataFolder ?? '', 'noise-of-life/cough')[14] ?? '', -26);
      const { lines, playedSeconds } = await conversation('cough', cough);
      expect(lines).toHaveLength(1);
      expect(playedSeconds).toBeGreaterThan(6);
    });
  },
);
