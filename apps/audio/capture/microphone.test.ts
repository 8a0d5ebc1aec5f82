/**
 * The owner's side against capture processes that are real processes and behave in every way a native library
 * has been seen to: they speak sense, hang, crash, talk rubbish. Real devices are heard in `test/capture`.
 */
import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CHUNK_SAMPLES, type AudioChunk } from '#protocol';
import { describe, expect, it } from 'vitest';
import type { AudioSource } from '../source.ts';
import { collectChunks, isAlive, statusesOf, temporaryFolder, until } from '../test-support.ts';
import type { CaptureOptions } from './capture-process.ts';
import { listDevices, openMicrophone } from './open.ts';

/** A process whose body is given; `runs` and `lists` count the processes so far, this one included. */
async function scripted(body: string): Promise<CaptureOptions> {
  const folder = await temporaryFolder();
  const path = join(folder, 'capture.mjs');
  await writeFile(
    path,
    `import { appendFileSync, readFileSync } from 'node:fs';
     const backend = process.argv[process.argv.indexOf('--backend') + 1];
     const list = process.argv.includes('--list');
     const device = (name, isDefault = false) => ({ id: name, name, isDefault, channels: 1, sampleRateHz: 16000, backend });
     const say = (message) => process.send(message, () => {});
     const samples = (value = 100) => say({ kind: 'samples', pcm: new Uint8Array(new Int16Array(320).fill(value).buffer) });
     const count = (name, add) => {
       const path = ${JSON.stringify(folder)} + '/' + name;
       appendFileSync(path, add ? '.' : '');
       return readFileSync(path, 'utf8').length;
     };
     const runs = count('runs', !list);
     const lists = count('lists', list);
     process.on('disconnect', () => process.exit());
     setInterval(() => {}, 1000);
     const speak = (milliseconds = Infinity, value = 100) => {
       const timer = setInterval(() => samples(value), 20);
       if (milliseconds !== Infinity) setTimeout(() => clearInterval(timer), milliseconds);
     };
     const whenOpened = (then) => process.on('message', (message) => {
       say({ kind: 'opened', sampleRateHz: 16000, channels: 1 });
       then(message.device);
     });
     ${body}`,
  );
  return { processPath: path, backend: 'naudiodon' };
}

const ONE = `say({ kind: 'devices', devices: [device('mic', true)] });`;

describe('a capture process that works', () => {
  it('gives chunks, and the last words when it is closed', async () => {
    const microphone = await openMicrophone(await scripted(`${ONE} whenOpened(() => speak());`));
    expect(microphone).toMatchObject({ label: 'mic', live: true });
    const heard = collectChunks(microphone);
    await delay(1_000);
    await microphone.close();
    const chunks = await heard;
    expect(chunks.length).toBeGreaterThanOrEqual(2);
    expect(chunks[0]?.samples.every((sample) => sample === 100 / 0x8000)).toBe(true);
    expect(chunks.slice(0, -1).every((chunk) => chunk.validSamples === CHUNK_SAMPLES)).toBe(true);
    await microphone.close();
  });

  it('converts what a device gives in its own way', async () => {
    const microphone = await openMicrophone(
      await scripted(`${ONE} process.on('message', () => {
        say({ kind: 'opened', sampleRateHz: 48000, channels: 2 });
        setInterval(() => say({ kind: 'samples', pcm: new Uint8Array(new Int16Array(2 * 960).fill(1000).buffer) }), 20);
      });`),
    );
    const [chunk] = await firstChunks(microphone, 2);
    expect(chunk?.samples.subarray(3000).every((sample) => Math.abs(sample - 1000 / 0x8000) < 1e-4)).toBe(
      true,
    );
  });

  it('opens the device that is named', async () => {
    const options = await scripted(`
      say({ kind: 'devices', devices: [device('built-in', true), device('USB one'), device('USB two')] });
      whenOpened((opened) => speak(Infinity, opened.name === 'USB two' ? 2 : 1));`);
    const microphone = await openMicrophone({ ...options, name: 'two' });
    expect(microphone.label).toBe('USB two');
    expect((await firstChunks(microphone, 1))[0]?.samples[0]).toBe(2 / 0x8000);
  });

  it('ends with its microphone', async () => {
    const pids: number[] = [];
    const options = await scripted(`${ONE} whenOpened(() => speak());`);
    const microphone = await openMicrophone({
      ...options,
      fork: (path, args, forkOptions) => {
        const child = fork(path, args, forkOptions);
        pids.push(child.pid ?? 0);
        return child;
      },
    });
    await microphone.close();
    expect(pids.map(isAlive)).toEqual([false]);
  });
});

