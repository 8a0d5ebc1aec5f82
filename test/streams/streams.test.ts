import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ } from '#protocol';
import { createClipLoader, decodeClip } from './clip.ts';
import { composeStream } from './compose.ts';
import { findDataFolder } from './data-folder.ts';
import { demoScenario } from './demo-scenario.ts';
import { encodeFlac } from './flac-writer.ts';
import { activeLevelDb, fadeEdges, setActiveLevel, soundBounds } from './level.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import { latencyScenario, longStreamScenario, quietScenario, quietZones } from './scenarios.ts';
import { renderTexture } from './texture.ts';
import { speechOf, timelineSchema, zonesOf } from './timeline.ts';

const dataFolder = findDataFolder();

function tone(seconds: number, amplitude: number): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * SAMPLE_RATE_HZ) }, (_, index) => {
    return amplitude * Math.sin((2 * Math.PI * 440 * index) / SAMPLE_RATE_HZ);
  });
}

/** A tone of one second that begins after half a second of near silence. */
const toneClip = Float32Array.from([...tone(0.5, 0.0001), ...tone(1, 0.3), ...tone(0.5, 0.0001)]);
const loadTone = (): Promise<Float32Array> => Promise.resolve(toneClip.slice());
const noClips = (): Promise<Float32Array> => Promise.reject(new Error('no clips here'));

const SCENARIO: Scenario = {
  name: 'tones',
  seed: 3,
  items: [
    { kind: 'gap', seconds: 1 },
    { kind: 'speech', clip: 'a', text: 'la', levelDb: -20 },
    { kind: 'gap', seconds: 0.7 },
    { kind: 'zone', label: 'hiss', texture: { kind: 'white-noise' }, seconds: 2, levelDb: -40 },
    { kind: 'sound', label: 'beep', clip: 'b', levelDb: -30, maxSeconds: 1.2 },
  ],
  layers: [
    {
      label: 'hum',
      texture: { kind: 'pink-noise' },
      startSeconds: 2,
      endSeconds: 4,
      levelDb: -50,
      fadeSeconds: 0.2,
    },
  ],
  background: { texture: { kind: 'pink-noise' }, levelDb: -70 },
};

describe('FLAC writer', () => {
  it('is decoded to the very samples that were written, for any signal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 1, maxLength: 9000 }),
        async (integers) => {
          const decoded = await decodeClip(
            encodeFlac(Float32Array.from(integers, (value) => value / 32_767)),
          );
          expect(decoded).toHaveLength(integers.length);
          // Writer and decoder may scale by 32,767 or 32,768: half a step of 16 bits is left for that.
          decoded.forEach((value, index) => {
            expect(Math.abs(value * 32_767.5 - (integers[index] ?? 0))).toBeLessThanOrEqual(0.6);
          });
        },
      ),
      // The last frame of this one ends in bytes like those of a frame header.
      { numRuns: 25, examples: [[[0, 30_498, 0, -10, -26_314, -32_768]]] },
    );
  });

  it('halves a quiet recording', () => {
    expect(encodeFlac(tone(2, 0.02)).length).toBeLessThan(2 * 2 * SAMPLE_RATE_HZ * 0.6);
  });
});

describe('levels', () => {
  it('finds where a sound begins and ends within 20 ms', () => {
    const { startSeconds, endSeconds } = soundBounds(toneClip);
    expect(startSeconds).toBeCloseTo(0.5, 1);
    expect(Math.abs(startSeconds - 0.5)).toBeLessThan(0.02);
    expect(Math.abs(endSeconds - 1.5)).toBeLessThan(0.02);
  });

  it('sets the level of what sounds and never clips', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60, max: -6 }), (levelDb) => {
        const scaled = setActiveLevel(toneClip.slice(), levelDb);
        expect(activeLevelDb(scaled)).toBeCloseTo(levelDb, 1);
        expect(Math.max(...scaled.map(Math.abs))).toBeLessThan(1);
      }),
    );
    const loudest = setActiveLevel(toneClip.slice(), 20);
    expect(Math.max(...loudest.map(Math.abs))).toBeLessThanOrEqual(0.9001);
  });

  it('fades to silence at both ends', () => {
    const faded = fadeEdges(new Float32Array(1000).fill(1), 0.01);
    expect(Math.abs(faded[0] ?? 1)).toBeLessThan(0.001);
    expect(Math.abs(faded[999] ?? 1)).toBeLessThan(0.001);
    expect(faded[500]).toBe(1);
  });
});

describe('textures', () => {
  it('steady noise falls by about 3 dB an octave', async () => {
    const noise = await renderTexture({ kind: 'pink-noise' }, SAMPLE_RATE_HZ * 20, noClips, new Random(1));
    // The power of the difference of neighbours against the power itself tells the tilt: 2 for white noise.
    let power = 0;
    let difference = 0;
    for (let index = 1; index < noise.length; index += 1) {
      power += (noise[index] ?? 0) ** 2;
      difference += ((noise[index] ?? 0) - (noise[index - 1] ?? 0)) ** 2;
    }
    expect(difference / power).toBeGreaterThan(0.1);
    expect(difference / power).toBeLessThan(0.7);
  });

  it('loops clips without a hole between them', async () => {
    const texture = { kind: 'clips', paths: ['a', 'b'] } as const;
    const steady = (): Promise<Float32Array> =>
      Promise.resolve(new Float32Array(SAMPLE_RATE_HZ * 2).fill(0.5));
    const samples = await renderTexture(texture, SAMPLE_RATE_HZ * 10, steady, new Random(1));
    const middle = samples.subarray(SAMPLE_RATE_HZ, SAMPLE_RATE_HZ * 9);
    expect(middle.every((sample) => sample > 0.2)).toBe(true);
  });
});

