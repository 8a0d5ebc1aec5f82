/** A machine that is slower than the sound: the real engine on a small checkpoint, at a clock that runs faster than it should. */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK_SAMPLES, type EarshotEvent, type InferenceMessage } from '#protocol';
import { UnifiedEngine } from '../../apps/inference/audio-interaction/engine.ts';
import { InferenceServer } from '../../apps/inference/server.ts';
import { openDemo } from '../bench/stream-file.ts';
import { convertSmall } from './converted.ts';

const script = (name: string): URL => pathToFileURL(resolve(join('out', name)));
let converted: { folder: string; dispose(): void };

beforeAll(async () => {
  converted = await convertSmall('barks', 'float32');
});
afterAll(() => converted.dispose());

/** All of the demo recording at once, as after a pause of the machine that is as long as it is. */
async function hearLate(live: boolean): Promise<EarshotEvent[]> {
  const { samples } = await openDemo();
  const events: EarshotEvent[] = [];
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (ended = resolve));
  const server = new InferenceServer({
    engines: [new UnifiedEngine(script('inference-unified.js'), script('inference-probe.js'))],
    // A chunk of this model takes 2 ms; at this clock one of them is more than 0.4 s.
    now: () => 1000 * performance.now(),
    send: (message: InferenceMessage) => {
      if (message.kind !== 'event') return;
      events.push(message.event);
      if (message.event.type === 'end') ended();
    },
  });
  server.handle({
    type: 'open',
    engine: 'audio-interaction',
    lanes: ['assist'],
    pace: 'live',
    live,
    models: { 'audio-interaction': converted.folder },
    trace: true,
    unified: { provider: 'cpu' },
  });
  while (!events.some(({ type }) => type === 'ready')) await new Promise((next) => setTimeout(next, 10));
  for (let sequence = 0; sequence * CHUNK_SAMPLES < samples.length; sequence += 1) {
    const chunk = new Float32Array(CHUNK_SAMPLES);
    chunk.set(samples.subarray(sequence * CHUNK_SAMPLES, (sequence + 1) * CHUNK_SAMPLES));
    server.handle({
      type: 'chunk',
      chunk: { sequence, samples: chunk, validSamples: CHUNK_SAMPLES, arrivedAtMs: 0 },
    });
  }
  server.handle({ type: 'finish' });
  await end;
  return events;
}

describe('the unified model on a machine that is slower than the sound', () => {
  it('returns to the present, decides every chunk in order, and says once what it left out', async () => {
    const events = await hearLate(true);
    const decisions = events.flatMap((event) => (event.type === 'decision' ? [event] : []));
    expect(decisions.map(({ chunk }) => chunk)).toEqual(decisions.map((_, index) => index));
    const leftOut = decisions.filter((decision) => decision.leftOut);
    expect(leftOut.length).toBeGreaterThan(decisions.length / 2);
    expect(
      leftOut.every(({ decision, reason }) => decision === 'silent' && reason?.startsWith('left out')),
    ).toBe(true);
    // The last, which is the present, is heard.
    expect(decisions.at(-1)?.leftOut).toBeUndefined();
    const traced = new Set(events.flatMap((event) => (event.type === 'trace' ? [event.chunk] : [])));
    for (const { chunk } of leftOut) expect(traced.has(chunk)).toBe(false);
    const warnings = events.flatMap((event) => (event.type === 'error' ? [event] : []));
    expect(warnings.map(({ code, retryable }) => [code, retryable])).toEqual([['too-slow', true]]);
    const stats = events.flatMap((event) => (event.type === 'stats' ? [event] : [])).at(-1);
    expect(stats?.leftOut).toBe(leftOut.length);
  });

  it('hears all of a source that waits', async () => {
    const events = await hearLate(false);
    expect(events.some((event) => event.type === 'decision' && event.leftOut)).toBe(false);
    expect(events.some((event) => event.type === 'error')).toBe(false);
    expect(events.some((event) => event.type === 'reply' && event.text.includes('A dog barks.'))).toBe(true);
  });
});
