import { CHUNK_SAMPLES, EarshotError, type AudioChunk } from '#protocol';
import { describe, expect, it } from 'vitest';
import { PushSource } from './push-source.ts';
import type { SourceStatus } from './source.ts';

async function collect(source: PushSource): Promise<AudioChunk[]> {
  const chunks: AudioChunk[] = [];
  for await (const chunk of source.chunks()) chunks.push(chunk);
  return chunks;
}

const stereo48 = { label: 'browser', sampleRateHz: 48_000, channels: 2 };

describe('PushSource', () => {
  it('turns pushed stereo at 48 kHz into chunks at 16 kHz of the right length', async () => {
    const source = new PushSource(stereo48);
    const collected = collect(source);
    for (let block = 0; block < 100; block += 1) source.push(new Float32Array(2 * 480).fill(0.25));
    source.end();
    const chunks = await collected;
    expect(chunks.map((chunk) => chunk.validSamples)).toEqual([CHUNK_SAMPLES, CHUNK_SAMPLES, 3200]);
    expect(chunks[1]?.samples.every((sample) => Math.abs(sample - 0.25) < 1e-4)).toBe(true);
  });

  it('tells a listener that comes late where in the stream its first samples are', () => {
    const source = new PushSource({ label: 'browser', sampleRateHz: 16_000 });
    source.push(new Float32Array(CHUNK_SAMPLES + 100));
    const places: number[] = [];
    source.onSamples((samples, firstSample) => places.push(firstSample, samples.length));
    source.push(new Float32Array(320));
    source.push(new Float32Array(500));
    expect(places).toEqual([CHUNK_SAMPLES + 100, 320, CHUNK_SAMPLES + 420, 500]);
  });

  it('limits what is louder than full scale', async () => {
    const source = new PushSource({ label: 'loud', sampleRateHz: 16_000 });
    source.push(new Float32Array(CHUNK_SAMPLES).fill(-3));
    source.end();
    const [chunk] = await collect(source);
    expect(chunk?.samples.every((sample) => sample === -1)).toBe(true);
  });

  it('throws for samples that are not numbers and says where', async () => {
    const source = new PushSource({ label: 'browser', sampleRateHz: 8_000 });
    const block = new Float32Array(4000);
    block[2000] = Number.NaN;
    source.push(new Float32Array(8000));
    source.push(block);
    source.push(new Float32Array(8000));
    await expect(collect(source)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('at 1.250 s') as string,
    });
  });

  it('hands out what came before a failure, then throws it', async () => {
    const source = new PushSource({ label: 'socket', sampleRateHz: 16_000 });
    const seen: number[] = [];
    source.push(new Float32Array(CHUNK_SAMPLES + 10));
    source.fail(new EarshotError('source-lost', 'The browser went away.', { retryable: true }));
    const reading = (async () => {
      for await (const chunk of source.chunks()) seen.push(chunk.validSamples);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'source-lost' });
    expect(seen).toEqual([CHUNK_SAMPLES, 10]);
  });

  it('ends when it is closed, tells its listeners, and is read once', async () => {
    const source = new PushSource(stereo48);
    const heard: SourceStatus[] = [];
    const stop = source.onStatus((status) => heard.push(status));
    source.report({ state: 'recovered', message: 'There again.' });
    stop();
    source.report({ state: 'recovered', message: 'Not heard.' });
    expect(heard).toHaveLength(1);

    const collected = collect(source);
    expect(() => source.chunks()).toThrow(EarshotError);
    await source.close();
    await source.close();
    source.push(new Float32Array(100_000));
    expect(await collected).toEqual([]);
  });

  it.each([
    [{ label: 'x', sampleRateHz: 3_999 }],
    [{ label: 'x', sampleRateHz: 400_000 }],
    [{ label: 'x', sampleRateHz: 16_000, channels: 0 }],
  ])('refuses %j', (options) => {
    expect(() => new PushSource(options)).toThrow(EarshotError);
  });
});