describe('composer', () => {
  it('gives the same samples for the same scenario and others for another seed', async () => {
    const first = await composeStream(SCENARIO, loadTone);
    const again = await composeStream(SCENARIO, loadTone);
    const other = await composeStream({ ...SCENARIO, seed: 4 }, loadTone);
    expect(again.samples).toEqual(first.samples);
    expect(other.samples).not.toEqual(first.samples);
  });

  it('says where everything is', async () => {
    const { samples, timeline } = await composeStream(SCENARIO, loadTone);
    timelineSchema.parse(timeline);
    const [speech] = speechOf(timeline);
    expect(speech?.text).toBe('la');
    const at = (seconds: number): number => Math.round(seconds * SAMPLE_RATE_HZ);
    const { start, end } = speech ?? { start: 0, end: 0 };
    expect(end - start).toBeCloseTo(1, 1);
    expect(activeLevelDb(samples.subarray(at(start), at(end)))).toBeCloseTo(-20, 0);
    expect(activeLevelDb(samples.subarray(at(start) - at(0.2), at(start) - at(0.1)))).toBeLessThan(-45);
    expect(zonesOf(timeline).map((zone) => Math.round((zone.end - zone.start) * 1000))).toEqual([2000]);
    expect(timeline.durationSeconds).toBeCloseTo(samples.length / SAMPLE_RATE_HZ, 2);
  });

  it('has no step at any join', async () => {
    const { samples } = await composeStream(SCENARIO, loadTone);
    let largest = 0;
    for (let index = 1; index < samples.length; index += 1) {
      largest = Math.max(largest, Math.abs((samples[index] ?? 0) - (samples[index - 1] ?? 0)));
    }
    // The steepest slope of the tone itself, at its level, plus noise.
    expect(largest).toBeLessThan(0.06);
  });
});

describe.skipIf(dataFolder === undefined)('scenarios from the recordings', () => {
  const folder = dataFolder ?? '';

  it('the demo is what its script builds, and every clip in it is attributed', async () => {
    const { samples, timeline } = await composeStream(demoScenario(folder), createClipLoader(folder));
    const committed = await readFile('resources/demo/rainy-evening.flac');
    expect(Buffer.compare(encodeFlac(samples), committed)).toBe(0);
    expect(timelineSchema.parse(JSON.parse(await readFile('resources/demo/demo.json', 'utf8')))).toEqual(
      timeline,
    );
    expect(committed.length).toBeLessThan(2.5e6);
    expect(timeline.durationSeconds).toBeGreaterThan(60);
    expect(timeline.durationSeconds).toBeLessThan(90);

    const attribution = await readFile('resources/demo/ATTRIBUTION.md', 'utf8');
    for (const entry of timeline.entries) {
      const clips = entry.kind === 'sound' ? entry.clips : entry.kind === 'speech' ? [entry.clip] : [];
      for (const clip of clips) {
        const name = /([^/]+)\.\w+$/.exec(clip)?.[1] ?? clip;
        expect(attribution).toContain(name);
      }
    }
  });

  it('the long stream is fifteen minutes with five of nothing to transcribe', async () => {
    const load = createClipLoader(folder);
    const { samples, timeline } = await composeStream(await longStreamScenario(folder, load), load);
    expect(timeline.durationSeconds).toBeGreaterThan(14.5 * 60);
    expect(timeline.durationSeconds).toBeLessThan(16 * 60);
    const quietSeconds = zonesOf(timeline).reduce((sum, zone) => sum + zone.end - zone.start, 0);
    expect(quietSeconds).toBeGreaterThanOrEqual(275);
    expect(new Set(zonesOf(timeline).map((zone) => zone.label)).size).toBe(6);
    expect(speechOf(timeline).length).toBeGreaterThan(60);
    expect(samples.every((sample) => Math.abs(sample) < 1)).toBe(true);
    // Nobody speaks over anybody, and no voice runs into a quiet zone.
    const alone = [...speechOf(timeline), ...zonesOf(timeline)].sort(
      (left, right) => left.start - right.start,
    );
    alone.forEach((entry, index) => expect(entry.start).toBeGreaterThan(alone[index - 1]?.end ?? -1));
  });

  it('the other scenarios compose', async () => {
    const load = createClipLoader(folder);
    const latency = await composeStream(latencyScenario(folder, { sentences: 2 }), load);
    expect(speechOf(latency.timeline)).toHaveLength(2);
    for (const zone of quietZones(folder)) {
      const { samples } = await composeStream(quietScenario(zone, 3), load);
      expect(samples).toHaveLength(3 * SAMPLE_RATE_HZ);
    }
  });
});
