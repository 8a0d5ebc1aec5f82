import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFileSource } from '#audio';
import { EmbeddedEngine, Loop } from '#inference';
import { CHUNK_SAMPLES, type EventOf, type InferenceMessage, type Pace, type ResumePoint } from '#protocol';
import { ModelStore, modelsForEngine } from '#session';
import { TEST_MODELS_FOLDER } from '../setup/test-models.ts';
import { compareTexts, wordErrorRate } from '../bench/word-error-rate.ts';

const workerScript = pathToFileURL(join('out', 'inference-worker.js'));
const demo = join('resources', 'demo', 'rainy-evening.flac');

let models: Record<string, string>;
let samples: Float32Array;
let spoken: { start: number; end: number; text: string }[];
let voices: { start: number; end: number }[];

beforeAll(async () => {
  models = await new ModelStore({ folder: TEST_MODELS_FOLDER }).ensure(modelsForEngine('embedded'));
  samples = await decode(demo);
  const truth = JSON.parse(await readFile(join('resources', 'demo', 'demo.json'), 'utf8')) as {
    entries: { kind: string; start: number; end: number; text: string; label?: string }[];
  };
  spoken = truth.entries.filter(({ kind }) => kind === 'speech');
  // A sneeze may be taken for a word for one chunk, until the next one takes it back.
  voices = truth.entries.filter(({ kind, label }) => kind === 'speech' || label === 'sneeze');
}, 120_000);

async function decode(path: string): Promise<Float32Array> {
  const source = await openFileSource(path);
  const parts: Float32Array[] = [];
  for await (const chunk of source.chunks()) parts.push(chunk.samples.subarray(0, chunk.validSamples));
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    all.set(part, position);
    position += part.length;
  }
  return all;
}

interface Heard {
  transcripts: EventOf<'transcript'>[];
  decisions: EventOf<'decision'>[];
  finals: EventOf<'transcript'>[];
}

/** Sends samples through the real engine, chunk by chunk, each decided before the next one comes. */
async function hear(
  sound: Float32Array,
  options: { pace?: Pace; resume?: ResumePoint } = {},
): Promise<Heard> {
  const now = () => performance.timeOrigin + performance.now();
  const pace = options.pace ?? 'live';
  const { resume } = options;
  const engine = new EmbeddedEngine(workerScript);
  const session = await engine.open({ models, lanes: ['transcribe'], pace, now, ...(resume && { resume }) });
  const messages: InferenceMessage[] = [];
  const firstChunk = resume?.firstChunk ?? 0;
  const loop = new Loop({
    session,
    lanes: ['transcribe'],
    sync: true,
    trace: true,
    firstChunk,
    now,
    send: (message) => messages.push(message),
  });
  for (let sequence = firstChunk; sequence * CHUNK_SAMPLES < sound.length; sequence += 1) {
    const chunk = new Float32Array(CHUNK_SAMPLES);
    const heard = sound.subarray(sequence * CHUNK_SAMPLES, (sequence + 1) * CHUNK_SAMPLES);
    chunk.set(heard);
    loop.push({ sequence, samples: chunk, validSamples: heard.length, arrivedAtMs: now() });
  }
  await loop.finish();
  await session.close();
  const events = messages.flatMap((message) => (message.kind === 'event' ? [message.event] : []));
  const transcripts = events.filter((event) => event.type === 'transcript');
  const decisions = events.filter((event) => event.type === 'decision');
  return { transcripts, decisions, finals: transcripts.filter(({ final, text }) => final && text !== '') };
}

const errorRate = (reference: string, hypothesis: string) =>
  wordErrorRate(compareTexts(reference, hypothesis));
const textOf = (heard: Heard) => heard.finals.map(({ text }) => text).join(' ');