describe('a capture process that does not open', () => {
  it.each([
    ['there is no device', `say({ kind: 'devices', devices: [] });`, /No microphone was found/],
    [
      'the library does not load',
      `say({ kind: 'failed', reason: 'Cannot find module\\nstack' });`,
      /naudiodon: Cannot find module\)/,
    ],
    ['it crashes', `process.kill(process.pid, 'SIGSEGV');`, /ended with SIGSEGV/],
    ['it talks rubbish', `say('hello');`, /did not list its devices/],
    [
      'the device is busy',
      `${ONE} process.on('message', () => say({ kind: 'failed', reason: 'Device unavailable.' }));`,
      /"mic" fails: Device unavailable\.$/,
    ],
    [
      'it crashes on opening',
      `${ONE} process.on('message', () => process.kill(process.pid, 'SIGABRT'));`,
      /"mic" fails: the capture process ended/,
    ],
  ])('%s: one line that says so', async (_, body, message) => {
    const error = await openMicrophone(await scripted(body)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'EarshotError', code: 'device-unavailable' });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
  });

  it('a device that gives no sound is not waited for without an end', async () => {
    const opening = openMicrophone(await scripted(`${ONE} whenOpened(() => {});`));
    await expect(opening).rejects.toThrow(/"mic" opened but gives no sound/);
  });

  it('takes the other library when the first does not load', async () => {
    const { processPath = '' } = await scripted(`
      if (backend === 'naudiodon') say({ kind: 'failed', reason: 'not installed' });
      else { ${ONE} whenOpened(() => speak()); }`);
    const microphone = await openMicrophone({ processPath });
    expect(microphone.label).toBe('mic');
    await microphone.close();
    expect(await listDevices({ processPath })).toMatchObject([{ name: 'mic', backend: 'pvrecorder' }]);
  });

  it('says that no library works when none does, and lists nothing where there is nothing', async () => {
    const broken = await scripted(`say({ kind: 'failed', reason: 'no libasound' });`);
    await expect(listDevices(broken)).rejects.toThrow(
      /No audio capture library works on this machine \(naudiodon: no libasound\)/,
    );
    expect(await listDevices(await scripted(`say({ kind: 'devices', devices: [] });`))).toEqual([]);
    await expect(listDevices({ processPath: '/nowhere/capture.js' })).rejects.toMatchObject({
      code: 'device-unavailable',
    });
  });
});

describe('a capture process that is lost', () => {
  it.each([
    ['crashes', `setTimeout(() => process.kill(process.pid, 'SIGSEGV'), 500);`],
    ['stalls', ``],
    ['talks rubbish', `setTimeout(() => say({ kind: 'samples', pcm: 'no' }), 500);`],
    ['says that its stream broke', `setTimeout(() => say({ kind: 'failed', reason: 'overrun' }), 500);`],
  ])('%s: tells, starts a fresh one, goes on', async (_, ending) => {
    const microphone = await openMicrophone(
      await scripted(`${ONE} whenOpened(() => { if (runs === 1) { speak(500); ${ending} } else speak(); });`),
    );
    const statuses = statusesOf(microphone);
    const heard = collectChunks(microphone);
    const startedAt = performance.now();
    await until(() => statuses.length > 0);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(statuses[0]).toMatchObject({ state: 'lost', error: { code: 'source-lost', retryable: true } });
    await until(() => statuses.length > 1);
    expect(statuses[1]).toEqual({ state: 'recovered', message: 'Listening to "mic" again.' });
    await delay(500);
    await microphone.close();
    expect((await heard).map((chunk) => chunk.sequence)).toEqual((await heard).map((_, index) => index));
  });

  it('waits for the same device, then takes the default one and says which', async () => {
    const microphone = await openMicrophone({
      ...(await scripted(`
        const devices = runs === 1 ? [device('mine'), device('other', true)] : [device('other', true)];
        say({ kind: 'devices', devices });
        whenOpened(() => speak(runs === 1 ? 300 : Infinity));`)),
      name: 'mine',
    });
    const statuses = statusesOf(microphone);
    await until(() => statuses.length > 1, 12_000);
    expect(statuses[1]).toEqual({ state: 'recovered', message: 'Listening to "other" now; "mine" is gone.' });
    expect(microphone.label).toBe('other');
    await microphone.close();
  });

  it('notices that its device is gone from the list while it gives nothing but zeros', async () => {
    const microphone = await openMicrophone(
      await scripted(`
        say({ kind: 'devices', devices: lists > 1 ? [] : [device('mic', true)] });
        whenOpened(() => { speak(3500); setTimeout(() => speak(Infinity, 0), 3500); });`),
    );
    const statuses = statusesOf(microphone);
    await until(() => statuses.length > 0, 7_000);
    expect(statuses[0]).toMatchObject({
      state: 'lost',
      error: { message: expect.stringMatching(/not among the devices/) as string },
    });
    await microphone.close();
  });

  it('can be closed while it is looked for', async () => {
    const microphone = await openMicrophone(
      await scripted(
        `if (runs > 1) say({ kind: 'devices', devices: [] }); else { ${ONE} whenOpened(() => speak(300)); }`,
      ),
    );
    const statuses = statusesOf(microphone);
    const heard = collectChunks(microphone);
    await until(() => statuses.length > 0);
    await delay(300);
    await microphone.close();
    expect((await heard).length).toBeGreaterThan(0);
    expect(statuses).toHaveLength(1);
  });
});

async function firstChunks(source: AudioSource, count: number): Promise<AudioChunk[]> {
  const chunks: AudioChunk[] = [];
  for await (const chunk of source.chunks()) {
    chunks.push(chunk);
    if (chunks.length === count) break;
  }
  return chunks;
}
