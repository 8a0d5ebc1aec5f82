import { describe, expect, it } from 'vitest';
import type { AudioChunk } from '#protocol';
import type { SourceStatus } from '#audio';
import { ManualClock } from '../testing/manual-clock.ts';
import { WindowSource, type WindowChoice } from './window-source.ts';

const RATE_HZ = 16_000;
const choice: WindowChoice = { kind: 'window', label: 'Firefox', sampleRateHz: RATE_HZ };
const block = new Float32Array(RATE_HZ / 10).fill(0.25);

function setUp() {
  const clock = new ManualClock();
  const window = new WindowSource(choice, 'a', clock);
  const statuses: SourceStatus['state'][] = [];
  window.source.onStatus(({ state }) => statuses.push(state));
  const chunks: AudioChunk[] = [];
  const ended = (async () => {
    for await (const chunk of window.source.chunks()) chunks.push(chunk);
  })();
  return { clock, window, statuses, chunks, ended };
}

async function speak(clock: ManualClock, window: WindowSource, seconds: number, caller = 'a'): Promise<void> {
  for (let step = 0; step < seconds * 10; step += 1) {
    window.push(block, caller);
    await clock.advance(100);
  }
}

describe('sound that a window sends', () => {
  it('becomes chunks; what other windows send passes by', async () => {
    const { clock, window, chunks, ended } = setUp();
    await speak(clock, window, 2);
    await speak(clock, window, 1, 'b');
    await window.source.close();
    await ended;
    expect(chunks.reduce((sum, { validSamples }) => sum + validSamples, 0)).toBe(2 * RATE_HZ);
  });

  it('counts as lost when it falls silent, and as found when it is heard again', async () => {
    const { clock, window, statuses } = setUp();
    await speak(clock, window, 1);
    await clock.advance(3_500);
    expect(statuses).toEqual(['lost']);
    await speak(clock, window, 1);
    expect(statuses).toEqual(['lost', 'recovered']);
    await window.source.close();
  });

  it('goes on from another window when its own is gone, of the same kind only', async () => {
    const { clock, window, statuses, chunks } = setUp();
    await speak(clock, window, 1);
    expect(window.adopt(choice, 'b')).toBe(false);
    window.leave('b');
    window.leave('a');
    expect(statuses).toEqual(['lost']);
    expect(window.adopt({ ...choice, sampleRateHz: 48_000 }, 'b')).toBe(false);
    expect(window.adopt(choice, 'b')).toBe(true);
    await speak(clock, window, 1, 'b');
    expect(statuses).toEqual(['lost', 'recovered']);
    expect(chunks.length).toBeGreaterThanOrEqual(4);
    await window.source.close();
  });

  it('takes two channels for one stream, and says which of them spoke', async () => {
    const clock = new ManualClock();
    const window = new WindowSource({ ...choice, apart: true }, 'a', clock);
    const counted = (async () => {
      let samples = 0;
      for await (const { validSamples } of window.source.chunks()) samples += validSamples;
      return samples;
    })();
    const pair = (me: number, others: number) =>
      Float32Array.from({ length: RATE_HZ / 5 }, (_, index) => (index % 2 === 0 ? me : others));
    // Quiet, the microphone, quiet, the machine: a second each.
    for (const [me, others] of [
      [0, 0],
      [0.2, 0],
      [0, 0],
      [0, 0.1],
    ] as const) {
      for (let step = 0; step < 10; step += 1) {
        window.push(pair(me, others), 'a');
        await clock.advance(100);
      }
    }
    expect([0, 1, 3].map((start) => window.source.channelBetween?.(start, start + 1))).toEqual([
      undefined,
      'me',
      'others',
    ]);
    window.leave('a');
    expect(window.adopt(choice, 'b')).toBe(false);
    expect(window.adopt({ ...choice, apart: true }, 'b')).toBe(true);
    await window.source.close();
    expect(await counted).toBe(4 * RATE_HZ);
    expect(new WindowSource(choice, 'a', clock).source.channelBetween).toBeUndefined();
  });

  it('ends a minute after its window went away for good', async () => {
    const { clock, window, ended } = setUp();
    await speak(clock, window, 1);
    window.leave('a');
    await clock.advance(61_000, 500);
    await ended;
    await window.source.close();
  });

  it('may come in late in one go, but not faster than time passes', async () => {
    const { clock, window, ended } = setUp();
    await clock.advance(2_000);
    for (let second = 0; second < 20; second += 1) window.push(new Float32Array(RATE_HZ), 'a');
    const failed = expect(ended).rejects.toMatchObject({ code: 'protocol' });
    for (let second = 0; second < 20; second += 1) window.push(new Float32Array(RATE_HZ), 'a');
    await failed;
    await window.source.close();
  });

  it('has a rate that sound can have', () => {
    const impossible = { ...choice, sampleRateHz: 44_100.5 };
    expect(() => new WindowSource(impossible, 'a', new ManualClock())).toThrow(/sample rate/);
  });
});