describe('the embedded engine on the demo recording', () => {
  let heard: Heard;
  beforeAll(async () => {
    heard = await hear(samples);
  }, 120_000);

  it('writes down what was said', () => {
    expect(errorRate(spoken.map(({ text }) => text).join(' '), textOf(heard))).toBeLessThan(18);
  });

  it('never changes what it called stable, and keeps it in the final text', () => {
    const latest = new Map<number, EventOf<'transcript'>>();
    for (const event of heard.transcripts) {
      const before = latest.get(event.id);
      if (before) expect(event.text.slice(0, before.stable)).toBe(before.text.slice(0, before.stable));
      latest.set(event.id, event);
    }
    expect(heard.transcripts.some(({ stable, final }) => !final && (stable ?? 0) > 10)).toBe(true);
  });

  it('shows partials while someone speaks and ends every utterance with one final', () => {
    const ids = new Set(heard.transcripts.map(({ id }) => id));
    for (const id of ids)
      expect(heard.transcripts.filter((event) => event.id === id && event.final)).toHaveLength(1);
    expect(heard.transcripts.filter(({ final }) => !final).length).toBeGreaterThan(heard.finals.length * 3);
  });

  it('decides once a chunk, with a reason, and is silent where there is nothing like a voice', () => {
    expect(heard.decisions.map(({ chunk }) => chunk)).toEqual(heard.decisions.map((_, index) => index));
    expect(heard.decisions.every(({ reason }) => reason !== undefined && reason !== '')).toBe(true);
    for (const { t, decision } of heard.decisions) {
      const near = voices.some(({ start, end }) => t > start - 0.4 && t < end + 1.6);
      if (!near) expect(decision, `at ${t} s`).toBe('silent');
    }
  });

  it('places every line where it was said', () => {
    for (const { start, end, text } of heard.finals) {
      expect(end).toBeGreaterThan(start);
      const overlaps = spoken.some((truth) => start < truth.end + 0.3 && end > truth.start - 0.3);
      expect(overlaps, text).toBe(true);
    }
  });

  it('hears the same words at full throughput', async () => {
    const fast = await hear(samples, { pace: 'throughput' });
    expect(errorRate(textOf(heard), textOf(fast))).toBeLessThan(15);
  });

  it('goes on after a crash without repeating or losing a line', async () => {
    const [first, second] = heard.finals;
    if (!first || !second) throw new Error('the demo has at least two lines');
    const settledSample = Math.round(first.end * 16_000);
    const resume = {
      firstChunk: Math.floor(settledSample / CHUNK_SAMPLES),
      settledSample,
      nextTranscriptId: first.id + 1,
    };
    const resumed = await hear(samples, { resume });
    expect(resumed.finals[0]?.id).toBe(first.id + 1);
    expect(resumed.finals[0]?.start).toBeGreaterThanOrEqual(first.end);
    const rest = heard.finals.slice(1).map(({ text }) => text);
    expect(errorRate(rest.join(' '), textOf(resumed))).toBeLessThan(10);
  });
});

describe('the embedded engine where nobody speaks', () => {
  const seconds = 20;
  const make = (sample: (index: number) => number) =>
    Float32Array.from({ length: 16_000 * seconds }, (_, index) => sample(index));
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed / 0x3fffffff - 1;
  };

  it.each([
    ['digital silence', () => make(() => 0)],
    ['white noise', () => make(() => random() * 0.1)],
    ['mains hum', () => make((index) => 0.1 * Math.sin((2 * Math.PI * 50 * index) / 16_000))],
    [
      'a melody',
      () =>
        make(
          (index) =>
            0.2 * Math.sin((2 * Math.PI * 262 * 2 ** ((Math.floor(index / 8000) % 8) / 8) * index) / 16_000),
        ),
    ],
    ['a repeated click', () => make((index) => (index % 8000 < 40 ? 0.8 : 0))],
  ])('writes nothing on %s', async (_, sound) => {
    const heard = await hear(sound());
    expect(heard.transcripts).toEqual([]);
    expect(heard.decisions).toHaveLength((seconds * 16_000) / CHUNK_SAMPLES);
  });

  it('keeps its peace on a fraction of a chunk', async () => {
    expect((await hear(new Float32Array(80))).transcripts).toEqual([]);
  });
});

describe('the encoder for every lane', () => {
  it('gives one frame of 288 numbers for 24 ms of the window', async () => {
    const now = () => performance.timeOrigin + performance.now();
    const engine = new EmbeddedEngine(workerScript);
    const session = await engine.open({ models, lanes: ['transcribe'], pace: 'live', now });
    for (let sequence = 0; sequence < 5; sequence += 1) {
      const chunk = samples.slice(sequence * CHUNK_SAMPLES, (sequence + 1) * CHUNK_SAMPLES);
      await session.perceive({ sequence, samples: chunk, validSamples: CHUNK_SAMPLES, arrivedAtMs: now() });
    }
    const encoded = await session.encode({ from: 0, to: 5 * CHUNK_SAMPLES });
    expect(encoded.width).toBe(288);
    expect(encoded.frames).toBeGreaterThan(75);
    expect(encoded.states).toHaveLength(encoded.frames * 288);
    expect(encoded.states.every(Number.isFinite)).toBe(true);
    await session.close();
  });

  it('says plainly which model is missing', async () => {
    const engine = new EmbeddedEngine(workerScript);
    const open = engine.open({ models: {}, lanes: ['transcribe'], pace: 'live', now: () => 0 });
    await expect(open).rejects.toMatchObject({ code: 'model-missing' });
  });
});
