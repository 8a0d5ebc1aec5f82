import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  listDevices,
  openFileSource,
  openMicrophone,
  type AudioSource,
  type CaptureOptions,
  type SourceStatus,
} from '#audio';
import type { AudioChunk } from '#protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALSA_DEVICE_NAME, PULSE_DEVICE_NAME, PulseHarness, whyNoPulse } from './pulse.ts';

const missing = whyNoPulse();
if (missing) process.stdout.write(`Capture from a real device is not tested: ${missing}.\n`);

describe.skipIf(missing)('a microphone behind PulseAudio', () => {
  let pulse: PulseHarness;
  beforeAll(async () => {
    pulse = await PulseHarness.start();
  });
  afterAll(() => pulse.stop());

  const options = (backend: 'naudiodon' | 'pvrecorder'): CaptureOptions => ({
    backend,
    processPath: join(import.meta.dirname, '../../out/capture.js'),
    fork: (path, args, forkOptions) => fork(path, args, { ...forkOptions, env: pulse.env }),
  });

  describe.each([
    { backend: 'naudiodon' as const, name: ALSA_DEVICE_NAME },
    { backend: 'pvrecorder' as const, name: PULSE_DEVICE_NAME },
  ])('by $backend', ({ backend, name }) => {
    it('is listed', async () => {
      const devices = await listDevices(options(backend));
      expect(devices.find((device) => device.name === name)).toMatchObject({ backend });
      expect(devices.filter((device) => device.isDefault)).toHaveLength(1);
    });

    it('hears every sample of a recording', async () => {
      const recording = await readRecording();
      const microphone = await openMicrophone({ ...options(backend), name });
      expect(microphone).toMatchObject({ label: name, live: true });
      const heard = record(microphone);
      await pulse.play(recording);
      await delay(600);
      await microphone.close();
      const chunks = await heard;
      expect(chunks.map((chunk) => chunk.sequence)).toEqual(chunks.map((_, index) => index));
      const sound = joinChunks(chunks);
      const start = findRecording(sound, recording);
      expect(start).toBeGreaterThanOrEqual(0);
      const taken = sound.subarray(start, start + recording.length);
      expect(Buffer.from(taken.slice().buffer).equals(Buffer.from(recording.slice().buffer))).toBe(true);
    });

    it('tells within two seconds that it was unplugged, and goes on when it is back', async () => {
      await expectLossAndRecovery(
        await openMicrophone({ ...options(backend), name }),
        () => pulse.unplug(),
        () => pulse.plugIn(),
      );
    });

    it('tells within two seconds that it gives nothing any more, and goes on when it does', async () => {
      await expectLossAndRecovery(
        await openMicrophone({ ...options(backend), name }),
        () => pulse.stall(),
        () => pulse.resume(),
      );
    });

    it('names the devices when the wanted one is not there', async () => {
      await expect(openMicrophone({ ...options(backend), name: 'no such thing' })).rejects.toMatchObject({
        code: 'device-unavailable',
        message: expect.stringContaining(`"${name}"`) as string,
      });
    });
  });

  async function expectLossAndRecovery(
    microphone: AudioSource,
    lose: () => Promise<void>,
    giveBack: () => Promise<void> | void,
  ): Promise<void> {
    const statuses: SourceStatus[] = [];
    microphone.onStatus((status) => statuses.push(status));
    const heard = record(microphone);
    await delay(1000);
    expect(statuses).toEqual([]);

    await lose();
    const lostAt = performance.now();
    await until(() => statuses.length > 0, 5_000);
    expect(performance.now() - lostAt).toBeLessThan(2_000);
    expect(statuses[0]).toMatchObject({ state: 'lost', error: { code: 'source-lost', retryable: true } });
    await delay(1_500);

    await giveBack();
    await until(() => statuses.length > 1, 10_000);
    expect(statuses[1]).toMatchObject({ state: 'recovered' });
    await delay(1_200);
    await microphone.close();
    const chunks = await heard;
    expect(statuses).toHaveLength(2);
    expect(chunks.map((chunk) => chunk.sequence)).toEqual(chunks.map((_, index) => index));
    // About a second before and a second after; the gap is not filled.
    expect(chunks.length).toBeGreaterThanOrEqual(5);
    expect(chunks.length).toBeLessThan(10);
  }
});

async function readRecording(): Promise<Float32Array> {
  const source = await openFileSource(join(import.meta.dirname, '../fixtures/audio/disposed.wav'));
  return joinChunks(await record(source));
}

async function record(source: AudioSource): Promise<AudioChunk[]> {
  const chunks: AudioChunk[] = [];
  for await (const chunk of source.chunks()) chunks.push(chunk);
  return chunks;
}

function joinChunks(chunks: readonly AudioChunk[]): Float32Array {
  return Float32Array.from(chunks.flatMap((chunk) => [...chunk.samples.subarray(0, chunk.validSamples)]));
}

/** Where the recording begins: the first place at which a hundred of its samples match. */
function findRecording(sound: Float32Array, recording: Float32Array): number {
  for (let start = 0; start + recording.length <= sound.length; start += 1) {
    let index = 0;
    while (index < 100 && sound[start + index] === recording[index]) index += 1;
    if (index === 100) return start;
  }
  return -1;
}

async function until(condition: () => boolean, timeoutMs: number): Promise<void> {
  const endsAt = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > endsAt) throw new Error('it did not happen in time');
    await delay(20);
  }
}
