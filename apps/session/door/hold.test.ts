import { describe, expect, it } from 'vitest';
import { CHUNK_SAMPLES, SAMPLE_RATE_HZ, type AudioChunk } from '#protocol';
import { PushSource } from '#audio';
import { ManualClock } from '../testing/manual-clock.ts';
import { Hold } from './hold.ts';
import { observeSource } from './level-meter.ts';

const CHUNK_MS = (CHUNK_SAMPLES / SAMPLE_RATE_HZ) * 1000;

function setUp() {
  const clock = new ManualClock();
  const changes: boolean[] = [];
  const hold: Hold = new Hold(clock, () => changes.push(hold.active));
  const source = new PushSource({ label: 'Microphone', sampleRateHz: SAMPLE_RATE_HZ, clock });
  const heard: AudioChunk[] = [];
  const loudest: number[] = [];
  const held = hold.over(observeSource(source, () => undefined));
  held.onSamples?.((samples) => loudest.push(Math.max(...samples)));
  const ended = (async () => {
    for await (const chunk of held.chunks()) heard.push(chunk);
  })();
  /** One chunk of a steady tone, at the speed of the clock; what of it is heard. */
  const hear = async (): Promise<number> => {
    source.push(new Float32Array(CHUNK_SAMPLES).fill(0.25));
    await clock.advance(CHUNK_MS);
    return Math.max(...(heard.at(-1)?.samples ?? []));
  };
  const finish = async () => {
    await source.close();
    await ended;
  };
  return { clock, hold, changes, heard, loudest, hear, finish };
}

describe('while a recording is played back', () => {
  it('silence is heard in place of the microphone, until a moment after its end; stream time goes on', async () => {
    const { hold, heard, hear, changes, finish } = setUp();
    expect(await hear()).toBeCloseTo(0.25);
    hold.set('window', true);
    expect([await hear(), await hear()]).toEqual([0, 0]);
    hold.set('window', false);
    // The chunk in which it ended still holds the end of what was played.
    expect(await hear()).toBe(0);
    await hear();
    expect(await hear()).toBeCloseTo(0.25);
    expect(heard.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(changes).toEqual([true, false]);
    await finish();
  });

  it('so does whoever hears the sound before its chunk is complete', async () => {
    const { hold, hear, loudest, finish } = setUp();
    await hear();
    hold.set('window', true);
    await hear();
    expect(loudest).toEqual([0.25, 0]);
    await finish();
  });

  it('it lasts as long as any window plays', async () => {
    const { hold, hear, changes, finish } = setUp();
    hold.set('a', true);
    hold.set('b', true);
    hold.set('a', false);
    hold.set('a', false);
    expect([hold.active, await hear()]).toEqual([true, 0]);
    hold.set('b', false);
    expect(changes).toEqual([true, false]);
    await finish();
  });
});
