import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { listDevices, openMicrophone, type AudioSource, type CaptureOptions } from '#audio';
import {
  collectChunks,
  isAlive,
  joinChunks,
  referenceSamples,
  statusesOf,
  until,
} from '../../apps/audio/test-support.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALSA_DEVICE_NAME, PULSE_DEVICE_NAME, PulseHarness, whyNoNaudiodon, whyNoPulse } from './pulse.ts';

const CAPTURE_PROCESS = join(import.meta.dirname, '../../out/capture.js');

const missing = whyNoPulse();
if (missing) process.stdout.write(`Capture from a real device is not tested: ${missing}.\n`);

describe.skipIf(missing)('a microphone behind PulseAudio', { retry: 1 }, () => {
  let pulse: PulseHarness;
  beforeAll(async () => {
    pulse = await PulseHarness.start();
  });
  afterAll(() => pulse.stop());

  const options = (backend: 'naudiodon' | 'pvrecorder'): CaptureOptions => ({
    backend,
    processPath: CAPTURE_PROCESS,
    fork: (path, args, forkOptions) => fork(path, args, { ...forkOptions, env: pulse.env }),
  });

  describe.each(
    [
      { backend: 'naudiodon' as const, name: ALSA_DEVICE_NAME },
      { backend: 'pvrecorder' as const, name: PULSE_DEVICE_NAME },
    ].filter(({ backend }) => backend !== 'naudiodon' || !whyNoNaudiodon()),
  )('by $backend', ({ backend, name }) => {
    it('is listed', async () => {
      const devices = await listDevices(options(backend));
      expect(devices.find((device) => device.name === name)).toMatchObject({ backend });
      expect(devices.filter((device) => device.isDefault)).toHaveLength(1);
    });

    it('hears every sample of a recording', async () => {
      const recording = await referenceSamples();
      const microphone = await openMicrophone({ ...options(backend), name });
      expect(microphone).toMatchObject({ label: name, live: true });
      const heard = collectChunks(microphone);
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

  it.skipIf(whyNoNaudiodon())('the capture process does not outlive an owner that is killed', async () => {
    const owner = `
      const { fork } = require('node:child_process');
      const child = fork(process.argv[1], ['--backend', 'naudiodon'], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      child.on('message', (message) => {
        if (message.kind === 'devices') child.send({ kind: 'open', device: message.devices.find((one) => one.isDefault) });
        if (message.kind === 'samples') process.stdout.write(child.pid + '\\n');
      });`;
    const parent = spawn(process.execPath, ['-e', owner, CAPTURE_PROCESS], { env: pulse.env });
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(output.toString().split('\n')[0]);
    expect(isAlive(child)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(child), 3_000);
  });

  async function expectLossAndRecovery(
    microphone: AudioSource,
    lose: () => Promise<void>,
    giveBack: () => Promise<void> | void,
  ): Promise<void> {
    const statuses = statusesOf(microphone);
    const heard = collectChunks(microphone);
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

/** Where the recording begins: the first place at which a hundred of its samples match. */
function findRecording(sound: Float32Array, recording: Float32Array): number {
  for (let start = 0; start + recording.length <= sound.length; start += 1) {
    let index = 0;
    while (index < 100 && sound[start + index] === recording[index]) index += 1;
    if (index === 100) return start;
  }
  return -1;
}
